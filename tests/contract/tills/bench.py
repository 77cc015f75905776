"""What the conformance suite needs of a till: its simulator, its adapter, and what people do in the shop.

A new till is held to the whole suite by one more subclass of Till and one more name in TILLS.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import timedelta
from random import Random
from typing import Any, ClassVar

from bridge.channel_settings import Smaregi, Square
from bridge.channels.http import RequestRecord, Seams
from bridge.channels.port import Channel, OrdersRead, Pushed, PushItem
from bridge.channels.smaregi import SmaregiChannel
from bridge.channels.square import SquareChannel
from bridge.channels.square.ids import listing_key, parts_of
from bridge.domain.orders import ListingKey, OrderSnapshot
from bridge.domain.till import TillRow
from bridge.sandbox.faults import Faults, Match
from bridge.sandbox.malls.smaregi import Smaregi as SmaregiSimulator
from bridge.sandbox.malls.square import Square as SquareSimulator
from bridge.sandbox.malls.square.shop import FIRST_PLACE
from bridge.settings import Secret
from tests.support.virtual_clock import VirtualClock
from tests.support.wsgi_transport import WsgiTransport

LAG = 30.0  # seconds, as the settings have it
KEY = "3f0c9c52-7d0b-4f4e-9f65-0d4f8e5a1a11"


class Till(ABC):
    """One till in its simulator, read and written by its adapter, on a virtual clock."""

    name: ClassVar[str]
    keyed: ClassVar[bool]  # whether a request that comes twice is known for one by its key
    push_match: Match
    facts_path: ClassVar[str]  # of the requests that read what happened

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.live = True
        self.records: list[RequestRecord] = []
        self.simulator = self.make_simulator()
        self.faults = Faults(self.simulator, self.clock)
        self.channel = self.connect()
        self.since = self.clock.now() - timedelta(days=1)
        self.orders: dict[str, OrderSnapshot] = {}
        self.rows: dict[str, TillRow] = {}

    def seams(self) -> Seams:
        transport = WsgiTransport(app=self.faults)
        return Seams(self.clock, lambda: self.live, Random(7), transport, self.records.append)

    @abstractmethod
    def make_simulator(self) -> Any: ...

    @abstractmethod
    def connect(self, **settings: Any) -> Channel: ...

    @abstractmethod
    def add(self, name: str, stock: int | None, **kind: Any) -> ListingKey:
        """Something that the shop has; `stock` None: never counted."""

    @abstractmethod
    def wire(self, listing: ListingKey) -> tuple[str, str]:
        """The simulator's own key of a listing."""

    @abstractmethod
    def kill_credentials(self) -> None: ...

    @abstractmethod
    def refuse(self, listing: ListingKey) -> PushItem:
        """A push of this listing that the till will never take."""

    # What people do in the shop.

    def sell(self, *wanted: tuple[ListingKey, int]) -> str:
        sold = self.simulator.place([(self.wire(listing), units) for listing, units in wanted])
        assert sold is not None
        return str(sold)

    def sell_offline(self, listing: ListingKey, units: int, hours_ago: float) -> None:
        """A sale that the till's server gets only now."""
        self.simulator.place([(self.wire(listing), units)], till_at=self.clock.now() - timedelta(hours=hours_ago))

    def void(self, sale: str) -> None:
        """The goods are put back on the shelf, and the till says so."""
        assert self.simulator.cancel(sale)

    def give_back(self, listing: ListingKey, units: int, *, restock: bool = True) -> None:
        """A customer brings goods back."""
        self.simulator.give_back(self.wire(listing), units, restock=restock)

    def recount(self, listing: ListingKey, units: int) -> None:
        self.simulator.recount(self.wire(listing), units)

    def receive(self, listing: ListingKey, units: int) -> None:
        self.simulator.receive(self.wire(listing), units)

    def lose(self, listing: ListingKey, units: int) -> None:
        self.simulator.lose(self.wire(listing), units)

    def stock(self, listing: ListingKey) -> int:
        return int(self.simulator.stock()[self.wire(listing)])

    # What the bridge does.

    def read_orders(self, *, wait: float = 10.0) -> OrdersRead:
        """One poll, as intake does it."""
        self.clock.sleep(wait)
        answer = self.channel.orders(self.since)
        for order in answer.orders:
            if order.order not in self.orders or order.version > self.orders[order.order].version:
                self.orders[order.order] = order
        self.rows |= {row.id: row for row in answer.rows}
        self.since = answer.complete_until
        return answer

    def news(self) -> tuple[list[OrderSnapshot], list[TillRow]]:
        """What the next poll tells that no poll told before."""
        orders, rows = set(self.orders), set(self.rows)
        answer = self.read_orders()
        return (
            [order for order in answer.orders if order.order not in orders],
            [row for row in answer.rows if row.id not in rows],
        )

    def moved(self, listing: ListingKey) -> int:
        """By how much the till's number moved, as the facts read so far tell it."""
        lines = [line for order in self.orders.values() for line in order.lines if line.listing == listing]
        return sum(row.units for row in self.rows.values() if row.listing == listing) - sum(x.taken for x in lines)

    def push(self, quantities: Mapping[ListingKey, int], key: str = KEY) -> Sequence[Pushed]:
        """Push, having read what is shown."""
        shown = self.channel.read(quantities)
        items = [PushItem(listing, quantity, shown.get(listing, 0)) for listing, quantity in quantities.items()]
        return self.channel.push(items, key)

    @property
    def told_off(self) -> list[RequestRecord]:
        """Answers that say we asked too often."""
        return [each for each in self.records if each.status == 429]


