"""Conformance: faults, limits, keys, shadow, and that nothing secret or personal is ever kept."""

from __future__ import annotations

from contextlib import suppress

import pytest

from bridge.channels.http import ShadowWrite
from bridge.channels.port import Outcome, PushItem
from bridge.errors import NeedsPerson, TryAgain
from bridge.sandbox.faults import Delay, Fault, Instead, Late, Lost, Refuse, ReplyLost, path_contains
from tests.contract.channels.conformance import KEY, Mall

UNTRIED = ("inventories.bulk.upsert", "write_products", "updateProductStock")  # what `check` can't try without writing

PASSING = [
    Refuse(429),
    Refuse(429, retry_after=7),
    Refuse(500),
    Refuse(503),
    Lost(),
    Lost(timed_out=True),
    ReplyLost(),
    ReplyLost(timed_out=False),
    Delay(20.0),
]


@pytest.mark.parametrize("fault", PASSING, ids=str)
def test_reading_gets_over_a_passing_fault(mall: Mall, fault: Fault) -> None:
    tea = mall.add("tea", 10)
    order = mall.buy((tea, 3))
    mall.faults.next(fault, path_contains(mall.orders_path))
    mall.read_orders()
    assert mall.counts(order) == (3, 3, 0, 0)
    mall.faults.next(fault)
    assert mall.channel.read([tea]) == {tea: 7}
    assert mall.faults.pending == 0


@pytest.mark.parametrize("fault", PASSING, ids=str)
def test_a_push_gets_over_a_passing_fault(mall: Mall, fault: Fault) -> None:
    tea, cup = mall.add("tea", 10), mall.add("cup", 5)
    mall.channel.read([tea])
    mall.faults.next(fault, mall.push_match)
    pushed = mall.channel.push([PushItem(tea, 7, 10), PushItem(cup, 9, 5)], KEY)
    assert [each.outcome for each in pushed] == [Outcome.DONE, Outcome.DONE]
    assert (mall.stock(tea), mall.stock(cup)) == (7, 9)
    assert mall.faults.pending == 0


@pytest.mark.parametrize("fault", [Refuse(429, retry_after=900), Refuse(503), Lost()], ids=str)
def test_a_lasting_fault_ends_in_bounded_time_with_nothing_done(mall: Mall, fault: Fault) -> None:
    tea = mall.add("tea", 10)
    mall.channel.read([tea])
    for _ in range(50):
        mall.faults.next(fault)
    began = mall.clock.monotonic()
    [pushed] = mall.channel.push([PushItem(tea, 7, 10)], KEY)
    assert pushed.outcome in (Outcome.LATER, Outcome.UNKNOWN)
    assert pushed.hint is not None
    assert mall.clock.monotonic() - began <= 300
    with pytest.raises(TryAgain) as caught:
        mall.channel.orders(mall.since)
    assert not caught.value.ambiguous
    assert mall.stock(tea) == 10


def test_too_many_requests_is_later_and_a_lost_answer_unknown(mall: Mall) -> None:
    tea = mall.add("tea", 10)
    mall.channel.read([tea])
    for _ in range(50):
        mall.faults.next(Refuse(429, retry_after=900), mall.push_match)
    [pushed] = mall.channel.push([PushItem(tea, 7, 10)], KEY)
    assert pushed.outcome is Outcome.LATER


def test_a_mall_that_applies_and_never_answers(mall: Mall) -> None:
    """Every request is applied, no answer ever comes: unknown, and the repeat with the same key finds it done."""
    tea = mall.add("tea", 10)
    mall.channel.read([tea])
    for _ in range(50):
        mall.faults.next(ReplyLost())
    [pushed] = mall.channel.push([PushItem(tea, 7, 10)], KEY)
    assert pushed.outcome is Outcome.UNKNOWN
    while mall.faults.pending:
        with suppress(TryAgain):
            mall.channel.read([tea])
    [pushed] = mall.channel.push([PushItem(tea, 7, 10)], KEY)
    assert pushed.outcome is Outcome.DONE
    assert mall.stock(tea) == 7


def test_a_unit_sold_while_the_answer_was_lost_is_not_sold_back(mall: Mall) -> None:
    """The push is applied and its answer lost; a buyer comes before the second try."""
    tea = mall.add("tea", 10)
    mall.channel.read([tea])

    def buyer(_environ: object) -> None:
        mall.faults.after = None
        mall.buy((tea, 1))

    mall.faults.next(ReplyLost(), mall.push_match)
    mall.faults.after = buyer
    [pushed] = mall.channel.push([PushItem(tea, 7, 10)], KEY)
    assert pushed.outcome in (Outcome.DONE, Outcome.UNKNOWN)
    assert mall.stock(tea) == 6


def test_a_unit_sold_while_the_request_was_lost_is_not_sold_back(mall: Mall) -> None:
    """The push never arrives and a buyer comes: the number was decided without that sale, so it is not sent again."""
    tea = mall.add("tea", 10)
    mall.channel.read([tea])

    def buyer(_environ: object) -> None:
        mall.faults.after = None
        mall.buy((tea, 1))

    mall.faults.next(Lost(), mall.push_match)
    mall.faults.after = buyer
    [pushed] = mall.channel.push([PushItem(tea, 10, 10)], KEY)
    assert pushed.outcome is (Outcome.STALE if mall.compares else Outcome.UNKNOWN)
    assert mall.stock(tea) == 9


