"""spreadsheets.create, get and getByDataFilter, and field masks."""

from __future__ import annotations

import pytest

from tests.contract.sheets_api.conftest import Json, World, area


def test_a_new_spreadsheet_has_one_tab_of_1000_by_26(world: World) -> None:
    made = world.client.create("在庫表")
    outline = made.fetch_sheet_metadata()
    assert outline["properties"]["title"] == "在庫表"
    assert outline["properties"]["locale"] == "en_US"
    assert [sheet["properties"] for sheet in outline["sheets"]] == [
        {
            "sheetId": 0,
            "title": "Sheet1",
            "index": 0,
            "sheetType": "GRID",
            "gridProperties": {"rowCount": 1000, "columnCount": 26},
        }
    ]


def test_created_over_the_sheets_api_with_tabs_of_ones_own(world: World) -> None:
    tabs = [{"properties": {"title": "a"}}, {"properties": {"title": "b", "gridProperties": {"rowCount": 5}}}]
    body = {"properties": {"title": "t", "locale": "ja_JP", "timeZone": "Asia/Tokyo"}, "sheets": tabs}
    made = world.raw("POST", "/v4/spreadsheets", json=body).json()
    opened = world.client.open_by_key(made["spreadsheetId"])
    assert [(tab.title, tab.row_count, tab.col_count) for tab in opened.worksheets()] == [("a", 1000, 26), ("b", 5, 26)]
    assert opened.timezone == "Asia/Tokyo"


def test_created_with_cells(world: World) -> None:
    row = {"values": [{"userEnteredValue": {"stringValue": "SKU"}, "note": "n"}]}
    tab = {"properties": {"title": "a"}, "data": [{"startRow": 1, "rowData": [row]}]}
    made = world.raw("POST", "/v4/spreadsheets", json={"sheets": [tab]}).json()
    assert world.client.open_by_key(made["spreadsheetId"]).sheet1.get("A2") == [["SKU"]]
    merged = {**tab, "merges": [area(0, 0, 1, 2)]}
    answer = world.raw("POST", "/v4/spreadsheets", json={"sheets": [merged]})
    assert (answer.status_code, "sheets[0].merges" in answer.text) == (501, True)


def test_ranges_choose_the_tabs_and_the_cells(world: World) -> None:
    world.sheet.add_worksheet("other", 3, 3)
    answer = world.sheet.fetch_sheet_metadata({"ranges": ["Sheet1!B2:C3", "Sheet1!A1"], "includeGridData": "true"})
    (sheet,) = answer["sheets"]
    assert [(one.get("startRow"), one.get("startColumn")) for one in sheet["data"]] == [(1, 1), (None, None)]


@pytest.mark.parametrize(
    ("mask", "content"),
    [
        ("spreadsheetId", {"spreadsheetId": "ID"}),
        ("properties.title", {"properties": {"title": "stock"}}),
        ("properties/title,spreadsheetId", {"spreadsheetId": "ID", "properties": {"title": "stock"}}),
        ("sheets.properties(sheetId,index)", {"sheets": [{"properties": {"sheetId": 0, "index": 0}}]}),
        (
            "sheets(properties/title,data(startRow,rowData/values(formattedValue,note)))",
            {
                "sheets": [
                    {
                        "properties": {"title": "Sheet1"},
                        "data": [{"rowData": [{"values": [{"formattedValue": "a", "note": "n"}, {}]}]}],
                    }
                ]
            },
        ),
    ],
)
def test_field_masks(world: World, mask: str, content: Json) -> None:
    noted = {"rows": [{"values": [{"note": "n"}]}], "fields": "note", "start": {"sheetId": 0}}
    world.fill(["a", ""])
    world.batch({"updateCells": noted}, {"repeatCell": {**_bold(), "range": area(0, 1, 1, 2)}})
    answer = world.sheet.fetch_sheet_metadata({"fields": mask})
    assert answer == {**content, **({"spreadsheetId": world.book.id} if "spreadsheetId" in content else {})}


def _bold() -> Json:
    return {"cell": {"userEnteredFormat": {"textFormat": {"bold": True}}}, "fields": "userEnteredFormat"}


def test_a_mask_decides_about_grid_data_whatever_the_flag_says(world: World) -> None:
    world.fill(["a"])
    with_mask = world.sheet.fetch_sheet_metadata({"fields": "sheets.properties", "includeGridData": "true"})
    assert "data" not in with_mask["sheets"][0]
    everything = world.sheet.fetch_sheet_metadata({"fields": "*"})
    assert everything["sheets"][0]["data"][0]["rowData"][0]["values"][0]["formattedValue"] == "a"


@pytest.mark.parametrize("mask", ["a(b", "a,,b", "a)", "(a)"])
def test_a_broken_mask(world: World, mask: str) -> None:
    answer = world.raw("GET", f"/v4/spreadsheets/{world.book.id}", params={"fields": mask})
    assert answer.status_code == 400


def test_get_by_data_filter(world: World) -> None:
    world.fill(["a", "b"], ["c", "d"])
    tag = {
        "metadataKey": "stock",
        "visibility": "DOCUMENT",
        "location": {"dimensionRange": {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 1, "endIndex": 2}},
    }
    world.batch({"createDeveloperMetadata": {"developerMetadata": tag}})
    filters = [
        {"a1Range": "Sheet1!A1:B1"},
        {"gridRange": area(1, 0, 2, 1)},
        {"developerMetadataLookup": {"metadataKey": "stock"}},
    ]
    answer = world.raw(
        "POST",
        f"/v4/spreadsheets/{world.book.id}:getByDataFilter",
        json={"dataFilters": filters, "includeGridData": True},
    ).json()
    texts = [
        [[cell["formattedValue"] for cell in row["values"]] for row in data["rowData"]]
        for data in answer["sheets"][0]["data"]
    ]
    assert texts == [[["a", "b"]], [["c"]], [["b"], ["d"]]]


def test_a_spreadsheet_that_is_not_there(world: World) -> None:
    answer = world.raw("GET", "/v4/spreadsheets/nothing")
    assert answer.status_code == 404
    assert answer.json() == {
        "error": {"code": 404, "message": "Requested entity was not found.", "status": "NOT_FOUND"}
    }


def test_a_method_that_is_not_served_says_so(world: World) -> None:
    world.judged.violations.clear()
    answer = world.raw("POST", f"/v4/spreadsheets/{world.book.id}:undreamtOf", json={})
    assert answer.status_code == 501
    assert "undreamtOf" in answer.json()["error"]["message"]
    world.judged.violations.clear()
