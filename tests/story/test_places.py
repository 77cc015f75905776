"""A Shopify shop whose locations each show a number of their own (shopify.md §3 and §6, traps 1 and 2)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from bridge.channels.shopify import facts
from bridge.check import check
from bridge.config import Config
from bridge.flows.mapping import Mapped
from bridge.sandbox.malls.shopify.records import gid
from bridge.sandbox.malls.shopify.shop import FIRST_LOCATION
from bridge.sandbox.malls.shopify.switches import ROUTES_SCOPE
from tests.support.more_malls import WithYahoo
from tests.support.world import LAG, World

SHOP_LOCATION = gid("Location", 2)
PLACES = {"1": ("本社倉庫",), "2": ("渋谷店",)}
RAISED = "増やされていました"
NEVER_CAME = "注文が届きませんでした"


@dataclass
class PlacesWorld(World):
    """The small shop, with its warehouse and its shop as two locations of Shopify."""

    places: dict[str, tuple[str, ...]] = field(default_factory=lambda: dict(PLACES))

    def _config(self) -> Config:
        config = super()._config()
        assert config.channels.shopify is not None
        shopify = replace(config.channels.shopify, location=None, locations=None, places=self.places)
        return replace(config, channels=replace(config.channels, shopify=shopify))

    def _fill(self) -> None:
        super()._fill()
        self.sandbox.shopify.add_location(SHOP_LOCATION, "渋谷店")
        for sku, (main, shop, *_) in self.stock.items():
            item = self.item(sku)
            self.sandbox.shopify.set_stock_by_hand((item, FIRST_LOCATION), main or 0)
            self.sandbox.shopify.add_product((item, SHOP_LOCATION), sku, shop or 0)
            self.list_for_sale("shopify", f"{item.rpartition('/')[2]}@2", sku)

    def item(self, sku: str) -> str:
        return self.wire("shopify", sku)[0]

    def at(self, sku: str) -> tuple[int, int]:
        """What Shopify shows in the warehouse and in the shop."""
        stock = self.sandbox.shopify.stock()
        return stock[self.item(sku), FIRST_LOCATION], stock[self.item(sku), SHOP_LOCATION]

    def allocated(self, sku: str) -> dict[str, int]:
        with self.service.ledger.read() as tx:
            balances = tx.stock.balances([sku]).items()
            return {place: balance.allocated for (_, place), balance in balances if balance.allocated}

    def order(self, sku: str, units: int) -> str:
        placed = self.sandbox.shopify.order([(self.item(sku), units)])
        assert placed is not None
        return placed

    def first_line(self, order: str) -> str:
        return self.sandbox.shopify.state.orders[order].lines[0].line_id


@pytest.fixture
def shop(tmp_path: Path) -> PlacesWorld:
    world = PlacesWorld(tmp_path / "ledger.sqlite", {"A": (5, 2, 0), "B": (7, 0, None)})
    world.go_live()
    return world


def test_each_location_shows_its_own_column_and_rakuten_the_total(shop: PlacesWorld) -> None:
    assert (shop.at("A"), shop.shown("rakuten", "A")) == ((5, 2), 7)
    shop.type("A", "渋谷店", 6)
    shop.settle()
    assert (shop.at("A"), shop.shown("rakuten", "A")) == ((5, 6), 11)


def test_an_order_is_allocated_where_shopify_assigned_it(shop: PlacesWorld) -> None:
    shop.sandbox.shopify.buy((shop.item("A"), SHOP_LOCATION), 1)
    shop.settle()
    assert shop.allocated("A") == {"渋谷店": 1}
    assert (shop.at("A"), shop.shown("rakuten", "A")) == ((5, 1), 6)


def test_a_line_split_over_two_locations_is_allocated_at_both(shop: PlacesWorld) -> None:
    order = shop.order("A", 6)
    assert shop.at("A") == (0, 1)
    shop.settle()
    assert shop.allocated("A") == {"本社倉庫": 5, "渋谷店": 1}
    assert (shop.at("A"), shop.shown("rakuten", "A")) == ((0, 1), 1)
    assert NEVER_CAME not in shop.open_questions()
    shop.sandbox.shopify.ship(order)
    shop.settle()
    assert shop.balance("A") == {"本社倉庫": 0, "渋谷店": 1, "検品待ち": 0}
    assert (shop.at("A"), shop.shown("rakuten", "A")) == ((0, 1), 1)


def test_an_order_of_rakuten_lowers_the_location_it_is_taken_from(shop: PlacesWorld) -> None:
    shop.buy("rakuten", "A", 6)
    shop.settle()
    assert shop.allocated("A") == {"本社倉庫": 5, "渋谷店": 1}
    assert shop.at("A") == (0, 1)


def test_a_sale_over_the_counter_leaves_from_its_own_location(shop: PlacesWorld) -> None:
    shop.sandbox.shopify.place([((shop.item("A"), SHOP_LOCATION), 1)], source="pos")
    shop.settle()
    assert shop.balance("A") == {"本社倉庫": 5, "渋谷店": 1, "検品待ち": 0}
    assert (shop.at("A"), shop.shown("rakuten", "A")) == ((5, 1), 6)


@pytest.mark.parametrize("told", [True, False])
def test_an_order_moved_to_another_location_is_booked_once_and_follows(shop: PlacesWorld, told: bool) -> None:
    """Shopify doesn't always tell of a move: then open orders are looked at again now and then."""
    shop.sandbox.shopify.switches.moves_touch_orders = told
    order = shop.order("A", 2)
    shop.settle()
    assert (shop.allocated("A"), shop.at("A")) == ({"本社倉庫": 2}, (3, 2))
    shop.sandbox.shopify.assign(order, shop.first_line(order), SHOP_LOCATION)
    assert shop.at("A") == (5, 0)
    for _ in range(8):
        shop.rounds(1)
        assert sum(shop.at("A")) <= 5
        shop.clock.sleep(LAG)
    shop.clock.sleep(facts.ROUTES_EVERY.total_seconds())
    shop.settle()
    assert shop.allocated("A") == {"渋谷店": 2}
    assert (shop.at("A"), shop.shown("rakuten", "A")) == ((5, 0), 5)
    shop.sandbox.shopify.ship(order)
    shop.settle()
    assert shop.balance("A") == {"本社倉庫": 5, "渋谷店": 0, "検品待ち": 0}
    assert (shop.at("A"), shop.shown("rakuten", "A")) == ((5, 0), 5)
    assert shop.service.reconcile() == []


