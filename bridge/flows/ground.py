"""What lines of 入出庫 are held against: the places, the products and what lies where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from bridge.domain.edit_book import Standing
from bridge.domain.stock import Balance, BalanceKey
from bridge.flows.shop import Shop, code_now, places
from bridge.flows.stopped import off_sale
from bridge.ledger.ledger import Tx
from bridge.ledger.sheet import SkuRecord
from bridge.sheet.layout import fold


@dataclass(frozen=True)
class Ground:
    """`counted`: places that count their goods themselves, and whose they are · `inspect`: where goods that came back
    wait, "" where there is no such column · `tills`: channels whose goods leave at the moment of the sale."""

    places: Sequence[str]
    counted: Mapping[str, str]
    inspect: str
    records: Mapping[str, SkuRecord]
    aliases: Mapping[str, str]
    balances: Mapping[BalanceKey, Balance]
    tills: frozenset[str]

    def place(self, text: str) -> str:
        """As the stock column is called, whatever the width of the letters; else as it was written."""
        return self._names.get(fold(text), text)

    @cached_property
    def _names(self) -> Mapping[str, str]:
        return {fold(name): name for name in (*self.counted, *self.places)}

    def is_place(self, text: str) -> bool:
        return fold(text) in self._names

    def sku(self, text: str) -> str:
        """The code that it goes by now."""
        return code_now(text, self.records, self.aliases)

    def strange(self, skus: Iterable[str]) -> tuple[str, str]:
        """The first SKU of which nothing can move, and why, as the code of a sentence; "", "" where there is none."""
        for sku in skus:
            record = self.records.get(sku)
            if record is None or record.standing is Standing.GONE:
                return sku, "no such sku"
            if record.standing is Standing.NEW:
                return sku, "new sku"
        return "", ""

    def lying(self, sku: str, place: str) -> int:
        return self.balances.get((sku, place), Balance()).on_hand


def ground_of(tx: Tx, shop: Shop) -> Ground:
    counted = {facts.counts_at: name for name, facts in shop.channels.items() if facts.counts_at}
    known = places(tx)
    inspect = known.inspect if known.inspect in known.sells else ""
    records = {
        sku: each for sku, each in tx.sheet.skus().items() if each.standing is not Standing.RETIRED or off_sale(tx, sku)
    }
    return Ground(list(known.sells), counted, inspect, records, tx.get("aliases", {}), tx.stock.balances(), shop.tills)
