"""Reading and writing quantities: absolute numbers, one listing a call (§3, Products and stock)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from bridge.channels.answers import whole
from bridge.channels.batches import RowsRefused, cut, write_and_look
from bridge.channels.colorme import facts
from bridge.channels.colorme.ids import listing_key
from bridge.channels.colorme.shapes import Shapes
from bridge.channels.colorme.wire import (
    BUCKET,
    MALL,
    PRODUCTS,
    PUSH_ATTEMPTS,
    PUSH_SECONDS,
    ColorMeRefused,
    pages,
)
from bridge.channels.http import MallHttp, Operation
from bridge.channels.port import Outcome, Pushed, PushItem
from bridge.channels.products import numbers_of
from bridge.clock import Clock
from bridge.domain.orders import ListingKey
from bridge.errors import Hint, NeedsPerson

FIELDS = "id,model_number,stock_managed,stocks,variants"


class Stock:
    """The quantities of one shop."""

    def __init__(self, http: MallHttp, shapes: Shapes, clock: Clock) -> None:
        self._http, self._shapes, self._clock = http, shapes, clock
        self._traps: dict[ListingKey, Hint | None] = {}
        self._written: dict[ListingKey, list[tuple[float, int, int]]] = {}  # when, what showed before, and what since

    def read(self, listings: Iterable[ListingKey]) -> dict[ListingKey, int]:
        """As Channel.read. What the shop keeps no number of is left out."""
        wanted = set(listings)
        products = sorted({numbers[0] for numbers in map(numbers_of, wanted) if numbers})
        shown: dict[ListingKey, int] = {}
        for batch in cut(products, facts.PRODUCTS_PAGE):
            for product in self._products(batch):
                for listing, units in numbers_in(product).items():
                    if listing in wanted:
                        self._traps[listing] = trap(product, listing)
                        if units is not None:
                            shown[listing] = self._now(listing, units)
        return shown

    def alarms(self) -> dict[str, Hint] | None:
        """As OrdersRead.alarms: of the listings that were read so far."""
        found = {listing.id: hint for listing, hint in self._traps.items() if hint is not None}
        return found if self._traps else None

    def _products(self, ids: Sequence[int]) -> Iterator[Mapping[str, Any]]:
        """T8: what wasn't asked for is left out; a filter that the shop doesn't understand finds everything."""
        query = {"ids": ",".join(str(each) for each in ids), "fields": FIELDS}
        try:
            for page, _ in pages(self._http, PRODUCTS, facts.PRODUCTS_PAGE, **query):
                for product in page:
                    if product["id"] in ids:
                        self._shapes.learn(product)
                        yield product
        except ColorMeRefused as refusal:
            raise NeedsPerson(refusal.hint) from refusal

    def _now(self, listing: ListingKey, shown: int) -> int:
        """T5: for some seconds after a write of ours what stood there before may still be shown."""
        now = self._clock.monotonic()
        lately = [each for each in self._written.get(listing, []) if now - each[0] < facts.STALE_FOR.total_seconds()]
        self._written[listing] = lately
        return lately[-1][2] if any(shown == before for _, before, _ in lately) else shown

    def send(self, batch: Sequence[PushItem]) -> list[Pushed]:
        """One listing. Raises RowsRefused, TryAgain, NeedsPerson."""
        unsendable = {
            item.listing: Pushed(item.listing, Outcome.REFUSED, _NO_LISTING)
            for item in batch
            if numbers_of(item.listing) is None
        }
        return write_and_look(batch, unsendable, self._write, self._read_later, facts.MAX_QUANTITY)

    def _read_later(self, listings: Iterable[ListingKey]) -> dict[ListingKey, int]:
        """After a lost answer: what shows at once may be old."""
        self._clock.sleep(facts.STALE_FOR.total_seconds())
        return self.read(listings)

    def _write(self, batch: Sequence[PushItem]) -> dict[ListingKey, Pushed]:
        [item] = batch
        product, variant = numbers_of(item.listing) or (0, 0)
        name, path = "product", f"/products/{product}"
        if variant:
            name, path = "variant", f"{path}/variants/{variant}"
        operation = Operation(
            name, "PUT", path, BUCKET, writes=True, repeatable=False, attempts=PUSH_ATTEMPTS, seconds=PUSH_SECONDS
        )
        quantity = min(item.quantity, facts.MAX_QUANTITY)
        try:
            told = self._http.call(operation, {name: {"stocks": quantity}}).json[name]
        except ColorMeRefused as refusal:
            raise RowsRefused(refusal.hint, {0: (Outcome.REFUSED, refusal.hint)}) from refusal
        if told["stocks"] != quantity:  # a product whose variants keep their own numbers takes none, without a word
            return {item.listing: Pushed(item.listing, Outcome.REFUSED, _DROPPED)}
        self._written.setdefault(item.listing, []).append((self._clock.monotonic(), item.shown, quantity))
        return {item.listing: Pushed(item.listing, Outcome.DONE)}


def numbers_in(product: Mapping[str, Any]) -> dict[ListingKey, int | None]:
    """Every listing of a product with its number, None where none is kept."""
    number = whole(product["id"])
    variants = {listing_key(number, each["id"]): each["stocks"] for each in product.get("variants") or []}
    kept = {listing: whole(units) for listing, units in variants.items() if units is not None}
    if kept and product["stock_managed"] is not False:
        return {**dict.fromkeys(variants), **kept}
    managed = product["stock_managed"] is not False and product["stocks"] is not None
    return {listing_key(number): whole(product["stocks"]) if managed else None, **dict.fromkeys(variants)}


def trap(product: Mapping[str, Any], listing: ListingKey) -> Hint | None:
    """Why the shop would sell it whatever number is sent."""
    numbers = numbers_in(product)
    if numbers.get(listing) is not None:
        return None
    own = numbers.get(listing_key(product["id"]))
    return _ON_PRODUCT if own is not None else _UNMANAGED


_NO_LISTING = Hint(
    "カラーミーの商品 ID ではありません。出品 ID を「商品ID」か「商品ID/バリエーションID」で書いてください。",
    'This is no Color Me id. Write "product", or "product/variant", in numbers.',
)
_DROPPED = Hint(
    "カラーミーが数を受け取りませんでした。オプションごとに在庫を持つ商品なら、出品 ID にバリエーションの番号も書いて"
    "ください。",
    f"{MALL} dropped the number. If the product keeps stock by option, write the variant's id in the listing too.",
)
_UNMANAGED = Hint(
    "カラーミーで在庫管理をしない設定の商品です。数を送れず、いくらでも売れます。在庫管理を有効にしてください。",
    "Color Me keeps no stock of it: no number can be sent and it sells without end. Switch its stock management on.",
)
_ON_PRODUCT = Hint(
    "カラーミーでこのバリエーションは在庫を持たず、商品全体で数えています。出品 ID に商品 ID だけを書いてください。",
    "Color Me counts this product as a whole, not by option: write the product's id alone as the listing.",
)
