"""The values collection: plain rows of values in A1 ranges."""

from __future__ import annotations

from typing import Any

from .a1 import Box, range_name
from .batch import Edit
from .book import beyond_grid, boxed
from .call import Call, chosen
from .cell_edits import write_values
from .cells import CellError, Formula, plain_number
from .data_filters import filtered_areas
from .errors import Json, invalid
from .number_format import default_pattern, format_number
from .shape import insert
from .sheet import Area, Sheet
from .view import View, displayed

DIMENSIONS = ("ROWS", "COLUMNS")
RENDERINGS = ("FORMATTED_VALUE", "UNFORMATTED_VALUE", "FORMULA")
MOMENTS = ("SERIAL_NUMBER", "FORMATTED_STRING")
INPUTS = ("INPUT_VALUE_OPTION_UNSPECIFIED", "RAW", "USER_ENTERED")
INSERTIONS = ("OVERWRITE", "INSERT_ROWS")
_MOMENT_TYPES = ("DATE", "TIME", "DATE_TIME")

Render = tuple[str, str, str]
"""major dimension, value rendering, date rendering"""


def named(area: Area) -> str:
    return range_name(area.sheet.title, area.top, area.left, area.bottom, area.right)


def value_range(view: View, area: Area, render: Render) -> Json:
    """A ValueRange: blank ends of rows, and blank rows at the end, are left out."""
    major, rendering, moments = render
    rows = [
        [_shown(view, area.sheet, top, left, rendering, moments) for left in range(area.left, area.right)]
        for top in range(area.top, min(area.bottom, area.sheet.filled_rows()))
    ]
    if major == "COLUMNS":
        rows = [list(column) for column in zip(*rows, strict=True)]
    values = _without_blank_end([_without_blank_end(row, "") for row in rows], [])
    result: Json = {"range": named(area), "majorDimension": major}
    if values:
        result["values"] = values
    return result


def _without_blank_end(items: list[Any], blank: Any) -> list[Any]:
    end = len(items)
    while end and items[end - 1] == blank:
        end -= 1
    return items[:end]


def _shown(view: View, sheet: Sheet, row: int, column: int, rendering: str, moments: str) -> Any:
    cell = sheet.cell(row, column)
    if cell.entered is None:
        return ""
    if rendering == "FORMULA" and isinstance(cell.entered, Formula):
        return cell.entered.text
    value = view.value(sheet, row, column, cell)
    if rendering == "FORMATTED_VALUE":
        return displayed(value, cell, view.locale)
    if isinstance(value, CellError):
        return value.text
    if isinstance(value, float):
        kind = cell.number_format.get("type")
        if moments == "FORMATTED_STRING" and kind in _MOMENT_TYPES:
            pattern = cell.number_format.get("pattern") or default_pattern(kind, view.locale)
            return format_number(value, pattern, view.locale)
        return plain_number(value)
    return "" if value is None else value


def _render_of(call: Call) -> Render:
    return (
        call.choice("majorDimension", DIMENSIONS),
        call.choice("valueRenderOption", RENDERINGS),
        call.choice("dateTimeRenderOption", MOMENTS),
    )


def _render_in(body: Json) -> Render:
    return (
        chosen(body, "majorDimension", DIMENSIONS),
        chosen(body, "valueRenderOption", RENDERINGS),
        chosen(body, "dateTimeRenderOption", MOMENTS),
    )


def get(call: Call, spreadsheet_id: str, a1: str) -> Json:
    opened = call.store.opened(spreadsheet_id, call.user, to_write=False)
    area = opened.book.a1_area(a1)
    call.cells += area.height * area.width
    return value_range(opened.view(), area, _render_of(call))


def batch_get(call: Call, spreadsheet_id: str) -> Json:
    opened = call.store.opened(spreadsheet_id, call.user, to_write=False)
    areas = [opened.book.a1_area(a1) for a1 in call.args("ranges")]
    call.cells += sum(area.height * area.width for area in areas)
    view, render = opened.view(), _render_of(call)
    result: Json = {"spreadsheetId": opened.id}
    if areas:
        result["valueRanges"] = [value_range(view, area, render) for area in areas]
    return result


