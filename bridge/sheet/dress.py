"""Notes, formats, what cells let in, the frozen row: the requests that make what is what ought to be, none where it is.

Everything here is the bridge's own by its header. What people added besides, their colours, widths and other formats
are never touched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bridge.sheet.layout import Columns, ColumnSpec
from bridge.sheet.looks import NumberFormat, number_format
from bridge.sheet.outline import Standing
from bridge.sheet.requests import Request, box
from bridge.sheet.validation import WHOLE_COLUMNS, same_validation, validation

MARK = "— bridge"
"""the last line of every note of ours"""


@dataclass(frozen=True)
class Mend:
    """One thing put right in one tab. `kind`: a code of the sentences [mended]."""

    kind: str
    tab: str
    requests: tuple[Request, ...]


def dressed(standing: Standing, columns: Columns, language: str) -> Iterator[Mend]:
    """What is amiss in a tab whose headers were found."""
    yield from _notes(standing, columns, language)
    for spec, at in _each_column(standing, columns):
        if spec.kind in WHOLE_COLUMNS:
            yield from _let_in(standing, columns, at, validation(spec, language))
        wanted = number_format(spec)
        if wanted is not None:
            yield from _formatted(standing, columns, at, wanted)


def hidden(standing: Standing) -> Iterator[Mend]:
    """A tab of the bridge's own that somebody uncovered."""
    if standing.spec.hidden and not standing.properties.get("hidden", False):
        properties = {"sheetId": standing.sheet_id, "hidden": True}
        request = {"updateSheetProperties": {"properties": properties, "fields": "hidden"}}
        yield Mend("hidden", standing.tab.title, (request,))


def _each_column(standing: Standing, columns: Columns) -> Iterator[tuple[ColumnSpec, int]]:
    for spec in standing.spec.columns:
        places = columns.locations.values() if spec.role == "locations" else (columns.at.get(spec.role, -1),)
        yield from ((spec, at) for at in places if at >= 0)


def _notes(standing: Standing, columns: Columns, language: str) -> Iterator[Mend]:
    row = columns.header_row
    for spec, at in _each_column(standing, columns):
        found = str(standing.cell(row, at).get("note", ""))
        wanted = with_note(found, spec.note(language))
        if wanted != found:
            start = {"sheetId": standing.sheet_id, "rowIndex": row, "columnIndex": at}
            cells = {"start": start, "rows": [{"values": [{"note": wanted}]}], "fields": "note"}
            yield Mend("note", standing.tab.title, ({"updateCells": cells},))


def with_note(found: str, ours: str) -> str:
    """A header's note with ours in it. A note that ends with our mark is an older one of ours; any other is people's
    own, and stays below ours."""
    if not ours or f"{ours}\n{MARK}" in found:
        return found
    theirs = "" if found.rstrip().endswith(MARK) else found
    return f"{ours}\n{MARK}\n\n{theirs}" if theirs else f"{ours}\n{MARK}"


def _let_in(standing: Standing, columns: Columns, at: int, wanted: Mapping[str, Any]) -> Iterator[Mend]:
    def right(cell: Mapping[str, Any]) -> bool:
        return same_validation(cell.get("dataValidation", {}), wanted)

    for area in _amiss(standing, columns, at, right):
        rule = {"range": area, "rule": dict(wanted), "filteredRowsIncluded": True}
        yield Mend("validation", standing.tab.title, ({"setDataValidation": rule},))


def _formatted(standing: Standing, columns: Columns, at: int, wanted: NumberFormat) -> Iterator[Mend]:
    def right(cell: Mapping[str, Any]) -> bool:
        return wanted.fits(cell.get("userEnteredFormat", {}).get("numberFormat", {}))

    for area in _amiss(standing, columns, at, right):
        cell = {"userEnteredFormat": {"numberFormat": dict(wanted.format)}}
        request = {"repeatCell": {"range": area, "cell": cell, "fields": "userEnteredFormat.numberFormat"}}
        yield Mend("format", standing.tab.title, (request,))


def _amiss(
    standing: Standing, columns: Columns, at: int, right: Callable[[Mapping[str, Any]], bool]
) -> Iterator[dict[str, int]]:
    """The cells of a column from the first that isn't right to the last: one request, however many there are."""
    rows = range(columns.header_row + 1, standing.tab.row_count)
    wrong = [row for row in rows if not right(standing.cell(row, at))]
    if wrong:
        yield box(standing.sheet_id, (wrong[0], wrong[-1] + 1), (at, at + 1))
