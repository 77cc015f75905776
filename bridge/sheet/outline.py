"""What stands in the spreadsheet now, as far as `bridge init` has a say in it: two reads, whatever its size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bridge.sheet.gateway import Gateway, Piece
from bridge.sheet.grid import Snapshot, Tab, parse
from bridge.sheet.layout import TABS, TabSpec, tab_number, tab_spec
from bridge.sheet.months import closed_month, closing_role, month_of, role_of

_FRAME = (
    "properties(autoRecalc,timeZone),"
    "sheets(properties(sheetId,title,hidden,gridProperties),conditionalFormats,filterViews,protectedRanges,charts(chartId))"
)
_CELLS = (
    "sheets(properties(sheetId,title,gridProperties(rowCount,columnCount)),data(startRow,startColumn,rowData.values("
    "userEnteredValue,effectiveValue,formattedValue,note,dataValidation,userEnteredFormat.numberFormat)))"
)
FIRST_ID, STEP, END = 7000, 100, 900_000  # the sheetIds of our tabs: 7001, or 7101 where that one is taken, and so on
_UNREAD = ("journal", "marks", "summary", "month_end")  # the bridge's own cells, and many of them


@dataclass(frozen=True)
class Standing:
    """One tab of the bridge as it stands. `about`: Google's description of it · `cells`: Google's CellData by row."""

    role: str
    tab: Tab
    about: Mapping[str, Any]
    cells: Sequence[Sequence[Mapping[str, Any]]] = ()

    @property
    def spec(self) -> TabSpec:
        return tab_spec(self.role)

    @property
    def sheet_id(self) -> int:
        return self.tab.sheet_id

    @property
    def properties(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.about["properties"]
        return found

    def cell(self, row: int, column: int) -> Mapping[str, Any]:
        if row < len(self.cells) and 0 <= column < len(self.cells[row]):
            return self.cells[row][column]
        return {}


@dataclass(frozen=True)
class Outline:
    """`standing`: the bridge's tabs that are there, by role · `titles`: every tab's, by sheetId · `recalc`: how often
    Google computes formulas of time · `zone`: its time zone."""

    standing: Mapping[str, Standing]
    titles: Mapping[int, str] = field(default_factory=dict)
    recalc: str = ""
    zone: str = ""


def read_outline(gateway: Gateway, roles: Sequence[str] = TABS) -> Outline:
    """`roles`: the tabs that the spreadsheet ought to have.

    Two reads, one where no tab of the bridge is there. Raises TryAgain, NeedsPerson, BatchRefused."""
    described = gateway.described(_FRAME)
    sheets = {sheet["properties"].get("sheetId", 0): sheet for sheet in described["sheets"]}
    ids = dict(_roles(sheets, roles))
    wanted = [Piece(sheet_id) for role, sheet_id in ids.items() if role.partition(" ")[0] not in _UNREAD]
    read = gateway.pieces(wanted, _CELLS) if wanted else {"sheets": []}
    cells = {sheet["properties"].get("sheetId", 0): sheet for sheet in read["sheets"]}
    tabs = parse({"sheets": [cells.get(sheet_id, sheets[sheet_id]) for sheet_id in ids.values()]}).tabs
    standing = {
        role: Standing(role, tabs[sheet_id], sheets[sheet_id], _rows(cells.get(sheet_id, {})))
        for role, sheet_id in ids.items()
    }
    titles = {sheet_id: str(sheet["properties"].get("title", "")) for sheet_id, sheet in sheets.items()}
    properties = described.get("properties", {})
    return Outline(standing, titles, properties.get("autoRecalc", ""), properties.get("timeZone", ""))


def _roles(sheets: Mapping[int, Mapping[str, Any]], roles: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Which tab is which: by our own sheetIds, which renaming leaves alone, or by title in either language. A tab that
    is all ours, as the guide, only by its id: people may have one of that title."""
    for role in roles:
        spec = tab_spec(role)
        ours = sorted(sheet_id for sheet_id in sheets if sheet_id in own_ids(tab_number(role)))
        named = (spec.ja, spec.en) if spec.columns or spec.hidden else ()
        titled = [sheet_id for sheet_id, sheet in sheets.items() if sheet["properties"].get("title") in named]
        both = [sheet_id for sheet_id in ours if sheet_id in titled]
        if found := [*both, *ours, *titled]:
            yield role, found[0]
    for sheet_id, sheet in sheets.items():
        if month := month_of(sheet["properties"].get("title", "")):
            yield role_of(month), sheet_id
        if month := closed_month(sheet_id):
            yield closing_role(month), sheet_id


def own_ids(number: int) -> range:
    """The sheetIds that the n-th of our tabs may get."""
    return range(FIRST_ID + number, END, STEP)


def own_tab(frame: Snapshot, role: str) -> Tab | None:
    """Our tab of a role, by its sheetId alone."""
    ours = own_ids(tab_number(role))
    return next((tab for sheet_id, tab in frame.tabs.items() if sheet_id in ours), None)


def _rows(sheet: Mapping[str, Any]) -> Sequence[Sequence[Mapping[str, Any]]]:
    (data,) = sheet.get("data", ({},))
    return [row.get("values", ()) for row in data.get("rowData", ())]
