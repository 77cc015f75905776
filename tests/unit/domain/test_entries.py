"""What one tick books: the table of kinds, and that nothing is left when it is taken back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.domain.entries import RULES, Act, Booking, Entry, Kind, act_on, judge, still_early
from bridge.domain.stock import Component, Movement
from bridge.domain.stocktaking import Books

AT = datetime(2026, 11, 24, tzinfo=UTC)
PLACES = st.sampled_from(["本社倉庫", "渋谷店"])
PARTS = st.dictionaries(st.sampled_from(["A", "C", "D"]), st.integers(1, 5), min_size=1).map(
    lambda units: tuple(Component(sku, count) for sku, count in units.items())
)


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    kind = draw(st.sampled_from(list(RULES)))
    rule = RULES[kind]
    return Entry(
        kind,
        "B",
        draw(st.integers(1, 100)),
        draw(PLACES) if rule.source else "",
        draw(PLACES) if rule.target else "",
        draw(PARTS) if "components" in rule.needs else (),
    )


def sums(movements: Iterable[Movement]) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for movement in movements:
        found[movement.sku, movement.location] += movement.on_hand
    return found


def left(movements: Iterable[Movement]) -> dict[tuple[str, str], int]:
    return {cell: units for cell, units in sums(movements).items() if units}


@given(entries())
def test_what_is_booked_and_taken_back_is_nothing(entry: Entry) -> None:
    booked, movements = act_on(Booking(1, entry), Act.BOOK, AT)
    assert booked.booked
    assert movements
    back, undone = act_on(booked, Act.TAKE_BACK, AT)
    assert left((*movements, *undone)) == {}
    assert {m.cause for m in (*movements, *undone)} == {RULES[entry.kind].cause}
    assert back == Booking(1, entry)


@given(entries())
def test_a_set_assembled_and_taken_apart_is_nothing(entry: Entry) -> None:
    if entry.kind is not Kind.ASSEMBLY:
        return
    _, made = act_on(Booking(1, entry), Act.BOOK, AT)
    apart = replace(entry, kind=Kind.PARTS, source=entry.target, target=entry.source)
    _, parted = act_on(Booking(2, apart), Act.BOOK, AT)
    assert left((*made, *parted)) == {}


@given(entries())
def test_a_kind_takes_from_its_source_and_brings_to_its_target_only(entry: Entry) -> None:
    _, movements = act_on(Booking(1, entry), Act.BOOK, AT)
    assert all(m.location == (entry.source if m.on_hand < 0 else entry.target) for m in movements)
    assert all(m.allocated == 0 for m in movements)


def test_no_two_kinds_share_a_cause() -> None:
    assert len({rule.cause for rule in RULES.values()}) == len(RULES) == len(Kind) - 2


ticks = st.lists(st.sampled_from([True, False, None]), max_size=8)


@given(entries(), ticks)
def test_the_tick_alone_says_whether_a_line_is_booked(entry: Entry, ticks: list[bool | None]) -> None:
    """Whatever was ticked and unticked before, and however often each is looked at; no box says nothing."""
    booking, movements, last = Booking(1, entry), list[Movement](), False
    for tick in ticks:
        last = last if tick is None else tick
        for _ in range(2):
            act = judge(booking, entry, tick).act
            if act is not None:
                booking, more = act_on(booking, act, AT)
                movements += more
    assert booking.booked is last
    once = sums(act_on(Booking(1, entry), Act.BOOK, AT)[1])
    assert left(movements) == ({cell: units for cell, units in once.items() if units} if last else {})


@pytest.mark.parametrize("booked", [False, True])
def test_a_change_of_the_tick_that_could_not_count_counts_once_it_is_made_anew(booked: bool) -> None:
    entry = Entry(Kind.RECEIPT, "A", 1, target="本社倉庫")
    booking = Booking(1, entry, booked)
    booking = replace(booking, early=still_early(booking, not booked, may_act=False))
    assert judge(booking, entry, not booked).act is None
    booking = replace(booking, early=still_early(booking, not booked, may_act=True))
    assert judge(booking, entry, not booked).act is None
    booking = replace(booking, early=still_early(booking, booked, may_act=True))
    assert judge(booking, entry, not booked).act is not None


@given(st.integers(-20, 99), st.integers(-20, 20), st.integers(0, 20), st.integers(0, 99))
def test_a_count_leaves_what_was_counted_and_packed_ones_explain_no_more_than_is_missing(
    had: int, taken: int, allocated: int, units: int
) -> None:
    books = Books(had, taken, allocated)
    assert had + taken + books.change(units) == units
    assert 0 <= books.packed(units) <= allocated
    assert books.packed(units) in (0, had - units)
