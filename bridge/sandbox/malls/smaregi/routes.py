"""What the Smaregi simulator does at each path (pos.md §1.4 to §1.6)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from bridge.sandbox.malls.smaregi.answers import answer, bad_request, not_found, page, period, problem, within
from bridge.sandbox.malls.smaregi.records import Pair, Row
from bridge.sandbox.malls.smaregi.views import product_json, receipt_json, row_json, stock_json, store_json

if TYPE_CHECKING:
    from bridge.sandbox.malls.smaregi.shop import Smaregi

Handler = Callable[["Smaregi", Request, dict[str, Any]], Response]
MOST, MOST_ADDED, MOST_ROWS, MOST_WITH_DETAILS = 999_999_999, 1_999_999_998, 1000, 100


@dataclass(frozen=True)
class Route:
    method: str
    path: str
    handler: Handler
    scope: str
    writes: bool = False


def get_stores(shop: Smaregi, request: Request, _args: dict[str, Any]) -> Response:
    rows = [store_json(store) for store in shop.state.stores.values()]
    return page(request, rows, MOST_ROWS, link=shop.switches.link)


def get_products(shop: Smaregi, request: Request, _args: dict[str, Any]) -> Response:
    code = request.args.get("product_code")
    rows = [product_json(each) for each in shop.state.products.values() if code in (None, each.code)]
    return page(request, sorted(rows, key=lambda row: int(row["productId"])), MOST_ROWS, link=shop.switches.link)


def get_product(shop: Smaregi, _request: Request, args: dict[str, Any]) -> Response:
    product = shop.state.products.get(str(args["p"]))
    if product is None:
        raise not_found()
    return answer(product_json(product))


def get_stock(shop: Smaregi, request: Request, _args: dict[str, Any]) -> Response:
    span = period(request, "upd_date_time")
    store, product = request.args.get("store_id"), request.args.get("product_id")
    pairs = [
        pair
        for pair, level in shop.state.levels.items()
        if store in (None, pair[1]) and product in (None, pair[0]) and within(level.updated, span)
    ]
    rows = [stock_json(shop, pair) for pair in sorted(pairs, key=lambda pair: (int(pair[0]), int(pair[1])))]
    return page(request, rows, MOST_ROWS, link=shop.switches.link)


def get_changes(shop: Smaregi, request: Request, args: dict[str, Any]) -> Response:
    if not shop.switches.plan_has_changes:
        raise problem(403, "Forbidden", "ご契約のプランではご利用いただけません")
    pair = _pair(shop, str(args["p"]), str(args["s"]))
    now, number = shop.clock.now(), request.args.get("id")
    rows = [row for row in shop.state.rows if row.pair == pair and row.visible_at <= now]
    rows = [row for row in rows if number in (None, str(row.id))]
    if request.args.get("sort", "updDateTime").endswith(":desc"):
        rows.sort(key=_second, reverse=True)
    else:
        rows.sort(key=_second)
    return page(request, [row_json(row) for row in rows], MOST_ROWS, link=shop.switches.link)


def patch_stock(shop: Smaregi, request: Request, args: dict[str, Any]) -> Response:
    pair, amount, memo = _wanted(shop, request, str(args["p"]))
    level = shop.state.levels.get(pair)
    return _moved(shop, pair, amount - (level.amount if level else 0), memo)


def add_stock(shop: Smaregi, request: Request, args: dict[str, Any]) -> Response:
    """What is sent twice is added twice (T2)."""
    pair, amount, memo = _wanted(shop, request, str(args["p"]))
    if amount == 0 or abs(amount) > MOST_ADDED:
        raise bad_request("在庫数の値が正しくありません")
    return _moved(shop, pair, amount, memo)


def get_transactions(shop: Smaregi, request: Request, _args: dict[str, Any]) -> Response:
    periods = [
        period(request, name)
        for name in ("transaction_date_time", "terminal_tran_date_time", "sum_date", "upd_date_time")
    ]
    if not any(periods):
        raise bad_request("期間を指定してください")
    details, store, now = request.args.get("with_details", "none"), request.args.get("store_id"), shop.clock.now()
    rows = [
        each
        for each in shop.state.receipts.values()
        if each.visible_at <= now
        and store in (None, each.store)
        and within(each.placed_at, periods[0])
        and within(each.till_at or each.placed_at, periods[1])
        and within(each.updated or each.placed_at, periods[3])
    ]
    if request.args.get("sort") == "updDateTime":
        rows.sort(key=lambda each: (each.updated or each.placed_at).replace(microsecond=0))
    most = MOST_ROWS if details == "none" else MOST_WITH_DETAILS
    return page(request, [receipt_json(shop, each, details) for each in rows], most, link=shop.switches.link)


def _second(row: Row) -> Any:
    return row.at.replace(microsecond=0)


def _pair(shop: Smaregi, product: str, store: str) -> Pair:
    if product not in shop.state.products or store not in shop.state.stores:
        raise not_found()
    return product, store


def _wanted(shop: Smaregi, request: Request, product: str) -> tuple[Pair, int, str | None]:
    shop.count_write()
    if product not in shop.state.products:
        raise not_found()
    try:
        body = json.loads(request.get_data())
        store, amount, memo = str(body["storeId"]), int(body["stockAmount"]), body.get("stockHistory", {}).get("memo")
    except (ValueError, KeyError, TypeError, AttributeError):
        raise bad_request("リクエストの形式が正しくありません") from None
    if store not in shop.state.stores:
        raise bad_request("指定された店舗IDのリソースが見つかりません")
    if not shop.state.products[product].kept:
        raise bad_request("在庫管理対象外の商品です")
    if memo is not None and len(memo) > 100:
        raise bad_request("memoは100文字以内で指定してください")
    return (product, store), amount, memo


def _moved(shop: Smaregi, pair: Pair, amount: int, memo: str | None) -> Response:
    level = shop.state.levels.get(pair)
    if abs((level.amount if level else 0) + amount) > MOST:
        raise bad_request(f"更新後の在庫数は[{MOST}]以下である必要があります")
    row = shop.move(pair, amount, shop.switches.division_of_api, "push", memo=memo)
    shown = stock_json(shop, pair)
    del shown["layawayStockAmount"]
    return answer(shown | {"stockHistory": {"id": str(row.id), "memo": memo}})


ROUTES = (
    Route("GET", "/stores", get_stores, "pos.stores:read"),
    Route("GET", "/products", get_products, "pos.products:read"),
    Route("GET", "/products/<int:p>", get_product, "pos.products:read"),
    Route("GET", "/stock", get_stock, "pos.stock:read"),
    Route("PATCH", "/stock/<int:p>", patch_stock, "pos.stock:write", writes=True),
    Route("POST", "/stock/<int:p>/add", add_stock, "pos.stock:write", writes=True),
    Route("GET", "/stock/changes/<int:p>/<int:s>", get_changes, "pos.stock-changes:read"),
    Route("GET", "/transactions", get_transactions, "pos.transactions:read"),
)
