"""The door for people and for tests: in process, instantaneous, and the state on disk."""

from __future__ import annotations

import json
import threading

import pytest

from bridge.sandbox.sheets_api import ApiError, SheetsApi
from tests.contract.sheets_api.conftest import World, area, told
from tests.support.sheets_client import service_account
from tests.support.virtual_clock import VirtualClock


def test_typing_reading_and_the_table(world: World) -> None:
    world.book.type(0, 1, 1, "1,200")
    assert world.book.value(0, 1, 1) == 1200.0
    assert world.book.shown(0, 1, 1) == "1,200"
    assert world.shown() == [[], ["", "1,200"]]


def test_a_deletion_undone_keeps_what_happened_meanwhile(world: World) -> None:
    world.fill(["a", "1"], ["b", "2"], ["c", "3"])
    gone = world.book.delete_rows(0, 1, 2)
    world.book.type(0, 1, 1, "30")
    assert world.shown() == [["a", "1"], ["c", "30"]]
    world.book.undo(gone)
    assert world.shown() == [["a", "1"], ["b", "2"], ["c", "30"]]


def test_a_deletion_undone_gives_back_the_ranges(world: World) -> None:
    world.batch({"addNamedRange": {"namedRange": {"name": "n", "range": area(1, 0, 3, 1)}}})
    for start, end in ((2, 3), (1, 3)):
        world.book.undo(world.book.delete_rows(0, start, end))
        assert world.sheet.list_named_ranges()[0]["range"] == told(1, 0, 3, 1)


def test_a_restored_version_takes_everything_back(world: World) -> None:
    world.fill(["a"])
    version = world.book.book
    world.tab.update([["b"]], "A1")
    world.book.restore(version)
    assert world.shown() == [["a"]]
    world.tab.update([["c"]], "A1")
    world.book.restore(version)
    assert world.shown() == [["a"]]


def test_requests_without_the_wire(world: World) -> None:
    replies = world.book.apply([{"addSheet": {"properties": {"title": "x"}}}])
    assert replies[0]["addSheet"]["properties"]["index"] == 1
    with pytest.raises(ApiError, match=r"Invalid requests\[0\]\.sortRange"):
        world.book.apply([{"sortRange": {"range": area(0, 0, 1, 1)}}])


def test_the_version_rises_with_every_change_and_only_then(world: World) -> None:
    before = world.api.version
    world.tab.get("A1")
    with pytest.raises(ApiError):
        world.book.apply([{"deleteSheet": {"sheetId": 0}}])
    assert world.api.version == before
    world.book.type(0, 0, 0, "x")
    assert world.api.version == before + 1


def test_the_state_survives_a_restart(world: World) -> None:
    world.fill(["name", "n"], ["a", "50%"], ["b", "=B2*2"], ["c", "#REF!"])
    criteria = {"0": {"hiddenValues": ["a"]}}
    rows = {"sheetId": 0, "dimension": "ROWS", "startIndex": 2, "endIndex": 3}
    world.batch(
        {"setBasicFilter": {"filter": {"range": area(0, 0, 4, 2), "criteria": criteria}}},
        {"addNamedRange": {"namedRange": {"name": "n", "range": area(0, 0, 1, 1)}}},
        {"addProtectedRange": {"protectedRange": {"range": area(0, 0, 1, 1), "warningOnly": True}}},
        {"updateDimensionProperties": {"range": rows, "properties": {"hiddenByUser": True}, "fields": "hiddenByUser"}},
        {"updateCells": {"rows": [{"values": [{"note": "n"}]}], "fields": "note", "start": {"sheetId": 0}}},
    )
    state = json.loads(json.dumps(world.api.to_json()))
    again = SheetsApi(clock=VirtualClock(), key=service_account())
    again.load_json(state)
    assert again.to_json() == state
    assert again.version == world.api.version
    assert again.store.spreadsheet(world.book.id).book == world.book.book


def test_many_hands_at_once_lose_nothing(world: World) -> None:
    world.resize(1, 1)

    def append() -> None:
        for _ in range(25):
            row = {"values": [{"userEnteredValue": {"numberValue": 1}}]}
            world.book.apply([{"appendCells": {"sheetId": 0, "rows": [row], "fields": "userEnteredValue"}}])

    threads = [threading.Thread(target=append) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(world.shown()) == 200
