"""Amazon's official models and sandbox cases against the adapter (amazon.md §10).

Each sandbox case of a call that we make is answered by a stand-in that matches as the real sandbox does: every
parameter that the case names must be the call's. The requests of the whole conformance suite are held against the
models besides, and so is every answer of the simulator (tests/support/amazon_models.py).
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest

from bridge.channel_settings import Amazon
from bridge.channels.amazon import AmazonChannel, checks, facts, feeds, offers, orders, stock
from bridge.channels.amazon.wire import AmazonRefused, SpApi
from bridge.channels.http import Operation, Seams
from bridge.channels.port import Outcome, PushItem
from bridge.domain.orders import ListingKey
from bridge.errors import NeedsPerson
from bridge.settings import Secret
from tests.contract.channels.conformance import KEY, AmazonMall
from tests.support import amazon_models
from tests.support.amazon_models import cases, check_request, check_response, parameter, path_names
from tests.support.virtual_clock import VirtualClock

pytestmark = pytest.mark.skipif(not amazon_models.PRESENT, reason=amazon_models.WHY_NOT)

OURS: dict[str, Operation] = {
    "searchOrders": orders.SEARCH,
    "getOrder": orders.GET,
    "getListingsItem": offers.GET,
    "searchListingsItems": offers.SEARCH,
    "patchListingsItem": stock.PATCH,
    "createFeedDocument": feeds.CREATE_DOCUMENT,
    "createFeed": feeds.CREATE,
    "getFeed": feeds.GET,
    "getFeeds": feeds.LIST,
    "getFeedDocument": feeds.GET_DOCUMENT,
    "getMarketplaceParticipations": checks.PARTICIPATIONS,
}
"""Every operation that the adapter calls and that has static cases; getInventorySummaries has none."""

CASES = cases(*OURS)


def of(operation: str, *statuses: int) -> list[dict[str, Any]]:
    return [case for case in CASES if case["operationId"] == operation and case["status"] in statuses]


def named(case: dict[str, Any]) -> str:
    return f"{case['operationId']}-{case['status']}-{case['index']}"


class OfficialSandbox(httpx.BaseTransport):
    """Answers one case to calls that match it, empty lists to other questions for lists, 404 to the rest."""

    def __init__(self, case: dict[str, Any]) -> None:
        self.case = case
        self.met = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/auth/o2/token":
            return httpx.Response(200, json={"access_token": "Atza|x", "expires_in": 3600})
        path, _, query = request.url.raw_path.decode().partition("?")
        body = json.loads(request.content) if request.content else None
        call = amazon_models.find(request.method, path)
        assert call is not None, path
        told = self.case["response"].get("pagination") or {}
        last = "paginationToken" in query and told.get("nextToken", "") in dict(parse_qsl(query)).values()
        if call.name == self.case["operationId"] and self.matches(path, query, body) and not last:
            self.met += 1
            return httpx.Response(self.case["status"], json=self.case["response"])
        if call.name == "searchOrders":
            token = parameter(self.case, "paginationToken")
            first = {"pagination": {"nextToken": token}} if token and "createdAfter" in query else {}
            return httpx.Response(200, json={"orders": []} | first)
        if call.name == "getFeeds":
            return httpx.Response(200, json={"feeds": []})
        if call.name == "getInventorySummaries":
            return httpx.Response(200, json={"payload": {"granularity": {}, "inventorySummaries": []}})
        return httpx.Response(404, json={"errors": [{"code": "NotFound", "message": "Not found"}]})

    def matches(self, path: str, query: str, body: Any) -> bool:
        given: dict[str, Any] = {**dict(parse_qsl(query)), **path_names(self.case, path), "body": body}
        for name, told in self.case["request"].get("parameters", {}).items():
            wanted = told.get("value")
            if isinstance(wanted, list):
                wanted = ",".join(wanted)
            if name != "body" and wanted is not None and str(given.get(name)) != str(wanted):
                return False
            if name == "body" and wanted and given["body"] != wanted:
                return False
        return True


def settings(marketplace: str) -> Amazon:
    return Amazon(
        "SellerId", "id", Secret("client-secret"), Secret("Atzr|refresh"), ("本社倉庫",),
        base_url="https://amazon.test", token_url="https://amazon.test/auth/o2/token", marketplace=marketplace,
    )  # fmt: skip


def connect(case: dict[str, Any], start: datetime | None = None) -> tuple[AmazonChannel, OfficialSandbox, Seams]:
    sandbox = OfficialSandbox(case)
    clock = VirtualClock(start) if start else VirtualClock()
    seams = Seams(clock, lambda: True, Random(7), sandbox)
    marketplaces = parameter(case, "marketplaceIds")
    return AmazonChannel(settings(marketplaces[0] if marketplaces else home_of(case)), seams), sandbox, seams


def home_of(case: dict[str, Any]) -> str:
    """Where the case names none, the one that its answer is about."""
    summaries = case["response"].get("summaries") or [{"marketplaceId": "A1VC38T7YXB528"}]
    return str(summaries[0]["marketplaceId"])


def lines_of_ours(order: dict[str, Any]) -> int:
    return 0 if order["fulfillment"].get("fulfilledBy") == "AMAZON" else len(order["orderItems"])


def ask(case: dict[str, Any]) -> dict[str, Any]:
    """The case's own call through the adapter's wire, its parameters as the case has them."""
    sandbox = OfficialSandbox(case)
    api = SpApi(settings("A1VC38T7YXB528"), Seams(VirtualClock(), lambda: True, Random(7), sandbox))
    given = {name: told.get("value") for name, told in case["request"].get("parameters", {}).items()}
    in_path = {"sellerId": "SellerId", "sku": "SKU"} | given
    parts = [str(in_path[name]) for name in _names(case)]
    query = {
        name: ",".join(value) if isinstance(value, list) else str(value)
        for name, value in given.items()
        if name != "body" and name not in _names(case)
    }
    try:
        return api.call(OURS[case["operationId"]], *parts, query=query, body=given.get("body") or None)
    finally:
        assert sandbox.met >= 1


def _names(case: dict[str, Any]) -> list[str]:
    return [part[1:-1] for part in case["path"].split("/") if part.startswith("{")]


def test_these_are_the_cases_that_concern_our_calls() -> None:
    assert Counter(case["operationId"] for case in CASES) == {
        "searchOrders": 4, "getOrder": 4, "getListingsItem": 2, "searchListingsItems": 2, "patchListingsItem": 4,
        "createFeedDocument": 2, "createFeed": 2, "getFeed": 2, "getFeeds": 2, "getFeedDocument": 2,
        "getMarketplaceParticipations": 1,
    }  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_case_passes_through_the_wire(case: dict[str, Any]) -> None:
    """A success is handed on, a refusal is one: with the words that Amazon used."""
    if case["status"] < 300:
        assert ask(case).keys() <= case["response"].keys()
        return
    with pytest.raises(AmazonRefused) as caught:
        ask(case)
    [error] = case["response"]["errors"]
    assert error["code"] in caught.value.hint.en
    assert error["message"] in caught.value.hint.ja


@pytest.mark.parametrize("case", of("searchOrders", 200), ids=named)
def test_orders_of_a_search_become_snapshots(case: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """The daily sweep asks by createdAfter, as the cases do: let it start on their day."""
    monkeypatch.setattr(facts, "INCLUDED", tuple(parameter(case, "includedData")))
    day = datetime.fromisoformat(parameter(case, "createdAfter"))
    channel, sandbox, seams = connect(case, day.astimezone(UTC) + facts.SWEEP)
    answer = channel.orders(seams.clock.now())
    assert sandbox.met == 1
    assert answer.problems == {}
    shown = {order["orderId"]: lines_of_ours(order) for order in case["response"]["orders"]}
    assert {order.order: len(order.lines) for order in answer.orders} == shown


@pytest.mark.parametrize("case", of("getOrder", 200, 400), ids=named)
def test_a_single_order_becomes_a_snapshot(case: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    if included := parameter(case, "includedData"):
        monkeypatch.setattr(facts, "INCLUDED", tuple(included))
    channel, sandbox, seams = connect(case)
    number = parameter(case, "orderId")
    answer = channel.orders(seams.clock.now() - timedelta(hours=1), [number])
    assert sandbox.met == 1
    if case["status"] == 400:
        assert (answer.orders, set(answer.problems)) == ((), {number})
        return
    [order] = answer.orders
    assert (order.order, len(order.lines)) == (number, lines_of_ours(case["response"]["order"]))


def test_a_listing_is_understood() -> None:
    [case] = of("getListingsItem", 200)
    channel, sandbox, _ = connect(case)
    sku = case["response"]["sku"]
    summary = case["response"]["summaries"][0]
    offer = offers.offer_in(case["response"], channel._settings.marketplace)
    assert offer is not None
    assert (offer.sku, offer.product_type) == (sku, summary["productType"])
    found = channel.read([ListingKey("amazon", "GM,9B4E")])  # only a SKU with a comma is asked for by itself
    assert (sandbox.met, found) == (1, {})  # the sandbox answers with another one, which is not what was asked for


def test_a_search_for_listings_is_understood() -> None:
    [case] = of("searchListingsItems", 200)
    channel, _, _ = connect(case)
    for item in case["response"]["items"]:
        offer = offers.offer_in(item, channel._settings.marketplace)
        assert offer is not None
        codes = {each["fulfillmentChannelCode"] for each in item["fulfillmentAvailability"]}
        assert bool(offer.by_amazon) == bool(codes - {"DEFAULT"} or item["summaries"][0].get("fnSku"))


@pytest.mark.parametrize("case", of("patchListingsItem", 200, 400), ids=named)
def test_answers_to_a_patch_become_outcomes(case: dict[str, Any]) -> None:
    sku = parameter(case, "sku") or "GM-ZDPI-9B4E"
    channel, sandbox, seams = connect({**case, "request": {"parameters": {}}})
    channel._offers._known[sku] = offers.Offer(sku, "LUGGAGE", 5, "", inspected_at=seams.clock.monotonic())
    [pushed] = channel.push([PushItem(ListingKey("amazon", sku), 4, 5)], KEY)
    assert sandbox.met >= 1
    wanted = {"ACCEPTED": Outcome.DONE, "INVALID": Outcome.REFUSED, "VALID": Outcome.UNKNOWN}  # VALID: of previews only
    assert pushed.outcome is wanted.get(case["response"].get("status"), Outcome.REFUSED)


def test_the_seller_of_the_sandbox_does_not_sell_in_japan() -> None:
    [case] = of("getMarketplaceParticipations", 200)
    channel, _, _ = connect(case)
    [line] = [line for line in channel.check() if line.name == "marketplace"]
    assert not line.ok
    channel = AmazonChannel(
        settings("ATVPDKIKX0DER"), Seams(VirtualClock(), lambda: True, Random(7), OfficialSandbox(case))
    )
    [line] = [line for line in channel.check() if line.name == "marketplace"]
    assert line.ok


def test_a_search_that_is_refused_needs_a_person() -> None:
    [case] = of("searchOrders", 400)
    channel, _, seams = connect({**case, "request": {"parameters": {}}})
    with pytest.raises(NeedsPerson, match="InvalidInput"):
        channel.orders(seams.clock.now())


# The judge itself


def test_every_operation_is_met_in_a_day(amazon: AmazonMall, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the judge never sees it cannot judge."""
    tea, comma = amazon.add("tea", 10), amazon.add("a,b", 10)
    amazon.buy((tea, 1))
    amazon.channel.orders(amazon.since, ["503-0000009-0000009"])
    amazon.push({tea: 3, comma: 3})
    monkeypatch.setattr(facts, "BULK_FROM", 1)
    amazon.push({tea: 5})
    amazon.channel.check()
    judge = amazon.faults.app
    assert isinstance(judge, amazon_models.Judged)
    assert judge.seen == OURS.keys() | {"getInventorySummaries", "auth", "documents"}


