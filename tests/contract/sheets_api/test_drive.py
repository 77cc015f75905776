"""The sliver of Drive that gspread calls."""

from __future__ import annotations

import gspread
import pytest

from tests.contract.sheets_api.conftest import World


def test_created_found_listed_and_deleted(world: World) -> None:
    made = world.client.create('在庫 "A"')
    assert world.client.open("stock").id == world.book.id
    assert {item["name"] for item in world.client.list_spreadsheet_files()} == {"stock", '在庫 "A"'}
    world.client.del_spreadsheet(made.id)
    with pytest.raises(gspread.exceptions.SpreadsheetNotFound):
        world.client.open_by_key(made.id)


def test_lists_come_in_pages(world: World) -> None:
    for number in range(4):
        world.clock.sleep(1)
        world.client.create(f"s{number}")
    url = "/drive/v3/files"
    first = world.raw("GET", url, params={"pageSize": 3, "q": "trashed = false and name contains 's'"}).json()
    assert [item["name"] for item in first["files"]] == ["s3", "s2", "s1"]
    rest = world.raw("GET", url, params={"pageSize": 3, "pageToken": first["nextPageToken"]}).json()
    assert [item["name"] for item in rest["files"]] == ["s0", "stock"]
    assert "nextPageToken" not in rest


def test_fields_and_times(world: World) -> None:
    before = world.sheet.get_lastUpdateTime()
    world.clock.sleep(5)
    world.fill(["a"])
    assert (before, world.sheet.get_lastUpdateTime()) == ("2026-11-23T01:00:00.000Z", "2026-11-23T01:00:05.000Z")
    path = f"/drive/v3/files/{world.book.id}"
    assert world.raw("GET", path).json().keys() == {"kind", "id", "name", "mimeType"}
    assert world.raw("GET", path, params={"fields": "name"}).json() == {"name": "stock"}


def test_an_error_of_drive_has_drives_form(world: World) -> None:
    answer = world.raw("GET", "/drive/v3/files/nothing")
    assert answer.status_code == 404
    assert answer.json()["error"]["errors"][0]["reason"] == "notFound"
    assert answer.json()["error"]["message"] == "File not found: nothing."


def test_sharing(world: World) -> None:
    world.sheet.share("a@example.com", perm_type="user", role="reader", notify=False)
    world.sheet.share("a@example.com", perm_type="user", role="writer", notify=False)
    held = {one["emailAddress"]: one["role"] for one in world.sheet.list_permissions()}
    assert held["a@example.com"] == "writer"
    world.sheet.remove_permissions("a@example.com")
    assert len(world.sheet.list_permissions()) == 1


def test_copies_are_independent(world: World) -> None:
    world.fill(["a"])
    copy = world.client.copy(world.book.id, title="copy")
    copy.sheet1.update([["b"]], "A1")
    assert (copy.title, world.shown()) == ("copy", [["a"]])


def test_a_csv_file_becomes_the_first_tab(world: World) -> None:
    world.sheet.add_worksheet("other", 2, 2)
    world.client.import_csv(world.book.id, b'SKU,n\n"a,1",1200\n')
    (tab,) = world.sheet.worksheets()  # named after the file, under an id of its own
    assert (tab.title, tab.id == 0, tab.row_count, tab.col_count) == ("stock", False, 1000, 26)
    assert tab.get_all_values() == [["SKU", "n"], ["a,1", "1200"]]


def test_a_csv_file_becomes_a_spreadsheet(world: World) -> None:
    parts = {
        "metadata": ("metadata", '{"name": "imported"}', "application/json; charset=UTF-8"),
        "media": ("stock.csv", "a,b", "text/csv"),
    }
    made = world.raw("POST", "/upload/drive/v3/files", params={"uploadType": "multipart"}, files=parts).json()
    assert world.client.open("imported").id == made["id"]
    assert world.client.open("imported").sheet1.get("A1:B1") == [["a", "b"]]


def test_other_files_are_not_served(world: World) -> None:
    assert world.raw("POST", "/drive/v3/files", json={"mimeType": "application/pdf"}).status_code == 501
