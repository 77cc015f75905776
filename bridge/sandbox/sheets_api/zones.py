"""Time zones by the names that a spreadsheet may bear: Europe/Paris, and a custom GMT-07:00."""

from __future__ import annotations

import re
from datetime import timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

from .errors import invalid

_CUSTOM = re.compile(r"GMT([+-])(\d{1,2}):(\d{2})$")


@cache
def zone(name: str) -> tzinfo:
    """Raises 400 for a name that is none."""
    if match := _CUSTOM.match(name):
        away = timedelta(hours=int(match[2]), minutes=int(match[3]))
        if away < timedelta(days=1):
            return timezone(-away if match[1] == "-" else away)
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):  # unknown, a folder of zones, a path
        raise invalid(f"Invalid time zone: {name}") from None
