"""Numbers to Square's tills: read, and written as differences (pos.md §2.4, §2.8)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from bridge.channels.port import Outcome, PushItem
from bridge.channels.square import facts
from bridge.channels.square.ids import listing_key
from bridge.channels.square.wire import WRITE
from bridge.domain.orders import ListingKey
from bridge.domain.till import RowKind
from bridge.errors import NeedsPerson, TryAgain
from bridge.sandbox.faults import Instead, Late, Lost, Refuse, ReplyLost, path_contains
from tests.contract.tills.square_bench import HONSHA, KEY, SHIBUYA, SquareBench

WRITING, CHANGES, COUNTS = (path_contains(part) for part in ("batch-create", "changes/batch-r", "counts/batch-r"))
ANOTHER = "0b2f7f0e-1111-4f4e-9f65-0d4f8e5a1a11"


@pytest.fixture
def till() -> SquareBench:
    return SquareBench()


def outcomes(till: SquareBench, quantities: Mapping[ListingKey, int], key: str = KEY) -> list[Outcome]:
    return [each.outcome for each in till.push(quantities, key)]


def writes(till: SquareBench) -> list[dict[str, Any]]:
    """The bodies of all writes, those that went out again too."""
    return [json.loads(record.sent) for record in till.asked("write")]


# Reading


def test_each_place_has_its_own_number(till: SquareBench) -> None:
    here, there = till.add("tea", 10), till.add("tea", 3, HONSHA)
    assert till.channel.read([here, there]) == {here: 10, there: 3}
    assert (till.channel.place_of(here), till.channel.place_of(there)) == (SHIBUYA, HONSHA)


def test_t26_what_was_never_counted_shows_0_and_is_not_missing(till: SquareBench) -> None:
    pot, sold_out = till.add("pot", None), till.add("tea", 0)
    assert till.channel.read([pot, sold_out]) == {pot: 0, sold_out: 0}


def test_t39_what_is_unknown_or_deleted_or_elsewhere_is_left_out(till: SquareBench) -> None:
    gone, elsewhere = till.add("tea", 10), till.add("cup", 3, "LSANDBOX3")
    till.simulator.delete_variation(till.wire(gone))
    assert till.channel.read([gone, elsewhere, listing_key("VAR-nobody", SHIBUYA), ListingKey("square", "?")]) == {}


def test_t24_a_number_below_zero_is_what_it_is(till: SquareBench) -> None:
    """A till goes on selling where the shelf has more than it knows of."""
    tea = till.add("tea", 1)
    till.sell(tea, 3)
    assert till.channel.read([tea]) == {tea: -2}
    assert outcomes(till, {tea: 4}) == [Outcome.DONE]
    assert till.stock(tea) == 4


def test_t24_a_number_with_a_fraction_is_left_out_and_told(till: SquareBench) -> None:
    tea = till.add("tea", "2.5")
    assert till.channel.read([tea]) == {}
    assert outcomes(till, {tea: 4}) == [Outcome.REFUSED]
    alarms = till.read_orders().alarms
    assert alarms is not None
    assert "fraction" in alarms[tea.id].en


def test_t27_what_is_not_tracked_here_is_left_out_and_told(till: SquareBench) -> None:
    tea, cup = till.add("tea", 10), till.add("cup", 10)
    till.simulator.variation(till.wire(tea)).tracked_at[SHIBUYA] = False
    till.simulator.variation(till.wire(cup)).tracked_at[HONSHA] = False
    assert till.channel.read([tea, cup]) == {cup: 10}
    alarms = till.read_orders().alarms
    assert alarms is not None
    assert alarms.keys() == {tea.id}


def test_t27_an_alarm_ends_when_it_is_tracked_again(till: SquareBench) -> None:
    tea = till.add("tea", 10, tracked=False)
    assert till.read_orders().alarms is None  # nothing was looked at yet
    till.channel.read([tea])
    assert till.read_orders().alarms
    till.simulator.variation(till.wire(tea)).tracked = True
    till.clock.sleep(facts.VARIATIONS_KNOWN_FOR.total_seconds() + 1)
    till.channel.read([tea])
    assert till.read_orders().alarms == {}


@pytest.mark.parametrize(("member", "value"), [("stockable", False), ("unit", "UNIT-GRAM")])
def test_t28_what_is_composed_or_measured_is_left_out_and_told(till: SquareBench, member: str, value: Any) -> None:
    tea = till.add("tea", 10)
    setattr(till.simulator.variation(till.wire(tea)), member, value)
    assert till.channel.read([tea]) == {}
    alarms = till.read_orders().alarms
    assert alarms is not None
    assert alarms.keys() == {tea.id}


def test_t28_an_estimate_is_no_number(till: SquareBench) -> None:
    tea = till.add("tea", 10)
    row = {"catalog_object_id": "VAR-tea", "state": "IN_STOCK", "location_id": SHIBUYA, "quantity": "7"}
    row |= {"calculated_at": "2026-11-23T01:00:00Z", "is_estimated": True}
    till.faults.next(Instead(200, json.dumps({"counts": [row]})), COUNTS)
    assert till.channel.read([tea]) == {tea: 0}


def test_numbers_come_in_pages(till: SquareBench) -> None:
    till.simulator.switches.page, till.simulator.switches.empty_pages = 2, True
    mine = {till.add(f"tea-{n}", n): n for n in range(7)}
    assert till.channel.read(mine) == mine


# Writing


def test_less_is_sold_elsewhere_and_more_is_received(till: SquareBench) -> None:
    tea, cup = till.add("tea", 10), till.add("cup", 5)
    assert outcomes(till, {tea: 7, cup: 9}) == [Outcome.DONE, Outcome.DONE]
    assert (till.stock(tea), till.stock(cup)) == (7, 9)
    [body] = writes(till)
    moves = [each["adjustment"] for each in body["changes"]]
    assert [(move["from_state"], move["to_state"], move["quantity"]) for move in moves] == [
        ("IN_STOCK", "SOLD", "3"),
        ("NONE", "IN_STOCK", "4"),
    ]
    assert {move["from_location_id"] for move in moves} == {move["to_location_id"] for move in moves} == {SHIBUYA}


def test_t26_what_was_never_counted_is_counted(till: SquareBench) -> None:
    """And dated a moment back, so that a sale of this instant still comes off it."""
    pot, sold_out = till.add("pot", None), till.add("tea", 1)
    till.sell(sold_out, 1)
    assert outcomes(till, {pot: 12, sold_out: 5}) == [Outcome.DONE, Outcome.DONE]
    [body] = writes(till)
    assert [each["type"] for each in body["changes"]] == ["PHYSICAL_COUNT", "ADJUSTMENT"]
    till.sell(pot, 1)
    assert (till.stock(pot), till.stock(sold_out)) == (11, 5)


def test_t26_the_next_number_is_a_difference_again(till: SquareBench) -> None:
    pot = till.add("pot", None)
    till.push({pot: 12})
    till.push({pot: 0}, ANOTHER)
    till.push({pot: 4}, KEY)
    assert [each["type"] for body in writes(till) for each in body["changes"]] == [
        "PHYSICAL_COUNT",
        "ADJUSTMENT",
        "ADJUSTMENT",
    ]
    assert till.stock(pot) == 4


def test_t33_a_count_equal_to_the_last_is_carried_out_all_the_same(till: SquareBench) -> None:
    """Square drops it unless it is asked not to."""
    pot = till.add("pot", None)
    till.push({pot: 12})
    [body] = writes(till)
    assert body["ignore_unchanged_counts"] is False


def test_a_sale_between_our_look_and_our_write_stays_sold(till: SquareBench) -> None:
    tea = till.add("tea", 10)
    till.before_writing(lambda: till.sell(tea, 2))
    assert outcomes(till, {tea: 7}) == [Outcome.DONE]
    assert till.stock(tea) == 5
    till.read_orders()
    assert till.booked(tea) == -2


def test_what_shows_another_number_than_was_decided_on_is_decided_anew(till: SquareBench) -> None:
    tea, cup = till.add("tea", 10), till.add("cup", 10)
    till.sell(tea, 1)
    pushed = till.channel.push([PushItem(tea, 7, 10), PushItem(cup, 7, 10)], KEY)
    assert [each.outcome for each in pushed] == [Outcome.STALE, Outcome.DONE]
    assert (till.stock(tea), till.stock(cup)) == (9, 7)


def test_a_hundred_go_into_one_request(till: SquareBench) -> None:
    mine = {till.add(f"tea-{n:03d}", 5): 3 for n in range(230)}
    assert set(outcomes(till, mine)) == {Outcome.DONE}
    assert [len(body["changes"]) for body in writes(till)] == [100, 100, 30]
    assert len({body["idempotency_key"] for body in writes(till)}) == 3


def test_the_same_push_again_changes_nothing(till: SquareBench) -> None:
    tea, cup = till.add("tea", 10), till.add("cup", 5)
    items = [PushItem(tea, 7, 10), PushItem(cup, 9, 5)]
    first, again = till.channel.push(items, KEY), till.channel.push(items, KEY)
    assert [each.outcome for each in (*first, *again)] == [Outcome.DONE] * 4
    assert (till.stock(tea), till.stock(cup)) == (7, 9)
    one, other = till.asked("write")
    assert one.sent == other.sent


def test_t35_the_same_push_of_another_process_changes_nothing(till: SquareBench) -> None:
    """It dates its rows otherwise: a look at the number is enough, and where nothing is to be seen yet, the key is."""
    tea = till.add("tea", 10)
    items = [PushItem(tea, 7, 10)]
    till.channel.push(items, KEY)
    till.clock.sleep(60)
    till.connect()
    assert [each.outcome for each in till.channel.push(items, KEY)] == [Outcome.STALE]
    till.simulator.set_stock_by_hand(till.wire(tea), 10)
    assert [each.outcome for each in till.channel.push(items, KEY)] == [Outcome.STALE]
    assert till.stock(tea) == 10  # it was carried out, once, and somebody has counted since
    assert till.read_orders().rows[-1].kind is RowKind.COUNTED


def test_t35_a_key_is_of_one_body(till: SquareBench) -> None:
    tea = till.add("tea", 10)
    till.channel.push([PushItem(tea, 7, 10)], KEY)
    till.channel.push([PushItem(tea, 5, 7)], KEY)
    assert till.stock(tea) == 5


def test_nothing_is_written_in_shadow(till: SquareBench) -> None:
    tea = till.add("tea", 10)
    till.live = False
    with pytest.raises(RuntimeError, match="shadow"):
        till.push({tea: 7})
    assert till.simulator.write_count == 0


# Refusals


def test_a_row_that_is_refused_blocks_no_other(till: SquareBench) -> None:
    mine = {till.add(f"tea-{n}", 5): 3 for n in range(8)}
    bad = list(mine)[5]
    till.channel.read(mine)
    till.simulator.delete_variation(till.wire(bad))  # it is still believed to be there
    found = {each.listing: each.outcome for each in till.push(mine)}
    assert found.pop(bad) is Outcome.REFUSED
    assert set(found.values()) == {Outcome.DONE}
    assert {till.stock(each) for each in found} == {3}


@pytest.mark.parametrize("atomic", [True, False])
@pytest.mark.parametrize("named", [True, False])
def test_a_bad_row_is_found_whether_it_is_named_or_not(till: SquareBench, atomic: bool, named: bool) -> None:
    """And nothing is done twice, should a refused request have been carried out in part."""
    till.simulator.switches.atomic = atomic
    till.simulator.switches.lowest = 0
    mine = {till.add(f"tea-{n}", 5): 3 for n in range(8)}
    bad = list(mine)[5]
    till.simulator.switches.names_rows = named
    till.before_writing(lambda: till.sell(bad, 4))  # so few are left that 2 can't be taken
    found = {each.listing: each.outcome for each in till.push(mine)}
    assert found.pop(bad) in (Outcome.REFUSED, Outcome.STALE)
    assert set(found.values()) == {Outcome.DONE}
    assert {till.stock(each) for each in found} == {3}
    assert till.stock(bad) == 1


# Answers that never came


@pytest.mark.parametrize("fault", [Lost(timed_out=True), ReplyLost(), Refuse(503), Refuse(429)])
def test_a_write_without_an_answer_goes_out_again_as_it_was(till: SquareBench, fault: Any) -> None:
    tea = till.add("tea", 10)
    till.faults.next(fault, WRITING)
    assert outcomes(till, {tea: 7}) == [Outcome.DONE]
    assert till.stock(tea) == 7
    one, other = till.asked("write")
    assert one.sent == other.sent


def test_a_write_that_comes_late_is_carried_out_once(till: SquareBench) -> None:
    tea = till.add("tea", 10)
    till.faults.next(Late(), WRITING)
    assert outcomes(till, {tea: 7}) == [Outcome.DONE]
    till.faults.deliver_late()
    assert till.stock(tea) == 7


def silent(till: SquareBench, tea: ListingKey, *, applied: bool) -> None:
    """A push that is never answered, however often it goes out."""
    for _ in range(WRITE.attempts):
        till.faults.next(ReplyLost() if applied else Lost(timed_out=True), WRITING)
    assert outcomes(till, {tea: 7}) == [Outcome.UNKNOWN]


def test_what_was_done_without_an_answer_is_found_by_its_mark(till: SquareBench) -> None:
    tea = till.add("tea", 10)
    silent(till, tea, applied=True)
    items = [PushItem(tea, 7, 10)]  # decided on what was read before
    assert [each.outcome for each in till.channel.push(items, ANOTHER)] == [Outcome.STALE]
    assert till.channel.read([tea]) == {tea: 7}
    answer = till.read_orders()
    assert (answer.orders, answer.rows, till.stock(tea)) == ((), (), 7)


def test_what_was_not_done_is_decided_anew_a_minute_later(till: SquareBench) -> None:
    """Until then it may still be on its way."""
    tea = till.add("tea", 10)
    silent(till, tea, applied=False)
    assert outcomes(till, {tea: 6}, ANOTHER) == [Outcome.LATER]
    assert till.stock(tea) == 10
    till.clock.sleep(facts.DOUBT.total_seconds())
    assert outcomes(till, {tea: 6}, "0b2f7f0e-2222-4f4e-9f65-0d4f8e5a1a11") == [Outcome.DONE]
    assert till.stock(tea) == 6


def test_a_write_that_arrives_in_doubt_is_not_done_again(till: SquareBench) -> None:
    tea = till.add("tea", 10)
    for _ in range(WRITE.attempts):
        till.faults.next(Late(), WRITING)
    assert outcomes(till, {tea: 7}) == [Outcome.UNKNOWN]
    assert outcomes(till, {tea: 7}, ANOTHER) == [Outcome.LATER]
    till.clock.sleep(20)
    till.faults.deliver_late()
    assert outcomes(till, {tea: 6}, "0b2f7f0e-3333-4f4e-9f65-0d4f8e5a1a11") == [Outcome.STALE]
    assert outcomes(till, {tea: 6}, "0b2f7f0e-4444-4f4e-9f65-0d4f8e5a1a11") == [Outcome.DONE]
    assert till.stock(tea) == 6


def test_others_are_not_held_up_by_one_in_doubt(till: SquareBench) -> None:
    tea, cup = till.add("tea", 10), till.add("cup", 10)
    silent(till, tea, applied=False)
    assert outcomes(till, {tea: 6, cup: 6}, ANOTHER) == [Outcome.LATER, Outcome.DONE]


@pytest.mark.parametrize("tells", [True, False])
def test_errors_beside_data_leave_a_doubt(till: SquareBench, tells: bool) -> None:
    """§2.2: an answer may hold both."""
    tea, cup = till.add("tea", 10), till.add("cup", 10)
    row = {"id": "ADJX", "catalog_object_id": "VAR-tea", "from_state": "IN_STOCK", "to_state": "SOLD", "quantity": "3"}
    row |= {"from_location_id": SHIBUYA, "to_location_id": SHIBUYA, "created_at": "2026-11-23T01:00:05Z"}
    error = {"category": "API_ERROR", "code": "INTERNAL_SERVER_ERROR", "detail": "no"}

    def answer(mark: str) -> str:
        changes = [{"type": "ADJUSTMENT", "adjustment": row | {"reference_id": mark}}] if tells else []
        return json.dumps({"errors": [error], "changes": changes})

    till.instead_of_writing(lambda body: answer(body["changes"][0]["adjustment"]["reference_id"]))
    assert outcomes(till, {tea: 7, cup: 7}) == [Outcome.DONE if tells else Outcome.UNKNOWN, Outcome.UNKNOWN]
    assert outcomes(till, {cup: 7}, ANOTHER) == [Outcome.LATER]


# Time


def test_counts_that_lag_are_waited_for(till: SquareBench) -> None:
    """A number from before our own write would be taken for somebody's hand, and the difference sent twice."""
    tea = till.add("tea", 10)
    till.channel.read([tea])
    till.simulator.switches.count_lag = 3.0
    assert outcomes(till, {tea: 7}) == [Outcome.DONE]
    assert till.channel.read([tea]) == {tea: 7}
    till.clock.sleep(60)
    assert till.channel.read([tea]) == {tea: 7}


