"""The simulator's records as JSON, by the version that was asked for (§2.1, §2.3, §2.4)."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from bridge.sandbox.malls.square.records import COUNT, Movement, Place, Variation

SPLIT_PLACES = "2026-07-15"  # from then on an adjustment has two locations, and a recount an adjustment


def time_text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def variation_json(variation: Variation, merchant_version: int) -> dict[str, Any]:
    overrides = [{"location_id": each, "track_inventory": on} for each, on in variation.tracked_at.items()]
    data: dict[str, Any] = {
        "item_id": f"ITEM-{variation.id}",
        "name": variation.name,
        "sku": variation.sku,
        "ordinal": 0,
        "pricing_type": "FIXED_PRICING",
        "price_money": {"amount": 1200, "currency": "JPY"},
        "track_inventory": variation.tracked,
        "sellable": True,
        "stockable": variation.stockable,
    }
    data |= {"location_overrides": overrides} if overrides else {}
    data |= {"measurement_unit_id": variation.unit} if variation.unit else {}
    told: dict[str, Any] = {
        "type": "ITEM_VARIATION",
        "id": variation.id,
        "updated_at": time_text(variation.updated),
        "version": merchant_version,
        "is_deleted": variation.deleted,
        "present_at_all_locations": True,
        "item_variation_data": data,
    }
    return told | ({"absent_at_location_ids": variation.absent} if variation.absent else {})


def place_json(place: Place, merchant: str) -> dict[str, Any]:
    return {
        "id": place.id,
        "name": place.name,
        "status": place.status,
        "type": "PHYSICAL",
        "timezone": "Asia/Tokyo",
        "country": "JP",
        "currency": "JPY",
        "merchant_id": merchant,
    }


def count_json(variation: str, place: str, quantity: Decimal, at: datetime) -> dict[str, Any]:
    return {
        "catalog_object_id": variation,
        "catalog_object_type": "ITEM_VARIATION",
        "state": "IN_STOCK",
        "location_id": place,
        "quantity": str(quantity),
        "calculated_at": time_text(at),
    }


def change_json(row: Movement, version: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": row.id,
        "catalog_object_id": row.variation,
        "catalog_object_type": row.object_type,
        "quantity": row.quantity,
        "occurred_at": time_text(row.occurred),
        "created_at": time_text(row.created),
        "source": {"product": row.product, "application_id": row.application or "sq0idp-pos", "name": row.product},
    }
    told |= {"reference_id": row.reference} if row.reference else {}
    if row.kind == COUNT:
        told |= {"state": row.to_state, "location_id": row.source}
        if version >= SPLIT_PLACES:
            told["adjustment_id"] = row.inferred
        return {"type": COUNT, "physical_count": told}
    told |= {"from_state": row.from_state, "to_state": row.to_state}
    told |= {"transaction_id": row.transaction} if row.transaction else {}
    told |= {"refund_id": row.refund} if row.refund else {}
    if row.to_state == "SOLD":
        told["total_price_money"] = {"amount": 1200, "currency": "JPY"}
    if version < SPLIT_PLACES:
        told["location_id"] = row.source
    else:
        told |= {"from_location_id": row.source, "to_location_id": row.target}
        told |= {"reason_id": {"type": row.reason}} if row.reason else {}
        told |= {"physical_count_id": row.count} if row.count else {}
    return {"type": row.kind, "adjustment": told}
