"""Versions of order snapshots: times as text that sorts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bridge.clock import Clock


def stamp(at: datetime) -> str:
    """ISO 8601 in UTC with microseconds: always as long, so that the later is the greater text."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class SerialReads:
    """The start of each read, strictly rising even where the wall clock steps back."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = datetime.min.replace(tzinfo=UTC)

    def begin(self) -> datetime:
        self._last = max(self._clock.now(), self._last + timedelta(microseconds=1))
        return self._last
