"""Row updates under the lock column, and every other cell the bridge writes into the spreadsheet.

Each pass asks the same question of a fresh view and the ledger's intents: which batch comes next? So a lost reply, a
kill, a late request and the ordinary second call are one case (see sheet/row_update). A cycle without trouble is at
most three calls: the poll, the lock, the write; what merely heals a bridge-owned cell rides along.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

from bridge.clock import Clock
from bridge.domain.edit_book import Account, Amount, Standing, TokenNeed
from bridge.domain.edits import amounts_under, orphan_locks
from bridge.domain.reading import Blank, Delta
from bridge.domain.stock import Balance
from bridge.domain.table import Row, View
from bridge.domain.tokens import free, locked, number_of
from bridge.fault_points import Point, reached
from bridge.flows import strays
from bridge.flows.answer_cells import Answers, gather
from bridge.flows.desk import Desk, Look
from bridge.flows.heartbeat import beat
from bridge.flows.refusals import note_refusal, note_success, refusing
from bridge.flows.shop import Shop, bridge_live
from bridge.flows.tabs import people_requests
from bridge.flows.watch import Watch
from bridge.ledger.ledger import Ledger, Tx
from bridge.ledger.sheet import RowIntent
from bridge.ledger.values import iso
from bridge.sheet import journal
from bridge.sheet.gateway import BatchRefused, Piece, Request
from bridge.sheet.headings import guarded
from bridge.sheet.requests import CellValue, append_rows, text_format
from bridge.sheet.row_update import (
    OwnedWrite,
    RowWrite,
    clear_requests,
    heal_requests,
    lock_requests,
    owned_requests,
    token_requests,
    unlock_requests,
    write_requests,
)
from bridge.sheet.views import OWNED, StockTab

_log = logging.getLogger(__name__)

PASSES = 7  # lock, write, and five more tries before the row waits for the next cycle
TRIES = 5  # writes in a row without coming to rest: an exception
TAIL = timedelta(hours=1)  # journal lines that every reply of a write brings


@dataclass
class Batch:
    """One call in the making. `essential`: there is more to it than healing. `second`: it writes rows that we hold."""

    requests: list[Request] = field(default_factory=list)
    essential: bool = False
    second: bool = False
    beat: list[Request] = field(default_factory=list)
    journal_pieces: list[Piece] = field(default_factory=list)


@dataclass(frozen=True)
class Apply:
    """The sheet thread's hands."""

    shop: Shop
    desk: Desk
    watch: Watch
    ledger: Ledger
    clock: Clock
    zone: ZoneInfo
    rows_per_call: int

    def run(self, look: Look, outcome: Account) -> None:
        """Bring the spreadsheet in step with the ledger, starting from a look that has been taken in with `outcome`.

        Raises TryAgain (the next cycle looks first), NeedsPerson, Stop."""
        stock = look.stock
        with self.ledger.write() as tx:
            batch = Batch()
            if _usable(tx, stock):
                self._work(tx, batch, stock, outcome.needs)
            if not batch.essential:
                self._heal_all(tx, batch, stock, look)
            batch.beat = self._beat(tx, look, along=bool(batch.requests))
        healed = not batch.essential
        for _ in range(PASSES):
            try:
                answer = self._send(batch, stock, look)
            except BatchRefused as refusal:  # a filter hides a row, a row is gone: the next cycle looks again
                self._refused(batch, look, refusal)
                return
            if answer is None or not batch.essential:
                return
            moved = _moved(stock, answer.stock)
            stock = answer.stock
            with self.ledger.write() as tx:
                batch = Batch()
                if _usable(tx, stock):
                    self._work(tx, batch, stock, None)
                if not healed or moved:
                    self._heal_all(tx, batch, stock, look if not healed else Look())
                    healed = True

    def _beat(self, tx: Tx, look: Look, *, along: bool) -> list[Request]:
        if "marks" not in self.desk.tabs.ids:
            return []
        hidden = 0
        if _usable(tx, look.stock):
            assert look.stock is not None
            assert look.stock.view is not None
            if any(row.hidden for row in look.stock.view.rows):
                hidden = len(_due(tx, look.stock.view, set(), hidden=True))
        return beat(tx, look, self.desk.tabs["marks"], hidden, self.zone, along=along)

    def _send(self, batch: Batch, stock: StockTab | None, look: Look) -> Look | None:
        """One call; what it answered has been taken in. None where there was nothing to send or to take in. Raises
        BatchRefused where Google refused the batch whole."""
        if not batch.requests and not batch.beat:
            return None
        requests = self._guarded(batch.requests, stock, look) + batch.beat
        if stock is None or stock.view is None or not batch.requests:
            self.desk.send(requests)
            return None
        if batch.essential:
            reached(Point.WRITE_PROMISED if batch.second else Point.LOCK_PROMISED)
        answer = self.desk.write(requests, stock, batch.journal_pieces)
        reached(_answered(batch))
        with self.ledger.write() as tx:
            note_success(tx)
            self.watch.take_in(tx, answer)
        reached(Point.REPLY_TAKEN_IN)
        return answer

    def _guarded(self, requests: Sequence[Request], stock: StockTab | None, look: Look) -> list[Request]:
        people = (look.listings, look.answers, look.settings, look.moves, look.history, *look.orders.values())
        tabs = (stock, *people)
        return guarded(requests, tabs, self.desk.tabs["marks"]) if requests else []

    def _refused(self, batch: Batch, look: Look, refusal: BatchRefused) -> None:
        """The heartbeat goes out all the same, and so does what people must be told."""
        _log.warning("batch refused: %s", refusal)
        with self.ledger.write() as tx:
            told = note_refusal(tx, refusal.hint)
            answers = Answers(self.shop, self.zone, gather(tx, self.shop))
            alone = self._guarded(people_requests(tx, self.shop, look, answers) if told else (), None, look)
        for requests in ([*batch.beat, *alone], batch.beat if alone else []):
            try:
                if requests:
                    self.desk.send(requests)
                return
            except BatchRefused:
                _log.warning("refused too: what people are told of it")

    def _heal_all(self, tx: Tx, batch: Batch, stock: StockTab | None, people: Look) -> None:
        """Every bridge-owned cell that shows something else than it should rides along with this batch."""
        answers = Answers(self.shop, self.zone, gather(tx, self.shop))
        if stock is not None and stock.view is not None:
            batch.requests += self._heal(tx, stock, stock.view, answers)
        batch.requests += people_requests(tx, self.shop, people, answers)

    # --- row updates -------------------------------------------------------------------------------------------------

    def _work(self, tx: Tx, batch: Batch, stock: StockTab | None, needs: Sequence[TokenNeed] | None) -> None:
        """Row updates: go on with those under way; with `needs` (the first call of a cycle) also begin new ones."""
        assert stock is not None
        assert stock.view is not None
        view = stock.view
        intents = tx.sheet.intents()
        ready, back, gone = _sort_intents(tx, view, intents)
        tx.sheet.done(gone)
        orphans = orphan_locks(view, {intent.lock_number for intent in intents})
        unlock = [*orphans, *(intent.lock_number for intent in back)]
        writes = unlock_requests(stock, unlock)
        landed, zeros = strays.landed(tx, view)
        left = landed + strays.hit(tx, view)
        writes += self._writes(tx, batch, stock, ready, left)
        writes += clear_requests(stock, zeros)
        busy = {intent.sku for intent in intents} - set(gone)
        if needs is not None and not ready:
            writes += self._tokens(tx, stock, view, needs)
            writes += self._locks(tx, stock, view, busy)
            writes += _write_again(tx, stock, view)
        tx.sheet.done(intent.sku for intent in back)
        batch.requests += writes
        batch.essential = bool(writes)
        batch.second = bool(ready or left or zeros)

    def _locks(self, tx: Tx, stock: StockTab, view: View, busy: set[str]) -> list[Request]:
        due = _due(tx, view, busy)[: self.rows_per_call]
        first = tx.sheet.take_numbers(len(due)) if due else 0
        locks, amounts = [], {}
        for number, (row, kind, amount) in enumerate(due, first):
            locks.append((row.token, number))
            amounts[row.sku, number] = amount
            tx.sheet.intend([RowIntent(row.sku, kind, number)])
        tx.sheet.note(amounts)
        return lock_requests(stock, locks)

    def _tokens(self, tx: Tx, stock: StockTab, view: View, needs: Sequence[TokenNeed]) -> list[Request]:
        """Rows whose lock cell is blank, foreign or shared get a token of their own."""
        hidden = {row.position for row in view.rows if row.hidden}
        needs = [need for need in needs if need.position not in hidden][: self.rows_per_call]
        if not needs:
            return []
        first = tx.sheet.take_numbers(len(needs))
        numbered = list(zip(needs, range(first, first + len(needs)), strict=True))
        amounts: dict[tuple[str, int], Amount] = {}
        known = tx.sheet.amounts(n for need in needs if (n := number_of(need.token)) is not None)
        for need, number in numbered:
            old = number_of(need.token)
            if old is not None:  # whichever row bears that token gets it: the amount is the same
                amounts |= {(sku, number): amount for sku, amount in amounts_under(known, old).items()}
            amounts[need.sku, number] = need.amount
        tx.sheet.note(amounts)
        return token_requests(stock, numbered)

    def _writes(
        self,
        tx: Tx,
        batch: Batch,
        stock: StockTab,
        ready: Sequence[tuple[RowIntent, Row]],
        left: Sequence[strays.Stray],
    ) -> list[Request]:
        """The second call of the rows we hold, and what takes the place of what was `left` in others."""
        if not ready and not left:
            return []
        answers = Answers(self.shop, self.zone, gather(tx, self.shop))
        balances = tx.stock.balances(intent.sku for intent, _ in ready)
        full = {row.position: (row, intent) for intent, row in ready if intent.kind == "stock"}
        positions = sorted([*full, *(stray.row.position for stray in left)])
        first = tx.sheet.take_numbers(len(positions)) if positions else 0
        numbers = dict(zip(positions, range(first, first + len(positions)), strict=True))
        rows = [_row_write(balances, row, numbers[row.position], stock, answers) for row, _ in full.values()]
        rows += [
            RowWrite(
                stray.row.position,
                numbers[stray.row.position],
                stray.quantities,
                answers.row(stray.row.sku) if stray.row.sku else dict.fromkeys(OWNED),
            )
            for stray in left
        ]
        rows.sort(key=lambda row: row.position)
        tx.sheet.promise_lines(numbers.values())
        tx.sheet.intend(
            RowIntent(intent.sku, intent.kind, intent.lock_number, numbers[row.position])
            for row, intent in full.values()
        )
        for _, intent in full.values():
            _count_try(tx, intent)
        owned = [
            OwnedWrite(row.position, intent.lock_number, answers.row(row.sku))
            for intent, row in ready
            if intent.kind == "owned"
        ]
        for intent, _ in ready:
            tx.sheet.change(intent.sku, owned_due=False)
        if positions:
            oldest = tx.sheet.first_number_since(iso(tx.at - TAIL))
            batch.journal_pieces = journal.span(
                self.desk.tabs["journal"], min(oldest, first), first + len(positions) - 1, self.desk.journal_lines
            )
            tx.sheet.forget_before(first - self.desk.journal_lines)
        return write_requests(stock, self.desk.tabs["journal"], self.desk.journal_lines, rows) + owned_requests(
            stock, owned
        )

    # --- bridge-owned cells ------------------------------------------------------------------------------------------

    def _heal(self, tx: Tx, stock: StockTab, view: View, answers: Answers) -> list[Request]:
        """Bridge-owned cells that show something else than they should. Not in rows people hold or can't see."""
        records = tx.sheet.skus()
        live = bridge_live(tx)
        count = Counter(row.sku for row in view.rows)
        under_way = {intent.sku for intent in tx.sheet.intents()}
        wanted: dict[int, dict[str, CellValue]] = {}
        for row in view.rows:
            if row.hidden or row.sku in under_way:
                continue
            shown = stock.owned(row.position)
            known = row.sku in records and count[row.sku] == 1
            cells = answers.row(row.sku) if known else {"state": answers.state_of(row, view) or None}
            if row.hold:
                cells = {"state": cells.get("state")}
            wrong = {role: value for role, value in cells.items() if role in shown and shown[role] != value}
            record = records.get(row.sku)
            if row.confirm and known and record and record.standing is not Standing.NEW and live:
                wrong["confirm"] = False
            if wrong:
                wanted[row.position] = wrong
        requests = heal_requests(stock, wanted)
        plain = [
            stock.columns.at[role]
            for role in ("sku", "lock")
            if live and any(not stock.tab.cell(row.position, stock.columns.at[role]).plain for row in view.rows)
        ]
        return requests + text_format(stock.tab.sheet_id, plain, stock.columns.header_row + 1)


