"""Protected ranges, judged for each user: the owner always may, the editors of a range may, a warning stops nobody, and
whoever else touches a protected cell meets Google's refusal, with nothing of the batch carried out."""

from __future__ import annotations

import gspread
import pytest

from bridge.sandbox.sheets_api import ApiError
from tests.contract.sheets_api.conftest import Json, World, area
from tests.support.sheets_client import service_account, signed_in_as

STAFF, FRIEND = "staff@sandbox.example", "friend@sandbox.example"
PROTECTED = (
    "You are trying to edit a protected cell or object. Please contact the spreadsheet owner to remove protection if "
    "you need to edit."
)


def person(world: World, email: str, role: str = "writer") -> gspread.Spreadsheet:
    """The spreadsheet as this person has it open, the file being shared with them."""
    world.api.welcome(email, f"ya29.{email}")
    world.api.store.share(world.book, email, role)
    return signed_in_as(world.judged, f"ya29.{email}").open_by_key(world.book.id)


def protect(world: World, where: Json, *, by: gspread.Spreadsheet | None = None, **members: object) -> int:
    """A protection that names nobody but those given; returns its id."""
    held: Json = {"range": where, **members}
    if not held.get("warningOnly"):
        held.setdefault("editors", {"users": []})
    request = {"requests": [{"addProtectedRange": {"protectedRange": held}}]}
    (reply,) = (by or world.sheet).batch_update(request)["replies"]
    number: int = reply["addProtectedRange"]["protectedRange"]["protectedRangeId"]
    return number


def ask(sheet: gspread.Spreadsheet, *requests: Json) -> None:
    sheet.batch_update({"requests": list(requests)})


def put(row: int, column: int, text: str = "x") -> Json:
    start = {"sheetId": 0, "rowIndex": row, "columnIndex": column}
    rows = [{"values": [{"userEnteredValue": {"stringValue": text}}]}]
    return {"updateCells": {"start": start, "rows": rows, "fields": "userEnteredValue"}}


# --- who may ---------------------------------------------------------------------------------------------------------


def test_the_refusal_is_googles_and_the_batch_is_left_whole(world: World) -> None:
    protect(world, area(0, 0, 1, 8))
    staff = person(world, STAFF)
    before = world.book.book
    with pytest.raises(gspread.exceptions.APIError) as caught:
        ask(staff, put(5, 5), put(0, 0))
    message = f"Invalid requests[1].updateCells: {PROTECTED}"
    assert caught.value.error == {"code": 400, "message": message, "status": "INVALID_ARGUMENT"}
    with pytest.raises(gspread.exceptions.APIError) as caught:
        staff.sheet1.update([["x"]], "A1")
    assert caught.value.error == {"code": 400, "message": PROTECTED, "status": "INVALID_ARGUMENT"}
    assert world.book.book is before


def test_the_owner_always_may_and_an_editor_of_the_range_may(world: World) -> None:
    protect(world, area(0, 0, 1, 8), editors={"users": [FRIEND]})
    staff, friend = person(world, STAFF), person(world, FRIEND)
    ask(world.sheet, put(0, 0, "owner"))  # not named
    ask(friend, put(0, 1, "friend"))
    with pytest.raises(gspread.exceptions.APIError, match="protected cell"):
        ask(staff, put(0, 2))
    assert world.shown() == [["owner", "friend"]]


def test_an_owner_by_the_door_of_drive(world: World) -> None:
    """Whoever becomes the owner of the file is one before every protection."""
    protect(world, area(0, 0, 1, 8))
    staff = person(world, STAFF, role="owner")
    ask(staff, put(0, 0, "mine"))
    assert world.shown() == [["mine"]]


def test_where_no_editors_are_named_nothing_is_closed_to_those_who_may_edit(world: World) -> None:
    staff = person(world, STAFF)
    ask(world.sheet, {"addProtectedRange": {"protectedRange": {"range": area(0, 0, 1, 8)}}})
    ask(staff, put(0, 0))
    late = person(world, FRIEND)  # somebody who came after
    with pytest.raises(gspread.exceptions.APIError, match="protected cell"):
        ask(late, put(0, 0))


def test_a_warning_never_stops_the_api(world: World) -> None:
    protect(world, {"sheetId": 0}, warningOnly=True)
    staff = person(world, STAFF)
    for name, request in TOUCHING.items():
        if name not in ("deleteSheet", "deleteProtectedRange"):
            ask(staff, request)


