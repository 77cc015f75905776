"""A table that a seller already has, as rows of cells: a CSV file, an Excel file, or a tab of a Google spreadsheet.

Nothing is judged here; what can't be read at all is refused with a sentence.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import date, time, timedelta
from itertools import zip_longest
from pathlib import Path
from typing import Any

from gspread.utils import absolute_range_name

from bridge.domain.import_cells import NOTHING, SourceCell
from bridge.domain.reading import CellKind, RawCell
from bridge.errors import Hint, Refused
from bridge.sheet.gateway import Gateway, Piece
from bridge.sheet.grid import GridCell, Tab
from bridge.sheet.texts import both

Table = Sequence[Sequence[SourceCell]]

MOST_ROWS = 50_000
MOST_COLUMNS = 200
_LOOKED_AT = 50  # rows that tell by which sign a file is divided
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_SECTION = re.compile(r'(?:"[^"]*"|\\.|[^;"\\])*')  # of a number format: how it shows a number above zero
_PIECE = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|\[\$(?P<currency>[^\]-]*)[^\]]*\]|(?P<nothing>[_*].|\[[^<>=\]]*\]|\.[0#?]+)'
    r"|(?P<whole>General|@)|(?P<digits>[0#?][0#?,]*)|(?P<other>.)",
    re.DOTALL,
)


def refuse(code: str, **values: Any) -> Refused:
    """With a sentence of [import]."""
    return Refused(Hint(**both("import", code, **values)))


def read_file(path: Path, sheet: str = "") -> Table:
    """`sheet`: the title of a worksheet, "" for the first. Raises Refused."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise refuse("unreadable", name=path.name) from error
    if data.startswith(_OLD_EXCEL):
        raise refuse("old excel", name=path.name)
    return _limited(_excel(path, sheet) if data.startswith(_ZIP) else _csv(data, path.name))


def _limited(rows: Iterable[Sequence[SourceCell]]) -> Table:
    found: list[Sequence[SourceCell]] = []
    for row in rows:
        if len(found) == MOST_ROWS or any(not cell.blank for cell in row[MOST_COLUMNS:]):
            raise refuse("too large", rows=MOST_ROWS, columns=MOST_COLUMNS)
        found.append(row[:MOST_COLUMNS])
    return found


# --- CSV -----------------------------------------------------------------------------------------------------------


def _csv(data: bytes, name: str) -> Iterator[list[SourceCell]]:
    text = _decoded(data, name)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)):
            yield [text_cell(value) for value in row]
    except csv.Error as error:
        raise refuse("unreadable", name=name) from error


def _decoded(data: bytes, name: str) -> str:
    """UTF-8 with or without a mark, what Excel calls Unicode text, or CP932, as Japanese Excel saves a CSV."""
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp932"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise refuse("unreadable", name=name)


def _delimiter(text: str) -> str:
    """The sign that makes the most columns of the most rows."""

    def columns(delimiter: str) -> int:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        widths = Counter(len(row) for row, _ in zip(reader, range(_LOOKED_AT), strict=False))
        return max((count * (width - 1) for width, count in widths.items()), default=0)

    return max((",", "\t", ";"), key=columns)


def text_cell(value: str) -> SourceCell:
    return SourceCell(RawCell(CellKind.TEXT, value), value) if value.strip() else NOTHING


# --- Excel ---------------------------------------------------------------------------------------------------------


def _excel(path: Path, title: str) -> Iterator[list[SourceCell]]:
    """Each cell with the result that Excel saved beside its formula."""
    from openpyxl import load_workbook  # wanted here only

    try:
        with (
            closing(load_workbook(path, read_only=True, data_only=True)) as results,
            closing(load_workbook(path, read_only=True)) as formulas,
        ):
            if title and title not in results.sheetnames:
                raise refuse("no sheet", name=title, names="、".join(results.sheetnames))
            name = title or results.sheetnames[0]
            for sheet in (results[name], formulas[name]):
                sheet.reset_dimensions()  # what a file says of its own size may be wrong
            for row, typed in zip_longest(results[name].iter_rows(), formulas[name].iter_rows(), fillvalue=()):
                yield [_excel_cell(cell, entered) for cell, entered in zip_longest(row, typed)]
    except Refused:
        raise
    except Exception as error:  # openpyxl lets out whatever the damage led to
        raise refuse("unreadable", name=path.name) from error


