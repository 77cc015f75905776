"""What may have been sold where nobody could look: the guess, and when it is made."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.domain.unheard import LEAST, SHORTEST, Contact, contact, may_have_sold, may_sell, pace
from tests.unit.domain.lines import NOON

PATIENCE = timedelta(minutes=10)
minutes = st.floats(0, 5000).map(lambda each: timedelta(minutes=each))
paces = st.floats(0, 1)
factors = st.floats(1, 10)
units = st.integers(0, 1000)


@given(paces, minutes, factors, units, units, units)
def test_never_more_than_it_showed_and_never_below_zero(
    usual: float, time: timedelta, factor: float, shown: int, seen: int, more: int
) -> None:
    guess = may_have_sold(usual, time, factor, shown, seen)
    assert 0 <= guess <= shown
    assert may_have_sold(usual, time, factor, shown, seen + more) <= guess  # what is seen need not be guessed


@given(paces, minutes, minutes, factors, units)
def test_it_grows_with_the_silence(usual: float, time: timedelta, longer: timedelta, factor: float, shown: int) -> None:
    assert may_have_sold(usual, time + longer, factor, shown) >= may_have_sold(usual, time, factor, shown)


@given(paces, minutes, factors, st.lists(st.integers(1, 3), max_size=30))
def test_whoever_sells_no_faster_than_reckoned_is_covered(
    usual: float, time: timedelta, factor: float, sales: list[int]
) -> None:
    """A shop that has sold less than pace × time × factor has sold no unit that isn't held, but for less than LEAST."""
    sold = sum(sales)
    reckoned = usual * time.total_seconds() * factor
    if sold <= reckoned:
        assert may_sell(usual, time, factor) >= sold
    if reckoned < LEAST:
        assert may_sell(usual, time, factor) == 0


@given(st.lists(st.tuples(units, minutes), max_size=3))
def test_the_pace_is_the_greatest_of_the_looks_and_none_is_shorter_than_an_hour(
    looks: list[tuple[int, timedelta]],
) -> None:
    found = pace(looks)
    for sold, time in looks:
        assert found * max(time, SHORTEST).total_seconds() >= sold * (1 - 1e-9)
    assert found <= max((sold for sold, _ in looks), default=0) / SHORTEST.total_seconds()


@pytest.mark.parametrize(
    ("heard", "silent", "closed", "found"),
    [
        (1, None, False, Contact.HEARD),
        (60 * 24 * 5, None, False, Contact.HEARD),  # the bridge was off: nobody has tried yet
        (3, 0, False, Contact.SILENT),
        (9.9, 8, False, Contact.SILENT),
        (10, 8, False, Contact.BLIND),
        (60 * 24 * 5, 1, False, Contact.SILENT),  # after five days one failed attempt doesn't make it blind
        (60 * 24 * 5, 2, False, Contact.BLIND),
        (1, None, True, Contact.CLOSED),
        (None, 60, False, Contact.HEARD),  # never heard: no orders, no pace, nothing to hold back
    ],
)
def test_contact(heard: float | None, silent: float | None, closed: bool, found: Contact) -> None:
    def ago(minutes: float | None) -> object:
        return None if minutes is None else NOON - timedelta(minutes=minutes)

    times = {"heard_at": ago(heard), "silent_since": ago(silent)}
    assert contact(**times, now=NOON, patience=PATIENCE, closed=closed) is found  # type: ignore[arg-type]


@given(minutes, minutes)
def test_raises_elsewhere_wait_no_longer_than_the_patience(heard: timedelta, silent: timedelta) -> None:
    """Where attempts have failed for as long as the patience, the channel is blind and no longer waited for."""
    silent = min(heard, silent)
    state = contact(heard_at=NOON - heard, silent_since=NOON - silent, now=NOON, patience=PATIENCE, closed=False)
    assert state is not Contact.HEARD
    if silent >= PATIENCE:
        assert state is Contact.BLIND
