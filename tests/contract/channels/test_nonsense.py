"""Whatever a mall answers, an adapter raises only what its contract names, and never takes nonsense for nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from random import Random
from typing import Any

import httpx
import pytest

from bridge.channels.port import OrdersRead, Outcome, PushItem
from bridge.errors import NeedsPerson, TryAgain
from tests.contract.channels.conformance import KEY, MALLS, Mall

SPOILT_RUNS = 15
JUNK = [None, "", "x", 0, -1, 1.5, True, [], [None], [1], {}, {"x": 1}, "2026-13-45T99:99:99Z", 10**30, "9" * 50]


class Garbling(httpx.BaseTransport):
    """Passes requests on and spoils one place of every answer while it is on."""

    def __init__(self, inner: httpx.BaseTransport, seed: int) -> None:
        self.inner = inner
        self.random = Random(seed)
        self.on = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self.inner.handle_request(request)
        raw = b"".join(response.stream)  # type: ignore[arg-type]
        if not self.on or not raw:
            return httpx.Response(response.status_code, headers=response.headers, content=raw)
        return httpx.Response(response.status_code, json=self.spoilt(json.loads(raw)))

    def spoilt(self, body: Any) -> Any:
        holder, key = self.random.choice([*_places(body)] or [(None, None)])
        if holder is None:
            return self.random.choice(JUNK)
        if isinstance(holder, dict) and self.random.random() < 0.4:
            del holder[key]
        else:
            holder[key] = self.random.choice(JUNK)
        return body


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    keys: Any = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in list(keys):
        yield value, key
        yield from _places(value[key])


def spoil(mall: Mall, seed: int) -> Garbling:
    garbling: list[Garbling] = []
    plain = mall.seams

    def seams() -> Any:
        given = plain()
        garbling.append(Garbling(given.transport, seed))  # type: ignore[arg-type]
        return type(given)(given.clock, given.may_write, given.random, garbling[0], given.record)

    mall.seams = seams  # type: ignore[method-assign]
    mall.channel = mall.connect()
    return garbling[0]


@pytest.mark.parametrize("name", ["rakuten", "shopify", "amazon", "woocommerce", "colorme", "eccube"])
def test_spoilt_answers_end_as_the_contract_says(name: str) -> None:
    mall = MALLS[name]()
    tea, cup = mall.add("tea", 500), mall.add("cup", 500)
    orders = [mall.buy((tea, 2), (cup, 1)), mall.buy((tea, 1)), mall.buy((cup, 3))]
    mall.ship(orders[1])
    mall.cancel(orders[2])
    for seed in range(SPOILT_RUNS):
        garbling = spoil(mall, seed)
        mall.clock.sleep(60)
        garbling.on = True
        with suppress(TryAgain, NeedsPerson):
            assert isinstance(mall.channel.orders(mall.since, orders), OrdersRead)
        with suppress(TryAgain, NeedsPerson):
            assert all(type(number) is int for number in mall.channel.read([tea, cup]).values())
        with suppress(NeedsPerson):
            pushed = mall.channel.push([PushItem(tea, 1, 1), PushItem(cup, 2, 2)], f"{KEY}{seed}")
            assert all(isinstance(each.outcome, Outcome) for each in pushed)
    assert len(mall.channel.check()) >= 5


PAGE = b"<html><body>Please sign in to the hotel's network</body></html>"


@pytest.mark.parametrize("status", [200, 204, 302, 404, 418, 503])
def test_a_page_of_a_proxy_is_never_taken_for_nothing(mall: Mall, status: int) -> None:
    """No orders, no listings and a done push would each be a lie."""
    tea = mall.add("tea", 5)
    proxy = httpx.MockTransport(
        lambda _request: httpx.Response(status, content=b"" if status == 204 else PAGE, headers={"Location": "/login"})
    )
    plain = mall.seams()
    mall.seams = lambda: type(plain)(plain.clock, plain.may_write, plain.random, proxy)  # type: ignore[method-assign]
    channel = mall.connect()
    with pytest.raises((TryAgain, NeedsPerson)):
        channel.orders(mall.since)
    with pytest.raises((TryAgain, NeedsPerson)):
        channel.read([tea])
    if status != 204:  # Rakuten's own sign of success
        with suppress(NeedsPerson):
            [pushed] = channel.push([PushItem(tea, 1, 5)], KEY)
            assert pushed.outcome in (Outcome.LATER, Outcome.UNKNOWN)  # never set aside as refused
