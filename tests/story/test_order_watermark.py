"""How far back orders are read: from where the last complete read ended, a little further, and daily much further."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest

from bridge.errors import Hint, TryAgain
from bridge.flows.intake import OVERLAP, SWEEP
from tests.support.world import LAG, World


class Asked:
    """What a channel's orders were asked for; `fails`: it doesn't answer."""

    def __init__(self, world: World) -> None:
        self.since: list[datetime] = []
        self.fails = False
        self.world = world
        (self.mall,) = (each for each in world.service.channels if each.name == "shopify")
        self.orders = self.mall.orders
        self.mall.orders = self._orders  # type: ignore[method-assign]

    def _orders(self, since: datetime, known_open: Any = ()) -> Any:
        self.since.append(since)
        if self.fails:
            raise TryAgain(Hint("返事がありません。", "No answer."))
        return self.orders(since, known_open)

    def back(self) -> timedelta:
        """How far before the watermark the next read looks."""
        with self.world.service.ledger.read() as tx:
            watermark = datetime.fromisoformat(str(tx.channels.get("shopify").watermark))
        with suppress(TryAgain):
            self.world.service.intakes["shopify"].run()
        return watermark - self.since[-1]


@pytest.fixture
def asked(shop: World) -> Asked:
    shop.service.close()
    shop.start()
    return Asked(shop)


def test_it_begins_with_a_sweep_then_overlaps_now_and_then_and_sweeps_again_after_a_day(asked: Asked) -> None:
    assert asked.back() == SWEEP
    asked.world.clock.sleep(20)
    assert asked.back() == timedelta(0)
    asked.world.clock.sleep(60)
    assert asked.back() == OVERLAP
    asked.world.clock.sleep(24 * 3600)
    assert asked.back() == SWEEP


def test_a_sweep_that_failed_is_made_up_for(asked: Asked) -> None:
    asked.back()
    asked.world.clock.sleep(24 * 3600)
    asked.fails = True
    assert asked.back() == SWEEP
    asked.fails = False
    assert asked.back() == SWEEP
    assert asked.back() == timedelta(0)


def test_a_clock_that_was_ahead_hides_no_order(shop: World) -> None:
    """The machine's clock was a day ahead while orders were read, then it is put right."""
    shop.clock.start += timedelta(days=1)
    shop.rounds(1)
    shop.clock.start -= timedelta(days=1)
    shop.buy("shopify", "A", 2)
    shop.rounds(2)
    assert shop.row("A")["引当"] == "2"


def test_the_lag_is_read_again_once(shop: World) -> None:
    """An order that appears in the search as late as the mall may be is found by the read after it."""
    shop.settle()
    shop.sandbox.shopify.visible_after = LAG
    shop.buy("shopify", "A", 2)
    shop.clock.sleep(LAG - 1)
    shop.service.intakes["shopify"].run()
    shop.clock.sleep(2)
    shop.service.intakes["shopify"].run()
    shop.rounds(1)
    assert shop.row("A")["引当"] == "2"
