"""What is looked up in sheet, ledger and malls, and held against the model after every step."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from bridge.sandbox.malls.mall import Line, Order
from bridge.sandbox.malls.rakuten.records import RakutenLine
from bridge.sandbox.malls.shopify.records import ShopifyLine
from tests.simulation.cast import CHANNELS, LOCATIONS, TILLS, WAREHOUSE
from tests.simulation.model import Books, Cell, Left, LineId, Listing, Model, SheetRow
from tests.simulation.written import Moved

TYPED = ("opening", "edit")
LINES = tuple(f"{name}/" for name in CHANNELS)
TILL_ROWS = {**{f"{name}/": 1 for name in TILLS}, f"{WAREHOUSE}/": 2}
"""How refs of their rows begin, and how many strokes they have."""
LISTINGS = "SELECT channel, id, state FROM listing"
ENTRY, CHANGED = "増減", LOCATIONS[0]  # an entry there changes the first place for sale
# What came of an entry with two readings, by its number in 履歴; and what of that was taken back before it.
_ALONG = """
WITH RECURSIVE part (number, on_hand) AS (
    SELECT one.number, one.on_hand FROM history AS entry JOIN history AS one USING (sku, location)
    WHERE entry.number = ? AND entry.cause = 'edit' AND one.number > entry.number AND (
        (one.cause = 'lower reading' AND one.at = entry.at AND one.ref = entry.ref)
        OR (one.cause = 'answer' AND one.ref IN (
            SELECT CAST(id AS TEXT) FROM exception WHERE kind = 'two readings' AND at = entry.at
        ))
    )
    UNION ALL
    SELECT undone.number, undone.on_hand FROM part JOIN history AS undone ON undone.ref = CAST(part.number AS TEXT)
    WHERE undone.cause = 'undone'
)
SELECT coalesce(sum(on_hand), 0) FROM part
"""


@lru_cache(4096)
def _known(text: str) -> Mapping[str, Any]:
    """What is known of a listing or asked about, of which little changes from commit to commit."""
    return json.loads(text)  # type: ignore[no-any-return]


@dataclass
class LedgerEye:
    """Reads the ledger's tables as they are committed; only what is new of those that grow."""

    database: sqlite3.Connection
    sums: dict[Cell, tuple[int, int, int]] = field(default_factory=dict)
    moved: dict[tuple[LineId, str], tuple[int, int]] = field(default_factory=dict)
    shelves: Counter[Cell] = field(default_factory=Counter)
    written: Counter[Cell] = field(default_factory=Counter)
    by_line: dict[int, Counter[Cell]] = field(default_factory=dict)
    undone: dict[int, Counter[Cell]] = field(default_factory=dict)
    along: dict[int, int] = field(default_factory=dict)
    own: dict[int, dict[str, tuple[int, int]]] = field(default_factory=dict)
    own_shelves: dict[int, Counter[Cell]] = field(default_factory=dict)
    lines: dict[LineId, Left] = field(default_factory=dict)
    till_rows: dict[tuple[str, str], Counter[Cell]] = field(default_factory=dict)
    counted: Counter[Cell] = field(default_factory=Counter)
    from_files: Counter[Cell] = field(default_factory=Counter)
    new_rows: set[tuple[str, str]] = field(default_factory=set)
    movements: int = 0
    last_movement: int = 0
    last_edit: int = 0
    wanted: dict[Listing, int | None] = field(default_factory=dict)
    rose_at: dict[Listing, datetime] = field(default_factory=dict)
    gaps: Counter[str] = field(default_factory=Counter)
    """by channel, how often a listing was seen to hold units back for orders to come"""
    doubted: set[Listing] = field(default_factory=set)  # a drop there may as well be a write that was never carried out
    _found: dict[str, list[Any]] = field(default_factory=dict)
    _found_at: int = -1  # so much had been written to the ledger then
    _books: tuple[int, Books] | None = None  # as they were when so much had been written
    _line_rows: list[Any] = field(default_factory=list)

    def forget(self) -> None:
        """Another ledger stands in its place."""
        self._found, self._found_at, self._books, self._line_rows = {}, -1, None, []
        self.along = {}
        self.sums, self.moved, self.lines, self.rose_at = {}, {}, {}, {}
        self.shelves = Counter()
        self._forget_lines()
        self.movements = self.last_movement = 0
        self.last_edit = self.one("SELECT coalesce(max(id), 0) FROM edit")
        self.wanted = {}

    def _rows(self, query: str) -> Sequence[Any]:
        """What is found, looked up anew only once something was written to the ledger since."""
        if self._found_at != self.database.total_changes:
            self._found, self._found_at = {}, self.database.total_changes
        if query not in self._found:
            self._found[query] = self.database.execute(query).fetchall()
        return self._found[query]

    def one(self, query: str) -> int:
        return int(self._rows(query)[0][0])

    def books(self) -> tuple[Books, list[LineId]]:
        """The books, and the lines that changed since the last look."""
        if self._books is not None and self._books[0] == self.database.total_changes:
            return self._books[1], []
        count, newest = self.database.execute("SELECT count(*), coalesce(max(id), 0) FROM movement").fetchone()
        if newest != self.last_movement or count != self.movements:
            new = self.database.execute("SELECT count(*) FROM movement WHERE id > ?", (self.last_movement,)).fetchone()[
                0
            ]
            if count != self.movements + new:  # a product's history went or was renamed
                self.sums, self.moved, self.last_movement = {}, {}, 0
                self.shelves = Counter()
                self._forget_lines()
            self._add_up()
            self.movements, self.last_movement = count, newest
        changed = self._look_at_lines()
        balances = {
            (sku, at): (typed, booked, allocated)
            for sku, at, typed, booked, allocated in self.database.execute("SELECT * FROM balance")
        }
        safety = dict(self.database.execute("SELECT sku, safety FROM sku"))
        books = Books(
            balances, self.sums, self.lines, self.moved, self.shelves, safety, self.written, self._promised(),
            self.till_rows,
        )  # fmt: skip
        self._books = self.database.total_changes, books
        return books, changed

    def _promised(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for moved in self.own.values():
            found.update({sku: held for sku, (_, held) in moved.items()})
        return found

    def _forget_lines(self) -> None:
        self.written, self.by_line, self.undone, self.own, self.own_shelves = Counter(), {}, {}, {}, {}
        self.till_rows, self.counted, self.from_files = {}, Counter(), Counter()

    def open_own_lines(self) -> set[int]:
        """Numbers of lines that people wrote into 受注, and that are not done."""
        query = "SELECT number FROM order_row WHERE channel = 'hand' AND stage IN ('offered', 'open')"
        return {number for (number,) in self.database.execute(query)}

    def undoable(self) -> set[int]:
        """Numbers of 履歴 that the ledger knows, and has not taken back."""
        return {number for (number,) in self.database.execute("SELECT number FROM history WHERE undone_at IS NULL")}

    def by_hand(self) -> tuple[dict[int, Moved], dict[int, Counter[Cell]], dict[int, int]]:
        """What lines of 入出庫 have moved, by number; what was taken back in 履歴, by the number there; and what had
        come of it and went back with it."""
        moved = {number: frozenset((cell, n) for cell, n in net.items() if n) for number, net in self.by_line.items()}
        for number in self.undone.keys() - self.along.keys():
            self.along[number] = int(self.database.execute(_ALONG, (number,)).fetchone()[0])
        return moved, self.undone, self.along

    def _add_up(self) -> None:
        query = "SELECT sku, location, on_hand, allocated, cause, ref FROM movement WHERE id > ? ORDER BY id"
        for sku, at, on_hand, allocated, cause, ref in self.database.execute(query, (self.last_movement,)):
            typed, booked, promised = self.sums.get((sku, at), (0, 0, 0))
            is_typed = cause in TYPED
            self.sums[sku, at] = (
                typed + on_hand * is_typed,
                booked + on_hand * (not is_typed),
                promised + allocated,
            )
            self.from_files[sku, at] += on_hand * (ref == WAREHOUSE or ref.startswith(f"{WAREHOUSE}/"))
            if ref == WAREHOUSE:
                self.counted[sku, at] += on_hand
                self.shelves[sku, at] += on_hand
            elif ref.startswith(tuple(TILL_ROWS)) and ref.count("/") == TILL_ROWS[ref.split("/")[0] + "/"]:
                channel, _, row = ref.partition("/")
                self.till_rows.setdefault((channel, row), Counter())[sku, at] += on_hand
                self.new_rows.add((channel, row))
                self.shelves[sku, at] += on_hand
            elif ref.startswith(LINES):
                channel, _shop, order, line = ref.split("/")
                key = ((channel, order, line), sku)
                hand, held = self.moved.get(key, (0, 0))
                self.moved[key] = (hand + on_hand, held + allocated)
                self.shelves[sku, at] += on_hand
            elif ref.startswith("hand/"):
                mine = self.own.setdefault(int(ref.split("/")[2]), {})
                hand, held = mine.get(sku, (0, 0))
                mine[sku] = (hand + on_hand, held + allocated)
                self.own_shelves.setdefault(int(ref.split("/")[2]), Counter())[sku, at] += on_hand
                self.shelves[sku, at] += on_hand
            elif ref.startswith("move ") or cause == "undone":
                lines = self.undone if cause == "undone" else self.by_line
                lines.setdefault(int(ref.removeprefix("move ")), Counter())[sku, at] += on_hand
                self.written[sku, at] += on_hand

    def _look_at_lines(self) -> list[LineId]:
        query = """SELECT channel, "order", line, open, shipped, returned FROM order_line WHERE channel <> 'hand'"""
        rows = self.database.execute(query).fetchall()
        if rows == self._line_rows:
            return []
        self._line_rows = rows
        changed = []
        for channel, order, line, *left in rows:
            key, now = (channel, order, line), (left[0], left[1], left[2])
            if self.lines.get(key) != now:
                self.lines[key] = now
                changed.append(key)
        return changed

    def new_edits(self) -> list[tuple[str, str, str]]:
        newest = self.one("SELECT coalesce(max(id), 0) FROM edit")
        if newest == self.last_edit:
            return []
        query = (
            "SELECT id, sku, location, after FROM edit WHERE id > ? AND outcome IN ('applied', 'waiting') ORDER BY id"
        )
        found = self.database.execute(query, (self.last_edit,)).fetchall()
        self.last_edit = newest
        return [(sku, at, after) for _, sku, at, after in found]

    def see_wanted(self, names: dict[tuple[str, str], Listing], now: datetime) -> list[Listing]:
        """Note when a wanted quantity rises; the listings whose wanted quantity changed."""
        changed = []
        for channel, number, state in self._rows(LISTINGS):
            known = _known(state)
            listing, new = names.get((channel, number)), known["wanted"]
            if listing is None:
                continue  # what Amazon ships is nothing of ours
            self.gaps[channel] += bool(known["unseen"])
            if any(each[3] for each in known["unseen"]):
                self.doubted.add(listing)
            old = self.wanted.get(listing)
            if new != old:
                changed.append(listing)
                if new is not None and (old is None or new > old):
                    self.rose_at[listing] = now
                self.wanted[listing] = new
        return changed

    def watermarks(self) -> dict[str, datetime]:
        """How far the orders of each channel are complete."""
        rows = self.database.execute("SELECT name, watermark FROM channel")
        return {name: datetime.fromisoformat(at) for name, at in rows}

    def shown_at(self) -> dict[tuple[str, str], str]:
        """When each listing's number was last read."""
        return {(channel, number): _known(state)["shown_at"] or "" for channel, number, state in self._rows(LISTINGS)}

    def open_questions(self) -> list[tuple[int, str, str, Mapping[str, Any]]]:
        query = "SELECT id, kind, subject, data FROM exception WHERE closed_at IS NULL ORDER BY id"
        return [(number, kind, about, _known(data)) for number, kind, about, data in self._rows(query)]

    def stocked(self, sku: str, at: str) -> bool:
        """Whether a number was ever taken in there."""
        query = "SELECT 1 FROM balance WHERE sku = ? AND location = ? AND typed IS NOT NULL"
        return self.database.execute(query, (sku, at)).fetchone() is not None

    def in_force(self, sku: str) -> dict[str, int]:
        """What each cell of a product should show, by all that was read and written; empty where none ever counted."""
        query = "SELECT location, typed, last FROM balance JOIN sku USING (sku) WHERE sku = ? AND typed IS NOT NULL"
        return {at: typed + json.loads(last).get(at, 0) for at, typed, last in self.database.execute(query, (sku,))}

    def finding(self, sku: str, at: str) -> bool:
        query = "SELECT 1 FROM finding WHERE sku = ? AND location = ?"
        return self.database.execute(query, (sku, at)).fetchone() is not None

    def two_readings(self) -> set[Cell]:
        """Cells about which a person is asked which of two readings is right."""
        return {(data["sku"], data["location"]) for _, kind, _, data in self.open_questions() if kind == "two readings"}

    def contained(self, sku: str, at: str, lock: str) -> int | None:
        """How much of what a cell under this token shows was booked or brought by a write; None where that is not
        known."""
        query = "SELECT contains FROM amount WHERE sku = ? AND number = ?"
        found = self.database.execute(query, (sku, int(lock[2:]) if lock[2:].isdigit() else 0)).fetchone()
        return None if found is None else int(json.loads(found[0]).get(at, 0))

    def expected(self, sku: str, at: str, lock: str) -> int | None:
        """What a cell under this token should show, by all that was read of it; None where that is not known."""
        query = "SELECT typed FROM balance WHERE sku = ? AND location = ? AND typed IS NOT NULL"
        found, contained = self.database.execute(query, (sku, at)).fetchone(), self.contained(sku, at, lock)
        return None if found is None or contained is None else int(found[0]) + contained

    def in_question(self, sku: str, at: str) -> bool:
        """Whether an edit of the cell waits for the answer about the paste it came with."""
        query = "SELECT 1 FROM questioned WHERE sku = ? AND location = ? AND NOT refused"
        return self.database.execute(query, (sku, at)).fetchone() is not None

    def asked_together(self, kind: str) -> dict[Cell, tuple[int, int]]:
        """What would be typed by the cells that such a question is about, and what was booked off until the answer."""
        query = (
            "SELECT sku, location, typed, lowered FROM questioned JOIN exception ON exception.id = questioned.question"
            " WHERE kind = ?"
        )
        return {(sku, at): (typed, lowered) for sku, at, typed, lowered in self.database.execute(query, (kind,))}

    def synced(self) -> str:
        """When the touch of 今すぐ同期 was that every mall has answered; "" where there is none."""
        found = self._rows("SELECT value FROM meta WHERE key = 'sync now'")
        known = json.loads(found[0][0]) if found else {"at": None, "done": {}}
        done = [mall for mall, each in known["done"].items() if each["of"] == known["at"]]
        return known["at"] if known["at"] and len(done) == len(CHANNELS) else ""

    def noted(self, channel: str) -> str:
        """What is remembered of a partner's files, as text."""
        rows = self.database.execute("SELECT key, value FROM note WHERE channel = ?", (channel,))
        return "".join(value for key, value in rows if key in ("changes", "orders"))

    def refused(self) -> set[tuple[str, str]]:
        """Listings that are tried again once a minute only."""
        query = "SELECT channel, id FROM listing WHERE refused <> ''"
        return {(channel, number) for channel, number in self.database.execute(query)}

    def waiting(self) -> list[str]:
        """Everything that is still under way or unsettled."""
        tables = {"row update": "SELECT sku FROM row_intent", "push": "SELECT channel FROM push_intent",
                  "finding": "SELECT sku || ' ' || location FROM finding",
                  "edit": "SELECT sku || ' ' || location FROM edit WHERE outcome = 'waiting'"}  # fmt: skip
        found = [f"{what} {row[0]}" for what, query in tables.items() for row in self.database.execute(query)]
        return found + [f"question {kind} {about}" for _, kind, about, _ in self.open_questions()]


def sheet_row_of(text: Mapping[str, str], _entered: Mapping[str, object]) -> SheetRow | None:
    """A row by its headers: what its cells show; None where nothing of a product stands there."""
    numbers = {where: text[where] for where in LOCATIONS}
    if not (text["商品名"] or text["SKU"] or text["ロック"] or any(numbers.values())):
        return None
    return SheetRow(text["商品名"], text["SKU"], text["ロック"], text["引当"], numbers, text.get(ENTRY, ""))


def own_lines(shelves: Mapping[int, Counter[Cell]], but: Container[int]) -> Counter[Cell]:
    """What lines that people wrote into 受注 took from the shelves, but for these."""
    found: Counter[Cell] = Counter()
    for number, moved in shelves.items():
        if number not in but:
            found.update(moved)
    return found


def told_by(channel: str, orders: list[Any], returned: Counter[LineId]) -> Iterator[tuple[LineId, Listing, Left]]:
    """Every order line as the mall's own records have it. `returned`: units that came back to us."""
    for order in orders:
        for line in order.lines:
            key = line_id(channel, order, line)
            yield key, (channel, line.listing), (line.open, line.shipped, returned[key])


def line_id(channel: str, order: Order, line: Line) -> LineId:
    """As the ledger names it."""
    if isinstance(line, RakutenLine):
        return channel, order.id, f"{line.basket}-{line.line_id}"
    if isinstance(line, ShopifyLine):
        return channel, order.id.rsplit("/", 1)[1], line.line_id.rsplit("/", 1)[1]
    return channel, order.id, line.line_id


def proved(rose_at: datetime | None, complete: datetime | None, lag: float) -> bool:
    return rose_at is None or (complete is not None and complete - timedelta(seconds=lag) >= rose_at)


__all__ = [
    "CHANGED",
    "ENTRY",
    "LedgerEye",
    "Model",
    "SheetRow",
    "line_id",
    "own_lines",
    "proved",
    "sheet_row_of",
    "told_by",
]
