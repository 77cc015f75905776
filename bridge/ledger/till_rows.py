"""Which rows of tills' own histories are accounted for, and with how many units."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects.sqlite import insert as upsert

from bridge.domain.till import TillRow
from bridge.ledger.schema import till_row
from bridge.ledger.values import iso

_PUT = upsert(till_row)
_PUT = _PUT.on_conflict_do_update(index_elements=["channel", "id"], set_={"units": _PUT.excluded.units})
_OF = select(till_row.c.id, till_row.c.units).where(
    till_row.c.channel == bindparam("channel"), till_row.c.id.in_(bindparam("ids", expanding=True))
)
REF = till_row.c.channel + "/" + till_row.c.id
"""domain.till.row_ref, as SQL."""


class TillRowBook:
    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def of(self, channel: str, ids: Iterable[str]) -> dict[str, int]:
        """Units that are accounted for of those rows that are known."""
        rows = self._conn.execute(_OF, {"channel": channel, "ids": sorted(set(ids))})
        return {number: int(units) for number, units in rows}

    def put(self, channel: str, rows: Iterable[TillRow]) -> None:
        told = [{"channel": channel, "id": row.id, "units": row.units, "at": iso(row.at)} for row in rows]
        if told:
            self._conn.execute(_PUT, told)