def _excel_cell(cell: Any, entered: Any) -> SourceCell:
    value = None if cell is None else cell.value
    if value is None:
        comes_to_nothing = cell is not None and cell.data_type == "str"  # so Excel saves the result ""
        without_result = entered is not None and entered.data_type == "f" and not comes_to_nothing
        return SourceCell(RawCell(CellKind.FORMULA), str(entered.value)) if without_result else NOTHING
    if isinstance(value, bool):
        return SourceCell(RawCell(CellKind.BOOLEAN, value), str(value).upper())
    if isinstance(value, date | time | timedelta):
        return SourceCell(RawCell(CellKind.NUMBER, 0, "DATE"), str(value))
    if isinstance(value, int | float):
        form = str(cell.number_format or "")
        raw = RawCell(CellKind.NUMBER, float(value), "PERCENT" if "%" in form else "")
        return SourceCell(raw, _number(value, form))
    if cell.data_type == "e":
        return SourceCell(RawCell(CellKind.ERROR, str(value)), str(value))
    return text_cell(str(value))


def _number(value: float, form: str) -> str:
    """As Excel shows it, as far as it matters: a format fills a code up with zeros, and puts signs before, between and
    behind its digits. Thousands are not divided, and a number that is whole shows no .0 and no exponent."""
    if value != int(value):
        return repr(value)
    section = _SECTION.match(form)
    pieces = list(_PIECE.finditer(section[0] if section else ""))
    if value < 0 or not pieces or any(piece["other"] in ("E", "e") for piece in pieces):
        return str(int(value))
    places = [piece["digits"].replace(",", "") for piece in pieces if piece["digits"]]
    left, shown = str(int(value)).zfill("".join(places).count("0")), ""
    for piece in reversed(pieces):  # the digits are dealt out from the right, and the first place takes the rest
        if piece["whole"]:
            text = left
        elif piece["digits"]:
            width = len(places.pop()) if len(places) > 1 else len(left)
            text, left = left[max(0, len(left) - width) :], left[: max(0, len(left) - width)]
        else:
            text = piece["quoted"] or piece["escaped"] or piece["currency"] or piece["other"] or ""
        shown = text + shown
    return shown


# --- Google --------------------------------------------------------------------------------------------------------


def read_tab(gateway: Gateway, tab: Tab) -> Table:
    """A tab of `gateway`'s spreadsheet. One read, and one more where it holds formulas."""
    found = gateway.read([Piece(tab.sheet_id)]).tabs[tab.sheet_id]
    results = _results(gateway, found)
    return _limited(
        [_google_cell(cell, results.get((i, j))) for j, cell in enumerate(row)] for i, row in enumerate(found.rows)
    )


def _results(gateway: Gateway, tab: Tab) -> dict[tuple[int, int], Any]:
    """What the cells of a tab come to, by row and column; nothing where it holds no formula."""
    if not any(cell.formula for row in tab.rows for cell in row):
        return {}
    answer = gateway.open().values_get(absolute_range_name(tab.title), {"valueRenderOption": "UNFORMATTED_VALUE"})
    return {(i, j): value for i, row in enumerate(answer.get("values", ())) for j, value in enumerate(row)}


def _google_cell(cell: GridCell, result: Any) -> SourceCell:
    """`result`: what a formula comes to."""
    if cell.raw.kind is CellKind.FORMULA:
        return SourceCell(_result(result, cell.raw.format_type), cell.text)
    return SourceCell(cell.raw, cell.text)


def _result(value: Any, format_type: str) -> RawCell:
    if value is None or value == "":
        return RawCell(CellKind.BLANK)
    if isinstance(value, bool):
        return RawCell(CellKind.BOOLEAN, value)
    if isinstance(value, int | float):
        return RawCell(CellKind.NUMBER, float(value), format_type)
    return RawCell(CellKind.TEXT, str(value))
