"""Building blocks of a batchUpdate. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

Request = dict[str, Any]
CellValue = int | float | str | bool | None
Cells = Mapping[tuple[int, int], CellValue]  # (row, column), 0-based -> what to write; None clears


def write_cells(sheet_id: int, cells: Cells) -> list[Request]:
    """Typed writes of exactly these cells, in as few requests as rectangles allow."""
    by_row: defaultdict[int, list[int]] = defaultdict(list)
    for row, column in cells:
        by_row[row].append(column)
    runs = {row: tuple(neighbours(columns)) for row, columns in by_row.items()}
    requests = []
    for first, last in _blocks(runs):
        for start, end in runs[first]:
            rows = [
                {"values": [_cell(cells[row, column]) for column in range(start, end)]}
                for row in range(first, last + 1)
            ]
            requests.append(
                {
                    "updateCells": {
                        "start": {"sheetId": sheet_id, "rowIndex": first, "columnIndex": start},
                        "rows": rows,
                        "fields": "userEnteredValue",
                    }
                }
            )
    return requests


def neighbours(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Neighbouring numbers as (first, end), end not included."""
    numbers = sorted(numbers)
    start = 0
    for i in range(1, len(numbers) + 1):
        if i == len(numbers) or numbers[i] != numbers[i - 1] + 1:
            yield numbers[start], numbers[i - 1] + 1
            start = i


def _blocks(runs: Mapping[int, tuple[tuple[int, int], ...]]) -> Iterator[tuple[int, int]]:
    """Neighbouring rows with the same runs, as (first, last)."""
    rows = sorted(runs)
    start = 0
    for i in range(1, len(rows) + 1):
        if i == len(rows) or rows[i] != rows[i - 1] + 1 or runs[rows[i]] != runs[rows[start]]:
            yield rows[start], rows[i - 1]
            start = i


def _cell(value: CellValue) -> dict[str, Any]:
    if value is None:
        return {}
    if isinstance(value, bool):
        return {"userEnteredValue": {"boolValue": value}}
    if isinstance(value, int | float):
        return {"userEnteredValue": {"numberValue": value}}
    return {"userEnteredValue": {"stringValue": value}}


def room(sheet_id: int, rows: int, columns: int) -> Request:
    """The grid's size."""
    properties = {"sheetId": sheet_id, "gridProperties": {"rowCount": rows, "columnCount": columns}}
    fields = "gridProperties.rowCount,gridProperties.columnCount"
    return {"updateSheetProperties": {"properties": properties, "fields": fields}}


def width(sheet_id: int, column: int, pixels: int) -> Request:
    area = {"sheetId": sheet_id, "dimension": "COLUMNS", "startIndex": column, "endIndex": column + 1}
    return {"updateDimensionProperties": {"range": area, "properties": {"pixelSize": pixels}, "fields": "pixelSize"}}


def same_formula(one: str, other: str) -> bool:
    """Google may say a tab's title with or without its quotes, and set blanks as it likes."""
    return one == other or _bare(one) == _bare(other)


def is_about(formula: str, tab: str) -> bool:
    """Whether a formula is but a cell of another tab. `tab`: its title, quoted."""
    return re.fullmatch(rf"={re.escape(_bare(tab))}!\$?[A-Z]+\$?[0-9]+", _bare(formula)) is not None


def _bare(formula: str) -> str:
    return formula.replace("'", "").replace(" ", "")


def box(sheet_id: int, rows: tuple[int, int], columns: tuple[int, int]) -> dict[str, int]:
    """A GridRange; the ends are not included."""
    return {
        "sheetId": sheet_id,
        "startRowIndex": rows[0],
        "endRowIndex": rows[1],
        "startColumnIndex": columns[0],
        "endColumnIndex": columns[1],
    }


def replace_token(sheet_id: int, column: int, first_row: int, old: str, new: str) -> Request:
    """Replace a token wherever it stands in the lock column, by content: sorting can't misdirect it."""
    area = {
        "sheetId": sheet_id,
        "startRowIndex": first_row,
        "startColumnIndex": column,
        "endColumnIndex": column + 1,
    }
    return {"findReplace": {"find": old, "replacement": new, "matchCase": True, "matchEntireCell": True, "range": area}}


