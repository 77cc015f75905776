"""What happens in one own shop only: WooCommerce's payments and refunds, EC-CUBE's orders that its list hides."""

from __future__ import annotations

from random import Random
from typing import Any

from bridge.sandbox.malls.eccube.records import NEW
from bridge.sandbox.malls.woocommerce.records import PENDING, PROCESSING
from tests.simulation.acts_trade import muddy, placed
from tests.simulation.world import Sim

PAYING = 7  # 決済処理中


def _wire(sim: Sim, mall: str, dice: Random) -> tuple[str, str]:
    return dice.choice([wire for name, wire in sim.wires if name == mall])


def orders_unpaid(sim: Sim, dice: Random) -> bool:
    """WooCommerce shows the order and keeps its number until somebody pays."""
    shop: Any = sim.malls["woocommerce"]
    number = shop.place([(_wire(sim, "woocommerce", dice), 1)], status=PENDING)
    if number is None:
        return False
    sim.tell("woocommerce", number)
    return True


def pays(sim: Sim, dice: Random) -> bool:
    shop: Any = sim.malls["woocommerce"]
    unpaid = [order for order in shop.orders()[-30:] if order.status == PENDING]
    if not unpaid:
        return False
    order = dice.choice(unpaid)
    shop.set_status(order.id, PROCESSING)
    for line in order.lines:
        sim.model.sells(("woocommerce", line.listing), sim.line_id("woocommerce", order, line), line.units)
    sim.marks["Woo order paid later"] += 1
    return True


def refunds(sim: Sim, dice: Random) -> bool:
    """Money back for a unit, shipped or not; WooCommerce puts it back on sale at a tick only."""
    shop: Any = sim.malls["woocommerce"]
    fitting = [
        (order, line)
        for order in shop.orders()[-30:]
        for line in order.lines
        if order.status not in (PENDING,) and (line.open or line.shipped > line.returned) and line.refunded < line.units
    ]
    if not fitting:
        return False
    order, line = dice.choice(fitting)
    restock = dice.random() < 0.5
    shop.refund(order.id, {line.line_id: 1}, restock=restock)
    # The mark tells how many were put back in all: those refunded before the shipment count as put back first.
    put_back = line.units - line.cancelled - (line.reduced or 0)
    sim.returned[sim.line_id("woocommerce", order, line)] = max(0, min(line.returned, put_back))
    sim.marks["Woo refund with restock" if restock else "Woo refund without restock"] += 1
    muddy(sim, "woocommerce", order)
    sim.tell("woocommerce", order.id)
    return True


def orders_hidden(sim: Sim, dice: Random) -> bool:
    """An order whose payment is under way holds stock in EC-CUBE, and its list leaves it out."""
    shop: Any = sim.malls["eccube"]
    if not placed(sim, "eccube", shop.place([(_wire(sim, "eccube", dice), 1)], status=PAYING)):
        return False
    sim.marks["EC-CUBE order hidden in status 7"] += 1
    return True


def payment_ends(sim: Sim, dice: Random) -> bool:
    """It is paid, or given up, which puts its units back on sale."""
    shop: Any = sim.malls["eccube"]
    hidden = [order for order in shop.orders()[-30:] if order.status == PAYING]
    if not hidden:
        return False
    order = dice.choice(hidden)
    if dice.random() < 0.6:
        shop.set_status(order.id, NEW)
    else:
        shop.give_up_payment(order.id)
        muddy(sim, "eccube", order)
        sim.model.vanished |= {sim.line_id("eccube", order, line) for line in order.lines}  # no list shows it again
    sim.tell("eccube", order.id)
    return True
