"""Two numbers typed one after the other: so many fewer at one place, and as many more at another.

That looks like a transfer, and 要対応 asks. The numbers are right either way, and nothing is booked for the answer;
where it was one, 入出庫 gets its line, so that the tab tells of every transfer.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import timedelta
from typing import Any

from bridge.domain.edit_book import Edit
from bridge.domain.entries import Kind
from bridge.domain.numbering import floor
from bridge.domain.transfers import Move, Stage, Transfer
from bridge.flows.shop import Shop
from bridge.ledger.ledger import Tx
from bridge.ledger.values import iso, time_of
from bridge.sheet.gateway import Request
from bridge.sheet.layout import move_title
from bridge.sheet.requests import append_rows
from bridge.sheet.texts import both
from bridge.sheet.validation import new_row
from bridge.sheet.views import Lines, MoveLine

QUESTION = "typed transfer"
APART = timedelta(minutes=1)  # between the two numbers
ASKED_FOR = timedelta(days=1)  # then it is left as it is
MOST_PRODUCTS = 2  # edited in one look; more are a count, or a paste
SENT_AGAIN = timedelta(minutes=2)  # a line whose reply was lost may still come until then
_LATELY = "typed lately"  # [SKU, location, change, when]
_TO_WRITE = "transfers to write"  # what was answered about, until its line stands in 入出庫


def propose(tx: Tx, edits: Sequence[Edit]) -> None:
    """One look's edits, as they count. Harmless to call with none."""
    for question in tx.questions.open():
        if question.kind == QUESTION and tx.at - time_of(question.at) > ASKED_FOR:
            tx.questions.close(question.id, both("results", "settled itself"))
    before: list[list[Any]] = tx.get(_LATELY, [])
    lately = [each for each in before if abs(tx.at - time_of(each[3])) <= APART]
    if len({edit.sku for edit in edits}) <= MOST_PRODUCTS:
        for edit in edits:
            lately = _with(tx, lately, edit)
    if lately != before:
        tx.put(_LATELY, lately)


def _with(tx: Tx, lately: list[list[Any]], edit: Edit) -> list[list[Any]]:
    """What was typed lately, after one edit more; asked about where it has its counterpart."""
    if edit.before is None or edit.other is not None:
        return lately
    cell = [edit.sku, edit.location]
    change = edit.after - edit.before + sum(each[2] for each in lately if each[:2] == cell)
    others = [each for each in lately if each[:2] != cell]
    pair = next((each for each in others if (each[0], each[2]) == (edit.sku, -change)), None)
    if pair is None or not change:
        return [*others, [*cell, change, iso(tx.at)]]
    source, target = (edit.location, pair[1]) if change < 0 else (pair[1], edit.location)
    tx.questions.ask_anew(QUESTION, edit.sku, {"units": abs(change), "source": source, "target": target})
    return [each for each in others if each is not pair]


def note(tx: Tx, sku: str, units: int, source: str, target: str) -> None:
    """A person says that it was a transfer."""
    line = {"sku": sku, "units": units, "source": source, "target": target, "number": 0, "sent_at": None}
    tx.put(_TO_WRITE, [*tx.get(_TO_WRITE, []), line])


def appended(tx: Tx, shop: Shop, tab: Lines[MoveLine], here: AbstractSet[int]) -> list[Request]:
    """Their lines, where neither the tab nor a call of a moment ago has them. `here`: the numbers that stand there."""
    known: list[dict[str, Any]] = tx.get(_TO_WRITE, [])
    if not known:
        return []
    waiting = [_numbered(tx, each, here) for each in known if each["number"] not in here]
    due = [each for each in waiting if each["sent_at"] is None or tx.at - time_of(each["sent_at"]) > SENT_AGAIN]
    tx.put(_TO_WRITE, [{**each, "sent_at": iso(tx.at)} if each in due else each for each in waiting])
    kind = move_title(Kind.TRANSFER, shop.language)
    rows = [{**each, "number": str(each["number"]), "kind": kind, "sent": True, "arrived": True} for each in due]
    cells = [{tab.columns.at[role]: value for role, value in row.items() if role != "sent_at"} for row in rows]
    rules = new_row("moves", tab.columns.at, shop.language, ("tick", "move"))
    return append_rows(tab.tab.sheet_id, cells, [rules] * len(cells))


def _numbered(tx: Tx, line: dict[str, Any], here: AbstractSet[int]) -> dict[str, Any]:
    """With a number of 入出庫, under which it is known as a transfer that has arrived."""
    if line["number"]:
        return line
    [number] = tx.transfers.offer([False], floor(here, here & tx.transfers.of(here).keys()))
    move = Move(line["sku"], line["units"], line["source"], line["target"])
    tx.transfers.put([Transfer(number, Stage.ARRIVED, move, left_at=tx.at, closed_at=tx.at)])
    return {**line, "number": number}