def test_a_lag_without_end_is_not_waited_for(till: SquareBench) -> None:
    tea = till.add("tea", 10)
    till.push({tea: 7})
    till.simulator.switches.count_lag = 3600.0
    before = till.clock.monotonic()
    till.channel.read([tea])
    assert till.clock.monotonic() - before < 10


def test_the_first_look_waits_for_what_a_killed_bridge_may_have_written(till: SquareBench) -> None:
    tea = till.add("tea", 10)
    till.simulator.switches.count_lag = 3.0
    till.clock.sleep(60)
    till.push({tea: 7})
    till.connect()
    assert till.channel.read([tea]) == {tea: 7}


@pytest.mark.parametrize("behind", [0.0, 90.0])
def test_t32_what_is_sent_is_never_dated_in_squares_future(till: SquareBench, behind: float) -> None:
    till.simulator.switches.clock_behind = behind
    tea, pot = till.add("tea", 10), till.add("pot", None)
    assert set(outcomes(till, {tea: 7, pot: 3})) == {Outcome.DONE}


def test_t32_what_is_old_is_planned_anew(till: SquareBench) -> None:
    """Its bytes are a day old, and would be refused."""
    tea = till.add("tea", 10)
    silent(till, tea, applied=False)
    till.clock.sleep(timedelta(hours=25).total_seconds())
    assert outcomes(till, {tea: 7}, ANOTHER) == [Outcome.DONE]
    assert till.stock(tea) == 7


