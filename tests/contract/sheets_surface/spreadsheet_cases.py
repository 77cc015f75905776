"""gspread.Spreadsheet: tabs, names, sharing, properties, and the plain calls beneath."""

from __future__ import annotations

from typing import Any

import gspread
import pytest

from bridge.errors import Hint
from tests.contract.sheets_surface.desk import Desk, refused
from tests.contract.sheets_surface.register import tries


@tries(
    "Spreadsheet.id",
    "Spreadsheet.title",
    "Spreadsheet.url",
    "Spreadsheet.locale",
    "Spreadsheet.timezone",
    "Spreadsheet.fetch_sheet_metadata",
    "HTTPClient.fetch_sheet_metadata",
    "HTTPClient.spreadsheets_get",
)
def _told(desk: Desk) -> None:
    told = desk.book.fetch_sheet_metadata()
    assert told["spreadsheetId"] == desk.book.id
    assert told["spreadsheetUrl"].startswith(desk.book.url)
    assert told["properties"].keys() == {
        *("title", "locale", "autoRecalc", "timeZone", "defaultFormat", "spreadsheetTheme"),
    }
    assert (desk.book.title, desk.book.locale, desk.book.timezone) == ("stock", "en_US", "Etc/GMT")
    assert told["sheets"] == [
        {
            "properties": {
                "sheetId": 0,
                "title": "Sheet1",
                "index": 0,
                "sheetType": "GRID",
                "gridProperties": {"rowCount": 20, "columnCount": 8},
            }
        }
    ]
    masked = desk.book.fetch_sheet_metadata({"fields": "sheets.properties(title,tabColorStyle)"})
    assert masked == {"sheets": [{"properties": {"title": "Sheet1"}}]}
    desk.fill(["a"])
    whole = desk.client.http_client.spreadsheets_get(desk.book.id, {"includeGridData": "true", "ranges": "A1:B2"})
    assert whole["sheets"][0]["data"][0]["rowData"][0]["values"][0]["formattedValue"] == "a"


@tries(
    "Spreadsheet.creationTime",
    "Spreadsheet.lastUpdateTime",
    "Spreadsheet.get_lastUpdateTime",
    "Spreadsheet.update_drive_metadata",
)
def _times(desk: Desk) -> None:
    made = desk.book.creationTime
    with pytest.warns(DeprecationWarning, match="lastUpdateTime"):
        assert desk.book.lastUpdateTime == made
    desk.server.sandbox.clock.sleep(5)
    desk.fill(["a"])
    assert desk.book.get_lastUpdateTime() > made
    desk.book.update_drive_metadata()
    with pytest.warns(DeprecationWarning, match="lastUpdateTime"):
        assert desk.book.lastUpdateTime > desk.book.creationTime == made


@tries("Spreadsheet.update_title", "Spreadsheet.update_timezone")
def _renamed(desk: Desk) -> None:
    desk.book.update_title("在庫 2026")
    assert desk.client.open("在庫 2026").id == desk.book.id
    for zone in ("Asia/Tokyo", "GMT-07:00"):
        desk.book.update_timezone(zone)
        assert desk.client.open_by_key(desk.book.id).timezone == zone
    for zone in ("Asia/Nowhere", "../etc", "GMT+99:00"):
        assert refused(desk.book.update_timezone, zone)[0] == 400


@tries(
    "Spreadsheet.update_locale",
    note=Hint(
        "en_US・ja_JP（en・ja）。ほかは501（数と日付の書き方がほかの国のものになりません）。",
        "en_US and ja_JP (en, ja); others answer 501, since numbers and dates are read and shown as there only.",
    ),
)
def _locale(desk: Desk) -> None:
    desk.book.update_locale("ja_JP")
    desk.fill(["2026年11月23日", "１２"])
    assert desk.values() == [["2026年11月23日", "12"]]
    assert desk.client.open_by_key(desk.book.id).locale == "ja_JP"
    assert refused(desk.book.update_locale, "de_DE")[0] == 501
    assert refused(desk.book.update_locale, "Nihongo") == (
        400,
        "Invalid requests[0].updateSpreadsheetProperties: Unsupported locale: Nihongo",
    )


