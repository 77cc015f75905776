"""The real bridge over the in-process sandbox, and a moment before its every call and commit: anybody may act there."""

from __future__ import annotations

import sqlite3
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime
from json import dumps, loads
from pathlib import Path
from random import Random
from typing import Any, Protocol, TypeVar, cast
from unittest.mock import patch

import bridge.service as service_module
from bridge.channels.port import Channel, CountsStock
from bridge.channels.warehouses import CountsAsOf
from bridge.errors import BridgeError, NeedsPerson, Stop, TryAgain
from bridge.flows.count import take_count
from bridge.flows.count_as_of import take_last_count
from bridge.ledger.ledger import Tx
from bridge.refreshed import InMind
from bridge.sandbox.faults import Environ
from bridge.sandbox.malls.mall import Mall
from bridge.sandbox.sheets_api.book import Book
from bridge.sandbox.sheets_api.store import Deleted
from tests.simulation.calls import BEAT, LOCK, READ, SECOND, WRITE, Call, call_of
from tests.simulation.cast import (
    CHANNELS,
    FILE_MALL,
    JOBS,
    LOCATIONS,
    MALLS,
    PARTNERS,
    SELLING,
    SERVERS,
    SHELVES,
    STOCK,
    TILLS,
    WAREHOUSE,
    sold_at,
)
from tests.simulation.explained import Explained
from tests.simulation.malls import SETS, new_malls, number_of
from tests.simulation.market import Market
from tests.simulation.marks import entries_of, mark_cleared, mark_kill, mark_ledger, mark_moves, marking
from tests.simulation.model import Broken, LineId, Listing, Model, Row, SheetRow, units_of
from tests.simulation.partners import FileMall, Warehouse, emptied
from tests.simulation.picked import OrderRow, Picked, order_row_of
from tests.simulation.shop import Shop, SteadyService, Trouble
from tests.simulation.tab import Tab
from tests.simulation.tills import TillBook
from tests.simulation.watcher import CHANGED, LedgerEye, line_id, own_lines, sheet_row_of, told_by
from tests.simulation.written import Written, WrittenLine, line_of
from tests.support.world import LAG

T = TypeVar("T")
JOURNAL_LINES = 150
CALL_SECONDS, COUNT_SECONDS = 0.15, 30.0
IDLE = 0.3  # how much less often a job runs that would only poll


class Killed(BaseException):
    """kill -9: nothing in the process runs any more."""


class Script(Protocol):
    """Who says what happens at a moment: a seed, or a story that is told again."""

    def acts(self, kind: str) -> Iterable[tuple[str, int]]: ...


@dataclass(frozen=True)
class Settings:
    """What differs from seed to seed. `two_readings`: seconds · `many`: rows changed in one look that people are asked
    about · `feed_from`: so many numbers at once go to Amazon as a feed · `amazon_late`: seconds that its orders are
    late."""

    two_readings: float = 0.0
    many: int = 5
    feed_from: int = 250
    amazon_late: float = 0.0


@dataclass
class Parsed:
    """What the rows of a tab say in one version of the spreadsheet. `rows`: each by its id, which is its own as long as
    it is kept here, and what it says; None where that is nothing · `found`: what they say, by their position."""

    book: Book
    head: object
    rows: dict[int, tuple[object, Any]] = field(default_factory=dict)
    found: list[tuple[int, Any]] = field(default_factory=list)


@dataclass
class Beginning:
    book: Book
    ledger: bytes
    malls: dict[str, str]
    elapsed: float
    refreshed: InMind


