"""What a row of the history is to the books: an order, a row of the till, or both (§2.7). Pure.

A sale or a return is an order of its own, under the row's id. A recount is booked once, under the id of the count: by
the adjustment that Square inferred from it, or, where there is none, by the Δ that `recounts` has reckoned.

**A row that comes after the count that has seen it** (T31). A till sells offline at 13:20, the shelf is counted at
13:30, the sale arrives at 13:35. Square's number stays as counted, for the goods were gone by then. The sale is booked
all the same; beside it a row puts back into the books what the count had left out already. Where the count was our own
first alignment nobody saw the shelf: the sale lowers the books, and the next push the number. A count that comes after
a later one says nothing new.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bridge.channels.square.ids import CHANNEL, listing_key, parts_of
from bridge.channels.square.rows import RETURN, SALE, Effect, Row, effects, whole_units
from bridge.domain.orders import LineKey, LineSnapshot, ListingKey, OrderSnapshot
from bridge.domain.till import RowKind, TillRow


@dataclass(frozen=True)
class Books:
    """places: those that we keep · ours: ids of rows that we wrote · counts: every count that may have come before a
    row that is dated earlier · changes: the Δ of counts that no adjustment tells of, by id · version: of the orders"""

    shop: str
    places: frozenset[str]
    ours: frozenset[str]
    counts: Sequence[Row]
    changes: dict[str, Decimal]
    version: str

    def of(self, row: Row) -> Iterator[OrderSnapshot | TillRow]:
        """Nothing for a row of ours, and for what happens elsewhere. Raises Fraction."""
        if row.id in self.ours:
            return
        if row.is_count:
            yield from self._counted(row)
            return
        found = list(effects(row))
        for effect in found:
            if parts_of(effect.listing)[1] in self.places:
                yield from self._moved(row, effect, alone=len(found) == 1)

    def _counted(self, row: Row) -> Iterator[TillRow]:
        units, listing = whole_units(self.changes.get(row.id, Decimal(0))), listing_key(row.variation, row.source)
        if units and row.source in self.places and not any(_seen_by(self.counts, row, listing)):
            yield TillRow(row.id, listing, units, RowKind.COUNTED, row.created)

    def _moved(self, row: Row, effect: Effect, *, alone: bool) -> Iterator[OrderSnapshot | TillRow]:
        units, seen_by = whole_units(effect.units), list(_seen_by(self.counts, row, effect.listing))
        by_people = any(count.id not in self.ours for count in seen_by)
        if effect.what in (SALE, RETURN):
            yield self._order(row, effect, units, lowered=-units if by_people or not seen_by else 0)
        else:
            kind = effect.what if isinstance(effect.what, RowKind) else RowKind.OTHER
            name = row.count or (row.id if alone else f"{row.id}@{parts_of(effect.listing)[1]}")
            yield TillRow(name, effect.listing, units, kind, row.created)
        if by_people:
            yield TillRow(f"{row.id}@counted", effect.listing, -units, RowKind.OTHER, row.created)

    def _order(self, row: Row, effect: Effect, units: int, *, lowered: int) -> OrderSnapshot:
        """Placed and shipped at once, or come back. It counts from when Square had it: a till may be offline for days,
        and its clock wrong."""
        sold, back = (-units, 0) if effect.what == SALE else (0, units)
        key = LineKey(CHANNEL, self.shop, row.id, "1")
        line = LineSnapshot(key, effect.listing, ordered=sold, open=0, shipped=sold, returned=back, taken=lowered)
        return OrderSnapshot(CHANNEL, self.shop, row.id, self.version, row.created, (line,))


def _seen_by(counts: Iterable[Row], row: Row, listing: ListingKey) -> Iterator[Row]:
    """Counts of the same thing that are dated after a row and came before it."""
    for count in counts:
        same = listing_key(count.variation, count.source) == listing
        if same and count.id != row.count and count.occurred > row.occurred and count.created < row.created:
            yield count
