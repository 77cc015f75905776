"""Rakuten answers every request with 429 for half an hour while both malls trade and staff type.

Some products are for probing only: nobody buys them. Staff lower one and raise another in turn; how long until Shopify,
where nothing is wrong, shows it? Requests are counted where Rakuten receives them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from random import Random
from typing import Any

from bridge.sandbox.faults import Dial
from tests.bench.latency import Latencies, summary
from tests.bench.scene import MALLS, Scene, scene

STOCK = 300
PUBLISHED = {
    "searchOrder": 1,
    "getOrder": 1,
    "bulk-upsert": 1,
    "bulk-get": 5,
}  # requests a second (rakuten.md §2, §4)


@dataclass(frozen=True)
class Storm:
    """Lowering, raising: seconds from a person's typing until Shopify shows it, while all is well and in the storm.

    drained_after: seconds from the end of the storm until Rakuten shows what is left of everything and every order is
    in the table · requests, most_a_second: of each of Rakuten's functions, as Rakuten received them, and
    as it publishes them ·
    throttled_by_shopify: its answers that asked for patience"""

    minutes: float
    lowering_before: Latencies
    lowering_meanwhile: Latencies
    raising_before: Latencies
    raising_meanwhile: Latencies
    drained_after: float | None
    requests_meanwhile: int
    most_a_second: dict[str, int]
    published_a_second: dict[str, int]
    throttled_by_shopify: int
    units_sold_meanwhile: int
    held_back_at_most: int
    oversold: int


def run(*, minutes: float = 30.0, poll_seconds: float = 3.0, pause: float = 20.0, probe_every: float = 60.0) -> Storm:
    goods = {f"S{number}": STOCK for number in range(1, 9)}
    probes = {f"P{number}": STOCK for number in range(1, 7)}
    with scene(goods | probes, poll_seconds=poll_seconds, lag_seconds=10.0) as shop:
        received = _count_requests(shop)
        shop.start_bridge()
        shop.minutes(2)
        open_for = Trade(shop, list(goods), pause)
        typed = Probes(shop, list(probes), probe_every)
        shop.minutes(minutes)
        calm = typed.begin_anew()
        shop.weather("rakuten", Dial(too_many=1.0, retry_after=5))
        before, sold = shop.at, sum(shop.sold(sku) for sku in goods)
        most_held = 0
        for _ in range(int(minutes)):
            shop.minutes(1)
            most_held = max(most_held, shop.held("rakuten"))
        sold = sum(shop.sold(sku) for sku in goods) - sold
        storm = typed.phase()
        open_for.stop()
        ended = shop.at
        shop.weather("rakuten", Dial())
        drained = _drained(shop, goods | probes, typed)
        shop.minutes(5)  # for the last probes
        return Storm(
            minutes=minutes,
            lowering_before=_waits(calm, rises=False),
            lowering_meanwhile=_waits(storm, rises=False),
            raising_before=_waits(calm, rises=True),
            raising_meanwhile=_waits(storm, rises=True),
            drained_after=drained,
            requests_meanwhile=sum(before <= at < ended for times in received.values() for at in times),
            most_a_second={name: _most_in_a_second(times) for name, times in sorted(received.items())},
            published_a_second=dict(sorted(PUBLISHED.items())),
            throttled_by_shopify=sum("THROTTLED" in call.received for call in shop.world.mall_calls),
            units_sold_meanwhile=sold,
            held_back_at_most=most_held,
            oversold=sum(max(0, shop.sold(sku) - STOCK) for sku in goods),
        )


class Trade:
    """Customers who buy one piece at a time, in either mall."""

    def __init__(self, shop: Scene, skus: list[str], pause: float) -> None:
        self._open, random = True, Random(5)

        def buy() -> None:
            if self._open:
                shop.world.buy(random.choice(MALLS), random.choice(skus), 1)

        shop.every(lambda: random.expovariate(1 / pause), buy)

    def stop(self) -> None:
        self._open = False


@dataclass
class Probe:
    """A number that somebody typed. `shown_after`: seconds; None: not yet."""

    sku: str
    units: int
    typed_at: float
    rises: bool
    shown_after: float | None = None


class Probes:
    """Staff lower one product and raise another in turn; each waits until Shopify shows its last number."""

    def __init__(self, shop: Scene, skus: list[str], every: float) -> None:
        self._shop = shop
        self._waiting: list[Probe] = []
        self._phase: list[Probe] = []
        self.typed = dict.fromkeys(skus, STOCK)
        self._turns = 0
        shop.every(lambda: every, self._type)
        shop.every(lambda: 1.0, self._look)

    def begin_anew(self) -> list[Probe]:
        """Those answered so far. What still waits belongs to what comes now."""
        answered = [each for each in self._phase if each not in self._waiting]
        self._phase = list(self._waiting)
        return answered

    def phase(self) -> list[Probe]:
        """Those since then; they go on being watched."""
        return list(self._phase)

    def _type(self) -> None:
        waiting = {each.sku for each in self._waiting}
        free = [sku for sku in self.typed if sku not in waiting]
        if not free:
            return
        self._turns += 1
        rises = self._turns % 2 == 0
        sku = free[self._turns % len(free)]
        self.typed[sku] += 7 if rises else -5
        self._shop.world.type(sku, self._shop.world.locations[0], self.typed[sku])
        probe = Probe(sku, self.typed[sku], self._shop.at, rises)
        self._waiting.append(probe)
        self._phase.append(probe)

    def _look(self) -> None:
        for each in list(self._waiting):
            if self._shop.shown("shopify", each.sku) == each.units:
                each.shown_after = self._shop.at - each.typed_at
                self._waiting.remove(each)


def _waits(probes: list[Probe], *, rises: bool) -> Latencies:
    return summary(each.shown_after for each in probes if each.rises is rises)


def _drained(shop: Scene, stock: dict[str, int], probes: Probes) -> float | None:
    began = shop.at
    while shop.at - began < 7200:
        left = {sku: probes.typed.get(sku, units) - shop.sold(sku) for sku, units in stock.items()}
        waiting = {row["SKU"]: row["販売可能"] for row in shop.world.table("在庫表") if row["SKU"]}
        if all(shop.shown("rakuten", sku) == units and waiting[sku] == str(units) for sku, units in left.items()):
            return shop.at - began
        shop.timeline.run(1)
    return None


def _count_requests(shop: Scene) -> dict[str, list[float]]:
    """When each of Rakuten's functions was asked, as its simulator sees it."""
    times: dict[str, list[float]] = defaultdict(list)

    def note(environ: dict[str, Any]) -> None:
        found = re.search(r"searchOrder|getOrder|bulk-upsert|bulk-get", environ["PATH_INFO"])
        times[found[0] if found else environ["PATH_INFO"]].append(shop.at)

    shop.world.sandbox.faults["rakuten"].before = note
    return times


def _most_in_a_second(times: list[float]) -> int:
    """The most requests in any one second; times are in order."""
    most = first = 0
    for last, at in enumerate(times):
        while times[first] <= at - 1.0:
            first += 1
        most = max(most, last - first + 1)
    return most
