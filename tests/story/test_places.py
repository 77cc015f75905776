"""A Shopify shop whose locations each show a number of their own (shopify.md §3 and §6, traps 1 and 2)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from bridge.config import Config
from bridge.sandbox.malls.shopify.records import gid
from bridge.sandbox.malls.shopify.shop import FIRST_LOCATION
from tests.support.world import World

SHOP_LOCATION = gid("Location", 2)
PLACES = {"1": ("本社倉庫",), "2": ("渋谷店",)}


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
    world = PlacesWorld(tmp_path / "ledger.sqlite")
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
    shop.sandbox.shopify.ship(order)
    shop.settle()
    assert shop.balance("A") == {"本社倉庫": 0, "渋谷店": 1}
    assert (shop.at("A"), shop.shown("rakuten", "A")) == ((0, 1), 1)


def test_an_order_of_rakuten_lowers_the_location_it_is_taken_from(shop: PlacesWorld) -> None:
    shop.buy("rakuten", "A", 6)
    shop.settle()
    assert shop.allocated("A") == {"本社倉庫": 5, "渋谷店": 1}
    assert shop.at("A") == (0, 1)
