"""Rakuten's own traps (rakuten.md §10)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from bridge.channels.port import Outcome, PushItem
from bridge.channels.rakuten import facts
from bridge.domain.orders import ListingKey
from bridge.errors import NeedsPerson, TryAgain
from bridge.sandbox.malls.rakuten.records import SHIPPED
from tests.contract.channels.conformance import KEY, RakutenMall


def sent(rakuten: RakutenMall, part: str) -> list[Any]:
    return [json.loads(record.sent) for record in rakuten.records if part in record.url]


def test_t1_t2_times_and_version_have_the_only_accepted_form(rakuten: RakutenMall) -> None:
    rakuten.buy((rakuten.add("tea", 5), 1))
    rakuten.read_orders()
    [search], [get] = sent(rakuten, "searchOrder"), sent(rakuten, "getOrder")
    assert search["startDatetime"].endswith("+0900")
    assert "." not in search["startDatetime"]
    assert search["orderProgressList"] == [100, 200, 300, 400, 500, 600, 700, 800, 900]
    assert get["version"] == 7


def test_t3_t20_an_order_left_out_of_the_answer_is_asked_for_again(rakuten: RakutenMall) -> None:
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


def test_t30_orders_that_come_in_while_paging(rakuten: RakutenMall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "SEARCH_PAGE", 2)
    rakuten.world.visible_after = 0.0
    tea = rakuten.add("tea", 100)
    placed = {rakuten.buy((tea, 1)) for _ in range(5)}

    def buyer(environ: dict[str, Any]) -> None:
        if "searchOrder" in environ["PATH_INFO"] and len(placed) < 9:
            placed.add(rakuten.buy((tea, 1)))

    rakuten.faults.before = buyer
    rakuten.read_orders()
    assert rakuten.newest.keys() == placed


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


def test_an_unstable_search_ends(rakuten: RakutenMall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "SEARCH_PAGE", 2)
    rakuten.world.visible_after = 0.0
    tea = rakuten.add("tea", 1000)
    first = {rakuten.buy((tea, 1)) for _ in range(5)}

    def buyer(environ: dict[str, Any]) -> None:
        if "searchOrder" in environ["PATH_INFO"]:
            rakuten.buy((tea, 1))

    rakuten.faults.before = buyer
    rakuten.read_orders()
    assert first <= rakuten.newest.keys()


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


def test_cancelled_after_shipping_stays_shipped(rakuten: RakutenMall) -> None:
    order = rakuten.buy((rakuten.add("tea", 10), 2))
    rakuten.ship(order)
    rakuten.simulator.state.orders[order].progress = 900
    rakuten.read_orders()
    assert rakuten.counts(order) == (2, 0, 2, 0)


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


def test_t9_manage_numbers_are_folded_and_variant_ids_kept(rakuten: RakutenMall) -> None:
    tea = rakuten.add("tea", 10)
    shouted = ListingKey("rakuten", tea.id.replace("item-tea", "ITEM-Tea"))
    assert rakuten.channel.read([shouted]) == {shouted: 10}
    [pushed] = rakuten.channel.push([PushItem(shouted, 4, 10)], KEY)
    assert pushed.outcome is Outcome.DONE
    assert rakuten.stock(tea) == 4
    wrong_case = ListingKey("rakuten", tea.id.replace("Sku", "sku"))
    assert rakuten.channel.read([wrong_case]) == {}


def test_t12_t13_quantities_are_absolute_by_version_2_0(rakuten: RakutenMall) -> None:
    tea = rakuten.add("tea", 10)
    rakuten.push({tea: 4})
    [push] = sent(rakuten, "bulk-upsert")
    assert push == {
        "inventories": [{"manageNumber": "item-tea", "variantId": "Sku-tea", "mode": "ABSOLUTE", "quantity": 4}]
    }
    [url] = [record.url for record in rakuten.records if "bulk-upsert" in record.url]
    assert "/es/2.0/" in url


def test_t11_two_spellings_of_one_key_are_one_row(rakuten: RakutenMall) -> None:
    tea = rakuten.add("tea", 10)
    shouted = ListingKey("rakuten", tea.id.replace("item-tea", "ITEM-tea"))
    pushed = rakuten.channel.push([PushItem(tea, 4, 10), PushItem(shouted, 5, 10)], KEY)
    assert [each.outcome for each in pushed] == [Outcome.DONE, Outcome.DONE]
    assert rakuten.stock(tea) == 5


def test_a_batch_that_is_applied_in_part_ends_well(rakuten: RakutenMall) -> None:
    rakuten.simulator.switches.batch_errors = "partial"
    rakuten.simulator.switches.orphan_rows = False
    teas = [rakuten.add(f"tea{number}", 10) for number in range(5)]
    nothing = ListingKey("rakuten", "nothing/none")
    pushed = rakuten.channel.push([PushItem(each, 3, 10) for each in (*teas[:2], nothing, *teas[2:])], KEY)
    assert [each.outcome for each in pushed].count(Outcome.DONE) == 5
    assert pushed[2].outcome is Outcome.REFUSED
    assert {rakuten.stock(tea) for tea in teas} == {3}


def test_a_conflict_is_tried_again(rakuten: RakutenMall) -> None:
    rakuten.simulator.switches.conflict_rate = 0.3
    teas = {rakuten.add(f"tea{number}", 10): 3 for number in range(3)}
    outcomes = {each.outcome for number in range(20) for each in rakuten.push(teas, f"key {number}")}
    assert Outcome.DONE in outcomes
    assert outcomes <= {Outcome.DONE, Outcome.LATER}
    assert {rakuten.stock(tea) for tea in teas} == {3}


@pytest.mark.parametrize("shape", ["GA0001", "ES01-01"])
def test_t29_a_refused_key_in_either_shape(rakuten: RakutenMall, shape: str) -> None:
    rakuten.simulator.switches.auth_body = shape
    rakuten.kill_credentials()
    with pytest.raises(NeedsPerson, match="licenseKey"):
        rakuten.read_orders()
    with pytest.raises(NeedsPerson, match="licenseKey"):
        rakuten.channel.read([rakuten.add("tea", 1)])


@pytest.mark.parametrize("shape", ["403-xml", "403-json", "429"])
def test_over_the_limit_in_any_shape_is_waited_out(rakuten: RakutenMall, shape: str) -> None:
    """Another program of the shop has used the second's only call."""
    rakuten.simulator.switches.over_limit = shape
    order = rakuten.buy((rakuten.add("tea", 10), 1))
    rakuten.clock.sleep(10)
    other = rakuten.connect()
    other.orders(rakuten.since)
    rakuten.read_orders(wait=0.0)
    assert rakuten.told_off
    assert rakuten.counts(order) == (1, 1, 0, 0)