def _usable(tx: Tx, stock: StockTab | None) -> bool:
    """Whether row updates may be made: the headers can be read and the whole bridge is live."""
    return stock is not None and stock.view is not None and bridge_live(tx)


def _answered(batch: Batch) -> Point:
    if not batch.essential:
        return Point.HEAL_ANSWERED
    return Point.WRITE_ANSWERED if batch.second else Point.LOCK_ANSWERED


def _moved(before: StockTab | None, after: StockTab | None) -> bool:
    """Whether a row stands elsewhere than when the batch was made: positional writes may have hit another row."""
    if before is None or after is None or before.view is None or after.view is None:
        return False
    return [(row.position, row.sku) for row in before.view.rows] != [(row.position, row.sku) for row in after.view.rows]


def _write_again(tx: Tx, stock: StockTab, view: View) -> list[Request]:
    """戻す: rows that vanished are appended with a token of their own; done once such a row stands there."""
    here = {row.sku for row in view.rows}
    asked = [sku for sku in tx.get("write again", []) if sku not in here]
    tx.put("write again", asked)
    if not asked:
        return []
    balances = tx.stock.balances(asked)
    first = tx.sheet.take_numbers(len(asked))
    rows: list[dict[int, CellValue]] = []
    for number, sku in enumerate(asked, first):
        mine = {location: b for (s, location), b in balances.items() if s == sku and b.stocked}
        tx.sheet.note({(sku, number): {location: b.booked for location, b in mine.items()}})
        cells: dict[int, CellValue] = {stock.columns.at["sku"]: sku, stock.columns.at["lock"]: free(number)}
        cells |= {at: mine[location].on_hand for location, at in stock.columns.locations.items() if location in mine}
        rows.append(cells)
    return append_rows(stock.tab.sheet_id, rows)


