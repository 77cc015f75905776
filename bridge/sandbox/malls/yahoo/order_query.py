"""Reading and judging the XML requests of the order APIs (yahoo.md §3)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request

from bridge.clock import JST
from bridge.sandbox.malls.yahoo.answers import Fault
from bridge.sandbox.malls.yahoo.records import YahooOrder
from bridge.sandbox.malls.yahoo.xmltext import Tree, first, read

if TYPE_CHECKING:
    from bridge.sandbox.malls.yahoo.shop import Yahoo

BAD_REQUEST, UNKNOWN_ORDER = "od90166", "od90137"
ORDER_ID = re.compile(r"[a-zA-Z0-9-]{1,50}")
CONDITIONS = frozenset(
    {
        "OrderId", "ParentOrderId", "IsActive", "IsSeen", "OrderTime", "OrderTimeFrom", "OrderTimeTo", "OrderStatus",
        "PayStatus", "ShipStatus", "PublicationTimeFrom", "PublicationTimeTo", "IsYahooAuctionOrder", "ItemId",
        "SubCode",
    }
)  # fmt: skip
LIST_FIELDS = frozenset(
    {
        "OrderId", "Version", "OrderTime", "LastUpdateTime", "OrderStatus", "PayStatus", "ShipStatus", "IsSeen",
        "IsSplit", "ParentOrderId", "FraudHoldStatus", "PublicationTime", "IsYahooAuctionOrder",
    }
)  # fmt: skip
INFO_FIELDS = (LIST_FIELDS - {"PublicationTime", "IsYahooAuctionOrder"}) | {
    "ChildOrderId", "CancelReason", "PayMethod", "ShipDate", "LineId", "ItemId", "SubCode", "Quantity", "OriginalNum",
    "Title", "ItemOption", "SubCodeOption", "ReleaseDate", "ShipInvoiceNumber1", "BillFirstName", "BillLastName",
    "BillMailAddress", "BillPhoneNumber", "ShipFirstName", "ShipLastName", "ShipAddress1",
}  # fmt: skip


@dataclass(frozen=True)
class Search:
    conditions: dict[str, str]
    fields: frozenset[str]
    start: int
    size: int
    descending: bool

    def matches(self, order: YahooOrder) -> bool:
        """Ends are included, to the second."""
        at = order.placed_at.replace(microsecond=0)
        given = self.conditions
        checks: dict[str, Callable[[str], bool]] = {
            "OrderId": lambda text: order.id in text.split(","),
            "ParentOrderId": lambda text: order.parent == text,
            "IsSeen": lambda text: order.is_seen == (text == "true"),
            "OrderTime": lambda text: at == moment(text),
            "OrderTimeFrom": lambda text: moment(text) <= at,
            "OrderTimeTo": lambda text: at <= moment(text),
            "OrderStatus": lambda text: str(order.status) in text.split(","),
            "PayStatus": lambda text: str(order.pay_status) in text.split(","),
            "ShipStatus": lambda text: str(order.ship_status) in text.split(","),
            "PublicationTimeFrom": lambda text: order.published_at is not None and moment(text) <= order.published_at,
            "PublicationTimeTo": lambda text: order.published_at is not None and order.published_at <= moment(text),
            "IsYahooAuctionOrder": lambda text: order.auction == (text == "true"),
            "ItemId": lambda text: any(line.listing[0] == text for line in order.lines),
            "SubCode": lambda text: any(line.listing[1] == text for line in order.lines),
        }
        return all(checks[name](text) for name, text in given.items() if name in checks)


def read_request(shop: Yahoo, request: Request) -> Tree:
    """The content of <Req>."""
    if request.mimetype != "application/xml":
        raise Fault("px-04001", '"SellerId" is not specified')
    try:
        body = read(request.get_data())
    except ValueError:
        raise Fault(BAD_REQUEST, "XML is not well-formed") from None
    seller = first(body, "Req", "SellerId")
    if not seller:
        raise Fault("px-04001", '"SellerId" is not specified')
    if seller != shop.seller_id:
        raise Fault("px-14304", "No right on this seller.", shop.switches.refusal_status)
    found: Tree = body["Req"][0]
    return found


def read_search(shop: Yahoo, tree: Tree) -> Search:
    search = first(tree, "Search")
    conditions = {name: str(values[0]) for name, values in (first(search, "Condition") or {}).items()}
    if not shop.switches.update_time_condition and any(name.startswith("LastUpdateTime") for name in conditions):
        raise Fault(BAD_REQUEST, "unknown condition")
    if unknown := conditions.keys() - CONDITIONS - {"LastUpdateTimeFrom", "LastUpdateTimeTo"}:
        raise Fault(BAD_REQUEST, f"unknown condition {sorted(unknown)}")
    if not conditions.keys() & {"OrderId", "OrderTime", "OrderTimeFrom", "OrderTimeTo"}:
        raise Fault(BAD_REQUEST, "OrderId or OrderTime is required")
    for name, text in conditions.items():
        if "Time" in name:
            moment(text)
    _check_window(shop, conditions)
    sort = first(search, "Sort") or "+order_time"
    if sort not in ("+order_time", "-order_time"):
        raise Fault(BAD_REQUEST, "Sort")
    return Search(
        conditions,
        read_fields(first(search, "Field"), LIST_FIELDS),
        _number(first(search, "Start") or "1"),
        _number(first(search, "Result") or "10"),
        sort == "-order_time",
    )


def _check_window(shop: Yahoo, conditions: dict[str, str]) -> None:
    widest = shop.switches.widest_window_days
    if widest is None or "OrderTimeFrom" not in conditions:
        return
    end = conditions.get("OrderTimeTo")
    until = moment(end) if end else shop.clock.now()
    if until - moment(conditions["OrderTimeFrom"]) > timedelta(days=widest):
        raise Fault(BAD_REQUEST, "the period is too long")


def read_fields(text: object, known: frozenset[str]) -> frozenset[str]:
    if not text:
        raise Fault(BAD_REQUEST, "Field is required")
    names = frozenset(name.strip() for name in str(text).split(","))
    if names - known:
        raise Fault(BAD_REQUEST, f"unknown Field {sorted(names - known)}")
    return names


def moment(text: str) -> datetime:
    """`YYYYMMDDhhmmss`, in Japan's time."""
    if not re.fullmatch(r"[0-9]{14}", text):
        raise Fault(BAD_REQUEST, f"{text} is no time")
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=JST)
    except ValueError:
        raise Fault(BAD_REQUEST, f"{text} is no time") from None


def _number(text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,6}", text):
        raise Fault(BAD_REQUEST, f"{text} is no number")
    return int(text)
