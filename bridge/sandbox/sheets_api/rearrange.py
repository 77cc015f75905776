"""Requests that carry cells about: sortRange, copyPaste, cutPaste. Format, note and validation travel with a cell."""

from __future__ import annotations

from collections.abc import Callable
from functools import cmp_to_key

from .batch import Edit, handles
from .cells import EMPTY, Cell, Formula
from .errors import ApiError, Json, invalid
from .formula import Value, sort_key
from .references import translated
from .sheet import Area, Sheet

Line = tuple[int, tuple[Cell, ...]]
"""a row's index before the sort, and its cells inside the sorted range"""


@handles("sortRange", "range", "sortSpecs")
def sort_range(edit: Edit, body: Json) -> Json:
    specs = body.get("sortSpecs", [])
    if not specs:
        raise invalid("At least one sort specification is needed.")
    sort_area(edit, edit.claim(edit.book.area(body["range"])), specs)
    return {}


def sort_area(edit: Edit, area: Area, specs: list[Json]) -> None:
    """Order the lines of the area; a line whose formulas move has their relative references moved along."""
    sheet, view = area.sheet, edit.view()
    stays = edit.switches.sort_leaves_filtered_rows
    places = [i for i in range(area.top, area.bottom) if not (stays and sheet.rows[i].hidden_by_filter)]
    lines = [(index, sheet.rows[index].span(area.left, area.right)) for index in places]
    keys = {index: [view.value(sheet, index, _sort_column(spec, area)) for spec in specs] for index in places}
    descending = [spec.get("sortOrder") == "DESCENDING" for spec in specs]

    def order(one: Line, two: Line) -> int:
        return _compare(keys[one[0]], keys[two[0]], descending)

    lines.sort(key=cmp_to_key(order))
    for index, (old_index, cells) in zip(places, lines, strict=True):
        if index != old_index:
            sheet.put_span(index, area.left, [_moved(cell, index - old_index, 0) for cell in cells])


def _sort_column(spec: Json, area: Area) -> int:
    column = int(spec.get("dimensionIndex", 0))
    if not area.left <= column < area.right:
        raise invalid(f"Cannot sort by column {column}, it lies outside the range.")
    return column


def _compare(one: list[Value], two: list[Value], descending: list[bool]) -> int:
    for a, b, down in zip(one, two, descending, strict=True):
        x, y = sort_key(a), sort_key(b)
        if x != y:
            blanks = a is None or b is None  # they come last whichever way one sorts
            return (1 if x > y else -1) * (-1 if down and not blanks else 1)
    return 0


def _moved(cell: Cell, rows: int, columns: int) -> Cell:
    entered = cell.entered
    return cell.with_value(Formula(translated(entered.text, rows, columns))) if isinstance(entered, Formula) else cell


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


def _with_borders_of(new: Cell, old: Cell) -> Json:
    look = {name: value for name, value in new.format.items() if name != "borders"}
    return {**look, "borders": old.format["borders"]} if "borders" in old.format else look


@handles("copyPaste", "source", "destination", "pasteType", "pasteOrientation")
def copy_paste(edit: Edit, body: Json) -> Json:
    """A destination that is a multiple of the source is tiled with it; a smaller one is overrun."""
    source = edit.book.area(body["source"])
    kind = body.get("pasteType", "PASTE_NORMAL")
    turned = body.get("pasteOrientation") == "TRANSPOSE"
    block = _carried(edit, source, kind == "PASTE_VALUES")
    if turned:
        block = [list(line) for line in zip(*block, strict=True)]
    target = _target(edit, edit.book.area(body["destination"]), len(block), len(block[0]))
    _refuse_filtered(edit, source, target)
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
            pasted.append(paste(_moved(line[from_column], 0 if turned else rows, 0 if turned else columns), there))
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


def filtered_out() -> ApiError:
    return invalid("This operation is not supported on a range with a filtered out row.")


@handles("cutPaste", "source", "destination", "pasteType")
def cut_paste(edit: Edit, body: Json) -> Json:
    source = edit.claim(edit.book.area(body["source"]))
    corner = body["destination"]
    sheet = edit.book.sheet(corner.get("sheetId", 0))
    top, left = corner.get("rowIndex", 0), corner.get("columnIndex", 0)
    target = edit.place(sheet, top, left, source.height, source.width)
    _refuse_filtered(edit, source, target)
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
