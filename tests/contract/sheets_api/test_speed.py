"""The suite makes thousands of runs of some twenty calls each against the sandbox: a call must cost next to nothing."""

from __future__ import annotations

import timeit

from tests.contract.sheets_api.conftest import World, area


def test_a_batch_on_a_small_table_takes_about_a_millisecond(world: World) -> None:
    """The lock call: look for tokens, return the table. The limit leaves room for a slow machine; see `best`."""
    for row in range(5):
        world.fill(*[[f"SKU-{row}", "10", f"✓ {row}", "", "", "", "", "x"]])
    lock = {"find": "✓ 3", "replacement": "✓ 3", "matchEntireCell": True, "range": area(0, 2, 20, 3)}
    body = {
        "requests": [{"findReplace": lock}] * 3,
        "includeSpreadsheetInResponse": True,
        "responseIncludeGridData": True,
        "responseRanges": ["Sheet1!A1:H5"],
    }
    best = min(timeit.repeat(lambda: world.sheet.batch_update(body), number=20, repeat=5)) / 20
    assert best < 0.005  # seconds, gspread, requests and the judging layer included


def test_two_hundred_and_fifty_locks_over_a_table_of_that_size(world: World) -> None:
    world.resize(251, 8)
    rows = [{"values": [{"userEnteredValue": {"stringValue": f"✓ {n}"}}]} for n in range(250)]
    world.batch({"updateCells": {"rows": rows, "fields": "*", "start": {"sheetId": 0, "rowIndex": 1}}})
    column = area(0, 0, 251, 1)
    locks = [
        {"findReplace": {"find": f"✓ {n}", "replacement": f"🔒 {n}", "matchEntireCell": True, "range": column}}
        for n in range(250)
    ]
    took = timeit.timeit(lambda: world.batch(*locks), number=1)
    assert took < 1.0  # seconds
    assert world.shown()[250] == ["🔒 249"]
