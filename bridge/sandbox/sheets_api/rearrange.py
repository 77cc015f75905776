"""Requests that carry cells elsewhere: copyPaste and cutPaste, insertRange and deleteRange."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from .batch import Edit, handles
from .cells import EMPTY, Cell
from .errors import ApiError, Json, invalid, required, unimplemented
from .references import moved
from .sheet import BLANK_ROW, Area, Sheet

Paste = Callable[[Cell, Cell], Cell]
"""(pasted cell, cell there before) → the new cell"""

_PASTES: dict[str, Paste] = {
    "PASTE_NORMAL": lambda new, _: new,
    "PASTE_NO_BORDERS": lambda new, old: Cell(new.entered, _with_borders_of(new, old), new.note, new.validation),
    "PASTE_VALUES": lambda new, old: Cell(new.entered, old.format, old.note, old.validation),
    "PASTE_FORMULA": lambda new, old: Cell(new.entered, old.format, old.note, old.validation),
    "PASTE_FORMAT": lambda new, old: Cell(old.entered, new.format, old.note, old.validation),
    "PASTE_DATA_VALIDATION": lambda new, old: Cell(old.entered, old.format, old.note, new.validation),
    "PASTE_CONDITIONAL_FORMATTING": lambda _, old: old,
}
_WITH_MERGES = ("PASTE_NORMAL", "PASTE_NO_BORDERS", "PASTE_FORMAT")


def _with_borders_of(new: Cell, old: Cell) -> Json:
    look = {name: value for name, value in new.format.items() if name != "borders"}
    return {**look, "borders": old.format["borders"]} if "borders" in old.format else look


@handles("copyPaste", "source", "destination", "pasteType", "pasteOrientation")
def copy_paste(edit: Edit, body: Json) -> Json:
    """A destination that is a multiple of the source is tiled with it; a smaller one is overrun."""
    source = edit.book.area(required(body, "source"))
    kind = body.get("pasteType", "PASTE_NORMAL")
    turned = body.get("pasteOrientation") == "TRANSPOSE"
    block = _carried(edit, source, kind == "PASTE_VALUES")
    if turned:
        block = [list(line) for line in zip(*block, strict=True)]
    target = _target(edit, edit.book.area(required(body, "destination")), len(block), len(block[0]))
    _refuse_filtered(edit, source, target)
    if kind in _WITH_MERGES:
        _refuse_merged(edit, source, target)
    paste = _PASTES[kind]
    for row in range(target.height):
        from_row = row % len(block)
        line = block[from_row]
        old = target.sheet.rows[target.top + row].span(target.left, target.right)
        pasted = []
        for column, there in enumerate(old):
            from_column = column % len(line)
            rows = target.top + row - source.top - from_row
            columns = target.left + column - source.left - from_column
            pasted.append(paste(moved(line[from_column], 0 if turned else rows, 0 if turned else columns), there))
        target.sheet.put_span(target.top + row, target.left, pasted)
    return {}


def _carried(edit: Edit, source: Area, values_only: bool) -> list[list[Cell]]:
    if not values_only:
        return [list(row) for row in source.rows()]
    view = edit.view()
    return [
        [
            cell.with_value(view.value(source.sheet, source.top + row, source.left + column, cell))
            for column, cell in enumerate(cells)
        ]
        for row, cells in enumerate(source.rows())
    ]


def _target(edit: Edit, named: Area, height: int, width: int) -> Area:
    tall = named.height if named.height % height == 0 else height
    wide = named.width if named.width % width == 0 else width
    return edit.place(named.sheet, named.top, named.left, tall, wide)


def _refuse_filtered(edit: Edit, *areas: Area) -> None:
    if edit.switches.copy_paste_refuses_filtered_rows and any(area.filtered() for area in areas):
        raise filtered_out()


def _refuse_merged(edit: Edit, *areas: Area) -> None:
    """At Google merges travel with their cells."""
    for area in areas:
        if any(area.touches(edit.book.area(merge)) for merge in area.sheet.merges):
            raise unimplemented("the copying and moving of merged cells, or onto them")


def filtered_out() -> ApiError:
    return invalid("This operation is not supported on a range with a filtered out row.")


@handles("cutPaste", "source", "destination", "pasteType")
def cut_paste(edit: Edit, body: Json) -> Json:
    source = edit.claim(edit.book.area(required(body, "source")))
    corner = required(body, "destination")
    sheet = edit.book.sheet(corner.get("sheetId", 0))
    top, left = corner.get("rowIndex", 0), corner.get("columnIndex", 0)
    target = edit.place(sheet, top, left, source.height, source.width)
    _refuse_filtered(edit, source, target)
    _refuse_merged(edit, source, target)
    kind = body.get("pasteType", "PASTE_NORMAL")
    block = _carried(edit, source, kind == "PASTE_VALUES")
    _blank(source.sheet, source)
    paste = _PASTES[kind]
    for row, line in enumerate(block):
        old = sheet.rows[top + row].span(left, left + source.width)
        sheet.put_span(top + row, left, [paste(new, there) for new, there in zip(line, old, strict=True)])
    return {}


def _blank(sheet: Sheet, area: Area) -> None:
    for row in range(area.top, area.bottom):
        sheet.put_span(row, area.left, [EMPTY] * area.width)


def _shifted(area: Area, along_rows: bool) -> Area:
    """The range with everything below (right of) it: all of that changes its place."""
    sheet = area.sheet
    return replace(area, bottom=len(sheet.rows)) if along_rows else replace(area, right=len(sheet.columns))


@handles("insertRange", "range", "shiftDimension")
def insert_range(edit: Edit, body: Json) -> Json:
    """Blank cells at the range; what was there goes down (ROWS) or right (COLUMNS), the grid growing where it must."""
    area, down = edit.book.area(required(body, "range")), body.get("shiftDimension") == "ROWS"
    edit.claim(_shifted(area, down))
    sheet = area.sheet
    if down:
        last = max((i + 1 for i, row in enumerate(sheet.rows) if any(row.cells[area.left : area.right])), default=0)
        sheet.grow(rows=max(last, area.top) + area.height)
        for index in range(len(sheet.rows) - 1, area.bottom - 1, -1):
            sheet.put_span(index, area.left, sheet.rows[index - area.height].span(area.left, area.right))
        _blank(sheet, area)
        return {}
    for index in range(area.top, area.bottom):
        cells = sheet.rows[index].cells[area.left :]
        sheet.grow(columns=area.right + len(cells))
        sheet.put_span(index, area.left, [*[EMPTY] * area.width, *cells])
    return {}


@handles("deleteRange", "range", "shiftDimension")
def delete_range(edit: Edit, body: Json) -> Json:
    """The cells go; what was below (ROWS) or right of them (COLUMNS) moves up."""
    area, up = edit.book.area(required(body, "range")), body.get("shiftDimension") == "ROWS"
    edit.claim(_shifted(area, up))
    sheet = area.sheet
    if up:
        for index in range(area.top, len(sheet.rows)):
            below = sheet.rows[index + area.height] if index + area.height < len(sheet.rows) else BLANK_ROW
            sheet.put_span(index, area.left, below.span(area.left, area.right))
        return {}
    for index in range(area.top, area.bottom):
        row = sheet.rows[index]
        sheet.rows[index] = row.with_all(row.span(0, area.left) + row.cells[area.right :])
    return {}
