"""findReplace: matches what is displayed, types in what comes out, and counts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from .a1 import WHOLE
from .batch import Edit, handles
from .book import boxed
from .cells import Cell, Formula
from .errors import Json, invalid
from .protection import protected
from .sheet import Area
from .view import View

Substitute = Callable[[str], tuple[str, int]]
"""A text → the text with every match replaced, and how many matches there were."""


@dataclass
class _Counts:
    """Members that stay zero are left out of the reply."""

    values: int = 0
    formulas: int = 0
    occurrences: int = 0
    rows: set[tuple[int, int]] = field(default_factory=set)
    sheets: set[int] = field(default_factory=set)

    def reply(self) -> Json:
        counts = {
            "valuesChanged": self.values,
            "formulasChanged": self.formulas,
            "rowsChanged": len(self.rows),
            "sheetsChanged": len(self.sheets),
            "occurrencesChanged": self.occurrences,
        }
        return {name: count for name, count in counts.items() if count}


@handles(
    "findReplace",
    *("find", "replacement", "matchCase", "matchEntireCell", "searchByRegex", "includeFormulas"),
    *("range", "sheetId", "allSheets"),
)
def find_replace(edit: Edit, body: Json) -> Json:
    substitute = _substitute(
        body.get("find", ""),
        body.get("replacement", ""),
        body.get("matchCase", False),
        body.get("matchEntireCell", False),
        body.get("searchByRegex", False),
    )
    formulas = body.get("includeFormulas", False)
    counts, view, today = _Counts(), edit.view(), edit.today()
    for area in _areas(edit, body):
        sheet = area.sheet
        for row, column, cell in _candidates(edit, area, blanks=substitute("")[1] > 0):
            if isinstance(cell.entered, Formula) and not formulas:
                continue
            new, occurrences = substitute(_compared(edit, view, area, row, column, cell))
            if not occurrences:
                continue
            if not edit.may_write(Area(sheet, row, column, row + 1, column + 1)):
                if edit.switches.find_replace_on_protected == "refuse":
                    raise protected()
                if edit.switches.find_replace_on_protected == "skip":
                    continue
            sheet.put(row, column, edit.typed(cell, new, today))
            counts.occurrences += occurrences
            counts.rows.add((sheet.id, row))
            counts.sheets.add(sheet.id)
            if isinstance(cell.entered, Formula):
                counts.formulas += 1
            else:
                counts.values += 1
    return {"findReplace": counts.reply()}


def _areas(edit: Edit, body: Json) -> list[Area]:
    scopes = [name for name in ("range", "sheetId", "allSheets") if name in body]
    if len(scopes) != 1:
        raise invalid("Exactly one of range, sheetId and allSheets must be set.")
    if "range" in body:
        return [edit.book.area(body["range"])]
    sheets = edit.book.sheets if body.get("allSheets") else [edit.book.sheet(body.get("sheetId", 0))]
    return [boxed(sheet, WHOLE) for sheet in sheets]


def _candidates(edit: Edit, area: Area, blanks: bool) -> Iterator[tuple[int, int, Cell]]:
    """The cells to look at; blank ones only where the search can match them."""
    for index in range(area.top, area.bottom if blanks else min(area.bottom, area.sheet.filled_rows())):
        row = area.sheet.rows[index]
        if row.hidden_by_filter and not edit.switches.find_replace_reaches_filtered_rows:
            continue
        if row.hidden_by_user and not edit.switches.find_replace_reaches_hidden_rows:
            continue
        cells = row.span(area.left, area.right) if blanks else row.cells[area.left : area.right]
        for column, cell in enumerate(cells, area.left):
            if blanks or cell.entered is not None:
                yield index, column, cell


def _compared(edit: Edit, view: View, area: Area, row: int, column: int, cell: Cell) -> str:
    """With includeFormulas a formula is searched in its text, as the dialog's "also search within formulas" does."""
    entered = cell.entered
    if entered is None:
        return ""
    if isinstance(entered, Formula):
        return entered.text
    if isinstance(entered, str) and (cell.shows_text_as_is or edit.switches.find_replace_matches == "entered"):
        return entered  # nothing a format could change: by far the most frequent case
    if edit.switches.find_replace_matches == "entered":
        return view.text(area.sheet, row, column, Cell(entered))
    return view.text(area.sheet, row, column, cell)


@lru_cache(maxsize=1024)
def _substitute(find: str, replacement: str, match_case: bool, entire: bool, by_regex: bool) -> Substitute:
    """Cached: a poll's tokens are searched over and over."""
    if not find:
        raise invalid("find must not be empty.")
    if entire and match_case and not by_regex:
        return lambda text: (replacement, 1) if text == find else (text, 0)
    flags = 0 if match_case else re.IGNORECASE
    try:
        pattern = re.compile(find if by_regex else re.escape(find), flags)
    except re.error as problem:
        raise invalid(f"Invalid regular expression: {find} ({problem})") from None
    template = _python_template(replacement) if by_regex else replacement.replace("\\", "\\\\")

    if entire:

        def whole(text: str) -> tuple[str, int]:
            match = pattern.fullmatch(text)
            return (match.expand(template), 1) if match else (text, 0)

        return whole
    return lambda text: pattern.subn(template, text)


def _python_template(replacement: str) -> str:
    r"""Java's `$1` and `\$` as Python writes them."""
    escaped = re.sub(r"\\(.)", lambda m: "\0" + m[1], replacement).replace("\\", "\\\\")
    grouped = re.sub(r"(?<!\0)\$(\d)", r"\\g<\1>", escaped)
    return grouped.replace("\0\\", "\\\\").replace("\0", "")
