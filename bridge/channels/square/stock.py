"""Writing the differences to what was read (§2.8). Each is carried out once: within a call the same bytes go out again
under the same idempotency key, and after one that was never answered the history is asked first (doubts.py)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bridge.channels.batches import RowsRefused
from bridge.channels.port import Outcome, Pushed, PushItem
from bridge.channels.square import facts
from bridge.channels.square.counts import Counts
from bridge.channels.square.doubts import Doubts
from bridge.channels.square.history import History
from bridge.channels.square.ids import parts_of
from bridge.channels.square.marks import OwnRows
from bridge.channels.square.numbers import Numbers
from bridge.channels.square.rows import row_of
from bridge.channels.square.variations import Variations
from bridge.channels.square.wire import MALL, WRITE, SquareApi, SquareRefused
from bridge.channels.square.writes import Request, key_of, request
from bridge.clock import Clock
from bridge.domain.orders import ListingKey
from bridge.errors import Hint, NeedsPerson, TryAgain

KEY_REUSED = "IDEMPOTENCY_KEY_REUSED"
Fate = tuple[Outcome, Hint | None]
DONE: Fate = (Outcome.DONE, None)


@dataclass(frozen=True)
class _Sent:
    """A batch as it went out, and what became of the items that didn't."""

    request: Request
    settled: Mapping[ListingKey, Fate] = field(default_factory=dict)


