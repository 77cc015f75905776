"""What people did in 在庫表 goes into the ledger: edits, findings, new and vanished products, journal lines.

Everything is accounted for by the pure `account`; here its outcome becomes facts, questions and intents in one
transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from bridge.domain.bigchange import Limits
from bridge.domain.deltas import DELTA
from bridge.domain.edit_book import Account, Ask, Book, Standing, Unseen
from bridge.domain.edits import account
from bridge.domain.reading import Blank, Delta, Finding, FindingCode, Quantity
from bridge.domain.stock import BalanceKey, Cause, Movement
from bridge.domain.table import View
from bridge.domain.tokens import number_of
from bridge.flows import bigchange, typed_moves
from bridge.flows.desk import Look, inspect_place
from bridge.flows.edit_records import record_edits
from bridge.flows.replan import replan
from bridge.flows.safety import read_safety
from bridge.flows.shop import Shop, bridge_live, places
from bridge.flows.stopped import off_sale
from bridge.flows.timeback import Past
from bridge.ledger.ledger import Tx
from bridge.ledger.questions import OpenQuestion
from bridge.ledger.sheet import SkuRecord
from bridge.ledger.values import iso
from bridge.sheet.layout import may_name_place
from bridge.sheet.texts import both, listed
from bridge.sheet.views import StockTab


@dataclass
class Watch:
    """The sheet thread's eyes. `doubted`: edits of the last look that take back the one before; they count when the
    next look shows them too, since a read may be old."""

    shop: Shop
    two_readings: timedelta
    limits: Limits
    doubted: frozenset[tuple[str, str, int]] = field(default=frozenset())

    def take_in(self, tx: Tx, look: Look, past: Past | None = None) -> Account:
        """Account for one look. Harmless to repeat, also with an older one. `past`: time ran backwards before it."""
        if look.settings is not None and look.settings.columns.usable:
            _take_places(tx, look, self.shop.language)
        if look.stock is None or look.stock.view is None:
            return Account()
        if not bridge_live(tx):
            _take_shadow(tx, self.shop, look.stock, look.stock.view)
            return Account()
        return self._take_live(tx, look, look.stock, look.stock.view, past)

    def _take_live(self, tx: Tx, look: Look, stock: StockTab, view: View, past: Past | None) -> Account:
        records = tx.sheet.skus()
        book = self._book(tx, view, records)
        book = replace(book, restored=past.issued if past else None)
        judged = bigchange.judge(book, view, self.limits, past.question if past else "")
        if bigchange.pause_where_apart(tx, book, view, judged, self.limits):
            return _pause(tx, account(book, replace(view, rows=())))
        outcome = judged.outcome
        self.doubted = outcome.doubted
        for sku in outcome.newcomers:
            tx.sheet.greet(sku, Standing.NEW if _asked_new(outcome, sku) else Standing.KNOWN)
        tx.stock.book(outcome.movements)
        tx.sheet.note(outcome.amounts)
        tx.sheet.see(outcome.seen)
        for sku, amount in outcome.last.items():
            tx.sheet.change(sku, last=dict(amount))
        records = tx.sheet.skus()
        touched = {movement.sku for movement in outcome.movements}
        _keep_tokens(tx, outcome, records)
        record_edits(tx, outcome.edits)
        typed_moves.propose(tx, outcome.edits)
        touched |= bigchange.keep_up(tx, view, judged)
        _ask_questions(tx, outcome, self.shop.language)
        touched |= _welcome(tx, view, records)
        if look.fresh:
            _miss(tx, outcome, records, self.limits)
        safety, wrong = read_safety(tx, stock, view, records, self.limits)
        touched |= safety
        _find(tx, outcome, view, wrong)
        _block(tx, outcome, view)
        replan(tx, self.shop, touched)
        return outcome

    def _book(self, tx: Tx, view: View, records: Mapping[str, SkuRecord]) -> Book:
        tokens = {row.token for row in view.rows} | {line.token for line in view.lines}
        numbers = {n for token in tokens if (n := number_of(token)) is not None} | {line.number for line in view.lines}
        amounts = tx.sheet.amounts(numbers)
        balances = tx.stock.balances()
        booked = {key: balance.booked for key, balance in balances.items()}
        unseen, held_back = self._unseen(tx, view, booked, amounts) if self.two_readings else ({}, {})
        book = Book(
            typed={key: balance.typed for key, balance in balances.items() if balance.typed is not None},
            booked=booked,
            standing={sku: record.standing for sku, record in records.items()},
            amounts=amounts,
            last={sku: record.last for sku, record in records.items() if record.last is not None},
            seen=tx.sheet.seen(view.lines),
            asked=_two_readings(tx).keys(),
            unseen=unseen,
            held_back=held_back,
            previous=tx.sheet.previous_edit,
            doubted=self.doubted,
        )
        return bigchange.with_questioned(tx, book)

    def _unseen(
        self,
        tx: Tx,
        view: View,
        booked: Mapping[BalanceKey, int],
        amounts: Mapping[tuple[str, int], Mapping[str, int]],
    ) -> tuple[dict[BalanceKey, Unseen], dict[BalanceKey, int]]:
        """Movements that the reader of a cell could not see: written a moment ago, or waiting for longer than a row
        update takes (a held row, a finding, an outage). And what the lower reading of an open question holds back,
        where the cell has not shown that number at rest, written by us: who types again has not seen it."""
        since = iso(tx.at - self.two_readings)
        before = tx.sheet.amounts_at(since, {row.sku for row in view.rows if row.sku})
        newest = tx.sheet.newest_amounts(row.sku for row in view.rows if row.sku)
        young = tx.stock.booked_since(since)
        asked = _two_readings(tx)
        found: dict[BalanceKey, Unseen] = {}
        held_back: dict[BalanceKey, int] = {}
        for row in view.rows:
            has = amounts.get((row.sku, number_of(row.token) or -1))
            # content of before, pasted back or restored: nobody typed over what stood here, its own token explains it
            older = has != newest.get(row.sku, has)
            for location in view.locations:
                cell = (row.sku, location)
                if has is None:  # its token comes with a journal line of this look: written over in this moment
                    if cell in asked:
                        held_back[cell] = int(asked[cell].data["held"])
                        found[cell] = Unseen(written=-held_back[cell])
                    continue
                contained = has.get(location, 0)
                written = contained - before[row.sku].get(location, 0) if row.sku in before else 0
                waiting = booked.get(cell, 0) - young.get(cell, 0) - contained
                # it may rest at the lower number by what a stray write had left in it: nobody was shown that as ours
                rests = booked.get(cell, 0) == contained and not written
                if cell in asked and (not rests or asked[cell].data.get("contained") == contained):
                    held_back[cell] = int(asked[cell].data["held"])
                    waiting += held_back[cell] if asked[cell].at <= since else 0
                # what was written a moment ago is in `contained` and may be younger than `since`
                waiting = 0 if written else waiting
                if (written or waiting) and not older:
                    found[cell] = Unseen(written, waiting)
        return found, held_back


def _two_readings(tx: Tx) -> dict[BalanceKey, OpenQuestion]:
    """The cells about which a person is asked which of two readings is right."""
    return {
        (str(question.data["sku"]), str(question.data["location"])): question
        for question in tx.questions.open()
        if question.kind == "two readings"
    }


def _pause(tx: Tx, outcome: Account) -> Account:
    """Only the journal counts: no row is taken in, locked or raised."""
    tx.sheet.note(outcome.amounts)
    tx.sheet.see(outcome.seen)
    for sku, amount in outcome.last.items():
        tx.sheet.change(sku, last=dict(amount))
    for sku, record in tx.sheet.skus().items():
        if record.blocked != "invariant" and (record.token or record.blocked != "sorted apart"):
            tx.sheet.change(sku, token="", blocked="sorted apart")
    return Account()


def _asked_new(outcome: Account, sku: str) -> bool:
    return any(question.sku == sku and question.ask is Ask.NEW_PRODUCT for question in outcome.questions)


def _take_places(tx: Tx, look: Look, language: str) -> None:
    """The stock columns that 設定 names, and whether they sell. A cell without a tick says nothing, and a place whose
    line has gone stays as it was while the books of a live bridge hold stock or orders there. So does the one where
    returned goods wait, named or not, which then asks for its column."""
    assert look.settings is not None
    known = places(tx)
    lines = [line for line in look.settings.lines if line.kind == "location" and may_name_place(line.name)]
    sells = {line.name: bool(known.sells.get(line.name)) if line.on is None else line.on for line in lines}
    live = bridge_live(tx)
    inspect = inspect_place(sells, language, known.inspect if live else "")
    unnamed = {name: on for name, on in {inspect: False, **known.sells}.items() if name not in sells}
    if live and unnamed:
        used = {where for (_, where), balance in tx.stock.balances().items() if balance.on_hand or balance.allocated}
        sells |= {name: on for name, on in unnamed.items() if name in used}
    now = {"sells": sells, "inspect": inspect}
    if sells and tx.get("places") != now:
        tx.put("places", now)


def _take_shadow(tx: Tx, shop: Shop, stock: StockTab, view: View) -> None:
    """In shadow on hand is what the sheet shows; nothing in the table is written or asked."""
    records = tx.sheet.skus()
    balances = tx.stock.balances()
    movements = []
    for row in view.unique_rows():
        if row.sku not in records:
            tx.sheet.greet(row.sku, Standing.KNOWN)
        for location, reading in zip(view.locations, row.cells, strict=True):
            if isinstance(reading, Quantity):
                balance = balances.get((row.sku, location))
                if balance is None or not balance.stocked or balance.on_hand != reading.units:
                    delta = reading.units - (balance.on_hand if balance else 0)
                    movements.append(Movement(row.sku, location, delta, 0, Cause.OPENING, "shadow"))
    tx.stock.book(movements)
    touched = {movement.sku for movement in movements} | read_safety(tx, stock, view, tx.sheet.skus(), None)[0]
    replan(tx, shop, touched)


def _keep_tokens(tx: Tx, outcome: Account, records: Mapping[str, SkuRecord]) -> None:
    """Which token to lock each row by; none where it can't be locked now."""
    for sku, record in records.items():
        token = outcome.tokens.get(sku, "")
        if token != record.token:
            tx.sheet.change(sku, token=token)


