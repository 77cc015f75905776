"""The first start (DESIGN §2): one question per stock column, then everything is opened anew and goes live."""

from __future__ import annotations

from dataclasses import replace

from bridge.domain.booking import line_ref
from bridge.domain.edit_book import Standing
from bridge.domain.push import ListingState
from bridge.domain.reading import Quantity
from bridge.domain.stock import Cause, Movement
from bridge.domain.table import View
from bridge.fault_points import Point, reached
from bridge.flows.count import recount
from bridge.flows.replan import replan
from bridge.flows.shop import Shop, places
from bridge.flows.transit import reopen
from bridge.ledger.ledger import Tx
from bridge.ledger.values import iso
from bridge.sheet.texts import both

_LASTING = ("tab missing", "header", "column gone", "key refused", "channel trouble", "listing missing", "no backup")


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
    left = {
        line_ref(key): (state.snapshot.shipped, state.snapshot.returned)
        for key, state in tx.orders.all().items()
        if state.snapshot.open
    }
    tx.put("opening", {"at": iso(tx.at), "channels": sorted(shop.channels), "left": left})
    for question in tx.questions.open():  # about books that are no more
        if question.kind not in _LASTING:
            tx.questions.close(question.id, both("results", "superseded"))
    for name, nothing in (("write again", []), ("emptied meant", False), ("apart meant", False)):
        tx.put(name, nothing)
    tx.sheet.supersede_waiting()
    tx.purchases.keep(tx.get("live_at", ""))  # while it is known what lay there when they came in
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
    reopen(tx)
    for name in shop.channels:
        tx.channels.greet(name)
        tx.channels.change(name, live=False, opened_at=None, watermark=None)
    tx.listings.put(replace(each, state=ListingState(each.key)) for each in tx.listings.all().values())
    net = [location for location, answer in tx.get("opening answers", {}).items() if answer == "net"]
    tx.put("net pending", net)
    tx.put("opening answers", {})  # another opening is another question
    tx.put("live", True)
    tx.put("live_at", iso(tx.at))
    recount(tx, shop)
    replan(tx, shop, {row.sku for row in view.rows if row.sku})
    reached(Point.OPENED_ANEW)


def add_back(tx: Tx, shop: Shop) -> None:
    """Once every channel's open orders are in: columns that had them taken off get them back. Orders placed since the
    opening were not taken off; what was shipped since is back in, and booked as shipped."""
    net, opening = tx.get("net pending", []), tx.get("opening", {})
    if any(tx.channels.get(name).opened_at is None for name in shop.channels):
        return
    if opening.get("left"):
        tx.put("opening", opening | {"left": {}})  # every channel has opened with it
    if not net:
        return
    balances = tx.stock.balances()
    movements = [
        Movement(*cell, units, 0, Cause.ANSWER, "opening: unshipped orders added back")
        for cell, units in tx.orders.taken_before(opening["at"]).items()
        if cell[1] in net and units and cell in balances and balances[cell].stocked
    ]
    tx.stock.book(movements)
    tx.put("net pending", [])
    replan(tx, shop, {movement.sku for movement in movements})