def test_what_is_not_assigned_yet_is_held_and_follows_when_it_is(shop: PlacesWorld) -> None:
    shop.sandbox.shopify.switches.routing_seconds = 60.0
    shop.sandbox.shopify.buy((shop.item("A"), SHOP_LOCATION), 1)
    shop.rounds(2)
    assert shop.allocated("A") == {"本社倉庫": 1}
    assert sum(shop.at("A")) <= 6
    shop.clock.sleep(60)
    shop.settle()
    assert shop.allocated("A") == {"渋谷店": 1}
    assert shop.at("A") == (5, 1)


def test_a_sale_that_the_feed_still_hides_is_not_put_back_at_its_own_location(shop: PlacesWorld) -> None:
    shop.sandbox.shopify.visible_after = 120.0
    shop.sandbox.shopify.buy((shop.item("A"), SHOP_LOCATION), 1)
    shop.clock.sleep(60)  # every number is read by then
    shop.rounds(2)
    assert (shop.at("A"), shop.shown("rakuten", "A")) == ((5, 1), 6)


def test_safety_stock_comes_off_the_first_location(shop: PlacesWorld) -> None:
    shop.type("A", "安全在庫", 6)
    shop.settle()
    assert (shop.at("A"), shop.shown("rakuten", "A")) == ((0, 1), 1)


