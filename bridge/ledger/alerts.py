"""What each address was told, so that nobody hears the same again and again, whatever is killed or started anew."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert as upsert

from bridge.domain.alerts import Matter, Told
from bridge.ledger.schema import told
from bridge.ledger.values import iso, time_of

_KEY = ["address", "kind", "about"]
_PUT = upsert(told)
_PUT = _PUT.on_conflict_do_update(
    index_elements=_KEY,
    set_={column.name: _PUT.excluded[column.name] for column in told.c if not column.primary_key},
)


class AlertBook:
    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def of(self, address: str) -> dict[tuple[str, str], Told]:
        """By kind and what it is about."""
        rows = self._conn.execute(select(told).where(told.c.address == address))
        return {each.matter.name: each for each in map(_told, rows)}

    def put(self, address: str, changed: Iterable[Told]) -> None:
        rows = [_values(address, each) for each in changed]
        if rows:
            self._conn.execute(_PUT, rows)

    def keep(self, addresses: Iterable[str], since: datetime) -> None:
        """Forget what other addresses were told, and what was over before then."""
        self._conn.execute(delete(told).where(told.c.address.not_in(sorted(addresses))))
        old = (told.c.open.is_(False), told.c.began < iso(since), told.c.ended.is_(None) | (told.c.ended < iso(since)))
        self._conn.execute(delete(told).where(*old))


def _told(row: Any) -> Told:
    began, ended, tried = (time_of(at) if at else None for at in (row.began, row.ended, row.tried_at))
    return Told(Matter(row.kind, row.about, row.wakes, row.ends), row.open, began, ended, tried)


def _values(address: str, each: Told) -> dict[str, Any]:
    times = {name: getattr(each, name) for name in ("began", "ended", "tried_at")}
    return {
        "address": address,
        "kind": each.matter.kind,
        "about": each.matter.about,
        "wakes": each.matter.wakes,
        "ends": each.matter.ends,
        "open": each.open,
        **{name: iso(at) if at else None for name, at in times.items()},
    }
