"""One order of WooCommerce as a snapshot (§2, Orders, How the cart moves stock). Pure.

A refund leaves a line's quantity as it was, and returns nothing by itself: what it put back on sale shows in the line's
own mark of how many units keep the shop's number lowered. Of a line that was refunded both before and after it was
shipped, the mark tells the sum alone: those of before count as put back first, so that nothing is sold on a guess.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from bridge.channels.answers import whole
from bridge.channels.stamps import stamp
from bridge.channels.woocommerce import facts
from bridge.channels.woocommerce.ids import CHANNEL
from bridge.domain.orders import LineKey, LineSnapshot, ListingKey, OrderSnapshot

ListingOf = Callable[[Mapping[str, Any]], ListingKey]
"""Which listing an order line is of."""


def order_snapshot(
    order: Mapping[str, Any],
    refunds: Iterable[Mapping[str, Any]],
    shop: str,
    read_at: datetime,
    listing_of: ListingOf,
    own: tuple[Collection[str], Collection[str]] = ((), ()),
) -> OrderSnapshot | None:
    """`own`: statuses of the shop's own making, open ones and shipped ones. None for what is no order yet.

    Raises LookupError, TypeError, ValueError where something is missing, or a status is unknown."""
    status = str(order["status"]).removeprefix("wc-")
    if status in facts.NO_ORDER_YET:
        return None
    is_open, is_shipped = status in facts.OPEN or status in own[0], status in facts.SHIPPED or status in own[1]
    if not (is_open or is_shipped or status in facts.OVER):
        raise ValueError(f"status {status}")
    completed = time_of(order.get("date_completed_gmt"))
    left = is_shipped or (not is_open and completed is not None)  # over after it was shipped: the goods are out
    before, after = _refunded(refunds, completed if left else None)
    number = str(whole(order["id"]))
    lines = tuple(
        _line(LineKey(CHANNEL, shop, number, str(whole(line["id"]))), line, listing_of(line), before, after,
              is_open=is_open, left=left)
        for line in order["line_items"]
    )  # fmt: skip
    modified, placed_at = time_of(order["date_modified_gmt"]), time_of(order["date_created_gmt"])
    if modified is None or placed_at is None:
        raise ValueError("an order without its times")
    return OrderSnapshot(CHANNEL, shop, number, f"{stamp(modified)} {stamp(read_at)}", placed_at, lines, modified)


def _line(
    key: LineKey,
    line: Mapping[str, Any],
    listing: ListingKey,
    before: Counter[str],
    after: Counter[str],
    *,
    is_open: bool,
    left: bool,
) -> LineSnapshot:
    ordered, mark = units(line["quantity"]), (line.get("marks") or {}).get(facts.REDUCED)
    taken = None if mark is None else units(mark)
    standing = max(0, ordered - before[key.line])  # not withdrawn before shipping
    back = 0 if taken is None else max(0, standing - taken)  # put back on sale after that
    return LineSnapshot(
        key=key,
        listing=listing,
        ordered=ordered,
        open=standing if is_open else 0,
        shipped=standing if left else 0,
        returned=min(after[key.line], back) if left else 0,
        taken=taken or 0,
    )


def _refunded(refunds: Iterable[Mapping[str, Any]], completed: datetime | None) -> tuple[Counter[str], Counter[str]]:
    """Units per line that were refunded before the order was shipped, and after."""
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    for refund in refunds:
        at = time_of(refund["date_created_gmt"])
        late = completed is not None and at is not None and at >= completed
        for row in refund["line_items"]:
            line = (row.get("marks") or {}).get(facts.REFUNDED_LINE)
            (after if late else before)[str(line)] += abs(units(row["quantity"]))
    return before, after


def units(value: object) -> int:
    """A count, which plug-ins may write as 2.0. Raises TypeError, ValueError for a part of a unit (T13)."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and value.endswith(".0"):
        return int(value[:-2])
    return whole(value)


def time_of(text: object) -> datetime | None:
    """T7: the `_gmt` fields are UTC without saying so. Raises ValueError."""
    return datetime.fromisoformat(str(text)).replace(tzinfo=UTC) if text else None
