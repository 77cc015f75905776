"""What reports ask the ledger: plain rows of facts, read in one go. Nothing here moves stock.

A movement bears the time at which it was booked. Some facts tell when they happened: a sale when it was placed, a
till's also when the goods left, what else a till did when its number moved, a stock-take the moment as of which was
counted. Those times decide on which business day a movement counts, so that what arrives after midnight stands where it
belongs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, select

from bridge.domain.booking import line_ref
from bridge.domain.orders import LineKey
from bridge.domain.stock import Cause
from bridge.domain.summary import EditAccount
from bridge.domain.till import CAUSES
from bridge.ledger.schema import component, counted, edit, in_step, movement, order_line, stocktake, till_row
from bridge.ledger.till_rows import REF
from bridge.ledger.values import iso, time_of


@dataclass(frozen=True)
class Dated:
    """One movement with its times, aware. `moved_at`: when the goods moved · `sold_at`: when they were sold
    · `channel`: the order line's, "" where it is of none."""

    number: int
    booked_at: datetime
    sku: str
    location: str
    on_hand: int
    allocated: int
    cause: Cause
    channel: str
    moved_at: datetime
    sold_at: datetime


@dataclass(frozen=True)
class Shown:
    """A listing that came to show what was wanted. `sold_at`: when the sale was placed that changed it."""

    channel: str
    sold_at: datetime
    at: datetime


SETTLED = timedelta(days=30)  # a question about a count is answered sooner, and what a till did is told sooner

_MOVED = select(movement).order_by(movement.c.id)
_LINES = select(
    order_line.c.channel,
    order_line.c.shop,
    order_line.c.order,
    order_line.c.line,
    order_line.c.placed_at,
    order_line.c.first_seen_at,
    order_line.c.components,
)
_COUNTED_AT = select(counted.c.number, stocktake.c.at).join(stocktake, stocktake.c.number == counted.c.stocktake)
_AT_TILLS = select(REF.label("ref"), till_row.c.at)
_OF_LINES = (Cause.PLACED, Cause.RELEASED, Cause.SHIPPED, Cause.WITHDRAWN, Cause.RETURNED)


class ReportBook:
    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def booked(
        self, tills: Collection[str], since: datetime | None = None, before: datetime | None = None
    ) -> list[Dated]:
        """Movements booked from `since` on and before `before`, the oldest first. `tills`: channels whose goods leave
        at the moment of the sale."""
        query, lines = _MOVED, _LINES
        if since is not None:
            query = query.where(movement.c.at >= iso(since))
            lines = lines.where(order_line.c.first_seen_at >= iso(since))
        if before is not None:
            query = query.where(movement.c.at < iso(before))
        placed = {
            line_ref(LineKey(row.channel, row.shop, row.order, row.line)): (row.first_seen_at, row.placed_at)
            for row in self._conn.execute(lines)
        }
        counting = _COUNTED_AT if since is None else _COUNTED_AT.where(counted.c.at >= iso(since - SETTLED))
        counts = {f"move {number}": at for number, at in self._conn.execute(counting)}
        told = _AT_TILLS.where(till_row.c.channel.in_(tills), till_row.c.at.is_not(None))
        if since is not None:
            told = told.where(till_row.c.at >= iso(since - SETTLED))
        at_tills = {row.ref: row.at for row in self._conn.execute(told)}
        return [_dated(row, placed, counts, at_tills, tills) for row in self._conn.execute(query)]

    def before(self, at: datetime) -> tuple[int, int]:
        """How many movements were booked before then, and the number of the last: what tells whether any was forgotten
        or renamed since."""
        query = select(func.count(), func.max(movement.c.id)).where(movement.c.at < iso(at))
        count, newest = self._conn.execute(query).one()
        return int(count), int(newest or 0)

    def first_booked(self) -> datetime | None:
        at = self._conn.execute(select(func.min(movement.c.at))).scalar()
        return None if at is None else time_of(at)

    def edits(self) -> EditAccount:
        rows = self._conn.execute(select(edit.c.outcome, func.count()).group_by(edit.c.outcome))
        return EditAccount(**{outcome: int(count) for outcome, count in rows})

    def shown(self, since: datetime) -> Iterator[Shown]:
        """Listings that came into step since then after a sale in another channel. What else changed a number (typing,
        a transfer) is no sale and is left out."""
        sales: dict[str, list[tuple[str, str, frozenset[str]]]] = {}
        query = select(in_step).where(in_step.c.at >= iso(since))
        steps = self._conn.execute(query).all()
        if not steps:
            return
        oldest = min(row.since for row in steps)
        for row in self._conn.execute(_LINES.where(order_line.c.first_seen_at >= oldest)):
            skus = frozenset(sku for sku, _ in row.components)
            sales.setdefault(row.first_seen_at, []).append((row.channel, row.placed_at, skus))
        made_of = self._made_of()
        for row in steps:
            mine = made_of.get((row.channel, row.listing), frozenset())
            placed = [at for channel, at, skus in sales.get(row.since, ()) if channel != row.channel and skus & mine]
            if placed:
                yield Shown(row.channel, time_of(min(placed)), time_of(row.at))

    def _made_of(self) -> Mapping[tuple[str, str], frozenset[str]]:
        found: dict[tuple[str, str], set[str]] = {}
        for row in self._conn.execute(select(component)):
            found.setdefault((row.channel, row.id), set()).add(row.sku)
        return {key: frozenset(skus) for key, skus in found.items()}

    def forget_steps(self, before: datetime) -> None:
        self._conn.execute(delete(in_step).where(in_step.c.at < iso(before)))


def _dated(
    row: Any,
    placed: Mapping[str, tuple[str, str]],
    counts: Mapping[str, str],
    at_tills: Mapping[str, str],
    tills: Collection[str],
) -> Dated:
    cause, booked_at = Cause(row.cause), row.at
    channel, moved_at, sold_at = "", booked_at, booked_at
    if cause in _OF_LINES:
        channel = row.ref.partition("/")[0]
        seen_at, placed_at = placed.get(row.ref, ("", ""))
        if seen_at == booked_at and placed_at < booked_at:  # told for the first time: the mall says when it was placed
            sold_at = placed_at
            moved_at = placed_at if cause is Cause.PLACED or channel in tills else booked_at
    elif cause is Cause.STOCK_TAKEN:
        moved_at = sold_at = min(booked_at, counts.get(row.ref, booked_at))
    elif cause in CAUSES:
        moved_at = sold_at = min(booked_at, at_tills.get(row.ref, booked_at))
    times = (time_of(at) for at in (booked_at, moved_at, sold_at))
    booked, moved, sold = times
    return Dated(row.id, booked, row.sku, row.location, row.on_hand, row.allocated, cause, channel, moved, sold)
