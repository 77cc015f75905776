"""What is beyond plausibility, and that a question about it holds back the change and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bridge.domain.bigchange import Limits, falls_too_far, implausible, totals
from bridge.domain.edit_book import Account, Book, Edit, Standing
from bridge.domain.edits import account, booked_by
from bridge.domain.reading import Quantity
from bridge.domain.stock import BalanceKey
from bridge.domain.table import Line, Row, View
from bridge.domain.tokens import free

HERE = "本社倉庫"
LIMITS = Limits(rows=5, times=10, percent=30)
units = st.integers(0, 500)
deltas = st.integers(-50, 50)


def edit(sku: str, before: int | None, after: int) -> Edit:
    return Edit(sku, HERE, before, after, typed=after, balance=after)


def edits(count: int, before: int | None, after: int) -> list[Edit]:
    return [edit(f"S{n}", before, after) for n in range(count)]


@given(count=st.integers(1, 30), before=st.integers(1, 500), table=st.integers(1, 1000))
def test_many_rows_to_zero_are_asked_about_however_large_the_table(count: int, before: int, table: int) -> None:
    assert implausible(edits(count, before, 0), table + count, LIMITS) == (count >= 5)


@given(count=st.integers(1, 30), before=st.integers(1, 500), factor=st.integers(2, 30))
def test_many_rows_ten_times_as_large_are_asked_about(count: int, before: int, factor: int) -> None:
    assert implausible(edits(count, before, before * factor), 10_000, LIMITS) == (count >= 5 and factor >= 10)


@given(count=st.integers(1, 100), table=st.integers(100, 1000))
def test_more_than_the_set_part_of_the_table_is_asked_about(count: int, table: int) -> None:
    assert implausible(edits(count, 10, 11), table, LIMITS) == (count >= 5 and count * 100 > 30 * table)


@given(before=st.none() | st.integers(-5, 0), after=units)
def test_a_restock_of_what_had_run_out_is_not_ten_times_as_much(before: int | None, after: int) -> None:
    assert not implausible(edits(29, before, after), 100, LIMITS)


@given(count=st.integers(1, 30), before=st.integers(1, 500), after=units, table=st.integers(0, 1000))
def test_many_safety_stocks_to_a_tenth_or_in_a_large_part_of_the_table_are_asked_about(
    count: int, before: int, after: int, table: int
) -> None:
    far, large = after * 10 <= before, count * 100 > 30 * (table + count)
    assert falls_too_far([(before, after)] * count, table + count, LIMITS) == (count >= 5 and (far or large))


def test_rows_count_once_however_many_of_their_cells_changed() -> None:
    shops = [replace(each, location=f"店{n}") for n in range(5) for each in edits(2, 10, 0)]
    assert not implausible(shops, 100, LIMITS)
    assert totals(shops).rows == 2
    assert (totals(shops).before, totals(shops).after) == (100, 0)


# --- one row in question ---------------------------------------------------------------------------------------------


def book(typed: int, booked: int, amount: int, **more: Mapping[BalanceKey, int]) -> Book:
    return Book(
        typed={("A", HERE): typed},
        booked={("A", HERE): booked},
        standing={"A": Standing.KNOWN},
        amounts={("A", 1): {HERE: amount}},
        last={"A": {HERE: amount}},
        **more,
    )


def look(shown: int, number: int = 1, lines: tuple[Line, ...] = ()) -> View:
    return View((HERE,), (Row(1, "A", free(number), (Quantity(shown),)),), lines)


def after(before: Book, outcome: Account) -> tuple[int, int]:
    """typed and booked once the outcome is in the books"""
    typed = sum(m.on_hand for m in outcome.movements if m.cause.typed)
    booked = sum(m.on_hand for m in outcome.movements if not m.cause.typed)
    return before.typed["A", HERE] + typed, before.booked["A", HERE] + booked


@given(typed=units, booked=deltas, amount=deltas, shown=units, sold=st.integers(1, 50))
def test_a_number_in_question_changes_nothing_and_what_is_sold_meanwhile_lowers(
    typed: int, booked: int, amount: int, shown: int, sold: int
) -> None:
    asked = book(typed, booked, amount, questioned={("A", HERE): shown - amount})
    later = replace(asked, booked={("A", HERE): booked - sold})
    for each in (asked, later):
        outcome = account(each, look(shown))
        assert outcome.movements == ()
        if shown - amount != typed:
            assert outcome.questioned == {("A", HERE)}
            assert outcome.tokens == {}  # the row is not written
    assert sum(after(later, account(later, look(shown)))) == typed + booked - sold


@given(typed=units, booked=deltas, amount=deltas, shown=units, other=units)
def test_another_number_in_that_cell_counts_at_once(
    typed: int, booked: int, amount: int, shown: int, other: int
) -> None:
    asked = book(typed, booked, amount, questioned={("A", HERE): shown - amount})
    outcome = account(asked, look(other))
    if other != shown:
        assert after(asked, outcome) == (other - amount, booked)
        assert outcome.questioned == frozenset()


@given(typed=units, booked=deltas, amount=deltas, shown=units, sold=st.integers(0, 50))
def test_confirmed_it_comes_to_what_it_would_have_come_to_less_what_was_sold_since(
    typed: int, booked: int, amount: int, shown: int, sold: int
) -> None:
    plain = book(typed, booked, amount)
    outcome = account(plain, look(shown))
    at_once = after(plain, outcome)
    for each in outcome.edits:
        moved = booked_by(each, typed, "question 1")
        confirmed = typed + sum(m.on_hand for m in moved if m.cause.typed)
        assert confirmed + booked - sold == sum(at_once) - sold


@given(typed=units, booked=deltas, amount=deltas, shown=units, faster=st.none() | units)
def test_put_back_writes_over_the_refused_number_and_over_no_other(
    typed: int, booked: int, amount: int, shown: int, faster: int | None
) -> None:
    """`faster`: what the person typed in the moment of our write; it comes back in the sum, as ever."""
    refused = book(typed, booked, amount, refused={("A", HERE): shown - amount})
    assert account(refused, look(shown)).movements == ()
    assert account(refused, look(shown)).tokens == {"A": free(1)}  # the row may be written
    found = shown if faster is None else faster
    written = typed + booked
    if shown - amount == typed or written < 0:
        return
    line = Line(2, "A", free(1), (HERE,), (Quantity(found),), (written,))
    outcome = account(refused, look(written, number=2, lines=(line,)))
    meant = typed if found == shown else found - amount
    assert after(refused, outcome) == (meant, booked)
