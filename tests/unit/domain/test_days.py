from __future__ import annotations

from datetime import date

import pytest

from bridge.domain.days import read_day
from bridge.domain.reading import Blank, CellKind, RawCell


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (RawCell(CellKind.BLANK), Blank()),
        (RawCell(CellKind.TEXT, " "), Blank()),
        (RawCell(CellKind.NUMBER, 46380.0, "DATE"), date(2026, 12, 24)),
        (RawCell(CellKind.NUMBER, 46380.5, "DATE_TIME"), date(2026, 12, 24)),
        (RawCell(CellKind.TEXT, "2026-12-24"), date(2026, 12, 24)),
        (RawCell(CellKind.TEXT, "２０２６年１２月２４日"), date(2026, 12, 24)),
        (RawCell(CellKind.TEXT, "2026/2/30"), None),
        (RawCell(CellKind.TEXT, "来週"), None),
        (RawCell(CellKind.NUMBER, 24.0), None),
        (RawCell(CellKind.BOOLEAN, True), None),
    ],
)
def test_a_day_is_read_or_not_understood(cell: RawCell, day: object) -> None:
    assert read_day(cell) == day
