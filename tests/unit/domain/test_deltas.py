"""What 増減 says, and what it makes of the number beside it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.domain.deltas import DELTA, add, read_delta
from bridge.domain.edit_book import Account, Book, Standing, Unseen
from bridge.domain.edits import account
from bridge.domain.reading import (
    NOTHING,
    Blank,
    CellKind,
    Delta,
    Entry,
    Finding,
    FindingCode,
    Quantity,
    RawCell,
    Reading,
)
from bridge.domain.stock import BalanceKey
from bridge.domain.table import Line, Row, View
from bridge.domain.tokens import free

HERE = "本社倉庫"
units, changes = st.integers(0, 500), st.integers(-500, 500)


def text(value: str) -> RawCell:
    return RawCell(CellKind.TEXT, value)


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (RawCell(CellKind.BLANK), Blank()),
        (RawCell(CellKind.NUMBER, 50), Delta(50)),
        (RawCell(CellKind.NUMBER, -3), Delta(-3)),
        (RawCell(CellKind.NUMBER, 0), Delta(0)),
        (text("+5"), Delta(5)),
        (text("－３"), Delta(-3)),
        (text("▲1,200"), Delta(-1200)),
        (text("− 12個"), Delta(-12)),
        (text("12 個"), Delta(12)),
        (RawCell(CellKind.NUMBER, -1.5), Finding(FindingCode.FRACTION)),
        (RawCell(CellKind.NUMBER, 45000, "DATE"), Finding(FindingCode.DATE)),
        (text("--3"), Finding(FindingCode.TEXT)),
        (text("三個"), Finding(FindingCode.TEXT)),
        (RawCell(CellKind.FORMULA, 3), Finding(FindingCode.FORMULA)),
    ],
)
def test_what_an_entry_says(cell: RawCell, said: Entry) -> None:
    assert read_delta(cell) == said


@pytest.mark.parametrize("sign", ["+", "-", "−", "▲"])
def test_what_is_no_whole_number_stays_none_behind_a_sign(sign: str) -> None:
    assert isinstance(read_delta(text(f"{sign}1.5")), Finding)


@given(stands=units, more=changes, expected=st.none() | changes)
def test_an_entry_beside_a_number_is_added_unless_it_takes_more_than_there_is(
    stands: int, more: int, expected: int | None
) -> None:
    both = add(Quantity(stands), Delta(more), expected, ours=False)
    if stands + more >= 0 or stands + more == expected:
        assert (both.units, both.wrong) == (stands + more, None)
    else:
        assert (both.units, both.wrong) == (None, FindingCode.NEGATIVE)


@given(below=st.integers(-500, -1), more=st.integers(1, 500))
def test_goods_come_in_though_more_was_sold_than_there_is(below: int, more: int) -> None:
    cell = Finding(FindingCode.NEGATIVE, below)
    assert add(cell, Delta(more), below, ours=True).units == below + more
    assert add(cell, Delta(more), below + more, ours=False).units == below + more  # it was seen before
    assert add(cell, Delta(-more), below, ours=True).wrong is FindingCode.NEGATIVE


@pytest.mark.parametrize(
    ("cell", "expected", "together"),
    [
        (Blank(), None, 4),  # never filled: the first ones came in
        (Blank(), 0, 4),  # a blank where 0 was is still 0
        (Blank(), 9, None),
        (Finding(FindingCode.TEXT), 9, None),
        (Finding(FindingCode.NEGATIVE, -3), 9, None),  # typed by a person
    ],
)
def test_an_entry_waits_beside_what_is_no_number(cell: Reading, expected: int | None, together: int | None) -> None:
    both = add(cell, Delta(4), expected, ours=False)
    assert (both.units, both.wrong) == (together, None)


# --- in the account --------------------------------------------------------------------------------------------------


def book(typed: int, booked: int, had: int) -> Book:
    return Book(
        typed={("A", HERE): typed},
        booked={("A", HERE): booked},
        standing={"A": Standing.KNOWN},
        amounts={("A", 1): {HERE: had}},
        last={"A": {HERE: had}},
    )


def view(shown: int, entry: Entry, number: int = 1, lines: tuple[Line, ...] = ()) -> View:
    return View((HERE,), (Row(1, "A", free(number), (Quantity(shown),), delta=entry),), lines, HERE)


def after(before: Book, outcome: Account) -> Book:
    typed: dict[BalanceKey, int] = dict(before.typed)
    for edit in outcome.edits:
        typed[edit.sku, edit.location] = edit.typed
    seen = {line.key for line in outcome.seen}
    return replace(before, typed=typed, amounts={**before.amounts, **outcome.amounts}, seen=seen)


@given(shown=units, had=changes, more=st.integers(0, 500))
def test_an_entry_is_taken_in_once_however_often_it_is_looked_at(shown: int, had: int, more: int) -> None:
    before = book(shown - had, 0, had)
    looked = after(before, account(before, view(shown, Delta(more))))
    assert looked.typed["A", HERE] == shown - had + more
    assert account(looked, view(shown, Delta(more))).edits == ()


@given(shown=units, had=changes, seen=st.none() | units, cleared=st.none() | units, booked=changes)
def test_what_the_journal_says_was_cleared_is_what_counts(
    shown: int, had: int, seen: int | None, cleared: int | None, booked: int
) -> None:
    """Whatever the last look before the write showed in 増減."""
    entry, gone = (NOTHING if n is None else Delta(n) for n in (seen, cleared))
    before = book(shown - had, booked, had)
    looked = after(before, account(before, view(shown, entry)))
    written = looked.typed["A", HERE] + booked
    line = Line(2, "A", free(1), (HERE,), (Quantity(shown),), (written,), gone, HERE)
    reply = View((HERE,), (Row(1, "A", free(2), (Quantity(max(0, written)),)),), (line,), HERE)
    if written >= 0:
        settled = after(looked, account(looked, reply))
        assert settled.typed["A", HERE] == shown - had + (cleared or 0)
        assert account(settled, replace(reply, lines=())).edits == ()


@given(shown=st.just(0) | units, had=changes, more=st.integers(1, 500), written=units)
def test_an_entry_that_was_left_standing_counts_no_second_time(shown: int, had: int, more: int, written: int) -> None:
    """A write meant for another row hit the cell beside it. Where that showed 0 it may be blank by then: we take away
    a zero of our own where a row has moved."""
    before = book(shown - had, 0, had)
    looked = after(before, account(before, view(shown, Delta(more))))
    for stood in (Quantity(shown), *([Blank()] * (shown == 0))):
        line = Line(2, "A", free(1), (HERE,), (stood,), (written,), Delta(more), HERE, delta_left=True)
        assert account(looked, view(written, Delta(more), 2, (line,))).edits == ()


def test_an_entry_has_one_reading_though_something_was_sold_a_moment_ago() -> None:
    before = replace(book(10, -1, -1), unseen={("A", HERE): Unseen(written=-1)})
    (by_entry,) = account(before, view(9, Delta(5))).edits
    assert (by_entry.balance, by_entry.other) == (14, None)
    (typed_over,) = account(before, view(12, Delta(5))).edits
    assert (typed_over.balance, typed_over.other) == (16, 17)


def test_an_entry_that_comes_with_the_write_has_one_reading_too() -> None:
    before = replace(book(10, -1, 0), unseen={("A", HERE): Unseen(written=-1)})
    line = Line(2, "A", free(1), (HERE,), (Quantity(10),), (9,), Delta(5), HERE)
    (edit,) = account(before, view(9, NOTHING, 2, (line,))).edits
    assert (edit.typed, edit.balance, edit.other) == (15, 14, None)


@pytest.mark.parametrize("entry", [Finding(FindingCode.TEXT), Delta(-50)])
def test_an_entry_that_cannot_be_taken_is_a_finding_and_the_number_beside_it_counts(entry: Entry) -> None:
    outcome = account(book(10, 0, 0), view(12, entry))
    assert [edit.after for edit in outcome.edits] == [12]
    assert [(finding.location, finding.code) for finding in outcome.findings] == [
        (DELTA, FindingCode.TEXT if isinstance(entry, Finding) else FindingCode.NEGATIVE)
    ]
    assert outcome.tokens == {}


@pytest.mark.parametrize("entry", [Finding(FindingCode.TEXT), Delta(-50)])
def test_what_was_cleared_and_is_part_of_no_number_is_told(entry: Entry) -> None:
    line = Line(2, "A", free(1), (HERE,), (Quantity(10),), (10,), entry, HERE)
    outcome = account(book(10, 0, 0), view(10, NOTHING, 2, (line,)))
    assert outcome.edits == ()
    assert [finding.location for finding in outcome.overwritten] == [DELTA]


def test_what_is_left_standing_is_told_by_nobody_as_overwritten() -> None:
    line = Line(2, "A", free(1), (HERE,), (Quantity(10),), (10,), Delta(-50), HERE, delta_left=True)
    assert account(book(10, 0, 0), view(10, NOTHING, 2, (line,))).overwritten == ()


def test_lines_of_before_the_column_are_known_by_what_they_said() -> None:
    line = Line(2, "A", free(1), (HERE,), (Quantity(10),), (10,))
    assert line.key == repr((2, "A", free(1), (HERE,), (Quantity(10),), (10,)))
