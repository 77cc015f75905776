"""The values collection: plain rows of values in A1 ranges."""

from __future__ import annotations

from .batch import Edit
from .call import Call
from .data_filters import filtered_areas
from .errors import ApiError, Json, invalid, required
from .sheet import Area
from .store import Spreadsheet
from .value_ranges import INSERTIONS, Rendering, append_below, input_option, named, value_range, write
from .view import View

_VALUE_RANGE = ("range", "majorDimension", "values")
_BATCH_READ = ("dataFilters", "majorDimension", "valueRenderOption", "dateTimeRenderOption")
_BATCH_WRITE = (
    "valueInputOption",
    "data",
    "includeValuesInResponse",
    "responseValueRenderOption",
    "responseDateTimeRenderOption",
)


def _readable(call: Call, spreadsheet_id: str) -> Spreadsheet:
    return call.store.opened(spreadsheet_id, call.user, to_write=False)


def _writable(call: Call, spreadsheet_id: str) -> Spreadsheet:
    return call.store.opened(spreadsheet_id, call.user, to_write=True)


def _read(call: Call, view: View, area: Area, rendering: Rendering) -> Json:
    call.cells += area.height * area.width
    return value_range(view, area, rendering)


def get(call: Call, spreadsheet_id: str, a1: str) -> Json:
    opened = _readable(call, spreadsheet_id)
    return _read(call, opened.view(), opened.book.a1_area(a1), Rendering.of(call.query))


def batch_get(call: Call, spreadsheet_id: str) -> Json:
    opened = _readable(call, spreadsheet_id)
    view, rendering = opened.view(), Rendering.of(call.query)
    found = [_read(call, view, opened.book.a1_area(a1), rendering) for a1 in call.args("ranges")]
    return {"spreadsheetId": opened.id, **({"valueRanges": found} if found else {})}


def batch_get_by_data_filter(call: Call, spreadsheet_id: str) -> Json:
    opened = _readable(call, spreadsheet_id)
    body = call.members(*_BATCH_READ)
    view, rendering = opened.view(), Rendering.of(body)
    found = [
        {"valueRange": _read(call, view, area, rendering), "dataFilters": [data_filter]}
        for data_filter in body.get("dataFilters", [])
        for area in filtered_areas(opened.book, data_filter)
    ]
    return {"spreadsheetId": opened.id, **({"valueRanges": found} if found else {})}


def update(call: Call, spreadsheet_id: str, a1: str) -> Json:
    opened, typed = _writable(call, spreadsheet_id), input_option(call.query)
    body = call.members(*_VALUE_RANGE)
    if body.get("range", a1) != a1:
        raise invalid(f"Requested range [{a1}] does not match the range in the body [{body['range']}].")
    written: Area = opened.change(lambda edit: write(edit, *edit.book.find(a1), body, typed), call.user)
    result = _updated(spreadsheet_id, written)
    if call.flag("includeValuesInResponse"):
        result["updatedData"] = _read(call, opened.view(), written, Rendering.of_echo(call.query))
    return result


def batch_update(call: Call, spreadsheet_id: str) -> Json:
    opened, body = _writable(call, spreadsheet_id), call.members(*_BATCH_WRITE)
    typed = input_option(body)

    def work(edit: Edit) -> list[Area]:
        return [_write_one(edit, index, one, typed) for index, one in enumerate(body.get("data", []))]

    written: list[Area] = opened.change(work, call.user)
    responses = [{"spreadsheetId": spreadsheet_id, **one} for one in _responses(call, opened, written)]
    return {"spreadsheetId": spreadsheet_id, **_totals(written), "responses": responses}


def _write_one(edit: Edit, index: int, data: Json, typed: bool) -> Area:
    try:
        return write(edit, *edit.book.find(data.get("range", "")), data, typed)
    except ApiError as error:
        raise ApiError(error.code, error.status, f"Invalid data[{index}]: {error.message}") from None


