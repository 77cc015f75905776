"""What Square's tills did, out of the history of movements (pos.md §2.4, §2.7)."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import Mock

import pytest

from bridge.channels.answers import senseless
from bridge.channels.port import Outcome
from bridge.channels.square.recounts import Recounts
from bridge.domain.till import RowKind, TillRow
from bridge.errors import TryAgain
from tests.contract.tills.square_bench import ELSEWHERE, HONSHA, SHIBUYA, SquareBench

IN_STOCK = "IN_STOCK"


@pytest.fixture
def till() -> SquareBench:
    return SquareBench()


def told(till: SquareBench) -> list[tuple[int, RowKind]]:
    """Δ and reason of each row of the till, in the order they came."""
    return [(row.units, row.kind) for row in till.rows.values()]


# Sales and returns


def test_a_sale_is_placed_and_shipped_at_once(till: SquareBench) -> None:
    tea = till.add("tea", 10)
    till.sell(tea, 2)
    till.read_orders()
    [line] = till.lines()
    assert (line.listing, line.ordered, line.open, line.shipped, line.returned, line.taken) == (tea, 2, 0, 2, 0, 2)
    assert (till.booked(tea), till.channel.read([tea])) == (-2, {tea: 8})


def test_the_lines_of_a_receipt_are_orders_of_their_own(till: SquareBench) -> None:
    tea, cup = till.add("tea", 10), till.add("cup", 5)
    till.simulator.place([(till.wire(tea), 1), (till.wire(cup), 2)])
    till.read_orders()
    assert {(line.listing, line.shipped) for line in till.lines()} == {(tea, 1), (cup, 2)}
    assert len(till.orders) == 2


def test_a_sale_in_the_sellers_square_online_shop_is_one_too(till: SquareBench) -> None:
    tea = till.add("tea", 10)
    till.simulator.move(till.wire(tea), 1, IN_STOCK, "SOLD_ONLINE", "order", product="ONLINE_STORE")
    till.read_orders()
    assert [line.shipped for line in till.lines()] == [1]


def test_what_is_read_again_says_the_same(till: SquareBench) -> None:
    tea = till.add("tea", 10)
    till.sell(tea, 2)
    first = till.read_orders()
    again = till.read_orders()
    assert [order.lines for order in again.orders] == [order.lines for order in first.orders]
    assert again.orders[0].version > first.orders[0].version
    assert till.booked(tea) == -2


def test_t36_goods_that_come_back_wait_to_be_inspected(till: SquareBench) -> None:
    """With the sale's receipt or without: the row that brings them into stock is an order of its own."""
    tea = till.add("tea", 10)
    sale = till.sell(tea, 3)
    till.void(sale, 1)
    till.give_back(tea, 2)
    till.read_orders()
    back = [line for line in till.lines() if line.returned]
    assert [(line.ordered, line.open, line.shipped, line.returned, line.taken) for line in back] == [
        (0, 0, 0, 1, -1),
        (0, 0, 0, 2, -2),
    ]
    assert till.booked(tea) == -3  # what came back is in nobody's stock yet


def test_t36_a_refund_without_restock_moves_nothing(till: SquareBench) -> None:
    tea = till.add("tea", 10)
    till.void(till.sell(tea, 3), 1, restock=False)
    till.read_orders()
    assert [(line.shipped, line.returned) for line in till.lines()] == [(3, 0)]


@pytest.mark.parametrize("tells", [True, False])
def test_t36_a_restock_that_is_edited_later_says_another_number(till: SquareBench, tells: bool) -> None:
    """Whether `updated_after` finds an edited row is not known: a sweep a day does."""
    till.simulator.switches.edits_touch = tells
    tea = till.add("tea", 10)
    sale = till.sell(tea, 3)
    row = till.simulator.refund(sale, "1", 2, restock=True)
    assert row is not None
    till.read_orders()
    till.read_orders(wait=3600)
    till.simulator.edit_restock(row, 1)
    till.read_orders()
    if not tells:
        assert till.orders[row.id].lines[0].returned == 2
        till.read_orders(wait=24 * 3600)
    [line] = till.orders[row.id].lines
    assert (line.returned, line.taken) == (1, -1)


