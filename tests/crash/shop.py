"""A small shop over real sockets and real files, for bridges that are killed: people, malls, and what they meant."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import httpx

from bridge.demo.changes import judge_changes
from bridge.demo.collect import collect
from bridge.demo.evidence import Evidence, Times, TypedChange
from bridge.demo.oversold import Allowance
from bridge.demo.panel import Panel
from bridge.demo.verdict import Line, verdict
from bridge.instance import home_of
from bridge.sandbox.server import KEY_FILE, Server
from bridge.sandbox.sheets_api.batch import Edit
from bridge.sandbox.staff_table import Table
from bridge.sheet.marks import ROWS, VALUE_COLUMN
from tests.crash import child
from tests.support.virtual_clock import VirtualClock
from tests.support.world import Moment, World

STOCK = {f"S{n}": (20 + n, n % 3, None) for n in range(1, 7)}
SHELVES = ("本社倉庫", "渋谷店")
MALLS = ("rakuten", "shopify")
PATIENCE = 300.0  # seconds until a point must have been reached, or everything must be at rest
STEP = 0.1  # seconds between two acts of people
MEANT = ("orders taken = booked", "staff changes accounted for", "staff cells as meant", "conservation")
IN_STEP = ("drift sheet ↔ ledger", "drift sheet ↔ malls")


@dataclass(frozen=True)
class Begun:
    """A shop as it was, and what 在庫表 held. `live`: its first day is over."""

    moment: Moment
    live: bool


def begin(folder: Path, *, live: bool) -> Begun:
    """A shop made in one process, some minutes ago. Before its first day there is no ledger yet."""
    clock = VirtualClock(datetime.now(UTC) - timedelta(minutes=10))
    world = World(folder / "ledger.sqlite", STOCK, clock=clock)
    if live:
        world.go_live()
    return Begun(world.moment(), live)


@dataclass
class Bridge:
    """One process."""

    process: child.ForkServerProcess
    log: Path

    def alive(self) -> bool:
        return self.process.exitcode is None

    def words(self) -> str:
        return self.log.read_text(encoding="utf-8") if self.log.exists() else ""

    def end(self, patience: float = PATIENCE) -> int | None:
        """Wait for its end: the exit code."""
        self.process.join(patience)
        return self.process.exitcode

    def terminate(self) -> int | None:
        self.process.terminate()
        return self.end()


@dataclass
class Shop:
    """Everything outside the bridge, and the files it left."""

    folder: Path
    server: Server
    spreadsheet: str
    random: Random
    began: datetime
    typed: list[TypedChange] = field(default_factory=list)
    orders: list[tuple[str, str]] = field(default_factory=list)
    bridges: list[Bridge] = field(default_factory=list)
    restored: bool = False  # the ledger came from a copy, which knows nothing of what people typed since

    def __post_init__(self) -> None:
        self.panel = Panel(httpx.Client(base_url=self.server.address, timeout=30, trust_env=False))
        self.book = self.server.sandbox.sheets.store.spreadsheet(self.spreadsheet)
        self.ledger = self.folder / "ledger.sqlite"
        self.config = self.folder / "bridge.toml"
        self.config.write_text(settings(self), encoding="utf-8")

    # --- the bridge --------------------------------------------------------------------------------------------------

    def start(self, doom: child.Doom | None = None, *command: str, work: Callable[[], None] | None = None) -> Bridge:
        """`work`, a function of a module, is done in the new process before anything else."""
        log = self.folder / f"bridge-{len(self.bridges)}.log"
        words = [*(command or ("run",)), "--config", str(self.config)]
        bridge = Bridge(child.start(words, log, doom, work), log)
        self.bridges.append(bridge)
        return bridge

    def shorten_the_lease(self) -> None:
        """Another bridge waits 10 s, not a minute and a half, for the one before to notice it."""
        text = self.config.read_text().replace("[bridge]\n", "[bridge]\nstale_seconds = 5\n")
        self.config.write_text(text.replace("[sheet]\n", "[sheet]\ntimeout_seconds = 5\n"))

    # --- people ------------------------------------------------------------------------------------------------------

    def act(self) -> None:
        """Somebody does something, at one instant."""
        act = self.random.choices((self.types, self.buys, self.ships, self.cancels, self.sorts), (6, 4, 4, 1, 1))[0]
        act()

    def types(self) -> None:
        """A person counts one thing more or less than the cell shows."""
        sku, shelf = self.random.choice(sorted(STOCK)), self.random.choice(SHELVES)
        delta = self.random.choice((-2, -1, 1, 2, 5))

        def work(edit: Edit) -> None:
            table = Table(edit, "在庫表")
            [row] = table.find(sku)
            shown = table.text(row, shelf)
            if int(shown) + delta < 0:
                return
            table.type(row, shelf, str(int(shown) + delta))
            at = datetime.now(UTC)
            number = len(self.typed) + 1
            self.typed.append(
                TypedChange(number, at, sku, shelf, shown, str(int(shown) + delta), delta, "count", counts_at=at)
            )

        self.book.change(work)

    def buys(self) -> None:
        mall = self.random.choice(MALLS)
        listing = self.random.choice(sorted(getattr(self.server.sandbox, mall).stock()))
        order = getattr(self.server.sandbox, mall).buy(listing, self.random.choice((1, 1, 2)))
        if order is not None:
            self.orders.append((mall, order))

    def ships(self) -> None:
        self._with_an_order("ship")

    def cancels(self) -> None:
        self._with_an_order("cancel")

    def _with_an_order(self, what: str) -> None:
        if self.orders:
            mall, order = self.orders.pop(self.random.randrange(len(self.orders)))
            getattr(getattr(self.server.sandbox, mall), what)(order)

    def sorts(self) -> None:
        self.book.change(lambda edit: Table(edit, "在庫表").sort("SKU", descending=bool(self.random.getrandbits(1))))

    def live_on(self, until: Callable[[], bool], patience: float = PATIENCE) -> bool:
        """People act until something has come about; whether it has."""
        end = time.monotonic() + patience
        while not until():
            if time.monotonic() > end:
                return False
            self.act()
            time.sleep(STEP)
        return True

    # --- what it has come to -----------------------------------------------------------------------------------------

    def look(self) -> Evidence:
        tab = self.book.sheet("在庫表").id
        opening = {(sku, shelf): n for sku, ns in STOCK.items() for shelf, n in zip(SHELVES, ns[:2], strict=True)}
        times = Times(self.began, datetime.now(UTC))
        found = collect(self.panel, self.ledger, self.book.table(tab), opening=opening, selling=SHELVES, times=times)
        return replace(found, typed=tuple(self.typed))

    def judge(self) -> list[Line]:
        """What does not hold of what was meant."""
        lines = verdict(self.look(), Allowance(), trade=False)
        wanted = {*MEANT, *IN_STEP} - (set() if self.typed and not self.restored else {"staff changes accounted for"})
        return [line for line in lines if line.en in wanted and not line.ok]

    def settled(self, bridge: Bridge, patience: float = PATIENCE) -> list[Line]:
        """Wait until all is in step and the bridge has looked twice since without a wish to write; what never did."""
        end = time.monotonic() + patience
        wrong = self.judge()
        while time.monotonic() < end and bridge.alive():
            if not wrong and self._quiet(bridge, end):
                return self.judge()
            time.sleep(0.4)
            wrong = self.judge()
        return wrong or self.judge()

    def _quiet(self, bridge: Bridge, end: float) -> bool:
        first = len(self.calls("read"))
        writes = self.writes()
        while bridge.alive() and time.monotonic() < end and self.writes() == writes:
            if len(self.calls("read")) >= first + 2:
                return True
            time.sleep(0.1)
        return False

    def calls(self, kind: str) -> list[object]:
        return [call for call in self.server.sandbox.usage.calls if call.kind == kind]

    def writes(self) -> int:
        """Everything that was ever asked to be changed outside, carried out or not."""
        sandbox = self.server.sandbox
        return len(self.calls("write")) + sandbox.rakuten.write_count + sandbox.shopify.write_count

    def lost_and_doubled(self) -> tuple[int, int]:
        """Entries and order lines of which the ledger has too little, and too much."""
        evidence = self.look()
        changes = judge_changes(evidence)
        sold = {line.key: line.kept for line in evidence.sold}
        booked = {line.key: line.open + line.shipped for line in evidence.books.lines}
        off = {key: booked.get(key, 0) - sold.get(key, 0) for key in {*sold, *booked}}
        lost = len(changes.lost) + sum(units < 0 for units in off.values())
        return lost, len(changes.invented) + sum(units > 0 for units in off.values())

    def integrity(self) -> str:
        with closing(sqlite3.connect(self.ledger)) as file:
            return str(file.execute("PRAGMA integrity_check").fetchone()[0])


def settings(shop: Shop) -> str:
    """Nobody is asked about many rows at once: with six products a slow machine sees them all change in one poll."""
    shelves = ", ".join(f'"{name}"' for name in SHELVES)
    address, place = shop.server.address, location(shop)
    return f"""\
