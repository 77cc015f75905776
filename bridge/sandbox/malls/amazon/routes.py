"""The operations, and what each may be asked (amazon.md §3.3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from bridge.sandbox.malls.amazon import feed_api, listing_api, order_api, tokens, warehouse_api
from bridge.sandbox.malls.amazon.switches import Api

if TYPE_CHECKING:
    from bridge.sandbox.malls.amazon.shop import Amazon

Handler = Callable[["Amazon", Request, dict[str, Any]], Response]


@dataclass(frozen=True)
class Function:
    """`rate`: requests a second, 0 without a limit · `writes`: whether it changes what is sold."""

    api: Api
    name: str
    method: str
    path: str
    handler: Handler
    rate: float = 0.0
    burst: float = 0.0
    writes: bool = False
    signed: bool = True


_ORDERS = "/orders/2026-01-01/orders"
_ITEMS = "/listings/2021-08-01/items/<seller>"
_ITEM = _ITEMS + "/<sku:sku>"
_FEEDS, _DOCUMENTS = "/feeds/2021-06-30/feeds", "/feeds/2021-06-30/documents"
_STORE = "/documents/<document>"

ROUTES: tuple[Function, ...] = (
    Function("token", "token", "POST", "/auth/o2/token", tokens.give_token, signed=False),
    Function("orders", "searchOrders", "GET", _ORDERS, order_api.search_orders, 0.0056, 20),
    Function("orders", "getOrder", "GET", _ORDERS + "/<order>", order_api.get_order, 0.5, 30),
    Function("listings", "searchListingsItems", "GET", _ITEMS, listing_api.search_items, 5, 5),
    Function("listings", "getListingsItem", "GET", _ITEM, listing_api.get_item, 5, 5),
    Function("listings", "patchListingsItem", "PATCH", _ITEM, listing_api.patch_item, 5, 5, writes=True),
    Function("feeds", "createFeedDocument", "POST", _DOCUMENTS, feed_api.create_document, 0.5, 15),
    Function("feeds", "getFeedDocument", "GET", _DOCUMENTS + "/<document>", feed_api.get_document, 0.0222, 10),
    Function("feeds", "createFeed", "POST", _FEEDS, feed_api.create_feed, 0.0083, 5, writes=True),
    Function("feeds", "getFeeds", "GET", _FEEDS, feed_api.get_feeds, 0.0222, 10),
    Function("feeds", "getFeed", "GET", _FEEDS + "/<feed>", feed_api.get_feed, 2, 15),
    Function("feeds", "cancelFeed", "DELETE", _FEEDS + "/<feed>", feed_api.cancel_feed, 2, 15),
    Function("document", "upload", "PUT", _STORE, feed_api.upload, signed=False),
    Function("document", "download", "GET", _STORE, feed_api.download, signed=False),
    Function("fba", "getInventorySummaries", "GET", "/fba/inventory/v1/summaries", warehouse_api.summaries, 2, 2),
    Function(
        "sellers", "getMarketplaceParticipations", "GET", "/sellers/v1/marketplaceParticipations",
        warehouse_api.participations, 0.016, 15,
    ),
)  # fmt: skip
