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


DAYS = {
    "2026/12/5": "2026-12-05",
    "2026-12-05": "2026-12-05",
    "２０２６年１２月５日": "2026-12-05",
    "12/5": None,
    "2026/13/1": None,
    "そのうち": None,
}


@pytest.mark.parametrize(("text", "day"), DAYS.items())
def test_a_day_is_read_as_people_write_it(text: str, day: str | None) -> None:
    found = read_day(RawCell(CellKind.TEXT, text))
    assert (found.isoformat() if isinstance(found, date) else found) == day


def test_a_date_is_read_by_its_format() -> None:
    assert read_day(RawCell(CellKind.NUMBER, 46_361.0, "DATE")) == date(2026, 12, 5)
    for cell in (
        RawCell(CellKind.NUMBER, 46_361.0),
        RawCell(CellKind.NUMBER, 9e9, "DATE"),
        RawCell(CellKind.BOOLEAN, True),
    ):
        assert read_day(cell) is None
