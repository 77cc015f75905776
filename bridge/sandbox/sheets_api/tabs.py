"""Requests about whole tabs: add, change, copy and delete."""

from __future__ import annotations

from .batch import Edit, handles
from .book import DEFAULT_COLUMNS, DEFAULT_ROWS, Book, new_sheet
from .colours import paired
from .errors import Json, invalid
from .masks import EVERYTHING, Mask, inside, merged, update_mask
from .resources import sheet_properties
from .sheet import Sheet

_SIZES = frozenset({"rowCount", "columnCount"})


@handles("addSheet", "properties")
def add_sheet(edit: Edit, body: Json) -> Json:
    sheet = create_sheet(edit.book, body.get("properties", {}))
    return {"addSheet": {"properties": sheet_properties(edit.book, sheet)}}


def create_sheet(book: Book, wanted: Json) -> Sheet:
    """A tab with the wanted properties at the wanted index, else at the end."""
    sheet_id = wanted.get("sheetId")
    if sheet_id is None:
        sheet_id = book.new_id()
    elif sheet_id < 0:
        raise invalid("The sheetId cannot be negative.")
    if any(sheet.id == sheet_id for sheet in book.sheets):
        raise invalid(f"A sheet with the id {sheet_id} already exists.")
    title = wanted.get("title") or _free_title(book)
    _claim_title(book, title, None)
    grid = wanted.get("gridProperties", {})
    sheet = new_sheet(sheet_id, title, grid.get("rowCount") or DEFAULT_ROWS, grid.get("columnCount") or DEFAULT_COLUMNS)
    frozen = {name: value for name, value in grid.items() if name not in _SIZES and value}
    others = {name: value for name, value in wanted.items() if name not in ("gridProperties", "index")}
    coloured = paired(others, others, EVERYTHING, "tabColor")
    sheet.properties = {**sheet.properties, **coloured, "sheetId": sheet_id, "title": title}
    if frozen:
        sheet.properties["gridProperties"] = frozen
    book.sheets.insert(_index(book, wanted.get("index"), len(book.sheets)), sheet)
    return sheet


def _free_title(book: Book) -> str:
    stem = "シート" if book.locale.startswith("ja") else "Sheet"
    number = len(book.sheets) + 1
    while book.titled(f"{stem}{number}"):
        number += 1
    return f"{stem}{number}"


def _claim_title(book: Book, title: str, owner: Sheet | None) -> None:
    found = book.titled(title)
    if found is not None and found is not owner:
        raise invalid(f'A sheet with the name "{title}" already exists. Please enter another name.')


def _index(book: Book, wanted: int | None, otherwise: int) -> int:
    if wanted is None:
        return otherwise
    if not 0 <= wanted <= len(book.sheets):
        raise invalid(f"The index {wanted} is out of range.")
    return wanted


@handles("updateSheetProperties", "properties", "fields")
def update_sheet_properties(edit: Edit, body: Json) -> Json:
    mask, wanted = update_mask(body.get("fields")), body.get("properties", {})
    book, sheet = edit.book, edit.book.sheet(wanted.get("sheetId", 0))
    edit.claim_tab(sheet)
    if inside(mask, "title") is not None:
        if not wanted.get("title"):
            raise invalid("The sheet name cannot be empty.")
        _claim_title(book, wanted["title"], sheet)
    grid = inside(mask, "gridProperties")
    if grid is not None:
        _resize(edit, sheet, wanted.get("gridProperties", {}), grid)
    if inside(mask, "index") is not None and "index" in wanted:
        _reorder(book, sheet, wanted["index"])
    kept = {"sheetId": sheet.id, "sheetType": "GRID"}
    changed = {**paired(merged(sheet.properties, wanted, mask), wanted, mask, "tabColor"), **kept}
    changed.pop("index", None)
    changed["title"] = changed.get("title", sheet.title)
    frozen = {name: value for name, value in changed.get("gridProperties", {}).items() if name not in _SIZES and value}
    changed.pop("gridProperties", None)
    changed |= {"gridProperties": frozen} if frozen else {}
    sheet.properties = {name: value for name, value in changed.items() if value is not False}
    if all(other.properties.get("hidden") for other in book.sheets):
        raise invalid("You can't hide all the sheets in a document.")
    return {}


