"""More promised than there is: whose order came last, and where a unit still lies. A person decides with both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bridge.domain.stock import Balance


@dataclass(frozen=True)
class Claim:
    """An order with a line still to be shipped, and what it is made of."""

    channel: str
    order: str
    placed_at: datetime
    skus: frozenset[str]


def came_last(claims: Iterable[Claim], sku: str) -> Claim | None:
    """The newest of those that want this SKU; of two placed in the same second always the same one."""
    mine = (claim for claim in claims if sku in claim.skus)
    return max(mine, key=lambda claim: (claim.placed_at, claim.channel, claim.order), default=None)


def still_free(balances: Mapping[str, Balance]) -> dict[str, int]:
    """Locations of one SKU where units lie that nobody was promised, the most first."""
    free = {place: balance.free for place, balance in balances.items() if balance.stocked and balance.free > 0}
    return dict(sorted(free.items(), key=lambda item: (-item[1], item[0])))
