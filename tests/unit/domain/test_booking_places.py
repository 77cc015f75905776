"""Order lines of a channel that keeps a number for each of its places: where they are booked, and that the places never
change how much is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hypothesis import given
from hypothesis import strategies as st

from bridge.domain.booking import LineState, OrderBooked, book_order, gone
from bridge.domain.invariants import allocated_to_lines, conservation, exactly_once
from bridge.domain.orders import LineKey, LineSnapshot, ListingKey, Portion
from bridge.domain.stock import Balance, BalanceKey, Component, Movement
from tests.unit.domain.lines import INSPECT, LOCATIONS, by_listing, key, moved, order, stock

AT_MAIN, AT_SHOP = ListingKey("mall", "a@1"), ListingKey("mall", "a@2")
COLUMNS = {AT_MAIN: ("main",), AT_SHOP: ("shop",)}


def line(*portions: tuple[ListingKey, int, int], returned: int = 0, number: str = "1") -> LineSnapshot:
    """From (listing, open, shipped)."""
    split = tuple(Portion(listing, open, shipped, open + shipped) for listing, open, shipped in portions)
    opened, shipped = sum(each.open for each in split), sum(each.shipped for each in split)
    listing = split[0].listing if split else AT_MAIN
    return LineSnapshot(
        key(number), listing, opened + shipped, opened, shipped, returned, opened + shipped, portions=split
    )


class Books:
    """One order's lines and the balances."""

    def __init__(self, balances: Mapping[BalanceKey, Balance], components: Iterable[Component] = (Component("A", 1),)):
        self.opened = dict(balances)
        self.balances = dict(balances)
        self.components = tuple(components)
        self.states: Mapping[LineKey, LineState] = {}
        self.movements: list[Movement] = []
        self.version = 0

    def hear(self, *lines: LineSnapshot) -> OrderBooked:
        self.version += 1
        booked = book_order(
            self.states,
            order(f"{self.version:03d}", *lines),
            components_of=lambda listing: self.components if listing in COLUMNS else (),
            balances=self.balances,
            locations=LOCATIONS,
            inspect=INSPECT,
            sells_from=lambda listing: COLUMNS[listing],
        )
        self.states = booked.states
        self.movements += booked.movements
        self.balances = moved(self.balances, booked.movements)
        return booked

    def at(self, location: str) -> tuple[int, int]:
        balance = self.balances["A", location]
        return balance.on_hand, balance.allocated


def test_a_line_is_allocated_where_the_channel_assigned_it() -> None:
    books = Books(stock(10, 10))
    books.hear(line((AT_SHOP, 3, 0)))
    assert (books.at("main"), books.at("shop")) == ((10, 0), (10, 3))


def test_the_other_columns_of_the_channel_come_after_those() -> None:
    books = Books(stock(10, 2))
    assert books.hear(line((AT_SHOP, 3, 0))).problems == ()
    assert (books.at("main"), books.at("shop")) == ((10, 1), (2, 2))


def test_what_nothing_covers_stands_where_it_was_assigned() -> None:
    books = Books(stock(0, 1))
    [problem] = books.hear(line((AT_SHOP, 3, 0))).problems
    assert problem.units == 2
    assert (books.at("main"), books.at("shop")) == ((0, 0), (1, 3))


def test_a_line_at_two_places_is_allocated_at_both() -> None:
    books = Books(stock(10, 10))
    booked = books.hear(line((AT_MAIN, 2, 0), (AT_SHOP, 1, 0)))
    assert (books.at("main"), books.at("shop")) == ((10, 2), (10, 1))
    assert by_listing(booked) == {AT_MAIN: 2, AT_SHOP: 1}


def test_units_moved_to_another_place_follow_and_go_back_on_sale_where_they_were() -> None:
    books = Books(stock(10, 10))
    books.hear(line((AT_MAIN, 3, 0)))
    booked = books.hear(line((AT_MAIN, 1, 0), (AT_SHOP, 2, 0)))
    assert (books.at("main"), books.at("shop")) == ((10, 1), (10, 2))
    assert by_listing(booked) == {AT_MAIN: -2, AT_SHOP: 2}


def test_a_move_to_where_nothing_is_left_leaves_the_promise_where_the_goods_are() -> None:
    books = Books(stock(10, 1))
    books.hear(line((AT_MAIN, 3, 0)))
    assert books.hear(line((AT_SHOP, 3, 0))).problems == ()
    assert (books.at("main"), books.at("shop")) == ((10, 2), (1, 1))


