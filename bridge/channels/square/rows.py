"""One row of Square's history of movements, and what it does to the numbers that we keep (§2.4, §2.7). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from bridge.channels.square import facts
from bridge.channels.square.ids import listing_key
from bridge.domain.orders import ListingKey
from bridge.domain.till import RowKind

SALE, RETURN = "sale", "return"
_QUANTITY = re.compile(r"-?\d{1,20}(\.\d{1,10})?")

What = RowKind | str
"""Why a number moved: as a till's row, or a sale, or a return."""


class Fraction(ValueError):
    """Part of a piece."""


@dataclass(frozen=True)
class Row:
    """An adjustment, or a physical count: then `source` is the place counted, `quantity` what was found there.

    occurred: by the till's clock · created: when Square received it · count: the physical count that an adjustment was
    inferred from · inferred: the adjustment that was inferred from a count. "" where there is none."""

    id: str
    is_count: bool
    variation: str
    source: str
    target: str
    from_state: str
    to_state: str
    quantity: Decimal
    occurred: datetime
    created: datetime
    reference: str = ""
    refund: str = ""
    reason: str = ""
    count: str = ""
    inferred: str = ""
    product: str = ""
    application: str = ""


@dataclass(frozen=True)
class Effect:
    """What a row did to the number of one listing. `units`: Δ, never 0."""

    listing: ListingKey
    units: Decimal
    what: What


def row_of(change: Mapping[str, Any]) -> Row | None:
    """None where it is of no variation (T29). Raises LookupError, TypeError, ValueError."""
    is_count = change["type"] == "PHYSICAL_COUNT"
    found = change["physical_count" if is_count else "adjustment"]
    if (found.get("catalog_object_type") or facts.GOODS) != facts.GOODS:
        return None
    place = found.get("location_id") or ""  # T40: of a count; of an adjustment before 2026-07-15
    source, reason = found.get("source") or {}, found.get("reason_id") or {}
    created = datetime.fromisoformat(found["created_at"])
    return Row(
        id=str(found["id"]),
        is_count=is_count,
        variation=str(found["catalog_object_id"]),
        source=str(found.get("from_location_id") or place),
        target=str(found.get("to_location_id") or place),
        from_state="" if is_count else str(found["from_state"]),
        to_state=str(found["state" if is_count else "to_state"]),
        quantity=decimal_of(found["quantity"]),
        occurred=datetime.fromisoformat(found["occurred_at"]) if found.get("occurred_at") else created,
        created=created,
        reference=str(found.get("reference_id") or ""),
        refund=str(found.get("refund_id") or ""),
        reason=str(reason.get("type") or ""),
        count=str(found.get("physical_count_id") or ""),
        inferred=str(found.get("adjustment_id") or ""),
        product=str(source.get("product") or ""),
        application=str(source.get("application_id") or ""),
    )


def effects(row: Row) -> Iterator[Effect]:
    """What an adjustment does to what can be sold at each place: what leaves IN_STOCK there, what comes into it."""
    leaves, comes = row.from_state == facts.IN_STOCK, row.to_state == facts.IN_STOCK
    if row.is_count or not row.quantity or (leaves and comes and row.source == row.target):
        return
    if leaves:
        yield Effect(listing_key(row.variation, row.source), -row.quantity, _why_left(row, comes))
    if comes:
        yield Effect(listing_key(row.variation, row.target), row.quantity, _why_came(row, leaves))


def _why_left(row: Row, comes: bool) -> What:
    if _is_recount(row):
        return RowKind.COUNTED
    if comes or row.to_state in facts.ON_THE_WAY:
        return RowKind.SENT
    if row.to_state in facts.SOLD:
        return SALE
    return RowKind.LOST if row.to_state == facts.WASTE else RowKind.OTHER  # T44: its Δ counts, whatever it is called


def _why_came(row: Row, leaves: bool) -> What:
    if _is_recount(row):
        return RowKind.COUNTED
    if leaves or row.from_state in facts.ON_THE_WAY:
        return RowKind.ARRIVED
    if row.refund or row.from_state in facts.GIVEN_BACK:
        return RETURN
    return RowKind.RECEIVED if row.from_state in facts.FROM_VENDOR else RowKind.OTHER


def _is_recount(row: Row) -> bool:
    return bool(row.count) or row.reason == facts.RECOUNT


def number_before(history: Iterable[Row], count: Row) -> Decimal:
    """What a place had when it was counted, by the rows that Square had received by then: the latest count before and
    the adjustments dated after it; from 0 if it was never counted (§2.4, "Count model"). What came in the very instant
    of the count was before it if the count says so."""
    listing = listing_key(count.variation, count.source)
    known = [row for row in history if row.created <= count.created]
    counts = [row for row in known if row.is_count and listing_key(row.variation, row.source) == listing]
    last = max((row for row in counts if _numbered(row) < _numbered(count)), key=_numbered, default=None)
    moves = [row for row in known if not row.is_count and not row.count and (not last or _dated(row) >= _dated(last))]
    number = last.quantity if last else Decimal(0)
    number += _moved(listing, (row for row in moves if _dated(row) < _dated(count)))
    with_it = number + _moved(listing, (row for row in moves if _dated(row) == _dated(count)))
    return with_it if with_it == count.quantity else number


def _moved(listing: ListingKey, rows: Iterable[Row]) -> Decimal:
    units = (effect.units for row in rows for effect in effects(row) if effect.listing == listing)
    return sum(units, Decimal(0))


def _numbered(row: Row) -> tuple[datetime, datetime, str]:
    """Of two counts of one instant it is the same one that is the earlier, whoever asks."""
    return *_dated(row), row.id


def _dated(row: Row) -> tuple[datetime, datetime]:
    """Where a row stands in the order of what happened; of one instant, of when it was received."""
    return row.occurred, row.created


def whole_units(quantity: Decimal) -> int:
    """T24: pieces are never rounded. Raises Fraction."""
    if quantity != quantity.to_integral_value():
        raise Fraction(f"{quantity}")
    return int(quantity)


def decimal_of(text: object) -> Decimal:
    """A quantity as Square writes it. Raises TypeError, ValueError."""
    if not isinstance(text, str):
        raise TypeError(f"{text!r} is no quantity")
    if not _QUANTITY.fullmatch(text):
        raise ValueError(f"{text} is no quantity")
    return Decimal(text)
