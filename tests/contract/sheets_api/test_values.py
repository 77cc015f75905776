"""spreadsheets.values: what is read, written, appended and cleared."""

from __future__ import annotations

from typing import Any

import gspread
import pytest

from tests.contract.sheets_api.conftest import World

Options = dict[str, Any]


def test_reading_leaves_out_blank_ends_of_rows_and_blank_rows_at_the_end(world: World) -> None:
    world.fill(["a", "", "c"], [], ["", "x"])
    answer = world.sheet.values_get("Sheet1!A1:D10")
    assert answer == {"range": "Sheet1!A1:D10", "majorDimension": "ROWS", "values": [["a", "", "c"], [], ["", "x"]]}


def test_a_blank_range_has_no_values_at_all(world: World) -> None:
    assert world.sheet.values_get("A5:B6") == {"range": "Sheet1!A5:B6", "majorDimension": "ROWS"}


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("Sheet1", "Sheet1!A1:H20"),
        ("'Sheet1'", "Sheet1!A1:H20"),
        ("A1:ZZ", "Sheet1!A1:H20"),
        ("B2:B", "Sheet1!B2:B20"),
        ("C:D", "Sheet1!C1:D20"),
        ("3:4", "Sheet1!A3:H4"),
        ("sheet1!$B$2", "Sheet1!B2"),
        ("C3:B2", "Sheet1!B2:C3"),
        ("A19:C5000", "Sheet1!A19:C20"),
    ],
)
def test_the_range_answered_is_closed_and_inside_the_grid(world: World, asked: str, answered: str) -> None:
    assert world.sheet.values_get(asked)["range"] == answered


def test_titles_that_are_not_plain_words_are_quoted(world: World) -> None:
    world.sheet.add_worksheet("在庫 'A' 1/2", 3, 3)
    assert world.sheet.values_get("'在庫 ''A'' 1/2'!A1:B2")["range"] == "'在庫 ''A'' 1/2'!A1:B2"


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("Nowhere!A1", "Unable to parse range: Nowhere!A1"),
        ("what is this", "Unable to parse range: what is this"),
        ("A21:B22", "Range (Sheet1!A21:B22) exceeds grid limits. Max rows: 20, max columns: 8"),
    ],
)
def test_ranges_that_cannot_be_found(world: World, asked: str, message: str) -> None:
    with pytest.raises(gspread.exceptions.APIError) as caught:
        world.sheet.values_get(asked)
    assert caught.value.error == {"code": 400, "message": message, "status": "INVALID_ARGUMENT"}


def test_columns_first(world: World) -> None:
    world.fill(["a", "b"], ["c"])
    assert world.sheet.values_get("A1:C3", {"majorDimension": "COLUMNS"})["values"] == [["a", "c"], ["b"]]


def test_three_ways_to_render(world: World) -> None:
    world.fill(["1,200", "50%", "=A1*2", "TRUE", "11/23/2026", "=1/0"])
    read = {
        option: world.sheet.values_get("A1:F1", {"valueRenderOption": option})["values"][0]
        for option in ("FORMATTED_VALUE", "UNFORMATTED_VALUE", "FORMULA")
    }
    assert read["FORMATTED_VALUE"] == ["1,200", "50%", "2400", "TRUE", "11/23/2026", "#DIV/0!"]
    assert read["UNFORMATTED_VALUE"] == [1200, 0.5, 2400, True, 46349, "#DIV/0!"]
    assert read["FORMULA"] == [1200, 0.5, "=A1*2", True, 46349, "=1/0"]


def test_dates_as_text_among_unformatted_numbers(world: World) -> None:
    world.fill(["11/23/2026", "3"])
    options: Options = {"valueRenderOption": "UNFORMATTED_VALUE", "dateTimeRenderOption": "FORMATTED_STRING"}
    assert world.sheet.values_get("A1:B1", options)["values"] == [["11/23/2026", 3]]


def test_raw_keeps_what_was_sent(world: World) -> None:
    world.tab.update([["=1+1", "007", 7, 2.5, True]], "A1", raw=True)
    assert world.read("A1:E1") == [["=1+1", "007", 7, 2.5, True]]


def test_user_entered_is_understood(world: World) -> None:
    world.tab.update([["=1+1", "007", "'007"]], "A1", raw=False)
    assert world.read("A1:C1") == [[2, 7, "007"]]


def test_null_leaves_a_cell_alone_and_an_empty_text_empties_it(world: World) -> None:
    world.fill(["a", "b"])
    answer = world.tab.update([[None, ""]], "A1")
    assert world.shown() == [["a"]]
    assert answer["updatedCells"] == 2


def test_what_an_update_answers(world: World) -> None:
    options: Options = {"valueInputOption": "RAW", "includeValuesInResponse": "true"}
    answer = world.sheet.values_update("Sheet1!B2", options, {"values": [[1, 2], [3, 4]]})
    assert answer == {
        "spreadsheetId": world.book.id,
        "updatedRange": "Sheet1!B2:C3",
        "updatedRows": 2,
        "updatedColumns": 2,
        "updatedCells": 4,
        "updatedData": {"range": "Sheet1!B2:C3", "majorDimension": "ROWS", "values": [["1", "2"], ["3", "4"]]},
    }


