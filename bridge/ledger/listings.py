"""Listings: what each is made of, and wanted / sent / confirmed. A table of wanted values, not a job list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from bridge.domain.orders import ListingKey
from bridge.domain.push import ListingState, Push, Unseen
from bridge.domain.stock import Component
from bridge.ledger.schema import component, in_step, listing, push_intent
from bridge.ledger.values import iso, time_of


@dataclass(frozen=True)
class ListingRecord:
    """`removed`: its line left 出品; it stays in force until a person says stop. `refused`: why the channel will not
    take `refused_quantity`. `justified_at`: the newest fact that raised what is wanted.

    due_since: what it shows and what is wanted differ since then; kept by the book · reserve: units it may have sold
    unseen, held back from the others · shrunk: units taken off its own number before a maintenance window · planned:
    what it would show without a stop"""

    state: ListingState
    components: tuple[Component, ...]
    removed: bool = False
    refused: str = ""
    refused_quantity: int | None = None
    justified_at: datetime | None = None
    due_since: datetime | None = None
    reserve: int = 0
    shrunk: int = 0
    planned: int | None = None

    @property
    def key(self) -> ListingKey:
        return self.state.key


@dataclass(frozen=True)
class PushIntent:
    """A push under way: its idempotency key was kept before the call."""

    channel: str
    key: str
    items: tuple[Push, ...]


# Asked again and again: made once.
_ALL_LISTINGS = select(listing)
_OF_CHANNEL = select(listing).where(listing.c.channel == bindparam("channel"))
_THESE = _OF_CHANNEL.where(listing.c.id.in_(bindparam("ids", expanding=True)))
_MADE_OF = select(component.c.channel, component.c.id).where(component.c.sku.in_(bindparam("skus", expanding=True)))
_DUE = select(listing).where(listing.c.due_since.is_not(None))
_LONG_DUE = _DUE.where(listing.c.due_since < bindparam("before"))
_INTENT = select(push_intent).where(push_intent.c.channel == bindparam("channel"))
_INTEND = upsert(push_intent)
_INTEND = _INTEND.on_conflict_do_update(
    index_elements=["channel"], set_={name: _INTEND.excluded[name] for name in ("key", "items", "at")}
)
_PUSHED = delete(push_intent).where(push_intent.c.channel == bindparam("of"))
_PUT = upsert(listing)
_PUT = _PUT.on_conflict_do_update(
    index_elements=["channel", "id"],
    set_={column.name: _PUT.excluded[column.name] for column in listing.c if not column.primary_key},
)


class ListingBook:
    """`on_wanted`: told when what a listing should show has changed."""

    def __init__(self, conn: Connection, at: datetime, on_wanted: Callable[[], None]) -> None:
        self._conn, self._at, self._on_wanted = conn, at, on_wanted
        self._read: dict[ListingKey, ListingRecord] = {}  # what was read in this transaction, kept up to date
        self._whole: set[str | None] = set()  # the channels of which that is all; None: of every one

    def all(self, channel: str | None = None) -> dict[ListingKey, ListingRecord]:
        if self._whole.isdisjoint((channel, None)):
            found = self._find(_ALL_LISTINGS) if channel is None else self._find(_OF_CHANNEL, channel=channel)
            self._read = found | self._read
            self._whole.add(channel)
        return {key: each for key, each in self._read.items() if channel in (None, key.channel)}

    def _find(self, query: Select[Any], **values: Any) -> dict[ListingKey, ListingRecord]:
        return {record.key: record for record in map(_record, self._conn.execute(query, values).all())}

    def get(self, keys: Iterable[ListingKey]) -> dict[ListingKey, ListingRecord]:
        wanted = sorted(set(keys))
        unread = [key for key in wanted if key not in self._read and self._whole.isdisjoint((key.channel, None))]
        for channel in sorted({key.channel for key in unread}):
            ids = [key.id for key in unread if key.channel == channel]
            for start in range(0, len(ids), 500):
                self._read |= self._find(_THESE, channel=channel, ids=ids[start : start + 500])
        return {key: self._read[key] for key in wanted if key in self._read}

    def touching(self, skus: Iterable[str]) -> dict[ListingKey, ListingRecord]:
        """Every listing with one of these SKUs in it."""
        found: set[ListingKey] = set()
        wanted = sorted(set(skus))
        for start in range(0, len(wanted), 500):
            rows = self._conn.execute(_MADE_OF, {"skus": wanted[start : start + 500]})
            found.update(ListingKey(channel, number) for channel, number in rows)
        return self.get(found)

    def put(self, records: Iterable[ListingRecord]) -> None:
        records = list(records)
        if not records:
            return
        known = self.get(record.key for record in records)
        records = [replace(each, due_since=_due_since(known.get(each.key), each, self._at)) for each in records]
        rows = [_values(each) for each in records]
        self._read |= {each.key: each for each in records}
        self._index(records, known)
        if any(_target(each) != _target(known.get(each.key)) for each in records):
            self._on_wanted()
        self._conn.execute(_PUT, rows)
        self._note_steps(records, known)

    def _note_steps(self, records: Sequence[ListingRecord], known: Mapping[ListingKey, ListingRecord]) -> None:
        """Those that show now what was wanted: how long it took."""
        before = {key: each.due_since for key, each in known.items() if each.due_since is not None}
        steps = [
            {"channel": each.key.channel, "listing": each.key.id, "since": iso(before[each.key]), "at": iso(self._at)}
            for each in records
            if each.key in before and each.due_since != before[each.key] and each.state.wanted is not None
        ]
        if steps:
            self._conn.execute(insert(in_step), steps)

    def _index(self, records: Sequence[ListingRecord], known: Mapping[ListingKey, ListingRecord]) -> None:
        """Which SKUs stand in which listing."""
        for record in records:
            old = known.get(record.key)
            if old is not None and old.components == record.components:
                continue
            mine = (component.c.channel == record.key.channel, component.c.id == record.key.id)
            self._conn.execute(delete(component).where(*mine))
            for part in record.components:
                self._conn.execute(insert(component).values(channel=record.key.channel, id=record.key.id, sku=part.sku))

    def held_back(self) -> dict[ListingKey, ListingRecord]:
        """Listings of which units are held back, from the others or from themselves."""
        return self._find(select(listing).where((listing.c.reserve > 0) | (listing.c.shrunk > 0)))

    def due(self, channel: str | None = None, before: datetime | None = None) -> dict[ListingKey, ListingRecord]:
        """Listings, of one channel or of all, that don't show what is wanted, since before then."""
        query = _DUE if before is None else _LONG_DUE
        values = {} if before is None else {"before": iso(before)}
        found = self._find(query, **values)
        return {key: record for key, record in found.items() if channel in (None, key.channel)}

    def change(self, states: Iterable[ListingState]) -> None:
        """Bring the states of known listings up to date."""
        states = list(states)
        known = self.get(state.key for state in states)
        self.put(replace(known[state.key], state=state) for state in states if state.key in known)

    def intent(self, channel: str) -> PushIntent | None:
        row = self._conn.execute(_INTENT, {"channel": channel}).first()
        if row is None:
            return None
        items = tuple(
            Push(ListingKey(channel, number), quantity, shown) for number, quantity, shown in row._mapping["items"]
        )
        return PushIntent(channel, row.key, items)

    def intend(self, channel: str, key: str, items: Sequence[Push], at: datetime) -> None:
        pushes = [[item.listing.id, item.quantity, item.shown] for item in items]
        self._conn.execute(_INTEND, {"channel": channel, "key": key, "items": pushes, "at": iso(at)})

    def pushed(self, channel: str) -> None:
        self._conn.execute(_PUSHED, {"of": channel})


