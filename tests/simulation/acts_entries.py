"""What staff type into 増減: so many more or fewer than the first stock column shows."""

from __future__ import annotations

from random import Random

from tests.simulation.acts_staff import Grid
from tests.simulation.model import units_of
from tests.simulation.watcher import CHANGED, ENTRY
from tests.simulation.world import Sim

NONSENSE = ("abc", "1.5", "三個")


def _pick(sim: Sim, dice: Random, *, filled: bool = False) -> tuple[Grid, int]:
    """A row whose number stands; 0 where there is none. `filled`: with something in 増減."""
    grid = Grid(sim)
    rows = [
        row
        for row in grid.positions()
        if grid.text(row, CHANGED).removeprefix("-").isdigit() and (grid.text(row, ENTRY) or not filled)
        if CHANGED not in sim.model.rows[grid.text(row, "商品名")].wrong and not grid.asked_about(row, CHANGED)
    ]
    return grid, grid.pick(rows, dice) if rows else 0


def changes(sim: Sim, dice: Random) -> bool:
    """Some came in, or went out; typed over an entry that still stands there it takes its place."""
    grid, row = _pick(sim, dice)
    if not row or CHANGED not in sim.model.rows[grid.text(row, "商品名")].cells:
        return False
    units = units_of(grid.text(row, ENTRY)) + dice.choice((-3, -2, -1, -1, 1, 2, 3, 5))
    if units < 0 and int(grid.text(row, CHANGED)) + units < 0:
        return False
    grid.change(row, str(units))
    return True


def changes_again(sim: Sim, dice: Random) -> bool:
    """What still stands there is typed over, or taken out."""
    grid, row = _pick(sim, dice, filled=True)
    if not row:
        return False
    grid.change(row, dice.choice(("", "1", "2", "4")))
    return True


def changes_nonsense(sim: Sim, dice: Random) -> bool:
    grid, row = _pick(sim, dice)
    if row:
        grid.change(row, dice.choice(NONSENSE))
    return bool(row)
