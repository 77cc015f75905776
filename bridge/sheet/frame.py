"""Which tabs and columns there ought to be, and the requests that add those that are missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from bridge.clock import zone_of
from bridge.domain.reading import CellKind, RawCell
from bridge.sheet.banner import banner_column
from bridge.sheet.grid import GridCell, Tab
from bridge.sheet.layout import (
    TABS,
    Columns,
    ColumnSpec,
    TabSpec,
    find_columns,
    first_locations,
    fold,
    may_name_place,
    tab_number,
    tab_spec,
)
from bridge.sheet.looks import colour
from bridge.sheet.marks import HEADING_COLUMNS
from bridge.sheet.months import month_at, month_of_role, role_of, sheet_id_of
from bridge.sheet.outline import Outline, Standing, own_ids
from bridge.sheet.requests import Request, text_format, width
from bridge.sheet.setting_lines import appended, first_lines, missing_lines
from bridge.sheet.views import read_settings

JOURNAL_COLUMNS = 4 + 2 * 10 + 1  # up to ten stock columns, and 増減
JOURNAL_CODES = (1, 2, 3)  # its columns of codes and tokens
WIDTHS = {"journal": JOURNAL_COLUMNS, "marks": HEADING_COLUMNS}  # columns of the hidden tabs

Headed = tuple[ColumnSpec, str]
"""a column and its header"""


@dataclass(frozen=True)
class Wanted:
    """What the spreadsheet is built for. `channels`: those connected · `journal_lines`: rows of the hidden journal
    · `now`: 受注 gets this month's tab where it has none yet; None: it gets none · `roles`: the tabs it ought to
    have."""

    language: str
    channels: Sequence[str]
    journal_lines: int
    now: datetime | None = None
    roles: Sequence[str] = TABS


@dataclass(frozen=True)
class Frame:
    """What is missing. `tabs`: titles · `columns`: (tab, header) · `lines`: (tab, name) · `requests`: that add them."""

    tabs: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]
    lines: tuple[tuple[str, str], ...]
    requests: tuple[Request, ...]


def frame(outline: Outline, wanted: Wanted) -> Frame:
    tabs: list[str] = []
    columns: list[tuple[str, str]] = []
    lines: list[tuple[str, str]] = []
    requests: list[Request] = []
    for role in wanted.roles:
        standing = outline.standing.get(role)
        if standing is None:
            sheet_id = next(each for each in own_ids(tab_number(role)) if each not in outline.titles)
            spec = _named(tab_spec(role), outline)
            requests += added(spec, sheet_id, wanted)
            tabs.append(spec.title(wanted.language))
            continue
        if role == "settings" and (missing := missing_lines(standing, wanted.channels, wanted.language)):
            requests += appended(standing, missing, wanted.language)  # before any column moves
            lines += [(standing.tab.title, line.name) for line in missing]
        lacking = _lacking(standing, columns_of(standing, outline))
        headed = [(column, column.title(wanted.language)) for column in lacking]
        if headed:
            requests += _inserted(standing, columns_of(standing, outline).header_row, headed)
            columns += [(standing.tab.title, title) for _, title in headed]
    if wanted.now is not None and not any(map(month_of_role, outline.standing)):
        month = month_at(wanted.now, zone_of(outline.zone, wanted.now.tzinfo or UTC))
        requests += added(tab_spec(role_of(month)), sheet_id_of(month), wanted)
        tabs.append(tab_spec(role_of(month)).title(wanted.language))
    return Frame(tuple(tabs), tuple(columns), tuple(lines), tuple(requests))


def _named(spec: TabSpec, outline: Outline) -> TabSpec:
    """With a title that no tab has, whatever its case: people may have a 使い方 of their own."""
    if {fold(spec.ja), fold(spec.en)}.isdisjoint(map(fold, outline.titles.values())):
        return spec
    return _named(replace(spec, ja=f"{spec.ja} (bridge)", en=f"{spec.en} (bridge)"), outline)


def columns_of(standing: Standing, outline: Outline) -> Columns:
    """Where a tab's columns stand, stock columns included. What is missing has the column -1."""
    names = _locations(outline) if standing.role == "stock" else ()
    return find_columns(standing.role, standing.tab.texts(), names)


def headed(columns: Columns, spec: TabSpec) -> bool:
    """Whether the headers were found: a row that bears most of them, not one that shares a word with them."""
    found = sum(column >= 0 for column in columns.at.values())
    return bool(spec.columns) and 2 * found >= sum(not each.optional and not each.channel for each in spec.columns)


