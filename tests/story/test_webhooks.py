"""Shopify tells of an order the moment it is placed: the poll need not wait for its turn."""

from __future__ import annotations

import hmac
import json
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random

import httpx
import pytest
from werkzeug.test import Client

from bridge.sandbox.malls.buyers import BUYERS
from bridge.sandbox.malls.shopify.courier import CourierDial
from bridge.sandbox.malls.shopify.records import Webhook
from bridge.threads import Threads
from bridge.web.app import WebEdge
from tests.support.world import World

PATIENCE = 30.0  # seconds of the machine's own time; a thread needs a tenth of one


@contextmanager
def running(shop: World) -> Iterator[None]:
    """The service with its threads, which look at orders by themselves once an hour."""
    channels = shop.config.channels
    assert channels.shopify is not None
    slow = replace(channels, rakuten=None, shopify=replace(channels.shopify, orders_seconds=3600.0))
    shop.service.close()
    shop.config = replace(shop.config, channels=slow, sheet=replace(shop.config.sheet, poll_seconds=60.0))
    service = shop.start()
    thread = threading.Thread(target=Threads(service).run)
    thread.start()
    try:
        yield
    finally:
        service.stop()
        thread.join()


def until(true: Callable[[], bool]) -> None:
    limit = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < limit, "it never came"
        time.sleep(0.02)


def orders_read(shop: World) -> int:
    return sum(call.operation == "Orders" for call in shop.mall_calls)


def known_orders(shop: World) -> int:
    with shop.service.ledger.read() as tx:
        return tx.conn.exec_driver_sql("SELECT count(*) FROM order_line WHERE channel = 'shopify'").scalar_one()


def tell(shop: World) -> None:
    """The courier brings what it has."""
    shop.sandbox.shopify.courier.step()


def test_a_webhook_wakes_the_poll(shop: World) -> None:
    reads = orders_read(shop)
    with running(shop):
        until(lambda: orders_read(shop) > reads)
        shop.web()
        shop.sandbox.shopify.visible_after = 15.0
        shop.buy("shopify", "A", 2)
        tell(shop)
        assert known_orders(shop) == 0
        shop.clock.sleep(25.0)
        until(lambda: known_orders(shop) == 1)


def test_an_edit_that_the_script_tells_of_is_seen_at_once(shop: World) -> None:
    with running(shop):
        edge = shop.web()
        shop.type("B", "本社倉庫", 5)
        told_by_script(shop, edge)
        until(lambda: shop.balance("B")["本社倉庫"] == 5)
        shop.clock.sleep(10.0)
        shop.type("B", "本社倉庫", 4)
        told_by_script(shop, edge)
        until(lambda: shop.balance("B")["本社倉庫"] == 4)


def told_by_script(shop: World, edge: WebEdge) -> None:
    """As edit_trigger.gs does it."""
    said = {"spreadsheet": shop.spreadsheet.id, "at": shop.clock.now().isoformat(), "once": str(time.monotonic())}
    body = json.dumps(said).encode()
    web = shop.config.web
    assert web is not None
    assert web.edit_secret is not None
    mac = hmac.new(web.edit_secret.reveal().encode(), body, "sha256").digest()
    answer = Client(edge).post("/webhooks/sheet", data=body, headers={"X-Bridge-Signature": b64encode(mac).decode()})
    assert answer.status_code == 200


def test_what_a_webhook_says_is_never_the_fact(shop: World) -> None:
    """It rings; the feed shows the order later, and only then it is booked."""
    shop.web()
    shop.sandbox.shopify.visible_after = 8.0
    shop.buy("shopify", "A", 2)
    tell(shop)
    wake = shop.service.wakes["shopify"]
    seen = []
    for _ in range(20):
        if wake.due():
            shop.rounds(1, seconds=0.0)
        seen.append(known_orders(shop))
        shop.clock.sleep(1.0)
    assert seen[0] == seen[7] == 0
    assert seen[-1] == 1  # it was looked for again when the search had caught up


def test_shopify_is_asked_for_ids_and_times_only(shop: World) -> None:
    shop.web()
    hooks = shop.sandbox.shopify.state.webhooks.values()
    assert {hook.uri for hook in hooks} == {"https://bridge.example/webhooks/shopify"}
    assert all(hook.include and not {"customer", "email", "shipping_address"} & set(hook.include) for hook in hooks)
    heard: list[bytes] = []
    courier = shop.sandbox.shopify.courier
    courier.transport = httpx.MockTransport(lambda request: heard.append(request.content) or httpx.Response(200))
    courier.close()
    courier._client = None
    shop.buy("shopify", "A", 1)
    tell(shop)
    assert heard
    assert not any(mark.encode() in body for body in heard for buyer in BUYERS for mark in buyer.marks)


