"""Writing and reading the quantities that we ship: absolute numbers, one SKU at a time (amazon.md §5).

Amazon takes a number (ACCEPTED) before it shows it. Until then the old number is still read; it must not look as if
somebody had changed it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from bridge.channel_settings import Amazon
from bridge.channels.amazon import facts
from bridge.channels.amazon.offers import Offer, Offers, stranding, unknown_listing
from bridge.channels.amazon.wire import AmazonRefused, NotFound, SpApi
from bridge.channels.batches import RowsRefused
from bridge.channels.http import Operation, Seams
from bridge.channels.port import Outcome, Pushed, PushItem
from bridge.domain.orders import ListingKey
from bridge.errors import Hint, TryAgain
from bridge.fault_points import Point, reached

# An absolute number may be sent twice without harm to itself, but a buyer may have come between: the second would put
# the unit back on sale. So a lost answer is looked into first, and the whole push may take only a short while.
PUSH_ATTEMPTS, PUSH_SECONDS = 3, 30.0
LOOKS_AFTER_A_LOST_ANSWER = 2

PATCH = Operation(
    "patchListingsItem", "PATCH", "/listings/2021-08-01/items/{}/{}", "patchListingsItem",
    writes=True, repeatable=False, attempts=PUSH_ATTEMPTS, seconds=PUSH_SECONDS,
)  # fmt: skip
PREVIEW = Operation("patchListingsItem", "PATCH", "/listings/2021-08-01/items/{}/{}", "patchListingsItem")


@dataclass(frozen=True)
class Settling:
    """A number that Amazon took and may not show yet. `before`: what may be shown until then · `at`: on the monotonic
    clock."""

    quantity: int
    before: frozenset[int]
    at: float


class Stock:
    """The quantities of one seller."""

    def __init__(self, settings: Amazon, api: SpApi, offers: Offers, seams: Seams) -> None:
        self._settings = settings
        self._api = api
        self._offers = offers
        self._clock = seams.clock
        self._settling: dict[str, Settling] = {}

    def read(self, listings: Iterable[ListingKey]) -> dict[ListingKey, int]:
        """As Channel.read."""
        wanted = {listing.id: listing for listing in listings}
        offers = self._offers.read(wanted)
        return {
            wanted[sku]: self._settled(sku, offer.quantity)
            for sku, offer in offers.items()
            if offer.quantity is not None
        }

    def send(self, batch: Sequence[PushItem]) -> list[Pushed]:
        """One item. Raises RowsRefused, TryAgain, NeedsPerson."""
        [item] = batch
        offer = self.offer_of(item)
        for look in count():
            try:
                self._patch(item, offer)
                self.taken(item)
                break
            except TryAgain as lost:
                if not lost.ambiguous or look == LOOKS_AFTER_A_LOST_ANSWER:
                    raise
                shown = self._look_after(item, lost)
                reached(Point.LOST_ANSWER_LOOKED_AT)
                if shown == quantity_of(item):
                    break
                if shown != item.shown:  # it has met a buyer: that is for the caller to think over
                    return [Pushed(item.listing, Outcome.UNKNOWN, lost.hint)]
        return [Pushed(item.listing, Outcome.DONE)]

    def offer_of(self, item: PushItem) -> Offer:
        """The guard: the item's offer, if we ship it. Raises RowsRefused."""
        offer = self._offers.inspected([item.listing.id]).get(item.listing.id)
        if offer is None:
            raise refused(unknown_listing(item.listing.id))
        if offer.by_amazon:
            raise refused(stranding(offer))
        return offer

    def taken(self, item: PushItem) -> None:
        """Amazon has taken the item's number; it may show it later."""
        earlier = self._settling.get(item.listing.id)
        before = {item.shown} | ({earlier.quantity, *earlier.before} if earlier else set())
        self._settling[item.listing.id] = Settling(quantity_of(item), frozenset(before), self._clock.monotonic())

    def try_one(self, sku: str) -> None:
        """Ask whether a number would be taken, for `check`: is the right there? Nothing is changed."""
        query = self._query() | {"mode": "VALIDATION_PREVIEW"}
        try:
            self._api.call(PREVIEW, self._settings.shop, sku, query=query, body=patch_of(facts.GENERIC_TYPE, 0))
        except AmazonRefused:
            return

    def _patch(self, item: PushItem, offer: Offer) -> None:
        body = patch_of(offer.product_type, quantity_of(item))
        try:
            answer = self._api.call(PATCH, self._settings.shop, item.listing.id, query=self._query(), body=body)
        except AmazonRefused as refusal:
            self._offers.forget(item.listing.id)
            hint = unknown_listing(item.listing.id) if isinstance(refusal, NotFound) else refusal.hint
            raise refused(hint) from refusal
        if answer["status"] == "INVALID":  # the status of HTTP is 200 all the same
            self._offers.forget(item.listing.id)
            raise refused(not_taken(issues_of(answer)))
        if answer["status"] != "ACCEPTED":
            raise ValueError(f"status {answer['status']}")

    def _query(self) -> dict[str, str]:
        return {"marketplaceIds": self._settings.marketplace, "issueLocale": "ja_JP"}

    def _look_after(self, item: PushItem, lost: TryAgain) -> int | None:
        """Nobody knows whether `item` was taken: what shows now settles it."""
        self._settling.pop(item.listing.id, None)
        try:
            return self.read([item.listing]).get(item.listing)
        except TryAgain:
            raise lost from None

    def _settled(self, sku: str, shown: int) -> int:
        """What shows, or will in a moment: of a number just taken, as long as the one before it is still shown."""
        taken = self._settling.get(sku)
        if taken is None:
            return shown
        late = self._clock.monotonic() - taken.at > facts.SETTLING.total_seconds()
        if shown in taken.before and shown != taken.quantity and not late:
            return taken.quantity
        del self._settling[sku]
        return shown


def quantity_of(item: PushItem) -> int:
    return min(item.quantity, facts.MAX_QUANTITY)


def patch_of(product_type: str, quantity: int) -> dict[str, Any]:
    """`merge` leaves the handling time and the rest of the entry as they are; `replace` would wipe them (trap 9)."""
    value = {"fulfillment_channel_code": facts.MERCHANT, "quantity": quantity}
    patch = {"op": "merge", "path": "/attributes/fulfillment_availability", "value": [value]}
    return {"productType": product_type, "patches": [patch]}


def refused(hint: Hint) -> RowsRefused:
    return RowsRefused(hint, {0: (Outcome.REFUSED, hint)})


def issues_of(answer: dict[str, Any]) -> str:
    return "; ".join(f"{each['code']} {each['message']}" for each in answer.get("issues") or [])


def not_taken(told: str) -> Hint:
    return Hint(
        f"Amazon がこの商品の在庫を受け付けません: {told}",
        f"Amazon does not take this listing's stock: {told}",
    )
