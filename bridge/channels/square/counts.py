"""What Square shows: the number in stock of each variation at each place (§2.4, Counts).

A count may lag behind a write by seconds. What we know to have been written since is waited for, a few seconds at most:
a number from before our own write would look as if somebody had undone it, and the difference would be sent twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bridge.channels.batches import cut
from bridge.channels.square import facts
from bridge.channels.square.ids import listing_key, parts_of
from bridge.channels.square.rows import decimal_of
from bridge.channels.square.wire import COUNTS, SquareApi
from bridge.clock import Clock
from bridge.domain.orders import ListingKey

LOOK_AGAIN_SECONDS = 1.0


@dataclass(frozen=True)
class Count:
    """at: when Square received the last change that is in it."""

    quantity: Decimal
    at: datetime


class Counts:
    """The numbers of one merchant."""

    def __init__(self, api: SquareApi, clock: Clock) -> None:
        self._api, self._clock = api, clock
        self._calm_from = clock.monotonic() + facts.COUNTS_LAG.total_seconds()
        self._written: dict[ListingKey, tuple[datetime, float]] = {}  # by Square's clock, and how long to wait for it

    def written(self, listing: ListingKey, at: datetime) -> None:
        """A write of ours was received at that time, by Square's clock."""
        self._written[listing] = at, self._clock.monotonic() + facts.COUNTS_LAG.total_seconds()

    def of(self, listings: Iterable[ListingKey]) -> dict[ListingKey, Count]:
        """Those that were ever counted or moved. Raises TryAgain, NeedsPerson, SquareRefused."""
        wanted = set(listings)
        # A bridge that was killed at a write knows nothing of it: the first look waits until it must show.
        self._clock.sleep(max(0.0, self._calm_from - self._clock.monotonic()))
        found = self._look(wanted)
        while late := [each for each in wanted if self._is_late(each, found.get(each))]:
            self._clock.sleep(LOOK_AGAIN_SECONDS)
            found |= self._look(late)
        return found

    def _is_late(self, listing: ListingKey, count: Count | None) -> bool:
        at, until = self._written.get(listing, (None, 0.0))
        if at is None or self._clock.monotonic() >= until:
            self._written.pop(listing, None)
            return False
        return count is None or count.at < at

    def _look(self, listings: Iterable[ListingKey]) -> dict[ListingKey, Count]:
        """T25: of a variation the state IN_STOCK at each place; T28: what is only estimated is none."""
        wanted = set(listings)
        pairs = [parts_of(listing) for listing in wanted]
        places = sorted({place for _, place in pairs})
        found: dict[ListingKey, Count] = {}
        for batch in cut(sorted({variation for variation, _ in pairs}), facts.READ_BATCH):
            for each in self._asked(batch, places):
                listing = listing_key(each["catalog_object_id"], each["location_id"])
                if listing in wanted and each["state"] == facts.IN_STOCK and not each.get("is_estimated"):
                    count = Count(decimal_of(each["quantity"]), datetime.fromisoformat(each["calculated_at"]))
                    if listing not in found or count.at > found[listing].at:  # it moved between two pages
                        found[listing] = count
        return found

    def _asked(self, variations: Sequence[str], places: Sequence[str]) -> Iterable[dict[str, str]]:
        asked = {
            "catalog_object_ids": list(variations),
            "location_ids": list(places),
            "states": [facts.IN_STOCK],
            "limit": facts.PAGE,
        }
        for page in self._api.pages(COUNTS, asked, "counts"):
            yield from page
