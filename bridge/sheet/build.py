"""`bridge init`: the tabs of the template in a given spreadsheet. Adds what is missing, columns too; repairs what is
the bridge's own (the banners and what they need); changes nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bridge.domain.reading import CellKind, RawCell
from bridge.sheet.banner import banner_column, banner_requests, formula
from bridge.sheet.gateway import Gateway, Piece, Request
from bridge.sheet.grid import GridCell, Tab
from bridge.sheet.layout import (
    HEADER_ROWS,
    TABS,
    Columns,
    ColumnSpec,
    TabSpec,
    find_columns,
    first_locations,
    kind_title,
    move_titles,
    stop_titles,
    tab_spec,
)
from bridge.sheet.marks import HEADING_COLUMNS
from bridge.sheet.requests import CellValue, box, text_format, write_cells

JOURNAL_COLUMNS = 4 + 2 * 10 + 1  # up to ten stock columns, and 増減
_HIDDEN = {"journal": JOURNAL_COLUMNS, "marks": HEADING_COLUMNS}
_METADATA = "properties.autoRecalc,sheets(properties(sheetId,gridProperties),conditionalFormats)"


@dataclass(frozen=True)
class Built:
    """The titles of the tabs that were added."""

    added: tuple[str, ...]


def build(gateway: Gateway, language: str, channels: Sequence[str], journal_lines: int) -> Built:
    """Add the missing tabs, with headers, notes, tick boxes and formats, in one batch. Can be run again at any time."""
    present = gateway.tabs()
    taken = {tab.sheet_id for tab in present.values()}
    requests: list[Request] = []
    added: list[str] = []
    for number, role in enumerate(TABS, 1):
        spec = tab_spec(role)
        if spec.ja in present or spec.en in present:
            continue
        sheet_id = next(n for n in range(7000 + number, 10**6, 100) if n not in taken)
        spec = _for_channels(spec, channels)
        requests += _add_tab(spec, sheet_id, language, journal_lines)
        requests += _columns(spec, sheet_id, language)
        if role == "settings":
            requests += _first_settings(spec, sheet_id, language, channels)
        added.append(spec.title(language))
        if spec.columns:
            requests += _first_banner(spec, sheet_id, language)
    requests += _repairs(gateway, present, language)
    if requests:
        gateway.write(requests)
    return Built(tuple(added))


def _for_channels(spec: TabSpec, channels: Sequence[str]) -> TabSpec:
    """Without the columns of channels that aren't connected."""
    return replace(spec, columns=tuple(each for each in spec.columns if not each.channel or each.channel in channels))


def _first_banner(spec: TabSpec, sheet_id: int, language: str) -> list[Request]:
    """The banner of a tab that is being added."""
    header = tuple(GridCell(RawCell(CellKind.TEXT, title), title) for _, title in _expanded(spec, language))
    tab = Tab(sheet_id, spec.title(language), spec.rows, len(header), (header,))
    grid = {"columnCount": len(header) + 1, "frozenRowCount": 1}
    return banner_requests(tab, 0, _formula(language), {"gridProperties": grid}, ())


def _formula(language: str, marks_title: str = "") -> str:
    return formula(language, marks_title or tab_spec("marks").title(language))


def _repairs(gateway: Gateway, present: Mapping[str, Tab], language: str) -> list[Request]:
    """The banners of the tabs that stand already, and the recalculation that keeps every banner's clock going."""
    staff = {
        role: present[title]
        for role in TABS
        if (spec := tab_spec(role)).columns
        for title in (spec.ja, spec.en)
        if title in present
    }
    metadata = gateway.open().fetch_sheet_metadata({"fields": _METADATA})
    requests = _room_in_hidden_tabs(present)
    if metadata["properties"].get("autoRecalc") == "ON_CHANGE":  # every minute, or every hour by a person's own choice
        properties = {"autoRecalc": "MINUTE"}
        requests.append({"updateSpreadsheetProperties": {"properties": properties, "fields": "autoRecalc"}})
    if not staff:
        return requests
    sheets = {sheet["properties"].get("sheetId", 0): sheet for sheet in metadata["sheets"]}
    heads = gateway.read([Piece(tab.sheet_id, 0, HEADER_ROWS) for tab in staff.values()]).tabs
    marks = next((title for title in (tab_spec("marks").ja, tab_spec("marks").en) if title in present), "")
    for role, tab in staff.items():
        columns, sheet = find_columns(role, heads[tab.sheet_id].texts()), sheets[tab.sheet_id]
        if any(problem.code == "no header row" for problem in columns.problems):
            continue
        rules = sheet.get("conditionalFormats", [])
        text = _formula(language, marks)
        head = heads[tab.sheet_id]
        requests += banner_requests(head, columns.header_row, text, sheet["properties"], rules)
        requests += _lacking(head, tab_spec(role), columns, language)
    return requests


def _room_in_hidden_tabs(present: Mapping[str, Tab]) -> list[Request]:
    """Those of an earlier version were narrower."""
    hidden = {title: columns for role, columns in _HIDDEN.items() for title in (tab_spec(role).ja, tab_spec(role).en)}
    return [
        {"appendDimension": {"sheetId": tab.sheet_id, "dimension": "COLUMNS", "length": lacking}}
        for title, tab in present.items()
        if (lacking := hidden.get(title, 0) - tab.column_count) > 0
    ]


