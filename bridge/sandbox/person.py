"""A person at the browser, before the live sheet: no caller of the API, so neither its quota nor its delays are theirs.

The cell typed into stays the same cell while others sort and insert rows: it is found by what its row is. What is typed
into a stock cell is noted in the staff's log, from which a verdict is counted.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from bridge.sandbox.sheets_api import Spreadsheet
from bridge.sandbox.sheets_api.batch import Edit
from bridge.sandbox.sheets_api.sheet import Sheet
from bridge.sandbox.sheets_api.view import View
from bridge.sandbox.staff import Staff
from bridge.sandbox.staff_table import CODE, HEADER_ROWS


@dataclass(frozen=True)
class Entry:
    """`row`, `column`: where the person saw the cell (0-based) · `key_column`, `key`: the column that tells rows apart,
    and what it showed there."""

    tab: int
    row: int
    column: int
    key_column: int
    key: str
    text: str


class Moved(ValueError):
    """The row is no longer there, or there are several like it: nothing was typed."""


@dataclass(frozen=True)
class Person:
    """`user`: the account they are signed in with · `staff`: whose log notes what is typed; none without them."""

    spreadsheet: Spreadsheet
    user: str
    staff: Staff | None = None

    def type(self, entry: Entry) -> str:
        """What the cell shows then. Raises Moved; ApiError where it is protected against them."""

        def work(edit: Edit) -> str:
            sheet, view = edit.book.sheet(entry.tab), edit.view()
            row = _row(view, sheet, entry)
            before = view.text(sheet, row, entry.column)
            sheet.grow(row + 1, entry.column + 1)
            edit.place(sheet, row, entry.column, 1, 1)
            cell = sheet.cell(row, entry.column)
            sheet.put(row, entry.column, edit.typed(cell, entry.text, edit.today()))
            after = edit.view().text(sheet, row, entry.column)
            if self.staff is not None and sheet.title == self.staff.headers.table:
                _note(self.staff, _headers(view, sheet), view, sheet, row, entry.column, before, after)
            return after

        shown: str = self.spreadsheet.change(work, self.user)
        return shown


def _row(view: View, sheet: Sheet, entry: Entry) -> int:
    def is_it(row: int) -> bool:
        return view.text(sheet, row, entry.key_column) == entry.key

    if is_it(entry.row):
        return entry.row
    found = [row for row in range(sheet.last_value_row()) if is_it(row)] if entry.key else []
    if len(found) != 1:
        raise Moved(f"{len(found)} rows show {entry.key!r}")
    return found[0]


def _headers(view: View, sheet: Sheet) -> dict[str, int]:
    for row in range(min(HEADER_ROWS, len(sheet.rows))):
        texts = [view.text(sheet, row, column) for column in range(len(sheet.columns))]
        if CODE in texts:
            return {text: column for column, text in enumerate(texts) if text}
    return {}


def _note(
    staff: Staff, at: dict[str, int], view: View, sheet: Sheet, row: int, column: int, before: str, after: str
) -> None:
    """`view`: as it was before."""
    header = next((text for text, place in at.items() if place == column), "")
    sku = view.text(sheet, row, at[CODE]) if CODE in at else ""
    if not sku:
        return
    if header == staff.headers.hold and before != after:
        staff.held(sku, after == "TRUE")
    elif header in (*staff.dials.columns, *staff.headers.others):
        held = staff.headers.hold in at and view.value(sheet, row, at[staff.headers.hold]) is True
        staff.typed(sku, header, before, after, number(before), number(after), draft=held)


def number(text: str) -> int | None:
    """The units that a cell tells, as a person reads it: １２, 1,200 and 12個 are understood. None: it tells none."""
    plain = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "").removesuffix("個")
    return int(plain) if plain.isascii() and plain.isdigit() else None
