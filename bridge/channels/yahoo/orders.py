"""Reading orders from Yahoo: their headers by order time, then one by one those that are new or changed (yahoo.md §3).

Yahoo has no "changed since", and shows an order that was held for fraud review later, with its old time. So orders of
the last days, weeks and months are looked at again, each span in its own rhythm. Headers are cheap, 2000 in a call; an
order itself is a call of more than a second: it is read only where its header is not the one that it was last read at.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bridge.channel_settings import Yahoo
from bridge.channels.answers import Unread, senseless, whole
from bridge.channels.http import Seams
from bridge.channels.port import OrdersRead
from bridge.channels.stamps import SerialReads
from bridge.channels.yahoo import facts
from bridge.channels.yahoo.snapshots import Header, Order, header, order, version
from bridge.channels.yahoo.wire import MALL, ORDER_COUNT, ORDER_INFO, ORDER_LIST, Wire, YahooRefused
from bridge.channels.yahoo.xmltext import nodes, text
from bridge.clock import JST
from bridge.domain.orders import OrderSnapshot
from bridge.errors import Hint, NeedsPerson, TryAgain

LIST_ROUNDS = 3  # times a list is begun anew because it changed while it was paged through
HEADER_FIELDS = (
    "OrderId,Version,OrderTime,LastUpdateTime,OrderStatus,PayStatus,ShipStatus,IsSplit,ParentOrderId,FraudHoldStatus"
)
ORDER_FIELDS = (
    "OrderId,Version,OrderTime,LastUpdateTime,OrderStatus,IsSplit,ParentOrderId,ChildOrderId,CancelReason,"
    "FraudHoldStatus,ShipStatus,LineId,ItemId,SubCode,Quantity"
)
SIGNATURE = "X-SWS-Authorize-Status"


class OrderFeed:
    """The orders of one store."""

    def __init__(self, settings: Yahoo, wire: Wire, seams: Seams) -> None:
        self._settings, self._wire, self._clock = settings, wire, seams.clock
        self._reads = SerialReads(seams.clock)
        self._unread = Unread(seams.clock)
        self._kept: dict[str, Order] = {}  # as they were last read
        self._untold = set[str]()  # read, and in no answer yet: the read broke off, or its kin could not be read
        self._swept_at: dict[timedelta, float] = {}

    def read(self, since: datetime, known_open: Sequence[str]) -> OrdersRead:
        """As Channel.orders. It is complete until the first new order that Yahoo is silent about was placed; one that
        it is silent about for a day holds up nothing any more, and is left to the people who were told of it."""
        began, at = self._clock.now(), self._clock.monotonic()
        read_at = self._reads.begin()
        spans = self._spans_due(at)
        oldest = began - timedelta(days=self._settings.look_back_days)
        lagged = since - timedelta(seconds=self._settings.lag_seconds)
        start = self._start(lagged, began, spans, known_open)
        headers = {each.order: each for each in self._headers(start, began + facts.CLOCK_SKEW)}
        asked = {*known_open, *self._unread.orders(), *self._untold}
        news = [each.order for each in headers.values() if self._matters(each, lagged, began, oldest)]
        told, problems, silent = self._get_all([*news, *sorted(asked)], headers, read_at)
        self._unread.note(problems)
        unheard = silent.intersection(self._unread.orders()).difference(known_open)
        placed = [headers[each].placed_at for each in unheard & headers.keys()]
        self._untold &= problems.keys()
        self._swept_at |= dict.fromkeys(spans, at)
        self._forget(oldest, known_open)
        strange = {each.order for each in headers.values() if each.placed_at is None}.difference(known_open)
        found = [each for each in told if each.placed_at >= oldest or each.order not in strange]
        complete = min([began, *(each for each in placed if each is not None and each >= since)])
        return OrdersRead(tuple(found), complete, problems, alarms=self._alarms(began))

    def list_one(self) -> None:
        """The smallest list there is, for `check`: is the right there?"""
        now = self._clock.now()
        self._list(now - timedelta(hours=1), now, 1, 1)

    def get_one(self, number: str) -> None:
        """Ask for one order, for `check`: is the right there?"""
        try:
            self._info(number, self._clock.now())
        except YahooRefused as refusal:
            if facts.NOT_EXISTS not in refusal.message:
                raise

    def count(self) -> None:
        """For `check`: is the application approved, and our address known?"""
        self._wire.orders.call(ORDER_COUNT, query={"sellerId": self._settings.shop})

    # --- which orders ------------------------------------------------------------------------------------------------

    def _spans_due(self, at: float) -> list[timedelta]:
        return [
            span
            for every, span in facts.SWEEPS
            if span not in self._swept_at or at - self._swept_at[span] >= every.total_seconds()
        ]

    def _start(self, lagged: datetime, now: datetime, spans: list[timedelta], known_open: Sequence[str]) -> datetime:
        """From when on orders are listed: a lag before the last read, a span that is due, and the oldest open order;
        listing that far costs a call, asking for each open order would cost one each."""
        placed = [self._kept[each].snapshot.placed_at for each in known_open if each in self._kept]
        look_back = timedelta(days=self._settings.look_back_days)
        start = min([lagged, *(now - min(span, look_back) for span in spans), *placed])
        return max(start, now - facts.LIST_REACH)

    def _matters(self, each: Header, lagged: datetime, now: datetime, oldest: datetime) -> bool:
        """Whether an order may be news. One that is over and hasn't changed since it was last listed was in an earlier
        answer; one from before the look-back was never booked, and shall not be now."""
        if each.placed_at is None:
            return True  # what it is only the order itself tells
        if each.placed_at < oldest:
            return False
        if each.open or each.updated is None:
            return True
        known = self._kept.get(each.order)
        if known is not None and known.mark != each.mark:
            return True
        seen_by = lagged if known is not None else lagged - _rhythm(now - each.placed_at)
        return each.updated >= seen_by.replace(microsecond=0)

    def _forget(self, oldest: datetime, known_open: Sequence[str]) -> None:
        still_open = set(known_open)
        self._kept = {
            number: each
            for number, each in self._kept.items()
            if each.snapshot.placed_at >= oldest or number in still_open
        }

    # --- lists -------------------------------------------------------------------------------------------------------

    def _headers(self, start: datetime, end: datetime) -> list[Header]:
        """All orders placed in [start, end]; one may stand there twice."""
        found: list[Header] = []
        while start < end:
            stop = min(end, start + facts.LIST_WINDOW)
            found += self._window(start, stop)
            start = stop  # windows share their ends, since nobody knows whether these are included
        return found

    def _window(self, start: datetime, end: datetime) -> list[Header]:
        found: dict[str, Header] = {}
        for _ in range(LIST_ROUNDS):
            page, complete = self._pages(start, end)
            found |= {each.order: each for each in page}
            if complete:
                break
        return list(found.values())

    def _pages(self, start: datetime, end: datetime) -> tuple[list[Header], bool]:
        """The headers of one window, and whether they are as many as Yahoo counted on every page."""
        found: list[Header] = []
        total, first = None, 1
        complete = True
        for _ in range(facts.MOST_PAGES):
            count, page = self._list(start, end, first, facts.LIST_PAGE)
            complete = complete and total in (None, count)
            total, first = count, first + facts.LIST_PAGE
            found += page
            if first > count:
                return found, complete and len({each.order for each in found}) == total
        raise ValueError(f"more than {facts.MOST_PAGES} pages")

    def _list(self, start: datetime, end: datetime, first: int, size: int) -> tuple[int, list[Header]]:
        condition = {"OrderTimeFrom": _order_time(start), "OrderTimeTo": _order_time(end)}
        # The oldest first, so that orders that come in meanwhile land on the last page.
        search = {"Result": size, "Start": first, "Sort": "+order_time", "Condition": condition, "Field": HEADER_FIELDS}
        try:
            answer = self._wire.orders.call(ORDER_LIST, {"Req": {"Search": search, "SellerId": self._settings.shop}})
        except YahooRefused as refusal:  # it is our request that is wrong: nothing can be read until somebody helps
            raise NeedsPerson(refusal.hint) from refusal
        [found] = nodes(_results(answer.json), "Search")
        return whole(text(found, "TotalCount")), [header(each) for each in nodes(found, "OrderInfo")]

    # --- orders ------------------------------------------------------------------------------------------------------

    def _get_all(
        self, numbers: Iterable[str], headers: dict[str, Header], read_at: datetime
    ) -> tuple[list[OrderSnapshot], dict[str, Hint], set[str]]:
        """The orders of these numbers, with those that they were split from or into: units that went over to another
        order are never seen in both or in neither. Then what is wrong with the others, and which of them are silent.

        An order that Yahoo is silent about now is a problem of its own, and of those that it was split from or into;
        where it is silent about the next one, too, the read is given up. Raises TryAgain, NeedsPerson."""
        waiting, done = list(dict.fromkeys(numbers)), set[str]()
        found: dict[str, Order] = {}
        problems: dict[str, Hint] = {}
        silent: dict[str, Hint] = {}
        answered = True
        while waiting:
            number = waiting.pop(0)
            done.add(number)
            known = self._unchanged(number, headers)
            if known is None:
                try:
                    fresh = self._fresh(number, read_at)
                except TryAgain as error:
                    if not answered:
                        raise
                    silent[number], answered = error.hint, False
                    continue
                answered = True
                if isinstance(fresh, Hint):
                    problems[number] = fresh
                    continue
                self._kept[number] = known = fresh
                self._untold.add(number)
            found[number] = known
            if number in self._untold:
                waiting += [each for each in known.kin if each not in done and each not in waiting]
        parted = {
            number: silent[kin] for number in self._untold & found.keys() for kin in found[number].kin if kin in silent
        }
        told = [
            replace(each.snapshot, version=version(each.mark, read_at))
            for number, each in found.items()
            if number not in parted
        ]
        return told, problems | silent | parted, set(silent)

    def _unchanged(self, number: str, headers: dict[str, Header]) -> Order | None:
        """As it was last read, where it is listed as it was then."""
        known, listed = self._kept.get(number), headers.get(number)
        return known if known is not None and listed is not None and known.mark == listed.mark else None

    def _fresh(self, number: str, read_at: datetime) -> Order | Hint:
        """As Yahoo shows it now, or why it can't be told. Raises TryAgain, NeedsPerson."""
        try:
            return self._info(number, read_at)
        except YahooRefused as refusal:
            return refusal.hint
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            return senseless(MALL, f"{type(error).__name__} {error}").hint

    def _info(self, number: str, read_at: datetime) -> Order:
        """Raises YahooRefused, LookupError, TypeError, ValueError."""
        target = {"OrderId": number, "Field": ORDER_FIELDS}
        answer = self._wire.orders.call(ORDER_INFO, {"Req": {"Target": target, "SellerId": self._settings.shop}})
        [node] = nodes(_results(answer.json), "OrderInfo")
        found = order(node, self._settings.shop, read_at)
        if found.snapshot.order != number:
            raise ValueError(f"{found.snapshot.order} in place of {number}")
        return found

    # --- alarms ------------------------------------------------------------------------------------------------------

    def _alarms(self, now: datetime) -> dict[str, Hint]:
        alarms: dict[str, Hint] = {}
        if self._wire.unsigned_since is not None:
            alarms[SIGNATURE] = _unsigned(self._wire.unsigned_since + facts.UNSIGNED_LIFE)
        if self._settings.stock_close == "report":
            for number, each in self._kept.items():
                if each.closes and now - each.snapshot.placed_at < facts.CLOSE_TOLD_FOR:
                    alarms[number] = _closed(", ".join(each.closes))
        return alarms

    def closed(self) -> frozenset[str]:
        """The items that an order cancelled as out of stock has closed lately, by their listing."""
        return frozenset(code for each in self._kept.values() for code in each.closes)


