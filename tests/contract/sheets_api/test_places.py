"""Names, locks, metadata, looks: kept, found again, given back."""

from __future__ import annotations

import gspread
import pytest

from tests.contract.sheets_api.conftest import Json, World, area, told
from tests.support.sheets_client import service_account, signed_in


def guest_of(world: World, role: str = "writer") -> gspread.Spreadsheet:
    guest = service_account("guest@sandbox.iam.gserviceaccount.com")
    world.api.add_account(guest)
    world.sheet.share(guest.client_email, perm_type="user", role=role, notify=False)
    return signed_in(world.judged, guest).open_by_key(world.book.id)


def test_a_named_range_reads_like_any_other(world: World) -> None:
    world.fill(["a", "b"])
    world.tab.define_named_range("A1:B1", "stock_cells")
    assert world.tab.get("stock_cells") == [["a", "b"]]
    (named,) = world.sheet.list_named_ranges()
    change = {"namedRangeId": named["namedRangeId"], "name": "other", "range": area(0, 1, 1, 2)}
    world.batch({"updateNamedRange": {"namedRange": change, "fields": "name,range"}})
    assert world.tab.get("other") == [["b"]]
    world.tab.delete_named_range(named["namedRangeId"])
    assert world.sheet.list_named_ranges() == []


@pytest.mark.parametrize("name", ["", "1x", "A1", "a b"])
def test_names_that_are_none(world: World, name: str) -> None:
    named = {"name": name, "range": area(0, 0, 1, 1)}
    assert "is not a valid name" in world.refused({"addNamedRange": {"namedRange": named}})


def test_a_protection_stops_other_accounts(world: World) -> None:
    (reply,) = world.batch({"addProtectedRange": {"protectedRange": {"range": area(0, 0, 1, 8)}}})
    other = guest_of(world)
    with pytest.raises(gspread.exceptions.APIError, match="protected cell"):
        other.sheet1.update([["x"]], "A1")
    with pytest.raises(gspread.exceptions.APIError, match="protected cell"):
        other.sheet1.delete_rows(1)
    other.sheet1.update([["x"]], "A2")
    world.tab.update([["mine"]], "A1")
    assert world.shown() == [["mine"], ["x"]]
    number = reply["addProtectedRange"]["protectedRange"]["protectedRangeId"]
    world.batch({"deleteProtectedRange": {"protectedRangeId": number}})
    other.sheet1.update([["y"]], "A1")


def test_a_warning_stops_nobody(world: World) -> None:
    held = {"range": area(0, 0, 1, 8), "warningOnly": True, "description": "bridge"}
    world.batch({"addProtectedRange": {"protectedRange": held}})
    guest_of(world).sheet1.update([["x"]], "A1")
    (kept,) = world.sheet.list_protected_ranges(0)
    assert (kept["warningOnly"], kept["description"]) == (True, "bridge")


def test_an_exception_inside_a_protected_tab(world: World) -> None:
    held = {"range": {"sheetId": 0}, "unprotectedRanges": [area(2, 0, 3, 2)]}
    world.batch({"addProtectedRange": {"protectedRange": held}})
    other = guest_of(world)
    other.sheet1.update([["x", "y"]], "A3")
    with pytest.raises(gspread.exceptions.APIError, match="protected cell"):
        other.sheet1.update([["x", "y", "z"]], "A3")


def test_developer_metadata_on_a_row_moves_with_it(world: World) -> None:
    place = {"dimensionRange": {"sheetId": 0, "dimension": "ROWS", "startIndex": 2, "endIndex": 3}}
    tag = {"metadataKey": "sku", "metadataValue": "A-1", "visibility": "DOCUMENT", "location": place}
    (reply,) = world.batch({"createDeveloperMetadata": {"developerMetadata": tag}})
    made = reply["createDeveloperMetadata"]["developerMetadata"]
    assert made["location"]["locationType"] == "ROW"
    world.book.insert_rows(0, 1, 2)
    path = f"/v4/spreadsheets/{world.book.id}/developerMetadata"
    read = world.raw("GET", f"{path}/{made['metadataId']}").json()
    assert read["location"]["dimensionRange"]["startIndex"] == 4
    lookup = {"dataFilters": [{"developerMetadataLookup": {"metadataKey": "sku"}}]}
    (found,) = world.raw("POST", f"{path}:search", json=lookup).json()["matchedDeveloperMetadata"]
    assert found["developerMetadata"] == read
    data = world.sheet.fetch_sheet_metadata({"includeGridData": "true"})["sheets"][0]["data"][0]
    assert data["rowMetadata"][4]["developerMetadata"] == [read]
    world.batch(
        {
            "updateDeveloperMetadata": {
                "dataFilters": lookup["dataFilters"],
                "developerMetadata": {"metadataValue": "A-2"},
                "fields": "metadataValue",
            }
        }
    )
    (gone,) = world.batch({"deleteDeveloperMetadata": {"dataFilter": lookup["dataFilters"][0]}})
    assert gone["deleteDeveloperMetadata"]["deletedDeveloperMetadata"][0]["metadataValue"] == "A-2"
    assert world.raw("GET", f"{path}/{made['metadataId']}").status_code == 404