@tries(
    "Spreadsheet.sheet1",
    "Spreadsheet.get_worksheet",
    "Spreadsheet.get_worksheet_by_id",
    "Spreadsheet.worksheet",
    "Spreadsheet.worksheets",
)
def _tabs_found(desk: Desk) -> None:
    other = desk.book.add_worksheet("在庫表", 3, 4)
    other.hide()
    assert [tab.title for tab in desk.book.worksheets()] == ["Sheet1", "在庫表"]
    assert [tab.title for tab in desk.book.worksheets(exclude_hidden=True)] == ["Sheet1"]
    assert desk.book.sheet1.id == desk.book.get_worksheet(0).id == 0
    assert desk.book.worksheet("在庫表").id == desk.book.get_worksheet_by_id(other.id).id == other.id
    for find, wrong in ((desk.book.get_worksheet, 9), (desk.book.worksheet, "no"), (desk.book.get_worksheet_by_id, 9)):
        with pytest.raises(gspread.exceptions.WorksheetNotFound):
            find(wrong)


@tries(
    "Spreadsheet.add_worksheet",
    "Spreadsheet.duplicate_sheet",
    "Spreadsheet.del_worksheet",
    "Spreadsheet.del_worksheet_by_id",
    "Spreadsheet.reorder_worksheets",
)
def _tabs_made(desk: Desk) -> None:
    desk.fill(["a"])
    last, first = desk.book.add_worksheet("last", 3, 4), desk.book.add_worksheet("first", 3, 4, index=0)
    assert (last.row_count, last.col_count) == (3, 4)
    copy = desk.book.duplicate_sheet(0, insert_sheet_index=3, new_sheet_id=77, new_sheet_name="copy")
    assert (copy.id, copy.index, copy.get("A1")) == (77, 3, [["a"]])
    desk.book.reorder_worksheets([copy, last])
    assert [tab.title for tab in desk.book.worksheets()] == ["copy", "last", "first", "Sheet1"]
    desk.book.del_worksheet(copy)
    desk.book.del_worksheet_by_id(first.id)
    assert [tab.title for tab in desk.book.worksheets()] == ["last", "Sheet1"]
    assert "already exists" in refused(desk.book.add_worksheet, "LAST", 1, 1)[1]
    assert refused(desk.book.del_worksheet_by_id, 77)[1].endswith("No grid with id: 77")
    desk.book.del_worksheet(last)
    assert "remove all the visible sheets" in refused(desk.book.del_worksheet, desk.tab)[1]


@tries("Spreadsheet.share", "Spreadsheet.list_permissions", "Spreadsheet.remove_permissions")
def _shared(desk: Desk) -> None:
    mail = desk.person.email
    with pytest.raises(PermissionError):
        desk.staff.open_by_key(desk.book.id)
    desk.book.share(mail, perm_type="user", role="reader", notify=False)
    theirs = desk.staff.open_by_key(desk.book.id).sheet1
    assert refused(theirs.update, [["a"]], "A1") == (403, "The caller does not have permission")
    desk.book.share(mail, perm_type="user", role="writer")
    theirs.update([["a"]], "A1")
    held = {each["emailAddress"]: each["role"] for each in desk.book.list_permissions()}
    assert held == {desk.address: "owner", mail: "writer"}
    assert desk.book.remove_permissions(mail, role="reader") == []
    assert len(desk.book.remove_permissions(mail)) == 1
    assert refused(theirs.get)[0] == 403


