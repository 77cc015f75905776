"""Reading orders: all that changed since, those that lists hide, and daily all that is open (§1, Orders)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bridge.channel_settings import EcCube
from bridge.channels.answers import SEARCH_ROUNDS, Found, Unread, senseless
from bridge.channels.batches import cut
from bridge.channels.eccube import documents, facts
from bridge.channels.eccube.snapshots import order_snapshot
from bridge.channels.eccube.wire import MALL, Graph
from bridge.channels.http import Seams
from bridge.channels.port import OrdersRead
from bridge.channels.stamps import SerialReads
from bridge.errors import Hint, NeedsPerson, Refused


class OrderFeed:
    """The orders of one shop."""

    def __init__(self, settings: EcCube, graph: Graph, seams: Seams) -> None:
        self._settings, self._graph, self._clock = settings, graph, seams.clock
        self._reads = SerialReads(seams.clock)
        self._swept_at: float | None = None
        self._unread = Unread(seams.clock)

    def read(self, since: datetime, known_open: Sequence[str]) -> OrdersRead:
        """As Channel.orders."""
        began, at = self._clock.now(), self._clock.monotonic()
        sweep = self._swept_at is None or at - self._swept_at >= facts.SWEEP_EVERY.total_seconds()
        oldest = began - timedelta(days=self._settings.look_back_days)
        start = max(oldest, since - timedelta(seconds=self._settings.lag_seconds))
        found = _Found(known=frozenset(known_open))
        try:
            self._search(found, documents.ORDERS, start, None)
            self._search(found, documents.ORDERS, start, facts.HIDDEN)  # T2
            again = set(self._unread.orders())
            if sweep:
                waiting = (*sorted(facts.OPEN), *self._settings.open_statuses)
                self._search(found, documents.OPEN_ORDERS, oldest, waiting)
                again |= set(known_open)
            self._look_at(sorted(again - found.orders.keys() - found.problems.keys()), found)
        except Refused as refusal:  # it is our request that is wrong: no order can be read until somebody helps
            raise NeedsPerson(refusal.hint) from refusal
        self._unread.note(found.problems)
        self._swept_at = at if sweep else self._swept_at
        return OrdersRead(tuple(found.orders.values()), began, found.problems)

    def _search(self, found: _Found, document: str, since: datetime, status: Sequence[str] | None) -> None:
        """T9: the last changed first, so that rows come twice while it is paged through."""
        given = {"since": _time(since), "status": list(status) if status else None}
        for _ in range(SEARCH_ROUNDS):
            totals, seen = set[int](), set[str]()
            for page, total in self._graph.pages("orders", document, "orders", facts.ORDERS_PAGE, given):
                read_at = self._reads.begin()
                for order in page:
                    self._take(order, read_at, found)
                totals.add(total)
                seen |= {str(order["id"]) for order in page}
            if totals == {len(seen)}:
                return

    def _look_at(self, numbers: Sequence[str], found: _Found) -> None:
        """Orders by their ids. One that isn't there any more is a problem, never a cancellation."""
        for batch in cut(numbers, facts.ORDERS_BY_ID):
            read_at = self._reads.begin()
            given = {f"i{row}": number for row, number in enumerate(batch)}
            answer = self._graph.ask("orders", documents.orders_by_id(len(batch)), given)
            for row, number in enumerate(batch):
                if answer[f"o{row}"] is None:
                    found.problems[number] = _MISSING
                else:
                    self._take(answer[f"o{row}"], read_at, found)

    def _take(self, order: Mapping[str, Any], read_at: datetime, found: _Found) -> None:
        """Understand one order. Somebody at the checkout has ordered nothing yet; who went back there, nothing any
        more."""
        number = str(order["id"])
        try:
            settings = self._settings
            own = settings.open_statuses, settings.shipped_statuses
            if str(order["OrderStatus"]["id"]) != facts.BUYING or number in found.known:
                found.orders[number] = order_snapshot(order, settings.shop, read_at, own)
            found.problems.pop(number, None)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            found.problems[number] = senseless(MALL, f"{type(error).__name__} {error}").hint


@dataclass
class _Found(Found):
    """`known`: those that we hold open."""

    known: frozenset[str] = frozenset()


_MISSING = Hint(
    "EC-CUBE にこの注文が見つかりません。取消とはみなしません。",
    "EC-CUBE does not show this order. It is not taken as cancelled.",
)


def _time(at: datetime) -> str:
    """The only form that it takes: an offset with a colon, no fractions."""
    return f"{at:%Y-%m-%dT%H:%M:%S}+00:00"
