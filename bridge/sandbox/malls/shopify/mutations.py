"""The fields of Mutation (shopify.md §5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql import GraphQLResolveInfo

from bridge.sandbox.malls.mall import Listing
from bridge.sandbox.malls.shopify.idempotency import Plain, key_of, once
from bridge.sandbox.malls.shopify.quantities import (
    ADJUSTABLE,
    Rows,
    common_errors,
    is_stocked,
    ledger_errors,
    require_presence,
    row_errors,
    shown,
    user_error,
)
from bridge.sandbox.malls.shopify.queries import Queries, input_too_big
from bridge.sandbox.malls.shopify.records import Level, Webhook, gid
from bridge.sandbox.malls.shopify.views import View, Views, stamp

if TYPE_CHECKING:
    from bridge.sandbox.malls.shopify.shop import Shopify

Info = GraphQLResolveInfo[Any]
PRESERVES_FROM = "2026-04"  # from this version inventoryActivate without a number keeps the earlier quantity


class Mutations:
    def __init__(self, shop: Shopify, views: Views, queries: Queries) -> None:
        self._shop = shop
        self._views = views
        self._queries = queries

    def _begin(self, info: Info, *scopes: str) -> None:
        self._shop.count_write()
        if scopes:
            self._queries.need(info.field_name, *scopes)

    # Quantities.

    def inventory_set_quantities(self, _root: Any, info: Info, input: dict[str, Any]) -> View:
        self._begin(info, "write_inventory")
        rows = Rows("quantities", "quantity", input["quantities"], input["name"])
        wrong = common_errors(input, ("available", "on_hand"), "INVALID_NAME")
        return self._change(info, input, rows, wrong)

    def inventory_adjust_quantities(self, _root: Any, info: Info, input: dict[str, Any]) -> View:
        self._begin(info, "write_inventory")
        rows = Rows("changes", "delta", input["changes"], input["name"])
        wrong = common_errors(input, ADJUSTABLE, "INVALID_QUANTITY_NAME") + ledger_errors(rows)
        return self._change(info, input, rows, wrong)

    def _change(self, info: Info, given: dict[str, Any], rows: Rows, wrong: list[dict[str, Any]]) -> View:
        if len(rows.rows) > self._shop.switches.max_page:
            raise input_too_big(len(rows.rows), self._shop.switches.max_page)
        require_presence(rows, info.context["version"])

        def work() -> Plain:
            return self._apply(given, rows, wrong, info.context["version"])

        def refuse(code: str) -> Plain:
            return {"group": None, "userErrors": [user_error(code)]}

        answer = once(self._shop, info, given, work, refuse)
        group = answer["group"]
        return {
            "inventoryAdjustmentGroup": self._group(group) if group else None,
            "userErrors": answer["userErrors"],
        }

    def _apply(self, given: dict[str, Any], rows: Rows, wrong: list[dict[str, Any]], version: str) -> Plain:
        by_row = {} if wrong else row_errors(self._shop, rows, version)
        errors = wrong + [error for found in by_row.values() for error in found]
        good = [index for index in range(len(rows.rows)) if index not in by_row]
        if wrong or (errors and self._shop.switches.batch == "atomic"):
            return {"group": None, "userErrors": errors}
        changes = [change for index in good for change in self._move(rows, index)]
        if not errors and not self._shop.switches.no_op_group and not any(change["delta"] for change in changes):
            return {"group": None, "userErrors": []}
        group = {
            "id": gid("InventoryAdjustmentGroup", self._shop.next_number()),
            "createdAt": stamp(self._shop.clock.now()),
            "reason": given["reason"],
            "referenceDocumentUri": given.get("referenceDocumentUri"),
            "changes": changes,
        }
        return {"group": None if errors else group, "userErrors": errors}

    def _move(self, rows: Rows, index: int) -> list[dict[str, Any]]:
        """Carry out one row. A change of `available` or `on_hand` is a change of both."""
        shop, key, name = self._shop, rows.key(index), rows.quantity_name
        number = rows.rows[index][rows.number]
        if not is_stocked(shop, key):
            self._connect(key)
        delta = number - shown(shop, key, name) if rows.argument == "quantities" else number
        part = "available" if name == "on_hand" else name
        shop.put(key, part, shown(shop, key, part) + delta, "push")
        names = [part] if part == "incoming" else [part, "on_hand"]
        uri = rows.rows[index].get("ledgerDocumentUri")
        return [
            {
                "name": one,
                "delta": delta,
                "after": shown(shop, key, one),
                "item": key[0],
                "location": key[1],
                "uri": uri,
            }
            for one in names
        ]

    def _connect(self, key: Listing) -> None:
        now = self._shop.clock.now()
        level = self._shop.state.levels.setdefault(key, Level(now, now))
        level.active = True
        self._shop.touch()

    def _group(self, group: dict[str, Any]) -> View:
        def changes(
            _info: Any,
            inventoryItemIds: list[str] | None = None,
            locationIds: list[str] | None = None,
            quantityNames: list[str] | None = None,
        ) -> list[View]:
            return [
                self._change_view(change)
                for change in group["changes"]
                if (inventoryItemIds is None or change["item"] in inventoryItemIds)
                and (locationIds is None or change["location"] in locationIds)
                and (quantityNames is None or change["name"] in quantityNames)
            ]

        return {"__typename": "InventoryAdjustmentGroup", **group, "changes": changes}

    def _change_view(self, change: dict[str, Any]) -> View:
        state = self._shop.state
        return {
            "delta": change["delta"],
            "name": change["name"],
            "quantityAfterChange": change["after"],
            "ledgerDocumentUri": change["uri"],
            "item": lambda _info: self._views.item(state.items[change["item"]]),
            "location": lambda _info: self._views.location(state.locations[change["location"]]),
        }

    # Items.

    def inventory_activate(
        self,
        _root: Any,
        info: Info,
        inventoryItemId: str,
        locationId: str,
        stockAtLegacyLocation: bool,  # noqa: ARG002 - part of the schema
        available: int | None = None,
        onHand: int | None = None,
    ) -> View:
        self._begin(info, "write_inventory")
        key = (inventoryItemId, locationId)

        def work() -> Plain:
            return self._activate(key, available, onHand, info.context["version"])

        def refuse(code: str) -> Plain:
            return {"key": None, "userErrors": [_plain_error(user_error(code)["message"])]}

        answer = once(self._shop, info, [*key, available, onHand], work, refuse)
        level = self._views.level((answer["key"][0], answer["key"][1])) if answer["key"] else None
        return {"inventoryLevel": level, "userErrors": answer["userErrors"]}

    def _activate(self, key: Listing, available: int | None, on_hand: int | None, version: str) -> Plain:
        if self._shop.item(key[0]) is None:
            return {"key": None, "userErrors": [_plain_error("The product couldn't be found.", "inventoryItemId")]}
        location = self._shop.state.locations.get(key[1])
        if location is None or not location.active:
            return {"key": None, "userErrors": [_plain_error("The location couldn't be found.", "locationId")]}
        if available is not None and on_hand is not None:
            message = "Not allowed to set available and on hand quantities at the same time."
            return {"key": None, "userErrors": [_plain_error(message, "available")]}
        if is_stocked(self._shop, key):
            message = "Not allowed to set available quantity when the item is already active at the location."
            wrong = available is not None or on_hand is not None
            return {"key": list(key), "userErrors": [_plain_error(message, "available")] if wrong else []}
        self._connect(key)
        before = shown(self._shop, key, "available")
        if on_hand is not None:
            available = on_hand - shown(self._shop, key, "on_hand") + before
        kept = before if version >= PRESERVES_FROM else 0
        self._shop.put(key, "available", kept if available is None else available, "push")
        return {"key": list(key), "userErrors": []}

    def inventory_item_update(self, _root: Any, info: Info, id: str, input: dict[str, Any]) -> View:
        self._begin(info, "write_inventory", "write_products")
        key_of(info)
        item = self._shop.item(id)
        if item is None:
            return {"inventoryItem": None, "userErrors": [_plain_error("The product couldn't be found.", "id")]}
        item.tracked = input.get("tracked", item.tracked)
        item.sku = input.get("sku", item.sku)
        item.requires_shipping = input.get("requiresShipping", item.requires_shipping)
        item.updated_at = self._shop.clock.now()
        self._shop.touch()
        return {"inventoryItem": self._views.item(item), "userErrors": []}

    # Webhook subscriptions.

    def webhook_subscription_create(
        self, _root: Any, info: Info, topic: str, webhookSubscription: dict[str, Any]
    ) -> View:
        self._begin(info)
        key_of(info)
        uri = webhookSubscription.get("uri") or ""
        path = ("webhookSubscription", "uri")
        # Shopify takes no plain http; the sandbox does, to an address on its own machine.
        if not uri.startswith(("https://", "pubsub://", "arn:", "http://127.0.0.1:")):
            return {"webhookSubscription": None, "userErrors": [_plain_error("Address is invalid", *path)]}
        if any((hook.topic, hook.uri) == (topic, uri) for hook in self._shop.state.webhooks.values()):
            taken = _plain_error("Address for this topic has already been taken", *path)
            return {"webhookSubscription": None, "userErrors": [taken]}
        include = webhookSubscription.get("includeFields")
        hook_id = gid("WebhookSubscription", self._shop.next_number())
        hook = self._shop.state.webhooks[hook_id] = Webhook(hook_id, topic, uri, self._shop.clock.now(), include)
        self._shop.touch()
        return {"webhookSubscription": self._views.webhook(hook), "userErrors": []}

    def webhook_subscription_delete(self, _root: Any, info: Info, id: str) -> View:
        self._begin(info)
        key_of(info)
        if self._shop.state.webhooks.pop(id, None) is None:
            message = "Webhook subscription does not exist"
            return {"deletedWebhookSubscriptionId": None, "userErrors": [_plain_error(message, "id")]}
        return {"deletedWebhookSubscriptionId": id, "userErrors": []}


def _plain_error(message: str, *path: str) -> dict[str, Any]:
    return {"field": list(path) or None, "message": message}
