"""Conformance: what a till's adapter tells of what happened in the shop. Every movement once, our own never."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bridge.channels.port import Outcome
from bridge.domain.till import RowKind
from tests.contract.tills.bench import TILLS, Till


def test_a_sale_is_placed_and_shipped_at_once(till: Till) -> None:
    tea = till.add("tea", 10)
    till.read_orders()
    till.sell((tea, 3))
    before = till.clock.now()
    [order], _ = till.news()
    [line] = order.lines
    assert (order.channel, line.listing) == (till.name, tea)
    assert (line.ordered, line.open, line.shipped, line.returned, line.taken) == (3, 0, 3, 0, 3)
    assert abs(order.placed_at - before) < timedelta(seconds=2)


def test_nothing_is_an_answer_too(till: Till) -> None:
    till.read_orders()
    before = till.clock.now()
    answer = till.read_orders(wait=10.0)
    assert (answer.orders, answer.rows, answer.problems) == ((), (), {})
    assert answer.complete_until == before + timedelta(seconds=10)  # the start of the read, not its end


def test_a_receipt_of_several_things_is_told_whole(till: Till) -> None:
    tea, cup = till.add("tea", 10), till.add("cup", 5)
    till.read_orders()
    till.sell((tea, 2), (cup, 1), (tea, 1))
    till.read_orders()
    assert (till.moved(tea) - 10, till.moved(cup) - 5) == (-3, -1)


def test_what_is_read_again_says_the_same(till: Till) -> None:
    tea = till.add("tea", 10)
    till.sell((tea, 3))
    till.receive(tea, 4)
    since = till.since
    till.read_orders()
    known = {number: order.lines for number, order in till.orders.items()}, dict(till.rows)
    till.channel = till.connect()
    till.since = since
    till.read_orders()
    assert ({number: order.lines for number, order in till.orders.items()}, till.rows) == known


def test_who_asks_again_from_before_is_told_again(till: Till) -> None:
    """A ledger that opens anew has forgotten what the same channel told it a minute ago."""
    tea = till.add("tea", 10)
    till.sell((tea, 3))
    till.receive(tea, 4)
    till.clock.sleep(60)
    since = till.since
    till.read_orders()
    known = {number: order.lines for number, order in till.orders.items()}, dict(till.rows)
    till.orders.clear()
    till.rows.clear()
    till.since = since
    till.read_orders()
    assert ({number: order.lines for number, order in till.orders.items()}, till.rows) == known


def test_a_void_comes_back_to_be_inspected(till: Till) -> None:
    tea = till.add("tea", 10)
    sale = till.sell((tea, 3))
    till.read_orders()
    till.clock.sleep(20 * 86_400)
    till.void(sale)
    till.read_orders()
    assert till.stock(tea) == 10
    lines = [line for order in till.orders.values() for line in order.lines]
    assert (sum(line.shipped for line in lines), sum(line.returned for line in lines)) == (3, 3)
    assert till.moved(tea) == 10


def test_a_return_names_no_sale_and_is_inspected(till: Till) -> None:
    tea = till.add("tea", 10)
    till.read_orders()
    till.give_back(tea, 2)
    [order], _ = till.news()
    [line] = order.lines
    assert (line.ordered, line.open, line.shipped, line.returned, line.taken) == (0, 0, 0, 2, -2)


def test_a_return_that_is_not_put_back_moves_nothing(till: Till) -> None:
    tea = till.add("tea", 10)
    till.read_orders()
    till.give_back(tea, 2, restock=False)
    assert till.news() == ([], [])


@pytest.mark.parametrize(
    ("act", "units", "kind"),
    [("recount", 7, RowKind.COUNTED), ("receive", 4, RowKind.RECEIVED), ("lose", 2, RowKind.LOST)],
)
def test_what_else_happens_is_a_row(till: Till, act: str, units: int, kind: RowKind) -> None:
    tea = till.add("tea", 10)
    till.read_orders()
    getattr(till, act)(tea, units)
    _, [row] = till.news()
    assert (row.listing, row.kind) == (tea, kind)
    assert row.units == till.stock(tea) - 10


def test_a_count_of_the_same_number_is_no_row(till: Till) -> None:
    tea = till.add("tea", 10)
    till.read_orders()
    till.recount(tea, 10)
    assert till.news() == ([], [])


def test_an_offline_sale_is_told_when_it_arrives(till: Till) -> None:
    """Its time at the till lies hours before the last poll; that the server had it only now decides."""
    tea = till.add("tea", 10)
    till.read_orders()
    till.clock.sleep(6 * 3600)
    till.read_orders()
    till.sell_offline(tea, 2, hours_ago=5)
    [order], _ = till.news()
    assert order.lines[0].shipped == 2
    assert till.clock.now() - order.placed_at < timedelta(minutes=1)


def test_our_own_writes_are_no_facts(till: Till) -> None:
    tea, cup = till.add("tea", 10), till.add("cup", None)
    till.read_orders()
    assert {each.outcome for each in till.push({tea: 7, cup: 4})} == {Outcome.DONE}
    assert till.news() == ([], [])
    till.channel = till.connect()  # also where another process wrote them
    till.since -= timedelta(hours=1)
    before = till.moved(tea)
    till.read_orders()
    assert till.moved(tea) == before
    assert not any(row.listing == cup for row in till.rows.values())


def test_below_zero_is_a_number(till: Till) -> None:
    """Nobody stops a sale of what the till thinks isn't there."""
    tea = till.add("tea", 1)
    till.read_orders()
    till.sell((tea, 4))
    till.read_orders()
    assert till.channel.read([tea]) == {tea: till.stock(tea)} == {tea: -3}
    assert till.moved(tea) == -3


