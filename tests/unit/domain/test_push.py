"""Level, gap and decision for one listing, by example. `test_gap_machine.py` proves what follows from them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bridge.domain import push
from bridge.domain.push import Lane, ListingState, Push, PushEvent
from tests.unit.domain.lines import LISTING, NOON

LAG = timedelta(seconds=60)


def at(second: int) -> datetime:
    return NOON + timedelta(seconds=second)


def read(state: ListingState, shown: int, second: int) -> ListingState:
    return push.observed(state, shown, at(second))[0]


@pytest.fixture
def ten() -> ListingState:
    """A listing that was read once, at noon, and showed 10."""
    return read(ListingState(LISTING, wanted=10), 10, 0)


def test_the_first_reading_is_the_base_and_shows_no_sale(ten: ListingState) -> None:
    assert (ten.level, ten.shown, push.gap(ten), ten.confirmed) == (10, 10, 0, 10)
    other = read(ListingState(LISTING, wanted=12), 10, 0)
    assert other.confirmed is None  # it was never sent, and is not what it should be


def test_a_fall_that_no_order_explains_is_held(ten: ListingState) -> None:
    seen = read(ten, 7, 10)
    assert (push.gap(seen), push.gap_since(seen)) == (3, at(10))


def test_the_order_that_appears_ends_its_gap(ten: ListingState) -> None:
    seen = push.taken(read(ten, 7, 10), 2, at(5))
    assert push.gap(seen) == 1
    assert push.gap(push.taken(seen, 1, at(6))) == 0


def test_an_order_known_before_the_reading_makes_no_gap(ten: ListingState) -> None:
    seen = read(push.taken(ten, 3, at(5)), 7, 10)
    assert (push.gap(seen), seen.confirmed) == (0, 7)


def test_a_gap_outlives_a_write(ten: ListingState) -> None:
    written = push.pushed(read(ten, 7, 10), 4, at(11), keeps_sales=False)
    assert (push.gap(written), written.level, written.shown, written.sent) == (3, 4, 4, 4)
    assert push.gap(push.taken(written, 3, at(5))) == 0


def test_a_sale_that_an_absolute_write_has_written_over_hides_no_later_sale(ten: ListingState) -> None:
    """Two are sold between our reading and our write; later two more. The first pair appears in the feed: a count of
    "own orders since" would take it for the second and sell that again."""
    written = push.pushed(ten, 10, at(10), keeps_sales=False)
    appeared = push.taken(written, 2, at(9))
    assert push.gap(read(appeared, 8, 20)) == 2


def test_a_keeps_sales_leaves_no_such_sale_so_a_coarse_clock_does_no_harm(ten: ListingState) -> None:
    written = push.pushed(ten, 8, at(10), keeps_sales=True)
    appeared = push.taken(written, 2, at(9))
    assert push.gap(read(appeared, 6, 20)) == 0


def test_an_order_from_before_the_first_reading_explains_nothing(ten: ListingState) -> None:
    assert push.gap(read(push.taken(ten, 2, at(-5)), 8, 10)) == 2


def test_more_than_expected_is_reported_and_not_believed(ten: ListingState) -> None:
    seen, event = push.observed(ten, 12, at(10))
    assert event is PushEvent.RAISED_THERE
    assert (seen.level, push.gap(seen)) == (12, 0)
    assert push.decide(seen, may_raise=False, sku_blocked=True, live=True) == Push(LISTING, 10, 12)


def test_a_sale_behind_a_raise_explains_nothing_when_it_appears(ten: ListingState) -> None:
    """Four were put back and two sold before one reading. The pair that appears must not hide the next pair sold."""
    appeared = push.taken(read(ten, 12, 10), 2, at(5))
    assert push.gap(read(appeared, 10, 20)) == 2


def test_a_restock_that_the_feed_told_first_is_expected(ten: ListingState) -> None:
    seen, event = push.observed(push.taken(ten, -2, at(-5)), 12, at(10))
    assert (event, seen.confirmed) == (None, 12)


def test_a_gap_ends_once_the_feed_is_complete_past_its_reading(ten: ListingState) -> None:
    seen = read(ten, 7, 10)
    assert push.expire(seen, at(69), LAG) == (seen, None)
    gone, event = push.expire(seen, at(70), LAG)
    assert (push.gap(gone), event) == (0, PushEvent.GAP_EXPIRED)


def test_a_mall_that_hides_some_orders_longer_is_waited_for_longer(ten: ListingState) -> None:
    seen, hides = read(ten, 7, 10), timedelta(hours=1)
    assert push.expire(seen, at(70), LAG, hides) == (seen, None)
    gone, event = push.expire(seen, at(3670), LAG, hides)
    assert (push.gap(gone), event) == (0, PushEvent.GAP_EXPIRED)
    doubtful = read(push.unanswered(ten, 12, at(5), keeps_sales=False), 7, 10)
    assert push.gap(doubtful) > 0
    assert push.gap(push.expire(doubtful, at(70), LAG, hides)[0]) == 0


def test_a_newer_drop_outlives_an_older_one(ten: ListingState) -> None:
    seen = read(read(ten, 7, 10), 5, 30)
    assert push.gap(push.expire(seen, at(80), LAG)[0]) == 2


def test_a_reading_older_than_the_last_write_says_nothing(ten: ListingState) -> None:
    written = push.pushed(ten, 4, at(10), keeps_sales=False)
    assert push.observed(written, 10, at(9)) == (written, None)


@pytest.mark.parametrize(("quantity", "shows", "held"), [(4, 10, 0), (4, 4, 6), (15, 10, 5), (15, 15, 0), (4, 3, 7)])
def test_after_an_unanswered_write_the_greater_number_is_held_against_the_reading(
    ten: ListingState, quantity: int, shows: int, held: int
) -> None:
    lost = push.unanswered(replace(ten, wanted=quantity), quantity, at(10), keeps_sales=False)
    assert push.decide(lost, may_raise=True, sku_blocked=False, live=True) is None, "it is looked for first"
    assert push.gap(read(lost, shows, 11)) == held


@pytest.mark.parametrize(
    ("wanted", "shown", "may_raise", "blocked", "live", "quantity"),
    [
        (4, 10, False, True, True, 4),  # nothing withholds a lowering
        (0, 10, False, True, True, 0),
        (12, 10, True, False, True, 12),
        (12, 10, False, False, True, None),  # no proof
        (12, 10, True, True, True, None),  # an open question about the SKU
        (10, 10, True, False, True, None),
        (4, 10, True, False, False, None),  # shadow
        (None, 10, True, False, True, None),  # no good number
        (4, None, True, False, True, None),  # not read yet
    ],
)
def test_decide(
    wanted: int | None, shown: int | None, may_raise: bool, blocked: bool, live: bool, quantity: int | None
) -> None:
    state = ListingState(LISTING, wanted=wanted, shown=shown)
    due = push.decide(state, may_raise=may_raise, sku_blocked=blocked, live=live)
    assert (due and due.quantity) == quantity


@pytest.mark.parametrize(
    ("wanted", "on_its_way", "may_raise", "quantity"),
    [
        (10, [11], False, 10),  # a raise that may have been taken is taken back
        (10, [8], False, 8),  # as much as it may show is no raise
        (10, [8], True, 10),
        (9, [8, 12], False, 8),
        (7, [8, 12], False, 7),
        (11, [11], True, 11),  # said again, to be told what became of it
    ],
)
def test_what_is_on_its_way_may_show_already(
    ten: ListingState, wanted: int, on_its_way: list[int], may_raise: bool, quantity: int
) -> None:
    state = replace(ten, wanted=wanted)
    due = push.decide(state, may_raise=may_raise, sku_blocked=False, live=True, on_its_way=on_its_way)
    assert due == Push(LISTING, quantity, 10)


def test_the_first_live_push_raises_only_as_far_as_was_previewed(ten: ListingState) -> None:
    fresh = replace(ten, wanted=20, live_previewed=15)
    due = push.decide(fresh, may_raise=True, sku_blocked=False, live=True)
    assert due == Push(LISTING, 15, 10)
    later = push.pushed(fresh, 15, at(5), keeps_sales=False)
    assert push.decide(later, may_raise=True, sku_blocked=False, live=True) == Push(LISTING, 20, 15)


def test_the_first_live_push_lowers_freely(ten: ListingState) -> None:
    fresh = replace(ten, wanted=3, live_previewed=15)
    assert push.decide(fresh, may_raise=False, sku_blocked=False, live=True) == Push(LISTING, 3, 10)


def test_a_channel_that_shows_what_was_previewed_is_held_to_nothing_more(ten: ListingState) -> None:
    fresh = read(replace(ten, wanted=20, live_previewed=8), 10, 5)
    assert push.decide(fresh, may_raise=True, sku_blocked=False, live=True) == Push(LISTING, 20, 10)


def test_a_reading_by_a_clock_that_was_put_back_counts(ten: ListingState) -> None:
    """Hours of readings would say nothing, and a listing whose last write was not answered could not be lowered."""
    silent = push.unanswered(replace(ten, wanted=6), 9, at(7200), keeps_sales=False)
    seen = read(silent, 10, 0)
    assert push.decide(seen, may_raise=False, sku_blocked=True, live=True) == Push(LISTING, 6, 10)
    sold = read(push.pushed(ten, 10, at(7200), keeps_sales=False), 7, 0)
    assert push.gap(sold) == 3  # sold since, whatever our clock says
    later = read(sold, 7, 5)
    assert (push.gap(later), later.shown_at) == (3, at(5))


def test_lanes_to_zero_first_then_lower_then_raise() -> None:
    pushes = [Push(LISTING, 9, 5), Push(LISTING, 3, 5), Push(LISTING, 0, 5)]
    assert [push.lane(each) for each in sorted(pushes, key=push.lane)] == [Lane.ZERO, Lane.LOWER, Lane.RAISE]


@pytest.mark.parametrize(
    ("watermark", "justified_at", "allowed"),
    [(None, at(0), False), (at(59), at(0), False), (at(60), at(0), True), (None, None, True)],
)
def test_a_raise_needs_the_feed_complete_past_its_reason_plus_the_lag(
    watermark: datetime | None, justified_at: datetime | None, allowed: bool
) -> None:
    assert push.raise_allowed(watermark, LAG, justified_at) is allowed


def test_a_drop_after_an_unanswered_write_is_held_but_nobody_is_asked(ten: ListingState) -> None:
    """A raise to 15 was never answered and never carried out: the mall still shows 10."""
    lost = push.unanswered(ten, 15, at(5), keeps_sales=False)
    seen = read(lost, 10, 10)
    assert push.gap(seen) == 5
    after, event = push.expire(seen, at(100), timedelta(seconds=10))
    assert (push.gap(after), event) == (0, None)
