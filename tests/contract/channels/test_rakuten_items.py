"""Rakuten's own traps: what is on sale under which keys (rakuten.md §3, §10)."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from bridge.channels.port import Outcome, PushItem
from bridge.channels.rakuten import facts
from bridge.domain.orders import ListingKey
from bridge.sandbox.faults import Instead, path_contains
from tests.contract.channels.conformance import KEY, RakutenMall

HOURS = 3600.0


def searches(rakuten: RakutenMall) -> list[dict[str, list[str]]]:
    return [parse_qs(urlsplit(each.url).query) for each in rakuten.records if each.operation == "items.search"]


def looks(rakuten: RakutenMall) -> int:
    return sum(each.operation == "items.inventory-related-settings.get" for each in rakuten.records)


def orphan(rakuten: RakutenMall, name: str, units: int) -> ListingKey:
    """A row that some program wrote to a key of no item."""
    rakuten.simulator.put((name, "v-1"), units, "push")
    return ListingKey("rakuten", f"{name}/v-1")


def test_t10_a_number_for_a_key_of_no_item_is_neither_believed_nor_sent(rakuten: RakutenMall) -> None:
    tea, nothing = rakuten.add("tea", 10), orphan(rakuten, "typo", 7)
    rakuten.read_orders()
    assert rakuten.channel.read([tea, nothing]) == {tea: 10}
    pushed = rakuten.channel.push([PushItem(nothing, 3, 7), PushItem(tea, 4, 10)], KEY)
    assert [each.outcome for each in pushed] == [Outcome.REFUSED, Outcome.DONE]
    assert pushed[0].hint is not None
    assert "no item" in pushed[0].hint.en
    assert rakuten.simulator.state.rows["typo", "v-1"].quantity == 7


def test_t10_an_item_that_is_renamed_is_noticed_and_goes_on_under_its_new_key(rakuten: RakutenMall) -> None:
    tea, cup = rakuten.add("tea", 10), rakuten.add("cup", 10)
    rakuten.read_orders()
    rakuten.simulator.delete_item("item-tea")
    assert rakuten.channel.read([tea, cup]) == {tea: 10, cup: 10}  # its row is still there
    rakuten.read_orders(wait=7 * HOURS)
    assert rakuten.channel.read([tea, cup]) == {cup: 10}
    assert [each.outcome for each in rakuten.push({tea: 3, cup: 4})] == [Outcome.REFUSED, Outcome.DONE]
    again = rakuten.add("tea", 10)
    rakuten.clock.sleep(facts.ITEM_LOOK_LIFE.total_seconds())
    assert rakuten.channel.read([again, cup]) == {tea: 10, cup: 4}


def test_t24_what_the_search_does_not_know_yet_is_asked_for_by_itself(rakuten: RakutenMall) -> None:
    rakuten.simulator.switches.search_index_lag = 24 * HOURS
    old = rakuten.add("old", 10)
    rakuten.clock.sleep(25 * HOURS)
    tea, gone = rakuten.add("tea", 10), rakuten.add("gone", 10)
    rakuten.simulator.delete_item("item-gone")
    rakuten.read_orders()
    for _ in range(3):
        assert rakuten.channel.read([old, tea, gone]) == {old: 10, tea: 10}
    assert looks(rakuten) == 2


def test_t24_a_deleted_item_shows_its_number_only(rakuten: RakutenMall) -> None:
    rakuten.simulator.switches.search_index_lag = 24 * HOURS
    tea, cup = rakuten.add("tea", 10), rakuten.add("cup", 10)
    rakuten.clock.sleep(25 * HOURS)
    rakuten.simulator.delete_item("item-tea")
    rakuten.read_orders()
    assert any('{"manageNumber": "item-tea"}' in each.received for each in rakuten.records)
    assert rakuten.channel.read([tea, cup]) == {cup: 10}


def test_t25_t33_all_items_are_searched_through_by_cursor(
    rakuten: RakutenMall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts, "ITEMS_PAGE", 2)
    monkeypatch.setattr(facts, "ITEM_PAGES_AT_A_TIME", 3)
    teas = [rakuten.add(f"tea{number}", 10) for number in range(9)]
    rakuten.simulator.add_product(("item-tea0", "Another"), "tea0", 5)
    rakuten.read_orders()
    assert len(searches(rakuten)) == 3  # a few pages at a poll
    rakuten.read_orders()
    marks = [each["cursorMark"][0] for each in searches(rakuten)]
    assert len(set(marks)) == len(marks) == 6
    assert marks[0] == "*"
    assert {"+", "/", "="} & set("".join(marks))  # they came whole through the query
    assert all(set(each) == {"hits", "cursorMark"} for each in searches(rakuten))
    other = ListingKey("rakuten", "item-tea0/Another")
    assert rakuten.channel.read([*teas, other]) == dict.fromkeys(teas, 10) | {other: 5}
    assert looks(rakuten) == 0


def test_the_search_costs_a_call_in_six_hours(rakuten: RakutenMall) -> None:
    tea = rakuten.add("tea", 10)
    for _ in range(24):
        rakuten.read_orders(wait=HOURS)
        rakuten.channel.read([tea])
    assert len(searches(rakuten)) == 8  # four times, a page and the end
    assert looks(rakuten) == 0


def test_t23_what_no_number_can_hold_back_is_told(rakuten: RakutenMall) -> None:
    tea, later, endless = rakuten.add("tea", 5), rakuten.add("later", 5, back_order=True), rakuten.add("free", 5)
    rakuten.add("not ours", 5, back_order=True)
    rakuten.simulator.state.items["item-free"].unlimited = True
    ahead = rakuten.add("ahead", 5, item_type="PRE_ORDER")
    assert rakuten.read_orders().alarms is None  # nobody has asked for a listing yet
    rakuten.channel.read([tea, later, endless, ahead])
    alarms = rakuten.read_orders().alarms or {}
    assert set(alarms) == {later.id, endless.id, ahead.id}
    assert "backOrderFlag" in alarms[later.id].ja
    assert "keeps no stock" in alarms[endless.id].en
    assert "pre-order" in alarms[ahead.id].en
    rakuten.simulator.state.items["item-later"].variants["Sku-later"].back_order = False
    rakuten.read_orders(wait=7 * HOURS)
    assert set(rakuten.read_orders().alarms or ()) == {endless.id, ahead.id}


@pytest.mark.parametrize("trouble", ["not enabled", "maintenance", "an empty search", "nonsense"])
def test_where_items_can_not_be_asked_for_numbers_go_on(rakuten: RakutenMall, trouble: str) -> None:
    if trouble == "not enabled":
        rakuten.simulator.switches.disabled_functions = {"items.search", "items.inventory-related-settings.get"}
    elif trouble == "maintenance":
        rakuten.simulator.switches.maintenance = {"item"}
    else:
        body = '{"numFound": 0, "offset": 0, "results": [], "nextCursorMark": "*"}'
        rakuten.faults.next(Instead(200, body if trouble == "an empty search" else "<html>"), path_contains("items"))
    tea = rakuten.add("tea", 10)
    order = rakuten.buy((tea, 1))
    rakuten.read_orders()
    assert rakuten.counts(order) == (1, 1, 0, 0)
    assert rakuten.channel.read([tea]) == {tea: 9}
    assert [each.outcome for each in rakuten.push({tea: 4})] == [Outcome.DONE]
    assert rakuten.stock(tea) == 4


def test_a_search_without_an_end_is_given_up_for_a_while(rakuten: RakutenMall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "MOST_ITEM_PAGES", 25)
    tea = rakuten.add("tea", 10)
    for number in range(100):
        body = f'{{"results": [], "nextCursorMark": "page {number}"}}'
        rakuten.faults.next(Instead(200, body), path_contains("items/search"))
    for _ in range(6):
        rakuten.read_orders(wait=60.0)
    assert len(searches(rakuten)) == 26
    assert rakuten.channel.read([tea]) == {tea: 10}


def test_check_names_the_right_that_is_missing(rakuten: RakutenMall) -> None:
    rakuten.simulator.switches.disabled_functions = {"items.search"}
    [line] = [line for line in rakuten.channel.check() if not line.ok]
    assert line.name == "items.search"
    assert "switch it on in RMS" in line.hint.en