@tries(
    "Spreadsheet.transfer_ownership",
    "Spreadsheet.accept_ownership",
    note=Hint(
        "個人アカウント同士の2段階の渡し方だけです（組織の中の直接の渡し方はありません）。",
        "In the two steps of private accounts; there is no organisation in which it goes at once.",
    ),
)
def _handed_over(desk: Desk) -> None:
    mine, mail = desk.book, desk.person.email
    made = mine.share(mail, perm_type="user", role="reader", notify=False).json()
    theirs = desk.staff.open_by_key(mine.id)
    answer = (403, "Consent is required to transfer ownership of a file to another user.")
    mine.share(mail, perm_type="user", role="writer", notify=False)
    assert refused(theirs.accept_ownership, made["id"]) == refused(mine.accept_ownership, made["id"]) == answer
    assert refused(theirs.transfer_ownership, made["id"])[0] == 403  # not theirs to give
    assert mine.transfer_ownership(made["id"]).json()["role"] == "writer"
    assert [each["pendingOwner"] for each in mine.list_permissions()] == [False, True]
    assert theirs.accept_ownership(made["id"]).json()["role"] == "owner"
    held = {each["emailAddress"]: (each["role"], each["pendingOwner"]) for each in theirs.list_permissions()}
    assert held == {desk.address: ("writer", False), mail: ("owner", False)}
    assert refused(desk.client.del_spreadsheet, mine.id)[0] == 403
    desk.staff.del_spreadsheet(mine.id)


@tries(
    "Spreadsheet.named_range",
    "Spreadsheet.list_named_ranges",
    "Worksheet.define_named_range",
    "Worksheet.delete_named_range",
)
def _named_ranges(desk: Desk) -> None:
    desk.fill(["a", "b"], ["c"])
    answer = desk.tab.define_named_range("A1:B2", "items")
    named = answer["replies"][0]["addNamedRange"]["namedRange"]
    place = {"startRowIndex": 0, "endRowIndex": 2, "startColumnIndex": 0, "endColumnIndex": 2}
    assert named == {"namedRangeId": named["namedRangeId"], "name": "items", "range": place}
    assert desk.book.list_named_ranges() == [named]
    assert [cell.value for cell in desk.book.named_range("items")] == ["a", "b", "c", ""]
    assert "already exists" in refused(desk.tab.define_named_range, "A1", "Items")[1]
    assert refused(desk.tab.define_named_range, "A1", "A1")[0] == 400
    desk.tab.delete_named_range(named["namedRangeId"])
    assert desk.book.list_named_ranges() == []


@tries(
    "Spreadsheet.list_protected_ranges",
    "Worksheet.add_protected_range",
    "Worksheet.delete_protected_range",
    note=Hint("グループの人は誰も知られていません。", "Nobody is known to be in a group."),
)
def _protected_ranges(desk: Desk) -> None:
    desk.book.share(desk.person.email, perm_type="user", role="writer", notify=False)
    answer = desk.tab.add_protected_range("A1:B2")
    place = {"startRowIndex": 0, "endRowIndex": 2, "startColumnIndex": 0, "endColumnIndex": 2}
    held = answer["replies"][0]["addProtectedRange"]["protectedRange"]
    number = held["protectedRangeId"]
    assert held == {"protectedRangeId": number, "range": place, "requestingUserCanEdit": True, "editors": {}}
    assert desk.book.list_protected_ranges(0) == [{**held, "editors": {"users": [desk.address]}}]
    theirs = desk.staff.open_by_key(desk.book.id)
    assert theirs.list_protected_ranges(0) == [{"protectedRangeId": number, "range": place}]
    assert "protected cell or object" in refused(theirs.sheet1.update, [["x"]], "A1")[1]
    desk.tab.delete_protected_range(number)
    theirs.sheet1.update([["x"]], "A1")
    desk.tab.add_protected_range("A1", editor_users_emails=[desk.person.email], description="SKU")
    theirs.sheet1.update([["y"]], "A1")
    desk.tab.add_protected_range("C1", warning_only=True)
    warning = desk.book.list_protected_ranges(0)[1]
    assert (warning["warningOnly"], "editors" in warning) == (True, False)


