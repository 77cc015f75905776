"""Reconcile: one more observer. Sheet, ledger and channels are compared; a difference at rest is drift: a 要対応 row.

It mends nothing by itself: the ordinary flows do, and what they can't explain a person should see.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bridge.channels.port import Channel
from bridge.domain.deltas import entry_at
from bridge.domain.invariants import (
    CellAtRest,
    allocated_to_lines,
    conservation,
    exactly_once,
    in_transit,
    shown_at_rest,
)
from bridge.domain.orders import ListingKey
from bridge.domain.reading import Blank, Quantity
from bridge.domain.rules import Halt
from bridge.domain.tokens import is_locked, number_of
from bridge.fault_points import Point, reached
from bridge.flows.desk import Look
from bridge.flows.stopped import halted
from bridge.ledger.ledger import Ledger, Tx
from bridge.ledger.listings import ListingRecord


@dataclass(frozen=True)
class Drift:
    """One difference. `what` is SKU and location, or channel and listing; `expected` is the ledger's number."""

    what: str
    expected: int | None
    found: int | None


def books(tx: Tx) -> list[Drift]:
    """The ledger against itself: balances are openings plus movements, lines have booked what they imply, and what is
    on its way belongs to an open transfer."""
    balances = tx.stock.balances()
    lines = list(tx.orders.all().values())
    movements = [movement for _, movement in tx.stock.movements()]
    violations = [*conservation({}, movements, balances), *allocated_to_lines(balances, lines)]
    violations += in_transit(balances, tx.transfers.on_the_way())
    for line in lines:
        violations += exactly_once(line)
    return [Drift(f"{v.what.value} {v.sku} {v.location} {v.subject}", v.expected, v.found) for v in violations]


def table(tx: Tx, look: Look) -> list[Drift]:
    """The sheet against the ledger, for rows at rest."""
    if look.stock is None or look.stock.view is None:
        return []
    view = look.stock.view
    balances = tx.stock.balances()
    amounts = tx.sheet.amounts(n for row in view.rows if (n := number_of(row.token)) is not None)
    cells = []
    for row in view.rows:
        amount = amounts.get((row.sku, number_of(row.token) or 0))
        if amount is None or row.hold or is_locked(row.token):
            continue
        for location, reading in zip(view.locations, row.cells, strict=True):
            balance = balances.get((row.sku, location))
            if not isinstance(entry_at(view, row, location), Blank):
                continue  # part of a number that is yet to be written
            if isinstance(reading, Quantity) and balance is not None and balance.typed is not None:
                cells.append(CellAtRest(row.sku, location, reading.units, balance.typed, amount.get(location, 0)))
    return [Drift(f"{v.sku} {v.location}", v.expected, v.found) for v in shown_at_rest(cells)]


def channel(ledger: Ledger, mall: Channel) -> list[Drift]:
    """What a channel shows against what it should show, for listings that we believe to be at rest."""
    with ledger.read() as tx:
        before = tx.listings.all(mall.name)
    shown: Mapping[ListingKey, int] = mall.read(sorted(before))
    with ledger.read() as tx:
        after = tx.listings.all(mall.name)
        alone = {key for key, each in halted(tx).items() if each.halt is Halt.SYNC}
    return [
        Drift(f"{key.channel}/{key.id}", record.state.wanted, shown.get(key))
        for key, record in sorted(before.items())
        if _at_rest(record) and key not in alone and after.get(key) == record and shown.get(key) != record.state.wanted
    ]


def _at_rest(record: ListingRecord) -> bool:
    return record.state.wanted is not None and record.state.confirmed == record.state.wanted


def report(tx: Tx, drifts: list[Drift]) -> None:
    """A 要対応 row for each."""
    for drift in drifts:
        tx.questions.ask("drift", drift.what, {"what": drift.what, "expected": drift.expected, "found": drift.found})
    reached(Point.COMPARED)
