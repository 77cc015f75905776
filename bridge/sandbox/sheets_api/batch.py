"""spreadsheets.batchUpdate: requests in order, each seeing what the ones before it did, all of them or none."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from .book import Book, beyond_grid
from .cells import Cell
from .errors import ApiError, Json, invalid, unimplemented, unknown_name
from .protection import Rights, forbids, forbids_gap, protected, protects_tab
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
    editors: tuple[str, ...] = ()
    """everybody who may edit the spreadsheet"""

    def view(self) -> View:
        return View(self.book, self.now)

    def today(self) -> date:
        return self.view().now().date()

    def typed(self, cell: Cell, text: str, today: date) -> Cell:
        return typed_into(cell, text, self.book.locale, self.switches, today)

    @property
    def rights(self) -> Rights:
        return Rights(self.user, self.owner)

    def may_write(self, area: Area) -> bool:
        """Whether no protection forbids this user any of the cells."""
        return not any(forbids(held, area) for held in self._closed(area.sheet))

    def _closed(self, sheet: Sheet) -> list[Json]:
        """The protections that don't let the user through."""
        return [held for held in sheet.protected_ranges if not self.rights.may_change(held)]

    def claim(self, area: Area) -> Area:
        """The area, if this user may write it."""
        if not self.may_write(area):
            raise protected()
        return area

    def claim_lines(self, sheet: Sheet, rows: bool, start: int, end: int) -> None:
        """Whole rows or columns. Raises where one of them has a cell that this user may not write."""
        height, width = len(sheet.rows), len(sheet.columns)
        self.claim(Area(sheet, start, 0, end, width) if rows else Area(sheet, 0, start, height, end))

    def claim_gap(self, sheet: Sheet, rows: bool, at: int) -> None:
        """The place before a row or column. Raises where what is put in there would widen a protected range."""
        if any(forbids_gap(held, rows, at) for held in self._closed(sheet)):
            raise protected()

    def claim_tab(self, sheet: Sheet) -> None:
        """What is the tab's own: raises where the tab as such is protected."""
        if any(protects_tab(held) for held in self._closed(sheet)):
            raise protected()

    def place(self, sheet: Sheet, top: int, left: int, height: int, width: int) -> Area:
        """A block at a position, which must lie inside the grid."""
        if top + height > len(sheet.rows) or left + width > len(sheet.columns):
            raise beyond_grid(sheet, top, left, top + height, left + width)
        return self.claim(Area(sheet, top, left, top + height, left + width))


def handles(kind: str, *members: str) -> Callable[[Handler], Handler]:
    """Register the handler of a request kind, with the members its body may have."""

    def register(handler: Handler) -> Handler:
        _HANDLERS[kind] = (handler, frozenset(members))
        return handler

    return register


def request_kinds() -> frozenset[str]:
    """Those that are served."""
    return frozenset(_HANDLERS)


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
