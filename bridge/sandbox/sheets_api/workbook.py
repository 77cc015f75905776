"""A spreadsheet as an Excel file: every tab with its values, formulas, number formats, looks, sizes, merges, notes and
filter. Charts, conditional formats, validations and protections stay behind."""

from __future__ import annotations

import html
import io
import re
import zipfile
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell as ExcelCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet

from .a1 import box_name, cell_name, column_index, column_name, quote_title
from .book import Book
from .cells import Cell, CellError, Format, Formula, plain_number
from .errors import Json
from .formula import Value
from .number_format import default_pattern
from .sheet import COLUMN_PIXELS, ROW_PIXELS, Area, Sheet
from .view import View

_LINES = {
    "DOTTED": "dotted",
    "DASHED": "dashed",
    "SOLID": "thin",
    "SOLID_MEDIUM": "medium",
    "SOLID_THICK": "thick",
    "DOUBLE": "double",
}
_PIXELS_A_CHARACTER, _POINTS_A_PIXEL = 7, 0.75
_FORMULA_CELL = re.compile(r'<c r="([A-Z]+)(\d+)"([^>]*)><f>(.*?)</f><v ?/></c>', re.DOTALL)


def workbook(view: View) -> bytes:
    made = Workbook()
    made.remove(made.worksheets[0])
    for sheet in view.book.sheets:
        _tab(view, sheet, made.create_sheet(_title(made, sheet.title)))
    for named in view.book.named_ranges:
        area = view.book.area(named["range"])
        if area.sheet.title in made.sheetnames:  # under a title that Excel does not take, nothing finds it
            made.defined_names[named["name"]] = DefinedName(named["name"], attr_text=_absolute(area))
    out = io.BytesIO()
    made.save(out)
    return _with_results(out.getvalue(), view)


def _title(made: Workbook, title: str) -> str:
    """Excel takes 31 characters, and some not at all."""
    short = re.sub(r"[\\/*?:\[\]]", "_", title)[:31]
    number = 1
    free = short
    while free in made.sheetnames:
        number += 1
        free = f"{short[: 31 - len(f' ({number})')]} ({number})"
    return free


def _absolute(area: Area) -> str:
    first, last = f"${column_name(area.left)}${area.top + 1}", f"${column_name(area.right - 1)}${area.bottom}"
    return f"{quote_title(area.sheet.title)}!{first}:{last}"


def _tab(view: View, sheet: Sheet, tab: Worksheet) -> None:
    for row in range(sheet.filled_rows()):
        for column, cell in enumerate(sheet.rows[row].cells):
            _fill(view, cell, view.value(sheet, row, column, cell), tab.cell(row + 1, column + 1))
    for at, line in enumerate(sheet.rows, 1):
        if line.pixels != ROW_PIXELS or line.hidden_by_user or line.hidden_by_filter or line.depth:
            shape = tab.row_dimensions[at]
            shape.height = line.pixels * _POINTS_A_PIXEL
            shape.hidden = line.hidden_by_user or line.hidden_by_filter
            shape.outlineLevel = line.depth
    for at, line_ in enumerate(sheet.columns):
        if line_.pixels != COLUMN_PIXELS or line_.hidden_by_user or line_.depth:
            shape = tab.column_dimensions[column_name(at)]
            shape.width = line_.pixels / _PIXELS_A_CHARACTER
            shape.hidden = line_.hidden_by_user
            shape.outlineLevel = line_.depth
    for merge in sheet.merges:
        tab.merge_cells(_a1(view.book, merge))
    if sheet.basic_filter:
        tab.auto_filter.ref = _a1(view.book, sheet.basic_filter["range"])
    _frame(sheet, tab)


def _a1(book: Book, grid_range: Json) -> str:
    area = book.area(grid_range)
    return box_name(area.top, area.left, area.bottom, area.right)


def _frame(sheet: Sheet, tab: Worksheet) -> None:
    """What is the tab's own: frozen lines, its colour, whether it shows."""
    grid = sheet.properties.get("gridProperties", {})
    rows, columns = grid.get("frozenRowCount", 0), grid.get("frozenColumnCount", 0)
    if rows or columns:
        tab.freeze_panes = cell_name(rows, columns)
    tab.sheet_view.showGridLines = not grid.get("hideGridlines", False)
    if "tabColor" in sheet.properties:
        tab.sheet_properties.tabColor = _hex(sheet.properties["tabColor"])
    if sheet.properties.get("hidden"):
        tab.sheet_state = "hidden"


def _fill(view: View, cell: Cell, value: Value, there: ExcelCell) -> None:
    entered = cell.entered
    there.value = _excel(entered.text if isinstance(entered, Formula) else value)
    if isinstance(entered, str):
        there.data_type = "s"  # also where it begins with =
    if cell.note:
        there.comment = Comment(cell.note, "")
    if cell.format:
        _dress(cell.format, view.locale, there)


def _excel(value: Value) -> Any:
    if isinstance(value, CellError):
        return value.text
    if isinstance(value, float):
        return plain_number(value)
    return ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value


def _dress(look: Format, locale: str, there: ExcelCell) -> None:
    chosen: Json = look.get("numberFormat", {})
    if chosen:
        there.number_format = chosen.get("pattern") or default_pattern(chosen["type"], locale)
    if "backgroundColor" in look:
        there.fill = PatternFill("solid", fgColor=_hex(look["backgroundColor"]))
    text: Json = look.get("textFormat", {})
    if text:
        there.font = Font(
            name=text.get("fontFamily", "Arial"),
            size=text.get("fontSize", 10),
            bold=text.get("bold", False),
            italic=text.get("italic", False),
            strike=text.get("strikethrough", False),
            underline="single" if text.get("underline") else None,
            color=_hex(text.get("foregroundColor", {})),
        )
    side, height = look.get("horizontalAlignment"), look.get("verticalAlignment")
    if side or height or "wrapStrategy" in look:
        there.alignment = Alignment(
            horizontal=side.lower() if side else None,
            vertical={"TOP": "top", "MIDDLE": "center"}.get(height, "bottom") if height else None,
            wrap_text=look.get("wrapStrategy") == "WRAP",
        )
    if "borders" in look:
        edges = {edge: Side(_LINES[line["style"]], _hex(line["color"])) for edge, line in look["borders"].items()}
        there.border = Border(**edges)


def _hex(colour: Json) -> str:
    return "".join(f"{round(colour.get(name, 0) * 255):02X}" for name in ("red", "green", "blue"))


def _with_results(content: bytes, view: View) -> bytes:
    """The file with what each formula comes to, which a program that reads it without calculating goes by. openpyxl
    leaves the place empty."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            if match := re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", name):
                data = _calculated(data.decode(), view, view.book.sheets[int(match[1]) - 1]).encode()
            target.writestr(name, data)
    return out.getvalue()


def _calculated(text: str, view: View, sheet: Sheet) -> str:
    def result(match: re.Match[str]) -> str:
        letters, number, look, formula = match.groups()
        value = view.value(sheet, int(number) - 1, column_index(letters))
        kind = {bool: "b", str: "str", CellError: "e"}.get(type(value), "n")
        shown = html.escape(str(int(value) if isinstance(value, bool) else _excel(value)), quote=False)
        return f'<c r="{letters}{number}"{look} t="{kind}"><f>{formula}</f><v>{shown}</v></c>'

    return _FORMULA_CELL.sub(result, text)