def test_t30_a_sale_of_an_amount_alone_moves_nothing(till: SquareBench) -> None:
    """Nor does one of a thing that isn't tracked: neither has a row."""
    tea = till.add("tea", None, tracked=False)
    till.sell(tea, 1)
    answer = till.read_orders()
    assert (answer.orders, answer.rows) == ((), ())


# Late sales


def test_t31_a_sale_of_days_ago_that_arrives_now_is_found(till: SquareBench) -> None:
    """The list begins with the oldest by the till's clock, though the filter is by when Square had it."""
    tea = till.add("tea", 10)
    till.sell(tea, 1)
    till.read_orders()
    till.clock.sleep(3600)
    till.sell(tea, 1)
    till.sell_offline(tea, 2, late=timedelta(hours=70))
    arrived = till.clock.now()
    answer = till.read_orders()
    late = answer.orders[-1]
    assert [line.shipped for line in late.lines] == [2]
    assert late.placed_at == arrived  # it counts from then: nobody had seen it before
    assert till.booked(tea) == -4


def test_t31_a_sale_from_before_a_count_that_had_seen_it_counts_once(till: SquareBench) -> None:
    """Square's own example: counted 95 at half past, a sale of 2 from twenty past arrives at 13:35; still 95."""
    tea = till.add("tea", 100)
    sold_at = till.clock.now()
    till.clock.sleep(600)
    till.recount(tea, 95)
    till.read_orders()
    assert till.booked(tea) == -5
    till.clock.sleep(300)
    till.sell(tea, 2, at=sold_at)
    till.read_orders()
    assert [line.shipped for line in till.lines()] == [2]
    assert (till.stock(tea), 100 + till.booked(tea)) == (95, 95)


def test_t31_also_where_the_count_was_read_long_before(till: SquareBench) -> None:
    tea = till.add("tea", 100)
    sold_at = till.clock.now()
    till.clock.sleep(600)
    till.recount(tea, 95)
    till.read_orders()
    till.read_orders(wait=30 * 3600)  # the daily sweep is done
    till.read_orders(wait=3600)
    till.sell(tea, 2, at=sold_at)
    till.read_orders()
    assert (till.stock(tea), 100 + till.booked(tea)) == (95, 95)


def test_t31_a_first_alignment_has_not_seen_the_shelf(till: SquareBench) -> None:
    """The number that we set doesn't fall for a sale from before it; the books do, and the next push tells."""
    tea = till.add("tea", None)
    sold_at = till.clock.now()
    till.clock.sleep(600)
    [pushed] = till.push({tea: 12})
    assert pushed.outcome is Outcome.DONE
    till.clock.sleep(1)
    till.sell(tea, 2, at=sold_at)
    till.read_orders()
    [line] = till.lines()
    assert (line.shipped, line.taken, till.stock(tea), till.booked(tea)) == (2, 0, 12, -2)


# What else moves at the till


def test_t34_a_recount_is_booked_once_by_what_it_changed(till: SquareBench) -> None:
    tea = till.add("tea", 10)
    till.recount(tea, 7)
    till.recount(tea, 7)
    till.read_orders()
    assert told(till) == [(-3, RowKind.COUNTED)]
    till.recount(tea, 9)
    till.read_orders()
    assert told(till) == [(-3, RowKind.COUNTED), (2, RowKind.COUNTED)]


@pytest.mark.parametrize("links", [True, False])
def test_t34_a_count_that_doesnt_name_its_adjustment_is_booked_once(till: SquareBench, links: bool) -> None:
    till.simulator.switches.links = links
    tea = till.add("tea", 10)
    till.recount(tea, 7)
    till.read_orders()
    assert told(till) == [(-3, RowKind.COUNTED)]


