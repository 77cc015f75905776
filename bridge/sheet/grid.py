"""Google's grid data as rows of cells. Only what the bridge needs; nothing is judged here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from bridge.domain.reading import CellKind, RawCell

BLANK = RawCell(CellKind.BLANK, None, "")


@dataclass(frozen=True)
class GridCell:
    """`raw`: what the cell holds · `text`: what it displays · `plain`: it has the text format · `formula`: the one that
    was entered, also where it comes to an error."""

    raw: RawCell = BLANK
    text: str = ""
    plain: bool = False
    formula: str = ""

    @property
    def ticked(self) -> bool:
        return self.raw.value is True


def tick_of(cell: GridCell) -> bool | None:
    """None where the cell holds no tick at all."""
    return bool(cell.raw.value) if cell.raw.kind is CellKind.BOOLEAN else None


def value_of(cell: GridCell) -> int | str | None:
    """What a cell of the bridge's own shows: a whole number, a text, or nothing."""
    if cell.raw.kind is CellKind.BLANK:
        return None
    if (
        cell.raw.kind is CellKind.NUMBER
        and isinstance(cell.raw.value, (int, float))
        and float(cell.raw.value).is_integer()
    ):
        return int(cell.raw.value)
    return cell.text


EMPTY = GridCell()
EMPTY_TEXT = GridCell(plain=True)


@dataclass(frozen=True)
class Tab:
    """One tab as a reply carried it, from row and column 0. `hidden`: rows that a filter hides."""

    sheet_id: int
    title: str
    row_count: int
    column_count: int
    rows: tuple[tuple[GridCell, ...], ...]
    hidden: frozenset[int] = frozenset()

    def cell(self, row: int, column: int) -> GridCell:
        if 0 <= row < len(self.rows) and 0 <= column < len(self.rows[row]):
            return self.rows[row][column]
        return EMPTY

    def text(self, row: int, column: int) -> str:
        return self.cell(row, column).text.strip()

    @property
    def last_row(self) -> int:
        """The number of rows down to the last that holds anything."""
        return max(
            (i for i, row in enumerate(self.rows, 1) if any(cell.raw.value is not None for cell in row)), default=0
        )

    def texts(self) -> list[list[str]]:
        return [[cell.text for cell in row] for row in self.rows[:10]]


@dataclass(frozen=True)
class Snapshot:
    """The tabs of one reply, by sheetId. `zone`: the spreadsheet's time zone · `sparse`: rows of a tab that came in
    pieces, as (sheetId, row) -> cells."""

    tabs: Mapping[int, Tab] = field(default_factory=dict)
    zone: str = ""
    sparse: Mapping[tuple[int, int], tuple[GridCell, ...]] = field(default_factory=dict)


def parse(spreadsheet: Mapping[str, Any]) -> Snapshot:
    """A Spreadsheet resource with grid data. Ranges that begin at A1 make a tab; others are kept by row."""
    tabs: dict[int, Tab] = {}
    sparse: dict[tuple[int, int], tuple[GridCell, ...]] = {}
    for sheet in spreadsheet.get("sheets", ()):
        properties = sheet["properties"]
        sheet_id = properties.get("sheetId", 0)
        size = properties.get("gridProperties", {})
        whole: Tab | None = None
        for data in sheet.get("data", ()):
            start = data.get("startRow", 0)
            rows = tuple(_row(row) for row in data.get("rowData", ()))
            sparse.update({(sheet_id, start + i): row for i, row in enumerate(rows) if start or whole})
            if not start and whole is None:
                hidden = frozenset(i for i, m in enumerate(data.get("rowMetadata", ())) if m.get("hiddenByFilter"))
                whole = Tab(
                    sheet_id,
                    properties.get("title", ""),
                    size.get("rowCount", 0),
                    size.get("columnCount", 0),
                    rows,
                    hidden,
                )
        tabs[sheet_id] = whole or Tab(
            sheet_id, properties.get("title", ""), size.get("rowCount", 0), size.get("columnCount", 0), ()
        )
    return Snapshot(tabs, spreadsheet.get("properties", {}).get("timeZone", ""), sparse)


def _row(row: Mapping[str, Any]) -> tuple[GridCell, ...]:
    return tuple(_cell(cell) if cell else EMPTY for cell in row.get("values", ()))


def _cell(cell: Mapping[str, Any]) -> GridCell:
    number_format = cell.get("userEnteredFormat", {}).get("numberFormat", {}).get("type", "")
    if "userEnteredValue" not in cell and "effectiveValue" not in cell:
        return EMPTY_TEXT if number_format == "TEXT" else EMPTY
    typed = cell.get("userEnteredValue", {})
    shown = cell.get("effectiveValue", typed)
    kind, value = _kind(typed, shown)
    return _made(kind, value, number_format, cell.get("formattedValue", ""), typed.get("formulaValue", ""))


@lru_cache(maxsize=1 << 16, typed=True)
def _made(kind: CellKind, value: Any, number_format: str, text: str, formula: str) -> GridCell:
    """Most cells of a table say at each look what they said at the last."""
    return GridCell(RawCell(kind, value, number_format), text, number_format == "TEXT", formula)


def _kind(typed: Mapping[str, Any], shown: Mapping[str, Any]) -> tuple[CellKind, Any]:
    if "errorValue" in shown:
        return CellKind.ERROR, shown["errorValue"].get("type", "")
    if "formulaValue" in typed:
        return CellKind.FORMULA, typed["formulaValue"]
    for name, kind in (
        ("numberValue", CellKind.NUMBER),
        ("stringValue", CellKind.TEXT),
        ("boolValue", CellKind.BOOLEAN),
    ):
        if name in shown:
            return kind, shown[name]
    return CellKind.BLANK, None


def rows_below(tab: Tab, header_row: int) -> Iterator[tuple[int, Sequence[GridCell]]]:
    """Position and cells of every row under the header, blank ones included."""
    for position in range(header_row + 1, len(tab.rows)):
        yield position, tab.rows[position]
