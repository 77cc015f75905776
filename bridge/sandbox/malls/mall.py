"""What every simulated mall has: listings with a stock of its own, orders, and the truth about both.

The truth is what the sandbox's verdict is counted from: which quantity changed when and why, who bought what, and how
many calls of the API were meant to change something. The bridge never sees it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from threading import RLock
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from bridge.clock import Clock
from bridge.sandbox.malls.plain import from_plain, to_plain

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Listing = tuple[str, str]
"""A mall's own key of one thing for sale: Rakuten (manageNumber, variantId), Shopify (inventoryItemId, locationId),
Amazon (SKU, channel code), Yahoo (ItemCode, SubCode), WooCommerce and Color Me (product,
variation or ""), EC-CUBE (product code, item), Square (variation, location)."""

Cause = Literal["opening", "order", "restock", "edit", "push", "hand"]
"""Why a quantity changed: first stock, a sale, units back on sale, an order's change, the API, the mall's own admin."""

Wanted = Sequence[tuple[Listing, int]]
"""What a shopper wants: listings with units."""


@dataclass(frozen=True)
class Change:
    """One listing's quantity at one instant. A push that changed nothing is kept too (old = new)."""

    at: datetime
    listing: Listing
    old: int
    new: int
    cause: Cause
    order_id: str | None = None


@dataclass
class Line:
    line_id: str
    listing: Listing
    sku: str
    units: int  # as ordered, after the edits so far
    shipped: int = 0
    cancelled: int = 0  # of `units`, withdrawn before they were shipped
    returned: int = 0  # of `shipped`, given back

    @property
    def open(self) -> int:
        """Units still to be shipped."""
        return self.units - self.shipped - self.cancelled


@dataclass
class Order:
    id: str
    placed_at: datetime
    visible_at: datetime  # from when on the order feed shows it
    lines: Sequence[Line]
    cancelled_at: datetime | None = None

    def line(self, line_id: str) -> Line:
        return next(line for line in self.lines if line.line_id == line_id)

    @property
    def open(self) -> int:
        return sum(line.open for line in self.lines)


@dataclass
class MallState:
    """Everything of a mall that survives a restart."""

    history: list[Change] = field(default_factory=list)
    write_count: int = 0
    version: int = 0
    visible_after: float = 5.0
    next_number: int = 1


class Mall(ABC):
    """A mall, and the WSGI application that is its API, which takes `lock` for the length of a request."""

    name: ClassVar[str]
    ships_in_part: ClassVar[bool]  # whether its orders can show that some units were shipped and others not yet
    tells_returns: ClassVar[bool] = False  # whether its orders show what came back after it was shipped
    over_the_counter: ClassVar[bool] = False  # a till: its number is what lies on its shelf, and that is what it sells
    state: MallState
    _api: WSGIApplication

    def __init__(self, clock: Clock, seed: int) -> None:
        self.clock = clock
        self.random = Random(seed)
        self.lock = RLock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self._api(environ, start_response)

    # What the sandbox and the tests do to a mall.

    def buy(self, listing: Listing, units: int) -> str | None:
        """A shopper buys: the order's id, or None where the mall does not show that many."""
        return self.place([(listing, units)])

    @abstractmethod
    def place(self, wanted: Wanted) -> str | None:
        """An order of several lines, whole or not at all. The mall's own stock falls at once (that is what makes two
        malls oversell); the feed shows the order only `visible_after` seconds later."""

    @abstractmethod
    def ship(self, order_id: str, line_id: str | None = None, units: int | None = None) -> int:
        """Report a shipment in the mall's admin. Returns the units shipped by it, 0 if nothing was left to ship."""

    @abstractmethod
    def cancel(
        self, order_id: str, line_id: str | None = None, units: int | None = None, restock: bool | None = True
    ) -> int:
        """Withdraw what is not shipped yet, and put it back on sale or not; `restock` None is the mall's own way.
        Returns the units withdrawn."""

    def return_units(self, order_id: str, line_id: str, units: int, restock: bool = True) -> None:
        """Shipped units come back, and are put back on sale or not. Only where `tells_returns`."""
        raise NotImplementedError(f"{self.name} shows no returns")

    @abstractmethod
    def edit_units(self, order_id: str, line_id: str, units: int) -> None:
        """Change how many units of a line are ordered."""

    @abstractmethod
    def set_stock_by_hand(self, listing: Listing, quantity: int) -> None:
        """Somebody types a quantity in the mall's own admin."""

    # The truth.

    @abstractmethod
    def stock(self) -> dict[Listing, int]:
        """The quantity the mall shows for each listing."""

    @abstractmethod
    def orders(self) -> Sequence[Order]:
        """Every order ever placed, oldest first. Live records: to be read only."""

    def told(self) -> Sequence[Order]:
        """The same as its feed names them. At a till each row of its history that sold something is one, and so is each
        by which something came back, which names no sale: a line without units, of which some are returned."""
        return self.orders()

    @abstractmethod
    def skus(self) -> dict[Listing, str]:
        """The seller's own code of each listing, as the mall knows it."""

    @property
    def history(self) -> list[Change]:
        return self.state.history

    @property
    def write_count(self) -> int:
        """Calls of the API whose operation changes something, whether they were accepted or not."""
        return self.state.write_count

    @property
    def version(self) -> int:
        """Rises with every change of the state."""
        return self.state.version

    @property
    def visible_after(self) -> float:
        """Seconds from an order to its appearance in the feed (0 to 120)."""
        return self.state.visible_after

    @visible_after.setter
    def visible_after(self, seconds: float) -> None:
        assert 0 <= seconds <= 120
        self.state.visible_after = seconds
        self.touch()

    def to_json(self) -> dict[str, Any]:
        with self.lock:
            return to_plain(self.state)  # type: ignore[no-any-return]

    def load_json(self, plain: Mapping[str, Any]) -> None:
        with self.lock:
            self.state = from_plain(type(self.state), plain)

    # For the simulators themselves.

    def touch(self) -> None:
        self.state.version += 1

    def record(self, listing: Listing, old: int, new: int, cause: Cause, order_id: str | None = None) -> None:
        self.state.history.append(Change(self.clock.now(), listing, old, new, cause, order_id))
        self.touch()

    def count_write(self) -> None:
        self.state.write_count += 1
        self.touch()

    def next_number(self) -> int:
        number = self.state.next_number
        self.state.next_number += 1
        return number

    def visible_from(self, now: datetime) -> datetime:
        return now + timedelta(seconds=self.state.visible_after)


def units_by_listing(wanted: Wanted) -> dict[Listing, int]:
    """What an order needs of each listing, where several lines may want the same one."""
    total: Counter[Listing] = Counter()
    for listing, units in wanted:
        assert units > 0
        total[listing] += units
    return dict(total)