def test_shopify_is_told_again_after_it_dropped_our_address(shop: World) -> None:
    """Eight failures in a row, and it forgets whom to tell (shopify.md §8). The polls go on all the while."""
    shop.web()
    hooks = shop.sandbox.shopify.state.webhooks
    count = len(hooks)
    courier = shop.sandbox.shopify.courier
    courier.transport = httpx.MockTransport(lambda _: httpx.Response(502))
    courier._client = None
    shop.buy("shopify", "A", 1)
    for _ in range(10):
        tell(shop)
        shop.clock.sleep(3700)
    assert len(hooks) < count
    shop.rounds(2)
    assert known_orders(shop) == 1
    shop.clock.sleep(24 * 3600)
    shop.service.subscriptions["shopify"].when_due(lambda job: job())
    assert len(hooks) == count


def test_in_shadow_shopify_is_asked_for_nothing(tmp_path: Path) -> None:
    shop = World(tmp_path / "ledger.sqlite")
    shop.web()
    assert not shop.sandbox.shopify.state.webhooks


@pytest.mark.parametrize(("orders", "times"), [(7, 8), pytest.param(200, 20, marks=pytest.mark.long)])
def test_each_delivery_is_applied_once_however_often_it_comes(
    shop: World, orders: int, times: int, record_property: Callable[[str, object], None]
) -> None:
    """Must show 3. Doubled, late and shuffled by Shopify, then replayed by somebody who has seen them all."""
    if orders > 7:
        shop.type("A", "本社倉庫", 2 * orders)
        shop.settle()
    edge = shop.web()
    outcomes = _Listening(edge)
    courier = shop.sandbox.shopify.courier
    courier.transport, courier._client = outcomes, None
    courier.dial = CourierDial(doubled=0.5, late=(0.0, 30.0))
    units = 0
    for number in range(orders):
        wanted = 1 + number % 2 if orders > 7 else 1
        units += wanted
        assert shop.buy("shopify", "A", wanted)
    for _ in range(4):
        tell(shop)
        shop.clock.sleep(12.0)
        if shop.service.wakes["shopify"].due():
            shop.rounds(1)
    replayed = [request for request in outcomes.unique() for _ in range(times)]
    Random(orders).shuffle(replayed)
    for number, request in enumerate(replayed):
        outcomes.handle_request(request)
        if number % (len(replayed) // 3) == 0:
            shop.rounds(1)
    shop.rounds(1)
    assert set(outcomes.statuses) == {200}
    assert known_orders(shop) == orders
    assert int(shop.row("A")["引当"]) == units
    with shop.service.ledger.read() as tx:
        assert tx.webhooks.count() == len(outcomes.unique()) == orders
    record_property("counted orders told by a webhook", orders)
    record_property("counted deliveries of those webhooks", len(outcomes.statuses))
    record_property("counted orders booked for them", known_orders(shop))


class _Listening(httpx.BaseTransport):
    """Between Shopify and the edge: remembers every delivery."""

    def __init__(self, edge: WebEdge) -> None:
        self._inner = httpx.WSGITransport(app=edge)
        self._requests: dict[str, httpx.Request] = {}
        self.statuses: list[int] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._requests[request.headers["X-Shopify-Webhook-Id"]] = request
        response = self._inner.handle_request(request)
        self.statuses.append(response.status_code)
        return response

    def unique(self) -> list[httpx.Request]:
        return list(self._requests.values())


def test_the_whole_order_in_a_webhook_leaves_no_trace_of_its_buyer(shop: World) -> None:
    """Somebody added a webhook by hand, which sends everything: nothing of it is kept."""
    shop.web()
    now = shop.clock.now()
    by_hand = Webhook("gid://1", "ORDERS_UPDATED", "https://bridge.example/webhooks/shopify", now)
    shop.sandbox.shopify.state.webhooks = {"gid://1": by_hand}
    bodies: list[bytes] = []
    courier = shop.sandbox.shopify.courier
    inner = courier.transport
    assert inner is not None
    courier.transport = httpx.MockTransport(lambda r: bodies.append(r.content) or inner.handle_request(r))
    for _ in BUYERS:
        order = shop.buy("shopify", "A", 1)
        shop.sandbox.shopify.touch_order(order)
        shop.clock.sleep(1.0)
    tell(shop)
    shop.rounds(3)
    assert all(any(mark.encode() in body for body in bodies) for buyer in BUYERS for mark in buyer.marks)
    with shop.service.ledger.read() as tx:
        assert tx.webhooks.count() == len(BUYERS)
    written = b"".join(path.read_bytes() for path in shop.ledger.parent.iterdir())
    assert not [mark for buyer in BUYERS for mark in buyer.marks if mark.encode() in written]
