"""Questions about rows of 在庫表, from what brings them about to their answer, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.settling import answered, opened, settled
from tests.support.world import Moment, World

SKUS = tuple(f"S{n}" for n in range(8))
STOCK = {sku: (10 + n, 2, None) for n, sku in enumerate(SKUS)}


@pytest.fixture(scope="module")
def live_stores(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Moment]:
    kept: dict[str, Moment] = {}

    def of(language: str) -> Moment:
        if language not in kept:
            world = World(tmp_path_factory.mktemp(f"store-{language}") / "ledger.sqlite", STOCK, language=language)
            world.go_live()
            kept[language] = world.moment()
        return kept[language]

    return of


@pytest.fixture
def store(tmp_path: Path, language: str, live_stores: Callable[[str], Moment]) -> World:
    """Eight products: S0 has 10 + 2 units, S1 11 + 2 and so on."""
    return World(tmp_path / "ledger.sqlite", STOCK, language=language, since=live_stores(language))


def sort(world: World, header: str, *, alone: bool, order: str = "DESCENDING") -> None:
    """The table by one column; or that column alone, which tears the rows apart."""
    column = world.column("在庫表", header)
    area = {"sheetId": world.tab("在庫表"), "startRowIndex": 1, "endRowIndex": 1 + len(world.stock)}
    if alone:
        area |= {"startColumnIndex": column, "endColumnIndex": column + 1}
    by = {"dimensionIndex": column, "sortOrder": order}
    world.spreadsheet.apply([{"sortRange": {"range": area, "sortSpecs": [by]}}])


def test_opening(tmp_path: Path, language: str) -> None:
    world = World(tmp_path / "ledger.sqlite", language=language)
    world.buy("rakuten", "A", 2)
    world.rounds(2)
    opened(world, "opening")
    answered(world, "opening", "net")


def test_two_readings(tmp_path: Path, language: str, request: pytest.FixtureRequest) -> None:
    since = request.getfixturevalue("live_shop" if language == "ja" else "live_shop_in_english")
    readings = {"two_readings_seconds": 10.0}
    shop = World(tmp_path / "ledger.sqlite", sheet_settings=readings, language=language, since=since)
    order = shop.buy("rakuten", "A", 1)
    shop.rounds(2)
    shop.clock.sleep(30)
    shop.sandbox.rakuten.ship(order)
    shop.rounds(2, seconds=1.0)
    shop.type("A", "本社倉庫", 15)
    shop.rounds(2, seconds=1.0)
    answered(shop, "two readings", "high")
    assert shop.row("A")["本社倉庫"] == "15"


def test_unknown_number(desk: World) -> None:
    desk.type("A", "ロック", "")
    desk.type("A", "本社倉庫", 3)
    desk.rounds(2)
    answered(desk, "unknown number", "yes")
    assert desk.balance("A")[desk.locations[0]] == 3


def test_new_product(desk: World) -> None:
    desk.copy_row("A")
    desk.put("在庫表", desk.rows("A")[1][0], {"SKU": "C"})
    desk.rounds(2)
    assert desk.balance("C") == {}
    answered(desk, "new product", "yes")
    assert desk.balance("C")[desk.locations[0]] == 5


@pytest.mark.parametrize(("choice", "shown"), [("restore", 7), ("retire", 0)])
def test_vanished(desk: World, choice: str, shown: int) -> None:
    desk.delete_row(desk.rows("B")[0][0])
    desk.rounds(3)
    answered(desk, "vanished", choice)
    desk.settle()
    assert desk.shown("rakuten", "B") == shown


def test_renamed(desk: World) -> None:
    desk.type("B", "SKU", "B-2")
    desk.rounds(3)
    answered(desk, "renamed", "rename")
    assert desk.balance("B-2")[desk.locations[0]] == 7


def test_table_emptied(store: World) -> None:
    gone = store.spreadsheet.delete_rows(store.tab("在庫表"), 1, 9)
    store.rounds(3)
    opened(store, "table emptied")
    store.spreadsheet.undo(gone)
    store.rounds(3)
    settled(store, "table emptied")


def test_big_change(store: World) -> None:
    for sku in SKUS:
        store.type(sku, "本社倉庫", 200)
    store.rounds(2)
    answered(store, "big change", "take")
    assert {store.row(sku)["本社倉庫"] for sku in SKUS} == {"200"}


def test_big_safety_change(store: World) -> None:
    for units in (5, 0):
        for sku in SKUS:
            store.type(sku, "安全在庫", units)
        store.settle()
    assert store.shown("rakuten", "S0") == 7
    answered(store, "big safety change", "take")
    store.settle()
    assert store.shown("rakuten", "S0") == 12


def test_sorted_apart(store: World) -> None:
    sort(store, "SKU", alone=True)
    store.rounds(3)
    opened(store, "sorted apart")
    sort(store, "SKU", alone=True, order="ASCENDING")
    store.rounds(3)
    settled(store, "sorted apart")
    assert store.row("S3")["本社倉庫"] == "13"


def test_held_long(desk: World) -> None:
    desk.type("A", "編集中", True)
    desk.rounds(2)
    desk.clock.sleep(31 * 60)
    desk.rounds(2)
    opened(desk, "held long")
    desk.type("A", "編集中", False)
    desk.rounds(2)
    settled(desk, "held long")


def test_five_times(desk: World) -> None:
    """Something sorts the table this way and that, before every call."""
    order, turn = desk.buy("rakuten", "A", 1), [0]
    desk.rounds(2)

    def shuffle(environ: dict[str, Any]) -> None:
        if ":batchUpdate" in environ["PATH_INFO"]:
            turn[0] += 1
            sort(desk, "SKU", alone=False, order=("ASCENDING", "DESCENDING")[turn[0] % 2])

    desk.sandbox.faults["sheets"].before = shuffle
    desk.sandbox.rakuten.ship(order)
    desk.rounds(3)
    desk.sandbox.faults["sheets"].before = None
    desk.rounds(3)
    answered(desk, "five times", "seen")
    assert desk.row("A")["本社倉庫"] == "4"


def test_overwritten(desk: World) -> None:
    """Somebody types a word between the two calls of an update."""
    order, typed = desk.buy("rakuten", "A", 1), list[bool]()
    desk.rounds(2)

    def type_there(environ: dict[str, Any]) -> None:
        locked = desk.row("A")["ロック"].startswith("🔒")
        if ":batchUpdate" in environ["PATH_INFO"] and locked and not typed:
            typed.append(True)
            desk.type("A", "本社倉庫", "?")

    desk.sandbox.faults["sheets"].before = type_there
    desk.sandbox.rakuten.ship(order)
    desk.rounds(3)
    answered(desk, "overwritten", "seen")
    assert desk.row("A")["本社倉庫"] == "4"


def test_invariant(desk: World) -> None:
    """No act of a person or a mall brings it about: a broken book is made by hand."""
    with desk.service.ledger.write() as tx:
        tx.questions.ask("invariant", "B", {"what": "exactly once", "subject": "1"})
        tx.sheet.change("B", blocked="invariant")
    desk.type("B", "本社倉庫", 40)
    desk.settle()
    assert desk.shown("rakuten", "B") == 7
    answered(desk, "invariant", "seen")
    desk.settle()
    assert desk.shown("rakuten", "B") == 40
