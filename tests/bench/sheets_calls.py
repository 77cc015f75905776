"""`python -m tests.bench.sheets_calls`: what a call costs against the sandbox in one process.

The suite makes thousands of runs of some twenty calls each: a call must cost next to nothing. gspread, requests and the
judging layer are in the figures.
"""

from __future__ import annotations

import timeit

from tests.contract.sheets_api.conftest import World, area


def small_table() -> float:
    """Seconds of the lock call on a small table: look for tokens, return the table; the best of five times twenty."""
    world = World()
    for row in range(5):
        world.fill(*[[f"SKU-{row}", "10", f"✓ {row}", "", "", "", "", "x"]])
    lock = {"find": "✓ 3", "replacement": "✓ 3", "matchEntireCell": True, "range": area(0, 2, 20, 3)}
    body = {
        "requests": [{"findReplace": lock}] * 3,
        "includeSpreadsheetInResponse": True,
        "responseIncludeGridData": True,
        "responseRanges": ["Sheet1!A1:H5"],
    }
    return min(timeit.repeat(lambda: world.sheet.batch_update(body), number=20, repeat=5)) / 20


def many_locks() -> float:
    """Seconds of 250 locks over a table of that size."""
    world = World()
    world.resize(251, 8)
    rows = [{"values": [{"userEnteredValue": {"stringValue": f"✓ {n}"}}]} for n in range(250)]
    world.batch({"updateCells": {"rows": rows, "fields": "*", "start": {"sheetId": 0, "rowIndex": 1}}})
    column = area(0, 0, 251, 1)
    locks = [
        {"findReplace": {"find": f"✓ {n}", "replacement": f"🔒 {n}", "matchEntireCell": True, "range": column}}
        for n in range(250)
    ]
    return timeit.timeit(lambda: world.batch(*locks), number=1)


if __name__ == "__main__":
    print(f"the lock call on a small table: {small_table() * 1000:.2f} ms")
    print(f"250 locks in one call: {many_locks() * 1000:.0f} ms")