def _results(body: Any) -> dict[str, Any]:
    """The content of the Result, in either envelope."""
    found = nodes(body, "ResultSet", "Result") or nodes(body, "Result")
    return dict(found[0])


def _rhythm(age: timedelta) -> timedelta:
    """How long ago, at most, an order of this age was listed before, or would have been, had it not been hidden."""
    return next((every for every, span in facts.SWEEPS if age <= span), facts.SWEEPS[-1][0])


def _order_time(at: datetime) -> str:
    """To the second, in Japan's time (§3.2)."""
    return at.astimezone(JST).strftime("%Y%m%d%H%M%S")


def _unsigned(ends: datetime) -> Hint:
    until = f"{ends.astimezone(JST):%Y-%m-%d %H:%M}"
    return Hint(
        f"Yahoo! が公開鍵を受け付けていません。このままでは {until} ごろに注文を読めなくなります。暗号鍵管理で鍵の"
        "期限と版を確かめ、新しい公開鍵とその版を入れてください。",
        f"Yahoo does not accept the public key: around {until} (Japan) orders can be read no more. Look at its expiry"
        " and version in 暗号鍵管理, and put in the new public key with its version.",
    )


def _closed(items: str) -> Hint:
    return Hint(
        f"在庫切れでキャンセルした注文のため、Yahoo! が在庫クローズにしました: {items}。数を増やしても売り切れのまま"
        "です。ストアクリエイターPro で在庫クローズを解除してください。",
        f"An order was cancelled as out of stock, so Yahoo has closed {items}: sold out whatever its number. Release it"
        " (在庫クローズ) in ストアクリエイターPro.",
    )
