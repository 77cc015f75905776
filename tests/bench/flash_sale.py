"""A flash sale on one tape: the same customers come at the same seconds, whoever keeps the malls in step.

Each mall shows the whole stock; both sell from it. A customer who wants more than the mall shows leaves. Orders appear
in the malls' feeds 0 to `feed_delay` seconds late, each with a delay of its own.

* **bridge**: as it is.
* **without the gap rule**: the same bridge, but what a mall's number shows and its feed doesn't is not held back.
* **every 5 minutes**: absolute numbers from the orders in the feeds, as a spreadsheet job does it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from unittest.mock import patch

from bridge.sandbox.faults import Dial
from tests.bench.scene import AS_IT_IS, MALLS, Rules, Scene, scene

MALL_SECONDS = 0.3  # a call's way to a mall and back
NO_GAP_RULE = Rules("bridge without the gap rule", without=lambda: patch("bridge.flows.replan.gap", lambda _state: 0))


@dataclass(frozen=True)
class Tape:
    """Who wants what, and when. Weights: the first SKU is wanted most."""

    orders: int = 500
    minutes: float = 30.0
    skus: int = 5
    stock: int = 90
    feed_delay: float = 120.0
    seed: int = 1

    @property
    def stocks(self) -> dict[str, int]:
        return {f"HOT-{number}": self.stock for number in range(1, self.skus + 1)}

    def customers(self) -> list[Customer]:
        random = Random(self.seed)
        skus = list(self.stocks)
        weights = [1 / rank for rank in range(1, len(skus) + 1)]
        times = sorted(random.uniform(0, 60 * self.minutes) for _ in range(self.orders))
        return [
            Customer(
                at,
                random.choice(MALLS),
                random.choices(skus, weights)[0],
                random.choice((1, 1, 1, 2)),
                random.uniform(0, self.feed_delay),
            )
            for at in times
        ]


@dataclass(frozen=True)
class Customer:
    at: float
    mall: str
    sku: str
    units: int
    feed_delay: float


@dataclass(frozen=True)
class Sale:
    """What became of the tape. `oversold`: units sold beyond the stock · `unsold`: units left though wanted."""

    under: str
    seed: int
    orders: int
    turned_away: int
    units_sold: int
    oversold: int
    oversold_skus: int
    unsold: int


def table(seeds: tuple[int, ...] = (1, 2, 3)) -> Iterator[Sale]:
    for seed in seeds:
        tape = Tape(seed=seed)
        yield under_bridge(tape)
        yield under_bridge(tape, NO_GAP_RULE)
        yield under_absolute_pushes(tape)


def under_bridge(tape: Tape, rules: Rules = AS_IT_IS, *, poll_seconds: float = 3.0) -> Sale:
    with scene(tape.stocks, rules, poll_seconds=poll_seconds, lag_seconds=tape.feed_delay) as shop:
        for mall in MALLS:
            shop.weather(mall, Dial(delay=1.0, delay_seconds=MALL_SECONDS))
        shop.start_bridge()
        shop.minutes(3)  # everything comes to rest first
        return _play(shop, tape, rules.name)


def under_absolute_pushes(tape: Tape, every: float = 300.0) -> Sale:
    with scene(tape.stocks, lag_seconds=tape.feed_delay) as shop:
        malls = {mall: getattr(shop.world.sandbox, mall) for mall in MALLS}

        def push() -> None:
            now = shop.timeline.now()
            for sku, stock in tape.stocks.items():
                left = stock
                for name, mall in malls.items():
                    wire = shop.world.wire(name, sku)
                    left -= sum(
                        line.units
                        for order in mall.orders()
                        if order.visible_at <= now
                        for line in order.lines
                        if line.listing == wire
                    )
                for name, mall in malls.items():
                    mall.set_stock_by_hand(shop.world.wire(name, sku), max(0, left))

        shop.every(lambda: every, push)
        return _play(shop, tape, f"absolute pushes every {every / 60:.0f} minutes")


def _play(shop: Scene, tape: Tape, under: str) -> Sale:
    customers = tape.customers()
    turned_away = 0
    began = shop.timeline.elapsed

    def come() -> None:
        nonlocal turned_away
        for customer in customers:
            shop.timeline.sleep(max(0.0, began + customer.at - shop.timeline.elapsed))
            mall = getattr(shop.world.sandbox, customer.mall)
            mall.visible_after = customer.feed_delay
            order = mall.buy(shop.world.wire(customer.mall, customer.sku), customer.units)
            turned_away += order is None

    shop.timeline.start_thread(come)
    shop.minutes(tape.minutes + 2 + tape.feed_delay / 30)  # until every feed has shown everything, twice over
    sold = {sku: shop.sold(sku) for sku in tape.stocks}
    over = {sku: max(0, units - tape.stocks[sku]) for sku, units in sold.items()}
    wanted = {sku: sum(each.units for each in customers if each.sku == sku) for sku in tape.stocks}
    return Sale(
        under=under,
        seed=tape.seed,
        orders=len(customers),
        turned_away=turned_away,
        units_sold=sum(sold.values()),
        oversold=sum(over.values()),
        oversold_skus=sum(units > 0 for units in over.values()),
        unsold=sum(max(0, min(tape.stocks[sku], wanted[sku]) - sold[sku]) for sku in tape.stocks),
    )
