"""Bridges with one rule taken away, which the random layouts must catch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from bridge.domain.edits import Standing
from bridge.domain.reading import Blank, Finding, Quantity, RawCell, Reading, read_quantity
from bridge.flows import answers, watch
from bridge.flows.desk import Look
from bridge.ledger.ledger import Tx
from bridge.sheet import layout as headers
from bridge.sheet import views
from bridge.sheet.layout import Columns


@contextmanager
def _reading(change: Callable[[Reading], Reading]) -> Iterator[None]:
    def read(cell: RawCell) -> Reading:
        return change(read_quantity(cell))

    with patch.object(views, "read_quantity", read):
        yield


def takes_a_blank_for_zero() -> Any:
    return _reading(lambda reading: Quantity(0) if isinstance(reading, Blank) else reading)


def takes_what_is_no_number_for_zero() -> Any:
    return _reading(lambda reading: Quantity(0) if isinstance(reading, Finding) else reading)


@contextmanager
def reads_the_result_of_a_formula() -> Iterator[None]:
    def read(cell: RawCell) -> Reading:
        return Quantity(3) if cell.kind.value == "formula" else read_quantity(cell)

    with patch.object(views, "read_quantity", read):
        yield


@contextmanager
def finds_columns_by_position() -> Iterator[None]:
    """Where a header can't be found, the column is where it was."""
    plain = headers.find_columns
    known: dict[str, Columns] = {}

    def find(tab: str, rows: Any, locations: Any = ()) -> Columns:
        found = plain(tab, rows, locations)
        if found.usable:
            known[tab] = found
        return found if found.usable else known.get(tab, found)

    with patch.object(views, "find_columns", find):
        yield


@contextmanager
def forgets_a_place_without_its_line() -> Iterator[None]:
    def take(tx: Tx, look: Look) -> None:
        assert look.settings is not None
        lines = [line for line in look.settings.lines if line.kind == "location" and line.name]
        tx.put("places", {"sells": {line.name: bool(line.on) for line in lines}, "inspect": "検品待ち"})

    with patch.object(watch, "_take_places", take):
        yield


@contextmanager
def retires_what_has_vanished() -> Iterator[None]:
    plain = watch._miss

    def miss(tx: Tx, outcome: Any, records: Mapping[str, Any]) -> None:
        plain(tx, outcome, records)
        for sku in outcome.missing:
            tx.sheet.change(sku, standing=Standing.RETIRED.value)

    with patch.object(watch, "_miss", miss):
        yield


@contextmanager
def empties_a_listing_without_components() -> Iterator[None]:
    """A slip in 出品 counts at once."""
    with patch.object(answers, "_known", lambda _products, _components: True):
        yield


@contextmanager
def takes_a_doubled_row_for_the_product() -> Iterator[None]:
    """Of two rows with one SKU the last counts."""
    plain = views.read_stock

    def read(tab: Any, locations: Any, lines: Any = ()) -> Any:
        stock = plain(tab, locations, lines)
        if stock.view is None:
            return stock
        last = {row.sku: row for row in stock.view.rows if row.sku}
        rows = tuple(row for row in stock.view.rows if not row.sku or last[row.sku] is row)
        return replace(stock, view=replace(stock.view, rows=rows))

    with patch("bridge.flows.desk.read_stock", read):
        yield


@contextmanager
def believes_any_number() -> Iterator[None]:
    """A lock cell without a token of ours is taken as if nothing had been booked: nobody is asked."""
    with patch("bridge.domain.edits._Accounting._shows_what_it_last_showed", lambda *_: True):
        yield


@contextmanager
def says_nothing_of_gone_lines() -> Iterator[None]:
    with patch.object(answers, "report_gone", lambda *_: None):
        yield


@contextmanager
def holds_orders_back_while_a_header_is_missing() -> Iterator[None]:
    """Nothing is planned anew while 在庫表 can't be read."""
    from bridge.flows import replan

    plain = replan.replan

    def stale(tx: Tx, shop: Any, skus: Any) -> None:
        if not any(question.kind in ("header", "tab missing") for question in tx.questions.open()):
            plain(tx, shop, skus)

    with patch("bridge.flows.intake.replan", stale):
        yield


BREAKS: Mapping[str, Callable[[], Any]] = {
    rule.__name__.replace("_", " "): rule
    for rule in (
        takes_a_blank_for_zero,
        takes_what_is_no_number_for_zero,
        reads_the_result_of_a_formula,
        finds_columns_by_position,
        forgets_a_place_without_its_line,
        retires_what_has_vanished,
        empties_a_listing_without_components,
        takes_a_doubled_row_for_the_product,
        believes_any_number,
        says_nothing_of_gone_lines,
        holds_orders_back_while_a_header_is_missing,
    )
}