def test_goods_leave_from_the_place_that_shipped_them() -> None:
    books = Books(stock(10, 10))
    books.hear(line((AT_MAIN, 2, 0), (AT_SHOP, 2, 0)))
    books.hear(line((AT_MAIN, 2, 0), (AT_SHOP, 0, 2)))
    assert (books.at("main"), books.at("shop")) == ((10, 2), (8, 0))


def test_shipped_and_moved_in_one_message() -> None:
    books = Books(stock(10, 10))
    books.hear(line((AT_SHOP, 3, 0)))
    books.hear(line((AT_MAIN, 2, 0), (AT_SHOP, 0, 1)))
    assert (books.at("main"), books.at("shop")) == ((10, 2), (9, 0))


def test_moved_and_shipped_before_anybody_told() -> None:
    books = Books(stock(10, 10))
    books.hear(line((AT_MAIN, 3, 0)))
    books.hear(line((AT_MAIN, 0, 1), (AT_SHOP, 0, 2)))
    assert (books.at("main"), books.at("shop")) == ((9, 0), (8, 0))


def test_shipped_at_one_place_and_withdrawn_at_another_in_one_message() -> None:
    books = Books(stock(10, 10))
    books.hear(line((AT_MAIN, 2, 0), (AT_SHOP, 2, 0)))
    books.hear(line((AT_SHOP, 0, 2)))
    assert (books.at("main"), books.at("shop")) == ((10, 0), (8, 0))


def test_a_shop_sale_leaves_from_its_own_place_at_once() -> None:
    books = Books(stock(10, 10))
    books.hear(line((AT_SHOP, 0, 2)))
    assert (books.at("main"), books.at("shop")) == ((10, 0), (8, 0))


def test_units_withdrawn_at_a_place_are_released_there() -> None:
    books = Books(stock(10, 10))
    books.hear(line((AT_MAIN, 2, 0), (AT_SHOP, 2, 0)))
    booked = books.hear(line((AT_SHOP, 2, 0)))
    assert (books.at("main"), books.at("shop")) == ((10, 0), (10, 2))
    assert by_listing(booked) == {AT_MAIN: -2}


def test_what_came_back_waits_to_be_inspected() -> None:
    books = Books({**stock(10, 10), ("A", INSPECT): Balance()})
    books.hear(line((AT_SHOP, 0, 2)))
    books.hear(line((AT_SHOP, 0, 2), returned=1))
    assert (books.at("shop"), books.at(INSPECT)) == ((8, 0), (1, 0))


def test_a_line_gone_from_its_order_gives_back_at_each_place() -> None:
    books = Books(stock(10, 10))
    books.hear(line((AT_MAIN, 1, 0), (AT_SHOP, 1, 1)))
    [state] = books.states.values()
    assert [(each.open, each.shipped, each.taken) for each in gone(state).portions] == [(0, 0, 0), (0, 1, 1)]


def test_one_of_its_listings_in_the_sheet_explains_a_line() -> None:
    books = Books(stock(10, 10))
    elsewhere = ListingKey("mall", "a@9")
    COLUMNS[elsewhere] = ()
    try:
        known = {AT_SHOP: (Component("A", 1),)}
        booked = book_order(
            {},
            order("1", line((elsewhere, 1, 0), (AT_SHOP, 1, 0))),
            components_of=lambda listing: known.get(listing, ()),
            balances=books.balances,
            locations=LOCATIONS,
            inspect=INSPECT,
            sells_from=lambda listing: COLUMNS[listing],
        )
    finally:
        del COLUMNS[elsewhere]
    assert booked.problems == ()


SPLITS = st.lists(
    st.tuples(st.sampled_from([AT_MAIN, AT_SHOP]), st.integers(0, 4), st.integers(0, 4)),
    max_size=2,
    unique_by=lambda part: part[0],
)
STORIES = st.lists(st.tuples(SPLITS, SPLITS), min_size=1, max_size=6)


@given(STORIES, st.integers(0, 8), st.integers(0, 8), st.integers(1, 3))
def test_however_the_lines_are_moved_about_each_is_booked_exactly_once(
    story: list[tuple[list[tuple[ListingKey, int, int]], list[tuple[ListingKey, int, int]]]],
    main: int,
    shop: int,
    units: int,
) -> None:
    books = Books({**stock(main, shop), **stock(main, shop, sku="B")}, [Component("A", units), Component("B", 1)])
    for first, second in story:
        books.hear(line(*first), line(*second, number="2"))
        assert [v for state in books.states.values() for v in exactly_once(state)] == []
        assert conservation(books.opened, books.movements, books.balances) == ()
        assert allocated_to_lines(books.balances, books.states.values()) == ()
        again = books.hear(line(*first), line(*second, number="2"))
        assert (again.taken, sum(m.on_hand for m in again.movements)) == ({}, 0)
