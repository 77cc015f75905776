"""The EC-CUBE simulator: one shop's products and orders, and what people do to them (own_shops_and_files.md §1)."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from bridge.clock import Clock
from bridge.sandbox.malls.eccube.api import CubeApi
from bridge.sandbox.malls.eccube.courier import Courier
from bridge.sandbox.malls.eccube.records import (
    BUYING,
    CANCELLED,
    NEW,
    RELEASES,
    RETURNED,
    SHIPPED,
    CubeLine,
    CubeOrder,
    CubeState,
    Item,
    Product,
)
from bridge.sandbox.malls.eccube.switches import EcCubeSwitches
from bridge.sandbox.malls.mall import Cause, Listing, Mall, Wanted, units_by_listing
from bridge.sandbox.malls.once import CODE_LIFE

OPEN = frozenset({1, 4, 6, 7})


class EcCube(Mall):
    """A listing is (product code, id of the ProductClass): codes may stand twice."""

    name: ClassVar[str] = "eccube"
    ships_in_part: ClassVar[bool] = False  # a parcel leaves whole; an order may have several

    def __init__(
        self,
        clock: Clock,
        *,
        seed: int = 0,
        visible_after: float = 5.0,
        switches: EcCubeSwitches | None = None,
        client_id: str = "cube-client",
        client_secret: str = "cube-secret",
        refresh_token: str = "cube-refresh-0",
    ) -> None:
        super().__init__(clock, seed)
        self.switches = switches or EcCubeSwitches()
        self.client_id, self.client_secret = client_id, client_secret
        self.webhook: tuple[str, str] | None = None  # address and secret, as entered in the admin
        self.state: CubeState = CubeState(visible_after=visible_after)
        self.state.refresh[refresh_token] = clock.now() + timedelta(days=self.switches.refresh_days)
        self.courier = Courier(self)
        self._api = CubeApi(self)

    def consent(self) -> str:
        """The operator authorises an application in the admin. Returns the code."""
        with self.lock:
            code = self.secret("code")
            self.state.codes[code] = self.clock.now() + CODE_LIFE
            return code

    def withdraw_consent(self) -> None:
        with self.lock:
            self.state.refresh.clear()
            self.state.access.clear()
            self.touch()

    def secret(self, kind: str) -> str:
        return f"cube-{kind}-{self.random.getrandbits(96):024x}"

    # The catalogue.

    def add_product(
        self,
        listing: Listing,
        title: str,
        stock: int | None,
        *,
        product: int = 0,
        visible: bool = True,
        status: int = 1,
    ) -> Listing:
        """Put something on sale; `product`: an item of a product that is there already, else one of its own · `stock`
        None: unlimited."""
        code, number = listing[0], int(listing[1])
        with self.lock:
            now = self.clock.now()
            home = self.state.products.setdefault(product or number, Product(product or number, title, now, status))
            home.items.append(number)
            self.state.items[number] = Item(number, home.id, code, stock, visible)
            self.record(listing, 0, stock or 0, "opening")
            return listing

    def rename(self, number: int, code: str) -> None:
        with self.lock:
            item = self.state.items[number]
            self.record((item.code, str(number)), item.stock or 0, 0, "hand")
            item.code = code
            self.record((code, str(number)), 0, item.stock or 0, "opening")

    def delete_item(self, number: int) -> None:
        """It is gone, and old orders still show its code."""
        with self.lock:
            item = self.state.items.pop(number)
            self.state.products[item.product].items.remove(number)
            self.record((item.code, str(number)), item.stock or 0, 0, "hand")

    def item(self, listing: Listing) -> Item | None:
        return self.state.items.get(int(listing[1]))

    # Stock.

    def put(self, item: Item, quantity: int, cause: Cause, order_id: str | None = None) -> None:
        """The product's own time of change doesn't move."""
        old, item.stock = item.stock, quantity
        self.record((item.code, str(item.id)), old or 0, quantity, cause, order_id)

    def set_stock_by_hand(self, listing: Listing, quantity: int) -> None:
        with self.lock:
            item = self.item(listing)
            assert item is not None
            self.put(item, quantity, "hand")

    def _move(self, listing: Listing, delta: int, cause: Cause, order_id: str) -> None:
        item = self.item(listing)
        if item is not None and item.stock is not None and delta:
            self.put(item, item.stock + delta, cause, order_id)

    # Orders.

    def place(self, wanted: Wanted, *, status: int = NEW, parcels: int = 1) -> str | None:
        """`parcels`: to so many addresses, its lines shared out among them. Stock falls when the order is confirmed,
        before it is paid."""
        with self.lock:
            if not all(self._sells(listing, units) for listing, units in units_by_listing(wanted).items()):
                return None
            now, number = self.clock.now(), 300 + self.next_number()
            order = CubeOrder(str(number), now, self.visible_from(now), [], status=status, updated=now)
            for position, (listing, units) in enumerate(wanted):
                line = CubeLine(str(self.next_number()), listing, listing[0], units)
                line.shipping = number * 10 + position % parcels
                order.lines.append(line)
            self.state.orders[order.id] = order
            if status not in RELEASES:
                self._take(order, "order")
            self.courier.tell("order", number, "created")
            return order.id

    def _sells(self, listing: Listing, units: int) -> bool:
        item = self.item(listing)
        if item is None or self.state.products[item.product].status != 1:
            return False
        return item.stock is None or item.stock >= units

    def _take(self, order: CubeOrder, cause: Cause) -> None:
        for line in order.lines:
            if not line.taken:
                self._move(line.listing, -line.units, cause, order.id)
                line.taken = True

    def set_status(self, order_id: str, status: int) -> None:
        """A cancellation gives all back, a return nothing."""
        with self.lock:
            order = self.state.orders[order_id]
            order.status = status
            if status in RELEASES:
                for line in order.lines:
                    if line.taken:
                        self._move(line.listing, line.units, "restock", order_id)
                    line.taken = False
                    line.cancelled += line.open
            elif status in OPEN:
                for line in order.lines:
                    line.cancelled = 0
                self._take(order, "edit")
            elif status == RETURNED:
                for line in order.lines:
                    line.returned = line.shipped
            self._touched(order)

    def ship(self, order_id: str, line_id: str | None = None, units: int | None = None) -> int:
        """Every parcel leaves, or the one that holds a line. With the last one the order is shipped."""
        with self.lock:
            order = self.state.orders[order_id]
            parcels = {line.shipping for line in order.lines if line_id in (None, line.line_id)}
            assert units in (None, sum(line.open for line in order.lines if line.shipping in parcels))
            return self.ship_parcels(order_id, parcels)

    def ship_parcels(self, order_id: str, parcels: set[int]) -> int:
        with self.lock:
            order, left = self.state.orders[order_id], 0
            if order.status not in OPEN:
                return 0
            for line in order.lines:
                if line.shipping in parcels:
                    left += line.open
                    line.shipped += line.open
                    order.shipped_on.setdefault(line.shipping, self.clock.now())
            if order.open == 0:
                order.status = SHIPPED
            self._touched(order)
            return left

    def cancel(
        self, order_id: str, line_id: str | None = None, units: int | None = None, restock: bool | None = True
    ) -> int:
        """The whole order, or a line made smaller. Its units are put back on sale: it has no other way."""
        assert restock is not False
        with self.lock:
            order = self.state.orders[order_id]
            if line_id is not None:
                line = next(each for each in order.lines if each.line_id == line_id)
                part = line.open if units is None else min(units, line.open)
                self.edit_units(order_id, line_id, line.units - part)
                return part
            withdrawn = order.open
            if withdrawn and order.status in OPEN:
                self.set_status(order_id, CANCELLED)
            return withdrawn

    def give_up_payment(self, order_id: str) -> None:
        """A payment fails: the shopper stands at the checkout again, and the stock is given back."""
        self.set_status(order_id, BUYING)

    def edit_units(self, order_id: str, line_id: str, units: int) -> None:
        with self.lock:
            order = self.state.orders[order_id]
            line = next(each for each in order.lines if each.line_id == line_id)
            if line.taken:
                self._move(line.listing, line.units - units, "edit", order_id)
            line.units = units
            self._touched(order)

    def remove_line(self, order_id: str, line_id: str) -> None:
        with self.lock:
            order = self.state.orders[order_id]
            line = next(each for each in order.lines if each.line_id == line_id)
            if line.taken:
                self._move(line.listing, line.units, "edit", order_id)
            order.lines.remove(line)
            self._touched(order)

    def _touched(self, order: CubeOrder) -> None:
        order.updated = self.clock.now()
        self.touch()
        self.courier.tell("order", int(order.id), "updated")

    # The truth.

    def stock(self) -> dict[Listing, int]:
        with self.lock:
            kept = [item for item in self.state.items.values() if item.stock is not None]
            return {(item.code, str(item.id)): item.stock or 0 for item in kept}

    def orders(self) -> list[CubeOrder]:
        with self.lock:
            return list(self.state.orders.values())

    def skus(self) -> dict[Listing, str]:
        with self.lock:
            return {(item.code, str(item.id)): item.code for item in self.state.items.values()}
