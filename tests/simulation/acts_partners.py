"""What partners do who are reached by files: take ours when they like, send theirs late, in halves and twice."""

from __future__ import annotations

from random import Random

from tests.simulation.cast import SHELVES, WAREHOUSE, sold_at
from tests.simulation.world import Sim

PLACE = SHELVES.get(WAREHOUSE, "")


def takes(sim: Sim, _dice: Random) -> bool:
    """The mall imports the file that lies there."""
    if not sim.file_mall.waiting():
        return False
    sim.market.file_taken(sim.file_mall.take())
    sim.marks["file of ours taken"] += 1
    return True


def tells_changes(sim: Sim, dice: Random) -> bool:
    """Goods come in or go at the warehouse; its file may lie there half written for a while."""
    if sim.warehouse.half:
        return False
    half = dice.random() < 0.3
    if not sim.warehouse.changes({sku: dice.randint(-1, 5) for sku in sold_at(WAREHOUSE)}, half=half):
        return False
    sim.marks["half-written file"] += half
    return True


def finishes(sim: Sim, _dice: Random) -> bool:
    return sim.warehouse.finish()


def tells_again(sim: Sim, _dice: Random) -> bool:
    """The same changes once more, under another name: nobody may book them."""
    if sim.warehouse.half or not sim.warehouse.again():
        return False
    sim.marks["doubled delta file"] += 1
    return True


def ships(sim: Sim, dice: Random) -> bool:
    sim.warehouse.ships(dice.choice(sold_at(WAREHOUSE)), 1)
    return True


def ships_for_a_mall(sim: Sim, dice: Random) -> bool:
    """It tells of an order that its mall tells of too."""
    known = [line for line in sim.eye.lines if line[0] in ("rakuten", "yahoo") and line in sim.model.sales]
    if not known:
        return False
    line = dice.choice(known)
    sku = next(iter(sim.model.sales[line].parts))
    if sku not in sold_at(WAREHOUSE):
        return False
    sim.warehouse.ships_for(line[1], sku, 1)
    sim.marks["shipment told by mall and warehouse"] += 1
    return True


def counts(sim: Sim, dice: Random) -> bool:
    """A stock file, once everything of before was taken in."""
    books = sim.eye.books()[0]
    if sim.warehouse.half or sim.warehouse.pending() or not sim.model.told_by(WAREHOUSE, books):
        return False
    if any(sim.eye.counted[sku, PLACE] != more for sku, more in sim.warehouse.counted.items()):
        return False  # the last count is not in the books yet
    found = {sku: dice.choice((0, 0, -1, 2)) for sku in sold_at(WAREHOUSE)}
    found = {sku: max(-max(0, books.lies(sku, PLACE)), more) for sku, more in found.items()}
    if any(books.lies(sku, PLACE) < 0 for sku in found):
        return False
    sim.warehouse.counts(lambda sku: books.lies(sku, PLACE), found)
    sim.marks["counted by the warehouse"] += 1
    return True