class SmaregiTill(Till):
    name = "smaregi"
    keyed = False
    push_match = staticmethod(lambda environ: environ["REQUEST_METHOD"] in ("PATCH", "POST") and _stock(environ))
    facts_path = "/stock"
    product = 1200

    def make_simulator(self) -> SmaregiSimulator:
        simulator = SmaregiSimulator(self.clock)
        simulator.add_store("1", "渋谷店")
        return simulator

    def connect(self, **settings: Any) -> SmaregiChannel:
        given: dict[str, Any] = {
            "shop": "sb_sandbox",
            "client_id": "smaregi-client",
            "client_secret": Secret("smaregi-secret"),
            "places": {"1": ("渋谷店",)},
            "base_url": "https://smaregi.test",
            "login_url": "https://smaregi.test",
            "lag_seconds": LAG,
        }
        return SmaregiChannel(Smaregi(**(given | settings)), self.seams())

    def add(self, name: str, stock: int | None, **kind: Any) -> ListingKey:
        self.product += 1
        store = kind.pop("store", "1")
        product, at = self.simulator.add_product((str(self.product), store), name, stock, **kind)
        return ListingKey("smaregi", f"{product}@{at}")

    def wire(self, listing: ListingKey) -> tuple[str, str]:
        product, _, store = listing.id.partition("@")
        return product, store

    def kill_credentials(self) -> None:
        self.simulator.client_secret = "another"
        self.simulator.state.tokens.clear()

    def refuse(self, listing: ListingKey) -> PushItem:  # noqa: ARG002
        return PushItem(ListingKey("smaregi", "999999@1"), 5, 0)  # no such product


def _stock(environ: Mapping[str, Any]) -> bool:
    return "/stock" in environ["PATH_INFO"]


class SquareTill(Till):
    name = "square"
    keyed = True
    push_match = staticmethod(lambda environ: "batch-create" in environ["PATH_INFO"])
    facts_path = "changes/batch-retrieve"

    def make_simulator(self) -> SquareSimulator:
        return SquareSimulator(self.clock)

    def connect(self, **settings: Any) -> SquareChannel:
        given: dict[str, Any] = {
            "shop": self.simulator.merchant,
            "places": {FIRST_PLACE: ("渋谷店",)},
            "access_token": Secret("EAAA-sandbox-token"),
            "base_url": "https://square.test",
            "lag_seconds": LAG,
        }
        return SquareChannel(Square(**(given | settings)), self.seams())

    def add(self, name: str, stock: int | None, **kind: Any) -> ListingKey:
        return listing_key(*self.simulator.add_product((f"VAR-{name}", FIRST_PLACE), name, stock, **kind))

    def wire(self, listing: ListingKey) -> tuple[str, str]:
        return parts_of(listing)

    def kill_credentials(self) -> None:
        self.simulator.token = "another"

    def refuse(self, listing: ListingKey) -> PushItem:
        return PushItem(listing_key("VAR-nobody", parts_of(listing)[1]), 5, 0)

    def sell_offline(self, listing: ListingKey, units: int, hours_ago: float) -> None:
        """What comes in the very millisecond of a count may have been seen by it or not: a moment later."""
        at = self.clock.now() - timedelta(hours=hours_ago)
        self.clock.sleep(0.01)
        self.simulator.place([(self.wire(listing), units)], till_at=at)

    def give_back(self, listing: ListingKey, units: int, *, restock: bool = True) -> None:
        if restock:
            self.simulator.give_back(self.wire(listing), units)


TILLS: dict[str, type[Till]] = {"smaregi": SmaregiTill, "square": SquareTill}
