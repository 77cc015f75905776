"""What the ledger remembers about each channel: live or shadow, how far its orders are read, its trouble."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from bridge.ledger.schema import channel


@dataclass(frozen=True)
class ChannelRecord:
    """Times are ISO text.

    watermark: every order placed before it (less the channel's lag) is booked · heard_at: until then nothing was sold
    there without our knowing · silent_since: the first attempt to hear of it again that failed"""

    name: str
    live: bool = False
    opened_at: str | None = None
    watermark: str | None = None
    heard_at: str | None = None
    silent_since: str | None = None
    failing_since: str | None = None
    trouble: Mapping[str, str] | None = None


class ChannelBook:
    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._all: dict[str, ChannelRecord] | None = None  # read once a transaction, until something changes

    def all(self) -> dict[str, ChannelRecord]:
        if self._all is None:
            self._all = {row.name: ChannelRecord(**row._mapping) for row in self._conn.execute(select(channel))}
        return dict(self._all)

    def get(self, name: str) -> ChannelRecord:
        return self.all().get(name, ChannelRecord(name))

    def greet(self, name: str) -> None:
        self._all = None
        self._conn.execute(upsert(channel).values(name=name).on_conflict_do_nothing(index_elements=["name"]))

    def heard(self, name: str, until: str, at: str) -> None:
        """Its orders placed `until` then are all booked, or all its numbers were read then: it is silent no more.
        `at`: now; what was noted later than that was noted by a clock that has been put back."""
        before = self.get(name).heard_at
        self.change(name, heard_at=until if before is None or before > at else max(until, before), silent_since=None)

    def silent(self, name: str, at: str) -> None:
        """Neither its orders nor its numbers could be read at `at`."""
        if self.get(name).silent_since is None:
            self.change(name, silent_since=at)

    def change(self, name: str, **values: Any) -> None:
        self._all = None
        self._conn.execute(update(channel).where(channel.c.name == name).values(**values))
