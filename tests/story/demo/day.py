"""A demo's day in one process, on a virtual clock: the same people, the same evidence, the same verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import httpx

from bridge.demo.collect import collect
from bridge.demo.evidence import Cell, Evidence, Times
from bridge.demo.oversold import Allowance
from bridge.demo.owner import Owner
from bridge.demo.panel import MALLS, Panel
from bridge.demo.partners import Partners
from bridge.demo.seller import INSPECT
from bridge.demo.verdict import Line, holds, verdict
from bridge.sandbox.latency import Latency
from bridge.sandbox.malls.mall import Mall
from bridge.sandbox.packer import Packer, PackerDials
from bridge.sandbox.shoppers import ShopperDials, Shoppers
from bridge.sandbox.staff import Staff, StaffDials
from tests.story.demo.every_channel import PLAN, EveryChannel
from tests.story.demo.every_mall import EveryMall
from tests.story.demo.filled import FilledByTheSeller
from tests.support.virtual_clock import VirtualClock
from tests.support.world import World
from tests.support.wsgi_transport import WsgiTransport

SHELVES = ("本社倉庫", "渋谷店")
FEED_DELAY = 3.0
GLANCE = 0.25  # seconds after which somebody may act again, also while a call is under way
SETTLE_ROUNDS = 25


SETTINGS = {"two_readings_seconds": 10.0, "journal_lines": 2000}


class Day:
    """A shop's day, live. `bridge`: what the bridge does in its turn."""

    allowance = Allowance(order=12.0, sheet=20.0)  # one thread does it all here
    sets: Mapping[str, Mapping[str, int]] = {}  # as Evidence has them
    fba: Mapping[str, str] = {}
    inspect = ""
    shelves: Sequence[str] = SHELVES
    channels: Sequence[str] = MALLS

    def __init__(self, folder: Path, seed: int = 1) -> None:
        self.world, self.opening, hot = self.shop(folder)
        self.world.go_live()
        malls = self.malls()
        for mall in malls:
            mall.visible_after = FEED_DELAY
        clock = self.world.clock
        self.shoppers = Shoppers(malls, clock, seed=seed, dials=self.shopping(), hot_skus=hot)
        self.packer = Packer(malls, clock, seed=seed, dials=PackerDials(ship_after=(2.0, 8.0)))
        self.staff = Staff(
            self.world.spreadsheet,
            clock,
            seed,
            self.typing(),
            user=self.world.sandbox.people.staff.email,
        )
        self.world.sandbox.crowd.seat("shoppers", self.shoppers)
        self.world.sandbox.crowd.seat("staff", self.staff)
        http = httpx.Client(transport=WsgiTransport(app=self.world.sandbox), base_url="https://sandbox")
        self.panel = Panel(http)
        self.owner = Owner(self.panel, self.world.spreadsheet.id)
        self.bridge: Callable[[], None] = self.world.service.once

    def shop(self, folder: Path) -> tuple[World, Mapping[Cell, int], list[str]]:
        """Twenty products in two malls, what lies on the shelves, and which are scarce."""
        stock = {f"{n:03d}": (3 if n <= 5 else 20, n % 4, None) for n in range(1, 21)}
        opening = {(sku, place): n for sku, ns in stock.items() for place, n in zip(SHELVES, ns[:2], strict=True)}
        world = World(folder / "ledger.sqlite", stock, latency=Latency(), sheet_settings=SETTINGS)
        return world, opening, [f"{n:03d}" for n in range(1, 6)]

    def malls(self) -> tuple[Mall, ...]:
        return (self.world.sandbox.rakuten, self.world.sandbox.shopify)

    def shopping(self) -> ShopperDials:
        return ShopperDials(rate_per_second=1.5)

    def typing(self) -> StaffDials:
        return StaffDials(rate_per_second=1.0)

    def partners(self) -> Partners | None:
        """Those who are reached by files."""
        return None

    def trade(self, seconds: float) -> list[Line]:
        """Trade, then come to rest; the verdict on it."""
        clock = self.world.clock
        began, end = clock.now(), clock.elapsed + seconds
        clock.__class__ = _Lively
        partners = self.partners()
        more = (partners.step,) if partners else ()
        clock.people = (self.shoppers.step, self.packer.step, self.staff.step, *more)  # type: ignore[attr-defined]
        while clock.elapsed < end:
            self.bridge()
            clock.sleep(1.0)
        for people in (self.shoppers, self.packer, self.staff):
            people.stop()
        if partners is not None:
            partners.close()
        return self._come_to_rest(Times(began, clock.now()))

    def _come_to_rest(self, times: Times) -> list[Line]:
        for _ in range(SETTLE_ROUNDS):
            self.bridge()
            self.world.clock.sleep(3.0)
            self.evidence = evidence = self.look(times)
            answered = self.owner.settle(evidence, self.world.clock.now())
            lines = verdict(evidence, self.allowance, trade=False)
            if not answered and holds(lines) and not evidence.books.open_questions:
                break
        return lines

    def look(self, times: Times) -> Evidence:
        table = self.world.spreadsheet.table(self.world.tab("在庫表"))
        partners = self.partners()
        return collect(
            self.panel,
            self.world.ledger,
            table,
            opening=self.opening,
            selling=self.shelves,
            times=times,
            sets=self.sets,
            fba=self.fba,
            inspect=self.inspect,
            malls=self.channels,
            partners=partners.told() if partners else None,
        )


