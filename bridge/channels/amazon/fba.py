"""Goods in Amazon's warehouses (FBA): counted by Amazon, read by us, never written (amazon.md §7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bridge.channel_settings import Amazon
from bridge.channels.amazon import facts
from bridge.channels.amazon.wire import AmazonRefused, SpApi, csv
from bridge.channels.answers import whole
from bridge.channels.batches import cut
from bridge.channels.http import Operation

SUMMARIES = Operation("getInventorySummaries", "GET", "/fba/inventory/v1/summaries", "getInventorySummaries")


class FbaStock:
    """The goods of one seller for one marketplace."""

    def __init__(self, settings: Amazon, api: SpApi) -> None:
        self._api = api
        self._query = {
            "details": "true",
            "granularityType": "Marketplace",
            "granularityId": settings.marketplace,
            "marketplaceIds": settings.marketplace,
        }

    def sellable(self) -> dict[str, int]:
        """SKU → units that Amazon can ship now, of everything it holds: always read whole, since a reading of changes
        leaves some out. A SKU without a count is left out. Raises TryAgain, NeedsPerson."""
        found: dict[str, int] = {}
        for summary in self._summaries({}):
            units = (summary.get("inventoryDetails") or {}).get("fulfillableQuantity")
            if summary.get("sellerSku") and units is not None:
                found[str(summary["sellerSku"])] = whole(units)
        return found

    def lying(self, skus: Sequence[str]) -> dict[str, int]:
        """SKU → all its units at Amazon, sellable or on their way, where there are any: what a number of ours would
        strand. A SKU that left FBA long ago may have a summary, but nothing lies there."""
        listable = [sku for sku in skus if "," not in sku]  # the others can't stand in a list
        questions = [{"sellerSkus": csv(batch)} for batch in cut(listable, facts.SUMMARY_SKUS)]
        questions += [{"sellerSku": sku} for sku in skus if "," in sku]
        found: dict[str, int] = {}
        for question in questions:
            for summary in self._summaries(question):
                if units := whole(summary.get("totalQuantity") or 0):
                    found[str(summary.get("sellerSku"))] = units
        return found

    def _summaries(self, only: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
        token: str | None = None
        for _ in range(facts.FBA_PAGES):
            try:
                answer = self._api.call(
                    SUMMARIES, query={**self._query, **only, **({"nextToken": token} if token else {})}
                )
            except AmazonRefused:
                if token is None:
                    return  # "invalid input": an account that has never used FBA (§7)
                raise ValueError("the page's token has ended") from None  # after 30 seconds: all of it once more
            yield from answer["payload"]["inventorySummaries"]
            after = (answer.get("pagination") or {}).get("nextToken")
            if not after:
                return
            if not isinstance(after, str) or after == token:
                raise ValueError("pages without an end")
            token = after
        raise ValueError("pages without an end")