def _count_try(tx: Tx, intent: RowIntent) -> None:
    """Writes in a row that left the row locked; after five a person is told."""
    tries = 1 if intent.write_number is None else tx.sheet.skus()[intent.sku].writes + 1
    tx.sheet.change(intent.sku, writes=tries)
    if tries >= TRIES and not refusing(tx):
        tx.questions.ask("five times", intent.sku)


def _sort_intents(
    tx: Tx, view: View, intents: Sequence[RowIntent]
) -> tuple[list[tuple[RowIntent, Row]], list[RowIntent], list[str]]:
    """Each row update under way: its lock is ours to write under (ready), to be given back, or gone."""
    by_token: dict[str, list[Row]] = {}
    for row in view.rows:
        by_token.setdefault(row.token, []).append(row)
    records = tx.sheet.skus()
    ready, back, gone = [], [], []
    for intent in intents:
        token = locked(intent.lock_number)
        rows = by_token.get(token, [])
        record = records.get(intent.sku)
        if not rows:
            gone.append(intent.sku)
        elif len(rows) > 1 or rows[0].sku != intent.sku or rows[0].hidden or not record or record.token != token:
            back.append(intent)
        else:
            ready.append((intent, rows[0]))
    return ready, back, gone


def _due(tx: Tx, view: View, busy: set[str], *, hidden: bool = False) -> list[tuple[Row, str, Amount]]:
    """Rows to lock, in table order: their content lacks something booked or shows a number that was refused (stock),
    or an order changed what only the bridge writes (owned). `hidden`: instead the rows that a filter hides."""
    records = tx.sheet.skus()
    balances = tx.stock.balances()
    numbers = {n for row in view.rows if (n := number_of(row.token)) is not None}
    amounts = tx.sheet.amounts(numbers)
    refused = {each.sku for each in tx.questioned.all() if each.refused}
    found = []
    for row in view.rows:
        record = records.get(row.sku)
        if record is None or not record.token or record.token != row.token or row.hidden != hidden or row.sku in busy:
            continue
        amount = amounts[row.sku, number_of(row.token) or 0]
        lacks = _lacks(balances, row.sku, view.locations, amount) or _changes(balances, row, view)
        if lacks or row.sku in refused or _lost_its_zero(balances, row, view.locations):
            found.append((row, "stock", amount))
        elif record.owned_due:
            found.append((row, "owned", amount))
    return found


