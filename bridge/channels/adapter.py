"""What the adapters of malls have in common: an answer that makes no sense is tried again, whatever was asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, tzinfo
from typing import ClassVar, Generic, Protocol, TypeVar

from bridge.channels.answers import understood
from bridge.channels.batches import push_in_batches
from bridge.channels.port import Capabilities, Check, Listed, OrdersRead, Pushed, PushItem
from bridge.domain.orders import ListingKey
from bridge.errors import BridgeError, Hint, NeedsPerson, Refused

OK = Hint("使えます。", "It works.")


class ReadsOrders(Protocol):
    def read(self, since: datetime, known_open: Sequence[str]) -> OrdersRead:
        """As Channel.orders."""


class ReadsNumbers(Protocol):
    def read(self, listings: Iterable[ListingKey]) -> Mapping[ListingKey, int]:
        """As Channel.read."""


class WritesNumbers(ReadsNumbers, Protocol):
    def send(self, batch: Sequence[PushItem]) -> Sequence[Pushed]:
        """One batch of absolute numbers, as batches.Send."""


class WritesUnderKeys(ReadsNumbers, Protocol):
    def send(self, batch: Sequence[PushItem], key: str) -> Sequence[Pushed]:
        """One batch, as batches.Send; the same batch under the same `key` is carried out once."""


class KnowsTraps(WritesNumbers, Protocol):
    def alarms(self) -> Mapping[str, Hint] | None:
        """As OrdersRead.alarms: of the listings that were read so far."""


Feed = TypeVar("Feed", bound=ReadsOrders)
Stock = TypeVar("Stock", bound=ReadsNumbers)
Writing = TypeVar("Writing", bound=WritesNumbers)
Keyed = TypeVar("Keyed", bound=WritesUnderKeys)
Knowing = TypeVar("Knowing", bound=KnowsTraps)


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


class AbsoluteAdapter(Adapter[Feed, Writing]):
    """Of a mall that takes absolute numbers, in batches of as many as its capabilities say."""

    capabilities: Capabilities

    def push(self, items: Sequence[PushItem], key: str) -> Sequence[Pushed]:  # noqa: ARG002
        """`key` is not needed: absolute numbers may be sent again (rakuten.md §2.1, yahoo.md §2.5)."""
        return push_in_batches(items, self.capabilities.batch, self._send)

    def _send(self, batch: Sequence[PushItem]) -> Sequence[Pushed]:
        with understood(self.mall, ambiguous=True):
            return self._stock.send(batch)


class KeyedAdapter(Adapter[Feed, Keyed]):
    """Of a mall or a till where a push bears its key, so that a repeat is known for one."""

    capabilities: Capabilities

    def push(self, items: Sequence[PushItem], key: str) -> Sequence[Pushed]:
        return push_in_batches(items, self.capabilities.batch, lambda batch: self._send(batch, key))

    def _send(self, batch: Sequence[PushItem], key: str) -> Sequence[Pushed]:
        with understood(self.mall, ambiguous=True):
            return self._stock.send(batch, key)


class OwnShopAdapter(AbsoluteAdapter[Feed, Knowing]):
    """Of a shop of the seller's own, whose settings may let a listing sell without end: each look at it tells."""

    def orders(self, since: datetime, known_open: Sequence[str] = ()) -> OrdersRead:
        return replace(super().orders(since, known_open), alarms=self._stock.alarms())


class EndsSoon(BridgeError):
    """What was tried works, but not for long."""


def line(mall: str, name: str, attempt: Callable[[], object]) -> Check:
    """One line of `bridge check`: good where the attempt raises nothing. A Hint that it gives back is told."""
    try:
        with understood(mall):
            told = attempt()
        return Check(name, True, told if isinstance(told, Hint) else OK)
    except BridgeError as error:
        return Check(name, False, error.hint, works=isinstance(error, EndsSoon))


def end_of(day: str, zone: tzinfo) -> datetime:
    """The last second of a day that the settings name."""
    return datetime.combine(date.fromisoformat(day), time(23, 59, 59), zone)
