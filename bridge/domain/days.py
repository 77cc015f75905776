"""A day as a cell holds it: a date, or a text that says one with its year."""

from __future__ import annotations

import re
from datetime import date, timedelta

from bridge.domain.reading import Blank, CellKind, RawCell, plain

_FIRST = date(1899, 12, 30)  # day 0 of a spreadsheet
_LAST = 2_958_465  # 9999-12-31
_TEXT = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")


def read_day(cell: RawCell) -> date | Blank | None:
    """The day, Blank where nothing stands, None where it can't be read."""
    if cell.kind is CellKind.BLANK or (cell.kind is CellKind.TEXT and not plain(str(cell.value))):
        return Blank()
    if cell.kind is CellKind.NUMBER and cell.format_type in ("DATE", "DATE_TIME"):
        days = int(float(cell.value or 0))
        return _FIRST + timedelta(days=days) if 0 < days <= _LAST else None
    found = _TEXT.fullmatch(plain(str(cell.value))) if cell.kind is CellKind.TEXT else None
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
