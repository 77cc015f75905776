"""How Color Me shows products and sales; with the buyer, whom nobody may keep (§3)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from bridge.sandbox.malls.buyers import buyer_of
from bridge.sandbox.malls.colorme.records import Product, Sale, SaleLine, Variant

if TYPE_CHECKING:
    from bridge.sandbox.malls.colorme.shop import ColorMe

Json = dict[str, Any]


def product_json(shop: ColorMe, product: Product, *, fresh: bool = False) -> Json:
    """`fresh`: as the answer of a PUT shows it; else what stood there before may still be shown."""
    stale = shop.state.stale.get(product.id)
    old = stale if stale is not None and stale.until > shop.clock.now() and not fresh else None
    variants = [_variant_json(each, old.variants.get(each.id, each.stocks) if old else each.stocks)
                for each in product.variants]  # fmt: skip
    own = old.stocks if old else product.stocks
    total = sum(each["stocks"] or 0 for each in variants)
    return {
        "account_id": "PA00000001",
        "id": product.id,
        "name": product.name,
        "model_number": product.model_number or None,
        "price": 1200,
        "stock_managed": product.managed,
        "stocks": (total if product.by_variant else own) if product.managed else None,
        "display_state": product.display_state,
        "update_date": _unix(product.updated),
        "variants": variants,
    }


def _variant_json(variant: Variant, stocks: int | None) -> Json:
    return {
        "id": variant.id,
        "option1_value": variant.option1,
        "option2_value": variant.option2,
        "title": " ".join(filter(None, (variant.option1, variant.option2))),
        "model_number": variant.model_number or None,
        "stocks": stocks,
    }


def variant_json(variant: Variant) -> Json:
    return _variant_json(variant, variant.stocks)


def sale_json(shop: ColorMe, sale: Sale) -> Json:
    buyer = buyer_of(int(sale.id))
    deliveries = sorted({line.delivery for line in sale.lines})
    return {
        "account_id": "PA00000001",
        "id": int(sale.id),
        "make_date": _unix(sale.placed_at),
        "update_date": _unix(sale.updated),
        "memo": f"{buyer.name}宛",
        "paid": sale.paid,
        "delivered": bool(deliveries) and all(each in sale.delivered for each in deliveries),
        "canceled": sale.canceled,
        "customer": {"name": buyer.name, "mail": buyer.mail, "tel": "-".join(buyer.phone)},
        "details": [_line_json(shop, sale, line) for line in sale.lines],
        "sale_deliveries": [
            {
                "id": each,
                "detail_ids": [int(line.line_id) for line in sale.lines if line.delivery == each],
                "name": buyer.name,
                "postal": "".join(buyer.zip_code),
                "pref_name": buyer.prefecture,
                "address1": buyer.city + buyer.street,
                "tel": "-".join(buyer.phone),
                "slip_number": None,
                "delivered": each in sale.delivered,
            }
            for each in deliveries
        ],
    }


def _line_json(shop: ColorMe, sale: Sale, line: SaleLine) -> Json:
    """No variant id; the options are the product's as they are called now. Of a cancelled sale all is 0."""
    product = shop.state.products.get(line.product)
    variants = product.variants if product else []
    variant = next((each for each in variants if each.id == line.variant), None)
    return {
        "id": int(line.line_id),
        "sale_id": int(sale.id),
        "product_id": line.product,
        "sale_delivery_id": line.delivery,
        "product_model_number": line.sku or None,
        "pristine_product_full_name": line.sku,
        "option1_value": variant.option1 if variant else None,
        "option2_value": variant.option2 if variant else None,
        "option1_index": variants.index(variant) if variant else None,
        "option2_index": 0 if variant and variant.option2 else None,
        "product_num": 0 if sale.canceled else line.units,
        "price": 0 if sale.canceled else 1200,
    }


def _unix(at: datetime | None) -> int | None:
    return None if at is None else int(at.timestamp())
