"""The item API, read only but for the stock settings: what a shop sells under which keys (rakuten.md §3)."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from bridge.clock import JST
from bridge.sandbox.malls.rakuten.answers import (
    Problem,
    Refusal,
    json_response,
    list_error,
    problems_response,
    read_json,
)
from bridge.sandbox.malls.rakuten.inventory_rows import fold, mandatory, wrong
from bridge.sandbox.malls.rakuten.records import Item, Variant

if TYPE_CHECKING:
    from bridge.sandbox.malls.rakuten.shop import Rakuten

MAX_BULK, MAX_HITS, MAX_OFFSET = 50, 100, 10_000
TEXTS = ("manageNumber", "itemNumber", "title", "articleNumber", "variantId", "merchantDefinedSkuId")
FLAGS = ("isHiddenItem", "isHiddenVariant", "isItemStockout", "isVariantStockout", "isBackOrder", "isInventoryIncluded")
DATES = ("createdFrom", "createdTo", "updatedFrom", "updatedTo")
ENUMS = {
    "itemType": ("NORMAL", "PRE_ORDER", "BUYING_CLUB"),
    "sortKey": ("updated", "created", "manageNumber", "itemNumber", "title"),
    "sortOrder": ("desc", "asc"),
}
PAGING = ("hits", "offset", "cursorMark")


def search(shop: Rakuten, request: Request, _args: dict[str, Any]) -> Response:
    query = request.args.to_dict()
    if problems := _query_problems(query):
        return problems_response(problems)
    now = shop.clock.now()
    lag = timedelta(seconds=shop.switches.search_index_lag)
    indexed = [item for item in shop.state.items.values() if _in_index(item, now - lag)]
    found = [item for item in indexed if _matches(shop, item, query)]
    hits = int(query.get("hits", 10))
    mark = query.get("cursorMark")
    if mark is not None:
        found.sort(key=lambda item: item.manage_number)
        start = _position(found, mark)
    else:
        key, reverse = query.get("sortKey", "updated"), query.get("sortOrder", "desc") == "desc"
        found.sort(key=lambda item: _sort_value(item, key), reverse=reverse)
        start = int(query.get("offset", 0))
    page = found[start : start + hits]
    body: dict[str, Any] = {"numFound": len(found), "offset": start}
    if mark is not None:
        body["nextCursorMark"] = _mark(page[-1]) if page else mark
    return json_response(body | {"results": [{"item": _render(item)} for item in page]})


def get_one(shop: Rakuten, _request: Request, args: dict[str, Any]) -> Response:
    return json_response(_render(_item(shop, args["m"])))


def bulk_get(shop: Rakuten, request: Request, _args: dict[str, Any]) -> Response:
    body = read_json(request)
    if not isinstance(body, dict) or not body:
        raise Refusal(list_error(400, "GE0011", "Request body is missing or is empty without any attributes."))
    numbers = body.get("manageNumbers")
    if not numbers:
        return problems_response([mandatory("manageNumbers", "manageNumbers")])
    if not isinstance(numbers, list) or not all(isinstance(number, str) for number in numbers):
        return problems_response([wrong("manageNumbers", numbers, "manageNumbers")])
    if len(numbers) > MAX_BULK:
        text = "manageNumbers exceeds the maximum number of entries allowed."
        return problems_response([Problem("IE1101", text, "manageNumbers")])
    items = [shop.item_of(fold(shop, number)) for number in numbers]
    return json_response({"results": [_render(item) for item in items if item]})


def get_settings(shop: Rakuten, _request: Request, args: dict[str, Any]) -> Response:
    item = _item(shop, args["m"])
    variants = {
        key: {"restockOnCancel": one.restock_on_cancel, "backOrderFlag": one.back_order}
        for key, one in item.variants.items()
    }
    return json_response(
        {
            "unlimitedInventoryFlag": item.unlimited,
            "features": {"inventoryDisplay": "DISPLAY_ABSOLUTE_STOCK_COUNT"},
            "variants": variants,
        }
    )


def put_settings(shop: Rakuten, request: Request, args: dict[str, Any]) -> Response:
    item, body = _item(shop, args["m"]), read_json(request)
    if not isinstance(body, dict) or not isinstance(body.get("variants"), dict):
        return problems_response([mandatory("variants", "variants")])
    for key, settings in body["variants"].items():
        if key not in item.variants or not isinstance(settings, dict):
            return problems_response([wrong("variants", key, f"variants.{key}")])
    for key, settings in body["variants"].items():
        variant = item.variants[key]
        variant.restock_on_cancel = bool(settings.get("restockOnCancel", False))
        variant.back_order = bool(settings.get("backOrderFlag", False))
    item.updated = shop.clock.now()
    shop.touch()
    return Response(status=204)


def _item(shop: Rakuten, number: str) -> Item:
    item = shop.item_of(fold(shop, number))
    if item is None:
        raise Refusal(list_error(404, "GE0014", f"Not found for inputs; manageNumber={number}"))
    return item


# Searching.


def _query_problems(query: dict[str, str]) -> list[Problem]:
    known = {*TEXTS, *FLAGS, *DATES, *ENUMS, *PAGING}
    problems = [Problem("IE1005", f"Unknown parameter {name}.", name) for name in query if name not in known]
    for name, allowed in ENUMS.items():
        if query.get(name, allowed[0]) not in allowed:
            problems.append(Problem("IE0007", f"{name} must be one of {', '.join(allowed)}.", name))
    problems += [wrong(name, query[name], name) for name in FLAGS if query.get(name, "true") not in ("true", "false")]
    problems += [wrong(name, query[name], name) for name in DATES if name in query and not _is_date(query[name])]
    for name, low, high in (("hits", 1, MAX_HITS), ("offset", 0, MAX_OFFSET)):
        text = query.get(name, "1")
        if not text.isdecimal():
            problems.append(wrong(name, text, name))
        elif not low <= int(text) <= high:
            problems.append(Problem("IE0003", f"{name} must be between {low} and {high}.", name))
    if "cursorMark" in query and "offset" in query:
        problems.append(Problem("IE1003", "cursorMark cannot be used with offset.", "cursorMark"))
    if "cursorMark" in query and ("sortKey" in query or "sortOrder" in query):
        problems.append(Problem("IE1004", "cursorMark cannot be used with sortKey or sortOrder.", "cursorMark"))
    return problems


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _in_index(item: Item, seen_until: datetime) -> bool:
    return item.created <= seen_until and (item.deleted_at is None or item.deleted_at > seen_until)


def _matches(shop: Rakuten, item: Item, query: dict[str, str]) -> bool:
    skus = item.variants.items()
    stocks = {key: row.quantity for key in item.variants if (row := shop.state.rows.get((item.manage_number, key)))}
    values: dict[str, list[str]] = {
        "manageNumber": [item.manage_number],
        "itemNumber": [item.item_number or ""],
        "title": [item.title],
        "articleNumber": [one.jan or "" for _, one in skus],
        "variantId": [key for key, _ in skus],
        "merchantDefinedSkuId": [one.sku or "" for _, one in skus],
    }
    flags = {
        "isHiddenItem": item.hidden,
        "isHiddenVariant": any(one.hidden for _, one in skus),
        "isItemStockout": not any(stocks.values()),
        "isVariantStockout": any(stocks.get(key, 0) == 0 for key, _ in skus),
        "isBackOrder": any(one.back_order for _, one in skus),
    }
    return (
        all(any(query[name] in text for text in texts) for name, texts in values.items() if name in query)
        and all(flag == (query[name] == "true") for name, flag in flags.items() if name in query)
        and query.get("itemType", item.item_type) == item.item_type
        and query.get("createdFrom", "") <= _day(item.created) <= query.get("createdTo", "9999")
        and query.get("updatedFrom", "") <= _day(item.updated) <= query.get("updatedTo", "9999")
    )


def _sort_value(item: Item, key: str) -> str:
    values = {
        "updated": item.updated.isoformat(),
        "created": item.created.isoformat(),
        "manageNumber": item.manage_number,
        "itemNumber": item.item_number or "",
        "title": item.title,
    }
    return values[key] + "\0" + item.manage_number


def _mark(item: Item) -> str:
    """Standard base64: its `+`, `/` and `=` break a client that does not encode them."""
    return urlsafe_b64encode(b"\xfb" + item.manage_number.encode()).decode().replace("-", "+").replace("_", "/")


def _position(found: list[Item], mark: str) -> int:
    if mark == "*":
        return 0
    try:
        last = urlsafe_b64decode(mark.replace("+", "-").replace("/", "_"))[1:].decode()
    except ValueError:
        raise Refusal(problems_response([wrong("cursorMark", mark, "cursorMark")])) from None
    return sum(item.manage_number <= last for item in found)


# Answering.


def _day(at: datetime) -> str:
    return f"{at.astimezone(JST):%Y-%m-%d}"


def _render(item: Item) -> dict[str, Any]:
    if item.deleted_at is not None:
        return {"manageNumber": item.manage_number}
    return {
        "manageNumber": item.manage_number,
        "itemNumber": item.item_number,
        "title": item.title,
        "itemType": item.item_type,
        "hideItem": item.hidden,
        "unlimitedInventoryFlag": item.unlimited,
        "variants": {key: _render_variant(one) for key, one in item.variants.items()},
        "created": item.created.astimezone(JST).isoformat(timespec="seconds"),
        "updated": item.updated.astimezone(JST).isoformat(timespec="seconds"),
    }


def _render_variant(variant: Variant) -> dict[str, Any]:
    shown: dict[str, Any] = {"merchantDefinedSkuId": variant.sku} if variant.sku else {}
    article = {"value": variant.jan} if variant.jan else {"exemptionReason": 5}
    return shown | {
        "articleNumber": article,
        "restockOnCancel": variant.restock_on_cancel,
        "backOrderFlag": variant.back_order,
        "hidden": variant.hidden,
        "standardPrice": "1000",
    }