def _target(record: ListingRecord | None) -> tuple[int | None, int | None]:
    """What a push is judged by, besides what the channel shows."""
    return (None, None) if record is None else (record.state.wanted, record.state.live_previewed)


def _due_since(old: ListingRecord | None, new: ListingRecord, at: datetime) -> datetime | None:
    """Since when the listing waits: until it shows what is wanted, and anew with each write of ours that was read back
    (a busy listing has always some change under way, but not always the same)."""
    state = new.state
    if state.wanted is None or state.wanted == state.shown == state.confirmed:
        return None
    if old is None or old.due_since is None:
        return at
    arrived = state.confirmed != old.state.confirmed and state.confirmed == state.sent
    return at if arrived else old.due_since


def _time(text: str | None) -> datetime | None:
    return None if text is None else time_of(text)


def _text(at: datetime | None) -> str | None:
    return None if at is None else iso(at)


def _record(row: Any) -> ListingRecord:
    return ListingRecord(
        state=_state(ListingKey(row.channel, row.id), row.state),
        components=tuple(Component(sku, units) for sku, units in row.components),
        removed=row.removed,
        refused=row.refused,
        refused_quantity=row.refused_quantity,
        justified_at=_time(row.justified_at),
        due_since=_time(row.due_since),
        reserve=row.reserve,
        shrunk=row.shrunk,
        planned=row.planned,
    )


def _state(key: ListingKey, data: Mapping[str, Any]) -> ListingState:
    unseen = tuple(
        Unseen(time_of(after), time_of(until), units, doubtful)
        for after, until, units, doubtful in data.get("unseen", ())
    )
    return ListingState(
        key=key,
        wanted=data.get("wanted"),
        sent=data.get("sent"),
        confirmed=data.get("confirmed"),
        level=data.get("level"),
        based_at=_time(data.get("based_at")),
        shown=data.get("shown"),
        shown_at=_time(data.get("shown_at")),
        unseen=unseen,
        live_previewed=data.get("live_previewed"),
    )


def _values(record: ListingRecord) -> dict[str, Any]:
    state = record.state
    return {
        "channel": state.key.channel,
        "id": state.key.id,
        "components": [[component.sku, component.units] for component in record.components],
        "removed": record.removed,
        "refused": record.refused,
        "refused_quantity": record.refused_quantity,
        "justified_at": _text(record.justified_at),
        "due_since": _text(record.due_since),
        "reserve": record.reserve,
        "shrunk": record.shrunk,
        "planned": record.planned,
        "state": {
            "wanted": state.wanted,
            "sent": state.sent,
            "confirmed": state.confirmed,
            "level": state.level,
            "based_at": _text(state.based_at),
            "shown": state.shown,
            "shown_at": _text(state.shown_at),
            "unseen": [[iso(each.after), iso(each.until), each.units, each.doubtful] for each in state.unseen],
            "live_previewed": state.live_previewed,
        },
    }
