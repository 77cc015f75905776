"""products, products/<id>/variations and their batches (§2, Products and stock)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from bridge.sandbox.malls.woocommerce.answers import (
    Refusal,
    ids,
    invalid,
    json_response,
    one_of,
    page_of,
    read_json,
    refusal,
)
from bridge.sandbox.malls.woocommerce.records import Product
from bridge.sandbox.malls.woocommerce.views import product_json

if TYPE_CHECKING:
    from bridge.sandbox.malls.woocommerce.shop import WooCommerce

MOST_IN_A_BATCH = 100


def products(shop: WooCommerce, request: Request, _args: dict[str, Any]) -> Response:
    """Products proper; variations are found below theirs."""
    return _list(shop, request, [each for each in shop.state.products.values() if not each.parent])


def product(shop: WooCommerce, request: Request, args: dict[str, Any]) -> Response:
    return one_of(request, product_json(_product(shop, args["p"])))


def variations(shop: WooCommerce, request: Request, args: dict[str, Any]) -> Response:
    parent = _product(shop, args["p"])
    return _list(shop, request, [shop.state.products[number] for number in parent.variations])


def variation(shop: WooCommerce, request: Request, args: dict[str, Any]) -> Response:
    return one_of(request, product_json(_variation(shop, args["p"], args["v"])))


def batch_products(shop: WooCommerce, request: Request, _args: dict[str, Any]) -> Response:
    return _batch(shop, request, 0)


def batch_variations(shop: WooCommerce, request: Request, args: dict[str, Any]) -> Response:
    return _batch(shop, request, args["p"])


def _list(shop: WooCommerce, request: Request, found: Sequence[Product]) -> Response:
    if (wanted := ids(request, "include")) is not None:
        found = [each for each in found if each.id in wanted]
    if skus := request.args.get("sku"):
        found = [each for each in found if each.sku in skus.split(",")]
    rows = [product_json(each) for each in sorted(found, key=lambda each: each.id)]
    return page_of(request, rows, shop.switches.total_headers)


def _product(shop: WooCommerce, number: int) -> Product:
    found = shop.state.products.get(number)
    if found is None or found.parent:
        raise refusal(404, "woocommerce_rest_product_invalid_id", "Invalid ID.")
    return found


def _variation(shop: WooCommerce, parent: int, number: int) -> Product:
    found = shop.state.products.get(number)
    if found is None or found.parent != parent:
        raise refusal(404, "woocommerce_rest_product_variation_invalid_id", "Invalid ID.")
    return found


def _batch(shop: WooCommerce, request: Request, parent: int) -> Response:
    """Each row by itself: a bad one stands among the others with its error."""
    body = read_json(request)
    rows = body.get("update", []) if isinstance(body, dict) else []
    if not isinstance(rows, list):
        raise invalid("update", "update is not of type array.")
    if len(rows) > MOST_IN_A_BATCH:
        raise refusal(
            413, "woocommerce_rest_request_entity_too_large", "Unable to accept more than 100 items for this request."
        )
    for position, row in enumerate(rows):
        quantity = row.get("stock_quantity") if isinstance(row, dict) else None
        if isinstance(quantity, bool) or not isinstance(quantity, int | None):
            raise invalid("update", f"update[{position}][stock_quantity] is not of type integer.")
    if not rows:
        return json_response({})
    if parent:
        _product(shop, parent)
    shop.count_write()
    return json_response({"update": [_updated(shop, parent, row) for row in rows]})


def _updated(shop: WooCommerce, parent: int, row: dict[str, Any]) -> dict[str, Any]:
    number = row.get("id", 0)
    try:
        found = _variation(shop, parent, number) if parent else _product(shop, number)
    except Refusal as refused:
        return {"id": number, "error": refused.response.get_json()}
    quantity = row.get("stock_quantity")
    if found.manages is not True or not shop.switches.manages_stock:
        found.quantity = None  # dropped without a word
    elif quantity is not None:
        shop.put(found, quantity, "push")
    return product_json(found)
