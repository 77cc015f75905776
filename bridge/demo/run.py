"""`bridge demo`: the whole day in a few minutes, from the first start to the verdict."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from bridge.clock import SystemClock
from bridge.demo.books import left_by
from bridge.demo.collect import collect
from bridge.demo.evidence import Evidence, Times
from bridge.demo.load import Meter
from bridge.demo.oversold import Allowance
from bridge.demo.owner import STOCK, Owner, products_of
from bridge.demo.page import open_page
from bridge.demo.panel import Panel
from bridge.demo.partners import Partners, Taker, Warehouse
from bridge.demo.processes import Died, Process, Processes, free_port, leave_on_signals
from bridge.demo.screen import Screen, glance, print_verdict
from bridge.demo.seller import INSPECT, Sandboxed, Seller, settings
from bridge.demo.stalls import AMAZON_LOOK, COLORME_EVERY, FOUR, PLANS, STALLS, TAKER, WAREHOUSE, Plan
from bridge.demo.verdict import Line, as_text, holds, verdict

FEED_DELAY = 3.0  # seconds from an order to its appearance in a mall's feed
AMAZON_SEARCHES = 1.0  # a second; an ordinary seller may ask 0.0056 times, which is once in three minutes
SHOPIFY_PLAN = 1000.0  # points a second: Plus, as a shop with several orders a second has it
WEBHOOKS = {"doubled": 0.3, "late": [0.0, 4.0], "lost": 0.1}  # as the network treats Shopify's notices
LAG = FEED_DELAY + 2.0  # what the settings promise about it
FIRST_DAY = 120.0  # seconds within which everything must be live
SETTLE = 120.0  # seconds the world may take to come to rest
DOWN_FOR = 3.0  # seconds between kill -9 and restart
REPORT = Path("var/demo-verdict.txt")
START_UP = 6.0  # seconds a restarted bridge may take to its first round
TERMS = (
    f"注文は{FEED_DELAY:.0f}秒で見える（本物のAmazonは2分遅れ・3分に1回、ここは{AMAZON_LOOK:.0f}秒に1回）。"
    "Yahoo!は本物どおり1.1秒に1回、審査で隠れる注文はなし"
    f" / orders show after {FEED_DELAY:.0f} s (the real Amazon: 2 min, asked once in 3 min; here every"
    f" {AMAZON_LOOK:.0f} s); Yahoo takes a call in 1.1 s, as the real one, and hides no"
    " order for review"
)
TERMS_OF_ALL = (
    f"{TERMS}。カラーミーは本物どおり1分に120回まで、並べるのは{COLORME_EVERY}商品に1つ。ファイルの相手は、見つけたファイルをすぐ"
    f"受け取る / Color Me takes 120 calls a minute, as the real one, and sells each {COLORME_EVERY}th thing; the mall"
    " that is reached by files takes each as soon as it sees it"
)


@dataclass(frozen=True)
class Options:
    """`seconds` None: until Ctrl-C · `rate` None: the plan's · `kill_at`: seconds into the trade · `folder` None: a
    temporary one · `channels`: which plan."""

    seconds: float | None = None
    rate: float | None = None
    kill_at: float | None = None
    folder: Path | None = None
    seed: int = 1
    record: Path | None = None
    channels: str = "four"

    @property
    def plan(self) -> Plan:
        return PLANS[self.channels]


@dataclass
class Demo:
    """One demo under way."""

    options: Options
    folder: Path
    screen: Screen
    processes: Processes
    outages: list[tuple[datetime, datetime]] = field(default_factory=list)
    meter: Meter = field(default_factory=Meter)
    partners: Partners | None = None

    def __post_init__(self) -> None:
        self.plan = self.options.plan
        self.allowance = Allowance(slow=self.plan.slow)

    def run(self) -> bool:
        """Whether the verdict holds. Raises Died, TimeoutError."""
        self._open_the_shop()
        began = self._open_the_doors()
        try:
            self._trade(began)
        except KeyboardInterrupt:
            self.screen.say("Ctrl-C")
        ended = datetime.now(UTC)
        self.meter.look(self.bridge.pid)
        evidence = self._come_to_rest(Times(began, ended, tuple(self.outages)))
        if self.partners is not None:
            self.partners.stop()
        lines = verdict(evidence, self.allowance, trade=self.options.seconds is not None)
        lines.append(self._reconcile())
        lines.append(Line(None, "bridgeの負荷", "load of the bridge", self.meter.told((ended - began).total_seconds())))
        self.screen.__exit__(None, None, None)
        print_verdict(self.screen.console, lines, evidence, self.screen.terms)
        REPORT.parent.mkdir(parents=True, exist_ok=True)
        REPORT.write_text(as_text(lines), encoding="utf-8")
        self.screen.console.print(f"明細 / everything by name: {REPORT}", style="dim")
        return holds(lines)

    # --- before ------------------------------------------------------------------------------------------------------

    def _open_the_shop(self) -> None:
        screen = self.screen
        plan = self.plan
        screen.terms = TERMS if plan is FOUR else TERMS_OF_ALL
        screen.phase("準備 / getting ready")
        screen.say("サンドボックスを起動 / starting the sandbox")
        state = self.folder / "sandbox"
        sandbox = self.processes.start(
            "sandbox", "sandbox", "--port", "0", "--empty", "--state", str(state), "--latency", "google"
        )
        self.address = sandbox.said("http://")
        self.panel = Panel(httpx.Client(base_url=self.address, timeout=30, trust_env=False))
        skus, sets, places = plan.skus, plan.sets, len(plan.stalls)
        screen.say(f"{skus}商品とセット{sets}個を{places}か所へ / {skus} products, {sets} sets into {places} channels")
        dials = {"skus": skus, "hot": plan.hot, "sets": sets, "hot_stock": [1, 2], "every": plan.every}
        world = self.panel.post("/world", {**dials, "malls": plan.simulated, "seed": self.options.seed})
        for mall in plan.simulated:
            self.panel.put(f"/malls/{mall}/feed", {"visible_after": FEED_DELAY})
        self.panel.put("/malls/amazon/pace", {"update_delay": FEED_DELAY, "search_rate": AMAZON_SEARCHES})
        self.panel.put("/malls/shopify/plan", {"restore_rate": SHOPIFY_PLAN})
        self.panel.put("/malls/shopify/webhooks", WEBHOOKS)
        self.products = products_of(world, plan)
        self.spreadsheet = str(self.panel.post("/sheets", {"title": "在庫"})["id"])
        self._prepare_the_sheet(state / "service_account.json")
        screen.tell_page(open_page(self.processes, state, self.spreadsheet))

    def _prepare_the_sheet(self, key: Path) -> None:
        self.screen.say("シートを用意 / preparing the spreadsheet (bridge init)")
        self.ledger = self.folder / "ledger.sqlite"
        self.config = self.folder / "bridge.toml"
        keys = {mall: self.panel.get(f"/malls/{mall}/keys") for mall in self.plan.simulated}
        files = self.folder / "files"
        for name in self.plan.by_files:
            (files / name).mkdir(parents=True)
        given = Sandboxed(self.address, key, self.spreadsheet, self.ledger, LAG, free_port(), self.plan, keys, files)
        self.config.write_text(settings(given), encoding="utf-8")
        self.processes.run("init", "init", "--config", str(self.config))
        self.seller = Seller(self.address, key, self.spreadsheet)
        if self.seller.add_columns(self.plan.shelves):
            self.processes.run("init", "init", "--config", str(self.config))
        self.seller.fill(self.products)
        self.sets = {p.sku: p.made_of for p in self.products if p.made_of}
        self.opening = {(p.sku, shelf): units for p in self.products for shelf, units in p.split.items()}
        self.opening |= {(p.sku, INSPECT): 0 for p in self.products if not p.made_of}
        if self.plan.by_files:
            self.partners = self._invite_partners(files)

    def _invite_partners(self, files: Path) -> Partners:
        shelf, clock = STALLS[WAREHOUSE].shelf, SystemClock()
        held = {p.sku: p.split[shelf] for p in self.products if WAREHOUSE in p.listings}
        warehouse = Warehouse(files / WAREHOUSE, held, partial(left_by, self.ledger, shelf), clock, self.options.seed)
        partners = Partners(Taker(files / TAKER, clock), warehouse)
        partners.start()
        return partners

    def _start_bridge(self) -> Process:
        record = ("--record", str(self.options.record)) if self.options.record else ()
        return self.processes.start("bridge", "run", "--config", str(self.config), *record)

    def _open_the_doors(self) -> datetime:
        """The first day, then the doors open; returns when they did."""
        self.screen.phase("初日: 影から本番へ / first day: from shadow to live")
        self.bridge = self._start_bridge()
        self.owner = Owner(self.panel, self.spreadsheet, malls=self.plan.stalls)
        self.owner.go_live(FIRST_DAY, self.processes.check, self.screen.say)
        if self.partners is not None:
            self._wait_for_files(self.partners)
        began = datetime.now(UTC)
        scarce = [product.sku for product in self.products if product.hot]
        plenty = [product.sku for product in self.products if not product.hot][: len(scarce)]
        wanted = [sku for pair in zip(scarce, plenty, strict=True) for sku in pair]  # what sells most is not all scarce
        seed = self.options.seed
        self.panel.post("/packer", {"ship_share": 0.95, "ship_after": [1.5, 6.0], "seed": seed})
        self.panel.post(
            "/staff",
            {"spreadsheet_id": self.spreadsheet, "rate_per_second": 2.5, "busy_share": 0.95, "seed": seed,
             "columns": self.plan.counted_by_staff},
        )  # fmt: skip
        rate = self.options.rate or self.plan.rate
        dials = {"rate_per_second": rate, "steepness": 0.4, "crowds": self.plan.crowds, "return_share": 0.3}
        self.panel.post("/shoppers", {**dials, "hot_skus": wanted, "seed": seed})
        if self.partners is not None:
            self.partners.open()
        self.meter.look(self.bridge.pid)
        return began

    def _wait_for_files(self, partners: Partners) -> None:
        """Until the mall that is reached by files shows everything: its first file holds every number."""
        self.screen.say("最初の在庫ファイルを待つ / waiting for the first stock file")
        wanted, until = sum(TAKER in p.listings for p in self.products), time.monotonic() + FIRST_DAY
        while len(partners.told().shown) < wanted:
            self.processes.check()
            if time.monotonic() > until:
                raise TimeoutError("no stock file came")
            time.sleep(0.5)

    # --- the trade ---------------------------------------------------------------------------------------------------

    def _trade(self, began: datetime) -> None:
        seconds = self.options.seconds
        words = "営業中 / open for trade" + ("" if seconds else "  (Ctrl-C: 終了 / end)")
        self.screen.phase(words, seconds or 0.0)
        start = time.monotonic()
        settled_at = start
        while seconds is None or time.monotonic() - start < seconds:
            self.processes.check()
            if (
                self.options.kill_at is not None
                and not self.outages
                and time.monotonic() - start > self.options.kill_at
            ):
                self._kill_and_restart()
            self.meter.look(self.bridge.pid)
            look = time.monotonic()
            evidence = self._look(Times(began, datetime.now(UTC), tuple(self.outages)))
            self._show(evidence)
            if seconds is None and look - settled_at > 10:
                settled_at = look
                self.owner.settle(evidence, datetime.now(UTC))
            took = time.monotonic() - look
            time.sleep(max(1.0 - took, took * 4, 0.05))

    def _kill_and_restart(self) -> None:
        self.screen.say("kill -9 bridge")
        killed = datetime.now(UTC)
        self.bridge.kill()
        self.processes.forget(self.bridge)
        time.sleep(DOWN_FOR)
        self.bridge = self._start_bridge()
        self.outages.append((killed, datetime.now(UTC) + timedelta(seconds=START_UP)))
        self.screen.say("kill -9 → 再起動 / restarted")

    def _look(self, times: Times, table: list[list[str]] | None = None) -> Evidence:
        rows = table if table is not None else self._shown()
        return collect(
            self.panel,
            self.ledger,
            rows,
            opening=self.opening,
            selling=self.plan.shelves,
            times=times,
            inspect=INSPECT,
            sets=self.sets,
            fba={p.by_amazon: p.sku for p in self.products if p.by_amazon},
            malls=self.plan.simulated,
            partners=self.partners.told() if self.partners else None,
        )

    def _shown(self) -> list[list[str]]:
        rows: list[list[str]] = self.panel.get(f"/sheets/{self.spreadsheet}/table", tab=STOCK)["rows"]
        return rows

    def _show(self, evidence: Evidence) -> None:
        acts = [(datetime.fromisoformat(a["at"]), a["what"], a["sku"]) for a in self.panel.get("/staff")["acts"]]
        self.screen.show(glance(evidence, acts, datetime.now(UTC)))

    # --- the end -----------------------------------------------------------------------------------------------------

    def _come_to_rest(self, times: Times) -> Evidence:
        """Nobody buys, packs or begins to type any more; questions are answered; everything comes to rest, or not."""
        self.screen.phase("閉店: 落ち着くのを待っています / closed: coming to rest", SETTLE)
        for who in ("shoppers", "packer", "staff"):
            self.panel.delete(f"/{who}")
        if self.partners is not None:
            self.partners.close()
        until = time.monotonic() + SETTLE
        while time.monotonic() < until:
            self.processes.check()
            evidence = self._look(times)
            self._show(evidence)
            if self.owner.settle(evidence, datetime.now(UTC)) == 0 and self._at_rest(evidence):
                break
            time.sleep(1.0)
        return self._look(times, self.seller.read(STOCK))

    def _reconcile(self) -> Line:
        """The bridge stops, and its own comparison of sheet, ledger and malls must find what the verdict found."""
        self.bridge.stop()
        self.processes.forget(self.bridge)
        code, said = self.processes.ask("reconcile", "reconcile", "--config", str(self.config))
        *differences, total = said.splitlines() or [""]
        why = tuple(differences) if code else ()
        return Line(code == 0, "bridge自身の照合", "bridge reconcile agrees", total, why)

    def _at_rest(self, evidence: Evidence) -> bool:
        waiting = any(question.kind == "two readings" for question in evidence.books.open_questions)
        return not waiting and holds(verdict(evidence, self.allowance, trade=False))


def run_demo(options: Options) -> int:
    """The exit code: 0 where everything holds."""
    leave_on_signals()
    with kept_in(options.folder) as folder, Screen() as screen, Processes(folder) as processes:
        try:
            fine = Demo(options, folder, screen, processes).run()
        except (Died, TimeoutError, httpx.HTTPError) as error:
            screen.__exit__(None, None, None)
            screen.console.print(f"✗ {_what_happened(processes, error)}", style="bold red", markup=False)
            return 1
        except KeyboardInterrupt:
            return 130
    return 0 if fine else 1


def _what_happened(processes: Processes, error: Exception) -> str:
    """A process that has died explains whatever failed because of it."""
    try:
        processes.check()
    except Died as died:
        return str(died)
    return str(error)


@contextmanager
def kept_in(given: Path | None) -> Iterator[Path]:
    """Where everything is kept; a temporary one is thrown away."""
    if given is not None:
        if given.exists() and any(given.iterdir()):
            raise SystemExit(f"✗ {given}: 空のフォルダーを指定してください / give an empty folder")
        given.mkdir(parents=True, exist_ok=True)
        yield given.resolve()
        return
    made = Path(tempfile.mkdtemp(prefix="bridge-demo-"))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def options_of(given: Any) -> Options:
    """From the command line."""
    return Options(given.seconds, given.rate, given.kill_at, given.state, given.seed, given.record, given.channels)
