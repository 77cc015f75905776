"""Tabs: added, changed, copied, deleted."""

from __future__ import annotations

import gspread
import pytest

from tests.contract.sheets_api.conftest import World, area


def titles(world: World) -> list[str]:
    return [tab.title for tab in world.sheet.worksheets()]


def test_added_at_the_end_or_where_asked(world: World) -> None:
    world.sheet.add_worksheet("last", 3, 4)
    world.sheet.add_worksheet("first", 3, 4, index=0)
    assert titles(world) == ["first", "Sheet1", "last"]
    (reply,) = world.batch({"addSheet": {}})
    properties = reply["addSheet"]["properties"]
    assert properties["title"] == "Sheet4"
    assert properties["gridProperties"] == {"rowCount": 1000, "columnCount": 26}
    assert properties["index"] == 3


def test_an_id_of_ones_own(world: World) -> None:
    world.batch({"addSheet": {"properties": {"sheetId": 77, "title": "journal", "hidden": True}}})
    assert world.sheet.get_worksheet_by_id(77).isSheetHidden
    assert "already exists" in world.refused({"addSheet": {"properties": {"sheetId": 77}}})


def test_renamed_moved_frozen_hidden_coloured(world: World) -> None:
    other = world.sheet.add_worksheet("other", 3, 4)
    other.update_title("在庫")
    other.update_index(0)
    other.freeze(rows=1, cols=2)
    other.update_tab_color("#ff0000")
    world.tab.hide()
    outline = world.sheet.fetch_sheet_metadata()["sheets"]
    properties = outline[0]["properties"]
    assert (properties["title"], properties["index"]) == ("在庫", 0)
    assert properties["gridProperties"] == {
        "rowCount": 3,
        "columnCount": 4,
        "frozenRowCount": 1,
        "frozenColumnCount": 2,
    }
    assert properties["tabColorStyle"] == {"rgbColor": {"red": 1}}
    assert outline[1]["properties"]["hidden"] is True
    with pytest.raises(gspread.exceptions.APIError, match="hide all"):
        other.hide()
    world.tab.show()
    assert "hidden" not in world.sheet.fetch_sheet_metadata()["sheets"][1]["properties"]


def test_a_copy_has_everything_under_ids_of_its_own(world: World) -> None:
    world.fill(["a", "50%"])
    world.batch({"addProtectedRange": {"protectedRange": {"range": area(0, 0, 1, 1), "warningOnly": True}}})
    copy = world.sheet.duplicate_sheet(0, insert_sheet_index=1)
    assert copy.title == "Copy of Sheet1"
    assert copy.get("A1:B1") == [["a", "50%"]]
    one, two = world.sheet.list_protected_ranges(0)[0], world.sheet.list_protected_ranges(copy.id)[0]
    assert one["protectedRangeId"] != two["protectedRangeId"]
    assert two["range"]["sheetId"] == copy.id
    copy.update([["changed"]], "A1")
    assert world.shown() == [["a", "50%"]]


def test_copied_to_another_spreadsheet(world: World) -> None:
    world.fill(["a"])
    target = world.client.create("target")
    answer = world.tab.copy_to(target.id)
    assert answer["title"] == "Copy of Sheet1"
    assert target.get_worksheet_by_id(answer["sheetId"]).get("A1") == [["a"]]


def test_deleting_takes_the_names_of_its_ranges(world: World) -> None:
    other = world.sheet.add_worksheet("other", 3, 4)
    other.define_named_range("A1:B1", "gone")
    world.fill(["=other!A1"])
    world.sheet.del_worksheet(other)
    assert titles(world) == ["Sheet1"]
    assert world.sheet.list_named_ranges() == []
    assert world.book.shown(0, 0, 0) == "#REF!"


def test_the_spreadsheet_itself(world: World) -> None:
    world.sheet.update_title("renamed")
    world.sheet.update_locale("ja_JP")
    world.sheet.update_timezone("Asia/Tokyo")
    assert (world.sheet.title, world.sheet.locale, world.sheet.timezone) == ("renamed", "ja_JP", "Asia/Tokyo")
    assert world.client.list_spreadsheet_files("renamed")[0]["id"] == world.book.id
