"""What an order line books: the rules one by one."""

from __future__ import annotations

import pytest

from bridge.domain.booking import book, gone
from bridge.domain.stock import Cause, Component
from tests.unit.domain.lines import INSPECT, LOCATIONS, ONE_A, Books, snapshot, stock


def test_an_open_line_allocates_and_moves_nothing_on_hand() -> None:
    books = Books(stock(10, 10))
    books.hear(snapshot(open=5), "1")
    assert books.at("main") == (10, 5)


def test_the_first_location_that_covers_the_line_takes_it_whole() -> None:
    books = Books(stock(main=4, shop=9))
    books.hear(snapshot(open=5), "1")
    assert (books.at("main"), books.at("shop")) == ((4, 0), (9, 5))


def test_no_location_covers_it_so_it_is_split_in_the_channels_order() -> None:
    books = Books(stock(main=4, shop=3))
    assert books.hear(snapshot(open=5), "1") == []
    assert (books.at("main"), books.at("shop")) == ((4, 4), (3, 1))


def test_what_no_location_has_stands_on_the_first_and_is_reported_as_oversold() -> None:
    books = Books(stock(main=1, shop=2))
    assert books.hear(snapshot(open=5), "1") == ["oversold"]
    assert (books.at("main"), books.at("shop")) == ((1, 3), (2, 2))


def test_a_shortage_stands_where_the_sku_is_stocked_not_on_a_cell_never_filled() -> None:
    books = Books(stock(main=None, shop=2))
    books.hear(snapshot(open=5), "1")
    assert (books.at("main"), books.at("shop")) == ((0, 0), (2, 5))


def test_a_shortage_of_a_sku_stocked_nowhere_stands_on_the_first_location() -> None:
    books = Books({})
    assert books.hear(snapshot(open=5), "1") == ["oversold"]
    assert books.at("main") == (0, 5)


def test_fewer_open_without_a_shipment_releases_the_last_allocated_first() -> None:
    books = Books(stock(main=4, shop=3))
    books.hear(snapshot(open=5), "1")
    books.hear(snapshot(open=3), "2")
    assert (books.at("main"), books.at("shop")) == ((4, 3), (3, 0))


def test_units_promised_beyond_the_stock_are_released_before_those_that_exist() -> None:
    books = Books(stock(main=1, shop=2))
    books.hear(snapshot(open=5), "1")
    books.hear(snapshot(open=3), "2")
    assert (books.at("main"), books.at("shop")) == ((1, 1), (2, 2))


def test_a_shipment_leaves_from_where_it_was_allocated() -> None:
    books = Books(stock(main=4, shop=9))
    books.hear(snapshot(open=5), "1")
    books.hear(snapshot(open=2, shipped=3), "2")
    assert (books.at("main"), books.at("shop")) == ((4, 0), (6, 2))


def test_a_shop_sale_is_placed_and_shipped_at_once() -> None:
    books = Books(stock(10, 10))
    books.hear(snapshot(shipped=5), "1")
    assert books.at("main") == (5, 0)
    assert [each.cause for each in books.movements] == [Cause.PLACED, Cause.SHIPPED]


def test_units_shipped_beyond_what_was_allocated_are_taken_by_the_same_rule() -> None:
    books = Books(stock(main=3, shop=9))
    books.hear(snapshot(open=2), "1")
    books.hear(snapshot(shipped=7), "2")
    assert (books.at("main"), books.at("shop")) == ((1, 0), (4, 0))


def test_a_withdrawn_shipment_is_promised_again_on_the_shelf_it_left() -> None:
    books = Books(stock(main=4, shop=9))
    books.hear(snapshot(shipped=5), "1")
    books.hear(snapshot(open=5), "2")
    assert (books.at("main"), books.at("shop")) == ((4, 0), (9, 5))


def test_returned_goods_wait_to_be_inspected() -> None:
    books = Books(stock(10, 10))
    books.hear(snapshot(shipped=5), "1")
    books.hear(snapshot(shipped=5, returned=2), "2")
    assert (books.at("main"), books.at(INSPECT)) == ((5, 0), (2, 0))


def test_a_return_that_shrinks_is_taken_back() -> None:
    books = Books(stock(10, 10))
    books.hear(snapshot(shipped=5, returned=4), "1")
    books.hear(snapshot(shipped=5, returned=1), "2")
    assert books.at(INSPECT) == (1, 0)


def test_cancelled_after_shipment_moves_nothing_and_asks() -> None:
    books = Books(stock(10, 10))
    books.hear(snapshot(shipped=5), "1")
    assert books.hear(snapshot(taken=0), "2") == ["cancelled after shipment"]
    assert books.at("main") == (5, 0)
    assert books.hear(snapshot(taken=0), "3") == [], "asked once"


