"""Month ends: frozen once after midnight of the 1st, in the spreadsheet's zone, or when the bridge comes back; and what
of them is known better since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal

from bridge.domain.costs import Costing, Purchase, unit_costs
from bridge.domain.month_end import Corrected, Line, corrected, end_of, months_due
from bridge.domain.stock import Cause
from bridge.flows.shop import Shop, bridge_live
from bridge.ledger.ledger import Tx
from bridge.ledger.month_ends import Frozen


@dataclass(frozen=True)
class MonthEnd:
    """One frozen month beside what is known now. `changes`: Δ on hand in the month by cause and SKU, as frozen."""

    frozen: Frozen
    lines: tuple[Corrected, ...]
    changes: Mapping[tuple[Cause, str], int]


def purchases(tx: Tx) -> list[Purchase]:
    """What came in and what it cost, as far as accounts have said."""
    prices = tx.purchases.all()
    found: list[Purchase] = []
    at_once: Counter[tuple[str, datetime]] = Counter()  # those booked in one look come one after the other
    for each in tx.purchases.arrivals():
        moment = (each.sku, each.at)
        found.append(Purchase(*moment, each.units, prices[each.key].price, each.lying + at_once[moment]))
        at_once[moment] += each.units
    return found


def costs_at(bought: Iterable[Purchase], costing: Costing, until: datetime) -> dict[str, Decimal]:
    """The cost of one unit by SKU, from what had come in before then."""
    return unit_costs((each for each in bought if each.at < until), costing)


def freeze_due(tx: Tx, shop: Shop, zone: tzinfo, costing: Costing) -> list[str]:
    """Freeze every month that ended since. Its numbers are committed with it or not at all."""
    if not bridge_live(tx):
        return []  # going live opens everything anew
    known = [each.month for each in tx.month_ends.all()]
    due = months_due(tx.reports.first_booked(), known, tx.at, zone)
    bought = purchases(tx) if due else []
    for month in due:
        until = end_of(month, zone)
        frozen = Frozen(month, until, tx.at, tx.stock.newest(), costing)
        changes = _changes(tx, shop, month, zone)
        tx.month_ends.freeze(frozen, stock_at(tx, until, shop.tills), costs_at(bought, costing, until), changes)
    return due


def stock_at(tx: Tx, until: datetime, sold_at_once: Collection[str]) -> list[Line]:
    """What lay where at a moment: what lies there now, less all that moved since."""
    on_hand: Counter[tuple[str, str]] = Counter()
    allocated: Counter[tuple[str, str]] = Counter()
    for key, balance in tx.stock.balances().items():
        on_hand[key], allocated[key] = balance.on_hand, balance.allocated
    for each in tx.reports.booked(sold_at_once, since=until):
        if each.moved_at >= until:
            on_hand[each.sku, each.location] -= each.on_hand
            allocated[each.sku, each.location] -= each.allocated
    return [Line(*key, on_hand[key], allocated[key]) for key in sorted(on_hand) if on_hand[key] or allocated[key]]


def _changes(tx: Tx, shop: Shop, month: str, zone: tzinfo) -> dict[tuple[Cause, str], int]:
    begins = datetime.fromisoformat(f"{month}-01").replace(tzinfo=zone)
    until = end_of(month, zone)
    found: Counter[tuple[Cause, str]] = Counter()
    for each in tx.reports.booked(shop.tills, since=begins):
        if begins <= each.moved_at < until:
            found[each.cause, each.sku] += each.on_hand
    return {key: units for key, units in found.items() if units}


def month_end(tx: Tx, shop: Shop, frozen: Frozen, bought: Iterable[Purchase]) -> MonthEnd:
    """A frozen month, and what is known of it now. What was renamed since stands under the code it had."""
    lines = tx.month_ends.lines(frozen.month)
    now = tx.get("aliases", {})
    then = {now.get(line.sku, line.sku): line.sku for line, _ in lines}
    late: Counter[tuple[str, str]] = Counter()
    promised: Counter[tuple[str, str]] = Counter()
    for each in tx.reports.booked(shop.tills, since=frozen.frozen_at):
        known = each.number <= frozen.through and each.booked_at <= frozen.frozen_at
        if not known and each.moved_at < frozen.until:
            key = (then.get(each.sku, each.sku), each.location)
            late[key] += each.on_hand
            promised[key] += each.allocated
    costs = costs_at(bought, frozen.costing, frozen.until)
    as_then = {then.get(sku, sku): cost for sku, cost in costs.items()}
    moved = {key: (units, promised[key]) for key, units in late.items()}
    return MonthEnd(frozen, tuple(corrected(lines, moved, as_then)), tx.month_ends.changes(frozen.month))
