"""The functions of the web service: what a merchant switches on, and what a second's requests are counted by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from bridge.sandbox.malls.rakuten import inventory_api, item_api, licence_api, order_api, order_writes
from bridge.sandbox.malls.rakuten.switches import Api

if TYPE_CHECKING:
    from bridge.sandbox.malls.rakuten.shop import Rakuten

Handler = Callable[["Rakuten", Request, dict[str, Any]], Response]


@dataclass(frozen=True)
class Function:
    api: Api
    name: str
    per_second: int
    method: str
    path: str
    handler: Handler
    writes: bool = False  # whether the operation changes something, whatever its HTTP verb


_STOCK = "/es/<any('2.0', '2.1'):version>/inventories"
_ONE_STOCK = _STOCK + "/manage-numbers/<m>/variants/<v>"
_STOCK_LISTS = "/es/2.1/inventories/variant-lists/manage-numbers/<m>"
_ITEMS = "/es/2.0/items"
_SETTINGS = _ITEMS + "/inventory-related-settings/manage-numbers/<m>"
_EXPIRY = "/es/1.0/license-management/license-key/expiry-date"
_ORDER, _PURCHASE = "/es/2.0/order", "/es/2.0/purchaseItem"


def _stock(name: str, rate: int, method: str, path: str, handler: Handler, writes: bool = False) -> Function:
    return Function("inventory", f"inventories.{name}", rate, method, path, handler, writes)


def _item(name: str, rate: int, method: str, path: str, handler: Handler, writes: bool = False) -> Function:
    return Function("item", f"items.{name}", rate, method, path, handler, writes)


def _order(name: str, handler: Handler, writes: bool = False) -> Function:
    return Function("order", f"order.{name}", 1, "POST", f"{_ORDER}/{name}/", handler, writes)


def _purchase(name: str, handler: Handler) -> Function:
    return Function("order", f"purchaseItem.{name}", 1, "POST", f"{_PURCHASE}/{name}/", handler)


ROUTES: tuple[Function, ...] = (
    Function("license", "license.expiryDate.get", 5, "GET", _EXPIRY, licence_api.expiry_date),
    _stock("bulk.upsert", 1, "POST", _STOCK + "/bulk-upsert", inventory_api.bulk_upsert, writes=True),
    _stock("bulk.get", 5, "POST", _STOCK + "/bulk-get", inventory_api.bulk_get),
    _stock("bulk.get.range", 5, "GET", _STOCK + "/bulk-get/range", inventory_api.get_range),
    _stock("variants.get", 1, "GET", _ONE_STOCK, inventory_api.get_one),
    _stock("variants.upsert", 1, "PUT", _ONE_STOCK, inventory_api.put_one, writes=True),
    _stock("variants.delete", 1, "DELETE", _ONE_STOCK, inventory_api.delete_one, writes=True),
    _stock("variant-lists.get", 1, "GET", _STOCK_LISTS, inventory_api.variant_list),
    _item("search", 5, "GET", _ITEMS + "/search", item_api.search),
    _item("get", 5, "GET", _ITEMS + "/manage-numbers/<m>", item_api.get_one),
    _item("bulk.get", 1, "POST", _ITEMS + "/bulk-get", item_api.bulk_get),
    _item("inventory-related-settings.get", 1, "GET", _SETTINGS, item_api.get_settings),
    _item("inventory-related-settings.update", 1, "PUT", _SETTINGS, item_api.put_settings, writes=True),
    _order("searchOrder", order_api.search_order),
    _order("getOrder", order_api.get_order),
    _order("confirmOrder", order_writes.confirm_order, writes=True),
    _order("cancelOrder", order_writes.cancel_order, writes=True),
    _order("updateOrderShipping", order_writes.update_shipping, writes=True),
    _purchase("searchOrderItem", order_api.search_order),
    _purchase("getOrderItem", order_api.get_order_item),
)
