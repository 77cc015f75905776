"""The trials of `bridge check --probe`: a table of small functions, each in a block of rows of its own.

Each returns the name of an outcome in sheets_templates/probe.toml. A trial that Google refuses where it should not have
raises BatchRefused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from bridge.domain.reading import CellKind
from bridge.sheet.gateway import BatchRefused, Gateway, Piece, Reply, Request
from bridge.sheet.grid import GridCell, Tab
from bridge.sheet.headings import guarded
from bridge.sheet.layout import Columns
from bridge.sheet.requests import Cells, box, copy_values, replace_one, replace_token, write_cells

SCRATCH = "_bridge_probe"
BLOCK = 14  # rows of one trial
COLUMNS = 8
TEXT_COLUMN = (0, 1)  # text format, as SKU and lock have; the others have none
TURNS = 6  # batches each of two sessions makes at once

# The columns of a block.
LOCK, CODE, NUMBER, COPY, AGAIN = range(5)


@dataclass(frozen=True)
class Bench:
    """Where a trial works. `tab_id`, `other_id`: the scratch tabs; `top`: its first row there."""

    gateway: Gateway
    rival: Gateway
    stranger: Gateway | None
    tab_id: int
    other_id: int
    top: int = 0

    def block(self, number: int) -> Bench:
        return replace(self, top=number * BLOCK)

    # --- requests, in rows of this block -----------------------------------------------------------------------------

    def cells(self, cells: Cells, tab_id: int | None = None) -> list[Request]:
        moved = {(self.top + row, column): value for (row, column), value in cells.items()}
        return write_cells(self.tab_id if tab_id is None else tab_id, moved)

    def formula(self, row: int, column: int, text: str) -> Request:
        start = {"sheetId": self.tab_id, "rowIndex": self.top + row, "columnIndex": column}
        rows = [{"values": [{"userEnteredValue": {"formulaValue": text}}]}]
        return {"updateCells": {"start": start, "rows": rows, "fields": "userEnteredValue"}}

    def box(self, rows: tuple[int, int], columns: tuple[int, int]) -> dict[str, int]:
        return box(self.tab_id, (self.top + rows[0], self.top + rows[1]), columns)

    def swap(self, old: str, new: str) -> Request:
        """The bridge's own way: over the whole lock column, by content."""
        return replace_token(self.tab_id, LOCK, 0, old, new)

    def retype(self, row: int, column: int, old: str, new: str) -> Request:
        """What findReplace puts in is understood as if it were typed."""
        return replace_one(self.tab_id, column, self.top + row, old, new)

    def copy(self, row: int, column: int, to_row: int, to_column: int, height: int = 1) -> Request:
        source = self.box((row, row + height), (column, column + 1))
        return copy_values(source, self.tab_id, self.top + to_row, to_column)

    # --- calls -------------------------------------------------------------------------------------------------------

    def send(self, *requests: Request, by: Gateway | None = None) -> Reply:
        return (by or self.gateway).write(requests)

    def shown(self) -> Shown:
        """The block as one read shows it."""
        return Shown(self.gateway.read([Piece(self.tab_id)]).tabs[self.tab_id], self.top)

    def hide_middle(self, *requests: Request) -> Shown:
        """Three rows with a code each; a filter hides the second. Returns what then shows."""
        codes = self.cells({(0, CODE): "code", (1, CODE): "c", (2, CODE): "hide", (3, CODE): "a"})
        held = {"range": self.box((0, 4), (LOCK, COLUMNS)), "criteria": {str(CODE): {"hiddenValues": ["hide"]}}}
        self.send(*codes, *requests)
        self.send({"setBasicFilter": {"filter": held}})
        return self.shown()


@dataclass(frozen=True)
class _Headed:
    tab: Tab
    columns: Columns


@dataclass(frozen=True)
class Shown:
    """One look at a block."""

    tab: Tab
    top: int

    def cell(self, row: int, column: int) -> GridCell:
        return self.tab.cell(self.top + row, column)

    def text(self, row: int, column: int) -> str:
        return self.tab.text(self.top + row, column)

    def column(self, column: int, rows: Sequence[int]) -> list[str]:
        return [self.text(row, column) for row in rows]

    def hidden(self, row: int) -> bool:
        return self.top + row in self.tab.hidden


# --- batches ---------------------------------------------------------------------------------------------------------


