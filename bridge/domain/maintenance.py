"""Times at which a mall's doors are known to be shut."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo


@dataclass(frozen=True)
class Window:
    """From `start` until before `end`, both aware."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        return self.end - self.start


def read_window(text: str, zone: tzinfo) -> Window:
    """`2026-12-06 02:00 ~ 2026-12-06 08:00`, times of `zone`. Raises ValueError."""
    start, end = (datetime.fromisoformat(part.strip()) for part in re.split("[~～〜]", text))
    if start.tzinfo or end.tzinfo or end <= start:
        raise ValueError(text)
    return Window(start.replace(tzinfo=zone), end.replace(tzinfo=zone))


def current(windows: Iterable[Window], now: datetime) -> Window | None:
    """The window that `now` lies in; of several the one that ends last."""
    inside = [window for window in windows if window.start <= now < window.end]
    return max(inside, key=lambda window: window.end, default=None)


def ahead(windows: Iterable[Window], now: datetime, lead: timedelta) -> Window | None:
    """The window that `now` lies in, or the next one that begins within `lead`."""
    near = [window for window in windows if window.start - lead <= now < window.end]
    return min(near, key=lambda window: window.start, default=None)