def _locations(outline: Outline) -> list[str]:
    """The names of the stock columns: those that 設定 names."""
    settings = outline.standing.get("settings")
    if settings is None:
        return []
    lines = read_settings(settings.tab).lines
    return [line.name for line in lines if line.kind == "location" and may_name_place(line.name)]


def _lacking(standing: Standing, columns: Columns) -> list[ColumnSpec]:
    """Columns that the tab of an earlier version never had, and those that only the bridge fills or that hold nothing
    but ticks: adding one of these anew takes nothing from anybody. Any other may be there under another header."""
    if not headed(columns, standing.spec) or any(problem.code == "doubled" for problem in columns.problems):
        return []
    anew = (each for each in standing.spec.columns if each.optional or each.by == "bridge" or each.kind == "tick")
    return [each for each in anew if not each.channel and columns.at.get(each.role, -1) < 0]


def added(spec: TabSpec, sheet_id: int, wanted: Wanted) -> Iterator[Request]:
    """A tab with its headers."""
    yield {"addSheet": {"properties": _properties(spec, sheet_id, wanted)}}
    yield from _headers(sheet_id, 0, 0, list(_expanded(spec, wanted)))
    if spec.role == "journal":
        yield from text_format(sheet_id, JOURNAL_CODES, 0)
    if spec.role == "settings":
        yield from first_lines(sheet_id, wanted.language, wanted.channels)


def as_added(spec: TabSpec, sheet_id: int, wanted: Wanted) -> Standing:
    """The tab as `added` leaves it."""
    properties = _properties(spec, sheet_id, wanted)
    header = tuple(GridCell(RawCell(CellKind.TEXT, title), title) for _, title in _expanded(spec, wanted))
    grid = properties["gridProperties"]
    tab = Tab(sheet_id, properties["title"], grid["rowCount"], grid["columnCount"], (header,))
    return Standing(spec.role, tab, {"properties": properties})


def _properties(spec: TabSpec, sheet_id: int, wanted: Wanted) -> dict[str, Any]:
    headers = len(list(_expanded(spec, wanted)))
    rows = wanted.journal_lines + 1 if spec.role == "journal" else spec.rows
    columns = WIDTHS.get(spec.role) or max(4, headers + bool(headers))
    grid: dict[str, Any] = {"rowCount": rows, "columnCount": columns}
    if headers:
        grid["frozenRowCount"] = 1
    title = spec.title(wanted.language)
    return {"sheetId": sheet_id, "title": title, "hidden": spec.hidden, "gridProperties": grid}


def _expanded(spec: TabSpec, wanted: Wanted) -> Iterator[Headed]:
    """Each column with its header, without those of channels that aren't connected; the stock columns stand where the
    template says `locations`."""
    for column in spec.columns:
        if column.role == "locations":
            yield from ((column, place.title(wanted.language)) for place in first_locations())
        elif not column.channel or column.channel in wanted.channels:
            yield column, column.title(wanted.language)


def _inserted(standing: Standing, header_row: int, headed: Sequence[Headed]) -> Iterator[Request]:
    """New columns between the last header and the banner."""
    first, columns = banner_column(standing.tab, header_row), {"sheetId": standing.sheet_id, "dimension": "COLUMNS"}
    if first < standing.tab.column_count:
        area = {**columns, "startIndex": first, "endIndex": first + len(headed)}
        yield {"insertDimension": {"range": area, "inheritFromBefore": False}}
    else:
        yield {"appendDimension": {**columns, "length": len(headed)}}
    yield from _headers(standing.sheet_id, header_row, first, headed)


def _headers(sheet_id: int, row: int, left: int, headed: Sequence[Headed]) -> Iterator[Request]:
    """Headers side by side and the widths of their columns: once, for from then on both are the staff's to change."""
    if not headed:
        return
    cells = [
        {
            "userEnteredValue": {"stringValue": title},
            "userEnteredFormat": {"textFormat": {"bold": True}, "backgroundColor": colour(column.by)},
        }
        for column, title in headed
    ]
    start = {"sheetId": sheet_id, "rowIndex": row, "columnIndex": left}
    fields = "userEnteredValue,userEnteredFormat(textFormat.bold,backgroundColor)"
    yield {"updateCells": {"start": start, "rows": [{"values": cells}], "fields": fields}}
    yield from (width(sheet_id, at, column.width) for at, (column, _) in enumerate(headed, left))
