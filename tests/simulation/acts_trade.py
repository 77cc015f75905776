"""What shoppers, the warehouse and the malls do."""

from __future__ import annotations

from random import Random
from typing import Any

from bridge.domain.orders import ListingKey
from bridge.sandbox.malls.rakuten.changes import CANCEL_ASKED, REASON_CANCEL
from bridge.sandbox.malls.rakuten.records import BY_SHOP, CANCELLED, SHIPPED, ChangeReason
from tests.simulation.shop import STOCK
from tests.simulation.world import MALLS, Sim


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
    number = _shop(sim, mall).place(wanted) if wanted else None
    if number is None:
        return False
    sim.tell(mall, number)
    for line in _order(sim, mall, number).lines:
        sim.model.sells((mall, line.listing), sim.line_id(mall, _order(sim, mall, number), line), line.units)
    return True


def counter(sim: Sim, dice: Random) -> bool:
    """A sale in the shop goes over the counter at once."""
    shop: Any = sim.malls["shopify"]
    wire = sim.world.wire("shopify", dice.choice(list(STOCK)))
    if shop.stock()[wire] < 1:
        return False
    number = shop.place([(wire, 1)], source="pos")
    if number is None:
        return False
    sim.tell("shopify", number)
    line = _order(sim, "shopify", number).lines[0]
    sim.model.sells(("shopify", wire), sim.line_id("shopify", _order(sim, "shopify", number), line), 1)
    return True


def _order(sim: Sim, mall: str, number: str) -> Any:
    return next(each for each in sim.malls[mall].orders() if each.id == number)


def _some_order(sim: Sim, dice: Random, *, shipped: bool = False) -> tuple[str, Any] | None:
    """One of the younger orders with something to ship, or with something shipped."""
    mall = dice.choice(MALLS)
    recent: list[Any] = list(sim.malls[mall].orders())[-30:]
    fitting = [o for o in recent if (any(line.shipped for line in o.lines) if shipped else o.open)]
    return (mall, dice.choice(fitting)) if fitting else None


def _muddy(sim: Sim, mall: str, order: Any) -> None:
    sim.model.muddy |= {(mall, line.listing) for line in order.lines}


def ships(sim: Sim, dice: Random) -> bool:
    found = _some_order(sim, dice)
    if found is None:
        return False
    mall, order = found
    shop = _shop(sim, mall)
    if shop.ships_in_part and order.open > 1 and dice.random() < 0.3:
        line = dice.choice([line for line in order.lines if line.open])
        shop.ship(order.id, line.line_id, dice.randint(1, line.open))
    else:
        shop.ship(order.id)
    sim.tell(mall, order.id)
    return True


def cancels(sim: Sim, dice: Random) -> bool:
    """The order, a line of it or some units; put back on sale there or not."""
    found = _some_order(sim, dice)
    if found is None:
        return False
    mall, order = found
    if mall == "rakuten" and any(line.shipped for line in order.lines):
        return False
    restock = dice.choice((None, True, False))
    line = dice.choice([line for line in order.lines if line.open])
    how = dice.choice(("order", "line", "units"))
    if how == "order":
        done = _shop(sim, mall).cancel(order.id, restock=restock)
    else:
        done = _shop(sim, mall).cancel(order.id, line.line_id, None if how == "line" else 1, restock)
    _muddy(sim, mall, order)
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
    _shop(sim, mall).edit_units(order.id, line.line_id, units)
    _muddy(sim, mall, order)
    sim.tell(mall, order.id)
    return True


def gives_back(sim: Sim, dice: Random) -> bool:
    """Goods come back; with `restock` Shopify puts them on sale there and says that they returned."""
    shopped = [o for o in list(sim.malls["shopify"].orders())[-30:] if any(line.shipped for line in o.lines)]
    if not shopped:
        return False
    order: Any = dice.choice(shopped)
    line = dice.choice(order.lines)
    units, restock = line.shipped - line.returned, dice.random() < 0.7
    if units < 1:
        return False
    units = dice.randint(1, units)
    _shop(sim, "shopify").return_units(order.id, line.line_id, units, restock)
    sim.marks["goods returned"] += 1
    if restock:
        sim.returned[sim.line_id("shopify", order, line)] += units
    _muddy(sim, "shopify", order)
    sim.tell("shopify", order.id)
    return True


def cancels_late(sim: Sim, dice: Random) -> bool:
    """Rakuten cancels an order that has left the house: the goods are still out."""
    shipped: list[Any] = [o for o in list(sim.malls["rakuten"].orders())[-30:] if not o.open and o.progress == SHIPPED]  # type: ignore[attr-defined]
    if not shipped:
        return False
    order = dice.choice(shipped)
    shop = _shop(sim, "rakuten")
    with shop.lock:
        order.cancelled_at = shop.clock.now()
        order.changes.append(ChangeReason(CANCEL_ASKED, None, BY_SHOP, REASON_CANCEL, order.cancelled_at))
        shop.progress.go(order, CANCELLED, shop.clock.now())
    sim.marks["late cancel"] += 1
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
    mall, wire = dice.choice(list(sim.wires))
    sim.malls[mall].set_stock_by_hand(wire, dice.randint(0, 15))
    sim.model.muddy.add((mall, wire))
    return True


def refuses(sim: Sim, dice: Random) -> bool:
    """A mall will not take an item any more."""
    mall = dice.choice(MALLS)
    trouble = sim.troubles[mall]
    if trouble.refusing:
        return False
    trouble.refusing.add(ListingKey(mall, dice.choice([number for name, number in sim.names if name == mall])))
    sim.marks["item refused"] += 1
    return True


def takes_again(sim: Sim, dice: Random) -> bool:
    trouble = sim.troubles[dice.choice(MALLS)]
    if not trouble.refusing:
        return False
    trouble.refusing.clear()
    return True
