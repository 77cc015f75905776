"""Small things every book needs: times as text, and single remembered values."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Text, cast, select
from sqlalchemy.dialects.sqlite import insert

from bridge.ledger.schema import meta


def iso(at: datetime) -> str:
    """UTC, always with microseconds, so that texts sort as times do."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def time_of(text: str) -> datetime:
    return datetime.fromisoformat(text)


_AS_STORED = select(meta.c.key, cast(meta.c.value, Text).label("value"))
_PUT = insert(meta)
_PUT = _PUT.on_conflict_do_update(index_elements=["key"], set_={"value": _PUT.excluded.value})


class Values:
    """Single remembered values: read once a transaction, understood when they are asked for."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._stored: dict[str, str] | None = None
        self._known: dict[str, Any] = {}

    def get(self, key: str, default: Any = None) -> Any:
        if key not in self._known:
            if self._stored is None:
                self._stored = {row[0]: row[1] for row in self._conn.execute(_AS_STORED).all()}
            if key not in self._stored:
                return default
            self._known[key] = json.loads(self._stored[key])
        return self._known[key]

    def put(self, key: str, value: Any) -> None:
        if self.get(key, _NOTHING) == value:
            return
        self._conn.execute(_PUT, {"key": key, "value": value})
        self._known[key] = value


_NOTHING = object()
