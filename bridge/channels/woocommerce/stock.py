"""Reading and writing quantities: absolute numbers, of products and of variations below theirs (§2)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from bridge.channels.batches import RowsRefused, cut, write_and_look
from bridge.channels.port import Outcome, Pushed, PushItem
from bridge.channels.products import numbers_of
from bridge.channels.woocommerce import facts
from bridge.channels.woocommerce.ids import listing_key
from bridge.channels.woocommerce.parents import PARENT, Parents
from bridge.channels.woocommerce.snapshots import units
from bridge.channels.woocommerce.wire import MALL, Rest, WooRefused
from bridge.domain.orders import ListingKey
from bridge.errors import Hint, NeedsPerson, TryAgain

FIELDS = "id,manage_stock,stock_quantity,backorders"


class Stock:
    """The quantities of one shop."""

    def __init__(self, rest: Rest, parents: Parents) -> None:
        self._rest, self._parents = rest, parents
        self._traps: dict[ListingKey, Hint | None] = {}

    def read(self, listings: Iterable[ListingKey]) -> dict[ListingKey, int]:
        """As Channel.read. What the shop keeps no number of is left out; one below zero is nothing to sell."""
        shown: dict[ListingKey, int] = {}
        for product, variations in _by_product(listings).items():
            for batch in cut(variations, facts.READ_BATCH):
                for row in self._rows(product, batch):
                    listing = listing_key(product, row["id"]) if product else listing_key(row["id"])
                    if product:
                        self._parents.learn(row["id"], row["manage_stock"])
                    self._traps[listing] = trap(row)
                    if row["manage_stock"] is True and row["stock_quantity"] is not None:
                        shown[listing] = max(0, units(row["stock_quantity"]))
        return shown

    def alarms(self) -> dict[str, Hint] | None:
        """As OrdersRead.alarms: of the listings that were read so far."""
        found = {listing.id: hint for listing, hint in self._traps.items() if hint is not None}
        return found if self._traps else None

    def _rows(self, product: int, ids: Sequence[int]) -> Iterator[Mapping[str, Any]]:
        """What the shop answers for products, or for variations of one. A product that is gone has none."""
        wanted = {"include": ",".join(str(each) for each in ids), "_fields": FIELDS}
        name, path = "products", "/products"
        if product:
            name, path = "products.variations", f"/products/{product}/variations"
        try:
            for page, _ in self._rest.pages(name, path, facts.READ_BATCH, **wanted):
                yield from page
        except WooRefused as refusal:
            if not refusal.code.endswith("invalid_id"):
                raise NeedsPerson(refusal.hint) from refusal

    def send(self, batch: Sequence[PushItem]) -> list[Pushed]:
        """One batch. Raises RowsRefused, TryAgain, NeedsPerson."""
        unsendable = {
            item.listing: Pushed(item.listing, Outcome.REFUSED, _NO_LISTING)
            for item in batch
            if numbers_of(item.listing) is None
        }
        return write_and_look(batch, unsendable, self._write, self.read, facts.MAX_QUANTITY)

    def _write(self, batch: Sequence[PushItem]) -> dict[ListingKey, Pushed]:
        """Products in one call, variations in one for each product. Every row is taken or refused by itself."""
        items = {item.listing: item for item in batch}
        fates: dict[ListingKey, Pushed] = {}
        for product, ids in _by_product(items).items():
            here = [items[listing_key(product, each) if product else listing_key(each)] for each in ids]
            try:
                fates |= self._write_some(product, ids, here)
            except WooRefused as refusal:
                fates |= {here[row].listing: _refused(here[row], refusal) for row in _rows_of(refusal, len(here))}
                rows = {row: (fates[each.listing].outcome, fates[each.listing].hint)
                        for row, each in enumerate(batch) if each.listing in fates}  # fmt: skip
                raise RowsRefused(refusal.hint, rows) from refusal
            except TryAgain as busy:
                if busy.ambiguous or not fates:
                    raise
                left = [item.listing for item in batch if item.listing not in fates]
                return fates | {listing: Pushed(listing, Outcome.LATER, busy.hint) for listing in left}
        return fates

    def _write_some(self, product: int, ids: Sequence[int], items: Sequence[PushItem]) -> dict[ListingKey, Pushed]:
        path = f"/products/{product}/variations/batch" if product else "/products/batch"
        rows = [{"id": number, "stock_quantity": _quantity(item)} for number, item in zip(ids, items, strict=True)]
        try:
            answer = self._rest.write("products.batch", path, {"update": rows})
        except WooRefused as refusal:
            if product and refusal.code.endswith("invalid_id"):  # the product is gone, and its variations with it
                return {item.listing: Pushed(item.listing, Outcome.REFUSED, refusal.hint) for item in items}
            raise
        told = {row["id"]: row for row in answer.json["update"]}
        return {item.listing: _fate(item, told.get(number)) for number, item in zip(ids, items, strict=True)}


def trap(row: Mapping[str, Any]) -> Hint | None:
    """Why the shop would sell it whatever number is sent."""
    if row["manage_stock"] == PARENT:
        return _ON_PARENT
    if row["manage_stock"] is not True:
        return _UNMANAGED
    return _BACKORDERS if row.get("backorders", "no") != "no" else None


def _by_product(listings: Iterable[ListingKey]) -> dict[int, list[int]]:
    """Ids of products under 0, and of variations under their product's. What is no listing is left out."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    for product, variation in filter(None, map(numbers_of, dict.fromkeys(listings))):
        found[product if variation else 0].append(variation or product)
    return found


