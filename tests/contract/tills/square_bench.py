"""Square's tills in their simulator, read and written by their adapter, on a virtual clock."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any, ClassVar

from bridge.channel_settings import Square as Settings
from bridge.channels.http import RequestRecord, Seams
from bridge.channels.port import OrdersRead, Pushed, PushItem
from bridge.channels.square import SquareChannel
from bridge.channels.square.ids import listing_key, parts_of
from bridge.domain.orders import LineSnapshot, ListingKey, OrderSnapshot
from bridge.domain.till import TillRow
from bridge.refreshed import InMind
from bridge.sandbox.faults import Environ, Faults, Instead
from bridge.sandbox.malls.square import Square
from bridge.sandbox.malls.square.shop import FIRST_PLACE
from bridge.settings import Secret
from tests.support.square_models import Judged
from tests.support.virtual_clock import VirtualClock
from tests.support.wsgi_transport import WsgiTransport

LAG = 30.0
KEY = "3f0c9c52-7d0b-4f4e-9f65-0d4f8e5a1a11"
SHIBUYA, HONSHA, ELSEWHERE = FIRST_PLACE, "LSANDBOX2", "LSANDBOX3"
PLACES = {SHIBUYA: ("渋谷店",), HONSHA: ("本社倉庫",)}
WEBHOOK = ("https://bridge.example/webhooks/square", "sandbox-signature-key")


class SquareBench:
    """One merchant with two places of ours, and a third that the settings don't name."""

    name: ClassVar[str] = "square"

    def __init__(self, **settings: Any) -> None:
        self.clock = VirtualClock()
        self.live = True
        self.records: list[RequestRecord] = []
        self.kept = InMind()
        self.simulator = Square(self.clock)
        self.simulator.add_place(HONSHA, "本社倉庫")
        self.simulator.add_place(ELSEWHERE, "催事")
        self.faults = Faults(Judged(self.simulator), self.clock)
        self.settings = settings
        self.channel = self.connect()
        self.since = self.clock.now() - timedelta(days=1)
        self.orders: dict[str, OrderSnapshot] = {}
        self.rows: dict[str, TillRow] = {}

    def seams(self) -> Seams:
        transport = WsgiTransport(app=self.faults)
        return Seams(
            self.clock, lambda: self.live, Random(7), transport, self.records.append, tokens=self.kept
        )  # fmt: skip

    def connect(self, **settings: Any) -> SquareChannel:
        """An adapter that knows nothing yet, as after a restart."""
        given: dict[str, Any] = {
            "shop": self.simulator.merchant,
            "places": PLACES,
            "base_url": "https://square.test",
            "lag_seconds": LAG,
        }
        if not {"access_token", "refresh_token"} & {*self.settings, *settings}:
            given["access_token"] = Secret(self.simulator.token)
        self.channel = SquareChannel(Settings(**(given | self.settings | settings)), self.seams())
        return self.channel

    # --- what the seller does ----------------------------------------------------------------------------------------

    def add(self, name: str, stock: int | str | None, place: str = SHIBUYA, **kind: Any) -> ListingKey:
        """Put something on sale. Its opening lies a day back: before everything that is read."""
        variation = f"VAR-{name}"
        self.simulator.add_product((variation, place), name, stock, **kind)
        for row in self.simulator.rows_of(variation):
            row.occurred = row.created = row.updated = row.visible = self.clock.start - timedelta(days=40)
        return listing_key(variation, place)

    @staticmethod
    def wire(listing: ListingKey) -> tuple[str, str]:
        return parts_of(listing)

    def sell(self, listing: ListingKey, units: int, *, at: datetime | None = None) -> str:
        """A sale at the till; its id there. `at`: made offline, then."""
        order = self.simulator.place([(self.wire(listing), units)], till_at=at)
        assert order is not None
        return order

    def sell_offline(self, listing: ListingKey, units: int, *, late: timedelta) -> str:
        """The till was without a net; what it sold so long ago arrives now."""
        return self.sell(listing, units, at=self.clock.now() - late)

    def void(self, order: str, units: int, *, restock: bool = True) -> None:
        """A refund of an old sale; whether its goods go back on the shelf is for staff to say."""
        self.simulator.return_units(order, "1", units, restock)

    def give_back(self, listing: ListingKey, units: int) -> None:
        """A return without a receipt."""
        self.simulator.give_back(self.wire(listing), units)

    def recount(self, listing: ListingKey, quantity: int, *, at: datetime | None = None) -> None:
        self.simulator.recount(self.wire(listing), quantity, at=at)

    def receive(self, listing: ListingKey, units: int) -> None:
        self.simulator.receive(self.wire(listing), units)

    def lose(self, listing: ListingKey, units: int) -> None:
        self.simulator.lose(self.wire(listing), units)

    # --- what the bridge does ----------------------------------------------------------------------------------------

    def read_orders(self, *, wait: float = 10.0) -> OrdersRead:
        """One poll, as intake does it: from the last watermark on; a newer snapshot takes the place of an older one."""
        self.clock.sleep(wait)
        answer = self.channel.orders(self.since)
        self.orders |= {order.order: order for order in answer.orders}
        self.rows |= {row.id: row for row in answer.rows}
        self.since = answer.complete_until
        return answer

    def lines(self) -> list[LineSnapshot]:
        """Of everything sold and given back so far."""
        return [line for order in self.orders.values() for line in order.lines]

    def booked(self, listing: ListingKey) -> int:
        """The Δ of what the shop has, as far as it was told of: what is sold has left, what came back is looked at
        first."""
        sold = sum(line.shipped for line in self.lines() if line.listing == listing)
        return sum(row.units for row in self.rows.values() if row.listing == listing) - sold

    def push(self, quantities: Mapping[ListingKey, int], key: str = KEY) -> Sequence[Pushed]:
        """Push, having read what is shown."""
        shown = self.channel.read(quantities)
        items = [PushItem(listing, quantity, shown.get(listing, 0)) for listing, quantity in quantities.items()]
        return self.channel.push(items, key)

    def stock(self, listing: ListingKey) -> int:
        return self.simulator.stock()[self.wire(listing)]

    def before_writing(self, act: Callable[[], object]) -> None:
        """What happens between our look and the next write."""

        def hook(environ: Environ) -> None:
            if "batch-create" in environ["PATH_INFO"]:
                self.faults.before = None
                act()

        self.faults.before = hook

    def instead_of_writing(self, answer: Callable[[Any], str]) -> None:
        """The next write is not carried out, and this is answered to its body."""

        def hook(environ: Environ) -> None:
            if "batch-create" in environ["PATH_INFO"]:
                self.faults.before = None
                sent = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
                environ["wsgi.input"] = io.BytesIO(sent)
                self.faults.next(Instead(200, answer(json.loads(sent))))

        self.faults.before = hook

    def asked(self, operation: str) -> list[RequestRecord]:
        return [each for each in self.records if each.operation == operation]
