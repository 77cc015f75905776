"""More was ordered than there is: the question names the order that came last, and where a unit still lies."""

from __future__ import annotations

from tests.support.world import World


def oversell(shop: World) -> tuple[str, str]:
    """Both malls sell seven of A before either hears of the other; their orders."""
    first = shop.buy("shopify", "A", 7)
    shop.clock.sleep(1)
    last = shop.buy("rakuten", "A", 7)
    shop.rounds(2)
    assert first is not None
    assert last is not None
    return first, last


def told(shop: World) -> str:
    (line,) = (line["内容"] for line in shop.table("要対応") if "多く注文を受けました" in line["内容"])
    return line


def test_the_order_that_came_last_is_named_with_its_mall(shop: World) -> None:
    _, last = oversell(shop)
    assert f"最後に入った注文は、rakutenの{last}です。" in told(shop)


def test_it_says_where_one_still_lies(shop: World) -> None:
    shop.type("A", "検品待ち", 3)
    shop.rounds(3)
    oversell(shop)
    assert "まだあるのは、検品待ち 3です。" in told(shop)


def test_it_says_so_where_none_is_left_and_when_that_changes(shop: World) -> None:
    oversell(shop)
    assert "残っている場所はありません。" in told(shop)
    shop.type("A", "検品待ち", 2)
    shop.rounds(3)
    assert "まだあるのは、検品待ち 2です。" in told(shop)
    assert "残っている場所はありません。" not in told(shop)


def test_another_order_is_the_last_once_the_last_was_cancelled(shop: World) -> None:
    first, last = oversell(shop)
    shop.sandbox.rakuten.cancel(last)
    shop.rounds(3)
    assert f"最後に入った注文は、shopifyの{first.rsplit('/', 1)[1]}です。" in told(shop)


def test_it_goes_on_under_the_new_code(shop: World) -> None:
    shop.type("A", "検品待ち", 3)
    shop.rounds(3)
    oversell(shop)
    shop.type("A", "SKU", "A-2")
    shop.rounds(3)
    shop.answer("書き換えられました", "改名")
    shop.rounds(3)
    assert "（A-2、" in told(shop)
    assert "まだあるのは、検品待ち 3です。" in told(shop)
