"""The control panel's part for the spreadsheets: making one, typing, the staff, and what was asked."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from bridge.sandbox.malls.plain import to_plain
from bridge.sandbox.person import Entry, Person
from bridge.sandbox.sheets_api import SheetsApi, Spreadsheet
from bridge.sandbox.sheets_api.errors import ApiError
from bridge.sandbox.sheets_api.screen import draw, tabs
from bridge.sandbox.staff import Staff, StaffDials
from bridge.sandbox.staff_table import Table
from bridge.sandbox.usage import Usage

Body = dict[str, Any]
_SHEET = "/sandbox/sheets/<sheet_id>"
WATCHED = 0.03  # seconds between two looks for a new revision


class Office(Protocol):
    """Where the staff work (server.py)."""

    def start_staff(self, spreadsheet: Spreadsheet, dials: StaffDials, skus: list[str], seed: int) -> None: ...

    def stop_staff(self) -> None: ...

    def staff(self) -> Staff | None: ...


@dataclass(frozen=True)
class SheetsControl:
    sheets: SheetsApi
    usage: Usage
    office: Office
    new_spreadsheet: Callable[[str, str, str], Spreadsheet]
    user: str  # the account that the staff are signed in with

    def routes(self) -> list[tuple[str, str, Callable[..., Any]]]:
        """(verb, path, work); work takes the request's body, the query and the path's parts."""
        return [
            ("GET", "/sandbox/sheets", self.all),
            ("POST", "/sandbox/sheets", self.create),
            ("GET", "/sandbox/sheets/calls", self.calls),
            ("GET", _SHEET + "/table", self.table),
            ("POST", _SHEET + "/type", self.type),
            ("GET", "/sandbox/sheets/revision", self.revision),
            ("GET", _SHEET + "/screen", self.screen),
            ("POST", _SHEET + "/cell", self.cell),
            ("POST", "/sandbox/staff", self.start_staff),
            ("DELETE", "/sandbox/staff", self.stop_staff),
            ("GET", "/sandbox/staff", self.staff),
        ]

    def all(self, _body: Body, _query: Mapping[str, str]) -> Body:
        """Every spreadsheet that the staff may open, the newest first."""
        with self.sheets.store.lock:
            found = [each for each in self.sheets.store.spreadsheets.values() if each.file.role(self.user)]
        found.sort(key=lambda each: each.file.created, reverse=True)
        return {"sheets": [{"id": each.id, "title": each.file.name} for each in found]}

    def create(self, body: Body, _query: Mapping[str, str]) -> Body:
        locale, zone = body.get("locale", "ja_JP"), body.get("zone", "Asia/Tokyo")
        return {"id": self.new_spreadsheet(str(body["title"]), locale, zone).id}

    def calls(self, _body: Body, query: Mapping[str, str]) -> Body:
        return {"calls": to_plain(self.usage.calls[int(query.get("from", 0)) :])}

    def table(self, _body: Body, query: Mapping[str, str], sheet_id: str) -> Body:
        """The texts of one tab, as a person sees them."""
        spreadsheet = self.sheets.store.spreadsheet(sheet_id)
        found = spreadsheet.book.titled(query["tab"])
        return {"rows": spreadsheet.table(found.id) if found else []}

    def type(self, body: Body, _query: Mapping[str, str], sheet_id: str) -> Body:
        """Cells of one tab, each by its row (where `key` shows `value`) and header, all in one instant."""

        def work(edit: Any) -> int:
            tab = Table(edit, body["tab"], body["key"])
            typed = 0
            for entry in body["entries"]:
                for row in tab.rows():
                    if tab.text(row, body["key"]) == entry["value"]:
                        tab.type(row, entry["header"], entry["text"])
                        typed += 1
            return typed

        return {"typed": self.sheets.store.spreadsheet(sheet_id).change(work)}

    def revision(self, _body: Body, query: Mapping[str, str]) -> Body:
        """Of all spreadsheets together. With `after`, it is answered once there is another one than that, or when
        `seconds` are over."""
        until = time.monotonic() + float(query.get("seconds", 0))
        while query.get("after") == str(self.sheets.store.version) and time.monotonic() < until:
            time.sleep(WATCHED)
        return {"revision": self.sheets.store.version}

    def screen(self, _body: Body, query: Mapping[str, str], sheet_id: str) -> Body:
        """What a browser shows: the tabs, and one of them (`tab`: its id). With `revision`, only where there is a newer
        one than that."""
        store = self.sheets.store
        with store.lock:
            revision, spreadsheet = store.version, self._opened(sheet_id)
            if query.get("revision") == str(revision):
                return {"revision": revision}
            view = spreadsheet.view()
        shown = tabs(view.book)
        tab = next((each["id"] for each in shown if str(each["id"]) == query.get("tab")), shown[0]["id"])
        return {"revision": revision, "tabs": shown, "tab": tab, **draw(view, view.book.sheet(tab)).as_json()}

    def cell(self, body: Body, _query: Mapping[str, str], sheet_id: str) -> Body:
        """One of the staff types into one cell, as at the browser; `body` is an Entry."""
        person = Person(self._opened(sheet_id), self.user, self.office.staff())
        try:
            return {"shown": person.type(Entry(**body))}
        except ApiError as error:
            raise ValueError(error.message) from None

    def _opened(self, sheet_id: str) -> Spreadsheet:
        try:
            return self.sheets.store.spreadsheet(sheet_id)
        except ApiError as error:
            raise ValueError(error.message) from None

    def start_staff(self, body: Body, _query: Mapping[str, str]) -> Body:
        sheet_id, skus, seed = body.pop("spreadsheet_id"), body.pop("skus", []), body.pop("seed", 0)
        dials: Body = {name: tuple(value) if isinstance(value, list) else value for name, value in body.items()}
        self.office.start_staff(self.sheets.store.spreadsheet(sheet_id), StaffDials(**dials), skus, seed)
        return {}

    def stop_staff(self, _body: Body, _query: Mapping[str, str]) -> Body:
        """Nothing new is begun; what was begun is finished at once."""
        self.office.stop_staff()
        return {}

    def staff(self, _body: Body, query: Mapping[str, str]) -> Body:
        staff = self.office.staff()
        if staff is None:
            return {"changes": [], "acts": [], "counts": {}, "finished": True}
        return {
            "changes": [to_plain(each) for each in staff.changes[int(query.get("from", 0)) :]],
            "acts": [to_plain(each) for each in staff.acts],
            "counts": dict(staff.counts),
            "finished": staff.finished,
            "dials": asdict(staff.dials),
        }
