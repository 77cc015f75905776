"""The fields of QueryRoot, each guarded by the scope it needs (shopify.md §2.2, §4, §6)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from graphql import GraphQLError, GraphQLResolveInfo

from bridge.sandbox.malls.mall import Listing
from bridge.sandbox.malls.shopify.records import Item, Location, ShopifyOrder, gid, number_of
from bridge.sandbox.malls.shopify.search import Fields, matches, parse, unknown_fields
from bridge.sandbox.malls.shopify.views import View, Views, denied, fulfillment_status, padded, stamp

if TYPE_CHECKING:
    from bridge.sandbox.malls.shopify.shop import Shopify

ORDER_WINDOW = timedelta(days=60)
Info = GraphQLResolveInfo[Any]
R = TypeVar("R")


class Queries:
    def __init__(self, shop: Shopify, views: Views) -> None:
        self._shop = shop
        self._views = views

    def need(self, field: str, *scopes: str) -> None:
        """One of `scopes` must be granted; a write scope implies reading."""
        granted = self._shop.switches.scopes
        if not any(scope in granted or scope.replace("read_", "write_") in granted for scope in scopes):
            raise denied(field, scopes[0])

    def shop(self, _root: Any, _info: Info) -> View:
        domain = self._shop.domain
        return {
            "__typename": "Shop",
            "id": gid("Shop", 1),
            "name": domain.split(".")[0],
            "myshopifyDomain": domain,
            "ianaTimezone": "Asia/Tokyo",
        }

    def current_app_installation(self, _root: Any, _info: Info) -> View:
        scopes = [{"handle": scope, "description": scope} for scope in sorted(self._shop.switches.scopes)]
        return {"__typename": "AppInstallation", "id": gid("AppInstallation", 1), "accessScopes": scopes}

    # Catalogue and levels.

    def location(self, _root: Any, _info: Info, id: str | None = None) -> View | None:
        self.need("location", "read_locations", "read_inventory")
        found = self._shop.state.locations.get(id or next(iter(self._shop.state.locations)))
        return self._views.location(found) if found else None

    def locations(
        self,
        _root: Any,
        info: Info,
        includeInactive: bool,
        includeLegacy: bool,
        sortKey: str,
        query: str | None = None,
        **paging: Any,
    ) -> View:
        self.need("locations", "read_locations", "read_inventory")

        def fields(one: Location) -> Fields:
            return {"name": lambda term: term.has_prefix(one.name), "id": lambda term: term.text == number_of(one.id)}

        shown = [
            one
            for one in self._shop.state.locations.values()
            if (one.active or includeInactive) and (not one.fulfillment_service or includeLegacy)
        ]
        rows = self._search(info, shown, query, fields)
        by_id = sortKey != "NAME"
        key: Callable[[Location], tuple[str, ...]] = lambda one: ("" if by_id else one.name, padded(one.id))  # noqa: E731
        return self._views.connect(rows, self._views.location, key, **paging)

    def product_variant(self, _root: Any, _info: Info, id: str) -> View | None:
        self.need("productVariant", "read_products")
        found = next((item for item in self._items() if item.variant_id == id), None)
        return self._views.variant(found) if found else None

    def product_variants(self, _root: Any, info: Info, sortKey: str, query: str | None = None, **paging: Any) -> View:
        self.need("productVariants", "read_products")

        def fields(item: Item) -> Fields:
            return {
                "": lambda term: term.has_prefix(item.sku) or term.has_prefix(item.title),
                "sku": lambda term: term.has_prefix(item.sku),
                "id": lambda term: term.text == number_of(item.variant_id),
                "barcode": lambda term: term.equals(item.barcode),
                "updated_at": lambda term: term.at(item.updated_at),
                "product_status": lambda term: term.equals(item.status),
                "managed": lambda term: term.equals(item.tracked),
            }

        rows = self._search(info, self._items(), query, fields)
        by_sku = sortKey == "SKU"
        return self._views.connect(
            rows, self._views.variant, lambda one: ((one.sku or "") if by_sku else "", padded(one.variant_id)), **paging
        )

    def inventory_item(self, _root: Any, _info: Info, id: str) -> View | None:
        self.need("inventoryItem", "read_inventory", "read_products")
        found = self._shop.item(id)
        return self._views.item(found) if found else None

    def inventory_items(self, _root: Any, info: Info, query: str | None = None, **paging: Any) -> View:
        self.need("inventoryItems", "read_inventory", "read_products")

        def fields(item: Item) -> Fields:
            return {
                "sku": lambda term: term.has_prefix(item.sku),
                "id": lambda term: term.text == number_of(item.id),
                "updated_at": lambda term: term.at(item.updated_at),
                "created_at": lambda term: term.at(item.created_at),
            }

        rows = self._search(info, self._items(), query, fields)
        return self._views.connect(rows, self._views.item, lambda one: (padded(one.id),), **paging)

    def inventory_level(self, _root: Any, _info: Info, id: str) -> View | None:
        self.need("inventoryLevel", "read_inventory")
        return self._level(id)

    def _level(self, an_id: str) -> View | None:
        location, _, item = an_id.partition("?inventory_item_id=")
        key: Listing = (gid("InventoryItem", item), gid("Location", number_of(location)))
        return self._views.level_at(key, include_inactive=True)

    def node(self, root: Any, info: Info, id: str) -> View | None:
        kind = id.removeprefix("gid://shopify/").split("/")[0]
        read: dict[str, Callable[..., View | None]] = {
            "Location": self.location,
            "InventoryItem": self.inventory_item,
            "InventoryLevel": self.inventory_level,
            "ProductVariant": self.product_variant,
            "Order": self.order,
        }
        return read[kind](root, info, id=id) if kind in read else None

    def nodes(self, root: Any, info: Info, ids: list[str]) -> list[View | None]:
        if len(ids) > self._shop.switches.max_page:
            raise input_too_big(len(ids), self._shop.switches.max_page)
        return [self.node(root, info, one) for one in ids]

    # Orders.

    def refund(self, _root: Any, _info: Info, id: str) -> View | None:
        self.need("refund", "read_orders")
        orders = self._shop.state.orders.values()
        found = next(((order, one) for order in orders for one in order.refunds if one.id == id), None)
        return self._views.refund(*found) if found else None

    def fulfillment(self, _root: Any, _info: Info, id: str) -> View | None:
        self.need("fulfillment", "read_orders")
        orders = self._shop.state.orders.values()
        found = next(((order, one) for order in orders for one in order.fulfillments if one.id == id), None)
        return self._views.fulfillment(*found) if found else None

    def order(self, _root: Any, _info: Info, id: str) -> View | None:
        self.need("order", "read_orders")
        found = self._shop.state.orders.get(id)
        return self._views.order(found) if found and self._is_recent(found) else None

    def orders(self, _root: Any, info: Info, sortKey: str, query: str | None = None, **paging: Any) -> View:
        self.need("orders", "read_orders")
        indexed = {
            order.id: at
            for order in self._shop.state.orders.values()
            if (at := self._indexed_update(order)) and self._is_recent(order)
        }

        def fields(order: ShopifyOrder) -> Fields:
            return {
                "": lambda term: term.equals(order.name),
                "updated_at": lambda term: term.at(indexed[order.id]),
                "created_at": lambda term: term.at(order.placed_at),
                "processed_at": lambda term: term.at(order.placed_at),
                "status": lambda term: _has_status(order, term.text),
                "test": lambda term: term.equals(order.test),
                "financial_status": lambda term: term.equals(order.financial_status),
                "fulfillment_status": lambda term: term.equals(fulfillment_status(order)),
                "source_name": lambda term: term.equals(order.source),
                "sku": lambda term: any(term.equals(line.sku) for line in order.lines),
                "id": lambda term: term.text == number_of(order.id),
                "name": lambda term: term.equals(order.name),
                "location_id": lambda term: any(
                    number_of(at) == term.text for line in order.lines for at in line.locations
                ),
            }

        shown = [order for order in self._shop.state.orders.values() if order.id in indexed]
        if self._shop.switches.unfiltered_hides_closed and "status:" not in (query or ""):
            shown = [order for order in shown if order.closed_at is None]
        rows = self._search(info, shown, query, fields)

        def key(order: ShopifyOrder) -> tuple[str, ...]:
            by_update, by_id = sortKey == "UPDATED_AT", sortKey in ("ID", "ORDER_NUMBER")
            at = stamp(indexed[order.id] if by_update else order.placed_at)
            return ("" if by_id else str(at), padded(order.id))

        return self._views.connect(rows, self._views.order, key, **paging)

    def _indexed_update(self, order: ShopifyOrder) -> datetime | None:
        """The updatedAt that a search knows by now: the index lags behind by the mall's `visible_after`."""
        now = self._shop.clock.now()
        if order.visible_at > now:
            return None
        seen_until = now - timedelta(seconds=self._shop.visible_after)
        return next((at for at in reversed(order.updates) if at <= seen_until), order.updates[0])

    def _is_recent(self, order: ShopifyOrder) -> bool:
        """Without read_all_orders, orders of the last 60 days."""
        if not self._shop.switches.hide_old_orders or "read_all_orders" in self._shop.switches.scopes:
            return True
        return self._shop.clock.now() - order.placed_at <= ORDER_WINDOW

    def webhook_subscriptions(self, _root: Any, _info: Info, topics: list[str] | None = None, **paging: Any) -> View:
        rows = [hook for hook in self._shop.state.webhooks.values() if not topics or hook.topic in topics]
        return self._views.connect(rows, self._views.webhook, lambda hook: (padded(hook.id),), **paging)

    def _items(self) -> list[Item]:
        return [item for item in self._shop.state.items.values() if not item.deleted]

    def _search(self, info: Info, rows: Sequence[R], query: str | None, fields: Callable[[R], Fields]) -> list[R]:
        """The rows that match. Unknown fields are ignored, with a notice in extensions.search."""
        alternatives = parse(query)
        found = [row for row in rows if matches(alternatives, fields(row))]
        if rows and query:
            unknown = unknown_fields(alternatives, set(fields(rows[0])))
            warnings = [
                {"field": name, "message": "Invalid search field for this query.", "code": "invalid_field"}
                for name in unknown
            ]
            if warnings:
                info.context["search"].append({"path": [info.path.key], "query": query, "warnings": warnings})
        return found


def _has_status(order: ShopifyOrder, status: str) -> bool:
    return {
        "open": order.closed_at is None and order.cancelled_at is None,
        "closed": order.closed_at is not None,
        "cancelled": order.cancelled_at is not None,
        "not_closed": order.closed_at is None,
        "any": True,
    }.get(status, False)


def input_too_big(size: int, limit: int) -> GraphQLError:
    message = f"The input array size of {size} is greater than the maximum allowed of {limit}."
    return GraphQLError(message, extensions={"code": "MAX_INPUT_SIZE_EXCEEDED"})
