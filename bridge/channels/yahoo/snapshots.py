"""One order of Yahoo, as orderList heads it and orderInfo shows it, as a snapshot (yahoo.md §3). Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bridge.channels.answers import whole
from bridge.channels.stamps import stamp
from bridge.channels.yahoo import facts
from bridge.channels.yahoo.xmltext import Node, nodes, text
from bridge.clock import JST
from bridge.domain.orders import LineKey, LineSnapshot, ListingKey, OrderSnapshot

CHANNEL = "yahoo"


def listing_key(item_code: str, sub_code: str) -> ListingKey:
    """The pair is the key: the same sub-code may stand under several items (§4)."""
    return ListingKey(CHANNEL, f"{item_code}:{sub_code}" if sub_code else item_code)


@dataclass(frozen=True)
class Mark:
    """By which two answers about one order are compared: both are new with every change of it."""

    version: str
    updated: str


@dataclass(frozen=True)
class Header:
    """What orderList tells of an order. `updated` None where it tells none; without `placed_at` all else is unknown,
    and the order has to be asked for."""

    order: str
    mark: Mark
    placed_at: datetime | None
    updated: datetime | None
    open: bool


@dataclass(frozen=True)
class Order:
    """What orderInfo tells of an order. `kin`: the orders it was split from or into · `closes`: the items whose stock
    Yahoo has closed because of it."""

    mark: Mark
    snapshot: OrderSnapshot
    kin: tuple[str, ...]
    closes: tuple[str, ...]


def header(node: Node) -> Header:
    """Raises ValueError where not even the order's id is told."""
    if not (order := text(node, "OrderId")):
        raise ValueError("an order without OrderId")
    updated = text(node, "LastUpdateTime")
    try:
        still_open = _number(node, "OrderStatus") in facts.STATUS_OPEN and _number(node, "ShipStatus") < facts.SHIPPED
        return Header(
            order,
            _mark(node),
            _moment(text(node, "OrderTime")),
            _moment(updated) if updated else None,
            still_open,
        )
    except (TypeError, ValueError):
        return Header(order, _mark(node), None, None, open=True)


def order(node: Node, shop: str, read_at: datetime) -> Order:
    """Raises LookupError, TypeError, ValueError where something is missing or unknown."""
    number, status = text(node, "OrderId"), whole(text(node, "OrderStatus"))
    if status not in facts.STATUS_OPEN | {facts.STATUS_CANCELLED, facts.STATUS_FINISHED}:
        raise ValueError(f"OrderStatus {status}")
    lines = tuple(_lines(node, shop, number, status))
    if not lines and status != facts.STATUS_CANCELLED:
        raise ValueError("an order without lines")
    if len({line.key for line in lines}) < len(lines):
        raise ValueError("a LineId twice")
    mark = _mark(node)
    out_of_stock = status == facts.STATUS_CANCELLED and _number(node, "CancelReason") == facts.REASON_OUT_OF_STOCK
    snapshot = OrderSnapshot(
        channel=CHANNEL,
        shop=shop,
        order=number,
        version=version(mark, read_at),
        placed_at=_moment(text(node, "OrderTime")),
        lines=lines,
    )
    kin = [text(node, name) for name in ("ParentOrderId", "ChildOrderId")]
    return Order(
        mark,
        snapshot,
        tuple(each for names in kin for each in names.split(",") if each),
        tuple(sorted({line.listing.id for line in lines})) if out_of_stock else (),
    )


def version(mark: Mark, read_at: datetime) -> str:
    """Yahoo's own number of the order's state first, then when it was read."""
    return f"{whole(mark.version):010d} {stamp(read_at)}"


def _lines(node: Node, shop: str, number: str, status: int) -> Iterator[LineSnapshot]:
    """There is no cancelled quantity: what was withdrawn is simply less, or gone (§3.4)."""
    cancelled = status == facts.STATUS_CANCELLED
    [ship] = nodes(node, "Ship")
    shipped = _number(ship, "ShipStatus") >= facts.SHIPPED or status == facts.STATUS_FINISHED
    # Given back: it had been shipped, whatever ShipStatus says by now. Whether the goods are there is for people.
    shipped = shipped or (cancelled and _number(node, "CancelReason") == facts.REASON_RETURNED)
    for item in nodes(node, "Item"):
        units = whole(text(item, "Quantity"))
        line = text(item, "LineId")
        if not line:
            raise ValueError("a line without LineId")
        yield LineSnapshot(
            key=LineKey(CHANNEL, shop, number, line),
            listing=listing_key(text(item, "ItemId"), text(item, "SubCode")),
            ordered=units,
            open=0 if cancelled or shipped else units,
            shipped=units if shipped else 0,
            returned=0,  # never reported
            # Whether a cancellation puts units back on sale is the item's setting or unknown (§2.5): they are taken to
            # have stayed away, which never sells a unit twice.
            taken=units,
        )


def _mark(node: Node) -> Mark:
    return Mark(text(node, "Version"), text(node, "LastUpdateTime"))


def _number(node: Node, name: str) -> int:
    """-1 where it is missing or empty, which it often is."""
    found = text(node, name)
    return whole(found) if found else -1


def _moment(given: str) -> datetime:
    at = datetime.fromisoformat(given)
    return at if at.tzinfo else at.replace(tzinfo=JST)
