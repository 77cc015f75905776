"""The tab 使い方: guide.toml with the sentences of sentences.toml, written where it differs from what stands there.

It ends in a line of its own. What people write below that line, or right of the two columns, is theirs.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from bridge.sheet.dress import Mend
from bridge.sheet.layout import templates
from bridge.sheet.looks import colour
from bridge.sheet.outline import Standing
from bridge.sheet.overlays import protected
from bridge.sheet.requests import Request, box, neighbours, width
from bridge.sheet.texts import choices, codes, question, template

WIDTHS = (300, 560)  # pixels of its two columns


@dataclass(frozen=True)
class Line:
    """One row: two texts. `heading`: of a part."""

    left: str
    right: str = ""
    heading: bool = False


@cache
def _document() -> dict[str, Any]:
    return tomllib.loads((templates() / "guide.toml").read_text(encoding="utf-8"))


def guide_lines(language: str) -> list[Line]:
    """What the guide says, its last line included."""
    lines: list[Line] = []
    for part in _document()["part"]:
        lines.append(Line(part[language], heading=True))
        lines += [Line(*each[language]) for each in part.get("lines", ())]
        if "table" in part:
            lines += _table(part["table"], part.get("without", ()), language)
        lines.append(Line(""))
    return [*lines, Line(_document()["end"][language])]


def _table(section: str, without: Sequence[str], language: str) -> Iterator[Line]:
    for code in codes(section):
        if code in without:
            continue
        if section != "questions":
            yield Line(_readable(template(section, code, language), language))
            continue
        answers = " / ".join(choices(code, language, {}))
        how = _document()["any_of"][language].format(choices=answers) if answers else _document()["no_answer"][language]
        yield Line(_readable(question(code, language, "{subject}", {}), language), how)


def _readable(text: str, language: str) -> str:
    """A sentence with words for the values it bears."""
    names = _document()["names"]
    return re.sub(r"\{(\w+)\}", lambda name: str(names.get(name[1], names["a_number"])[language]), text)


def guide(standing: Standing, language: str) -> Iterator[Mend]:
    """What makes the tab say what it ought to."""
    wanted = guide_lines(language)
    room = _room(standing, len(wanted))
    lines = [*wanted[:-1], *[Line("")] * (room.last - len(wanted) + 1), wanted[-1]]
    differing = [row for row, line in enumerate(lines) if row >= room.kept or not _says(standing, row, line)]
    requests = list(room.requests)
    for first, end in neighbours(differing):
        requests.append(_written(standing.sheet_id, first, lines[first:end]))
    if not standing.cells:
        requests += [width(standing.sheet_id, column, pixels) for column, pixels in enumerate(WIDTHS)]
    if requests:
        yield Mend("guide", standing.tab.title, tuple(requests))
    yield from protected(standing, "guide", box(standing.sheet_id, (0, room.last + 1), (0, len(WIDTHS))), language)


@dataclass(frozen=True)
class _Room:
    """`last`: the row of the last line · `kept`: the rows above it that stay where they are · `requests`: what pushes
    down whatever people wrote below."""

    last: int
    kept: int
    requests: tuple[Request, ...] = ()


def _room(standing: Standing, count: int) -> _Room:
    """Room for so many lines. A longer guide of before keeps its room."""
    ends, size = set(_document()["end"].values()), standing.tab.row_count
    found = next((row for row in range(len(standing.tab.rows)) if standing.tab.text(row, 0) in ends), None)
    if found is not None and found >= count - 1:
        return _Room(found, found + 1)
    kept = min(count - 1, size) if found is None else found
    if kept < size and (found is not None or standing.tab.last_row > kept):
        end = count if found is None else count - 1
        area = {"sheetId": standing.sheet_id, "dimension": "ROWS", "startIndex": kept, "endIndex": end}
        return _Room(count - 1, kept, ({"insertDimension": {"range": area, "inheritFromBefore": False}},))
    more = {"sheetId": standing.sheet_id, "dimension": "ROWS", "length": count - size}
    return _Room(count - 1, kept, ({"appendDimension": more},) if count > size else ())


def _says(standing: Standing, row: int, line: Line) -> bool:
    return (standing.tab.cell(row, 0).text, standing.tab.cell(row, 1).text) == (line.left, line.right)


def _written(sheet_id: int, first: int, lines: Sequence[Line]) -> Request:
    rows = [{"values": [_cell(line.left, line), _cell(line.right, line)]} for line in lines]
    start = {"sheetId": sheet_id, "rowIndex": first, "columnIndex": 0}
    look = "userEnteredFormat(backgroundColor,textFormat.bold,wrapStrategy,verticalAlignment)"
    return {"updateCells": {"start": start, "rows": rows, "fields": f"userEnteredValue,{look}"}}


def _cell(text: str, line: Line) -> dict[str, Any]:
    look: dict[str, Any] = {"wrapStrategy": "WRAP", "verticalAlignment": "TOP"}
    if line.heading:
        look |= {"backgroundColor": colour("heading"), "textFormat": {"bold": True}}
    value = {"userEnteredValue": {"stringValue": text}} if text else {}
    return {**value, "userEnteredFormat": look}
