"""What came in and what it cost: lines of 仕入価格 by what they are about (`move <number>`, `opening <SKU>`).

What came in is found in movements and in lines of 入出庫, and kept once: a place that is opened later adds to no price
of before, and going live anew forgets movements, not purchases.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Text, cast, delete, exists, func, select, update
from sqlalchemy.dialects.sqlite import Insert, insert

from bridge.domain.costs import OPENING
from bridge.domain.entries import Kind
from bridge.domain.stock import Cause
from bridge.ledger.schema import entry, movement, purchase
from bridge.ledger.values import iso, time_of


def _upsert(*columns: str) -> Insert:
    """Rows of `purchase`, as far as these columns."""
    put = insert(purchase)
    return put.on_conflict_do_update(index_elements=["key"], set_={name: put.excluded[name] for name in columns})


_PUT = _upsert("price", "refused", "shown", "sent_at")
_KEEP = _upsert("units", "at", "lying")


def _lying(sku: ColumnElement[str], at: ColumnElement[str]) -> ColumnElement[int]:
    """Units on hand of a SKU before a moment, at all locations together."""
    moved = func.coalesce(func.sum(movement.c.on_hand), 0)
    return select(moved).where(movement.c.sku == sku, movement.c.at < at).scalar_subquery().label("lying")


# Rows of (key, sku, units, at, lying): what lay there and what came, as kept; what begins and what comes, not kept yet.
_SKU = func.substr(purchase.c.key, len(OPENING) + 1).label("sku")
_KEPT_OPENING = purchase.c.key.startswith(OPENING) & purchase.c.at.is_not(None)
_LAY = select(purchase.c.key, _SKU, purchase.c.units, purchase.c.at, purchase.c.lying).where(_KEPT_OPENING)
_BEGAN = (
    select(movement.c.sku, func.sum(movement.c.on_hand).label("units"), func.min(movement.c.at).label("at"))
    .where(movement.c.cause == Cause.OPENING, movement.c.on_hand != 0)  # 0: a cell that begins to be shown
    .where(movement.c.ref != "shadow")  # what is typed in shadow is opened when the bridge goes live
    .where(movement.c.sku.not_in(select(_SKU).where(_KEPT_OPENING)))
    .group_by(movement.c.sku)
    .having(func.sum(movement.c.on_hand) > 0)
    .subquery()
)
_BEGINS = select((OPENING + _BEGAN.c.sku).label("key"), _BEGAN, _lying(_BEGAN.c.sku, _BEGAN.c.at))

_LINE = "move " + cast(entry.c.number, Text)
_RECEIPT = (entry.c.kind == Kind.RECEIPT) & entry.c.booked.is_(True)
_KEPT_LINE = (purchase.c.key == _LINE) & (purchase.c.at == entry.c.at)  # else it was taken back and ticked anew
_CAME = (
    select(purchase.c.key, entry.c.sku, entry.c.units, entry.c.at, purchase.c.lying)
    .join_from(entry, purchase, _KEPT_LINE)
    .where(_RECEIPT)
    .order_by(entry.c.number)
)
_COMES = select(_LINE.label("key"), entry.c.sku, entry.c.units, entry.c.at, _lying(entry.c.sku, entry.c.at)).where(
    _RECEIPT, ~exists().where(_KEPT_LINE)
)


@dataclass(frozen=True)
class Arrival:
    """Goods that came in, or lay there when their product was first booked. `units` ≥ 1 · `lying`: units on hand before
    them, at all locations together."""

    key: str
    sku: str
    units: int
    at: datetime
    lying: int = 0

    @property
    def opening(self) -> bool:
        return self.key.startswith(OPENING)


@dataclass(frozen=True)
class Priced:
    """What accounts said of one arrival. `price`: of one unit · `refused`: the code of a sentence, why what stands
    there now is no price · `shown`: its line was read in the tab · `sent_at`: when it was last sent."""

    key: str
    price: Decimal | None = None
    refused: str = ""
    shown: bool = False
    sent_at: datetime | None = None


class PurchaseBook:
    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def keep(self, opened: str) -> None:
        """What came in since stays from now on what it is now. `opened`: when everything was opened last. What lay
        there then of a product that had come in before is no arrival of its own."""
        new = self._found(_BEGINS, _COMES)
        before = {each.sku for each in self.arrivals() if iso(each.at) < opened} if new else set()
        rows = [
            {"key": each.key, "units": each.units, "at": iso(each.at), "lying": each.lying}
            for each in new
            if not (each.opening and iso(each.at) == opened and each.sku in before)
        ]
        if rows:
            self._conn.execute(_KEEP, rows)

    def arrivals(self) -> list[Arrival]:
        """Those that are kept, the oldest first; of one moment what lay there, then by the numbers of the lines. A line
        of 入出庫 that was taken back is none; ticked anew it is another, at another time."""
        return sorted(self._found(_LAY, _CAME), key=lambda each: each.at)

    def _found(self, *queries: Select[Any]) -> list[Arrival]:
        rows = [row for query in queries for row in self._conn.execute(query)]
        return [Arrival(row.key, row.sku, row.units, time_of(row.at), row.lying) for row in rows]

    def all(self) -> dict[str, Priced]:
        return {
            row.key: Priced(
                row.key,
                None if row.price is None else Decimal(row.price),
                row.refused,
                row.shown,
                None if row.sent_at is None else time_of(row.sent_at),
            )
            for row in self._conn.execute(select(purchase))
        }

    def put(self, lines: Iterable[Priced]) -> None:
        rows = [
            {
                "key": each.key,
                "price": None if each.price is None else str(each.price),
                "refused": each.refused,
                "shown": each.shown,
                "sent_at": iso(each.sent_at) if each.sent_at else None,
            }
            for each in lines
        ]
        if rows:
            self._conn.execute(_PUT, rows)

    def forget_sku(self, code: str) -> None:
        """What lay there of a product whose stock is given up."""
        self._conn.execute(delete(purchase).where(purchase.c.key == OPENING + code))

    def rename_sku(self, old: str, new: str) -> None:
        self._conn.execute(update(purchase).where(purchase.c.key == OPENING + old).values(key=OPENING + new))
