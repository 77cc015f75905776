"""Requests that change the shape of a grid: rows and columns come, go and move, and whatever points at them follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from .batch import Edit, handles
from .book import Book
from .cells import Formula
from .errors import Json, invalid, required
from .masks import inside, update_mask
from .references import Mend, Span, mended
from .sheet import BLANK_ROW, PLAIN_COLUMN, Column, Row, Sheet, trimmed

T = TypeVar("T")


@dataclass(frozen=True)
class Shift:
    """A change along one dimension of one sheet."""

    sheet: Sheet
    rows: bool
    mend: Mend


def dimension_range(edit: Edit, body: Json) -> tuple[Sheet, bool, int, int]:
    """(sheet, rows?, start, end) of a DimensionRange; an open end is the grid's."""
    sheet = edit.book.sheet(body.get("sheetId", 0))
    rows = body.get("dimension") == "ROWS"
    if not rows and body.get("dimension") != "COLUMNS":
        raise invalid("No dimension was specified.")
    size = len(sheet.rows) if rows else len(sheet.columns)
    return sheet, rows, body.get("startIndex", 0), body.get("endIndex", size)


@handles("appendDimension", "sheetId", "dimension", "length", "tableId")
def append_dimension(edit: Edit, body: Json) -> Json:
    sheet, rows, _, size = dimension_range(
        edit, {"sheetId": body.get("sheetId", 0), "dimension": body.get("dimension")}
    )
    length = body.get("length", 0)
    if length < 1:
        raise invalid("The length must be positive.")
    edit.claim_gap(sheet, rows, size)
    sheet.grow(rows=size + length) if rows else sheet.grow(columns=size + length)
    return {}


@handles("insertDimension", "range", "inheritFromBefore")
def insert_dimension(edit: Edit, body: Json) -> Json:
    sheet, rows, start, end = dimension_range(edit, required(body, "range"))
    size = len(sheet.rows) if rows else len(sheet.columns)
    before = body.get("inheritFromBefore", False)
    if not 0 <= start <= size or end <= start:
        raise invalid(f"Cannot insert at {start}:{end}, the grid has {size}.")
    if before and start == 0:
        raise invalid("inheritFromBefore cannot be true when inserting at the start of the grid.")
    edit.claim_gap(sheet, rows, start)
    insert(edit.book, sheet, rows, start, end - start, start - 1 if before else start)
    return {}


def insert(book: Book, sheet: Sheet, rows: bool, at: int, count: int, like: int) -> None:
    """`count` new rows (columns) before `at`, looking like the row (column) `like` where there is one."""
    if rows:
        model = sheet.rows[like] if like < len(sheet.rows) else BLANK_ROW
        looks = trimmed(tuple(cell.dressed() for cell in model.cells))
        new = Row(looks, pixels=model.pixels, depth=_depth_between(sheet.rows, at))
        sheet.rows[at:at] = [new] * count
    else:
        width = sheet.columns[like] if like < len(sheet.columns) else PLAIN_COLUMN
        depth = _depth_between(sheet.columns, at)
        sheet.columns[at:at] = [replace(width, hidden_by_user=False, depth=depth)] * count
        sheet.rows = [_with_columns(row, at, count, like) for row in sheet.rows]
    follow(book, Shift(sheet, rows, _inserting(at, count)))


def _depth_between(lines: Sequence[Row | Column], at: int) -> int:
    """What is put in before `at` lies in the groups that reach over both its neighbours."""
    return min(lines[at - 1].depth, lines[at].depth) if 0 < at < len(lines) else 0


def _with_columns(row: Row, at: int, count: int, like: int) -> Row:
    if len(row.cells) <= min(at, like):
        return row
    new = row.span(like, like + 1)[0].dressed()
    return row.with_all((*row.span(0, at), *(new,) * count, *row.cells[at:]))


def _inserting(at: int, count: int) -> Mend:
    def mend(span: Span) -> Span | None:
        first, last = span
        return (first + count if first >= at else first), (last + count if last >= at else last)

    return mend