def test_a_warning_names_no_editors(world: World) -> None:
    held = {"range": area(0, 0, 1, 1), "warningOnly": True, "editors": {"users": [STAFF]}}
    assert "ProtectedRange is warningOnly. Editors cannot be set on it." in world.refused(
        {"addProtectedRange": {"protectedRange": held}}
    )


def test_a_warning_made_a_lock_keeps_everybody_of_that_moment(world: World) -> None:
    number = protect(world, area(0, 0, 1, 8), warningOnly=True)
    staff = person(world, STAFF)
    changed = {"protectedRangeId": number, "warningOnly": False}
    world.batch({"updateProtectedRange": {"protectedRange": changed, "fields": "warningOnly"}})
    (held,) = world.sheet.list_protected_ranges(0)
    assert held["editors"]["users"] == [service_account().client_email, STAFF]
    ask(staff, put(0, 0))


def test_a_reader_is_no_writer_whatever_a_range_says(world: World) -> None:
    protect(world, area(0, 0, 1, 8), editors={"users": [STAFF]})
    reader = person(world, STAFF, role="reader")
    with pytest.raises(gspread.exceptions.APIError) as caught:
        ask(reader, put(0, 0))
    assert (caught.value.code, caught.value.error["status"]) == (403, "PERMISSION_DENIED")


# --- what each is told -----------------------------------------------------------------------------------------------


def test_who_may_edit_is_told_to_those_who_may(world: World) -> None:
    protect(world, area(0, 0, 1, 8), editors={"users": [FRIEND]}, description="bridge")
    staff, friend = person(world, STAFF), person(world, FRIEND)
    (mine,), (theirs,), (nobodys,) = (each.list_protected_ranges(0) for each in (world.sheet, friend, staff))
    assert mine["requestingUserCanEdit"] is theirs["requestingUserCanEdit"] is True
    assert mine["editors"] == theirs["editors"] == {"users": [FRIEND]}
    assert "requestingUserCanEdit" not in nobodys  # false, which Google's JSON leaves out
    assert "editors" not in nobodys
    assert nobodys["description"] == "bridge"


# --- a protection itself ---------------------------------------------------------------------------------------------


def test_only_those_it_lets_through_change_a_protection(world: World) -> None:
    number = protect(world, area(0, 0, 1, 8), editors={"users": [FRIEND]})
    staff, friend = person(world, STAFF), person(world, FRIEND)
    wider = {"protectedRangeId": number, "editors": {"users": [FRIEND, STAFF]}}
    change = {"updateProtectedRange": {"protectedRange": wider, "fields": "editors"}}
    with pytest.raises(gspread.exceptions.APIError, match="protected cell"):
        ask(staff, change)
    ask(friend, change)
    ask(staff, put(0, 0), {"deleteProtectedRange": {"protectedRangeId": number}})
    assert world.sheet.list_protected_ranges(0) == []


def test_an_id_is_given_once(world: World) -> None:
    protect(world, area(0, 0, 1, 8), protectedRangeId=7)
    again = {"range": area(2, 0, 3, 8), "protectedRangeId": 7}
    assert "already exists" in world.refused({"addProtectedRange": {"protectedRange": again}})


def test_exceptions_are_for_protected_tabs_only(world: World) -> None:
    held = {"range": area(0, 0, 5, 8), "unprotectedRanges": [area(2, 0, 3, 2)]}
    assert "only supported on protected sheets" in world.refused({"addProtectedRange": {"protectedRange": held}})


def test_exceptions_of_a_protected_tab(world: World) -> None:
    """A block may lie across two of them, and they follow their cells."""
    protect(world, {"sheetId": 0}, unprotectedRanges=[area(2, 0, 3, 2), area(3, 0, 4, 2)])
    staff = person(world, STAFF)
    staff.sheet1.update([["a", "b"], ["c", "d"]], "A3")
    with pytest.raises(gspread.exceptions.APIError, match="protected cell"):
        staff.sheet1.update([["a", "b"], ["c", "d"], ["e", "f"]], "A3")
    world.book.insert_rows(0, 0, 2)
    staff.sheet1.update([["A", "B"], ["C", "D"]], "A5")
    with pytest.raises(gspread.exceptions.APIError, match="protected cell"):
        staff.sheet1.update([["x"]], "A3")
    assert world.shown()[4:] == [["A", "B"], ["C", "D"]]


