"""What a write of ours left in a row that it was not meant for, and which no row update puts right by itself.

A write goes to a position; somebody may move the rows in that very moment. Where it hits a product whose numbers count,
the journal tells what it changed and the product's own row update puts that right. Two kinds of rows have none: a row
without a product, and that of a new product none of whose numbers count yet. There it is written over with what stood
there, with a journal line like any number, should another row stand there by now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bridge.domain.edit_book import Amount, Standing
from bridge.domain.reading import Blank, shown_units
from bridge.domain.table import Row, View
from bridge.domain.tokens import is_locked, number_of
from bridge.ledger.ledger import Tx


@dataclass(frozen=True)
class Stray:
    """`quantities`: what stood in its cells before, by location: units ≥ 0."""

    row: Row
    quantities: Mapping[str, int]


def landed(tx: Tx, view: View) -> tuple[list[Stray], list[Row]]:
    """Rows without a product in which a write of ours landed (its number says nothing of any product), or a token
    alone: those with numbers, each of which becomes zero, and those that show no number but zeros. A row with numbers
    whose SKU somebody deleted bears a token that is known: it is left alone."""
    rows = [row for row in view.rows if not row.sku and number_of(row.token) is not None and not row.hidden]
    known = {number for _, number in tx.sheet.amounts(number_of(row.token) or 0 for row in rows)}
    numbered: list[Stray] = []
    empty: list[Row] = []
    for row in rows:
        ours = number_of(row.token) not in known
        shown = {at: shown_units(cell) for at, cell in zip(view.locations, row.cells, strict=True)}
        if not any(shown.values()):
            empty += [row] if ours or all(isinstance(cell, Blank) for cell in row.cells) else []
        elif ours:
            numbered.append(Stray(row, {at: 0 for at, units in shown.items() if units is not None}))
    return numbered, empty


def hit(tx: Tx, view: View) -> list[Stray]:
    """Rows of new products in whose cells a write landed, as they stood before it."""
    records = tx.sheet.skus()
    numbered = [
        (row, number)
        for row in view.unique_rows()
        if (record := records.get(row.sku)) is not None and record.standing is Standing.NEW
        if not row.hold and not row.hidden and not is_locked(row.token)
        if (number := number_of(row.token)) is not None
    ]
    amounts = tx.sheet.amounts(number for _, number in numbered) if numbered else {}
    strays = [Stray(row, _before(view, row, amounts.get((row.sku, number), {}))) for row, number in numbered]
    return [stray for stray in strays if stray.quantities]


def _before(view: View, row: Row, amount: Amount) -> dict[str, int]:
    stood = {
        location: units - amount[location]
        for location, cell in zip(view.locations, row.cells, strict=True)
        if amount.get(location) and (units := shown_units(cell)) is not None
    }
    return {location: units for location, units in stood.items() if units >= 0}
