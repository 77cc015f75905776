"""The staff before the stock table: they read a number and type another, sort, insert, delete, copy rows, hold rows
for longer work, mistype and mend.

Every act is instantaneous, as in a browser: what a person typed was typed over what the cell showed in that moment.
`changes` is the truth that a verdict is counted from: what was typed over what, and how many units more it meant.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from bridge.clock import Clock
from bridge.sandbox.sheets_api import Spreadsheet
from bridge.sandbox.staff_table import CODE, Headers, Table

UNREAD = timedelta(seconds=10)  # within which a number that is typed over may have been read by nobody
WRONG = ("abc", "-3", "1.5", "?", "十二個くらい")


@dataclass(frozen=True)
class StaffDials:
    """How often each thing is begun; the weights are relative."""

    rate_per_second: float = 1.0
    edit: float = 12.0
    retype: float = 2.0  # a number, and a moment later a better one
    hold: float = 1.5  # 編集中, some drafts, and off again
    wrong: float = 1.5  # no number at all, mended later
    sort: float = 1.0
    insert: float = 1.0  # a row, deleted later as it was not needed
    copy: float = 1.0  # a row, deleted later or made a new product
    retype_after: tuple[float, float] = (0.5, 4.0)  # seconds
    hold_for: tuple[float, float] = (5.0, 12.0)
    mend_after: tuple[float, float] = (4.0, 10.0)
    tidy_after: tuple[float, float] = (4.0, 10.0)
    columns: tuple[str, ...] = ("本社倉庫", "渋谷店")
    """those they count"""
    busy_share: float = 0.7
    """share of the edits made in rows that have units promised to orders"""


@dataclass(frozen=True)
class Change:
    """One entry into one stock cell. `meaning`: units more (or fewer) on the shelf than before; 0 for a wrong entry."""

    number: int
    at: datetime
    sku: str
    column: str
    shown: str
    typed: str
    meaning: int
    kind: str  # edit | retype | draft | wrong | mend | new


@dataclass(frozen=True)
class Act:
    """Something else that was done to the table."""

    at: datetime
    what: str  # sort | insert | delete | copy | hold | release | discard | rename
    sku: str


@dataclass
class Staff:
    """`step` does everything that is due by the clock, as Shoppers.step. After `stop` nothing new is begun and what
    was begun is finished at once: holds released, wrong entries mended, copies settled."""

    spreadsheet: Spreadsheet
    clock: Clock
    seed: int = 0
    dials: StaffDials = field(default_factory=StaffDials)
    skus: frozenset[str] = frozenset()  # whose rows they work on; none: all
    headers: Headers = field(default_factory=Headers)
    user: str | None = None  # the account they are signed in with; none: the owner's

    def __post_init__(self) -> None:
        self.changes: list[Change] = []
        self.acts: list[Act] = []
        self.counts: Counter[str] = Counter()
        self._random = Random(self.seed)
        self._later: list[tuple[float, int, Callable[[], None]]] = []
        self._at_work: set[str] = set()  # codes of rows in which something is unfinished
        self._running = True
        self._order = 0
        self._next = self.clock.monotonic() + self._pause()

    @property
    def finished(self) -> bool:
        return not self._running and not self._later

    def stop(self) -> None:
        self._running = False

    def step(self) -> None:
        now = self.clock.monotonic()
        while self._running and self._next <= now:
            self._begin()
            self._next += self._pause()
        while self._later and (self._later[0][0] <= now or not self._running):
            heapq.heappop(self._later)[2]()

    # --- somebody else of them, at the page --------------------------------------------------------------------------

    def typed(
        self, sku: str, column: str, shown: str, text: str, was: int | None, now: int | None, *, draft: bool
    ) -> None:
        """Note what a person typed there, while the spreadsheet is held. `was`, `now`: the units that the cell told
        before and tells now; None where it told none · `draft`: the row is held."""
        if shown == text or (now is not None and was == now):
            return
        if now is None:
            self._log(sku, column, shown, text, 0, "wrong")
        elif was is None:
            self._log(sku, column, shown, text, now - self._remembered(sku, column), "mend")
        else:
            self._log(sku, column, shown, text, now - was, "draft" if draft else "edit")

    def held(self, sku: str, on: bool) -> None:
        """Note that a person ticked or unticked 編集中; the others keep away from the row meanwhile."""
        self._act("hold" if on else "release", sku)
        (self._at_work.add if on else self._at_work.discard)(sku)

    def _remembered(self, sku: str, column: str) -> int:
        """The last number before what is there was mistyped; 0 where there never was one."""
        shown = (each.shown for each in reversed(self.changes) if (each.sku, each.column) == (sku, column))
        return next((int(text) for text in shown if text.isdigit()), 0)

    def _pause(self) -> float:
        rate = self.dials.rate_per_second
        return self._random.expovariate(rate) if rate > 0 else float("inf")

    def _after(self, span: tuple[float, float], work: Callable[[], None]) -> None:
        self._order += 1
        heapq.heappush(self._later, (self.clock.monotonic() + self._random.uniform(*span), self._order, work))

    def _begin(self) -> None:
        begin: dict[str, Callable[[], None]] = {
            "edit": self._edit,
            "retype": self._retype,
            "hold": self._hold,
            "wrong": self._wrong,
            "sort": self._sort,
            "insert": self._insert,
            "copy": self._copy,
        }
        weights = [getattr(self.dials, name) for name in begin]
        begin[self._random.choices(list(begin), weights)[0]]()

    # --- the table ---------------------------------------------------------------------------------------------------

    def _do(self, work: Callable[[Table], Any]) -> Any:
        return self.spreadsheet.change(lambda edit: work(Table(edit, self.headers.table)), self.user)

    def _choose(self, table: Table) -> str | None:
        """A product whose row stands alone, with nothing unfinished and no open question about it."""
        count = Counter(code for _, code in table.codes())
        asked = self._asked_about()
        free = [
            (row, code)
            for row, code in table.codes()
            if count[code] == 1 and code not in self._at_work and code not in asked and self._mine(code)
        ]
        busy = [(row, code) for row, code in free if table.text(row, self.headers.allocated) not in ("", "0")]
        pool = busy if busy and self._random.random() < self.dials.busy_share else free
        return self._random.choice(pool)[1] if pool else None

    def _mine(self, code: str) -> bool:
        return not self.skus or code in self.skus

    def _asked_about(self) -> set[str]:
        """Products named in questions that nobody has answered yet: those are settled first."""

        def read(edit: Any) -> set[str]:
            tab = Table(edit, self.headers.questions, self.headers.subject)
            rows = [row for row in tab.rows() if not tab.text(row, self.headers.result).startswith("✓")]
            return {tab.text(row, self.headers.subject).split(" ")[0] for row in rows}

        found: set[str] = self.spreadsheet.change(read) if self._has_questions() else set()
        return found

    def _has_questions(self) -> bool:
        return self.spreadsheet.book.titled(self.headers.questions) is not None

    def _type(self, table: Table, sku: str, column: str, typed: str, meaning: int, kind: str) -> None:
        row = table.find(sku)[0]
        shown = table.text(row, column)
        table.type(row, column, typed)
        self._log(sku, column, shown, typed, meaning, kind)

    def _log(self, sku: str, column: str, shown: str, typed: str, meaning: int, kind: str) -> None:
        number = len(self.changes) + 1
        self.changes.append(Change(number, self.clock.now(), sku, column, shown, typed, meaning, kind))
        self.counts[kind] += 1

    def _number(self, table: Table, sku: str, column: str) -> int | None:
        """What the cell shows, where it is a number."""
        rows = table.find(sku)
        text = table.text(rows[0], column).replace(",", "") if len(rows) == 1 else ""
        return int(text) if text.removeprefix("-").isdigit() else None

    def _delta(self, shown: int) -> int:
        """A delivery, or a count that found some missing; never below zero."""
        delta = self._random.choice((-3, -2, -1, -1, 1, 2, 3, 5))
        return delta if shown + delta >= 0 else self._random.randint(1, 3) - min(shown, 0)

    def _act(self, what: str, sku: str) -> None:
        self.acts.append(Act(self.clock.now(), what, sku))
        self.counts[what] += 1

    def _change_number(self, table: Table, sku: str, column: str, kind: str) -> None:
        shown = self._number(table, sku, column)
        if shown is not None:
            delta = self._delta(shown)
            self._type(table, sku, column, str(shown + delta), delta, kind)

    def _column(self) -> str:
        return self._random.choice(self.dials.columns)

    # --- numbers -----------------------------------------------------------------------------------------------------

    def _edit(self) -> None:
        def work(table: Table) -> None:
            sku = self._choose(table)
            if sku is not None:
                self._change_number(table, sku, self._column(), "edit")

        self._do(work)

    def _retype(self) -> None:
        column = self._column()

        def work(table: Table) -> str | None:
            sku = self._choose(table)
            if sku is not None:
                self._change_number(table, sku, column, "edit")
            return sku

        sku = self._do(work)
        if sku is not None:
            self._at_work.add(sku)
            self._after(self.dials.retype_after, lambda: self._better(sku, column))

    def _better(self, sku: str, column: str) -> None:
        self._do(lambda table: self._change_number(table, sku, column, "retype"))
        self._at_work.discard(sku)

    def _wrong(self) -> None:
        column = self._column()

        wrong = self._random.choice(WRONG)

        def work(table: Table) -> tuple[str, int] | None:
            sku = self._choose(table)
            shown = None if sku is None else self._number(table, sku, column)
            if sku is None or shown is None or self._just_typed(sku, column):
                return None
            self._type(table, sku, column, wrong, 0, "wrong")
            return sku, shown

        found = self._do(work)
        if found is not None:
            sku, shown = found
            self._at_work.add(sku)
            self._after(self.dials.mend_after, lambda: self._mend(sku, column, wrong, shown))

    def _just_typed(self, sku: str, column: str) -> bool:
        """Whether the number there may be known to nobody but who typed it: mistyped over, nobody could tell it."""
        since = self.clock.now() - UNREAD
        return any(each.at > since and (each.sku, each.column) == (sku, column) for each in self.changes)

    def _mend(self, sku: str, column: str, wrong: str, remembered: int) -> None:
        """Over the wrong entry, from the number that stood there before it. If a number is back, all is well."""

        def work(table: Table) -> None:
            if table.text(table.find(sku)[0], column) == wrong:
                delta = self._delta(remembered)
                self._type(table, sku, column, str(remembered + delta), delta, "mend")

        self._do(work)
        self._at_work.discard(sku)

    def _hold(self) -> None:
        """編集中: two or three drafts, then the tick goes."""

        def work(table: Table) -> str | None:
            sku = self._choose(table)
            if sku is not None:
                table.type(table.find(sku)[0], self.headers.hold, "TRUE")
                self._act("hold", sku)
            return sku

        sku = self._do(work)
        if sku is None:
            return
        self._at_work.add(sku)
        low, high = self.dials.hold_for
        for _ in range(self._random.randint(2, 3)):
            column = self._column()
            draft = lambda column=column: self._do(lambda t: self._change_number(t, sku, column, "draft"))  # noqa: E731
            self._after((low * 0.2, low * 0.9), draft)
        self._after((low, high), lambda: self._release(sku))

    def _release(self, sku: str) -> None:
        def work(table: Table) -> None:
            table.type(table.find(sku)[0], self.headers.hold, "FALSE")
            self._act("release", sku)

        self._do(work)
        self._at_work.discard(sku)

    # --- rows --------------------------------------------------------------------------------------------------------

    def _sort(self) -> None:
        header = self._random.choice((CODE, self.headers.name, self.dials.columns[0]))
        self._do(lambda table: table.sort(header, descending=self._random.random() < 0.5))
        self._act("sort", "")

    def _insert(self) -> None:
        def work(table: Table) -> None:
            table.insert_below(self._random.choice(table.rows()))
            self._act("insert", "")

        self._do(work)
        self._after(self.dials.tidy_after, self._delete_blank)

    def _delete_blank(self) -> None:
        def work(table: Table) -> None:
            blank = table.blank_rows()
            if blank:  # a sort may have carried it behind the last row
                table.delete(blank[0])
                self._act("delete", "")

        self._do(work)

    def _copy(self) -> None:
        def work(table: Table) -> str | None:
            sku = self._choose(table)
            if sku is not None:
                table.copy_below(table.find(sku)[0])
                self._act("copy", sku)
            return sku

        sku = self._do(work)
        if sku is None:
            return
        self._at_work.add(sku)
        settle = self._discard if self._random.random() < 0.5 else self._make_new
        self._after(self.dials.tidy_after, lambda: settle(sku))

    def _discard(self, sku: str) -> None:
        """The copy was not needed."""

        def work(table: Table) -> None:
            table.delete(table.find(sku)[-1])
            self._act("discard", sku)

        self._do(work)
        self._at_work.discard(sku)

    def _make_new(self, sku: str) -> None:
        """The copy becomes another product: a code of its own, its numbers, and a tick that they are right."""
        code = f"N{len(self.acts):04d}-{sku}"

        def work(table: Table) -> None:
            row = table.find(sku)[-1]
            table.type(row, CODE, code)
            self._act("rename", code)
            for column in self.dials.columns:
                units = self._random.randint(1, 20)
                self._type(table, code, column, str(units), units, "new")
            for column in self.headers.others:
                if table.has(column) and table.text(row, column):
                    self._type(table, code, column, "0", 0, "new")  # nothing of it lies there yet
            table.type(row, self.headers.confirm, "TRUE")

        self._do(work)
        self._at_work.discard(sku)
        self._at_work.add(code)  # nobody orders it; it is left alone