class FilledDay(Day):
    """In a world that is filled as the demo's."""

    filled: type[FilledByTheSeller]
    inspect = INSPECT

    def shop(self, folder: Path) -> tuple[World, Mapping[Cell, int], list[str]]:
        often = {**SETTINGS, "big_change_percent": 100.0}  # a look sees what staff typed during a whole slow round
        world = self.filled(folder / "ledger.sqlite", {}, latency=Latency(), sheet_settings=often)
        single = [each for each in world.products if not each.made_of]
        self.sets = {each.sku: each.made_of for each in world.products if each.made_of}
        self.fba = {each.by_amazon: each.sku for each in single if each.by_amazon}
        opening = {(each.sku, place): units for each in single for place, units in each.split.items()}
        opening |= {(each.sku, INSPECT): 0 for each in single}
        return world, opening, [each.sku for each in world.products if each.hot]


class EveryMallsDay(FilledDay):
    """With every mall, sets, returns, and what Amazon ships. One thread asks them in turn, and Yahoo takes a call in a
    second: a round takes a while."""

    allowance = Allowance(order=45.0, sheet=60.0)
    filled = EveryMall

    def malls(self) -> tuple[Mall, ...]:
        sandbox = self.world.sandbox
        sandbox.amazon.switches.update_delay = FEED_DELAY
        return (sandbox.rakuten, sandbox.shopify, sandbox.amazon, sandbox.yahoo)

    def shopping(self) -> ShopperDials:
        return ShopperDials(rate_per_second=1.5, crowds={"yahoo": 0.25}, return_share=0.5)


class EveryChannelsDay(FilledDay):
    """With every channel there is. One thread asks them in turn, so that a round takes a while."""

    allowance = Allowance(order=60.0, sheet=75.0)
    filled = EveryChannel
    shelves, channels = PLAN.shelves, PLAN.simulated
    world: EveryChannel

    def malls(self) -> tuple[Mall, ...]:
        self.world.sandbox.amazon.switches.update_delay = FEED_DELAY
        return tuple(self.world.sandbox.malls[name] for name in self.channels)

    def typing(self) -> StaffDials:
        return StaffDials(rate_per_second=0.5, columns=PLAN.counted_by_staff)

    def shopping(self) -> ShopperDials:
        return ShopperDials(
            rate_per_second=1.5, crowds={"yahoo": 0.25}, cancel_share=0.15, return_share=0.3, return_after=(5.0, 15.0)
        )

    def partners(self) -> Partners:
        return self.world.partners


class _Lively(VirtualClock):
    """While anybody sleeps, people go on."""

    people: tuple[Callable[[], None], ...]

    def sleep(self, seconds: float) -> None:
        until = self.elapsed + seconds
        while self.elapsed < until:
            self.elapsed = min(until, self.elapsed + GLANCE)
            for step in self.people:
                step()
