"""What the ledger remembers about each channel: live or shadow, how far its orders are read, its trouble."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from bridge.ledger.schema import channel

Half = Literal["orders", "numbers"]


@dataclass(frozen=True)
class ChannelRecord:
    """Times are ISO text.

    watermark: every order placed before it (less the channel's lag) is booked · heard_at: until then nothing was sold
    there without our knowing · orders_failing_since, numbers_failing_since: the first failed attempt to read them since
    the last good one"""

    name: str
    live: bool = False
    opened_at: str | None = None
    watermark: str | None = None
    heard_at: str | None = None
    orders_failing_since: str | None = None
    numbers_failing_since: str | None = None
    failing_since: str | None = None
    trouble: Mapping[str, str] | None = None

    @property
    def silent_since(self) -> str | None:
        """Since when neither can be read. One of the two tells enough: orders what was sold, numbers that it was."""
        halves = (self.orders_failing_since, self.numbers_failing_since)
        return None if None in halves else max(half for half in halves if half)


_ALL_CHANNELS = select(*(channel.c[field.name] for field in fields(ChannelRecord)))
_CHANGE = update(channel).where(channel.c.name == bindparam("which"))


class ChannelBook:
    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._all: dict[str, ChannelRecord] | None = None  # read once a transaction, then kept up to date

    def all(self) -> dict[str, ChannelRecord]:
        return dict(self._known())

    def get(self, name: str) -> ChannelRecord:
        return self._known().get(name) or ChannelRecord(name)

    def _known(self) -> Mapping[str, ChannelRecord]:
        if self._all is None:
            self._all = {row[0]: ChannelRecord(*row) for row in self._conn.execute(_ALL_CHANNELS).all()}
        return self._all

    def greet(self, name: str) -> None:
        self._all = None
        self._conn.execute(upsert(channel).values(name=name).on_conflict_do_nothing(index_elements=["name"]))

    def heard(self, name: str, half: Half, until: str, at: str, **values: Any) -> None:
        """Its orders placed `until` then are all booked, or all its numbers were read then. `at`: now; what was noted
        later than that was noted by a clock that has been put back. `values`: what else changes with it."""
        before = self.get(name).heard_at
        heard_at = until if before is None or before > at else max(until, before)
        self.change(name, heard_at=heard_at, **{f"{half}_failing_since": None}, **values)

    def unheard(self, name: str, half: Half, at: str) -> None:
        """An attempt to read its orders or its numbers failed."""
        if getattr(self.get(name), f"{half}_failing_since") is None:
            self.change(name, **{f"{half}_failing_since": at})

    def change(self, name: str, **values: Any) -> None:
        """Change what is remembered of a channel that was greeted; the names are the columns of the table."""
        before = self._known().get(name)
        if before is None or (after := replace(before, **values)) == before:
            return
        self._all = {**self._known(), name: after}
        self._conn.execute(_CHANGE, {"which": name, **values})
