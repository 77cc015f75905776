"""The control panel's part for the spreadsheets: making one, typing, the staff, and what was asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from bridge.sandbox.malls.plain import to_plain
from bridge.sandbox.sheets_api import SheetsApi, Spreadsheet
from bridge.sandbox.staff import Staff, StaffDials
from bridge.sandbox.staff_table import Table
from bridge.sandbox.usage import Usage

Body = dict[str, Any]
_SHEET = "/sandbox/sheets/<sheet_id>"


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

    def routes(self) -> list[tuple[str, str, Callable[..., Any]]]:
        """(verb, path, work); work takes the request's body, the query and the path's parts."""
        return [
            ("POST", "/sandbox/sheets", self.create),
            ("GET", "/sandbox/sheets/calls", self.calls),
            ("GET", _SHEET + "/table", self.table),
            ("POST", _SHEET + "/type", self.type),
            ("POST", "/sandbox/staff", self.start_staff),
            ("DELETE", "/sandbox/staff", self.stop_staff),
            ("GET", "/sandbox/staff", self.staff),
        ]

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
