"""A Google that breaks its word, one word each: what the sandbox has no switch for, since nobody has ever seen it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from bridge.sandbox.sheets_api import ApiError, Book
from bridge.sandbox.sheets_api import spreadsheets as methods
from bridge.sandbox.sheets_api.batch import _HANDLERS, Edit, run
from bridge.sandbox.sheets_api.data_filters import filtered_areas
from bridge.sandbox.sheets_api.sheet import Area
from bridge.sandbox.sheets_api.view import View
from bridge.sheet.requests import write_cells
from bridge.sheet.trials import BLOCK, NUMBER, SCRATCH
from tests.contract.probe.google import Google

Json = dict[str, Any]
Lie = Callable[[Google, pytest.MonkeyPatch], None]
Plain = Callable[[Edit, Json], Json]
Reply = tuple[list[Json], list[Area] | None]


# --- about batches ---------------------------------------------------------------------------------------------------


def _batch(
    patch: pytest.MonkeyPatch, lie: Callable[[Callable[..., Reply], Edit, list[Json], list[str]], Reply]
) -> None:
    plain = methods._batch
    patch.setattr(methods, "_batch", lambda edit, requests, ranges: lie(plain, edit, requests, ranges))


def shuffles(_: Google, patch: pytest.MonkeyPatch) -> None:
    """The requests of a batch are carried out the other way round."""

    def lie(plain: Callable[..., Reply], edit: Edit, requests: list[Json], ranges: list[str]) -> Reply:
        return plain(edit, requests if "addSheet" in requests[0] else requests[::-1], ranges)

    _batch(patch, lie)


def keeps_half(google: Google, patch: pytest.MonkeyPatch) -> None:
    """What stands before an impossible request is carried out."""

    def lie(plain: Callable[..., Reply], edit: Edit, requests: list[Json], ranges: list[str]) -> Reply:
        try:
            return plain(edit, requests, ranges)
        except ApiError:
            google.book.book = edit.book
            raise

    _batch(patch, lie)


def _first(patch: pytest.MonkeyPatch, kind: str) -> None:
    _batch(patch, lambda plain, edit, asked, ranges: plain(edit, sorted(asked, key=lambda r: kind not in r), ranges))


def forgets_filtered_batches(_: Google, patch: pytest.MonkeyPatch) -> None:
    """A batch in which a filter is set is accepted and carries out nothing else."""

    def lie(plain: Callable[..., Reply], edit: Edit, requests: list[Json], ranges: list[str]) -> Reply:
        if len(requests) > 1 and any("setBasicFilter" in request for request in requests):
            return [{} for _ in requests], None
        return plain(edit, requests, ranges)

    _batch(patch, lie)


def searches_the_past(_: Google, patch: pytest.MonkeyPatch) -> None:
    """findReplace looks at the cells as they were before the batch."""
    _first(patch, "findReplace")


def copies_the_past(_: Google, patch: pytest.MonkeyPatch) -> None:
    """copyPaste copies what the cells showed before the batch."""
    _first(patch, "copyPaste")


def lets_others_in(_: Google, patch: pytest.MonkeyPatch) -> None:
    """Somebody else's write comes between the requests of a long batch."""

    def lie(plain: Callable[..., Reply], edit: Edit, requests: list[Json], ranges: list[str]) -> Reply:
        if len(requests) < 20:
            return plain(edit, requests, ranges)
        first = run(edit, requests[:10])
        run(edit, _changed_everywhere(edit.book, [edit.book.area(requests[0]["copyPaste"]["source"]).sheet.id]))
        replies, areas = plain(edit, requests[10:], ranges)
        return [*first, *replies], areas

    _batch(patch, lie)


def answers_with_the_past(google: Google, patch: pytest.MonkeyPatch) -> None:
    """A batch answers with the state before it."""
    plain, past = methods._answer, [google.book.book]

    def remembered(batch: Callable[..., Reply], edit: Edit, requests: list[Json], ranges: list[str]) -> Reply:
        past[:] = [google.book.book]
        return batch(edit, requests, ranges)

    def answer(call: Any, opened: Any, areas: list[Area] | None, grid: bool, mask: Any) -> Json:
        if call.request.path.endswith(":batchUpdate") and areas:
            (book,) = past
            opened = SimpleNamespace(id=opened.id, book=book, view=lambda: View(book, google.clock.now()))
            areas = [replace(area, sheet=book.sheet(area.sheet.id)) for area in areas]
        return plain(call, opened, areas, grid, mask)

    _batch(patch, remembered)
    patch.setattr(methods, "_answer", answer)