def _ask_questions(tx: Tx, outcome: Account, language: str) -> None:
    for question in outcome.questions:
        if question.ask is Ask.UNKNOWN_NUMBER:
            tx.sheet.change(question.sku, standing=Standing.ASKED.value, token="", last=None)
            tx.questions.ask("unknown number", question.sku, {"expected": _expected(tx, question.sku, language)})
        elif question.ask is Ask.NEW_PRODUCT:
            tx.questions.ask("new product", question.sku)
        else:
            tx.sheet.change(question.sku, standing=Standing.GONE.value)
            tx.questions.settle("vanished", question.sku, both("results", "superseded"))
            tx.questions.ask("renamed", question.sku, {"other": question.other_sku})
    for finding in outcome.overwritten:
        tx.questions.ask("overwritten", finding.sku, {"location": finding.location})


def _expected(tx: Tx, sku: str, language: str) -> str:
    balances = tx.stock.balances([sku])
    stocked = sorted((location, b.on_hand) for (_, location), b in balances.items() if b.stocked)
    return listed((f"{location} {units}" for location, units in stocked), language)


def _welcome(tx: Tx, view: View, records: Mapping[str, SkuRecord]) -> set[str]:
    """Rows that came back, products whose tick came, rows held or released. Returns SKUs to plan again."""
    touched = set()
    for row in view.unique_rows():
        record = records.get(row.sku)
        if record is None:
            continue
        retired = record.standing is Standing.RETIRED
        if record.standing is Standing.GONE or (retired and not off_sale(tx, row.sku)):
            tx.sheet.change(row.sku, standing=Standing.KNOWN.value, missing_since=None)
            for kind in ("vanished", "renamed"):
                tx.questions.settle(kind, row.sku, both("results", "settled itself"))
            touched.add(row.sku)
        elif record.missing_since is not None:
            tx.sheet.change(row.sku, missing_since=None)
        if record.standing is Standing.NEW and row.confirm and not row.hold:
            tx.sheet.change(row.sku, standing=Standing.KNOWN.value)
            tx.questions.settle("new product", row.sku, both("results", "settled itself"))
        _hold(tx, row.sku, record, held=row.hold)
    return touched


