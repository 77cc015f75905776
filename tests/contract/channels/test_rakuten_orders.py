"""Rakuten's own traps: orders (rakuten.md §10)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, Literal

import pytest

from bridge.channels.rakuten import facts
from bridge.sandbox.malls.rakuten.records import SHIPPED
from tests.contract.channels.conformance import RakutenMall

DAY = 86_400.0


def sent(rakuten: RakutenMall, part: str) -> list[Any]:
    return [json.loads(record.sent) for record in rakuten.records if part in record.url]


def test_t1_t2_times_and_version_have_the_only_accepted_form(rakuten: RakutenMall) -> None:
    rakuten.buy((rakuten.add("tea", 5), 1))
    rakuten.read_orders()
    [search, *_], [get] = sent(rakuten, "searchOrder"), sent(rakuten, "getOrder")
    assert search["startDatetime"].endswith("+0900")
    assert "." not in search["startDatetime"]
    assert search["orderProgressList"] == [100, 200, 300, 400, 500, 600, 700, 800, 900]
    assert get["version"] == 7


def test_t3_an_order_left_out_of_the_answer_is_asked_for_again(rakuten: RakutenMall) -> None:
    tea = rakuten.add("tea", 10)
    orders = {rakuten.buy((tea, 1)), rakuten.buy((tea, 1))}
    rakuten.simulator.switches.drop_one_order = True
    answer = rakuten.read_orders()
    assert len(answer.orders) == len(answer.problems) == 1
    rakuten.simulator.switches.drop_one_order = False
    rakuten.clock.sleep(200)  # beyond what the next search looks back
    rakuten.since = rakuten.clock.now()
    assert not rakuten.read_orders(known=False).problems
    assert rakuten.newest.keys() == orders


@pytest.mark.parametrize("nulls", [True, False])
def test_t4_no_hits(rakuten: RakutenMall, nulls: bool) -> None:
    rakuten.simulator.switches.null_pagination = nulls
    assert rakuten.read_orders().orders == ()


def test_t5_long_windows_are_cut_and_full_ones_halved(rakuten: RakutenMall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "SEARCH_PAGE", 3)
    monkeypatch.setattr(facts, "SEARCH_CEILING", 8)
    rakuten.simulator.switches.search_ceiling = 8
    rakuten.simulator.state.licences[0].expires_at += timedelta(days=365)
    tea = rakuten.add("tea", 100)
    placed = set()
    for _ in range(40):
        placed.add(rakuten.buy((tea, 1)))
        rakuten.clock.sleep(4 * 86_400)
    answer = rakuten.read_orders()
    assert {order.order for order in answer.orders} == placed
    assert len(sent(rakuten, "searchOrder")) > 20


def test_t30_an_old_order_that_shows_up_while_paging(rakuten: RakutenMall, monkeypatch: pytest.MonkeyPatch) -> None:
    """It shifts all others by one, and stands on a page that was read already."""
    monkeypatch.setattr(facts, "SEARCH_PAGE", 2)
    tea = rakuten.add("tea", 100)
    placed = [rakuten.buy((tea, 1)) for _ in range(4)]
    rakuten.clock.sleep(10)
    first = rakuten.simulator.state.orders[placed[0]]
    first.visible_at += timedelta(days=1)
    searches: list[str] = []

    def late(environ: dict[str, Any]) -> None:
        searches.extend([environ["PATH_INFO"]] * ("searchOrder" in environ["PATH_INFO"]))
        if len(searches) == 2:
            first.visible_at = first.placed_at

    rakuten.faults.before = late
    rakuten.read_orders()
    assert rakuten.newest.keys() == set(placed)


def test_answers_in_any_order(rakuten: RakutenMall) -> None:
    rakuten.simulator.switches.shuffle_orders = True
    tea = rakuten.add("tea", 100)
    placed = {rakuten.buy((tea, units)): units for units in range(1, 9)}
    rakuten.read_orders()
    assert {order: rakuten.line(order).open for order in placed} == placed


def test_t6_a_cancellation_is_seen_on_an_order_out_of_the_window(rakuten: RakutenMall) -> None:
    order = rakuten.buy((rakuten.add("tea", 10), 2))
    rakuten.read_orders()
    rakuten.clock.sleep(10 * 86_400)
    rakuten.cancel(order)
    rakuten.read_orders()
    assert rakuten.counts(order) == (2, 0, 0, 0)


def test_800_lets_go_and_may_come_back(rakuten: RakutenMall) -> None:
    rakuten.simulator.switches.cancel_to = 800
    order = rakuten.buy((rakuten.add("tea", 10), 2))
    rakuten.read_orders()
    rakuten.cancel(order)
    rakuten.read_orders()
    assert rakuten.counts(order) == (2, 0, 0, 0)
    rakuten.simulator.withdraw_cancellation(order)
    rakuten.read_orders()
    assert rakuten.counts(order) == (2, 2, 0, 0)


def test_restock_is_believed_only_where_the_order_says_so(rakuten: RakutenMall) -> None:
    rakuten.simulator.switches.restore_inventory_flag = 1
    order = rakuten.buy((rakuten.add("tea", 10), 2))
    rakuten.read_orders()
    assert rakuten.line(order).taken == 2
    rakuten.cancel(order)
    rakuten.read_orders()
    assert rakuten.line(order).taken == 0


@pytest.mark.parametrize("shown", ["flag", "gone"])
def test_t19_a_deleted_line_is_open_no_more(rakuten: RakutenMall, shown: str) -> None:
    rakuten.simulator.switches.deleted_lines = shown
    tea, cup = rakuten.add("tea", 10), rakuten.add("cup", 10)
    order = rakuten.buy((tea, 2), (cup, 1))
    rakuten.simulator.cancel(order, "11")
    rakuten.read_orders()
    lines = {line.listing: line for line in rakuten.newest[order].lines}
    assert lines[cup].open == 1
    assert (tea in lines) == (shown == "flag")
    assert tea not in lines or (lines[tea].open, lines[tea].shipped) == (0, 0)
    rakuten.ship(order)
    rakuten.read_orders()
    lines = {line.listing: line for line in rakuten.newest[order].lines}
    assert lines[cup].shipped == 1
    assert tea not in lines or (lines[tea].open, lines[tea].shipped) == (0, 0)


def test_t19_two_baskets_ship_one_after_the_other(rakuten: RakutenMall) -> None:
    tea, cup = rakuten.add("tea", 10), rakuten.add("cup", 10)
    order = rakuten.simulator.place([(rakuten.wire(tea), 2), (rakuten.wire(cup), 1)], baskets=2)
    assert order is not None
    rakuten.simulator.ship(order, "11")
    rakuten.read_orders()
    assert {line.listing: (line.open, line.shipped) for line in rakuten.newest[order].lines} == {
        tea: (0, 2),
        cup: (1, 0),
    }
    rakuten.ship(order)
    rakuten.read_orders()
    assert {line.listing: (line.open, line.shipped) for line in rakuten.newest[order].lines} == {
        tea: (0, 2),
        cup: (0, 1),
    }


def test_a_parcel_dated_tomorrow_has_not_left(rakuten: RakutenMall) -> None:
    tea, cup = rakuten.add("tea", 10), rakuten.add("cup", 10)
    order = rakuten.simulator.place([(rakuten.wire(tea), 2), (rakuten.wire(cup), 1)], baskets=2)
    assert order is not None
    rakuten.simulator.state.orders[order].shipped_baskets[1] = "2026-11-24"
    rakuten.read_orders()
    assert {line.open for line in rakuten.newest[order].lines} == {1, 2}
    rakuten.clock.sleep(86_400)
    rakuten.read_orders()
    assert {line.open for line in rakuten.newest[order].lines} == {0, 1}


@pytest.mark.parametrize("source", ["order", "purchase_item"])
@pytest.mark.parametrize("state", [800, 900])
def test_an_order_cancelled_before_its_planned_shipping_date_is_never_shipped(
    rakuten: RakutenMall, state: Literal[800, 900], source: str
) -> None:
    rakuten.channel = rakuten.connect(order_source=source)
    rakuten.simulator.switches.cancel_to, rakuten.simulator.switches.cancel_fixed_after = state, 10 * DAY
    order = rakuten.buy((rakuten.add("tea", 10), 2))
    rakuten.simulator.state.orders[order].shipped_baskets[1] = "2026-11-26"
    rakuten.read_orders()
    assert rakuten.counts(order) == (2, 2, 0, 0)
    rakuten.cancel(order)
    for _ in range(5):
        rakuten.read_orders(wait=DAY)
        assert rakuten.counts(order) == (2, 0, 0, 0)


def test_an_order_cancelled_after_its_shipping_date_has_left_also_where_nobody_looked_in_between(
    rakuten: RakutenMall,
) -> None:
    order = rakuten.buy((rakuten.add("tea", 10), 2))
    rakuten.simulator.state.orders[order].shipped_baskets[1] = "2026-11-25"
    rakuten.read_orders()
    rakuten.clock.sleep(3 * DAY)
    rakuten.cancel(order)
    rakuten.read_orders()
    assert rakuten.counts(order) == (2, 0, 2, 0)


def test_a_cancellation_that_was_withdrawn_keeps_no_parcel_from_leaving(rakuten: RakutenMall) -> None:
    rakuten.simulator.switches.cancel_to, rakuten.simulator.switches.cancel_fixed_after = 800, 10 * DAY
    order = rakuten.buy((rakuten.add("tea", 10), 2))
    rakuten.simulator.state.orders[order].shipped_baskets[1] = "2026-11-25"
    rakuten.cancel(order)
    rakuten.simulator.withdraw_cancellation(order)
    rakuten.clock.sleep(3 * DAY)
    rakuten.cancel(order)
    rakuten.read_orders()
    assert rakuten.counts(order) == (2, 0, 2, 0)


def test_t23_a_line_whose_stock_rakuten_does_not_keep(rakuten: RakutenMall) -> None:
    order = rakuten.buy((rakuten.add("tea", 10, unlimited=True), 2))
    rakuten.read_orders()
    assert rakuten.counts(order) == (2, 2, 0, 0)
    assert rakuten.line(order).taken == 0


def test_orders_without_personal_data_come_from_the_other_api(rakuten: RakutenMall) -> None:
    rakuten.channel = rakuten.connect(order_source="purchase_item")
    order = rakuten.buy((rakuten.add("tea", 10), 2))
    rakuten.read_orders()
    assert rakuten.counts(order) == (2, 2, 0, 0)
    rakuten.ship(order)
    rakuten.read_orders()
    assert rakuten.counts(order) == (2, 0, 2, 0)
    assert all("version" not in body for body in sent(rakuten, "getOrderItem"))
    assert all(line.ok for line in rakuten.channel.check())


def test_a_finished_order_that_changes_is_seen_by_the_wide_read(rakuten: RakutenMall) -> None:
    order = rakuten.buy((rakuten.add("tea", 10), 2))
    rakuten.ship(order)
    rakuten.read_orders()
    rakuten.simulator.state.orders[order].progress = SHIPPED + 200
    rakuten.simulator.state.orders[order].lines[0].units = 3
    for _ in range(8):
        rakuten.read_orders(wait=60.0)
    assert rakuten.line(order).ordered == 3


def test_t7_t8_only_order_paths_end_in_a_slash_and_bodies_name_their_charset(rakuten: RakutenMall) -> None:
    asked: list[tuple[str, str]] = []
    rakuten.faults.before = lambda environ: asked.append((environ["PATH_INFO"], environ.get("CONTENT_TYPE", "")))
    tea = rakuten.add("tea", 10)
    rakuten.buy((tea, 1))
    rakuten.read_orders()
    rakuten.push({tea: 4})
    rakuten.channel.check()
    assert {path.endswith("/") == ("/order/" in path) for path, _ in asked} == {True}
    assert {kind for _, kind in asked} == {"application/json; charset=utf-8", ""}  # "": a GET has no body


def test_t20_an_edited_order_holds_its_new_units_while_consent_is_waited_for(rakuten: RakutenMall) -> None:
    rakuten.simulator.switches.edit_pending = 3600.0
    order = rakuten.buy((rakuten.add("tea", 10), 3))
    rakuten.read_orders()
    rakuten.edit(order, 5)
    rakuten.simulator.add_line(order, rakuten.wire(rakuten.add("cup", 10)), 2, basket=2)
    assert rakuten.simulator.state.orders[order].progress == 400
    rakuten.read_orders()
    assert [(line.ordered, line.open) for line in rakuten.newest[order].lines] == [(5, 5), (2, 2)]
    rakuten.read_orders(wait=3600.0)
    assert [(line.ordered, line.open) for line in rakuten.newest[order].lines] == [(5, 5), (2, 2)]


def test_t21_a_week_of_waiting_for_the_money_holds_the_units_and_may_end_in_a_cancellation(
    rakuten: RakutenMall,
) -> None:
    rakuten.simulator.switches.authorise_after = 8 * DAY
    order = rakuten.buy((rakuten.add("tea", 10), 2))
    for _ in range(7):
        rakuten.read_orders(wait=DAY)
        assert rakuten.counts(order) == (2, 2, 0, 0)
    assert rakuten.simulator.state.orders[order].progress == 200
    rakuten.cancel(order, restock=False)
    rakuten.read_orders()
    assert rakuten.counts(order) == (2, 0, 0, 0)


@pytest.mark.parametrize("sku", [None, "同じ番号"])
def test_t22_a_line_is_told_apart_by_its_key_and_not_by_a_number_that_may_be_missing_or_doubled(
    rakuten: RakutenMall, sku: str | None
) -> None:
    tea, cup = rakuten.add("tea", 10), rakuten.add("cup", 10)
    for each in (tea, cup):
        rakuten.simulator.state.items[rakuten.wire(each)[0]].variants[rakuten.wire(each)[1]].sku = sku
    order = rakuten.buy((tea, 1), (cup, 2))
    rakuten.read_orders()
    assert {line.listing: line.open for line in rakuten.newest[order].lines} == {tea: 1, cup: 2}


def test_t22_an_order_from_before_the_variants_is_shown_without_one(rakuten: RakutenMall) -> None:
    order = rakuten.buy((rakuten.add("tea", 10), 2))
    rakuten.simulator.state.orders[order].lines[0].listing = ("item-tea", "")
    rakuten.read_orders()
    assert rakuten.line(order).listing.id == "item-tea/"
    assert rakuten.counts(order) == (2, 2, 0, 0)


@pytest.mark.parametrize("kind", [4, 5, 6])
def test_t32_an_order_that_a_subscription_or_a_preorder_became_counts_as_any_other(
    rakuten: RakutenMall, kind: int
) -> None:
    tea = rakuten.add("tea", 10, item_type="PRE_ORDER" if kind == 6 else "NORMAL")
    order = rakuten.simulator.place([(rakuten.wire(tea), 2)], order_type=kind)
    assert order is not None
    rakuten.read_orders()
    assert rakuten.counts(order) == (2, 2, 0, 0)
    assert not any("orderTypeList" in body for body in sent(rakuten, "searchOrder"))
    assert not any("reserve" in record.url for record in rakuten.records)


def test_t6_a_cancellation_after_shipment_is_found_by_the_daily_sweep(rakuten: RakutenMall) -> None:
    """Nobody holds the order open any more, and it is older than what is read again every few minutes."""
    order = rakuten.buy((rakuten.add("tea", 10), 2))
    rakuten.ship(order)
    rakuten.read_orders()
    rakuten.clock.sleep(10 * DAY)
    rakuten.read_orders()
    rakuten.simulator.state.orders[order].lines[0].units = 3
    rakuten.simulator.state.orders[order].progress = 900
    rakuten.read_orders(wait=DAY / 2)
    assert rakuten.line(order).ordered == 2
    rakuten.read_orders(wait=DAY / 2)
    assert rakuten.counts(order) == (3, 0, 3, 0)


def test_t6_an_open_order_that_a_search_left_out_is_found_by_the_daily_sweep(rakuten: RakutenMall) -> None:
    order = rakuten.buy((rakuten.add("tea", 10), 2))
    rakuten.simulator.state.orders[order].visible_at += timedelta(days=5)
    rakuten.read_orders()
    rakuten.read_orders(wait=5 * DAY)
    assert rakuten.counts(order) == (2, 2, 0, 0)


def test_the_sweep_is_daily_and_reaches_as_far_as_orders_are_looked_for(rakuten: RakutenMall) -> None:
    rakuten.read_orders()
    searches = sent(rakuten, "searchOrder")
    assert min(body["startDatetime"] for body in searches) == "2026-09-21T10:00:10+0900"  # 63 days
    assert searches[-1]["orderProgressList"] == [100, 200, 300, 400, 800, 900]
    for _ in range(20):
        rakuten.read_orders(wait=3600.0)
    assert len(sent(rakuten, "searchOrder")) == len(searches) + 20