def _order(bench: Bench) -> str:
    bench.send(*bench.cells({(0, CODE): "first"}), *bench.cells({(0, CODE): "second"}))
    return "kept" if bench.shown().text(0, CODE) == "second" else "shuffled"


def _all_or_nothing(bench: Bench) -> str:
    nowhere: Request = {"deleteSheet": {"sheetId": 2**31 - 2}}
    try:
        bench.send(*bench.cells({(0, CODE): "written"}), nowhere)
    except BatchRefused:
        return "partly" if bench.shown().text(0, CODE) else "nothing"
    return "accepted"


def _earlier_effects(bench: Bench) -> str:
    bench.send(*bench.cells({(0, LOCK): "✓ 301"}), bench.swap("✓ 301", "🔒 302"))
    return "seen" if bench.shown().text(0, LOCK) == "🔒 302" else "unseen"


def _answer(bench: Bench) -> str:
    tab = bench.shown().tab
    reply = bench.gateway.write(bench.cells({(0, CODE): "after"}), [(tab, Piece(bench.tab_id))])
    answered = reply.snapshot.tabs.get(bench.tab_id)
    return "after" if answered is not None and Shown(answered, bench.top).text(0, CODE) == "after" else "before"


# --- findReplace -----------------------------------------------------------------------------------------------------


def _count(bench: Bench) -> str:
    bench.send(*bench.cells({(0, LOCK): "✓ 40", (1, LOCK): "✓ 40", (2, LOCK): "✓ 401", (3, LOCK): "x✓ 40"}))
    reply = bench.send(bench.swap("✓ 40", "🔒 41"))
    if bench.shown().column(LOCK, range(4)) != ["🔒 41", "🔒 41", "✓ 401", "x✓ 40"]:
        return "wrong"
    return "exact" if _replaced(reply) == 2 else "uncounted"


def _replaced(reply: Reply) -> int:
    return int(reply.replies[0].get("findReplace", {}).get("occurrencesChanged", 0)) if reply.replies else 0


def _count_of_none(bench: Bench) -> str:
    try:
        reply = bench.send(bench.swap("✓ nowhere", "🔒 51"))
    except BatchRefused:
        return "refused"
    return "counted" if _replaced(reply) else "omitted"


def _blank_cell(bench: Bench) -> str:
    bench.send(*bench.cells({(0, LOCK): "✓ 60"}))
    bench.send(bench.retype(0, LOCK, "", "✓ 61"), bench.retype(1, LOCK, "", "✓ 62"))
    shown = bench.shown()
    if shown.text(0, LOCK) != "✓ 60":
        return "wrong"
    return "filled" if shown.text(1, LOCK) == "✓ 62" else "left"


def _hidden_by_person(bench: Bench) -> str:
    rows = {"sheetId": bench.tab_id, "dimension": "ROWS", "startIndex": bench.top + 1, "endIndex": bench.top + 2}
    hide = {"range": rows, "properties": {"hiddenByUser": True}, "fields": "hiddenByUser"}
    bench.send(*bench.cells({(0, LOCK): "✓ 70", (1, LOCK): "✓ 70"}), {"updateDimensionProperties": hide})
    bench.send(bench.swap("✓ 70", "🔒 71"))
    return "reached" if bench.shown().text(1, LOCK) == "🔒 71" else "skipped"


def _hidden_by_filter(bench: Bench) -> str:
    if not bench.hide_middle(*bench.cells({(1, LOCK): "✓ 80", (2, LOCK): "✓ 80"})).hidden(2):
        return "shown"
    bench.send(bench.swap("✓ 80", "🔒 81"))
    return "reached" if bench.shown().text(2, LOCK) == "🔒 81" else "skipped"


def _protected(bench: Bench) -> str:
    if bench.stranger is None:
        return "untried"
    editors = {"users": [bench.gateway.account]}  # without names everybody who may edit the spreadsheet stays one
    held = {"range": bench.box((0, 1), (LOCK, CODE)), "description": "bridge check --probe", "editors": editors}
    bench.send(*bench.cells({(0, LOCK): "✓ 90"}), {"addProtectedRange": {"protectedRange": held}})
    try:
        bench.send(*bench.cells({(0, LOCK): "✓ 90"}), by=bench.stranger)
        return "open"
    except BatchRefused:
        pass
    try:
        bench.send(bench.swap("✓ 90", "🔒 91"), by=bench.stranger)
    except BatchRefused:
        return "refused"
    return "written" if bench.shown().text(0, LOCK) == "🔒 91" else "skipped"