ITEM = "/listings/2021-08-01/items/A2/TEA"
GOOD = {"productType": "TEA", "patches": [{"op": "merge", "path": "/x", "value": [{"quantity": 1}]}]}


@pytest.mark.parametrize(
    ("method", "path", "query", "body", "problem"),
    [
        ("GET", "/orders/2026-01-01/order", "", None, "no such operation"),
        ("GET", "/orders/2026-01-01/orders", "createdAfter=yesterday", None, "no time"),
        ("GET", "/orders/2026-01-01/orders", "since=2026-11-01T00:00:00Z", None, "unknown parameter"),
        ("GET", "/orders/2026-01-01/orders", "fulfillmentStatuses=PENDING&fulfillmentStatuses=SHIPPED", None, "twice"),
        ("GET", "/orders/2026-01-01/orders", "includedData=FULFILMENT", None, "none of"),
        ("GET", "/orders/2026-01-01/orders", "", {}, "a body"),
        ("PATCH", ITEM, "", GOOD, "marketplaceIds is missing"),
        ("PATCH", ITEM, "marketplaceIds=J", None, "the body is missing"),
        ("PATCH", ITEM, "marketplaceIds=J", {"patches": GOOD["patches"]}, ".productType: missing"),
        ("PATCH", ITEM, "marketplaceIds=J", {**GOOD, "patches": []}, "minItems"),
        ("PATCH", ITEM, "marketplaceIds=J", {**GOOD, "patches": [{"op": "set", "path": "/x"}]}, "none of"),
        ("GET", "/listings/2021-08-01/items/A2", "marketplaceIds=J&pageSize=21", None, "maximum"),
        ("GET", "/fba/inventory/v1/summaries", "granularityType=Marketplace", None, "granularityId is missing"),
    ],
)
def test_the_judge_refuses_requests(method: str, path: str, query: str, body: Any, problem: str) -> None:
    assert any(problem in each for each in check_request(method, path, query, body))


