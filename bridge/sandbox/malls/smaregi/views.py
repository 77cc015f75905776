"""How Smaregi shows stores, products, stock, its history and receipts (pos.md §1.4 to §1.6): all values are strings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bridge.sandbox.malls.buyers import buyer_of
from bridge.sandbox.malls.smaregi.answers import text_of
from bridge.sandbox.malls.smaregi.records import Pair, Product, Receipt, ReceiptLine, Row, Store

if TYPE_CHECKING:
    from bridge.sandbox.malls.smaregi.shop import Smaregi

Json = dict[str, Any]


def store_json(store: Store) -> Json:
    return {
        "storeId": store.id,
        "storeCode": store.id.zfill(4),
        "storeName": store.name,
        "storeAbbr": store.name[:10],
        "division": "2" if store.warehouse else "1",
        "pauseFlag": "1" if store.paused else "0",
    }


def product_json(product: Product) -> Json:
    return {
        "productId": product.id,
        "categoryId": "1",
        "productCode": product.code,
        "productName": product.name,
        "supplierProductNo": product.supplier_no,
        "groupCode": None,
        "division": product.division,
        "salesDivision": "0",
        "stockControlDivision": "0" if product.kept else "1",
        "displayFlag": "1",
        "price": "1200",
        "updDateTime": text_of(product.updated),
    }


def stock_json(shop: Smaregi, pair: Pair) -> Json:
    level = shop.state.levels[pair]
    return {
        "storeId": pair[1],
        "productId": pair[0],
        "stockAmount": str(level.amount),
        "layawayStockAmount": str(level.layaway),
        "updDateTime": text_of(level.updated),
    }


def row_json(row: Row) -> Json:
    return {
        "id": str(row.id),
        "updDateTime": text_of(row.at),
        "targetDateTime": text_of(row.target_at),
        "productId": row.pair[0],
        "storeId": row.pair[1],
        "amount": str(row.amount),
        "stockAmount": str(row.after),
        "layawayStockAmount": "0",
        "stockDivision": row.division,
        "fromStoreId": None,
        "toStoreId": None,
        "memo": row.memo,
        "staffId": "7",
        "staffName": "架空 太郎",
    }


def receipt_json(shop: Smaregi, receipt: Receipt, details: str) -> Json:
    """With the customer, whom nobody may keep."""
    buyer = buyer_of(int(receipt.id))
    shown: Json = {
        "transactionHeadId": receipt.id,
        "transactionDateTime": text_of(receipt.placed_at),
        "terminalTranDateTime": text_of(receipt.till_at),
        "transactionHeadDivision": "1",
        "cancelDivision": "1" if receipt.void else "0",
        "cancelDateTime": text_of(receipt.cancelled_at),
        "disposeDivision": receipt.disposed,
        "disposeServerTransactionHeadId": receipt.undoes or None,
        "returnSales": "1" if receipt.comes_back else "0",
        "storeId": receipt.store,
        "terminalId": "1",
        "customerName": buyer.name,
        "customerMail": buyer.mail,
        "total": "1200",
        "sumDate": (text_of(receipt.placed_at) or "")[:10],
        "updDateTime": text_of(receipt.updated),
    }
    if details != "none":
        shown["details"] = [_line_json(shop, receipt, line) for line in receipt.lines]
    return shown


def _line_json(shop: Smaregi, receipt: Receipt, line: ReceiptLine) -> Json:
    backwards = receipt.brings != (receipt.disposed == "2")
    sign = -1 if backwards and shop.switches.negative_returns else 1
    return {
        "transactionDetailId": line.line_id,
        "parentTransactionDetailId": None,
        "transactionDetailDivision": "3" if line.product is None else "2" if line.given_back else "1",
        "productId": line.product,
        "productCode": line.sku or None,
        "quantity": str(sign * line.units),
        "salesDivision": "0",
        "productDivision": line.product_division,
    }
