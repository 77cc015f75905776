"""FBA Inventory v1 and the Sellers API: read only (amazon.md §7, §9)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from bridge.sandbox.malls.amazon.answers import csv, invalid, json_response, stamp
from bridge.sandbox.malls.amazon.records import JAPAN, Item, Warehouse

if TYPE_CHECKING:
    from bridge.sandbox.malls.amazon.shop import Amazon

TOKEN_LIFE = timedelta(seconds=30)
MOST_SKUS = 50


def summaries(shop: Amazon, request: Request, _args: dict[str, Any]) -> Response:
    given = request.args
    place = (given.get("granularityType"), given.get("granularityId"), csv(request, "marketplaceIds"))
    wanted = csv(request, "sellerSkus") or ([given["sellerSku"]] if "sellerSku" in given else [])
    if not shop.switches.fba_enabled or place != ("Marketplace", JAPAN, [JAPAN]) or len(wanted) > MOST_SKUS:
        raise invalid("Invalid input")
    now, asked = shop.clock.now(), ",".join(wanted)
    start = _page(given.get("nextToken"), asked, now)
    found = [item for item in shop.state.items.values() if item.warehouse and (not wanted or item.sku in wanted)]
    page = found[start : start + shop.switches.fba_page]
    details = given.get("details") == "true"
    body: dict[str, Any] = {
        "payload": {
            "granularity": {"granularityType": "Marketplace", "granularityId": JAPAN},
            "inventorySummaries": [_summary(item, item.warehouse, details) for item in page if item.warehouse],
        }
    }
    if start + len(page) < len(found):
        body["pagination"] = {"nextToken": f"{start + len(page)}|{(now + TOKEN_LIFE).isoformat()}|{asked}"}
    return json_response(body)


def participations(_shop: Amazon, _request: Request, _args: dict[str, Any]) -> Response:
    marketplace = {
        "id": JAPAN,
        "name": "Amazon.co.jp",
        "countryCode": "JP",
        "defaultCurrencyCode": "JPY",
        "defaultLanguageCode": "ja_JP",
        "domainName": "www.amazon.co.jp",
    }
    participation = {"isParticipating": True, "hasSuspendedListings": False}
    return json_response(
        {"payload": [{"marketplace": marketplace, "participation": participation, "storeName": "砂場のお茶屋"}]}
    )


def _page(token: str | None, asked: str, now: datetime) -> int:
    """Good for 30 seconds, and for the same question only."""
    if token is None:
        return 0
    start, _, rest = token.partition("|")
    end, _, made_for = rest.partition("|")
    try:
        good = made_for == asked and datetime.fromisoformat(end) >= now
    except ValueError:
        good = False
    if not good or not start.isdecimal():
        raise invalid("The nextToken is invalid or has expired.")
    return int(start)


def _summary(item: Item, lying: Warehouse, details: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "asin": item.asin,
        "fnSku": item.fnsku or "",
        "sellerSku": item.sku,
        "condition": "NewItem",
        "lastUpdatedTime": stamp(lying.updated or item.created),
        "productName": item.title,
        "totalQuantity": lying.total,
        "stores": [],
    }
    return shown | ({"inventoryDetails": _details(lying)} if details else {})


def _details(lying: Warehouse) -> dict[str, Any]:
    return {
        "fulfillableQuantity": lying.fulfillable,
        "inboundWorkingQuantity": lying.inbound_working,
        "inboundShippedQuantity": lying.inbound_shipped,
        "inboundReceivingQuantity": lying.inbound_receiving,
        "reservedQuantity": {
            "totalReservedQuantity": lying.reserved,
            "pendingCustomerOrderQuantity": lying.reserved,
            "pendingTransshipmentQuantity": 0,
            "fcProcessingQuantity": 0,
        },
        "researchingQuantity": {"totalResearchingQuantity": 0, "researchingQuantityBreakdown": []},
        "unfulfillableQuantity": {
            "totalUnfulfillableQuantity": lying.unfulfillable,
            "customerDamagedQuantity": 0,
            "warehouseDamagedQuantity": lying.unfulfillable,
            "distributorDamagedQuantity": 0,
            "carrierDamagedQuantity": 0,
            "defectiveQuantity": 0,
            "expiredQuantity": 0,
        },
    }
