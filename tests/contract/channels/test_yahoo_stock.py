"""Yahoo's own traps: quantities (yahoo.md §2, §8)."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from bridge.channels.http import FORM
from bridge.channels.port import Outcome, PushItem
from bridge.channels.yahoo import facts
from bridge.domain.orders import ListingKey
from bridge.errors import NeedsPerson, TryAgain
from bridge.sandbox.faults import Instead, ReplyLost
from bridge.sandbox.malls.yahoo import api, stock_api
from tests.contract.channels.conformance import KEY, YahooMall


def sent(yahoo: YahooMall, operation: str) -> list[Any]:
    return [json.loads(record.sent) for record in yahoo.records if record.operation == operation]


def outcomes(yahoo: YahooMall, *items: PushItem) -> list[Outcome]:
    return [each.outcome for each in yahoo.channel.push(items, KEY)]


def plain(yahoo: YahooMall, code: str, stock: int | None, **kind: Any) -> ListingKey:
    """An item without sub-codes."""
    yahoo.simulator.add_product((code, ""), code, stock, **kind)
    return ListingKey("yahoo", code)


def test_t1_t3_quantities_are_plain_digits(yahoo: YahooMall) -> None:
    """A sign would make them a change, a point or comma an error."""
    tea, cup = yahoo.add("tea", 10), yahoo.add("cup", 10)
    yahoo.channel.read([tea, cup])
    assert outcomes(yahoo, PushItem(tea, 12_345, 10), PushItem(cup, -5, 10)) == [Outcome.DONE, Outcome.DONE]
    [form] = sent(yahoo, "setStock")
    assert form["quantity"] == "12345,0"
    assert (yahoo.stock(tea), yahoo.stock(cup)) == (12_345, 0)


def test_t2_a_form_is_encoded() -> None:
    assert FORM.write({"quantity": "+3", "item_code": "a:b,c"}) == b"quantity=%2B3&item_code=a%3Ab%2Cc"


def test_t4_a_number_for_an_unknown_code_never_leaves(yahoo: YahooMall) -> None:
    tea = yahoo.add("tea", 10)
    typo = ListingKey("yahoo", "item-tee:Sub-1")
    pushed = yahoo.channel.push([PushItem(typo, 5, 5), PushItem(tea, 4, 10)], KEY)
    assert [each.outcome for each in pushed] == [Outcome.REFUSED, Outcome.DONE]
    assert pushed[0].hint is not None
    assert "renamed" in pushed[0].hint.en
    assert ("item-tee", "Sub-1") not in yahoo.simulator.state.rows


def test_a_renamed_listing_is_left_out_and_refused_alone(yahoo: YahooMall) -> None:
    tea, cup = yahoo.add("tea", 10), yahoo.add("cup", 5)
    yahoo.push({tea: 9, cup: 4})
    yahoo.simulator.rename_item("item-tea", "item-green-tea")
    assert yahoo.channel.read([tea, cup]) == {cup: 4}
    assert outcomes(yahoo, PushItem(tea, 3, 9), PushItem(cup, 3, 4)) == [Outcome.REFUSED, Outcome.DONE]
    assert yahoo.simulator.stock()[("item-green-tea", "Sub-1")] == 9


def test_t5_a_207_is_walked_row_by_row(yahoo: YahooMall) -> None:
    tea, cup, pot = (yahoo.add(name, 10) for name in ("tea", "cup", "pot"))
    yahoo.simulator.switches.refused_codes = {"item-cup"}
    yahoo.simulator.switches.shuffle_rows = True
    pushed = yahoo.channel.push([PushItem(each, 3, 10) for each in (tea, cup, pot)], KEY)
    assert [each.outcome for each in pushed] == [Outcome.DONE, Outcome.REFUSED, Outcome.DONE]
    assert pushed[1].hint is not None
    assert "st-02101" in pushed[1].hint.en
    assert [record.status for record in yahoo.records if record.operation == "setStock"] == [207]
    assert [yahoo.stock(each) for each in (tea, cup, pot)] == [3, 10, 3]


def test_t6_one_bad_code_alone_is_an_error_of_the_whole_answer(yahoo: YahooMall) -> None:
    cup = yahoo.add("cup", 10)
    yahoo.simulator.switches.refused_codes = {"item-cup"}
    [pushed] = yahoo.channel.push([PushItem(cup, 3, 10)], KEY)
    assert pushed.outcome is Outcome.REFUSED
    assert pushed.hint is not None
    assert "st-02101" in pushed.hint.en
    assert [record.status for record in yahoo.records if record.operation == "setStock"] == [400]


def test_t7_unlimited_is_the_most_there_can_be(yahoo: YahooMall) -> None:
    tea = plain(yahoo, "tea-01", None)
    assert yahoo.channel.read([tea]) == {tea: facts.MAX_QUANTITY}
    assert outcomes(yahoo, PushItem(tea, 4, facts.MAX_QUANTITY)) == [Outcome.DONE]
    assert yahoo.channel.read([tea]) == {tea: 4}


def test_t9_the_bare_code_of_an_item_with_sub_codes_is_refused(yahoo: YahooMall) -> None:
    yahoo.simulator.switches.bare_code_row = True
    tea = yahoo.add("tea", 10)
    bare = ListingKey("yahoo", "item-tea")
    yahoo.simulator.put(("item-tea", ""), 50, "hand")
    assert yahoo.channel.read([tea, bare]) == {tea: 10, bare: 50}
    pushed = yahoo.channel.push([PushItem(bare, 3, 50), PushItem(tea, 4, 10)], KEY)
    assert [each.outcome for each in pushed] == [Outcome.REFUSED, Outcome.DONE]
    assert pushed[0].hint is not None
    assert "sub-codes" in pushed[0].hint.en


def test_t10_overdraft_is_reported_and_left_as_it_is(yahoo: YahooMall, caplog: pytest.LogCaptureFixture) -> None:
    tea, cup = yahoo.add("tea", 10, allow_overdraft=True), yahoo.add("cup", 10)
    yahoo.simulator.buy(yahoo.wire(tea), 12)
    with caplog.at_level(logging.WARNING):
        assert yahoo.channel.read([tea, cup]) == {tea: 0, cup: 10}  # it shows -2
        yahoo.channel.read([tea, cup])
    assert [each.getMessage() for each in caplog.records if "allow-overdraft" in each.getMessage()] != []
    assert len(caplog.records) == 1
    assert outcomes(yahoo, PushItem(tea, 3, 0), PushItem(cup, 3, 10)) == [Outcome.DONE, Outcome.DONE]
    assert [form["allow_overdraft"] for form in sent(yahoo, "setStock")] == ["1,0"]
    assert yahoo.simulator.state.rows[yahoo.wire(tea)].allow_overdraft


def test_t11_a_close_is_released_only_where_the_settings_say_so(yahoo: YahooMall) -> None:
    tea, cup = yahoo.add("tea", 10), yahoo.add("cup", 10)
    order = yahoo.buy((tea, 1))
    yahoo.simulator.cancel(order, reason=210)
    assert yahoo.simulator.buy(yahoo.wire(tea), 1) is None  # whatever the number says
    yahoo.read_orders()
    yahoo.push({tea: 8, cup: 8})
    assert yahoo.simulator.state.rows[yahoo.wire(tea)].closed
    yahoo.channel = yahoo.connect(stock_close="release")
    yahoo.since = yahoo.clock.now().replace(hour=0)
    assert yahoo.read_orders().alarms == {}
    yahoo.push({tea: 7, cup: 7})
    assert not yahoo.simulator.state.rows[yahoo.wire(tea)].closed
    assert [form.get("stock_close") for form in sent(yahoo, "setStock")] == [None, "0"]


@pytest.mark.parametrize("text", ["tea,cup", "tea:a:b", "tea ", "te_a", "茶", "t" * 100, ":", "a:", ":a"])
def test_t31_codes_that_would_break_the_list_never_leave(yahoo: YahooMall, text: str) -> None:
    tea, broken = yahoo.add("tea", 10), ListingKey("yahoo", text)
    assert yahoo.channel.read([broken, tea]) == {tea: 10}
    assert outcomes(yahoo, PushItem(broken, 1, 1), PushItem(tea, 3, 10)) == [Outcome.REFUSED, Outcome.DONE]
    assert all(text != form["item_code"] for form in sent(yahoo, "getStock") + sent(yahoo, "setStock"))


def test_t31_of_two_codes_that_differ_only_in_case_one_is_refused(yahoo: YahooMall) -> None:
    lower, upper = plain(yahoo, "tea-01", 10), plain(yahoo, "TEA-01", 10)
    assert yahoo.channel.read([lower, upper]) == {lower: 10, upper: 10}
    pushed = outcomes(yahoo, PushItem(lower, 3, 10), PushItem(upper, 4, 10))
    assert (pushed.count(Outcome.DONE), pushed.count(Outcome.REFUSED)) == (1, 1)


def test_a_row_that_was_not_read_back_is_read_by_us(yahoo: YahooMall) -> None:
    """ed-10002 beside good rows: updated, but Yahoo did not tell the number."""
    yahoo.simulator.switches.unread_rows = 0.5
    teas = [yahoo.add(f"tea{number}", 10) for number in range(20)]
    assert set(outcomes(yahoo, *(PushItem(each, 3, 10) for each in teas))) == {Outcome.DONE}
    assert {yahoo.stock(each) for each in teas} == {3}
    assert any("ed-10002" in record.received for record in yahoo.records)
    assert len(sent(yahoo, "setStock")) == 1


def test_an_echo_of_another_number_is_not_believed(yahoo: YahooMall) -> None:
    tea = yahoo.add("tea", 10)
    yahoo.channel.read([tea])

    def buyer(environ: dict[str, Any]) -> None:
        if "setStock" in environ["PATH_INFO"]:
            yahoo.simulator.buy(yahoo.wire(tea), 1)

    yahoo.simulator.switches.unread_rows = 1.0
    yahoo.faults.after = buyer
    assert outcomes(yahoo, PushItem(tea, 8, 10)) == [Outcome.UNKNOWN]
    assert yahoo.stock(tea) == 7


def test_a_system_error_is_looked_into_before_it_is_repeated(yahoo: YahooMall) -> None:
    yahoo.simulator.switches.system_errors = 0.5
    tea = yahoo.add("tea", 10)
    seen = set()
    for number in range(20):
        shown = yahoo.channel.read([tea])[tea]
        seen |= set(outcomes(yahoo, PushItem(tea, 20 + number, shown)))
    assert Outcome.DONE in seen
    assert seen <= {Outcome.DONE, Outcome.LATER, Outcome.UNKNOWN}


def test_while_a_publication_runs_a_push_waits(yahoo: YahooMall) -> None:
    tea = yahoo.add("tea", 10)
    yahoo.channel.read([tea])
    yahoo.simulator.switches.publishing = True
    assert outcomes(yahoo, PushItem(tea, 3, 10)) == [Outcome.LATER]

    def over(_environ: object) -> None:
        yahoo.simulator.switches.publishing = yahoo.clock.monotonic() - began < 8

    began = yahoo.clock.monotonic()
    yahoo.faults.before = over
    assert outcomes(yahoo, PushItem(tea, 3, 10)) == [Outcome.DONE]


@pytest.mark.parametrize("kind", ["html", "empty", "code"])
def test_t27_maintenance_is_waited_for(yahoo: YahooMall, kind: Any) -> None:
    tea = yahoo.add("tea", 10)
    yahoo.channel.read([tea])
    yahoo.simulator.switches.maintenance = {"stock": kind, "order": kind}
    with pytest.raises(TryAgain):
        yahoo.channel.read([tea])
    with pytest.raises(TryAgain):
        yahoo.read_orders()
    [pushed] = yahoo.channel.push([PushItem(tea, 4, 10)], KEY)
    assert pushed.outcome in (Outcome.LATER, Outcome.UNKNOWN)
    assert yahoo.stock(tea) == 10


def test_t28_the_store_is_spelled_as_each_call_wants_it(yahoo: YahooMall) -> None:
    yahoo.push({yahoo.add("tea", 10): 3})
    yahoo.channel.check()
    assert {form["seller_id"] for form in sent(yahoo, "setStock") + sent(yahoo, "getStock")} == {"snbx-tea"}
    assert all(body["Req"]["SellerId"] == "snbx-tea" for body in sent(yahoo, "orderList") + sent(yahoo, "orderInfo"))
    [url] = [record.url for record in yahoo.records if record.operation == "orderCount"]
    assert url.endswith("?sellerId=snbx-tea")


def test_a_wrong_store_needs_a_person(yahoo: YahooMall) -> None:
    yahoo.channel = yahoo.connect(shop="another-store")
    with pytest.raises(NeedsPerson, match="right on this store"):
        yahoo.channel.read([yahoo.add("tea", 10)])
    with pytest.raises(NeedsPerson, match="right on this store"):
        yahoo.read_orders()


def test_an_answer_with_too_few_rows_is_no_answer(yahoo: YahooMall, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row that is missing says nothing: an unknown code has one too."""
    tea, cup = yahoo.add("tea", 10), yahoo.add("cup", 10)

    whole = stock_api.result_set
    monkeypatch.setattr(stock_api, "result_set", lambda rows, **counts: whole(rows[:1], **counts))
    with pytest.raises(TryAgain):
        yahoo.channel.read([tea, cup])


