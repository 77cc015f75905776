"""受注: every order line has a row; staff tick what they took off the shelf, and it leaves the books once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.orders import at, lines, only, told
from tests.support.world import Moment, World


@pytest.fixture(scope="module")
def packing_shop(tmp_path_factory: pytest.TempPathFactory) -> Moment:
    world = World(tmp_path_factory.mktemp("packing") / "ledger.sqlite", orders=True)
    world.go_live()
    return world.moment()


@pytest.fixture
def shop(tmp_path: Path, packing_shop: Moment) -> World:
    return World(tmp_path / "ledger.sqlite", orders=True, since=packing_shop)


def test_an_order_gets_a_row_of_its_own(shop: World) -> None:
    order = shop.buy("rakuten", "A", 2)
    shop.rounds(3)
    row = only(shop)
    said = {name: row[name] for name in ("番号", "処理", "モール・種類", "注文番号", "SKU", "数量", "引当場所", "経過")}
    assert said == {
        "番号": "1",
        "処理": "未",
        "モール・種類": "rakuten",
        "注文番号": order,
        "SKU": "A",
        "数量": "2",
        "引当場所": "本社倉庫 2",
        "経過": "本日",
    }
    assert "未出荷2個" in row["状態"]


def test_a_tick_ships_once_also_when_the_mall_says_so_later(shop: World) -> None:
    order = shop.buy("rakuten", "A", 2)
    shop.rounds(3)
    shop.put(shop.orders_tab(), 1, {"棚出し済": True})
    shop.rounds(3)
    assert (shop.row("A")["本社倉庫"], shop.row("A")["引当"], shop.row("A")["販売可能"]) == ("3", "0", "5")
    assert "発送通知はまだ" in told(shop)
    assert only(shop)["処理"] == "未"
    shop.sandbox.rakuten.ship(order)
    shop.settle()
    assert (shop.row("A")["本社倉庫"], shop.row("A")["引当"], shop.row("A")["販売可能"]) == ("3", "0", "5")
    assert (only(shop)["処理"], only(shop)["引当場所"]) == ("済", "")
    assert shop.service.reconcile() == []


def test_a_tick_that_is_taken_away_puts_the_goods_back(shop: World) -> None:
    shop.buy("rakuten", "A", 2)
    shop.rounds(3)
    shop.put(shop.orders_tab(), 1, {"棚出し済": True})
    shop.rounds(3)
    shop.put(shop.orders_tab(), 1, {"棚出し済": False})
    shop.settle()
    assert at(shop, "A") == {"本社倉庫": (5, 2), "渋谷店": (2, 0)}
    assert "未出荷2個" in told(shop)


def test_some_of_it_may_be_typed(shop: World) -> None:
    order = shop.buy("shopify", "B", 3)
    shop.rounds(3)
    shop.put(shop.orders_tab(), 1, {"棚出し数": 1})
    shop.rounds(3)
    assert at(shop, "B")["本社倉庫"] == (6, 2)
    assert "1/3個を棚出し済" in told(shop)
    shop.put(shop.orders_tab(), 1, {"棚出し済": True})
    shop.rounds(3)
    assert at(shop, "B")["本社倉庫"] == (4, 0)
    shop.sandbox.shopify.ship(order)
    shop.settle()
    assert at(shop, "B")["本社倉庫"] == (4, 0)
    assert only(shop)["処理"] == "済"


def test_a_row_goes_below_what_people_wrote_meanwhile(shop: World) -> None:
    shop.put(shop.orders_tab(), 1, {"メモ": "火曜は休み"})
    shop.buy("rakuten", "A", 1)
    shop.rounds(3)
    assert [line["注文番号"] != "" for line in lines(shop)] == [True]
    assert shop.table(shop.orders_tab())[0]["メモ"] == "火曜は休み"
