"""What staff do in 受注: picks ticked, counted and taken back, another shelf, lines of their own."""

from __future__ import annotations

from random import Random

from tests.simulation.cast import LOCATIONS, SELLING, STOCK
from tests.simulation.picked import KINDS, OrderRow
from tests.simulation.tab import Tab
from tests.simulation.world import Sim

MOST_OWN = 6


def _tab(sim: Sim) -> Tab:
    return Tab(sim.sheet, sim.orders_tab)


def _open(sim: Sim, dice: Random, *, by_hand: bool | None = None) -> tuple[int, OrderRow] | None:
    """One of the younger rows that are not done."""
    rows = [(at, row) for at, row in sim.order_rows() if row.number and not row.done]
    rows = [(at, row) for at, row in rows if by_hand is None or row.by_hand == by_hand]
    return dice.choice(rows[-12:]) if rows else None


def ticks(sim: Sim, dice: Random) -> bool:
    """The goods are off the shelf, or it was a mistake."""
    found = _open(sim, dice)
    if found is None:
        return False
    at, row = found
    if row.tick and dice.random() < 0.6:
        return False
    _tab(sim).put(at, "棚出し済", "FALSE" if row.tick else "TRUE")
    return True


def counts(sim: Sim, dice: Random) -> bool:
    """So many are off the shelf."""
    found = _open(sim, dice)
    if found is None:
        return False
    at, row = found
    units = dice.choice((0, 1, 1, 2, row.units, row.units + 1))
    if row.picked == units:
        return False
    _tab(sim).put(at, "棚出し数", str(units))
    return True


def takes_from(sim: Sim, dice: Random) -> bool:
    """From another shelf."""
    found = _open(sim, dice)
    if found is None:
        return False
    place = dice.choice(("", *LOCATIONS))
    if place == found[1].at:
        return False
    _tab(sim).put(found[0], "場所", place)
    return True


def writes(sim: Sim, dice: Random) -> bool:
    """An order by telephone, in the first free row; some are left half written."""
    tab = _tab(sim)
    if sum(row.by_hand and not row.done for _, row in sim.order_rows()) >= MOST_OWN:
        return False
    said = {"モール・種類": dice.choice(KINDS), "SKU": dice.choice(list(STOCK)), "数量": str(dice.choice((1, 1, 2, 3)))}
    if dice.random() < 0.3:
        said["場所"] = dice.choice(SELLING)
    left = dice.choice(list(said)) if dice.random() < 0.3 else ""
    at = tab.below()
    for header, text in said.items():
        if header != left:
            tab.put(at, header, text)
    sim.marks["own line half written"] += left in ("SKU", "数量", "モール・種類")
    return True


def finishes(sim: Sim, dice: Random) -> bool:
    """What a person's line lacks is filled in."""
    tab = _tab(sim)
    for at, row in sim.order_rows():
        if (row.number and row.sku) or row.order or not (row.by_hand or row.sku):
            continue
        lacks = {"モール・種類": not row.mall, "SKU": not row.sku, "数量": not row.units}
        texts = {"モール・種類": dice.choice(KINDS), "SKU": dice.choice(list(STOCK)), "数量": "2"}
        for header in [each for each, lacking in lacks.items() if lacking]:
            tab.put(at, header, texts[header])
            return True
    return False


def changes(sim: Sim, dice: Random) -> bool:
    """Another number of units, none at all, or another product."""
    found = _open(sim, dice, by_hand=True)
    if found is None:
        return False
    at, row = found
    header, text = dice.choice(
        (("数量", "1"), ("数量", "2"), ("数量", "4"), ("数量", "0"), ("SKU", dice.choice(list(STOCK))))
    )
    if text in (str(row.units), row.sku):
        return False
    _tab(sim).put(at, header, text)
    return True


def copies(sim: Sim, dice: Random) -> bool:
    """A row with its number and its tick, under the others."""
    rows, tab = sim.order_rows(), _tab(sim)
    if not rows or sum(row.by_hand and not row.done for _, row in rows) >= MOST_OWN:
        return False
    at, row = dice.choice(rows[-12:])
    tab.copy(at, tab.below())
    sim.marks["order row copied"] += bool(row.number)
    return True


def deletes(sim: Sim, dice: Random) -> bool:
    """The bridge writes it again as long as it is open."""
    found = _open(sim, dice)
    if found is None:
        return False
    sim.sheet.delete_rows(sim.orders_tab, found[0], found[0] + 1)
    return True


def sorts(sim: Sim, dice: Random) -> bool:
    _tab(sim).sort(dice.choice(("SKU", "モール・種類", "注文番号", "数量")))
    return True


def inserts(sim: Sim, dice: Random) -> bool:
    last = _tab(sim).below()  # not at the top: the row would look like the header, and 007 would become 7
    if last > 2:
        sim.sheet.insert_rows(sim.orders_tab, dice.randint(2, last))
    return last > 2