@tries(
    "Spreadsheet.batch_update",
    "HTTPClient.batch_update",
    note=Hint(
        "下に挙げたリクエストです。ほかは501で、その回は何も変わりません。",
        "The requests listed below; any other answers 501, and nothing of its batch is done.",
    ),
)
def _batches(desk: Desk) -> None:
    requests: list[Any] = [
        {"addSheet": {"properties": {"title": "x"}}},
        {"findReplace": {"find": "zz", "replacement": "", "allSheets": True}},
    ]
    answer = desk.book.batch_update({"requests": requests, "includeSpreadsheetInResponse": True})
    assert answer["replies"][1] == {"findReplace": {}}
    assert len(answer["updatedSpreadsheet"]["sheets"]) == 2
    unserved = [{"addSheet": {"properties": {"title": "y"}}}, {"addSlicer": {}}]
    assert refused(desk.book.batch_update, {"requests": unserved}) == (
        501,
        "The sandbox does not serve the request kind 'addSlicer' (requests[1]).",
    )
    assert [tab.title for tab in desk.book.worksheets()] == ["Sheet1", "x"]  # all or nothing


_RAW = {"valueInputOption": "RAW"}
_TYPED = {"valueInputOption": "USER_ENTERED"}


@tries(
    "Spreadsheet.values_get",
    "Spreadsheet.values_update",
    "Spreadsheet.values_append",
    "Spreadsheet.values_clear",
    "HTTPClient.values_get",
    "HTTPClient.values_update",
    "HTTPClient.values_append",
    "HTTPClient.values_clear",
)
def _values(desk: Desk) -> None:
    book = desk.book
    answer = book.values_update("Sheet1!B2:C3", _TYPED, {"values": [["1,200", "=B2*2"], ["50%"]]})
    counts = {"updatedRange": "Sheet1!B2:C3", "updatedRows": 2, "updatedColumns": 2, "updatedCells": 4}
    assert answer == {"spreadsheetId": book.id, **counts}
    assert book.values_get("B2:D9") == {
        "range": "Sheet1!B2:D9",
        "majorDimension": "ROWS",
        "values": [["1,200", "2400"], ["50%"]],
    }
    plain = {"valueRenderOption": "UNFORMATTED_VALUE", "majorDimension": "COLUMNS"}
    assert book.values_get("B2:C3", plain)["values"] == [[1200, 0.5], [2400]]
    assert book.values_get("B2:C3", {"valueRenderOption": "FORMULA"})["values"] == [[1200, "=B2*2"], [0.5]]
    added = book.values_append("B2", _RAW, {"values": [["=1", 2]]})
    assert (added["tableRange"], added["updates"]["updatedRange"]) == ("Sheet1!B2:C3", "Sheet1!B4:C4")
    assert book.values_get("B4:C4")["values"] == [["=1", "2"]]
    cleared = {"spreadsheetId": book.id, "clearedRange": "Sheet1!A1:H20"}
    assert book.values_clear("Sheet1") == cleared
    assert book.values_get("A1") == {"range": "Sheet1!A1", "majorDimension": "ROWS"}
    assert refused(book.values_get, "no such tab!A1")[1] == "Unable to parse range: no such tab!A1"
    assert refused(book.values_update, "A1", {}, {"values": [[1]]})[0] == 400


@tries(
    "Spreadsheet.values_batch_get",
    "Spreadsheet.values_batch_update",
    "Spreadsheet.values_batch_clear",
    "HTTPClient.values_batch_get",
    "HTTPClient.values_batch_update",
    "HTTPClient.values_batch_clear",
)
def _batches_of_values(desk: Desk) -> None:
    book = desk.book
    data = [{"range": "A1", "values": [["a"]]}, {"range": "B2:C2", "values": [["b", "c"]]}]
    answer = book.values_batch_update({**_RAW, "data": data, "includeValuesInResponse": True})
    assert (answer["totalUpdatedCells"], answer["totalUpdatedRows"], answer["totalUpdatedSheets"]) == (3, 2, 1)
    assert answer["responses"][0]["updatedData"]["values"] == [["a"]]
    found = book.values_batch_get(["A1", "B2:C2", "D4"])["valueRanges"]
    assert [each.get("values") for each in found] == [[["a"]], [["b", "c"]], None]
    assert book.values_batch_clear(body={"ranges": ["A1", "C2"]})["clearedRanges"] == ["Sheet1!A1", "Sheet1!C2"]
    assert desk.values() == [[], ["", "b"]]
