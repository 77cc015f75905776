"""One cycle of the sheet thread: look, take in, apply."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bridge.domain.edits import Account
from bridge.fault_points import Point, reached
from bridge.flows.answers import Answering
from bridge.flows.apply import Apply
from bridge.flows.desk import Desk, Look
from bridge.flows.opening import add_back
from bridge.flows.probed import refuse_disproved
from bridge.flows.shop import Shop
from bridge.flows.watch import Watch
from bridge.ledger.ledger import Ledger, Tx
from bridge.ledger.values import iso, time_of


@dataclass
class SheetCycle:
    """Everything between two looks at the spreadsheet."""

    shop: Shop
    desk: Desk
    watch: Watch
    answering: Answering
    apply: Apply
    ledger: Ledger
    hold: timedelta  # how long 編集中 may stay ticked before a person is reminded
    started: bool = False

    def run(self) -> Look:
        """One cycle; the first one accounts for the whole journal. Raises TryAgain, NeedsPerson, Stop."""
        refuse_disproved(self.ledger)
        if not self.started:
            self.desk.attach()
            self.desk.claim()
        look = self.desk.read(whole_journal=not self.started)
        reached(Point.LOOKED)
        with self.ledger.write() as tx:
            outcome = self._take_in(tx, look)
            reached(Point.TAKEN_IN)
        self.started = True
        self.apply.run(look, outcome)
        return look

    def _take_in(self, tx: Tx, look: Look) -> Account:
        if not self.started:
            tx.sheet.raise_number(max((line.number for line in look.lines), default=0))
        outcome = self.watch.take_in(tx, look)
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
