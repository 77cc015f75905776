"""The simulator's records as GraphQL objects: plain values at once, whatever leads elsewhere as a function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError

from bridge.sandbox.malls.mall import Listing
from bridge.sandbox.malls.shopify.paging import T, connection
from bridge.sandbox.malls.shopify.records import (
    QUANTITY_NAMES,
    Fulfillment,
    Item,
    Level,
    Location,
    Refund,
    RefundLine,
    ShopifyLine,
    ShopifyOrder,
    Webhook,
    gid,
    number_of,
)
from bridge.sandbox.malls.shopify.search import matches, parse
from bridge.sandbox.malls.shopify.switches import ROUTES_SCOPE

if TYPE_CHECKING:
    from bridge.sandbox.malls.shopify.shop import Shopify

View = dict[str, Any]


def stamp(at: datetime | None) -> str | None:
    return None if at is None else f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def padded(an_id: str) -> str:
    """A GID's number as text that sorts like a number."""
    return number_of(an_id).rjust(20, "0")


class Views:
    """Renders the records of one shop."""

    def __init__(self, shop: Shopify) -> None:
        self.shop = shop

    def connect(
        self, rows: Sequence[T], render: Callable[[T], View], sort_key: Callable[[T], tuple[str, ...]], **paging: Any
    ) -> View:
        return connection(rows, render, sort_key, self.shop.switches.max_page, **paging)

    # Catalogue and levels.

    def location(self, location: Location) -> View:
        def level(_info: Any, inventoryItemId: str, includeInactive: bool) -> View | None:
            return self.level_at((inventoryItemId, location.id), includeInactive)

        def levels(_info: Any, includeInactive: bool = False, query: str | None = None, **paging: Any) -> View:
            keys = [key for key in self.shop.state.levels if key[1] == location.id]
            return self._levels(keys, includeInactive, query, paging)

        return {
            "__typename": "Location",
            **_ids(location.id),
            "name": location.name,
            "isActive": location.active,
            "fulfillsOnlineOrders": location.fulfills_online_orders,
            "isFulfillmentService": location.fulfillment_service,
            "createdAt": stamp(location.created_at),
            "inventoryLevel": level,
            "inventoryLevels": levels,
        }

    def variant(self, item: Item) -> View:
        return {
            "__typename": "ProductVariant",
            **_ids(item.variant_id),
            "sku": item.sku,
            "barcode": item.barcode,
            "title": item.title,
            "displayName": item.title,
            "inventoryPolicy": item.policy,
            "inventoryQuantity": self._sellable(item),
            "inventoryItem": lambda _info: self.item(item),
            "product": {
                "__typename": "Product",
                **_ids(item.product_id),
                "title": item.title,
                "status": item.status,
            },
            "createdAt": stamp(item.created_at),
            "updatedAt": stamp(item.updated_at),
        }

    def item(self, item: Item) -> View:
        def level(_info: Any, locationId: str, includeInactive: bool) -> View | None:
            return self.level_at((item.id, locationId), includeInactive)

        def levels(_info: Any, includeInactive: bool = False, query: str | None = None, **paging: Any) -> View:
            return self._levels(self._keys(item), includeInactive, query, paging)

        def variants(_info: Any, **paging: Any) -> View:
            return self.connect([item], self.variant, lambda one: (padded(one.variant_id),), **paging)

        return {
            "__typename": "InventoryItem",
            **_ids(item.id),
            "sku": item.sku,
            "tracked": item.tracked,
            "requiresShipping": item.requires_shipping,
            "duplicateSkuCount": lambda _info: self._twins(item),
            "createdAt": stamp(item.created_at),
            "updatedAt": stamp(item.updated_at),
            "inventoryLevel": level,
            "inventoryLevels": levels,
            "variant": lambda _info: self.variant(item),
            "variants": variants,
        }

    def level(self, key: Listing) -> View:
        level = self.shop.state.levels[key]
        level_id = f"{gid('InventoryLevel', number_of(key[1]))}?inventory_item_id={number_of(key[0])}"
        return {
            "__typename": "InventoryLevel",
            "id": level_id,
            "isActive": level.active,
            "item": lambda _info: self.item(self.shop.state.items[key[0]]),
            "location": lambda _info: self.location(self.shop.state.locations[key[1]]),
            "quantities": lambda _info, names: [_quantity(level_id, level, name) for name in names],
            "createdAt": stamp(level.created_at),
            "updatedAt": stamp(level.updated_at),
        }

    def level_at(self, key: Listing, include_inactive: bool) -> View | None:
        level = self.shop.state.levels.get(key)
        if level is None or self.shop.item(key[0]) is None or not (level.active or include_inactive):
            return None
        return self.level(key)

    def _levels(self, keys: list[Listing], inactive: bool, query: str | None, paging: dict[str, Any]) -> View:
        terms, levels = parse(query), self.shop.state.levels

        def wanted(key: Listing) -> bool:
            fields = {
                "inventory_item_id": lambda term: term.text == number_of(key[0]),
                "updated_at": lambda term: term.at(levels[key].updated_at),
                "created_at": lambda term: term.at(levels[key].created_at),
            }
            shown = levels[key].active or inactive
            return shown and self.shop.item(key[0]) is not None and matches(terms, fields)

        rows = [key for key in keys if wanted(key)]
        return self.connect(rows, self.level, lambda key: (padded(key[0]), padded(key[1])), **paging)

    def _sellable(self, item: Item) -> int | None:
        if not item.tracked:
            return None
        levels = [self.shop.state.levels[key] for key in self._keys(item)]
        return sum(level.quantity("available") for level in levels if level.active)

    def _keys(self, item: Item) -> list[Listing]:
        """Its levels, found by the few locations rather than among the many levels."""
        pairs = [(item.id, location_id) for location_id in self.shop.state.locations]
        return [pair for pair in pairs if pair in self.shop.state.levels]

    def _twins(self, item: Item) -> int:
        """Other variants with the same SKU."""
        items = self.shop.state.items.values()
        return sum(one.sku == item.sku and one.id != item.id and not one.deleted for one in items)

    # Orders.

    def order(self, order: ShopifyOrder) -> View:
        def lines(_info: Any, **paging: Any) -> View:
            return self.connect(order.lines, self.line, lambda line: (padded(line.line_id),), **paging)

        def fulfillments(_info: Any, first: int | None = None, query: str | None = None) -> list[View]:  # noqa: ARG001
            return [self.fulfillment(order, one) for one in order.fulfillments[:first]]

        def fulfillment_orders(_info: Any, **paging: Any) -> View:
            if ROUTES_SCOPE not in self.shop.switches.scopes:
                raise denied("fulfillmentOrders", ROUTES_SCOPE)
            assigned_at = order.placed_at + timedelta(seconds=self.shop.switches.routing_seconds)
            lines = order.lines if assigned_at <= self.shop.clock.now() else []
            locations = sorted({location for line in lines for location in line.locations})
            return self.connect(
                locations, lambda one: self._fulfillment_order(order, one), lambda one: (one,), **paging
            )

        return {
            "__typename": "Order",
            **_ids(order.id),
            "name": order.name,
            "email": "taro.kakuu@example.invalid",  # invented, so that tests can prove it is not asked for
            "createdAt": stamp(order.placed_at),
            "updatedAt": stamp(order.updated_at),
            "processedAt": stamp(order.placed_at),
            "cancelledAt": stamp(order.cancelled_at),
            "cancelReason": order.cancel_reason,
            "closed": order.closed_at is not None,
            "closedAt": stamp(order.closed_at),
            "test": order.test,
            "confirmed": order.confirmed,
            "edited": order.edited,
            "sourceName": order.source,
            "displayFinancialStatus": order.financial_status,
            "displayFulfillmentStatus": fulfillment_status(order),
            "retailLocation": lambda _info: self._location_or_none(order.retail_location),
            "lineItems": lines,
            "refunds": lambda _info, first=None: [self.refund(order, one) for one in order.refunds[:first]],
            "fulfillments": fulfillments,
            "fulfillmentOrders": fulfillment_orders,
        }

    def line(self, line: ShopifyLine) -> View:
        item = self.shop.state.items[line.listing[0]]
        removed = line.cancelled if self.shop.switches.unfulfilled_counts_removed else 0
        return {
            "__typename": "LineItem",
            "id": line.line_id,
            "sku": line.sku or None,
            "title": line.title,
            "quantity": line.ordered,
            "currentQuantity": line.ordered - line.removed - line.refunded,
            "unfulfilledQuantity": line.open + removed,
            "nonFulfillableQuantity": line.cancelled,
            "refundableQuantity": line.ordered - line.removed - line.refunded,
            "requiresShipping": item.requires_shipping,
            "isGiftCard": item.gift_card,
            "variant": None if item.deleted else lambda _info: self.variant(item),
        }

    def refund(self, order: ShopifyOrder, refund: Refund) -> View:
        def lines(_info: Any, **paging: Any) -> View:
            return self.connect(
                refund.lines, lambda one: self._refund_line(order, one), lambda one: (padded(one.line_id),), **paging
            )

        return {
            "__typename": "Refund",
            **_ids(refund.id),
            "createdAt": stamp(refund.created_at),
            "updatedAt": stamp(refund.created_at),
            "note": None,
            "refundLineItems": lines,
        }

    def _refund_line(self, order: ShopifyOrder, part: RefundLine) -> View:
        line = order.line(part.line_id)
        return {
            "id": gid("RefundLineItem", number_of(line.line_id)),
            "lineItem": lambda _info: self.line(line),
            "quantity": part.quantity,
            "restockType": part.restock_type,
            "restocked": part.restocked,
            "location": lambda _info: self._location_or_none(part.location_id),
        }

    def fulfillment(self, order: ShopifyOrder, fulfillment: Fulfillment) -> View:
        def line(line_id: str) -> View:
            return {
                "__typename": "FulfillmentLineItem",
                "id": gid("FulfillmentLineItem", number_of(line_id)),
                "lineItem": lambda _info: self.line(order.line(line_id)),
                "quantity": fulfillment.units[line_id],
            }

        def lines(_info: Any, **paging: Any) -> View:
            return self.connect(list(fulfillment.units), line, lambda line_id: (padded(line_id),), **paging)

        return {
            "__typename": "Fulfillment",
            **_ids(fulfillment.id),
            "location": lambda _info: self._location_or_none(fulfillment.location_id),
            "status": "SUCCESS",
            "totalQuantity": sum(fulfillment.units.values()),
            "createdAt": stamp(fulfillment.created_at),
            "updatedAt": stamp(fulfillment.created_at),
            "fulfillmentLineItems": lines,
        }

    def _fulfillment_order(self, order: ShopifyOrder, location_id: str) -> View:
        here = [line for line in order.lines if location_id in line.locations]
        place = self.shop.state.locations[location_id]

        def line_view(line: ShopifyLine) -> View:
            return {
                "__typename": "FulfillmentOrderLineItem",
                "id": gid("FulfillmentOrderLineItem", number_of(line.line_id)),
                "inventoryItemId": line.listing[0],
                "lineItem": lambda _info: self.line(line),
                "remainingQuantity": line.open_at.get(location_id, 0),
                "sku": line.sku or None,
                "totalQuantity": line.open_at.get(location_id, 0) + line.shipped_at.get(location_id, 0),
            }

        def lines(_info: Any, **paging: Any) -> View:
            return self.connect(here, line_view, lambda line: (padded(line.line_id),), **paging)

        return {
            "__typename": "FulfillmentOrder",
            "id": gid("FulfillmentOrder", f"{number_of(order.id)}{number_of(location_id)}"),
            "status": _fulfillment_order_status(order, here, location_id),
            "createdAt": stamp(order.placed_at),
            "updatedAt": stamp(order.updated_at),
            "assignedLocation": {"location": lambda _info: self.location(place), "name": place.name},
            "lineItems": lines,
        }

    def _location_or_none(self, location_id: str | None) -> View | None:
        return None if location_id is None else self.location(self.shop.state.locations[location_id])

    def webhook(self, hook: Webhook) -> View:
        return {
            "__typename": "WebhookSubscription",
            **_ids(hook.id),
            "topic": hook.topic,
            "uri": hook.uri,
            "format": "JSON",
            "createdAt": stamp(hook.created_at),
            "updatedAt": stamp(hook.created_at),
        }


