"""Receipts in place of the history, on a plan that has none (pos.md §1.6, §1.8): never both, or all would count twice.

Then only what is sold and brought back is known; a count at the till, or goods that came in, show as a number that
nobody explains. The effect of a line, in units of stock:

    a sale  −1 · a line given back, or a receipt that is a return  +1 · the record that undoes another: the other sign
    · a voided receipt: its goods came back

The sign of a quantity is not settled [C]: its size is taken, and the direction from the flags (T14).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bridge.channel_settings import Smaregi
from bridge.channels.answers import SEARCH_ROUNDS, Found, senseless, whole
from bridge.channels.http import Seams
from bridge.channels.port import OrdersRead
from bridge.channels.smaregi import facts
from bridge.channels.smaregi.history import from_when, windows
from bridge.channels.smaregi.ids import CHANNEL, listing_key
from bridge.channels.smaregi.wire import MALL, TRANSACTIONS, Api, SmaregiRefused, time_of, time_text
from bridge.channels.stamps import SerialReads, stamp
from bridge.domain.orders import LineKey, LineSnapshot, OrderSnapshot
from bridge.errors import NeedsPerson

SALE = "1"  # transactionHeadDivision: all others move no goods
PARENTS = frozenset({"4", "5", "6"})  # productDivision of a bundle or set: its children say what moved (T15) [C]


class Receipts:
    """The stores of the settings."""

    def __init__(self, settings: Smaregi, api: Api, seams: Seams) -> None:
        self._settings, self._api, self._clock = settings, api, seams.clock
        self._reads = SerialReads(seams.clock)

    def read(self, since: datetime, known_open: Sequence[str]) -> OrdersRead:  # noqa: ARG002
        """As Channel.orders. A void changes an old receipt, so they are asked for by when they changed (T4)."""
        try:
            return self._read(since)
        except SmaregiRefused as refusal:  # it is our request that is wrong: nothing can be read until somebody helps
            raise NeedsPerson(refusal.hint) from refusal

    def _read(self, since: datetime) -> OrdersRead:
        began = self._clock.now()
        start = from_when(self._settings, since)
        found = Found()
        for _ in range(SEARCH_ROUNDS):
            before = len(found.orders)
            for begin, end in windows(start, began + facts.AHEAD):
                self._search(begin, end, found)
            if len(found.orders) == before:  # T12: nothing had slipped from one page to another
                break
        return OrdersRead(tuple(found.orders.values()), began, found.problems)

    def _search(self, begin: datetime, end: datetime, found: Found) -> None:
        query = {
            "upd_date_time-from": time_text(begin),
            "upd_date_time-to": time_text(end),
            "with_details": "all",
            "sort": "updDateTime",
        }
        for page in self._api.pages(TRANSACTIONS, facts.RECEIPTS_PAGE, **query):
            read_at = self._reads.begin()
            for head in page:
                if str(head["storeId"]) in self._settings.places and str(head["transactionHeadDivision"]) == SALE:
                    self._take(head, read_at, found)

    def _take(self, head: Mapping[str, Any], read_at: datetime, found: Found) -> None:
        number = str(head["transactionHeadId"])
        try:
            found.orders[number] = receipt(head, self._settings.shop, read_at)
            found.problems.pop(number, None)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            found.problems[number] = senseless(MALL, f"{type(error).__name__} {error}").hint


def receipt(head: Mapping[str, Any], shop: str, read_at: datetime) -> OrderSnapshot:
    """One receipt as it stands. Raises LookupError, TypeError, ValueError."""
    number = str(whole(head["transactionHeadId"]))
    lines = tuple(
        _line(line, head, LineKey(CHANNEL, shop, number, str(whole(line["transactionDetailId"]))))
        for line in head["details"]
        if line["productId"] is not None and str(line.get("productDivision")) not in PARENTS  # T16: a department's sale
    )
    version = f"{stamp(time_of(head['updDateTime']))} {stamp(read_at)}"
    return OrderSnapshot(CHANNEL, shop, number, version, time_of(head["transactionDateTime"]), lines)


def _line(line: Mapping[str, Any], head: Mapping[str, Any], key: LineKey) -> LineSnapshot:
    units = abs(whole(line["quantity"]))
    given_back = head["returnSales"] == "1" or line["transactionDetailDivision"] == "2"
    brings = given_back != (head["disposeDivision"] == "2")
    void = head["cancelDivision"] == "1"
    sold = 0 if brings else units
    back = units if brings != void else 0  # a void brings back what was sold, and takes again what had come back
    return LineSnapshot(
        key=key,
        listing=listing_key(str(whole(line["productId"])), str(whole(head["storeId"]))),
        ordered=sold,
        open=0,
        shipped=sold,
        returned=back,
        taken=sold - back,
    )
