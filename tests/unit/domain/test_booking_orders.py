"""A whole order: its lines see each other, and nothing hangs on the order in which they come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from bridge.domain.booking import LineState, OrderBooked, ProblemCode, book_order
from bridge.domain.invariants import allocated_to_lines, conservation, exactly_once
from bridge.domain.orders import LineKey, ListingKey, OrderSnapshot
from bridge.domain.stock import Balance, BalanceKey, Component, Movement
from tests.unit.domain.lines import INSPECT, LISTING, LOCATIONS, by_listing, key, moved, order, snapshot, stock

PAIR = ListingKey("mall", "pair")
COMPONENTS = {LISTING: (Component("A", 1),), PAIR: (Component("A", 2), Component("B", 1))}


def hear(
    states: Mapping[LineKey, LineState],
    heard: OrderSnapshot,
    balances: Mapping[BalanceKey, Balance],
    opening: bool = False,
) -> OrderBooked:
    return book_order(
        states,
        heard,
        components_of=lambda listing: COMPONENTS.get(listing, ()),
        balances=balances,
        locations=LOCATIONS,
        inspect=INSPECT,
        opening=opening,
    )


def test_two_lines_that_share_a_component_never_promise_the_same_unit() -> None:
    single = snapshot(open=3, line="1")
    pair = replace(snapshot(open=2, line="2"), listing=PAIR)
    balances = {**stock(5, 2), **stock(9, 9, sku="B")}
    booked = hear({}, order("1", single, pair), balances)
    after = moved(balances, booked.movements)
    assert (after["A", "main"].allocated, after["A", "shop"].allocated) == (5, 2)
    assert booked.problems == ()


def test_only_the_line_that_finds_nothing_left_is_oversold() -> None:
    booked = hear({}, order("1", snapshot(open=5, line="1"), snapshot(open=5, line="2")), stock(7, 0))
    assert [(problem.key.line, problem.code, problem.units) for problem in booked.problems] == [
        ("2", ProblemCode.OVERSOLD, 3)
    ]


def test_units_that_one_line_gives_back_serve_another_of_the_same_order() -> None:
    first = hear({}, order("1", snapshot(open=5, line="2")), stock(5, 0))
    balances = moved(stock(5, 0), first.movements)
    second = hear(first.states, order("2", snapshot(open=5, line="1")), balances)
    assert second.problems == ()
    assert moved(balances, second.movements)["A", "main"].allocated == 5


def test_a_line_gone_from_its_order_is_released_and_its_units_count_as_put_back() -> None:
    first = hear({}, order("1", snapshot(open=5, line="1"), snapshot(open=5, line="2")), stock())
    assert by_listing(first) == {LISTING: 10}
    second = hear(first.states, order("2", snapshot(open=5, line="2")), moved(stock(), first.movements))
    assert second.states[key("1")].snapshot.open == 0
    assert by_listing(second) == {LISTING: -5}


def test_an_older_order_neither_books_nor_takes_anything_nor_makes_a_line_vanish() -> None:
    first = hear({}, order("2", snapshot(open=5, line="1")), stock())
    late = hear(first.states, order("1"), moved(stock(), first.movements))
    assert (late.movements, late.taken, dict(late.states)) == ((), {}, dict(first.states))


def test_an_order_that_another_channel_books_is_taken_back_whole_and_nothing_is_asked() -> None:
    first = hear({}, order("1", snapshot(shipped=5, line="1"), snapshot(2, 1, line="2")), stock())
    balances = moved(stock(), first.movements)
    theirs = replace(order("1"), elsewhere=True)
    late = hear(first.states, replace(theirs, version="0"), balances)
    assert (late.movements, dict(late.states)) == ((), dict(first.states)), "older than what was told since"
    second = hear(first.states, theirs, balances)
    after = moved(balances, second.movements)
    assert {(at.on_hand, at.allocated) for at in after.values()} == {(100, 0)}
    assert second.problems == ()
    assert not [each for state in second.states.values() for each in exactly_once(state)]
    assert hear(second.states, replace(theirs, version="2"), after).movements == ()


def test_what_had_left_before_the_opening_gives_nothing_back_where_another_channel_books_it() -> None:
    first = hear({}, order("1", snapshot(shipped=5)), stock(), opening=True)
    second = hear(first.states, replace(order("1"), elsewhere=True), stock())
    assert (second.movements, second.problems) == ((), ())


def test_lines_of_other_orders_are_left_alone() -> None:
    other = LineState(replace(snapshot(open=5), key=key(order="200")), "1")
    booked = hear({other.snapshot.key: other}, order("9", snapshot(open=1)), stock())
    assert set(booked.states) == {key("1")}


def test_the_opening_takes_nothing_off_a_number_that_was_not_read_yet() -> None:
    booked = hear({}, order("1", snapshot(open=5)), stock(), opening=True)
    assert by_listing(booked) == {}
    assert booked.movements != ()


def test_nothing_hangs_on_the_order_of_lines_or_of_what_is_known() -> None:
    lines = [snapshot(open=4, line=str(n)) for n in range(4)]
    results = set()
    for shuffled in permutations(lines):
        first = hear({}, order("1", *shuffled), stock(6, 7))
        known = dict(reversed([*first.states.items()]))
        second = hear(known, order("2", *reversed(shuffled[:3]), lines[3]), moved(stock(6, 7), first.movements))
        results.add((first.movements, tuple(sorted(first.states.items(), key=lambda item: item[0]))))
        assert {*second.states} == {*first.states}
    assert len(results) == 1


@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.booleans()), min_size=3, max_size=3),
        min_size=1,
        max_size=5,
    ),
    st.integers(0, 30),
)
def test_every_order_conserves_and_allocated_is_what_the_lines_hold(
    messages: list[list[tuple[int, int, bool]]], main: int
) -> None:
    opening = {**stock(main, 5), **stock(5, main, sku="B")}
    balances, states = dict(opening), dict[LineKey, LineState]()
    movements: list[Movement] = []
    for version, lines in enumerate(messages):
        listed = [
            replace(snapshot(open, shipped, line=str(n), ordered=8), listing=(LISTING, PAIR, LISTING)[n])
            for n, (open, shipped, there) in enumerate(lines)
            if there
        ]
        booked = hear(states, order(str(version), *listed), balances)
        balances = moved(balances, booked.movements)
        states |= booked.states
        movements += booked.movements
        assert conservation(opening, movements, balances) == ()
        assert allocated_to_lines(balances, states.values()) == ()
        assert [violation for state in states.values() for violation in exactly_once(state)] == []
