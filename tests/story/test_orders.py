"""An order in one mall lowers the number in the sheet and in every other channel."""

from __future__ import annotations

import pytest

from tests.support.world import World


@pytest.mark.parametrize(("mall", "other"), [("rakuten", "shopify"), ("shopify", "rakuten")])
def test_an_order_is_promised_in_the_sheet_and_taken_off_the_other_mall(shop: World, mall: str, other: str) -> None:
    shop.buy(mall, "A", 2)
    shop.rounds(2)
    row = shop.row("A")
    assert (row["本社倉庫"], row["引当"], row["販売可能"]) == ("5", "2", "5")
    assert row["ロック"].startswith("✓")
    assert shop.shown(other, "A") == 5
    assert shop.shown(mall, "A") == 5


def test_a_shipment_lowers_the_number_that_staff_type(shop: World) -> None:
    order = shop.buy("rakuten", "A", 2)
    shop.rounds(2)
    shop.sandbox.rakuten.ship(order)
    shop.rounds(2)
    row = shop.row("A")
    assert (row["本社倉庫"], row["渋谷店"], row["引当"], row["販売可能"]) == ("3", "2", "0", "5")


def test_typing_while_an_order_ships_adds_up(shop: World) -> None:
    order = shop.buy("rakuten", "A", 1)
    shop.rounds(2)
    shop.sandbox.rakuten.ship(order)
    shop.type("A", "本社倉庫", 15)  # over 5, before the bridge has written its 4
    shop.rounds(2)
    assert shop.row("A")["本社倉庫"] == "14"
    assert "✓" in shop.row("A")["状態"]


def test_an_edit_is_answered_once_every_mall_shows_it(shop: World) -> None:
    shop.type("B", "本社倉庫", 12)
    shop.rounds(1)
    assert "本社倉庫12個" in shop.row("B")["状態"]
    shop.settle()
    assert shop.row("B")["状態"].endswith("→ 2/2")
    assert shop.shown("rakuten", "B") == shop.shown("shopify", "B") == 12


def test_a_cancelled_order_comes_back_everywhere(shop: World) -> None:
    order = shop.buy("shopify", "A", 3)
    shop.rounds(2)
    assert shop.shown("rakuten", "A") == 4
    shop.sandbox.shopify.cancel(order, restock=True)
    shop.settle()
    assert shop.row("A")["引当"] == "0"
    assert shop.shown("rakuten", "A") == shop.shown("shopify", "A") == 7


def test_the_last_units_are_sold_once(shop: World) -> None:
    shop.buy("rakuten", "A", 7)
    shop.rounds(1)
    assert shop.shown("shopify", "A") == 0
    assert shop.buy("shopify", "A", 1) is None


def test_an_order_larger_than_the_first_location_is_split(shop: World) -> None:
    order = shop.buy("rakuten", "A", 6)
    shop.rounds(2)
    shop.sandbox.rakuten.ship(order)
    shop.rounds(2)
    assert (shop.row("A")["本社倉庫"], shop.row("A")["渋谷店"]) == ("0", "1")


def test_a_shipment_in_two_parts_is_booked_part_by_part(shop: World) -> None:
    order = shop.buy("shopify", "B", 3)
    shop.rounds(2)
    shop.sandbox.shopify.ship(order, units=1)
    shop.rounds(2)
    assert (shop.row("B")["本社倉庫"], shop.row("B")["引当"]) == ("6", "2")
    shop.sandbox.shopify.ship(order)
    shop.rounds(2)
    assert (shop.row("B")["本社倉庫"], shop.row("B")["引当"]) == ("4", "0")


def test_safety_stock_is_kept_back(shop: World) -> None:
    shop.type("A", "安全在庫", 3)
    shop.settle()
    assert shop.row("A")["販売可能"] == "4"
    assert shop.shown("rakuten", "A") == shop.shown("shopify", "A") == 4


def test_a_blanked_safety_stock_raises_nothing(shop: World) -> None:
    shop.type("A", "安全在庫", 3)
    shop.settle()
    shop.type("A", "安全在庫", "")
    shop.settle()
    assert "安全在庫" in shop.row("A")["状態"]
    assert shop.shown("rakuten", "A") == 4
    shop.type("A", "安全在庫", 0)
    shop.settle()
    assert shop.shown("rakuten", "A") == 7


def test_a_sale_that_the_feed_hides_is_not_sold_back(shop: World) -> None:
    shop.sandbox.rakuten.visible_after = 60.0
    shop.buy("rakuten", "A", 2)  # Rakuten shows 5; its feed will tell in a minute
    shop.type("A", "本社倉庫", 6)
    shop.rounds(8)
    assert shop.shown("rakuten", "A") <= 6
    assert shop.shown("shopify", "A") <= 6  # held back there too
    shop.sandbox.rakuten.visible_after = 0.0
    shop.settle()
    assert shop.shown("rakuten", "A") == shop.shown("shopify", "A") == 6