def _resize(edit: Edit, sheet: Sheet, wanted: Json, mask: Mask) -> None:
    rows = wanted.get("rowCount", len(sheet.rows)) if inside(mask, "rowCount") is not None else len(sheet.rows)
    columns = (
        wanted.get("columnCount", len(sheet.columns)) if inside(mask, "columnCount") is not None else len(sheet.columns)
    )
    if rows < 1 or columns < 1:
        raise invalid("A sheet needs at least one row and one column.")
    for lines, old, new in ((True, len(sheet.rows), rows), (False, len(sheet.columns), columns)):
        if new > old:
            edit.claim_gap(sheet, lines, old)
        elif new < old:
            edit.claim_lines(sheet, lines, new, old)
    sheet.resize(rows, columns)


def _reorder(book: Book, sheet: Sheet, index: int) -> None:
    """Google counts the index in the order before the move."""
    at = book.sheets.index(sheet)
    to = _index(book, index, at)
    book.sheets.remove(sheet)
    book.sheets.insert(to - 1 if to > at else to, sheet)


@handles("deleteSheet", "sheetId")
def delete_sheet(edit: Edit, body: Json) -> Json:
    book, sheet = edit.book, edit.book.sheet(body.get("sheetId", 0))
    if all(other is sheet or other.properties.get("hidden") for other in book.sheets):
        raise invalid("You can't remove all the visible sheets in a document.")
    edit.place(sheet, 0, 0, len(sheet.rows), len(sheet.columns))
    book.sheets.remove(sheet)
    book.named_ranges = [named for named in book.named_ranges if named["range"].get("sheetId", 0) != sheet.id]
    book.metadata = [item for item in book.metadata if sheet_of(item) != sheet.id]
    return {}


def sheet_of(metadata: Json) -> int | None:
    """The tab on which a piece of developer metadata lies; None: on the spreadsheet."""
    where = metadata["location"]
    if "dimensionRange" in where:
        return int(where["dimensionRange"].get("sheetId", 0))
    return int(where["sheetId"]) if "sheetId" in where else None


@handles("duplicateSheet", "sourceSheetId", "insertSheetIndex", "newSheetId", "newSheetName")
def duplicate_sheet(edit: Edit, body: Json) -> Json:
    book, source = edit.book, edit.book.sheet(body.get("sourceSheetId", 0))
    title = body.get("newSheetName") or copy_title(book, source)
    wanted: Json = {"title": title, "index": body.get("insertSheetIndex", 0)}
    if "newSheetId" in body:
        wanted["sheetId"] = body["newSheetId"]
    sheet = create_sheet(book, wanted)
    adopt(book, source, sheet)
    return {"duplicateSheet": {"properties": sheet_properties(book, sheet)}}


def adopt(book: Book, source: Sheet, sheet: Sheet) -> None:
    """Give a new tab everything of `source`, with ids of its own where Google gives them."""
    named = {"sheetId": sheet.id, "title": sheet.title}
    copy = source.copy()
    vars(sheet).update(vars(copy))
    sheet.properties = {**source.properties, **named}
    sheet.properties.pop("hidden", None)

    def here(item: Json) -> Json:
        return {**item, "range": {**item["range"], "sheetId": sheet.id}}

    def guard(held: Json) -> Json:
        spared = [{**each, "sheetId": sheet.id} for each in held.get("unprotectedRanges", [])]
        return {**here(held), **({"unprotectedRanges": spared} if spared else {})}

    sheet.basic_filter = here(source.basic_filter) if source.basic_filter else None
    sheet.filter_views = [{**here(view), "filterViewId": book.new_id()} for view in source.filter_views]
    sheet.protected_ranges = [{**guard(held), "protectedRangeId": book.new_id()} for held in source.protected_ranges]
    sheet.banded_ranges = [{**here(band), "bandedRangeId": book.new_id()} for band in source.banded_ranges]
    sheet.merges = [{**merge, "sheetId": sheet.id} for merge in source.merges]
    sheet.conditional_formats = [
        {**rule, "ranges": [{**area, "sheetId": sheet.id} for area in rule["ranges"]]}
        for rule in source.conditional_formats
    ]
    sheet.charts = []


def copy_title(book: Book, source: Sheet) -> str:
    """A free title for a copy of `source` in the spreadsheet."""
    japanese = book.locale.startswith("ja")
    title = f"「{source.title}」のコピー" if japanese else f"Copy of {source.title}"
    number = 2
    while book.titled(title):
        title = f"「{source.title}」のコピー {number}" if japanese else f"Copy of {source.title} {number}"
        number += 1
    return title
