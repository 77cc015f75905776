"""What 受注 asks people: packed goods that nobody wants any more, picks that the mall was not told of by evening, holds
that have run out. Each is asked as long as it is so, and settles itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bridge.domain.booking import LineState, ProblemCode, line_ref
from bridge.domain.mapping import few
from bridge.domain.orders import LineKey
from bridge.domain.picks import HAND, OrderRow, RowStage, last_evening
from bridge.flows.handwritten import cancel
from bridge.flows.line_books import book_hand
from bridge.flows.order_page import Page
from bridge.flows.shop import Shop
from bridge.ledger.ledger import Tx
from bridge.sheet.texts import both

BOX_OUT = ProblemCode.PICKED_AND_CANCELLED.value
UNREPORTED = "picked, not reported"
HOLD_OVER = "hold over"
LEFT = ProblemCode.CANCELLED_AFTER_SHIPMENT.value
EXTENSION = timedelta(days=7)


def ask_about(tx: Tx, shop: Shop, page: Page) -> None:
    """Harmless to repeat."""
    if not page.live:
        return
    rows, states = [row for row in page.rows.values() if not row.stage.closed], page.states
    _ask(tx, BOX_OUT, {line_ref(key): _box(state) for key, state in states.items() if state.excess})
    _ask(tx, UNREPORTED, _unreported(tx, shop, rows, states))
    _ask(tx, HOLD_OVER, _holds_over(tx, shop, rows, states))


def _ask(tx: Tx, kind: str, now: Mapping[str, Mapping[str, Any]]) -> None:
    for question in tx.questions.open():
        if question.kind == kind and question.subject not in now:
            tx.questions.close(question.id, both("results", "settled itself"))
    for subject, data in now.items():
        tx.questions.ask(kind, subject, data)


def _box(state: LineState) -> dict[str, Any]:
    packed = state.excess
    return {"units": sum(packed.values()), "sku": "、".join(packed), **vars(state.snapshot.key)}


def _unreported(
    tx: Tx, shop: Shop, rows: Iterable[OrderRow], states: Mapping[LineKey, LineState]
) -> dict[str, dict[str, Any]]:
    """Orders picked before the last evening that their mall still takes for unshipped, by mall."""
    evening = last_evening(tx.at, shop.evening, shop.zone)
    found: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        late = row.picked_at is not None and row.picked_at <= evening
        if late and row.key.channel != HAND and row.key in states and states[row.key].progress(row.sku).unreported:
            found[row.key.channel].add(row.key.order)
    return {channel: {"count": len(orders), "orders": few(sorted(orders))} for channel, orders in found.items()}


def _holds_over(
    tx: Tx, shop: Shop, rows: Iterable[OrderRow], states: Mapping[LineKey, LineState]
) -> dict[str, dict[str, Any]]:
    today = tx.at.astimezone(shop.zone).date()
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        until = max((day for day in (row.until, row.extended) if day is not None), default=None)
        if until is not None and until < today and row.key in states:
            units = states[row.key].progress(row.sku).open
            found[str(row.number)] = {"until": until.isoformat(), "sku": row.sku, "units": units}
    return found


# --- answers ---------------------------------------------------------------------------------------------------------


def settle_box(tx: Tx, shop: Shop, data: Mapping[str, Any], choice: str) -> None:
    """The goods are back on the shelf; or they had gone out, as of an order that was cancelled after its shipment."""
    key = LineKey(data["channel"], data["shop"], data["order"], data["line"])
    state = tx.orders.of_orders(key.channel, key.shop, [key.order]).get(key)
    if state is None:
        return
    rows = {row.sku: row for row in tx.order_rows.open() if row.key == key}
    packed = state.excess
    for sku, units in packed.items():
        hand = state.hand(sku)
        if choice == "back":
            state = book_hand(tx, shop, state, replace(hand, picked=hand.picked - units))
        else:
            state = book_hand(tx, shop, state, replace(hand, left=hand.picked))
        if sku in rows:
            tx.order_rows.put([replace(rows[sku], picked=state.hand(sku).picked)])
    if packed and choice == "left":
        data = {**vars(key), "units": sum(packed.values()), "sku": "、".join(packed), "parts": packed}
        tx.questions.ask(LEFT, line_ref(key), data)


def settle_hold(tx: Tx, shop: Shop, number: int, choice: str) -> None:
    row = tx.order_rows.of([number]).get(number)
    if row is None or row.stage is not RowStage.OPEN:
        return
    if choice == "extend":
        tx.order_rows.put([replace(row, extended=tx.at.astimezone(shop.zone).date() + EXTENSION)])
    else:
        cancel(tx, shop, row)
