"""What a version of a spreadsheet shows: effective values, formulas evaluated when looked at, and displayed texts."""

from __future__ import annotations

from datetime import datetime

from . import functions  # noqa: F401  (it registers the functions that formulas call)
from .a1 import Box
from .book import Book
from .cells import Cell, CellError, Formula, Scalar
from .formula import Block, FormulaError, Value, compiled, single
from .number_format import default_pattern, format_number, format_text, general
from .sheet import Sheet
from .zones import zone

CellId = tuple[int, int, int]
"""sheetId, row, column"""


class View:
    """Values are remembered for one look only: NOW() moves on, and a changed cell needs no bookkeeping."""

    def __init__(self, book: Book, now: datetime) -> None:
        self.book = book
        self.locale = book.locale
        self._utc = now
        self._known: dict[CellId, Value] = {}
        self._open: set[CellId] = set()

    def value(self, sheet: Sheet, row: int, column: int, cell: Cell | None = None) -> Value:
        """The effective value."""
        entered = (cell or sheet.cell(row, column)).entered
        if not isinstance(entered, Formula):
            return entered
        place = (sheet.id, row, column)
        if place not in self._known:
            self._known[place] = self._evaluate(place, sheet, entered)
        return self._known[place]

    def holds(self, sheet: Sheet, formula: str) -> bool:
        """Whether a condition is met, as a conditional format asks. One that fails is not."""
        try:
            value = single(compiled(formula)(_Scope(self, sheet)))
        except FormulaError:
            return False
        return value is True or (isinstance(value, float) and value != 0)

    def _evaluate(self, place: CellId, sheet: Sheet, formula: Formula) -> Scalar:
        if place in self._open:
            return CellError("REF", "Circular dependency detected.")
        self._open.add(place)
        try:
            value = single(compiled(formula.text)(_Scope(self, sheet)))
            return 0.0 if value is None else float(value) if type(value) is int else value
        except FormulaError as problem:
            return problem.error
        except RecursionError:
            return CellError("REF", "Circular dependency detected.")
        finally:
            self._open.discard(place)

    def text(self, sheet: Sheet, row: int, column: int, cell: Cell | None = None) -> str:
        """What a person sees in the cell."""
        cell = cell or sheet.cell(row, column)
        return displayed(self.value(sheet, row, column, cell), cell, self.locale)

    def now(self) -> datetime:
        """In the spreadsheet's zone, without one, as NOW() counts."""
        return self._utc.astimezone(zone(self.book.properties["timeZone"])).replace(tzinfo=None)


def displayed(value: Value, cell: Cell, locale: str) -> str:
    if value is None:
        return ""
    if isinstance(value, CellError):
        return value.text
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    chosen = cell.number_format
    pattern = (chosen.get("pattern") or default_pattern(chosen["type"], locale)) if chosen else ""
    if isinstance(value, str):
        return format_text(value, pattern) if pattern else value
    return format_number(value, pattern, locale) if pattern else general(value)


class _Scope:
    """The cells as a formula on one sheet sees them."""

    def __init__(self, view: View, sheet: Sheet) -> None:
        self._view = view
        self._sheet = sheet
        self.locale = view.locale

    def block(self, title: str | None, box: Box) -> Block:
        sheet = self._sheet if title is None else self._view.book.titled(title)
        if sheet is None:
            raise FormulaError("REF", f"Unresolved sheet name '{title}'.")
        top, left = box.top or 0, box.left or 0
        if top >= len(sheet.rows) or left >= len(sheet.columns):
            raise FormulaError("REF", "Reference does not exist.")
        bottom = len(sheet.rows) if box.bottom is None else min(box.bottom, len(sheet.rows))
        right = len(sheet.columns) if box.right is None else min(box.right, len(sheet.columns))
        value = self._view.value
        return [[value(sheet, row, column) for column in range(left, right)] for row in range(top, bottom)]

    def now(self) -> datetime:
        return self._view.now()
