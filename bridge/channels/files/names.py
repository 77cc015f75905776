"""File names: how one of ours is made, and what the name of a partner's says (rule 7)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from bridge.clock import JST
from bridge.file_profiles import Profile


@dataclass(frozen=True)
class Named:
    """What a name says: the time and the number in it, None where it has none. Sorts as the files are to be taken."""

    time: datetime | None
    number: int | None
    name: str

    @property
    def order(self) -> tuple[datetime, int, str]:
        return (self.time or datetime.min.replace(tzinfo=UTC), self.number or 0, self.name)


def name_of(profile: Profile, at: datetime, number: int) -> str:
    """A name for a file that goes out."""
    time = f"{at.astimezone(JST):{profile.time_format}}"
    return profile.file.replace("{time}", time).replace("{number}", f"{number:06}")


def named(profile: Profile, name: str) -> Named | None:
    """What a name says; None where it is none of this profile's."""
    found = _pattern(profile.file).fullmatch(name)
    if found is None:
        return None
    parts = found.groupdict()
    try:
        time = datetime.strptime(parts["time"], profile.time_format) if "time" in parts else None
        at = time.replace(tzinfo=JST).astimezone(UTC) if time else None
    except (ValueError, OverflowError):  # the year 1
        return None
    return Named(at, int(parts["number"]) if "number" in parts else None, name)


@cache
def _pattern(file: str) -> re.Pattern[str]:
    text = re.escape(file).replace(r"\{time\}", r"(?P<time>.+?)").replace(r"\{number\}", r"(?P<number>\d+)")
    return re.compile(text.replace(r"\*", ".*"), re.IGNORECASE)
