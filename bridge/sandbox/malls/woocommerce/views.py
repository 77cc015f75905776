"""How WooCommerce shows products, orders and refunds; with the buyer, whom nobody may keep (§2)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bridge.sandbox.malls.buyers import buyer_of
from bridge.sandbox.malls.woocommerce.records import SITE_ZONE, Hook, Product, Refund, WooLine, WooOrder

Json = dict[str, Any]


def product_json(product: Product) -> Json:
    left = product.quantity or 0
    state = "instock" if product.manages is not True or left > 0 else "outofstock"
    return {
        "id": product.id,
        "name": product.title,
        "type": product.type,
        "status": product.status,
        "parent_id": product.parent,
        "sku": product.sku,
        "price": "1200",
        **_dates("date_modified", product.modified),
        "manage_stock": product.manages,
        "stock_quantity": _number(product.quantity) if product.manages is True else None,
        "stock_status": "onbackorder" if state == "outofstock" and product.backorders != "no" else state,
        "backorders": product.backorders,
        "variations": list(product.variations),
    }


def order_json(order: WooOrder) -> Json:
    buyer = buyer_of(int(order.id))
    person = {
        "first_name": buyer.first,
        "last_name": buyer.family,
        "address_1": buyer.street,
        "city": buyer.city,
        "state": buyer.prefecture,
        "postcode": "-".join(buyer.zip_code),
        "phone": "-".join(buyer.phone),
    }
    return {
        "id": int(order.id),
        "number": order.id,
        "status": order.status,
        "currency": "JPY",
        **_dates("date_created", order.placed_at),
        **_dates("date_modified", order.modified),
        **_dates("date_completed", order.completed),
        "billing": person | {"email": buyer.mail},
        "shipping": person,
        "customer_note": f"{buyer.name}宛",
        "meta_data": [{"id": 1, "key": "_billing_memo", "value": buyer.name}],
        "line_items": [_line_json(line) for line in order.lines],
        "shipping_lines": [{"id": 9, "method_title": "ゆうパック", "total": "800"}],
        "fee_lines": [],
        "refunds": [{"id": refund.id, "reason": "", "total": "-1200"} for refund in order.refunds],
    }


def _line_json(line: WooLine) -> Json:
    marks = [] if line.reduced is None else [{"id": 1, "key": "_reduced_stock", "value": str(line.reduced)}]
    return {
        "id": int(line.line_id),
        "name": line.sku,
        "product_id": int(line.listing[0]),
        "variation_id": int(line.listing[1] or 0),
        "quantity": line.units,
        "sku": line.sku,
        "total": "1200",
        "meta_data": [*marks, {"id": 2, "key": "gift_to", "value": "架空の名前"}],
    }


def refund_json(order: WooOrder, refund: Refund) -> Json:
    rows = [
        {
            "id": row.id,
            "product_id": int(order.line(row.line_id).listing[0]),
            "variation_id": int(order.line(row.line_id).listing[1] or 0),
            "quantity": -row.units,
            "meta_data": [{"id": 1, "key": "_refunded_item_id", "value": row.line_id}],
        }
        for row in refund.lines
    ]
    return {"id": refund.id, **_dates("date_created", refund.created), "amount": "1200", "line_items": rows}


def hook_json(hook: Hook) -> Json:
    return {"id": hook.id, "name": hook.topic, "status": hook.status, "topic": hook.topic, "delivery_url": hook.url}


def _number(quantity: float | None) -> float | int | None:
    return None if quantity is None else int(quantity) if quantity == int(quantity) else quantity


def _dates(name: str, at: datetime | None) -> Json:
    """Site time without an offset, and UTC without a Z."""
    return {name: _naive(at, SITE_ZONE), f"{name}_gmt": _naive(at, UTC)}


def _naive(at: datetime | None, zone: Any) -> str | None:
    return None if at is None else f"{at.astimezone(zone):%Y-%m-%dT%H:%M:%S}"
