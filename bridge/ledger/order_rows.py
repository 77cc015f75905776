"""Rows of 受注 under the numbers that the bridge gave them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, func, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from bridge.domain.orders import LineKey
from bridge.domain.picks import OrderRow, RowStage, Said
from bridge.ledger.schema import order_line, order_row
from bridge.ledger.values import iso, time_of

_TIMES = ("placed_at", "sent_at", "picked_at", "closed_at")
_UNDER_WAY = [RowStage.OFFERED.value, RowStage.OPEN.value]
_OF = select(order_row).where(order_row.c.number.in_(bindparam("numbers", expanding=True)))
_OPEN = select(order_row).where(order_row.c.stage.in_(_UNDER_WAY)).order_by(order_row.c.number)
_MONTHS = (
    select(order_row.c.month)
    .where(order_row.c.stage.in_(_UNDER_WAY) | (order_row.c.closed_at > bindparam("since")))
    .distinct()
)
_SAME_LINE = and_(*(order_row.c[name] == order_line.c[name] for name in ("channel", "shop", "order", "line")))
_CLOSED_OF_OPEN_LINES = (
    select(order_row)
    .join(order_line, _SAME_LINE)
    .where(
        order_line.c.channel.in_(bindparam("channels", expanding=True)),
        order_line.c.open > 0,
        order_row.c.stage.not_in(_UNDER_WAY),
    )
)
_PUT = upsert(order_row)
_PUT = _PUT.on_conflict_do_update(
    index_elements=["number"],
    set_={column.name: _PUT.excluded[column.name] for column in order_row.c if not column.primary_key},
)


class OrderRowBook:
    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def of(self, numbers: Iterable[int]) -> dict[int, OrderRow]:
        """Those of these numbers that were ever given out."""
        wanted, found = sorted(set(numbers)), dict[int, OrderRow]()
        for start in range(0, len(wanted), 500):
            found |= {each.number: each for each in self._found(_OF, numbers=wanted[start : start + 500])}
        return found

    def open(self) -> list[OrderRow]:
        """Those that are not closed, oldest first."""
        return self._found(_OPEN)

    def closed_of_open_lines(self, channels: Iterable[str]) -> list[OrderRow]:
        """Those that are closed though something of their line is still to be shipped."""
        return self._found(_CLOSED_OF_OPEN_LINES, channels=sorted(channels))

    def months(self, since: str) -> list[str]:
        """The months whose tabs hold a row that is not closed, or was closed after `since`."""
        return sorted(self._conn.execute(_MONTHS, {"since": since}).scalars())

    def offer(self, rows: Sequence[OrderRow], floor: int = 0) -> list[OrderRow]:
        """Keep new ones under new numbers, above `floor` and all that were ever given out."""
        if not rows:
            return []
        highest = self._conn.execute(select(func.max(order_row.c.number))).scalar() or 0
        offered = [replace(row, number=number) for number, row in enumerate(rows, 1 + max(highest, floor))]
        self._conn.execute(insert(order_row), [_values(each) for each in offered])
        return offered

    def put(self, rows: Iterable[OrderRow]) -> None:
        values = [_values(each) for each in rows]
        if values:
            self._conn.execute(_PUT, values)

    def sent(self, rows: Iterable[OrderRow], at: datetime) -> None:
        """They are being appended."""
        self.put(replace(row, sent_at=at) for row in rows)

    def _found(self, query: Select[Any], **values: Any) -> list[OrderRow]:
        return [_row(row) for row in self._conn.execute(query, values)]


def _values(each: OrderRow) -> dict[str, object]:
    key = each.key
    return {
        "number": each.number,
        "channel": key.channel,
        "shop": key.shop,
        "order": key.order,
        "line": key.line,
        "sku": each.sku,
        "month": each.month,
        "stage": each.stage.value,
        **vars(each.said),
        "picked": each.picked,
        "early": each.early,
        "kind": each.kind,
        "until": each.until.isoformat() if each.until else None,
        "extended": each.extended.isoformat() if each.extended else None,
        **{name: iso(at) if (at := getattr(each, name)) else None for name in _TIMES},
    }


def _row(row: Any) -> OrderRow:
    return OrderRow(
        number=row.number,
        key=LineKey(row.channel, row.shop, row.order, row.line),
        sku=row.sku,
        month=row.month,
        stage=RowStage(row.stage),
        said=Said(row.tick, row.units, row.at),
        picked=row.picked,
        early=row.early,
        kind=row.kind,
        until=date.fromisoformat(row.until) if row.until else None,
        extended=date.fromisoformat(row.extended) if row.extended else None,
        **{name: time_of(at) if (at := getattr(row, name)) else None for name in _TIMES},
    )
