"""Counts, changes and writes (§2.4)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from bridge.sandbox.malls.square.answers import Refusal, page
from bridge.sandbox.malls.square.numbers import number, touches
from bridge.sandbox.malls.square.records import Attempt, Movement
from bridge.sandbox.malls.square.views import SPLIT_PLACES, change_json, count_json
from bridge.sandbox.malls.square.writing import Write, understood

if TYPE_CHECKING:
    from bridge.sandbox.malls.square.shop import Square

LONGEST_PAGE = 1000


def get_counts(shop: Square, asked: Mapping[str, Any], _version: str) -> dict[str, Any]:
    """The newest first; T28: nothing that is only estimated."""
    wanted, places = asked.get("catalog_object_ids"), asked.get("location_ids") or list(shop.state.places)
    states, after = asked.get("states") or ["IN_STOCK"], _time(asked, "updated_after")
    found = []
    if "IN_STOCK" in states:
        for variation in shop.state.variations.values():
            if (wanted and variation.id not in wanted) or variation.deleted or not variation.stockable:
                continue
            found += [each for place in places if (each := _count(shop, variation.id, place)) is not None]
    rows = [row for row in found if after is None or datetime.fromisoformat(row["calculated_at"]) >= after]
    rows.sort(key=lambda row: row["calculated_at"], reverse=True)
    return page(asked, "counts", rows, _size(shop, asked), empty=shop.switches.empty_pages)


def get_changes(shop: Square, asked: Mapping[str, Any], version: str) -> dict[str, Any]:
    """The oldest first by the till's clock, though the filter is by when Square had them (T31)."""
    after, before = _time(asked, "updated_after"), _time(asked, "updated_before")
    found = [row for row in shop.state.movements.values() if _fits(row, asked) and row.visible <= shop.now()]
    found = [row for row in found if version >= SPLIT_PLACES or not row.count]
    found = [row for row in found if (not after or row.updated >= after) and (not before or row.updated < before)]
    found.sort(key=lambda row: (row.occurred, row.id))
    rows = [change_json(row, version) for row in found]
    return page(asked, "changes", rows, _size(shop, asked), empty=shop.switches.empty_pages)


def write(shop: Square, asked: Mapping[str, Any], version: str) -> dict[str, Any]:
    """Carried out once under its key: then the first answer again; another body under it is refused (§2.2, T35)."""
    shop.count_write()
    key, body = asked.get("idempotency_key"), sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
    if not isinstance(key, str) or not 0 < len(key) <= 128:
        raise Refusal(400, "MISSING_REQUIRED_PARAMETER", "Missing required parameter.", "idempotency_key")
    earlier = shop.state.attempts.get(key)
    if earlier is not None and earlier.body != body:
        raise Refusal(400, "IDEMPOTENCY_KEY_REUSED", "The idempotency key was used for another request.")
    if earlier is not None:
        return dict(json.loads(earlier.answer))
    answer = _carried_out(shop, asked, version)
    shop.state.attempts[key] = Attempt(body, 200, json.dumps(answer))
    return answer


def _carried_out(shop: Square, asked: Mapping[str, Any], version: str) -> dict[str, Any]:
    writes: list[Write] = []
    try:
        for each in understood(shop, asked, version):
            writes.append(each)
    except Refusal as refused:
        if not shop.switches.atomic:
            for each in writes:
                _do(shop, each, ignore_unchanged=True)
        raise refused if shop.switches.names_rows else refused.unnamed() from None
    ignore = asked.get("ignore_unchanged_counts", True)
    rows = [row for each in writes if (row := _do(shop, each, ignore_unchanged=bool(ignore))) is not None]
    touched = dict.fromkeys((each.listing for each in writes), None)
    counts = [count for listing in touched if (count := _count(shop, *listing, at_once=True)) is not None]
    told = {"changes": [change_json(row, version) for row in rows]} if shop.switches.tells_changes else {}
    return {"counts": counts} | told


def _do(shop: Square, each: Write, *, ignore_unchanged: bool) -> Movement | None:
    if not shop.tracks(each.listing):
        return None
    more = {"reference": each.reference, "product": "EXTERNAL_API", "application": shop.client_id}
    if each.counted:
        unchanged = ignore_unchanged and shop.last_counted(each.listing) == each.quantity  # T33
        return None if unchanged else shop.count(each.listing, each.quantity, "push", at=each.occurred, **more)
    states = each.from_state, each.to_state
    return shop.move(each.listing, each.quantity, *states, "push", at=each.occurred, **more)


def _count(shop: Square, variation: str, place: str, *, at_once: bool = False) -> dict[str, Any] | None:
    """As it shows: some seconds ago, where counts are late. `at_once`: as it is."""
    listing = (variation, place)
    if not shop.tracks(listing):
        return None
    by = shop.now() if at_once else shop.seen_by()
    rows = [row for row in shop.rows_of(variation) if row.updated <= by]
    mine = [row for row in rows if touches(row, place)]
    if not mine:
        return None
    return count_json(variation, place, number(rows, place), max(row.updated for row in mine))


def _fits(row: Movement, asked: Mapping[str, Any]) -> bool:
    wanted, places, kinds = (asked.get(name) for name in ("catalog_object_ids", "location_ids", "types"))
    return (
        (not wanted or row.variation in wanted)
        and (not places or row.source in places or row.target in places)
        and (not kinds or row.kind in kinds)
    )


def _size(shop: Square, asked: Mapping[str, Any]) -> int:
    limit = asked.get("limit") or 100
    if not isinstance(limit, int) or not 1 <= limit <= LONGEST_PAGE:
        raise Refusal(400, "INVALID_VALUE", "limit must be between 1 and 1000.", "limit")
    return min(limit, shop.switches.page)


def _time(asked: Mapping[str, Any], name: str) -> datetime | None:
    text = asked.get(name)
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is not None:
            return at
    except (ValueError, TypeError):
        pass
    raise Refusal(400, "INVALID_TIME", f"{text!r} is no RFC 3339 time.", name)