def replace_one(sheet_id: int, column: int, row: int, old: str, new: str) -> Request:
    """Replace what one lock cell shows, if it still shows `old` (blank included)."""
    area = box(sheet_id, (row, row + 1), (column, column + 1))
    if old:
        return {
            "findReplace": {
                "find": old,
                "replacement": new,
                "matchCase": True,
                "matchEntireCell": True,
                "range": area,
            }
        }
    return {"findReplace": {"find": "^$", "replacement": new, "searchByRegex": True, "range": area}}


def copy_values(source: dict[str, int], to_sheet: int, row: int, column: int) -> Request:
    """Copy what the cells show at that moment inside the batch."""
    height = source["endRowIndex"] - source["startRowIndex"]
    width = source["endColumnIndex"] - source["startColumnIndex"]
    return {
        "copyPaste": {
            "source": source,
            "destination": box(to_sheet, (row, row + height), (column, column + width)),
            "pasteType": "PASTE_VALUES",
            "pasteOrientation": "NORMAL",
        }
    }


def text_format(sheet_id: int, columns: Iterable[int], first_row: int, end_row: int | None = None) -> list[Request]:
    """Make columns text from `first_row` on, or until `end_row`, so that leading zeros live."""
    end = {} if end_row is None else {"endRowIndex": end_row}
    return [
        {
            "repeatCell": {
                "range": {
                    "sheetId": sheet_id,
                    "startRowIndex": first_row,
                    **end,
                    "startColumnIndex": column,
                    "endColumnIndex": column + 1,
                },
                "cell": {"userEnteredFormat": {"numberFormat": {"type": "TEXT"}}},
                "fields": "userEnteredFormat.numberFormat",
            }
        }
        for column in columns
    ]


Rule = Mapping[str, object]
Rules = Mapping[int, Rule]  # column -> what a cell lets in
Formats = Mapping[int, Mapping[str, str]]  # column -> number format


def one_of(values: Iterable[str]) -> dict[str, Any]:
    """A list to choose from, which refuses nothing: what isn't understood is answered."""
    listed = [{"userEnteredValue": value} for value in values]
    return {"condition": {"type": "ONE_OF_LIST", "values": listed}, "strict": False, "showCustomUi": True}


def lets_in(sheet_id: int, row: int, column: int, rule: Rule) -> Request:
    return {"setDataValidation": {"range": box(sheet_id, (row, row + 1), (column, column + 1)), "rule": rule}}


def append_rows(
    sheet_id: int,
    rows: Sequence[Mapping[int, CellValue]],
    rules: Sequence[Rules] | None = None,
    formats: Formats = MappingProxyType({}),
) -> list[Request]:
    """New rows under the last one that holds anything; column -> value each. `rules`: of each row; where there are any,
    the other columns up to the last that is written let in anything · `formats`: number formats by column, where the
    rows are beyond those that were made with the tab; the other columns have none then."""
    if not rows:
        return []
    data = [
        {"values": _cells(row, beside, formats)} for row, beside in zip(rows, rules or [{}] * len(rows), strict=True)
    ]
    fields = ["userEnteredValue"]
    fields += ["dataValidation"] if any(rules or ()) else []
    fields += ["userEnteredFormat.numberFormat"] if formats else []
    return [{"appendCells": {"sheetId": sheet_id, "rows": data, "fields": ",".join(fields)}}]


def _cells(row: Mapping[int, CellValue], rules: Rules, formats: Formats) -> list[dict[str, Any]]:
    beside = {column: {"dataValidation": rule} for column, rule in rules.items()}
    looks = {column: {"userEnteredFormat": {"numberFormat": dict(look)}} for column, look in formats.items()}
    return [
        _cell(row.get(at)) | beside.get(at, {}) | looks.get(at, {}) for at in range(max((*row, *beside, *looks)) + 1)
    ]


def insert_rows(sheet_id: int, first: int, count: int, *, like_before: bool) -> Request:
    """New rows from `first`, made like the row before or the one after; nothing that stands anywhere is overwritten."""
    area = {"sheetId": sheet_id, "dimension": "ROWS", "startIndex": first, "endIndex": first + count}
    return {"insertDimension": {"range": area, "inheritFromBefore": like_before}}