def test_a_column_that_stops_selling_takes_its_own_location_to_zero(shop: PlacesWorld) -> None:
    shop.set("渋谷店", False)
    shop.settle()
    assert (shop.at("A"), shop.shown("rakuten", "A")) == ((5, 0), 5)


def test_a_cancellation_gives_the_units_back_where_they_were(shop: PlacesWorld) -> None:
    order = shop.order("A", 6)
    shop.settle()
    shop.sandbox.shopify.cancel(order)
    shop.settle()
    assert shop.allocated("A") == {}
    assert (shop.at("A"), shop.shown("rakuten", "A")) == ((5, 2), 7)
    assert RAISED not in shop.open_questions()


def test_goods_restocked_at_another_location_wait_for_inspection(shop: PlacesWorld) -> None:
    order = shop.order("A", 2)
    shop.sandbox.shopify.ship(order)
    shop.settle()
    assert shop.at("A") == (3, 2)
    shop.sandbox.shopify.return_units(order, shop.first_line(order), 1, location_id=SHOP_LOCATION)
    assert shop.at("A") == (3, 3)
    shop.settle()
    assert shop.balance("A") == {"本社倉庫": 3, "渋谷店": 2, "検品待ち": 1}
    assert RAISED not in shop.open_questions()
    assert (shop.at("A"), shop.shown("rakuten", "A")) == ((3, 2), 5)


def test_units_assigned_to_a_location_that_the_settings_do_not_name_are_held_all_the_same(shop: PlacesWorld) -> None:
    other = shop.sandbox.shopify.add_location(gid("Location", 9), "外部倉庫")
    shop.sandbox.shopify.add_product((shop.item("A"), other), "A", 4)
    shop.sandbox.shopify.buy((shop.item("A"), other), 3)
    shop.settle()
    assert shop.allocated("A") == {"本社倉庫": 3}
    assert (shop.at("A"), shop.shown("rakuten", "A")) == ((2, 2), 4)


def test_a_bundle_is_shown_where_all_of_it_lies(shop: PlacesWorld) -> None:
    set_item = gid("InventoryItem", 50_001)
    for location, number in ((FIRST_LOCATION, "1"), (SHOP_LOCATION, "2")):
        shop.sandbox.shopify.add_product((set_item, location), "SET", 0)
        shop.list_for_sale("shopify", f"50001@{number}", "A×2+B×1")
    shop.type("B", "渋谷店", 3)
    shop.settle()
    stock = shop.sandbox.shopify.stock()
    assert (stock[set_item, FIRST_LOCATION], stock[set_item, SHOP_LOCATION]) == (2, 1)
    shop.sandbox.shopify.buy((set_item, SHOP_LOCATION), 1)
    shop.settle()
    assert (shop.allocated("A"), shop.allocated("B")) == ({"渋谷店": 2}, {"渋谷店": 1})
    assert (shop.at("A"), shop.at("B")) == ((5, 0), (7, 2))


class PlacesAndYahoo(PlacesWorld, WithYahoo):
    """With a store on Yahoo besides."""


def test_a_share_of_the_stock_is_rounded_down_at_each_location(tmp_path: Path) -> None:
    """Half of 5 and of 3: what rounding leaves over at two places would be more than it leaves of the total."""
    shop = PlacesAndYahoo(tmp_path / "ledger.sqlite", {"A": (5, 3, None)})
    shop.go_live()
    for name, percent in (("rakuten", 0), ("shopify", 50), ("yahoo", 50)):
        [row] = [n for n, line in enumerate(shop.table("設定"), 1) if line["名前"] == name]
        shop.put("設定", row, {"配分%": percent})
    shop.settle()
    assert (shop.at("A"), shop.shown("yahoo", "A"), shop.shown("rakuten", "A")) == ((2, 1), 4, 0)


