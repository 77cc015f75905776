"""What staff say in the rows of mall orders: picked, how many, from where. Wanted values, booked as often as they
change and never twice (domain/picks).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bridge.domain.booking import LineState
from bridge.domain.picks import ByHand, OrderRow, Said, to_pick, wish
from bridge.domain.reading import Finding, Quantity
from bridge.domain.stock import Balance
from bridge.flows.line_books import book_hand
from bridge.flows.order_page import Page
from bridge.flows.shop import Shop
from bridge.ledger.ledger import Tx
from bridge.sheet.order_lines import OrderLine

Still = Callable[[str, object], bool]


def take_cells(tx: Tx, shop: Shop, page: Page, row: OrderRow, line: OrderLine, still: Still) -> None:
    """One row that is not closed, and bears its number alone."""
    state = page.states.get(row.key)
    stands = still(f"order row {row.number}", (line.tick, line.picked, line.at))
    if state is None or not page.shows(line, row):
        return
    state = page.states[row.key] = _after_opening(tx, shop, row, state)
    said = said_in(row, line, page.place(line.at) or "")
    early = said != row.said and (row.early or not page.live)
    if early != row.early:
        page.keep(tx, replace(row, early=early))
    if said == row.said or early or not stands or problem(tx, page, row, line, state):
        return
    picked = to_pick(row, said, state.progress(row.sku).ordered)
    hand = state.hand(row.sku)
    page.states[row.key] = book_hand(tx, shop, state, replace(hand, picked=max(picked, hand.before), at=said.at))
    at = (row.picked_at if picked == row.picked else tx.at) if picked else None
    page.keep(tx, replace(row, said=said, picked=picked, picked_at=at, early=False))


def said_in(row: OrderRow, line: OrderLine, place: str) -> Said:
    return wish(row, line.tick, line.picked.units if isinstance(line.picked, Quantity) else None, place)


def problem(tx: Tx, page: Page, row: OrderRow, line: OrderLine, state: LineState) -> str:
    """Why nothing of it may be booked, as the code of a sentence; "" where it may."""
    if isinstance(line.picked, Finding):
        return "picked unreadable"
    place = page.place(line.at)
    if place is None:
        return "no such place"
    progress = state.progress(row.sku)
    if to_pick(row, said_in(row, line, place), progress.ordered) > max(progress.ordered, row.picked):
        return "too many picked"
    return "no room" if place and place != state.hand(row.sku).at and room(tx, state, row, place) < 0 else ""


def room(tx: Tx, state: LineState, row: OrderRow, place: str) -> int:
    """Units left there once the whole line is allocated there; below zero where there are too few."""
    mine = sum(share.allocated for share in state.shares if (share.sku, share.location) == (row.sku, place))
    free = tx.stock.balances([row.sku]).get((row.sku, place), Balance()).free
    return free + mine - state.progress(row.sku).open


def _after_opening(tx: Tx, shop: Shop, row: OrderRow, state: LineState) -> LineState:
    """Everything was opened anew: what was picked before lies in no number that the opening read."""
    if state.hand(row.sku) != ByHand(row.sku) or not (row.picked or row.said.at):
        return state
    return book_hand(tx, shop, state, ByHand(row.sku, picked=row.picked, before=row.picked, at=row.said.at))
