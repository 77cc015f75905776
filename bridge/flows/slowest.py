"""How long the slowest changes took until a mall showed them, hour by hour, for the report of the day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bridge.domain.orders import ListingKey
from bridge.ledger.ledger import Tx
from bridge.ledger.listings import ListingRecord
from bridge.ledger.values import iso

KEPT = timedelta(hours=50)  # a day's, for a report that comes a day late
_SLOWEST = "slowest changes"  # {hour: [seconds, channel, listing]}


@dataclass(frozen=True)
class Slowest:
    """`seconds`: from when the listing should have shown another number until that was read back there."""

    seconds: float
    channel: str
    listing: str


def note_arrived(tx: Tx, before: Mapping[ListingKey, ListingRecord], after: Iterable[ListingRecord]) -> None:
    """Of listings that were just read: how long those waited that show what was sent. What a channel owes since it was
    in shadow is not counted."""
    hour = iso(tx.at)[:13]
    kept = {at: each for at, each in tx.get(_SLOWEST, {}).items() if at >= iso(tx.at - KEPT)[:13]}
    for record in after:
        old, state = before[record.key], record.state
        if old.due_since is None or old.state.live_previewed is not None:
            continue
        if state.confirmed == state.sent and state.confirmed != old.state.confirmed:
            seconds = round((tx.at - old.due_since).total_seconds(), 1)
            if seconds > kept.get(hour, [0.0])[0]:
                kept[hour] = [seconds, record.key.channel, record.key.id]
    tx.put(_SLOWEST, kept)


def slowest(tx: Tx, since: datetime, until: datetime) -> Slowest | None:
    """Of the changes that arrived in between, by whole hours: that of `since` counts, that of `until` not."""
    hours = tx.get(_SLOWEST, {}).items()
    found = [Slowest(*each) for hour, each in hours if iso(since)[:13] <= hour < iso(until)[:13]]
    return max(found, key=lambda each: each.seconds, default=None)
