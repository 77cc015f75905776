"""What a write asks for, row by row, and why a row is refused (§2.4)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bridge.sandbox.malls.mall import Listing
from bridge.sandbox.malls.square.answers import Refusal
from bridge.sandbox.malls.square.numbers import number
from bridge.sandbox.malls.square.records import IN_STOCK
from bridge.sandbox.malls.square.views import SPLIT_PLACES

if TYPE_CHECKING:
    from bridge.sandbox.malls.square.shop import Square

MOST = 100
OLDEST = timedelta(hours=24)
MOVES = {("NONE", IN_STOCK), ("UNLINKED_RETURN", IN_STOCK), (IN_STOCK, "SOLD"), (IN_STOCK, "WASTE")}
QUANTITY = re.compile(r"\d{1,20}(\.\d{1,5})?")


@dataclass(frozen=True)
class Write:
    listing: Listing
    quantity: str
    from_state: str
    to_state: str
    occurred: datetime
    reference: str
    counted: bool


def understood(shop: Square, asked: Mapping[str, Any], version: str) -> Iterator[Write]:
    """Raises Refusal at the first bad row."""
    changes = asked.get("changes") or []
    if not changes:
        raise Refusal(400, "MISSING_REQUIRED_PARAMETER", "Missing required parameter.", "changes")
    if len(changes) > MOST:
        raise Refusal(400, "ARRAY_LENGTH_TOO_LONG", f"Array length must be at most {MOST}.", "changes")
    for position, change in enumerate(changes):
        yield _write(shop, change, version, f"changes[{position}]")


def _write(shop: Square, change: Mapping[str, Any], version: str, field: str) -> Write:
    kind = change.get("type")
    member = {"ADJUSTMENT": "adjustment", "PHYSICAL_COUNT": "physical_count"}.get(str(kind))
    if member is None or member not in change:
        raise Refusal(400, "INVALID_VALUE", f"{kind} is no change.", f"{field}.type")
    given, at = change[member], f"{field}.{member}"
    counted = member == "physical_count"
    place = _needed(given, "location_id", at) if counted else _place(shop, given, version, at)
    write = Write(
        listing=(_needed(given, "catalog_object_id", at), place),
        quantity=_needed(given, "quantity", at),
        from_state="" if counted else _needed(given, "from_state", at),
        to_state=_needed(given, "state" if counted else "to_state", at),
        occurred=_dated(shop, given, at),
        reference=str(given.get("reference_id") or ""),
        counted=counted,
    )
    _judge(shop, write, at)
    return write


def _place(shop: Square, given: Mapping[str, Any], version: str, at: str) -> str:
    """T40: one location before 2026-07-15, two since."""
    if version < SPLIT_PLACES:
        return _needed(given, "location_id", at)
    if "location_id" in given:
        raise Refusal(400, "BAD_REQUEST", "location_id is no field of an adjustment.", f"{at}.location_id")
    names = ("from_location_id", "to_location_id")
    if shop.switches.needs_both_places:
        found = {_needed(given, name, at) for name in names}
    else:
        found = {str(given[name]) for name in names if given.get(name)}
    if len(found) != 1:
        raise Refusal(400, "LOCATION_MISMATCH", "An adjustment is made at one location.", f"{at}.to_location_id")
    return found.pop()


def _judge(shop: Square, write: Write, at: str) -> None:
    variation = shop.state.variations.get(write.listing[0])
    if variation is None or variation.deleted:
        raise Refusal(400, "INVALID_VALUE", "No such catalog object.", f"{at}.catalog_object_id")
    if write.listing[1] not in shop.state.places:
        raise Refusal(400, "INVALID_VALUE", "No such location.", f"{at}.location_id")
    if not QUANTITY.fullmatch(write.quantity):
        raise Refusal(400, "INVALID_VALUE", "Not a valid quantity.", f"{at}.quantity")
    if not write.counted and (write.from_state, write.to_state) not in MOVES:
        raise Refusal(400, "INVALID_VALUE", "No such move of states.", f"{at}.to_state")
    if not shop.tracks(write.listing) and shop.switches.untracked == "refused":
        raise Refusal(400, "INVALID_VALUE", "Its inventory is not tracked.", f"{at}.catalog_object_id")
    lowest = shop.switches.lowest
    if lowest is not None and write.from_state == IN_STOCK:
        left = number(shop.rows_of(write.listing[0]), write.listing[1]) - Decimal(write.quantity)
        if left < lowest:
            raise Refusal(400, "INVALID_VALUE", "Not so many are in stock.", f"{at}.quantity")


def _dated(shop: Square, given: Mapping[str, Any], at: str) -> datetime:
    """Neither in the future nor older than a day (T32)."""
    field = f"{at}.occurred_at"
    try:
        found = datetime.fromisoformat(_needed(given, "occurred_at", at))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Refusal(400, "INVALID_TIME", "No RFC 3339 time.", field)
    if found > shop.now() or found < shop.now() - OLDEST:
        raise Refusal(400, "INVALID_TIME", "It must lie in the last 24 hours.", field)
    return found


def _needed(given: Mapping[str, Any], name: str, at: str) -> str:
    found = given.get(name)
    if not isinstance(found, str) or not found:
        raise Refusal(400, "MISSING_REQUIRED_PARAMETER", "Missing required parameter.", f"{at}.{name}")
    return found
