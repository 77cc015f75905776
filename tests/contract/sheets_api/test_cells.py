"""Writing cells with formats, notes and validation, and reading them back as grid data."""

from __future__ import annotations

import pytest

from tests.contract.sheets_api.conftest import Json, World, area

RED = {"red": 1}
CHECKBOX = {"condition": {"type": "BOOLEAN"}, "strict": True}


def update(fields: str, *rows: list[Json], **place: Json) -> Json:
    return {"updateCells": {"rows": [{"values": row} for row in rows], "fields": fields, **place}}


def test_a_blank_cell_is_an_empty_object(world: World) -> None:
    world.fill(["", "x"])
    answer = world.sheet.fetch_sheet_metadata({"includeGridData": "true", "ranges": "A1:B1"})
    first, second = answer["sheets"][0]["data"][0]["rowData"][0]["values"]
    assert first == {}
    assert second["userEnteredValue"] == {"stringValue": "x"}
    assert second["formattedValue"] == "x"
    assert second["effectiveFormat"]["textFormat"]["fontSize"] == 10
    assert "userEnteredFormat" not in second


def test_every_kind_of_value(world: World) -> None:
    cells: list[Json] = [
        {"userEnteredValue": {"numberValue": 0}},
        {"userEnteredValue": {"boolValue": False}},
        {"userEnteredValue": {"formulaValue": "=A1+1"}},
        {"userEnteredValue": {"stringValue": "=not a formula"}},
        {"userEnteredValue": {"formulaValue": "=NOPE(1)"}},
    ]
    world.batch(update("userEnteredValue", cells, start={"sheetId": 0}))
    assert world.cell(0, 0)["effectiveValue"] == {"numberValue": 0}
    assert world.cell(0, 1)["effectiveValue"] == {"boolValue": False}
    assert world.cell(0, 2)["userEnteredValue"] == {"formulaValue": "=A1+1"}
    assert world.cell(0, 2)["effectiveValue"] == {"numberValue": 1}
    assert world.cell(0, 3)["formattedValue"] == "=not a formula"
    error = world.cell(0, 4)["effectiveValue"]["errorValue"]
    assert (error["type"], world.cell(0, 4)["formattedValue"]) == ("NAME", "#NAME?")


@pytest.mark.parametrize("number", [1e12, -1e12, 1e40])
def test_a_number_that_is_no_date_shows_as_a_number_whatever_its_format(world: World, number: float) -> None:
    cell = {"userEnteredValue": {"numberValue": number}, "userEnteredFormat": {"numberFormat": {"type": "DATE"}}}
    world.batch(update("userEnteredValue,userEnteredFormat", [cell], start={"sheetId": 0}))
    assert world.cell(0, 0)["effectiveValue"] == {"numberValue": number}
    assert float(world.cell(0, 0)["formattedValue"]) == number


def test_the_mask_says_what_is_written_and_what_is_cleared(world: World) -> None:
    full = {"userEnteredValue": {"numberValue": 5}, "note": "n", "userEnteredFormat": {"backgroundColor": RED}}
    world.batch(update("*", [full], start={"sheetId": 0}))
    world.batch(update("note", [{"userEnteredValue": {"numberValue": 9}}], start={"sheetId": 0}))
    cell = world.cell(0, 0)
    assert "note" not in cell
    assert cell["userEnteredValue"] == {"numberValue": 5}
    assert cell["userEnteredFormat"]["backgroundColor"] == RED
    assert cell["effectiveFormat"]["backgroundColorStyle"] == {"rgbColor": RED}


def test_one_member_of_a_format_leaves_the_others(world: World) -> None:
    bold = {"userEnteredFormat": {"textFormat": {"bold": True}, "backgroundColor": RED}}
    world.batch(update("userEnteredFormat", [bold], start={"sheetId": 0}))
    plain = {"userEnteredFormat": {"textFormat": {"italic": True}}}
    world.batch(update("userEnteredFormat(textFormat/italic)", [plain], start={"sheetId": 0}))
    look = world.cell(0, 0)["userEnteredFormat"]
    assert look["textFormat"] == {"bold": True, "italic": True}
    assert look["backgroundColor"] == RED


