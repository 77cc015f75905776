"""受注 and 月末在庫 have a tab for each month, so that no tab grows without end: their titles, and how one is made."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, tzinfo

from bridge.sheet.layout import fold, tab_spec

ROLE = "orders"
FIRST_DAYS = 7
MOST = 4
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_SHEET_IDS = 200_000_000  # + 202611: made twice, Google refuses the second
CLOSING = "month_end"
_CLOSING_IDS = 300_000_000  # the same of 月末在庫


def month_at(at: datetime, zone: tzinfo) -> str:
    return at.astimezone(zone).strftime("%Y-%m")


def role_of(month: str) -> str:
    """Its name among the tabs."""
    return f"{ROLE} {month}"


def month_of_role(role: str) -> str:
    return role.removeprefix(f"{ROLE} ") if role.startswith(f"{ROLE} ") else ""


def month_of(title: str) -> str:
    """The month of a tab with this title, in either language; "" where it is no such tab."""
    spec = tab_spec(ROLE)
    for name in (spec.ja, spec.en):
        month = fold(title).removeprefix(fold(name)).strip()
        if month != fold(title) and _MONTH.fullmatch(month):
            return month
    return ""


def sheet_id_of(month: str) -> int:
    return _SHEET_IDS + int(month.replace("-", ""))


def to_read(months: Iterable[str], held: Iterable[str], day: int) -> list[str]:
    """The months whose tabs a poll carries, oldest first: the newest, in its first days the one before (people go on
    writing there), and those `held` by lines that are still open, at most MOST. What is open in an older one is missed
    and appended to the newest. `day`: of the month."""
    there = sorted(months)
    recent = there[-2:] if day <= FIRST_DAYS else there[-1:]
    return sorted({*recent, *(month for month in held if month in there)})[-MOST:]


def closing_role(month: str) -> str:
    """The name of a tab of 月末在庫 among the tabs."""
    return f"{CLOSING} {month}"


def closing_id(month: str) -> int:
    return _CLOSING_IDS + int(month.replace("-", ""))


def closed_month(sheet_id: int) -> str:
    """The month of the tab of 月末在庫 with this sheetId; "" where it is none."""
    number = str(sheet_id - _CLOSING_IDS)
    month = f"{number[:4]}-{number[4:]}"
    return month if sheet_id > _CLOSING_IDS and _MONTH.fullmatch(month) else ""
