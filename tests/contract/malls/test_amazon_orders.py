"""Orders 2026-01-01: searching, paging, statuses and what becomes of an order (amazon.md §4)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bridge.sandbox.malls.amazon.answers import stamp
from tests.contract.malls.clients import AmazonClient


@pytest.fixture(autouse=True)
def at_once(amazon: AmazonClient) -> None:
    amazon.mall.switches.update_delay = 0.0
    amazon.mall.switches.throttle = False


def buy(amazon: AmazonClient, units: int = 3, sku: str = "TEA-001", **more: object) -> str:
    listing = (sku, "DEFAULT")
    if sku not in amazon.mall.state.items:
        amazon.product(sku)
    placed = amazon.mall.place([(listing, units)], **more)  # type: ignore[arg-type]
    assert placed is not None
    amazon.clock.sleep(10)
    return placed


def status(amazon: AmazonClient, number: str) -> str:
    told: str = amazon.order(number)["fulfillment"]["fulfillmentStatus"]
    return told


def test_an_order_with_its_items(amazon: AmazonClient) -> None:
    number = buy(amazon)
    [order] = amazon.found()
    assert order["orderId"] == number
    assert order["salesChannel"]["channelName"] == "AMAZON"
    assert (order["fulfillment"]["fulfillmentStatus"], order["fulfillment"]["fulfilledBy"]) == ("UNSHIPPED", "MERCHANT")
    [item] = order["orderItems"]
    assert (item["quantityOrdered"], item["product"]["sellerSku"]) == (3, "TEA-001")
    assert item["fulfillment"] == {"quantityFulfilled": 0, "quantityUnfulfilled": 3}
    assert order == amazon.order(number)


def test_without_fulfillment_there_is_not_even_a_status(amazon: AmazonClient) -> None:
    buy(amazon)
    [order] = amazon.found(includedData="gone")
    assert "fulfillment" not in order
    assert "fulfillment" not in order["orderItems"][0]


def test_who_asks_for_the_buyer_gets_the_buyer(amazon: AmazonClient) -> None:
    number = buy(amazon)
    assert "buyer" not in amazon.order(number)
    full = amazon.order(number, "BUYER,RECIPIENT")
    assert full["buyer"]["buyerEmail"].endswith("@example.invalid")
    assert full["recipient"]["deliveryAddress"]["city"]


@pytest.mark.parametrize(
    "query",
    [
        {"createdAfter": "gone"},
        {"lastUpdatedAfter": "2026-11-01T00:00:00Z"},  # both
        {"createdAfter": "2026-11-01"},  # no time zone
        {"lastUpdatedBefore": "2026-11-22T00:00:00Z"},  # of the other kind
        {"createdBefore": "2026-10-01T00:00:00Z"},  # before the beginning
        {"createdBefore": "2026-11-23T01:00:00Z"},  # less than two minutes ago
        {"paginationToken": "xyz"},
    ],
)
def test_searches_that_are_refused(amazon: AmazonClient, query: dict[str, str]) -> None:
    answer = amazon.search(**query)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "InvalidInput"


def test_pages_follow_each_other(amazon: AmazonClient) -> None:
    amazon.product(stock=500)
    placed = [buy(amazon, 1) for _ in range(5)]
    found, token = [], None
    while True:
        answer = amazon.search(maxResultsPerPage="2", **({"paginationToken": token} if token else {})).json()
        found += [order["orderId"] for order in answer["orders"]]
        if "pagination" not in answer:
            break
        token = answer["pagination"]["nextToken"]
    assert found == placed


def test_a_pages_token_is_for_the_same_question_and_a_day(amazon: AmazonClient) -> None:
    amazon.product(stock=500)
    for _ in range(3):
        buy(amazon, 1)
    token = amazon.search(maxResultsPerPage="2").json()["pagination"]["nextToken"]
    assert amazon.search(paginationToken=token, fulfilledBy="MERCHANT").status_code == 400
    assert len(amazon.found(paginationToken=token, includedData="FULFILLMENT")) == 1  # that may change
    amazon.clock.sleep(24 * 3600)
    amazon.headers = {"x-amz-access-token": amazon.token().json()["access_token"]}
    assert amazon.search(paginationToken=token).status_code == 400


def test_the_search_is_two_minutes_behind_and_says_so(amazon: AmazonClient) -> None:
    amazon.mall.switches.update_delay = 120.0
    number = buy(amazon)
    since = {"createdAfter": "gone", "lastUpdatedAfter": "2026-11-01T00:00:00Z"}
    answer = amazon.search(**since).json()
    assert answer["orders"] == []
    assert answer["lastUpdatedBefore"] == stamp(amazon.clock.now() - timedelta(seconds=120))
    amazon.clock.sleep(110)
    assert [order["orderId"] for order in amazon.found(**since)] == [number]
    amazon.mall.ship(number)
    assert amazon.found(**since) == []  # its newest change is too young
    assert status(amazon, number) == "SHIPPED"  # getOrder is not behind
    amazon.clock.sleep(120)
    assert len(amazon.found(**since)) == 1


def test_a_feed_that_is_late(amazon: AmazonClient) -> None:
    amazon.mall.visible_after = 60.0
    number = buy(amazon)
    assert amazon.found() == []
    assert amazon.get(f"/orders/2026-01-01/orders/{number}").status_code == 404
    amazon.clock.sleep(50)
    assert len(amazon.found()) == 1


def test_by_status_and_by_who_ships(amazon: AmazonClient) -> None:
    amazon.product("FBA-1", channel="AMAZON_JP")
    own = buy(amazon)
    theirs = amazon.mall.buy(("FBA-1", "AMAZON_JP"), 1)
    amazon.clock.sleep(10)
    amazon.mall.ship(own)
    assert [order["orderId"] for order in amazon.found(fulfilledBy="AMAZON")] == [theirs]
    assert [order["orderId"] for order in amazon.found(fulfillmentStatuses="SHIPPED,CANCELLED")] == [own]


def test_paid_by_card_after_a_while(amazon: AmazonClient) -> None:
    amazon.mall.switches.payment_after = 1800.0
    number = buy(amazon)
    assert status(amazon, number) == "PENDING"
    assert amazon.mall.stock()[("TEA-001", "DEFAULT")] == 7  # Amazon has lowered its own number at once
    assert amazon.mall.ship(number) == 0
    amazon.clock.sleep(1800)
    assert status(amazon, number) == "UNSHIPPED"


@pytest.mark.parametrize(
    ("shown", "counts"),
    [
        ("shown", {"quantityFulfilled": 0, "quantityUnfulfilled": 3}),
        ("zero", {"quantityFulfilled": 0, "quantityUnfulfilled": 0}),
        ("absent", {"quantityFulfilled": 0}),
    ],
)
def test_counts_of_what_is_not_paid_for(amazon: AmazonClient, shown: str, counts: dict[str, int]) -> None:
    amazon.mall.switches.pending_quantities = shown  # type: ignore[assignment]
    [item] = amazon.order(buy(amazon, payment="shop"))["orderItems"]
    assert (item["quantityOrdered"], item["fulfillment"]) == (3, counts)


def test_paid_at_a_shop_or_cancelled_after_six_days(amazon: AmazonClient) -> None:
    paid, unpaid = buy(amazon, 1, payment="shop"), buy(amazon, 2, payment="shop")
    amazon.clock.sleep(5 * 86_400)
    assert (status_of(amazon, paid), status_of(amazon, unpaid)) == ("PENDING", "PENDING")
    amazon.mall.pay(paid)
    amazon.clock.sleep(86_400)
    assert (status_of(amazon, paid), status_of(amazon, unpaid)) == ("UNSHIPPED", "CANCELLED")
    assert amazon.mall.stock()[("TEA-001", "DEFAULT")] == 9


def status_of(amazon: AmazonClient, number: str) -> str:
    amazon.headers = {"x-amz-access-token": amazon.token().json()["access_token"]}
    return status(amazon, number)


def test_shipped_in_parts(amazon: AmazonClient) -> None:
    number = buy(amazon)
    assert amazon.mall.ship(number, units=2) == 2
    assert status(amazon, number) == "PARTIALLY_SHIPPED"
    assert amazon.mall.cancel(number) == 1
    [item] = amazon.order(number)["orderItems"]
    assert item["fulfillment"] == {"quantityFulfilled": 2, "quantityUnfulfilled": 0}
    assert status(amazon, number) == "SHIPPED"
    assert amazon.mall.stock()[("TEA-001", "DEFAULT")] == 8


@pytest.mark.parametrize("zeroed", [False, True])
def test_cancelled(amazon: AmazonClient, zeroed: bool) -> None:
    amazon.mall.switches.cancelled_quantities = "zero" if zeroed else "kept"
    number = buy(amazon)
    assert amazon.mall.cancel(number, restock=False) == 3
    order = amazon.order(number)
    [item] = order["orderItems"]
    assert order["fulfillment"]["fulfillmentStatus"] == "CANCELLED"
    assert item["quantityOrdered"] == (0 if zeroed else 3)
    assert item["cancellation"]["cancellationExecution"]["cancelledBy"] == "MERCHANT"
    assert amazon.mall.stock()[("TEA-001", "DEFAULT")] == 7


@pytest.mark.parametrize(("told", "ordered"), [("quantity", 2), ("execution", 3)])
def test_cancelled_in_part(amazon: AmazonClient, told: str, ordered: int) -> None:
    amazon.mall.switches.part_cancel = told  # type: ignore[assignment]
    number = buy(amazon)
    assert amazon.mall.cancel(number, amazon.mall.orders()[0].lines[0].line_id, 1) == 1
    [item] = amazon.order(number)["orderItems"]
    assert item["quantityOrdered"] == ordered
    assert item["fulfillment"]["quantityUnfulfilled"] == 2
    assert ("cancellation" in item) == (told == "execution")


def test_a_buyers_request_changes_nothing_else(amazon: AmazonClient) -> None:
    number = buy(amazon)
    amazon.mall.ask_to_cancel(number)
    order = amazon.order(number)
    assert order["orderItems"][0]["cancellation"] == {
        "cancellationRequest": {"requester": "BUYER", "cancelReason": "Ordered by mistake"}
    }
    assert order["fulfillment"]["fulfillmentStatus"] == "UNSHIPPED"


def test_what_amazon_ships_lowers_its_own_warehouse(amazon: AmazonClient) -> None:
    amazon.product("TEA-001", 10)
    amazon.product("TEA-001-FBA", 5, "AMAZON_JP")
    number = amazon.mall.place([(("TEA-001", "DEFAULT"), 1), (("TEA-001-FBA", "AMAZON_JP"), 2)])
    assert amazon.mall.stock() == {("TEA-001", "DEFAULT"): 9, ("TEA-001-FBA", "AMAZON_JP"): 3}
    assert [order.id == number for order in amazon.mall.orders()] == [True, False]  # two orders, by who ships
    assert [order.by_amazon for order in amazon.mall.orders()] == [False, True]


def test_replacements_other_stores_and_deleted_listings(amazon: AmazonClient) -> None:
    first = buy(amazon)
    second = buy(amazon, 1, replaces=first)
    assert amazon.order(second)["associatedOrders"] == [
        {"orderId": first, "associationType": "REPLACEMENT_ORIGINAL_ID"}
    ]
    amazon.product("FBA-1", channel="AMAZON_JP")
    other = amazon.mall.place([(("FBA-1", "AMAZON_JP"), 1)], outside=True)
    amazon.clock.sleep(10)
    assert amazon.order(str(other))["salesChannel"] == {"channelName": "NON_AMAZON"}
    assert str(other).startswith("S")
    amazon.mall.unlist_line(first)
    assert "sellerSku" not in amazon.order(first)["orderItems"][0]["product"]
