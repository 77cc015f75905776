"""Small parts of the composition root."""

from __future__ import annotations

import time as clock
from datetime import time

import pytest
import schedule

from bridge.service import _here


@pytest.fixture(autouse=True)
def machine_in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    clock.tzset()


def test_a_time_in_the_shops_zone_is_said_by_the_machines_clock() -> None:
    assert _here(time(4, 30), "Asia/Tokyo") == "19:30"


def test_schedule_takes_it_without_pytz() -> None:
    job = schedule.Scheduler().every().day.at(_here(time(4, 30), "Asia/Tokyo")).do(print)
    assert job.next_run is not None
