"""What the plug-in's queries and mutations do (§1, Products and stock, Orders)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError

from bridge.sandbox.malls.buyers import buyer_of
from bridge.sandbox.malls.eccube.records import NAMES, CubeLine, CubeOrder, Item, Product

if TYPE_CHECKING:
    from bridge.sandbox.malls.eccube.shop import EcCube

Json = dict[str, Any]
HIDDEN = ("7", "8")


class Resolvers:
    """The root value: a field is resolved by the method of its name."""

    def __init__(self, shop: EcCube) -> None:
        self._shop = shop

    # Queries.

    def order(self, _info: Any, id: str) -> Json | None:
        order = self._shop.state.orders.get(id)
        return self._order(order) if order and order.visible_at <= self._shop.clock.now() else None

    def orders(self, _info: Any, **given: Any) -> Json:
        """The last changed first. Without a status, those at the checkout and at the payment are left out."""
        now, status = self._shop.clock.now(), given.get("status")
        found = [each for each in self._shop.state.orders.values() if each.visible_at <= now]
        found = [each for each in found if (str(each.status) in status if status else str(each.status) not in HIDDEN)]
        for name, member in (("order", "placed_at"), ("update", "updated")):
            start, end = _time(given.get(f"{name}_datetime_start")), _time(given.get(f"{name}_datetime_end"))
            found = [each for each in found if start is None or _second(getattr(each, member)) >= start]
            found = [each for each in found if end is None or _second(getattr(each, member)) < end]
        found.sort(key=lambda each: (each.updated, int(each.id)), reverse=True)
        return _page([self._order(each) for each in found], given)

    def product(self, _info: Any, id: str) -> Json | None:
        product = self._shop.state.products.get(int(id)) if id.isdigit() else None
        return self._product(product) if product else None

    def products(self, _info: Any, **given: Any) -> Json:
        status = given.get("status") or ["1", "2"]
        found = [each for each in self._shop.state.products.values() if str(each.status) in status]
        if text := given.get("id"):
            items = self._shop.state.items
            found = [
                each
                for each in found
                if text in each.name or text == str(each.id) or any(text in items[one].code for one in each.items)
            ]
        found.sort(key=lambda each: (each.updated, each.id), reverse=True)
        return _page([self._product(each) for each in found], given)

    # Mutations.

    def updateProductStock(self, _info: Any, code: str, stock_unlimited: bool, **given: Any) -> Json:
        shop = self._shop
        if shop.switches.internal_error:
            raise GraphQLError("Internal server error", extensions={"category": "internal"})
        found = [item for item in shop.state.items.values() if item.code == code]
        if not found:
            raise wrong("code: No ProductClass found;")
        if len(found) > 1:
            raise wrong("code: Multiple ProductClass found;")
        [item] = found
        if stock_unlimited:
            if "stock" in given:
                raise wrong("stock: Cannot update stock with stock unlimited;")
            item.stock = None
            return self._item(item)
        if given.get("stock") is None:
            raise wrong("stock: stock is required when stock limited;")
        if given["stock"] < 0:
            raise wrong("stock: stock must be a positive integer;")
        shop.put(item, given["stock"], "push")
        return self._item(item)

    def updateShipped(self, _info: Any, id: str, **_given: Any) -> Json:
        for order in self._shop.state.orders.values():
            if int(id) in {line.shipping for line in order.lines}:
                self._shop.ship_parcels(order.id, {int(id)})
                return self._shipping(order, int(id))
        raise wrong("id: No Shipping found;")

    # What is shown.

    def _order(self, order: CubeOrder) -> Json:
        buyer = buyer_of(int(order.id))
        shippings = sorted({line.shipping for line in order.lines})
        fee = {
            "id": f"9{order.id}",
            "product_name": "送料",
            "product_code": None,
            "quantity": 1.0,
            "ProductClass": None,
            "Shipping": self._shipping(order, shippings[0]) if shippings else None,
            "OrderItemType": {"id": "2", "name": "送料"},
        }
        return {
            "id": order.id,
            "order_no": order.id,
            "name01": buyer.family,
            "name02": buyer.first,
            "email": buyer.mail,
            "phone_number": "-".join(buyer.phone),
            "addr01": buyer.city,
            "addr02": buyer.street,
            "create_date": self._stamp(order.placed_at),
            "update_date": self._stamp(order.updated),
            "order_date": self._stamp(order.placed_at) if order.status != 8 else None,
            "OrderStatus": {"id": str(order.status), "name": NAMES.get(order.status, "?")},
            "OrderItems": [*(self._line(order, line) for line in order.lines), fee],
            "Shippings": [self._shipping(order, each) for each in shippings],
        }

    def _line(self, order: CubeOrder, line: CubeLine) -> Json:
        item = self._shop.state.items.get(int(line.listing[1]))
        return {
            "id": line.line_id,
            "product_name": line.sku,
            "product_code": line.sku,
            "quantity": float(line.units),
            "ProductClass": self._item(item) if item else None,
            "Shipping": self._shipping(order, line.shipping),
            "OrderItemType": {"id": "1", "name": "商品"},
        }

    def _shipping(self, order: CubeOrder, number: int) -> Json:
        buyer = buyer_of(number)
        return {
            "id": str(number),
            "name01": buyer.family,
            "name02": buyer.first,
            "addr01": buyer.city,
            "shipping_date": self._stamp(order.shipped_on.get(number)),
        }

    def _product(self, product: Product) -> Json:
        """A hidden item is left out."""
        items = [self._shop.state.items[each] for each in product.items]
        return {
            "id": str(product.id),
            "name": product.name,
            "update_date": self._stamp(product.updated),
            "ProductClasses": [self._item(each) for each in items if each.visible],
            "Status": {"id": str(product.status), "name": "公開"},
        }

    def _item(self, item: Item) -> Json:
        return {
            "id": str(item.id),
            "code": item.code or None,
            "stock": None if item.stock is None else float(item.stock),
            "stock_unlimited": item.stock is None,
            "visible": item.visible,
            "update_date": self._stamp(self._shop.clock.now()),
        }

    def _stamp(self, at: datetime | None) -> str | None:
        zone = timezone(timedelta(hours=self._shop.switches.utc_offset_hours))
        return None if at is None else _second(at).astimezone(zone).isoformat()


def wrong(message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"category": "Invalid argument"})


def _page(rows: Sequence[Json], given: Json) -> Json:
    page, limit = max(1, given.get("page") or 1), max(1, given.get("limit") or 50)
    start = (page - 1) * limit
    return {
        "totalCount": len(rows),
        "pageInfo": {"hasNextPage": start + limit < len(rows), "hasPreviousPage": page > 1},
        "nodes": list(rows[start : start + limit]),
    }


def _second(at: datetime) -> datetime:
    return at.replace(microsecond=0)


def _time(text: str | None) -> datetime | None:
    """Only with an offset, and without fractions."""
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z")
    except ValueError:
        raise wrong(f"{text} is not a DateTime") from None
