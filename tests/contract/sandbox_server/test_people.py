"""Owner and staff over real sockets: the tokens in the file, and what each may do in a spreadsheet of the panel's."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from bridge.sandbox.server import PEOPLE_FILE, Server


def signed_in(folder: Path, who: str) -> httpx.Client:
    token = json.loads((folder / PEOPLE_FILE).read_text())[who]["token"]
    return httpx.Client(headers={"Authorization": f"Bearer {token}"})


def new_spreadsheet(server: Server) -> str:
    answer = httpx.post(f"{server.address}/sandbox/sheets", json={"title": "在庫"}).json()
    return f"{server.address}/v4/spreadsheets/{answer['id']}"


def batch(who: httpx.Client, book: str, *requests: Any) -> httpx.Response:
    return who.post(f"{book}:batchUpdate", json={"requests": list(requests)})


def test_owner_and_staff_before_a_protected_row(start: Callable[..., Server], tmp_path: Path) -> None:
    server = start(empty=True)
    assert (tmp_path / PEOPLE_FILE).stat().st_mode & 0o077 == 0
    owner, staff, book = signed_in(tmp_path, "owner"), signed_in(tmp_path, "staff"), new_spreadsheet(server)
    head = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 1}
    held = {"range": head, "editors": {"users": []}}
    note = {"repeatCell": {"range": head, "cell": {"note": "x"}, "fields": "note"}}
    assert batch(staff, book, note).status_code == 200
    assert batch(owner, book, {"addProtectedRange": {"protectedRange": held}}).status_code == 200
    refused = batch(staff, book, note)
    assert (refused.status_code, refused.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert batch(owner, book, note).status_code == 200


def test_people_stay_signed_in_over_a_restart(start: Callable[..., Server], tmp_path: Path) -> None:
    first = start(empty=True)
    book, before = new_spreadsheet(first), (tmp_path / PEOPLE_FILE).read_text()
    start.finish()  # type: ignore[attr-defined]
    second = start()
    assert (tmp_path / PEOPLE_FILE).read_text() == before
    there = book.replace(first.address, second.address)
    assert signed_in(tmp_path, "staff").get(there).status_code == 200
    stranger = httpx.get(there, headers={"Authorization": "Bearer ya29.staff"})
    assert stranger.status_code == 401


def test_the_service_account_may_edit_what_the_panel_made(start: Callable[..., Server], tmp_path: Path) -> None:
    server = start(empty=True)
    new_spreadsheet(server)
    (made,) = server.sandbox.sheets.store.spreadsheets.values()
    people = json.loads((tmp_path / PEOPLE_FILE).read_text())
    assert made.file.role(people["owner"]["email"]) == "owner"
    assert made.file.role(people["staff"]["email"]) == "writer"
    assert made.file.role(server.sandbox.service_account) == "writer"
    assert made.file.role("somebody@example.com") is None
