"""Lines of 入出庫 under the numbers that the bridge gave them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from bridge.domain.transfers import Move, Stage, Transfer
from bridge.ledger.schema import transfer
from bridge.ledger.values import iso, time_of

_OF = select(transfer).where(transfer.c.number.in_(bindparam("numbers", expanding=True)))
_ON_THE_WAY = select(transfer).where(transfer.c.stage == Stage.ON_THE_WAY).order_by(transfer.c.number)
_SAYS = (transfer.c.sku, transfer.c.units, transfer.c.source, transfer.c.target)
_PUT = upsert(transfer)
_PUT = _PUT.on_conflict_do_update(
    index_elements=["number"],
    set_={column.name: _PUT.excluded[column.name] for column in transfer.c if not column.primary_key},
)


class TransferBook:
    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def of(self, numbers: Iterable[int]) -> dict[int, Transfer]:
        """Those of these numbers that were ever given out."""
        wanted, found = sorted(set(numbers)), dict[int, Transfer]()
        for start in range(0, len(wanted), 500):
            found |= {each.number: each for each in self._found(_OF, numbers=wanted[start : start + 500])}
        return found

    def on_the_way(self) -> list[Transfer]:
        return self._found(_ON_THE_WAY)

    def like(self, move: Move) -> list[Transfer]:
        """Lines that say or said just this."""
        same = [column == getattr(move, column.name) for column in _SAYS]
        return self._found(select(transfer).where(*same).order_by(transfer.c.number))

    def touches(self, sku: str) -> bool:
        """Whether any of it is on its way."""
        return any(each.move is not None and each.move.sku == sku for each in self.on_the_way())

    def offer(self, early: Sequence[bool], floor: int) -> list[int]:
        """New numbers, one each, above `floor` and all that were ever given out."""
        if not early:
            return []
        highest = self._conn.execute(select(func.max(transfer.c.number))).scalar() or 0
        offered = [Transfer(number, early=each) for number, each in enumerate(early, 1 + max(highest, floor))]
        self._conn.execute(insert(transfer), [_row(each) for each in offered])
        return [each.number for each in offered]

    def put(self, transfers: Iterable[Transfer]) -> None:
        rows = [_row(each) for each in transfers]
        if rows:
            self._conn.execute(_PUT, rows)

    def _found(self, query: Select[Any], **values: Any) -> list[Transfer]:
        return [_transfer(row) for row in self._conn.execute(query, values)]


def _row(each: Transfer) -> dict[str, object]:
    move = each.move or Move("", 0, "", "")
    return {
        "number": each.number,
        "stage": each.stage.value,
        **vars(move),
        "on_way": each.on_way,
        "early": each.early,
        "left_at": iso(each.left_at) if each.left_at else None,
        "closed_at": iso(each.closed_at) if each.closed_at else None,
    }


def _transfer(row: Any) -> Transfer:
    return Transfer(
        row.number,
        Stage(row.stage),
        Move(row.sku, row.units, row.source, row.target) if row.sku else None,
        row.on_way,
        row.early,
        time_of(row.left_at) if row.left_at else None,
        time_of(row.closed_at) if row.closed_at else None,
    )
