"""The spreadsheets collection: create, get, getByDataFilter, batchUpdate, developerMetadata, copyTo."""

from __future__ import annotations

from .batch import Edit
from .book import Book
from .book_properties import checked_properties
from .call import Call
from .cell_edits import changer, write_rows
from .data_filters import filtered_areas, looked_up
from .errors import ApiError, Json, not_found, required, unimplemented
from .masks import Mask, inside
from .request_kinds import run
from .resources import sheet_properties, spreadsheet_json
from .sheet import Area
from .store import Spreadsheet
from .tabs import adopt, copy_title, create_sheet

_BATCH = ("requests", "includeSpreadsheetInResponse", "responseRanges", "responseIncludeGridData", "commentsViewMode")


def create(call: Call) -> Json:
    body = call.members("properties", "sheets")
    wanted: Json = body.get("properties", {})
    japanese = str(wanted.get("locale", "")).startswith("ja")
    title = wanted.get("title") or ("無題のスプレッドシート" if japanese else "Untitled spreadsheet")
    locale, zone = wanted.get("locale", "en_US"), wanted.get("timeZone", "Etc/GMT")
    checked_properties({"locale": locale, "timeZone": zone})
    made = call.store.create(title, owner=call.user, locale=locale, zone=zone)
    tabs = body.get("sheets", [])
    try:
        if tabs:
            made.change(lambda edit: _fill(edit, tabs))
    except ApiError:
        call.store.delete(made.id)
        raise
    return spreadsheet_json(made.id, made.view(), None, False, call.mask)


def _fill(edit: Edit, tabs: list[Json]) -> None:
    """The tabs of a new spreadsheet with their cells; whatever else a tab may bring is said to be missing."""
    edit.book.sheets.clear()
    for index, tab in enumerate(tabs):
        if others := tab.keys() - {"properties", "data"}:
            raise unimplemented(f"sheets[{index}].{min(others)} in spreadsheets.create")
        wanted = tab.get("properties", {})
        sheet = create_sheet(edit.book, wanted if index or "sheetId" in wanted else {**wanted, "sheetId": 0})
        for block in tab.get("data", []):
            rows = [row.get("values", []) for row in block.get("rowData", [])]
            write_rows(edit, sheet, block.get("startRow", 0), block.get("startColumn", 0), rows, changer("*"))


def get(call: Call, spreadsheet_id: str) -> Json:
    opened = call.store.opened(spreadsheet_id, call.user, to_write=False)
    ranges = call.args("ranges")
    areas = [opened.book.a1_area(a1) for a1 in ranges] if ranges else None
    return _answer(call, opened, areas, call.flag("includeGridData"), call.mask)


def get_by_data_filter(call: Call, spreadsheet_id: str) -> Json:
    opened = call.store.opened(spreadsheet_id, call.user, to_write=False)
    filters = call.body.get("dataFilters", [])
    areas = [area for one in filters for area in filtered_areas(opened.book, one)] if filters else None
    return _answer(call, opened, areas, call.body.get("includeGridData", False), call.mask)


def _answer(call: Call, opened: Spreadsheet, areas: list[Area] | None, wants_grid: bool, mask: Mask) -> Json:
    """Google ignores includeGridData where a field mask is set: then the mask alone decides."""
    grid = _names_data(mask) if call.masked else wants_grid
    if grid:
        call.cells += _size(areas) if areas is not None else _whole(opened.book)
    shown = spreadsheet_json(opened.id, opened.view(), areas, grid, mask)
    for sheet in shown.get("sheets", []):
        if "protectedRanges" in sheet:
            rights = opened.rights(call.user)
            sheet["protectedRanges"] = [rights.as_shown(held) for held in sheet["protectedRanges"]]
    return shown


def _names_data(mask: Mask) -> bool:
    sheets = inside(mask, "sheets")
    return sheets is not None and inside(sheets, "data") is not None


def _size(areas: list[Area]) -> int:
    return sum(area.height * area.width for area in areas)


def _whole(book: Book) -> int:
    return sum(sheet.filled_rows() * len(sheet.columns) for sheet in book.sheets)


def batch_update(call: Call, spreadsheet_id: str) -> Json:
    opened = call.store.opened(spreadsheet_id, call.user, to_write=True)
    body = call.members(*_BATCH)
    requests = body.get("requests", [])
    call.requests += len(requests)
    ranges = body.get("responseRanges", [])
    replies, areas = opened.change(lambda edit: _batch(edit, requests, ranges), call.user)
    result: Json = {"spreadsheetId": opened.id, "replies": replies}
    mask = inside(call.mask, "updatedSpreadsheet")
    if body.get("includeSpreadsheetInResponse") and mask is not None:
        grid = body.get("responseIncludeGridData", False)
        result["updatedSpreadsheet"] = _answer(call, opened, areas, grid, mask)
    return result


def _batch(edit: Edit, requests: list[Json], ranges: list[str]) -> tuple[list[Json], list[Area] | None]:
    """The replies, and the ranges to answer with: one that cannot be found refuses the whole batch."""
    replies = run(edit, requests)
    return replies, [edit.book.a1_area(a1) for a1 in ranges] if ranges else None


def metadata_get(call: Call, spreadsheet_id: str, metadata_id: int) -> Json:
    opened = call.store.opened(spreadsheet_id, call.user, to_write=False)
    found = looked_up(opened.book, {"metadataId": metadata_id})
    if not found:
        raise not_found()
    return found[0]


def metadata_search(call: Call, spreadsheet_id: str) -> Json:
    opened = call.store.opened(spreadsheet_id, call.user, to_write=False)
    matched = []
    for data_filter in call.body.get("dataFilters", []):
        for item in looked_up(opened.book, data_filter.get("developerMetadataLookup", {})):
            matched.append({"developerMetadata": item, "dataFilters": [data_filter]})
    return {"matchedDeveloperMetadata": matched} if matched else {}


def copy_sheet(call: Call, spreadsheet_id: str, sheet_id: int) -> Json:
    """sheets.copyTo: the tab lands at the end of the other spreadsheet, under a name of its own."""
    source = call.store.opened(spreadsheet_id, call.user, to_write=False).book.sheet(sheet_id)
    target_id = required(call.members("destinationSpreadsheetId"), "destinationSpreadsheetId")
    target = call.store.opened(target_id, call.user, to_write=True)

    def work(book: Book) -> Json:
        copy = create_sheet(book, {"title": copy_title(book, source)})
        adopt(book, source, copy)
        return sheet_properties(book, copy)

    properties: Json = target.change(lambda edit: work(edit.book), call.user)
    return properties
