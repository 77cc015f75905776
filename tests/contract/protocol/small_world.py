"""A live bridge over two products in the smallest spreadsheet that will do, put back to its beginning for every run.

The real cycle, gateway, HTTP and sandbox; only the ledger is in memory and the clock stands still. What happens to it
comes from a script: letters of the protocol model's alphabet, each at a moment of the bridge's own work.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, Literal, cast

from bridge.domain.invariants import conservation
from bridge.domain.stock import BalanceKey, Cause, Movement
from bridge.domain.tokens import is_locked, number_of
from bridge.errors import TryAgain
from bridge.flows.desk import Tabs
from bridge.flows.replan import replan
from bridge.ledger.ledger import Tx
from bridge.sandbox.faults import Environ
from bridge.sandbox.sheets_api.book import Book
from bridge.sandbox.sheets_api.store import Deleted
from bridge.sheet.grid import Tab
from tests.contract.protocol.digest import digest
from tests.support.world import World

MAIN, SHOP, INSPECT = "本社倉庫", "渋谷店", "検品待ち"
SKUS = ("A", "B", "C")
ROOM = 10  # rows of 在庫表; two or three are filled
ENDLESS = 40  # cycles after which a run has no way to rest

Kind = Literal["read", "write", "reply", "commit"]
"""What the bridge is about to do at a moment: call Sheets to read or to write, take in what a call answered, commit
anything else."""
KINDS: tuple[Kind, ...] = ("read", "write", "reply", "commit")
Act = Callable[["SmallWorld"], None]
Script = Mapping[int, Sequence[Act]]  # moment -> what happens right before it


class Killed(BaseException):
    """kill -9: nothing in the process runs any more."""


class Impossible(BaseException):
    """A letter of the script can't happen at its moment."""


@dataclass(frozen=True)
class Layout:
    """How the small world is laid out. `stock`: SKU -> its stock cells · `shipped`: what one shipment takes from
    where · `hides`: a filter that hides this SKU's row · `ordered`: B waits for its bridge-owned cells from the
    beginning (under a filter that makes the undisturbed run twice as long; B's letters make it wait as well)."""

    name: str
    stock: Mapping[str, Sequence[int | None]]
    locations: tuple[str, ...] = (MAIN,)
    shipped: tuple[str, ...] = (MAIN,)
    hides: str | None = None
    ordered: bool = True


THREE: Any = {
    "stock": {"A": (5, 2, None), "B": (7, 0, None)},
    "locations": (MAIN, SHOP, INSPECT),
    "shipped": (MAIN, SHOP),
}
LAYOUTS = {
    layout.name: layout
    for layout in (
        Layout("one column", {"A": (5,), "B": (7,)}),
        Layout("filtered", {"A": (5,), "B": (7,)}, hides="B"),
        Layout("three columns", **THREE),
        Layout("filtered, three columns", **THREE, hides="B", ordered=False),
    )
}


@dataclass(frozen=True)
class Cut:
    """The whole world between two cycles of the bridge, to be gone on from any number of times. `state`: its digest."""

    state: bytes
    kinds: tuple[Kind, ...]
    book: Book
    ledger: bytes
    late: tuple[Environ, ...]
    person: Person
    started: bool
    tabs: Tabs
    known: Mapping[str, Tab]
    said: Mapping[str, object]
    doubted: frozenset[tuple[str, str, int]]


@dataclass
class Person:
    """What people and malls did, and what the numbers should therefore be. `edited`: SKUs whose number they
    changed · `cleared`: they emptied a lock cell."""

    typed: dict[BalanceKey, int]
    booked: Counter[BalanceKey] = field(default_factory=Counter)
    allocated: Counter[str] = field(default_factory=Counter)
    edited: set[str] = field(default_factory=set)
    deleted: Gone | None = None
    cleared: bool = False

    def copy(self) -> Person:
        booked, allocated = Counter(self.booked), Counter(self.allocated)
        return Person(dict(self.typed), booked, allocated, set(self.edited), self.deleted, self.cleared)

    def told(self) -> object:
        """The same, but for the deleted row's cells, in a form that is equal for equals."""
        numbers = (sorted(part.items()) for part in (self.typed, self.booked, self.allocated))
        return (*numbers, sorted(self.edited), self.cleared, self.deleted and (self.deleted.sku, self.deleted.edited))


@dataclass(frozen=True)
class Gone:
    """A row that the person deleted. `edited`: it bore a number that the person had typed."""

    sku: str
    rows: Deleted
    edited: bool


