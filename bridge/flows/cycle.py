"""One cycle of the sheet thread: look, take in, apply."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from bridge.domain.edit_book import Account
from bridge.fault_points import Point, reached
from bridge.flows import bigchange, timeback
from bridge.flows.answers import Answering
from bridge.flows.apply import Apply
from bridge.flows.claim import Claim
from bridge.flows.desk import Desk, Look
from bridge.flows.opening import add_back
from bridge.flows.orders_tab import take_again
from bridge.flows.probed import refuse_disproved
from bridge.flows.proposals import set_aside
from bridge.flows.shop import Shop
from bridge.flows.timeback import Past, When
from bridge.flows.watch import Watch
from bridge.ledger.ledger import Ledger, Tx
from bridge.ledger.values import iso, time_of


@dataclass
class SheetCycle:
    """Everything between two looks at the spreadsheet."""

    shop: Shop
    desk: Desk
    claim: Claim
    watch: Watch
    answering: Answering
    apply: Apply
    ledger: Ledger
    hold: timedelta  # how long 編集中 may stay ticked before a person is reminded
    started: bool = False
    went_back: bool = False  # to an older version: the next look is one as at the start, with the whole journal
    blank: frozenset[str] = frozenset()  # rows that the last look showed without a number, many at once

    def run(self) -> Look:
        """One cycle; the first one accounts for the whole journal. Raises TryAgain, NeedsPerson, Stop."""
        with self.ledger.read() as tx:
            refuse_disproved(tx)
            again = not self.started or timeback.rereading(tx)
        if not self.started:
            self.desk.attach()
        look = self.desk.read(whole_journal=again)
        reached(Point.LOOKED)
        self.desk.check_look()
        self.claim.hold(look.marks, self.desk.tabs.ids.get("marks"))
        self.desk.turn_month(look, self.shop.language, self.shop.zone)
        with self.ledger.write() as tx:
            seen, outcome = self._judge(tx, look)
            reached(Point.TAKEN_IN)
        if seen is not None:
            self.started = not self.went_back
            self.apply.run(seen, outcome)
        return look

    def take_over(self) -> None:
        """The spreadsheet is ours from now on, whoever kept it before. Raises NeedsPerson, TryAgain, Stop."""
        self.desk.attach()
        self.claim.take_over(self.desk.tabs.ids.get("marks"))

    def _judge(self, tx: Tx, look: Look) -> tuple[Look | None, Account]:
        """What of a look counts now, and its account. Nothing of an older one, which the next look may confirm; of one
        that an older copy of the ledger can't judge yet, all but the stock."""
        look = set_aside(tx, look)
        moment = timeback.when(tx, look)
        self.went_back = moment is When.VERSION
        if moment is When.OLDER:
            return None, Account()
        if moment is When.LEDGER:
            timeback.begin_again(tx, look)
        if timeback.rereading(tx) and not timeback.orders_read_again(tx, self.shop):
            self.answering.take_in(tx, look)
            return replace(look, stock=None), Account()
        if timeback.rereading(tx):
            take_again(tx, self.shop, look)
        blank = bigchange.emptied(tx, look.stock.view if look.stock else None, self.watch.limits)
        self.blank, before = blank, self.blank
        if blank and blank != before and moment is When.NOW:
            return None, Account()
        past = timeback.past(tx, look, moment, self.desk.journal_lines)
        outcome = self._take_in(tx, look, past)
        if timeback.rereading(tx) and look.stock is not None and look.stock.view is not None:
            timeback.caught_up(tx, outcome)
        return look, outcome

    def _take_in(self, tx: Tx, look: Look, past: Past | None) -> Account:
        outcome = self.watch.take_in(tx, look, past)
        self.answering.take_in(tx, look)
        add_back(tx, self.shop)
        self._remind(tx)
        if look.stock is not None and look.stock.view is not None:
            tx.put("sheet read at", iso(tx.at))
        return outcome

    def _remind(self, tx: Tx) -> None:
        """Rows held for too long."""
        for sku, record in tx.sheet.skus().items():
            if record.held_since is not None and tx.at - time_of(record.held_since) > self.hold:
                tx.questions.ask("held long", sku, {"minutes": int(self.hold.total_seconds() // 60)})
