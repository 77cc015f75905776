"""What a till itself did to the number it keeps of one thing: rows of its own history of movements (pos.md §0).

Sales and returns are orders, placed and shipped at once. These are the rest: counts taken at the till, goods that came
in or went to another shop there, losses; and each change that a warehouse tells of by files. Each is a fact with an id
of its own, booked once by its Δ.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bridge.domain.orders import ListingKey
from bridge.domain.stock import Cause


class RowKind(StrEnum):
    """Why the till's number moved."""

    COUNTED = "counted"  # people counted the shelf: their number stands, whatever was on its way to the till
    RECEIVED = "received"  # goods came in
    SENT = "sent"  # goods went to another place
    ARRIVED = "arrived"  # … and came from one
    LOST = "lost"
    OTHER = "other"  # a correction, set aside for a customer, or for a reason that nobody has told us of

    @property
    def cause(self) -> Cause:
        return _CAUSES[self]

    @property
    def brings(self) -> bool:
        """Whether goods came, that may have been on their way here."""
        return self in (RowKind.RECEIVED, RowKind.ARRIVED)


_CAUSES = {
    RowKind.COUNTED: Cause.COUNTED,
    RowKind.RECEIVED: Cause.RECEIVED,
    RowKind.SENT: Cause.SENT,
    RowKind.ARRIVED: Cause.ARRIVED,
    RowKind.LOST: Cause.DAMAGED,
    RowKind.OTHER: Cause.AT_TILL,
}


CAUSES = frozenset(_CAUSES.values())


def row_ref(channel: str, row: str) -> str:
    """The ref of a row's movements in the ledger."""
    return f"{channel}/{row}"


@dataclass(frozen=True)
class TillRow:
    """One row. `id`: the till's own, within the channel · `units`: Δ of the till's number, any sign · `at`: when the
    number moved, by the till's server. A row whose units were changed later comes again under its id."""

    id: str
    listing: ListingKey
    units: int
    kind: RowKind
    at: datetime
