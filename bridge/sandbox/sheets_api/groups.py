"""Requests about groups of rows or columns, which fold. How deep each row lies is all that is kept: a group of depth n
is a run of neighbours that lie at least n deep, which is what Google's rules for adding and deleting come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from .batch import Edit, handles
from .book import placed
from .errors import Json, invalid, required
from .shape import dimension_range
from .sheet import Column, Row, Sheet


@handles("addDimensionGroup", "range")
def add_dimension_group(edit: Edit, body: Json) -> Json:
    """The first group of a tab also says where its handle is: behind the group."""
    sheet, rows = _deepened(edit, body, +1)
    grid = {**sheet.properties.get("gridProperties", {}), f"{'row' if rows else 'column'}GroupControlAfter": True}
    sheet.properties = {**sheet.properties, "gridProperties": grid}
    return {"addDimensionGroup": {"dimensionGroups": placed(groups(sheet, rows))}}


@handles("deleteDimensionGroup", "range")
def delete_dimension_group(edit: Edit, body: Json) -> Json:
    sheet, rows = _deepened(edit, body, -1)
    left = placed(groups(sheet, rows))
    return {"deleteDimensionGroup": {"dimensionGroups": left} if left else {}}


def _deepened(edit: Edit, body: Json, by: int) -> tuple[Sheet, bool]:
    sheet, rows, start, end = dimension_range(edit, required(body, "range"))
    lines: list[Any] = sheet.rows if rows else sheet.columns
    if not 0 <= start < end <= len(lines):
        raise invalid(f"Cannot group {start}:{end}, the grid has {len(lines)}.")
    edit.claim_lines(sheet, rows, start, end)
    if by < 0 and not any(line.depth for line in lines[start:end]):
        raise invalid("There is no group over the specified range.")
    lines[start:end] = [replace(line, depth=max(line.depth + by, 0)) for line in lines[start:end]]
    return sheet, rows


def groups(sheet: Sheet, rows: bool) -> list[Json]:
    """Every group in one direction, the outer ones first."""
    lines: Sequence[Row | Column] = sheet.rows if rows else sheet.columns
    depths = [line.depth for line in lines]
    found = []
    for depth in range(1, max(depths, default=0) + 1):
        at = 0
        for inside, run in groupby([each >= depth for each in depths]):
            end = at + len(list(run))
            if inside:
                place = {"sheetId": sheet.id, "dimension": "ROWS" if rows else "COLUMNS"}
                found.append({"range": {**place, "startIndex": at, "endIndex": end}, "depth": depth})
            at = end
    return found