def batch_get_by_data_filter(call: Call, spreadsheet_id: str) -> Json:
    opened = call.store.opened(spreadsheet_id, call.user, to_write=False)
    view, render = opened.view(), _render_in(call.body)
    found = []
    for data_filter in call.body.get("dataFilters", []):
        for area in filtered_areas(opened.book, data_filter):
            call.cells += area.height * area.width
            found.append({"valueRange": value_range(view, area, render), "dataFilters": [data_filter]})
    return {"spreadsheetId": opened.id, **({"valueRanges": found} if found else {})}


def update(call: Call, spreadsheet_id: str, a1: str) -> Json:
    option = call.choice("valueInputOption", INPUTS)
    opened = call.store.opened(spreadsheet_id, call.user, to_write=True)
    if call.body.get("range", a1) != a1:
        raise invalid(f"Requested range [{a1}] does not match the range in the body [{call.body['range']}].")
    written: Area = opened.change(lambda edit: _write(edit, a1, call.body, option), call.user)
    result = _updated(spreadsheet_id, written)
    if call.flag("includeValuesInResponse"):
        result["updatedData"] = _echo(call, opened.view(), written, call.request.args.to_dict())
    return result


def batch_update(call: Call, spreadsheet_id: str) -> Json:
    body = call.body
    option = chosen(body, "valueInputOption", INPUTS)
    opened = call.store.opened(spreadsheet_id, call.user, to_write=True)
    data: list[Json] = body.get("data", [])
    written: list[Area] = opened.change(
        lambda edit: [_write(edit, one.get("range", ""), one, option) for one in data], call.user
    )
    responses = [_updated(spreadsheet_id, area) for area in written]
    if body.get("includeValuesInResponse"):
        view = opened.view()
        for response, area in zip(responses, written, strict=True):
            response["updatedData"] = _echo(call, view, area, body)
    return {"spreadsheetId": spreadsheet_id, **_totals(written), "responses": responses}


def _totals(written: list[Area]) -> Json:
    totals = {
        "totalUpdatedRows": len({(area.sheet.id, row) for area in written for row in range(area.top, area.bottom)}),
        "totalUpdatedColumns": len({(area.sheet.id, col) for area in written for col in range(area.left, area.right)}),
        "totalUpdatedCells": sum(area.height * area.width for area in written),
        "totalUpdatedSheets": len({area.sheet.id for area in written}),
    }
    return {name: count for name, count in totals.items() if count}


def _echo(call: Call, view: View, area: Area, options: Json) -> Json:
    call.cells += area.height * area.width
    return value_range(
        view,
        area,
        (
            "ROWS",
            chosen(options, "responseValueRenderOption", RENDERINGS),
            chosen(options, "responseDateTimeRenderOption", MOMENTS),
        ),
    )


def _updated(spreadsheet_id: str, area: Area) -> Json:
    result: Json = {"spreadsheetId": spreadsheet_id, "updatedRange": named(area)}
    counts = {"updatedRows": area.height, "updatedColumns": area.width, "updatedCells": area.height * area.width}
    return {**result, **{name: count for name, count in counts.items() if count}}


def _rows_of(body: Json) -> list[list[Any]]:
    rows: list[list[Any]] = body.get("values", [])
    if chosen(body, "majorDimension", DIMENSIONS) == "ROWS":
        return rows
    height = max(map(len, rows), default=0)
    return [[column[row] if row < len(column) else None for column in rows] for row in range(height)]


def _write(edit: Edit, a1: str, body: Json, option: str) -> Area:
    """Write one ValueRange; the area that was written."""
    if option == "INPUT_VALUE_OPTION_UNSPECIFIED":
        raise invalid("'valueInputOption' is required but not specified")
    sheet, box = edit.book.find(a1)
    rows = _rows_of(body)
    height, width = len(rows), max(map(len, rows), default=0)
    area = boxed(sheet, box)
    _check_fit(a1, box, area, height, width)
    if area.top + height > len(sheet.rows) or area.left + width > len(sheet.columns):
        raise beyond_grid(sheet, area.top, area.left, area.top + height, area.left + width)
    target = edit.place(sheet, area.top, area.left, height, width)
    write_values(edit, target, rows, option == "USER_ENTERED")
    return target


