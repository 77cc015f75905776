"""WooCommerce's webhooks: the greeting, the signature, and one that the shop switched off (§2, Webhooks)."""

from __future__ import annotations

from collections.abc import Mapping

import httpx
import pytest

from bridge.channels.woocommerce.webhooks import TOPICS
from bridge.notices import Forged, Greeting, Notice
from bridge.settings import Secret
from tests.contract.channels.conformance import WooMall

ADDRESS = "https://bridge.test/webhooks/woocommerce"
SECRET = "a-secret-of-twenty-four-letters"


class Listener:
    """Stands where the bridge would listen."""

    def __init__(self, woo: WooMall) -> None:
        self.notices: list[Notice] = []
        self.greeted = 0
        self.down = False
        self.bodies: list[tuple[Mapping[str, str], bytes]] = []
        woo.channel = woo.connect(webhook_secret=Secret(SECRET))
        self.hooks = woo.channel.webhooks
        woo.simulator.courier.transport = httpx.MockTransport(self.take)

    def take(self, request: httpx.Request) -> httpx.Response:
        if self.down:
            return httpx.Response(503)
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.bodies.append((headers, request.content))
        assert self.hooks is not None
        try:
            self.notices.append(self.hooks.understand(headers, request.content))
        except Greeting:
            self.greeted += 1
        return httpx.Response(200)


@pytest.fixture
def listener(woo: WooMall) -> Listener:
    listener = Listener(woo)
    assert listener.hooks is not None
    listener.hooks.subscribe(ADDRESS)
    return listener


def test_each_new_webhook_is_greeted_and_the_greeting_is_no_notice(woo: WooMall, listener: Listener) -> None:
    assert listener.greeted == len(TOPICS)
    assert listener.notices == []
    assert {hook.topic for hook in woo.simulator.state.hooks.values()} == set(TOPICS)


def test_subscribing_again_makes_none_a_second_time(woo: WooMall, listener: Listener) -> None:
    assert listener.hooks is not None
    listener.hooks.subscribe(ADDRESS)
    assert len(woo.simulator.state.hooks) == len(TOPICS)


def test_an_order_is_told_of_without_its_buyer(woo: WooMall, listener: Listener) -> None:
    order = woo.buy((woo.add("tea", 10), 1))
    woo.simulator.courier.step()
    created, updated = listener.notices
    assert (created.topic, updated.topic) == ("order.created", "order.updated")
    assert created.order == updated.order == order
    assert created.event != updated.event
    assert "架空" not in repr(listener.notices)


def test_what_is_not_signed_by_the_shop_is_forged(woo: WooMall, listener: Listener) -> None:
    woo.buy((woo.add("tea", 10), 1))
    woo.simulator.courier.step()
    headers, body = listener.bodies[-1]
    assert listener.hooks is not None
    assert listener.hooks.understand(headers, body)
    unsigned = {name: value for name, value in headers.items() if name != "x-wc-webhook-signature"}
    for given, content in (
        (headers, body + b" "),
        (unsigned, body),
        ({**headers, "x-wc-webhook-signature": "%%%"}, body),
        ({**headers, "x-wc-webhook-signature": ""}, b"webhook_id=7&x=1"),
        ({**headers, "x-wc-webhook-signature": "AAAA"}, b"webhook_id=7"),
    ):
        with pytest.raises(Forged):
            listener.hooks.understand(given, content)


def test_t9_one_that_the_shop_switched_off_is_switched_on_again(woo: WooMall, listener: Listener) -> None:
    tea, listener.down = woo.add("tea", 100), True
    for _ in range(8):
        woo.buy((tea, 1))
        woo.simulator.courier.step()
    assert {hook.status for hook in woo.simulator.state.hooks.values()} == {"active", "disabled"}
    listener.down = False
    assert listener.hooks is not None
    listener.hooks.subscribe(ADDRESS)
    assert {hook.status for hook in woo.simulator.state.hooks.values()} == {"active"}
    listener.notices.clear()
    woo.buy((tea, 1))
    woo.simulator.courier.step()
    assert listener.notices


def test_without_a_secret_none_are_asked_for(woo: WooMall) -> None:
    assert woo.channel.webhooks is None