class Sim:
    """One world, put back to its beginning for every seed."""

    def __init__(self) -> None:
        self.troubles: dict[str, Trouble] = {}
        SteadyService.mail = self.troubles
        self.clock: Any = None
        for name in CHANNELS:
            self.troubles[name] = Trouble(self)  # the clock comes with the world
        settings = {"journal_lines": JOURNAL_LINES, "reads_per_minute": 10**9, "writes_per_minute": 10**9}
        self.world = world = Shop(
            cast(Path, None), stock=STOCK, sheet_settings=settings, locations=LOCATIONS, orders=True
        )
        self.clock = world.clock
        for trouble in self.troubles.values():
            trouble.clock = world.clock
        world.go_live()
        self.sheet, self.stock, self.asked = world.spreadsheet, world.tab("在庫表"), world.tab("要対応")
        self.beats, self.moves, self.history = (world.tab(each) for each in ("_bridge_marks", "入出庫", "履歴"))
        self.orders_tab = world.tab(world.orders_tab())
        self.ledger, self.plain_config = world.service.ledger, world.config
        self.faults = {
            name: world.sandbox.faults["sheets" if name == "sheet" else name] for name in ("sheet", *SERVERS)
        }
        self.malls: dict[str, Mall] = {name: getattr(world.sandbox, name) for name in SERVERS}
        self.malls |= {name: cast(Mall, world.file_mall) for name in PARTNERS if name == FILE_MALL}
        self.wires, self.names = self._listings()
        self._hook()
        self.running: list[str] = []
        self.beginning = self._keep()
        self.reset()

    @property
    def file_mall(self) -> FileMall:
        return self.world.file_mall

    def now(self) -> datetime:
        return self.world.clock.now()

    def _listings(self) -> tuple[dict[Listing, dict[str, int]], dict[tuple[str, str], Listing]]:
        parts: dict[Listing, dict[str, int]] = {each: {"A": 1, "B": 2} for each in SETS.items()}
        parts |= {(mall, self.world.wire(mall, sku)): {sku: 1} for sku in STOCK for mall in MALLS}
        parts |= {
            (name, self.world.wire(name, sku)): {sku: 1} for name in PARTNERS if name == FILE_MALL for sku in STOCK
        }
        parts |= {(till, self.world.wire(till, sku)): {sku: 1} for till in TILLS for sku in sold_at(till)}
        return parts, {(mall, number_of(mall, wire)): (mall, wire) for mall, wire in parts}

    # --- seeds -------------------------------------------------------------------------------------------------------

    def _database(self) -> sqlite3.Connection:
        with self.ledger._engine.connect() as connection:
            return cast(sqlite3.Connection, connection.connection.driver_connection)

    def _keep(self) -> Beginning:
        malls = {name: dumps(mall.to_json()) for name, mall in self.malls.items()}
        return Beginning(
            self.sheet.book, self._database().serialize(), malls, self.clock.elapsed, SteadyService.refreshed
        )

    def reset(self, settings: Settings = Settings()) -> None:
        self.settings = settings
        self.sheet.book, self.clock.elapsed = self.beginning.book, self.beginning.elapsed
        self._database().deserialize(self.beginning.ledger)
        self.malls = new_malls(self.world.sandbox, self.faults, settings.amazon_late)
        for name in PARTNERS:
            emptied(self.world.root / name)
            emptied(self.world.root / f"{name} quarantine")
            self.malls |= {name: cast(Mall, self.file_mall)} if name == FILE_MALL else {}
        for name, mall in self.malls.items():
            mall.load_json(loads(self.beginning.malls[name]))
            mall.visible_after = 0.0
        for name in CHANNELS:
            self._new_mail(name)
        for faults in self.faults.values():
            faults._script.clear()
            faults.drop_late()
        self.world.config = replace(
            self.plain_config,
            sheet=replace(
                self.plain_config.sheet,
                two_readings_seconds=settings.two_readings,
                big_change_rows=settings.many,
            ),
        )
        shelves = {listing: SHELVES[listing[0]] for listing in self.wires if listing[0] in TILLS}
        self.model, self.written, self.picked = Model(self.wires, SELLING, LAG, shelves), Written(), Picked()
        self.tills = TillBook(self.malls, self.model)
        self.warehouse = Warehouse(self.world.root / WAREHOUSE, self.clock, self.model)
        self.till_sales: list[tuple[str, str]] = []  # till and sale, the oldest first
        SteadyService.refreshed = deepcopy(self.beginning.refreshed)
        self.model.may = self.picked.may
        self.marks: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()
        self.returned: Counter[LineId] = Counter()
        self.gone: list[tuple[str, Row, Deleted | None]] = []
        self.versions: deque[Book] = deque(maxlen=5)
        self.saved: deque[tuple[int, Book, dict[str, Row]]] = deque(maxlen=3)
        self.older_ledgers: deque[tuple[int, bytes]] = deque(maxlen=3)
        self.ledger_restored = False
        self.half: dict[str, tuple[str, str]] = {}  # what lines of 入出庫 still lack, by memo: header and text
        self.lines_gone: list[Deleted] = []
        self.parsed: dict[Callable[..., Any], Parsed] = {}  # by what parses a row
        self.scanned: Book | None = None  # the version whose numbers are remembered
        self.below_zero = 0  # so many of them
        self.synced_at = ""  # when 今すぐ同期 was last touched to the end
        self.block: list[dict[str, str]] = []
        self.last_entry: tuple[str, str, str] | None = None
        self.edited: set[str] = set()  # SKUs with entries since the last rest
        self.cleared: set[str] = set()  # SKUs of which somebody cleared a lock cell since then
        self.ever_cleared: set[str] = set()  # the same, also before it
        self.uncounted: set[str] = set()  # rows to count once the question about an older ledger is settled
        self.held: dict[str, SheetRow] | None = None
        self.made_at_reply = -1
        self.touched = dict.fromkeys(JOBS, True)
        self.made = self.steps = self.given = self.ran = 0
        self.asked_once: set[int] = set()
        self.swap: Book | None = None
        self._writing = False
        self.called: set[str] = set()  # malls that the job under way has asked for anything
        self.layout: tuple[tuple[str, bool], ...] = ()
        self.entries: dict[str, str] = {}  # in 増減, by product, as the last call left them
        self.most_tries = 0
        self.count_due = 0.0
        self.script: Script = Silence()
        self.kind = ""
        self.call = Call("")
        self.asked_yahoo, self.token_ended = 0, -9  # calls of Yahoo, and at which of them its token ended
        self.moving = 0  # second calls before which somebody still moves the rows
        self.running = []
        self.eye = LedgerEye(self._database())
        self.explained = Explained(self.eye.in_force)
        for row in self.rows():
            if row.name:
                cells = {at: int(text) for at, text in row.cells.items() if text}
                self.model.rows[row.name] = Row(row.sku, cells)
        self.market = Market(self.malls, self.troubles, self.names, self.model, self.eye, self.marks, self.clock)
        for name, complete in self.eye.watermarks().items():
            self.troubles[name].complete = complete
        self.restart()
        self.scan()
        self._committed()
        self.eye.new_edits()
        self.eye.rose_at.clear()

    def serialized(self) -> bytes:
        return self._database().serialize()

    def go_back_to(self, ledger: bytes) -> None:
        """A bridge starts on an older copy of its ledger."""
        written, own, undone = self.eye.books()[0].written, self.eye.own_shelves, self.eye.undone
        from_files, counted = self.eye.from_files, self.eye.counted
        self._database().deserialize(ledger)
        self.eye.forget()
        stand = {row.number: row.done for _, row in self.order_rows()}
        again = {number for number in stand if not stand[number] or number in self.eye.open_own_lines()}
        before = Counter(written)
        before.update(own_lines(own, again))
        before.update(from_files)
        books = self.eye.books()[0]
        now = Counter(books.written)
        now.update(own_lines(self.eye.own_shelves, again))
        now.update(self.eye.from_files)
        if PARTNERS:
            self.warehouse.forget(
                self.eye.noted(WAREHOUSE), books, counted - self.eye.counted, self.eye.counted - counted
            )
        # what lines had moved and no row showed yet nobody but people know
        lost = {sku for sku, at in before if before[sku, at] != now[sku, at]}
        for number in (undone.keys() - self.eye.undone.keys()) & self.eye.undoable() & self._undo_ticks():
            before.subtract(undone[number])  # that tick stands, and is taken in again
        deleted = [row for _, row, _ in self.gone]
        self.model.ledger_is_older(before, now, deleted)
        self.uncounted |= {name for name, row in self.model.rows.items() if row.sku in lost}
        self.uncounted |= {name for name, row, _ in self.gone if row.sku in lost}
        self.picked.ledger_is_older(self.eye.own)
        self.written.ledger_is_older(*self.eye.by_hand())
        self.cleared |= {row.sku for row in self.model.rows.values()}
        self.edited |= {row.sku for row in self.model.rows.values()}
        self.ledger_restored = True
        for name, complete in self.eye.watermarks().items():
            self._new_mail(name, complete)
        self.restart()

    def _undo_ticks(self) -> set[int]:
        """Numbers of 履歴 beside which 元に戻す is ticked."""
        tab = Tab(self.sheet, self.history)
        rows = range(1, len(tab.sheet.rows))
        return {int(tab.text(row, "番号")) for row in rows if tab.text(row, "元に戻す") == "TRUE"}

    def _new_mail(self, mall: str, complete: datetime | None = None) -> None:
        again: dict[str, Any] = {
            "complete": complete,
            "on_read": lambda shown, old: self.market.note_reading(shown, old),
        }
        again |= {"on_push": lambda items: self.market.file_decided(items)} if mall == FILE_MALL else {}
        self.troubles[mall].__init__(self.clock, self.settings.feed_from, **again)  # type: ignore[misc]

    def restart(self) -> None:
        """A new process on the same ledger."""
        self.running.clear()
        for trouble in self.troubles.values():
            trouble.read.clear()
            trouble.refused.clear()
        self.swap = None
        with patch.object(service_module, "Ledger", lambda *_, **__: self.ledger):
            self.service = self.world.start()
        self.service.http._record = None
        self.service.gateway.write = marking(self, self.service.gateway.write)  # type: ignore[method-assign]

    # --- moments -----------------------------------------------------------------------------------------------------

    def _hook(self) -> None:
        plain = self.ledger.write

        @contextmanager
        def write() -> Iterator[Tx]:
            self._moment("commit")
            with plain() as tx:
                yield tx
            self._committed()

        self.ledger.write = write  # type: ignore[method-assign]
        self.plain_write = plain
        for name, faults in self.faults.items():
            faults.before = lambda environ, name=name: self._before(name, environ)
            faults.after = lambda environ, name=name: self._after(name, environ)

    def _before(self, server: str, environ: Environ) -> None:
        path = environ["PATH_INFO"]
        if not self.running or (server == "sheet" and not path.startswith("/v4/")):
            return
        self.clock.elapsed += CALL_SECONDS
        self.call = call = call_of(server, environ, self.stock, self.beats)
        writes = call.what != READ
        self.asked_yahoo += server == "yahoo"
        self._moment(call.kind)
        if server == "sheet":
            if self.moving and call.what == SECOND:
                self.moving -= 1
                self.do("rows keep moving", 0)
            self.scan()
            if not self.versions or self.versions[-1] is not self.sheet.book:
                self.versions.append(self.sheet.book)
            if self.swap is not None and not writes:
                self.swap, self.sheet.book = self.sheet.book, self.swap
            else:
                self.swap = None
            if writes:
                mark_moves(self)
                self.entries = entries_of(self)
                self.held = self._held_rows(_drafts(self.places())) if self.made == self.made_at_reply else None
        else:
            self.market.note_shown(server, path)
            renewed = server == "yahoo" and server in self.called and path.endswith("/token")
            self.marks["Yahoo token renewed in mid-sync"] += renewed
            self.called.add(server)
            self.market.feeds.see_sent(by_us=False)
        idle = call.what == BEAT or (call.what == READ and not self.touched[server])
        self.steps += not idle
        self.counts[f"idle: {call.kind}" if idle else call.kind] += 1
        self.touched[server] = False
        self._writing = writes and not idle

    def _after(self, server: str, environ: Environ) -> None:
        if not self.running or (server == "sheet" and not environ["PATH_INFO"].startswith("/v4/")):
            return
        if server == "sheet" and self.swap is not None:
            self.sheet.book, self.swap = self.swap, None
        if self._writing:
            self.touched = dict.fromkeys(JOBS, True)
        if server == "sheet":
            rows, layout = self.scan(), self.places()
            drafts = _drafts(layout)
            self.explained.look(rows, drafts, self._asked_about_numbers, ours=self._writing)
            mark_cleared(self)
            self.layout, self.entries = layout, entries_of(self)
            if self._writing and self.held:
                self.model.left_alone(self.held, self._held_rows(drafts))
            self.held, self.made_at_reply = None, self.made
        else:
            self.market.feeds.see_sent(by_us=server == "amazon")
            self.market.look_at_pushes(server)

    def _moment(self, kind: str) -> None:
        self.kind = kind
        for name, pick in self.script.acts(kind):
            self.do(name, pick)
            self.kind = kind

    def do(self, name: str, pick: int) -> None:
        """Somebody acts; acts that are not possible now do nothing."""
        from tests.simulation.acts import ACTS  # the acts know the world, not the other way round

        actor = ACTS[name]
        self.market.look_at_pushes("amazon")  # a feed may have been worked off meanwhile
        if actor.act(self, Random(pick)):
            self.tills.look()
            self.made += 1
            self.steps += actor.step
            self.counts[name if actor.step else f"no step: {name}"] += 1
            self.touched = dict.fromkeys(JOBS, True) if actor.step else self.touched
        self.market.leave()

    # --- jobs --------------------------------------------------------------------------------------------------------

    def job(self, name: str) -> bool:
        """One job of the service; True where nothing went wrong. Raises Broken, Killed."""
        if name in self.running:
            return False
        self.running.append(name)
        self._begins(name)
        self.ran += 1
        try:
            if name == "sheet":
                self.service.cycle.run()
            else:
                channel = next(c for c in self.service.channels if c.name == name)
                self.service.channel_round(channel)
                self._count(channel)
        except TryAgain:
            self.marks[f"{name} had to try again"] += 1
            return False
        except NeedsPerson as error:
            raise Broken(f"{name} waits for a person: {error.hint.en}") from error
        except Stop as error:
            raise Broken(f"stopped: {error.hint.en}") from error
        except BridgeError as error:
            raise Broken(f"{name}: {error.hint.en}") from error
        finally:
            if self.running and self.running[-1] == name:
                self.running.pop()
            if name in CHANNELS:
                self.troubles[name].old = None
        return True

    def _count(self, channel: Channel) -> None:
        """What lies in Amazon's own warehouse, as often as it is due, and in one that sends files."""
        if isinstance(channel, CountsAsOf) and channel.place:
            take_last_count(self.ledger, self.service.shop, channel)
        if isinstance(channel, CountsStock) and self.clock.elapsed >= self.count_due:
            self.count_due = self.clock.elapsed + COUNT_SECONDS
            take_count(self.ledger, self.service.shop, channel)

    def _begins(self, job: str) -> None:
        self.called.discard(job)
        if job in CHANNELS:
            self.troubles[job].later.clear()
            self.troubles[job].done.clear()
        if job == "amazon":
            self.market.feeds.begins()

    def turn(self, job: str, script: Script) -> None:
        """What one turn of the story says; a process that is killed in it is started again."""
        self.script = script
        made = self.made
        try:
            self._moment("idle")
            before, ran = self.made, self.ran
            clean = self.job(job) if job in JOBS else False
            if clean and (self.made, self.ran) == (before, ran + 1) and job in self.malls:
                self.market.nothing_withheld(job)
        except Killed:
            mark_kill(self)
            self.restart()
        self.clock.elapsed += 1.0 if made == self.made else 0.5

    # --- looking -----------------------------------------------------------------------------------------------------

    def columns(self) -> dict[str, int]:
        return Tab(self.sheet, self.stock).at

    def rows(self) -> list[SheetRow]:
        """Every row in which anything of a product stands."""
        return [row for _, row in self._parsed(self.stock, sheet_row_of)]

    def _asked_about_numbers(self) -> set[str]:
        return {about for _, kind, about, _ in self.eye.open_questions() if kind == "unknown number"}

    def kept_versions(self) -> list[tuple[Book, dict[str, Row]]]:
        """Versions of the spreadsheet that the journal outlasts."""
        writes = self.sheet_writes()
        return [(book, rows) for at, book, rows in self.saved if writes - at < JOURNAL_LINES // 5]

    def sheet_writes(self) -> int:
        return sum(self.counts[f"sheet {what}"] for what in (LOCK, SECOND, WRITE))

    def _held_rows(self, drafts: set[str]) -> dict[str, SheetRow]:
        return {row.name: row for row in self.rows() if row.name in drafts} if drafts else {}

    def scan(self) -> list[SheetRow]:
        """Remember every number that stands in the table. Returns its rows."""
        rows = self.rows()
        if self.scanned is not self.sheet.book:
            self.scanned, self.below_zero = self.sheet.book, 0
            self._remember(rows)
        if self.below_zero:
            self.marks["below zero shown"] += self.below_zero
        self.written.shown(line for _, line in self.written_lines())
        return rows

    def _remember(self, rows: Sequence[SheetRow]) -> None:
        for row in rows:
            for at, text in row.cells.items():
                self.model.ever.setdefault((row.sku, at), set()).add(text)
                if at == CHANGED and row.entry:
                    self.model.ever[row.sku, at].add(str(units_of(text) + units_of(row.entry)))
                self.below_zero += text[:1] == "-"
        self.picked.shown(row for _, row in self.order_rows())

    def places(self) -> tuple[tuple[str, bool], ...]:
        """Which product stands in which row, and who holds it."""
        return tuple(each for _, each in self._parsed(self.stock, _place_of))

    def written_lines(self) -> Sequence[tuple[int, WrittenLine]]:
        """The lines of 入出庫 that staff gave a memo, and where they stand."""
        return self._parsed(self.moves, line_of)

    def order_rows(self) -> Sequence[tuple[int, OrderRow]]:
        """The rows of 受注 with a SKU or a kind, and where they stand."""
        return self._parsed(self.orders_tab, order_row_of)

    def _parsed(
        self, tab: int, parse: Callable[[Mapping[str, str], Mapping[str, object]], T | None]
    ) -> Sequence[tuple[int, T]]:
        """The rows of a tab that say something, and where they stand. No version of the spreadsheet changes, and most
        rows of one are those of the version before."""
        before = self.parsed.get(parse)
        if before is not None and before.book is self.sheet.book:
            return before.found
        page = Tab(self.sheet, tab)
        kept = before.rows if before is not None and before.head is page.sheet.rows[0] else {}
        now = self.parsed[parse] = Parsed(self.sheet.book, page.sheet.rows[0])
        for position, row in enumerate(page.sheet.rows[1:], 1):
            known = kept.get(id(row))
            if known is None:
                entered = {name: row.cells[i].entered if i < len(row.cells) else None for name, i in page.at.items()}
                known = row, parse({name: _text(each) for name, each in entered.items()}, entered)
            now.rows[id(row)] = known
            if known[1] is not None:
                now.found.append((position, known[1]))
        return now.found

    def _committed(self) -> None:
        """Hold the ledger against the model after every commit."""
        job = self.running[-1] if self.running else ""
        if job in CHANNELS:
            self.market.take_in_readings(job)
        books, changed = self.eye.books()
        self.model.at_commit(books, changed, self.eye.new_edits())
        self.model.till_moved(books, self.eye.new_rows & books.till_rows.keys())
        self.eye.new_rows.clear()
        self.written.at_commit(*self.eye.by_hand())
        self.picked.at_commit(self.eye.own)
        for listing in self.eye.see_wanted(self.names, self.now()):
            self.market.wishes[listing] += 1
        # what a review hides in such a drop is let go: a write whose answer is lost would hold it back for days
        self.model.muddy |= {listing for listing in self.eye.doubted if listing[0] == "yahoo"}
        self.eye.doubted.clear()
        most = self.market.most(books)
        for listing, wanted in self.eye.wanted.items():
            if wanted is not None and listing not in self.model.muddy and wanted > most[listing]:
                raise Broken(f"{listing} wants {wanted}, the books leave {most[listing]}")
        if job in CHANNELS:
            self.market.decided[job], self.market.risen[job] = most, dict(self.eye.rose_at)
            self.market.refusals_told(job)
        mark_ledger(self)

    # --- what malls tell ---------------------------------------------------------------------------------------------

    def tell(self, mall: str, order: str) -> None:
        """Note what the mall's record of an order says now."""
        record = next(each for each in self.malls[mall].orders() if each.id == order)
        for key, listing, left in told_by(mall, [record], self.returned):
            self.model.tells(key, self.wires[listing], left)
        self.model.vanished |= {line_id(mall, record, line) for line in record.lines if getattr(line, "deleted", False)}

    def line_id(self, mall: str, order: Any, line: Any) -> LineId:
        return line_id(mall, order, line)


class Silence:
    def acts(self, kind: str) -> Iterable[tuple[str, int]]:  # noqa: ARG002
        return ()


def _drafts(layout: Iterable[tuple[str, bool]]) -> set[str]:
    """Names of the rows in 編集中."""
    return {name for name, ticked in layout if ticked}


def _place_of(_text: Mapping[str, str], entered: Mapping[str, object]) -> tuple[str, bool]:
    return str(entered["商品名"]), bool(entered["編集中"])


def _text(entered: object) -> str:
    if isinstance(entered, str):
        return entered
    if isinstance(entered, bool) or entered is None:
        return ""
    return str(int(entered)) if isinstance(entered, float) and entered.is_integer() else str(entered)


Act = Callable[[Sim, Random], bool]
"""Somebody acts; whether that changed the world."""
