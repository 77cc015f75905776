"""Requests about merged cells. A merge is touched as a whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .batch import Edit, handles
from .book import to_grid_range
from .errors import Json, invalid, required
from .sheet import Area


@handles("mergeCells", "range", "mergeType")
def merge_cells(edit: Edit, body: Json) -> Json:
    """Only the first cell of each merge keeps its value; merges that lie inside give way."""
    area = edit.claim(edit.book.area(required(body, "range")))
    _take_out(edit, area)
    for part in _merged_parts(area, body.get("mergeType", "MERGE_ALL")):
        for row in range(part.top, part.bottom):
            for column in range(part.left, part.right):
                if (row, column) != (part.top, part.left):
                    area.sheet.put(row, column, area.sheet.cell(row, column).emptied())
        if part.height * part.width > 1:
            area.sheet.merges.append(to_grid_range(part))
    return {}


@handles("unmergeCells", "range")
def unmerge_cells(edit: Edit, body: Json) -> Json:
    _take_out(edit, edit.claim(edit.book.area(required(body, "range"))))
    return {}


def _take_out(edit: Edit, area: Area) -> None:
    """Without the merges in the area, which may cut through none."""
    touched = [merge for merge in area.sheet.merges if area.touches(edit.book.area(merge))]
    if not all(area.holds(edit.book.area(merge)) for merge in touched):
        raise invalid("You must select all cells in a merged range to merge or unmerge them.")
    area.sheet.merges = [merge for merge in area.sheet.merges if merge not in touched]


def _merged_parts(area: Area, kind: str) -> Iterator[Area]:
    if kind == "MERGE_ROWS":
        for row in range(area.top, area.bottom):
            yield replace(area, top=row, bottom=row + 1)
    elif kind == "MERGE_COLUMNS":
        for column in range(area.left, area.right):
            yield replace(area, left=column, right=column + 1)
    else:
        yield area
