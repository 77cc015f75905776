"""The hidden tab's marks: what is written reads back, and time is counted as Google's NOW() counts it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bridge.domain.reading import CellKind, RawCell
from bridge.sheet.grid import EMPTY, GridCell, Tab
from bridge.sheet.marks import Marks, day_number, mark_cells, read_marks
from bridge.sheet.requests import CellValue


def tab(cells: dict[tuple[int, int], CellValue]) -> Tab:
    """What the tab shows once these cells were written."""

    def cell(value: CellValue) -> GridCell:
        if value is None:
            return EMPTY
        kind = CellKind.TEXT if isinstance(value, str) else CellKind.NUMBER
        return GridCell(RawCell(kind, value), str(value))

    rows = tuple(tuple(cell(cells.get((row, column))) for column in range(2)) for row in range(10))
    return Tab(1, "_bridge_marks", 10, 4, rows)


@given(
    ledger=st.uuids(),
    beat=st.floats(40_000, 60_000),
    count=st.integers(0, 10**9),
    hidden=st.integers(0, 10**6),
)
def test_marks_read_back_as_they_were_written(ledger: object, beat: float, count: int, hidden: int) -> None:
    written = mark_cells({"ledger": str(ledger), "beat": beat, "count": count, "hidden": hidden})
    assert read_marks(tab(written)) == Marks(str(ledger), beat, count, hidden)


def test_a_blank_tab_bears_no_marks() -> None:
    assert read_marks(tab({})) == Marks()


def test_a_spreadsheet_counts_days_by_the_wall_of_its_own_zone() -> None:
    noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert day_number(noon, ZoneInfo("UTC")) == 46349.5
    assert day_number(noon, ZoneInfo("Asia/Tokyo")) == 46349.5 + 9 / 24
    assert day_number(noon + timedelta(minutes=3), ZoneInfo("UTC")) == 46349.5 + 3 / 1440
