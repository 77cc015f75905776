"""One row of a pair's history as a fact (pos.md §1.5, §1.8). Pure.

A sale is placed and shipped at once: an order of its own, by the row's id. What comes back, of a void, a 返品取消 or a
return (T4, T5, T6), names no sale: it is an order that only returns, and waits to be inspected.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bridge.channels.answers import whole
from bridge.channels.smaregi.ids import CHANNEL, Pair, listing_key
from bridge.channels.smaregi.marks import is_ours
from bridge.channels.smaregi.wire import time_of
from bridge.channels.stamps import stamp
from bridge.domain.orders import LineKey, LineSnapshot, OrderSnapshot
from bridge.domain.till import RowKind, TillRow

SALE, RETURN = "02", "12"

KINDS: Mapping[str, RowKind] = {
    "03": RowKind.RECEIVED,
    "04": RowKind.SENT,
    "05": RowKind.ARRIVED,
    "08": RowKind.COUNTED,
    "10": RowKind.SENT,
    "13": RowKind.LOST,  # given away
    "14": RowKind.LOST,
    "17": RowKind.LOST,  # missing when a transfer came in
}
"""§1.5 [A]. Of any other division (corrected, set aside, reserved, rented, another app's, one that is new) the units
count."""


@dataclass(frozen=True)
class Change:
    """One row. `units`: by which it moved the number, to `after`."""

    id: str
    pair: Pair
    at: datetime
    units: int
    after: int
    division: str
    memo: object

    @property
    def before(self) -> int:
        return self.after - self.units

    @property
    def ours(self) -> bool:
        return is_ours(self.memo, self.pair, self.units, self.after)


def change_of(row: Mapping[str, Any], pair: Pair) -> Change:
    """Every number is a string (T9). Raises LookupError, TypeError, ValueError."""
    return Change(
        id=str(whole(row["id"])),
        pair=pair,
        at=time_of(row["updDateTime"]),
        units=whole(row["amount"]),
        after=whole(row["stockAmount"]),
        division=str(row["stockDivision"]),
        memo=row.get("memo"),
    )


def fact_of(change: Change, shop: str, read_at: datetime) -> OrderSnapshot | TillRow | None:
    """None: it moves nothing, or is our own write, which the books have already (T8)."""
    if not change.units or change.ours:
        return None
    if change.division == SALE or (change.division == RETURN and change.units > 0):
        return _order(change, shop, read_at)
    kind = KINDS.get(change.division, RowKind.OTHER)
    return TillRow(change.id, listing_key(*change.pair), change.units, kind, change.at)


def _order(change: Change, shop: str, read_at: datetime) -> OrderSnapshot:
    sold, back = max(0, -change.units), max(0, change.units)
    line = LineSnapshot(
        key=LineKey(CHANNEL, shop, change.id, change.id),
        listing=listing_key(*change.pair),
        ordered=sold,
        open=0,
        shipped=sold,
        returned=back,
        taken=sold - back,
    )
    return OrderSnapshot(CHANNEL, shop, change.id, f"{stamp(change.at)} {stamp(read_at)}", change.at, (line,))


def whole_chain(rows: list[Change]) -> bool:
    """Whether each row begins where the one before it ended: none is missing between them. `rows`: of one pair, the
    newest first; those of one second may stand in any order."""
    seconds: dict[datetime, list[Change]] = {}
    for row in rows:
        seconds.setdefault(row.at, []).append(row)
    groups = [seconds[at] for at in sorted(seconds)]
    ends: set[int] | None = None
    for group in groups:
        starts = {row.before for row in group} if ends is None else {row.before for row in group} & ends
        moved = sum(row.units for row in group)
        ends = {start + moved for start in starts} & {row.after for row in group}
        if not ends:
            return False
    return True