def test_the_judge_lets_good_requests_pass() -> None:
    assert check_request("PATCH", ITEM + "%2F1", "marketplaceIds=J&issueLocale=ja_JP", GOOD) == []
    assert check_request("GET", "/orders/2026-01-01/orders", "createdAfter=2026-11-01T00:00:00Z", None) == []


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ({"sku": "TEA", "status": "ACCEPTED"}, ".submissionId: missing"),
        ({"sku": "TEA", "status": "DONE", "submissionId": "1"}, "none of"),
        ({"sku": 1, "status": "ACCEPTED", "submissionId": "1"}, "no string"),
        ({"sku": "TEA", "status": "ACCEPTED", "submissionId": "1", "ok": True}, ""),
    ],
)
def test_the_judge_refuses_answers(answer: Any, problem: str) -> None:
    problems = check_response("PATCH", ITEM, 200, answer)
    assert len(problems) == 1 if problem else True
    assert all(problem in each for each in problems)
    assert check_response("PATCH", ITEM, 404, {}) == ["patchListingsItem: no answer 404"]


@pytest.mark.parametrize("case", CASES, ids=named)
def test_the_judge_finds_amazons_own_answers_good(case: dict[str, Any]) -> None:
    path = case["path"].replace("{", "").replace("}", "")
    assert check_response(case["method"], path, case["status"], case["response"]) == []
