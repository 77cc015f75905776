"""A paste that lowers the safety stock of many rows would put as many units on sale in every mall: it waits for a 確認.
Raising it lowers what is for sale, and is never withheld."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.support.world import Moment, World

SKUS = tuple(f"S{n}" for n in range(8))
STOCK = dict.fromkeys(SKUS, (20, 0, None))


@pytest.fixture(scope="module")
def live_store(tmp_path_factory: pytest.TempPathFactory) -> Moment:
    world = World(tmp_path_factory.mktemp("store") / "ledger.sqlite", stock=STOCK)
    world.go_live()
    paste(world, SKUS, 5)
    world.settle()
    return world.moment()


@pytest.fixture
def store(tmp_path: Path, live_store: Moment) -> World:
    """Eight products with 20 units each, of which 5 are kept back."""
    return World(tmp_path / "ledger.sqlite", stock=STOCK, since=live_store)


def paste(store: World, skus: Iterable[str], units: object) -> None:
    for sku in skus:
        store.type(sku, "安全在庫", units)


def shown(store: World) -> list[int]:
    return [store.shown("rakuten", sku) for sku in SKUS]


def test_raising_it_everywhere_lowers_at_once(store: World) -> None:
    assert shown(store) == [15] * 8
    paste(store, SKUS, 20)
    store.rounds(2)
    assert shown(store) == [0] * 8
    assert store.open_questions() == ""


@pytest.mark.parametrize(("count", "units"), [(5, 0), (8, 4)])
def test_lowering_it_in_many_rows_waits_and_orders_go_on(store: World, count: int, units: int) -> None:
    paste(store, SKUS[:count], units)
    store.settle()
    assert f"一度に{count}行の安全在庫が減りました（合計{5 * count}→{units * count}）" in store.open_questions()
    assert "どれか1行の「確認」" in store.row("S3")["状態"]
    assert shown(store) == [15] * 8
    store.buy("shopify", "S0", 2)
    store.rounds(2)
    assert shown(store) == [13] + [15] * 7
    assert store.row("S0")["安全在庫"] == str(units)  # the cell is the staff's


def test_what_it_raises_in_the_same_paste_counts_at_once(store: World) -> None:
    paste(store, SKUS[:5], 0)
    paste(store, SKUS[5:], 9)
    store.settle()
    assert shown(store) == [15] * 5 + [11] * 3


@pytest.mark.parametrize("how", ["a tick", "an answer"])
def test_confirmed_it_counts_as_a_whole(store: World, how: str) -> None:
    paste(store, SKUS, 0)
    store.rounds(2)
    store.service.close()
    store.start()
    if how == "a tick":
        store.type("S6", "確認", True)
    else:
        store.answer("安全在庫が減りました", "確認")
    store.settle()
    assert shown(store) == [20] * 8
    assert store.row("S6")["確認"] != "TRUE"
    assert store.row("S3")["状態"] == ""
    assert store.open_questions() == ""


def test_a_tick_that_came_with_the_paste_is_no_answer(store: World) -> None:
    for sku in SKUS:
        store.type(sku, "確認", True)
    paste(store, SKUS, 0)
    store.settle()
    assert shown(store) == [15] * 8


def test_undone_it_settles_itself_and_typed_anew_a_cell_counts_at_once(store: World) -> None:
    paste(store, SKUS, 0)
    store.rounds(2)
    paste(store, SKUS[:2], 3)
    store.settle()
    assert "一度に6行の安全在庫が減りました（合計30→0）" in store.open_questions()
    assert shown(store) == [17, 17] + [15] * 6
    paste(store, SKUS[2:], 5)
    store.settle()
    assert store.open_questions() == ""
    assert shown(store) == [17, 17] + [15] * 6


def test_a_wiped_column_that_is_undone_to_the_low_numbers_is_asked_about_again(store: World) -> None:
    paste(store, SKUS, 0)
    store.rounds(2)
    paste(store, SKUS, "")
    store.rounds(2)
    paste(store, SKUS, 0)
    store.settle()
    assert "一度に8行の安全在庫が減りました" in store.open_questions()
    assert shown(store) == [15] * 8


def test_a_few_rows_are_taken_at_once(store: World) -> None:
    paste(store, SKUS[:2], 0)
    store.settle()
    assert shown(store) == [20, 20] + [15] * 6
    assert store.open_questions() == ""
