"""Requests that write cells: updateCells, repeatCell, appendCells, and what a values call or a person types."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from .batch import Edit, handles
from .cells import Cell, Format, checked, from_extended
from .colours import painted
from .errors import Json, invalid, required, unimplemented
from .masks import Mask, inside, merged, update_mask
from .references import moved
from .sheet import Area, Sheet

_WRITABLE = frozenset({"userEnteredValue", "userEnteredFormat", "note", "dataValidation"})
_READ_ONLY = frozenset({"effectiveValue", "formattedValue", "effectiveFormat", "hyperlink"})

Change = Callable[[Cell, Json], Cell]


@lru_cache(maxsize=256)
def changer(fields: str | None) -> Change:
    """A cell and a CellData → the cell with the masked members taken from the data."""
    mask = update_mask(fields)
    for name in mask:
        if name not in _WRITABLE | _READ_ONLY:
            raise unimplemented(f"the cell member '{name}'")
    value, look = inside(mask, "userEnteredValue"), inside(mask, "userEnteredFormat")
    note, validation = inside(mask, "note"), inside(mask, "dataValidation")

    def change(cell: Cell, data: Json) -> Cell:
        return Cell(
            from_extended(data.get("userEnteredValue", {})) if value is not None else cell.entered,
            restyled(cell.format, data.get("userEnteredFormat", {}), look) if look is not None else cell.format,
            data.get("note", "") if note is not None else cell.note,
            data.get("dataValidation") if validation is not None else cell.validation,
        )

    return change


def restyled(old: Format, new: Format, mask: Mask) -> Format:
    return painted(merged(old, new, mask), new, mask)


@handles("updateCells", "rows", "fields", "start", "range")
def update_cells(edit: Edit, body: Json) -> Json:
    change = changer(body.get("fields"))
    rows: list[list[Json]] = [row.get("values", []) for row in body.get("rows", [])]
    if "range" in body:
        _fill_area(edit.claim(edit.book.area(required(body, "range"))), rows, change)
        return {}
    start: Json = body.get("start", {})
    sheet = edit.book.sheet(start.get("sheetId", 0))
    write_rows(edit, sheet, start.get("rowIndex", 0), start.get("columnIndex", 0), rows, change)
    return {}


def write_rows(edit: Edit, sheet: Sheet, top: int, left: int, rows: list[list[Json]], change: Change) -> None:
    """CellData from a corner on, which must lie inside the grid with everything that follows."""
    height, width = len(rows), max(map(len, rows), default=0)
    for name, at, count, size in (("row", top, height, len(sheet.rows)), ("column", left, width, len(sheet.columns))):
        if at >= size:
            raise invalid(f"GridCoordinate.{name}Index[{at}] is after last {name} in grid[{size - 1}]")
        if at + count > size:
            raise invalid(f"Attempting to write {name}: {size}, beyond the last requested {name} of: {size - 1}")
    edit.place(sheet, top, left, height, width)
    for offset, values in enumerate(rows, top):
        old = sheet.rows[offset].span(left, left + len(values))
        sheet.put_span(offset, left, [change(cell, data) for cell, data in zip(old, values, strict=True)])


def _fill_area(area: Area, rows: list[list[Json]], change: Change) -> None:
    """Cells of the range for which there is no data lose the masked members."""
    if len(rows) > area.height or any(len(values) > area.width for values in rows):
        raise invalid("The data does not fit the range it is written to.")
    for offset, old in enumerate(list(area.rows())):
        values = rows[offset] if offset < len(rows) else []
        padded = values + [{}] * (area.width - len(values))
        changed = [change(cell, data) for cell, data in zip(old, padded, strict=True)]
        area.sheet.put_span(area.top + offset, area.left, changed)


@handles("repeatCell", "range", "cell", "fields")
def repeat_cell(edit: Edit, body: Json) -> Json:
    """A formula's relative references move along with the cell, counted from the range's corner."""
    change, data = changer(body.get("fields")), body.get("cell", {})
    area = edit.claim(edit.book.area(required(body, "range")))
    formula = data.get("userEnteredValue", {}).get("formulaValue")
    for offset, old in enumerate(list(area.rows())):
        changed = [change(cell, data) for cell in old]
        if formula:
            changed = [moved(cell, offset, column) for column, cell in enumerate(changed)]
        area.sheet.put_span(area.top + offset, area.left, changed)
    return {}


@handles("appendCells", "sheetId", "rows", "fields", "tableId")
def append_cells(edit: Edit, body: Json) -> Json:
    """Below the last row with a value; the grid gets the rows it lacks, but no columns."""
    change = changer(body.get("fields"))
    sheet = edit.book.sheet(body.get("sheetId", 0))
    rows: list[list[Json]] = [row.get("values", []) for row in body.get("rows", [])]
    if not rows:
        raise invalid("There are no rows to append.")
    top = sheet.last_value_row()
    sheet.grow(rows=top + len(rows))
    write_rows(edit, sheet, top, 0, rows, change)
    return {}


def write_values(edit: Edit, area: Area, rows: list[list[Any]], user_entered: bool) -> None:
    """Plain values over cells, formats kept: None leaves a cell alone, "" empties it."""
    today = edit.today()
    for offset, values in enumerate(rows):
        old = area.sheet.rows[area.top + offset].span(area.left, area.left + len(values))
        new = [
            cell if value is None else _written(edit, cell, value, user_entered, today)
            for cell, value in zip(old, values, strict=True)
        ]
        area.sheet.put_span(area.top + offset, area.left, new)


def _written(edit: Edit, cell: Cell, value: Any, user_entered: bool, today: Any) -> Cell:
    if isinstance(value, bool):
        return cell.with_value(value)
    if isinstance(value, int | float):
        if user_entered and cell.is_text and edit.switches.text_cells_keep_typed_text:
            return cell.with_value(repr(value))
        return cell.with_value(float(value))
    if not isinstance(value, str):
        raise invalid(f"Invalid values: a cell cannot hold {type(value).__name__}.")
    checked(value)
    if user_entered:
        return edit.typed(cell, value, today)
    return cell.with_value(value or None)


@handles("setDataValidation", "range", "rule", "filteredRowsIncluded")
def set_data_validation(edit: Edit, body: Json) -> Json:
    area, rule = edit.claim(edit.book.area(required(body, "range"))), body.get("rule")
    for offset, old in enumerate(list(area.rows())):
        if area.sheet.rows[area.top + offset].hidden_by_filter and not body.get("filteredRowsIncluded"):
            continue
        changed = [Cell(cell.entered, cell.format, cell.note, rule) for cell in old]
        area.sheet.put_span(area.top + offset, area.left, changed)
    return {}
