"""What staff bring back from earlier: a deleted row, an older version of the spreadsheet, an older row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from random import Random
from typing import Any, TypeVar

from tests.simulation.acts_staff import Grid
from tests.simulation.cast import LOCATIONS, STOCK
from tests.simulation.model import Row, SheetRow, units_of
from tests.simulation.watcher import CHANGED
from tests.simulation.world import Sim

T = TypeVar("T")


def undoes(sim: Sim, _dice: Random) -> bool:
    """Ctrl+Z brings a deleted row back."""
    for each in reversed(sim.gone):
        name, row, deleted = each
        if deleted is not None and name not in sim.model.rows:
            sim.sheet.undo(deleted)
            sim.gone.remove(each)
            sim.model.rows[name] = row
            _brings_back(sim)
            return True
    return False


def notes_version(sim: Sim, _dice: Random) -> bool:
    """Google keeps a version now and then."""
    sim.saved.append((sim.sheet_writes(), sim.sheet.book, sim.model.kept()))
    return False


def _untold(sim: Sim, sku: str, lock: str) -> bool:
    """Whether a lock cell tells nothing of the row's content: then the same number is the same content."""
    return sim.eye.contained(sku, "本社倉庫", lock) is None


def _means_the_same(row: Row, meant: Row, shown: SheetRow, now: SheetRow) -> None:
    """Cells that show what they showed before mean what they meant; so does a number that is the same with the entry in
    増減 beside it. Another entry beside the same number is that many more."""
    for at in LOCATIONS:
        same, more = shown.cells[at] == now.cells[at], 0
        if at == CHANGED:
            more = units_of(now.entry) - units_of(shown.entry)
            if more and units_of(shown.cells[at]) - units_of(now.cells[at]) == more:
                same, more = True, 0
        if same:
            _same_entry(row.cells, meant.cells, at)
            _same_entry(row.wrong, meant.wrong, at)
            if more:
                row.cells[at] += more


def _same_entry(entries: dict[str, T], others: Mapping[str, T], at: str) -> None:
    if at in others:
        entries[at] = others[at]
    else:
        entries.pop(at, None)


def _before(rows: Iterable[SheetRow], name: str, sku: str) -> SheetRow | None:
    """The same row as it was, or the one row of that product: one that comes back beside it is no other."""
    mine = [row for row in rows if row.sku == sku]
    same = [row for row in mine if row.name == name] or mine
    return same[0] if len(same) == 1 else None


def restores_version(sim: Sim, dice: Random) -> bool:
    """File > Version history > Restore: what people had typed since is undone, as they asked."""
    if not (versions := sim.kept_versions()):
        return False
    book, rows = dice.choice(versions)
    meant, before = sim.model.rows, {row.name: row for row in sim.rows()}
    ticked = {line.memo for _, line in sim.written_lines() if line.ticked}
    sim.sheet.restore(book)
    sim.written.ticks.update(line.memo for _, line in sim.written_lines() if line.ticked and line.memo not in ticked)
    deleted, now = [row for _, row, _ in sim.gone], {row.name: row for row in sim.rows()}
    sim.model.rows = {name: sim.model.goes_back(row, now[name].cells, deleted) for name, row in rows.items()}
    for name, row in now.items():
        was = _before(before.values(), name, row.sku)
        if was and _untold(sim, row.sku, row.lock):
            _means_the_same(sim.model.rows[name], meant[was.name], was, row)
    sim.edited |= {row.sku for row in rows.values()}
    sim.gone.clear()
    sim.last_entry = None
    _brings_back(sim)
    sim.marks["version restored"] += 1
    return True


def pastes_older_row(sim: Sim, dice: Random) -> bool:
    """A whole row as it was some time ago, over the row as it is; at times without what stood in its lock cell."""
    grid = Grid(sim)
    if not (versions := sim.kept_versions()):
        return False
    book, rows = dice.choice(versions)
    old: Any = book.sheet(sim.stock)
    if [cell.entered for cell in old.rows[0].cells] != [cell.entered for cell in grid.sheet.rows[0].cells]:
        return False  # the columns were moved since
    there = {str(old.cell(i, grid.at["商品名"]).entered): i for i in range(1, len(old.rows))}
    mine = {grid.text(row, "商品名"): row for row in grid.positions()}
    both = [name for name in mine if name in there and rows[name].sku == sim.model.rows[name].sku]
    if not both:
        return False
    name = dice.choice(both)
    cells = old.rows[there[name]].span(0, len(grid.at))
    meant, shown = sim.model.rows[name], next(row for row in sim.rows() if row.name == name)
    sim.sheet.change(lambda edit: edit.book.sheet(sim.stock).put_span(mine[name], 0, cells))
    now = next(row for row in sim.rows() if row.name == name)
    sim.model.rows[name] = sim.model.goes_back(rows[name], now.cells)
    sim.edited.add(rows[name].sku)
    if dice.random() < 0.3:
        grid.put(mine[name], "ロック", "")
    if _untold(sim, rows[name].sku, grid.text(mine[name], "ロック")):
        _means_the_same(sim.model.rows[name], meant, shown, now)
    _brings_back(sim)
    sim.marks["older row pasted"] += 1
    return True


def _brings_back(sim: Sim) -> None:
    """What came back may have come with a lock cell that somebody had cleared, with the token of the row that a new
    product was copied from, or with one that a ledger gave which is no more."""
    for row in sim.rows():
        strange = row.sku not in STOCK or row.sku in sim.ever_cleared or sim.marks["ledger restored"] > 0
        if (strange and sim.eye.expected(row.sku, "本社倉庫", row.lock) is None) or row.lock[:1] not in ("✓", "🔒"):
            sim.cleared.add(row.sku)
            sim.ever_cleared.add(row.sku)