def test_a_copied_tab_has_its_own_exceptions(world: World) -> None:
    protect(world, {"sheetId": 0}, unprotectedRanges=[area(2, 0, 3, 2)])
    world.batch({"duplicateSheet": {"sourceSheetId": 0, "newSheetId": 9, "newSheetName": "copy"}})
    person(world, STAFF).worksheet("copy").update([["x", "y"]], "A3")
    (held,) = world.sheet.list_protected_ranges(9)
    assert held["unprotectedRanges"] == [area(2, 0, 3, 2, sheet_id=9)]


def test_in_a_copy_of_the_file_only_the_copier_may(world: World) -> None:
    protect(world, area(0, 0, 1, 8), editors={"users": [FRIEND, STAFF]})
    protect(world, area(1, 0, 2, 8), warningOnly=True)
    person(world, STAFF)
    client = signed_in_as(world.judged, f"ya29.{STAFF}")
    copy = client.copy(world.book.id, title="copy")
    held, warning = copy.list_protected_ranges(0)
    assert held["editors"] == {"users": [STAFF]}
    assert warning["warningOnly"]
    assert "editors" not in warning


# --- requests that touch a protected column --------------------------------------------------------------------------

LINE = {"sheetId": 0, "dimension": "ROWS", "startIndex": 5, "endIndex": 6}
COLUMN = {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 1, "endIndex": 2}
RULE = {"ranges": [area(0, 0, 9, 8)], "booleanRule": {"condition": {"type": "NOT_BLANK"}, "format": {}}}
BAND = {"range": area(0, 0, 9, 8), "rowProperties": {"firstBandColor": {"red": 1}}}
ALL = area(0, 0, 20, 8)