def fulfillment_status(order: ShopifyOrder) -> str:
    shipped = sum(line.shipped for line in order.lines)
    if order.open:
        return "PARTIALLY_FULFILLED" if shipped else "UNFULFILLED"
    return "FULFILLED" if shipped else "UNFULFILLED"


def denied(field: str, scope: str) -> GraphQLError:
    message = f"Access denied for {field} field. Required access: `{scope}` access scope."
    return GraphQLError(message, extensions={"code": "ACCESS_DENIED", "requiredAccess": f"`{scope}` access scope."})


def _fulfillment_order_status(order: ShopifyOrder, lines: list[ShopifyLine], location: str) -> str:
    if any(line.open_at.get(location) for line in lines):
        return "IN_PROGRESS" if any(line.shipped_at.get(location) for line in lines) else "OPEN"
    return "CANCELLED" if order.cancelled_at else "CLOSED"


def _ids(an_id: str) -> View:
    return {"id": an_id, "legacyResourceId": number_of(an_id)}


def _quantity(level_id: str, level: Level, name: str) -> View:
    if name not in QUANTITY_NAMES:
        raise GraphQLError(f"The quantity name '{name}' is invalid.", extensions={"code": "BAD_REQUEST"})
    return {
        "__typename": "InventoryQuantity",
        "id": f"{level_id.replace('InventoryLevel', 'InventoryQuantity')}&name={name}",
        "name": name,
        "quantity": level.quantity(name),
        "updatedAt": stamp(level.updated_at),
    }
