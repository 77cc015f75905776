"""The real bridge living through virtual hours: its own jobs in their own threads, the malls and Google on the wire.

The jobs run as `Service` runs them (one thread for the sheet, one per channel, each job guarded, a channel's quantities
again as soon as another thread changed a listing); only the waiting between them is on the virtual clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from bridge.channels.port import Channel
from bridge.config import Config
from bridge.guard import Guard
from bridge.outside import Outside
from bridge.sandbox.faults import Dial
from bridge.sandbox.malls.mall import Change
from bridge.threads import SALES_LOOK
from tests.support.timeline import Timeline
from tests.support.world import World

GLANCE = 0.5  # seconds between two looks of a waiting thread, here
MEMORY = Path("/dev/shm")  # a ledger's commits wait for the disk, and no time is measured here but the virtual one
MALLS = ("rakuten", "shopify")


@dataclass(frozen=True)
class Rules:
    """The bridge as it is, or a counterpart that lacks a rule: by `settings` of [bridge], or by what `without` patches
    while it runs."""

    name: str = "bridge"
    settings: Mapping[str, object] = field(default_factory=dict)
    without: Callable[[], AbstractContextManager[object]] = nullcontext


AS_IT_IS = Rules()


@dataclass
class StormWorld(World):
    """`channel_settings`: of both channels · `bridge_settings`: of [bridge]."""

    channel_settings: Mapping[str, object] = field(default_factory=dict)
    bridge_settings: Mapping[str, object] = field(default_factory=dict)

    def _config(self) -> Config:
        config = super()._config()
        malls = config.channels
        assert malls.rakuten is not None
        assert malls.shopify is not None
        channels = replace(
            malls,
            rakuten=replace(malls.rakuten, **self.channel_settings),  # type: ignore[arg-type]
            shopify=replace(malls.shopify, **self.channel_settings),  # type: ignore[arg-type]
        )
        return replace(config, channels=channels, bridge=replace(config.bridge, **self.bridge_settings))  # type: ignore[arg-type]

    def outside(self) -> Outside:
        return replace(super().outside(), random=Random(7))


@dataclass(frozen=True)
class Cycle:
    """One cycle of the sheet: when it ended, and how many of its calls Google answered."""

    at: float
    calls: int


@dataclass
class Scene:
    """A live shop whose bridge runs by itself. `at` counts virtual seconds from the moment it went live."""

    world: StormWorld
    timeline: Timeline

    def __post_init__(self) -> None:
        self.began = self.timeline.elapsed
        self.cycles: list[Cycle] = []

    @property
    def at(self) -> float:
        return self.timeline.elapsed - self.began

    def minutes(self, count: float) -> None:
        self.timeline.run(60 * count)

    def start_bridge(self) -> None:
        service = self.world.service
        sheet = Guard(service.watchers, "sheet", None)

        def watch_sheet() -> None:
            while True:
                before = len(self.world.sheet_calls)
                sheet.run(service.cycle.run)
                answered = [call for call in self.world.sheet_calls[before:] if call.status is not None]
                self.cycles.append(Cycle(self.at, len(answered)))
                self.timeline.sleep(service.config.sheet.poll_seconds)

        self.timeline.start_thread(watch_sheet)
        for channel in service.channels:
            self.timeline.start_thread(self._channel_thread(channel))

    def _channel_thread(self, channel: Channel) -> Callable[[], None]:
        service = self.world.service
        _, quantities = service.guards[channel.name]
        every = float(getattr(service.config.channels, channel.name).orders_seconds)

        def live() -> None:
            due = look = self.timeline.monotonic()
            seen = service.ledger.wanted_changes
            while True:
                if self.timeline.monotonic() >= due:
                    due = self.timeline.monotonic() + every
                    service.guarded_round(channel)
                elif self.timeline.monotonic() >= look:
                    look = self.timeline.monotonic() + SALES_LOOK.total_seconds()
                    quantities.run(service.pushers[channel.name].watch_sales)
                elif seen != service.ledger.wanted_changes:
                    seen = service.ledger.wanted_changes
                    quantities.run(service.pushers[channel.name].run)
                self.timeline.sleep(GLANCE)

        return live

    def every(self, pause: Callable[[], float], act: Callable[[], None]) -> None:
        """Somebody who acts again and again, after each pause."""

        def live() -> None:
            while True:
                self.timeline.sleep(pause())
                act()

        self.timeline.start_thread(live)

    def weather(self, name: str, dial: Dial) -> None:
        """How the requests to "sheets", "rakuten" or "shopify" fare from now on."""
        self.world.sandbox.faults[name].dial = dial

    def changes(self, mall: str, since: datetime | None = None) -> list[Change]:
        """What happened to the mall's own numbers."""
        history: Sequence[Change] = getattr(self.world.sandbox, mall).state.history
        return [change for change in history if since is None or change.at >= since]

    def shown(self, mall: str, sku: str) -> int:
        return self.world.shown(mall, sku)

    def held(self, mall: str) -> int:
        """Units that the others hold back for what a mall may have sold unseen."""
        with self.world.service.ledger.read() as tx:
            return sum(record.reserve for record in tx.listings.all(mall).values())

    def sold(self, sku: str) -> int:
        """Units that customers hold an order for, in all malls, whatever the bridge knows of it."""
        total = 0
        for mall in MALLS:
            wire = self.world.wire(mall, sku)
            for order in getattr(self.world.sandbox, mall).orders():
                total += sum(line.units - line.cancelled for line in order.lines if line.listing == wire)
        return total


@contextmanager
def scene(
    stock: Mapping[str, int],
    rules: Rules = AS_IT_IS,
    *,
    poll_seconds: float = 3.0,
    lag_seconds: float = 120.0,
    bridge_settings: Mapping[str, object] | None = None,
) -> Iterator[Scene]:
    """A shop of these SKUs in one place, live in both malls, its bridge not started yet."""
    timeline, memory = Timeline(), MEMORY if MEMORY.is_dir() else None
    with rules.without(), TemporaryDirectory(prefix="bridge-storm-", dir=memory) as folder:
        world = StormWorld(
            Path(folder) / "ledger.sqlite",
            {sku: (units, None, None) for sku, units in stock.items()},
            clock=timeline,
            judge_once=True,
            sheet_settings={"poll_seconds": poll_seconds},
            channel_settings={"lag_seconds": lag_seconds},
            bridge_settings={**(bridge_settings or {}), **rules.settings},
        )
        world.go_live()
        try:
            yield Scene(world, timeline)
        finally:
            timeline.end()
            world.service.close()
