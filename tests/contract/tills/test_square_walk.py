"""Whatever happens at a till, and whatever becomes of our calls: each thing counts once, and in the end the till shows
what the books have, and the books what lies on the shelf (pos.md §2.7, §2.8)."""

from __future__ import annotations

import uuid
from datetime import timedelta
from random import Random

import pytest

from bridge.channels.port import Outcome, PushItem
from bridge.domain.orders import ListingKey
from bridge.errors import TryAgain
from bridge.sandbox.faults import Fault, Late, Lost, Refuse, ReplyLost, path_contains
from tests.contract.tills.square_bench import HONSHA, SquareBench

STEPS = 60
OPENING = 40
WRITING = path_contains("batch-create")


class Walk:
    """A bridge of few lines: its books are the opening and what it was told of, and the till is to show them."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.till = SquareBench()
        self.till.simulator.switches.page = self.random.choice((3, 1000))
        self.till.simulator.switches.count_lag = self.random.choice((0.0, 2.0))
        self.till.simulator.switches.infers = self.random.random() < 0.8
        self.till.simulator.switches.links = self.random.random() < 0.5
        self.till.simulator.switches.atomic = self.random.random() < 0.5
        self.till.simulator.visible_after = self.random.choice((0.0, 8.0))
        self.goods = [
            self.till.add("tea", OPENING),
            self.till.add("cup", OPENING),
            self.till.add("tea", OPENING, HONSHA),
        ]
        self.typed = dict.fromkeys(self.goods, 0)
        self.shelf = dict.fromkeys(self.goods, OPENING)  # what really lies there, but for what waits to be inspected
        self.sales: list[tuple[str, int]] = []
        self.late: list[tuple[ListingKey, int, timedelta]] = []

    def books(self, listing: ListingKey) -> int:
        return OPENING + self.typed[listing] + self.till.booked(listing)

    def step(self) -> None:
        acts = [self.sell, self.sell, self.sell_offline, self.arrive, self.refund, self.receive, self.lose, self.move]
        acts += [self.recount, self.type, self.poll, self.poll, self.push, self.push, self.restart]
        self.random.choice(acts)()
        self.till.clock.sleep(self.random.choice((0.5, 3.0, 40.0)))

    # At the till.

    def some(self, most: int) -> tuple[ListingKey, int]:
        """Of what there is."""
        listing = self.random.choice(self.goods)
        return listing, self.random.randint(0, max(0, min(most, self.till.stock(listing) - 3)))

    def sell(self) -> None:
        listing, units = self.some(3)
        if units:
            self.shelf[listing] -= units
            self.sales.append((self.till.sell(listing, units), units))

    def sell_offline(self) -> None:
        listing, units = self.some(2)
        if units:
            self.shelf[listing] -= units
            self.late.append((listing, units, timedelta(seconds=self.till.clock.elapsed)))

    def arrive(self) -> None:
        for listing, units, sold in self.late:
            self.till.sell(listing, units, at=self.till.clock.start + sold)
        self.late.clear()

    def refund(self) -> None:
        if self.sales:
            sale, units = self.sales.pop()
            self.till.void(sale, units, restock=self.random.random() < 0.7)

    def receive(self) -> None:
        listing, units = self.random.choice(self.goods), self.random.randint(1, 5)
        self.shelf[listing] += units
        self.till.receive(listing, units)

    def lose(self) -> None:
        listing, units = self.some(2)
        if units:
            self.shelf[listing] -= units
            self.till.lose(listing, units)

    def move(self) -> None:
        here, there = self.goods[0], self.goods[2]
        units = min(2, self.till.stock(here))
        if units > 0:
            self.shelf[here] -= units
            self.shelf[there] += units
            self.till.simulator.transfer(self.till.wire(here), self.till.wire(there)[1], units)

    def recount(self) -> None:
        """At rest: what is typed but not at the till yet would be counted twice."""
        self.rest()
        listing = self.random.choice(self.goods)
        self.shelf[listing] = self.random.randint(20, 60)
        self.till.recount(listing, self.shelf[listing])

    # The bridge.

    def type(self) -> None:
        listing, units = self.random.choice(self.goods), self.random.randint(-5, 8)
        self.shelf[listing] += units
        self.typed[listing] += units

    def poll(self) -> None:
        self.till.read_orders(wait=0.0)

    def restart(self) -> None:
        self.till.connect()
        self.poll()

    def push(self, faults: bool = True) -> None:
        if faults and self.random.random() < 0.5:
            fault: Fault = self.random.choice((Lost(timed_out=True), ReplyLost(), Late(), Refuse(429), Refuse(503)))
            for _ in range(self.random.choice((1, 4))):
                self.till.faults.next(fault, WRITING)
        if faults and self.random.random() < 0.3:
            self.till.before_writing(self.sell)
        try:
            for _ in range(3):
                shown = self.till.channel.read(self.goods)
                wanted = {each: max(0, self.books(each)) for each in self.goods}
                due = [PushItem(each, wanted[each], shown[each]) for each in self.goods if shown[each] != wanted[each]]
                outcomes = {
                    each.outcome
                    for each in self.till.channel.push(due, str(uuid.UUID(int=self.random.getrandbits(128))))
                }
                if Outcome.STALE not in outcomes:
                    break
                self.poll()
        except TryAgain:
            pass
        finally:
            self.till.faults.clear()
            self.till.faults.before = None
        if self.random.random() < 0.5:
            self.till.faults.deliver_late()  # it was on its way all the time

    def rest(self) -> None:
        """Nothing more happens, and everything is answered."""
        self.till.faults.deliver_late()
        for _ in range(4):
            self.till.clock.sleep(61.0)
            self.poll()
            self.push(faults=False)


@pytest.mark.parametrize("seed", range(12))
def test_everything_counts_once(seed: int) -> None:
    walk = Walk(seed)
    for _ in range(STEPS):
        walk.step()
    walk.arrive()
    walk.rest()
    found = {each: (walk.shelf[each], walk.books(each), walk.till.stock(each)) for each in walk.goods}
    assert all(shelf == books == shown for shelf, books, shown in found.values()), found
