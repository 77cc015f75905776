"""Requests about looks: borders, conditional formats, banding, charts. Kept and given back, drawn by nobody."""

from __future__ import annotations

from dataclasses import replace

from .batch import Edit, handles
from .book import placed
from .cells import Cell
from .colours import border
from .errors import Json, invalid, required
from .masks import merged, update_mask
from .sheet import Area, Sheet

_SIDES = ("top", "bottom", "left", "right")


@handles("updateBorders", "range", "top", "bottom", "left", "right", "innerHorizontal", "innerVertical")
def update_borders(edit: Edit, body: Json) -> Json:
    area = edit.claim(edit.book.area(required(body, "range")))
    for row in range(area.top, area.bottom):
        cells = area.sheet.rows[row].span(area.left, area.right)
        edges = [_edges(body, area, row, area.left + offset) for offset in range(area.width)]
        dressed = [_bordered(cell, lines) for cell, lines in zip(cells, edges, strict=True)]
        area.sheet.put_span(row, area.left, dressed)
    return {}


def _bordered(cell: Cell, lines: Json) -> Cell:
    kept = {side: line for side, line in cell.format.get("borders", {}).items() if side not in lines}
    drawn = {side: line for side, each in lines.items() if (line := border(each))}
    rest = {name: value for name, value in cell.format.items() if name != "borders"}
    return replace(cell, format={**rest, "borders": both} if (both := {**kept, **drawn}) else rest)


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
    return {"updateConditionalFormatRule": {name: placed(value) for name, value in reply.items() if value != 0}}


@handles("deleteConditionalFormatRule", "index", "sheetId")
def delete_conditional_format_rule(edit: Edit, body: Json) -> Json:
    sheet, index = _rule_at(edit, body)
    return {"deleteConditionalFormatRule": {"rule": placed(sheet.conditional_formats.pop(index))}}


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
    return {"addBanding": {"bandedRange": placed(band)}}


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
    return {"addChart": {"chart": placed(chart)}}


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
