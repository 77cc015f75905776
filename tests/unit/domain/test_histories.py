"""However late, doubled or shuffled the messages about a line come, it ends booked by its newest snapshot, once.

Short histories are enumerated: every sequence of a history's messages up to two longer than the history itself, so
every permutation with every repetition of up to two messages. Hypothesis goes on from there with its own histories.
"""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.domain.invariants import exactly_once
from bridge.domain.orders import LineSnapshot
from bridge.domain.stock import Component
from tests.unit.domain.lines import INSPECT, Books, moved, snapshot, stock

SET = (Component("A", 2), Component("B", 3))
AMPLE = {**stock(1000, 1000), **stock(1000, 1000, sku="B")}
SCARCE = {**stock(3, 4), **stock(0, 7, sku="B")}

HISTORIES = {
    "placed, shipped": [snapshot(open=5), snapshot(shipped=5)],
    "partial": [snapshot(open=5), snapshot(open=3, shipped=2), snapshot(shipped=5)],
    "edited down, then shipped": [snapshot(open=5), snapshot(open=2), snapshot(shipped=2)],
    "edited up": [snapshot(open=2), snapshot(open=5), snapshot(open=1, shipped=4)],
    "shipment withdrawn": [snapshot(open=5), snapshot(shipped=5), snapshot(open=5)],
    "withdrawn and shipped again": [snapshot(open=5), snapshot(shipped=5), snapshot(open=5), snapshot(shipped=5)],
    "withdrawn in part": [snapshot(open=5), snapshot(shipped=5), snapshot(open=3, shipped=2)],
    "cancelled": [snapshot(open=5), snapshot(taken=0)],
    "half cancelled": [snapshot(open=5), snapshot(open=3, shipped=2), snapshot(shipped=2, taken=2)],
    "returned": [snapshot(shipped=5), snapshot(shipped=5, returned=2), snapshot(shipped=5, returned=5)],
    "return taken back": [snapshot(shipped=5), snapshot(shipped=5, returned=3), snapshot(shipped=5, returned=1)],
}


def hear_all(books: Books, history: list[LineSnapshot], heard: tuple[int, ...]) -> Books:
    for index in heard:
        books.hear(history[index], str(index))
    return books


def totals(books: Books, sku: str) -> tuple[int, int, int]:
    """Allocated, shipped and returned over all locations."""
    assert books.state is not None
    shares = [share for share in books.state.shares if share.sku == sku]
    return (
        sum(share.allocated for share in shares),
        sum(share.shipped for share in shares),
        sum(share.returned for share in shares),
    )


def sequences(length: int) -> list[tuple[int, ...]]:
    """Every order in which all messages come at least once, with up to two repetitions."""
    return [
        heard
        for count in range(length, length + 3)
        for heard in product(range(length), repeat=count)
        if set(heard) == set(range(length))
    ]


@pytest.mark.parametrize("name", HISTORIES)
def test_every_permutation_and_repetition_ends_in_the_same_booking(name: str) -> None:
    history = HISTORIES[name]
    alone = Books(AMPLE, SET)
    alone.hear(history[-1], str(len(history) - 1))
    for heard in sequences(len(history)):
        books = hear_all(Books(AMPLE, SET), history, heard)
        assert books.balances == alone.balances, heard
        assert books.state is not None
        assert alone.state is not None
        assert books.state.shares == alone.state.shares, heard


@pytest.mark.parametrize("name", HISTORIES)
def test_where_stock_is_scarce_the_totals_are_the_same_at_whatever_location(name: str) -> None:
    history = HISTORIES[name]
    newest = history[-1]
    for heard in sequences(len(history)):
        books = hear_all(Books(SCARCE, SET), history, heard)
        assert books.state is not None
        assert exactly_once(books.state) == (), heard
        assert totals(books, "A") == (2 * newest.open, 2 * newest.shipped, 2 * newest.returned), heard
        assert totals(books, "B") == (3 * newest.open, 3 * newest.shipped, 3 * newest.returned), heard


def test_goods_once_seen_shipped_stay_booked_until_a_person_says_that_they_came_back() -> None:
    """The one history whose end hangs on what was heard: only a seen shipment can be asked about."""
    history = [snapshot(open=5), snapshot(shipped=5), snapshot(taken=0)]
    for heard in sequences(3):
        books = hear_all(Books(AMPLE, SET), history, heard)
        seen_shipped = 1 in heard[: heard.index(2)]
        assert totals(books, "A") == (0, 10 if seen_shipped else 0, 0), heard


def counts() -> st.SearchStrategy[LineSnapshot]:
    def build(shipped: int, open: int, returned: int) -> LineSnapshot:
        return snapshot(open, shipped, min(returned, shipped), ordered=20)

    # Something stays open: a line with nothing open and less shipped is the history above.
    return st.builds(build, st.integers(0, 9), st.integers(1, 9), st.integers(0, 9))


@given(
    history=st.lists(counts(), min_size=1, max_size=6),
    mains=st.tuples(st.integers(0, 40), st.integers(0, 40)),
    data=st.data(),
)
def test_any_history_in_any_order_conserves_and_books_the_newest_once(
    history: list[LineSnapshot], mains: tuple[int, int], data: st.DataObject
) -> None:
    heard = [*data.draw(st.lists(st.sampled_from(range(len(history))), max_size=8)), len(history) - 1]
    heard += data.draw(st.lists(st.sampled_from(range(len(history))), max_size=4))
    opening = {**stock(*mains), **stock(mains[1], mains[0], sku="B")}
    books = hear_all(Books(opening, SET), history, tuple(heard))
    newest = history[-1]
    assert totals(books, "A") == (2 * newest.open, 2 * newest.shipped, 2 * newest.returned)
    assert books.balances == moved(opening, books.movements), "nothing but movements moves stock"
    on_hand = sum(balance.on_hand for (sku, _), balance in books.balances.items() if sku == "A")
    assert on_hand == sum(mains) - 2 * newest.shipped + 2 * newest.returned
    allocated = {at: books.at(at)[1] for at in ("main", "shop", INSPECT)}
    assert all(units >= 0 for units in allocated.values())
    assert sum(allocated.values()) == 2 * newest.open


@given(open=st.integers(1, 30), main=st.integers(0, 20), shop=st.integers(0, 20))
def test_allocation_follows_the_order_of_locations(open: int, main: int, shop: int) -> None:
    books = Books(stock(main, shop))
    problems = books.hear(snapshot(open=open, ordered=open), "1")
    at_main, at_shop = books.at("main")[1], books.at("shop")[1]
    if main >= open:
        assert (at_main, at_shop) == (open, 0)
    elif shop >= open:
        assert (at_main, at_shop) == (0, open)
    else:
        short = max(0, open - main - shop)
        assert (at_main, at_shop) == (main + short, open - main - short)
        assert problems == (["oversold"] if short else [])
