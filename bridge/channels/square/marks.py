"""How a row of Square's history is known to be one of our own writes (§0.5, §2.7): by the ids of our own replies, and
by the mark in its reference_id. The application doesn't tell: it may have other uses.

A mark stands on one row only.
"""

from __future__ import annotations

from collections import OrderedDict
from decimal import Decimal

from bridge.channels.marks import marked, nonce_in
from bridge.channels.square import facts
from bridge.channels.square.ids import listing_key
from bridge.channels.square.rows import Row, effects
from bridge.domain.orders import ListingKey


def mark(nonce: str, listing: ListingKey, units: Decimal, *, counted: bool) -> str:
    """`nonce`: of this one row · `units`: its Δ, or the number it sets."""
    what = f"{'=' if counted else '+'}{units.normalize():f}"
    return marked(nonce, f"{nonce} {listing.id} {what}")


def is_mark(reference: str, listing: ListingKey, units: Decimal, *, counted: bool) -> bool:
    """Whether this text is a mark of a row that did just that."""
    nonce = nonce_in(reference)
    return bool(nonce) and reference == mark(nonce, listing, units, counted=counted)


class OwnRows:
    """The rows that are known to be ours."""

    def __init__(self) -> None:
        self._bearer: OrderedDict[str, str] = OrderedDict()  # of each mark: the row that has it
        self._ids: OrderedDict[str, None] = OrderedDict()

    def learn(self, row: str, reference: str) -> None:
        """A row of a reply to a write of ours."""
        self._bearer.setdefault(reference, row)
        self._ids[row] = None
        for known in (self._bearer, self._ids):
            if len(known) > facts.REMEMBERED:
                known.popitem(last=False)

    def claims(self, row: Row) -> bool:
        """Whether a row is ours. Of a count that is, the adjustment inferred from it is too: ask for counts first."""
        if row.id in self._ids or row.count in self._ids:
            return True
        if not _bears_mark(row) or self._bearer.get(row.reference, row.id) != row.id:
            return False
        self.learn(row.id, row.reference)
        return True


def _bears_mark(row: Row) -> bool:
    if row.is_count:
        return is_mark(row.reference, listing_key(row.variation, row.source), row.quantity, counted=True)
    return any(is_mark(row.reference, each.listing, each.units, counted=False) for each in effects(row))
