"""Answers that make no sense, and orders that could not be read: both are asked for again, never taken for nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bridge.clock import Clock
from bridge.domain.orders import OrderSnapshot
from bridge.errors import Hint, TryAgain

TRIED_AGAIN_SECONDS = 24 * 3600.0
MOST_TRIED_AGAIN = 500
SEARCH_ROUNDS = 3  # times a search is begun anew because its result changed while it was paged through


def senseless(mall: str, what: object, *, ambiguous: bool = False) -> TryAgain:
    """An answer that isn't what it should be: perhaps a page of a proxy, perhaps a change of the mall's API."""
    return TryAgain(
        Hint(
            f"{mall} の返事を理解できません ({what})。自動でやり直します。続くようなら bridge の更新が必要です。",
            f"{mall}'s answer makes no sense ({what}). It is tried again; if it goes on, bridge needs an update.",
        ),
        ambiguous=ambiguous,
    )


@contextmanager
def understood(mall: str, *, ambiguous: bool = False) -> Iterator[None]:
    """Around the reading of an answer: what is missing in it, or is of another kind, raises TryAgain."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise senseless(mall, f"{type(error).__name__} {error}", ambiguous=ambiguous) from error


def whole(value: object) -> int:
    """A whole number out of an answer, also one in quotes. Raises TypeError, ValueError."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise TypeError(f"{value!r} is no whole number")
    return int(value)


@dataclass
class Found:
    """What one read of orders has gathered, by the order's id: those understood, and why others were not."""

    orders: dict[str, OrderSnapshot] = field(default_factory=dict)
    problems: dict[str, Hint] = field(default_factory=dict)


class Unread:
    """The orders that could not be read lately. They are asked for again for a day, the newest first if there are many;
    those that the ledger holds open are asked for anyway."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._since: dict[str, float] = {}

    def orders(self) -> list[str]:
        return list(self._since)

    def note(self, orders: Iterable[str]) -> None:
        """`orders` could not be read; all others could."""
        now = self._clock.monotonic()
        since = {order: self._since.get(order, now) for order in orders}
        fresh = [order for order, at in since.items() if now - at < TRIED_AGAIN_SECONDS]
        self._since = {order: since[order] for order in sorted(fresh, key=lambda each: -since[each])[:MOST_TRIED_AGAIN]}
