"""What Amazon shows of a seller's listings, and the guard before a quantity is sent (amazon.md §5.3 to §5.6).

A quantity sent for a SKU that Amazon fulfils is not refused: it turns the offer into one that we ship, and strands the
goods in Amazon's warehouse. So nothing is sent before the offer was looked at by three signs, a day ago at most.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bridge.channel_settings import Amazon
from bridge.channels.amazon import facts
from bridge.channels.amazon.fba import FbaStock
from bridge.channels.amazon.snapshots import is_sku
from bridge.channels.amazon.wire import AmazonRefused, NotFound, SpApi, csv
from bridge.channels.answers import whole
from bridge.channels.batches import cut
from bridge.channels.http import Operation, Seams
from bridge.errors import Hint, NeedsPerson, TryAgain

GET = Operation("getListingsItem", "GET", "/listings/2021-08-01/items/{}/{}", "getListingsItem")
SEARCH = Operation("searchListingsItems", "GET", "/listings/2021-08-01/items/{}", "searchListingsItems")

SHOWN = ("summaries", "fulfillmentAvailability")
INSPECTED = (*SHOWN, "attributes")
MOST_PAGES = 20  # of a search for 20 SKUs


@dataclass(frozen=True)
class Offer:
    """One SKU as Amazon shows it.

    quantity: of the stock that we ship; None where Amazon doesn't tell · by_amazon: the sign that Amazon fulfils it, ""
    without one · by_us: whether it shows stock that we ship · inspected_at: when all signs were looked for, on the
    monotonic clock; None: not yet
    """

    sku: str
    product_type: str
    quantity: int | None
    by_amazon: str
    by_us: bool = True
    inspected_at: float | None = None


class Offers:
    """The listings of one seller in one marketplace."""

    def __init__(self, settings: Amazon, api: SpApi, fba: FbaStock, seams: Seams) -> None:
        self._settings = settings
        self._api = api
        self._fba = fba
        self._clock = seams.clock
        self._known: dict[str, Offer] = {}

    def read(self, skus: Iterable[str]) -> dict[str, Offer]:
        """As they are now; what Amazon doesn't know is left out. Those that are due are inspected by the way.

        Raises TryAgain, NeedsPerson."""
        asked = list(skus)
        fresh = [sku for sku in asked if self._is_fresh(sku)]
        found = {offer.sku: offer for offer in self._look(fresh, SHOWN)}
        for sku, offer in found.items():
            before = self._known[sku]  # a sign seen at the inspection stays until the next one
            sign = offer.by_amazon or before.by_amazon
            self._known[sku] = replace(offer, by_amazon=sign, inspected_at=before.inspected_at)
        return found | self._inspect([sku for sku in asked if sku not in fresh], thoroughly=False)

    def inspected(self, skus: Sequence[str]) -> Mapping[str, Offer]:
        """Offers that were looked at by every sign, today. What Amazon doesn't know is left out.

        Raises TryAgain, NeedsPerson."""
        self._inspect([sku for sku in skus if not self._is_fresh(sku)], thoroughly=True)
        return {sku: self._known[sku] for sku in skus if sku in self._known}

    def forget(self, sku: str) -> None:
        """Something else is true of it than we believed."""
        self._known.pop(sku, None)

    def _is_fresh(self, sku: str) -> bool:
        offer = self._known.get(sku)
        if offer is None or offer.inspected_at is None:
            return False
        return self._clock.monotonic() - offer.inspected_at < facts.GUARD_LIFE.total_seconds()

    def _inspect(self, skus: Sequence[str], *, thoroughly: bool) -> dict[str, Offer]:
        """Not `thoroughly`: a reading is good too where the warehouse's counts can't be had; the guard asks again."""
        at = self._clock.monotonic()
        found = {offer.sku: offer for offer in self._look(skus, INSPECTED)}
        for sku in skus:
            self._known.pop(sku, None)
        try:
            lying = self._fba.lying(list(found)) if found else {}
        except (TryAgain, NeedsPerson):
            if thoroughly:
                raise
            return found
        for sku, offer in found.items():
            sign = offer.by_amazon or (f"{lying[sku]} units" if lying.get(sku) else "")
            self._known[sku] = replace(offer, by_amazon=sign, inspected_at=at)
        return found

    # The wire.

    def _look(self, skus: Sequence[str], included: Sequence[str]) -> Iterator[Offer]:
        wanted = {sku for sku in skus if is_sku(sku)}
        for item in self._items(sorted(wanted), included):
            if item["sku"] in wanted and (offer := offer_in(item, self._settings.marketplace)) is not None:
                yield offer

    def _items(self, skus: Sequence[str], included: Sequence[str]) -> Iterator[Any]:
        listable = [sku for sku in skus if "," not in sku]  # the others can't stand in a list (§5.4)
        for batch in cut(listable, facts.SEARCH_SKUS):
            yield from self._search(batch, included)
        for sku in skus:
            if "," in sku and (item := self._one(sku, included)) is not None:
                yield item

    def _search(self, skus: Sequence[str], included: Sequence[str]) -> Iterator[Any]:
        query = {
            "marketplaceIds": self._settings.marketplace,
            "identifiers": csv(skus),
            "identifiersType": "SKU",
            "includedData": csv(included),
            "pageSize": str(facts.SEARCH_SKUS),
        }
        token: str | None = None
        for _ in range(MOST_PAGES):
            more = {"pageToken": token} if token else {}
            answer = self._api.must(SEARCH, self._settings.shop, query=query | more)
            yield from answer["items"]
            token = (answer.get("pagination") or {}).get("nextToken")
            if not token:
                return
        raise ValueError("pages without an end")

    def _one(self, sku: str, included: Sequence[str]) -> Any | None:
        query = {"marketplaceIds": self._settings.marketplace, "includedData": csv(included)}
        try:
            return self._api.call(GET, self._settings.shop, sku, query=query)
        except NotFound:
            return None
        except AmazonRefused as refusal:
            raise NeedsPerson(refusal.hint) from refusal


def offer_in(item: Mapping[str, Any], marketplace: str) -> Offer | None:
    """None where it is not on sale in this marketplace. Of an item only its `sku` is sure to be there (§5.4)."""
    summaries = [each for each in item.get("summaries") or () if each["marketplaceId"] == marketplace]
    if not summaries:
        return None
    entries = item.get("fulfillmentAvailability")
    shown = {str(each["fulfillmentChannelCode"]): each.get("quantity") for each in entries or ()}
    submitted = (item.get("attributes") or {}).get("fulfillment_availability") or []
    codes = {*shown, *(str(each["fulfillment_channel_code"]) for each in submitted)}
    foreign = sorted(codes - {facts.MERCHANT})
    label = summaries[0].get("fnSku") if facts.FNSKU_REFUSES else None
    return Offer(
        sku=str(item["sku"]),
        product_type=str(summaries[0].get("productType") or facts.GENERIC_TYPE),
        quantity=None if entries is None else _quantity(shown),
        by_amazon=", ".join(foreign) or (f"FNSKU {label}" if label else ""),
        by_us=facts.MERCHANT in codes,
    )


def _quantity(shown: Mapping[str, Any]) -> int | None:
    """The units that we ship. An offer without an entry of ours shows none; an entry that tells no number may be
    without limit, so it is unknown."""
    if facts.MERCHANT not in shown:
        return 0
    return None if shown[facts.MERCHANT] is None else whole(shown[facts.MERCHANT])


def stranding(offer: Offer) -> Hint:
    """Why nothing is sent for an offer that Amazon fulfils."""
    return Hint(
        f"Amazon が発送する商品 (FBA: {offer.by_amazon}) なので数を送りません。送ると自社発送に変わり、FBA の在庫が"
        "売れなくなります。止めるときはセラーセントラルで出品を停止してください。",
        f"Amazon ships this offer (FBA: {offer.by_amazon}), so no number is sent: it would become one that you ship,"
        " and strand the goods at Amazon. To stop selling it, close the offer in Seller Central.",
    )


def unknown_listing(sku: str) -> Hint:
    return Hint(
        f"Amazon に SKU「{sku}」の出品がありません (名前が変わったか、削除されました)。出品タブを直してください。",
        f'Amazon knows no listing of the SKU "{sku}": it was renamed or deleted. Mend the Listings tab.',
    )
