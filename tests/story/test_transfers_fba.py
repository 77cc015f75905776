"""Goods sent to Amazon's warehouse: they are in transit until Amazon counts them, and never in both numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.domain.stock import Cause
from bridge.domain.transfers import IN_TRANSIT
from tests.story.test_fba import OFFER, FbaWorld
from tests.support.transfers import lying, open_anew, told, write


@pytest.fixture
def shop(tmp_path: Path) -> FbaWorld:
    """A: 5 in the warehouse, 2 in the shop, 40 at Amazon."""
    world = FbaWorld(tmp_path / "ledger.sqlite")
    world.go_live()
    return world


def send(shop: FbaWorld, units: int, row: int = 1) -> None:
    write(shop, row, "A", units, "本社倉庫", "FBA", 発送=True)
    shop.settle()


def count(shop: FbaWorld, units: int) -> None:
    """What Amazon tells from now on."""
    shop.sandbox.amazon.put(OFFER, units, "hand")
    shop.rounds(3)


def test_what_amazon_counts_leaves_the_transit(shop: FbaWorld) -> None:
    send(shop, 4)
    assert lying(shop, "A") == {"本社倉庫": 1, "渋谷店": 2, "FBA": 40, IN_TRANSIT: 4}
    assert (shop.row("A")["輸送中"], shop.row("A")["販売可能"]) == ("4", "3")
    assert shop.everywhere("A") == {3}
    assert "輸送中は残り4個" in told(shop)
    count(shop, 43)
    assert lying(shop, "A") == {"本社倉庫": 1, "渋谷店": 2, "FBA": 43, IN_TRANSIT: 1}
    assert "輸送中は残り1個" in told(shop)
    count(shop, 44)
    assert lying(shop, "A") == {"本社倉庫": 1, "渋谷店": 2, "FBA": 44}
    assert "FBAでA 4個がすべて数えられました" in told(shop)
    count(shop, 46)  # found again in Amazon's own house
    assert lying(shop, "A") == {"本社倉庫": 1, "渋谷店": 2, "FBA": 46}
    assert shop.pushed_to_the_offer() == []
    assert not shop.open_questions()
    assert shop.service.reconcile() == []


def test_what_amazon_sells_takes_nothing_back(shop: FbaWorld) -> None:
    send(shop, 4)
    count(shop, 42)
    assert shop.sandbox.amazon.buy(OFFER, 5)
    shop.settle()
    assert lying(shop, "A") == {"本社倉庫": 1, "渋谷店": 2, "FBA": 37, IN_TRANSIT: 2}


def test_the_oldest_line_is_taken_in_first(shop: FbaWorld) -> None:
    send(shop, 2, row=2)
    send(shop, 3, row=1)
    count(shop, 43)
    assert lying(shop, "A")[IN_TRANSIT] == 2
    assert "すべて数えられました" in told(shop, 2)
    assert "残り2個" in told(shop, 1)


def test_a_rest_that_never_arrives_is_given_up_by_a_tick(shop: FbaWorld) -> None:
    send(shop, 4)
    count(shop, 43)
    shop.put("入出庫", 1, {"到着": True})
    shop.settle()
    assert lying(shop, "A") == {"本社倉庫": 1, "渋谷店": 2, "FBA": 43}
    assert "終わりにしました" in told(shop)
    with shop.service.ledger.read() as tx:
        [lost] = [m for _, m in tx.stock.movements("A") if m.cause is Cause.LOST]
    assert (lost.location, lost.on_hand) == (IN_TRANSIT, -1)
    assert shop.service.reconcile() == []


def test_a_departure_that_was_counted_in_part_cannot_be_undone(shop: FbaWorld) -> None:
    send(shop, 4)
    count(shop, 41)
    shop.put("入出庫", 1, {"発送": False})
    shop.settle()
    assert lying(shop, "A") == {"本社倉庫": 1, "渋谷店": 2, "FBA": 41, IN_TRANSIT: 3}
    assert "発送は取り消せません" in told(shop)


def test_nothing_is_taken_from_where_amazon_counts(shop: FbaWorld) -> None:
    write(shop, 1, "A", 4, "FBA", "本社倉庫", 発送=True, 到着=True)
    shop.settle()
    assert "FBAの在庫はamazonが数えるので" in told(shop)
    assert lying(shop, "A") == {"本社倉庫": 5, "渋谷店": 2, "FBA": 40}


def test_another_reading_of_the_listings_is_no_arrival(shop: FbaWorld) -> None:
    """The same 40 offers are 80 units of A now, and later none."""
    send(shop, 4)
    for components in ("A×2", "B", "A"):
        shop.map("A-FBA", components)
        shop.settle()
        assert lying(shop, "A")[IN_TRANSIT] == 4
    assert lying(shop, "A")["FBA"] == 40


def test_goods_amazon_never_had_before_arrive_too(shop: FbaWorld) -> None:
    """B's offer is listed when its first units are sent; Amazon tells of it only when they are there."""
    shop.put("出品", 3 * len(shop.stock) + 2, {"チャネル": "amazon", "出品ID": "B-FBA", "SKU構成": "B"})
    write(shop, 1, "B", 5, "本社倉庫", "FBA", 発送=True)
    shop.settle()
    assert lying(shop, "B") == {"本社倉庫": 2, IN_TRANSIT: 5}
    shop.sandbox.amazon.add_product(("B-FBA", OFFER[1]), "B", 5)
    shop.settle()
    assert lying(shop, "B") == {"本社倉庫": 2, "FBA": 5}


def test_opening_anew_is_no_arrival(shop: FbaWorld) -> None:
    send(shop, 4)
    open_anew(shop)
    assert lying(shop, "A") == {"本社倉庫": 1, "渋谷店": 2, "FBA": 40, IN_TRANSIT: 4}
    assert shop.service.reconcile() == []
