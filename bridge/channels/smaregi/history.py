"""What happened at the tills, out of the history of each pair that changed (pos.md §1.8)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bridge.channel_settings import Smaregi
from bridge.channels.answers import senseless
from bridge.channels.http import Seams
from bridge.channels.port import OrdersRead
from bridge.channels.smaregi import facts
from bridge.channels.smaregi.ids import Pair
from bridge.channels.smaregi.rows import Change, change_of, fact_of, whole_chain
from bridge.channels.smaregi.wire import MALL, STOCK, Api, SmaregiRefused, changes, time_of, time_text
from bridge.channels.stamps import SerialReads
from bridge.domain.orders import OrderSnapshot
from bridge.domain.till import TillRow
from bridge.errors import Hint, NeedsPerson


@dataclass
class _Facts:
    orders: dict[str, OrderSnapshot] = field(default_factory=dict)
    rows: dict[str, TillRow] = field(default_factory=dict)


@dataclass(frozen=True)
class _Seen:
    """A pair as the list of stock showed it at `read_at`, when its history was read from `since` on."""

    changed: str
    amount: str
    since: datetime
    read_at: datetime


@dataclass(frozen=True)
class _Behind:
    """A pair whose history makes no sense yet, or doesn't reach its number: from when on it is to be read, and since
    when that is known (monotonic)."""

    since: datetime
    noticed: float


class History:
    """The stores of the settings."""

    def __init__(self, settings: Smaregi, api: Api, seams: Seams) -> None:
        self._settings, self._api, self._clock = settings, api, seams.clock
        self._reads = SerialReads(seams.clock)
        self._seen: dict[Pair, _Seen] = {}
        self._behind: dict[Pair, _Behind] = {}
        self._alarms: dict[str, Hint] = {}

    def read(self, since: datetime, known_open: Sequence[str]) -> OrdersRead:  # noqa: ARG002
        """As Channel.orders; at a till nothing stays open."""
        try:
            return self._read(since)
        except SmaregiRefused as refusal:  # it is our request that is wrong: nothing can be read until somebody helps
            raise NeedsPerson(refusal.hint) from refusal

    def _read(self, since: datetime) -> OrdersRead:
        began = self._clock.now()
        start = from_when(self._settings, since)
        found, changed, behind = _Facts(), self._changed(start, began), dict[Pair, _Behind]()
        for pair in {**changed, **self._behind}:
            seen = changed.get(pair)
            if pair in self._behind or seen is None or not self._known(pair, seen, since):
                behind |= self._look_at(pair, seen, start, began, found)
        self._behind = behind  # only now: where a call failed, nothing of this read is kept
        ordered = sorted(found.rows.values(), key=lambda row: (row.at, row.id))
        return OrdersRead(tuple(found.orders.values()), began, {}, alarms=dict(self._alarms), rows=tuple(ordered))

    def search_one(self) -> None:
        """The smallest look at a history, for `check`: is the right there, and the plan?"""
        for store in self._settings.places:
            [*rows] = self._api.call(STOCK, query={"store_id": store, "limit": "1"}).json
            for row in rows:
                self._api.call(changes((str(row["productId"]), store)), query={"limit": "1"})
                return

    def _known(self, pair: Pair, seen: _Seen, since: datetime) -> bool:
        """Whether its history was read as it stands, from as far back, and what it told was kept: whoever asks from
        before that look hasn't, as a ledger that opens anew."""
        before = self._seen.get(pair)
        same = before is not None and (before.changed, before.amount) == (seen.changed, seen.amount)
        return same and before is not None and before.since <= seen.since and before.read_at <= since

    def _look_at(
        self, pair: Pair, seen: _Seen | None, start: datetime, began: datetime, found: _Facts
    ) -> dict[Pair, _Behind]:
        """Read one pair's history; what is still behind of it. It is read again the next time where it isn't whole: it
        makes no sense, or its rows don't reach the number that is listed. Two rows of one second may leave the same
        number, so a young one is read again too. What never gets whole is left to the daily sweep."""
        behind = self._behind.get(pair, _Behind(start, self._clock.monotonic()))
        since = min(start, behind.since)
        ends = self._read_pair(pair, since, found)
        listed = seen.amount if seen else str(self._api.number(pair))
        whole = listed in ends
        if whole and seen is not None and began - time_of(seen.changed) > facts.COARSE:
            self._seen[pair] = seen
        else:
            self._seen.pop(pair, None)
        again = not whole and self._clock.monotonic() - behind.noticed <= facts.READ_AGAIN_FOR.total_seconds()
        return {pair: _Behind(since, behind.noticed)} if again else {}

    def _changed(self, start: datetime, now: datetime) -> dict[Pair, _Seen]:
        """The pairs whose number moved since `start`, asked window by window (T11)."""
        found: dict[Pair, _Seen] = {}
        for begin, end in windows(start, now + facts.AHEAD):
            for store in self._settings.places:
                period = {"upd_date_time-from": time_text(begin), "upd_date_time-to": time_text(end)}
                for page in self._api.pages(STOCK, facts.STOCK_PAGE, store_id=store, sort="productId", **period):
                    for row in page:
                        pair = str(row["productId"]), str(row["storeId"])
                        if pair[1] == store:
                            found[pair] = _Seen(str(row["updDateTime"]), str(row["stockAmount"]), start, now)
        return found

    def _read_pair(self, pair: Pair, start: datetime, found: _Facts) -> frozenset[str]:
        """One pair's facts since `start`, and the numbers that its history may end with; none where it makes no
        sense, or where the product was deleted."""
        name = "@".join(pair)
        self._alarms.pop(name, None)
        try:
            rows = self._rows(pair, start)
            read_at = self._reads.begin()
            told = [fact_of(row, self._settings.shop, read_at) for row in rows]
        except SmaregiRefused as refusal:
            if refusal.status != facts.NO_SUCH_ID:
                raise
            self._alarms[name] = refusal.hint
            return frozenset()
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            self._alarms[name] = senseless(MALL, f"{type(error).__name__} {error}").hint
            return frozenset()
        for fact in told:
            if isinstance(fact, OrderSnapshot):
                found.orders[fact.order] = fact
            elif fact is not None:
                found.rows[fact.id] = fact
        if not whole_chain(rows):
            self._alarms[name] = _A_HOLE
        newest = max((row.at for row in rows), default=start)
        return frozenset(str(row.after) for row in rows if row.at == newest)

    def _rows(self, pair: Pair, start: datetime) -> list[Change]:
        """T12: a row that comes while we page shifts the others, so a history with a hole is read once more."""
        rows = list(self._since(pair, start))
        return rows if whole_chain(rows) else list(self._since(pair, start))

    def _since(self, pair: Pair, start: datetime) -> Iterator[Change]:
        given: set[str] = set()
        for page in self._api.pages(changes(pair), facts.CHANGES_PAGE, sort="updDateTime:desc"):
            for row in page:
                change = change_of(row, pair)
                if change.at < start - facts.COARSE:
                    return
                if change.id not in given:
                    given.add(change.id)
                    yield change


def from_when(settings: Smaregi, since: datetime) -> datetime:
    """From when on what changed is asked for, by their clock, so that nothing is passed over."""
    return since - max(facts.OVERLAP, timedelta(seconds=settings.lag_seconds))


def windows(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """A long time in pieces that one question may have."""
    while start < end:
        yield start, min(end, start + facts.WINDOW)
        start += facts.WINDOW


_A_HOLE = Hint(
    "スマレジの在庫変動履歴がつながりません。抜けた動きがあるかもしれません。店の棚を数えて、在庫表の数を直してください。",
    "Smaregi's history of this product doesn't join up: a movement may be missing. Count the shelf in the shop, and"
    " correct the number in the table.",
)