def batch_update_by_data_filter(call: Call, spreadsheet_id: str) -> Json:
    opened, body = _writable(call, spreadsheet_id), call.members(*_BATCH_WRITE)
    typed = input_option(body)

    def work(edit: Edit) -> list[tuple[Json, Area]]:
        return [
            (required(one, "dataFilter"), write(edit, area.sheet, area.box, one, typed))
            for one in body.get("data", [])
            for area in filtered_areas(edit.book, one.get("dataFilter", {}))
        ]

    pairs: list[tuple[Json, Area]] = opened.change(work, call.user)
    written = [area for _, area in pairs]
    responses = _responses(call, opened, written)
    told = [{**one, "dataFilter": data_filter} for one, (data_filter, _) in zip(responses, pairs, strict=True)]
    return {"spreadsheetId": spreadsheet_id, **_totals(written), "responses": told}


def _responses(call: Call, opened: Spreadsheet, written: list[Area]) -> list[Json]:
    """One per area, with its values where the caller wants to see them."""
    responses = [_counts(area) for area in written]
    if call.body.get("includeValuesInResponse"):
        view, rendering = opened.view(), Rendering.of_echo(call.body)
        for response, area in zip(responses, written, strict=True):
            response["updatedData"] = _read(call, view, area, rendering)
    return responses


def _totals(written: list[Area]) -> Json:
    totals = {
        "totalUpdatedRows": len({(area.sheet.id, row) for area in written for row in range(area.top, area.bottom)}),
        "totalUpdatedColumns": len({(area.sheet.id, col) for area in written for col in range(area.left, area.right)}),
        "totalUpdatedCells": sum(area.height * area.width for area in written),
        "totalUpdatedSheets": len({area.sheet.id for area in written}),
    }
    return {name: count for name, count in totals.items() if count}


def _updated(spreadsheet_id: str, area: Area) -> Json:
    return {"spreadsheetId": spreadsheet_id, **_counts(area)}


def _counts(area: Area) -> Json:
    counts = {"updatedRows": area.height, "updatedColumns": area.width, "updatedCells": area.height * area.width}
    return {"updatedRange": named(area), **{name: count for name, count in counts.items() if count}}


def append(call: Call, spreadsheet_id: str, a1: str) -> Json:
    opened, typed = _writable(call, spreadsheet_id), input_option(call.query)
    body, insert_rows = call.members(*_VALUE_RANGE), call.choice("insertDataOption", INSERTIONS) == "INSERT_ROWS"

    def work(edit: Edit) -> tuple[Area | None, Area]:
        return append_below(edit, edit.book.a1_area(a1), body, typed, insert_rows)

    table, written = opened.change(work, call.user)
    result: Json = {"spreadsheetId": spreadsheet_id}
    if table is not None:
        result["tableRange"] = named(table)
    result["updates"] = _updated(spreadsheet_id, written)
    if call.flag("includeValuesInResponse"):
        result["updates"]["updatedData"] = _read(call, opened.view(), written, Rendering.of_echo(call.query))
    return result


def clear(call: Call, spreadsheet_id: str, a1: str) -> Json:
    opened = _writable(call, spreadsheet_id)
    call.members()
    (cleared,) = opened.change(lambda edit: _clear(edit, [edit.book.a1_area(a1)]), call.user)
    return {"spreadsheetId": spreadsheet_id, "clearedRange": cleared}


def batch_clear(call: Call, spreadsheet_id: str) -> Json:
    opened = _writable(call, spreadsheet_id)
    ranges = call.members("ranges").get("ranges", [])
    cleared = opened.change(lambda edit: _clear(edit, [edit.book.a1_area(a1) for a1 in ranges]), call.user)
    return {"spreadsheetId": spreadsheet_id, "clearedRanges": cleared}


def batch_clear_by_data_filter(call: Call, spreadsheet_id: str) -> Json:
    opened = _writable(call, spreadsheet_id)
    filters = call.members("dataFilters").get("dataFilters", [])

    def work(edit: Edit) -> list[str]:
        return _clear(edit, [area for one in filters for area in filtered_areas(edit.book, one)])

    return {"spreadsheetId": spreadsheet_id, "clearedRanges": opened.change(work, call.user)}


def _clear(edit: Edit, areas: list[Area]) -> list[str]:
    """Values go, formats, notes and validations stay."""
    for area in areas:
        edit.claim(area)
        for row, cells in enumerate(list(area.rows()), area.top):
            if any(cell.entered is not None for cell in cells):
                area.sheet.put_span(row, area.left, [cell.emptied() for cell in cells])
    return [named(area) for area in areas]