def test_t34_a_count_without_an_adjustment_is_held_against_the_history(till: SquareBench) -> None:
    till.simulator.switches.infers = False
    tea = till.add("tea", 10)
    till.sell(tea, 1)
    till.receive(tea, 4)
    till.clock.sleep(1)
    till.recount(tea, 11)
    till.clock.sleep(1)
    till.sell(tea, 1)
    till.read_orders()
    assert [row for row in told(till) if row[1] is RowKind.COUNTED] == [(-2, RowKind.COUNTED)]
    assert (till.stock(tea), 10 + till.booked(tea)) == (10, 10)


@pytest.mark.parametrize("infers", [True, False])
@pytest.mark.parametrize("days", [0, 3])
def test_t34_a_count_that_arrives_after_a_later_one_says_nothing_new(
    till: SquareBench, infers: bool, days: int
) -> None:
    till.simulator.switches.infers = infers
    tea = till.add("tea", 10)
    earlier = till.clock.now()
    till.clock.sleep(600)
    till.recount(tea, 9)
    till.read_orders()
    assert (till.stock(tea), 10 + till.booked(tea)) == (9, 9)
    till.read_orders(wait=days * 86_400)
    till.recount(tea, 8, at=earlier)
    till.read_orders()
    assert (till.stock(tea), 10 + till.booked(tea)) == (9, 9)


def test_t34_an_adjustment_that_appears_later_takes_the_place_of_what_was_reckoned(till: SquareBench) -> None:
    tea = till.add("tea", 10)
    till.simulator.switches.links = False
    till.recount(tea, 7)
    [count, inferred] = [row for row in till.simulator.rows_of("VAR-tea") if row.visible >= till.clock.start]
    assert inferred.count == count.id
    inferred.visible += timedelta(minutes=5)
    till.read_orders()
    assert told(till) == [(-3, RowKind.COUNTED)]
    till.read_orders(wait=360)
    assert told(till) == [(-3, RowKind.COUNTED)]


def test_what_comes_in_and_what_is_thrown_away(till: SquareBench) -> None:
    tea = till.add("tea", 10)
    till.receive(tea, 5)
    till.lose(tea, 2)
    till.read_orders()
    assert told(till) == [(5, RowKind.RECEIVED), (-2, RowKind.LOST)]
    assert 10 + till.booked(tea) == till.stock(tea)


def test_a_transfer_leaves_one_place_and_comes_to_the_other(till: SquareBench) -> None:
    here = till.add("tea", 10)
    there = till.add("tea", 1, HONSHA)
    till.simulator.transfer(till.wire(here), HONSHA, 4)
    till.read_orders()
    rows = {row.listing: (row.units, row.kind) for row in till.rows.values()}
    assert rows == {here: (-4, RowKind.SENT), there: (4, RowKind.ARRIVED)}
    assert len(till.rows) == 2  # each under an id of its own


def test_a_transfer_to_a_place_that_is_not_ours_is_half_of_one(till: SquareBench) -> None:
    tea = till.add("tea", 10)
    till.simulator.transfer(till.wire(tea), ELSEWHERE, 4)
    till.read_orders()
    assert told(till) == [(-4, RowKind.SENT)]


def test_what_is_sold_at_a_place_that_is_not_ours_is_none_of_our_business(till: SquareBench) -> None:
    tea = till.add("tea", 10, ELSEWHERE)
    till.sell(tea, 1)
    answer = till.read_orders()
    assert (answer.orders, answer.rows) == ((), ())


def test_t25_only_what_can_be_sold_counts_and_each_place_for_itself(till: SquareBench) -> None:
    here, there = till.add("tea", 10), till.add("tea", 3, HONSHA)
    till.simulator.move(till.wire(here), 2, "RESERVED_FOR_SALE", "SOLD", "hand")  # it had left the stock before
    till.sell(there, 1)
    till.read_orders()
    assert [(line.listing, line.shipped) for line in till.lines()] == [(there, 1)]
    assert till.channel.read([here, there]) == {here: 10, there: 2}