def test_t28_a_function_that_is_not_switched_on(rakuten: RakutenMall) -> None:
    rakuten.simulator.switches.disabled_functions = {"order.getOrder", "inventories.bulk.upsert"}
    tea = rakuten.add("tea", 10)
    rakuten.buy((tea, 1))
    with pytest.raises(NeedsPerson, match="getOrder"):
        rakuten.read_orders()
    with pytest.raises(NeedsPerson, match=r"inventories\.bulk\.upsert"):
        rakuten.push({tea: 4})
    assert [line.name for line in rakuten.channel.check() if not line.ok] == ["rpay.order.getOrder"]


def test_maintenance_is_waited_for(rakuten: RakutenMall) -> None:
    rakuten.simulator.switches.maintenance = {"inventory"}
    tea = rakuten.add("tea", 10)
    with pytest.raises(TryAgain):
        rakuten.channel.read([tea])
    [pushed] = rakuten.channel.push([PushItem(tea, 4, 10)], KEY)
    assert pushed.outcome in (Outcome.LATER, Outcome.UNKNOWN)
    rakuten.read_orders()  # orders go on


def test_t26_check_warns_before_the_key_dies(rakuten: RakutenMall) -> None:
    [line, *_] = rakuten.channel.check()
    assert line.ok
    assert "licenseKey" in line.hint.en
    rakuten.clock.sleep(80 * 86_400)
    [line, *_] = rakuten.channel.check()
    assert not line.ok
    assert "Make a new one" in line.hint.en
    rakuten.clock.sleep(20 * 86_400)
    assert not any(line.ok for line in rakuten.channel.check() if "upsert" not in line.name)


def test_t27_the_key_in_the_query_is_masked(rakuten: RakutenMall) -> None:
    rakuten.channel.check()
    [url] = [record.url for record in rakuten.records if "expiry-date" in record.url]
    assert url.endswith("licenseKey=•••")


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


def test_an_order_that_makes_no_sense_is_a_problem_of_its_own(rakuten: RakutenMall) -> None:
    tea = rakuten.add("tea", 10)
    good, strange = rakuten.buy((tea, 1)), rakuten.buy((tea, 1))
    rakuten.clock.sleep(3)
    rakuten.read_orders()
    rakuten.simulator.state.orders[strange].progress = 650
    rakuten.simulator.state.orders[strange].progress_since = None
    answer = rakuten.read_orders()
    assert set(answer.problems) == {strange}
    assert "650" in answer.problems[strange].en
    assert good in {order.order for order in answer.orders}
