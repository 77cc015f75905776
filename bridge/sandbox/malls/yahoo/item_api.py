"""myItemList and getItem: what a mapping is made from (yahoo.md §4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from bridge.sandbox.malls.yahoo.answers import Fault, xml_response
from bridge.sandbox.malls.yahoo.records import Item
from bridge.sandbox.malls.yahoo.xmltext import Raw, cdata, element, elements

if TYPE_CHECKING:
    from bridge.sandbox.malls.yahoo.shop import Yahoo

MOST_RESULTS = 100


def my_item_list(shop: Yahoo, request: Request, _args: dict[str, Any]) -> Response:
    _seller(shop, request)
    given = request.args
    query = given.get("query", "")
    if not query:
        raise Fault("it-01101", "query or stcat_key is required")
    start, results = given.get("start", 1, type=int), given.get("results", 25, type=int)
    if start < 1 or not 1 <= results <= MOST_RESULTS:
        raise Fault("it-01102", "start or results is invalid")
    found = [item for item in shop.state.items.values() if _matches(item, given.get("type", "item_code"), query)]
    found.sort(key=lambda item: item.code)
    page = found[start - 1 : start - 1 + results]
    with_stock = given.get("stock") == "true"
    counts = {
        "totalResultsAvailable": len(found),
        "totalResultsReturned": len(page),
        "firstResultPosition": start,
    }
    return xml_response(element("ResultSet", Raw("".join(_listed(shop, item, with_stock) for item in page)), **counts))


def get_item(shop: Yahoo, request: Request, _args: dict[str, Any]) -> Response:
    _seller(shop, request)
    item = shop.state.items.get(request.args.get("item_code", ""))
    if item is None:
        raise Fault("it-05002", "item_code does not exist")
    rows = {sub_code: shop.state.rows[(item.code, sub_code)] for sub_code in item.skus}
    subs = [
        element("SubCode", Raw(element("Option", "", name="種類", value=code)), code=code, quantity=row.quantity or 0)
        for code, row in rows.items()
        if code
    ]
    inner = elements(
        ItemCode=item.code,
        Name=cdata(item.title),
        Quantity="" if item.has_sub_codes else rows[""].quantity,
        Display=int(item.published),
        SubCodes=Raw("".join(subs)),
        EditingFlag=int(item.editing),
    )
    counts = {"totalResultsAvailable": 1, "totalResultsReturned": 1, "firstResultPosition": 1}
    return xml_response(element("ResultSet", Raw(element("Result", inner)), **counts))


def _listed(shop: Yahoo, item: Item, with_stock: bool) -> str:
    shown: dict[str, object] = {
        "ItemCode": item.code,
        "Name": cdata(item.title),
        "Price": 1000,
        "HasSubCode": int(item.has_sub_codes),
    }
    if with_stock:
        numbers = [shop.state.rows[(item.code, sub_code)].quantity for sub_code in item.skus]
        shown["Quantity"] = "" if None in numbers else sum(number or 0 for number in numbers)
    return element("Result", elements(**shown))


def _matches(item: Item, kind: str, query: str) -> bool:
    return item.code.startswith(query) if kind == "item_code" else all(word in item.title for word in query.split())


def _seller(shop: Yahoo, request: Request) -> None:
    if not request.args.get("seller_id"):
        raise Fault("px-04001", '"seller_id" is not specified')
    if request.args["seller_id"] != shop.seller_id:
        raise Fault("px-14304", "No right on this seller.", shop.switches.refusal_status)
