"""The row update (DESIGN §4): which batch the table needs next, told from one view and the row updates under way.

    lock     `✓ 17` → `🔒 18` over the whole lock column, by content
    write    per row: the sheet copies what stands there into its journal line, then line, quantities, free token and
             bridge-owned cells are written; one atomic batch
    back     `🔒 18` → `✓ 18` by content, where the row turns out not to be ours to write

There is no other state than the ledger's intents: after a lost reply, a kill or a late request the same question, asked
of a fresh view, gives the next step. This follows `bridge` of the protocol model.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bridge.domain.edit_book import TokenNeed
from bridge.domain.table import Row
from bridge.domain.tokens import free, locked
from bridge.sheet import journal
from bridge.sheet.layout import Columns
from bridge.sheet.requests import (
    CellValue,
    Request,
    box,
    copy_values,
    replace_one,
    replace_token,
    write_cells,
)
from bridge.sheet.views import OWNED, StockTab


@dataclass(frozen=True)
class RowWrite:
    """One row at its position: `number` is the journal line and the free token; `quantities` only of cells that are
    stocked; `owned` the bridge-owned cells; `delta_at` the one of them that an entry in 増減 is part of, which is
    cleared; "" where it is left alone."""

    position: int
    number: int
    quantities: Mapping[str, int]
    owned: Mapping[str, CellValue]
    delta_at: str = ""


@dataclass(frozen=True)
class OwnedWrite:
    """Only bridge-owned cells change: written at the position, unlocked by content, no journal line."""

    position: int
    lock_number: int
    owned: Mapping[str, CellValue]


def lock_requests(stock: StockTab, locks: Iterable[tuple[str, int]]) -> list[Request]:
    """(token as displayed, lock number) each."""
    return [_replace(stock, token, locked(number)) for token, number in locks]


def unlock_requests(stock: StockTab, numbers: Iterable[int]) -> list[Request]:
    """The same token, free again: it says the same about the content, also in copies."""
    return [_replace(stock, locked(number), free(number)) for number in numbers]


def token_requests(stock: StockTab, needs: Iterable[tuple[TokenNeed, int]]) -> list[Request]:
    """A lock cell gets a token of its own if it still shows what we saw there."""
    sheet, column = stock.tab.sheet_id, stock.columns.at["lock"]
    return [replace_one(sheet, column, need.position, need.token, free(number)) for need, number in needs]


def _replace(stock: StockTab, old: str, new: str) -> Request:
    return replace_token(stock.tab.sheet_id, stock.columns.at["lock"], stock.columns.header_row + 1, old, new)


def write_requests(stock: StockTab, journal_sheet: int, journal_lines: int, rows: Sequence[RowWrite]) -> list[Request]:
    """Copy to the journal first, then the lines and the rows. `rows` by position, their numbers neighbours. 増減 is
    copied of every row, cleared or not: another one may stand there by then, whose entry stays."""
    columns, beside = stock.columns, stock.view.delta_at if stock.view else ""
    requests = [
        copy_values(
            box(stock.tab.sheet_id, (block[0].position, block[-1].position + 1), (source, source + width)),
            journal_sheet,
            journal.row_of(block[0].number, journal_lines),
            target,
        )
        for block in _blocks(rows, journal_lines)
        for source, width, target in _journal_runs(columns, with_delta=bool(beside))
    ]
    lines: dict[tuple[int, int], CellValue] = {}
    cells: dict[tuple[int, int], CellValue] = {}
    names = tuple(columns.locations)
    for row in rows:
        clears = bool(row.delta_at)
        lines.update(journal.cells_of(row.number, journal_lines, names, row.quantities, beside, clears=clears))
        cells.update(_row_cells(columns, row))
    return requests + write_cells(journal_sheet, lines) + write_cells(stock.tab.sheet_id, cells)


def owned_requests(stock: StockTab, rows: Sequence[OwnedWrite]) -> list[Request]:
    """The unlock comes last and is by content, never by position."""
    cells = {at: value for row in rows for at, value in _cells(stock.columns, row.position, row.owned)}
    return write_cells(stock.tab.sheet_id, cells) + unlock_requests(stock, [row.lock_number for row in rows])


def heal_requests(stock: StockTab, wanted: Mapping[int, Mapping[str, CellValue]]) -> list[Request]:
    """Bridge-owned cells that show something else, by position. Idempotent; needs no lock."""
    cells = {at: value for position, owned in wanted.items() for at, value in _cells(stock.columns, position, owned)}
    return write_cells(stock.tab.sheet_id, cells)


def clear_requests(stock: StockTab, rows: Iterable[Row]) -> list[Request]:
    """A row without a product, in which a write of ours landed, shows zeros by now: they go, each only where the cell
    still shows it, and so does the token. Another row may stand there at that moment: a blank where 0 was is still 0,
    and the token, which went with its own row, tells the next look that its zeros stand there still."""
    rows, sheet, requests = list(rows), stock.tab.sheet_id, []
    for row in rows:
        for column in stock.columns.locations.values():
            if (shown := stock.tab.text(row.position, column)) == "0":
                requests.append(replace_one(sheet, column, row.position, shown, ""))
        requests.append(replace_one(sheet, stock.columns.at["lock"], row.position, row.token, ""))
    owned = {at: None for row in rows for at, _ in _cells(stock.columns, row.position, dict.fromkeys(OWNED))}
    return requests + write_cells(sheet, owned)


def _row_cells(columns: Columns, row: RowWrite) -> dict[tuple[int, int], CellValue]:
    cells: dict[tuple[int, int], CellValue] = {(row.position, columns.at["lock"]): free(row.number)}
    cells.update({(row.position, columns.locations[name]): units for name, units in row.quantities.items()})
    if row.delta_at:
        cells[row.position, columns.at["delta"]] = None
    cells.update(_cells(columns, row.position, row.owned))
    return cells


def _cells(
    columns: Columns, position: int, values: Mapping[str, CellValue]
) -> Iterator[tuple[tuple[int, int], CellValue]]:
    """Where the values of one row go, by role; one without a column in this table goes nowhere."""
    return (((position, columns.at[role]), value) for role, value in values.items() if role in columns.at)


def _blocks(rows: Sequence[RowWrite], journal_lines: int) -> list[list[RowWrite]]:
    """Rows whose positions and journal lines are neighbours share a request."""
    blocks: list[list[RowWrite]] = []
    for row in rows:
        last = blocks[-1][-1] if blocks else None
        if (
            last is not None
            and row.position == last.position + 1
            and journal.row_of(row.number, journal_lines) == journal.row_of(last.number, journal_lines) + 1
        ):
            blocks[-1].append(row)
        else:
            blocks.append([row])
    return blocks


def _journal_runs(columns: Columns, *, with_delta: bool) -> list[tuple[int, int, int]]:
    """(source column, width, journal column) of the copied cells: SKU, lock, stock, 増減; neighbours together."""
    sources = [columns.at["sku"], columns.at["lock"], *columns.locations.values()]
    sources += [columns.at["delta"]] if with_delta else []
    runs: list[tuple[int, int, int]] = []
    for i, source in enumerate(sources):
        if runs and runs[-1][0] + runs[-1][1] == source:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1, runs[-1][2])
        else:
            runs.append((source, 1, journal.SKU_COLUMN + i))
    return runs
