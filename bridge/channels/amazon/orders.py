"""Reading orders from Amazon: all that changed since, page by page, and daily what an index may have lost
(amazon.md §4.4).

Few pages may be asked for (20 at once, then one in three minutes), so a long paging goes on where the last poll had to
stop.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bridge.channel_settings import Amazon
from bridge.channels.amazon import facts
from bridge.channels.amazon.snapshots import cancel_asked, order_snapshot
from bridge.channels.amazon.wire import MALL, AmazonRefused, NotFound, SpApi, csv
from bridge.channels.answers import Unread, senseless
from bridge.channels.http import Operation, Seams
from bridge.channels.port import OrdersRead
from bridge.channels.stamps import SerialReads
from bridge.domain.orders import OrderSnapshot
from bridge.errors import Hint, NeedsKey, NeedsPerson, TryAgain

# Patient enough for a 429: the next token comes after three minutes (§3.3).
SEARCH = Operation("searchOrders", "GET", "/orders/2026-01-01/orders", "searchOrders", seconds=400.0)
GET = Operation("getOrder", "GET", "/orders/2026-01-01/orders/{}", "getOrder")


@dataclass
class _Round:
    """One read from its start to its last page. `since`: from when on it finds all that changed · `moved_at`: when its
    last page came · `queries`: what is still to be searched · `token`: the next page of the first of them."""

    since: datetime
    began: datetime
    began_at: float
    moved_at: float
    sweeps: bool
    queries: deque[dict[str, str]]
    token: str | None = None
    orders: dict[str, OrderSnapshot] = field(default_factory=dict)
    problems: dict[str, Hint] = field(default_factory=dict)
    cancel_asked: set[str] = field(default_factory=set)


class OrderFeed:
    """The orders of one seller."""

    def __init__(self, settings: Amazon, api: SpApi, seams: Seams) -> None:
        self._settings = settings
        self._api = api
        self._clock = seams.clock
        self._reads = SerialReads(seams.clock)
        self._round: _Round | None = None
        self._swept_at: float | None = None
        self._looked_at: dict[str, float] = {}  # open orders that no search found, and when each was asked for
        self._unread = Unread(seams.clock)

    def read(self, since: datetime, known_open: Sequence[str]) -> OrdersRead:
        """As Channel.orders."""
        going = self._round = self._go_on(since) or self._begin(since)
        deadline = self._clock.monotonic() + facts.READ_PATIENCE.total_seconds()
        while going.queries:
            self._page(going)
            if going.queries and self._clock.monotonic() >= deadline:
                raise TryAgain(_PAGING)
        self._look_at_some(self._due(known_open, going), going)
        self._round = None
        waiting = [number for number in self._unread.orders() if number not in going.orders]
        self._unread.note([*going.problems, *waiting])
        self._swept_at = going.began_at if going.sweeps else self._swept_at
        asked = tuple(sorted(going.cancel_asked))
        return OrdersRead(tuple(going.orders.values()), going.began, going.problems, asked)

    def search_one(self) -> None:
        """The smallest search there is, for `check`: is the right there?"""
        start = self._clock.now() - timedelta(hours=1)
        self._ask(self._query("createdAfter", start) | {"maxResultsPerPage": "1"})

    def get_one(self, number: str) -> None:
        """Ask for one order, for `check`: is the right there?"""
        try:
            self._order(number)
        except AmazonRefused:
            return

    # Searching.

    def _go_on(self, since: datetime) -> _Round | None:
        """A round that was interrupted, if it finds all that is asked for and was getting on."""
        going = self._round
        if going is None or going.since > since:
            return None
        idle = self._clock.monotonic() - going.moved_at
        return going if idle < facts.PAGING_IDLE.total_seconds() else None

    def _begin(self, since: datetime) -> _Round:
        began, at = self._clock.now(), self._clock.monotonic()
        oldest = began - timedelta(days=self._settings.look_back_days)
        start = max(oldest, since - max(facts.OVERLAP, timedelta(seconds=self._settings.lag_seconds)))
        sweeps = self._swept_at is None or at - self._swept_at >= facts.SWEEP_EVERY.total_seconds()
        # An order that has just changed again is in no search by changes until two minutes later, however long ago it
        # was placed: only a search by the time of the order is complete.
        placed = max(oldest, min(start, began - facts.SWEEP) if sweeps else start)
        queries = deque([self._query("lastUpdatedAfter", start), self._query("createdAfter", placed)])
        return _Round(since, began, at, at, sweeps, queries)

    def _query(self, after: str, start: datetime) -> dict[str, str]:
        """No statuses are named, so that pending and cancelled orders come too (§0.4), and no end: the service takes
        the newest that it has."""
        return {
            after: _time(start),
            "marketplaceIds": self._settings.marketplace,
            "includedData": csv(facts.INCLUDED),
            "maxResultsPerPage": str(facts.ORDERS_PAGE),
        }

    def _page(self, going: _Round) -> None:
        query = going.queries[0] | ({"paginationToken": going.token} if going.token else {})
        read_at = self._reads.begin()
        try:
            answer = self._ask(query)
        except NeedsPerson:
            if going.token is None:
                raise
            self._round = None  # the page's token has ended: from the start again (§4.4)
            raise TryAgain(_PAGING) from None
        going.moved_at = self._clock.monotonic()
        for order in answer["orders"]:
            self._take(order, read_at, going)
        token = (answer.get("pagination") or {}).get("nextToken")
        if not token:
            going.queries.popleft()
            going.token = None
        elif not isinstance(token, str) or token == going.token:
            self._round = None
            raise ValueError("a page without an end")
        else:
            going.token = token

    def _ask(self, query: Mapping[str, str]) -> dict[str, Any]:
        answer = self._api.must(SEARCH, query=query)
        if not isinstance(answer["orders"], list):
            raise TypeError("orders is no list")
        return answer

    def _take(self, order: Any, read_at: datetime, going: _Round, number: str | None = None) -> None:
        """Understand one order. Of two readings the later one stays. `number`: the one that was asked for."""
        number = number or str(order["orderId"])
        try:
            snapshot = order_snapshot(order, self._settings.shop, read_at)
            if snapshot.order != number:
                raise ValueError(f"another order: {snapshot.order}")
            (going.cancel_asked.add if cancel_asked(order) else going.cancel_asked.discard)(number)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            going.problems[number] = senseless(MALL, f"{type(error).__name__} {error}").hint
            return
        going.orders[number] = snapshot
        going.problems.pop(number, None)

    # Looking at single orders.

    def _due(self, known_open: Sequence[str], going: _Round) -> list[str]:
        """What is asked for by its number now: what could not be read lately, and of the open orders those that nothing
        was heard of for a day."""
        now, day = self._clock.monotonic(), facts.SWEEP_EVERY.total_seconds()
        new = now - day if self._swept_at is None else now  # at first nothing was heard of any; later, one read before
        self._looked_at = {number: self._looked_at.get(number, new) for number in known_open}
        self._looked_at |= {number: now for number in known_open if number in going.orders}
        silent = [number for number, at in self._looked_at.items() if now - at >= day]
        wanted = [number for number in dict.fromkeys([*self._unread.orders(), *silent]) if number not in going.orders]
        return wanted[: facts.LOOKS_AT_A_TIME]

    def _look_at_some(self, numbers: Sequence[str], going: _Round) -> None:
        """What the searches found is not held up by an order that can't be asked for now."""
        for number in numbers:
            try:
                self._look_at(number, going)
            except TryAgain:
                return

    def _look_at(self, number: str, going: _Round) -> None:
        """One that isn't shown, or may not be asked for, is a problem, never a cancellation."""
        read_at = self._reads.begin()
        try:
            order = self._order(number)
        except AmazonRefused as refusal:
            going.problems[number] = _MISSING if isinstance(refusal, NotFound) else refusal.hint
            return
        except NeedsKey:
            raise
        except NeedsPerson as denied:  # of this one order: the searches before it were allowed
            going.problems[number] = denied.hint
            return
        self._take(order, read_at, going, number)
        if number in self._looked_at:
            self._looked_at[number] = self._clock.monotonic()

    def _order(self, number: str) -> Any:
        return self._api.call(GET, number, query={"includedData": csv(facts.INCLUDED)})["order"]


_MISSING = Hint(
    "Amazon にこの注文が見つかりません。取消とはみなさず、読み直します。",
    "Amazon does not show this order. It is not taken as cancelled, and asked for again.",
)
_PAGING = Hint(
    "Amazon の注文が多く、続きを次の回に読みます。",
    "There are many orders at Amazon; the rest is read next time.",
)


def _time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