@pytest.mark.parametrize(
    ("a1", "values", "message"),
    [
        ("A1:B1", [[1], [2]], "Requested writing within range [Sheet1!A1:B1], but tried writing to row [2]"),
        ("A1:B2", [[1, 2, 3]], "Requested writing within range [Sheet1!A1:B2], but tried writing to column [C]"),
        ("A20", [[1], [2]], "Range (Sheet1!A20:A21) exceeds grid limits. Max rows: 20, max columns: 8"),
    ],
)
def test_values_must_fit(world: World, a1: str, values: list[list[int]], message: str) -> None:
    with pytest.raises(gspread.exceptions.APIError) as caught:
        world.sheet.values_update(a1, {"valueInputOption": "RAW"}, {"values": values})
    assert caught.value.error["message"] == message


def test_the_input_option_must_be_said(world: World) -> None:
    answer = world.raw("PUT", f"/v4/spreadsheets/{world.book.id}/values/A1", json={"values": [[1]]})
    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == "'valueInputOption' is required but not specified"


def test_a_batch_of_updates_is_all_or_nothing(world: World) -> None:
    good, bad = {"range": "A1", "values": [[1]]}, {"range": "Nowhere!A1", "values": [[1]]}
    with pytest.raises(gspread.exceptions.APIError, match=r"Invalid data\[1\]: Unable to parse range: Nowhere!A1"):
        world.sheet.values_batch_update({"valueInputOption": "RAW", "data": [good, bad]})
    assert world.shown() == []
    other = {"range": "B1:B2", "majorDimension": "COLUMNS", "values": [[2, 3]]}
    answer = world.sheet.values_batch_update({"valueInputOption": "RAW", "data": [good, other]})
    assert {name: count for name, count in answer.items() if name.startswith("total")} == {
        "totalUpdatedRows": 2,
        "totalUpdatedColumns": 2,
        "totalUpdatedCells": 3,
        "totalUpdatedSheets": 1,
    }
    assert world.shown() == [["1", "2"], ["", "3"]]


def test_batch_get_answers_in_the_order_asked(world: World) -> None:
    world.fill(["a", "b"])
    answer = world.sheet.values_batch_get(["B1", "A1"])
    assert [one["values"] for one in answer["valueRanges"]] == [[["b"]], [["a"]]]


@pytest.mark.parametrize(
    ("range_", "table", "written"),
    [
        ("Sheet1", "Sheet1!B4:D6", "Sheet1!B7"),
        ("C5:D5", "Sheet1!B4:D6", "Sheet1!B7"),
        ("B2:D4", "Sheet1!B4:D6", "Sheet1!B7"),
        ("A1", "Sheet1!A1:C2", "Sheet1!A3"),
        ("E4", None, "Sheet1!E4"),
    ],
)
def test_append_finds_the_last_table(world: World, range_: str, table: str | None, written: str) -> None:
    """The example of Google's guide "Read & write cell values"."""
    world.fill(["x", "y", "z"], ["x", "y", "z"], [], ["", "x", "y"], ["", "", "y", "z"], ["", "x", "y", "z"])
    answer = world.sheet.values_append(range_, {"valueInputOption": "RAW"}, {"values": [["new"]]})
    assert answer.get("tableRange") == table
    assert answer["updates"]["updatedRange"] == written


def test_append_grows_the_grid_and_inserts_rows_only_if_asked(world: World) -> None:
    world.resize(2, 2)
    world.fill(["a"], ["b"])
    world.tab.append_row(["c", "d", "e"])
    assert (len(world.book.sheet(0).rows), len(world.book.sheet(0).columns)) == (3, 3)
    world.sheet.values_append("A1", {"valueInputOption": "RAW", "insertDataOption": "INSERT_ROWS"}, {"values": [["z"]]})
    assert world.shown() == [["a"], ["b"], ["c", "d", "e"], ["z"]]


def test_insert_rows_pushes_down_what_lies_below(world: World) -> None:
    world.fill(["a"], [], ["", "", "far"])
    options: Options = {"valueInputOption": "RAW", "insertDataOption": "INSERT_ROWS"}
    world.sheet.values_append("A1", options, {"values": [["b"]]})
    assert world.shown() == [["a"], ["b"], [], ["", "", "far"]]


def test_clearing_takes_values_and_leaves_formats(world: World) -> None:
    world.fill(["50%", "b"])
    assert world.tab.batch_clear(["A1:B1"])["clearedRanges"] == ["Sheet1!A1:B1"]
    assert world.cell(0, 0)["userEnteredFormat"]["numberFormat"]["type"] == "PERCENT"
    assert world.shown() == []
    assert world.tab.clear()["clearedRange"] == "Sheet1!A1:H20"


def test_by_data_filter(world: World) -> None:
    body = {"valueInputOption": "RAW", "data": [{"dataFilter": {"a1Range": "B2"}, "values": [["x"]]}]}
    path = f"/v4/spreadsheets/{world.book.id}/values"
    written = world.raw("POST", f"{path}:batchUpdateByDataFilter", json=body).json()
    assert written["responses"][0]["updatedRange"] == "Sheet1!B2"
    filters = {"dataFilters": [{"gridRange": {"sheetId": 0, "startRowIndex": 1, "endRowIndex": 2}}]}
    read = world.raw("POST", f"{path}:batchGetByDataFilter", json=filters).json()
    assert read["valueRanges"][0]["valueRange"]["values"] == [["", "x"]]
    world.raw("POST", f"{path}:batchClearByDataFilter", json=filters)
    assert world.shown() == []


def test_a_member_that_the_api_does_not_have(world: World) -> None:
    path = f"/v4/spreadsheets/{world.book.id}/values/A1?valueInputOption=RAW"
    world.judged.violations.clear()
    answer = world.raw("PUT", path, json={"value": [[1]]})
    assert answer.json()["error"]["message"].startswith('Invalid JSON payload received. Unknown name "value"')
    world.judged.violations.clear()