@pytest.mark.parametrize("state", ["RESERVED_FOR_SALE", "CUSTOM", "SUPPORTED_BY_NEWER_VERSION", "UNTRACKED"])
def test_t44_what_nobody_has_told_us_of_counts_by_its_units(till: SquareBench, state: str) -> None:
    tea = till.add("tea", 10)
    till.simulator.move(till.wire(tea), 3, IN_STOCK, state, "hand")
    till.simulator.move(till.wire(tea), 1, state, IN_STOCK, "hand")
    till.read_orders()
    assert told(till) == [(-3, RowKind.OTHER), (1, RowKind.OTHER)]


def test_t29_a_row_of_another_object_is_of_nothing_that_we_list(till: SquareBench) -> None:
    tea = till.add("tea", 10)
    till.simulator.move(till.wire(tea), 3, IN_STOCK, "SOLD", "hand", object_type="ITEM")
    answer = till.read_orders()
    assert (answer.orders, answer.rows, dict(answer.problems)) == ((), (), {})


def test_t24_a_fraction_of_a_piece_is_a_problem_and_never_rounded(till: SquareBench) -> None:
    tea = till.add("tea", "10")
    till.simulator.move(till.wire(tea), "2.5", IN_STOCK, "SOLD", "hand")
    till.simulator.move(till.wire(tea), "2.00000", IN_STOCK, "SOLD", "hand")
    answer = till.read_orders()
    assert [line.shipped for line in till.lines()] == [2]
    [hint] = answer.problems.values()
    assert "2.5" in hint.en
    assert "2.5" in hint.ja