TOUCHING: dict[str, Json] = {
    "updateCells": put(3, 1),
    "repeatCell": {"repeatCell": {"range": ALL, "cell": {"note": "x"}, "fields": "note"}},
    "appendCells": {"appendCells": {"sheetId": 0, "rows": [{"values": [{}, {}]}], "fields": "note"}},
    "sortRange": {"sortRange": {"range": ALL, "sortSpecs": [{"dimensionIndex": 0}]}},
    "copyPaste": {"copyPaste": {"source": area(0, 0, 1, 8), "destination": area(4, 0, 5, 8)}},
    "cutPaste": {
        "cutPaste": {
            "source": area(0, 0, 1, 8),
            "destination": {"sheetId": 0, "rowIndex": 9, "columnIndex": 0},
            "pasteType": "PASTE_NORMAL",
        }
    },
    "insertDimension": {"insertDimension": {"range": LINE}},
    "appendDimension": {"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 1}},
    "moveDimension": {"moveDimension": {"source": LINE, "destinationIndex": 1}},
    "updateDimensionProperties": {
        "updateDimensionProperties": {"range": COLUMN, "properties": {"pixelSize": 9}, "fields": "pixelSize"}
    },
    "autoResizeDimensions": {"autoResizeDimensions": {"dimensions": COLUMN}},
    "insertRange": {"insertRange": {"range": area(2, 0, 3, 2), "shiftDimension": "ROWS"}},
    "deleteRange": {"deleteRange": {"range": area(2, 0, 3, 1), "shiftDimension": "COLUMNS"}},
    "setDataValidation": {"setDataValidation": {"range": area(2, 0, 3, 2)}},
    "updateBorders": {"updateBorders": {"range": area(2, 0, 3, 2), "top": {"style": "SOLID"}}},
    "mergeCells": {"mergeCells": {"range": area(12, 0, 13, 2), "mergeType": "MERGE_ALL"}},
    "unmergeCells": {"unmergeCells": {"range": area(12, 0, 13, 2)}},
    "addConditionalFormatRule": {"addConditionalFormatRule": {"rule": RULE, "index": 0}},
    "deleteConditionalFormatRule": {"deleteConditionalFormatRule": {"sheetId": 0, "index": 0}},
    "addBanding": {"addBanding": {"bandedRange": BAND}},
    "setBasicFilter": {"setBasicFilter": {"filter": {"range": area(0, 0, 9, 8)}}},
    "clearBasicFilter": {"clearBasicFilter": {"sheetId": 0}},
    "deleteDimension": {"deleteDimension": {"range": LINE}},
    "updateSheetProperties (rows)": {
        "updateSheetProperties": {
            "properties": {"sheetId": 0, "gridProperties": {"rowCount": 10}},
            "fields": "gridProperties.rowCount",
        }
    },
    "deleteSheet": {"deleteSheet": {"sheetId": 0}},
    "deleteProtectedRange": {"deleteProtectedRange": {"protectedRangeId": 1}},
}


@pytest.mark.parametrize("name", TOUCHING)
def test_whoever_is_no_editor_may_touch_no_protected_column(world: World, name: str) -> None:
    """Column B, from the top of the tab to wherever it ends. Before it is protected, the same request goes through."""
    world.batch({"addSheet": {"properties": {"title": "another"}}})
    world.batch(TOUCHING["mergeCells"], TOUCHING["addConditionalFormatRule"], TOUCHING["setBasicFilter"])
    held = {"sheetId": 0, "startColumnIndex": 1, "endColumnIndex": 2}
    protect(world, held, protectedRangeId=1)
    staff, before = person(world, STAFF), world.book.book
    with pytest.raises(gspread.exceptions.APIError, match="protected cell"):
        ask(staff, TOUCHING[name])
    assert world.book.book is before
    world.batch(TOUCHING[name])  # nothing but the protection stands in its way


def test_values_calls_stop_at_it_too(world: World) -> None:
    protect(world, {"sheetId": 0, "startColumnIndex": 1, "endColumnIndex": 2})
    tab = person(world, STAFF).sheet1
    for call in (
        lambda: tab.append_row(["x", "y"]),
        lambda: tab.batch_clear(["A1:B2"]),
        lambda: tab.batch_update([{"range": "B3", "values": [["x"]]}]),
        lambda: tab.delete_rows(3),
        lambda: tab.insert_row(["x"], 3),
    ):
        with pytest.raises(gspread.exceptions.APIError, match="protected cell"):
            call()


# --- requests that pass it by ----------------------------------------------------------------------------------------

BESIDE: dict[str, Json] = {
    "cells outside": put(5, 5),
    "rows above": {"insertDimension": {"range": {**LINE, "startIndex": 2, "endIndex": 4}}},
    "rows below": {"insertDimension": {"range": {**LINE, "startIndex": 4, "endIndex": 5}}},
    "a row elsewhere": {"deleteDimension": {"range": {**LINE, "startIndex": 9, "endIndex": 10}}},
    "sorting elsewhere": {"sortRange": {"range": area(4, 0, 9, 8), "sortSpecs": [{"dimensionIndex": 0}]}},
    "columns beyond": {"insertDimension": {"range": {**COLUMN, "startIndex": 4, "endIndex": 5}}},
    "reading it to copy": {"copyPaste": {"source": area(2, 0, 4, 3), "destination": area(10, 0, 12, 3)}},
    "a filter view": {"addFilterView": {"filter": {"title": "mine", "range": area(0, 0, 9, 8)}}},
    "the tab's name": {
        "updateSheetProperties": {"properties": {"sheetId": 0, "title": "renamed"}, "fields": "title"},
    },
    "more rows": {"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 5}},
    "a copy of the tab": {"duplicateSheet": {"sourceSheetId": 0, "newSheetName": "copy"}},
}


@pytest.mark.parametrize("name", BESIDE)
def test_what_does_not_touch_it_goes_on(world: World, name: str) -> None:
    """A block of two rows and three columns is protected."""
    protect(world, area(2, 0, 4, 3))
    ask(person(world, STAFF), BESIDE[name])


# --- a protected tab -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "request_",
    [
        {"updateSheetProperties": {"properties": {"sheetId": 0, "title": "x"}, "fields": "title"}},
        {"updateSheetProperties": {"properties": {"sheetId": 0, "hidden": False}, "fields": "hidden"}},
        {"appendDimension": {"sheetId": 0, "dimension": "COLUMNS", "length": 1}},
        {"insertDimension": {"range": {**LINE, "startIndex": 0, "endIndex": 1}}},
        {"deleteSheet": {"sheetId": 0}},
        put(19, 7),
    ],
)
def test_a_protected_tab_keeps_its_name_its_place_and_its_size(world: World, request_: Json) -> None:
    world.batch({"addSheet": {"properties": {"title": "another"}}})
    protect(world, {"sheetId": 0})
    with pytest.raises(gspread.exceptions.APIError, match="protected cell"):
        ask(person(world, STAFF), request_)


def test_a_protection_beyond_a_grid_that_shrank_is_no_obstacle(world: World) -> None:
    protect(world, area(15, 0, 20, 8))
    world.resize(10, 8)
    ask(person(world, STAFF), put(9, 7))


def test_the_in_process_door_judges_users_alike(world: World) -> None:
    protect(world, area(0, 0, 1, 8))
    person(world, STAFF)
    with pytest.raises(ApiError, match="protected cell"):
        world.book.apply([put(0, 0)], user=STAFF)
    world.book.apply([put(0, 0)])  # the person before the sheet is the owner
