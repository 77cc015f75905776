"""The day that a cell names."""

from __future__ import annotations

import re
from datetime import date, timedelta

from bridge.domain.reading import CellKind, RawCell, plain

_FIRST = date(1899, 12, 30)  # day 0 of a spreadsheet
_LAST = 2_958_465  # 9999-12-31
_WRITTEN = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


def read_day(cell: RawCell) -> date | None:
    """A date, or a text that says one with its year; None where there is none."""
    if cell.kind is CellKind.NUMBER and cell.format_type in ("DATE", "DATE_TIME"):
        days = int(float(cell.value or 0))
        return _FIRST + timedelta(days=days) if 0 < days <= _LAST else None
    found = _WRITTEN.fullmatch(plain(str(cell.value))) if cell.kind is CellKind.TEXT else None
    if found is None:
        return None
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        return None
