"""searchOrders and getOrder (amazon.md §4)."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from bridge.sandbox.malls.amazon.answers import Refusal, csv, error, invalid, json_response, read_time, stamp
from bridge.sandbox.malls.amazon.order_model import INCLUDABLE, STATUSES, render_order, status_of
from bridge.sandbox.malls.amazon.records import JAPAN, AmazonOrder

if TYPE_CHECKING:
    from bridge.sandbox.malls.amazon.shop import Amazon

PAGE = 100
LEAST_AGE = timedelta(minutes=2)  # of a …Before
TOKEN_LIFE = timedelta(hours=24)
KNOWN = {
    "createdAfter", "createdBefore", "lastUpdatedAfter", "lastUpdatedBefore", "fulfillmentStatuses", "marketplaceIds",
    "fulfilledBy", "maxResultsPerPage", "paginationToken", "includedData",
}  # fmt: skip
MAY_CHANGE = ("paginationToken", "maxResultsPerPage", "includedData")  # [M] from page to page


@dataclass(frozen=True)
class Search:
    by_update: bool
    start: datetime
    end: datetime
    statuses: list[str]
    fulfilled_by: list[str]
    marketplaces: list[str]
    included: frozenset[str]
    size: int

    def matches(self, shop: Amazon, order: AmazonOrder) -> bool:
        at = (order.updated_at or order.placed_at) if self.by_update else order.placed_at
        by = "AMAZON" if order.by_amazon else "MERCHANT"
        return (
            self.start <= at <= self.end
            and order.visible_at <= shop.clock.now()
            and (not self.statuses or status_of(order) in self.statuses)
            and (not self.fulfilled_by or by in self.fulfilled_by)
            and (not self.marketplaces or JAPAN in self.marketplaces)
        )


def search_orders(shop: Amazon, request: Request, _args: dict[str, Any]) -> Response:
    now = shop.clock.now()
    search = _read(shop, request, now)
    key = _key(request)
    after = _after(request.args.get("paginationToken"), key, now)
    found = sorted(
        (order for order in shop.state.orders.values() if search.matches(shop, order)), key=lambda order: order.number
    )
    left = [order for order in found if order.number > after]
    page = left[: search.size]
    body: dict[str, Any] = {"orders": [render_order(shop, order, search.included) for order in page]}
    if len(left) > len(page):
        body["pagination"] = {"nextToken": _token(page[-1].number, key, now)}
    body["lastUpdatedBefore" if search.by_update else "createdBefore"] = stamp(search.end)
    return json_response(body)


def get_order(shop: Amazon, request: Request, args: dict[str, Any]) -> Response:
    order = shop.state.orders.get(args["order"])
    if order is None or order.visible_at > shop.clock.now():
        return error(404, "NotFound", "The requested resource was not found.")
    return json_response({"order": render_order(shop, order, _included(request))})


def _read(shop: Amazon, request: Request, now: datetime) -> Search:
    """Raises Refusal."""
    given = request.args
    if unknown := given.keys() - KNOWN:
        raise invalid(f"Unknown parameter {sorted(unknown)[0]}")
    created, updated = given.get("createdAfter"), given.get("lastUpdatedAfter")
    if (created is None) == (updated is None):
        raise invalid("Exactly one of createdAfter and lastUpdatedAfter must be provided.")
    name = "created" if created is not None else "lastUpdated"
    other = "lastUpdatedBefore" if name == "created" else "createdBefore"
    if other in given:
        raise invalid(f"{other} can't be used with {name}After.")
    start = read_time(created or updated or "", f"{name}After")
    end = now - timedelta(seconds=shop.switches.update_delay)
    if before := given.get(f"{name}Before"):
        asked = read_time(before, f"{name}Before")
        if asked < start or asked > now - LEAST_AGE:
            raise invalid(f"{name}Before must not be earlier than {name}After, and at least two minutes ago.")
        end = min(end, asked)
    size = given.get("maxResultsPerPage", str(PAGE))
    if not size.isdecimal() or not 1 <= int(size) <= PAGE:
        raise invalid("maxResultsPerPage must be between 1 and 100.")
    return Search(
        by_update=name == "lastUpdated",
        start=start,
        end=end,
        statuses=_all_of(csv(request, "fulfillmentStatuses"), STATUSES, "fulfillmentStatuses"),
        fulfilled_by=_all_of(csv(request, "fulfilledBy"), ("MERCHANT", "AMAZON"), "fulfilledBy"),
        marketplaces=csv(request, "marketplaceIds"),
        included=_included(request),
        size=int(size),
    )


def _included(request: Request) -> frozenset[str]:
    return frozenset(_all_of(csv(request, "includedData"), INCLUDABLE, "includedData"))


def _all_of(given: list[str], known: tuple[str, ...], name: str) -> list[str]:
    if any(each not in known for each in given):
        raise invalid(f"Invalid value for {name}")
    return given


def _key(request: Request) -> str:
    """What must stay the same from page to page (trap 15)."""
    kept = sorted((name, value) for name, value in request.args.items() if name not in MAY_CHANGE)
    return sha256(json.dumps(kept).encode()).hexdigest()[:16]


def _token(last: int, key: str, now: datetime) -> str:
    plain = json.dumps([last, key, (now + TOKEN_LIFE).isoformat()])
    return urlsafe_b64encode(plain.encode()).decode()


def _after(token: str | None, key: str, now: datetime) -> int:
    """The number of the last order of the page before. Raises Refusal."""
    if token is None:
        return 0
    try:
        last, made_for, end = json.loads(urlsafe_b64decode(token))
        good = made_for == key and datetime.fromisoformat(end) > now
    except (ValueError, TypeError):
        good = False
    if not good:
        raise Refusal(error(400, "InvalidInput", "Invalid paginationToken"))
    return int(last)
