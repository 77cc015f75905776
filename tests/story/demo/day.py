"""A demo's day in one process, on a virtual clock: the same people, the same evidence, the same verdict."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx

from bridge.demo.collect import collect
from bridge.demo.evidence import Evidence, Times
from bridge.demo.oversold import Allowance
from bridge.demo.owner import Owner
from bridge.demo.panel import Panel
from bridge.demo.verdict import Line, holds, verdict
from bridge.sandbox.latency import Latency
from bridge.sandbox.packer import Packer, PackerDials
from bridge.sandbox.shoppers import ShopperDials, Shoppers
from bridge.sandbox.staff import Staff, StaffDials
from tests.support.virtual_clock import VirtualClock
from tests.support.world import World
from tests.support.wsgi_transport import WsgiTransport

SHELVES = ("本社倉庫", "渋谷店")
FEED_DELAY = 3.0
GLANCE = 0.25  # seconds after which somebody may act again, also while a call is under way
SETTLE_ROUNDS = 25


class Day:
    """Twenty products in two malls, live. `bridge`: what the bridge does in its turn."""

    def __init__(self, folder: Path, seed: int = 1) -> None:
        stock = {f"{n:03d}": (3 if n <= 5 else 20, n % 4, None) for n in range(1, 21)}
        settings = {"two_readings_seconds": 10.0, "journal_lines": 2000}
        self.world = World(folder / "ledger.sqlite", stock, latency=Latency(), sheet_settings=settings)
        self.world.go_live()
        malls = (self.world.sandbox.rakuten, self.world.sandbox.shopify)
        for mall in malls:
            mall.visible_after = FEED_DELAY
        clock = self.world.clock
        hot = [f"{n:03d}" for n in range(1, 6)]
        self.shoppers = Shoppers(malls, clock, seed=seed, dials=ShopperDials(rate_per_second=1.5), hot_skus=hot)
        self.packer = Packer(malls, clock, seed=seed, dials=PackerDials(ship_after=(2.0, 8.0)))
        self.staff = Staff(self.world.spreadsheet, clock, seed, StaffDials(rate_per_second=1.0))
        self.world.sandbox.crowd.seat("shoppers", self.shoppers)
        self.world.sandbox.crowd.seat("staff", self.staff)
        http = httpx.Client(transport=WsgiTransport(app=self.world.sandbox), base_url="https://sandbox")
        self.panel = Panel(http)
        self.owner = Owner(self.panel, self.world.spreadsheet.id)
        self.opening = {(sku, place): n for sku, ns in stock.items() for place, n in zip(SHELVES, ns[:2], strict=True)}
        self.bridge: Callable[[], None] = self.world.service.once

    def trade(self, seconds: float) -> list[Line]:
        """Trade, then come to rest; the verdict on it."""
        clock = self.world.clock
        began, end = clock.now(), clock.elapsed + seconds
        clock.__class__ = _Lively
        clock.people = (self.shoppers.step, self.packer.step, self.staff.step)  # type: ignore[attr-defined]
        while clock.elapsed < end:
            self.bridge()
            clock.sleep(1.0)
        for people in (self.shoppers, self.packer, self.staff):
            people.stop()
        return self._come_to_rest(Times(began, clock.now()))

    def _come_to_rest(self, times: Times) -> list[Line]:
        for _ in range(SETTLE_ROUNDS):
            self.bridge()
            self.world.clock.sleep(3.0)
            evidence = self.look(times)
            answered = self.owner.settle(evidence, self.world.clock.now())
            lines = verdict(evidence, Allowance(order=12.0, sheet=20.0), trade=False)  # one thread does it all here
            if not answered and holds(lines) and not evidence.books.open_questions:
                break
        return lines

    def look(self, times: Times) -> Evidence:
        table = self.world.spreadsheet.table(self.world.tab("在庫表"))
        return collect(self.panel, self.world.ledger, table, opening=self.opening, selling=SHELVES, times=times)


class _Lively(VirtualClock):
    """While anybody sleeps, people go on."""

    people: tuple[Callable[[], None], ...]

    def sleep(self, seconds: float) -> None:
        until = self.elapsed + seconds
        while self.elapsed < until:
            self.elapsed = min(until, self.elapsed + GLANCE)
            for step in self.people:
                step()
