"""One mall can't be seen for two hours and goes on selling.

Rakuten's usual pace is learnt from an hour and a half of orders. Then neither its orders nor its numbers can be read,
and it sells at a multiple of that pace. Shopify sells on; at some minute of the silence a rush buys all it still shows.
What both sold beyond the stock is oversold. Counted apart are Rakuten's sales of the first minutes, before anything is
held back, and those after the rush: held back is what it may have sold, and what it sells when the other mall is empty
nobody can hold back any more, nor can Rakuten's own number be lowered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bridge.ledger.values import time_of
from bridge.sandbox.faults import Dial
from tests.bench.scene import AS_IT_IS, MALLS, Rules, Scene, scene

SKU = "A"
NOTHING_HELD = Rules("nothing held back", {"blind_minutes": 24 * 60.0})


@dataclass(frozen=True)
class Silence:
    """`pace`: units an hour that the blind mall usually sells · `times`: how many times that it sells while blind ·
    `history`: minutes of ordinary trade before · `rush_at`: minutes from the beginning of the silence at which the
    other mall is bought empty"""

    stock: int = 120
    pace: float = 6.0
    times: float = 1.0
    minutes: float = 120.0
    rush_at: int = 119
    patience: float = 10.0
    factor: float = 2.0
    history: float = 90.0


@dataclass(frozen=True)
class Seen:
    """`unseen`: sold by the blind mall during the silence · `first_minutes`: of those, before anything was held back ·
    `after_the_rush`: of those, when the other mall had nothing left to hold back ·
    `held`: the most that was held back · `released_after`: seconds from the end of the silence until the other mall
    shows all that is left, with nothing held back"""

    under: str
    times_pace: float
    rush_at_minute: int
    unseen: int
    first_minutes: int
    after_the_rush: int
    held: int
    oversold: int
    released_after: float | None


def table() -> Iterator[Seen]:
    for times in (1.0, 2.0, 6.0):
        yield run(Silence(times=times))
        yield run(Silence(times=times), NOTHING_HELD)
    for rush_at in (5, 30, 60):
        yield run(Silence(times=2.0, rush_at=rush_at))
    yield run(Silence(times=1.0, rush_at=60))


def run(silence: Silence, rules: Rules = AS_IT_IS, *, poll_seconds: float = 30.0) -> Seen:
    settings = {"blind_minutes": silence.patience, "blind_factor": silence.factor}
    with scene({SKU: silence.stock}, rules, poll_seconds=poll_seconds, bridge_settings=settings) as shop:
        shop.start_bridge()
        usual = _usual_sales(shop, silence)
        began, quiet_from = shop.at, shop.timeline.now()
        shop.weather("rakuten", Dial(lost=1.0))
        _sell(shop, 3600.0 / (usual * silence.times), until=began + 60 * silence.minutes)
        held = first = before_the_rush = 0
        for minute in range(1, int(silence.minutes) + 1):
            shop.minutes(1)
            held = max(held, shop.held("rakuten"))
            first = _sold_by_rakuten(shop, quiet_from) if held == 0 else first
            if minute == silence.rush_at:
                before_the_rush = _sold_by_rakuten(shop, quiet_from)
                shop.world.buy("shopify", SKU, max(1, shop.shown("shopify", SKU)))
        unseen = _sold_by_rakuten(shop, quiet_from)
        shop.weather("rakuten", Dial())
        released = _released(shop, silence)
        return Seen(
            under=rules.name,
            times_pace=silence.times,
            rush_at_minute=silence.rush_at,
            unseen=unseen,
            first_minutes=first,
            after_the_rush=unseen - before_the_rush,
            held=held,
            oversold=max(0, shop.sold(SKU) - silence.stock),
            released_after=released,
        )


def _usual_sales(shop: Scene, silence: Silence) -> float:
    """Ordinary trade; the units an hour that came of it since Rakuten was opened, or in an hour if that is longer."""
    pause = 3600.0 / silence.pace
    _sell(shop, pause, until=shop.at + silence.history * 60 - 60)
    shop.minutes(silence.history)
    with shop.world.service.ledger.read() as tx:
        opened = time_of(str(tx.channels.get("rakuten").opened_at))
    hours = max(1.0, (shop.timeline.now() - opened) / timedelta(hours=1))
    return _sold_by_rakuten(shop, opened) / hours


def _sell(shop: Scene, pause: float, *, until: float) -> None:
    """One unit at a time; the first customer comes early."""

    def live() -> None:
        shop.timeline.sleep(min(30.0, pause))
        while shop.at < until:
            shop.world.buy("rakuten", SKU, 1)
            shop.timeline.sleep(pause)

    shop.timeline.start_thread(live)


def _sold_by_rakuten(shop: Scene, since: datetime) -> int:
    return sum(change.old - change.new for change in shop.changes("rakuten", since) if change.cause == "order")


def _released(shop: Scene, silence: Silence) -> float | None:
    """Seconds until nothing is held back and both show what is left; None where that takes longer than an hour."""
    began = shop.at
    while shop.at - began < 3600:
        left = max(0, silence.stock - shop.sold(SKU))
        if shop.held("rakuten") == 0 and all(shop.shown(mall, SKU) == left for mall in MALLS):
            return shop.at - began
        shop.timeline.run(5)
    return None
