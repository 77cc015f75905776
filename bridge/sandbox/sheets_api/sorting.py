"""sortRange: lines of cells put in order. Format, note and validation travel with their cell."""

from __future__ import annotations

from functools import cmp_to_key

from .batch import Edit, handles
from .cells import Cell
from .errors import Json, invalid, required
from .filtering import hide_rows
from .formula import Value, sort_key
from .references import moved
from .sheet import Area

Line = tuple[int, tuple[Cell, ...]]
"""a row's index before the sort, and its cells inside the sorted range"""


@handles("sortRange", "range", "sortSpecs")
def sort_range(edit: Edit, body: Json) -> Json:
    specs = body.get("sortSpecs", [])
    if not specs:
        raise invalid("At least one sort specification is needed.")
    sort_area(edit, edit.claim(edit.book.area(required(body, "range"))), specs)
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
            sheet.put_span(index, area.left, [moved(cell, index - old_index, 0) for cell in cells])
    if not stays and sheet.basic_filter:
        hide_rows(edit.view(), sheet)


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
