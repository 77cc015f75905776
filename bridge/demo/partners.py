"""Two partners without an API, beside the sandbox: a mall that takes our files of numbers, and a warehouse that sends
files of its own. Each writes and takes a file whole or not at all.

What leaves the warehouse for orders of the malls leaves it because we say so: which place ships an order is the
bridge's choice, here as at our own shelves (evidence.Evidence.truth). All else the warehouse knows by itself: what came
in, what it sold to customers of its own, and so what lies there when it counts.
"""

from __future__ import annotations

import csv
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from bridge.clock import JST, Clock
from bridge.demo.evidence import Received, SoldLine, StockChange
from bridge.demo.stalls import STALLS, TAKER, WAREHOUSE

ENCODING = "cp932"
TICK = 0.25  # seconds between two looks at the clock
TAKES_EVERY = 1.5  # seconds between two looks of the mall for a file
ACTS_EVERY = (2.0, 3.5)  # seconds between two files of the warehouse, which are named by the second
COUNTED_BEFORE = timedelta(seconds=5)  # a count is of so long ago: by then all that had left is known to have
SHELF = STALLS[WAREHOUSE].shelf
KEPT_BACK = 3  # of each thing the warehouse sells itself only what is beyond these
ACTS = ("ship", "ship", "told delivery", "ship", "delivery", "count")  # in turn

LeftUntil = Callable[[datetime], Mapping[str, int]]
"""Units by SKU that left the warehouse for orders of the malls, until a moment."""


class Taker:
    """The mall. `shown`: what it shows, by SKU, which is its item code too."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder, self._clock = folder, clock
        self.shown: dict[str, int] = {}
        self.changes: list[StockChange] = []
        self._next = 0.0

    def step(self) -> None:
        if self._clock.monotonic() < self._next:
            return
        self._next = self._clock.monotonic() + TAKES_EVERY
        taken = self._folder / ".taking"
        try:
            (self._folder / "stock.csv").replace(taken)
        except FileNotFoundError:
            return
        now = self._clock.now()
        for row in csv.DictReader(taken.read_text(encoding=ENCODING).splitlines()):
            code, units = row["itemCode"], int(row["stockCount"])
            self.changes.append(StockChange(TAKER, code, now, self.shown.get(code, 0), units, "push"))
            self.shown[code] = units
        taken.unlink()


class Warehouse:
    """`opening`: what it held at first, by SKU. What it tells stands in `sold` and `received`."""

    def __init__(self, folder: Path, opening: Mapping[str, int], left: LeftUntil, clock: Clock, seed: int) -> None:
        self._folder, self._left, self._clock, self._random = folder / "out", left, clock, Random(seed)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._opening = dict(opening)
        self._moved: list[tuple[datetime, str, int]] = []
        self._untold: list[tuple[datetime, str, int]] = []
        self.sold: list[SoldLine] = []
        self.received: list[Received] = []
        self._acts = 0
        self._next = clock.monotonic() + self._random.uniform(*ACTS_EVERY)

    def step(self) -> None:
        if self._clock.monotonic() < self._next or not self._opening:
            return
        self._next = self._clock.monotonic() + self._random.uniform(*ACTS_EVERY)
        now, act = self._clock.now(), ACTS[self._acts % len(ACTS)]
        self._acts += 1
        at = now.replace(microsecond=0)
        if act == "ship":
            self._ship(at)
        elif act == "count":
            self._count((now - COUNTED_BEFORE).replace(microsecond=0))
        else:
            self._take_in(at, told=act == "told delivery")

    def _ship(self, at: datetime) -> None:
        """To a customer of its own."""
        lying = self._lying(at)
        found = sorted(sku for sku, units in lying.items() if units > KEPT_BACK)
        if not found:
            return
        sku = self._random.choice(found)
        units = self._random.randint(1, min(2, lying[sku] - KEPT_BACK))
        order = f"W-{self._acts:04d}"
        self._moved.append((at, sku, -units))
        self._write(f"shukka_{_stamp(at)}.csv", SHIPMENTS, [(order, 1, sku, units, f"{at.astimezone(JST):%Y%m%d}")])
        seen = self._clock.now()
        self.sold.append(SoldLine(WAREHOUSE, order, "1", sku, units, units, 0, 0, at, seen, {sku: 1}))

    def _take_in(self, at: datetime, *, told: bool) -> None:
        """Goods come in, told by a file of their own, or by the next count alone."""
        sku, units = self._random.choice(sorted(self._opening)), self._random.randint(1, 4)
        self._moved.append((at, sku, units))
        if not told:
            self._untold.append((at, sku, units))
            return
        day = f"{at.astimezone(JST):%Y%m%d}"
        self._write(f"chosei_{_stamp(at)}.csv", CHANGES, [(day, sku, units, "入荷")])
        self.received.append(Received(self._clock.now(), sku, SHELF, units))

    def _count(self, at: datetime) -> None:
        """What lay there then, all of it."""
        stamp = f"{at.astimezone(JST):%Y/%m/%d %H:%M:%S}"
        rows = [(sku, "良品", units, stamp) for sku, units in sorted(self._lying(at).items())]
        self._write(f"zaiko_{_stamp(at)}.csv", STOCK, rows)
        told = [each for each in self._untold if each[0] <= at]
        self._untold = [each for each in self._untold if each[0] > at]
        self.received += [Received(self._clock.now(), sku, SHELF, units) for _, sku, units in told]

    def _lying(self, at: datetime) -> dict[str, int]:
        moved, left = Counter(self._opening), self._left(at)
        for when, sku, units in self._moved:
            moved[sku] += units if when <= at else 0
        return {sku: units - left.get(sku, 0) for sku, units in moved.items()}

    def _write(self, name: str, header: str, rows: Iterable[Iterable[object]]) -> None:
        lines = [header, *(",".join(str(cell) for cell in row) for row in rows)]
        part = self._folder / f".{name}"
        part.write_bytes("".join(f"{line}\r\n" for line in lines).encode(ENCODING))
        os.replace(part, self._folder / name)


STOCK = "商品コード,在庫区分,実在庫,基準日時"
SHIPMENTS = "注文番号,行,商品コード,出荷数,出荷日"
CHANGES = "日付,商品コード,差分数量,理由"


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(JST):%Y%m%d%H%M%S}"


@dataclass(frozen=True)
class Told:
    """What the partners' own records say."""

    shown: Mapping[str, int] = field(default_factory=dict)
    changes: tuple[StockChange, ...] = ()
    sold: tuple[SoldLine, ...] = ()
    received: tuple[Received, ...] = ()


class Partners:
    """Both, driven by a thread from start to stop. The warehouse acts from `open` to `close`."""

    def __init__(self, taker: Taker, warehouse: Warehouse) -> None:
        self._taker, self._warehouse = taker, warehouse
        self._lock = threading.Lock()
        self._open, self._stopped = False, threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._run, name="partners", daemon=True).start()

    def open(self) -> None:
        self._open = True

    def close(self) -> None:
        """Nothing leaves the warehouse from now on; the mall still takes files."""
        self._open = False

    def stop(self) -> None:
        self._stopped.set()

    def told(self) -> Told:
        with self._lock:
            mall, warehouse = self._taker, self._warehouse
            return Told(dict(mall.shown), tuple(mall.changes), tuple(warehouse.sold), tuple(warehouse.received))

    def step(self) -> None:
        with self._lock:
            self._taker.step()
            if self._open:
                self._warehouse.step()

    def _run(self) -> None:
        while not self._stopped.wait(TICK):
            self.step()
