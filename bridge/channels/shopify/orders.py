"""Reading orders from Shopify: all that changed since, page by page, and daily all that are open (shopify.md §6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bridge.channel_settings import Shopify
from bridge.channels.answers import Found, Unread, senseless
from bridge.channels.batches import cut
from bridge.channels.http import Seams
from bridge.channels.port import OrdersRead
from bridge.channels.shopify import documents, facts
from bridge.channels.shopify.documents import Document
from bridge.channels.shopify.ids import gid, number_of
from bridge.channels.shopify.places import Route, Routes, routes_of
from bridge.channels.shopify.snapshots import Parts, needs_parts, order_snapshot, parts_of
from bridge.channels.shopify.wire import MALL, Graph, TooCostly, next_page
from bridge.channels.stamps import SerialReads
from bridge.errors import Hint, NeedsPerson, Refused

Node = dict[str, Any]


class OrderFeed:
    """The orders of one shop."""

    def __init__(self, settings: Shopify, graph: Graph, seams: Seams) -> None:
        self._settings = settings
        self._graph = graph
        self._clock = seams.clock
        self._reads = SerialReads(seams.clock)
        self._routed = settings.places is not None
        self._page = facts.ROUTED_ORDERS_PAGE if self._routed else facts.ORDERS_PAGE
        self._swept_at: float | None = None
        self._followed_at = seams.clock.monotonic()
        self._unrouted: set[str] = set()  # orders that Shopify is still to assign
        self._unread = Unread(seams.clock)

    def read(self, since: datetime, known_open: Sequence[str]) -> OrdersRead:
        """As Channel.orders."""
        began, at = self._clock.now(), self._clock.monotonic()
        # Some changes don't touch an order's updatedAt, and an index may lose one: look at all that is open, daily.
        sweep = self._swept_at is None or at - self._swept_at >= facts.SWEEP_EVERY.total_seconds()
        oldest = began - timedelta(days=self._settings.look_back_days)
        start = max(oldest, since - timedelta(seconds=self._settings.lag_seconds))
        found = Found()
        try:
            self._search(f"updated_at:>='{_time(start)}'", found)
            follow = self._routed and at - self._followed_at >= facts.ROUTES_EVERY.total_seconds()
            again = set(self._unread.orders()) | self._unrouted | set(known_open if follow else ())
            if sweep:
                if start > oldest:
                    self._search(f"created_at:>='{_time(oldest)}' status:open", found)
                again |= set(known_open)
            self._look_at(sorted(again - found.orders.keys()), found)
        except Refused as refusal:  # it is our request that is wrong: no order can be read until somebody helps
            raise NeedsPerson(refusal.hint) from refusal
        self._unread.note(found.problems)
        self._swept_at = at if sweep else self._swept_at
        self._followed_at = at if follow else self._followed_at
        return OrdersRead(tuple(found.orders.values()), began, found.problems)

    def _search(self, query: str, found: Found) -> None:
        after, more = None, True
        while more:
            read_at = self._reads.begin()
            try:
                document = documents.ROUTED_ORDERS if self._routed else documents.ORDERS
                page = self._graph.ask(document, {"q": query, "first": self._page, "after": after})["orders"]
            except TooCostly:
                if self._page == 1:
                    raise
                self._page = max(1, self._page // 2)
                continue
            for node in page["nodes"]:
                self._take(node, read_at, found)
            more = page["pageInfo"]["hasNextPage"]
            after = next_page(after, page["pageInfo"]) if more else None

    def _look_at(self, numbers: Sequence[str], found: Found) -> None:
        """Orders by their numbers. One that isn't shown (older than we may read) is a problem, never a cancellation."""
        document = documents.ROUTED_ORDERS_BY_ID if self._routed else documents.ORDERS_BY_ID
        for batch in cut(numbers, facts.ROUTED_ORDERS_PAGE if self._routed else facts.ORDERS_BY_ID):
            read_at = self._reads.begin()
            ids = [gid("Order", number) for number in batch]
            nodes = self._graph.ask(document, {"ids": ids})["nodes"]
            found.problems |= dict.fromkeys(batch, _MISSING)
            for node in nodes:
                if node:
                    self._take(node, read_at, found)

    def _take(self, node: Node, read_at: datetime, found: Found) -> None:
        """Understand one order. Of two readings the later one stays."""
        number = number_of(node["id"])
        try:
            lines = list(self._lines(node))
            needed = needs_parts(node, lines)
            if needed or self._routed:
                node = self._with_all_parts(node)
            parts = self._parts(node) if needed else None
            routes = self._routes(node, lines, read_at) if self._routed else None
            settings = self._settings
            found.orders[number] = order_snapshot(node, lines, parts, settings.shop, settings.numbers, read_at, routes)
            found.problems.pop(number, None)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            found.problems[number] = senseless(MALL, f"{type(error).__name__} {error}").hint

    def _lines(self, node: Node) -> Iterator[Node]:
        first = node["lineItems"]
        if first["pageInfo"]["hasNextPage"]:
            yield from self._graph.pages(documents.LINES, {"id": node["id"]}, "order", "lineItems")
        else:
            yield from first["nodes"]

    def _routes(self, node: Node, lines: Sequence[Node], read_at: datetime) -> Routes:
        """Where the lines are assigned to. Shopify assigns them a moment later: until then the order is looked at
        again."""
        orders, number = node["fulfillmentOrders"], number_of(node["id"])
        pages = [orders, *(each["lineItems"] for each in orders["nodes"])]
        if any(page["pageInfo"]["hasNextPage"] for page in pages):
            nodes = list(self._graph.pages(documents.ROUTES, {"id": node["id"]}, "order", "fulfillmentOrders"))
        else:
            nodes = orders["nodes"]
        standing = _standing(node["fulfillments"])
        routes = routes_of(nodes, [number_of(each["location"]["id"]) for each in standing if each["location"]])
        if node["retailLocation"] is not None and not routes:  # sold over a counter
            counter = number_of(node["retailLocation"]["id"])
            return {line["id"]: Route(done=Counter({counter: line["quantity"]})) for line in lines}
        young = read_at - datetime.fromisoformat(node["createdAt"]) < facts.ROUTED_WITHIN
        waits = young and node["cancelledAt"] is None and any(line["id"] not in routes for line in lines)
        (self._unrouted.add if waits else self._unrouted.discard)(number)
        return routes

    def _with_all_parts(self, node: Node) -> Node:
        """With its whole lists of refunds and fulfillments, of which an order shows the first few."""
        if max(len(node["refunds"]), len(node["fulfillments"])) < facts.PARTS_AT_ONCE:
            return node
        document = documents.ROUTED_PARTS if self._routed else documents.PARTS
        return node | (self._graph.ask(document, {"id": node["id"]})["order"] or {})

    def _parts(self, node: Node) -> Parts:
        return parts_of(
            list(self._lines_of(node["refunds"], documents.REFUND, "refund")),
            list(self._lines_of(_standing(node["fulfillments"]), documents.FULFILLMENT, "fulfillment")),
        )

    def _lines_of(self, parts: Sequence[Mapping[str, Any]], document: Document, name: str) -> Iterator[Node]:
        for part in parts:
            yield from self._graph.pages(document, {"id": part["id"]}, name, "lines")


def _standing(fulfillments: Sequence[Node]) -> list[Node]:
    """Those that sent anything off, and were not taken back."""
    return [each for each in fulfillments if each["status"] not in facts.NOT_SHIPPED]


_MISSING = Hint(
    "Shopify にこの注文が見つかりません (60 日より前は read_all_orders の権限が要ります)。取消とはみなしません。",
    "Shopify does not show this order (beyond 60 days read_all_orders is needed). It is not taken as cancelled.",
)


def _time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
