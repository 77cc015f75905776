"""Amazon's own traps: orders, tokens and limits (amazon.md §2 to §4, §11)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bridge.channels.amazon import facts
from bridge.channels.amazon.snapshots import order_snapshot
from bridge.errors import TryAgain
from bridge.sandbox.faults import Instead, Lost, path_contains
from tests.contract.channels.conformance import LAG, AmazonMall

SIX_DAYS = 6 * 86_400.0


def queries(amazon: AmazonMall, operation: str = "searchOrders") -> list[dict[str, str]]:
    urls = [record.url for record in amazon.records if record.operation == operation]
    return [{name: each for name, [each] in parse_qs(urlsplit(url).query).items()} for url in urls]


def place(amazon: AmazonMall, units: int = 3, **more: Any) -> str:
    """An order of a listing that nobody has had before."""
    listing = amazon.add(f"tea{len(amazon.simulator.state.items)}", 10)
    order = amazon.simulator.place([(amazon.wire(listing), units)], **more)
    assert order is not None
    return str(order)


# Statuses


@pytest.mark.parametrize("shown", ["shown", "zero", "absent"])
def test_t1_what_is_not_paid_for_is_held_and_six_days_later_let_go(amazon: AmazonMall, shown: str) -> None:
    amazon.simulator.switches.pending_quantities = shown  # type: ignore[assignment]
    order = place(amazon, payment="shop")
    amazon.read_orders()
    assert amazon.counts(order) == (3, 3, 0, 0)
    amazon.read_orders(wait=SIX_DAYS - 60)
    assert amazon.counts(order) == (3, 3, 0, 0)
    amazon.read_orders(wait=120)
    assert amazon.counts(order) == (3, 0, 0, 0)


def test_t1_paid_on_the_fifth_day(amazon: AmazonMall) -> None:
    order = place(amazon, payment="shop")
    amazon.read_orders(wait=5 * 86_400)
    amazon.simulator.pay(order)
    amazon.read_orders(wait=2 * 86_400)
    assert amazon.counts(order) == (3, 3, 0, 0)
    amazon.ship(order)
    amazon.read_orders()
    assert amazon.counts(order) == (3, 0, 3, 0)


def test_all_statuses_are_read_and_no_prices_and_nothing_of_the_buyer(amazon: AmazonMall) -> None:
    """No status, payment or shipper is left out of the search (§0.4), and whether an item has a price is never looked
    at (trap 16)."""
    place(amazon)
    amazon.read_orders()
    for query in queries(amazon):
        assert query["includedData"] == "FULFILLMENT,CANCELLATION"
        assert query.keys() <= {
            "lastUpdatedAfter", "createdAfter", "marketplaceIds", "includedData", "maxResultsPerPage",
        }  # fmt: skip
    kept = "".join(record.received for record in amazon.records)
    for personal in ("buyer", "recipient", "deliveryAddress", "proceeds", "price", "cancelReason", "title"):
        assert personal not in kept


@pytest.mark.parametrize("zeroed", ["kept", "zero"])
def test_t4_a_cancelled_order_lets_go_whatever_quantities_it_shows(amazon: AmazonMall, zeroed: str) -> None:
    amazon.simulator.switches.cancelled_quantities = zeroed  # type: ignore[assignment]
    order = place(amazon)
    amazon.read_orders()
    amazon.cancel(order)
    amazon.read_orders()
    line = amazon.line(order)
    assert (line.open, line.shipped) == (0, 0)


def test_t5_a_buyers_request_is_not_a_cancellation(amazon: AmazonMall) -> None:
    order = place(amazon)
    amazon.simulator.ask_to_cancel(order)
    answer = amazon.read_orders()
    assert answer.cancel_asked == (order,)
    assert amazon.counts(order) == (3, 3, 0, 0)
    amazon.ship(order)  # the seller ships all the same
    answer = amazon.read_orders()
    assert answer.cancel_asked == ()
    assert amazon.counts(order) == (3, 0, 3, 0)


def test_t5_a_request_that_is_carried_out_is_a_cancellation(amazon: AmazonMall) -> None:
    order = place(amazon)
    amazon.simulator.ask_to_cancel(order)
    amazon.read_orders()
    amazon.cancel(order)
    answer = amazon.read_orders()
    assert answer.cancel_asked == ()
    assert amazon.counts(order) == (3, 0, 0, 0)


@pytest.mark.parametrize(("told", "ordered"), [("quantity", 2), ("execution", 3)])
def test_a_part_cancellation(amazon: AmazonMall, told: str, ordered: int) -> None:
    amazon.simulator.switches.part_cancel = told  # type: ignore[assignment]
    order = place(amazon)
    amazon.read_orders()
    assert amazon.simulator.cancel(order, units=1) == 1
    amazon.read_orders()
    assert amazon.counts(order) == (ordered, 2, 0, 0)
    amazon.ship(order)
    amazon.read_orders()
    assert amazon.counts(order) == (ordered, 0, 2, 0)


@pytest.mark.parametrize("told", ["quantity", "execution"])
@pytest.mark.parametrize("counts", [True, False])
def test_one_line_is_cancelled_and_the_other_shipped(amazon: AmazonMall, told: str, counts: bool) -> None:
    """The order is SHIPPED then, which is not true of each of its items."""
    amazon.simulator.switches.part_cancel = told  # type: ignore[assignment]
    amazon.simulator.switches.shipped_quantities = counts
    tea, cup = amazon.add("tea", 10), amazon.add("cup", 10)
    order = amazon.buy((tea, 3), (cup, 2))
    amazon.read_orders()
    first = amazon.simulator.state.orders[order].lines[0].line_id
    amazon.simulator.cancel(order, first)
    amazon.ship(order)
    amazon.read_orders()
    shown = {line.listing: (line.open, line.shipped) for line in amazon.newest[order].lines}
    assert shown == {tea: (0, 0), cup: (0, 2)}


def test_items_that_tell_no_counts(amazon: AmazonMall) -> None:
    amazon.simulator.switches.shipped_quantities = False
    order = place(amazon)
    amazon.read_orders()
    assert amazon.counts(order) == (3, 3, 0, 0)
    amazon.ship(order)
    amazon.read_orders()
    assert amazon.counts(order) == (3, 0, 3, 0)


# Who ships, and whose goods


@pytest.mark.parametrize("outside", [False, True])
def test_t7_what_amazon_ships_holds_nothing_of_ours(amazon: AmazonMall, outside: bool) -> None:
    tea, fba = amazon.add("tea", 10), amazon.add("tea-fba", 10, channel="AMAZON_JP")
    order = amazon.simulator.place([(amazon.wire(fba), 4)], outside=outside)
    assert order is not None
    amazon.read_orders()
    assert amazon.newest[order].lines == ()
    assert amazon.channel.read([tea]) == {tea: 10}
    amazon.ship(order)
    amazon.read_orders()
    assert amazon.newest[order].lines == ()


def test_t7_an_order_of_another_store_is_amazons_where_nobody_is_named(amazon: AmazonMall) -> None:
    amazon.simulator.switches.fulfilled_by_told = False
    fba = amazon.add("tea-fba", 10, channel="AMAZON_JP")
    order, own = amazon.simulator.place([(amazon.wire(fba), 4)], outside=True), place(amazon)
    amazon.read_orders()
    assert amazon.newest[str(order)].lines == ()
    assert amazon.counts(own) == (3, 3, 0, 0)  # in doubt it is ours: then nothing is sold twice


def test_an_order_that_turns_out_to_be_amazons_lets_go(amazon: AmazonMall) -> None:
    shown: dict[str, Any] = {
        "orderId": "503-0000001-0000001",
        "createdTime": "2026-11-23T01:00:00Z",
        "lastUpdatedTime": "2026-11-23T01:00:00.123Z",
        "salesChannel": {"channelName": "AMAZON"},
        "fulfillment": {"fulfillmentStatus": "PENDING"},
        "orderItems": [{"orderItemId": "1", "quantityOrdered": 2, "product": {"sellerSku": "TEA-001"}}],
    }
    now = amazon.clock.now()
    assert [line.open for line in order_snapshot(shown, "A2", now).lines] == [2]
    shown["fulfillment"]["fulfilledBy"] = "AMAZON"
    assert order_snapshot(shown, "A2", now).lines == ()  # a line that is missing is let go of (domain/orders.py)


def test_t6_a_replacement_takes_stock_like_any_order(amazon: AmazonMall) -> None:
    first = place(amazon)
    order = place(amazon, 1, replaces=first)
    amazon.read_orders()
    assert amazon.counts(order) == (1, 1, 0, 0)


def test_t8_a_line_without_its_sku_is_never_dropped(amazon: AmazonMall) -> None:
    order = place(amazon)
    amazon.simulator.unlist_line(order)
    amazon.read_orders()
    assert amazon.line(order).listing.id == "asin:B000000001"
    assert amazon.counts(order) == (3, 3, 0, 0)


def test_t19_quantities_count_offers(amazon: AmazonMall) -> None:
    """A pack of twelve that is ordered twice is two units of its listing; what is in it, 出品 says."""
    order = place(amazon, 2)
    amazon.read_orders()
    assert amazon.line(order).ordered == 2


# The poll


def test_the_search_is_two_minutes_behind(amazon: AmazonMall) -> None:
    """What is placed or changed before complete_until − lag is in an answer, the lag being more than the delay."""
    amazon.simulator.switches.update_delay = 120.0
    amazon.channel = amazon.connect(lag_seconds=180.0)
    order = place(amazon)
    assert amazon.read_orders(wait=100).orders == ()
    amazon.read_orders(wait=30)
    assert amazon.counts(order) == (3, 3, 0, 0)
    amazon.read_orders(wait=1500)
    amazon.ship(order)
    amazon.read_orders(wait=90)
    assert amazon.counts(order) == (3, 3, 0, 0)
    amazon.read_orders(wait=90)
    assert amazon.counts(order) == (3, 0, 3, 0)


def test_an_order_that_keeps_changing_is_found_by_when_it_was_placed(amazon: AmazonMall) -> None:
    """A search by changes hides it each time until two minutes later; it was sold long ago."""
    amazon.simulator.switches.update_delay = 120.0
    amazon.channel = amazon.connect(lag_seconds=180.0)
    amazon.read_orders()
    order = place(amazon, payment="shop")
    amazon.read_orders(wait=100)
    amazon.clock.sleep(190)
    amazon.simulator.pay(order)
    amazon.read_orders(wait=10)
    assert amazon.counts(order) == (3, 3, 0, 0)


def test_t3_windows_overlap_and_once_a_day_days_are_looked_at(amazon: AmazonMall) -> None:
    for _ in range(3):
        amazon.read_orders(wait=600)
    first, sweep, *others = queries(amazon)
    assert ("lastUpdatedAfter" in first, "createdAfter" in sweep) == (True, True)
    assert sweep["createdAfter"] == "2026-11-20T01:10:00Z"
    starts = ["2026-11-23T00:50:00Z", "2026-11-23T01:00:00Z"]
    assert [each["lastUpdatedAfter"] for each in others[::2]] == starts
    assert [each["createdAfter"] for each in others[1::2]] == starts
    amazon.read_orders(wait=86_400)
    assert queries(amazon)[-1]["createdAfter"] == "2026-11-21T01:30:00Z"


def test_t3_an_order_that_the_index_lost_is_found_by_the_sweep(amazon: AmazonMall) -> None:
    amazon.read_orders()
    order = place(amazon)
    record = amazon.simulator.state.orders[order]
    record.visible_at += timedelta(hours=3)  # far beyond the lag and the overlap
    for _ in range(3):
        amazon.read_orders(wait=3600)
    assert order not in amazon.newest
    amazon.read_orders(wait=86_400)
    assert amazon.counts(order) == (3, 3, 0, 0)


def test_open_orders_that_nothing_is_heard_of_are_asked_for_daily(amazon: AmazonMall) -> None:
    order = place(amazon)
    amazon.read_orders()
    for _ in range(20):
        amazon.read_orders(wait=8 * 3600)
    looked_at = [record.url for record in amazon.records if record.operation == "getOrder"]
    assert 2 <= len(looked_at) <= 4  # in six and a half days; for the first three each day's sweep finds it
    assert all(order in url for url in looked_at)
    assert amazon.counts(order) == (3, 3, 0, 0)


def test_a_single_order_that_cannot_be_asked_for_holds_up_nothing(amazon: AmazonMall) -> None:
    order = place(amazon)
    amazon.clock.sleep(10)
    for _ in range(5):
        amazon.faults.next(Lost(), path_contains("/orders/503-9"))
    answer = amazon.channel.orders(amazon.since, ["503-9999999-0000000"])
    assert [each.order for each in answer.orders] == [order]


def test_an_order_that_may_not_be_asked_for_is_a_problem_and_holds_up_no_other(amazon: AmazonMall) -> None:
    order, old = place(amazon), "503-9999999-0000000"
    amazon.clock.sleep(10)
    denied = '{"errors": [{"code": "Unauthorized", "message": "Access to requested resource is denied."}]}'
    amazon.faults.next(Instead(403, denied), path_contains(old))
    answer = amazon.channel.orders(amazon.since, [old])
    assert [each.order for each in answer.orders] == [order]
    assert set(answer.problems) == {old}


def test_a_long_paging_goes_on_at_the_next_poll(amazon: AmazonMall, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty pages at once, then one in three minutes: a read takes some minutes and leaves the rest."""
    monkeypatch.setattr(facts, "ORDERS_PAGE", 2)
    tea = amazon.add("tea", 100)
    placed = {amazon.buy((tea, 1)) for _ in range(44)}
    amazon.clock.sleep(10)
    began = amazon.clock.now()
    interrupted = 0
    while True:
        try:
            answer = amazon.channel.orders(amazon.since)
            break
        except TryAgain:
            interrupted += 1
    assert interrupted >= 2
    assert {order.order for order in answer.orders} == placed
    assert answer.complete_until == began  # what came meanwhile is for the next read
    assert sum("paginationToken" not in query for query in queries(amazon)) == 2  # each search was begun once
    assert amazon.told_off == []