def _quantity(item: PushItem) -> int:
    return min(item.quantity, facts.MAX_QUANTITY)


def _fate(item: PushItem, row: Mapping[str, Any] | None) -> Pushed:
    """What the shop says of one row. T1: it drops a number without a word where it keeps none."""
    if row is None:
        return Pushed(item.listing, Outcome.UNKNOWN, _UNTOLD)
    error = row.get("error")
    if error:
        said = f"{error.get('code')} {error.get('message')}"
        hint = Hint(f"{MALL} がこの商品を断りました: {said}", f"{MALL} refused this listing: {said}")
        return Pushed(item.listing, Outcome.REFUSED, hint)
    if row["stock_quantity"] != _quantity(item):
        return Pushed(item.listing, Outcome.REFUSED, trap(row) or _DROPPED)
    return Pushed(item.listing, Outcome.DONE)


def _refused(item: PushItem, refusal: WooRefused) -> Pushed:
    return Pushed(item.listing, Outcome.REFUSED, refusal.hint)


def _rows_of(refusal: WooRefused, count: int) -> list[int]:
    """The rows that a refusal of the whole names, as in `update[3][stock_quantity] is not …`."""
    found = re.findall(r"update\[(\d{1,9})\]", " ".join(str(each) for each in refusal.params.values()))
    return sorted({int(row) for row in found if int(row) < count})


_NO_LISTING = Hint(
    "WooCommerce の商品番号ではありません。出品 ID を「商品番号」か「商品番号/バリエーション番号」で書いてください。",
    'This is no WooCommerce id. Write "product", or "product/variation", in numbers.',
)
_UNTOLD = Hint(
    "WooCommerce の返事にこの商品がありません。読み直して確かめます。",
    "WooCommerce's answer leaves this listing out: it is read again.",
)
_UNMANAGED = Hint(
    "WooCommerce で在庫を管理しない設定の商品です。数を送れず、いくらでも売れます。商品の「在庫管理」を有効にして"
    "ください。",
    "WooCommerce doesn't manage its stock: no number can be sent and it sells without end. Switch its stock management"
    " on.",
)
_ON_PARENT = Hint(
    "WooCommerce でこのバリエーションの在庫は親の商品にあります。出品 ID に親の商品番号だけを書いてください。",
    "WooCommerce keeps this variation's stock on its product: write the product's id alone as the listing.",
)
_BACKORDERS = Hint(
    "WooCommerce で在庫切れでも注文を受ける設定 (バックオーダー) の商品です。売り越しになります。",
    "WooCommerce takes orders for it beyond its stock (backorders): it will oversell.",
)
_DROPPED = Hint(
    "WooCommerce が数を受け取りませんでした。WooCommerce → 設定 → 商品 → 在庫 で在庫管理を有効にしてください。",
    "WooCommerce dropped the number. Switch stock management on in WooCommerce → Settings → Products → Inventory.",
)
