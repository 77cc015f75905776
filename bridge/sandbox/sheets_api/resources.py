"""A version of a spreadsheet in Google's JSON: what spreadsheets.get, getByDataFilter and batchUpdate answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from .answers import Written, as_written
from .book import Book, placed
from .cells import Cell, CellError, Formula, to_extended
from .errors import Json
from .formula import Value
from .groups import groups
from .looks import DEFAULT_FORMAT, THEME, effective_format
from .masks import Mask, inside, pruned
from .sheet import ROW_PIXELS, Area, Column, Row, Sheet
from .view import View, displayed


class _Rendered(NamedTuple):
    """A row as it was answered, with what its key names by its id, which is theirs as long as they are kept here.
    `formulas`: where in it one stands · `results`: what those came to."""

    text: Written
    row: Row
    mask: Mask
    formulas: list[int]
    results: list[tuple[type, Value]]


_rendered: dict[tuple[int, int, int, int, str], _Rendered] = {}
MOST_RENDERED = 4096
_PLAIN_ROW = {"pixelSize": ROW_PIXELS}


def spreadsheet_json(spreadsheet_id: str, view: View, areas: list[Area] | None, grid: bool, mask: Mask) -> Json:
    """The spreadsheet; with `areas`, only the tabs they lie on and, with `grid`, only those cells."""
    book = view.book
    result: Json = {
        "spreadsheetId": spreadsheet_id,
        "properties": spreadsheet_properties(book),
        "sheets": [],
        "spreadsheetUrl": f"https://docs.google.com/spreadsheets/d/{spreadsheet_id}/edit",
    }
    if book.named_ranges:
        result["namedRanges"] = placed(book.named_ranges)
    if general := [item for item in book.metadata if item["location"]["locationType"] == "SPREADSHEET"]:
        result["developerMetadata"] = general
    wanted = inside(mask, "sheets")
    if wanted is not None:
        for sheet in book.sheets:
            shown = None if areas is None else [area for area in areas if area.sheet is sheet]
            if shown is None or shown:
                result["sheets"].append(sheet_json(view, sheet, shown, grid, wanted))
    return result


def spreadsheet_properties(book: Book) -> Json:
    return {"defaultFormat": DEFAULT_FORMAT, "spreadsheetTheme": THEME, **book.properties}


def sheet_properties(book: Book, sheet: Sheet) -> Json:
    """SheetProperties; the index and the size of the grid are said even where they are zero."""
    grid = {
        "rowCount": len(sheet.rows),
        "columnCount": len(sheet.columns),
        **sheet.properties.get("gridProperties", {}),
    }
    return {**sheet.properties, "index": book.sheets.index(sheet), "gridProperties": grid}


_OVER_THE_CELLS: dict[str, Callable[[Sheet], Any]] = {
    "merges": lambda sheet: sheet.merges,
    "conditionalFormats": lambda sheet: sheet.conditional_formats,
    "filterViews": lambda sheet: sheet.filter_views,
    "protectedRanges": lambda sheet: sheet.protected_ranges,
    "basicFilter": lambda sheet: sheet.basic_filter,
    "charts": lambda sheet: sheet.charts,
    "bandedRanges": lambda sheet: sheet.banded_ranges,
    "rowGroups": lambda sheet: groups(sheet, rows=True),
    "columnGroups": lambda sheet: groups(sheet, rows=False),
}


def sheet_json(view: View, sheet: Sheet, areas: list[Area] | None, grid: bool, mask: Mask) -> Json:
    result: Json = {"properties": sheet_properties(view.book, sheet)}
    data = inside(mask, "data")
    if grid and data is not None:
        whole = [Area(sheet, 0, 0, len(sheet.rows), len(sheet.columns))]
        result["data"] = [grid_data(view, area, data) for area in (whole if areas is None else areas)]
    for name, found in _OVER_THE_CELLS.items():
        if inside(mask, name) is not None and (value := found(sheet)):
            result[name] = placed(value)
    own = [m for m in view.book.metadata if m["location"].get("sheetId") == sheet.id]
    if own:
        result["developerMetadata"] = own
    return result


def grid_data(view: View, area: Area, mask: Mask) -> Json:
    result: Json = {}
    if area.top:
        result["startRow"] = area.top
    if area.left:
        result["startColumn"] = area.left
    rows = inside(mask, "rowData")
    if rows is not None:
        data = _row_data(view, area, inside(rows, "values"))
        if data:
            result["rowData"] = data
    sheet = area.sheet
    if inside(mask, "rowMetadata") is not None:
        lines = sheet.rows[area.top : area.bottom]
        result["rowMetadata"] = _with_metadata([_row_json(row) for row in lines], view.book, sheet, "ROWS", area.top)
    if inside(mask, "columnMetadata") is not None:
        lines_ = [_column_json(column) for column in sheet.columns[area.left : area.right]]
        result["columnMetadata"] = _with_metadata(lines_, view.book, sheet, "COLUMNS", area.left)
    return result


def _row_data(view: View, area: Area, mask: Mask | None) -> list[Json]:
    """Rows up to the last that holds anything; a row's cells up to its last."""
    sheet, left, right = area.sheet, area.left, area.right
    bottom = min(area.bottom, sheet.filled_rows())
    while bottom > area.top and not any(sheet.rows[bottom - 1].cells[left:right]):
        bottom -= 1
    result: list[Json] = []
    for index in range(area.top, bottom):
        cells = sheet.rows[index].cells[left:right]
        if not cells or mask is None:
            result.append({})
            continue
        result.append({"values": _values(view, area, index, cells, mask)})
    return result