def test_an_error_inside_a_200_is_an_error(yahoo: YahooMall, monkeypatch: pytest.MonkeyPatch) -> None:
    tea = yahoo.add("tea", 10)
    yahoo.channel.read([tea])

    plain_error = api.error_response

    def as_success(*given: Any) -> Any:
        response = plain_error(*given)
        response.status_code = 200
        return response

    monkeypatch.setattr(api, "error_response", as_success)
    yahoo.simulator.switches.namespace = True
    yahoo.simulator.switches.refused_codes = {"item-tea"}
    assert outcomes(yahoo, PushItem(tea, 3, 10)) == [Outcome.REFUSED]
    yahoo.simulator.switches.maintenance = {"stock": "code"}
    with pytest.raises(TryAgain):
        yahoo.channel.read([tea])


def test_the_repeat_of_a_lost_push_reads_first(yahoo: YahooMall) -> None:
    tea = yahoo.add("tea", 10)
    yahoo.channel.read([tea])
    yahoo.faults.next(ReplyLost(), yahoo.push_match)
    assert outcomes(yahoo, PushItem(tea, 3, 10)) == [Outcome.DONE]
    operations = [record.operation for record in yahoo.records if record.operation.endswith("Stock")]
    assert operations == ["getStock", "setStock", "getStock"]


def test_an_error_that_nobody_knows_makes_no_listing_unknown(yahoo: YahooMall) -> None:
    tea, cup = yahoo.add("tea", 10), yahoo.add("cup", 10)
    yahoo.channel.read([tea, cup])
    for _ in range(20):
        yahoo.faults.next(Instead(400, "<Error><Message>?</Message><Code>zz-00001</Code></Error>"))
    with pytest.raises(TryAgain, match="zz-00001"):
        yahoo.channel.read([tea, cup])
    yahoo.faults.clear()
    assert outcomes(yahoo, PushItem(tea, 3, 10), PushItem(cup, 4, 10)) == [Outcome.DONE, Outcome.DONE]
