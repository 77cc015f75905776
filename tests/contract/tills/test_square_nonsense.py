"""Whatever Square answers, its adapter raises only what its contract names, and never takes nonsense for nothing."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import httpx
import pytest

from bridge.channels.port import OrdersRead, Outcome, PushItem
from bridge.errors import NeedsPerson, TryAgain
from tests.contract.channels.test_nonsense import PAGE, Garbling
from tests.contract.tills.square_bench import KEY, SquareBench

SPOILT_RUNS = 40


class Spoilt(SquareBench):
    """One place of every answer is spoilt while `garbling.on`."""

    seed = 0

    def seams(self):  # type: ignore[no-untyped-def]
        given = super().seams()
        assert given.transport is not None
        self.garbling = Garbling(given.transport, self.seed)
        return replace(given, transport=self.garbling)


def test_spoilt_answers_end_as_the_contract_says() -> None:
    till = Spoilt()
    tea, cup, pot = till.add("tea", 500), till.add("cup", 500), till.add("pot", None)
    till.sell(tea, 2)
    till.recount(cup, 480)
    till.receive(tea, 3)
    for till.seed in range(SPOILT_RUNS):
        till.connect()
        till.clock.sleep(60)
        till.garbling.on = True
        with suppress(TryAgain, NeedsPerson):
            assert isinstance(till.channel.orders(till.since), OrdersRead)
        with suppress(TryAgain, NeedsPerson):
            assert all(type(number) is int for number in till.channel.read([tea, cup, pot]).values())
        with suppress(NeedsPerson):
            items = [PushItem(tea, 400, till.stock(tea)), PushItem(cup, 300, till.stock(cup)), PushItem(pot, 3, 0)]
            assert all(isinstance(each.outcome, Outcome) for each in till.channel.push(items, f"{KEY}{till.seed}"))
    assert len(till.channel.check()) >= 5


@pytest.mark.parametrize("status", [200, 204, 302, 404, 418, 503])
def test_a_page_of_a_proxy_is_never_taken_for_nothing(status: int) -> None:
    """No movements, no numbers and a done push would each be a lie."""
    till = SquareBench()
    tea = till.add("tea", 5)
    body = b"" if status == 204 else PAGE
    proxy = httpx.MockTransport(lambda _: httpx.Response(status, content=body, headers={"Location": "/login"}))
    plain = till.seams()
    till.seams = lambda: replace(plain, transport=proxy)  # type: ignore[method-assign]
    channel = till.connect()
    with pytest.raises((TryAgain, NeedsPerson)):
        channel.orders(till.since)
    with pytest.raises((TryAgain, NeedsPerson)):
        channel.read([tea])
    with suppress(NeedsPerson):
        [pushed] = channel.push([PushItem(tea, 1, 5)], KEY)
        assert pushed.outcome in (Outcome.LATER, Outcome.UNKNOWN)  # never set aside as refused
