"""What happened at the tills, as their own records have it, told to the model: sales, returns, rows of other kinds.

A row that the bridge itself wrote is no news to anybody. What a till shows is what lies on its shelf.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bridge.sandbox.malls.smaregi.shop import COUNT as COUNTED_AT_SMAREGI
from bridge.sandbox.malls.smaregi.shop import RETURN, SALE, Smaregi
from bridge.sandbox.malls.square.records import COUNT, Movement
from tests.simulation.cast import SHELVES, TILLS
from tests.simulation.model import LineId, Listing, Model, TillFact

RETURNS = ("SOLD", "UNLINKED_RETURN")


class TillBook:
    """Of one seed."""

    def __init__(self, malls: Mapping[str, Any], model: Model) -> None:
        self._malls, self._model = malls, model
        self._seen = {till: len(self._records(till)) for till in TILLS}

    def look(self) -> None:
        """Tell what is new since the last look."""
        for till in TILLS:
            records = self._records(till)
            for row in records[self._seen[till] :]:
                self._smaregi(row) if till == "smaregi" else self._square(row)
            self._seen[till] = len(records)

    def _records(self, till: str) -> list[Any]:
        state = self._malls[till].state
        return state.rows if till == "smaregi" else list(state.movements.values())

    def _smaregi(self, row: Any) -> None:
        shop: Smaregi = self._malls["smaregi"]
        if row.division == shop.switches.division_of_api or not row.amount:
            return
        listing = ("smaregi", row.pair)
        if row.division in (SALE, RETURN):
            self._line(listing, ("smaregi", str(row.id), str(row.id)), row.amount, shows=True)
        else:
            self._row(listing, str(row.id), row.amount, counted=row.division == COUNTED_AT_SMAREGI)

    def _square(self, row: Movement) -> None:
        if row.product == "EXTERNAL_API" or row.kind == COUNT:
            return
        listing = ("square", (row.variation, row.source))
        units = int(row.effect(row.source))
        if row.to_state == "SOLD" or row.from_state in RETURNS:
            seen_by = list(self._counted_since(row))
            self._line(listing, ("square", row.id, "1"), units, shows=not seen_by)
            if any(count.product != "EXTERNAL_API" for count in seen_by):
                self._row(listing, f"{row.id}@counted", -units, counted=False)
        else:
            self._row(listing, row.count or row.id, units, counted=bool(row.count))

    def _counted_since(self, row: Movement) -> Iterator[Movement]:
        """Counts dated after a row that came before it: the number has it in already."""
        for count in self._malls["square"].rows_of(row.variation):
            if count.kind == COUNT and count.occurred > row.occurred and count.created < row.created:
                yield count

    def _line(self, listing: Listing, line: LineId, units: int, *, shows: bool) -> None:
        """Sold and gone at once, or come back. `shows`: whether the till's number moved by it."""
        sold, back = max(0, -units), max(0, units)
        self._model.tells(line, self._model.listings[listing], (0, sold, back))
        if sold and shows:
            self._model.sells(listing, line, sold)
        if back:
            self._model.muddy.add(listing)

    def _row(self, listing: Listing, row: str, units: int, *, counted: bool) -> None:
        (sku,) = self._model.listings[listing]
        self._model.till_rows[listing[0], row] = TillFact((sku, SHELVES[listing[0]]), units, counted)
        self._model.muddy.add(listing)
