"""gspread.Worksheet: the tab itself, its rows and columns."""

from __future__ import annotations

from gspread.utils import Dimension

from bridge.errors import Hint
from tests.contract.sheets_surface.desk import Desk, refused
from tests.contract.sheets_surface.register import tries


@tries(
    "Worksheet.id",
    "Worksheet.title",
    "Worksheet.url",
    "Worksheet.index",
    "Worksheet.spreadsheet",
    "Worksheet.row_count",
    "Worksheet.col_count",
    "Worksheet.column_count",
    "Worksheet.update_title",
    "Worksheet.update_index",
)
def _told(desk: Desk) -> None:
    other = desk.book.add_worksheet("b", 3, 4)
    assert (other.row_count, other.col_count, other.column_count, other.index) == (3, 4, 4, 1)
    assert (other.spreadsheet, other.url) == (desk.book, f"{desk.book.url}#gid={other.id}")
    other.update_index(0)
    other.update_title("it's")
    assert [(tab.title, tab.index) for tab in desk.book.worksheets()] == [("it's", 0), ("Sheet1", 1)]
    other.update([["a"]], "A1")
    assert other.get().range == "'it''s'!A1:D3"
    assert "already exists" in refused(other.update_title, "sheet1")[1]


@tries("Worksheet.resize", "Worksheet.add_rows", "Worksheet.add_cols")
def _resized(desk: Desk) -> None:
    desk.fill(["a"] * 4)
    desk.tab.resize(rows=5, cols=3)
    desk.tab.add_rows(2)
    desk.tab.add_cols(1)
    assert desk.outline()["properties"]["gridProperties"] == {"rowCount": 7, "columnCount": 4}
    assert desk.values() == [["a"] * 3]
    assert refused(desk.tab.resize, rows=0)[0] == 400


@tries("Worksheet.delete_dimension", "Worksheet.delete_rows", "Worksheet.delete_columns")
def _deleted(desk: Desk) -> None:
    desk.fill(["a", "b", "c"], ["d"], ["e"], ["=A1"])
    desk.tab.delete_rows(2, 3)
    desk.tab.delete_columns(2)
    desk.tab.delete_dimension(Dimension.rows, 18)
    assert desk.values() == [["a", "c"], ["a"]]
    assert desk.outline()["properties"]["gridProperties"] == {"rowCount": 17, "columnCount": 7}
    desk.tab.delete_rows(1)
    assert desk.values() == [["#REF!"]]
    assert refused(desk.tab.delete_rows, 1, 16)[0] == 400


@tries(
    *("Worksheet.hide_rows", "Worksheet.hide_columns", "Worksheet.unhide_rows", "Worksheet.unhide_columns"),
    *("Worksheet.hide", "Worksheet.show", "Worksheet.isSheetHidden"),
    *("Worksheet.hide_gridlines", "Worksheet.show_gridlines", "Worksheet.is_gridlines_hidden"),
)
def _hidden(desk: Desk) -> None:
    def lines(kind: str) -> list[bool]:
        answer = desk.book.fetch_sheet_metadata({"fields": f"sheets.data.{kind}.hiddenByUser"})
        return ["hiddenByUser" in line for line in answer["sheets"][0]["data"][0][kind]]

    desk.tab.hide_rows(1, 3)
    desk.tab.hide_columns(0, 1)
    assert (lines("rowMetadata")[:4], lines("columnMetadata")[:2]) == ([False, True, True, False], [True, False])
    desk.tab.unhide_rows(1, 2)
    desk.tab.unhide_columns(0, 1)
    assert (lines("rowMetadata")[:4], lines("columnMetadata")[:2]) == ([False, False, True, False], [False, False])
    desk.tab.hide_gridlines()
    assert desk.book.sheet1.is_gridlines_hidden
    desk.tab.show_gridlines()
    assert not desk.book.sheet1.is_gridlines_hidden
    assert "hide all the sheets" in refused(desk.tab.hide)[1]
    desk.book.add_worksheet("b", 1, 1)
    desk.tab.hide()
    assert desk.book.sheet1.isSheetHidden
    desk.tab.show()
    assert not desk.book.sheet1.isSheetHidden


@tries("Worksheet.freeze", "Worksheet.frozen_row_count", "Worksheet.frozen_col_count")
def _frozen(desk: Desk) -> None:
    desk.tab.freeze(rows=1, cols=2)
    assert (desk.book.sheet1.frozen_row_count, desk.book.sheet1.frozen_col_count) == (1, 2)
    desk.tab.freeze(rows=0)
    assert (desk.book.sheet1.frozen_row_count, desk.book.sheet1.frozen_col_count) == (0, 2)


