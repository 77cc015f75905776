"""Clients pointed at the sandbox as README.md says it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from google.oauth2.service_account import Credentials
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from bridge.outside import SheetCredentials
from bridge.sandbox.server import KEY_FILE
from tests.contract.sandbox_server.conftest import Start
from tests.support.sheets_client import SCOPES

README = Path(__file__).parents[3] / "README.md"


def test_gspread_as_the_readme_shows_it(start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lookup = "_is_regional_access_boundary_lookup_required"  # at another host of Google's
    monkeypatch.setattr(Credentials, lookup, lambda _: False)
    server = start(empty=True)
    (code,) = re.findall(r"```python\n(import gspread\n.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    code = code.replace("http://127.0.0.1:8765", server.address).replace("var/sandbox", str(tmp_path))
    names: dict[str, Any] = {}
    exec(code, names)
    assert names["gc"].create("在庫").title == "在庫"


def test_googles_own_client(start: Start, tmp_path: Path) -> None:
    server = start(empty=True)
    signed: Any = SheetCredentials.from_service_account_file(str(tmp_path / KEY_FILE), scopes=SCOPES)  # type: ignore[no-untyped-call]

    def service(name: str, version: str, path: str) -> Any:
        there = {"api_endpoint": server.address + path}
        return build(name, version, credentials=signed, client_options=there, static_discovery=True)

    sheets = service("sheets", "v4", "").spreadsheets()
    book = sheets.create(body={"properties": {"title": "stock"}}).execute()["spreadsheetId"]
    written = {"range": "A1", "valueInputOption": "USER_ENTERED", "body": {"values": [["1,200", "=A1*2"]]}}
    assert sheets.values().update(spreadsheetId=book, **written).execute()["updatedCells"] == 2
    assert sheets.values().get(spreadsheetId=book, range="A1:B1").execute()["values"] == [["1,200", "2400"]]
    files = service("drive", "v3", "/drive/v3/").files()
    assert files.export(fileId=book, mimeType="text/csv").execute() == b'"1,200",2400'
    queries = {
        "name = 'stock' and not trashed = true": 1,
        "(name contains 'STO' or name = 'x') and mimeType != 'application/pdf'": 1,
        "'root' in parents and modifiedTime > '2020-01-01T00:00:00'": 1,
        "'nobody@b.example' in writers": 0,
    }
    for query, count in queries.items():
        assert len(files.list(q=query, orderBy="name").execute()["files"]) == count, query
    for query, status in (("fullText contains 'a'", 501), ("name like 'a'", 400), ("(name = 'a'", 400), ("'a", 400)):
        with pytest.raises(HttpError) as caught:
            files.list(q=query).execute()
        assert caught.value.status_code == status, query
