"""The last question before a write: does what it was decided on still hold?"""

from __future__ import annotations

from random import Random

import httpx
import pytest

from bridge.channels.http import MallHttp, Operation, Seams
from bridge.channels.redaction import Redactor
from bridge.errors import Hint, Stop, TryAgain
from bridge.gate import SLOW_CALL, SLOW_LOOK, Gate
from bridge.limits import TokenBucket
from tests.support.virtual_clock import VirtualClock

LIMIT = 60.0
HOUR = 3600.0


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


def test_a_young_look_may_be_acted_on_and_an_old_one_not(clock: VirtualClock) -> None:
    gate = Gate(clock, LIMIT)
    gate.check()  # nothing was looked at: nothing rests on it
    gate.looked(clock.monotonic())
    clock.sleep(LIMIT)
    gate.check()
    clock.sleep(0.1)
    with pytest.raises(TryAgain, match="見直します") as caught:
        gate.check()
    assert not caught.value.ambiguous
    gate.looked(clock.monotonic())
    gate.check()


def test_a_look_of_many_calls_may_take_longer_but_not_an_hour(clock: VirtualClock) -> None:
    gate = Gate(clock, LIMIT)
    with gate.looking(calls=100):
        clock.sleep(LIMIT + SLOW_LOOK + 100 * SLOW_CALL)
    gate.check()
    with pytest.raises(TryAgain), gate.looking(calls=1):
        clock.sleep(HOUR)


def test_nothing_passes_once_the_service_must_stop(clock: VirtualClock) -> None:
    reasons: list[Stop] = []
    gate = Gate(clock, LIMIT, lambda: reasons[0] if reasons else None)
    gate.looked(clock.monotonic())
    gate.check()
    reasons.append(Stop(Hint("台帳", "ledger")))
    with pytest.raises(Stop, match="台帳"):
        gate.check()


def test_a_write_that_may_have_happened_stays_so_when_the_process_was_paused(clock: VirtualClock) -> None:
    gate = Gate(clock, LIMIT)
    sent: list[httpx.Request] = []

    def lost(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        clock.sleep(HOUR)  # the machine is suspended in the middle of it
        raise httpx.ReadTimeout("")

    seams = Seams(clock, lambda: True, Random(1), httpx.MockTransport(lost), before_write=gate.check)
    buckets = {"all": TokenBucket(clock, 1000.0, 1.0)}
    mall = MallHttp("Mall", "https://mall.test", seams, buckets, lambda *_: None, None, Redactor([]))
    slow = Operation("set", "POST", "/set", "all", writes=True, seconds=2 * HOUR)
    gate.looked(clock.monotonic())
    with pytest.raises(TryAgain) as caught:
        mall.call(slow)
    assert len(sent) == 1
    assert caught.value.ambiguous


def test_a_read_needs_no_look(clock: VirtualClock) -> None:
    gate = Gate(clock, LIMIT)
    gate.looked(clock.monotonic())
    clock.sleep(HOUR)
    seams = Seams(
        clock, lambda: True, Random(1), httpx.MockTransport(lambda _: httpx.Response(200)), before_write=gate.check
    )
    buckets = {"all": TokenBucket(clock, 1000.0, 1.0)}
    mall = MallHttp("Mall", "https://mall.test", seams, buckets, lambda *_: None, None, Redactor([]))
    assert mall.call(Operation("look", "POST", "/look", "all")).status == 200