def _values(view: View, area: Area, index: int, cells: Sequence[Cell], mask: Mask) -> Written:
    """CellData of the cells of one row. A row never changes, and what it shows only with the results of formulas."""
    row = area.sheet.rows[index]
    key = (id(row), area.left, area.right, id(mask), view.locale)
    known = _rendered.get(key)
    if known is not None and known.results == _results(view, area, index, known.formulas):
        return known.text
    text = as_written(
        [
            pruned(cell_json(view, area.sheet, index, area.left + offset, cell, mask), mask)
            for offset, cell in enumerate(cells)
        ]
    )
    if len(_rendered) >= MOST_RENDERED:
        _rendered.clear()
    formulas = [area.left + offset for offset, cell in enumerate(cells) if isinstance(cell.entered, Formula)]
    _rendered[key] = _Rendered(text, row, mask, formulas, _results(view, area, index, formulas))
    return text


def _results(view: View, area: Area, index: int, formulas: list[int]) -> list[tuple[type, Value]]:
    """With their types: TRUE is no 1."""
    values = [view.value(area.sheet, index, column) for column in formulas]
    return [(type(value), value) for value in values]


def cell_json(view: View, sheet: Sheet, row: int, column: int, cell: Cell, mask: Mask) -> Json:
    """CellData. A blank cell without a look of its own is {}."""
    result: Json = {}
    if cell.entered is not None:
        value = view.value(sheet, row, column, cell)
        result["userEnteredValue"] = to_extended(cell.entered)
        if value is not None:
            result["effectiveValue"] = to_extended(value)
            result["formattedValue"] = displayed(value, cell, view.locale)
        if cell.format:
            result["userEnteredFormat"] = cell.format
        if inside(mask, "effectiveFormat") is not None:
            result["effectiveFormat"] = effective_format(cell.format, _side(value))
    elif cell.format:
        result["userEnteredFormat"] = cell.format
        if inside(mask, "effectiveFormat") is not None:
            result["effectiveFormat"] = effective_format(cell.format, "LEFT")
    if cell.note:
        result["note"] = cell.note
    if cell.validation:
        result["dataValidation"] = cell.validation
    return result


def _side(value: Any) -> str:
    if isinstance(value, bool | CellError):
        return "CENTER"
    return "RIGHT" if isinstance(value, float) else "LEFT"


def _row_json(row: Row) -> Json:
    if not row.hidden_by_user and not row.hidden_by_filter and row.pixels == ROW_PIXELS:
        return _PLAIN_ROW
    result: Json = {}
    if row.hidden_by_filter:
        result["hiddenByFilter"] = True
    if row.hidden_by_user:
        result["hiddenByUser"] = True
    return {**result, "pixelSize": row.pixels}


def _column_json(column: Column) -> Json:
    return {"hiddenByUser": True, "pixelSize": column.pixels} if column.hidden_by_user else {"pixelSize": column.pixels}


def _with_metadata(lines: list[Json], book: Book, sheet: Sheet, dimension: str, start: int) -> list[Json]:
    for item in _on_lines(book.metadata, sheet.id, dimension):
        at = item["location"]["dimensionRange"]["startIndex"] - start
        if 0 <= at < len(lines):
            lines[at] = {**lines[at], "developerMetadata": [*lines[at].get("developerMetadata", []), item]}
    return lines


def _on_lines(metadata: list[Json], sheet_id: int, dimension: str) -> Iterable[Json]:
    for item in metadata:
        where = item["location"].get("dimensionRange")
        if where and where.get("sheetId", 0) == sheet_id and where["dimension"] == dimension:
            yield item
