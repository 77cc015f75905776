"""Reading and writing quantities, by product code (§1, Products and stock)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from bridge.channels.batches import RowsRefused, write_and_look
from bridge.channels.eccube import documents, facts
from bridge.channels.eccube.ids import listing_key
from bridge.channels.eccube.snapshots import units
from bridge.channels.eccube.wire import CubeRefused, Graph
from bridge.channels.port import Outcome, Pushed, PushItem
from bridge.domain.orders import ListingKey
from bridge.errors import Hint, NeedsPerson

SCAN_ROUNDS = 3  # times the catalogue is begun anew because it changed while it was paged through


class Stock:
    """The quantities of one shop."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._traps: dict[ListingKey, Hint] | None = None

    def read(self, listings: Iterable[ListingKey]) -> dict[ListingKey, int]:
        """As Channel.read: the whole catalogue, since a product's time of change tells nothing of its stock."""
        wanted = set(listings)
        if not wanted:
            return {}
        classes = self._classes()
        count = Counter(str(each["code"] or "") for each in classes)
        shown: dict[ListingKey, int] = {}
        traps: dict[ListingKey, Hint] = {}
        for each in classes:
            listing = listing_key(str(each["code"] or ""))
            if listing not in wanted or not each["code"]:
                continue
            if hint := trap(each, count):
                traps[listing] = hint
            elif each["stock"] is not None:
                shown[listing] = units(each["stock"])
        self._traps = {key: hint for key, hint in (self._traps or {}).items() if key not in wanted} | traps
        return shown

    def alarms(self) -> dict[str, Hint] | None:
        """As OrdersRead.alarms: of the listings that were read so far."""
        return None if self._traps is None else {listing.id: hint for listing, hint in self._traps.items()}

    def _classes(self) -> list[Mapping[str, Any]]:
        """T9: rows move while they are paged through, so each product counts once."""
        found: dict[str, list[Mapping[str, Any]]] = {}
        for _ in range(SCAN_ROUNDS):
            found, totals = {}, set[int]()
            for products, total in self.products():
                found |= {str(product["id"]): product["ProductClasses"] for product in products}
                totals.add(total)
            if totals == {len(found)}:
                break
        return [each for classes in found.values() for each in classes if each["visible"]]

    def products(self) -> Iterator[tuple[list[Any], int]]:
        """Page after page of the catalogue."""
        try:
            yield from self._graph.pages("products", documents.PRODUCTS, "products", facts.PRODUCTS_PAGE, {})
        except CubeRefused as refusal:
            raise NeedsPerson(refusal.hint) from refusal

    def send(self, batch: Sequence[PushItem]) -> list[Pushed]:
        """One batch. Raises RowsRefused, TryAgain, NeedsPerson."""
        unsendable = {
            item.listing: Pushed(item.listing, Outcome.REFUSED, _NO_CODE) for item in batch if not item.listing.id
        }
        return write_and_look(batch, unsendable, self._write, self.read, facts.MAX_QUANTITY)

    def _write(self, batch: Sequence[PushItem]) -> dict[ListingKey, Pushed]:
        quantities = [min(item.quantity, facts.MAX_QUANTITY) for item in batch]
        given: dict[str, Any] = {f"c{row}": item.listing.id for row, item in enumerate(batch)}
        given |= {f"n{row}": quantity for row, quantity in enumerate(quantities)}
        try:
            data, errors = self._graph.ask("updateProductStock", documents.set_stock(quantities), given), {}
        except CubeRefused as refusal:
            data, errors = dict(refusal.data), dict(refusal.errors)
            if not errors.keys() - {""}:
                raise RowsRefused(refusal.hint, {}) from refusal
        fates = {
            row: _fate(data.get(f"p{row}"), errors.get(f"p{row}"), quantity)
            for row, quantity in enumerate(quantities)
            if f"p{row}" in data
        }
        if len(fates) < len(batch):  # what isn't in the answer was not carried out
            raise RowsRefused(next(iter(errors.values()), _UNTOLD), fates)
        return {item.listing: Pushed(item.listing, *fates[row]) for row, item in enumerate(batch)}


def trap(item: Mapping[str, Any], count: Mapping[str, int]) -> Hint | None:
    """Why no number can be kept, or why the shop would sell it whatever number is sent."""
    if count[str(item["code"])] > 1:
        return _TWICE
    return _UNLIMITED if item["stock_unlimited"] else None


def _fate(row: Mapping[str, Any] | None, error: Hint | None, quantity: int) -> tuple[Outcome, Hint | None]:
    if error is not None:
        return Outcome.REFUSED, error
    if row is None or units(row["stock"]) != quantity:
        return Outcome.UNKNOWN, _UNTOLD
    return Outcome.DONE, None


_NO_CODE = Hint(
    "出品 ID に商品コードを書いてください。商品コードのない商品には数を送れません。",
    "Write the product code as the listing. A product without one can be sent no number.",
)
_TWICE = Hint(
    "EC-CUBE で同じ商品コードが 2 つ以上の規格にあります。どれの数か分からないので送れません。コードを分けてください。",
    "EC-CUBE has this product code on more than one item: no number can be sent. Give each a code of its own.",
)
_UNLIMITED = Hint(
    "EC-CUBE で在庫無制限の商品です。いくらでも売れます。在庫数を設定してください。",
    "EC-CUBE has no limit on its stock: it sells without end. Give it a number.",
)
_UNTOLD = Hint(
    "EC-CUBE の返事からは書けたか分かりません。読み直して確かめます。",
    "EC-CUBE's answer doesn't tell whether it was written: it is read again.",
)
