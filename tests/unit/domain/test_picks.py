"""What people pick and what the mall says of the same shipment are booked once, whatever comes first."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.domain.booking import book, rebook
from bridge.domain.invariants import exactly_once
from bridge.domain.orders import LineKey
from bridge.domain.picks import ByHand, OrderRow, RowStage, Said, excess, last_evening, owed, to_pick, wish
from bridge.domain.shelf import Shelf
from bridge.domain.stock import Component
from tests.unit.domain.lines import INSPECT, LOCATIONS, ONE_A, Books, moved, snapshot, stock

TWO_A = (Component("A", 2),)
TOKYO = ZoneInfo("Asia/Tokyo")


class Packing(Books):
    """The same line, picked by hand."""

    def pick(self, units: int, at: str = "", left: int = 0) -> None:
        assert self.state is not None
        hand = ByHand("A", picked=units, at=at, left=left)
        booked = rebook(Shelf(self.balances, LOCATIONS, INSPECT), self.state.handled(hand))
        self.state = booked.state
        self.movements += booked.movements
        self.balances = moved(self.balances, booked.movements)
        assert exactly_once(self.state) == ()


def test_a_pick_lowers_on_hand_and_allocated_and_the_shipment_nothing_more() -> None:
    books = Packing(stock(5, 2))
    books.hear(snapshot(open=2), "1")
    books.pick(2)
    assert books.at("main") == (3, 0)
    books.hear(snapshot(shipped=2), "2")
    assert books.at("main") == (3, 0)


def test_a_pick_that_is_taken_back_holds_the_goods_again() -> None:
    books = Packing(stock(5, 2))
    books.hear(snapshot(open=2), "1")
    books.pick(2)
    books.pick(0)
    assert books.at("main") == (5, 2)


def test_a_pick_after_the_shipment_books_nothing() -> None:
    books = Packing(stock(5, 2))
    books.hear(snapshot(shipped=2), "1")
    books.pick(2)
    assert books.at("main") == (3, 0)


def test_a_cancellation_after_the_pick_is_asked_about_once() -> None:
    books = Packing(stock(5, 2))
    books.hear(snapshot(open=2), "1")
    books.pick(2)
    assert books.hear(snapshot(), "2") == ["picked and cancelled"]
    assert books.at("main") == (3, 0)
    assert books.hear(snapshot(), "3") == []
    books.pick(2, left=2)
    assert books.state is not None
    assert not books.state.excess
    books.pick(0)
    assert books.at("main") == (5, 0)


def test_a_chosen_location_takes_the_allocation_over() -> None:
    books = Packing(stock(5, 2))
    books.hear(snapshot(open=2), "1")
    books.pick(0, at="shop")
    assert (books.at("main"), books.at("shop")) == ((5, 0), (2, 2))
    books.pick(1, at="shop")
    assert books.at("shop") == (1, 1)
    books.pick(1)
    assert books.at("shop") == (1, 1)


says = st.tuples(st.integers(0, 4), st.integers(0, 4)).map(lambda counts: ("hear", *counts))
picks = st.tuples(st.integers(0, 8), st.sampled_from(["", "main", "shop"])).map(lambda pick: ("pick", *pick))


@given(st.lists(st.one_of(says, picks), max_size=12), st.sampled_from([ONE_A, TWO_A]))
def test_in_any_order_the_line_books_the_greater_of_the_two(
    acts: list[tuple[str, int, int | str]], components: tuple[Component, ...]
) -> None:
    books = Packing(stock(20, 20), components)
    books.hear(snapshot(open=2), "00")
    units = components[0].units
    for number, (act, first, second) in enumerate(acts, 1):
        if act == "pick":
            books.pick(int(first), str(second))
        else:
            books.hear(snapshot(open=int(first), shipped=int(second)), f"{number:02}")
        assert books.state is not None
        assert exactly_once(books.state) == ()
        line, hand = books.state, books.state.hand("A")
        gone = max(line.shipped * units, hand.picked)
        on_hand, allocated = (sum(numbers) for numbers in zip(books.at("main"), books.at("shop"), strict=True))
        assert on_hand == 40 - gone
        assert allocated == max(0, (line.snapshot.open + line.shipped) * units - gone)


@given(picked=st.integers(0, 9), open=st.integers(0, 9), shipped=st.integers(0, 9), before=st.integers(0, 9))
def test_nothing_owed_is_below_zero(picked: int, open: int, shipped: int, before: int) -> None:
    hand = ByHand("A", picked=picked, before=min(before, picked))
    assert min(owed(hand, open, shipped, 0)) >= 0
    assert excess(hand, open + shipped) >= 0
    # what left before the opening is neither open nor shipped again
    assert sum(owed(hand, open, shipped, 0)[:2]) <= max(open + shipped, picked) - hand.before


def row(tick: bool = False, units: int | None = None, picked: int = 0) -> OrderRow:
    return OrderRow(1, LineKey("m", "s", "1", "1"), "A", "2026-11", RowStage.OPEN, Said(tick, units), picked)


@pytest.mark.parametrize(
    ("before", "tick", "units", "comes_to"),
    [
        (row(), True, None, 3),  # a tick means all
        (row(), False, 2, 2),
        (row(), True, 2, 3),  # whatever number stands beside it
        (row(tick=True, picked=2), True, None, 2),  # the order grew: it was set for two
        (row(tick=True, picked=3), False, None, 0),
        (row(tick=True, picked=3), None, None, 3),  # no tick box any more: nothing new
        (row(units=2, picked=2), False, None, 2),  # a cleared number takes nothing back
        (row(units=2, picked=2), False, 0, 0),
    ],
)
def test_what_the_cells_come_to(before: OrderRow, tick: bool | None, units: int | None, comes_to: int) -> None:
    assert to_pick(before, wish(before, tick, units, ""), 3) == comes_to


def test_the_evening_is_that_of_the_shop() -> None:
    hour = time(18)
    assert last_evening(datetime(2026, 11, 29, 8, 59, tzinfo=UTC), hour, TOKYO).day == 28
    assert last_evening(datetime(2026, 11, 29, 9, 0, tzinfo=UTC), hour, TOKYO).day == 29


def test_a_message_again_books_no_pick_again() -> None:
    books = Packing(stock(5, 2))
    books.hear(snapshot(open=2), "1")
    books.pick(1)
    before = list(books.movements)
    again = book(
        books.state,
        snapshot(open=2),
        "2",
        components=ONE_A,
        balances=books.balances,
        locations=LOCATIONS,
        inspect=INSPECT,
    )
    assert again.movements == ()
    assert books.movements == before
