"""What each answer in 要対応 does, by the kind of its question."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from bridge.domain.deltas import meant
from bridge.domain.edit_book import Standing
from bridge.domain.reading import Quantity, plain
from bridge.domain.stock import Cause, Movement
from bridge.domain.table import Row
from bridge.domain.tokens import number_of
from bridge.flows import bigchange, order_questions, safety, stocktaking, transfer_lines, transit, typed_moves
from bridge.flows.desk import Look
from bridge.flows.edit_records import PACKED, supersede_packed, supersede_reading
from bridge.flows.gone import decide, decide_all
from bridge.flows.headers import do_without
from bridge.flows.rename import may_take_over, rename
from bridge.flows.replan import replan
from bridge.flows.retire import retire_gone
from bridge.flows.shop import Shop, places
from bridge.ledger.ledger import Tx
from bridge.ledger.questions import OpenQuestion
from bridge.sheet.texts import both


@dataclass(frozen=True)
class Act:
    """One answer to be acted on. `rest`: what stands behind the choice (the new SKU of 改名)."""

    tx: Tx
    shop: Shop
    look: Look
    question: OpenQuestion
    choice: str
    rest: str

    def row(self, sku: str) -> Row | None:
        """The one row of a SKU that nobody holds."""
        view = self.look.stock.view if self.look.stock else None
        rows = [row for row in view.rows if row.sku == sku] if view else []
        return rows[0] if len(rows) == 1 and not rows[0].hold else None


Refusal = Mapping[str, str] | None
"""Why an answer can't be acted on, in both languages; None where it was."""


def carry_out(act: Act) -> Refusal:
    """Do what the answer says; a question that only wanted to be seen needs nothing."""
    do = _ACTS.get(act.question.kind)
    return do(act) if do else None


def _opening(act: Act) -> Refusal:
    answers = dict(act.tx.get("opening answers", {}))
    act.tx.put("opening answers", answers | {act.question.subject: act.choice})
    return None


def _two_readings(act: Act) -> Refusal:
    data = act.question.data
    if act.choice == "high":
        raise_by = int(data["high"]) - int(data["low"])
        act.tx.stock.book([Movement(data["sku"], data["location"], raise_by, 0, Cause.ANSWER, str(act.question.id))])
        replan(act.tx, act.shop, [data["sku"]])
    act.tx.sheet.settle_edit(int(data["edit"]), "applied")
    return None


def _unknown_number(act: Act) -> Refusal:
    """Yes: what the row shows is the number on the shelf. No: the ledger's numbers are written again. Either way the
    row gets a token of its own, by the ordinary way: its content is now known. What the token says that may stand there
    again by then (an older version came back) was said of other content."""
    sku = act.question.subject
    row = act.row(sku)
    if row is None or act.look.stock is None or act.look.stock.view is None:
        return both("results", "row not unique")
    balances = act.tx.stock.balances([sku])
    last: dict[str, int] = {}
    movements = []
    for location, reading in meant(act.look.stock.view, row):
        balance = balances.get((sku, location))
        if not isinstance(reading, Quantity):
            if balance is not None and balance.stocked:
                return both("results", "not a number")
            continue
        opens = balance is None or not balance.stocked  # a number typed into a cell never filled; 0 is one too
        typed = balance.typed if balance and balance.typed is not None else 0
        booked = balance.booked if balance else 0
        if act.choice == "yes":
            back = supersede_reading(act.tx, sku, location)
            supersede_packed(act.tx, sku, location)
            booked += back
            last[location] = booked
            cause = Cause.OPENING if opens else Cause.EDIT
            movements.append(Movement(sku, location, reading.units - booked - typed, 0, cause, "answer"))
            movements.append(Movement(sku, location, back, 0, Cause.LOWER_READING, "answer"))
        else:
            last[location] = reading.units - typed
            if opens:  # there is no former number to come back
                movements.append(Movement(sku, location, 0, 0, Cause.OPENING, "answer"))
    act.tx.stock.book(movements)
    number = number_of(row.token)
    if number is not None:
        act.tx.sheet.forget(sku, number)
    act.tx.sheet.change(sku, standing=Standing.KNOWN.value, last=last)
    replan(act.tx, act.shop, [sku])
    return None


def _new_product(act: Act) -> Refusal:
    act.tx.sheet.change(act.question.subject, standing=Standing.KNOWN.value)
    return None


