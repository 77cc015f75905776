"""What the tills did, out of the history of movements (§2.7). Orders and refunds are not asked for: a sale of anything
that is counted has its row here, and money that goes back brings no goods with it (T36)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bridge.channel_settings import Square
from bridge.channels.answers import senseless
from bridge.channels.http import Seams
from bridge.channels.port import OrdersRead
from bridge.channels.square import facts
from bridge.channels.square.booked import Books
from bridge.channels.square.history import History
from bridge.channels.square.marks import OwnRows
from bridge.channels.square.recounts import Recounts
from bridge.channels.square.rows import Fraction, Row, row_of
from bridge.channels.square.wire import MALL, SquareRefused
from bridge.channels.stamps import SerialReads, stamp
from bridge.domain.orders import OrderSnapshot
from bridge.domain.till import TillRow
from bridge.errors import Hint, NeedsPerson


class OrderFeed:
    """The history of one merchant, at the places of the settings."""

    def __init__(self, settings: Square, history: History, own: OwnRows, seams: Seams) -> None:
        self._settings, self._history, self._own = settings, history, own
        self._recounts = Recounts(history)
        self._clock = seams.clock
        self._reads = SerialReads(seams.clock)
        self._swept_at: float | None = None
        self._again: tuple[datetime, float] | None = None  # rows that made no sense: from when on, and until when

    def read(self, since: datetime, known_open: Sequence[str]) -> OrdersRead:  # noqa: ARG002  (nothing stays open)
        """As Channel.orders."""
        began, at = self._reads.begin(), self._clock.monotonic()
        sweep = self._swept_at is None or at - self._swept_at >= facts.SWEEP_EVERY.total_seconds()
        start = self._start(since, began, at, sweep=sweep)
        problems: dict[str, Hint] = {}
        try:
            rows = self._rows(start, problems)
            unread = start if problems else None
            books = self._books(rows, start, began)
        except SquareRefused as refusal:  # it is our request that is wrong: nothing can be read until somebody helps
            raise NeedsPerson(refusal.hint) from refusal
        booked: list[OrderSnapshot | TillRow] = []
        for row in rows:
            try:
                booked += books.of(row)
            except Fraction:
                problems[row.id] = _fraction(row)
        self._note_unread(unread, at)  # only now: where a call failed, nothing of this read is kept
        self._swept_at = at if sweep else self._swept_at
        orders = tuple(each for each in booked if isinstance(each, OrderSnapshot))
        till = tuple(each for each in booked if isinstance(each, TillRow))
        complete = began - self._history.behind()  # where it goes on from is asked for by Square's clock
        return OrdersRead(orders, complete, problems, rows=till)

    def _start(self, since: datetime, began: datetime, at: float, *, sweep: bool) -> datetime:
        oldest = began - timedelta(days=self._settings.look_back_days)
        start = since - max(facts.OVERLAP, timedelta(seconds=self._settings.lag_seconds))
        if sweep:
            start = min(start, began - facts.SWEEP)
        if self._again is not None and at < self._again[1]:
            start = min(start, self._again[0])
        return max(oldest, start)

    def _rows(self, start: datetime, problems: dict[str, Hint]) -> list[Row]:
        """Everything that Square received since, the earliest first. A row that comes again while pages shift is the
        same row."""
        found: dict[str, Row] = {}
        for change in self._history.changes(start):
            try:
                row = row_of(change)
            except (LookupError, TypeError, ValueError, AttributeError) as error:
                problems[_name_of(change)] = senseless(MALL, f"{type(error).__name__} {error}").hint
            else:
                found |= {row.id: row} if row is not None else {}
        return sorted(found.values(), key=lambda row: (row.created, row.id))

    def _books(self, rows: Sequence[Row], start: datetime, began: datetime) -> Books:
        counts = self._recounts.before(rows, start)
        known = {row.id: row for row in (*counts, *rows)}  # counts first: what is inferred from one of ours is ours
        ours = frozenset(row.id for row in known.values() if self._own.claims(row))
        changes = self._recounts.changes(rows, ours)
        return Books(self._settings.shop, frozenset(self._settings.places), ours, counts, changes, stamp(began))

    def _note_unread(self, start: datetime | None, at: float) -> None:
        """From where on rows are to be asked for again, for a day; None: all made sense."""
        if start is None:
            self._again = None
        elif self._again is None:
            self._again = (start, at + facts.READ_AGAIN_FOR.total_seconds())


def _name_of(change: Mapping[str, Any]) -> str:
    """What a row that can't be read may be called by."""
    inner = next((each for each in change.values() if isinstance(each, dict)), {})
    return str(inner.get("id") or "?")


def _fraction(row: Row) -> Hint:
    return Hint(
        f"Square で個数が {row.quantity} の動きです（商品 {row.variation}）。1個に満たない数は数えられません。"
        "Square の単位を「個」にし、在庫表の数を直してください。",
        f"Square moved {row.quantity} of variation {row.variation}: parts of a piece can't be counted. Sell it by the"
        " piece in Square, and correct the number in the table.",
    )
