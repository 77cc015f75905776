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


def get_value(conn: Connection, key: str, default: Any = None) -> Any:
    row = conn.execute(select(meta.c.value).where(meta.c.key == key)).first()
    return default if row is None else row[0]


def put_value(conn: Connection, key: str, value: Any) -> None:
    statement = insert(meta).values(key=key, value=value)
    conn.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"value": statement.excluded.value}))
