"""The inventory API, versions 2.0 and 2.1 (rakuten.md §2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from werkzeug.wrappers import Request, Response

from bridge.clock import JST
from bridge.sandbox.malls.mall import Listing
from bridge.sandbox.malls.rakuten.answers import (
    Problem,
    Refusal,
    json_response,
    list_error,
    problems_response,
    read_json,
)
from bridge.sandbox.malls.rakuten.inventory_rows import (
    MAX_QUANTITY,
    Write,
    check_key,
    check_write,
    fold,
    mandatory,
    wrong,
)
from bridge.sandbox.malls.rakuten.records import StockRow

if TYPE_CHECKING:
    from bridge.sandbox.malls.rakuten.shop import Rakuten

T = TypeVar("T")

MAX_UPSERT, MAX_GET, MAX_HITS, MAX_VARIANTS = 400, 1000, 1000, 400


def bulk_upsert(shop: Rakuten, request: Request, args: dict[str, Any]) -> Response:
    rows = _entries(request, MAX_UPSERT)
    writes, problems = _check_all(rows, lambda row, path: check_write(shop, row, path, args["version"]))
    problems += _twice([write.listing for write in writes])
    if problems:
        return problems_response(problems)
    _meet_conflict(shop)
    return _apply(shop, writes, args["version"])


def bulk_get(shop: Rakuten, request: Request, args: dict[str, Any]) -> Response:
    rows = _entries(request, MAX_GET)
    keys, problems = _check_all(rows, lambda row, path: check_key(shop, row, path))
    problems += _twice(keys)
    if problems:
        return problems_response(problems)
    found = [(key, shop.state.rows[key]) for key in keys if key in shop.state.rows]
    return json_response({"inventories": [_render(key, row, args["version"]) for key, row in found]})


def get_range(shop: Rakuten, request: Request, args: dict[str, Any]) -> Response:
    """All rows with minQuantity ≤ quantity ≤ maxQuantity, the newest first, or an error above 1000."""
    low, high = _bound(request, "minQuantity"), _bound(request, "maxQuantity")
    if low is None and high is None:
        raise Refusal(list_error(400, "IE0105", "At least one of minQuantity and maxQuantity is mandatory."))
    low, high = low or 0, MAX_QUANTITY if high is None else high
    if low > high:
        raise Refusal(list_error(400, "IE0113", "minQuantity must be less than or equal to maxQuantity."))
    hits = [(key, row) for key, row in shop.state.rows.items() if low <= row.quantity <= high]
    if len(hits) > MAX_HITS:
        message = "Too many search results, please change the query of search."
        raise Refusal(list_error(400, "IE0116", message))
    hits.sort(key=lambda hit: hit[1].updated, reverse=True)
    return json_response({"inventories": [_render(key, row, args["version"]) for key, row in hits]})


def get_one(shop: Rakuten, _request: Request, args: dict[str, Any]) -> Response:
    key = (fold(shop, args["m"]), args["v"])
    if (row := shop.state.rows.get(key)) is None:
        raise Refusal(_not_found(key))
    return json_response(_render(key, row, args["version"]))


def put_one(shop: Rakuten, request: Request, args: dict[str, Any]) -> Response:
    body = read_json(request)
    if not isinstance(body, dict) or not body:
        raise Refusal(_no_body())
    row = body | {"manageNumber": args["m"], "variantId": args["v"]}
    write, problems = check_write(shop, row, "", args["version"])
    if problems or write is None:
        return problems_response(problems)
    _meet_conflict(shop)
    return _apply(shop, [write], args["version"])


def delete_one(shop: Rakuten, _request: Request, args: dict[str, Any]) -> Response:
    key = (fold(shop, args["m"]), args["v"])
    if (row := shop.state.rows.pop(key, None)) is None:
        raise Refusal(_not_found(key))
    shop.record(key, row.quantity, 0, "push")
    return Response(status=204)


def variant_list(shop: Rakuten, _request: Request, args: dict[str, Any]) -> Response:
    number = fold(shop, args["m"])
    rows = {key[1]: row for key, row in shop.state.rows.items() if key[0] == number}
    if not rows:
        raise Refusal(list_error(404, "GE0014", f"Not found for inputs; manageNumber={number}"))
    return json_response(
        {
            "manageNumber": number,
            "variantList": sorted(rows),
            "created": _stamp(min(row.created for row in rows.values())),
            "updated": _stamp(max(row.updated for row in rows.values())),
        }
    )


# Reading a request.


def _entries(request: Request, limit: int) -> list[Any]:
    body = read_json(request)
    if not isinstance(body, dict) or not body:
        raise Refusal(_no_body())
    rows = body.get("inventories")
    if rows is None or rows == []:
        raise Refusal(problems_response([mandatory("inventories", "inventories")]))
    if not isinstance(rows, list):
        raise Refusal(problems_response([wrong("inventories", rows, "inventories")]))
    if len(rows) > limit:
        message = "inventories exceeds the maximum number of entries allowed."
        raise Refusal(problems_response([Problem("IE1101", message, "inventories")]))
    return rows


def _no_body() -> Response:
    return list_error(400, "GE0011", "Request body is missing or is empty without any attributes.")


def _check_all(
    rows: list[Any], check: Callable[[dict[str, Any], str], tuple[T | None, list[Problem]]]
) -> tuple[list[T], list[Problem]]:
    good: list[T] = []
    problems: list[Problem] = []
    for index, row in enumerate(rows):
        path = f"inventories[{index}]"
        if not isinstance(row, dict):
            problems.append(wrong("inventories", row, path))
            continue
        value, found = check(row, path + ".")
        problems += found
        if value is not None:
            good.append(value)
    return good, problems


def _twice(keys: list[Listing]) -> list[Problem]:
    seen: set[Listing] = set()
    problems = []
    for key in keys:
        if key in seen:
            text = f"There are multiple occurrences of the same manageNumber and variantId : {key[0]}, {key[1]}"
            problems.append(Problem("IE1102", text))
        seen.add(key)
    return problems


def _bound(request: Request, name: str) -> int | None:
    text = request.args.get(name)
    if text is None:
        return None
    if not text.isdecimal():
        raise Refusal(problems_response([wrong(name, text, name)]))
    if int(text) > MAX_QUANTITY:
        message = f"{name} must be between 0 and {MAX_QUANTITY}."
        raise Refusal(problems_response([Problem("IE0003", message, name)]))
    return int(text)


# Writing.


def _meet_conflict(shop: Rakuten) -> None:
    if shop.random.random() < shop.switches.conflict_rate:
        message = "Your request could not be processed due to a conflict with another process. "
        raise Refusal(list_error(409, "CE0001", message + "Please try again after a short while."))


def _apply(shop: Rakuten, writes: list[Write], version: str) -> Response:
    """Rows in order. The first that fails by the state of the stock ends it; whether the rows before it then count is
    switch 1."""
    fresh: dict[str, int] = {}  # rows this very batch would add, per item
    for index, write in enumerate(writes):
        problem = _state_problem(shop, write, fresh)
        if problem is not None:
            if shop.switches.batch_errors == "partial":
                _store(shop, writes[:index], version)
            return problems_response([problem])
        if write.listing not in shop.state.rows:
            fresh[write.listing[0]] = fresh.get(write.listing[0], 0) + 1
    _store(shop, writes, version)
    return Response(status=204)


def _state_problem(shop: Rakuten, write: Write, fresh: dict[str, int]) -> Problem | None:
    row = shop.state.rows.get(write.listing)
    if row is None:
        if write.mode == "RELATIVE":
            message = "Cannot use relative mode to update inventory which the combination of manageNumber and variantId does not exist."  # noqa: E501
            return Problem("IE0500", message, write.path + "mode")
        if not shop.switches.orphan_rows and shop.variant_of(write.listing) is None:
            return wrong("variantId", write.listing[1], write.path + "variantId")
        held = sum(key[0] == write.listing[0] for key in shop.state.rows)
        if held + fresh.get(write.listing[0], 0) >= MAX_VARIANTS:
            message = "Inventory cannot be added because the size has reached the limit."
            return Problem("IE0121", message, write.path + "variantId")
    elif write.mode == "RELATIVE" and not 0 <= row.quantity + write.quantity <= MAX_QUANTITY:
        message = f"After update, the quantity must be between 0 and {MAX_QUANTITY}."
        return Problem("IE0117", message, write.path + "quantity")
    return None


def _store(shop: Rakuten, writes: list[Write], version: str) -> None:
    for write in writes:
        before = shop.state.rows.get(write.listing)
        base = before.quantity if before and write.mode == "RELATIVE" else 0
        row = shop.put(write.listing, base + write.quantity, "push")
        if version == "2.1" or not shop.switches.writes_20_keep_lead_times:
            row.lead_time, row.ship_from = write.lead_time, write.ship_from


# Answering.


def _not_found(key: Listing) -> Response:
    return list_error(404, "GE0014", f"Not found for inputs; manageNumber={key[0]}, variantId={key[1]}")


def _stamp(at: datetime) -> str:
    return at.astimezone(JST).isoformat(timespec="seconds")


def _render(key: Listing, row: StockRow, version: str) -> dict[str, Any]:
    shown: dict[str, Any] = {"manageNumber": key[0], "variantId": key[1], "quantity": row.quantity}
    if version == "2.1" and row.lead_time:
        shown["operationLeadTime"] = row.lead_time
    if version == "2.1" and row.ship_from:
        shown["shipFromIds"] = row.ship_from
    return shown | {"created": _stamp(row.created), "updated": _stamp(row.updated)}
