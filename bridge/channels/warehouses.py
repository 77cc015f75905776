"""What somebody else's warehouse tells of goods of ours that lie there, when it tells it by files: as of a moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from bridge.domain.orders import ListingKey


@dataclass(frozen=True)
class CountTaken:
    """Units by listing as of `at`; a listing that is missing is unknown, never 0.

    net: units promised to orders not yet shipped are taken off already · has: whether what a movement of that name did
    (its `ref`) is in the count, though we booked it later"""

    at: datetime
    units: Mapping[ListingKey, int]
    net: bool
    has: Callable[[str], bool]


@runtime_checkable
class CountsAsOf(Protocol):
    """A channel whose partner counts what lies at one of our places. `place`: that stock column, "" where none is
    named. Its listings are the partner's codes; they are sent no number."""

    name: str
    place: str

    def last_count(self) -> CountTaken | None:
        """None where none has come yet. Raises TryAgain, NeedsPerson."""
