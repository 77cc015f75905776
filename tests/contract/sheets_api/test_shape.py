"""Rows and columns come, go and move; formats, names and formulas follow."""

from __future__ import annotations

import pytest

from tests.contract.sheets_api.conftest import Json, World, area, told


def lines(dimension: str, start: int, end: int) -> Json:
    return {"sheetId": 0, "dimension": dimension, "startIndex": start, "endIndex": end}


def insert(dimension: str, start: int, end: int, before: bool = False) -> Json:
    return {"insertDimension": {"range": lines(dimension, start, end), "inheritFromBefore": before}}


def delete(dimension: str, start: int, end: int) -> Json:
    return {"deleteDimension": {"range": lines(dimension, start, end)}}


def test_inserted_rows_are_blank_and_look_like_their_neighbour(world: World) -> None:
    world.fill(["50%"], ["b"])
    world.batch(insert("ROWS", 1, 2, before=True))
    assert world.shown() == [["50%"], [], ["b"]]
    assert world.cell(1, 0)["userEnteredFormat"]["numberFormat"]["type"] == "PERCENT"
    world.batch(insert("ROWS", 1, 2, before=False), insert("COLUMNS", 0, 1))
    assert world.shown() == [["", "50%"], [], [], ["", "b"]]
    assert (len(world.book.sheet(0).rows), len(world.book.sheet(0).columns)) == (22, 9)


def test_nothing_to_inherit_from_before_the_first_row(world: World) -> None:
    assert "inheritFromBefore" in world.refused(insert("ROWS", 0, 1, before=True))


def test_deleting(world: World) -> None:
    world.fill(["a", "b", "c"], ["d", "e", "f"], ["g", "h", "i"])
    world.batch(delete("ROWS", 1, 2), delete("COLUMNS", 0, 1))
    assert world.shown() == [["b", "c"], ["h", "i"]]


@pytest.mark.parametrize(
    ("start", "end", "to", "order"),
    [(0, 1, 3, "bcad"), (2, 3, 0, "cabd"), (0, 2, 4, "cdab"), (1, 2, 1, "abcd"), (1, 2, 2, "abcd")],
)
def test_moving_counts_the_destination_before_the_move(world: World, start: int, end: int, to: int, order: str) -> None:
    world.fill(*[[letter] for letter in "abcd"])
    world.batch({"moveDimension": {"source": lines("ROWS", start, end), "destinationIndex": to}})
    assert "".join(row[0] for row in world.shown()) == order


def test_moving_columns(world: World) -> None:
    world.fill(["a", "b", "c"], ["1"])
    world.batch({"moveDimension": {"source": lines("COLUMNS", 0, 1), "destinationIndex": 3}})
    assert world.shown() == [["b", "c", "a"], ["", "", "1"]]


def test_a_destination_inside_what_moves(world: World) -> None:
    message = world.refused({"moveDimension": {"source": lines("ROWS", 0, 3), "destinationIndex": 1}})
    assert "inside the moved range" in message


def test_ranges_follow(world: World) -> None:
    world.batch(
        {"addNamedRange": {"namedRange": {"name": "stock", "range": area(2, 1, 4, 2)}}},
        {"addProtectedRange": {"protectedRange": {"range": {"sheetId": 0, "startRowIndex": 3}, "warningOnly": True}}},
        {"mergeCells": {"range": area(5, 0, 6, 2), "mergeType": "MERGE_ALL"}},
        insert("ROWS", 0, 2),
        insert("ROWS", 5, 6),
        delete("COLUMNS", 0, 1),
        delete("ROWS", 8, 9),
    )
    outline = world.sheet.fetch_sheet_metadata()
    assert outline["namedRanges"][0]["range"] == told(4, 0, 7, 1)
    assert outline["sheets"][0]["protectedRanges"][0]["range"] == {"startRowIndex": 6}
    assert "merges" not in outline["sheets"][0]


def test_formulas_follow(world: World) -> None:
    world.fill(["1", "=A1", "=SUM(A1:A2)", '=$A$2&"A1"'], ["2"], ["=A1"])
    world.batch(insert("ROWS", 1, 2))
    assert world.formulas("B1:D1") == [["=A1", "=SUM(A1:A3)", '=$A$3&"A1"']]
    world.batch(delete("ROWS", 0, 1))
    assert world.formulas("A3") == [["=#REF!"]]
    assert world.cell(2, 0)["effectiveValue"]["errorValue"]["type"] == "REF"


def test_appending_rows_and_shrinking_the_grid(world: World) -> None:
    world.fill(["a", "b", "c"])
    world.batch({"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 3}})
    assert len(world.book.sheet(0).rows) == 23
    world.resize(2, 2)
    assert world.shown() == [["a", "b"]]


def test_parts_of_rows_pushed_aside_and_drawn_together(world: World) -> None:
    world.fill(["a", "x"], ["b", "y"], ["c", "z"])
    world.batch({"insertRange": {"range": area(1, 0, 2, 1), "shiftDimension": "ROWS"}})
    assert world.shown() == [["a", "x"], ["", "y"], ["b", "z"], ["c"]]
    world.batch({"deleteRange": {"range": area(1, 0, 2, 1), "shiftDimension": "ROWS"}})
    assert world.shown() == [["a", "x"], ["b", "y"], ["c", "z"]]
    world.batch({"insertRange": {"range": area(0, 0, 1, 1), "shiftDimension": "COLUMNS"}})
    world.batch({"deleteRange": {"range": area(1, 0, 2, 1), "shiftDimension": "COLUMNS"}})
    assert world.shown() == [["", "a", "x"], ["y"], ["c", "z"]]


def test_more_than_ten_million_cells_are_too_many(world: World) -> None:
    message = world.refused({"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 1_250_000}})
    assert "above the limit of 10000000 cells" in message
