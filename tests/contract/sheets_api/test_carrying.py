"""Cells carried about: copyPaste, cutPaste, sortRange, and the filter that refuses."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bridge.sandbox.sheets_api import Switches
from tests.contract.sheets_api.conftest import Json, World, area


def copy(source: Json, destination: Json, kind: str = "PASTE_NORMAL", **more: str) -> Json:
    return {"copyPaste": {"source": source, "destination": destination, "pasteType": kind, **more}}


def sort(where: Json, column: int, order: str = "ASCENDING") -> Json:
    return {"sortRange": {"range": where, "sortSpecs": [{"dimensionIndex": column, "sortOrder": order}]}}


def only(world: World, hidden: str, rows: int = 4) -> None:
    """A filter over column A that hides one value."""
    criteria = {"0": {"hiddenValues": [hidden]}}
    world.batch({"setBasicFilter": {"filter": {"range": area(0, 0, rows, 2), "criteria": criteria}}})


def test_values_are_copied_as_they_show_at_that_moment(world: World) -> None:
    world.fill(["50%", "=A1*2"])
    world.batch(copy(area(0, 0, 1, 2), area(2, 0, 3, 2), "PASTE_VALUES"))
    assert world.formulas("A3:B3") == [[0.5, 1]]
    assert "userEnteredFormat" not in world.cell(2, 0)


def test_a_normal_paste_brings_everything_and_moves_references(world: World) -> None:
    world.fill(["50%", "=A1*2"])
    note = {"rows": [{"values": [{"note": "n"}]}], "fields": "note", "start": {"sheetId": 0}}
    world.batch({"updateCells": note}, copy(area(0, 0, 1, 2), area(2, 0, 3, 2)))
    assert world.formulas("A3:B3") == [[0.5, "=A3*2"]]
    assert world.cell(2, 0)["note"] == "n"
    assert world.book.shown(0, 2, 0) == "50%"


def test_formats_alone(world: World) -> None:
    world.fill(["50%", "0.25"])
    world.batch(copy(area(0, 0, 1, 1), area(0, 1, 1, 2), "PASTE_FORMAT"))
    assert world.shown() == [["50%", "25%"]]


def test_a_larger_destination_is_tiled_and_a_smaller_one_overrun(world: World) -> None:
    world.fill(["a", "b"])
    world.batch(copy(area(0, 0, 1, 2), area(1, 0, 3, 4), "PASTE_VALUES"))
    assert world.shown() == [["a", "b"], ["a", "b", "a", "b"], ["a", "b", "a", "b"]]
    world.batch(copy(area(0, 0, 1, 2), area(4, 0, 5, 1)))
    assert world.shown()[4] == ["a", "b"]


def test_transposed(world: World) -> None:
    world.fill(["a", "b", "c"])
    world.batch(copy(area(0, 0, 1, 3), area(1, 0, 4, 1), "PASTE_VALUES", pasteOrientation="TRANSPOSE"))
    assert world.shown()[1:] == [["a"], ["b"], ["c"]]


def test_onto_another_tab(world: World) -> None:
    journal = world.sheet.add_worksheet("journal", 5, 5)
    world.fill(["a", "b"])
    world.batch(copy(area(0, 0, 1, 2), area(3, 0, 4, 2, sheet_id=journal.id), "PASTE_VALUES"))
    assert journal.get("A4:B4") == [["a", "b"]]


def test_cutting_leaves_blank_cells(world: World) -> None:
    world.fill(["50%", "b"])
    cut = {"source": area(0, 0, 1, 1), "destination": {"sheetId": 0, "rowIndex": 1}, "pasteType": "PASTE_NORMAL"}
    world.batch({"cutPaste": cut})
    assert world.shown() == [["", "b"], ["50%"]]
    assert world.cell(0, 0) == {}


@pytest.mark.parametrize("which", ["source", "destination"])
def test_a_row_hidden_by_a_filter_refuses_the_whole_batch(world: World, which: str) -> None:
    world.fill(["name"], ["a", "1"], ["b", "2"], ["c", "3"])
    only(world, "b")
    hidden, free = area(2, 1, 3, 2), area(10, 1, 11, 2)
    source, destination = (hidden, free) if which == "source" else (free, hidden)
    harmless = copy(area(1, 1, 2, 2), area(11, 1, 12, 2))
    assert world.refused(harmless, copy(source, destination, "PASTE_VALUES")) == (
        "Invalid requests[1].copyPaste: This operation is not supported on a range with a filtered out row."
    )


def test_a_row_that_a_person_hid_refuses_nothing(world: World) -> None:
    world.fill(["a"], ["b"])
    rows = {"sheetId": 0, "dimension": "ROWS", "startIndex": 1, "endIndex": 2}
    hide = {"range": rows, "properties": {"hiddenByUser": True}, "fields": "hiddenByUser"}
    world.batch({"updateDimensionProperties": hide}, copy(area(1, 0, 2, 1), area(2, 0, 3, 1)))
    assert world.shown() == [["a"], ["b"], ["b"]]


def test_writing_cells_of_a_filtered_row_is_allowed(world: World) -> None:
    world.fill(["name"], ["a", "1"], ["b", "2"], ["c", "3"])
    only(world, "b")
    cells = [{"values": [{"userEnteredValue": {"numberValue": 9}}]}]
    start = {"sheetId": 0, "rowIndex": 2, "columnIndex": 1}
    world.batch({"updateCells": {"rows": cells, "start": start, "fields": "userEnteredValue"}})
    assert world.shown()[2] == ["b", "9"]


def test_sorting_carries_formats_and_notes_and_leaves_other_columns(world: World) -> None:
    world.fill(["b", "50%", "1"], ["a", "x", "2"])
    note = {"rows": [{"values": [{"note": "n"}]}], "fields": "note", "start": {"sheetId": 0}}
    world.batch({"updateCells": note}, sort(area(0, 0, 2, 2), 0))
    assert world.shown() == [["a", "x", "1"], ["b", "50%", "2"]]
    assert world.cell(1, 0)["note"] == "n"


def test_mixed_values_sort_numbers_then_texts_then_truths_and_blanks_last(world: World) -> None:
    world.fill(["b"], ["TRUE"], [""], ["10"], ["A"], ["9"])
    world.batch(sort(area(0, 0, 6, 1), 0))
    assert [row[0] for row in world.shown()] == ["9", "10", "A", "b", "TRUE"]
    world.batch(sort(area(0, 0, 6, 1), 0, "DESCENDING"))
    assert [row[0] for row in world.shown()] == ["TRUE", "b", "A", "10", "9"]


def test_equal_lines_keep_their_order(world: World) -> None:
    world.fill(["1", "a"], ["0", "b"], ["1", "c"], ["0", "d"])
    world.batch(sort(area(0, 0, 4, 2), 0))
    assert [row[1] for row in world.shown()] == ["b", "d", "a", "c"]


@pytest.mark.parametrize(("stays", "order", "hidden"), [(True, "acbd", 2), (False, "abcd", 3)])
def test_sorting_under_a_filter_is_a_switch(
    make_world: Callable[..., World], stays: bool, order: str, hidden: int
) -> None:
    world = make_world(switches=Switches(sort_leaves_filtered_rows=stays))
    world.fill(["name"], ["d"], ["c"], ["b"], ["a"])
    only(world, "c", rows=5)
    world.batch(sort(area(1, 0, 5, 1), 0))
    assert "".join(row[0] for row in world.shown()[1:]) == order
    assert [row.hidden_by_filter for row in world.book.sheet(0).rows].index(True) == hidden


def test_a_column_outside_the_range_cannot_be_sorted_by(world: World) -> None:
    assert "outside the range" in world.refused(sort(area(0, 0, 2, 2), 5))
