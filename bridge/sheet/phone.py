"""The tab スマホ・店舗: 在庫表 on a narrow screen. Google computes it: it costs the bridge nothing and is never behind.

The first row is the banner. In the second somebody types what they look for: that cell is theirs. Below it one formula
lists what matches, in as many rows as it takes; the bridge reads nothing here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from gspread.utils import rowcol_to_a1

from bridge.sheet.dress import Mend
from bridge.sheet.layout import Columns, templates
from bridge.sheet.looks import colour
from bridge.sheet.outline import Standing
from bridge.sheet.overlays import protected
from bridge.sheet.requests import Request, box, is_about, same_formula, width

HEADS, LIST = 2, 3  # the rows of the headers and of the formula
SEARCH = (1, 1)  # where people type what they look for


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = tomllib.loads((templates() / "guide.toml").read_text(encoding="utf-8"))["phone"]
    return document


def phone(standing: Standing, stock_title: str, columns: Columns, banner: str, language: str) -> Iterator[Mend]:
    """`columns`: those of 在庫表, whose title is `stock_title` · `banner`: the banner's formula."""
    shown = [(role, at) for role in _document()["columns"] for at in _places(role, columns)]
    stock = _quoted(stock_title)
    cells = _cells(stock, columns, [at for _, at in shown], banner, language)
    cells |= {(HEADS, at): "" for at in _left_over(standing, stock, len(shown))}
    requests = _room(standing, len(shown))
    requests += [
        _written(standing.sheet_id, row, column, text)
        for (row, column), text in cells.items()
        if not _says(standing, row, column, text)
    ]
    if not standing.cells:
        requests += _first_look(standing.sheet_id, [role for role, _ in shown])
    if requests:
        yield Mend("phone", standing.tab.title, tuple(requests))
    yield from protected(standing, "phone", {"sheetId": standing.sheet_id, "startRowIndex": HEADS}, language)


def _places(role: str, columns: Columns) -> Sequence[int]:
    places = list(columns.locations.values()) if role == "locations" else [columns.at.get(role, -1)]
    return [at for at in places if at >= 0]


def _cells(
    stock: str, columns: Columns, shown: Sequence[int], banner: str, language: str
) -> dict[tuple[int, int], str]:
    row = columns.header_row

    def column(at: int) -> str:
        first = rowcol_to_a1(row + 2, at + 1)
        letters = first.rstrip("0123456789")
        return f"{stock}!${letters}${row + 2}:${letters}"

    wanted = rowcol_to_a1(SEARCH[0] + 1, SEARCH[1] + 1)
    within = '&" "&'.join(column(at) for role in ("product", "sku", "jan") for at in _places(role, columns))
    matches = f'{column(columns.at["sku"])}<>"",ISNUMBER(SEARCH({wanted},{within}))'
    listed = f"FILTER(HSTACK({','.join(column(at) for at in shown)}),{matches})"
    heads = {
        (HEADS, at): f"={stock}!${rowcol_to_a1(1, source + 1).rstrip('1')}${row + 1}" for at, source in enumerate(shown)
    }
    texts = {(1, 0): _document()["search"][language], (1, 2): _document()["hint"][language]}
    return {(0, 0): banner, **texts, **heads, (LIST, 0): f'=IFERROR({listed},"{_document()["nothing"][language]}")'}


def _left_over(standing: Standing, stock: str, first: int) -> Iterator[int]:
    """Columns from `first` on that bear a header of ours, from when more of them were shown."""
    for at in range(first, standing.tab.column_count):
        if is_about(standing.tab.cell(HEADS, at).formula, stock):
            yield at


def _quoted(title: str) -> str:
    return "'" + title.replace("'", "''") + "'"


def _says(standing: Standing, row: int, column: int, text: str) -> bool:
    cell = standing.tab.cell(row, column)
    return same_formula(cell.formula, text) if text.startswith("=") else cell.text == text


def _written(sheet_id: int, row: int, column: int, text: str) -> Request:
    value = {"formulaValue" if text.startswith("=") else "stringValue": text} if text else {}
    look = {"userEnteredFormat": {"textFormat": {"bold": row < LIST}}}
    start = {"sheetId": sheet_id, "rowIndex": row, "columnIndex": column}
    cell = {"userEnteredValue": value, **look}
    fields = "userEnteredValue,userEnteredFormat.textFormat.bold"
    return {"updateCells": {"start": start, "rows": [{"values": [cell]}], "fields": fields}}


def _room(standing: Standing, columns: int) -> list[Request]:
    missing = {"ROWS": LIST + 1 - standing.tab.row_count, "COLUMNS": columns - standing.tab.column_count}
    return [
        {"appendDimension": {"sheetId": standing.sheet_id, "dimension": dimension, "length": length}}
        for dimension, length in missing.items()
        if length > 0
    ]


def _first_look(sheet_id: int, roles: Sequence[str]) -> list[Request]:
    """Widths, the frozen rows and the cell to type into: once, for from then on they are the staff's to change."""
    frozen = {"sheetId": sheet_id, "gridProperties": {"frozenRowCount": LIST}}
    where = box(sheet_id, (SEARCH[0], SEARCH[0] + 1), (SEARCH[1], SEARCH[1] + 1))
    look = {"userEnteredFormat": {"backgroundColor": colour("search"), "numberFormat": {"type": "TEXT"}}}
    fields = "userEnteredFormat(backgroundColor,numberFormat)"
    return [
        {"updateSheetProperties": {"properties": frozen, "fields": "gridProperties.frozenRowCount"}},
        {"repeatCell": {"range": where, "cell": look, "fields": fields}},
        *(width(sheet_id, at, _document()["widths"][role]) for at, role in enumerate(roles)),
    ]
