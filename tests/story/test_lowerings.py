"""None of the guards ever withholds a lowering, and none lets anything rise: the same for each of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from bridge.ledger.backup import back_up, restore
from tests.support.world import Moment, World

STOCK = {f"S{n}": (10 + n, 2, None) for n in range(5)}
Trips = Callable[[World], None]


@pytest.fixture(scope="module")
def before_anything(tmp_path_factory: pytest.TempPathFactory) -> Moment:
    world = World(tmp_path_factory.mktemp("guarded") / "ledger.sqlite", stock=STOCK)
    world.go_live()
    world.rounds(2)
    return world.moment()


@pytest.fixture
def store(tmp_path: Path, before_anything: Moment) -> World:
    return World(tmp_path / "ledger.sqlite", stock=STOCK, since=before_anything)


def box(store: World, header: str | None = None, rows: tuple[int, int] = (1, 6)) -> dict[str, Any]:
    area: dict[str, Any] = {"sheetId": store.tab("在庫表"), "startRowIndex": rows[0], "endRowIndex": rows[1]}
    if header is not None:
        column = store.column("在庫表", header)
        area |= {"startColumnIndex": column, "endColumnIndex": column + 1}
    return area


def pastes(store: World) -> None:
    for sku in STOCK:
        store.type(sku, "本社倉庫", 9000)


def restores_a_version(store: World) -> None:
    old = store.spreadsheet.book
    store.clock.sleep(61)
    for sku in STOCK:
        store.type(sku, "本社倉庫", 3)
        store.rounds(1)
    store.spreadsheet.book = old


def restores_a_ledger(store: World) -> None:
    kept = back_up(store.ledger, store.ledger.parent, store.clock.now(), 1)
    store.clock.sleep(61)
    for sku in STOCK:
        store.type(sku, "本社倉庫", 3)
        store.rounds(1)
    store.service.close()
    restore(kept, store.ledger, store.clock.now())
    store.start()


def sorts_one_column(store: World) -> None:
    column = store.column("在庫表", "SKU")
    by = {"dimensionIndex": column, "sortOrder": "DESCENDING"}
    store.spreadsheet.apply([{"sortRange": {"range": box(store, "SKU"), "sortSpecs": [by]}}])


def wipes(header: str | None) -> Trips:
    def trip(store: World) -> None:
        store.spreadsheet.apply([{"updateCells": {"range": box(store, header), "fields": "userEnteredValue"}}])

    return trip


def empties(store: World) -> None:
    store.spreadsheet.delete_rows(store.tab("在庫表"), 1, 6)


def renames_the_header(store: World) -> None:
    store.spreadsheet.type(store.tab("在庫表"), 0, store.column("在庫表", "SKU"), "品番")


def deletes_the_tab(store: World) -> None:
    store.spreadsheet.apply([{"deleteSheet": {"sheetId": store.tab("在庫表")}}])


def clears_a_lock(store: World) -> None:
    store.type("S1", "ロック", "")
    store.type("S1", "本社倉庫", 9000)


GUARDS: Mapping[str, Trips] = {
    "a paste beyond plausibility": pastes,
    "an older version of the spreadsheet": restores_a_version,
    "an older copy of the ledger": restores_a_ledger,
    "columns sorted apart": sorts_one_column,
    "numbers wiped": wipes("本社倉庫"),
    "SKUs wiped": wipes("SKU"),
    "every row wiped": wipes(None),
    "rows deleted": empties,
    "a header renamed": renames_the_header,
    "the tab deleted": deletes_the_tab,
    "a lock cell cleared and a number typed": clears_a_lock,
}


def shown(store: World, sku: str) -> tuple[int, int]:
    return store.shown("rakuten", sku), store.shown("shopify", sku)


@pytest.mark.parametrize(
    "guard", [*list(GUARDS)[:4], *(pytest.param(guard, marks=pytest.mark.long) for guard in list(GUARDS)[4:])]
)
def test_a_guard_lets_every_lowering_through_and_nothing_rise(store: World, guard: str) -> None:
    GUARDS[guard](store)
    last = {sku: shown(store, sku) for sku in STOCK}
    for number in range(3):
        store.rounds(1)
        order = store.buy(("rakuten", "shopify")[number % 2], "S1", 1) if number < 2 else None
        for _ in range(2):
            store.rounds(1)
            now = {sku: shown(store, sku) for sku in STOCK}
            assert all(new <= old for sku in STOCK for new, old in zip(now[sku], last[sku], strict=True)), guard
            last = now
        if order:
            assert shown(store, "S1")[0] == shown(store, "S1")[1] == min(last["S1"])
    low = min(shown(store, "S1"))
    store.buy("rakuten", "S1", 1)
    store.rounds(2)
    assert shown(store, "S1") == (low - 1, low - 1)
