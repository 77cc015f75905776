"""The judge itself: what Google's discovery document forbids is found."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.discovery import check_request, check_response

BOOK = "/v4/spreadsheets/x"


@pytest.mark.parametrize(
    ("verb", "path", "body"),
    [
        ("GET", BOOK, None),
        ("POST", f"{BOOK}:batchUpdate", {"requests": [{"addSheet": {"properties": {"title": None}}}]}),
        ("PUT", f"{BOOK}/values/'a/b'!A1", {"values": [[1, "a", None, True]]}),
        ("POST", f"{BOOK}/values/A1:B2:append", {"values": []}),
    ],
)
def test_good_requests(verb: str, path: str, body: Any) -> None:
    assert check_request(verb, path, body) == []


@pytest.mark.parametrize(
    ("path", "body", "problem"),
    [
        (":batchUpdate", {"requests": {}}, ".requests: {} is no list"),
        (":batchUpdate", {"requests": [{"addSheets": {}}]}, ".requests[0].addSheets: unknown member"),
        (":batchUpdate", {"requests": [{"deleteSheet": {"sheetId": "0"}}]}, "'0' is no integer"),
        (":batchUpdate", {"requests": [{"deleteSheet": {"sheetId": True}}]}, "True is no integer"),
        (":batchUpdate", {"requests": [{"mergeCells": {"mergeType": "ALL"}}]}, "'ALL' is none of"),
        (":unheardOf", {}, "no such method"),
    ],
)
def test_bad_requests(path: str, body: Any, problem: str) -> None:
    (found,) = check_request("POST", BOOK + path, body)
    assert problem in found


def test_parameters_and_bodies_that_a_method_does_not_take() -> None:
    assert check_request("GET", BOOK, {}, query=["fields", "range"]) == [
        "sheets.spreadsheets.get: unknown parameter range",
        "sheets.spreadsheets.get: takes no body",
    ]


def test_responses() -> None:
    good = {"spreadsheetId": "x", "replies": [{"findReplace": {"valuesChanged": 1}}, {}]}
    assert check_response("POST", f"{BOOK}:batchUpdate", good) == []
    (found,) = check_response("POST", f"{BOOK}:batchUpdate", {"replies": [{"findReplace": {"changed": 1}}]})
    assert found == "sheets.spreadsheets.batchUpdate.replies[0].findReplace.changed: unknown member"
