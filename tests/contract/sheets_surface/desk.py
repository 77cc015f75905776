"""Where a case works: a sandbox behind a socket, gspread pointed at it as README.md says, a spreadsheet of its own."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

import gspread
import pytest
from google.oauth2.credentials import Credentials

from bridge.outside import SheetCredentials
from bridge.sandbox.people import Person
from bridge.sandbox.server import KEY_FILE, Server
from tests.support.discovery import check_request, check_response
from tests.support.sheets_client import SCOPES

Json = dict[str, Any]
FILES = "https://www.googleapis.com/drive/v3/files"
FOLDER = "application/vnd.google-apps.folder"


def http_client(address: str, violations: list[str]) -> type[gspread.HTTPClient]:
    """gspread's, its calls sent to `address` and held against Google's discovery documents."""

    class Judged(gspread.HTTPClient):
        def request(self, method: str, endpoint: str, *args: Any, **more: Any) -> Any:
            path = urlsplit(endpoint).path
            if path.startswith("/v4/"):  # to Drive it also sends what an older version took, and Drive passes over
                query = [name for name, value in (more.get("params") or {}).items() if value is not None]
                sent = json.loads(json.dumps(more.get("json")))  # its enums are texts only by then
                violations.extend(check_request(method.upper(), path, sent, query))
            answer = super().request(method, address + path, *args, **more)
            if "json" in answer.headers.get("Content-Type", ""):
                violations.extend(check_response(method.upper(), path, answer.json()))
            return answer

    return Judged


class Desk:
    """`client`: a service account, which owns `book` · `tab`: its one tab, Sheet1 of 20 rows and 8 columns ·
    `staff`: somebody else with an account."""

    def __init__(self, server: Server, key_file: str) -> None:
        self.violations: list[str] = []
        self.server = server
        http = http_client(server.address, self.violations)
        signed = SheetCredentials.from_service_account_file(key_file, scopes=SCOPES)  # type: ignore[no-untyped-call]
        self.client = gspread.Client(signed, http_client=http)
        self.person: Person = server.sandbox.people.staff
        token = Credentials(self.person.token)  # type: ignore[no-untyped-call]
        self.staff = gspread.Client(token, http_client=http)
        self.address = str(signed.service_account_email)
        self.fresh("stock")

    def fresh(self, title: str) -> None:
        """Another book to work in."""
        grid = {"gridProperties": {"rowCount": 20, "columnCount": 8}, "title": "Sheet1"}
        body = {"properties": {"title": title}, "sheets": [{"properties": grid}]}
        made = self.client.http_client.request("post", "https://sheets.googleapis.com/v4/spreadsheets", json=body)
        self.book: gspread.Spreadsheet = self.client.open_by_key(made.json()["spreadsheetId"])
        self.tab: gspread.Worksheet = self.book.sheet1

    def fill(self, *rows: list[Any]) -> None:
        """Type rows from A1 on."""
        self.book.values_update("A1", {"valueInputOption": "USER_ENTERED"}, {"values": list(rows)})

    def values(self, a1: str = "Sheet1") -> list[list[str]]:
        """The texts that stand there."""
        found: list[list[str]] = self.book.values_get(a1).get("values", [])
        return found

    def outline(self) -> Json:
        """The first tab as the API tells it now."""
        sheets: list[Json] = self.book.fetch_sheet_metadata()["sheets"]
        return sheets[0]

    def cell(self, a1: str) -> Json:
        """CellData of one cell."""
        answer = self.book.fetch_sheet_metadata({"includeGridData": "true", "ranges": a1})
        found: Json = answer["sheets"][0]["data"][0].get("rowData", [{}])[0].get("values", [{}])[0]
        return found

    def folder(self, name: str) -> str:
        """The id of a new folder in My Drive."""
        body = {"name": name, "mimeType": FOLDER}
        return str(self.client.http_client.request("post", FILES, json=body).json()["id"])


def refused(work: Any, *args: Any, **more: Any) -> tuple[int, str]:
    """(status, message) of an answer that must be an error in Google's form."""
    with pytest.raises(gspread.exceptions.APIError) as caught:
        work(*args, **more)
    body = json.loads(caught.value.response.text)["error"]
    assert body["code"] == caught.value.code
    assert body["errors"][0]["reason"] if "errors" in body else body["status"]
    return caught.value.code, str(body["message"])


def start(folder: Any, clock: Any) -> tuple[Server, str]:
    server = Server(0, folder, empty=True, quota=None, clock=clock)
    return server, str(folder / KEY_FILE)