class SmallWorld:
    """One layout, prepared once; every run puts its beginning back."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.world = World(
            cast(Path, None),
            stock=layout.stock,
            locations=layout.locations,
            sheet_settings={"journal_lines": 40, "reads_per_minute": 10**9, "writes_per_minute": 10**9},
            judge_once=True,
        )
        self._shrink()
        self.world.go_live()
        self.sheet = self.world.spreadsheet
        self.stock = self.world.tab("在庫表")
        self.at = {title: i for i, title in enumerate(self.sheet.table(self.stock)[0]) if title}
        self.faults = self.world.sandbox.faults["sheets"]
        self.world.clock.sleep = lambda _: None  # type: ignore[method-assign]  # time stands still from now on
        self.world.service.http._record = None
        self.script: Script = {}
        self.kinds: list[Kind] = []
        self.person = self._opening()
        self._known_ends: set[bytes] = set()
        self.gone_on_from: set[bytes] = set()  # states after which every second letter was tried
        self._prepare()
        self._hook()
        self.ship("A")
        if layout.ordered:
            self.place("B")
        self.beginning = self.cut()

    # --- preparing ---------------------------------------------------------------------------------------------------

    def _shrink(self) -> None:
        """What is never used goes: surplus columns, rows, listings, places."""
        world = self.world
        sizes = {"在庫表": ROOM, "出品": 2, "設定": 8}
        requests = [
            _delete(sheet.id, "ROWS", sizes[sheet.title], len(sheet.rows))
            for sheet in world.spreadsheet.book.sheets
            if len(sheet.rows) > sizes.get(sheet.title, 1000)
        ]
        surplus = [name for name in (MAIN, SHOP, INSPECT) if name not in self.layout.locations]
        columns = sorted((world.column("在庫表", name) for name in surplus), reverse=True)
        requests += [_delete(world.tab("在庫表"), "COLUMNS", column) for column in columns]
        settings = [line["名前"] for line in world.table("設定")]
        lines = sorted((settings.index(name) + 1 for name in surplus), reverse=True)
        requests += [_delete(world.tab("設定"), "ROWS", line) for line in lines]
        requests.append(_clear(world.tab("出品")))
        world.spreadsheet.apply(requests)

    def _prepare(self) -> None:
        """The first day's questions are taken away, a filter is set where the layout has one."""
        self.sheet.apply([_clear(self.world.tab("要対応"))])
        if self.layout.hides:
            self.hide(self.layout.hides)
        self.cycle()
        self.cycle()

    def _opening(self) -> Person:
        numbers = {
            (sku, location): units
            for sku, row in self.layout.stock.items()
            for location, units in zip(self.layout.locations, row, strict=True)
            if units is not None
        }
        return Person(numbers)

    def _database(self) -> sqlite3.Connection:
        with self.world.service.ledger._engine.connect() as connection:
            return cast(sqlite3.Connection, connection.connection.driver_connection)

    def _hook(self) -> None:
        """A moment before every Sheets call, and one before every transaction."""
        ledger, plain = self.world.service.ledger, self.world.service.ledger.write

        @contextmanager
        def write() -> Iterator[Tx]:
            self._moment("reply" if self.kinds and self.kinds[-1] in ("read", "write") else "commit")
            with plain() as tx:
                yield tx

        def before(environ: Environ) -> None:
            if environ["PATH_INFO"].startswith("/v4/"):
                self._moment("write" if environ["PATH_INFO"].endswith(":batchUpdate") else "read")

        ledger.write = write  # type: ignore[method-assign]
        self.faults.before = before
        self.transaction = plain

    def _moment(self, kind: Kind) -> None:
        number = len(self.kinds)
        self.kinds.append(kind)
        for act in self.script.get(number, ()):
            act(self)

    # --- a run -------------------------------------------------------------------------------------------------------

    def cut(self) -> Cut:
        cycle = self.world.service.cycle
        return Cut(
            self._digest(quiet=False),
            tuple(self.kinds),
            self.sheet.book,
            self._database().serialize(),
            tuple(_again(late) for late in self.faults._late),
            self.person.copy(),
            cycle.started,
            cycle.desk.tabs,
            dict(cycle.desk._known),
            dict(cycle.answering._last),
            cycle.watch.doubted,
        )

    def go_back(self, cut: Cut) -> None:
        self.kinds, self.person = list(cut.kinds), cut.person.copy()
        self.sheet.book = cut.book
        self._database().deserialize(cut.ledger)
        self.faults._script.clear()
        self.faults.drop_late()
        self.faults._late.extend(_again(late) for late in cut.late)
        self.restart()
        cycle = self.world.service.cycle
        cycle.started, cycle.desk.tabs, cycle.watch.doubted = cut.started, cut.tabs, cut.doubted
        cycle.desk._known, cycle.answering._last = dict(cut.known), dict(cut.said)

    def restart(self) -> None:
        """Everything the sheet thread holds in memory is new."""
        self.world.service.cycle = self.world.service._sheet_cycle()

    def run(self, script: Script, start: Cut | None = None, *, whole: bool = False) -> list[Cut]:
        """To rest, A being shipped and B ordered at the beginning; the cuts between its cycles. A state from which a
        run came to a good end before is not followed again (unless `whole`): all that comes after the script follows
        from it.

        Raises Impossible where a letter can't happen at its moment, AssertionError where the end is wrong."""
        self.go_back(start or self.beginning)
        self.script = script
        last, cuts, path = max(script, default=-1), [], []
        for _ in range(ENDLESS):
            if whole:
                cuts.append(self.cut())
            quiet = self.cycle()
            if len(self.kinds) > last:
                path.append(self._digest(quiet=quiet))
                if path[-1] in self._known_ends and not whole:
                    break
            if quiet and not self.tidy():
                self.check()
                break
        else:
            raise AssertionError("no way to rest")
        self._known_ends.update(path)
        return cuts

    def cycle(self) -> bool:
        """One cycle; whether it found nothing to do."""
        before = self._state()
        try:
            self.world.service.cycle.run()
        except TryAgain:
            return False
        except Killed:
            self.restart()
            return False
        return before == self._state()

    def _state(self) -> object:
        """Equal where nothing happened. SQLite counts its transactions in the file's header."""
        file, cycle = self._database().serialize(), self.world.service.cycle
        header = file[:24] + file[28:92] + file[96:100]
        rows = [sheet.rows for sheet in self.sheet.book.sheets]
        return header, file[100:], rows, cycle.watch.doubted, dict(cycle.answering._last), cycle.started

    def _digest(self, *, quiet: bool) -> bytes:
        late = [_again(late)["wsgi.input"].getvalue() for late in self.faults._late]
        deleted = self.person.deleted.rows.rows if self.person.deleted else ()
        book, cycle = self.sheet.book, self.world.service.cycle
        return digest(self._database(), book, cycle, late, deleted, quiet, self.person.told())

    # --- what people see and do --------------------------------------------------------------------------------------

    def rows(self, sku: str) -> list[int]:
        column, sheet = self.at["SKU"], self.sheet.sheet(self.stock)
        return [i for i in range(1, len(sheet.rows)) if sheet.cell(i, column).entered == sku]

    def row(self, sku: str) -> int:
        """The one row of a SKU. Raises Impossible."""
        rows = self.rows(sku)
        if len(rows) != 1:
            raise Impossible
        return rows[0]

    def shown(self, row: int, header: str) -> str:
        return self.sheet.shown(self.stock, row, self.at[header])

    def put(self, row: int, header: str, text: str) -> None:
        self.sheet.type(self.stock, row, self.at[header], text)

    def box(self, top: int, bottom: int) -> dict[str, int]:
        """Whole rows of 在庫表, as a GridRange."""
        edges = {"startRowIndex": top, "endRowIndex": bottom, "startColumnIndex": 0, "endColumnIndex": len(self.at)}
        return {"sheetId": self.stock, **edges}

    def hide(self, sku: str) -> None:
        criteria = {str(self.at["SKU"]): {"hiddenValues": [sku]}}
        table = {"range": self.box(0, ROOM), "criteria": criteria}
        self.sheet.apply([{"setBasicFilter": {"filter": table}}])

    def ship(self, sku: str) -> None:
        """Not while the true number is on its way as an answer: that is one instant, as in the model."""
        lines = self.world.table("要対応")
        if any(line["対象"] == sku and line["回答"] == "はい" and not line["結果"] for line in lines):
            raise Impossible
        moved = [Movement(sku, location, -1, 0, Cause.SHIPPED, "test") for location in self.layout.shipped]
        self._book(moved)

    def place(self, sku: str) -> None:
        self._book([Movement(sku, MAIN, 0, 1, Cause.PLACED, "test")])

    def _book(self, movements: Sequence[Movement]) -> None:
        """What intake does with an order, in its one transaction."""
        with self.transaction() as tx:
            tx.stock.book(movements)
            for movement in movements:
                tx.sheet.change(movement.sku, owned_due=True)
                self.person.booked[movement.sku, movement.location] += movement.on_hand
                self.person.allocated[movement.sku] += movement.allocated
            replan(tx, self.world.service.shop, {movement.sku for movement in movements})

    # --- the end -----------------------------------------------------------------------------------------------------

    def tidy(self) -> bool:
        """People finish what they began and answer what they are asked; whether there was anything of it."""
        return any(finish() for finish in (self._arrivals, self._release, self._delete_copy, self._answer, self._show))

    def _arrivals(self) -> bool:
        return bool(self.faults.deliver_late())

    def _release(self) -> bool:
        held = [row for sku in SKUS for row in self.rows(sku) if self.shown(row, "編集中") == "TRUE"]
        for row in held:
            self.put(row, "編集中", "FALSE")
        return bool(held)

    def _delete_copy(self) -> bool:
        for sku in SKUS:
            rows = self.rows(sku)
            if len(rows) > 1:
                self.sheet.delete_rows(self.stock, rows[0], rows[0] + 1)
                return True
        return False

    def _answer(self) -> bool:
        """A vanished row is brought back, by Ctrl+Z where it bore a number of its own; an unknown number is answered
        with the true one."""
        with self.world.service.ledger.read() as tx:
            asked = {question.kind: question.subject for question in tx.questions.open()}
        gone = self.person.deleted
        if gone and not self.rows(gone.sku):
            if gone.edited:
                self.sheet.undo(gone.rows)
                return True
            return self._say(asked, "vanished", "戻す") or self._say(asked, "renamed", "戻す")
        if self._say(asked, "unknown number", "はい"):
            assert self.person.cleared, "a person is asked though nobody touched a lock cell"
            sku = asked["unknown number"]
            for (owner, location), units in self.truth().items():
                if owner == sku:
                    self.put(self.row(sku), location, str(units))
            self.put(self.row(sku), "増減", "")
            return True
        return False

    def _say(self, asked: Mapping[str, str], kind: str, answer: str) -> bool:
        """Answer the line of 要対応 that asks this; False where none does or it is answered already."""
        for number, line in enumerate(self.world.table("要対応"), 1):
            if kind in asked and line["対象"] == asked[kind] and not line["結果"] and not line["回答"]:
                self.world.put("要対応", number, {"回答": answer})
                return True
        return False

    def _show(self) -> bool:
        if self.sheet.sheet(self.stock).basic_filter is None:
            return False
        self.sheet.apply([{"clearBasicFilter": {"sheetId": self.stock}}])
        return True

    def truth(self) -> dict[BalanceKey, int]:
        """What people typed plus what was booked."""
        return {cell: units + self.person.booked[cell] for cell, units in self.person.typed.items()}

    def check(self) -> None:
        """The model's statement: sheet = ledger = what people meant; nothing locked, nothing waiting."""
        truth, shown = self.truth(), {sku: self.row(sku) for sku, _ in self.person.typed}
        tokens = {sku: self.shown(row, "ロック") for sku, row in shown.items()}
        with self.world.service.ledger.read() as tx:
            balances = {cell: balance for cell, balance in tx.stock.balances().items() if balance.stocked}
            waiting = [[q.kind for q in tx.questions.open()], tx.sheet.intents(), tx.sheet.findings()]
            broken = conservation({}, [moved for _, moved in tx.stock.movements()], balances)
            amounts = tx.sheet.amounts(number_of(token) or 0 for token in tokens.values())
        assert {cell: balance.on_hand for cell, balance in balances.items()} == truth, "the ledger"
        texts = {(sku, location): self.shown(shown[sku], location) for sku, location in truth}
        assert texts == {cell: str(units) for cell, units in truth.items()}, "the sheet"
        assert not any(self.shown(row, "増減") for row in shown.values()), "an entry in 増減"
        assert waiting == [[], [], {}], f"waiting: {waiting}"
        assert not broken, f"{broken}"
        column, sheet = self.at["ロック"], self.sheet.sheet(self.stock)
        locks = [sheet.cell(row, column).entered for row in range(1, len(sheet.rows))]
        assert sorted(text for text in locks if text) == sorted(tokens.values()), "a lock cell without a product"
        assert not any(is_locked(token) for token in tokens.values()), "still locked"
        for sku, token in tokens.items():
            contains = {where: units for where, units in amounts[sku, number_of(token) or 0].items() if units}
            booked = {where: self.person.booked[owner, where] for owner, where in truth if owner == sku}
            assert contains == {where: units for where, units in booked.items() if units}, "what the token says"
            assert self.shown(shown[sku], "引当") == str(self.person.allocated[sku]), "引当"


def _again(late: Environ) -> Environ:
    """A held request whose body can be read once more."""
    return {**late, "wsgi.input": BytesIO(late["wsgi.input"].getvalue())}


def _delete(sheet: int, dimension: str, start: int, end: int | None = None) -> dict[str, Any]:
    lines = {"sheetId": sheet, "dimension": dimension, "startIndex": start, "endIndex": end or start + 1}
    return {"deleteDimension": {"range": lines}}


def _clear(sheet: int) -> dict[str, Any]:
    """Every value below the header."""
    return {"updateCells": {"range": {"sheetId": sheet, "startRowIndex": 1}, "fields": "userEnteredValue"}}
