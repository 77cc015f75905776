"""batchUpdate as a whole: order, atomicity, refusals, the state in the answer."""

from __future__ import annotations

import pytest

from bridge.sandbox.sheets_api import Latency
from tests.contract.sheets_api.conftest import Json, World, area


def typed(row: int, column: int, value: Json) -> Json:
    start = {"sheetId": 0, "rowIndex": row, "columnIndex": column}
    rows = [{"values": [{"userEnteredValue": value}]}]
    return {"updateCells": {"start": start, "rows": rows, "fields": "userEnteredValue"}}


def test_a_request_sees_what_the_ones_before_it_did(world: World) -> None:
    world.batch(
        typed(0, 0, {"stringValue": "first"}),
        {"copyPaste": {"source": area(0, 0, 1, 1), "destination": area(1, 0, 2, 1), "pasteType": "PASTE_VALUES"}},
        typed(0, 0, {"numberValue": 2}),
    )
    assert world.shown() == [["2"], ["first"]]


def test_an_error_in_one_request_undoes_all(world: World) -> None:
    message = world.refused(
        typed(0, 0, {"numberValue": 1}),
        {"deleteSheet": {"sheetId": 99}},
    )
    assert message == "Invalid requests[1].deleteSheet: No grid with id: 99"


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (
            {"updateCells": {"start": {"sheetId": 0}, "rows": []}},
            "Invalid requests[0].updateCells: At least one field must be listed in 'fields'. "
            "(Use '*' to indicate all fields.)",
        ),
        (
            {"addSheet": {"properties": {"title": "Sheet1"}}},
            'Invalid requests[0].addSheet: A sheet with the name "Sheet1" already exists. Please enter another name.',
        ),
        (
            {"deleteSheet": {"sheetId": 0}},
            "Invalid requests[0].deleteSheet: You can't remove all the visible sheets in a document.",
        ),
        (
            {"deleteDimension": {"range": {"sheetId": 0, "dimension": "ROWS"}}},
            "Invalid requests[0].deleteDimension: You can't delete all the rows on the sheet.",
        ),
        (
            {"repeatCell": {"range": {"sheetId": 0, "startRowIndex": 25}, "cell": {}, "fields": "*"}},
            "Invalid requests[0].repeatCell: Range (Sheet1!A26:H26) exceeds grid limits. Max rows: 20, max columns: 8",
        ),
        ({"repeatCell": {"cell": {}, "fields": "*"}}, "Invalid requests[0].repeatCell: range must be specified."),
        ({}, "Invalid requests[0]: exactly one kind of request must be set, not 0."),
    ],
)
def test_refusals(world: World, request_: Json, message: str) -> None:
    assert world.refused(request_) == message


def test_no_requests_at_all(world: World) -> None:
    assert world.refused() == "Must specify at least one request."


def test_an_unknown_member_of_a_request(world: World) -> None:
    message = world.refused({"clearBasicFilter": {"sheet": 0}})
    assert message == (
        "Invalid JSON payload received. Unknown name \"sheet\" at 'requests[0].clear_basic_filter': Cannot find field."
    )
    assert (
        world.judged.violations.pop()
        == "sheets.spreadsheets.batchUpdate.requests[0].clearBasicFilter.sheet: unknown member"
    )


def test_a_kind_that_is_not_served_says_so(world: World) -> None:
    answer = world.raw(
        "POST",
        f"/v4/spreadsheets/{world.book.id}:batchUpdate",
        json={"requests": [{"trimWhitespace": {"range": {"sheetId": 0}}}]},
    )
    assert answer.status_code == 501
    assert answer.json()["error"]["status"] == "UNIMPLEMENTED"
    assert "trimWhitespace" in answer.json()["error"]["message"]


def test_the_state_after_the_batch_comes_with_the_answer(world: World) -> None:
    body = {
        "requests": [typed(1, 1, {"stringValue": "x"})],
        "includeSpreadsheetInResponse": True,
        "responseIncludeGridData": True,
        "responseRanges": ["Sheet1!A1:B3", "Sheet1!B2:B2"],
    }
    answer = world.sheet.batch_update(body)
    first, second = answer["updatedSpreadsheet"]["sheets"][0]["data"]
    assert [cell.get("formattedValue") for cell in first["rowData"][1]["values"]] == [None, "x"]
    assert first["rowData"][0] == {}
    assert len(first["rowMetadata"]) == 3
    assert (second["startRow"], second["startColumn"]) == (1, 1)


def test_without_grid_data_the_answer_is_the_outline(world: World) -> None:
    answer = world.sheet.batch_update(
        {"requests": [typed(0, 0, {"numberValue": 1})], "includeSpreadsheetInResponse": True}
    )
    assert "data" not in answer["updatedSpreadsheet"]["sheets"][0]


def test_a_response_range_that_is_not_there_refuses_the_batch(world: World) -> None:
    before = world.book.book
    answer = world.raw(
        "POST",
        f"/v4/spreadsheets/{world.book.id}:batchUpdate",
        json={
            "requests": [typed(0, 0, {"numberValue": 1})],
            "includeSpreadsheetInResponse": True,
            "responseRanges": ["Gone!A1"],
        },
    )
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, "Unable to parse range: Gone!A1")
    assert world.book.book is before


def test_a_batch_costs_time_per_request_and_per_thousand_cells(world: World) -> None:
    world.api.latency = Latency(base=0.25, per_request=0.010, per_thousand_cells=0.005)
    before = world.clock.elapsed
    world.batch(*[typed(0, 0, {"numberValue": n}) for n in range(10)])
    assert world.clock.elapsed - before == pytest.approx(0.25 + 10 * 0.010)
    before = world.clock.elapsed
    world.tab.get("A1:H20")
    assert world.clock.elapsed - before == pytest.approx(0.25 + 160 * 0.005 / 1000)
