"""What Amazon ships from its own warehouse (FBA): a column that Amazon counts, and that no other mall sells."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.sandbox.malls.amazon.records import BY_AMAZON, MERCHANT
from tests.support.more_malls import WithAmazon
from tests.support.world import World

OFFER = ("A-FBA", BY_AMAZON)
DAY = 24 * 3600.0


class FbaWorld(WithAmazon):
    """出品 names what the offer that Amazon ships is made of."""

    def _fill(self) -> None:
        super()._fill()
        self.map("A-FBA", "A")

    def map(self, listing: str, components: str) -> None:
        self.put("出品", 3 * len(self.stock) + 1, {"チャネル": "amazon", "出品ID": listing, "SKU構成": components})

    def line(self, listing: str) -> dict[str, str]:
        [found] = [line for line in self.table("出品") if line["出品ID"] == listing]
        return found

    def everywhere(self, sku: str) -> set[int]:
        return {self.shown(mall, sku) for mall in ("rakuten", "shopify", "amazon")}

    def pushed_to_the_offer(self) -> list[int]:
        return [c.new for c in self.sandbox.amazon.history if c.listing[0] == "A-FBA" and c.cause == "push"]


@pytest.fixture
def shop(tmp_path: Path) -> FbaWorld:
    world = FbaWorld(tmp_path / "ledger.sqlite")
    world.go_live()
    return world


def test_what_amazon_counts_stands_in_its_column_and_is_sold_nowhere_else(shop: FbaWorld) -> None:
    assert (shop.row("A")["FBA"], shop.row("A")["販売可能"]) == ("40", "7")
    assert shop.row("B")["FBA"] == ""
    assert shop.everywhere("A") == {7}
    line = shop.line("A-FBA")
    assert (line["出したい数"], line["モールの表示"]) == ("", "40")
    assert "FBA" in line["状態"]
    assert not shop.open_questions()


def test_what_amazon_ships_lowers_its_own_number_and_nothing_of_ours(shop: FbaWorld) -> None:
    order = shop.sandbox.amazon.buy(OFFER, 5)
    assert order is not None
    shop.settle()
    assert shop.row("A")["FBA"] == "35"
    assert (shop.row("A")["引当"], shop.row("A")["販売可能"]) == ("0", "7")
    assert shop.everywhere("A") == {7}
    shop.sandbox.amazon.ship(order)
    shop.settle()
    assert (shop.row("A")["本社倉庫"], shop.row("A")["FBA"]) == ("5", "35")
    assert not shop.open_questions()
    assert shop.service.reconcile() == []


def test_no_number_ever_goes_to_an_offer_that_amazon_ships(shop: FbaWorld) -> None:
    shop.type("A", "本社倉庫", 9)
    shop.settle()
    assert shop.everywhere("A") == {11}
    assert shop.pushed_to_the_offer() == []
    assert shop.sandbox.amazon.stock()[OFFER] == 40


def test_our_own_sales_leave_amazons_count_alone(shop: FbaWorld) -> None:
    order = shop.buy("rakuten", "A", 3)
    assert order is not None
    shop.sandbox.rakuten.ship(order)
    shop.settle()
    assert (shop.row("A")["本社倉庫"], shop.row("A")["FBA"]) == ("2", "40")
    assert shop.balance("A") == {"本社倉庫": 2, "渋谷店": 2}  # nobody typed the other: it is stocked by Amazon's word


def test_a_number_typed_over_amazons_is_put_right_and_counts_for_nothing(shop: FbaWorld) -> None:
    shop.type("A", "FBA", 99)
    shop.rounds(2)
    assert shop.row("A")["FBA"] == "40"
    assert shop.everywhere("A") == {7}
    assert not shop.open_questions()


def test_an_offer_that_is_no_longer_told_of_keeps_its_last_number(shop: FbaWorld) -> None:
    warehouse = shop.sandbox.amazon.state.items["A-FBA"]
    kept, warehouse.warehouse = warehouse.warehouse, None
    shop.settle()
    assert shop.row("A")["FBA"] == "40"
    warehouse.warehouse = kept
    assert shop.sandbox.amazon.buy(OFFER, 40)
    shop.settle()
    assert shop.row("A")["FBA"] == "0"


def test_another_set_of_the_same_offer_is_counted_anew(shop: FbaWorld) -> None:
    shop.map("A-FBA", "A×2+B×1")
    shop.settle()
    assert (shop.row("A")["FBA"], shop.row("B")["FBA"]) == ("80", "40")
    shop.map("A-FBA", "B")
    shop.settle()
    assert (shop.row("A")["FBA"], shop.row("B")["FBA"]) == ("", "40")
    assert shop.pushed_to_the_offer() == []
    assert shop.service.reconcile() == []


def test_an_offer_that_is_mapped_later_is_counted_without_a_question(tmp_path: Path) -> None:
    world = WithAmazon(tmp_path / "ledger.sqlite")
    world.go_live()
    assert world.row("A")["FBA"] == ""
    FbaWorld.map(world, "A-FBA", "A")  # type: ignore[arg-type]
    world.settle()
    assert world.row("A")["FBA"] == "40"
    assert not world.open_questions()


def test_what_is_shipped_by_the_seller_again_is_sent_our_number(shop: FbaWorld) -> None:
    item = shop.sandbox.amazon.state.items["A-FBA"]
    assert item.warehouse is not None
    item.warehouse.fulfillable, item.fnsku = 0, None  # the goods came back, and the offer was turned in Seller Central
    item.channels, item.quantity = [MERCHANT], 0
    shop.clock.sleep(DAY + 60)  # the bridge looks who ships an offer once a day
    shop.settle()
    assert shop.row("A")["FBA"] == ""
    assert shop.sandbox.amazon.stock()["A-FBA", MERCHANT] == 7


def test_an_offer_that_both_ship_is_refused_with_a_reason(tmp_path: Path) -> None:
    world = FbaWorld(tmp_path / "ledger.sqlite")
    world.sandbox.amazon.add_product(("B", BY_AMAZON), "B", 8)
    world.go_live()
    world.type("B", "本社倉庫", 4)
    world.settle()
    assert "FBA" in world.open_questions()
    assert world.sandbox.amazon.stock()["B", BY_AMAZON] == 8
    assert (world.shown("rakuten", "B"), world.row("B")["FBA"]) == (4, "")


def test_a_count_that_fails_holds_up_neither_orders_nor_numbers(shop: FbaWorld) -> None:
    shop.sandbox.amazon.switches.maintenance = {"fba"}
    shop.buy("amazon", "A", 2)
    shop.rounds(2)
    assert shop.row("A")["FBA"] == "40"
    assert shop.everywhere("A") == {5}
    shop.sandbox.amazon.switches.maintenance = set()
    assert shop.sandbox.amazon.buy(OFFER, 1)
    shop.settle()
    assert shop.row("A")["FBA"] == "39"


def test_a_table_without_the_column_goes_on(shop: FbaWorld) -> None:
    column = shop.column("在庫表", "FBA")
    place = {"sheetId": shop.tab("在庫表"), "dimension": "COLUMNS", "startIndex": column, "endIndex": column + 1}
    shop.spreadsheet.apply([{"deleteDimension": {"range": place}}])
    shop.buy("shopify", "A", 1)
    shop.settle()
    assert shop.row("A")["引当"] == "1"
    assert shop.everywhere("A") == {6}
    assert not shop.open_questions()


def test_a_shop_without_amazon_gets_no_such_column(tmp_path: Path) -> None:
    assert "FBA" not in World(tmp_path / "ledger.sqlite").table("在庫表")[0]


def test_a_stop_says_where_to_stop_what_amazon_ships(shop: FbaWorld) -> None:
    """No 0 can be sent there: it would strand the goods."""
    shop.type("A", "停止", "販売停止")
    shop.settle()
    assert shop.everywhere("A") == {0}
    said = shop.line("A-FBA")["状態"]
    assert "セラーセントラル" in said
    assert "モールの倉庫から発送" in said
    assert "4件中3件" in shop.row("A")["状態"]
    assert "A-FBA" in shop.open_questions()
    shop.type("A", "停止", "再開")
    shop.settle()
    assert shop.everywhere("A") == {7}
    assert "FBA" in shop.line("A-FBA")["状態"]
    assert not shop.open_questions()
    assert shop.pushed_to_the_offer() == []