def test_t40_the_rows_of_an_older_version_are_understood_too(
    till: SquareBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before 2026-07-15 an adjustment had one location, and a recount no adjustment."""
    monkeypatch.setattr("bridge.channels.square.facts.VERSION", "2025-08-20")
    tea = till.add("tea", 10)
    till.sell(tea, 2)
    till.clock.sleep(1)
    till.recount(tea, 7)
    till.read_orders()
    assert [line.shipped for line in till.lines()] == [2]
    assert told(till) == [(-1, RowKind.COUNTED)]


# Our own writes


def test_our_own_writes_are_no_news(till: SquareBench) -> None:
    tea, cup, pot = till.add("tea", 10), till.add("cup", 5), till.add("pot", None)
    assert {each.outcome for each in till.push({tea: 7, cup: 9, pot: 12})} == {Outcome.DONE}
    answer = till.read_orders()
    assert (answer.orders, answer.rows, dict(answer.problems)) == ((), (), {})


def test_our_own_writes_are_known_after_a_restart(till: SquareBench) -> None:
    """By the mark that each bears; and what was inferred from a count of ours by the count."""
    tea, cup, pot = till.add("tea", 10), till.add("cup", 5), till.add("pot", None)
    till.push({tea: 7, cup: 9, pot: 12})
    till.connect()
    answer = till.read_orders()
    assert (answer.orders, answer.rows, dict(answer.problems)) == ((), (), {})


@pytest.mark.parametrize("restarted", [True, False])
def test_a_mark_on_another_row_makes_it_nobodys_but_theirs(till: SquareBench, restarted: bool) -> None:
    """Copied by another app: to another thing, with another number, or to a second row of the same kind."""
    tea, cup = till.add("tea", 10), till.add("cup", 10)
    till.push({tea: 7})
    [ours] = [row for row in till.simulator.rows_of("VAR-tea") if row.reference]
    till.clock.sleep(1)
    for listing, units in ((cup, 3), (tea, 2), (tea, 3)):
        till.simulator.written_by_another_app(till.wire(listing), units, "another-app", ours.reference)
    if restarted:
        till.connect()
    till.read_orders()
    assert sorted((line.listing, line.shipped) for line in till.lines()) == [(cup, 3), (tea, 2), (tea, 3)]


def test_what_merely_looks_like_a_mark_is_none(till: SquareBench) -> None:
    tea = till.add("tea", 10)
    for reference in ("bridge:", "bridge:0123456789abcdef:00000000", "bridge", "棚卸"):
        till.simulator.written_by_another_app(till.wire(tea), 1, "another-app", reference)
    till.read_orders()
    assert till.booked(tea) == -4


# The list itself


@pytest.mark.parametrize("empty", [True, False])
def test_every_page_is_read_and_every_row_once(till: SquareBench, empty: bool) -> None:
    till.simulator.switches.page, till.simulator.switches.empty_pages = 3, empty
    tea = till.add("tea", 100)
    for _ in range(10):
        till.sell(tea, 1)
    answer = till.read_orders()
    assert (len(answer.orders), till.booked(tea)) == (10, -10)


def test_it_is_complete_until_the_request_began(till: SquareBench) -> None:
    """Not until the newest row: a late one would be passed over."""
    till.simulator.visible_after = 20.0
    tea = till.add("tea", 10)
    till.sell(tea, 1)
    before = till.clock.now() + timedelta(seconds=10)
    assert till.read_orders().complete_until == before
    till.read_orders(wait=30)
    assert till.booked(tea) == -1


def test_nothing_is_passed_over_where_our_clock_is_ahead(till: SquareBench) -> None:
    """Rows are asked for by Square's clock."""
    till.simulator.switches.clock_behind = 1800.0
    tea = till.add("tea", 10)
    for sold in range(1, 4):
        till.read_orders(wait=60)
        till.sell(tea, 1)
        till.read_orders(wait=60)
        assert till.booked(tea) == -sold


def test_a_row_that_makes_no_sense_is_told_and_asked_for_again(till: SquareBench) -> None:
    tea = till.add("tea", 10)
    till.sell(tea, 1)
    [sale] = [row for row in till.simulator.rows_of("VAR-tea") if row.transaction]
    till.sell(tea, 2)
    good, sale.quantity = sale.quantity, "many"
    answer = till.read_orders()
    assert set(answer.problems) == {sale.id}
    assert till.booked(tea) == -2
    till.read_orders(wait=3 * 3600)  # long after it would have been passed over
    sale.quantity = good
    answer = till.read_orders(wait=3600)
    assert (dict(answer.problems), till.booked(tea)) == ({}, -3)


def test_a_row_that_makes_sense_in_a_round_that_fails_is_asked_for_again(
    till: SquareBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    tea = till.add("tea", 10)
    till.sell(tea, 1)
    [sale] = [row for row in till.simulator.rows_of("VAR-tea") if row.transaction]
    good, sale.quantity = sale.quantity, "many"
    till.read_orders()
    till.read_orders(wait=3 * 3600)
    sale.quantity = good
    with monkeypatch.context() as patch:  # a call after that of the rows isn't answered
        patch.setattr(Recounts, "before", Mock(side_effect=senseless("Square", "HTTP 503")))
        with pytest.raises(TryAgain):
            till.read_orders(wait=600)
    till.read_orders(wait=600)
    assert till.booked(tea) == -1


def test_rows_keep_the_order_in_which_square_had_them(till: SquareBench) -> None:
    tea = till.add("tea", 10)
    till.receive(tea, 5)
    till.clock.sleep(1)
    till.lose(tea, 1)
    rows: tuple[TillRow, ...] = till.read_orders().rows
    assert [row.kind for row in rows] == [RowKind.RECEIVED, RowKind.LOST]
    assert rows[0].at < rows[1].at


def test_nothing_is_asked_for_but_movements(till: SquareBench) -> None:
    """Neither orders nor payments: a row would count twice."""
    tea = till.add("tea", 10)
    till.sell(tea, 1)
    till.read_orders()
    assert {record.operation for record in till.records} == {"changes"}
    assert {record.url.partition("square.test")[2] for record in till.records} == {
        "/v2/inventory/changes/batch-retrieve"
    }
    assert SHIBUYA in till.records[0].sent
