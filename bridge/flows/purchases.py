"""仕入価格: the bridge appends a line for each arrival of goods, accounts type its price beside it.

A price counts when it stood unchanged for two looks. A blank cell, or one that can't be read, leaves the last price in
force, and the line says so. A line is known by its number; one that was copied counts for nothing until it is gone. Of
a product that was renamed it is written anew what it is called: another may bear the old code later.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

from bridge.domain.costs import OPENING
from bridge.flows.shop import code_now
from bridge.ledger.ledger import Ledger, Tx
from bridge.ledger.purchases import Arrival, Priced
from bridge.sheet.gateway import Gateway, Piece, Request
from bridge.sheet.grid import Snapshot
from bridge.sheet.layout import opening_title
from bridge.sheet.outline import own_tab
from bridge.sheet.purchase_lines import PurchaseLine, PurchaseTab, read_purchases
from bridge.sheet.requests import CellValue, append_rows, write_cells
from bridge.sheet.texts import say

AT_A_TIME = 2000  # lines appended in one call
SENT_AGAIN = timedelta(minutes=2)  # an append whose reply was lost may still be carried out until then


@dataclass
class PurchasePrices:
    """The tab in the accounts' spreadsheet. `seen`: the prices of the last look."""

    gateway: Gateway
    ledger: Ledger
    language: str
    seen: dict[str, Decimal | None] = field(default_factory=dict)

    def run(self, frame: Snapshot, day: Callable[[datetime], str]) -> bool:
        """One look; whether anything was written. `day`: a moment as the day people know. Raises TryAgain, NeedsPerson,
        Stop."""
        own = own_tab(frame, "purchases")
        if own is None:
            return False
        look = self.gateway.read([Piece(own.sheet_id)])
        with self.ledger.write() as tx:
            records, aliases = tx.sheet.skus(), tx.get("aliases", {})
            tab = read_purchases(look.tabs[own.sheet_id], lambda text: code_now(text, records, aliases))
            requests = self._take(tx, tab, day) if tab.columns.usable else []
        if requests:
            self.gateway.write(requests)
        return bool(requests)

    def _take(self, tx: Tx, tab: PurchaseTab, day: Callable[[datetime], str]) -> list[Request]:
        known, arrivals = tx.purchases.all(), {each.key: each for each in tx.purchases.arrivals()}
        count = Counter(line.key for line in tab.lines)
        single = {line.key: line for line in tab.lines if line.key and count[line.key] == 1}
        for key, line in single.items():
            before = known.get(key, Priced(key))
            stands = key in self.seen and self.seen[key] == line.price
            now = replace(before, shown=True, refused="" if line.price is not None or line.blank else "text")
            if line.price is not None and stands:
                now = replace(now, price=line.price)
            known[key] = now
        self.seen = {key: line.price for key, line in single.items()}
        due = [each for key, each in arrivals.items() if self._lacks(tx, known.get(key, Priced(key)), count[key])]
        due = due[:AT_A_TIME]
        known |= {each.key: replace(known.get(each.key, Priced(each.key)), sent_at=tx.at) for each in due}
        tx.purchases.put(known.values())
        renamed = ((line, arrivals[key].sku) for key, line in single.items() if key in arrivals)
        codes = {(line.position, tab.columns.at["sku"]): sku for line, sku in renamed if line.sku != sku}
        states = write_cells(tab.tab.sheet_id, {**codes, **dict(self._states(tab, known, set(arrivals), count))})
        rows = [self._row(each, tab.columns.at, day) for each in due]
        return [*states, *append_rows(tab.tab.sheet_id, rows)]

    def _lacks(self, tx: Tx, line: Priced, there: int) -> bool:
        """Whether a line is to be appended: it stands nowhere, and no call of a moment ago may still bring it."""
        return not there and (line.sent_at is None or tx.at - line.sent_at >= SENT_AGAIN)

    def _row(self, each: Arrival, at: Mapping[str, int], day: Callable[[datetime], str]) -> dict[int, CellValue]:
        number = opening_title(self.language) if each.opening else each.key.removeprefix("move ")
        cells: dict[str, CellValue] = {"number": number, "at": day(each.at), "sku": each.sku, "units": each.units}
        cells["state"] = say("purchases", "wanted", self.language)
        return {at[role]: value for role, value in cells.items()}

    def _states(
        self, tab: PurchaseTab, known: dict[str, Priced], arrivals: set[str], count: Counter[str]
    ) -> Iterator[tuple[tuple[int, int], CellValue]]:
        for line in tab.lines:
            said = self._state(line, known.get(line.key, Priced(line.key)), line.key in arrivals, count[line.key])
            if said != line.state:
                yield (line.position, tab.columns.at["state"]), said

    def _state(self, line: PurchaseLine, priced: Priced, arrived: bool, count: int) -> str:
        if not line.key:
            return self._say("unknown")
        if count > 1:
            return self._say("doubled")
        if not arrived:
            return self._say("gone" if not line.key.startswith(OPENING) else "unknown")
        if priced.price is None:
            return self._say(priced.refused or "wanted")
        price = f"{priced.price:,f}"
        if priced.refused or line.blank:
            return self._say("stays", why=self._say(priced.refused or "wanted"), price=price)
        return self._say("taken", price=price)

    def _say(self, code: str, **values: object) -> str:
        return say("purchases", code, self.language, **values)
