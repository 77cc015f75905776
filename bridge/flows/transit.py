"""Goods on their way between two places: what a transfer moves goes into the ledger, with the line's own state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bridge.domain.stock import Cause, Movement
from bridge.domain.transfers import IN_TRANSIT, Act, Stage, Transfer, act_on, on_their_way, taken_in
from bridge.flows.replan import replan
from bridge.flows.shop import Shop
from bridge.ledger.ledger import Tx


def carry_out(tx: Tx, shop: Shop, transfer: Transfer, acts: Iterable[Act]) -> Transfer:
    """Book what a line asks for. A cell that was never filled holds what arrives there from now on."""
    assert transfer.move is not None
    move = transfer.move
    for act in acts:
        transfer, movements = act_on(transfer, act, tx.at)
        if act is Act.ARRIVE:
            tx.stock.begin([(move.sku, move.target)], transfer.ref)
        tx.stock.book(movements)
    tx.transfers.put([transfer])
    replan(tx, shop, [move.sku])
    return transfer


def never_left(tx: Tx, shop: Shop, transfer: Transfer) -> None:
    """A person says so of a line that is gone: should it come back, it moves nothing again."""
    back = carry_out(tx, shop, transfer, [Act.TAKE_BACK])
    tx.transfers.put([replace(back, stage=Stage.NEVER_LEFT, closed_at=tx.at)])


def count_in(tx: Tx, target: str, risen: Mapping[str, int]) -> None:
    """A place that counts its goods itself counts more than before, by SKU."""
    changed, movements = taken_in(tx.transfers.on_the_way(), target, risen, tx.at)
    tx.stock.book(movements)
    tx.transfers.put(changed)


def reopen(tx: Tx) -> None:
    """Everything is opened anew: what is on its way stands in no cell that the opening could read. What was counted
    was counted of books that are no more."""
    tx.stocktakes.close()
    lines = on_their_way(tx.transfers.on_the_way())
    tx.stock.book(Movement(sku, IN_TRANSIT, units, 0, Cause.SENT, "opening") for sku, units in sorted(lines.items()))