# --- about reads -----------------------------------------------------------------------------------------------------


def _changed_everywhere(book: Book, sheet_ids: list[int]) -> list[Json]:
    """Another number at the head of every trial's block."""
    tops = {(row, NUMBER): 777 for n in sheet_ids for row in range(0, len(book.sheet(n).rows), BLOCK)}
    return [request for n in sheet_ids for request in write_cells(n, tops)]


def tears_a_read(google: Google, patch: pytest.MonkeyPatch) -> None:
    """A read of two tabs takes in the second after somebody changed both."""
    plain = methods._answer

    def answer(call: Any, opened: Any, areas: list[Area] | None, grid: bool, mask: Any) -> Json:
        if areas is None or len(areas) < 2:
            return plain(call, opened, areas, grid, mask)
        first = plain(call, opened, areas[:1], grid, mask)
        google.book.apply(_changed_everywhere(google.book.book, [area.sheet.id for area in areas]))
        later = [replace(area, sheet=google.book.book.sheet(area.sheet.id)) for area in areas[1:]]
        return {**first, "sheets": first["sheets"] + plain(call, opened, later, grid, mask)["sheets"]}

    patch.setattr(methods, "_answer", answer)


def loses_renamed_tabs(_: Google, patch: pytest.MonkeyPatch) -> None:
    """A tab that was renamed isn't found by its number any more."""

    def areas(book: Any, wanted: Json) -> list[Area]:
        found = filtered_areas(book, wanted)
        return book.sheet(-1) if any(area.sheet.title == f"{SCRATCH} 3" for area in found) else found

    patch.setattr(methods, "filtered_areas", areas)


# --- about single requests -------------------------------------------------------------------------------------------


def _request(patch: pytest.MonkeyPatch, kind: str, lie: Callable[[Plain, Edit, Json], Json]) -> None:
    plain, members = _HANDLERS[kind]
    patch.setitem(_HANDLERS, kind, (lambda edit, body: lie(plain, edit, body), members))


def _impossible(edit: Edit) -> None:
    edit.book.sheet(-1)  # raises what an impossible request raises


def miscounts(_: Google, patch: pytest.MonkeyPatch) -> None:
    """findReplace answers one more than it replaced."""

    def lie(plain: Plain, edit: Edit, body: Json) -> Json:
        counts = plain(edit, body)["findReplace"]
        return {"findReplace": {**counts, "occurrencesChanged": counts.get("occurrencesChanged", 0) + 1}}

    _request(patch, "findReplace", lie)


def matches_parts(_: Google, patch: pytest.MonkeyPatch) -> None:
    """matchEntireCell is not heeded."""
    _request(patch, "findReplace", lambda plain, edit, body: plain(edit, {**body, "matchEntireCell": False}))


def refuses_a_search_in_vain(_: Google, patch: pytest.MonkeyPatch) -> None:
    """findReplace fails where it finds nothing."""

    def lie(plain: Plain, edit: Edit, body: Json) -> Json:
        answer = plain(edit, body)
        if not answer["findReplace"]:
            _impossible(edit)
        return answer

    _request(patch, "findReplace", lie)


def sees_no_blank(_: Google, patch: pytest.MonkeyPatch) -> None:
    """`^$` matches no blank cell."""

    def lie(plain: Plain, edit: Edit, body: Json) -> Json:
        return {"findReplace": {}} if body["find"] == "^$" else plain(edit, body)

    _request(patch, "findReplace", lie)


def fills_more_than_blanks(_: Google, patch: pytest.MonkeyPatch) -> None:
    """`^$` matches the end of every text."""

    def lie(plain: Plain, edit: Edit, body: Json) -> Json:
        return plain(edit, {**body, "find": "$"} if body["find"] == "^$" else body)

    _request(patch, "findReplace", lie)


