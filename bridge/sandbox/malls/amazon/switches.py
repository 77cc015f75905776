"""Everything about Amazon that is unconfirmed or differs from seller to seller, as a switch (amazon.md §13 and [?])."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Api = Literal["orders", "listings", "feeds", "fba", "sellers", "token", "document"]


@dataclass
class AmazonSwitches:
    update_delay: float = 120.0
    """§4.1: the search shows no change of the last so many seconds; its answer tells where it stopped."""
    payment_after: float = 0.0
    """§4.3: seconds an order paid by card is PENDING (half an hour in reality)."""
    unpaid_life: float = 6 * 86_400.0
    """trap 1: seconds after which an order that nobody pays for in a shop is cancelled."""
    pending_quantities: Literal["shown", "zero", "absent"] = "zero"
    """§4.3: the quantityUnfulfilled of an item that is not paid for; v0 shows 0."""
    cancelled_quantities: Literal["kept", "zero"] = "kept"
    """trap 4: the quantities of a cancelled order."""
    part_cancel: Literal["quantity", "execution"] = "quantity"
    """§4.3: a part cancellation lowers quantityOrdered, or is told by cancellationExecution and quantityUnfulfilled."""
    restock_on_cancel: bool = True
    """whether a cancellation puts units back on sale where nobody says it."""
    fulfilled_by_told: bool = True
    """§4.1: fulfilledBy is optional in the model."""
    shipped_quantities: bool = True
    """§4.1: whether items tell quantityFulfilled and quantityUnfulfilled at all."""
    order_search_rate: float = 0.0056
    """§13: large sellers may get more; the header tells it."""
    throttle: bool = True
    """§3.3: False never answers 429."""
    effect_after: float = 0.0
    """§5.3: seconds from ACCEPTED until a number is in effect (minutes in reality)."""
    unknown_sku: Literal["invalid", "accepted"] = "invalid"
    """§5.3, trap 10: a PATCH of a SKU that isn't there; the model knows no 404 here, ACCEPTED has been reported."""
    ineffective: bool = False
    """§5.3: every PATCH is ACCEPTED and none has an effect."""
    merchant_fnsku: bool = False
    """§5.6: whether an offer that the seller ships shows a label of Amazon's warehouses too."""
    product_type_checked: bool = False
    """§5.1: the generic type PRODUCT is refused where the offer has one of its own."""
    refused_skus: set[str] = field(default_factory=set)
    """§5.3: offers that lack an attribute of their own, so that every patch of them is INVALID."""
    most_units: int = 1_000_000
    """the greatest quantity that is taken; nobody says it."""
    listing_burst: int = 5
    """§3.3: getListingsItem: 5 or 10."""
    listing_page: int = 20
    """§5.4: items on a page of a search, whatever pageSize asks for."""
    search_most: int = 1000
    """§5.4: results of a search that names no SKUs."""
    feed_starts_after: float = 5.0
    """§6: seconds from createFeed to IN_PROGRESS."""
    feed_done_after: float = 20.0
    """§6: seconds from createFeed to its end (hours, reported at times)."""
    feed_end: Literal["DONE", "FATAL", "CANCELLED"] = "DONE"
    """§6: how feeds end."""
    feed_report_gzip: bool = True
    """§6: whether reports come packed."""
    feed_issue: str | None = None
    """§6: an error of this code that concerns the whole feed."""
    fba_enabled: bool = True
    """§7: an account that never used FBA is answered "invalid input"."""
    fba_page: int = 50
    """§7: summaries on a page."""
    token_life: float = 3600.0
    """§2.1: seconds."""
    expired_status: Literal[403, 401] = 403
    """§13: how a token that ended is told."""
    access_denied: set[str] = field(default_factory=set)
    """§2.3: operations whose role the app lacks."""
    maintenance: set[Api] = field(default_factory=set)
    """§3.2: these APIs answer 503 with a page of HTML."""
    error_in_success: set[str] = field(default_factory=set)
    """operations that answer 200 with `errors` inside."""