def test_an_order_of_an_unknown_listing_is_kept_and_booked_once_it_is_mapped(shop: World) -> None:
    shop.sandbox.rakuten.add_product(("set-1", "v-set"), "SET", 3)
    shop.sandbox.rakuten.buy(("set-1", "v-set"), 2)
    shop.rounds(2)
    assert "対応づけのない注文" in shop.open_questions()
    shop.put("出品", 5, {"チャネル": "rakuten", "出品ID": "set-1/v-set", "SKU構成": "A×2+B×1"})
    shop.rounds(4)
    assert shop.row("A")["引当"] == "4"
    assert shop.row("B")["引当"] == "2"
    assert "対応づけのない注文" not in shop.open_questions()
    shop.settle()
    assert shop.sandbox.rakuten.stock()["set-1", "v-set"] == 1  # ⌊(7 − 4) ÷ 2⌋


def test_goods_that_came_back_are_shown_where_nothing_lay_before(shop: World) -> None:
    order = shop.buy("shopify", "A", 2)
    assert order is not None
    shop.rounds(2)
    shop.sandbox.shopify.ship(order)
    shop.settle()
    assert shop.row("A")["検品待ち"] == ""
    (line,) = shop.sandbox.shopify.orders()[-1].lines
    shop.sandbox.shopify.return_units(order, line.line_id, 1)
    shop.settle()
    row = shop.row("A")
    assert (row["本社倉庫"], row["検品待ち"], row["販売可能"]) == ("3", "1", "5")
    assert shop.service.reconcile() == []
    shop.type("A", "検品待ち", 0)  # looked at, and put on the shelf
    shop.type("A", "本社倉庫", 4)
    shop.settle()
    assert shop.balance("A") == {"本社倉庫": 4, "渋谷店": 2, "検品待ち": 0}
    assert shop.shown("rakuten", "A") == shop.shown("shopify", "A") == 6


@pytest.mark.parametrize("before", [0, None], ids=["a cell with 0", "a cell never filled"])
def test_a_cancellation_after_shipment_asks_for_the_goods(shop: World, before: int | None) -> None:
    shop.put("在庫表", shop.rows("B")[0][0], {"検品待ち": before})
    shop.rounds(2)
    shop.hears("rakuten", "B", order="1", version="1", open=0, shipped=2)
    shop.hears("rakuten", "B", order="1", version="2", open=0, shipped=0)  # cancelled: the mall shows nothing any more
    shop.rounds(2)
    assert shop.row("B")["本社倉庫"] == "5"
    assert "戻ってきましたか" in shop.open_questions()
    shop.answer("戻ってきましたか", "戻った")
    shop.rounds(3)
    assert (shop.row("B")["検品待ち"], shop.row("B")["販売可能"]) == ("2", "5")


def test_a_number_changed_by_hand_in_a_mall_is_reported_and_overwritten(shop: World) -> None:
    shop.sandbox.shopify.set_stock_by_hand(shop.wire("shopify", "A"), 50)
    shop.clock.sleep(60)
    shop.settle()
    assert shop.shown("shopify", "A") == 7


def test_a_number_below_zero_that_the_bridge_wrote_itself_is_no_wrong_entry(shop: World) -> None:
    """Both malls sold the last units at once, and the packer found some more: the sheet shows −1 and goes on."""
    first, second = shop.buy("rakuten", "A", 4), shop.buy("shopify", "A", 4)
    shop.rounds(2)
    shop.sandbox.rakuten.ship(first)
    shop.sandbox.shopify.ship(second)
    shop.rounds(3)
    assert sorted((shop.row("A")["本社倉庫"], shop.row("A")["渋谷店"])) == ["-1", "0"]
    short = next(place for place in ("本社倉庫", "渋谷店") if shop.row("A")[place] == "-1")
    assert "マイナス" not in shop.row("A")["状態"]
    shop.type("A", short, 5)
    shop.settle()
    assert shop.row("A")[short] == "5"
    assert shop.shown("rakuten", "A") == shop.shown("shopify", "A") == 5


def test_orders_go_on_in_a_row_that_shows_a_number_below_zero(shop: World) -> None:
    orders = [shop.buy(mall, "B", 4) for mall in ("rakuten", "shopify")]
    shop.rounds(2)
    for order, mall in zip(orders, (shop.sandbox.rakuten, shop.sandbox.shopify), strict=True):
        mall.ship(order)
        shop.rounds(2)
    shop.type("B", "本社倉庫", -3)  # a person's own is refused
    shop.rounds(1)
    assert "マイナス" in shop.row("B")["状態"]
    shop.type("B", "本社倉庫", 2)
    shop.settle()
    assert shop.row("B")["本社倉庫"] == "2"
    assert shop.shown("rakuten", "B") == shop.shown("shopify", "B") == 2