@handles("deleteDimension", "range")
def delete_dimension(edit: Edit, body: Json) -> Json:
    sheet, rows, start, end = dimension_range(edit, required(body, "range"))
    size = len(sheet.rows) if rows else len(sheet.columns)
    if not 0 <= start < end <= size:
        raise invalid(f"Cannot delete {start}:{end}, the grid has {size}.")
    if end - start == size:
        raise invalid(f"You can't delete all the {'rows' if rows else 'columns'} on the sheet.")
    edit.claim_lines(sheet, rows, start, end)
    delete(edit.book, sheet, rows, start, end)
    return {}


def delete(book: Book, sheet: Sheet, rows: bool, start: int, end: int) -> None:
    if rows:
        del sheet.rows[start:end]
    else:
        del sheet.columns[start:end]
        sheet.rows = [
            row if len(row.cells) <= start else row.with_all(row.cells[:start] + row.cells[end:]) for row in sheet.rows
        ]
    follow(book, Shift(sheet, rows, _deleting(start, end)))


def _deleting(start: int, end: int) -> Mend:
    def mend(span: Span) -> Span | None:
        first, last = span
        first = first if first < start else max(first, end) - (end - start)
        last = last if last < start else last - (end - start) if last >= end else start - 1
        return (first, last) if first <= last else None

    return mend


@handles("moveDimension", "source", "destinationIndex")
def move_dimension(edit: Edit, body: Json) -> Json:
    """`destinationIndex` counts in the grid as it was before the move."""
    sheet, rows, start, end = dimension_range(edit, required(body, "source"))
    size = len(sheet.rows) if rows else len(sheet.columns)
    to = body.get("destinationIndex", 0)
    if not 0 <= start < end <= size or not 0 <= to <= size:
        raise invalid(f"Cannot move {start}:{end} to {to}, the grid has {size}.")
    if start < to < end:
        raise invalid("The destination lies inside the moved range.")
    edit.claim_lines(sheet, rows, start, end)
    edit.claim_gap(sheet, rows, to)
    if rows:
        sheet.rows = _moved(sheet.rows, start, end, to)
    else:
        sheet.columns = _moved(sheet.columns, start, end, to)
        sheet.rows = [row.with_all(_moved(list(row.span(0, size)), start, end, to)) for row in sheet.rows]
    follow(edit.book, Shift(sheet, rows, _moving(size, start, end, to)))
    return {}


def _moved(items: list[T], start: int, end: int, to: int) -> list[T]:
    block, rest = items[start:end], items[:start] + items[end:]
    at = to if to <= start else to - (end - start)
    return rest[:at] + block + rest[at:]


def _moving(size: int, start: int, end: int, to: int) -> Mend:
    """One row, or a span that moved or stayed as a whole, follows; a span that was torn stays where it was."""
    places = {old: new for new, old in enumerate(_moved(list(range(size)), start, end, to))}

    def mend(span: Span) -> Span | None:
        first, last = places.get(span[0], span[0]), places.get(span[1], span[1])
        return (first, last) if last - first == span[1] - span[0] else span

    return mend


@handles("updateDimensionProperties", "range", "properties", "fields", "dataSourceSheetRange")
def update_dimension_properties(edit: Edit, body: Json) -> Json:
    sheet, rows, start, end = dimension_range(edit, required(body, "range"))
    mask, properties = update_mask(body.get("fields")), body.get("properties", {})
    edit.claim_lines(sheet, rows, start, end)
    changes: dict[str, Any] = {}
    if inside(mask, "hiddenByUser") is not None:
        changes["hidden_by_user"] = properties.get("hiddenByUser", False)
    if "pixelSize" in properties and inside(mask, "pixelSize") is not None:
        changes["pixels"] = properties["pixelSize"]
    lines: list[Any] = sheet.rows if rows else sheet.columns
    lines[start:end] = [replace(line, **changes) for line in lines[start:end]]
    return {}


@handles("autoResizeDimensions", "dimensions", "dataSourceSheetDimensions")
def auto_resize_dimensions(edit: Edit, body: Json) -> Json:
    """The sandbox draws nothing, so the sizes stay; the range must exist."""
    edit.claim_lines(*dimension_range(edit, required(body, "dimensions")))
    return {}


