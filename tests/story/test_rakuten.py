"""Rakuten in step with another mall, where it does things of its own (rakuten.md §5.2)."""

from __future__ import annotations

import pytest

from tests.support.world import World


@pytest.mark.parametrize("own_setting", [True, False])  # restockOnCancel, false unless a shop changes it
@pytest.mark.parametrize("restock", [None, True, False])  # None: as the SKU's own setting says
@pytest.mark.parametrize("polls", [2, 0])  # between the order and its cancellation
def test_t16_whatever_rakuten_does_at_a_cancellation_it_shows_our_number_after_it(
    shop: World, restock: bool | None, own_setting: bool, polls: int
) -> None:
    """A: 7, of which 3 are ordered and cancelled: 7 everywhere again, never more on the way there."""
    manage_number, variant = shop.wire("rakuten", "A")
    shop.sandbox.rakuten.state.items[manage_number].variants[variant].restock_on_cancel = own_setting
    order = shop.buy("rakuten", "A", 3)
    assert order is not None
    shop.rounds(polls)
    shop.sandbox.rakuten.cancel(order, restock=restock)
    most = 0
    for _ in range(40):
        shop.rounds(1)
        most = max(most, shop.shown("rakuten", "A"), shop.shown("shopify", "A"))
    shop.settle()
    assert most <= 7
    assert shop.shown("rakuten", "A") == shop.shown("shopify", "A") == 7
    assert shop.row("A")["引当"] == "0"


def test_t10_an_item_that_is_renamed_pauses_alone_and_goes_on_once_it_is_mapped_anew(
    shop: World,
) -> None:
    manage_number, variant = shop.wire("rakuten", "A")
    shop.sandbox.rakuten.delete_item(manage_number)
    shop.sandbox.rakuten.add_product(("renamed", variant), "A", 7)
    shop.clock.sleep(7 * 3600)
    shop.rounds(2)
    shop.clock.sleep(60)
    shop.rounds(2)
    assert "この出品がモールに見つかりません" in shop.open_questions()
    written = shop.sandbox.rakuten.state.rows[manage_number, variant].quantity
    shop.buy("shopify", "A", 2)
    shop.buy("shopify", "B", 2)
    shop.rounds(3)
    assert shop.shown("rakuten", "B") == 5  # the rest goes on
    assert shop.sandbox.rakuten.state.rows[manage_number, variant].quantity == written
    line = next(n for n, each in enumerate(shop.table("出品"), 1) if each["出品ID"] == f"{manage_number}/{variant}")
    shop.put("出品", line, {"出品ID": f"renamed/{variant}"})
    shop.rounds(3)
    shop.clock.sleep(60)
    shop.settle()
    assert shop.sandbox.rakuten.stock()["renamed", variant] == 5
    assert "見つかりません" not in shop.open_questions()


def test_t26_a_dead_key_is_tried_every_ten_minutes_and_the_other_mall_goes_on(shop: World) -> None:
    shop.sandbox.rakuten.service_secret = "SP123456_another"
    before = len(shop.mall_calls)
    for _ in range(60):
        for each in shop.service.channels:
            shop.service.guarded_round(each)
        shop.clock.sleep(60)
    refused = [call for call in shop.mall_calls[before:] if call.mall == "Rakuten"]
    assert {call.status for call in refused} == {401}
    assert len(refused) <= 2 * 6  # orders and numbers, six times an hour
    assert "rakutenの鍵が受け付けられず" in shop.open_questions()
    shop.type("B", "本社倉庫", 5)
    shop.service.cycle.run()
    for each in shop.service.channels:
        shop.service.guarded_round(each)
    assert shop.shown("shopify", "B") == 5


def test_t23_what_sells_beyond_its_stock_is_asked_about_once_and_a_restart_does_not_ask_anew(shop: World) -> None:
    manage_number, variant = shop.wire("rakuten", "A")
    item = shop.sandbox.rakuten.state.items[manage_number].variants[variant]
    item.back_order = True

    def asked() -> list[str]:
        with shop.service.ledger.read() as tx:
            return [question.id for question in tx.questions.open() if question.kind == "channel alarm"]

    shop.clock.sleep(7 * 3600)
    shop.rounds(3)
    assert "backOrderFlag" in shop.open_questions()
    [first] = asked()
    shop.service.close()
    shop.start()
    shop.rounds(3)
    assert asked() == [first]
    item.back_order = False
    shop.clock.sleep(7 * 3600)
    shop.rounds(3)
    assert asked() == []
