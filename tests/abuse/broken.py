"""Bridges with one rule taken away, which the random layouts must catch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from bridge.domain.edit_book import Standing
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
    def take(tx: Tx, look: Look, _language: str) -> None:
        assert look.settings is not None
        lines = [line for line in look.settings.lines if line.kind == "location" and line.name]
        tx.put("places", {"sells": {line.name: bool(line.on) for line in lines}, "inspect": "検品待ち"})

    with patch.object(watch, "_take_places", take):
        yield


@contextmanager
def retires_what_has_vanished() -> Iterator[None]:
    plain = watch._miss

    def miss(tx: Tx, outcome: Any, *rest: Any) -> None:
        plain(tx, outcome, *rest)
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


BREAKS: Mapping[Callable[[], Any], tuple[str, str, int]] = {
    takes_a_blank_for_zero: ("numbers wiped", "在庫表", 5),
    takes_what_is_no_number_for_zero: ("no number", "在庫表", 1),
    reads_the_result_of_a_formula: ("no number", "在庫表", 8),
    finds_columns_by_position: ("header doubled", "在庫表", 1),
    forgets_a_place_without_its_line: ("setting deleted", "設定", 5),
    retires_what_has_vanished: ("row deleted", "在庫表", 1),
    empties_a_listing_without_components: ("no components", "出品", 9),
    says_nothing_of_gone_lines: ("line deleted", "出品", 1),
    holds_orders_back_while_a_header_is_missing: ("header blanked", "在庫表", 1),
}
"""Each with a mishap, its tab and its seed that show the rule missing."""
