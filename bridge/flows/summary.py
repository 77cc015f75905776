"""集計 out of the ledger: what moved and was sold, by business day, and how the channels are doing.

A business day is one of the spreadsheet's time zone, wherever the server stands. Movements are facts that nobody
changes, so the stock of any past day can be computed again and the trend needs no history of its own; the sums of days
that ended are kept in memory until one of their movements is forgotten, renamed, or joined by a later one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING

from bridge.domain.edit_book import Standing
from bridge.domain.stock import Cause
from bridge.domain.summary import (
    COUNTER,
    ORDERED,
    TREND,
    WAREHOUSE,
    ChannelRow,
    Limits,
    Moved,
    Stocked,
    Summary,
    latency_of,
)
from bridge.flows.health import health_in
from bridge.flows.shop import Shop, places, sold_unseen
from bridge.ledger.ledger import Tx
from bridge.ledger.questions import OpenQuestion
from bridge.ledger.reports import Dated

if TYPE_CHECKING:
    from bridge.sheet.frames import Days

MEASURED = timedelta(days=1)  # sales whose way to the other channels is measured

Token = tuple[object, ...]


def day_of(at: datetime, zone: tzinfo) -> date:
    """The business day of a moment."""
    return at.astimezone(zone).date()


def midnight(day: date, zone: tzinfo) -> datetime:
    """When a business day begins."""
    return datetime.combine(day, time(), zone)


@dataclass
class Summariser:
    """Makes a Summary, again and again. `closed`: the days that ended, and what they were computed from."""

    shop: Shop
    limits: Limits
    token: Token = ()
    closed: Days | None = None

    def make(self, tx: Tx, zone: tzinfo, costs: Mapping[str, Decimal] | None) -> Summary:
        """`costs`: of one unit by SKU; None: no cost and no value is told."""
        from bridge.sheet import frames  # pandas, late

        today = day_of(tx.at, zone)
        days = self._days(tx, zone, today)
        stock = stocked(tx)
        channels = list(self.shop.channels)
        found = frames.products(days, stock, _kept_back(tx), today, self.limits, costs)
        return Summary(
            today=today,
            products=found,
            places=frames.places(stock, list(places(tx).sells), costs),
            sales=frames.sales(days, today, channels),
            trend=frames.trend(days, sum(each.on_hand for each in stock), today),
            channels=_channels(tx, self.shop),
            edits=tx.reports.edits(),
            questions=len(tx.questions.open()),
            unpriced=None if costs is None else sum(each.on_hand for each in found if each.sku not in costs),
        )

    def _days(self, tx: Tx, zone: tzinfo, today: date) -> Days:
        """Every business day of the window."""
        from bridge.sheet import frames

        window = max(TREND, self.limits.dead)
        first, begins = today - timedelta(days=window), midnight(today, zone)
        booked = tx.reports.first_booked()
        known_from = today if booked is None else max(first, day_of(booked, zone))
        token = (today, str(zone), known_from, tx.reports.before(begins), tuple(tx.get("aliases", {}).items()))
        if self.closed is None or token != self.token:
            past = tx.reports.booked(self.shop.tills, midnight(first, zone), begins)
            self.closed, self.token = frames.Days.of(self._moved(tx, past, zone), known_from), token
        now = tx.reports.booked(self.shop.tills, begins)
        return self.closed.and_then(frames.Days.of(self._moved(tx, now, zone), known_from))

    def _moved(self, tx: Tx, rows: Iterable[Dated], zone: tzinfo) -> list[Moved]:
        sells = places(tx).sells
        counted = {facts.counts_at for facts in self.shop.channels.values()} - {"", *sells}
        return [
            Moved(
                each.sku,
                each.location,
                each.on_hand,
                each.allocated,
                each.cause,
                _sold_by(each, counted),
                day_of(each.moved_at, zone),
                day_of(each.sold_at, zone),
            )
            for each in rows
        ]


def _sold_by(each: Dated, counted: set[str]) -> str:
    """The channel that sold; "" where it is no sale."""
    if each.cause in ORDERED:
        return each.channel
    if each.cause is Cause.SOLD_HERE:
        return COUNTER
    fell = each.cause is Cause.COUNTED and each.location in counted and each.on_hand < 0
    return WAREHOUSE if fell else ""


def stocked(tx: Tx) -> list[Stocked]:
    """What lies where, now. A product that has ended and left nothing is not told of."""
    sells = places(tx).sells
    known = tx.sheet.skus()
    return [
        Stocked(sku, location, balance.on_hand, balance.allocated, bool(sells.get(location)) and balance.stocked)
        for (sku, location), balance in sorted(tx.stock.balances().items())
        if (balance.stocked and sku in known and known[sku].standing is not Standing.RETIRED)
        or balance.on_hand
        or balance.allocated
    ]


def _kept_back(tx: Tx) -> Counter[str]:
    """Units by SKU that are not for sale: safety stock, and what sold unseen."""
    safety = {sku: record.safety for sku, record in tx.sheet.skus().items()}
    return sold_unseen(tx.listings.all().values()) + Counter(safety)


def _channels(tx: Tx, shop: Shop) -> list[ChannelRow]:
    seconds: dict[str, list[float]] = {}
    for each in tx.reports.shown(tx.at - MEASURED):
        seconds.setdefault(each.channel, []).append((each.at - each.sold_at).total_seconds())
    questions = tx.questions.open()
    return [
        ChannelRow(
            name=each.name,
            live=each.live,
            contact=str(each.contact.value),
            heard_at=each.heard_at,
            latency=latency_of(seconds.get(each.name, [])),
            waiting=each.lowering + each.raising,
            matters=sum(_is_about(question, each.name) for question in questions),
        )
        for each in health_in(tx, shop).channels
    ]


def _is_about(question: OpenQuestion, channel: str) -> bool:
    subject = question.subject.partition("/")[0]
    return channel in (subject, question.data.get("channel"))
