"""Listings Items 2021-08-01: searching, reading and patching (amazon.md §5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from bridge.sandbox.malls.amazon.answers import Refusal, bad_request, csv, error, json_response, read_json, stamp
from bridge.sandbox.malls.amazon.records import BY_AMAZON, JAPAN, MERCHANT, Item

if TYPE_CHECKING:
    from bridge.sandbox.malls.amazon.shop import Amazon

SETS = (
    "summaries", "attributes", "issues", "offers", "fulfillmentAvailability", "procurement", "relationships",
    "productTypes",
)  # fmt: skip
MOST_IDENTIFIERS, MOST_ON_A_PAGE = 20, 20
PATH = "/attributes/fulfillment_availability"
WRONG_ATTRIBUTE = "90000900"


def search_items(shop: Amazon, request: Request, args: dict[str, Any]) -> Response:
    _known_seller(shop, args)
    _marketplace(request)
    wanted = csv(request, "identifiers")
    if wanted and (request.args.get("identifiersType") != "SKU" or len(wanted) > MOST_IDENTIFIERS):
        raise bad_request("Invalid 'identifiers' or 'identifiersType'.")
    size = request.args.get("pageSize", "10")
    if not size.isdecimal() or not 1 <= int(size) <= MOST_ON_A_PAGE:
        raise bad_request("Invalid 'pageSize'.")
    included = _included(request)
    found = [item for item in shop.state.items.values() if not item.deleted_at and (not wanted or item.sku in wanted)]
    found = _sorted(found, request)
    shown = found if wanted else found[: shop.switches.search_most]
    start = _page(request.args.get("pageToken"))
    page = shown[start : start + min(int(size), shop.switches.listing_page)]
    body: dict[str, Any] = {
        "numberOfResults": len(found),
        "items": [render_item(shop, item, included) for item in page],
    }
    if start + len(page) < len(shown):
        body["pagination"] = {"nextToken": f"page-{start + len(page)}"}
    return json_response(body)


def _sorted(found: list[Item], request: Request) -> list[Item]:
    """By what the query says; created at or after what it says."""
    after = request.args.get("createdAfter")
    if after is not None:
        found = [item for item in found if stamp(item.created) >= after]
    keys = {
        "sku": lambda item: item.sku,
        "createdDate": lambda item: stamp(item.created),
        "lastUpdatedDate": lambda item: stamp(item.updated),
    }
    by, order = request.args.get("sortBy", "lastUpdatedDate"), request.args.get("sortOrder", "DESC")
    if by not in keys or order not in ("ASC", "DESC"):
        raise bad_request("Invalid 'sortBy' or 'sortOrder'.")
    return sorted(found, key=keys[by], reverse=order == "DESC")


def get_item(shop: Amazon, request: Request, args: dict[str, Any]) -> Response:
    _known_seller(shop, args)
    _marketplace(request)
    included = _included(request)
    item = shop.item(args["sku"])
    if item is None:
        raise Refusal(_not_found(args["sku"]))
    return json_response(render_item(shop, item, included))


def patch_item(shop: Amazon, request: Request, args: dict[str, Any]) -> Response:
    _known_seller(shop, args)
    _marketplace(request)
    body, sku = read_json(request), args["sku"]
    if not isinstance(body.get("productType"), str) or not isinstance(body.get("patches"), list) or not body["patches"]:
        raise bad_request("'productType' and 'patches' are required.")
    for index, patch in enumerate(body["patches"]):
        if not isinstance(patch, dict) or not isinstance(patch.get("value"), list):
            raise bad_request(f"Value is missing for patch at index of {index}.")
    item = shop.item(sku)
    preview = request.args.get("mode") == "VALIDATION_PREVIEW"
    issues = problems(shop, item, body) if item else _unknown(shop)
    if not issues and not preview and item:
        apply(shop, item, body["patches"])
    status = "INVALID" if issues else "VALID" if preview else "ACCEPTED"
    submission = f"{shop.random.getrandbits(128):032x}"
    return json_response({"sku": sku, "status": status, "submissionId": submission, "issues": issues})


def problems(shop: Amazon, item: Item, message: dict[str, Any]) -> list[dict[str, Any]]:
    """What keeps a patch from being taken; as PATCH and the feed both say it."""
    if shop.switches.product_type_checked and message["productType"] not in (item.product_type,):
        return [_issue("99022", f"The product type must be {item.product_type}.", "MISSING_ATTRIBUTE", "productType")]
    if item.sku in shop.switches.refused_skus:
        return [
            _issue("90220", "'country_of_origin' is required but missing.", "MISSING_ATTRIBUTE", "country_of_origin")
        ]
    found = []
    for patch in message["patches"]:
        if patch.get("path") != PATH or patch.get("op") not in ("add", "replace", "merge", "delete"):
            found.append(_issue(WRONG_ATTRIBUTE, "The attributes are invalid.", "INVALID_ATTRIBUTE", patch.get("path")))
            continue
        for entry in patch["value"]:
            if "fulfillment_channel_code" not in entry:
                text = "'fulfillment_channel_code' is required but missing."
                found.append(_issue("90220", text, "MISSING_ATTRIBUTE", "fulfillment_availability"))
            elif not _whole(entry.get("quantity", 0), shop.switches.most_units):
                text = "'quantity' does not have a valid value."
                found.append(_issue("90244", text, "INVALID_ATTRIBUTE", "fulfillment_availability"))
    return found


def apply(shop: Amazon, item: Item, patches: list[dict[str, Any]]) -> None:
    """Take the patches. An offer that Amazon ships is not spared (§5.6)."""
    for patch in patches:
        for entry in patch["value"]:
            if patch["op"] == "replace":  # what isn't sent again is lost (trap 9)
                item.lead_time = None
            if "lead_time_to_ship_max_days" in entry:
                item.lead_time = entry["lead_time_to_ship_max_days"]
            if entry["fulfillment_channel_code"] == MERCHANT and "quantity" in entry:
                shop.submit(item, entry["quantity"])


def render_item(shop: Amazon, item: Item, included: list[str]) -> dict[str, Any]:
    shown: dict[str, Any] = {"sku": item.sku}
    if "summaries" in included:
        shown["summaries"] = [_summary(shop, item)]
    if "fulfillmentAvailability" in included:
        shown["fulfillmentAvailability"] = [_available(item, channel) for channel in item.channels]
    if "attributes" in included:
        shown["attributes"] = {
            "item_name": [{"value": item.title, "language_tag": "ja_JP", "marketplace_id": JAPAN}],
            "fulfillment_availability": [_submitted(item, channel) for channel in item.channels],
        }
    if "issues" in included:
        shown["issues"] = []
    return shown


def _summary(shop: Amazon, item: Item) -> dict[str, Any]:
    label = item.fnsku if item.warehouse is not None and BY_AMAZON in item.channels else None
    if shop.switches.merchant_fnsku:
        label = label or item.asin
    return {
        "marketplaceId": JAPAN,
        "asin": item.asin,
        "productType": item.product_type,
        "conditionType": "new_new",
        "status": ["BUYABLE", "DISCOVERABLE"] if item.buyable and item.quantity else ["DISCOVERABLE"],
        **({"fnSku": label} if label else {}),
        "itemName": item.title,
        "createdDate": stamp(item.created),
        "lastUpdatedDate": stamp(item.updated),
    }


def _available(item: Item, channel: str) -> dict[str, Any]:
    told = channel == MERCHANT and not item.without_number
    return {"fulfillmentChannelCode": channel, **({"quantity": item.quantity} if told else {})}


def _submitted(item: Item, channel: str) -> dict[str, Any]:
    entry: dict[str, Any] = {"fulfillment_channel_code": channel, "marketplace_id": JAPAN}
    if channel == MERCHANT:
        entry["quantity"] = item.submitted
        if item.lead_time is not None:
            entry["lead_time_to_ship_max_days"] = item.lead_time
    return entry


def _unknown(shop: Amazon) -> list[dict[str, Any]]:
    if shop.switches.unknown_sku == "accepted":
        return []
    return [_issue("13013", "This SKU does not exist in the seller's catalogue.", "INVALID_ATTRIBUTE", None)]


def _whole(value: Any, most: int) -> bool:
    return type(value) is int and 0 <= value <= most


def _issue(code: str, message: str, category: str, attribute: str | None) -> dict[str, Any]:
    names = {"attributeNames": [attribute]} if attribute else {}
    return {"code": code, "message": message, "severity": "ERROR", "categories": [category], **names}


def _known_seller(shop: Amazon, args: dict[str, Any]) -> None:
    if args["seller"] != shop.seller:
        raise Refusal(error(403, "AccessDenied", "Access to requested resource is denied."))


def _marketplace(request: Request) -> None:
    if csv(request, "marketplaceIds") != [JAPAN]:
        raise bad_request("Invalid 'marketplaceIds' provided.")


def _included(request: Request) -> list[str]:
    included = csv(request, "includedData") or ["summaries"]
    if any(each not in SETS for each in included):
        raise bad_request("Invalid 'includedData' provided.")
    return included


def _page(token: str | None) -> int:
    if token is None:
        return 0
    if not token.startswith("page-") or not token[5:].isdecimal():
        raise bad_request("Invalid 'pageToken' provided.")
    return int(token[5:])


def _not_found(sku: str) -> Response:
    return error(404, "NOT_FOUND", f"SKU '{sku}' not found in marketplace {JAPAN}")