def test_cancelled_when_half_was_shipped_releases_the_rest_and_asks_about_the_half() -> None:
    books = Books(stock(10, 10))
    books.hear(snapshot(open=3, shipped=2), "1")
    assert books.hear(snapshot(taken=3), "2") == ["cancelled after shipment"]
    assert books.at("main") == (8, 0)


def test_a_cancellation_that_is_itself_taken_back_books_on() -> None:
    books = Books(stock(10, 10))
    for version, seen in enumerate((snapshot(shipped=5), snapshot(), snapshot(open=5))):
        books.hear(seen, str(version))
    assert books.at("main") == (10, 5)


def test_the_mall_puts_shipped_units_back_on_sale_without_a_return_so_a_person_is_asked() -> None:
    books = Books(stock(10, 10))
    books.hear(snapshot(shipped=5), "1")
    assert books.hear(snapshot(shipped=5, taken=0), "2") == ["cancelled after shipment"]
    assert books.at("main") == (5, 0)


def test_a_restocked_return_asks_nothing() -> None:
    books = Books(stock(10, 10))
    books.hear(snapshot(shipped=5), "1")
    assert books.hear(snapshot(shipped=5, returned=5), "2") == []
    assert books.hear(snapshot(shipped=5, returned=5, taken=0), "3") == []


def test_shipped_or_returned_before_the_opening_is_ignored_forever() -> None:
    books = Books(stock(10, 10))
    books.hear(snapshot(open=2, shipped=3, returned=1), "1", opening=True)
    assert books.at("main") == (10, 2)
    books.hear(snapshot(shipped=5, returned=2), "2", opening=True)
    assert (books.at("main"), books.at(INSPECT)) == ((8, 0), (1, 0))


def test_an_ignored_shipment_that_is_withdrawn_is_promised_and_asked_about() -> None:
    books = Books(stock(10, 10))
    books.hear(snapshot(shipped=5), "1", opening=True)
    assert books.hear(snapshot(open=5), "2") == ["opening shipment withdrawn"]
    assert books.at("main") == (10, 5)


def test_an_older_message_changes_nothing_and_the_same_again_moves_nothing() -> None:
    books = Books(stock(10, 10))
    books.hear(snapshot(open=2, shipped=3), "2")
    before = list(books.movements)
    books.hear(snapshot(open=5), "1")
    books.hear(snapshot(open=2, shipped=3), "2")
    assert books.movements == before


def test_a_line_that_no_listing_explains_is_kept_and_booked_once_it_is_mapped() -> None:
    books = Books(stock(10, 10), components=())
    assert books.hear(snapshot(open=5), "1") == ["unmapped"]
    assert books.movements == []
    books.components = ONE_A
    assert books.hear(snapshot(open=5), "1") == []
    assert books.at("main") == (10, 5)


def test_an_unmapped_line_that_was_cancelled_asks_for_nothing() -> None:
    books = Books(stock(10, 10), components=())
    books.hear(snapshot(open=5), "1")
    assert books.hear(snapshot(), "2") == []


def test_components_are_frozen_when_first_booked() -> None:
    books = Books(stock(10, 10))
    books.hear(snapshot(open=5), "1")
    books.components = (Component("B", 7),)
    books.hear(snapshot(open=4), "2")
    assert (books.at("main"), books.at("main", "B")) == ((10, 4), (0, 0))


def test_a_set_moves_each_component_by_its_units_and_the_same_sku_twice_counts_together() -> None:
    set_of_three = (Component("A", 2), Component("B", 1), Component("A", 1))
    books = Books({**stock(20, 0), **stock(20, 0, sku="B")}, set_of_three)
    books.hear(snapshot(open=2, shipped=1), "1")
    assert (books.at("main"), books.at("main", "B")) == ((17, 6), (19, 2))


def test_a_line_that_vanished_holds_nothing_open_and_what_has_left_stays() -> None:
    books = Books(stock(10, 10))
    books.hear(snapshot(open=3, shipped=2), "1")
    assert books.state is not None
    missing = gone(books.state)
    assert (missing.open, missing.shipped, missing.ordered, missing.taken) == (0, 2, 5, 2)
    assert books.hear(missing, "2") == []
    assert books.at("main") == (8, 0)


def test_a_location_the_channel_no_longer_sells_from_still_gives_back_what_it_holds() -> None:
    books = Books(stock(main=4, shop=9))
    books.hear(snapshot(open=5), "1")
    booked = book(
        books.state,
        snapshot(shipped=5),
        "2",
        components=ONE_A,
        balances=books.balances,
        locations=LOCATIONS[:1],
        inspect=INSPECT,
    )
    assert [(each.location, each.on_hand) for each in booked.movements] == [("shop", -5)]


def test_a_channel_without_a_location_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="location"):
        book(None, snapshot(), "1", components=ONE_A, balances={}, locations=(), inspect=INSPECT)
