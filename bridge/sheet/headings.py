"""A batch that writes by position is refused whole where a column moved since the look it was made from.

A row may move between a look and a write: the journal tells what was hit, and the row is written again. A column that
moves would put a number under another heading, in rows of the staff, and no journal line could take that back. So every
such batch begins by copying the headings it counts on into the hidden tab, filters that line by what they said, and
copies the line on. Google refuses to copy a row that a filter hides, and all of the batch with it (DESIGN §4); the next
look finds the columns where they stand now. `bridge check --probe` tries it on the user's own spreadsheet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from bridge.sheet.grid import Tab
from bridge.sheet.layout import Columns
from bridge.sheet.marks import HEADING_COLUMNS, HeadingRow
from bridge.sheet.requests import Request, box, copy_values, neighbours


class Headed(Protocol):
    """A tab as a look showed it."""

    @property
    def tab(self) -> Tab: ...

    @property
    def columns(self) -> Columns: ...


def guarded(requests: Sequence[Request], tabs: Iterable[Headed | None], marks_sheet: int) -> list[Request]:
    """The batch, with what makes Google refuse it where a heading no longer stands where `tabs` showed it. As it was
    where nothing in it depends on columns: tokens that are looked for in the whole lock column meet none elsewhere."""
    depends = {_sheet_by_position(request) for request in requests}
    counted_on = [each for each in tabs if each is not None and each.columns.usable and each.tab.sheet_id in depends]
    if not counted_on:
        return list(requests)
    copies: list[Request] = []
    wanted: list[str] = []
    for each in counted_on:
        row = each.columns.header_row
        for first, end in neighbours({*each.columns.at.values(), *each.columns.locations.values()}):
            source = box(each.tab.sheet_id, (row, row + 1), (first, end))
            copies.append(copy_values(source, marks_sheet, HeadingRow.COPIED, len(wanted)))
            wanted += [each.tab.cell(row, column).text for column in range(first, end)]
    assert len(wanted) <= HEADING_COLUMNS
    return [*copies, _filter(marks_sheet, wanted), _copied_on(marks_sheet), *requests]


def _sheet_by_position(request: Request) -> int | None:
    """The tab in which a request depends on where columns stand."""
    (kind, body), *_ = request.items()
    if kind == "findReplace" and "endRowIndex" not in body["range"]:
        return None
    places: dict[str, Any] = body.get("start") or body.get("range") or body.get("source") or body
    return places.get("sheetId")


def _filter(marks_sheet: int, wanted: Sequence[str]) -> Request:
    """Hides the copied line unless every heading is the one that was seen. The first row of the range is the filter's
    own heading."""
    specs = [{"columnIndex": column, "filterCriteria": _says(text)} for column, text in enumerate(wanted)]
    area = box(marks_sheet, (HeadingRow.HEAD, HeadingRow.COPIED + 1), (0, len(wanted)))
    return {"setBasicFilter": {"filter": {"range": area, "filterSpecs": specs}}}


def _says(text: str) -> dict[str, Any]:
    """Outer blanks may not survive in a condition."""
    kind = "TEXT_EQ" if text == text.strip() else "TEXT_CONTAINS"
    return {"condition": {"type": kind, "values": [{"userEnteredValue": text.strip()}]}}


def _copied_on(marks_sheet: int) -> Request:
    source = box(marks_sheet, (HeadingRow.COPIED, HeadingRow.COPIED + 1), (0, 1))
    return copy_values(source, marks_sheet, HeadingRow.TRIED, 0)
