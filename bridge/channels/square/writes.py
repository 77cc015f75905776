"""What is sent to Square: a difference as an adjustment, a first number as a physical count (§2.4, §2.8). Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from bridge.channels.marks import NONCE_DIGITS
from bridge.channels.port import PushItem
from bridge.channels.square import facts
from bridge.channels.square.history import time_text
from bridge.channels.square.ids import parts_of
from bridge.channels.square.marks import mark
from bridge.domain.orders import ListingKey

KEYS = UUID("1d0c7a52-3a38-5b0f-8c3e-6d0e5d3f1b92")  # the namespace of our idempotency keys


@dataclass(frozen=True)
class Request:
    """One request, to be sent again just as it is. `marks`: of each listing in it · `at`: when it is dated."""

    body: Mapping[str, Any]
    marks: Mapping[ListingKey, str]
    at: datetime


def key_of(key: str, batch: Sequence[PushItem]) -> str:
    """The same call always has the same idempotency key, a batch that was cut differently another."""
    rows = [[item.listing.id, item.quantity, item.shown] for item in batch]
    return str(uuid5(KEYS, json.dumps([key, rows])))


def request(key: str, items: Iterable[PushItem], first: set[ListingKey], at: datetime) -> Request:
    """`first`: those that were never counted; they are, a moment before `at`."""
    changes, marks = [], {}
    for item in items:
        nonce = uuid5(KEYS, f"{key} {item.listing.id}").hex[:NONCE_DIGITS]
        counted = item.listing in first
        quantity = min(item.quantity, facts.MAX_QUANTITY)
        units = Decimal(quantity if counted else quantity - item.shown)
        marks[item.listing] = mark(nonce, item.listing, units, counted=counted)
        make = _count if counted else _adjustment
        changes.append(make(item.listing, marks[item.listing], units, at))
    body = {"idempotency_key": key, "ignore_unchanged_counts": False, "changes": changes}  # T33
    return Request(body, marks, at)


def _adjustment(listing: ListingKey, reference: str, units: Decimal, at: datetime) -> dict[str, Any]:
    variation, place = parts_of(listing)
    less = units < 0
    adjustment = {
        "reference_id": reference,
        "catalog_object_id": variation,
        "from_state": facts.IN_STOCK if less else facts.WRITTEN_UP,
        "to_state": facts.WRITTEN_DOWN if less else facts.IN_STOCK,
        "from_location_id": place,
        "to_location_id": place,
        "quantity": str(abs(units)),
        "occurred_at": time_text(at),
    }
    return {"type": "ADJUSTMENT", "adjustment": adjustment}


def _count(listing: ListingKey, reference: str, units: Decimal, at: datetime) -> dict[str, Any]:
    variation, place = parts_of(listing)
    count = {
        "reference_id": reference,
        "catalog_object_id": variation,
        "state": facts.IN_STOCK,
        "location_id": place,
        "quantity": str(units),
        "occurred_at": time_text(at - facts.BEFORE_NOW),
    }
    return {"type": "PHYSICAL_COUNT", "physical_count": count}
