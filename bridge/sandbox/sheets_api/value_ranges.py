"""ValueRanges: the plain values of an area as Google gives them, and the writing of plain values into one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .a1 import Box, column_name, range_name
from .batch import Edit
from .book import boxed
from .call import chosen
from .cell_edits import write_values
from .cells import CellError, Formula, plain_number
from .errors import Json, invalid
from .number_format import default_pattern, format_number
from .shape import insert
from .sheet import Area, Sheet
from .view import View, displayed

DIMENSIONS = ("ROWS", "DIMENSION_UNSPECIFIED", "COLUMNS")
RENDERINGS = ("FORMATTED_VALUE", "UNFORMATTED_VALUE", "FORMULA")
MOMENTS = ("SERIAL_NUMBER", "FORMATTED_STRING")
INPUTS = ("INPUT_VALUE_OPTION_UNSPECIFIED", "RAW", "USER_ENTERED")
INSERTIONS = ("OVERWRITE", "INSERT_ROWS")
_MOMENT_TYPES = ("DATE", "TIME", "DATE_TIME")


@dataclass(frozen=True)
class Rendering:
    """How values are to be given."""

    major: str = "ROWS"
    values: str = "FORMATTED_VALUE"
    moments: str = "SERIAL_NUMBER"

    @classmethod
    def of(cls, options: Json) -> Rendering:
        return cls(
            chosen(options, "majorDimension", DIMENSIONS),
            chosen(options, "valueRenderOption", RENDERINGS),
            chosen(options, "dateTimeRenderOption", MOMENTS),
        )

    @classmethod
    def of_echo(cls, options: Json) -> Rendering:
        """For values that were just written."""
        return cls(
            "ROWS",
            chosen(options, "responseValueRenderOption", RENDERINGS),
            chosen(options, "responseDateTimeRenderOption", MOMENTS),
        )


def named(area: Area) -> str:
    return range_name(area.sheet.title, area.top, area.left, area.bottom, area.right)


def value_range(view: View, area: Area, rendering: Rendering) -> Json:
    """Blank ends of rows, and blank rows at the end, are left out; values, where there is none."""
    rows = [
        [_shown(view, area.sheet, row, column, rendering) for column in range(area.left, area.right)]
        for row in range(area.top, min(area.bottom, area.sheet.filled_rows()))
    ]
    by_columns = rendering.major == "COLUMNS"
    if by_columns:
        rows = [list(column) for column in zip(*rows, strict=True)]
    values = _without_blank_end([_without_blank_end(row, "") for row in rows], [])
    result: Json = {"range": named(area), "majorDimension": "COLUMNS" if by_columns else "ROWS"}
    if values:
        result["values"] = values
    return result


def _without_blank_end(items: list[Any], blank: Any) -> list[Any]:
    end = len(items)
    while end and items[end - 1] == blank:
        end -= 1
    return items[:end]


def _shown(view: View, sheet: Sheet, row: int, column: int, rendering: Rendering) -> Any:
    cell = sheet.cell(row, column)
    if cell.entered is None:
        return ""
    if rendering.values == "FORMULA" and isinstance(cell.entered, Formula):
        return cell.entered.text
    value = view.value(sheet, row, column, cell)
    if rendering.values == "FORMATTED_VALUE":
        return displayed(value, cell, view.locale)
    if isinstance(value, CellError):
        return value.text
    if isinstance(value, float):
        kind = cell.number_format.get("type", "")
        if rendering.moments == "FORMATTED_STRING" and kind in _MOMENT_TYPES:
            pattern = cell.number_format.get("pattern") or default_pattern(kind, view.locale)
            return format_number(value, pattern, view.locale)
        return plain_number(value)
    return "" if value is None else value


def input_option(source: Json) -> bool:
    """Whether the values are to be understood as if typed; the caller must say."""
    option = chosen(source, "valueInputOption", INPUTS)
    if option == "INPUT_VALUE_OPTION_UNSPECIFIED":
        raise invalid("'valueInputOption' is required but not specified")
    return option == "USER_ENTERED"


def rows_of(body: Json) -> list[list[Any]]:
    rows: list[list[Any]] = body.get("values", [])
    if chosen(body, "majorDimension", DIMENSIONS) != "COLUMNS":
        return rows
    height = max(map(len, rows), default=0)
    return [[column[row] if row < len(column) else None for column in rows] for row in range(height)]


def write(edit: Edit, sheet: Sheet, box: Box, body: Json, typed: bool) -> Area:
    """Write one ValueRange from the box's corner on; the area that was written."""
    rows = rows_of(body)
    height, width = len(rows), max(map(len, rows), default=0)
    area = boxed(sheet, box)
    _check_fit(area, box, height, width)
    target = edit.place(sheet, area.top, area.left, height, width)
    write_values(edit, target, rows, typed)
    return target


def _check_fit(area: Area, box: Box, height: int, width: int) -> None:
    """A closed range bounds what may be written; a single cell is only the place to begin at."""
    if area.height == area.width == 1:
        return
    if box.bottom is not None and height > area.height:
        raise invalid(f"Requested writing within range [{named(area)}], but tried writing to row [{area.bottom + 1}]")
    if box.right is not None and width > area.width:
        column = column_name(area.right)
        raise invalid(f"Requested writing within range [{named(area)}], but tried writing to column [{column}]")


def append_below(edit: Edit, area: Area, body: Json, typed: bool, insert_rows: bool) -> tuple[Area | None, Area]:
    """Write below the last table in the area, else at its corner: (the table, the area written)."""
    sheet, table = area.sheet, last_table(area)
    top, left = (table.bottom, table.left) if table else (area.top, area.left)
    rows = rows_of(body)
    height, width = len(rows), max(map(len, rows), default=0)
    if insert_rows and top < len(sheet.rows) and height:
        insert(edit.book, sheet, True, top, height, max(top - 1, 0))
    sheet.grow(top + height, left + width)
    target = edit.place(sheet, top, left, height, width)
    write_values(edit, target, rows, typed)
    return table, target


def last_table(area: Area) -> Area | None:
    """The table that reaches lowest into the area: cells that hang together, corners included."""
    sheet = area.sheet
    for row in range(min(area.bottom, sheet.last_value_row()) - 1, area.top - 1, -1):
        for column in range(area.left, area.right):
            if sheet.cell(row, column).entered is not None:
                return _table_around(sheet, row, column)
    return None


def _table_around(sheet: Sheet, row: int, column: int) -> Area:
    """Grow a rectangle until the ring around it is blank."""
    table = Area(sheet, row, column, row + 1, column + 1)
    while True:
        ring = Area(
            sheet,
            max(table.top - 1, 0),
            max(table.left - 1, 0),
            min(table.bottom + 1, len(sheet.rows)),
            min(table.right + 1, len(sheet.columns)),
        )
        grown = _filled_part(ring, table)
        if grown == table:
            return table
        table = grown


def _filled_part(ring: Area, table: Area) -> Area:
    """The table widened to every filled cell of the ring."""
    filled = [
        (row, ring.left + offset)
        for row, cells in enumerate(ring.rows(), ring.top)
        for offset, cell in enumerate(cells)
        if cell.entered is not None
    ]
    rows, columns = [row for row, _ in filled], [column for _, column in filled]
    return Area(
        table.sheet,
        min(table.top, *rows),
        min(table.left, *columns),
        max(table.bottom, *(row + 1 for row in rows)),
        max(table.right, *(column + 1 for column in columns)),
    )
