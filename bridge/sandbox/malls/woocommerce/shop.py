"""The WooCommerce simulator: one shop's products and orders, and what people do to them (own_shops_and_files.md §2)."""

from __future__ import annotations

from typing import ClassVar

from bridge.clock import Clock
from bridge.sandbox.malls.mall import Cause, Listing, Mall, Wanted, units_by_listing
from bridge.sandbox.malls.woocommerce.api import WooApi
from bridge.sandbox.malls.woocommerce.courier import Courier
from bridge.sandbox.malls.woocommerce.records import (
    CANCELLED,
    COMPLETED,
    FAILED,
    PENDING,
    PROCESSING,
    REDUCES,
    REFUNDED,
    RESTORES,
    TRASH,
    Product,
    Refund,
    RefundLine,
    WooLine,
    WooOrder,
    WooState,
)
from bridge.sandbox.malls.woocommerce.switches import WooSwitches

OPEN = frozenset({PENDING, PROCESSING, "on-hold"})


class WooCommerce(Mall):
    """A listing is (product, "") or (product, variation), the ids as text."""

    name: ClassVar[str] = "woocommerce"
    ships_in_part: ClassVar[bool] = False  # a status is the whole order's
    tells_returns: ClassVar[bool] = True

    def __init__(
        self,
        clock: Clock,
        *,
        seed: int = 0,
        visible_after: float = 5.0,
        switches: WooSwitches | None = None,
        site: str = "https://shop.example",
        consumer_key: str = "ck_sandbox",
        consumer_secret: str = "cs_sandbox",
        permission: str = "read_write",
    ) -> None:
        super().__init__(clock, seed)
        self.switches = switches or WooSwitches()
        self.site = site
        self.consumer_key, self.consumer_secret, self.permission = consumer_key, consumer_secret, permission
        self.state: WooState = WooState(visible_after=visible_after)
        self.courier = Courier(self)
        self._api = WooApi(self)

    # The catalogue.

    def add_product(
        self,
        listing: Listing,
        sku: str,
        stock: float | None,
        *,
        title: str | None = None,
        manages: bool | str = True,
        backorders: str = "no",
        status: str = "publish",
        type: str = "simple",
    ) -> Listing:
        """Put something on sale; a variation makes its product where that is new, which then keeps no stock itself."""
        number, variation = int(listing[0]), int(listing[1] or 0)
        with self.lock:
            now = self.clock.now()
            if variation:
                blank = Product(number, "", title or sku, now, manages=False, type="variable")
                parent = self.state.products.setdefault(number, blank)
                parent.type = "variable"
                parent.variations.append(variation)
                type = "variation"
            made = Product(variation or number, sku, title or sku, now, stock, manages, backorders)
            made.parent, made.type, made.status = (number if variation else 0), type, status
            self.state.products[made.id] = made
            self.record(listing, 0, int(stock or 0), "opening")
            return listing

    def delete_product(self, listing: Listing) -> None:
        """It is gone, and old orders still name it."""
        with self.lock:
            gone = self.state.products.pop(int(listing[1] or listing[0]))
            if gone.parent:
                self.state.products[gone.parent].variations.remove(gone.id)
            self.record(listing, int(gone.quantity or 0), 0, "hand")

    def product(self, listing: Listing) -> Product | None:
        return self.state.products.get(int(listing[1] or listing[0]))

    def listing_of(self, product: Product) -> Listing:
        return (str(product.parent), str(product.id)) if product.parent else (str(product.id), "")

    def keeper(self, product: Product) -> Product | None:
        """Where its stock is kept: by itself, by its product, or nowhere."""
        holder = self.state.products.get(product.parent) if product.manages == "parent" else product
        return holder if holder is not None and holder.manages is True and self.switches.manages_stock else None

    # Stock.

    def put(self, product: Product, quantity: float, cause: Cause, order_id: str | None = None) -> None:
        old, product.quantity, product.modified = product.quantity, quantity, self.clock.now()
        self.record(self.listing_of(product), int(old or 0), int(quantity), cause, order_id)

    def set_stock_by_hand(self, listing: Listing, quantity: int) -> None:
        with self.lock:
            product = self.product(listing)
            assert product is not None
            self.put(product, quantity, "hand")

    def _move(self, listing: Listing, delta: int, cause: Cause, order_id: str) -> bool:
        """Whether there is a number to move. It may fall below zero."""
        product = self.product(listing)
        keeper = self.keeper(product) if product else None
        if keeper is None or keeper.quantity is None:
            return False
        if delta:
            self.put(keeper, keeper.quantity + delta, cause, order_id)
        return True

    # Orders.

    def place(self, wanted: Wanted, *, status: str = PROCESSING) -> str | None:
        with self.lock:
            if not all(self._sells(listing, units) for listing, units in units_by_listing(wanted).items()):
                return None
            now, number = self.clock.now(), self.next_number()
            lines = [self._line(listing, units) for listing, units in wanted]
            order = WooOrder(str(1000 + 3 * number), now, self.visible_from(now), lines, modified=now)
            self.state.orders[order.id] = order
            self.courier.tell("order.created", order.id)
            self.set_status(order.id, status, cause="order")
            return order.id

    def _line(self, listing: Listing, units: int) -> WooLine:
        product = self.product(listing)
        assert product is not None
        return WooLine(str(self.next_number()), listing, product.sku, units)

    def _sells(self, listing: Listing, units: int) -> bool:
        product = self.product(listing)
        if product is None or product.status != "publish":
            return False
        keeper = self.keeper(product)
        return keeper is None or keeper.backorders != "no" or (keeper.quantity or 0) >= units

    def set_status(self, order_id: str, status: str, cause: Cause = "edit") -> None:
        """A new status, with what it does to the stock: lines are taken off once, and put back by two statuses only."""
        with self.lock:
            order = self.state.orders[order_id]
            before, order.status = order.status, status
            for line in order.lines:
                if status in REDUCES and line.reduced is None:
                    moved = self._move(line.listing, -line.units, cause, order_id)
                    line.reduced = line.units if moved else None
                elif status in RESTORES and line.reduced is not None:
                    self._move(line.listing, line.reduced, "restock", order_id)
                    line.reduced = None
            if status == COMPLETED:
                order.completed = self.clock.now()
                for line in order.lines:
                    line.shipped += line.open
            if status in (CANCELLED, REFUNDED, FAILED, TRASH):
                for line in order.lines:
                    line.cancelled += line.open
            if status in OPEN and before in (CANCELLED, REFUNDED, FAILED, TRASH):
                for line in order.lines:
                    line.cancelled = line.refunded
            self._touched(order, status != TRASH or self.switches.trash_touches_orders)

    def ship(self, order_id: str, line_id: str | None = None, units: int | None = None) -> int:
        """The order is marked as completed, whole."""
        with self.lock:
            order = self.state.orders[order_id]
            if order.status not in OPEN or not order.open:
                return 0
            assert line_id is None
            assert units in (None, order.open)
            left = order.open
            self.set_status(order_id, COMPLETED)
            return left

    def cancel(
        self, order_id: str, line_id: str | None = None, units: int | None = None, restock: bool | None = True
    ) -> int:
        """The order is cancelled, which puts its units back on sale; without that it is refunded whole. A line or some
        units of it are refunded."""
        with self.lock:
            order = self.state.orders[order_id]
            chosen = [line for line in order.lines if line_id in (None, line.line_id)]
            parts = {line.line_id: line.open if units is None else min(units, line.open) for line in chosen}
            withdrawn = sum(parts.values())
            if not withdrawn:
                return 0
            if line_id is None and restock is not False:
                self.set_status(order_id, CANCELLED)
            else:
                self.refund(order_id, parts, restock=restock is not False)
            return withdrawn

    def refund(self, order_id: str, parts: dict[str, int], *, restock: bool = True) -> None:
        """Money back for units of lines, at a tick with the goods back on sale. An order refunded whole says so."""
        with self.lock:
            order = self.state.orders[order_id]
            rows = []
            for line_id, units in parts.items():
                line = order.line(line_id)
                shipped = min(units, max(0, line.shipped - line.returned))
                line.returned += shipped
                line.cancelled += units - shipped
                line.refunded += units
                rows.append(RefundLine(self.next_number(), line_id, units))
                if restock and line.reduced and self._move(line.listing, units, "restock", order_id):
                    line.reduced -= units if self.switches.refunds_lower_mark else 0
            order.refunds.append(Refund(self.next_number(), self.clock.now(), rows))
            self._touched(order, self.switches.refunds_touch_orders)
            if all(line.refunded >= line.units for line in order.lines):
                self.set_status(order_id, REFUNDED)

    def return_units(self, order_id: str, line_id: str, units: int, restock: bool = True) -> None:
        with self.lock:
            line = self.state.orders[order_id].line(line_id)
            assert units <= line.shipped - line.returned
            self.refund(order_id, {line_id: units}, restock=restock)

    def edit_units(self, order_id: str, line_id: str, units: int) -> None:
        """Staff change a line in the admin: its stock follows at save."""
        with self.lock:
            order = self.state.orders[order_id]
            line = order.line(line_id)
            if line.reduced is not None and self._move(line.listing, line.units - units, "edit", order_id):
                line.reduced += units - line.units
            line.units = units
            self._touched(order)

    def add_line(self, order_id: str, listing: Listing, units: int) -> str:
        """Staff add a line in the admin."""
        with self.lock:
            order = self.state.orders[order_id]
            line = self._line(listing, units)
            order.lines.append(line)
            if self._move(listing, -units, "edit", order_id):
                line.reduced = units
            self._touched(order)
            return line.line_id

    def remove_line(self, order_id: str, line_id: str) -> None:
        """Staff take a line out, which puts its units back."""
        with self.lock:
            order = self.state.orders[order_id]
            line = order.line(line_id)
            if line.reduced:
                self._move(line.listing, line.reduced, "edit", order_id)
            order.lines.remove(line)
            self._touched(order)

    def delete_order(self, order_id: str) -> None:
        """Deleted for good, which puts nothing back."""
        with self.lock:
            del self.state.orders[order_id]
            self.touch()

    def _touched(self, order: WooOrder, raises: bool = True) -> None:
        if raises:
            order.modified = self.clock.now()
        self.touch()
        self.courier.tell("order.updated", order.id)

    # The truth.

    def stock(self) -> dict[Listing, int]:
        with self.lock:
            kept = [each for each in self.state.products.values() if each.manages is True and each.quantity is not None]
            return {self.listing_of(product): int(product.quantity or 0) for product in kept}

    def orders(self) -> list[WooOrder]:
        with self.lock:
            return list(self.state.orders.values())

    def skus(self) -> dict[Listing, str]:
        with self.lock:
            return {self.listing_of(each): each.sku for each in self.state.products.values() if each.manages is True}
