"""Conformance: faults, limits, keys, shadow, nonsense; nothing secret or personal is ever kept."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import httpx
import pytest

from bridge.channels.http import ShadowWrite
from bridge.channels.port import OrdersRead, Outcome, PushItem
from bridge.errors import NeedsPerson, TryAgain
from bridge.sandbox.faults import Fault, Late, Lost, Refuse, ReplyLost, path_contains
from tests.contract.channels.test_nonsense import PAGE, Garbling
from tests.contract.channels.test_trouble import PASSING
from tests.contract.tills.bench import KEY, TILLS, Till


@pytest.mark.parametrize("fault", PASSING, ids=str)
def test_reading_gets_over_a_passing_fault(till: Till, fault: Fault) -> None:
    tea = till.add("tea", 10)
    till.read_orders()
    till.sell((tea, 3))
    till.faults.next(fault, path_contains(till.facts_path))
    till.read_orders()
    assert till.moved(tea) == 7
    till.faults.next(fault)
    assert till.channel.read([tea]) == {tea: 7}
    assert till.faults.pending == 0


@pytest.mark.parametrize("fault", PASSING, ids=str)
def test_a_push_gets_over_a_passing_fault(till: Till, fault: Fault) -> None:
    """Also where it was carried out, and only the answer was lost: it is never carried out twice."""
    tea, cup = till.add("tea", 10), till.add("cup", 5)
    till.channel.read([tea])
    till.faults.next(fault, till.push_match)
    pushed = till.channel.push([PushItem(tea, 7, 10), PushItem(cup, 9, 5)], KEY)
    assert [each.outcome for each in pushed] == [Outcome.DONE, Outcome.DONE]
    assert (till.stock(tea), till.stock(cup)) == (7, 9)
    assert till.faults.pending == 0


@pytest.mark.parametrize("fault", [Refuse(429, retry_after=900), Refuse(503), Lost()], ids=str)
def test_a_lasting_fault_ends_in_bounded_time_with_nothing_done(till: Till, fault: Fault) -> None:
    tea = till.add("tea", 10)
    till.channel.read([tea])
    for _ in range(60):
        till.faults.next(fault)
    began = till.clock.monotonic()
    [pushed] = till.channel.push([PushItem(tea, 7, 10)], KEY)
    assert pushed.outcome in (Outcome.LATER, Outcome.UNKNOWN)
    assert pushed.hint is not None
    assert till.clock.monotonic() - began <= 400
    with pytest.raises(TryAgain):
        till.channel.orders(till.since)
    assert till.stock(tea) == 10


def test_a_till_that_applies_and_never_answers(till: Till) -> None:
    """Unknown; and the repeat with the same key finds it done."""
    tea = till.add("tea", 10)
    till.channel.read([tea])
    for _ in range(40):
        till.faults.next(ReplyLost(), till.push_match)
    [pushed] = till.channel.push([PushItem(tea, 7, 10)], KEY)
    assert pushed.outcome in (Outcome.UNKNOWN, Outcome.DONE)
    assert till.stock(tea) == 7
    till.faults.clear()
    [pushed] = till.channel.push([PushItem(tea, 7, 10)], KEY)
    assert (pushed.outcome, till.stock(tea)) == (Outcome.DONE, 7)


@pytest.mark.parametrize("fault", [ReplyLost(), Lost()], ids=str)
def test_a_unit_sold_while_the_answer_was_lost_stays_sold(till: Till, fault: Fault) -> None:
    tea = till.add("tea", 10)
    till.channel.read([tea])

    def buyer(environ: Any) -> None:
        if till.push_match(environ):
            till.faults.after = None
            till.sell((tea, 1))

    till.faults.next(fault, till.push_match)
    till.faults.after = buyer
    [pushed] = till.channel.push([PushItem(tea, 7, 10)], KEY)
    assert pushed.outcome in (Outcome.DONE, Outcome.UNKNOWN, Outcome.STALE)
    assert till.stock(tea) == (6 if pushed.outcome is Outcome.DONE else 9)


def test_a_late_request_is_no_fact_and_the_next_push_makes_it_good(till: Till) -> None:
    tea = till.add("tea", 10)
    till.read_orders()
    till.faults.next(Late(), till.push_match)
    [pushed] = till.channel.push([PushItem(tea, 7, 10)], KEY)
    assert pushed.outcome is Outcome.DONE
    till.faults.deliver_late()
    assert till.stock(tea) == (7 if till.keyed else 4)
    assert till.news() == ([], [])  # both were ours
    till.push({tea: 7}, key="another")
    assert till.stock(tea) == 7


def test_limits_are_kept(till: Till) -> None:
    """Ask as fast as the clock allows: the till never has to say that it is too often."""
    listings = [till.add(f"tea{number}", 1000) for number in range(60)]
    for round_number in range(4):
        till.sell((listings[round_number], 1))
        till.read_orders(wait=0.0)
        till.push(dict.fromkeys(listings, 500 + round_number), key=f"key-{round_number}")
    assert till.told_off == []


def test_shadow_makes_writing_impossible(till: Till) -> None:
    tea = till.add("tea", 10)
    till.sell((tea, 1))
    till.live = False
    with pytest.raises(ShadowWrite):
        till.channel.push([PushItem(tea, 7, 9)], KEY)
    till.read_orders()
    assert till.channel.read([tea]) == {tea: 9}
    till.channel.check()
    assert till.simulator.write_count == 0
    assert not any(record.writes for record in till.records)


def test_a_dead_key_needs_a_person(till: Till) -> None:
    tea = till.add("tea", 10)
    till.kill_credentials()
    for attempt in (
        lambda: till.channel.orders(till.since),
        lambda: till.channel.read([tea]),
        lambda: till.channel.push([PushItem(tea, 7, 10)], KEY),
    ):
        with pytest.raises(NeedsPerson) as caught:
            attempt()
        assert caught.value.hint.ja
        assert caught.value.hint.en
    assert till.stock(tea) == 10
    assert sum(not line.ok for line in till.channel.check()) >= 4


def test_check_has_one_good_line_per_right(till: Till) -> None:
    till.add("tea", 10)
    lines = till.channel.check()
    assert len(lines) >= 5
    assert all(line.ok for line in lines), [line for line in lines if not line.ok]
    assert len({line.name for line in lines}) == len(lines)


def test_check_never_raises(till: Till) -> None:
    for _ in range(200):
        till.faults.next(Lost())
    assert any(not line.ok for line in till.channel.check())


@pytest.mark.parametrize("name", TILLS)
def test_spoilt_answers_end_as_the_contract_says(name: str) -> None:
    till = TILLS[name]()
    tea, cup = till.add("tea", 500), till.add("cup", 500)
    till.sell((tea, 2), (cup, 1))
    till.give_back(cup, 1)
    till.recount(tea, 400)
    plain = till.seams()
    for seed in range(25):
        garbling = Garbling(plain.transport, seed)  # type: ignore[arg-type]
        till.seams = lambda spoilt=garbling: type(plain)(  # type: ignore[method-assign]
            plain.clock, plain.may_write, plain.random, spoilt, plain.record
        )
        till.channel = till.connect()
        till.clock.sleep(60)
        garbling.on = True
        with suppress(TryAgain, NeedsPerson):
            assert isinstance(till.channel.orders(till.since), OrdersRead)
        with suppress(TryAgain, NeedsPerson):
            assert all(type(number) is int for number in till.channel.read([tea, cup]).values())
        with suppress(NeedsPerson):
            pushed = till.channel.push([PushItem(tea, 1, 1), PushItem(cup, 2, 2)], f"{KEY}{seed}")
            assert all(isinstance(each.outcome, Outcome) for each in pushed)
        with suppress(TryAgain, NeedsPerson):
            list(till.channel.catalogue())
    assert len(till.channel.check()) >= 5


@pytest.mark.parametrize("status", [200, 204, 302, 404, 418, 503])
def test_a_page_of_a_proxy_is_never_taken_for_nothing(till: Till, status: int) -> None:
    tea = till.add("tea", 5)
    proxy = httpx.MockTransport(
        lambda _request: httpx.Response(status, content=b"" if status == 204 else PAGE, headers={"Location": "/login"})
    )
    plain = till.seams()
    till.seams = lambda: type(plain)(plain.clock, plain.may_write, plain.random, proxy)  # type: ignore[method-assign]
    channel = till.connect()
    with pytest.raises((TryAgain, NeedsPerson)):
        channel.orders(till.since)
    with pytest.raises((TryAgain, NeedsPerson)):
        channel.read([tea])
    with suppress(NeedsPerson):
        [pushed] = channel.push([PushItem(tea, 1, 5)], KEY)
        assert pushed.outcome in (Outcome.LATER, Outcome.UNKNOWN)


def test_nothing_secret_and_nothing_personal_is_kept(till: Till) -> None:
    tea = till.add("tea", 10)
    till.sell((tea, 1))
    read = till.read_orders()
    till.push({tea: 5})
    till.channel.check()
    kept = repr(till.records) + repr(read)
    for secret in ("smaregi-secret", "eyJ-", "sq0csp", "EAAA-", "架空", "example.invalid"):
        assert secret not in kept
    assert till.records
