"""The APIs of the simulator; a second's requests are counted by each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from bridge.sandbox.malls.yahoo import item_api, oauth, order_api, order_writes, stock_api
from bridge.sandbox.malls.yahoo.switches import Api

if TYPE_CHECKING:
    from bridge.sandbox.malls.yahoo.shop import Yahoo

Handler = Callable[["Yahoo", Request, dict[str, Any]], Response]
_BASE = "/ShoppingWebService/V1/"


@dataclass(frozen=True)
class Function:
    api: Api
    name: str
    method: str
    path: str
    handler: Handler
    writes: bool = False  # whether the operation changes something, whatever its HTTP verb


def _function(api: Api, name: str, method: str, handler: Handler, writes: bool = False) -> Function:
    return Function(api, name, method, _BASE + name, handler, writes)


ROUTES: tuple[Function, ...] = (
    Function("token", "authorization", "GET", "/yconnect/v2/authorization", oauth.authorization),
    Function("token", "token", "POST", "/yconnect/v2/token", oauth.token),
    _function("stock", "getStock", "POST", stock_api.get_stock),
    _function("stock", "setStock", "POST", stock_api.set_stock, writes=True),
    _function("order", "orderList", "POST", order_api.order_list),
    _function("order", "orderInfo", "POST", order_api.order_info),
    _function("order", "orderCount", "GET", order_api.order_count),
    _function("order", "orderStatusChange", "POST", order_writes.status_change, writes=True),
    _function("order", "orderShipStatusChange", "POST", order_writes.ship_status_change, writes=True),
    _function("order", "orderPayStatusChange", "POST", order_writes.pay_status_change, writes=True),
    _function("order", "orderChange", "POST", order_writes.order_change, writes=True),
    _function("item", "myItemList", "GET", item_api.my_item_list),
    _function("item", "getItem", "GET", item_api.get_item),
)
