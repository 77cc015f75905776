"""When the jobs of a thread run."""

from __future__ import annotations

import threading
import time as clock
from datetime import time

import pytest
import schedule

from bridge.timetable import Changes, daily, turn


@pytest.fixture(autouse=True)
def machine_in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    clock.tzset()


def test_a_time_in_the_shops_zone_is_said_by_the_machines_clock_and_without_pytz() -> None:
    job = daily(schedule.Scheduler(), time(4, 30), "Asia/Tokyo").do(print)
    assert job.at_time == time(19, 30)
    assert job.next_run is not None


def test_what_is_urgent_runs_once_and_the_most_urgent_first() -> None:
    stop, done, count = threading.Event(), list[str](), [0]
    changes = Changes(lambda: count[0])
    rang = [True]

    def sell() -> None:
        done.append("push")
        count[0] += 1 if len(done) < 3 else 0

    def answer() -> None:
        done.append("round")
        rang.clear()
        stop.set()

    count[0] += 1
    jobs = schedule.Scheduler()
    jobs.every(1000).seconds.do(print)
    turn(jobs, stop, [(changes.due, sell), (lambda: bool(rang), answer)])
    assert done == ["push", "push", "push", "round"]