def _searched(bench: Bench) -> str:
    look = {"userEnteredFormat": {"numberFormat": {"type": "NUMBER", "pattern": '0"個"'}}}
    area = bench.box((0, 1), (NUMBER, NUMBER + 1))
    shape: Request = {"repeatCell": {"range": area, "cell": look, "fields": "userEnteredFormat.numberFormat"}}
    bench.send(*bench.cells({(0, NUMBER): 5}), shape)
    bench.send(bench.retype(0, NUMBER, "5個", "6"))
    return "displayed" if bench.shown().cell(0, NUMBER).raw.value == 6 else "entered"


# --- copies, filters, sorts ------------------------------------------------------------------------------------------


def _copying_filtered(bench: Bench) -> str:
    numbers = bench.cells({(1, NUMBER): 11, (2, NUMBER): 12, (3, NUMBER): 13})
    if not bench.hide_middle(*numbers).hidden(2):
        return "shown"
    try:
        bench.send(*bench.cells({(8, CODE): "written"}), bench.copy(1, NUMBER, 8, NUMBER, height=3))
    except BatchRefused:
        return "partly" if bench.shown().text(8, CODE) else "refused"
    return "whole" if bench.shown().column(NUMBER, (8, 9, 10)) == ["11", "12", "13"] else "gaps"


def _moved_column(bench: Bench) -> str:
    """The bridge's own guard, in the other tab; two headings change places behind its back."""
    bench.send(*bench.cells({(0, CODE): "first", (0, NUMBER): "second"}))
    tab = bench.shown().tab
    seen = _Headed(tab, Columns(bench.top, {"first": CODE, "second": NUMBER}))
    bench.send(*guarded(bench.cells({(1, NUMBER): 1}), [seen], bench.other_id))
    if bench.shown().text(1, NUMBER) != "1":
        return "lost"
    bench.send(*bench.cells({(0, CODE): "second", (0, NUMBER): "first"}))
    try:
        bench.send(*guarded(bench.cells({(1, NUMBER): 2}), [seen], bench.other_id))
    except BatchRefused:
        return "refused"
    return "written"


def _writing_filtered(bench: Bench) -> str:
    if not bench.hide_middle().hidden(2):
        return "shown"
    try:
        bench.send(*bench.cells({(1, NUMBER): 21, (2, NUMBER): 22, (3, NUMBER): 23}))
    except BatchRefused:
        return "refused"
    return "written" if bench.shown().column(NUMBER, (1, 2, 3)) == ["21", "22", "23"] else "skipped"


def _copying(bench: Bench) -> str:
    first, second = bench.cells({(0, NUMBER): 1}), bench.cells({(0, NUMBER): 2})
    bench.send(*first, bench.copy(0, NUMBER, 0, COPY), *second, bench.copy(0, NUMBER, 0, AGAIN))
    shown = bench.shown()
    return "now" if (shown.text(0, COPY), shown.text(0, AGAIN)) == ("1", "2") else "stale"


def _copying_formula(bench: Bench) -> str:
    bench.send(bench.formula(0, NUMBER, "=40+2"))
    bench.send(bench.copy(0, NUMBER, 1, COPY))
    raw = bench.shown().cell(1, COPY).raw
    if raw.kind is CellKind.FORMULA:
        return "formula"
    return "value" if raw.value == 42 else "other"


def _sorting(bench: Bench) -> str:
    if not bench.hide_middle().hidden(2):
        return "shown"
    specs = [{"dimensionIndex": CODE, "sortOrder": "ASCENDING"}]
    bench.send({"sortRange": {"range": bench.box((1, 4), (LOCK, COLUMNS)), "sortSpecs": specs}})
    return "left" if bench.shown().column(CODE, (1, 2, 3)) == ["a", "hide", "c"] else "moved"


# --- typed text ------------------------------------------------------------------------------------------------------


def _codes_copied(bench: Bench) -> str:
    bench.send(*bench.cells({(0, CODE): "007"}), bench.copy(0, CODE, 0, LOCK))
    cells = [bench.shown().cell(0, column) for column in (CODE, LOCK)]
    return "kept" if all(cell.raw.kind is CellKind.TEXT and cell.text == "007" for cell in cells) else "lost"


def _codes_typed(bench: Bench) -> str:
    return "kept" if _typed(bench, CODE, "007").raw.kind is CellKind.TEXT else "lost"


def _full_width(bench: Bench) -> str:
    return "number" if _typed(bench, NUMBER, "１２").raw.kind is CellKind.NUMBER else "text"


