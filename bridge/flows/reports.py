"""Everything that is told rather than done: 集計 for staff and managers, 仕入価格 and 月末在庫 for accounts. A job of
its own, beside the sheet and the channels; it moves no stock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from functools import cache, partial

from bridge.clock import zone_of
from bridge.domain.costs import Costing, Purchase
from bridge.domain.summary import Summary
from bridge.domain.transfers import IN_TRANSIT
from bridge.errors import BridgeError, Stop
from bridge.flows.closing import MonthEnd, costs_at, freeze_due, month_end, purchases
from bridge.flows.purchases import PurchasePrices
from bridge.flows.report import Report
from bridge.flows.shop import Shop, places
from bridge.flows.summary import Summariser
from bridge.ledger.ledger import Ledger, Tx
from bridge.ledger.month_ends import Frozen
from bridge.sheet.closing_cells import CLOSING_WIDTH, closing_rows, closing_title
from bridge.sheet.gateway import Gateway, Request
from bridge.sheet.grid import Snapshot, Tab
from bridge.sheet.months import closing_id, closing_role
from bridge.sheet.outline import Standing
from bridge.sheet.overlays import protected
from bridge.sheet.requests import room

KEPT = timedelta(days=7)  # how long it is remembered how fast a listing came into step
LOOK = timedelta(minutes=10)  # between two looks at month ends: they read all that moved since
OPEN_MONTHS = 3  # so many month ends are looked at for what became known later


@dataclass
class Accounts:
    """The accounts' spreadsheet. `written`: what was written last of each month · `looked_at`: when it was last looked
    for what became known of `newest` later."""

    gateway: Gateway
    prices: PurchasePrices
    shop: Shop
    ledger: Ledger
    written: dict[str, MonthEnd] = field(default_factory=dict)
    looked_at: datetime | None = None
    newest: list[Frozen] = field(default_factory=list)

    def run(self, zone: tzinfo, bought: Sequence[Purchase]) -> None:
        frame = self.gateway.frame()
        with self.ledger.read() as tx:
            now, newest = tx.at, tx.month_ends.all()[-OPEN_MONTHS:]
            due = self.looked_at is None or now - self.looked_at >= LOOK or newest != self.newest
            found = [month_end(tx, self.shop, each, bought) for each in newest] if due else []
            kinds = self._kinds(tx)
        for each in found:
            if closing_id(each.frozen.month) not in frame.tabs or self.written.get(each.frozen.month) != each:
                self._write(each, kinds, frame)
        if due:
            self.looked_at, self.newest = now, newest
        self.prices.run(frame, lambda at: at.astimezone(zone).date().isoformat())

    def _write(self, each: MonthEnd, kinds: dict[str, str], frame: Snapshot) -> None:
        month, language = each.frozen.month, self.shop.language
        rows = closing_rows(each.lines, each.changes, lambda at: kinds.get(at, "aside"), language)
        sheet_id = closing_id(month)
        tab = frame.tabs.get(sheet_id)
        if tab is None:
            self.gateway.write(self._new_tab(month, len(rows)))
        elif tab.row_count < len(rows) or tab.column_count < CLOSING_WIDTH:
            size = max(len(rows), tab.row_count), max(CLOSING_WIDTH, tab.column_count)
            self.gateway.write([room(sheet_id, *size)])
        blank = [[""] * CLOSING_WIDTH for _ in range(tab.row_count - len(rows) if tab else 0)]
        self.gateway.put_values(sheet_id, [*rows, *blank])
        self.written[month] = each

    def _new_tab(self, month: str, rows: int) -> list[Request]:
        """Closed from the start where the others are."""
        sheet_id, title, language = closing_id(month), closing_title(month, self.shop.language), self.shop.language
        size = {"rowCount": rows, "columnCount": CLOSING_WIDTH, "frozenRowCount": 1}
        properties = {"sheetId": sheet_id, "title": title, "gridProperties": size}
        tab = Tab(sheet_id, title, rows, CLOSING_WIDTH, ())
        standing = Standing(closing_role(month), tab, {"properties": properties})
        editors = [self.gateway.account] if self._closed() else None
        mends = protected(standing, "closing", {"sheetId": sheet_id}, language, editors)
        return [{"addSheet": {"properties": properties}}, *(each for mend in mends for each in mend.requests)]

    def _closed(self) -> bool:
        """Whether people were named in 設定 when `bridge init` ran last: then something is closed here."""
        found = self.gateway.described("sheets(protectedRanges(protectedRangeId,warningOnly))")["sheets"]
        held = [each for sheet in found for each in sheet.get("protectedRanges", ())]
        return any(not each.get("warningOnly") for each in held)

    def _kinds(self, tx: Tx) -> dict[str, str]:
        """What each location is to accounts, as a code of the words [closing]."""
        where = places(tx)
        found = {at: "sells" if sells else "aside" for at, sells in where.sells.items()}
        counted = {facts.counts_at: "warehouse" for facts in self.shop.channels.values() if facts.counts_at}
        return {**counted, **found, where.inspect: "inspect", IN_TRANSIT: "transit"}


@dataclass
class Reports:
    """`managers`, `accounts`: None without a spreadsheet of their own · `otherwise`: the time zone where Google names
    none."""

    shop: Shop
    ledger: Ledger
    summariser: Summariser
    staff: Report
    managers: Report | None
    accounts: Accounts | None
    costing: Costing
    otherwise: tzinfo

    def run(self) -> None:
        """One round. The business day is that of the staff's spreadsheet; a spreadsheet that can't be reached holds up
        no other. Raises TryAgain, NeedsPerson, Refused; Stop at once."""
        seen = self.staff.gateway.frame()
        zone = zone_of(seen.zone, self.otherwise)
        told = self.managers is not None or self.accounts is not None
        with self.ledger.write() as tx:
            tx.reports.forget_steps(tx.at - KEPT)
            if told:
                tx.purchases.keep(tx.get("live_at", ""))
            freeze_due(tx, self.shop, zone, self.costing)
        with self.ledger.read() as tx:
            bought = purchases(tx) if told else []

        @cache
        def made() -> tuple[Summary, datetime]:
            return self._made(zone, bought)

        def without_costs() -> tuple[Summary, datetime]:
            summary, now = made()
            return summary.without_costs(), now

        jobs: list[Callable[[], object]] = [partial(self.staff.run, seen, zone, without_costs)]
        if self.managers is not None:
            jobs.append(partial(_told, self.managers, zone, made))
        if self.accounts is not None:
            jobs.append(partial(self.accounts.run, zone, bought))
        _each(jobs)

    def _made(self, zone: tzinfo, bought: Iterable[Purchase]) -> tuple[Summary, datetime]:
        """集計 as managers see it, where there are any, and when it was made."""
        with self.ledger.read() as tx:
            until = tx.at + timedelta(microseconds=1)
            costs = None if self.managers is None else costs_at(bought, self.costing, until)
            return self.summariser.make(tx, zone, costs), tx.at


def _told(report: Report, zone: tzinfo, made: Callable[[], tuple[Summary, datetime]]) -> None:
    report.run(report.gateway.frame(), zone, made)


def _each(jobs: Iterable[Callable[[], object]]) -> None:
    """All of them; then the first thing that went wrong, if any."""
    failures: list[BridgeError] = []
    for job in jobs:
        try:
            job()
        except Stop:
            raise
        except BridgeError as error:
            failures.append(error)
    if failures:
        raise failures[0]