def test_an_outage_of_many_weeks_loses_nothing(till: Till) -> None:
    tea = till.add("tea", 50)
    till.read_orders()
    for _ in range(6):
        till.clock.sleep(8 * 86_400)
        till.sell((tea, 1))
    till.read_orders()
    assert till.moved(tea) == till.stock(tea) == 44


def test_many_movements_are_paged_through(till: Till) -> None:
    tea = till.add("tea", 3000)
    till.read_orders()
    for _ in range(1205):
        till.sell((tea, 1))
        till.clock.sleep(0.1)
    till.read_orders()
    assert till.moved(tea) == till.stock(tea)


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["sell", "offline", "void", "give back", "recount", "receive", "lose", "push", "read", "anew"]),
        st.integers(1, 9),
        st.sampled_from([0.05, 0.4, 3.0, 45.0, 4000.0]),  # of two acts of one instant nothing tells which came first
    ),
    max_size=14,
)


@pytest.mark.parametrize("name", TILLS)
@given(acts=ACTS)
@example(acts=[("recount", 1, 0.0), ("recount", 1, 0.0)])
@settings(max_examples=40, deadline=None)
def test_facts_and_writes_make_the_number(name: str, acts: list[tuple[str, int, float]]) -> None:
    """Whatever happens in whatever order: what the till shows is what the facts and our own writes add up to."""
    till = TILLS[name]()
    tea, written, sales = till.add("tea", 10), 0, list[str]()
    for number, (act, units, pause) in enumerate(acts):
        till.clock.sleep(pause)
        before = till.stock(tea)
        match act:
            case "sell":
                sales.append(till.sell((tea, units)))
            case "offline":
                till.sell_offline(tea, units, hours_ago=3)
            case "void" if sales:
                till.void(sales.pop())
            case "give back":
                till.give_back(tea, units)
            case "recount":
                till.recount(tea, units)
            case "receive":
                till.receive(tea, units)
            case "lose":
                till.lose(tea, units)
            case "push":
                till.push({tea: units}, key=f"{number}")
                written += till.stock(tea) - before
            case "read":
                till.read_orders(wait=0.0)
            case "anew":
                till.channel = till.connect()
    till.since -= timedelta(days=1)
    till.read_orders()
    assert till.moved(tea) + written == till.stock(tea)
