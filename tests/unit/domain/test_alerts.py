"""When a matter is told, told again, and told to be over."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.domain.alerts import PAUSE, Due, Matter, Told, due, is_quiet

NOW = datetime(2026, 11, 29, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)
DOWN = Matter("channel down", "rakuten", wakes=True, ends=True, again=4 * HOUR)
QUESTION = Matter("refused", "rakuten/1", again=24 * HOUR)
LOW = Matter("low stock", "A")


def told(*some: Told) -> dict[tuple[str, str], Told]:
    return {each.matter.name: each for each in some}


def test_what_is_new_is_told_and_what_was_told_is_not() -> None:
    before = told(Told(LOW, open=True, began=NOW - 48 * HOUR), Told(QUESTION, open=True, began=NOW - 2 * HOUR))
    assert due([DOWN, LOW, QUESTION], before, NOW, quiet=False).begun == (DOWN,)


@pytest.mark.parametrize(("ago", "again"), [(3.9, False), (4.1, True)])
def test_what_lasts_is_told_again(ago: float, again: bool) -> None:
    before = told(Told(DOWN, open=True, began=NOW - ago * HOUR))
    assert bool(due([DOWN], before, NOW, quiet=False).begun) is again


def test_a_reminder_wakes_nobody() -> None:
    before = told(Told(DOWN, open=True, began=NOW - 5 * HOUR))
    assert due([DOWN], before, NOW, quiet=True) == Due()


def test_at_night_only_what_wakes_is_told() -> None:
    assert due([DOWN, QUESTION, LOW], {}, NOW, quiet=True).begun == (DOWN,)
    assert due([DOWN, QUESTION, LOW], {}, NOW, quiet=False).begun == (DOWN, QUESTION, LOW)


def test_the_end_is_told_once_where_somebody_waits_for_it() -> None:
    began = {"open": True, "began": NOW - HOUR / 2}
    found = due([], told(Told(DOWN, **began), Told(LOW, **began)), NOW, quiet=False)  # type: ignore[arg-type]
    assert (found.over, found.forgotten) == ((DOWN,), (LOW,))
    assert due([], told(Told(DOWN, open=False, began=NOW, ended=NOW)), NOW, quiet=False) == Due()


def test_one_that_comes_and_goes_is_told_once_an_hour() -> None:
    over = Told(DOWN, open=False, began=NOW - HOUR / 2, ended=NOW - HOUR / 4)
    assert due([DOWN], told(over), NOW, quiet=False) == Due()
    assert due([DOWN], told(over), NOW + HOUR / 2, quiet=False).begun == (DOWN,)
    back = replace(over, open=True, began=NOW + HOUR / 2)
    assert due([], told(back), NOW + HOUR / 2, quiet=False) == Due()
    assert due([], told(back), NOW + HOUR, quiet=False).over == (DOWN,)


def test_what_may_have_been_told_waits_out_its_pause() -> None:
    """The bridge was killed between sending and noting it."""
    tried = Told(DOWN, open=False, tried_at=NOW - HOUR / 2)
    assert due([DOWN], told(tried), NOW, quiet=False) == Due()
    assert due([DOWN], told(tried), NOW + HOUR, quiet=False).begun == (DOWN,)


MATTERS = st.lists(st.sampled_from([DOWN, QUESTION, LOW]), unique=True)


@given(st.lists(st.tuples(st.integers(1, 50), MATTERS, st.booleans()), max_size=60))
def test_never_the_same_twice_an_hour(steps: list[tuple[int, list[Matter], bool]]) -> None:
    """Whatever comes and goes, at whatever hour: between two tellings of the same lies a pause; every end was begun."""
    now, known = NOW, dict[tuple[str, str], Told]()
    last: dict[tuple[str, Matter], datetime] = {}
    for minutes, matters, quiet in steps:
        now += timedelta(minutes=minutes)
        found = due(matters, known, now, quiet=quiet)
        for what, some in (("begun", found.begun), ("over", found.over)):
            for matter in some:
                assert now - last.get((what, matter), NOW - 2 * PAUSE) >= PAUSE
                assert not quiet or matter.wakes
                last[what, matter] = now
        for matter in found.begun:
            known[matter.name] = Told(matter, True, now, known.get(matter.name, Told(matter, False)).ended)
        for matter in found.over:
            assert known[matter.name].open
            known[matter.name] = replace(known[matter.name], open=False, ended=now)
        for matter in found.forgotten:
            known[matter.name] = replace(known[matter.name], open=False)


@pytest.mark.parametrize(
    ("at", "begins", "ends", "quiet"),
    [("23:00", "22:00", "07:00", True), ("03:00", "22:00", "07:00", True), ("07:00", "22:00", "07:00", False),
     ("21:59", "22:00", "07:00", False), ("13:00", "12:00", "14:00", True), ("12:00", "12:00", "12:00", False)],
)  # fmt: skip
def test_quiet_hours_may_go_past_midnight(at: str, begins: str, ends: str, quiet: bool) -> None:
    assert is_quiet(*(time.fromisoformat(each) for each in (at, begins, ends))) is quiet
