"""What channels must know again after a restart (bridge.remembered), in a table of its own: nobody else reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert as upsert

from bridge.ledger.schema import note

_PUT = upsert(note)
_PUT = _PUT.on_conflict_do_update(index_elements=["channel", "key"], set_={"value": _PUT.excluded.value})


class NoteBook:
    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def get(self, channel: str, key: str, default: Any) -> Any:
        query = select(note.c.value).where(note.c.channel == channel, note.c.key == key)
        found = self._conn.execute(query).first()
        return default if found is None else found.value

    def put(self, channel: str, values: Mapping[str, Any]) -> None:
        if values:
            self._conn.execute(_PUT, [{"channel": channel, "key": key, "value": each} for key, each in values.items()])