def _check_fit(a1: str, box: Box, area: Area, height: int, width: int) -> None:
    """A closed range bounds what may be written; a single cell is only the place to begin at."""
    if area.height == area.width == 1:
        return
    bottom = area.bottom if box.bottom is not None else len(area.sheet.rows)
    right = area.right if box.right is not None else len(area.sheet.columns)
    if box.bottom is not None and area.top + height > bottom:
        raise invalid(f"Requested writing within range [{a1}], but tried writing to row [{bottom + 1}]")
    if box.right is not None and area.left + width > right:
        column = range_name("x", 0, right, 1, right + 1)[2:-1]
        raise invalid(f"Requested writing within range [{a1}], but tried writing to column [{column}]")


def append(call: Call, spreadsheet_id: str, a1: str) -> Json:
    option = call.choice("valueInputOption", INPUTS)
    insertion = call.choice("insertDataOption", INSERTIONS)
    opened = call.store.opened(spreadsheet_id, call.user, to_write=True)
    table, written = opened.change(lambda edit: _append(edit, a1, call.body, option, insertion), call.user)
    result: Json = {"spreadsheetId": spreadsheet_id}
    if table is not None:
        result["tableRange"] = named(table)
    result["updates"] = _updated(spreadsheet_id, written)
    if call.flag("includeValuesInResponse"):
        result["updates"]["updatedData"] = _echo(call, opened.view(), written, call.request.args.to_dict())
    return result


def _append(edit: Edit, a1: str, body: Json, option: str, insertion: str) -> tuple[Area | None, Area]:
    if option == "INPUT_VALUE_OPTION_UNSPECIFIED":
        raise invalid("'valueInputOption' is required but not specified")
    area = edit.book.a1_area(a1)
    sheet, table = area.sheet, last_table(area)
    top, left = (table.bottom, table.left) if table else (area.top, area.left)
    rows = _rows_of(body)
    height, width = len(rows), max(map(len, rows), default=0)
    if insertion == "INSERT_ROWS" and top < len(sheet.rows) and height:
        insert(edit.book, sheet, True, top, height, max(top - 1, 0))
    sheet.grow(top + height, left + width)
    target = edit.place(sheet, top, left, height, width)
    write_values(edit, target, rows, option == "USER_ENTERED")
    return table, target


def last_table(area: Area) -> Area | None:
    """The table that ends lowest among those touching the range: cells that hang together, corners included."""
    sheet = area.sheet
    for row in range(min(area.bottom, sheet.last_value_row()) - 1, area.top - 1, -1):
        for column in range(area.left, area.right):
            if sheet.cell(row, column).entered is not None:
                return _table_around(sheet, row, column)
    return None


def _table_around(sheet: Sheet, row: int, column: int) -> Area:
    """Grow a rectangle until the ring around it is blank."""
    top, left, bottom, right = row, column, row + 1, column + 1
    while True:
        up, before = max(top - 1, 0), max(left - 1, 0)
        down, after = min(bottom + 1, len(sheet.rows)), min(right + 1, len(sheet.columns))
        found = [
            (r, c)
            for r in range(up, down)
            for c in range(before, after)
            if not (top <= r < bottom and left <= c < right) and sheet.cell(r, c).entered is not None
        ]
        if not found:
            return Area(sheet, top, left, bottom, right)
        top, bottom = min(top, *(r for r, _ in found)), max(bottom, *(r + 1 for r, _ in found))
        left, right = min(left, *(c for _, c in found)), max(right, *(c + 1 for _, c in found))


def clear(call: Call, spreadsheet_id: str, a1: str) -> Json:
    opened = call.store.opened(spreadsheet_id, call.user, to_write=True)
    (cleared,) = opened.change(lambda edit: _clear(edit, [edit.book.a1_area(a1)]), call.user)
    return {"spreadsheetId": spreadsheet_id, "clearedRange": cleared}


def batch_clear(call: Call, spreadsheet_id: str) -> Json:
    opened = call.store.opened(spreadsheet_id, call.user, to_write=True)
    ranges = call.body.get("ranges", [])
    cleared = opened.change(lambda edit: _clear(edit, [edit.book.a1_area(a1) for a1 in ranges]), call.user)
    return {"spreadsheetId": spreadsheet_id, "clearedRanges": cleared}


def _clear(edit: Edit, areas: list[Area]) -> list[str]:
    """Values go, formats, notes and validations stay."""
    for area in areas:
        edit.claim(area)
        for offset, cells in enumerate(list(area.rows())):
            if any(cell.entered is not None for cell in cells):
                area.sheet.put_span(area.top + offset, area.left, [cell.emptied() for cell in cells])
    return [named(area) for area in areas]
