"""What shoppers, the warehouse and the malls do."""

from __future__ import annotations

from random import Random
from typing import Any

from bridge.domain.orders import ListingKey
from bridge.ledger.values import iso
from bridge.sandbox.malls.rakuten.records import SHIPPED
from tests.simulation.cast import MALLS, SERVERS
from tests.simulation.malls import number_of, ours, refusal, takes_everything
from tests.simulation.world import Sim


def _shop(sim: Sim, name: str) -> Any:
    return sim.malls[name]


def orders(sim: Sim, dice: Random) -> bool:
    """One listing, at times two, at times all that the mall shows."""
    mall = dice.choice(MALLS)
    mine = [wire for name, wire in sim.wires if name == mall]
    shown = sim.malls[mall].stock()
    wanted = []
    for wire in dice.sample(mine, dice.choice((1, 1, 1, 2))):
        if shown[wire] > 0:
            wanted.append((wire, shown[wire] if dice.random() < 0.08 else dice.randint(1, min(3, shown[wire]))))
    return placed(sim, mall, _shop(sim, mall).place(wanted) if wanted else None)


def placed(sim: Sim, mall: str, number: str | None) -> bool:
    """Note what the mall has just sold, if it has."""
    if number is None:
        return False
    sim.tell(mall, number)
    order = _order(sim, mall, number)
    parts = [sku for line in order.lines for sku in sim.wires[mall, line.listing]]
    sim.marks["bundle across lines"] += len(set(parts)) < len(parts)
    for line in order.lines:
        sim.model.sells((mall, line.listing), sim.line_id(mall, order, line), line.units)
    _read_in_this_second(sim, mall, order)
    return True


def _read_in_this_second(sim: Sim, mall: str, order: Any) -> None:
    """Yahoo tells to the second when an order was placed. One placed right after a reading looks as if it explained
    what that reading showed, which may be an order under review: until the next reading that is not held back."""
    if mall == "yahoo":
        at, began = sim.eye.shown_at(), iso(sim.now().replace(microsecond=0))
        numbers = {line.listing: number_of(mall, line.listing) for line in order.lines}
        sim.model.muddy |= {(mall, each) for each, number in numbers.items() if at.get((mall, number), "") >= began}


def _order(sim: Sim, mall: str, number: str) -> Any:
    return next(each for each in sim.malls[mall].orders() if each.id == number)


def _some_order(sim: Sim, dice: Random) -> tuple[str, Any] | None:
    """One of the younger orders with something to ship."""
    mall = dice.choice(MALLS)
    recent: list[Any] = list(sim.malls[mall].orders()[-30:])
    fitting = [order for order in recent if order.open and ours(order)]
    return (mall, dice.choice(fitting)) if fitting else None


def muddy(sim: Sim, mall: str, order: Any) -> None:
    sim.model.muddy |= {(mall, line.listing) for line in order.lines}


def ships(sim: Sim, dice: Random) -> bool:
    found = _some_order(sim, dice)
    if found is None:
        return False
    mall, order = found
    shop = _shop(sim, mall)
    if shop.ships_in_part and order.open > 1 and dice.random() < 0.3:
        line = dice.choice([line for line in order.lines if line.open])
        shipped = shop.ship(order.id, line.line_id, dice.randint(1, line.open))
    else:
        shipped = shop.ship(order.id)
    sim.tell(mall, order.id)
    return bool(shipped)


def cancels(sim: Sim, dice: Random) -> bool:
    """The order, a line of it or some units; put back on sale there or not."""
    found = _some_order(sim, dice)
    if found is None:
        return False
    mall, order = found
    if mall == "rakuten" and any(line.shipped for line in order.lines):
        return False
    restock = dice.choice((None, True, False))
    restock = None if mall == "eccube" else restock  # which has one way only
    line = dice.choice([line for line in order.lines if line.open])
    units = {"order": None, "line": line.open, "units": 1}[dice.choice(("order", "line", "units"))]
    if units is None or (mall == "yahoo" and units == order.open):  # an order of Yahoo's is never without lines
        done = _shop(sim, mall).cancel(order.id, restock=restock)
    else:
        done = _shop(sim, mall).cancel(order.id, line.line_id, units, restock)
        sim.marks["partial cancel"] += order.open > 0
    if mall == "rakuten" and restock is not None:
        sim.marks["Rakuten cancel with restock" if restock else "Rakuten cancel without restock"] += 1
    muddy(sim, mall, order)
    sim.tell(mall, order.id)
    return bool(done)


def changes(sim: Sim, dice: Random) -> bool:
    """The buyer wants another number of units."""
    found = _some_order(sim, dice)
    if found is None:
        return False
    mall, order = found
    line = dice.choice([line for line in order.lines if line.open])
    units = line.units + dice.choice((-1, 1, 2))
    if (mall == "rakuten" and order.progress >= SHIPPED) or units <= line.shipped + line.cancelled:
        return False
    if mall == "amazon" and units > line.units:
        return False  # it only ever makes orders smaller
    _shop(sim, mall).edit_units(order.id, line.line_id, units)
    muddy(sim, mall, order)
    sim.tell(mall, order.id)
    return True


def says_again(sim: Sim, dice: Random) -> bool:
    """Some messages of before come once more, in any order."""
    trouble = sim.troubles[dice.choice(MALLS)]
    if not trouble.older:
        return False
    trouble.again = dice.randint(1, 2**31)
    sim.marks["old messages again"] += 1
    return True


def delays_feed(sim: Sim, dice: Random) -> bool:
    """New orders show in the feed seconds later, within the mall's published lag."""
    _shop(sim, dice.choice(MALLS)).visible_after = dice.choice((3.0, 6.0, 9.0))
    return True


def speeds_feed(sim: Sim, dice: Random) -> bool:
    mall = _shop(sim, dice.choice(MALLS))
    if not mall.visible_after:
        return False
    mall.visible_after = 0.0
    return True


def edits_there(sim: Sim, dice: Random) -> bool:
    """Somebody types a number in the mall's own admin."""
    mall, wire = dice.choice([each for each in sim.wires if each[0] in SERVERS])  # nobody hears of it from a file mall
    sim.malls[mall].set_stock_by_hand(wire, dice.randint(0, 15))
    sim.model.muddy.add((mall, wire))
    return True


def refuses(sim: Sim, dice: Random) -> bool:
    """A mall will not take an item any more; Amazon and Yahoo say so of one among others. Where one is about to be
    written to, it is that one."""
    about = sim.kind.split(" ")[0]
    mall = about if about in MALLS else dice.choice(MALLS)
    trouble, number = sim.troubles[mall], dice.choice([number for name, number in sim.names if name == mall])
    found = refusal(sim.malls[mall], number)
    if trouble.refusing or (found and found[0]):
        return False
    if found:
        found[0].add(found[1])
    else:
        trouble.refusing.add(ListingKey(mall, number))
    sim.marks["item refused"] += 1
    return True


def takes_again(sim: Sim, dice: Random) -> bool:
    """One of the malls that refused an item."""
    for mall in dice.sample(MALLS, len(MALLS)):
        trouble = sim.troubles[mall]
        if trouble.refusing or takes_everything(sim.malls[mall]):
            trouble.refusing.clear()
            return True
    return False
