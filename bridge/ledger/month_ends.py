"""Month ends as they were frozen: what lay where, what a unit cost, what had moved by which cause. Never changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection, insert, select

from bridge.domain.costs import Costing
from bridge.domain.month_end import Line
from bridge.domain.stock import Cause
from bridge.ledger.schema import month_end, month_end_change, month_end_stock
from bridge.ledger.values import iso, time_of


@dataclass(frozen=True)
class Frozen:
    """`month`: as in 2026-11 · `until`: its end · `through`: the last movement that was known when it was frozen."""

    month: str
    until: datetime
    frozen_at: datetime
    through: int
    costing: Costing


class MonthEndBook:
    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def all(self) -> list[Frozen]:
        """The oldest first."""
        return [
            Frozen(row.month, time_of(row.until), time_of(row.frozen_at), row.through, Costing(row.costing))
            for row in self._conn.execute(select(month_end).order_by(month_end.c.month))
        ]

    def freeze(
        self,
        frozen: Frozen,
        lines: Iterable[Line],
        costs: Mapping[str, Decimal],
        changes: Mapping[tuple[Cause, str], int],
    ) -> None:
        """`changes`: Δ on hand in the month by cause and SKU."""
        values = {**vars(frozen), "until": iso(frozen.until), "frozen_at": iso(frozen.frozen_at)}
        self._conn.execute(insert(month_end), values)
        stock = [
            {**vars(each), "month": frozen.month, "cost": str(costs[each.sku]) if each.sku in costs else None}
            for each in lines
        ]
        if stock:
            self._conn.execute(insert(month_end_stock), stock)
        moved = [
            {"month": frozen.month, "cause": cause.value, "sku": sku, "units": units}
            for (cause, sku), units in changes.items()
        ]
        if moved:
            self._conn.execute(insert(month_end_change), moved)

    def lines(self, month: str) -> list[tuple[Line, Decimal | None]]:
        """What lay where, each with the cost of one unit."""
        query = select(month_end_stock).where(month_end_stock.c.month == month)
        rows = self._conn.execute(query.order_by(month_end_stock.c.sku, month_end_stock.c.location))
        return [
            (Line(row.sku, row.location, row.on_hand, row.allocated), None if row.cost is None else Decimal(row.cost))
            for row in rows
        ]

    def changes(self, month: str) -> dict[tuple[Cause, str], int]:
        query = select(month_end_change).where(month_end_change.c.month == month)
        return {(Cause(row.cause), row.sku): row.units for row in self._conn.execute(query)}