def follow(book: Book, shift: Shift) -> None:
    """Everything that names rows or columns of the sheet is mended; what named only deleted ones is dropped."""
    sheet = shift.sheet
    book.named_ranges = _mend_in(book.named_ranges, "range", shift)
    book.metadata = [item for item in (_mend_metadata(item, shift) for item in book.metadata) if item]
    sheet.merges = [found for merge in sheet.merges if (found := mend_range(merge, shift))]
    sheet.protected_ranges = [_mend_spared(held, shift) for held in _mend_in(sheet.protected_ranges, "range", shift)]
    sheet.filter_views = _mend_in(sheet.filter_views, "range", shift)
    sheet.banded_ranges = _mend_in(sheet.banded_ranges, "range", shift)
    if sheet.basic_filter:
        sheet.basic_filter = next(iter(_mend_in([sheet.basic_filter], "range", shift)), None)
    sheet.conditional_formats = [found for rule in sheet.conditional_formats if (found := _mend_rule(rule, shift))]
    _mend_formulas(book, shift)


def _mend_in(items: list[Json], member: str, shift: Shift) -> list[Json]:
    mended_items = []
    for item in items:
        found = mend_range(item[member], shift) if member in item else None
        if found is not None or member not in item:
            mended_items.append(item if found is None else {**item, member: found})
    return mended_items


def _mend_spared(held: Json, shift: Shift) -> Json:
    """A protection whose exceptions follow their cells, too."""
    if "unprotectedRanges" not in held:
        return held
    return {**held, "unprotectedRanges": [f for each in held["unprotectedRanges"] if (f := mend_range(each, shift))]}


def mend_range(grid_range: Json, shift: Shift) -> Json | None:
    """A GridRange after the shift; the same object where nothing changed."""
    if grid_range.get("sheetId", 0) != shift.sheet.id:
        return grid_range
    start_name, end_name = ("startRowIndex", "endRowIndex") if shift.rows else ("startColumnIndex", "endColumnIndex")
    return _mend_edges(grid_range, start_name, end_name, shift.mend)


def _mend_edges(item: Json, start_name: str, end_name: str, mend: Mend) -> Json | None:
    if start_name not in item and end_name not in item:
        return item
    open_end = end_name not in item
    span = mend((item.get(start_name, 0), 10**9 if open_end else item[end_name] - 1))
    if span is None:
        return None
    changed = {**item, start_name: span[0]}
    if not open_end:
        changed[end_name] = span[1] + 1
    return changed


def _mend_metadata(item: Json, shift: Shift) -> Json | None:
    where = item["location"].get("dimensionRange")
    if where is None or where.get("sheetId", 0) != shift.sheet.id or (where["dimension"] == "ROWS") != shift.rows:
        return item
    found = _mend_edges(where, "startIndex", "endIndex", shift.mend)
    return None if found is None else {**item, "location": {**item["location"], "dimensionRange": found}}


def _mend_rule(rule: Json, shift: Shift) -> Json | None:
    ranges = [found for area in rule.get("ranges", []) if (found := mend_range(area, shift))]
    return {**rule, "ranges": ranges} if ranges else None


def _mend_formulas(book: Book, shift: Shift) -> None:
    rows, columns = (shift.mend, _still) if shift.rows else (_still, shift.mend)
    for sheet in book.sheets:
        here = sheet is shift.sheet
        for index, row in enumerate(sheet.rows):
            for column, cell in enumerate(row.cells):
                if isinstance(cell.entered, Formula):
                    text = mended(cell.entered.text, here, shift.sheet.title, rows, columns)
                    sheet.put(index, column, cell.with_value(Formula(text)))


def _still(span: Span) -> Span:
    return span


_PLACES = ("basic_filter", "filter_views", "protected_ranges", "conditional_formats", "merges", "banded_ranges")
"""what of a sheet names its rows and columns"""


def same_places(one: Book, two: Book, sheet_id: int) -> bool:
    """Whether everything that names rows or columns of the sheet says the same in both versions."""
    here, there = one.sheet(sheet_id), two.sheet(sheet_id)
    return (
        one.named_ranges == two.named_ranges
        and one.metadata == two.metadata
        and all(getattr(here, name) == getattr(there, name) for name in _PLACES)
    )


def take_places(book: Book, source: Book, sheet_id: int) -> None:
    """Let everything that names rows or columns of the sheet say what it says in `source`."""
    here, there = book.sheet(sheet_id), source.copy().sheet(sheet_id)
    book.named_ranges, book.metadata = list(source.named_ranges), list(source.metadata)
    for name in _PLACES:
        setattr(here, name, getattr(there, name))
