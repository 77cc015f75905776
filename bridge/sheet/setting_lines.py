"""The lines that 設定 ought to have: for the whole bridge, each command and each channel; at first each
stock column too.

A line that somebody deleted, or a channel that is connected later, gets its line without a tick or its absence: a blank
cell leaves everything as it is until a person ticks it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bridge.sheet.layout import (
    command_titles,
    find_columns,
    first_locations,
    fold,
    is_sync,
    kind_title,
    tab_spec,
)
from bridge.sheet.outline import Standing
from bridge.sheet.requests import CellValue, Request, append_rows, write_cells
from bridge.sheet.views import read_settings


@dataclass(frozen=True)
class Line:
    kind: str
    name: str
    on: bool | None = None

    def cells(self, at: Mapping[str, int], language: str) -> dict[int, CellValue]:
        return {at["kind"]: kind_title(self.kind, language), at["name"]: self.name, at["on"]: self.on}


def first_lines(sheet_id: int, language: str, channels: Iterable[str]) -> list[Request]:
    """Those of a new tab. Nothing is live."""
    at = {column.role: i for i, column in enumerate(tab_spec("settings").columns)}
    lines = [Line(kind, name, False) for kind, name in _lasting(channels, language)]
    lines += [Line("location", place.title(language), place.sells) for place in first_locations()]
    cells: dict[tuple[int, int], CellValue] = {}
    for row, line in enumerate(lines, 1):
        cells |= {(row, column): value for column, value in line.cells(at, language).items()}
    return write_cells(sheet_id, cells)


def missing_lines(standing: Standing, channels: Iterable[str], language: str) -> list[Line]:
    """Stock columns are people's own; nobody else knows which there are."""
    if not find_columns("settings", standing.tab.texts()).usable:
        return []
    found = read_settings(standing.tab).lines
    there = {(line.kind, _called(line.kind, line.name)) for line in found}
    return [Line(kind, name) for kind, name in _lasting(channels, language) if (kind, _called(kind, name)) not in there]


def _called(kind: str, name: str) -> str:
    """What tells a line from others of its kind. The whole bridge has one line, a command one in either language."""
    if kind == "bridge":
        return ""
    return "sync" if kind == "command" and is_sync(name) else fold(name)


def appended(standing: Standing, lines: Sequence[Line], language: str) -> list[Request]:
    at = find_columns("settings", standing.tab.texts()).at
    return append_rows(standing.sheet_id, [line.cells(at, language) for line in lines])


def _lasting(channels: Iterable[str], language: str) -> Iterator[tuple[str, str]]:
    yield "bridge", "bridge"
    yield from (("command", title) for title in command_titles(language))
    yield from (("channel", name) for name in channels)
