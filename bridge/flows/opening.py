"""The first start (DESIGN §2): one question per stock column, then everything is opened anew and goes live."""

from __future__ import annotations

from dataclasses import replace

from bridge.domain.edits import Standing
from bridge.domain.push import ListingState
from bridge.domain.reading import Quantity
from bridge.domain.stock import Cause, Movement
from bridge.domain.table import View
from bridge.flows.replan import replan
from bridge.flows.shop import Shop, places
from bridge.ledger.ledger import Tx
from bridge.ledger.values import iso


def ask_openings(tx: Tx) -> None:
    """Is a column's number the one on the shelf, or are unshipped orders taken off already? What is open and what would
    come of it stands in the question."""
    answered = tx.get("opening answers", {})
    balances = tx.stock.balances()
    for location, sells in places(tx).sells.items():
        if not sells or location in answered:
            continue
        here = [balance for (_, where), balance in balances.items() if where == location]
        total = sum(balance.on_hand for balance in here)
        open_units = sum(balance.allocated for balance in here)
        tx.questions.ask("opening", location, {"open": open_units, "total": total, "net_total": total + open_units})


def opening_answered(tx: Tx) -> bool:
    answered = tx.get("opening answers", {})
    return all(location in answered for location, sells in places(tx).sells.items() if sells)


def go_live(tx: Tx, shop: Shop, view: View) -> None:
    """Open everything anew from what the sheet shows now; the channels' open orders follow with their next intake."""
    tx.forget_everything()
    counts: dict[str, int] = {}
    for row in view.rows:
        counts[row.sku] = counts.get(row.sku, 0) + 1
    movements = []
    for row in view.rows:
        if not row.sku or counts[row.sku] != 1:
            continue
        tx.sheet.greet(row.sku, Standing.KNOWN)
        for location, reading in zip(view.locations, row.cells, strict=True):
            if isinstance(reading, Quantity):
                movements.append(Movement(row.sku, location, reading.units, 0, Cause.OPENING, "opening"))
    tx.stock.book(movements)
    for name in shop.channels:
        tx.channels.greet(name)
        tx.channels.change(name, live=False, opened_at=None, watermark=None)
    tx.listings.put(replace(each, state=ListingState(each.key)) for each in tx.listings.all().values())
    net = [location for location, answer in tx.get("opening answers", {}).items() if answer == "net"]
    tx.put("net pending", net)
    tx.put("live", True)
    tx.put("live_at", iso(tx.at))
    replan(tx, shop, {row.sku for row in view.rows if row.sku})


def add_back(tx: Tx, shop: Shop) -> None:
    """Once every channel's open orders are in: columns that had them taken off get them back."""
    net = tx.get("net pending", [])
    if not net or any(tx.channels.get(name).opened_at is None for name in shop.channels):
        return
    movements = [
        Movement(sku, location, balance.allocated, 0, Cause.ANSWER, "opening: unshipped orders added back")
        for (sku, location), balance in tx.stock.balances().items()
        if location in net and balance.stocked and balance.allocated
    ]
    tx.stock.book(movements)
    tx.put("net pending", [])
    replan(tx, shop, {movement.sku for movement in movements})
