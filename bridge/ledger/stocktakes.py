"""Stock-takes, and the lines in which people count, under the numbers that the bridge gave them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, Table, bindparam, func, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from bridge.domain.stocktaking import Counted, Stocktake
from bridge.ledger.schema import counted, stocktake
from bridge.ledger.values import iso, time_of

_OF = select(stocktake).where(stocktake.c.number.in_(bindparam("numbers", expanding=True)))
_OPEN = select(stocktake).where(stocktake.c.open.is_(True), stocktake.c.at > bindparam("since"))
_COUNTS = select(counted).where(counted.c.number.in_(bindparam("numbers", expanding=True)))
_DUE = (
    select(counted)
    .join(stocktake, stocktake.c.number == counted.c.stocktake)
    .where(counted.c.shown.is_(False), stocktake.c.open.is_(True))
    .order_by(counted.c.number)
    .limit(bindparam("most"))
)


def _put(table: Table) -> Any:
    statement = upsert(table)
    values = {column.name: statement.excluded[column.name] for column in table.c if not column.primary_key}
    return statement.on_conflict_do_update(index_elements=["number"], set_=values)


_PUT_STOCKTAKE, _PUT_COUNTED = _put(stocktake), _put(counted)


class StocktakeBook:
    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def of(self, numbers: Iterable[int]) -> dict[int, Stocktake]:
        return {row.number: _stocktake(row) for row in self._rows(_OF, numbers)}

    def open(self, since: datetime) -> dict[str, Stocktake]:
        """Those begun after `since` whose counts are taken, by place: at most one each."""
        return {row.place: _stocktake(row) for row in self._conn.execute(_OPEN, {"since": iso(since)})}

    def newest(self, place: str) -> int:
        """The number of the one that began last there; 0 where there was none."""
        query = select(stocktake.c.number).where(stocktake.c.place == place)
        return self._conn.execute(query.order_by(stocktake.c.at.desc(), stocktake.c.number.desc())).scalar() or 0

    def put(self, each: Stocktake) -> None:
        self._conn.execute(_PUT_STOCKTAKE, {**vars(each), "at": iso(each.at)})

    def close(self, place: str | None = None) -> None:
        """No count is taken any more: of one place, or of all."""
        closing = update(stocktake).values(open=False)
        self._conn.execute(closing if place is None else closing.where(stocktake.c.place == place))

    # --- lines -------------------------------------------------------------------------------------------------------

    def counts(self, numbers: Iterable[int]) -> dict[int, Counted]:
        return {row.number: _counted(row) for row in self._rows(_COUNTS, numbers)}

    def lines(self, numbers: Iterable[int], sku: str | None = None) -> list[Counted]:
        """The lines of these stock-takes, or those of one SKU."""
        query = select(counted).where(counted.c.stocktake.in_(sorted(numbers))).order_by(counted.c.number)
        if sku is not None:
            query = query.where(counted.c.sku == sku)
        return [_counted(row) for row in self._conn.execute(query)]

    def counted_as_of(self, sku: str, place: str) -> str:
        """When the last stock-take began in which this was counted there; "" where it never was."""
        query = select(func.max(stocktake.c.at)).join(counted, counted.c.stocktake == stocktake.c.number)
        here = (counted.c.sku == sku, counted.c.place == place, counted.c.units.is_not(None))
        return self._conn.execute(query.where(*here)).scalar() or ""

    def due(self, most: int) -> list[Counted]:
        """Lines that were never seen in the tab."""
        return [_counted(row) for row in self._conn.execute(_DUE, {"most": most})]

    def put_counts(self, counts: Iterable[Counted]) -> None:
        rows = [{**vars(each), "at": _text(each.at), "sent_at": _text(each.sent_at)} for each in counts]
        if rows:
            self._conn.execute(_PUT_COUNTED, rows)

    def _rows(self, query: Select[Any], numbers: Iterable[int]) -> list[Any]:
        wanted: Sequence[int] = sorted(set(numbers))
        found: list[Any] = []
        for start in range(0, len(wanted), 500):
            found += self._conn.execute(query, {"numbers": wanted[start : start + 500]})
        return found


def _text(at: datetime | None) -> str | None:
    return iso(at) if at else None


def _time(text: str | None) -> datetime | None:
    return time_of(text) if text else None


def _stocktake(row: Any) -> Stocktake:
    return Stocktake(row.number, row.place, row.since, time_of(row.at), row.open)


def _counted(row: Any) -> Counted:
    return Counted(
        row.number,
        row.stocktake,
        row.sku,
        row.place,
        row.units,
        row.had,
        row.packed,
        _time(row.at),
        row.shown,
        _time(row.sent_at),
    )
