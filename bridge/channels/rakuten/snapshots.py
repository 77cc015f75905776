"""One order of RMS, as getOrder shows it, as a snapshot (rakuten.md §4.2, §5). Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from bridge.channels.answers import whole
from bridge.channels.rakuten import facts
from bridge.clock import JST
from bridge.domain.orders import LineKey, LineSnapshot, ListingKey, OrderSnapshot

CHANNEL = "rakuten"
ORDER_TIME = "%Y-%m-%dT%H:%M:%S%z"  # §4.2


def listing_key(manage_number: str, variant_id: str) -> ListingKey:
    """Rakuten folds manageNumber to lower case and keeps variantId as it is (§2)."""
    return ListingKey(CHANNEL, f"{manage_number.lower()}/{variant_id}")


def order_snapshot(model: dict[str, Any], shop: str, version: str, today: date) -> OrderSnapshot:
    """`today`: the day in Japan, since a parcel may carry the date of a shipment to come.

    Raises LookupError, TypeError, ValueError where something is missing."""
    number, progress = str(model["orderNumber"]), whole(model["orderProgress"])
    if progress not in facts.PROGRESS_ALL:
        raise ValueError(f"orderProgress {progress}")
    return OrderSnapshot(
        channel=CHANNEL,
        shop=shop,
        order=number,
        version=version,
        placed_at=datetime.strptime(model["orderDatetime"], ORDER_TIME),
        lines=tuple(_lines(model, shop, number, progress, today)),
    )


def _lines(model: dict[str, Any], shop: str, number: str, progress: int, today: date) -> Iterator[LineSnapshot]:
    left_whole = progress in facts.PROGRESS_SHIPPED or (
        # Cancelled after it had been shipped: the goods are still out.
        progress in facts.PROGRESS_CANCELLED and model.get("shippingCmplRptDatetime") is not None
    )
    last = _cancelled_on(model) if progress in facts.PROGRESS_CANCELLED else today
    for package in model["PackageModelList"]:
        left = left_whole or (last is not None and _has_left(package, last))
        for item in package["ItemModelList"]:
            deleted = package.get("packageDeleteFlag") == 1 or item.get("deleteItemFlag") == 1
            key = LineKey(CHANNEL, shop, number, f"{package['basketId']}-{item['itemDetailId']}")
            yield _line(key, item, progress, left, deleted)


def _line(key: LineKey, item: dict[str, Any], progress: int, left: bool, deleted: bool) -> LineSnapshot:
    units = whole(item["units"])
    released = deleted or progress in facts.PROGRESS_CANCELLED
    shipped = units if left and not deleted else 0
    return LineSnapshot(
        key=key,
        listing=listing_key(str(item["manageNumber"]), _variant(item)),
        ordered=units,
        open=0 if released else units - shipped,
        shipped=shipped,
        returned=0,  # a return is never reported
        taken=_taken(item, units, progress, deleted),
    )


def _variant(item: dict[str, Any]) -> str:
    """ "" on orders from before the SKU migration of 2023: such a line is shown until somebody maps it."""
    skus = item.get("SkuModelList") or [{}]
    if len(skus) > 1:
        raise ValueError("several SkuModelList entries")
    return str(skus[0].get("variantId") or "")


def _cancelled_on(model: dict[str, Any]) -> date | None:
    """The day in Japan on which a cancelled order was first asked to be cancelled: nothing leaves after it (§4.2
    ChangeReasonModelList). None where that isn't told, as by PurchaseItemAPI (§6.1): then only what was seen to leave
    before stays booked as shipped."""
    changes = [
        (whole(each["changeType"]), datetime.strptime(each["changeApplyDatetime"], ORDER_TIME).astimezone(JST))
        for each in model.get("ChangeReasonModelList") or []
        if each.get("changeApplyDatetime") is not None
    ]
    withdrawn = [at for kind, at in changes if kind == facts.CANCEL_WITHDRAWN]
    asked = [at for kind, at in changes if kind in facts.CANCEL_STEPS and all(at > each for each in withdrawn)]
    return min(asked).date() if asked else None


def _has_left(package: dict[str, Any], last: date) -> bool:
    """A parcel of an order that isn't shipped whole has left on its shipping date, if one is entered. `last`: today, or
    the day after which no parcel left: a date to come is only a plan."""
    dates = [each.get("shippingDate") for each in package.get("ShippingModelList") or []]
    return any(day is not None and date.fromisoformat(str(day)) <= last for day in dates)


def _taken(item: dict[str, Any], units: int, progress: int, deleted: bool) -> int:
    """By how many units this line keeps Rakuten's own number lowered. Whether a cancellation put them back is told only
    by restoreInventoryFlag 1; in all other cases they are taken to have stayed away, which never sells a unit twice."""
    if item.get("inventoryType") == facts.NO_STOCK_KEPT:
        return 0
    put_back = deleted or progress == facts.CANCEL_FIXED
    return 0 if put_back and item.get("restoreInventoryFlag") == facts.RESTORES_STOCK else units
