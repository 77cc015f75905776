"""Lines of 入出庫 that one tick books, under the numbers that the bridge gave them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select
from sqlalchemy.dialects.sqlite import insert as upsert

from bridge.domain.entries import Booking, Entry, Kind
from bridge.domain.stock import Component
from bridge.ledger.schema import entry
from bridge.ledger.values import iso, time_of

_OF = select(entry).where(entry.c.number.in_(bindparam("numbers", expanding=True)))
_PUT = upsert(entry)
_PUT = _PUT.on_conflict_do_update(
    index_elements=["number"],
    set_={column.name: _PUT.excluded[column.name] for column in entry.c if not column.primary_key},
)


class EntryBook:
    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def of(self, numbers: Iterable[int]) -> dict[int, Booking]:
        """Those of these numbers that were ever read as such a line."""
        wanted, found = sorted(set(numbers)), dict[int, Booking]()
        for start in range(0, len(wanted), 500):
            found |= {each.number: each for each in self._found(_OF, numbers=wanted[start : start + 500])}
        return found

    def like(self, said: Entry) -> list[Booking]:
        """Lines that say or said just this."""
        query = select(entry).where(entry.c.sku == said.sku, entry.c.kind == said.kind).order_by(entry.c.number)
        return [each for each in self._found(query) if each.entry == said]

    def put(self, bookings: Iterable[Booking]) -> None:
        rows = [_row(each) for each in bookings]
        if rows:
            self._conn.execute(_PUT, rows)

    def rename_sku(self, old: str, new: str) -> None:
        """What was booked under one code is taken back, should it be, under the other."""

        def renamed(code: str) -> str:
            return new if code == old else code

        changed = []
        for each in self._found(select(entry).where((entry.c.sku == old) | (entry.c.parts != []))):
            if each.entry is not None and old in each.entry.skus:
                parts = tuple(Component(renamed(part.sku), part.units) for part in each.entry.parts)
                said = replace(each.entry, sku=renamed(each.entry.sku), parts=parts)
                changed.append(replace(each, entry=said))
        self.put(changed)

    def _found(self, query: Select[Any], **values: Any) -> list[Booking]:
        return [_booking(row) for row in self._conn.execute(query, values)]


def _row(each: Booking) -> dict[str, object]:
    said = each.entry
    return {
        "number": each.number,
        "kind": said.kind.value if said else "",
        "sku": said.sku if said else "",
        "units": said.units if said else 0,
        "source": said.source if said else "",
        "target": said.target if said else "",
        "parts": [[part.sku, part.units] for part in said.parts] if said else [],
        "booked": each.booked,
        "early": each.early,
        "at": iso(each.at) if each.at else None,
    }


def _booking(row: Any) -> Booking:
    parts = tuple(Component(sku, units) for sku, units in row.parts)
    said = Entry(Kind(row.kind), row.sku, row.units, row.source, row.target, parts) if row.kind else None
    return Booking(row.number, said, row.booked, row.early, time_of(row.at) if row.at else None)