def test_a_line_of_a_location_that_the_settings_do_not_name_is_sent_nothing(shop: PlacesWorld) -> None:
    other = shop.sandbox.shopify.add_location(gid("Location", 9), "外部倉庫")
    shop.sandbox.shopify.add_product((shop.item("A"), other), "A", 4)
    shop.list_for_sale("shopify", f"{shop.item('A').rpartition('/')[2]}@9", "A")
    shop.settle()
    assert shop.sandbox.shopify.stock()[shop.item("A"), other] == 4


def test_mapping_proposes_an_item_at_each_location_that_stocks_it(shop: PlacesWorld) -> None:
    item = gid("InventoryItem", 60_001)
    shop.sandbox.shopify.add_product((item, FIRST_LOCATION), "A", 1)
    shop.sandbox.shopify.add_product((item, SHOP_LOCATION), "A", 1)
    alone = gid("InventoryItem", 60_002)
    shop.sandbox.shopify.add_product((alone, SHOP_LOCATION), "B", 1)
    shop.service.map()
    shop.rounds(2)
    proposed = {line["出品ID"]: line["SKU構成"] for line in shop.table("出品") if line["採用"] == "FALSE"}
    assert proposed == {"60001@1": "A", "60001@2": "A", "60002@2": "B"}


def test_two_places_of_one_item_are_no_double(shop: PlacesWorld) -> None:
    shop.put("在庫表", 3, {"SKU": "C", "本社倉庫": 1, "渋谷店": 1})
    shop.rounds(2)
    for location in (FIRST_LOCATION, SHOP_LOCATION):
        shop.sandbox.shopify.add_product((gid("InventoryItem", 60_003), location), "C", 1)
    assert shop.service.map()["shopify"] == Mapped(listings=6, proposed=2, unmatched=0, doubled=0, traps=0)


def test_check_names_each_location_and_what_is_wrong_with_it(tmp_path: Path) -> None:
    world = PlacesWorld(tmp_path / "ledger.sqlite", places={"1": ("本社倉庫",), "2": ("渋谷店",), "7": ("倉庫3",)})
    lines = {line.name: line for line in check(world.config, world.outside())}
    assert lines["shopify location 1"].ok
    assert lines["shopify location 2"].hint.en == 'It is "渋谷店".'
    assert not lines["shopify location 7"].ok
    assert lines["shopify read_merchant_managed_fulfillment_orders"].ok
    world.sandbox.shopify.state.locations[SHOP_LOCATION].active = False
    world.sandbox.shopify.switches.scopes -= {ROUTES_SCOPE}
    lines = {line.name: line for line in check(world.config, world.outside())}
    assert "Location 2" in lines["shopify location 2"].hint.en
    assert not lines["shopify read_merchant_managed_fulfillment_orders"].ok


def test_a_shop_that_goes_over_to_a_number_for_each_location_books_nothing_twice(tmp_path: Path) -> None:
    """Settings are changed while an order is open and another was shipped, both at the second location."""
    shop = PlacesWorld(tmp_path / "ledger.sqlite")
    one = World._config(shop)
    places, shop.config = shop.config, one
    shop.start()
    shop.go_live()
    second = (shop.item("A"), SHOP_LOCATION)
    shop.sandbox.shopify.set_stock_by_hand(second, 2)
    shipped, still_open = (shop.sandbox.shopify.buy(second, 1) for _ in range(2))
    assert shipped is not None
    assert still_open is not None
    shop.sandbox.shopify.ship(shipped)
    shop.settle()
    assert (shop.balance("A"), shop.allocated("A")) == ({"本社倉庫": 4, "渋谷店": 2}, {"本社倉庫": 1})
    shop.config = places
    shop.service.close()
    shop.start()
    for order in (shipped, still_open):
        shop.sandbox.shopify.touch_order(order)
    shop.settle()
    assert (shop.balance("A"), shop.allocated("A")) == ({"本社倉庫": 4, "渋谷店": 2}, {"渋谷店": 1})
    assert (shop.at("A"), shop.shown("rakuten", "A")) == ((4, 1), 5)
