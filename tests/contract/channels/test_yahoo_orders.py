"""Yahoo's own traps: orders (yahoo.md §3, §8)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from bridge.channels.yahoo import facts
from bridge.channels.yahoo.xmltext import nodes, read, text, write
from bridge.clock import JST
from bridge.errors import TryAgain
from bridge.sandbox.malls.yahoo import order_api
from bridge.sandbox.malls.yahoo.records import RESERVED
from tests.contract.channels.conformance import YahooMall

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

DAY = 86_400.0


def sent(yahoo: YahooMall, operation: str) -> list[Any]:
    return [json.loads(record.sent)["Req"] for record in yahoo.records if record.operation == operation]


def units(yahoo: YahooMall, order: str) -> dict[str, tuple[int, int]]:
    """Open and shipped by line."""
    return {line.key.line: (line.open, line.shipped) for line in yahoo.newest[order].lines}


def test_t8_t17_flat_headers_and_nested_orders_with_one_line_and_with_many(yahoo: YahooMall) -> None:
    tea, cup = yahoo.add("tea", 10), yahoo.add("cup", 10)
    one = yahoo.buy((tea, 2))
    yahoo.read_orders()
    many = yahoo.buy((tea, 1), (cup, 3))
    yahoo.read_orders()
    assert units(yahoo, one) == {"1": (2, 0)}
    assert units(yahoo, many) == {"1": (1, 0), "2": (3, 0)}
    lists = [record.received for record in yahoo.records if record.operation == "orderList"]
    orders = [record.received for record in yahoo.records if record.operation == "orderInfo"]
    assert all(answer.startswith('{"Result": ') for answer in lists)
    assert all(answer.startswith('{"ResultSet": ') for answer in orders)


def test_an_order_is_read_once_and_seen_at_every_look(yahoo: YahooMall) -> None:
    """A look at an order that has not changed costs no call of its own."""
    tea = yahoo.add("tea", 100)
    placed = {yahoo.buy((tea, 1)) for _ in range(10)}
    for _ in range(5):
        assert {order.order for order in yahoo.read_orders().orders} == placed
    assert len(sent(yahoo, "orderInfo")) == 10


def test_t18_a_late_cancellation_of_an_order_nobody_holds_open_is_found_by_a_sweep(yahoo: YahooMall) -> None:
    order = yahoo.buy((yahoo.add("tea", 10), 2))
    yahoo.ship(order)
    yahoo.read_orders()
    yahoo.clock.sleep(5 * DAY)
    yahoo.read_orders()
    yahoo.simulator.state.orders[order].cancel_reason = 110
    yahoo.simulator.state.orders[order].status = 4
    yahoo.simulator.changes.note(yahoo.simulator.state.orders[order])
    infos = len(sent(yahoo, "orderInfo"))
    yahoo.read_orders()
    assert len(sent(yahoo, "orderInfo")) == infos  # not in the last 48 hours
    yahoo.clock.sleep(3600)
    yahoo.read_orders()
    assert len(sent(yahoo, "orderInfo")) == infos + 1
    assert yahoo.counts(order) == (2, 0, 2, 0)  # given back after shipping: only people know where the goods are


def test_t18_the_three_sweeps_reach_as_far_as_they_should(yahoo: YahooMall) -> None:
    spans: list[int] = []
    for pause in (0.0, 60.0, 300.0, 3600.0, DAY):
        before = len(sent(yahoo, "orderList"))
        yahoo.read_orders(wait=pause)
        oldest = min(body["Search"]["Condition"]["OrderTimeFrom"] for body in sent(yahoo, "orderList")[before:])
        start = datetime.strptime(oldest, "%Y%m%d%H%M%S").replace(tzinfo=JST)
        spans.append(round((yahoo.clock.now() - start) / timedelta(hours=1)))
    assert spans == [60 * 24, 0, 48, 14 * 24, 60 * 24]


def test_after_a_restart_only_open_and_changed_orders_are_read(yahoo: YahooMall) -> None:
    tea = yahoo.add("tea", 100)
    for _ in range(5):
        yahoo.ship(yahoo.buy((tea, 1)))
    still_open = yahoo.buy((tea, 1))
    yahoo.clock.sleep(DAY)
    yahoo.read_orders()
    yahoo.channel = yahoo.connect()
    before = len(sent(yahoo, "orderInfo"))
    yahoo.clock.sleep(60)
    answer = yahoo.read_orders()
    assert [order.order for order in answer.orders] == [still_open]
    assert len(sent(yahoo, "orderInfo")) == before + 1


def test_an_answer_that_was_lost_on_the_way_to_the_books_comes_again(yahoo: YahooMall) -> None:
    order = yahoo.buy((yahoo.add("tea", 10), 2))
    yahoo.ship(order)
    yahoo.clock.sleep(10)
    since = yahoo.since
    assert [each.order for each in yahoo.channel.orders(since).orders] == [order]
    assert [each.order for each in yahoo.channel.orders(since).orders] == [order]


def test_an_order_from_before_the_look_back_is_never_booked(yahoo: YahooMall) -> None:
    """It had left before the books were opened; that it is finished now is no news."""
    yahoo.channel = yahoo.connect(look_back_days=10)
    order = yahoo.buy((yahoo.add("tea", 10), 2))
    yahoo.ship(order)
    yahoo.clock.sleep(12 * DAY)
    yahoo.simulator.finish(order)
    yahoo.since = yahoo.clock.now() - timedelta(days=10)
    assert yahoo.read_orders().orders == ()


@pytest.mark.parametrize("look_back_days", [60, 10])
@pytest.mark.parametrize(("told", "strange"), [("<OrderTime>2", "<OrderTime>?"), ("<OrderStatus>2", "<OrderStatus>?")])
def test_an_order_whose_header_cannot_be_read_is_asked_for_and_holds_up_no_other(
    yahoo: YahooMall, told: str, strange: str, look_back_days: int
) -> None:
    """Unless the order itself tells that it is from before the look-back."""
    yahoo.channel = yahoo.connect(look_back_days=look_back_days)
    odd = yahoo.buy((yahoo.add("tea", 10), 1))
    yahoo.clock.sleep(12 * DAY)
    good = yahoo.buy((yahoo.add("cup", 10), 1))
    inner = yahoo.faults.app

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        said = b"".join(inner(environ, start_response)).decode()
        if "orderList" in environ["PATH_INFO"] and odd in said:
            before, at, after = said.partition(odd)
            said = before + at + after.replace(told, strange, 1)
        return [said.encode()]

    yahoo.faults.app = app
    answer = yahoo.read_orders()
    assert yahoo.newest.keys() == ({odd, good} if look_back_days == 60 else {good})
    assert answer.problems == {}


@pytest.mark.parametrize("shown", [True, False])
def test_t19_a_held_order_hides_its_units_until_it_is_published_with_its_old_time(
    yahoo: YahooMall, shown: bool
) -> None:
    yahoo.simulator.switches.held_shown_by_id = shown
    tea = yahoo.add("tea", 10)
    order = yahoo.simulator.place([(yahoo.wire(tea), 2)], held=True)
    assert order is not None
    assert yahoo.read_orders().orders == ()
    assert yahoo.channel.read([tea]) == {tea: 8}  # what the gap rule of the push finds
    yahoo.clock.sleep(30 * 60)
    assert yahoo.read_orders().orders == ()
    yahoo.simulator.review(order)
    yahoo.read_orders(wait=310.0)
    assert yahoo.counts(order) == (2, 2, 0, 0)


class Silence:
    """Yahoo answers `orders` with a 503 (`status`) until it is ended; what it was asked for is noted."""

    def __init__(self, yahoo: YahooMall, *orders: str, status: str = "503 Service Unavailable") -> None:
        self.orders, self.status, self.asked = set(orders), status, list[str]()
        self._inner = yahoo.faults.app
        yahoo.faults.app = self

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if "orderInfo" in environ["PATH_INFO"]:
            body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
            environ["wsgi.input"] = BytesIO(body)
            order = text(nodes(read(body.decode()), "Req", "Target")[0], "OrderId")
            self.asked.append(order)
            if order in self.orders:
                start_response(self.status, [("Content-Type", "text/html")])
                return [b"<html></html>"]
        return self._inner(environ, start_response)


def test_t19_what_a_read_had_read_when_it_broke_off_is_told_by_the_next(yahoo: YahooMall) -> None:
    """The order is over, and its last change long past: no list makes it news a second time."""
    yahoo.simulator.switches.held_seconds = 60 * DAY
    tea = yahoo.add("tea", 10)
    order = yahoo.simulator.place([(yahoo.wire(tea), 2)], held=True)
    assert order is not None
    yahoo.read_orders(wait=50 * 3600.0)
    yahoo.simulator.review(order)
    yahoo.ship(order)
    for _ in range(50):
        yahoo.read_orders(wait=60.0)
    assert order not in yahoo.newest
    silence = Silence(yahoo, *(yahoo.buy((tea, 1)) for _ in range(3)))
    with pytest.raises(TryAgain):
        yahoo.read_orders(wait=3600.0)
    assert order in silence.asked
    silence.orders.clear()
    yahoo.read_orders(wait=60.0)
    assert yahoo.counts(order) == (2, 0, 2, 0)


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("held_hours", [0.05, 50.0])
def test_t19_an_order_that_was_held_and_is_shipped_before_any_list_shows_it(
    yahoo: YahooMall, held_hours: float, restarted: bool
) -> None:
    """It is over when it shows for the first time, in a sweep: by then the last reads are past its last change."""
    yahoo.simulator.switches.held_seconds = 60 * DAY
    order = yahoo.simulator.place([(yahoo.wire(yahoo.add("tea", 10)), 2)], held=True)
    assert order is not None
    yahoo.read_orders(wait=held_hours * 3600)
    yahoo.read_orders(wait=60.0)
    yahoo.simulator.review(order)
    yahoo.ship(order)
    if restarted:
        yahoo.channel = yahoo.connect()
    for _ in range(75):
        yahoo.read_orders(wait=60.0)
    assert yahoo.counts(order) == (2, 0, 2, 0)


def test_t19_an_order_that_is_held_after_we_saw_it_stays_reserved(yahoo: YahooMall) -> None:
    order = yahoo.buy((yahoo.add("tea", 10), 2))
    yahoo.read_orders()
    yahoo.simulator.state.orders[order].fraud_hold = 3
    answer = yahoo.read_orders()
    assert [each.order for each in answer.orders] == [order]  # by its id
    assert yahoo.counts(order) == (2, 2, 0, 0)


def test_t20_the_buyer_changes_his_mind_within_minutes(yahoo: YahooMall) -> None:
    tea = yahoo.add("tea", 10)
    order = yahoo.buy((tea, 2))
    yahoo.read_orders()
    assert yahoo.simulator.buyer_cancels(order)
    yahoo.read_orders()
    assert yahoo.counts(order) == (2, 0, 0, 0)
    assert yahoo.stock(tea) == 10


def test_t21_an_unpaid_order_keeps_its_units_for_days(yahoo: YahooMall) -> None:
    tea = yahoo.add("tea", 10)
    order = yahoo.simulator.place([(yahoo.wire(tea), 2)], paid=False)
    assert order is not None
    for _ in range(6):
        yahoo.read_orders(wait=DAY)
        assert yahoo.counts(order) == (2, 2, 0, 0)
    yahoo.simulator.cancel(order, reason=120)
    yahoo.read_orders()
    assert yahoo.counts(order) == (2, 0, 0, 0)


@pytest.mark.parametrize("status", [RESERVED, 3])
def test_reserved_and_held_orders_keep_their_units(yahoo: YahooMall, status: int) -> None:
    order = yahoo.simulator.place([(yahoo.wire(yahoo.add("tea", 10)), 2)], status=status)
    assert order is not None
    yahoo.read_orders()
    assert yahoo.counts(order) == (2, 2, 0, 0)


def test_t22_a_split_order_is_read_together_with_its_child(yahoo: YahooMall) -> None:
    tea, cup = yahoo.add("tea", 10), yahoo.add("cup", 10)
    order = yahoo.buy((tea, 3), (cup, 1))
    yahoo.read_orders()
    child = yahoo.simulator.split(order, "1", 2)
    yahoo.simulator.state.orders[child].visible_at += timedelta(seconds=-60)
    answer = yahoo.read_orders(wait=0.0)
    assert {each.order for each in answer.orders} == {order, child}
    assert units(yahoo, order) == {"1": (1, 0), "2": (1, 0)}
    assert units(yahoo, child) == {"1": (2, 0)}
    whole = yahoo.simulator.split(order, "1", 1)
    yahoo.read_orders()
    assert units(yahoo, order) == {"2": (1, 0)}  # the line went over whole
    assert units(yahoo, whole) == {"1": (1, 0)}


def test_t22_a_split_order_is_told_with_its_child_also_after_a_read_that_broke_off(yahoo: YahooMall) -> None:
    tea = yahoo.add("tea", 10)
    order = yahoo.buy((tea, 3))
    yahoo.read_orders()
    child = yahoo.simulator.split(order, "1", 2)
    yahoo.simulator.switches.held_shown_by_id = True
    yahoo.simulator.state.orders[child].fraud_hold = 1  # no list shows it yet
    other = yahoo.buy((tea, 1))
    silence = Silence(yahoo, child, other)
    with pytest.raises(TryAgain):
        yahoo.read_orders()
    silence.orders.clear()
    yahoo.read_orders(wait=1.0)
    assert units(yahoo, order) == {"1": (1, 0)}
    assert units(yahoo, child) == {"1": (2, 0)}


def test_one_order_that_yahoo_has_no_answer_for_holds_up_no_other(yahoo: YahooMall) -> None:
    tea = yahoo.add("tea", 10)
    odd, good = yahoo.buy((tea, 1)), yahoo.buy((tea, 1))
    silence = Silence(yahoo, odd, status="500 Internal Server Error")
    for _ in range(3):
        answer = yahoo.read_orders(wait=3600.0)
        assert ([each.order for each in answer.orders], set(answer.problems)) == ([good], {odd})
        assert answer.complete_until == yahoo.simulator.state.orders[odd].placed_at  # nothing is raised past it
    silence.orders.clear()
    assert yahoo.read_orders().complete_until > answer.complete_until
    assert yahoo.counts(odd) == (1, 1, 0, 0)


def test_an_order_that_yahoo_has_no_answer_for_holds_up_the_feed_for_a_day(yahoo: YahooMall) -> None:
    odd = yahoo.buy((yahoo.add("tea", 10), 1))
    Silence(yahoo, odd)
    yahoo.read_orders()
    for _ in range(25):
        answer = yahoo.read_orders(wait=3600.0)
    assert answer.complete_until > yahoo.simulator.state.orders[odd].placed_at + timedelta(days=1)
    assert set(answer.problems) == {odd}


def test_t22_while_a_child_cannot_be_read_its_order_is_not_told_either(yahoo: YahooMall) -> None:
    tea = yahoo.add("tea", 10)
    order = yahoo.buy((tea, 3))
    yahoo.read_orders()
    child = yahoo.simulator.split(order, "1", 2)
    silence = Silence(yahoo, child)
    for _ in range(2):
        assert set(yahoo.read_orders().problems) == {order, child}
        assert yahoo.counts(order) == (3, 3, 0, 0)
    silence.orders.clear()
    assert yahoo.read_orders().problems == {}
    assert (yahoo.counts(order), yahoo.counts(child)) == ((1, 1, 0, 0), (2, 2, 0, 0))


def test_partial_cancellation_is_less_or_gone(yahoo: YahooMall) -> None:
    tea, cup = yahoo.add("tea", 10), yahoo.add("cup", 10)
    order = yahoo.buy((tea, 3), (cup, 1))
    yahoo.read_orders()
    yahoo.simulator.cancel(order, "1", 1)
    yahoo.read_orders()
    assert units(yahoo, order) == {"1": (2, 0), "2": (1, 0)}
    yahoo.simulator.cancel(order, "2")
    yahoo.read_orders()
    assert units(yahoo, order) == {"1": (2, 0)}
    added = yahoo.simulator.add_line(order, yahoo.wire(cup), 4)
    yahoo.read_orders()
    assert units(yahoo, order) == {"1": (2, 0), added: (4, 0)}


def test_t23_t30_nothing_is_ever_written_to_an_order_or_item(yahoo: YahooMall) -> None:
    tea = yahoo.add("tea", 10)
    order = yahoo.buy((tea, 1))
    yahoo.read_orders()
    yahoo.push({tea: 5})
    yahoo.channel.check()
    assert not yahoo.simulator.state.orders[order].is_seen
    assert {record.operation for record in yahoo.records if record.writes} == {"setStock"}
    assert {record.operation for record in yahoo.records} == {
        "token", "getStock", "setStock", "orderList", "orderInfo", "orderCount",
    }  # fmt: skip


def test_t24_times_are_japans(yahoo: YahooMall) -> None:
    yahoo.read_orders(wait=0.0)  # 2026-11-23 01:00 UTC
    [*_, last] = sent(yahoo, "orderList")
    assert last["Search"]["Condition"]["OrderTimeTo"] == "20261123110000"  # an hour ahead, for a clock that is


def test_t25_an_order_that_goes_while_paging_hides_no_other(yahoo: YahooMall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "LIST_PAGE", 2)
    tea = yahoo.add("tea", 100)
    placed = [yahoo.buy((tea, 1)) for _ in range(6)]
    yahoo.clock.sleep(10)
    lists: list[str] = []

    def suspicion(environ: dict[str, Any]) -> None:
        lists.extend(["list"] * ("orderList" in environ["PATH_INFO"]))
        if len(lists) == 4:  # the window with the orders is the third
            yahoo.simulator.state.orders[placed[0]].fraud_hold = 1

    yahoo.faults.before = suspicion
    yahoo.read_orders()
    assert yahoo.newest.keys() >= set(placed[1:])


def test_t26_both_doors_draw_on_one_limiter(yahoo: YahooMall) -> None:
    tea = yahoo.add("tea", 10)
    yahoo.channel.read([tea])
    began = yahoo.clock.monotonic()
    yahoo.channel.orders(yahoo.since)
    calls = sum(record.operation == "orderList" for record in yahoo.records)
    yahoo.channel.read([tea])
    assert yahoo.clock.monotonic() - began >= (calls + 1) * facts.CALL_EVERY_SECONDS - 0.01
    assert yahoo.told_off == []


def test_t29_what_stands_in_a_text_is_escaped_and_cdata_is_text() -> None:
    assert write({"Req": {"Title": "a & <b>"}}).endswith(b"<Req><Title>a &amp; &lt;b&gt;</Title></Req>")
    found = read("<R xmlns='urn:yahoo:api'><T><![CDATA[a & <b>]]></T><E/></R>")
    assert text(nodes(found, "R")[0], "T") == "a & <b>"
    assert text(nodes(found, "R")[0], "E") == ""


@pytest.mark.parametrize(
    "body",
    [
        '<!DOCTYPE r [<!ENTITY a "aaaa">]><Result><Status>&a;</Status></Result>',
        '<!DOCTYPE r SYSTEM "file:///etc/passwd"><Result/>',
        "<Result><Status>OK</Result>",
        "",
    ],
)
def test_a_document_with_a_doctype_or_a_hole_is_none(body: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read(body)


def test_t32_auction_orders_count_as_well(yahoo: YahooMall) -> None:
    order = yahoo.buy((yahoo.add("tea", 10), 2))
    yahoo.simulator.state.orders[order].auction = True
    yahoo.read_orders()
    assert yahoo.counts(order) == (2, 2, 0, 0)


def test_t11_a_person_is_told_of_items_that_yahoo_has_closed(yahoo: YahooMall) -> None:
    tea = yahoo.add("tea", 10)
    order, other = yahoo.buy((tea, 2)), yahoo.buy((tea, 1))
    yahoo.simulator.cancel(other, reason=230)
    assert yahoo.read_orders().alarms == {}
    yahoo.simulator.cancel(order, reason=210)
    alarms = yahoo.read_orders().alarms
    assert set(alarms) == {order}
    assert tea.id in alarms[order].ja
    assert tea.id in alarms[order].en
    yahoo.channel = yahoo.connect()  # a restart does not forget it
    yahoo.since = yahoo.clock.now() - timedelta(hours=1)
    assert set(yahoo.read_orders().alarms) == {order}
    yahoo.clock.sleep(15 * DAY)
    assert yahoo.read_orders().alarms == {}


def test_an_order_without_lines_is_a_problem_and_no_cancellation(
    yahoo: YahooMall, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = yahoo.buy((yahoo.add("tea", 10), 2))
    yahoo.read_orders()
    monkeypatch.setattr(order_api, "_item", lambda *_: "")
    yahoo.simulator.changes.note(yahoo.simulator.state.orders[order])
    assert set(yahoo.read_orders().problems) == {order}


def test_the_buyer_is_dropped_though_yahoo_tells_of_him_unasked(yahoo: YahooMall) -> None:
    yahoo.simulator.switches.buyer_unasked = True
    told: list[bytes] = []
    plain = yahoo.seams()

    class Listening(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            response = plain.transport.handle_request(request)  # type: ignore[union-attr]
            told.append(b"".join(response.stream))  # type: ignore[arg-type]
            return httpx.Response(response.status_code, headers=response.headers, content=told[-1])

    seams = type(plain)(plain.clock, plain.may_write, plain.random, Listening(), plain.record)
    yahoo.seams = lambda: seams  # type: ignore[method-assign]
    yahoo.channel = yahoo.connect()
    yahoo.buy((yahoo.add("tea", 10), 2))
    answer = yahoo.read_orders()
    assert any(b"example.invalid" in body for body in told)
    assert "example.invalid" not in repr(yahoo.records) + repr(answer) + repr(vars(yahoo.channel))
