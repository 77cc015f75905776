"""Order lines into the ledger: what a line books, with all that follows from it, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from bridge.domain.booking import Booked, LineProblem, LineState, ProblemCode, SellsFrom, book_on, line_ref, rebook
from bridge.domain.invariants import exactly_once
from bridge.domain.orders import LineSnapshot, ListingKey
from bridge.domain.picks import HAND, ByHand
from bridge.domain.shelf import Shelf
from bridge.domain.stock import Component
from bridge.flows.replan import replan
from bridge.flows.shop import Shop, places, sold_from
from bridge.ledger.ledger import Tx

SOLD_UNKNOWN = "sold unknown"  # the question about goods that a till sold and the books didn't have


def report(tx: Tx, problem: LineProblem, *, at_till: bool = False) -> None:
    """`at_till`: what was sold there lay there, whatever the books say: it is they that are wrong."""
    kind = SOLD_UNKNOWN if at_till and problem.code is ProblemCode.OVERSOLD else problem.code.value
    tx.questions.ask(kind, line_ref(problem.key), {"units": problem.units, "sku": problem.sku, **vars(problem.key)})


def check(tx: Tx, states: Iterable[LineState]) -> None:
    """Exactly once, at every commit: a broken line quarantines its SKU (raises stop, lowering goes on)."""
    for state in states:
        for violation in exactly_once(state):
            tx.questions.ask("invariant", violation.sku, {"what": violation.what.value, "subject": violation.subject})
            tx.sheet.change(violation.sku, blocked="invariant")


def book_hand(tx: Tx, shop: Shop, state: LineState, hand: ByHand) -> LineState:
    """People said something of one component of a line; the line as booked with it."""
    sells_from = _sells_from(tx, shop, state.snapshot.key.channel)
    shelf = _shelf(tx, shop, state.snapshot.key.channel, state.components)
    placed_at = tx.orders.placed_at(state.snapshot.key)
    return _keep(tx, shop, rebook(shelf, state.handled(hand), sells_from), placed_at)


def book_line(tx: Tx, shop: Shop, state: LineState | None, new: LineState, placed_at: datetime) -> LineState:
    """A line that people wrote says something new: `new` has its snapshot, and what else is said of it."""
    before = state or replace(new, snapshot=_nothing_of(new.snapshot), version="")
    before = replace(before, by_hand=new.by_hand)
    shelf = _shelf(tx, shop, new.snapshot.key.channel, new.components)
    booked = book_on(shelf, before, new.snapshot, new.version, components=new.components)
    return _keep(tx, shop, booked, placed_at)


def hand_listing(sku: str) -> ListingKey:
    """What a line that people wrote is said to be of."""
    return ListingKey(HAND, sku)


def _nothing_of(snapshot: LineSnapshot) -> LineSnapshot:
    return replace(snapshot, ordered=0, open=0, shipped=0)


def _shelf(tx: Tx, shop: Shop, channel: str, components: Iterable[Component]) -> Shelf:
    where, facts = places(tx), shop.channels.get(channel)
    mine: Sequence[str] = facts.locations if facts is not None else tuple(where.sells)
    balances = tx.stock.balances(component.sku for component in components)
    return Shelf(balances, where.selling(mine) or mine, where.inspect)


def _sells_from(tx: Tx, shop: Shop, channel: str) -> SellsFrom:
    where, facts = places(tx), shop.channels.get(channel)
    if facts is None:
        return lambda _: ()
    return partial(sold_from, where, facts)


def _keep(tx: Tx, shop: Shop, booked: Booked, placed_at: datetime) -> LineState:
    state = booked.state
    tx.stock.book(booked.movements)
    tx.orders.put({state.snapshot.key: state}, placed_at)
    for problem in booked.problems:
        report(tx, problem)
    check(tx, [state])
    moved = {movement.sku for movement in booked.movements}
    for sku in sorted(moved):
        tx.sheet.change(sku, owned_due=True)
    replan(tx, shop, moved)
    return state
