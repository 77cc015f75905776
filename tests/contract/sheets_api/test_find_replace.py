"""findReplace: the request the lock column stands on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bridge.sandbox.sheets_api import Switches
from tests.contract.sheets_api.conftest import Json, World, area
from tests.support.sheets_client import service_account, signed_in

LOCKS = area(0, 2, 20, 3)


def find(text: str, replacement: str, **options: object) -> Json:
    scope = {} if {"range", "sheetId", "allSheets"} & options.keys() else {"sheetId": 0}
    return {"findReplace": {"find": text, "replacement": replacement, **scope, **options}}


def counts(world: World, request: Json) -> Json:
    (reply,) = world.batch(request)
    found: Json = reply["findReplace"]
    return found


def test_one_cell_found_by_its_content(world: World) -> None:
    world.fill(["a", "1", "✓ 16"], ["b", "2", "✓ 17"], ["c", "✓ 17"])
    found = counts(world, find("✓ 17", "🔒 18", matchEntireCell=True, matchCase=True, range=LOCKS))
    assert found == {"valuesChanged": 1, "rowsChanged": 1, "sheetsChanged": 1, "occurrencesChanged": 1}
    assert world.shown() == [["a", "1", "✓ 16"], ["b", "2", "🔒 18"], ["c", "✓ 17"]]


def test_nothing_found_is_an_empty_reply(world: World) -> None:
    world.fill(["a"])
    assert counts(world, find("zz", "y")) == {}


def test_every_cell_that_matches_is_counted(world: World) -> None:
    world.fill(["ab ab", "ab"], ["xAB"])
    assert counts(world, find("ab", "c")) == {
        "valuesChanged": 3,
        "rowsChanged": 2,
        "sheetsChanged": 1,
        "occurrencesChanged": 4,
    }
    assert world.shown() == [["c c", "c"], ["xc"]]


def test_case_counts_if_asked(world: World) -> None:
    world.fill(["Ab", "ab"])
    assert counts(world, find("ab", "x", matchCase=True))["valuesChanged"] == 1
    assert world.shown() == [["Ab", "x"]]


def test_a_pattern_with_special_signs_is_plain_text_unless_a_regex(world: World) -> None:
    world.fill(["a.c", "abc", r"1\2"])
    counts(world, find("a.c", r"\1$1", matchEntireCell=True))
    assert world.shown() == [[r"\1$1", "abc", r"1\2"]]


def test_regex_with_groups_as_java_writes_them(world: World) -> None:
    world.fill(["Google Sheets", "Google Docs"])
    counts(world, find("o.* (.*)", r"$1 Rocks\$", searchByRegex=True))
    assert world.shown() == [["GSheets Rocks$", "GDocs Rocks$"]]


def test_an_empty_line_matches_blank_cells_inside_the_range(world: World) -> None:
    world.fill(["a", "", "x"], ["b", "", ""])
    found = counts(world, find("^$", "new", searchByRegex=True, range=area(0, 1, 2, 3)))
    assert found["valuesChanged"] == 3
    assert world.shown() == [["a", "new", "x"], ["b", "new", "new"]]


def test_what_is_displayed_is_matched_and_the_result_is_typed_in(world: World) -> None:
    world.fill(["1,200", "1200"])
    assert counts(world, find("1,200", "1,300", matchEntireCell=True))["valuesChanged"] == 1
    assert world.read("A1:B1") == [[1300, 1200]]
    counts(world, find("1300", "'007", matchEntireCell=True))
    world.fill(["x"])
    counts(world, find("x", "=1+1"))
    assert world.book.value(0, 0, 0) == 2.0


def test_a_text_cell_stays_text(world: World) -> None:
    look = {"cell": {"userEnteredFormat": {"numberFormat": {"type": "TEXT"}}}, "fields": "userEnteredFormat"}
    world.batch({"repeatCell": {"range": area(0, 0, 1, 1), **look}})
    world.fill(["0012"])
    counts(world, find("0012", "0013"))
    assert world.book.value(0, 0, 0) == "0013"


def test_replaced_by_nothing_is_blank(world: World) -> None:
    world.fill(["x"])
    counts(world, find("x", ""))
    assert world.shown() == []


def test_formulas_only_if_asked(world: World) -> None:
    world.fill(["5", "=A1+1"])
    assert counts(world, find("6", "9")) == {}
    assert counts(world, find("A1", "A2", includeFormulas=True)) == {
        "formulasChanged": 1,
        "rowsChanged": 1,
        "sheetsChanged": 1,
        "occurrencesChanged": 1,
    }
    assert world.formulas("B1") == [["=A2+1"]]


def test_all_sheets(world: World) -> None:
    other = world.sheet.add_worksheet("other", 2, 2)
    other.update([["x"]], "A1")
    world.fill(["x"])
    assert counts(world, find("x", "y", allSheets=True))["sheetsChanged"] == 2


@pytest.mark.parametrize(
    ("request_", "part"),
    [
        ({"findReplace": {"find": "x"}}, "Exactly one of range, sheetId and allSheets"),
        ({"findReplace": {"find": "x", "sheetId": 0, "allSheets": True}}, "Exactly one of"),
        (find("(", "x", searchByRegex=True), "Invalid regular expression"),
        (find("", "x"), "find must not be empty"),
    ],
)
def test_refusals(world: World, request_: Json, part: str) -> None:
    assert part in world.refused(request_)


def hide_b(world: World) -> None:
    world.fill(["name"], ["a"], ["b"])
    criteria = {"0": {"hiddenValues": ["b"]}}
    world.batch({"setBasicFilter": {"filter": {"range": area(0, 0, 3, 1), "criteria": criteria}}})


@pytest.mark.parametrize(("reaches", "changed"), [(True, {"valuesChanged": 1}), (False, {})])
def test_rows_hidden_by_a_filter_are_a_switch(make_world: Callable[..., World], reaches: bool, changed: Json) -> None:
    world = make_world(switches=Switches(find_replace_reaches_filtered_rows=reaches))
    hide_b(world)
    assert counts(world, find("b", "c")).get("valuesChanged") == changed.get("valuesChanged")


@pytest.mark.parametrize(("rule", "result"), [("refuse", None), ("skip", ["x", "y"]), ("write", ["y", "y"])])
def test_protected_cells_are_a_switch(make_world: Callable[..., World], rule: str, result: list[str] | None) -> None:
    world = make_world(switches=Switches(find_replace_on_protected=rule))  # type: ignore[arg-type]
    guest = service_account("guest@sandbox.iam.gserviceaccount.com")
    world.api.add_account(guest)
    world.sheet.share(guest.client_email, perm_type="user", role="writer", notify=False)
    world.fill(["x", "x"])
    world.batch({"addProtectedRange": {"protectedRange": {"range": area(0, 0, 1, 1), "editors": {"users": []}}}})
    sheet = signed_in(world.judged, guest).open_by_key(world.book.id)
    before = world.book.book
    if result is None:
        answer = sheet.client.session.post(  # the refusal names the request
            f"https://sheets.googleapis.com/v4/spreadsheets/{world.book.id}:batchUpdate",
            json={"requests": [find("x", "y")]},
        )
        assert answer.status_code == 400
        assert "protected cell" in answer.json()["error"]["message"]
        assert world.book.book is before
    else:
        sheet.batch_update({"requests": [find("x", "y")]})
        assert world.shown() == [result]
