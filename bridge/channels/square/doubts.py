"""Writes that were never answered (§2.8): before anything else is sent of a thing, its mark is looked for in the
history. A row that bears it: it was done, so the number is read anew. None, a minute later: it was not done."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bridge.channels.square import facts
from bridge.channels.square.counts import Counts
from bridge.channels.square.history import History
from bridge.channels.square.ids import parts_of
from bridge.channels.square.marks import OwnRows
from bridge.channels.square.writes import Request
from bridge.clock import Clock
from bridge.domain.orders import ListingKey


@dataclass(frozen=True)
class _Doubt:
    """since: when the write is dated · until: when it would show, by our own clock."""

    mark: str
    since: datetime
    until: float


class Doubts:
    """Those of one merchant, as long as the process lives: the next one waits before it reads anything (counts.py)."""

    def __init__(self, history: History, counts: Counts, own: OwnRows, clock: Clock) -> None:
        self._history, self._counts, self._own, self._clock = history, counts, own, clock
        self._open: dict[ListingKey, _Doubt] = {}

    def note(self, request: Request, done: Collection[ListingKey] = ()) -> None:
        """What became of a request is not known, but for those that are `done`."""
        until = self._clock.monotonic() + facts.DOUBT.total_seconds()
        doubtful = {each: mark for each, mark in request.marks.items() if each not in done}
        self._open |= {each: _Doubt(mark, request.at, until) for each, mark in doubtful.items()}

    def of(self, listings: Iterable[ListingKey]) -> dict[ListingKey, bool]:
        """Those that were in doubt: whether it was carried out, True, or may still be. Raises TryAgain, NeedsPerson,
        SquareRefused."""
        mine = {each: self._open[each] for each in listings if each in self._open}
        if not mine:
            return {}
        since = min(doubt.since for doubt in mine.values())
        done = self.carried_out({each: doubt.mark for each, doubt in mine.items()}, since)
        now = self._clock.monotonic()
        waiting = {each for each, doubt in mine.items() if each not in done and now < doubt.until}
        self._open = {each: doubt for each, doubt in self._open.items() if each not in mine or each in waiting}
        return dict.fromkeys(done, True) | dict.fromkeys(waiting, False)

    def carried_out(self, marks: Mapping[ListingKey, str], since: datetime) -> set[ListingKey]:
        """Those whose mark stands in the history. Raises as `of` does."""
        variations = sorted({parts_of(each)[0] for each in marks})
        rows = {row.reference: row for row in self._history.rows(since - facts.OVERLAP, variations=variations)}
        done = {each for each, mark in marks.items() if mark in rows}
        for listing in done:
            row = rows[marks[listing]]
            self._own.learn(row.id, row.reference)
            self._counts.written(listing, row.created)
        return done