def _hold(tx: Tx, sku: str, record: SkuRecord, *, held: bool) -> None:
    """A row was taken in hand or let go."""
    if held == (record.held_since is not None):
        return
    tx.sheet.change(sku, held_since=iso(tx.at) if held else None)
    if not held:
        tx.questions.settle("held long", sku, both("results", "settled itself"))


def _miss(tx: Tx, outcome: Account, records: Mapping[str, SkuRecord], limits: Limits) -> None:
    """Rows that have gone: asked about when the next look misses them too; many at once is one question."""
    missing = [sku for sku in outcome.missing if sku in records]
    for sku in missing:
        _hold(tx, sku, records[sku], held=False)  # nobody can hold what is not in the table
    gone = [sku for sku in missing if records[sku].standing is not Standing.GONE]
    renamed = {question.sku for question in outcome.questions if question.ask is Ask.RENAMED}
    confirmed = [sku for sku in gone if records[sku].missing_since is not None and sku not in renamed]
    for sku in gone:
        if records[sku].missing_since is None:
            tx.sheet.change(sku, missing_since=iso(tx.at))
    if limits.many(len(confirmed), len(records)) and not tx.get("emptied meant", False):
        tx.questions.ask("table emptied", "", {"count": len(confirmed)})
        return
    tx.questions.settle("table emptied", "", both("results", "settled itself"))
    if not missing:
        tx.put("emptied meant", False)
    for sku in confirmed:
        if records[sku].standing is Standing.NEW and not tx.stock.balances([sku]):
            tx.give_up_sku(sku)
            tx.questions.settle("new product", sku, both("results", "settled itself"))
            continue
        tx.sheet.change(sku, standing=Standing.GONE.value)
        tx.questions.ask("vanished", sku)
        tx.questions.settle("unknown number", sku, both("results", "superseded"))