def test_metadata_of_tab_and_spreadsheet(world: World) -> None:
    for place in ({"spreadsheet": True}, {"sheetId": 0}):
        tag = {"metadataKey": "id", "metadataValue": "x", "visibility": "PROJECT", "location": place}
        world.batch({"createDeveloperMetadata": {"developerMetadata": tag}})
    outline = world.sheet.fetch_sheet_metadata()
    assert outline["developerMetadata"][0]["location"]["locationType"] == "SPREADSHEET"
    assert outline["sheets"][0]["developerMetadata"][0]["location"] == {"locationType": "SHEET", "sheetId": 0}


def test_merging_keeps_the_first_value_only(world: World) -> None:
    world.fill(["a", "b"], ["c", "d"])
    world.tab.merge_cells("A1:B2")
    assert world.shown() == [["a"]]
    assert world.sheet.fetch_sheet_metadata()["sheets"][0]["merges"] == [told(0, 0, 2, 2)]
    whole = "must select all cells in a merged range"
    assert whole in world.refused({"unmergeCells": {"range": area(0, 0, 1, 1)}})
    assert whole in world.refused({"mergeCells": {"range": area(1, 1, 3, 3)}})
    world.tab.merge_cells("A1:C3", "MERGE_ROWS")
    rows = [told(row, 0, row + 1, 3) for row in range(3)]
    assert world.sheet.fetch_sheet_metadata()["sheets"][0]["merges"] == rows
    world.tab.unmerge_cells("A1:C3")
    assert "merges" not in world.sheet.fetch_sheet_metadata()["sheets"][0]


def rule(text: str) -> Json:
    return {
        "ranges": [area(0, 0, 5, 1)],
        "booleanRule": {
            "condition": {"type": "TEXT_CONTAINS", "values": [{"userEnteredValue": text}]},
            "format": {"backgroundColor": {"red": 1}},
        },
    }


def test_conditional_formats_are_kept_in_order(world: World) -> None:
    for index, text in enumerate(("one", "two")):
        world.batch({"addConditionalFormatRule": {"rule": rule(text), "index": index}})
    world.batch({"updateConditionalFormatRule": {"sheetId": 0, "index": 1, "newIndex": 0}})
    (reply,) = world.batch({"deleteConditionalFormatRule": {"sheetId": 0, "index": 0}})
    one, two = ({**rule(text), "ranges": [told(0, 0, 5, 1)]} for text in ("one", "two"))
    assert reply["deleteConditionalFormatRule"]["rule"] == two
    assert world.sheet.fetch_sheet_metadata()["sheets"][0]["conditionalFormats"] == [one]
    assert "at index: 5" in world.refused({"deleteConditionalFormatRule": {"sheetId": 0, "index": 5}})


def test_borders_go_to_the_edges_they_name(world: World) -> None:
    line = {"style": "SOLID"}
    world.batch({"updateBorders": {"range": area(0, 0, 2, 2), "top": line, "innerVertical": line}})
    drawn = {"style": "SOLID", "width": 1, "color": {}, "colorStyle": {"rgbColor": {}}}
    assert world.cell(0, 0)["userEnteredFormat"]["borders"] == {"top": drawn, "right": drawn}
    assert world.cell(1, 1)["userEnteredFormat"]["borders"] == {"left": drawn}
    world.batch({"updateBorders": {"range": area(1, 1, 2, 2), "left": {"style": "NONE"}}})
    assert world.cell(1, 1) == {}


def test_bands_and_charts_are_kept(world: World) -> None:
    (band,) = world.batch({"addBanding": {"bandedRange": {"range": area(0, 0, 5, 2), "rowProperties": {}}}})
    spec = {"title": "stock", "basicChart": {"chartType": "LINE"}}
    place = {"overlayPosition": {"anchorCell": {"sheetId": 0}}}
    (chart,) = world.batch({"addChart": {"chart": {"spec": spec, "position": place}}})
    outline = world.sheet.fetch_sheet_metadata()["sheets"][0]
    assert outline["bandedRanges"] == [band["addBanding"]["bandedRange"]]
    assert outline["charts"][0]["spec"]["title"] == "stock"
    world.batch({"deleteBanding": {"bandedRangeId": band["addBanding"]["bandedRange"]["bandedRangeId"]}})
    world.batch({"deleteEmbeddedObject": {"objectId": chart["addChart"]["chart"]["chartId"]}})
    outline = world.sheet.fetch_sheet_metadata()["sheets"][0]
    assert not {"bandedRanges", "charts"} & outline.keys()
