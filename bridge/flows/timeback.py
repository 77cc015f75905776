"""Time running backwards: an older version of the spreadsheet, or an older copy of the ledger (DESIGN §4).

The count of the heartbeat tells which: less than we have seen there is an older spreadsheet, more than we ever sent is
an older ledger. Its own tokens explain what an older spreadsheet shows. A newer one is explained by its journal, once
every channel's orders have been read again from where the ledger left off. Either way what differs is one question with
its two answers, and until it is answered nothing rises.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum

from bridge.domain.edit_book import Account
from bridge.domain.numbering import FAR
from bridge.domain.tokens import number_of
from bridge.flows.desk import Look
from bridge.flows.shop import Shop, bridge_live
from bridge.ledger.ledger import Tx
from bridge.ledger.values import iso, time_of
from bridge.sheet.texts import both

QUESTIONS = ("restored version", "restored ledger")


@dataclass(frozen=True)
class Past:
    """`question`: what a person is asked about everything that differs · `issued`: the last number that the older copy
    of the ledger had given out, where the journal reaches back that far."""

    question: str
    issued: int | None = None


class When(Enum):
    """How a look stands to what we remember."""

    NOW = "now"
    OLDER = "older"  # an old read, or an older version: the next look tells
    VERSION = "an older version of the spreadsheet was restored"
    LEDGER = "an older copy of the ledger was restored"


def when(tx: Tx, look: Look) -> When:
    """Judge a poll, and remember what it tells."""
    newest = max((line.number for line in look.lines), default=0)
    if newest > int(tx.get("number", 0)):
        return When.LEDGER
    count = look.marks.count if look.marks is not None else 0
    if not count:
        return When.NOW
    sent, seen = int(tx.get("beats sent", 0)), int(tx.get("beats seen", 0))
    if count > sent:
        tx.put("beats sent", count)
        tx.put("beats seen", count)
        return When.LEDGER
    if count >= seen or tx.get("older look") == count:
        tx.put("beats seen", count)
        tx.put("older look", None)
        return When.NOW if count >= seen else When.VERSION
    tx.put("older look", count)
    return When.OLDER


def unsettled(tx: Tx) -> bool:
    """Whether nothing may rise: orders are being read again, or a person has not answered yet."""
    return rereading(tx) or any(question.kind in QUESTIONS for question in tx.questions.open())


def rereading(tx: Tx) -> bool:
    return tx.get("restored ledger") is not None


def begin_again(tx: Tx, look: Look) -> None:
    """The ledger is an older copy: its numbers start above everything it may have given out since, and what it
    remembers of the malls counts for nothing."""
    issued = int(tx.get("number", 0))
    newest = max((line.number for line in look.lines), default=issued)
    tokens = _tokens(look) if look.stock is not None else ()
    tx.sheet.raise_number(max([newest, *(number for number in tokens if number <= max(newest, issued) + FAR)]))
    if not bridge_live(tx):
        return  # everything is opened anew
    before = tx.get("restored ledger") or {"issued": issued}
    tx.put("restored ledger", {**before, "at": iso(tx.at)})
    if look.answers is not None:  # numbers of questions that stand in the sheet are not given out again
        tx.questions.raise_number(max((line.id for line in look.answers.lines), default=0))
    tx.questions.ask("ledger older", "")
    known = tx.listings.all().values()
    tx.listings.put(replace(each, state=replace(each.state, level=None, based_at=None)) for each in known)


def _tokens(look: Look) -> Iterable[int]:
    assert look.stock is not None
    rows = look.stock.view.rows if look.stock.view is not None else ()
    return [number for row in rows if (number := number_of(row.token)) is not None]


def orders_read_again(tx: Tx, shop: Shop) -> bool:
    """Whether every channel's orders are complete past the moment in which the older ledger was found."""
    at = time_of(tx.get("restored ledger")["at"])
    marks = [tx.channels.get(name).watermark for name in shop.channels]
    return all(mark is not None and time_of(mark) >= at for mark in marks)


def past(tx: Tx, look: Look, moment: When, journal_lines: int) -> Past | None:
    """What a look is to be judged by, where time ran backwards."""
    if rereading(tx):
        issued = int(tx.get("restored ledger")["issued"])
        newest = max((line.number for line in look.lines), default=0)
        return Past("restored ledger", issued if newest - issued < journal_lines else None)
    return Past("restored version") if moment is When.VERSION else None


def caught_up(tx: Tx, outcome: Account) -> None:
    """The whole journal was taken in. What a row showed last that could not be judged for sure, this ledger does not
    know: the one that is no more may have written it since. Nor what its tokens mean, where that was but a guess."""
    for sku in tx.sheet.skus().keys() - (outcome.read - outcome.unsure):
        tx.sheet.change(sku, last=None)
    for sku in outcome.guessed:
        tx.sheet.forget_after(int(tx.get("restored ledger")["issued"]), sku)
    tx.put("restored ledger", None)
    tx.questions.settle("ledger older", "", both("results", "settled itself"))
