"""What every channel can do. One module per mall implements it; the conformance suite holds each to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Protocol, runtime_checkable

from bridge.domain.orders import ListingKey, OrderSnapshot
from bridge.domain.till import TillRow
from bridge.errors import Hint
from bridge.notices import Notice


class WriteKind(Enum):
    """How a channel takes a quantity."""

    COMPARE_AND_SET = "compare-and-set"
    ABSOLUTE = "absolute"
    RELATIVE = "relative"  # the difference to what was shown

    @property
    def keeps_sales(self) -> bool:
        """Whether what was sold since the reading still stands in the number after a write."""
        return self is not WriteKind.ABSOLUTE


@dataclass(frozen=True)
class Capabilities:
    """Facts about a channel that the flows need. Sources: ../shared/channels/<mall>.md.

    batch: most rows in one push · read_batch: most rows in one read · lag: how long after an order is placed the feed
    may still hide it · look_back: how far back the feed answers · max_quantity: the greatest number it takes ·
    read_before_write: reading is cheap enough to be done before every push · hides: for how much longer a few orders
    may be hidden (a fraud review): so long what its number shows as sold is held off the others · on_hand: a till: its
    number is what lies in its place, on hand itself, whatever was promised of it
    """

    write: WriteKind
    batch: int
    read_batch: int
    lag: timedelta
    look_back: timedelta
    max_quantity: int
    read_before_write: bool = True
    hides: timedelta = timedelta(0)
    on_hand: bool = False


@dataclass(frozen=True)
class OrdersRead:
    """The answer of `orders`. Everything placed or changed before `complete_until` − lag is in it or was in an
    earlier one. `problems`: orders that could not be understood, by order id: kept, shown, tried again · `alarms`: what
    a person must see to though the orders were read, by what it is about: told in every answer as long as it lasts;
    None where that can't be said yet · `rows`: what a till did to its numbers beside selling, the oldest first."""

    orders: tuple[OrderSnapshot, ...]
    complete_until: datetime
    problems: Mapping[str, Hint]
    cancel_asked: tuple[str, ...] = ()
    """Orders whose buyer asks to cancel, which nobody has carried out: a person decides; all stays held until then."""
    alarms: Mapping[str, Hint] | None = field(default_factory=dict)
    rows: tuple[TillRow, ...] = ()


@dataclass(frozen=True)
class PushItem:
    """Set `listing` to `quantity` (≥ 0). `shown` is what the channel showed when we decided."""

    listing: ListingKey
    quantity: int
    shown: int


class Outcome(Enum):
    """What became of one pushed item."""

    DONE = "done"
    STALE = "stale"  # compare-and-set found another number: read again, decide again
    REFUSED = "refused"  # this item will not be taken as it is
    UNKNOWN = "unknown"  # the answer was lost: read back before anything else
    LATER = "later"  # nothing was carried out: try again after a while


@dataclass(frozen=True)
class Pushed:
    """The outcome of one item. `hint` says why, unless it is DONE."""

    listing: ListingKey
    outcome: Outcome
    hint: Hint | None = None


@dataclass(frozen=True)
class Check:
    """One line of `bridge check`. `works`: it does, but people should see to it soon."""

    name: str
    ok: bool
    hint: Hint
    works: bool = False


class Webhooks(Protocol):
    """A mall's own word that something changed."""

    def understand(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Judge a webhook by its raw body before anything in it is read. Any thread may ask. Header names are in lower
        case.

        Raises Forged, NotForUs, Greeting."""

    def subscribe(self, address: str) -> None:
        """See to it that the mall sends them to `address`; a write, and harmless to repeat.

        Raises TryAgain, NeedsPerson, Refused."""


KEY_WARNING = timedelta(days=14)  # people are told of a key's end from then on, if it lives much longer than that


@dataclass(frozen=True)
class KeyLife:
    """The key that a channel signs with, by the name that its mall gives it, and when it dies (aware, in the mall's own
    time zone). `warning`: how long before people are told."""

    name: str
    expires: datetime
    warning: timedelta = KEY_WARNING


@dataclass(frozen=True)
class Listed:
    """One thing for sale as the mall has it. `codes`: the seller's own names of it there, the surest first · `trap`:
    why the mall would sell it whatever number is sent."""

    listing: ListingKey
    codes: tuple[str, ...]
    trap: Hint | None = None


@runtime_checkable
class CountsStock(Protocol):
    """A channel that keeps goods of ours in a warehouse of its own and counts them itself (FBA): a location that is
    read and never written. `warehouse`: what that location is called."""

    name: str
    warehouse: str

    def counted(self) -> Mapping[ListingKey, int]:
        """Sellable units there, of every listing it holds. One that is missing is unknown, never 0.

        Raises TryAgain, NeedsPerson."""

    def fulfils(self, listings: Iterable[ListingKey]) -> Set[ListingKey]:
        """Those that the channel ships from there, and we don't: they are sent no number.

        Raises TryAgain, NeedsPerson."""


@runtime_checkable
class TakesItsTime(Protocol):
    """A channel whose partner takes our numbers when it likes, and says so later (files)."""

    name: str

    def on_its_way(self) -> Mapping[ListingKey, Sequence[int]]:
        """Numbers, in units, that were given and that `read` doesn't show yet: they wait, or were taken already and
        the push of them was not answered with DONE. Asks nobody."""


@runtime_checkable
class KeepsPlaces(Protocol):
    """A channel that may keep a number for each of its places (Shopify's locations): then each is a listing of its own,
    and an order line says which of them it lies with. `places`: the stock columns that each place sells from, in order,
    no column in two; empty where it keeps but one number."""

    places: Mapping[str, tuple[str, ...]]

    def place_of(self, listing: ListingKey) -> str:
        """The place that a listing stands for. Asks nobody."""


class Channel(Protocol):
    """One mall, one shop. Used by one thread at a time."""

    name: str
    capabilities: Capabilities

    @property
    def webhooks(self) -> Webhooks | None:
        """None where the mall sends none, or nothing is set up to judge them by."""

    def orders(self, since: datetime, known_open: Sequence[str] = ()) -> OrdersRead:
        """Orders placed or changed since `since` (aware) and, as its feed may be late, in the lag before it, as
        snapshots; `known_open` are order ids that we still hold open and that the channel must look at again where its
        feed has no "changed since".

        Raises TryAgain, NeedsPerson."""

    def read(self, listings: Iterable[ListingKey]) -> Mapping[ListingKey, int]:
        """What the channel shows now, in units. A listing that it does not know is left out (never 0).

        Raises TryAgain, NeedsPerson."""

    def catalogue(self) -> Iterator[Sequence[Listed]]:
        """Everything that the shop has on sale, page by page; a page is a few calls, and other calls may come between
        two pages. A listing may come twice. Reads only.

        Raises TryAgain, NeedsPerson."""

    def push(self, items: Sequence[PushItem], key: str) -> Sequence[Pushed]:
        """Set quantities; any number of items, cut into batches here. `key` (a fresh uuid, kept by the caller before
        it calls) makes a repeat with the same items harmless. An item that the mall refuses is found by bisection and
        never blocks the others. One outcome per item, in the order given.

        Raises NeedsPerson; all else is an outcome."""

    def key_life(self) -> KeyLife | None:
        """None: its key never dies, renews itself, or nobody can tell. Raises TryAgain, NeedsPerson."""

    def check(self) -> Sequence[Check]:
        """Try credentials and every right that is needed, without changing anything. Never raises."""

    def close(self) -> None:
        """Its connections; nothing is asked of it any more."""
