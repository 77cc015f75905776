"""Reading sales: all that changed since, and daily what is held open (§3, Orders)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bridge.channel_settings import ColorMe
from bridge.channels.answers import SEARCH_ROUNDS, Found, Unread, senseless
from bridge.channels.batches import cut
from bridge.channels.colorme import facts
from bridge.channels.colorme.shapes import Shapes
from bridge.channels.colorme.snapshots import Forgotten, order_snapshot
from bridge.channels.colorme.wire import MALL, SALES, ColorMeRefused, pages
from bridge.channels.http import MallHttp, Seams
from bridge.channels.port import OrdersRead
from bridge.channels.stamps import SerialReads
from bridge.clock import JST
from bridge.errors import Hint, NeedsPerson

FIELDS = "id,make_date,update_date,delivered,canceled,details,sale_deliveries"


class OrderFeed:
    """The sales of one shop."""

    def __init__(self, settings: ColorMe, http: MallHttp, shapes: Shapes, seams: Seams) -> None:
        self._settings, self._http, self._shapes = settings, http, shapes
        self._clock = seams.clock
        self._reads = SerialReads(seams.clock)
        self._swept_at: float | None = None
        self._unread = Unread(seams.clock)
        self._units: OrderedDict[str, Mapping[str, int]] = OrderedDict()  # of the sales read lately, by line

    def read(self, since: datetime, known_open: Sequence[str]) -> OrdersRead:
        """As Channel.orders."""
        began, at = self._clock.now(), self._clock.monotonic()
        sweep = self._swept_at is None or at - self._swept_at >= facts.SWEEP_EVERY.total_seconds()
        oldest = began - timedelta(days=self._settings.look_back_days)
        start = max(oldest, since - timedelta(seconds=self._settings.lag_seconds))
        found = Found()
        try:
            self._search(found, oldest, update_date_min=_time(start))
            again = set(self._unread.orders()) | set(known_open if sweep else ())
            self._look_at(sorted(again - found.orders.keys() - found.problems.keys()), found)
        except ColorMeRefused as refusal:  # it is our request that is wrong: none can be read until somebody helps
            raise NeedsPerson(refusal.hint) from refusal
        self._unread.note(found.problems)
        self._swept_at = at if sweep else self._swept_at
        return OrdersRead(tuple(found.orders.values()), began, found.problems)

    def search_one(self) -> None:
        """The smallest search there is, for `check`: is the right there?"""
        self._http.call(SALES, query={"limit": "1", "fields": "id"})

    def _search(self, found: Found, oldest: datetime, **query: str) -> None:
        """T1: without `after`, sales of the last seven days only."""
        for _ in range(SEARCH_ROUNDS):
            totals, rows = set[int](), 0
            given = {"after": _time(oldest), "fields": FIELDS, **query}
            for page, total in pages(self._http, SALES, facts.SALES_PAGE, **given):
                read_at = self._reads.begin()
                for sale in page:
                    self._take(sale, read_at, found)
                totals.add(total)
                rows += len(page)
            if totals == {rows}:
                return

    def _look_at(self, numbers: Sequence[str], found: Found) -> None:
        """Sales by their ids, however old: what was ordered long ago is shipped at last. One that isn't there is a
        problem, never a cancellation."""
        for batch in cut([each for each in numbers if each.isdecimal()], facts.SALES_BY_ID):
            self._search(found, facts.FIRST_SALE, ids=",".join(batch))
        missing = [each for each in numbers if each not in found.orders]
        found.problems |= {each: _MISSING for each in missing if each not in found.problems}

    def _take(self, sale: Mapping[str, Any], read_at: datetime, found: Found) -> None:
        """Understand one sale. Of two readings the later one stays."""
        number = str(sale["id"])
        try:
            before = self._units.get(number, {})
            shop, listing_of = self._settings.shop, self._shapes.listing_of
            snapshot = order_snapshot(sale, before, shop, read_at, listing_of)
            self._keep(number, {line.key.line: line.ordered for line in snapshot.lines})
            found.orders[number] = snapshot
            found.problems.pop(number, None)
        except Forgotten:
            found.problems[number] = _FORGOTTEN
        except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:
            found.problems[number] = senseless(MALL, f"{type(error).__name__} {error}").hint

    def _keep(self, number: str, units: Mapping[str, int]) -> None:
        self._units[number] = units
        self._units.move_to_end(number)
        while len(self._units) > facts.REMEMBERED:
            self._units.popitem(last=False)


_MISSING = Hint(
    "カラーミーにこの受注が見つかりません。取消とはみなしません。",
    "Color Me does not show this order. It is not taken as cancelled.",
)
_FORGOTTEN = Hint(
    "発送したあとに取り消された受注です。カラーミーは個数を 0 と答えます。品物が戻ったら、在庫の数を直してください。",
    "It was cancelled after it had been sent, and Color Me tells 0 units. If the goods come back, correct the number in"
    " the table.",
)


def _time(at: datetime) -> str:
    """In Japan, to the second."""
    return f"{at.astimezone(JST):%Y-%m-%d %H:%M:%S}"
