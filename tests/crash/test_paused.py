"""A process that was only paused for an hour writes nothing of what it had decided before: it looks again first."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from bridge.errors import TryAgain
from bridge.fault_points import Point, arm
from bridge.sandbox.faults import ReplyLost, path_contains
from tests.crash.scenes import FIRST_DAY
from tests.crash.shop import Begun, Bridge, opened
from tests.support.world import Moment, World

HOUR = 3600.0
STOCK_READS = ("inventories.bulk.get", "Levels")
PAUSES = tuple(point for point in Point if point not in (*FIRST_DAY, Point.PUSH_GIVEN_UP, Point.COMPARED))
QUICK = (Point.WRITE_PROMISED, Point.PUSH_PROMISED)


@pytest.fixture(autouse=True)
def disarmed() -> Iterator[None]:
    yield
    arm(None)


@dataclass
class Pause:
    """The process stands still for an hour the first time that it comes to `point`; the world does not."""

    shop: World
    point: Point
    sheet_calls: int | None = None  # before it
    mall_calls: int | None = None

    def __call__(self, point: Point) -> None:
        if point is not self.point or self.sheet_calls is not None:
            return
        self.sheet_calls, self.mall_calls = len(self.shop.sheet_calls), len(self.shop.mall_calls)
        self.shop.clock.elapsed += HOUR
        meanwhile(self.shop)

    def looked_first(self) -> bool:
        """Whether the spreadsheet, and each mall's stock, was read after the pause before it was written."""
        sheet = [call.writes for call in self.shop.sheet_calls[self.sheet_calls :]]
        fine = not (sheet and sheet[0])
        for mall in ("Rakuten", "Shopify"):
            calls = [call for call in self.shop.mall_calls[self.mall_calls :] if call.mall == mall]
            read = next((i for i, call in enumerate(calls) if call.operation in STOCK_READS), len(calls))
            fine = fine and not any(call.writes for call in calls[:read])
        return fine


def meanwhile(shop: World) -> None:
    """Staff sort the table and count A again; a mall sells what it has of B."""
    tab = shop.tab("在庫表")
    area = {"sheetId": tab, "startRowIndex": 1, "endRowIndex": 3, "startColumnIndex": 0}
    order = [{"dimensionIndex": shop.column("在庫表", "SKU"), "sortOrder": "DESCENDING"}]
    shop.spreadsheet.apply([{"sortRange": {"range": area, "sortSpecs": order}}])
    shop.type("A", "本社倉庫", int(shop.row("A")["本社倉庫"]) + 4)
    shop.buy("shopify", "B", 2)


def paused_at(folder: Path, live_world: Moment, point: Point) -> None:
    shop = World(folder / "ledger.sqlite", since=live_world)
    pause = Pause(shop, point)
    arm(pause)
    if point is Point.LOST_ANSWER_LOOKED_AT:
        shop.sandbox.faults["rakuten"].next(ReplyLost(), path_contains("bulk-upsert"))
    shop.buy("rakuten", "A", 1)
    shop.buy("shopify", "B", 1)
    for mall in (shop.sandbox.rakuten, shop.sandbox.shopify):
        for order in mall.orders():
            mall.ship(order.id)
    for _ in range(8):
        with suppress(TryAgain):  # as the guard of each job
            shop.service.once()
        shop.clock.sleep(3.0)
    assert pause.sheet_calls is not None, "never reached"
    assert pause.looked_first()
    shop.settle()
    on_hand = {sku: sum(shop.balance(sku).values()) for sku in "AB"}
    assert on_hand == {"A": 7 - 1 + 4, "B": 7 - 1}
    assert {sku: sum(int(shop.row(sku)[name]) for name in ("本社倉庫", "渋谷店")) for sku in "AB"} == on_hand
    assert [shop.shown(mall, sku) for sku in "AB" for mall in ("rakuten", "shopify")] == [10, 10, 4, 4]
    assert shop.service.reconcile() == []


@pytest.mark.parametrize("point", QUICK)
def test_nothing_decided_before_the_pause_is_written_after_it(tmp_path: Path, live_world: Moment, point: Point) -> None:
    paused_at(tmp_path, live_world, point)


@pytest.mark.long
@pytest.mark.parametrize("point", [point for point in PAUSES if point not in QUICK])
def test_wherever_it_is_paused(
    tmp_path: Path, live_world: Moment, point: Point, record_property: Callable[[str, object], None]
) -> None:
    paused_at(tmp_path, live_world, point)
    record_property("counted pauses of an hour", 1)


# --- a real process --------------------------------------------------------------------------------------------------


def stops_before_it_writes() -> None:
    """SIGSTOP of this very process, with a promised write in its hands."""
    stopped = False

    def stop(point: Point) -> None:
        nonlocal stopped
        if point is Point.WRITE_PROMISED and not stopped:
            stopped = True
            os.kill(os.getpid(), signal.SIGSTOP)

    arm(stop)


def is_stopped(bridge: Bridge) -> bool:
    status = Path(f"/proc/{bridge.process.pid}/status").read_text()
    return re.search(r"^State:\s+T", status, re.MULTILINE) is not None


@pytest.mark.long
def test_sigstop_and_sigcont(tmp_path: Path, live_shop: Begun) -> None:
    with opened(tmp_path, live_shop, seed=3) as shop:
        shop.config.write_text(shop.config.read_text().replace("[bridge]\n", "[bridge]\nstale_seconds = 3\n"))
        bridge = shop.start(work=stops_before_it_writes)
        assert shop.live_on(lambda: is_stopped(bridge)), bridge.words()
        until = time.monotonic() + 5
        shop.live_on(lambda: time.monotonic() > until)
        before = len(shop.server.sandbox.usage.calls)
        assert bridge.process.pid is not None
        os.kill(bridge.process.pid, signal.SIGCONT)
        assert shop.settled(bridge) == []
        kinds = [call.kind for call in shop.server.sandbox.usage.calls[before:] if call.kind != "other"]
        assert kinds[0] == "read"
        assert "見直します" in bridge.words()
        assert shop.lost_and_doubled() == (0, 0)
        assert bridge.terminate() == 0
