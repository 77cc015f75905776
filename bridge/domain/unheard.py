"""What a channel may have sold while it could not be heard (DESIGN §5, "When part of the world is dark").

A mall whose orders and numbers can't be read goes on selling. For some minutes nothing is done but to wait with raises
elsewhere; then its others hold back what it may have sold: its usual pace × the time since it was last heard × a
factor, at most the number that it showed. The guess is held for as long as the silence lasts, grows with it, and is
replaced by what is known as soon as its orders or its numbers are read again.

**What counts as heard.** Its orders, read completely: every sale until then is booked. Or its numbers, every one: every
sale until then shows as a gap. Either will do, so a channel is blind only where both fail.

**What the claim is.** As long as a channel sells no faster than pace × factor, what it sold unseen since it was last
heard is held back, but for a unit that was less likely than `LEAST`: a thousand slow sellers must not go out of stock
elsewhere because one mall did not answer for ten minutes.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil

LEAST = 0.1  # of a unit: what is expected to sell less than this is not held back
SURE = timedelta(minutes=2)  # attempts must fail for so long, however long ago the channel was heard
STUCK = timedelta(days=1)  # a number that can't be written is reckoned with for so long; a person has been asked
SHORTEST = timedelta(hours=1)  # a history shorter than this says nothing about an hour


class Contact(StrEnum):
    """How well a channel is heard."""

    HEARD = "heard"
    SILENT = "silent"  # it doesn't answer: the others wait with raises
    BLIND = "blind"  # for too long: the others hold back what it may have sold
    CLOSED = "closed"  # maintenance that we knew of: they hold back from its beginning


def contact(
    *, heard_at: datetime | None, silent_since: datetime | None, now: datetime, patience: timedelta, closed: bool
) -> Contact:
    """`heard_at`: None where it never was: then there is nothing to go by · `silent_since`: attempts at both fail
    since then; without any, a long time since `heard_at` (the bridge was off) is no silence · `patience`: how long a
    silence may last before the channel is blind."""
    if heard_at is None:
        return Contact.HEARD
    if closed:
        return Contact.CLOSED
    if silent_since is None:
        return Contact.HEARD
    if now - heard_at >= patience and now - silent_since >= min(patience, SURE):
        return Contact.BLIND
    return Contact.SILENT


def pace(sold: Iterable[tuple[int, timedelta]]) -> float:
    """Units a second: the greatest of several looks at the past, each (units sold, in how long)."""
    return max((max(0, units) / max(time, SHORTEST).total_seconds() for units, time in sold), default=0.0)


def may_sell(pace: float, time: timedelta, factor: float) -> int:
    """Units that may be sold in `time`, rounded up."""
    expected = pace * max(0.0, time.total_seconds()) * factor
    return ceil(expected) if expected >= LEAST else 0


def may_have_sold(pace: float, time: timedelta, factor: float, shown: int, seen: int = 0) -> int:
    """The same of units sold unseen: at most what was `shown`, less what was `seen` of it."""
    return max(0, min(shown, may_sell(pace, time, factor) - seen))
