"""The alive-banner: one formula in each staff tab's frozen row, computed by Google, for a dead server can't send its
own alarm (DESIGN §4).

It stands right of the last header, in the header row itself: a row of its own above the headers would move every row of
a spreadsheet that is in use already, under people's own formulas and habits. So that nobody has to scroll there, its
alarm colours the whole header row red.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bridge.domain.reading import CellKind
from bridge.sheet.grid import GridCell, Tab
from bridge.sheet.marks import ROWS
from bridge.sheet.requests import Request, same_formula
from bridge.sheet.texts import template

SILENT_MINUTES = 3
ALARM = "⚠"  # an alarm begins with it, nothing else does
_RED = {"red": 0.85, "green": 0.1, "blue": 0.1}
_WHITE = {"red": 1.0, "green": 1.0, "blue": 1.0}
_OUR_RULE = re.compile(rf'=COUNTIF\(\$\d+:\$\d+,"{ALARM}\*"\)>0')


def formula(language: str, marks_title: str) -> str:
    """The banner's formula. It looks at the marks alone."""
    title = "'" + marks_title.replace("'", "''") + "'"
    beat, hidden = (f"{title}!$B${ROWS[name] + 1}" for name in ("beat", "hidden"))
    silent = _joined(template("banner", "silent", language), time=f'TEXT({beat},"mm/dd hh:mm")')
    alive = _joined(template("banner", "alive", language), time=f'TEXT({beat},"hh:mm")')
    waiting = _joined(template("banner", "hidden", language), rows=hidden)
    never = _joined(template("banner", "never", language))
    running = f'{alive}&IF({hidden}>0,{waiting},"")'
    return f"=IF(ISNUMBER({beat}),IF((NOW()-{beat})*1440>{SILENT_MINUTES},{silent},{running}),{never})"


def _joined(text: str, **values: str) -> str:
    """A sentence with {names} as a formula that joins its parts."""
    parts = re.split(r"\{(\w+)\}", text)
    joined = [values[part] if i % 2 else '"' + part.replace('"', '""') + '"' for i, part in enumerate(parts) if part]
    return "&".join(joined)


def banner_column(tab: Tab, header_row: int) -> int:
    """Where the banner stands, or else the first cell right of everything in the header row."""
    row = tab.rows[header_row] if header_row < len(tab.rows) else ()
    ours = [column for column, cell in enumerate(row) if _is_banner(cell)]
    filled = [column for column, cell in enumerate(row) if cell.raw.kind is not CellKind.BLANK]
    return ours[0] if ours else max(filled, default=-1) + 1


def banner_requests(tab: Tab, header_row: int, text: str, properties: Mapping[str, Any]) -> list[Request]:
    """Build or repair the banner of one tab. `text`: its formula; `properties`: the sheet's as Google gives them.
    Nothing where all is as it should be."""
    column, requests = banner_column(tab, header_row), list[Request]()
    grid = properties.get("gridProperties", {})
    if column >= grid.get("columnCount", 0):
        more = {"sheetId": tab.sheet_id, "dimension": "COLUMNS", "length": column + 1 - grid.get("columnCount", 0)}
        requests.append({"appendDimension": more})
    if not same_formula(tab.cell(header_row, column).formula, text):
        requests.append(_formula_cell(tab.sheet_id, header_row, column, text))
    if grid.get("frozenRowCount", 0) <= header_row:
        frozen = {"sheetId": tab.sheet_id, "gridProperties": {"frozenRowCount": header_row + 1}}
        fields = "gridProperties.frozenRowCount"
        requests.append({"updateSheetProperties": {"properties": frozen, "fields": fields}})
    return requests


def banner_rule(sheet_id: int, header_row: int) -> dict[str, Any]:
    """What turns the header row red at an alarm."""
    number = header_row + 1
    condition = f'=COUNTIF(${number}:${number},"{ALARM}*")>0'
    return {
        "ranges": [{"sheetId": sheet_id, "startRowIndex": header_row, "endRowIndex": header_row + 1}],
        "booleanRule": {
            "condition": {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": condition}]},
            "format": {"backgroundColor": _RED, "textFormat": {"foregroundColor": _WHITE, "bold": True}},
        },
    }


def is_banner_rule(rule: Mapping[str, Any]) -> bool:
    values = rule.get("booleanRule", {}).get("condition", {}).get("values", ())
    return bool(values) and bool(_OUR_RULE.fullmatch(str(values[0].get("userEnteredValue", ""))))


def _is_banner(cell: GridCell) -> bool:
    return cell.formula.startswith("=IF(ISNUMBER(") and "NOW()" in cell.formula


def _formula_cell(sheet_id: int, row: int, column: int, text: str) -> Request:
    cell = {"userEnteredValue": {"formulaValue": text}, "userEnteredFormat": {"textFormat": {"bold": True}}}
    start = {"sheetId": sheet_id, "rowIndex": row, "columnIndex": column}
    fields = "userEnteredValue,userEnteredFormat.textFormat.bold"
    return {"updateCells": {"start": start, "rows": [{"values": [cell]}], "fields": fields}}
