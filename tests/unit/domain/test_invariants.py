"""Each invariant is silent over what holds and names what does not."""

from __future__ import annotations

from dataclasses import replace

from bridge.domain.booking import Share
from bridge.domain.invariants import (
    CellAtRest,
    Invariant,
    Violation,
    allocated_to_lines,
    conservation,
    exactly_once,
    shown_at_rest,
)
from bridge.domain.stock import Balance, Cause, Movement
from tests.unit.domain.lines import Books, snapshot, stock

KEY = ("A", "main")


def booked_line() -> Books:
    books = Books(stock(10, 10))
    books.hear(snapshot(open=3, shipped=2), "1")
    return books


def test_balances_are_the_sum_of_their_movements() -> None:
    movements = [
        Movement("A", "main", 10, 0, Cause.OPENING, "opening"),
        Movement("A", "main", 2, 0, Cause.EDIT, "edit"),
        Movement("A", "main", 0, 5, Cause.PLACED, "line"),
        Movement("A", "main", -3, -3, Cause.SHIPPED, "line"),
    ]
    assert conservation({}, movements, {KEY: Balance(typed=12, booked=-3, allocated=2)}) == ()
    assert conservation({}, movements, {KEY: Balance(typed=12, booked=-4, allocated=2)}) == (
        Violation(Invariant.CONSERVATION, "A", "main", "booked", expected=-3, found=-4),
    )


def test_what_was_typed_and_what_we_booked_are_told_apart() -> None:
    before, after = {KEY: Balance(typed=10)}, {KEY: Balance(typed=9)}
    sale = [Movement("A", "main", -1, 0, Cause.SHIPPED, "line")]
    assert [violation.subject for violation in conservation(before, sale, after)] == ["typed", "booked"]


def test_a_balance_that_changed_without_a_movement_is_found() -> None:
    assert len(conservation({KEY: Balance(typed=10)}, [], {KEY: Balance(typed=11)})) == 1


def test_a_movement_that_reached_no_balance_is_found() -> None:
    assert len(conservation({}, [Movement("A", "main", 0, 1, Cause.PLACED, "line")], {})) == 1


def test_a_line_that_has_booked_its_newest_snapshot_is_sound() -> None:
    state = booked_line().state
    assert state is not None
    assert exactly_once(state) == ()


def test_a_line_booked_twice_is_found() -> None:
    state = booked_line().state
    assert state is not None
    twice = replace(state, shares=(Share("A", "main", allocated=6, shipped=2, returned=0),))
    assert [(each.expected, each.found) for each in exactly_once(twice)] == [(3, 6)]


def test_a_line_that_booked_a_sku_it_does_not_have_is_found() -> None:
    state = booked_line().state
    assert state is not None
    strange = replace(state, shares=(*state.shares, Share("B", "main", 1, 0, 0)))
    assert [each.sku for each in exactly_once(strange)] == ["B"]


def test_allocated_is_what_the_lines_hold() -> None:
    books = booked_line()
    assert books.state is not None
    assert allocated_to_lines(books.balances, [books.state]) == ()
    lost = {**books.balances, KEY: Balance(typed=10, booked=-2, allocated=0)}
    assert [(each.expected, each.found) for each in allocated_to_lines(lost, [books.state])] == [(3, 0)]


def test_only_the_skus_asked_about_are_checked() -> None:
    wrong = {("B", "main"): Balance(allocated=7)}
    assert allocated_to_lines(wrong, [], skus=["A"]) == ()
    assert len(allocated_to_lines(wrong, [])) == 1


def test_a_row_at_rest_shows_what_was_typed_and_what_its_token_stands_for() -> None:
    assert shown_at_rest([CellAtRest("A", "main", shown=8, typed=10, amount=-2)]) == ()
    assert [each.found for each in shown_at_rest([CellAtRest("A", "main", shown=10, typed=10, amount=-2)])] == [10]