def test_a_range_without_data_is_cleared(world: World) -> None:
    world.fill(["a", "b", "c"], ["d", "e", "f"])
    only = [{"userEnteredValue": {"stringValue": "A"}}]
    world.batch(update("userEnteredValue", only, range=area(0, 0, 2, 2)))
    assert world.shown() == [["A", "", "c"], ["", "", "f"]]


def test_repeated_formulas_move_their_relative_references(world: World) -> None:
    world.fill(["1", "10"], ["2", "20"])
    formula = {"userEnteredValue": {"formulaValue": "=A1*$B$1"}}
    world.batch({"repeatCell": {"range": area(0, 2, 2, 3), "cell": formula, "fields": "userEnteredValue"}})
    assert world.formulas("C1:C2") == [["=A1*$B$1"], ["=A2*$B$1"]]
    assert world.shown() == [["1", "10", "10"], ["2", "20", "20"]]


def test_appended_cells_land_below_the_last_value_and_grow_the_grid(world: World) -> None:
    world.resize(1, 3)
    world.fill(["a"])
    row = {"values": [{"userEnteredValue": {"stringValue": text}} for text in "xyz"]}
    world.batch({"appendCells": {"sheetId": 0, "rows": [row], "fields": "userEnteredValue"}})
    assert world.shown() == [["a"], ["x", "y", "z"]]
    wide = {"values": row["values"] * 2}
    assert world.refused({"appendCells": {"sheetId": 0, "rows": [wide], "fields": "userEnteredValue"}}) == (
        "Invalid requests[0].appendCells: Attempting to write column: 3, beyond the last requested column of: 2"
    )


def test_a_checkbox(world: World) -> None:
    world.batch({"setDataValidation": {"range": area(0, 0, 2, 1), "rule": CHECKBOX}})
    world.book.type(0, 0, 0, "TRUE")
    assert world.cell(0, 0)["dataValidation"] == CHECKBOX
    assert world.cell(0, 0)["effectiveValue"] == {"boolValue": True}
    assert world.cell(1, 0) == {"dataValidation": CHECKBOX}
    world.batch({"setDataValidation": {"range": area(0, 0, 2, 1)}})
    assert "dataValidation" not in world.cell(0, 0)


@pytest.mark.parametrize(
    ("row", "column", "message"),
    [
        (19, 0, "Attempting to write row: 20, beyond the last requested row of: 19"),
        (0, 7, "Attempting to write column: 8, beyond the last requested column of: 7"),
        (25, 0, "GridCoordinate.rowIndex[25] is after last row in grid[19]"),
    ],
)
def test_writing_beyond_the_grid_is_refused(world: World, row: int, column: int, message: str) -> None:
    values = [{"userEnteredValue": {"numberValue": 1}}] * 2
    start = {"sheetId": 0, "rowIndex": row, "columnIndex": column}
    assert world.refused(update("userEnteredValue", values, values, start=start)).endswith(message)


def test_a_cell_holds_fifty_thousand_characters(world: World) -> None:
    long = [{"userEnteredValue": {"stringValue": "x" * 50_001}}]
    assert "more than the maximum of 50000 characters" in world.refused(
        update("userEnteredValue", long, start={"sheetId": 0})
    )


def test_rows_and_columns_tell_their_size_and_who_hid_them(world: World) -> None:
    hide = {"range": {"sheetId": 0, "dimension": "ROWS", "startIndex": 1, "endIndex": 2}, "fields": "hiddenByUser"}
    widen = {"range": {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 0, "endIndex": 1}, "fields": "pixelSize"}
    world.batch(
        {"updateDimensionProperties": {**hide, "properties": {"hiddenByUser": True}}},
        {"updateDimensionProperties": {**widen, "properties": {"pixelSize": 150}}},
    )
    answer = world.sheet.fetch_sheet_metadata({"includeGridData": "true", "ranges": "A1:B2"})
    data = answer["sheets"][0]["data"][0]
    assert data["rowMetadata"] == [{"pixelSize": 21}, {"hiddenByUser": True, "pixelSize": 21}]
    assert data["columnMetadata"] == [{"pixelSize": 150}, {"pixelSize": 100}]
