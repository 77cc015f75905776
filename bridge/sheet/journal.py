"""The hidden journal tab: what stood at a written position, copied there by the sheet inside the write's own batch.

One line: n | {"at": locations, "delta": the one that 増減 changes} | SKU | lock | a stock cell per location | 増減 | a
written quantity per location. `"left": true` in its head says that 増減 was left standing, else the write cleared it.
Where the table has no such column: n | locations | SKU | lock | stock cells | written quantities.
Line n is row n mod R + 1 of the tab; row 0 is its header.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from bridge.domain.deltas import read_delta
from bridge.domain.reading import Blank, CellKind, plain, read_quantity, shown_units
from bridge.domain.table import Line
from bridge.sheet.gateway import Piece
from bridge.sheet.grid import GridCell, Snapshot
from bridge.sheet.requests import Cells, CellValue

SKU_COLUMN = 2
MOST = 10**12 - 1  # the greatest number a token may bear


def row_of(number: int, lines: int) -> int:
    """The row of the tab that bears line `number`; `lines` is R."""
    return 1 + number % lines


def cells_of(
    number: int,
    lines: int,
    locations: Sequence[str],
    written: Mapping[str, int | None],
    delta_at: str = "",
    *,
    clears: bool = True,
) -> Cells:
    """The part of a line that we write ourselves, in the same batch as the quantities."""
    row = row_of(number, lines)
    first = SKU_COLUMN + 2 + len(locations) + bool(delta_at)
    left = {} if clears else {"left": True}
    head = {"at": list(locations), "delta": delta_at, **left} if delta_at else list(locations)
    own: dict[tuple[int, int], CellValue] = {(row, 0): number, (row, 1): json.dumps(head, ensure_ascii=False)}
    return own | {(row, first + i): written.get(location) for i, location in enumerate(locations)}


def pieces(sheet_id: int, numbers: Iterable[int], lines: int) -> list[Piece]:
    """The rows that bear these lines, neighbours together."""
    rows = sorted({row_of(number, lines) for number in numbers})
    found: list[Piece] = []
    for row in rows:
        if found and found[-1].end == row:
            found[-1] = Piece(sheet_id, found[-1].start, row + 1)
        else:
            found.append(Piece(sheet_id, row, row + 1))
    return found


def span(sheet_id: int, first: int, last: int, lines: int) -> list[Piece]:
    """The rows of lines `first` to `last`, both included: one piece, or two where the tab wraps round."""
    if last < first:
        return []
    if last - first + 1 >= lines:
        return [Piece(sheet_id, 1, lines + 1)]
    start, end = row_of(first, lines), row_of(last, lines)
    if start <= end:
        return [Piece(sheet_id, start, end + 1)]
    return [Piece(sheet_id, start, lines + 1), Piece(sheet_id, 1, end + 1)]


def read_lines(snapshot: Snapshot, sheet_id: int) -> tuple[Line, ...]:
    """Every journal line that a reply carried."""
    tab = snapshot.tabs.get(sheet_id)
    whole = list(tab.rows[1:]) if tab else []
    pieces_read = [row for (owner, _), row in sorted(snapshot.sparse.items()) if owner == sheet_id]
    lines = (_line(row) for row in [*whole, *pieces_read])
    return tuple(line for line in lines if line is not None)


def _head(row: Sequence[GridCell]) -> tuple[int, tuple[str, ...], str, bool]:
    """A line's number, its locations, the one that 増減 changes and whether that was left standing; 0 where there is no
    line of ours."""
    nothing = (0, (), "", False)
    if len(row) < SKU_COLUMN or row[0].raw.kind is not CellKind.NUMBER:
        return nothing
    try:
        number, head = int(float(row[0].raw.value or 0)), json.loads(row[1].text)
    except ValueError:
        return nothing
    told = head if isinstance(head, dict) else {"at": head}
    names, delta_at, left = told.get("at"), told.get("delta", ""), told.get("left") is True
    if not 0 < number <= MOST or not isinstance(names, list):
        return nothing
    sound = all(isinstance(name, str) for name in (*names, delta_at))
    return (number, tuple(names), delta_at, left) if sound else nothing


def _line(row: Sequence[GridCell]) -> Line | None:
    number, locations, delta_at, left = _head(row)
    if not number:
        return None
    first = SKU_COLUMN + 2
    then = first + len(locations) + bool(delta_at)
    end = then + len(locations)
    cells = [*row, *[GridCell()] * (end - len(row))]
    return Line(
        number=number,
        sku=plain(cells[SKU_COLUMN].text),
        token=cells[SKU_COLUMN + 1].text.strip(),
        locations=locations,
        before=tuple(read_quantity(cell.raw) for cell in cells[first : first + len(locations)]),
        written=tuple(shown_units(read_quantity(cell.raw)) for cell in cells[then:end]),
        delta=read_delta(cells[then - 1].raw) if delta_at else Blank(),
        delta_at=delta_at,
        delta_left=left,
    )
