"""What the API does (§3, Products and stock, Orders)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from bridge.clock import JST
from bridge.sandbox.malls.colorme.answers import (
    ids,
    json_response,
    not_found,
    page,
    part,
    read_json,
    refusal,
    time_of,
)
from bridge.sandbox.malls.colorme.records import Product, Sale
from bridge.sandbox.malls.colorme.views import product_json, sale_json, variant_json
from bridge.sandbox.malls.mall import Listing

if TYPE_CHECKING:
    from bridge.sandbox.malls.colorme.shop import ColorMe

Handler = Callable[["ColorMe", Request, dict[str, Any]], Response]
WINDOW = timedelta(days=7)


@dataclass(frozen=True)
class Route:
    method: str
    path: str
    handler: Handler
    scope: str


def get_sales(shop: ColorMe, request: Request, _args: dict[str, Any]) -> Response:
    """The newest first. T1: without a day to begin at, those of the last seven."""
    now = shop.clock.now()
    after, changed = time_of(request, "after", "make_date_min"), time_of(request, "update_date_min")
    wanted = ids(request)
    if after is None and not (changed and shop.switches.update_lifts_window):
        after = (now.astimezone(JST) - WINDOW).replace(hour=0, minute=0, second=0, microsecond=0)
    found = [sale for sale in shop.state.sales.values() if sale.visible_at <= now]
    found = [each for each in found if after is None or _second(each.placed_at) >= after]
    found = [each for each in found if changed is None or _second(each.updated) >= changed]
    found = [each for each in found if wanted is None or int(each.id) in wanted]
    for name in ("paid", "canceled"):
        asked = request.args.get(name)
        if asked in ("true", "false", "1", "0"):
            found = [each for each in found if getattr(each, name) == (asked in ("true", "1"))]
    found.sort(key=lambda each: (each.placed_at, int(each.id)), reverse=True)
    return page(request, "sales", [sale_json(shop, each) for each in found], shop.switches.most_sales)


def get_sale(shop: ColorMe, _request: Request, args: dict[str, Any]) -> Response:
    return json_response({"sale": sale_json(shop, _sale(shop, args["s"]))})


def cancel_sale(shop: ColorMe, request: Request, args: dict[str, Any]) -> Response:
    sale, given = _sale(shop, args["s"]), read_json(request)
    shop.count_write()
    shop.call_off(sale.id, restock=bool(given.get("restock")))
    return json_response({"sale": sale_json(shop, sale)})


def get_products(shop: ColorMe, request: Request, _args: dict[str, Any]) -> Response:
    wanted = ids(request)
    found = [each for each in shop.state.products.values() if wanted is None or each.id in wanted]
    rows = [product_json(shop, each) for each in sorted(found, key=lambda each: -each.id)]
    return page(request, "products", rows, shop.switches.most_products)


def get_product(shop: ColorMe, _request: Request, args: dict[str, Any]) -> Response:
    return json_response({"product": product_json(shop, _product(shop, args["p"]))})


def put_product(shop: ColorMe, request: Request, args: dict[str, Any]) -> Response:
    """On a product whose variants keep their own numbers, its own is ignored without a word."""
    product = _product(shop, args["p"])
    given = part(read_json(request), "product")
    shop.count_write()
    if "stocks" in given and not product.by_variant:
        _set(shop, (str(product.id), ""), given["stocks"])
        product.managed = True
    for row in given.get("variants", []):
        texts = row.get("option1_value"), row.get("option2_value")
        for variant in product.variants:
            if (variant.option1, variant.option2) == texts and "stocks" in row:
                _set(shop, (str(product.id), str(variant.id)), row["stocks"])
    return json_response({"product": product_json(shop, product, fresh=True)})


def put_variant(shop: ColorMe, request: Request, args: dict[str, Any]) -> Response:
    product = _product(shop, args["p"])
    listing = str(product.id), str(args["v"])
    variant = shop.variant(listing)
    if variant is None:
        raise not_found()
    given = part(read_json(request), "variant")
    shop.count_write()
    if "stocks" in given:
        _set(shop, listing, given["stocks"])
    return json_response({"variant": variant_json(variant)})


def _set(shop: ColorMe, listing: Listing, stocks: Any) -> None:
    """A number, or so many more."""
    if isinstance(stocks, dict):
        stocks = shop.stock().get(listing, 0) + stocks.get("increment", 0)
    if isinstance(stocks, bool) or not isinstance(stocks, int) or stocks < 0:
        raise refusal(422, 422014, "在庫数は0以上の整数で入力してください。", "stocks")
    shop.put_by_api(listing, stocks)


def _sale(shop: ColorMe, number: int) -> Sale:
    found = shop.state.sales.get(str(number))
    if found is None or found.visible_at > shop.clock.now():
        raise not_found()
    return found


def _product(shop: ColorMe, number: int) -> Product:
    found = shop.state.products.get(number)
    if found is None:
        raise not_found()
    return found


def _second(at: datetime | None) -> datetime:
    assert at is not None
    return at.replace(microsecond=0)


ROUTES = (
    Route("GET", "/sales", get_sales, "read_sales"),
    Route("GET", "/sales/<int:s>", get_sale, "read_sales"),
    Route("PUT", "/sales/<int:s>/cancel", cancel_sale, "write_sales"),
    Route("GET", "/products", get_products, "read_products"),
    Route("GET", "/products/<int:p>", get_product, "read_products"),
    Route("PUT", "/products/<int:p>", put_product, "write_products"),
    Route("PUT", "/products/<int:p>/variants/<int:v>", put_variant, "write_products"),
)
