"""What came in and what it cost: lines of 仕入価格 by what they are about (`move <number>`, `opening <SKU>`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from bridge.domain.costs import OPENING
from bridge.domain.entries import Kind
from bridge.domain.stock import Cause
from bridge.ledger.schema import entry, movement, purchase
from bridge.ledger.values import iso, time_of

_PUT = upsert(purchase)
_PUT = _PUT.on_conflict_do_update(
    index_elements=["key"],
    set_={column.name: _PUT.excluded[column.name] for column in purchase.c if not column.primary_key},
)


@dataclass(frozen=True)
class Arrival:
    """Goods that came in, or lay there when their product was first booked. `units` ≥ 1."""

    key: str
    sku: str
    units: int
    at: datetime

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

    def arrivals(self) -> list[Arrival]:
        """The oldest first; of one moment what lay there, then by the numbers of the lines. A line of 入出庫 that was
        taken back is none."""
        began = (
            select(movement.c.sku, func.sum(movement.c.on_hand).label("units"), func.min(movement.c.at).label("at"))
            .where(movement.c.cause == Cause.OPENING, movement.c.on_hand != 0)  # 0: a cell that begins to be shown
            .group_by(movement.c.sku)
        )
        lay = [
            Arrival(OPENING + row.sku, row.sku, int(row.units), time_of(row.at))
            for row in self._conn.execute(began)
            if row.units > 0
        ]
        booked = select(entry).where(entry.c.kind == Kind.RECEIPT, entry.c.booked.is_(True)).order_by(entry.c.number)
        rows = self._conn.execute(booked)
        came = [Arrival(f"move {row.number}", row.sku, row.units, time_of(row.at)) for row in rows]
        return sorted([*lay, *came], key=lambda each: each.at)

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

    def rename_sku(self, old: str, new: str) -> None:
        taken = select(purchase.c.key).where(purchase.c.key == OPENING + new)
        if self._conn.execute(taken).first() is None:
            self._conn.execute(update(purchase).where(purchase.c.key == OPENING + old).values(key=OPENING + new))
