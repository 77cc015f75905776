"""Small things every book needs: times as text, and single remembered values."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from bridge.ledger.schema import meta


def iso(at: datetime) -> str:
    """UTC, always with microseconds, so that texts sort as times do."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def time_of(text: str) -> datetime:
    return datetime.fromisoformat(text)


class Values:
    """Single remembered values, read once a transaction."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._known: dict[str, Any] | None = None

    def get(self, key: str, default: Any = None) -> Any:
        return self._all().get(key, default)

    def put(self, key: str, value: Any) -> None:
        known = self._all()
        if key in known and known[key] == value:
            return
        statement = insert(meta).values(key=key, value=value)
        self._conn.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"value": value}))
        known[key] = value

    def _all(self) -> dict[str, Any]:
        if self._known is None:
            self._known = {row.key: row.value for row in self._conn.execute(select(meta))}
        return self._known