def _find(tx: Tx, outcome: Account, view: View, wrong: Mapping[BalanceKey, str]) -> None:
    """Findings of the rows in view: a new one is a refused edit; one that is gone was mended. `wrong`: of other cells
    than stock."""
    now = {(finding.sku, finding.location): finding.code.value for finding in outcome.findings} | dict(wrong)
    before = tx.sheet.findings()
    judged = {row.sku for row in view.unique_rows() if not row.hold}
    shown: dict[BalanceKey, object] = {
        (row.sku, location): cell for row in view.rows for location, cell in zip(view.locations, row.cells, strict=True)
    }
    shown |= {(row.sku, DELTA): row.delta for row in view.rows}
    for cell, code in now.items():
        if before.get(cell) != code:
            tx.sheet.record_edit(*cell, None, _text(shown.get(cell)), "refused", code)
    mended = [cell for cell in before if cell not in now and cell[0] in judged]
    tx.sheet.find({cell: code for cell, code in now.items() if before.get(cell) != code}, mended)


def _text(reading: object) -> str:
    if isinstance(reading, Finding):
        return reading.code.value
    if isinstance(reading, Delta):
        return f"{reading.units:+}"
    return FindingCode.BLANK.value if isinstance(reading, Blank) else ""


def _block(tx: Tx, outcome: Account, view: View) -> None:
    """Why a SKU's numbers may not rise now. Nothing here ever stops a lowering."""
    findings = {sku for sku, _ in tx.sheet.findings()}
    held = {row.sku for row in view.rows if row.hold}
    records = tx.sheet.skus()
    missing = set(outcome.missing)
    questioned = {each.sku for each in tx.questioned.all() if not each.refused}
    for sku, record in records.items():
        why = ""
        if sku in outcome.doubled:
            why = "doubled"
        elif record.standing not in (Standing.KNOWN, Standing.RETIRED):
            why = record.standing.value
        elif sku in missing and record.standing is Standing.KNOWN:
            why = "missing"
        elif sku in questioned:
            why = "big change"
        elif sku in findings:
            why = "finding"
        elif sku in held:
            why = "held"
        if record.blocked not in (why, "invariant"):
            tx.sheet.change(sku, blocked=why)
