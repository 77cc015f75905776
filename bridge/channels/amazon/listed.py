"""What the seller has on sale, for the mapping (amazon.md §5.4): the SKU is the seller's own code already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bridge.channel_settings import Amazon
from bridge.channels.amazon import facts
from bridge.channels.amazon.offers import INSPECTED, SEARCH, offer_in
from bridge.channels.amazon.snapshots import is_sku, listing_key
from bridge.channels.amazon.wire import SpApi, csv
from bridge.channels.port import Listed
from bridge.errors import Hint


def pages(settings: Amazon, api: SpApi) -> Iterator[Sequence[Listed]]:
    """A call a page. A search shows its first results only: the next one begins at the creation of its last."""
    since: str | None = None
    while True:
        found, last = 0, since
        for items in _search(settings, api, since):
            yield [each for item in items if (each := _listed(item, settings.marketplace)) is not None]
            found += len(items)
            dates = [str(each["summaries"][0]["createdDate"]) for each in items if each.get("summaries")]
            last = dates[-1] if dates else last
        if found < facts.SEARCH_MOST:
            return
        if last == since:
            raise ValueError("a search without an end")
        since = last


def _search(settings: Amazon, api: SpApi, since: str | None) -> Iterator[Sequence[Any]]:
    query = {
        "marketplaceIds": settings.marketplace,
        "includedData": csv(INSPECTED),
        "pageSize": str(facts.SEARCH_SKUS),
        "sortBy": "createdDate",
        "sortOrder": "ASC",
        **({"createdAfter": since} if since else {}),
    }
    token: str | None = None
    for _ in range(facts.SEARCH_MOST):
        answer = api.must(SEARCH, settings.shop, query=query | ({"pageToken": token} if token else {}))
        yield answer["items"]
        token = (answer.get("pagination") or {}).get("nextToken")
        if not token:
            return
    raise ValueError("pages without an end")


def _listed(item: Mapping[str, Any], marketplace: str) -> Listed | None:
    offer = offer_in(item, marketplace)
    if offer is None or not is_sku(offer.sku):
        return None
    trap = _WITHOUT_NUMBER if offer.quantity is None and not offer.by_amazon else None
    return Listed(listing_key(offer.sku), (offer.sku,), trap)


_WITHOUT_NUMBER = Hint(
    "Amazon が在庫数を示さない出品です。無制限かもしれません。セラーセントラルで確かめてください。",
    "Amazon shows no quantity of it: it may be without limit. Look at it in Seller Central.",
)
