"""When the jobs of a thread run."""

from __future__ import annotations

import signal
import threading
import time as clock
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import time
from types import SimpleNamespace

import pytest
import schedule

from bridge import commands
from bridge.cli import main
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


@pytest.fixture
def handlers() -> Iterator[None]:
    """Put back as they were; whatever hangs is ended."""

    def hangs(*_: object) -> None:
        raise TimeoutError

    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM)}
    signal.signal(signal.SIGALRM, hangs)
    signal.alarm(5)
    yield
    signal.alarm(0)
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("handlers")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_service_wherever_it_meets_the_thread_that_waits(
    monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    ends = threading.Event()
    service = SimpleNamespace(stop=ends.set, config=SimpleNamespace(web=None))

    class Waits:
        def __init__(self, _service: object) -> None:
            """Nothing to know of it."""

        def run(self) -> None:
            with ends._cond:  # type: ignore[attr-defined]  # as Event.wait has it for some of its steps
                signal.raise_signal(number)
            assert ends.wait(5)

    monkeypatch.setattr(commands, "_service", lambda _options: nullcontext(service))
    monkeypatch.setattr(commands, "Threads", Waits)
    assert main(["run"]) == 0