[bridge]
ledger = "{shop.ledger}"

[sheet]
spreadsheet_id = "{shop.spreadsheet}"
service_account = "{shop.folder / "sandbox" / KEY_FILE}"
base_url = "{address}"
drive_url = "{address}"
poll_seconds = 1
reads_per_minute = 300
writes_per_minute = 300
journal_lines = 200
two_readings_seconds = 0
big_change_rows = 100000
big_change_times = 1000000
big_change_percent = 100

[channels.rakuten]
shop = "sandbox"
service_secret = "SP123456_sandbox"
license_key = "SL123456_sandbox"
locations = [{shelves}]
base_url = "{address}/malls/rakuten"
orders_seconds = 1
lag_seconds = 1

[channels.shopify]
shop = "sandbox.myshopify.com"
location = "{place}"
locations = [{shelves}]
access_token = "shpat_sandbox"
base_url = "{address}/malls/shopify"
orders_seconds = 1
lag_seconds = 1
"""


def location(shop: Shop) -> str:
    _, place = next(iter(shop.server.sandbox.shopify.stock()))
    return str(place.rsplit("/", 1)[1])


def feels_at_home(shop: Shop) -> None:
    """The ledger was made elsewhere; without this a bridge would wait until the one before must have noticed."""
    claim = {"generation": 1, "home": home_of(shop.ledger)}
    with closing(sqlite3.connect(shop.ledger)) as file, file:
        (identity,) = file.execute("SELECT value FROM meta WHERE key = 'ledger_id'").fetchone()
        file.execute("UPDATE meta SET value = ? WHERE key = 'claim'", (json.dumps(claim),))
    line = f"{json.loads(identity)} {claim['generation']} {claim['home']}"
    shop.book.type(shop.book.sheet("_bridge_marks").id, ROWS["ledger"], VALUE_COLUMN, line)


@contextmanager
def opened(folder: Path, begun: Begun, seed: int) -> Iterator[Shop]:
    """The shop's outside on a socket of its own; what still runs is killed at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    server = Server(0, folder / "sandbox", empty=True, quota=None)
    parts: Mapping[str, str] = begun.moment.parts
    for name, part in server.sandbox.parts().items():
        part.load_json(json.loads(parts[name]))
    if begun.live:
        (folder / "ledger.sqlite").write_bytes(begun.moment.ledger)
    thread = threading.Thread(target=server.run)
    thread.start()
    shop = Shop(folder, server, begun.moment.spreadsheet, Random(seed), datetime.now(UTC))
    if begun.live:
        feels_at_home(shop)
    try:
        yield shop
    finally:
        for bridge in shop.bridges:
            if bridge.alive():
                bridge.process.kill()
                bridge.end()
        server.stop()
        thread.join(timeout=10)