def test_t15_a_pages_token_that_ended_begins_the_window_again(
    amazon: AmazonMall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts, "ORDERS_PAGE", 1)
    monkeypatch.setattr(facts, "READ_PATIENCE", timedelta(0))
    monkeypatch.setattr(facts, "PAGING_IDLE", timedelta(days=9))  # as if nothing were ever given up
    tea = amazon.add("tea", 100)
    placed = {amazon.buy((tea, 1)) for _ in range(3)}
    amazon.clock.sleep(10)
    with pytest.raises(TryAgain):
        amazon.channel.orders(amazon.since)
    amazon.clock.sleep(25 * 3600)
    with pytest.raises(TryAgain):  # Amazon refuses the token
        amazon.channel.orders(amazon.since)
    monkeypatch.setattr(facts, "READ_PATIENCE", timedelta(hours=1))
    assert {order.order for order in amazon.channel.orders(amazon.since).orders} == placed


def test_an_old_page_is_not_gone_on_with(amazon: AmazonMall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "ORDERS_PAGE", 1)
    monkeypatch.setattr(facts, "READ_PATIENCE", timedelta(0))
    tea = amazon.add("tea", 100)
    for _ in range(3):
        amazon.buy((tea, 1))
    amazon.clock.sleep(10)
    with pytest.raises(TryAgain):
        amazon.channel.orders(amazon.since)
    amazon.clock.sleep(3601)
    monkeypatch.setattr(facts, "READ_PATIENCE", timedelta(hours=1))
    before = len(amazon.records)
    amazon.channel.orders(amazon.since)
    assert amazon.records[before].operation == "token"
    assert {record.status for record in amazon.records[before:]} == {200}


def test_the_lag_of_the_settings_is_the_channels(amazon: AmazonMall) -> None:
    assert amazon.channel.capabilities.lag == timedelta(seconds=LAG)
