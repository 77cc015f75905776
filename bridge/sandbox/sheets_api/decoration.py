"""Requests about looks: merges, borders, conditional formats, banding, charts. Kept and given back, drawn by nobody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .batch import Edit, handles
from .book import to_grid_range
from .errors import Json, invalid, required
from .masks import merged, update_mask
from .sheet import Area, Sheet

_SIDES = ("top", "bottom", "left", "right")


@handles("mergeCells", "range", "mergeType")
def merge_cells(edit: Edit, body: Json) -> Json:
    """Only the first cell of each merge keeps its value."""
    area = edit.claim(edit.book.area(required(body, "range")))
    kind = body.get("mergeType", "MERGE_ALL")
    for part in _merged_parts(area, kind):
        for row in range(part.top, part.bottom):
            for column in range(part.left, part.right):
                if (row, column) != (part.top, part.left):
                    area.sheet.put(row, column, area.sheet.cell(row, column).emptied())
        area.sheet.merges.append(to_grid_range(part))
    return {}


def _merged_parts(area: Area, kind: str) -> Iterator[Area]:
    if kind == "MERGE_ROWS":
        for row in range(area.top, area.bottom):
            yield replace(area, top=row, bottom=row + 1)
    elif kind == "MERGE_COLUMNS":
        for column in range(area.left, area.right):
            yield replace(area, left=column, right=column + 1)
    else:
        yield area


@handles("unmergeCells", "range")
def unmerge_cells(edit: Edit, body: Json) -> Json:
    area = edit.claim(edit.book.area(required(body, "range")))
    area.sheet.merges = [merge for merge in area.sheet.merges if not area.touches(edit.book.area(merge))]
    return {}


@handles("updateBorders", "range", "top", "bottom", "left", "right", "innerHorizontal", "innerVertical")
def update_borders(edit: Edit, body: Json) -> Json:
    area = edit.claim(edit.book.area(required(body, "range")))
    for row in range(area.top, area.bottom):
        cells = area.sheet.rows[row].span(area.left, area.right)
        edges = [_edges(body, area, row, area.left + offset) for offset in range(area.width)]
        dressed = [
            replace(cell, format={**cell.format, "borders": {**cell.format.get("borders", {}), **lines}})
            for cell, lines in zip(cells, edges, strict=True)
        ]
        area.sheet.put_span(row, area.left, dressed)
    return {}


def _edges(body: Json, area: Area, row: int, column: int) -> Json:
    inner = {"top": "innerHorizontal", "bottom": "innerHorizontal", "left": "innerVertical", "right": "innerVertical"}
    outermost = {
        "top": row == area.top,
        "bottom": row == area.bottom - 1,
        "left": column == area.left,
        "right": column == area.right - 1,
    }
    names = {side: side if outermost[side] else inner[side] for side in _SIDES}
    return {side: body[name] for side, name in names.items() if name in body}


@handles("addConditionalFormatRule", "rule", "index")
def add_conditional_format_rule(edit: Edit, body: Json) -> Json:
    rule = body.get("rule", {})
    ranges = rule.get("ranges", [])
    if not ranges:
        raise invalid("A conditional format rule needs a range.")
    _claim_all(edit, ranges)
    sheet = edit.book.area(ranges[0]).sheet
    sheet.conditional_formats.insert(body.get("index", 0), rule)
    return {}


@handles("updateConditionalFormatRule", "index", "sheetId", "rule", "newIndex")
def update_conditional_format_rule(edit: Edit, body: Json) -> Json:
    sheet, index = _rule_at(edit, body)
    old = sheet.conditional_formats.pop(index)
    new, at = body.get("rule", old), body.get("newIndex", index)
    _claim_all(edit, new.get("ranges", []))
    sheet.conditional_formats.insert(at, new)
    reply = {"newRule": new, "newIndex": at}
    if "newIndex" in body:
        reply["oldIndex"] = index
    else:
        reply["oldRule"] = old
    return {"updateConditionalFormatRule": {name: value for name, value in reply.items() if value != 0}}


@handles("deleteConditionalFormatRule", "index", "sheetId")
def delete_conditional_format_rule(edit: Edit, body: Json) -> Json:
    sheet, index = _rule_at(edit, body)
    return {"deleteConditionalFormatRule": {"rule": sheet.conditional_formats.pop(index)}}


def _rule_at(edit: Edit, body: Json) -> tuple[Sheet, int]:
    sheet = edit.book.sheet(body.get("sheetId", 0))
    index = body.get("index", 0)
    if not 0 <= index < len(sheet.conditional_formats):
        raise invalid(f"No conditional format on sheet: {sheet.id} at index: {index}")
    _claim_all(edit, sheet.conditional_formats[index].get("ranges", []))
    return sheet, index


def _claim_all(edit: Edit, ranges: list[Json]) -> None:
    for each in ranges:
        edit.claim(edit.book.area(each))


@handles("addBanding", "bandedRange")
def add_banding(edit: Edit, body: Json) -> Json:
    wanted = body.get("bandedRange", {})
    sheet = edit.claim(edit.book.area(wanted.get("range", {}))).sheet
    band = {**wanted, "bandedRangeId": wanted.get("bandedRangeId") or edit.book.new_id()}
    sheet.banded_ranges.append(band)
    return {"addBanding": {"bandedRange": band}}


@handles("updateBanding", "bandedRange", "fields")
def update_banding(edit: Edit, body: Json) -> Json:
    wanted = body.get("bandedRange", {})
    number = wanted.get("bandedRangeId", 0)
    found, at = _by_id(edit, "banded_ranges", "bandedRangeId", number)
    found[at] = {**merged(found[at], wanted, update_mask(body.get("fields"))), "bandedRangeId": number}
    return {}


@handles("deleteBanding", "bandedRangeId")
def delete_banding(edit: Edit, body: Json) -> Json:
    found, at = _by_id(edit, "banded_ranges", "bandedRangeId", body.get("bandedRangeId", 0))
    del found[at]
    return {}


@handles("addChart", "chart")
def add_chart(edit: Edit, body: Json) -> Json:
    """A chart without a place on a tab gets a tab of its own at Google; here it must name one."""
    wanted = body.get("chart", {})
    anchor = wanted.get("position", {}).get("overlayPosition", {}).get("anchorCell", {})
    sheet = edit.book.sheet(anchor.get("sheetId", 0))
    chart = {**wanted, "chartId": wanted.get("chartId") or edit.book.new_id()}
    sheet.charts.append(chart)
    return {"addChart": {"chart": chart}}


@handles("updateChartSpec", "chartId", "spec")
def update_chart_spec(edit: Edit, body: Json) -> Json:
    found, at = _by_id(edit, "charts", "chartId", body.get("chartId", 0))
    found[at] = {**found[at], "spec": body.get("spec", {})}
    return {}


@handles("deleteEmbeddedObject", "objectId")
def delete_embedded_object(edit: Edit, body: Json) -> Json:
    found, at = _by_id(edit, "charts", "chartId", body.get("objectId", 0))
    del found[at]
    return {}


def _by_id(edit: Edit, member: str, id_name: str, number: int) -> tuple[list[Json], int]:
    """The list of a sheet that holds the object, and where in it."""
    for sheet in edit.book.sheets:
        items: list[Json] = getattr(sheet, member)
        for at, item in enumerate(items):
            if item[id_name] == number:
                return items, at
    raise invalid(f"No object with id: {number}")
