"""The Shopify simulator's webhooks: signed as Shopify signs them, at least once, late, in any order (shopify.md §8)."""

from __future__ import annotations

import hmac
import json
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256

import httpx
import pytest

from bridge.sandbox.malls.buyers import buyer_of
from bridge.sandbox.malls.shopify.courier import CourierDial
from bridge.sandbox.malls.shopify.records import number_of
from tests.contract.malls.clients import ShopifyClient

CREATE = """mutation($topic: WebhookSubscriptionTopic!, $wanted: WebhookSubscriptionInput!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: $wanted) { userErrors { message } } }"""
HERE = "https://bridge.example/webhooks/shopify"


class Receiver(httpx.BaseTransport):
    """Whoever the webhooks are sent to."""

    def __init__(self) -> None:
        self.got: list[httpx.Request] = []
        self.status = 200

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.got.append(request)
        return httpx.Response(self.status)


@pytest.fixture
def receiver(shopify: ShopifyClient) -> Iterator[Receiver]:
    courier = shopify.mall.courier
    courier.transport = receiver = Receiver()
    yield receiver
    courier.close()


def subscribe(shopify: ShopifyClient, *topics: str, fields: list[str] | None = None) -> None:
    for topic in topics:
        wanted = {"uri": HERE, "format": "JSON"} | ({"includeFields": fields} if fields else {})
        assert shopify.data(CREATE, topic=topic, wanted=wanted)["webhookSubscriptionCreate"]["userErrors"] == []


def buy(shopify: ShopifyClient, number: int = 1) -> str:
    listing = shopify.product(number)
    order = shopify.mall.buy(listing, 1)
    assert order is not None
    return order


def test_an_order_is_told_with_its_headers_and_the_signature_of_its_raw_body(
    shopify: ShopifyClient, receiver: Receiver
) -> None:
    subscribe(shopify, "ORDERS_CREATE")
    order = buy(shopify)
    shopify.mall.courier.step()
    (sent,) = receiver.got
    assert str(sent.url) == HERE
    assert sent.headers["X-Shopify-Topic"] == "orders/create"
    assert sent.headers["X-Shopify-Shop-Domain"] == shopify.mall.domain
    made = hmac.new(shopify.mall.client_secret.encode(), sent.content, sha256).digest()
    assert b64decode(sent.headers["X-Shopify-Hmac-Sha256"]) == made
    assert b64encode(made).decode() == sent.headers["X-Shopify-Hmac-Sha256"]
    assert json.loads(sent.content)["admin_graphql_api_id"] == order


def test_the_buyer_is_in_it_unless_only_some_fields_are_asked_for(shopify: ShopifyClient, receiver: Receiver) -> None:
    subscribe(shopify, "ORDERS_CREATE")
    subscribe(shopify, "ORDERS_UPDATED", fields=["id", "updated_at"])
    order = buy(shopify)
    shopify.mall.touch_order(order)
    shopify.mall.courier.step()
    bodies = {sent.headers["X-Shopify-Topic"]: sent.content.decode() for sent in receiver.got}
    buyer = buyer_of(int(number_of(order)))
    assert all(mark in bodies["orders/create"] for mark in buyer.marks)
    assert set(json.loads(bodies["orders/updated"])) == {"id", "updated_at"}


@pytest.mark.parametrize(
    ("act", "topics"),
    [
        ("cancel", {"orders/cancelled", "orders/updated", "refunds/create"}),
        ("edit", {"orders/edited", "orders/updated"}),
        ("ship", {"orders/updated"}),
    ],
)
def test_each_change_has_its_topics(shopify: ShopifyClient, receiver: Receiver, act: str, topics: set[str]) -> None:
    order = shopify.mall.buy(shopify.product(1), 3)
    assert order is not None
    subscribe(shopify, "ORDERS_UPDATED", "ORDERS_CANCELLED", "ORDERS_EDITED", "REFUNDS_CREATE")
    if act == "cancel":
        shopify.mall.cancel(order)
    elif act == "edit":
        shopify.mall.edit_units(order, shopify.mall.orders()[0].lines[0].line_id, 2)
    else:
        shopify.mall.ship(order)
    shopify.mall.courier.step()
    assert {sent.headers["X-Shopify-Topic"] for sent in receiver.got} == topics


def test_the_dial_doubles_delays_shuffles_and_loses(shopify: ShopifyClient, receiver: Receiver) -> None:
    subscribe(shopify, "ORDERS_CREATE")
    shopify.mall.courier.dial = CourierDial(doubled=0.5, late=(0.0, 60.0), lost=0.2)
    orders = [buy(shopify, number) for number in range(1, 101)]
    shopify.mall.courier.step()
    at_once = len(receiver.got)
    for _ in range(60):
        shopify.clock.sleep(1.0)
        shopify.mall.courier.step()
    came = [json.loads(sent.content)["admin_graphql_api_id"] for sent in receiver.got]
    times = Counter(came)
    assert at_once < 10
    assert 60 < len(times) < 100
    assert 20 < sum(count == 2 for count in times.values()) < 70
    assert list(dict.fromkeys(came)) != [order for order in orders if order in times]
    ids = Counter(sent.headers["X-Shopify-Webhook-Id"] for sent in receiver.got)
    assert set(ids.values()) == set(times.values())  # a second delivery bears the same id


def test_what_is_not_taken_comes_again_and_after_eight_failures_the_address_is_dropped(
    shopify: ShopifyClient, receiver: Receiver
) -> None:
    subscribe(shopify, "ORDERS_CREATE")
    receiver.status = 307  # a redirect is a failure too
    buy(shopify)
    for _ in range(60):
        shopify.mall.courier.step()
        shopify.clock.sleep(300)
    assert len(receiver.got) == 8
    assert len({sent.headers["X-Shopify-Webhook-Id"] for sent in receiver.got}) == 1
    assert not shopify.mall.state.webhooks


def test_one_that_is_taken_at_last_is_not_sent_again(shopify: ShopifyClient, receiver: Receiver) -> None:
    subscribe(shopify, "ORDERS_CREATE")
    receiver.status = 503
    buy(shopify)
    shopify.mall.courier.step()
    receiver.status = 200
    for _ in range(60):
        shopify.clock.sleep(300)
        shopify.mall.courier.step()
    assert len(receiver.got) == 2
    assert shopify.mall.courier.different() == {"tried": 1, "taken": 1}


def test_an_address_is_taken_once_for_a_topic(shopify: ShopifyClient) -> None:
    subscribe(shopify, "ORDERS_CREATE")
    wanted = {"uri": HERE, "format": "JSON"}
    (error,) = shopify.data(CREATE, topic="ORDERS_CREATE", wanted=wanted)["webhookSubscriptionCreate"]["userErrors"]
    assert "already been taken" in error["message"]
