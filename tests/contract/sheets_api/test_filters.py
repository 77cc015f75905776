"""The basic filter hides rows when it is set; filter views are kept and hide nothing."""

from __future__ import annotations

import pytest

from tests.contract.sheets_api.conftest import Json, World, area, told

TABLE = [["name", "stock"], ["a", "5"], ["b", ""], ["c", "12"], ["ab", "x"]]


def hidden(world: World) -> list[int]:
    answer = world.sheet.fetch_sheet_metadata({"fields": "sheets.data.rowMetadata"})
    rows = answer["sheets"][0]["data"][0]["rowMetadata"]
    return [index for index, row in enumerate(rows) if row.get("hiddenByFilter")]


def set_filter(column: int, criteria: Json, **more: object) -> Json:
    specs = [{"columnIndex": column, "filterCriteria": criteria}]
    return {"setBasicFilter": {"filter": {"range": area(0, 0, 5, 2), "filterSpecs": specs, **more}}}


def when(kind: str, *values: str) -> Json:
    return {"condition": {"type": kind, "values": [{"userEnteredValue": value} for value in values]}}


@pytest.mark.parametrize(
    ("column", "criteria", "rows"),
    [
        (0, {"hiddenValues": ["a", "c"]}, [1, 3]),
        (1, {"hiddenValues": [""]}, [2]),
        (1, when("NUMBER_GREATER", "5"), [1, 2, 4]),
        (1, when("NUMBER_BETWEEN", "5", "12"), [2, 4]),
        (1, when("NOT_BLANK"), [2]),
        (0, when("TEXT_STARTS_WITH", "A"), [2, 3]),
        (0, when("TEXT_EQ", "b"), [1, 3, 4]),
    ],
)
def test_rows_that_fail_the_criteria_are_hidden(world: World, column: int, criteria: Json, rows: list[int]) -> None:
    world.fill(*TABLE)
    world.batch(set_filter(column, criteria))
    assert hidden(world) == rows


def test_a_value_that_changes_later_hides_nothing_by_itself(world: World) -> None:
    world.fill(*TABLE)
    world.batch(set_filter(0, {"hiddenValues": ["a"]}))
    world.book.type(0, 1, 0, "z")
    world.book.type(0, 2, 0, "a")
    assert hidden(world) == [1]


def test_rows_take_their_flag_along(world: World) -> None:
    world.fill(*TABLE)
    world.batch(set_filter(0, {"hiddenValues": ["a"]}))
    world.book.insert_rows(0, 1)
    assert hidden(world) == [2]
    outline = world.sheet.fetch_sheet_metadata()
    held = outline["sheets"][0]["basicFilter"]
    assert held["range"] == told(0, 0, 6, 2)
    assert held["criteria"] == {"0": {"hiddenValues": ["a"]}}


def test_clearing_shows_every_row(world: World) -> None:
    world.fill(*TABLE)
    world.batch(set_filter(0, {"hiddenValues": ["a"]}), {"clearBasicFilter": {"sheetId": 0}})
    assert hidden(world) == []


def test_a_filter_may_sort(world: World) -> None:
    world.fill(*TABLE)
    world.batch(set_filter(0, {}, sortSpecs=[{"dimensionIndex": 0, "sortOrder": "DESCENDING"}]))
    assert [row[0] for row in world.shown()] == ["name", "c", "b", "ab", "a"]


def test_what_cannot_be_judged_is_said_openly(world: World) -> None:
    body = {"requests": [set_filter(0, when("CUSTOM_FORMULA", "=TRUE"))]}
    answer = world.raw("POST", f"/v4/spreadsheets/{world.book.id}:batchUpdate", json=body)
    assert (answer.status_code, "CUSTOM_FORMULA" in answer.text) == (501, True)


def test_filter_views(world: World) -> None:
    view = {"title": "short", "range": area(0, 0, 5, 2), "criteria": {"0": {"hiddenValues": ["a"]}}}
    (reply,) = world.batch({"addFilterView": {"filter": view}})
    number = reply["addFilterView"]["filter"]["filterViewId"]
    twice = {"addFilterView": {"filter": {**view, "filterViewId": number}}}
    assert f"id {number} already exists" in world.refused(twice)
    (copy,) = world.batch({"duplicateFilterView": {"filterId": number}})
    assert copy["duplicateFilterView"]["filter"]["title"] == "Copy of short"
    changed = {"filterViewId": number, "title": "long"}
    world.batch({"updateFilterView": {"filter": changed, "fields": "title"}})
    world.batch({"deleteFilterView": {"filterId": copy["duplicateFilterView"]["filter"]["filterViewId"]}})
    (kept,) = world.sheet.list_protected_ranges(0) or world.sheet.fetch_sheet_metadata()["sheets"][0]["filterViews"]
    assert (kept["title"], kept["filterViewId"]) == ("long", number)
    assert hidden(world) == []
