"""The rules of setting and adjusting quantities (shopify.md §5.1, §5.2, §5.5)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError

from bridge.sandbox.malls.mall import Listing
from bridge.sandbox.malls.shopify.records import QUANTITY_NAMES

if TYPE_CHECKING:
    from bridge.sandbox.malls.shopify.shop import Shopify

MAX_SET, MAX_ADJUST = 1_000_000_000, 2_000_000_000
PRESENT_FROM = "2026-04"  # from this version changeFromQuantity must be there, if only as null
CONNECTS_FROM = "2026-10"  # from this version a set at a location that does not stock the item connects it
REASONS = frozenset(
    {"correction", "cycle_count_available", "damaged", "other", "promotion", "quality_control", "received", "restock"}
    | {"safety_stock", "shrinkage", "reservation_created", "reservation_updated", "reservation_deleted"}
    | {"movement_created", "movement_updated", "movement_received", "movement_canceled"}
)
_URI = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://\S+")

MESSAGES = {
    "CHANGE_FROM_QUANTITY_STALE": "The changeFromQuantity value does not match persisted value.",
    "IDEMPOTENCY_CONCURRENT_REQUEST": "This request is currently in progress, please try again.",
    "IDEMPOTENCY_KEY_PARAMETER_MISMATCH": (
        "The same idempotency key cannot be used with different operation parameters."
    ),
    "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED": (
        "A previous request with this idempotency key failed. Retry with a new idempotency key."
    ),
    "INTERNAL_LEDGER_DOCUMENT": ("Internal (gid://shopify/) ledger documents are not allowed to be adjusted via API."),
    "INVALID_AVAILABLE_DOCUMENT": "A ledger document URI is not allowed when adjusting available.",
    "INVALID_INVENTORY_ITEM": "The specified inventory item could not be found.",
    "INVALID_LEDGER_DOCUMENT": "The specified ledger document is invalid.",
    "INVALID_LOCATION": "The specified location could not be found.",
    "INVALID_NAME": "The quantity name must be either 'available' or 'on_hand'.",
    "INVALID_QUANTITY_DOCUMENT": "A ledger document URI is required except when adjusting available.",
    "INVALID_QUANTITY_NAME": "The specified quantity name is invalid.",
    "INVALID_QUANTITY_NEGATIVE": "The quantity can't be negative.",
    "INVALID_QUANTITY_TOO_HIGH": "The total quantity can't be higher than 1,000,000,000.",
    "INVALID_QUANTITY_TOO_LOW": "The quantity can't be lower than -2,000,000,000.",
    "INVALID_REASON": "The specified reason is invalid.",
    "INVALID_REFERENCE_DOCUMENT": "The specified reference document is invalid.",
    "ITEM_NOT_STOCKED_AT_LOCATION": "The specified inventory item is not stocked at the location.",
    "MAX_ONE_LEDGER_DOCUMENT": (
        "All changes must have the same ledger document URI or, in the case of adjusting available, "
        "no ledger document URI."
    ),
    "NON_MUTABLE_INVENTORY_ITEM": (
        "The specified inventory item is not allowed to be adjusted via API. "
        "Example: if the inventory item is a parent bundle."
    ),
    "NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR": (
        "The combination of inventoryItemId and locationId must be unique."
    ),
}  # the descriptions of the schema's enum values

UserError = dict[str, Any]
Row = dict[str, Any]


@dataclass(frozen=True)
class Rows:
    """The rows of one mutation: `name` of the argument that holds them, and each one's quantity field."""

    argument: str
    number: str
    rows: list[Row]
    quantity_name: str

    def key(self, index: int) -> Listing:
        return self.rows[index]["inventoryItemId"], self.rows[index]["locationId"]

    def error(self, code: str, index: int, field: str) -> UserError:
        return user_error(code, "input", self.argument, str(index), field)


def user_error(code: str, *path: str) -> UserError:
    return {"code": code, "field": list(path) or None, "message": MESSAGES[code]}


def require_presence(rows: Rows, version: str) -> None:
    if version >= PRESENT_FROM and any("changeFromQuantity" not in row for row in rows.rows):
        message = f"{rows.argument} must include the changeFromQuantity argument."
        raise GraphQLError(message, extensions={"code": "INVALID_FIELD_ARGUMENTS"})


