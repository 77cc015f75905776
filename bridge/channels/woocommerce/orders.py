"""Reading orders: all that changed since, what was thrown away, and daily all that is open (§2, Orders)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bridge.channel_settings import WooCommerce
from bridge.channels.answers import SEARCH_ROUNDS, Found, Unread, senseless
from bridge.channels.batches import cut
from bridge.channels.http import Seams
from bridge.channels.port import OrdersRead
from bridge.channels.stamps import SerialReads
from bridge.channels.woocommerce import facts
from bridge.channels.woocommerce.parents import Parents
from bridge.channels.woocommerce.snapshots import order_snapshot
from bridge.channels.woocommerce.wire import MALL, Rest, WooRefused
from bridge.errors import Hint, NeedsPerson, Refused

FIELDS = "id,status,date_created_gmt,date_modified_gmt,date_completed_gmt,line_items,refunds"
"""All that is asked for: nobody's name or address comes this way."""
REFUND_FIELDS = "id,date_created_gmt,line_items"


class OrderFeed:
    """The orders of one shop."""

    def __init__(self, settings: WooCommerce, rest: Rest, parents: Parents, seams: Seams) -> None:
        self._settings, self._rest, self._parents = settings, rest, parents
        self._clock = seams.clock
        self._reads = SerialReads(seams.clock)
        self._swept_at: float | None = None
        self._trash_at: float | None = None
        self._trash_since: datetime | None = None
        self._unread = Unread(seams.clock)

    def read(self, since: datetime, known_open: Sequence[str]) -> OrdersRead:
        """As Channel.orders."""
        began, at = self._clock.now(), self._clock.monotonic()
        sweep = self._due(self._swept_at, at, facts.SWEEP_EVERY)
        trash = self._due(self._trash_at, at, facts.TRASH_EVERY)
        oldest = began - timedelta(days=self._settings.look_back_days)
        start = max(oldest, since - timedelta(seconds=self._settings.lag_seconds))
        found = Found()
        try:
            self._search(found, status="any", modified_after=_time(start))
            if trash:
                self._search(found, status="trash", modified_after=_time(min(start, self._trash_since or start)))
            again = set(self._unread.orders())
            if sweep:
                waiting = [*sorted(facts.OPEN), *self._settings.open_statuses]
                self._search(found, status=",".join(waiting), after=_time(oldest))
                again |= set(known_open)
            self._look_at(sorted(again - found.orders.keys() - found.problems.keys()), found)
        except Refused as refusal:  # it is our request that is wrong: no order can be read until somebody helps
            raise NeedsPerson(refusal.hint) from refusal
        self._unread.note(found.problems)
        self._swept_at = at if sweep else self._swept_at
        if trash:
            self._trash_at, self._trash_since = at, start
        return OrdersRead(tuple(found.orders.values()), began, found.problems)

    def search_one(self) -> None:
        """The smallest search there is, for `check`: is the right there?"""
        self._rest.get("orders", "/orders", per_page=1, status="any", _fields="id")

    @staticmethod
    def _due(last: float | None, now: float, every: timedelta) -> bool:
        return last is None or now - last >= every.total_seconds()

    def _search(self, found: Found, **query: str) -> None:
        """By id, which no change moves. A list that lost a row while it was paged through may have hidden another."""
        for _ in range(SEARCH_ROUNDS):
            totals, rows = set[int | None](), 0
            for page, total in self._pages(query):
                read_at = self._reads.begin()
                for order in page:
                    self._take(order, read_at, found)
                totals.add(total)
                rows += len(page)
            if len(totals) == 1 and totals <= {rows, None}:
                return

    def _pages(self, query: Mapping[str, str]) -> Any:
        fixed = {"orderby": "id", "order": "asc", "dates_are_gmt": "true", "_fields": FIELDS}
        return self._rest.pages("orders", "/orders", facts.ORDERS_PAGE, **fixed, **query)

    def _look_at(self, numbers: Sequence[str], found: Found) -> None:
        """Orders by their ids, one that was thrown away too. One that isn't there any more is a problem, never a
        cancellation."""
        for batch in cut(numbers, facts.ORDERS_BY_ID):
            self._search(found, include=",".join(batch), status="any")
            for number in (each for each in batch if each not in found.orders and each not in found.problems):
                self._look_at_one(number, found)

    def _look_at_one(self, number: str, found: Found) -> None:
        read_at = self._reads.begin()
        try:
            order = self._rest.get("order", f"/orders/{number}", _fields=FIELDS).json
        except WooRefused:
            found.problems[number] = _MISSING
            return
        self._take(order, read_at, found)

    def _take(self, order: Mapping[str, Any], read_at: datetime, found: Found) -> None:
        """Understand one order. Of two readings the later one stays."""
        number = str(order["id"])
        try:
            refunds = self._refunds(number) if order["refunds"] else []
            settings = self._settings
            own = settings.open_statuses, settings.shipped_statuses
            snapshot = order_snapshot(order, refunds, settings.shop, read_at, self._parents.listing_of, own)
            if snapshot is not None:
                found.orders[number] = snapshot
            found.problems.pop(number, None)
        except WooRefused as refusal:
            if not refusal.gone:
                raise
            found.problems[number] = _MISSING  # it was deleted after the list was read
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            found.problems[number] = senseless(MALL, f"{type(error).__name__} {error}").hint

    def _refunds(self, number: str) -> list[Mapping[str, Any]]:
        path = f"/orders/{number}/refunds"
        pages = self._rest.pages("orders.refunds", path, facts.ORDERS_PAGE, _fields=REFUND_FIELDS)
        return [refund for page, _ in pages for refund in page]


_MISSING = Hint(
    "WooCommerce にこの注文が見つかりません (完全に削除されたようです)。取消とはみなしません。",
    "WooCommerce does not show this order; it seems to be deleted for good. It is not taken as cancelled.",
)


def _time(at: datetime) -> str:
    """A second earlier: fractions are cut off there, and the bound itself is left out."""
    return f"{at.astimezone(UTC) - timedelta(seconds=1):%Y-%m-%dT%H:%M:%S}"
