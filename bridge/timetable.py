"""When the jobs of a thread run: by the clock, once a day, and at once where something happened that can't wait."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, time
from zoneinfo import ZoneInfo

import schedule

GLANCE = 0.2  # seconds between two looks of a waiting thread at what others changed

Urgent = tuple[Callable[[], bool], Callable[[], object]]
"""Whether something is there that can't wait, and what to do about it."""


class Changes:
    """Whether a count that only grows has grown since the last look."""

    def __init__(self, count: Callable[[], int]) -> None:
        self._count, self._seen = count, count()

    def due(self) -> bool:
        before, self._seen = self._seen, self._count()
        return self._seen != before


def turn(jobs: schedule.Scheduler, stop: threading.Event, at_once: Sequence[Urgent]) -> None:
    """Run what is due until told to stop. `at_once`, the most urgent first: what was sold in one mall, or typed into
    the sheet, must not wait for the next round."""
    while not stop.is_set():
        idle = jobs.idle_seconds or 0.0
        if idle <= 0:
            jobs.run_pending()
        elif (urgent := next((act for due, act in at_once if due()), None)) is not None:
            urgent()
        else:
            stop.wait(min(idle, GLANCE))


def every(jobs: schedule.Scheduler, seconds: float) -> schedule.Job:
    """`schedule` counts any interval in its unit; only its annotation asks for whole numbers."""
    job: schedule.Job = jobs.every(seconds).seconds  # type: ignore[arg-type]
    return job


def daily(jobs: schedule.Scheduler, at: time, zone: str) -> schedule.Job:
    """At a time of day in `zone`."""
    job: schedule.Job = jobs.every().day.at(_here(at, zone))
    return job


def _here(at: time, zone: str) -> str:
    """A time of day in `zone` by this machine's clock, as `schedule` takes it (its own zones would need pytz)."""
    there = datetime.combine(datetime.now(ZoneInfo(zone)), at, ZoneInfo(zone))
    return there.astimezone().strftime("%H:%M")