def _error_typed(bench: Bench) -> str:
    return "error" if _typed(bench, NUMBER, "#REF!").raw.kind is CellKind.ERROR else "text"


def _typed(bench: Bench, column: int, text: str) -> GridCell:
    bench.send(*bench.cells({(0, column): "here"}))
    bench.send(bench.retype(0, column, "here", text))
    return bench.shown().cell(0, column)


# --- tabs and other sessions -----------------------------------------------------------------------------------------


def _tab_by_number(bench: Bench) -> str:
    properties = {"sheetId": bench.tab_id, "title": f"{SCRATCH} 3"}
    rename: Request = {"updateSheetProperties": {"properties": properties, "fields": "title"}}
    bench.send(*bench.cells({(0, CODE): "here"}), rename)
    try:
        return "found" if bench.shown().text(0, CODE) == "here" else "lost"
    except (BatchRefused, KeyError):
        return "lost"


def _one_moment(bench: Bench) -> str:
    """Both tabs bear the same number at every moment; a read that shows two numbers is torn."""

    def change(turn: int) -> list[Request]:
        return [*bench.cells({(0, NUMBER): turn}), *bench.cells({(0, NUMBER): turn}, bench.other_id)]

    bench.send(*change(0))
    with ThreadPoolExecutor(1) as other:
        work = other.submit(lambda: [bench.send(*change(turn), by=bench.rival) for turn in range(1, TURNS + 1)])
        reads = [bench.gateway.read([Piece(bench.tab_id), Piece(bench.other_id)]) for _ in range(TURNS)]
        work.result()
    pairs = [{Shown(read.tabs[n], bench.top).text(0, NUMBER) for n in (bench.tab_id, bench.other_id)} for read in reads]
    return "one" if all(len(pair) == 1 for pair in pairs) else "torn"


def _somebody_else(bench: Bench) -> str:
    """Whoever writes the shared cell first copies what stands there. Every value that ever stood in it is then in
    exactly one copy, but for the one that stands there in the end; and nothing gets between a write and its second
    copy."""

    def turn(number: int, row: int) -> list[Request]:
        before, after = bench.copy(0, NUMBER, row, COPY), bench.copy(0, NUMBER, row, AGAIN)
        return [before, *bench.cells({(0, NUMBER): number}), *_filler(bench, row), after]

    mine, theirs = range(1, TURNS + 1), range(TURNS + 1, 2 * TURNS + 1)
    bench.send(*bench.cells({(0, NUMBER): 1000}))
    with ThreadPoolExecutor(1) as other:
        work = other.submit(lambda: [bench.send(*turn(2000 + row, row), by=bench.rival) for row in theirs])
        for row in mine:
            bench.send(*turn(1000 + row, row))
        work.result()
    shown = bench.shown()
    written = [*(1000 + row for row in mine), *(2000 + row for row in theirs)]
    copies = Counter([*shown.column(COPY, [*mine, *theirs]), shown.text(0, NUMBER)])
    undisturbed = shown.column(AGAIN, [*mine, *theirs]) == [str(number) for number in written]
    return "apart" if undisturbed and copies == Counter(map(str, [1000, *written])) else "mixed"


def _filler(bench: Bench, row: int) -> list[Request]:
    """Work that keeps a batch busy, so that another one has the time to get in between."""
    return [request for n in range(20) for request in bench.cells({(row, COLUMNS - 1): n})]


Trial = Callable[[Bench], str]
TRIALS: Mapping[str, Trial] = {
    "order": _order,
    "all or nothing": _all_or_nothing,
    "earlier effects": _earlier_effects,
    "count": _count,
    "count of none": _count_of_none,
    "blank cell": _blank_cell,
    "rows hidden by a person": _hidden_by_person,
    "rows hidden by a filter": _hidden_by_filter,
    "protected cells": _protected,
    "copying filtered rows": _copying_filtered,
    "moved column": _moved_column,
    "writing filtered rows": _writing_filtered,
    "copying": _copying,
    "copying a formula": _copying_formula,
    "answer of a write": _answer,
    "sorting under a filter": _sorting,
    "one moment": _one_moment,
    "somebody else in that second": _somebody_else,
    "what is searched": _searched,
    "codes copied": _codes_copied,
    "codes typed": _codes_typed,
    "tab by its number": _tab_by_number,
    "full-width digits": _full_width,
    "error typed": _error_typed,
}
