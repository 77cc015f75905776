"""What the adapters of all malls have in common: an answer that makes no sense is tried again, whatever was asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, tzinfo
from typing import ClassVar, Generic, Protocol, TypeVar

from bridge.channels.answers import understood
from bridge.channels.port import Check, Listed, OrdersRead
from bridge.domain.orders import ListingKey
from bridge.errors import BridgeError, Hint, NeedsPerson, Refused

OK = Hint("使えます。", "It works.")


class ReadsOrders(Protocol):
    def read(self, since: datetime, known_open: Sequence[str]) -> OrdersRead:
        """As Channel.orders."""


class ReadsNumbers(Protocol):
    def read(self, listings: Iterable[ListingKey]) -> Mapping[ListingKey, int]:
        """As Channel.read."""


Feed = TypeVar("Feed", bound=ReadsOrders)
Stock = TypeVar("Stock", bound=ReadsNumbers)


class Adapter(Generic[Feed, Stock]):
    """The reading side of a Channel. `mall`: what people call it."""

    mall: ClassVar[str]

    def __init__(self, feed: Feed, stock: Stock) -> None:
        self._feed, self._stock = feed, stock

    def orders(self, since: datetime, known_open: Sequence[str] = ()) -> OrdersRead:
        with understood(self.mall):
            return self._feed.read(since, known_open)

    def read(self, listings: Iterable[ListingKey]) -> Mapping[ListingKey, int]:
        with understood(self.mall):
            return self._stock.read(listings)

    def catalogue(self) -> Iterator[Sequence[Listed]]:
        with understood(self.mall):
            try:
                yield from self._pages()
            except Refused as refusal:  # there is no item to set aside
                raise NeedsPerson(refusal.hint) from refusal

    def _pages(self) -> Iterator[Sequence[Listed]]:
        """As Channel.catalogue."""
        raise NotImplementedError


def line(mall: str, name: str, attempt: Callable[[], object]) -> Check:
    """One line of `bridge check`: good where the attempt raises nothing. A Hint that it gives back is told."""
    try:
        with understood(mall):
            told = attempt()
        return Check(name, True, told if isinstance(told, Hint) else OK)
    except BridgeError as error:
        return Check(name, False, error.hint)


def end_of(day: str, zone: tzinfo) -> datetime:
    """The last second of a day that the settings name."""
    return datetime.combine(date.fromisoformat(day), time(23, 59, 59), zone)