def knows_no_regular_expressions(_: Google, patch: pytest.MonkeyPatch) -> None:
    """A search by regular expression fails."""

    def lie(plain: Plain, edit: Edit, body: Json) -> Json:
        if body.get("searchByRegex"):
            _impossible(edit)
        return plain(edit, body)

    _request(patch, "findReplace", lie)


def copies_only_shown_rows(_: Google, patch: pytest.MonkeyPatch) -> None:
    """copyPaste carries the rows that a filter shows, as a person's Ctrl+C does."""

    def lie(plain: Plain, edit: Edit, body: Json) -> Json:
        area, target = edit.book.area(body["source"]), dict(body["destination"])
        for row in range(area.top, area.bottom):
            if not area.sheet.rows[row].hidden_by_filter:
                source = body["source"] | {"startRowIndex": row, "endRowIndex": row + 1}
                target["endRowIndex"] = target["startRowIndex"] + 1
                plain(edit, {**body, "source": source, "destination": dict(target)})
                target["startRowIndex"] += 1
        return {}

    _request(patch, "copyPaste", lie)


def copies_formulas(_: Google, patch: pytest.MonkeyPatch) -> None:
    """PASTE_VALUES pastes a formula."""
    _request(patch, "copyPaste", lambda plain, edit, body: plain(edit, {**body, "pasteType": "PASTE_FORMULA"}))


def copies_numbers_out_of_text(_: Google, patch: pytest.MonkeyPatch) -> None:
    """What is copied is understood anew, as if typed into a cell without a format."""

    def lie(plain: Plain, edit: Edit, body: Json) -> Json:
        plain(edit, body)
        area = edit.book.area(body["destination"])
        cell = area.sheet.cell(area.top, area.left)
        if isinstance(cell.entered, str) and cell.entered.isdigit():
            area.sheet.put(area.top, area.left, cell.with_value(float(cell.entered)))
        return {}

    _request(patch, "copyPaste", lie)


def copies_rounded(_: Google, patch: pytest.MonkeyPatch) -> None:
    """A formula's result is copied as something else."""

    def lie(plain: Plain, edit: Edit, body: Json) -> Json:
        plain(edit, body)
        area = edit.book.area(body["destination"])
        area.sheet.put(area.top, area.left, area.sheet.cell(area.top, area.left).with_value(40.0))
        return {}

    _request(patch, "copyPaste", lie)


def _hidden_written(edit: Edit, body: Json) -> list[int]:
    """The written rows that a filter hides, counted from the first written one."""
    start = body.get("start", {})
    top, rows = start.get("rowIndex", 0), edit.book.sheet(start.get("sheetId", 0)).rows if start else []
    return [n for n in range(len(body.get("rows", []))) if rows and rows[top + n].hidden_by_filter]


def refuses_writes_to_filtered_rows(_: Google, patch: pytest.MonkeyPatch) -> None:
    """updateCells fails where a filter hides a row."""

    def lie(plain: Plain, edit: Edit, body: Json) -> Json:
        if _hidden_written(edit, body):
            _impossible(edit)
        return plain(edit, body)

    _request(patch, "updateCells", lie)


def skips_writes_to_filtered_rows(_: Google, patch: pytest.MonkeyPatch) -> None:
    """updateCells silently leaves out rows that a filter hides."""

    def lie(plain: Plain, edit: Edit, body: Json) -> Json:
        hidden = _hidden_written(edit, body)
        for n, row in enumerate(body.get("rows", [])):
            if n not in hidden:
                start = {**body["start"], "rowIndex": body["start"].get("rowIndex", 0) + n}
                plain(edit, {**body, "start": start, "rows": [row]})
        return {}

    _request(patch, "updateCells", lie)


def filters_nothing(_: Google, patch: pytest.MonkeyPatch) -> None:
    """A filter set by the API hides nothing."""
    _request(patch, "setBasicFilter", lambda _plain, _edit, _body: {})


def accepts_anything(_: Google, patch: pytest.MonkeyPatch) -> None:
    """Deleting a tab that isn't there is no error."""

    def lie(plain: Plain, edit: Edit, body: Json) -> Json:
        return plain(edit, body) if any(sheet.id == body["sheetId"] for sheet in edit.book.sheets) else {}

    _request(patch, "deleteSheet", lie)