@tries(
    "Worksheet.columns_auto_resize",
    "Worksheet.rows_auto_resize",
    note=Hint(
        "受け付けますが、大きさはそのままです（文字を描かないので、幅が分かりません）。",
        "Taken, but sizes stay: nothing is drawn here, so nobody knows how wide a text is.",
    ),
)
def _fitted(desk: Desk) -> None:
    desk.fill(["a text that is much wider than a column of a hundred pixels"])
    desk.tab.columns_auto_resize(0, 1)
    desk.tab.rows_auto_resize(0, 1)
    answer = desk.book.fetch_sheet_metadata({"fields": "sheets.data(rowMetadata.pixelSize,columnMetadata.pixelSize)"})
    (data,) = answer["sheets"][0]["data"]
    assert (data["columnMetadata"][0]["pixelSize"], data["rowMetadata"][0]["pixelSize"]) == (100, 21)


@tries("Worksheet.duplicate", "Worksheet.copy_to", "HTTPClient.spreadsheets_sheets_copy_to")
def _doubled(desk: Desk) -> None:
    desk.fill(["a", "50%"])
    desk.tab.merge_cells("C1:D1")
    desk.tab.add_dimension_group_rows(0, 2)
    copy = desk.tab.duplicate(insert_sheet_index=1)
    assert (copy.title, copy.index, copy.get()) == ("Copy of Sheet1", 1, [["a", "50%"]])
    sheet = desk.book.fetch_sheet_metadata()["sheets"][1]
    assert {each["range"]["sheetId"] for each in sheet["rowGroups"]} == {copy.id}
    assert sheet["merges"][0]["sheetId"] == copy.id
    for title in ("Copy of Copy of Sheet1", "Copy of Copy of Sheet1 2"):
        assert copy.copy_to(desk.book.id)["title"] == title
    assert refused(desk.tab.copy_to, "nowhere") == (404, "Requested entity was not found.")


def _group(start: int, end: int, depth: int, kind: str = "ROWS") -> dict[str, object]:
    return {"range": {"dimension": kind, "startIndex": start, "endIndex": end}, "depth": depth}


@tries(
    *("Worksheet.add_dimension_group_rows", "Worksheet.add_dimension_group_columns"),
    *("Worksheet.delete_dimension_group_rows", "Worksheet.delete_dimension_group_columns"),
    *("Worksheet.list_dimension_group_rows", "Worksheet.list_dimension_group_columns"),
)
def _grouped(desk: Desk) -> None:
    tab = desk.tab
    answer = tab.add_dimension_group_columns(0, 2)
    assert answer["replies"] == [{"addDimensionGroup": {"dimensionGroups": [_group(0, 2, 1, "COLUMNS")]}}]
    assert desk.outline()["properties"]["gridProperties"]["columnGroupControlAfter"] is True
    assert tab.delete_dimension_group_columns(0, 2)["replies"] == [{"deleteDimensionGroup": {}}]
    assert tab.list_dimension_group_columns() == []
    # the four examples in Google's reference: a superset, a subset, an overlap; and a deletion across two depths
    for first, then in (((2, 4), (1, 5)), ((1, 5), (2, 4)), ((1, 4), (2, 5))):
        tab.add_dimension_group_rows(*first)
        tab.add_dimension_group_rows(*then)
        assert tab.list_dimension_group_rows() == [_group(1, 5, 1), _group(2, 4, 2)]
        tab.delete_dimension_group_rows(3, 5)
        assert tab.list_dimension_group_rows() == [_group(1, 4, 1), _group(2, 3, 2)]
        tab.delete_dimension_group_rows(1, 4)
        tab.delete_dimension_group_rows(2, 3)
    tab.add_dimension_group_rows(2, 4)
    tab.insert_row([], 4)
    tab.insert_row([], 1)
    assert tab.list_dimension_group_rows() == [_group(3, 6, 1)]  # it grew, and it moved
    tab.delete_rows(1, 3)
    assert tab.list_dimension_group_rows() == [_group(0, 3, 1)]
    assert refused(tab.delete_dimension_group_rows, 10, 12)[0] == 400
    api = desk.server.sandbox.sheets
    api.load_json(api.to_json())  # a restart
    assert tab.list_dimension_group_rows() == [_group(0, 3, 1)]
