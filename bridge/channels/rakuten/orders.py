"""Reading orders from RMS: search by order date, then every order found, whole (rakuten.md §4, §5.3).

RMS has no "changed since". So every read looks again at the orders that are still open, at those that could not be read
last time and, now and then, at all orders of some days. A daily sweep as far back as orders are looked for finds what
was cancelled after it had been shipped, and what a search left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from bridge.channel_settings import Rakuten
from bridge.channels.answers import SEARCH_ROUNDS, Unread, senseless, whole
from bridge.channels.batches import cut
from bridge.channels.http import MallHttp, Operation, Seams
from bridge.channels.port import OrdersRead
from bridge.channels.rakuten import facts
from bridge.channels.rakuten.snapshots import order_snapshot
from bridge.channels.rakuten.wire import MALL, RmsRefused
from bridge.channels.stamps import SerialReads, stamp
from bridge.clock import JST
from bridge.domain.orders import OrderSnapshot
from bridge.errors import Hint, NeedsPerson

WIDE_READ_EVERY_SECONDS = 300.0

Progress = Sequence[int]

SEARCH = {
    "order": Operation("rpay.order.searchOrder", "POST", "/es/2.0/order/searchOrder/", "searchOrder"),
    "purchase_item": Operation(
        "purchaseItem.searchOrderItem", "POST", "/es/2.0/purchaseItem/searchOrderItem/", "searchOrder"
    ),
}
GET = {
    "order": Operation("rpay.order.getOrder", "POST", "/es/2.0/order/getOrder/", "getOrder"),
    "purchase_item": Operation("purchaseItem.getOrderItem", "POST", "/es/2.0/purchaseItem/getOrderItem/", "getOrder"),
}


class OrderFeed:
    """The orders of one shop."""

    def __init__(self, settings: Rakuten, http: MallHttp, seams: Seams) -> None:
        self._settings = settings
        self._http = http
        self._clock = seams.clock
        self._reads = SerialReads(seams.clock)
        self._wide_read_at: float | None = None
        self._swept_at: float | None = None
        self._unread = Unread(seams.clock)

    def read(self, since: datetime, known_open: Sequence[str]) -> OrdersRead:
        """As Channel.orders."""
        began, at = self._clock.now(), self._clock.monotonic()
        wide = self._wide_read_at is None or at - self._wide_read_at >= WIDE_READ_EVERY_SECONDS
        sweep = self._swept_at is None or at - self._swept_at >= facts.SWEEP_EVERY.total_seconds()
        start, end = self._start(since, began, wide), began + facts.CLOCK_SKEW
        numbers = self._numbers(start, end, facts.PROGRESS_ALL)
        if sweep:
            numbers += self._numbers(self._oldest(began), start, facts.PROGRESS_SWEPT)
        orders: list[OrderSnapshot] = []
        problems: dict[str, Hint] = {}
        for batch in cut(list(dict.fromkeys([*numbers, *known_open, *self._unread.orders()])), facts.GET_BATCH):
            found, unread = self._get(batch)
            orders += found
            problems |= unread
        self._unread.note(problems)
        self._wide_read_at = at if wide else self._wide_read_at
        self._swept_at = at if sweep else self._swept_at
        return OrdersRead(tuple(orders), began, problems)

    def search_one(self) -> list[str]:
        """The smallest search there is, for `check`: is the right there?"""
        now = self._clock.now()
        return _order_numbers(self._search(now - timedelta(hours=1), now, facts.PROGRESS_ALL, 1, 1))

    def get_one(self, number: str) -> None:
        """Ask for one order, for `check`: is the right there?"""
        self._get([number])

    def _start(self, since: datetime, now: datetime, wide: bool) -> datetime:
        """From when on orders are searched: a lag before `since`, and some days back every few minutes."""
        start = since - timedelta(seconds=self._settings.lag_seconds)
        if wide:
            start = min(start, now - timedelta(days=self._settings.window_days))
        return max(start, now - facts.SEARCH_REACH)

    def _oldest(self, now: datetime) -> datetime:
        return max(now - timedelta(days=self._settings.look_back_days), now - facts.SEARCH_REACH)

    def _numbers(self, start: datetime, end: datetime, progress: Progress) -> list[str]:
        """The numbers of all orders of such a progress placed in [start, end], oldest first."""
        numbers: list[str] = []
        while start < end:
            stop = min(end, start + facts.SEARCH_WINDOW)
            numbers += self._window(start, stop, progress)
            start = stop  # windows share their ends, since nobody knows whether these are included
        return numbers

    def _window(self, start: datetime, end: datetime, progress: Progress) -> list[str]:
        for _ in range(SEARCH_ROUNDS):
            numbers, complete = self._pages(start, end, progress)
            if complete:
                break
            if numbers is None:
                middle = start + (end - start) / 2
                return self._window(start, middle, progress) + self._window(middle, end, progress)
        return numbers or []

    def _pages(self, start: datetime, end: datetime, progress: Progress) -> tuple[list[str] | None, bool]:
        """The numbers of one window and whether they are as many as Rakuten counted on every page; None where there are
        too many to page through."""
        numbers: list[str] = []
        page, pages, total = 1, 1, None
        complete = True
        while page <= pages:
            answer = self._search(start, end, progress, page, facts.SEARCH_PAGE)
            counts = answer.get("PaginationResponseModel") or {}
            found = whole(counts.get("totalRecordsAmount") or 0)  # null when there is nothing
            if found >= facts.SEARCH_CEILING and end - start > timedelta(seconds=2):
                return None, False
            complete = complete and total in (None, found)
            total, pages = found, whole(counts.get("totalPages") or 0)
            if pages > facts.MOST_PAGES:
                raise ValueError(f"{pages} pages")
            numbers += _order_numbers(answer)
            page += 1
        return numbers, complete and len(numbers) == total

    def _search(self, start: datetime, end: datetime, progress: Progress, page: int, size: int) -> dict[str, Any]:
        return self._ask(
            SEARCH[self._settings.order_source],
            {
                "dateType": 1,
                "startDatetime": _order_time(start),
                "endDatetime": _order_time(end),
                "orderProgressList": progress,
                "PaginationRequestModel": {
                    "requestRecordsAmount": size,
                    "requestPage": page,
                    # The oldest first, so that orders that come in meanwhile land on the last page.
                    "SortModelList": [{"sortColumn": 1, "sortDirection": 1}],
                },
            },
        )

    def _get(self, numbers: Sequence[str]) -> tuple[list[OrderSnapshot], dict[str, Hint]]:
        """The orders of these numbers. One that isn't answered is a problem, never a cancellation."""
        source = self._settings.order_source
        began = self._reads.begin()
        body: dict[str, Any] = {"orderNumberList": list(numbers)}
        answer = self._ask(GET[source], body | ({"version": facts.ORDER_VERSION} if source == "order" else {}))
        orders: dict[str, OrderSnapshot] = {}
        problems = dict.fromkeys(numbers, _MISSING)
        for model in answer.get("OrderModelList") or []:
            number = str(model["orderNumber"])
            try:
                today = began.astimezone(JST).date()
                orders[number] = order_snapshot(model, self._settings.shop, stamp(began), today)
                problems.pop(number, None)
            except (LookupError, TypeError, ValueError, AttributeError) as error:
                problems[number] = senseless(MALL, f"{type(error).__name__} {error}").hint
        return list(orders.values()), problems

    def _ask(self, operation: Operation, given: dict[str, Any]) -> dict[str, Any]:
        try:
            answer = self._http.call(operation, given)
        except RmsRefused as refusal:  # it is our request that is wrong: no order can be read until somebody helps
            raise NeedsPerson(refusal.hint) from refusal
        body: dict[str, Any] = answer.json
        return body


_MISSING = Hint(
    "楽天がこの注文の中身を返しませんでした。取消とはみなさず、読み直します。",
    "Rakuten did not answer with this order. It is not taken as cancelled, and asked for again.",
)


def _order_numbers(answer: dict[str, Any]) -> list[str]:
    numbers: Iterable[Any] = answer.get("orderNumberList") or []
    return [str(number) for number in numbers]


def _order_time(at: datetime) -> str:
    """The only form that the order API takes: `+0900` without a colon, no fractions (§4.1)."""
    return at.astimezone(JST).strftime("%Y-%m-%dT%H:%M:%S+0900")
