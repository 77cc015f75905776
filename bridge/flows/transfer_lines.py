"""Lines of 入出庫 that take units from one place to another: what they say, and what their ticks do."""

from __future__ import annotations

from dataclasses import replace

from bridge.domain.entries import Kind
from bridge.domain.reading import Quantity
from bridge.domain.transfers import Act, Move, Stage, Ticks, Transfer, Verdict, end, judge, still_early
from bridge.flows.ground import Ground, ground_of
from bridge.flows.line_numbers import Still
from bridge.flows.shop import Shop
from bridge.flows.transit import carry_out
from bridge.ledger.ledger import Tx
from bridge.sheet.texts import both
from bridge.sheet.views import MoveLine

GONE = "move gone"  # the question about a line that was deleted on the way


def move_of(ground: Ground, line: MoveLine) -> Move | None:
    """What a transfer's line says; None where it can't be read."""
    written = line.sku and line.source and line.target
    if not written or not isinstance(line.units, Quantity) or line.units.units < 1:
        return None
    return Move(ground.sku(line.sku), line.units.units, ground.place(line.source), ground.place(line.target))


def problem_of(ground: Ground, line: MoveLine, transfer: Transfer | None) -> str:
    """Why nothing may move, as the code of a sentence; "" where it may."""
    if transfer is not None and transfer.stage is Stage.ON_THE_WAY and transfer.move is not None:
        place = transfer.move.source if line.sent is False else transfer.move.target
        return "" if place in (*ground.places, *ground.counted) else "place gone"
    if line.blank:
        return "blank" if line.sent or line.arrived else "unwritten"
    move = move_of(ground, line)
    if line.what is not Kind.TRANSFER:
        return "kind"
    if move is None:
        return "units"
    return ground.strange([move.sku])[1] or _unknown_place(ground, move) or _impossible(ground, move)


def _unknown_place(ground: Ground, move: Move) -> str:
    if move.source in ground.counted:
        return "counted source"
    if move.source not in ground.places:
        return "no such source"
    return "" if move.target in (*ground.places, *ground.counted) else "no such target"


def _impossible(ground: Ground, move: Move) -> str:
    if move.source == move.target:
        return "same place"
    return "too many" if move.units > ground.lying(move.sku, move.source) else ""


def verdict_of(ground: Ground, line: MoveLine, transfer: Transfer) -> Verdict:
    problem, counted = problem_of(ground, line, transfer), _counted(ground, transfer)
    return judge(transfer, move_of(ground, line), Ticks(line.sent, line.arrived), counted=counted, problem=problem)


def take_transfer(
    tx: Tx, shop: Shop, ground: Ground, line: MoveLine, transfer: Transfer, still: Still, *, may_act: bool
) -> bool:
    """Keep what the line says under its number, and do what its ticks ask for. Whether anything moved."""
    move, ticks, before = move_of(ground, line), Ticks(line.sent, line.arrived), transfer
    if transfer.stage in (Stage.OFFERED, Stage.WRITTEN) and move is not None:
        transfer = replace(transfer, stage=Stage.WRITTEN, move=move)
    transfer = replace(transfer, early=still_early(transfer, ticks, may_act=may_act))
    if transfer != before:
        tx.transfers.put([transfer])
    stands = still(f"move {transfer.number}", (line.kind, move, ticks))
    acts = verdict_of(ground, line, transfer).acts if stands and may_act else ()
    if acts:
        carry_out(tx, shop, transfer, acts)
    return bool(acts)


def _counted(ground: Ground, transfer: Transfer) -> bool:
    return transfer.move is not None and transfer.move.target in ground.counted


def end_of(tx: Tx, shop: Shop, transfer: Transfer) -> Act:
    """What ends a transfer that is on its way."""
    return end(counted=_counted(ground_of(tx, shop), transfer))


def miss(tx: Tx, here: set[int], still: Still) -> None:
    """Lines that were deleted on the way: asked about when the next look misses them too."""
    on_the_way = {each.number: each for each in tx.transfers.on_the_way()}
    for question in tx.questions.open():
        if question.kind == GONE and (int(question.subject) in here or int(question.subject) not in on_the_way):
            tx.questions.close(question.id, both("results", "settled itself"))
    for number, transfer in on_the_way.items():
        gone = number not in here
        if still(f"move {number} gone", gone) and gone and transfer.move is not None:
            tx.questions.ask(GONE, str(number), {**vars(transfer.move), "units": transfer.on_way})
