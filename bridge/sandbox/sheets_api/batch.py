"""spreadsheets.batchUpdate: requests in order, each seeing what the ones before it did, all of them or none."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from .book import Book, beyond_grid
from .cells import Cell
from .errors import ApiError, Json, invalid, unimplemented, unknown_name
from .sheet import Area, Sheet
from .switches import Switches
from .typing_in import typed_into
from .view import View

Handler = Callable[["Edit", Json], Json]
"""A request's body → its reply's body; an empty reply stays {}."""

_HANDLERS: dict[str, tuple[Handler, frozenset[str]]] = {}


@dataclass
class Edit:
    """A change under way: the version it works on, and who makes it when."""

    book: Book
    switches: Switches
    now: datetime
    user: str | None = None
    """the account's address; None is the owner sitting before the sheet"""
    owner: bool = True

    def view(self) -> View:
        return View(self.book, self.now)

    def today(self) -> date:
        return self.view().now().date()

    def typed(self, cell: Cell, text: str, today: date) -> Cell:
        return typed_into(cell, text, self.book.locale, self.switches, today)

    def may_change(self, protection: Json) -> bool:
        """Whether this protection lets the user through."""
        editors = protection.get("editors", {}).get("users", [])
        return self.owner or bool(protection.get("warningOnly")) or self.user in editors

    def may_write(self, sheet: Sheet, top: int, left: int, bottom: int, right: int) -> bool:
        """Whether no protection forbids this user any of the cells."""
        if self.owner or not sheet.protected_ranges:
            return True
        area = Area(sheet, top, left, bottom, right)
        return not any(self._forbids(held, area) for held in sheet.protected_ranges if not self.may_change(held))

    def _forbids(self, protection: Json, area: Area) -> bool:
        if not area.touches(self.book.area(protection["range"])):
            return False
        spared = (self.book.area(one) for one in protection.get("unprotectedRanges", []))
        return not any(one.holds(area) for one in spared)

    def claim(self, area: Area) -> Area:
        """The area, if this user may write it."""
        if not self.may_write(area.sheet, area.top, area.left, area.bottom, area.right):
            raise protected()
        return area

    def place(self, sheet: Sheet, top: int, left: int, height: int, width: int) -> Area:
        """A block at a position, which must lie inside the grid."""
        if top + height > len(sheet.rows) or left + width > len(sheet.columns):
            raise beyond_grid(sheet, top, left, top + height, left + width)
        return self.claim(Area(sheet, top, left, top + height, left + width))


def protected() -> ApiError:
    return invalid(
        "You are trying to edit a protected cell or object. Please contact the spreadsheet owner to remove "
        "protection if you need to edit."
    )


def handles(kind: str, *members: str) -> Callable[[Handler], Handler]:
    """Register the handler of a request kind, with the members its body may have."""

    def register(handler: Handler) -> Handler:
        _HANDLERS[kind] = (handler, frozenset(members))
        return handler

    return register


def run(edit: Edit, requests: list[Json]) -> list[Json]:
    """Apply the requests to the edit's book. On an error the book is to be thrown away."""
    if not requests:
        raise invalid("Must specify at least one request.")
    return [_run_one(edit, index, request) for index, request in enumerate(requests)]


def _run_one(edit: Edit, index: int, request: Json) -> Json:
    if len(request) != 1:
        raise invalid(f"Invalid requests[{index}]: exactly one kind of request must be set, not {len(request)}.")
    ((kind, body),) = request.items()
    known = _HANDLERS.get(kind)
    if known is None:
        raise unimplemented(f"the request kind '{kind}' (requests[{index}])")
    handler, members = known
    for name in body:
        if name not in members:
            raise unknown_name(name, f"requests[{index}].{_snake_case(kind)}")
    try:
        return handler(edit, body)
    except ApiError as error:
        raise ApiError(error.code, error.status, f"Invalid requests[{index}].{kind}: {error.message}") from None


def _snake_case(name: str) -> str:
    """Google names the place in its own spelling, not in that of the JSON."""
    return re.sub(r"[A-Z]", lambda letter: f"_{letter[0].lower()}", name)
