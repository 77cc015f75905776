"""What happens in one mall only: Shopify's till and returns, Rakuten's late cancellations, Amazon's own warehouse and
its unpaid orders, Yahoo's reviews and tokens."""

from __future__ import annotations

from random import Random
from typing import Any

from bridge.sandbox.malls.amazon.records import BY_AMAZON, MERCHANT
from bridge.sandbox.malls.rakuten.changes import CANCEL_ASKED, REASON_CANCEL
from bridge.sandbox.malls.rakuten.records import BY_SHOP, CANCELLED, SHIPPED, ChangeReason
from tests.simulation.acts_trade import muddy, placed
from tests.simulation.cast import STOCK
from tests.simulation.malls import FBA, under_review
from tests.simulation.world import Sim


def counter(sim: Sim, dice: Random) -> bool:
    """A sale in the shop goes over the counter at once."""
    shop: Any = sim.malls["shopify"]
    wire = sim.world.wire("shopify", dice.choice(list(STOCK)))
    if shop.stock()[wire] < 1:
        return False
    return placed(sim, "shopify", shop.place([(wire, 1)], source="pos"))


def gives_back(sim: Sim, dice: Random) -> bool:
    """Goods come back; with `restock` Shopify puts them on sale there and says that they returned."""
    shop: Any = sim.malls["shopify"]
    shopped = [o for o in shop.orders()[-30:] if any(line.shipped for line in o.lines)]
    if not shopped:
        return False
    order: Any = dice.choice(shopped)
    line = dice.choice(order.lines)
    units, restock = line.shipped - line.returned, dice.random() < 0.7
    if units < 1:
        return False
    units = dice.randint(1, units)
    shop.return_units(order.id, line.line_id, units, restock)
    sim.marks["goods returned"] += 1
    if restock:
        sim.returned[sim.line_id("shopify", order, line)] += units
    muddy(sim, "shopify", order)
    sim.tell("shopify", order.id)
    return True


def cancels_late(sim: Sim, dice: Random) -> bool:
    """Rakuten cancels an order that has left the house: the goods are still out."""
    shop: Any = sim.malls["rakuten"]
    shipped = [o for o in shop.orders()[-30:] if not o.open and o.progress == SHIPPED]
    if not shipped:
        return False
    order = dice.choice(shipped)
    with shop.lock:
        order.cancelled_at = shop.clock.now()
        order.changes.append(ChangeReason(CANCEL_ASKED, None, BY_SHOP, REASON_CANCEL, order.cancelled_at))
        shop.progress.go(order, CANCELLED, shop.clock.now())
    sim.marks["late cancel"] += 1
    return True


def buys_from_amazon(sim: Sim, _dice: Random) -> bool:
    """What lies in Amazon's warehouse is no matter of ours."""
    return sim.malls["amazon"].buy(FBA, 1) is not None


def offers_both_ways(sim: Sim, _dice: Random) -> bool:
    """Someone has us ship what lies in Amazon's warehouse, too, or thinks better of it. A number of ours would turn the
    offer into one that we alone ship."""
    shop: Any = sim.malls["amazon"]
    offer = shop.item(FBA[0])
    with shop.lock:
        offer.channels = [BY_AMAZON] if MERCHANT in offer.channels else [BY_AMAZON, MERCHANT]
        shop.touch()
    return True


def orders_unpaid(sim: Sim, dice: Random) -> bool:
    """Amazon keeps the units for six days, until they are paid for in a shop."""
    shop: Any = sim.malls["amazon"]
    wire = sim.world.wire("amazon", dice.choice(list(STOCK)))
    return placed(sim, "amazon", shop.place([(wire, 1)], payment="shop"))


def pays(sim: Sim, dice: Random) -> bool:
    shop: Any = sim.malls["amazon"]
    unpaid = [order for order in shop.orders()[-30:] if order.paid_at is None and order.cancelled_at is None]
    if not unpaid:
        return False
    shop.pay(dice.choice(unpaid).id)
    return True


def orders_under_review(sim: Sim, dice: Random) -> bool:
    """Yahoo lowers its number at once and shows the order to nobody, its shop neither."""
    shop: Any = sim.malls["yahoo"]
    wire = dice.choice([wire for mall, wire in sim.wires if mall == "yahoo"])
    return placed(sim, "yahoo", shop.place([(wire, 1)], held=True))


def ends_review(sim: Sim, dice: Random) -> bool:
    shop: Any = sim.malls["yahoo"]
    waiting = [order.id for order in shop.orders() if under_review(order)]
    if not waiting:
        return False
    shop.review(dice.choice(waiting))
    return True


def ends_token(sim: Sim, _dice: Random) -> bool:
    """Yahoo takes the access token no more, in the middle of a round. Not the one that it has just given for that
    reason: a Yahoo that refuses this too is one that a person must look after."""
    shop: Any = sim.malls["yahoo"]
    if not shop.state.access or sim.asked_yahoo == sim.token_ended + 2:
        return False
    sim.token_ended = sim.asked_yahoo
    shop.state.access.clear()
    return True
