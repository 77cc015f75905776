"""An order as getOrder shows it (rakuten.md §4.2). The buyer is invented, so that tests can prove it is dropped."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from bridge.clock import JST
from bridge.sandbox.malls.buyers import Buyer, buyer_of
from bridge.sandbox.malls.rakuten.records import ChangeReason, RakutenLine, RakutenOrder

if TYPE_CHECKING:
    from bridge.sandbox.malls.rakuten.shop import Rakuten

LATEST_VERSION = 10
SKU_VERSION = 7  # the first with SkuModelList
NOT_FIXED = -9999


def render_order(shop: Rakuten, order: RakutenOrder, version: int, flag_deleted: bool) -> dict[str, Any]:
    """`flag_deleted`: deleted lines are shown with deleteItemFlag 1, else they are missing."""
    buyer = buyer_of(int(order.id.rsplit("-", 1)[-1]))
    amount = NOT_FIXED if order.fixed_at is None else sum(line.units for line in order.lines) * 1000
    return {
        "orderNumber": order.id,
        "orderProgress": order.progress,
        "subStatusId": None,
        "subStatusName": None,
        "orderDatetime": _stamp(order.placed_at),
        "shopOrderCfmDatetime": _stamp(order.confirmed_at),
        "orderFixDatetime": _stamp(order.fixed_at),
        "shippingInstDatetime": None,
        "shippingCmplRptDatetime": _stamp(order.shipping_reported_at),
        "cancelDueDate": None,
        "deliveryDate": None,
        "shippingTerm": None,
        "remarks": f"[配送日時指定:] {buyer.name}宛",
        "memo": "-".join(buyer.phone),
        "giftCheckFlag": 0,
        "severalSenderFlag": int(len(order.baskets) > 1),
        "orderType": order.order_type,
        "reserveNumber": None,
        "modifyFlag": int(order.changed_by_buyer),
        "cautionDisplayType": 0,
        "rakutenConfirmFlag": 0,
        "totalPrice": amount,
        "goodsPrice": amount,
        "OrdererModel": _person(buyer) | {"emailAddress": buyer.mail, "sex": None},
        "SettlementModel": {"settlementMethod": "クレジットカード", "cardName": "VISA", "cardOwner": buyer.name},
        "PackageModelList": [_package(shop, order, basket, version, flag_deleted, buyer) for basket in order.baskets],
        "ChangeReasonModelList": [_change(entry) for entry in order.changes],
    }


def _person(buyer: Buyer) -> dict[str, Any]:
    first, second, third = buyer.phone
    return {
        "zipCode1": buyer.zip_code[0],
        "zipCode2": buyer.zip_code[1],
        "prefecture": buyer.prefecture,
        "city": buyer.city,
        "subAddress": buyer.street,
        "familyName": buyer.family,
        "firstName": buyer.first,
        "phoneNumber1": first,
        "phoneNumber2": second,
        "phoneNumber3": third,
    }


def _package(
    shop: Rakuten, order: RakutenOrder, basket: int, version: int, flag_deleted: bool, buyer: Buyer
) -> dict[str, Any]:
    lines = [line for line in order.lines if line.basket == basket]
    shown = [line for line in lines if flag_deleted or not line.deleted]
    return {
        "basketId": basket,
        "packageDeleteFlag": int(all(line.deleted for line in lines)),
        "SenderModel": _person(buyer),
        "ShippingModelList": _shippings(order, basket),
        "ItemModelList": [_item(shop, line, version) for line in shown],
    }


def _shippings(order: RakutenOrder, basket: int) -> list[dict[str, Any]]:
    if basket not in order.shipped_baskets:
        return []
    return [
        {
            "shippingDetailId": basket,
            "shippingNumber": f"0000-{basket:04d}",
            "deliveryCompany": "1001",
            "deliveryCompanyName": "ヤマト運輸",
            "shippingDate": order.shipped_baskets[basket],
        }
    ]


def _item(shop: Rakuten, line: RakutenLine, version: int) -> dict[str, Any]:
    manage_number, variant_id = line.listing
    item = shop.state.items.get(manage_number)
    shown: dict[str, Any] = {
        "itemDetailId": int(line.line_id),
        "itemId": 10_000_000 + int(line.line_id),
        "itemNumber": item.item_number if item else None,
        "manageNumber": manage_number,
        "itemName": item.title if item else manage_number,
        "price": 1000,
        "units": line.units,
        "inventoryType": 0 if item and item.unlimited else 2,
        "restoreInventoryFlag": line.restore_inventory_flag,
        "deleteItemFlag": int(line.deleted),
        "dealFlag": 0,
        "selectedChoice": None,
    }
    if version >= SKU_VERSION:
        sku = {"variantId": variant_id, "merchantDefinedSkuId": line.sku or None, "skuInfo": None}
        shown["SkuModelList"] = [sku]
    return shown


def _change(entry: ChangeReason) -> dict[str, Any]:
    return {
        "changeId": 1,
        "changeType": entry.change_type,
        "changeTypeDetail": entry.detail,
        "changeReason": entry.reason,
        "changeReasonDetail": entry.reason_detail,
        "changeApplyDatetime": _stamp(entry.applied_at),
        "changeFixDatetime": _stamp(entry.fixed_at),
        "changeCmplDatetime": _stamp(entry.fixed_at),
    }


def _stamp(at: datetime | None) -> str | None:
    """Orders have `+0900`, without a colon."""
    return None if at is None else f"{at.astimezone(JST):%Y-%m-%dT%H:%M:%S}+0900"
