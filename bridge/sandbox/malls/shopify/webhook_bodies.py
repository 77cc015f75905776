"""What Shopify's webhooks say, in the shape of its REST API: the buyer included (shopify.md §8)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bridge.sandbox.malls.buyers import Buyer, buyer_of
from bridge.sandbox.malls.shopify.records import Refund, ShopifyOrder, number_of


def order_body(order: ShopifyOrder) -> dict[str, Any]:
    number = int(number_of(order.id))
    buyer = buyer_of(number)
    return {
        "id": number,
        "admin_graphql_api_id": order.id,
        "name": order.name,
        "created_at": _stamp(order.placed_at),
        "updated_at": _stamp(order.updated_at),
        "processed_at": _stamp(order.placed_at),
        "cancelled_at": _stamp(order.cancelled_at),
        "cancel_reason": order.cancel_reason and order.cancel_reason.lower(),
        "closed_at": _stamp(order.closed_at),
        "confirmed": order.confirmed,
        "test": order.test,
        "financial_status": order.financial_status.lower(),
        "source_name": order.source,
        "email": buyer.mail,
        "phone": "-".join(buyer.phone),
        "note": f"{buyer.name}宛",
        "customer": {"first_name": buyer.first, "last_name": buyer.family, "email": buyer.mail},
        "shipping_address": _address(buyer),
        "billing_address": _address(buyer),
        "line_items": [
            {
                "id": int(number_of(line.line_id)),
                "sku": line.sku,
                "title": line.title,
                "quantity": line.ordered,
                "current_quantity": line.units - line.refunded,
                "fulfillable_quantity": line.open,
            }
            for line in order.lines
        ],
    }


def refund_body(order: ShopifyOrder, refund: Refund) -> dict[str, Any]:
    return {
        "id": int(number_of(refund.id)),
        "order_id": int(number_of(order.id)),
        "created_at": _stamp(refund.created_at),
        "processed_at": _stamp(refund.created_at),
        "note": f"{buyer_of(int(number_of(order.id))).name}様",
        "refund_line_items": [
            {
                "line_item_id": int(number_of(line.line_id)),
                "quantity": line.quantity,
                "restock_type": line.restock_type.lower(),
            }
            for line in refund.lines
        ],
    }


def edit_body(order: ShopifyOrder, number: int) -> dict[str, Any]:
    edit = {"id": number, "order_id": int(number_of(order.id)), "created_at": _stamp(order.updated_at)}
    return {"order_edit": {**edit, "line_items": {"additions": [], "removals": []}}}


def _address(buyer: Buyer) -> dict[str, str]:
    return {
        "name": buyer.name,
        "first_name": buyer.first,
        "last_name": buyer.family,
        "zip": "-".join(buyer.zip_code),
        "province": buyer.prefecture,
        "city": buyer.city,
        "address1": buyer.street,
        "phone": "-".join(buyer.phone),
    }


def _stamp(at: datetime | None) -> str | None:
    """In the shop's own time, as REST answers it."""
    return None if at is None else f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}+00:00"