def _vanished(act: Act) -> Refusal:
    sku = act.question.subject
    if act.choice == "rename":
        new = plain(act.rest) or str(act.question.data.get("other", ""))
        if not new:
            return both("results", "needs name")
        if act.row(new) is None:
            return both("results", "name unknown", sku=new)
        if not may_take_over(act.tx, new):
            return both("results", "name taken", sku=new)
        rename(act.tx, sku, new)
        replan(act.tx, act.shop, [sku, new])
    elif act.choice == "retire":
        retire_gone(act.tx, sku)
        replan(act.tx, act.shop, [sku])
    else:
        act.tx.put("write again", [*act.tx.get("write again", []), sku])
    return None


def _column_gone(act: Act) -> Refusal:
    do_without(act.tx, str(act.question.data["role"]), str(act.question.data["column"]))
    return None


def _emptied(act: Act) -> Refusal:
    act.tx.put("emptied meant", True)
    return None


def _big_change(act: Act) -> Refusal:
    settle = bigchange.put_back if act.choice == "back" else bigchange.take
    replan(act.tx, act.shop, settle(act.tx, act.question.id))
    return None


def _big_safety_change(act: Act) -> Refusal:
    replan(act.tx, act.shop, safety.take(act.tx, act.question))
    return None


def _apart(act: Act) -> Refusal:
    act.tx.put("apart meant", True)
    return None


def _invariant(act: Act) -> Refusal:
    """Seen by a person: the quarantine ends. Should the books be wrong again, so begins another."""
    act.tx.sheet.change(act.question.subject, blocked="")
    return None


def _cancelled_after_shipment(act: Act) -> Refusal:
    """Goods that came back wait to be inspected."""
    if act.choice == "returned":
        data = act.question.data
        states = act.tx.orders.of_orders(data["channel"], data["shop"], [data["order"]])
        for key, state in states.items():
            if key.line == data["line"]:
                inspect = places(act.tx).inspect
                parts = data.get("parts") or {c.sku: c.units * int(data["units"]) for c in state.components}
                act.tx.stock.begin(((sku, inspect) for sku in parts), str(act.question.id))
                act.tx.stock.book(
                    Movement(sku, inspect, int(units), 0, Cause.ANSWER, str(act.question.id))
                    for sku, units in parts.items()
                )
                # Should the mall say so too, it is in already.
                if "parts" not in data and state.snapshot.returned <= state.ignored_returned:
                    ignored = state.ignored_returned + int(data["units"])
                    act.tx.orders.put({key: replace(state, ignored_returned=ignored)}, act.tx.orders.placed_at(key))
    return None


def _listing_gone(act: Act) -> Refusal:
    decide(act.tx, act.shop, act.question.subject, act.choice)
    return None


def _listings_gone(act: Act) -> Refusal:
    decide_all(act.tx, act.shop, act.question.subject)
    return None


def _move_gone(act: Act) -> Refusal:
    transfer = act.tx.transfers.of([int(act.question.subject)])[int(act.question.subject)]
    if act.choice == "never":
        transit.never_left(act.tx, act.shop, transfer)
    else:
        transit.carry_out(act.tx, act.shop, transfer, [transfer_lines.end_of(act.tx, act.shop, transfer)])
    return None


def _typed_transfer(act: Act) -> Refusal:
    if act.choice == "move":
        data = act.question.data
        typed_moves.note(act.tx, act.question.subject, int(data["units"]), data["source"], data["target"])
    return None


def _packed(act: Act) -> Refusal:
    stocktaking.settle_packed(act.tx, act.shop, act.question, included=act.choice == "included")
    return None


def _box_out(act: Act) -> Refusal:
    order_questions.settle_box(act.tx, act.shop, act.question.data, act.choice)
    return None


def _hold_over(act: Act) -> Refusal:
    order_questions.settle_hold(act.tx, act.shop, int(act.question.subject), act.choice)
    return None


_ACTS: Mapping[str, Callable[[Act], Refusal]] = {
    "opening": _opening,
    "two readings": _two_readings,
    "unknown number": _unknown_number,
    "new product": _new_product,
    "vanished": _vanished,
    "renamed": _vanished,
    "table emptied": _emptied,
    "column gone": _column_gone,
    "sorted apart": _apart,
    "invariant": _invariant,
    "big change": _big_change,
    safety.QUESTION: _big_safety_change,
    "listing gone": _listing_gone,
    "listings gone": _listings_gone,
    "restored version": _big_change,
    "restored ledger": _big_change,
    transfer_lines.GONE: _move_gone,
    typed_moves.QUESTION: _typed_transfer,
    PACKED: _packed,
    "cancelled after shipment": _cancelled_after_shipment,
    order_questions.BOX_OUT: _box_out,
    order_questions.HOLD_OVER: _hold_over,
}
