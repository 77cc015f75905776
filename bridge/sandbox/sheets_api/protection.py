"""What one protected range forbids. The owner and its editors may do everything; a warning forbids nobody anything."""

from __future__ import annotations

from dataclasses import dataclass

from .errors import ApiError, Json, invalid
from .sheet import Area

_ENDLESS = 10**9
_EDGES = ("startRowIndex", "startColumnIndex", "endRowIndex", "endColumnIndex")


def protected() -> ApiError:
    return invalid(
        "You are trying to edit a protected cell or object. Please contact the spreadsheet owner to remove "
        "protection if you need to edit."
    )


@dataclass(frozen=True)
class Rights:
    """One user before one spreadsheet. `owner`: the owner, or the person sitting before the sheet."""

    user: str | None
    owner: bool

    def may_change(self, protection: Json) -> bool:
        """Whether this protection lets the user through."""
        editors = protection.get("editors", {}).get("users", [])
        return self.owner or bool(protection.get("warningOnly")) or self.user in editors

    def as_shown(self, protection: Json) -> Json:
        """As the API tells this user of it: who may edit is visible to those only who may."""
        if self.may_change(protection):
            return {**protection, "requestingUserCanEdit": True}
        return {name: value for name, value in protection.items() if name != "editors"}


def protects_tab(protection: Json) -> bool:
    """A range without any edge protects the tab itself: its name, its place, its size."""
    return not any(name in protection["range"] for name in _EDGES)


def forbids(protection: Json, area: Area) -> bool:
    """Whether the area has a protected cell that no exception spares."""
    top, left, bottom, right = _edges(protection["range"])
    rows = range(max(top, area.top), min(bottom, area.bottom))
    columns = range(max(left, area.left), min(right, area.right))
    spared = [_edges(each) for each in protection.get("unprotectedRanges", [])]
    if not spared:
        return bool(rows and columns)
    return any(not _lies_in_one(spared, row, column) for row in rows for column in columns)


def _lies_in_one(boxes: list[tuple[int, int, int, int]], row: int, column: int) -> bool:
    return any(top <= row < bottom and left <= column < right for top, left, bottom, right in boxes)


def forbids_gap(protection: Json, rows: bool, at: int) -> bool:
    """Whether rows (columns) put in before `at` would fall inside the range. Before its first one they push it on."""
    top, left, bottom, right = _edges(protection["range"])
    first, last = (top, bottom) if rows else (left, right)
    opens = "startRowIndex" if rows else "startColumnIndex"
    return first < at < last or (at == first and opens not in protection["range"])


def _edges(grid_range: Json) -> tuple[int, int, int, int]:
    """(top, left, bottom, right), open ends far outside of any grid: a range may reach beyond a grid that shrank."""
    top, left, bottom, right = (grid_range.get(name) for name in _EDGES)
    return top or 0, left or 0, _ENDLESS if bottom is None else bottom, _ENDLESS if right is None else right
