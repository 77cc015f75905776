"""Goods that people take off the shelf for an order line: what that books, and what becomes of it (DESIGN §2).

A pick is a wanted value, not an event: as long as its row of 受注 says so, that many units are booked as shipped. So it
may be said again, after a kill or by an old read, and books nothing more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import NamedTuple

from bridge.domain.orders import LineKey


@dataclass(frozen=True)
class ByHand:
    """What people did with one component of an order line, in units of the SKU, each ≥ 0.

    picked: taken off the shelf · before: those of them that had left before everything was opened · left: those that
    went out though the order was cancelled · at: the location that a person chose, "" where the channel's order holds
    """

    sku: str
    picked: int = 0
    before: int = 0
    left: int = 0
    at: str = ""


class Owed(NamedTuple):
    """What a line should have booked of one component, in units of the SKU."""

    open: int
    shipped: int
    returned: int


def owed(hand: ByHand, open: int, shipped: int, returned: int) -> Owed:
    """The mall's own numbers, and what people picked: whichever tells of more shipments."""
    gone = max(shipped, hand.picked)
    return Owed(max(0, open + shipped - gone), max(0, gone - hand.before), returned)


def excess(hand: ByHand, ordered: int) -> int:
    """Units that were picked though no more than `ordered` are still wanted."""
    return max(0, hand.picked - max(ordered, hand.left, hand.before))


# --- the rows of 受注 ------------------------------------------------------------------------------------------------


class RowStage(StrEnum):
    """What has become of a row."""

    OFFERED = "offered"  # it, or its number, was sent to the sheet and not read back yet
    OPEN = "open"
    DONE = "done"  # shipped, as the mall says
    CANCELLED = "cancelled"
    DROPPED = "dropped"  # a person's line that was copied, or never complete under its number

    @property
    def closed(self) -> bool:
        return self not in (RowStage.OFFERED, RowStage.OPEN)


@dataclass(frozen=True)
class Said:
    """What the cells of a row say of its picking. tick: None where the cell holds none · units: typed instead, None
    where nothing is · at: the location, "" for none."""

    tick: bool = False
    units: int | None = None
    at: str = ""

    @property
    def nothing(self) -> bool:
        return not self.tick and self.units is None


HAND = "hand"
"""The channel of the lines that people write."""


@dataclass(frozen=True)
class OrderRow:
    """One row under its number: a component of an order line. `month`: the tab where it stood last · `said`: what
    people said in it, as far as it was acted on · `picked`: units of the SKU that this came to · `early`: it was said
    before it could count (the bridge was not live): it must be taken away first.

    kind, until: of a line that people wrote, what it is and how long it holds; `extended`: longer, at a person's word ·
    placed_at: when it was ordered
    """

    number: int
    key: LineKey
    sku: str
    month: str
    stage: RowStage = RowStage.OFFERED
    said: Said = Said()
    picked: int = 0
    early: bool = False
    kind: str = ""
    until: date | None = None
    extended: date | None = None
    placed_at: datetime | None = None
    sent_at: datetime | None = None
    picked_at: datetime | None = None
    closed_at: datetime | None = None


def wish(row: OrderRow, tick: bool | None, units: int | None, at: str) -> Said:
    """What the cells come to. A tick that is no tick and a number that was cleared say nothing new."""
    return Said(row.said.tick if tick is None else tick, row.said.units if units is None else units, at)


def to_pick(row: OrderRow, said: Said, total: int) -> int:
    """Units picked, where that is said. A tick means all that was ordered when it was set, whatever the number."""
    if said.tick:
        return row.picked if row.said.tick else total
    return said.units or 0


@dataclass(frozen=True)
class Progress:
    """How one component of a line stands, in units of the SKU. ordered: still wanted, shipped ones included ·
    reported: shipped, as the mall says · open: to be picked · excess: picked though nobody wants them any more"""

    ordered: int
    reported: int
    open: int
    picked: int
    excess: int

    @property
    def unreported(self) -> int:
        """Picked, and the mall does not know of it."""
        return max(0, min(self.picked, self.ordered) - self.reported)

    @property
    def stage(self) -> RowStage:
        if self.open or self.unreported or self.excess:
            return RowStage.OPEN
        return RowStage.DONE if self.reported or self.picked else RowStage.CANCELLED


def last_evening(now: datetime, hour: time, zone: tzinfo) -> datetime:
    """The latest evening that has begun: what was picked until then should have been reported to the mall."""
    local = now.astimezone(zone)
    evening = local.replace(hour=hour.hour, minute=hour.minute, second=0, microsecond=0)
    return evening if evening <= local else evening - timedelta(days=1)
