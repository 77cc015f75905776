"""The big-change guard: a paste beyond plausibility waits as a whole until a person says 確認 or 戻す (DESIGN §4).

One question per paste. Its edits stand in the ledger's `questioned`; their rows are neither written nor raised, while
orders go on lowering them. Nothing of this looks at the table again: 確認 books what was typed over whatever was booked
since, and 戻す lets the row update write over the very numbers that were refused, no others.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from bridge.domain.bigchange import Limits, Totals, blank_rows, implausible, rows_apart, totals
from bridge.domain.edit_book import Account, Book, Edit
from bridge.domain.edits import account, booked_by
from bridge.domain.stock import Balance, BalanceKey, Cause, Movement
from bridge.domain.table import View
from bridge.flows.edit_records import count_edits
from bridge.ledger.ledger import Tx
from bridge.ledger.questioned import QuestionedEdit
from bridge.ledger.questions import OpenQuestion
from bridge.sheet.texts import both

LOWER_HOLDS = "restored ledger"  # neither its numbers nor the table's are surely the newer: the lower ones hold
KINDS = ("big change", "restored version", LOWER_HOLDS)  # of questions that hold edits back


@dataclass(frozen=True)
class Judged:
    """One look accounted for: the account, and the edits of it that go beyond plausibility (none of them is in it)."""

    outcome: Account
    paste: Sequence[Edit] = ()
    question: str = "big change"

    @property
    def cells(self) -> set[BalanceKey]:
        return {(edit.sku, edit.location) for edit in self.paste}


def judge(book: Book, view: View, limits: Limits, past: str = "") -> Judged:
    """Account for a look. Edits beyond plausibility are left out of it, all of one look together; and so is everything
    that came with a past restored, the question about which is `past`."""
    outcome = account(book, view)
    known = {sku for sku, _ in book.typed}
    changes = [edit for edit in (*outcome.edits, *outcome.doubtful) if edit.sku in known]
    if not changes or not (past or implausible(changes, len(known), limits)):
        return Judged(outcome)
    proposed = {(edit.sku, edit.location): edit.typed for edit in changes}
    return Judged(
        account(replace(book, questioned={**book.questioned, **proposed}), view), changes, past or "big change"
    )


def pause_where_apart(tx: Tx, book: Book, view: View, judged: Judged, limits: Limits) -> bool:
    """Columns sorted apart: the table counts for nothing until that is undone, or a person says that it was meant (then
    each row is asked about). Whether it pauses."""
    apart = rows_apart(book, view, judged.outcome)
    if len(apart) >= limits.rows and not tx.get("apart meant", False):
        tx.questions.ask("sorted apart", "", {"count": len(apart)})
        return True
    tx.questions.settle("sorted apart", "", both("results", "settled itself"))
    if not apart:
        tx.put("apart meant", False)
    return False


def emptied(tx: Tx, view: View | None, limits: Limits) -> frozenset[str]:
    """Many rows at once without a single number, whose numbers are known: an empty read, or a table that was wiped. A
    blank cell is never a zero; but whether it is blank the next look tells."""
    blank = blank_rows(view) if view is not None else frozenset()
    if len(blank) < limits.rows:
        return frozenset()
    balances = tx.stock.balances()
    known = {sku for (sku, _), balance in balances.items() if balance.stocked and balance.on_hand}
    already = {sku for sku, _ in tx.sheet.findings()}
    new = (blank & known) - already
    return new if limits.many(len(new), len({sku for sku, _ in balances})) else frozenset()


def with_questioned(tx: Tx, book: Book) -> Book:
    """The book, with the edits that wait for an answer or are to be written over."""
    edits = tx.questioned.all()
    if not edits:
        return book
    return replace(
        book,
        questioned={edit.cell: edit.typed for edit in edits if not edit.refused},
        refused={edit.cell: edit.typed for edit in edits if edit.refused},
    )


def keep_up(tx: Tx, view: View, judged: Judged) -> set[str]:
    """The questions after a look: numbers that were typed anew or undone leave theirs, a new paste gets one, a tick
    answers. Returns the SKUs whose numbers moved."""
    touched = _drop_what_is_gone(tx, judged)
    asked = None
    if judged.paste:
        asked = _ask(tx, view, judged)
        touched |= {each.sku for each in tx.questioned.of(asked) if each.lowered}
    for question in tx.questions.open():
        if question.kind in KINDS and question.id != asked and ticked(tx, view, question, _of(tx, question)):
            touched |= take(tx, question.id)
            tx.questions.close(question.id, both("results", "confirmed"))
    return touched


def take(tx: Tx, question: int) -> set[str]:
    """確認: what was typed counts. Returns the SKUs it moved."""
    edits = tx.questioned.of(question)
    _give_back(tx, edits)
    balances = tx.stock.balances({edit.sku for edit in edits})
    counted = [(_edit(tx, each, balances.get(each.cell, Balance())), each) for each in edits]
    tx.stock.book(
        movement
        for edit, each in counted
        for movement in booked_by(edit, balances.get(each.cell, Balance()).typed, f"question {question}")
    )
    for edit, each in counted:
        tx.sheet.settle_edit(each.edit, "applied" if edit.other is None else "waiting")
    count_edits(tx, [(edit, each.edit) for edit, each in counted])
    tx.questioned.drop(each.cell for each in edits)
    return {each.sku for each in edits}


def _edit(tx: Tx, each: QuestionedEdit, balance: Balance) -> Edit:
    """The edit as it counts now. What an earlier lower reading held back comes back only while that is still open."""
    back = each.back if tx.questions.find("two readings", f"{each.sku} {each.location}") else 0
    low = each.typed + balance.booked + back - each.held
    other = low + each.spread if each.spread else None
    return Edit(*each.cell, each.before, each.after, each.typed, low, other, each.held, back)


def put_back(tx: Tx, question: int) -> set[str]:
    """戻す: the rows are written over with the last good numbers; where there never was one, with 0. Returns the SKUs
    that it moved."""
    edits = tx.questioned.of(question)
    balances = tx.stock.balances({edit.sku for edit in edits})
    never = [each for each in edits if not balances.get(each.cell, Balance()).stocked]
    tx.stock.book(Movement(*each.cell, 0, 0, Cause.OPENING, f"question {question}") for each in never)
    _give_back(tx, edits)
    for each in edits:
        tx.sheet.settle_edit(each.edit, "refused")
    tx.questioned.refuse(question)
    return {each.sku for each in edits if each.lowered or each in never}


def _give_back(tx: Tx, edits: Sequence[QuestionedEdit]) -> None:
    """What was booked off until the answer. It is no part of an edit that counts from now on."""
    tx.stock.book(Movement(*each.cell, each.lowered, 0, Cause.LOWER_READING, "") for each in edits)


def let_go(tx: Tx, sku: str) -> None:
    """A discontinued product: nobody is asked about its numbers any more."""
    _drop(tx, [each for each in tx.questioned.all() if each.sku == sku])


def _drop_what_is_gone(tx: Tx, judged: Judged) -> set[str]:
    outcome = judged.outcome
    still = (outcome.questioned | outcome.refused) - judged.cells
    return _drop(tx, [each for each in tx.questioned.all() if each.sku in outcome.read and each.cell not in still])


def _drop(tx: Tx, gone: Sequence[QuestionedEdit]) -> set[str]:
    """They leave their questions, which end with the last one. Returns the SKUs whose numbers moved."""
    open_ones = [each for each in gone if not each.refused]
    for each in open_ones:
        tx.sheet.settle_edit(each.edit, "superseded")
    _give_back(tx, open_ones)
    tx.questioned.drop(each.cell for each in gone)
    for number in sorted({each.question for each in gone}):
        question = tx.questions.get(number)
        if question is None:
            continue
        if left := tx.questioned.of(number):
            tx.questions.reword(number, question.subject, {**question.data, **_said(_totals(left))})
        else:
            tx.questions.close(number, both("results", "superseded"))
    return {each.sku for each in open_ones if each.lowered}


def _ask(tx: Tx, view: View, judged: Judged) -> int:
    first, rows = min(judged.cells)[0], len({edit.sku for edit in judged.paste})
    number = tx.questions.ask_anew(
        judged.question,
        first if rows == 1 else f"{first} +{rows - 1}",
        {"ticked": ticked_early(view), **_said(totals(judged.paste))},
    )
    balances = tx.stock.balances({edit.sku for edit in judged.paste}) if judged.question == LOWER_HOLDS else {}
    edits = [
        QuestionedEdit(
            edit.sku,
            edit.location,
            question=number,
            edit=tx.sheet.record_edit(
                edit.sku, edit.location, edit.before, str(edit.after), "waiting", judged.question
            ),
            before=edit.before,
            after=edit.after,
            typed=edit.typed,
            held=edit.held,
            spread=0 if edit.other is None else edit.other - edit.balance,
            back=edit.back,
            lowered=max(0, balances.get((edit.sku, edit.location), Balance()).on_hand - edit.balance),
        )
        for edit in judged.paste
    ]
    tx.stock.book(Movement(*each.cell, -each.lowered, 0, Cause.LOWER_READING, f"question {number}") for each in edits)
    tx.questioned.add(edits)
    return number


def ticked(tx: Tx, view: View, question: OpenQuestion, mine: AbstractSet[str]) -> bool:
    """Whether a person ticked 確認 in any of the question's rows, `mine`. A tick that stood there before the question
    was asked (it came with the paste) is none until it was taken away."""
    rows = [row for row in view.unique_rows() if row.confirm]
    now = {row.sku for row in rows if not row.hold}
    here = {row.sku for row in view.rows} - {row.sku for row in rows}
    early = set(question.data["ticked"])
    left = sorted(early - here)
    if len(left) < len(early):
        tx.questions.reword(question.id, question.subject, {**question.data, "ticked": left})
    return bool(mine & (now - early))


def ticked_early(view: View) -> list[str]:
    """SKUs whose row is ticked while a question is asked."""
    return sorted(row.sku for row in view.unique_rows() if row.confirm)


def _of(tx: Tx, question: OpenQuestion) -> set[str]:
    return {each.sku for each in tx.questioned.of(question.id)}


def _totals(edits: Sequence[QuestionedEdit]) -> Totals:
    return totals([Edit(*each.cell, each.before, each.after, each.typed, 0) for each in edits])


def _said(found: Totals) -> dict[str, int]:
    return {"rows": found.rows, "before": found.before, "after": found.after, "zeros": found.zeros}
