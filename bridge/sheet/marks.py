"""The hidden tab _bridge_marks: one mark a row, its name in the first column and its value in the second.

ledger   the id of the ledger that keeps this spreadsheet
beat     when the bridge last looked, as Google counts time in the spreadsheet's zone: the banners hold it against
         NOW()
count    raised with every beat: less than the ledger remembers is an older version of the spreadsheet, more than
         it ever sent is an older copy of the ledger
hidden   rows that wait because a filter hides them

Below them is the line of headings by which a batch is refused where a column moved (see headings).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import IntEnum

from bridge.domain.reading import CellKind
from bridge.sheet.grid import Tab
from bridge.sheet.requests import CellValue

ROWS: Mapping[str, int] = {"ledger": 0, "beat": 1, "count": 2, "hidden": 3}
VALUE_COLUMN = 1
HEADING_COLUMNS = 160  # all that the bridge counts on in every tab of the staff


class HeadingRow(IntEnum):
    """The filter's own heading, the line that is copied there, and where it is copied on to."""

    HEAD = 5
    COPIED = 6
    TRIED = 7


_EPOCH = datetime(1899, 12, 30)  # in the spreadsheet's own zone, as everything there


@dataclass(frozen=True)
class Marks:
    """What the tab says. `beat`: Google's day number, None where none was ever written."""

    ledger: str = ""
    beat: float | None = None
    count: int = 0
    hidden: int = 0


def read_marks(tab: Tab) -> Marks:
    beat = _number(tab, "beat")
    count, hidden = (int(_number(tab, name) or 0) for name in ("count", "hidden"))
    return Marks(tab.text(ROWS["ledger"], VALUE_COLUMN), beat, count, hidden)


def _number(tab: Tab, name: str) -> float | None:
    raw = tab.cell(ROWS[name], VALUE_COLUMN).raw
    return float(raw.value) if raw.kind is CellKind.NUMBER and raw.value is not None else None


def mark_cells(values: Mapping[str, CellValue]) -> dict[tuple[int, int], CellValue]:
    """The cells that make these marks, names included."""
    cells: dict[tuple[int, int], CellValue] = {}
    for name, value in values.items():
        cells[ROWS[name], 0], cells[ROWS[name], VALUE_COLUMN] = name, value
    return cells


def day_number(at: datetime, zone: tzinfo) -> float:
    """A moment as Google counts it: days and their fraction, wall time of the spreadsheet's zone."""
    return (at.astimezone(zone).replace(tzinfo=None) - _EPOCH).total_seconds() / 86400
