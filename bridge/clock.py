"""The only source of time. Everything else is handed a Clock, so that a test can own the time."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

JST = timezone(timedelta(hours=9), "JST")


class Clock(Protocol):
    def now(self) -> datetime:
        """The wall time, aware, in UTC. It may jump; never measure a duration with it."""

    def monotonic(self) -> float:
        """Seconds since some fixed instant, those in which the machine slept included; never goes back."""

    def sleep(self, seconds: float) -> None:
        """Let `seconds` (≥ 0) pass."""


# Linux stops its monotonic clock while the machine is suspended; a promise made before is no younger for that.
_AWAKE_OR_NOT = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.clock_gettime(_AWAKE_OR_NOT)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


def zone_of(name: str, otherwise: tzinfo) -> tzinfo:
    """The time zone of that name, or `otherwise` where there is none."""
    try:
        return ZoneInfo(name)
    except (ValueError, ZoneInfoNotFoundError):
        return otherwise