def test_a_refusal_after_a_lost_answer_writes_nothing_over_that_met_a_buyer(mall: Mall) -> None:
    """The push never arrives and a buyer comes for the first item; the repeat of the others is refused for the second.
    The first is not sent again among the rest."""
    cup, tea, pot = (mall.add(name, 10) for name in ("cup", "tea", "pot"))
    mall.channel.read([cup, tea, pot])

    def buyer(_environ: object) -> None:
        mall.faults.after = None
        mall.buy((cup, 1))

    mall.faults.next(Lost(), mall.push_match)
    mall.faults.next(Instead(*mall.refusal_of_the_first), mall.push_match)
    mall.faults.after = buyer
    pushed = mall.channel.push([PushItem(cup, 10, 10), PushItem(tea, 8, 10), PushItem(pot, 8, 10)], KEY)
    assert mall.faults.pending == 0
    outcomes = {each.listing: each.outcome for each in pushed}
    # Where numbers are compared, a lost push is sent again as it was: the refused row is the first.
    assert (outcomes[cup], mall.stock(cup)) == (Outcome.REFUSED if mall.compares else Outcome.UNKNOWN, 9)
    assert outcomes[pot] is Outcome.DONE
    assert (outcomes[tea], mall.stock(tea)) in ((Outcome.REFUSED, 10), (Outcome.DONE, 8))


def test_a_late_request_has_no_second_effect(mall: Mall) -> None:
    tea = mall.add("tea", 10)
    mall.channel.read([tea])
    mall.faults.next(Late(), mall.push_match)
    [pushed] = mall.channel.push([PushItem(tea, 7, 10)], KEY)
    assert pushed.outcome is Outcome.DONE
    mall.faults.deliver_late()
    assert mall.stock(tea) == 7


def test_after_a_lost_answer_the_other_batches_wait(mall: Mall) -> None:
    """A mall that is unwell is not asked for the rest, each batch with all its tries."""
    size = mall.channel.capabilities.batch
    listings = [mall.add(f"tea{number}", 10) for number in range(size + 1)]
    mall.channel.read(listings)
    for _ in range(50):
        mall.faults.next(Lost())
    pushed = mall.channel.push([PushItem(listing, 3, 10) for listing in listings], KEY)
    assert {each.outcome for each in pushed[:size]} == {Outcome.UNKNOWN}
    assert pushed[size].outcome is Outcome.LATER


def test_limits_are_kept(mall: Mall) -> None:
    """Ask as fast as the clock allows: the mall never has to say that it is too often."""
    listings = [mall.add(f"tea{number}", 1000) for number in range(60)]
    for round_number in range(12):
        mall.buy((listings[round_number], 1))
        mall.read_orders(wait=0.0)
        mall.push(dict.fromkeys(listings, 500 + round_number), key=f"key-{round_number}")
    assert mall.told_off == []
    assert mall.clock.elapsed > 0


def test_shadow_makes_writing_impossible(mall: Mall) -> None:
    tea = mall.add("tea", 10)
    mall.buy((tea, 1))
    mall.live = False
    with pytest.raises(ShadowWrite):
        mall.channel.push([PushItem(tea, 7, 9)], KEY)
    mall.read_orders()
    assert mall.channel.read([tea]) == {tea: 9}
    mall.channel.check()
    assert mall.world.write_count == 0
    assert not any(record.writes for record in mall.records)


def test_shadow_that_comes_while_waiting_stops_the_repeat(mall: Mall) -> None:
    tea = mall.add("tea", 10)
    mall.channel.read([tea])

    def go_dark(_environ: object) -> None:
        mall.live = False

    mall.faults.next(Refuse(429), mall.push_match)
    mall.faults.after = go_dark
    with pytest.raises(ShadowWrite):
        mall.channel.push([PushItem(tea, 7, 10)], KEY)
    assert mall.world.write_count == 0


def test_a_dead_key_needs_a_person(mall: Mall) -> None:
    tea = mall.add("tea", 10)
    mall.kill_credentials()
    for attempt in (
        lambda: mall.channel.orders(mall.since),
        lambda: mall.channel.read([tea]),
        lambda: mall.channel.push([PushItem(tea, 7, 10)], KEY),
    ):
        with pytest.raises(NeedsPerson) as caught:
            attempt()
        assert caught.value.hint.ja
        assert caught.value.hint.en
    assert mall.stock(tea) == 10
    assert all(not line.ok for line in mall.channel.check() if line.name not in UNTRIED)


def test_check_has_one_good_line_per_right(mall: Mall) -> None:
    lines = mall.channel.check()
    assert len(lines) >= 5
    assert all(line.ok for line in lines), [line for line in lines if not line.ok]
    assert len({line.name for line in lines}) == len(lines)


def test_check_never_raises(mall: Mall) -> None:
    for _ in range(200):
        mall.faults.next(Lost())
    assert any(not line.ok for line in mall.channel.check())


def test_nothing_secret_and_nothing_personal_is_kept(mall: Mall) -> None:
    tea = mall.add("tea", 10)
    mall.buy((tea, 1))
    read = mall.read_orders()
    mall.push({tea: 5})
    mall.channel.check()
    kept = repr(mall.records) + repr(read)
    for secret in (
        "SP123456",
        "SL123456",
        "U1AxMjM0NTY",
        "shpat_",
        "sandbox-secret",
        "Atz",
        "oa2-cs",
        "架空",
        "example.invalid",
    ):
        assert secret not in kept
    assert "0000" not in "".join(record.received for record in mall.records if "phone" in record.received)
    assert mall.records