def _add_tab(spec: TabSpec, sheet_id: int, language: str, journal_lines: int) -> list[Request]:
    rows = journal_lines + 1 if spec.role == "journal" else spec.rows
    columns = _HIDDEN.get(spec.role) or max(4, len(_expanded(spec, language)) + bool(spec.columns))
    grid: dict[str, Any] = {"rowCount": rows, "columnCount": columns}
    if spec.columns:
        grid["frozenRowCount"] = 1
    properties = {"sheetId": sheet_id, "title": spec.title(language), "hidden": spec.hidden, "gridProperties": grid}
    requests: list[Request] = [{"addSheet": {"properties": properties}}]
    if spec.role == "journal":
        requests += text_format(sheet_id, [1, 2, 3], 0)
    return requests


def _expanded(spec: TabSpec, language: str) -> list[tuple[ColumnSpec, str]]:
    """Each column with its header; the stock columns stand where the template says `locations`."""
    found: list[tuple[ColumnSpec, str]] = []
    for column in spec.columns:
        if column.role == "locations":
            found += [(column, place.title(language)) for place in first_locations()]
        else:
            found.append((column, column.title(language)))
    return found


def _columns(spec: TabSpec, sheet_id: int, language: str) -> list[Request]:
    return _headed(sheet_id, _expanded(spec, language), (0, 0), spec.rows, language)


def _lacking(tab: Tab, spec: TabSpec, columns: Columns, language: str) -> list[Request]:
    """Optional columns that a tab of an earlier version lacks, between the last header and the banner."""
    lacking = [(each, each.title(language)) for each in spec.columns if each.optional and each.role not in columns.at]
    if not lacking or not columns.usable:
        return []
    first = banner_column(tab, columns.header_row)
    area = {"sheetId": tab.sheet_id, "dimension": "COLUMNS", "startIndex": first, "endIndex": first + len(lacking)}
    insert: Request = {"insertDimension": {"range": area, "inheritFromBefore": False}}
    return [insert, *_headed(tab.sheet_id, lacking, (columns.header_row, first), tab.row_count, language)]


def _headed(
    sheet_id: int, columns: Sequence[tuple[ColumnSpec, str]], corner: tuple[int, int], rows: int, language: str
) -> list[Request]:
    """Headers side by side from `corner` (row, column), and what the cells under them are, down to row `rows`."""
    if not columns:
        return []
    top, left = corner
    header = [
        {
            "userEnteredValue": {"stringValue": title},
            "userEnteredFormat": {"textFormat": {"bold": True}, "backgroundColor": _shade(column)},
            **({"note": column.note(language)} if column.note(language) else {}),
        }
        for column, title in columns
    ]
    requests: list[Request] = [
        {
            "updateCells": {
                "start": {"sheetId": sheet_id, "rowIndex": top, "columnIndex": left},
                "rows": [{"values": header}],
                "fields": "userEnteredValue,userEnteredFormat(textFormat.bold,backgroundColor),note",
            }
        }
    ]
    codes = [at for at, (column, _) in enumerate(columns, left) if column.kind == "code"]
    requests += text_format(sheet_id, codes, top + 1)
    for at, (column, _) in enumerate(columns, left):
        requests.append(_width(sheet_id, at, column.width))
        if column.kind in ("tick", "stop", "move"):
            area = box(sheet_id, (top + 1, rows), (at, at + 1))
            requests.append({"setDataValidation": {"range": area, "rule": validation(column, language)}})
    return requests


def validation(column: ColumnSpec, language: str) -> dict[str, Any]:
    """What a cell lets in: a tick box; or a list of words, which refuses nothing: what isn't understood is answered."""
    if column.kind in ("tick", "accept"):
        return {"condition": {"type": "BOOLEAN"}, "strict": True}
    values = [
        {"userEnteredValue": title} for title in (move_titles if column.kind == "move" else stop_titles)(language)
    ]
    return {"condition": {"type": "ONE_OF_LIST", "values": values}, "strict": False, "showCustomUi": True}


def _shade(column: ColumnSpec) -> dict[str, float]:
    """Grey for what the bridge owns, green for what staff type."""
    if column.by == "bridge":
        return {"red": 0.9, "green": 0.9, "blue": 0.9}
    return {"red": 0.87, "green": 0.95, "blue": 0.87}


def _width(sheet_id: int, column: int, pixels: int) -> Request:
    area = {"sheetId": sheet_id, "dimension": "COLUMNS", "startIndex": column, "endIndex": column + 1}
    return {"updateDimensionProperties": {"range": area, "properties": {"pixelSize": pixels}, "fields": "pixelSize"}}


def _first_settings(spec: TabSpec, sheet_id: int, language: str, channels: Sequence[str]) -> list[Request]:
    """One line for the whole bridge, one per channel, one per stock column. Nothing is live."""
    roles = {column.role: i for i, column in enumerate(spec.columns)}
    lines: list[tuple[str, str, bool]] = [("bridge", "bridge", False)]
    lines += [("channel", name, False) for name in channels]
    lines += [("location", place.title(language), place.sells) for place in first_locations()]
    cells: dict[tuple[int, int], CellValue] = {}
    for row, (kind, name, on) in enumerate(lines, 1):
        cells[row, roles["kind"]] = kind_title(kind, language)
        cells[row, roles["name"]] = name
        cells[row, roles["on"]] = on
    return write_cells(sheet_id, cells)