def common_errors(given: Row, names: tuple[str, ...], name_code: str) -> list[UserError]:
    errors = []
    if given["name"] not in names:
        errors.append(user_error(name_code, "input", "name"))
    if given["reason"] not in REASONS:
        errors.append(user_error("INVALID_REASON", "input", "reason"))
    reference = given.get("referenceDocumentUri")
    if reference is not None and not _URI.fullmatch(reference):
        errors.append(user_error("INVALID_REFERENCE_DOCUMENT", "input", "referenceDocumentUri"))
    return errors


def row_errors(shop: Shopify, rows: Rows, version: str) -> dict[int, list[UserError]]:
    """What is wrong with the rows, by index."""
    seen: set[Listing] = set()
    found = {}
    for index in range(len(rows.rows)):
        errors = _errors_of(shop, rows, index, version)
        if rows.key(index) in seen:
            errors.append(rows.error("NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR", index, "locationId"))
        seen.add(rows.key(index))
        if errors:
            found[index] = errors
    return found


def _errors_of(shop: Shopify, rows: Rows, index: int, version: str) -> list[UserError]:
    row, (item_id, location_id) = rows.rows[index], rows.key(index)
    item, location = shop.item(item_id), shop.state.locations.get(location_id)
    errors = []
    if item is None:
        errors.append(rows.error("INVALID_INVENTORY_ITEM", index, "inventoryItemId"))
    elif item.bundle:
        errors.append(rows.error("NON_MUTABLE_INVENTORY_ITEM", index, "inventoryItemId"))
    if location is None or not location.active or location.fulfillment_service:
        errors.append(rows.error("INVALID_LOCATION", index, "locationId"))
    if not errors and not is_stocked(shop, (item_id, location_id)) and not _may_connect(shop, version):
        errors.append(rows.error("ITEM_NOT_STOCKED_AT_LOCATION", index, "locationId"))
    errors += [rows.error(code, index, rows.number) for code in _number_codes(rows, row[rows.number])]
    expected = row.get("changeFromQuantity")
    if not errors and expected is not None and expected != shown(shop, (item_id, location_id), rows.quantity_name):
        errors.append(rows.error("CHANGE_FROM_QUANTITY_STALE", index, "changeFromQuantity"))
    return errors


def _number_codes(rows: Rows, number: int) -> list[str]:
    if rows.argument == "quantities":
        return ["INVALID_QUANTITY_NEGATIVE"] * (number < 0) + ["INVALID_QUANTITY_TOO_HIGH"] * (number > MAX_SET)
    return ["INVALID_QUANTITY_TOO_LOW"] * (number < -MAX_ADJUST) + ["INVALID_QUANTITY_TOO_HIGH"] * (number > MAX_ADJUST)


def ledger_errors(rows: Rows) -> list[UserError]:
    """A ledger document is forbidden with `available` and needed with every other name."""
    uris = [row.get("ledgerDocumentUri") for row in rows.rows]
    if rows.quantity_name == "available":
        wrong = {index: "INVALID_AVAILABLE_DOCUMENT" for index, uri in enumerate(uris) if uri is not None}
    else:
        wrong = {index: code for index, uri in enumerate(uris) if (code := _ledger_code(uri))}
        if not wrong and len(set(uris)) > 1:
            return [user_error("MAX_ONE_LEDGER_DOCUMENT", "input", "changes")]
    return [rows.error(code, index, "ledgerDocumentUri") for index, code in wrong.items()]


def _ledger_code(uri: str | None) -> str | None:
    if uri is None:
        return "INVALID_QUANTITY_DOCUMENT"
    if uri.startswith("gid://shopify/"):
        return "INTERNAL_LEDGER_DOCUMENT"
    return None if _URI.fullmatch(uri) else "INVALID_LEDGER_DOCUMENT"


def is_stocked(shop: Shopify, key: Listing) -> bool:
    level = shop.state.levels.get(key)
    return level is not None and level.active


def shown(shop: Shopify, key: Listing, name: str) -> int:
    level = shop.state.levels.get(key)
    return level.quantity(name) if level else 0


def _may_connect(shop: Shopify, version: str) -> bool:
    rule = shop.switches.unstocked
    return rule == "connect" or (rule == "by-version" and version >= CONNECTS_FROM)


ADJUSTABLE = tuple(name for name in QUANTITY_NAMES if name != "on_hand")