class Stock:
    """The numbers of one merchant, at the places of the settings."""

    def __init__(
        self,
        api: SquareApi,
        places: Iterable[str],
        variations: Variations,
        history: History,
        own: OwnRows,
        clock: Clock,
    ) -> None:
        self._api, self._own = api, own
        self._counts = Counts(api, clock)
        self._numbers = Numbers(places, variations, self._counts, history)
        self._doubts = Doubts(history, self._counts, own, clock)
        self._sent: OrderedDict[str, _Sent] = OrderedDict()

    def read(self, listings: Iterable[ListingKey]) -> dict[ListingKey, int]:
        """As Channel.read."""
        return self._numbers.read(listings)

    def alarms(self) -> dict[str, Hint] | None:
        """As OrdersRead.alarms."""
        return self._numbers.alarms()

    def send(self, batch: Sequence[PushItem], key: str) -> list[Pushed]:
        """One batch, as batches.Send. The same batch under the same `key` is the same request."""
        own_key = key_of(key, batch)
        sent = self._sent.get(own_key) or self._prepared(batch, own_key)
        fates = dict(sent.settled)
        if sent.request.marks:
            fates |= self._write(sent, batch)
        return [Pushed(item.listing, *fates[item.listing]) for item in batch]

    def _prepared(self, batch: Sequence[PushItem], own_key: str) -> _Sent:
        """What is to be sent of a batch, having looked at what shows right now. It is kept, to be sent again."""
        try:
            settled = self._settled(batch)
            due = [item for item in batch if item.listing not in settled]
            first = self._numbers.never_counted(item.listing for item in due if item.shown == 0)
        except SquareRefused as refusal:
            raise NeedsPerson(refusal.hint) from refusal
        sent = _Sent(request(own_key, due, first, self._api.now()), settled)
        if due:
            self._sent[own_key] = sent
        if len(self._sent) > facts.KEPT:
            self._sent.popitem(last=False)
        return sent

    def _settled(self, batch: Sequence[PushItem]) -> dict[ListingKey, Fate]:
        """What is clear without sending anything. Of what is in doubt, or was until now, nothing is decided by what was
        read before."""
        doubtful = self._doubts.of(item.listing for item in batch)
        fates: dict[ListingKey, Fate] = {each: STALE if done else IN_DOUBT for each, done in doubtful.items()}
        shown = self.read(item.listing for item in batch if item.listing not in fates)
        for item in batch:
            if item.listing in fates:
                continue
            if item.listing not in shown:
                fates[item.listing] = Outcome.REFUSED, self._numbers.trap(item.listing) or _UNKNOWN_THERE
            elif shown[item.listing] != item.shown:
                fates[item.listing] = STALE
            elif item.quantity == item.shown:
                fates[item.listing] = DONE
        return fates

    def _write(self, sent: _Sent, batch: Sequence[PushItem]) -> dict[ListingKey, Fate]:
        """Raises RowsRefused, TryAgain, NeedsPerson."""
        marks = sent.request.marks
        try:
            answer = self._api.call(WRITE, sent.request.body)
        except TryAgain as lost:
            if lost.ambiguous:
                self._doubts.note(sent.request)
            raise
        except SquareRefused as refusal:
            return self._refused(refusal, sent, batch)
        try:
            told = self._learn(answer.get("changes") or [], marks)
            for count in answer.get("counts") or []:
                self._note_count(count, marks)
        except (LookupError, TypeError, ValueError, AttributeError):
            self._doubts.note(sent.request)
            raise
        if not answer.get("errors"):
            return dict.fromkeys(marks, DONE)
        self._doubts.note(sent.request, told)  # §2.2 errors beside data: of the rest nobody knows
        return {each: DONE if each in told else _HALF for each in marks}

    def _refused(
        self, refusal: SquareRefused, sent: _Sent, batch: Sequence[PushItem]
    ) -> dict[ListingKey, Fate]:  # fmt: skip
        """Nothing of it was carried out, says Square; that it is so is not certain [C], so the history is asked. T35: a
        key that was used is of the same call of a bridge that was killed, dated otherwise."""
        marks, used = sent.request.marks, refusal.code == KEY_REUSED
        alone = len(marks) == 1 and not used
        done = set() if alone else self._doubts.carried_out(marks, sent.request.at)
        if used:
            self._doubts.note(sent.request, done)
            return {each: STALE if each in done else (Outcome.UNKNOWN, refusal.hint) for each in marks}
        fates = dict(sent.settled) | dict.fromkeys(done, DONE)
        named = _row_of_field(refusal.field)
        if named is not None and named < len(marks) and (bad := list(marks)[named]) not in done:
            fates[bad] = Outcome.REFUSED, refusal.hint
        position = {item.listing: row for row, item in enumerate(batch)}
        raise RowsRefused(refusal.hint, {position[each]: fate for each, fate in fates.items()}) from refusal

    def _learn(self, changes: Iterable[Mapping[str, Any]], marks: Mapping[ListingKey, str]) -> set[ListingKey]:
        """Those whose rows are told of."""
        rows = {row.reference: row.id for each in changes if (row := row_of(each)) is not None}
        told = {each for each, mark in marks.items() if mark in rows}
        for listing in told:
            self._own.learn(rows[marks[listing]], marks[listing])
        return told

    def _note_count(self, count: Mapping[str, Any], marks: Iterable[ListingKey]) -> None:
        for listing in marks:
            same = parts_of(listing) == (count["catalog_object_id"], count["location_id"])
            if same and count["state"] == facts.IN_STOCK:
                self._counts.written(listing, datetime.fromisoformat(count["calculated_at"]))


def _row_of_field(field_name: str) -> int | None:
    """`changes[3].adjustment.quantity` → 3."""
    inside = field_name.partition("changes[")[2].partition("]")[0]
    return int(inside) if inside.isdecimal() else None


STALE: Fate = (
    Outcome.STALE,
    Hint(
        f"{MALL} の数が見たときから変わっています。読み直します。",
        f"{MALL}'s number has changed since it was read; reading again.",
    ),
)
IN_DOUBT: Fate = (
    Outcome.LATER,
    Hint(
        f"{MALL} に送った数が届いたか確かめています。1分ほどで続けます。",
        f"Whether {MALL} took the last number is being found out; going on in a minute.",
    ),
)
_HALF: Fate = (
    Outcome.UNKNOWN,
    Hint(
        f"{MALL} が一部だけ受け付けたようです。確かめてからやり直します。",
        f"{MALL} seems to have taken part of it; trying again after a look.",
    ),
)
_UNKNOWN_THERE = Hint(
    f"{MALL} にこの商品がありません。「出品」の出品IDを確かめてください。",
    f"{MALL} has no such variation. Look at the listing's ID in the Listings tab.",
)