@pytest.mark.parametrize("tells", [True, False])
def test_our_rows_are_known_though_the_answer_doesnt_tell_them(till: SquareBench, tells: bool) -> None:
    till.simulator.switches.tells_changes = tells
    tea = till.add("tea", 10)
    till.push({tea: 7})
    answer = till.read_orders()
    assert (answer.orders, answer.rows) == ((), ())


# Trouble


def test_a_refused_read_is_for_a_person(till: SquareBench) -> None:
    error = {"errors": [{"category": "INVALID_REQUEST_ERROR", "code": "INVALID_VALUE", "detail": "no"}]}
    tea = till.add("tea", 10)
    till.faults.next(Instead(400, json.dumps(error)), COUNTS)
    with pytest.raises(NeedsPerson, match="INVALID_VALUE"):
        till.channel.read([tea])
    till.faults.next(Instead(400, json.dumps(error)), CHANGES)
    with pytest.raises(NeedsPerson, match="INVALID_VALUE"):
        till.read_orders()


def test_a_page_of_something_else_is_tried_again(till: SquareBench) -> None:
    tea = till.add("tea", 10)
    for _ in range(5):
        till.faults.next(Instead(200, "<html>maintenance</html>", "text/html"), COUNTS)
    with pytest.raises(TryAgain):
        till.channel.read([tea])
    assert till.channel.read([tea]) == {tea: 10}