def _lacks(balances: Mapping[tuple[str, str], Balance], sku: str, locations: Sequence[str], amount: Amount) -> bool:
    return any(
        balance.stocked and balance.booked != amount.get(location, 0)
        for location in locations
        if (balance := balances.get((sku, location))) is not None
    )


def _changes(balances: Mapping[tuple[str, str], Balance], row: Row, view: View) -> bool:
    """Whether an entry in 増減 is to be cleared. A 0 beside a cell that was never filled changes nothing, and stays."""
    changed = balances.get((row.sku, view.delta_at))
    return isinstance(row.delta, Delta) and changed is not None and changed.stocked


def _lost_its_zero(balances: Mapping[tuple[str, str], Balance], row: Row, locations: Sequence[str]) -> bool:
    """Whether a stocked cell is blank: of rows that may be written, only one that showed 0."""
    blank = (location for location, cell in zip(locations, row.cells, strict=True) if isinstance(cell, Blank))
    return any((row.sku, location) in balances and balances[row.sku, location].stocked for location in blank)


def _row_write(
    balances: Mapping[tuple[str, str], Balance], row: Row, number: int, stock: StockTab, answers: Answers
) -> RowWrite:
    """増減 is cleared with the number that it is part of, also where an entry comes only in this moment: the journal
    line tells of it."""
    assert stock.view is not None
    quantities, at = _quantities(balances, row.sku, stock), stock.view.delta_at
    return RowWrite(row.position, number, quantities, answers.row(row.sku), at if at in quantities else "")


def _quantities(balances: Mapping[tuple[str, str], Balance], sku: str, stock: StockTab) -> dict[str, int]:
    """What each stocked cell of the row should show. A cell never filled is left alone."""
    return {
        location: balance.on_hand
        for location in stock.columns.locations
        if (balance := balances.get((sku, location))) is not None and balance.stocked
    }
