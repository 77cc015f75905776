"""One version of a spreadsheet: its tabs, names and metadata, and how a range finds its cells."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .a1 import Box, parse_box, range_name, split_title
from .errors import ApiError, Json, invalid
from .sheet import BLANK_ROW, PLAIN_COLUMN, Area, Sheet

DEFAULT_ROWS, DEFAULT_COLUMNS = 1000, 26


@dataclass
class Book:
    properties: Json
    """SpreadsheetProperties in Google's JSON: title, locale, timeZone, autoRecalc"""
    sheets: list[Sheet]
    named_ranges: list[Json] = field(default_factory=list)
    metadata: list[Json] = field(default_factory=list)
    """DeveloperMetadata of the spreadsheet, its sheets, rows and columns"""
    next_id: int = 1

    @property
    def locale(self) -> str:
        return str(self.properties["locale"])

    def copy(self) -> Book:
        """A version to change: the cells stay shared."""
        return Book(
            self.properties,
            [sheet.copy() for sheet in self.sheets],
            list(self.named_ranges),
            list(self.metadata),
            self.next_id,
        )

    def new_id(self) -> int:
        """Ids look random, as Google's do, so that nobody mistakes them for positions."""
        self.next_id += 1
        return self.next_id * 48271 * 16807 % 2147483647

    def sheet(self, sheet_id: int) -> Sheet:
        for sheet in self.sheets:
            if sheet.id == sheet_id:
                return sheet
        raise invalid(f"No grid with id: {sheet_id}")

    def titled(self, title: str) -> Sheet | None:
        return next((sheet for sheet in self.sheets if sheet.title.lower() == title.lower()), None)

    def area(self, grid_range: Json) -> Area:
        """The cells of a GridRange; where an edge is left out, to the end of the grid."""
        return boxed(
            self.sheet(grid_range.get("sheetId", 0)),
            Box(
                grid_range.get("startRowIndex"),
                grid_range.get("startColumnIndex"),
                grid_range.get("endRowIndex"),
                grid_range.get("endColumnIndex"),
            ),
        )

    def find(self, a1: str) -> tuple[Sheet, Box]:
        """What an A1 text means: a range with or without title, a named range, a tab."""
        title, rest = split_title(a1)
        if title is None:
            box = parse_box(rest)
            if box is not None:
                return self.sheets[0], box
            return self._by_name(a1)
        sheet = self.titled(title)
        box = parse_box(rest) if rest else Box()
        if sheet is not None and box is not None:
            return sheet, box
        found = self._named(rest) if sheet is not None else None
        if found is None:
            raise unparsable(a1)
        return found

    def _by_name(self, text: str) -> tuple[Sheet, Box]:
        found, sheet = self._named(text), self.titled(text)
        if found is not None:
            return found
        if sheet is None:
            raise unparsable(text)
        return sheet, Box()

    def _named(self, text: str) -> tuple[Sheet, Box] | None:
        """The cells of a named range; Google finds it behind any tab's title, too."""
        for named in self.named_ranges:
            if named["name"].lower() == text.lower():
                area = self.area(named["range"])
                return area.sheet, area.box
        return None

    def a1_area(self, a1: str) -> Area:
        return boxed(*self.find(a1))


def unparsable(a1: str) -> ApiError:
    return invalid(f"Unable to parse range: {a1}")


def boxed(sheet: Sheet, box: Box) -> Area:
    """A range must begin inside the grid; where it ends beyond, the grid's end counts."""
    rows, columns = len(sheet.rows), len(sheet.columns)
    top, left = box.top or 0, box.left or 0
    bottom = rows if box.bottom is None else box.bottom
    right = columns if box.right is None else box.right
    if top >= rows or left >= columns:
        raise beyond_grid(sheet, top, left, bottom, right)
    if bottom <= top or right <= left:
        raise invalid("The range must not be empty: its end lies before its start.")
    return Area(sheet, top, left, min(bottom, rows), min(right, columns))


def beyond_grid(sheet: Sheet, top: int, left: int, bottom: int, right: int) -> ApiError:
    name = range_name(sheet.title, top, left, max(bottom, top + 1), max(right, left + 1))
    rows, columns = len(sheet.rows), len(sheet.columns)
    return invalid(f"Range ({name}) exceeds grid limits. Max rows: {rows}, max columns: {columns}")


def to_grid_range(area: Area) -> Json:
    return {
        "sheetId": area.sheet.id,
        "startRowIndex": area.top,
        "endRowIndex": area.bottom,
        "startColumnIndex": area.left,
        "endColumnIndex": area.right,
    }


def placed(value: Any) -> Any:
    """Ranges and coordinates as Google tells them: a tab's id of 0 goes without saying, an edge of 0 doesn't."""
    if isinstance(value, list):
        return [placed(item) for item in value]
    if isinstance(value, dict):
        return {name: placed(part) for name, part in value.items() if name != "sheetId" or part}
    return value


def new_sheet(sheet_id: int, title: str, rows: int = DEFAULT_ROWS, columns: int = DEFAULT_COLUMNS) -> Sheet:
    properties = {"sheetId": sheet_id, "title": title, "sheetType": "GRID"}
    return Sheet(properties, [BLANK_ROW] * rows, [PLAIN_COLUMN] * columns)


def first_title(locale: str) -> str:
    return "シート1" if locale.startswith("ja") else "Sheet1"
