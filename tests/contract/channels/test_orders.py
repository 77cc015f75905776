"""Conformance: what an adapter makes of a mall's orders."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from tests.contract.channels.conformance import LAG, MALLS, Mall


def test_a_new_order_is_a_snapshot(mall: Mall) -> None:
    tea, cup = mall.add("tea", 10), mall.add("cup", 5)
    placed_at = mall.clock.now()
    order = mall.buy((tea, 3), (cup, 1))
    answer = mall.read_orders()
    [found] = answer.orders
    assert (found.channel, found.shop, found.order) == (mall.name, mall.channel.shop, order)  # type: ignore[attr-defined]
    assert abs(found.placed_at - placed_at) < timedelta(seconds=1)
    assert [(line.listing, line.ordered, line.open, line.shipped) for line in found.lines] == [
        (tea, 3, 3, 0),
        (cup, 1, 1, 0),
    ]
    assert [line.taken for line in found.lines] == [3, 1]
    assert len({line.key for line in found.lines}) == 2
    assert not answer.problems


def test_nothing_is_an_answer_too(mall: Mall) -> None:
    before = mall.clock.now()
    answer = mall.read_orders(wait=10.0)
    assert (answer.orders, answer.problems) == ((), {})
    assert answer.complete_until == before + timedelta(seconds=10)  # the start of the read, not its end


def test_two_lines_of_one_listing_stay_apart(mall: Mall) -> None:
    tea = mall.add("tea", 10)
    order = mall.buy((tea, 2), (tea, 3))
    mall.read_orders()
    lines = mall.newest[order].lines
    assert sorted(line.open for line in lines) == [2, 3]
    assert len({line.key for line in lines}) == 2


def test_line_keys_stay_the_same(mall: Mall) -> None:
    order = mall.buy((mall.add("tea", 10), 2))
    mall.read_orders()
    before = mall.line(order).key
    mall.ship(order)
    mall.read_orders()
    assert mall.line(order).key == before


def test_a_partial_shipment_shows_where_the_mall_can_tell(mall: Mall) -> None:
    order = mall.buy((mall.add("tea", 10), 3))
    mall.read_orders()
    if mall.ships_in_part:
        mall.ship(order, units=2)
        mall.read_orders()
        assert mall.counts(order) == (3, 1, 2, 0)
    mall.ship(order)
    mall.read_orders()
    assert mall.counts(order) == (3, 0, 3, 0)
    assert mall.line(order).taken == 3


def test_a_cancellation_before_shipping_lets_go(mall: Mall) -> None:
    order = mall.buy((mall.add("tea", 10), 3))
    mall.read_orders()
    mall.cancel(order, restock=True)
    mall.read_orders()
    assert mall.counts(order) == (3, 0, 0, 0)
    assert mall.line(order).taken == (0 if mall.tells_restock else 3)


def test_a_cancellation_without_restock_keeps_the_units_taken(mall: Mall) -> None:
    if not mall.may_keep:
        pytest.skip("it puts them back on sale, always")
    tea = mall.add("tea", 10)
    order = mall.buy((tea, 3))
    mall.read_orders()
    mall.cancel(order, restock=False)
    mall.read_orders()
    assert mall.counts(order) == (3, 0, 0, 0)
    assert mall.line(order).taken == 3
    assert mall.stock(tea) == 7


def test_an_order_that_comes_and_goes_between_two_polls(mall: Mall) -> None:
    order = mall.buy((mall.add("tea", 10), 3))
    mall.cancel(order)
    mall.read_orders()
    assert mall.counts(order) == (3 if mall.tells_cancelled else 0, 0, 0, 0)


def test_changed_units(mall: Mall) -> None:
    order = mall.buy((mall.add("tea", 10), 3))
    mall.read_orders()
    mall.edit(order, 5)
    mall.read_orders()
    assert mall.counts(order) == (5, 5, 0, 0)
    mall.edit(order, 2)
    mall.read_orders()
    assert mall.line(order).open == 2


def test_versions_rise_with_every_look(mall: Mall) -> None:
    order = mall.buy((mall.add("tea", 10), 3))
    versions = []
    for _ in range(3):
        [found] = mall.read_orders().orders
        versions.append(found.version)
    mall.ship(order)
    [found] = mall.read_orders().orders
    versions.append(found.version)
    assert all(older < newer for older, newer in pairwise(versions))


def test_versions_rise_though_the_wall_clock_steps_back(mall: Mall) -> None:
    mall.buy((mall.add("tea", 10), 3))
    [first] = mall.read_orders().orders
    mall.clock.start -= timedelta(seconds=15)
    [second] = mall.read_orders().orders
    assert first.version < second.version


def test_an_order_that_shows_late_is_still_found(mall: Mall) -> None:
    """It is placed before a poll that doesn't show it, and its time lies before that poll's watermark."""
    mall.world.visible_after = 20.0
    order = mall.buy((mall.add("tea", 10), 3))
    assert mall.read_orders(wait=5.0).orders == ()
    assert mall.read_orders(wait=5.0).orders == ()
    mall.read_orders(wait=15.0)
    assert mall.counts(order) == (3, 3, 0, 0)


def test_all_is_found_however_the_polls_fall(mall: Mall) -> None:
    """Everything placed before complete_until − lag is in an answer."""
    tea = mall.add("tea", 1000)
    placed = []
    for pause in (0.3, 1.7, 4.0, 11.0, 0.0, 29.0, 2.0, 5.5):
        placed.append((mall.clock.now(), mall.buy((tea, 1))))
        mall.read_orders(wait=pause)
        for at, order in placed:
            assert order in mall.newest or at >= mall.since - timedelta(seconds=LAG)
    mall.read_orders(wait=LAG)
    assert mall.newest.keys() == {order for _, order in placed}


def test_many_orders_are_paged_through(mall: Mall) -> None:
    tea = mall.add("tea", 1000)
    placed = {mall.buy((tea, 1)) for _ in range(230)}
    answer = mall.read_orders()
    assert {order.order for order in answer.orders} == placed
    assert len(answer.orders) == len(placed)


@pytest.fixture
def two_a_page(mall: Mall, monkeypatch: pytest.MonkeyPatch) -> Mall:
    facts, name = mall.orders_page
    monkeypatch.setattr(facts, name, 2)
    mall.channel = mall.connect()
    mall.world.visible_after = 0.0
    return mall


def test_orders_that_come_in_while_paging(two_a_page: Mall) -> None:
    mall = two_a_page
    tea = mall.add("tea", 100)
    placed = {mall.buy((tea, 1)) for _ in range(5)}

    def buyer(environ: dict[str, Any]) -> None:
        if mall.orders_path in environ["PATH_INFO"] and len(placed) < 9:
            placed.add(mall.buy((tea, 1)))

    mall.faults.before = buyer
    mall.read_orders()
    assert mall.newest.keys() == placed


def test_pages_that_never_come_to_rest_end(two_a_page: Mall) -> None:
    """A buyer at every page: what stood there at the beginning is read."""
    mall = two_a_page
    tea = mall.add("tea", 1000)
    first = {mall.buy((tea, 1)) for _ in range(5)}

    def buyer(environ: dict[str, Any]) -> None:
        if mall.orders_path in environ["PATH_INFO"]:
            mall.buy((tea, 1))

    mall.faults.before = buyer
    mall.read_orders()
    assert first <= mall.newest.keys()


def test_cancelled_after_shipping_stays_shipped(mall: Mall) -> None:
    """Only people know where the goods are."""
    order = mall.buy((mall.add("tea", 10), 2))
    mall.ship(order)
    mall.read_orders()
    mall.call_off(order)
    mall.read_orders()
    assert mall.counts(order) == (2, 0, 2, 0)


@pytest.mark.parametrize("name", ["rakuten", "rakuten-items", "yahoo"])  # what they make of an order hangs on its state
def test_an_order_in_a_state_that_nobody_knows_is_a_problem_of_its_own(name: str) -> None:
    mall: Any = MALLS[name]()
    tea = mall.add("tea", 10)
    good, strange = mall.buy((tea, 1)), mall.buy((tea, 2))
    mall.clock.sleep(3)
    mall.read_orders()
    mall.make_strange(strange)
    answer = mall.read_orders()
    assert set(answer.problems) == {strange}
    assert any(state in answer.problems[strange].en for state in ("orderProgress 650", "OrderStatus 8"))
    assert good in {order.order for order in answer.orders}
    assert mall.counts(strange) == (2, 2, 0, 0)  # what is reserved stays so


def test_an_order_with_many_lines(mall: Mall) -> None:
    listings = [mall.add(f"tea{number}", 10) for number in range(35)]
    order = mall.buy(*((listing, 1) for listing in listings))
    mall.read_orders()
    assert {line.listing for line in mall.newest[order].lines} == set(listings)


def test_an_old_order_is_looked_at_again_while_it_is_open(mall: Mall) -> None:
    tea = mall.add("tea", 10)
    order = mall.buy((tea, 3))
    mall.read_orders()
    mall.clock.sleep(20 * 86_400)
    mall.ship(order)
    mall.read_orders()
    assert mall.counts(order) == (3, 0, 3, 0)


def test_the_first_start_finds_what_is_old_and_open(mall: Mall) -> None:
    order = mall.buy((mall.add("tea", 10), 3))
    mall.clock.sleep(50 * 86_400)
    mall.since = mall.clock.now() - mall.channel.capabilities.look_back
    mall.read_orders()
    assert mall.counts(order) == (3, 3, 0, 0)


def test_an_order_that_the_mall_does_not_know_is_a_problem_and_no_cancellation(mall: Mall) -> None:
    answer = mall.channel.orders(mall.since, ["123456789"])
    assert answer.orders == ()
    assert set(answer.problems) == {"123456789"}
