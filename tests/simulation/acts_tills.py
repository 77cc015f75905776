"""What happens at the tills: they sell, take back, are counted, take goods in, lose some, and are offline meanwhile."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

from tests.simulation.cast import TILLS, sold_at
from tests.simulation.world import Sim

Wire = tuple[str, str]


def _thing(sim: Sim, dice: Random) -> tuple[str, Any, str, Wire, int]:
    """A till, its simulator, a SKU that it sells, how it calls it, and the number that it shows."""
    name = dice.choice(TILLS)
    till, sku = sim.malls[name], dice.choice(sold_at(name))
    wire = sim.world.wire(name, sku)
    return name, till, sku, wire, till.stock()[wire]


def sells(sim: Sim, dice: Random) -> bool:
    """Over the counter: what lies there, and now and then more than the till believes."""
    name, till, _, wire, shown = _thing(sim, dice)
    units = dice.randint(1, 2)
    if shown < units and dice.random() < 0.95:
        return False
    sim.marks["till sold what the books had not"] += shown < units
    sim.till_sales.append((name, till.place([(wire, units)])))
    return True


def sells_offline(sim: Sim, dice: Random) -> bool:
    """The till was offline: a sale of hours ago arrives."""
    name, till, _, wire, shown = _thing(sim, dice)
    if shown < 1:
        return False
    at = sim.now() - timedelta(seconds=dice.choice((30, 600, 5 * 3600)))
    sim.till_sales.append((name, till.place([(wire, 1)], till_at=at)))
    sim.marks["offline till sale arrived late"] += 1
    return True


def voids(sim: Sim, dice: Random) -> bool:
    """A sale is undone, of just now or of long ago."""
    if not sim.till_sales:
        return False
    old = dice.random() < 0.5
    name, sale = sim.till_sales.pop(0 if old else -1)
    if not sim.malls[name].cancel(sale):
        return False
    sim.marks["old receipt voided"] += old
    return True


def gives_back(sim: Sim, dice: Random) -> bool:
    """A customer brings something back, without a receipt."""
    _, till, _, wire, _ = _thing(sim, dice)
    till.give_back(wire, 1)
    return True


def counts(sim: Sim, dice: Random) -> bool:
    """The shelf is counted at the till."""
    name, till, sku, wire, shown = _thing(sim, dice)
    till.set_stock_by_hand(wire, max(0, shown + dice.choice((-2, -1, 1, 2, 3))))
    sold = [sale for line, sale in sim.model.sales.items() if line[0] != name and sku in sale.parts]
    on_its_way = any(sale.story[-1][0] for sale in sold)
    sim.marks["counted at the till during an online sale"] += on_its_way
    return True


def receives(sim: Sim, dice: Random) -> bool:
    _, till, _, wire, _ = _thing(sim, dice)
    till.receive(wire, dice.randint(1, 3))
    return True


def loses(sim: Sim, dice: Random) -> bool:
    _, till, _, wire, shown = _thing(sim, dice)
    if shown < 1:
        return False
    till.lose(wire, 1)
    return True


def is_late(sim: Sim, dice: Random) -> bool:
    """Its history shows rows seconds later than its number."""
    till = sim.malls[dice.choice(TILLS)]
    till.visible_after = 0.0 if till.visible_after else dice.choice((3.0, 6.0))
    return True
