"""The Rakuten simulator: one shop's items, stock and orders, and what people do to them (rakuten.md §5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

from bridge.clock import JST, Clock
from bridge.sandbox.malls.mall import Cause, Listing, Mall, Wanted, units_by_listing
from bridge.sandbox.malls.rakuten import licences
from bridge.sandbox.malls.rakuten.api import RakutenApi
from bridge.sandbox.malls.rakuten.changes import Changes
from bridge.sandbox.malls.rakuten.progress import Progress
from bridge.sandbox.malls.rakuten.records import (
    BY_CUSTOMER,
    BY_SHOP,
    SHIPPED,
    Item,
    Licence,
    RakutenLine,
    RakutenOrder,
    RakutenState,
    RestoreType,
    StockRow,
    Variant,
)
from bridge.sandbox.malls.rakuten.switches import RakutenSwitches

MAX_QUANTITY = 99_999
MEMBER_CANCEL = timedelta(minutes=30)
SHOP_ID = "123456"


class Rakuten(Mall):
    name: ClassVar[str] = "rakuten"
    ships_in_part: ClassVar[bool] = False  # a basket is shipped whole; an order of two baskets in two steps

    def __init__(
        self,
        clock: Clock,
        *,
        seed: int = 0,
        visible_after: float = 5.0,
        switches: RakutenSwitches | None = None,
        service_secret: str = "SP123456_sandbox",
        licence_key: str = "SL123456_sandbox",
    ) -> None:
        super().__init__(clock, seed)
        self.switches = switches or RakutenSwitches()
        self.service_secret = service_secret
        self.state: RakutenState = RakutenState(visible_after=visible_after)
        self.state.licences.append(licences.first_licence(licence_key, clock.now(), self.switches))
        self.progress = Progress(self)
        self.changes = Changes(self)
        self._api = RakutenApi(self)

    # The catalogue.

    def add_product(
        self,
        listing: Listing,
        sku: str | None,
        stock: int,
        *,
        title: str | None = None,
        item_number: str | None = None,
        jan: str | None = None,
        restock_on_cancel: bool = False,
        back_order: bool = False,
        hidden: bool = False,
        item_type: str = "NORMAL",
        unlimited: bool = False,
    ) -> Listing:
        """Put a SKU on sale. `listing` is (manageNumber, variantId), the manageNumber in lower case."""
        manage_number, variant_id = listing
        assert manage_number == manage_number.lower()
        with self.lock:
            now = self.clock.now()
            item = self.item_of(manage_number)  # one that was deleted may come back under its number
            if item is None:
                item = Item(manage_number, item_number, title or manage_number, now, now, {}, item_type)
                item.unlimited = unlimited
                self.state.items[manage_number] = item
            item.variants[variant_id] = Variant(sku, jan, restock_on_cancel, back_order, hidden)
            self.put(listing, stock, "opening")
            return listing

    def delete_item(self, manage_number: str) -> None:
        """The shop deletes an item; items.search goes on showing its number for a while (rakuten.md §3)."""
        with self.lock:
            self.state.items[manage_number].deleted_at = self.clock.now()
            self.touch()

    def item_of(self, manage_number: str) -> Item | None:
        item = self.state.items.get(manage_number)
        return None if item is None or item.deleted_at else item

    def variant_of(self, listing: Listing) -> Variant | None:
        item = self.item_of(listing[0])
        return item.variants.get(listing[1]) if item else None

    # Stock.

    def put(self, listing: Listing, quantity: int, cause: Cause, order_id: str | None = None) -> StockRow:
        """Set a quantity, making the row where there is none."""
        assert 0 <= quantity <= MAX_QUANTITY
        now = self.clock.now()
        row = self.state.rows.get(listing)
        old = row.quantity if row else 0
        if row is None:
            row = self.state.rows[listing] = StockRow(quantity, now, now)
        row.quantity, row.updated = quantity, now
        self.record(listing, old, quantity, cause, order_id)
        return row

    def set_stock_by_hand(self, listing: Listing, quantity: int) -> None:
        with self.lock:
            self.put(listing, quantity, "hand")

    def move(self, listing: Listing, delta: int, cause: Cause, order_id: str) -> None:
        row = self.state.rows.get(listing)
        item = self.state.items.get(listing[0])
        if row is not None and not (item and item.unlimited):
            self.put(listing, min(max(row.quantity + delta, 0), MAX_QUANTITY), cause, order_id)

    def purge_orphans(self) -> None:
        """Stock rows without an item are removed a day after their last update (rakuten.md §2.1)."""
        limit = self.clock.now() - timedelta(seconds=self.switches.orphan_life)
        old = [key for key, row in self.state.rows.items() if row.updated <= limit and self.variant_of(key) is None]
        for listing in old:
            del self.state.rows[listing]
            self.touch()

    # Orders.

    def place(self, wanted: Wanted, *, order_type: int = 1, baskets: int = 1) -> str | None:
        with self.lock:
            self.progress.advance()
            needed = units_by_listing(wanted)
            if not all(self._sells(listing, units) for listing, units in needed.items()):
                return None
            now = self.clock.now()
            number = self.next_number()
            order = RakutenOrder(
                id=f"{SHOP_ID}-{now.astimezone(JST):%Y%m%d}-{number:010d}",
                placed_at=now,
                visible_at=self.visible_from(now),
                order_type=order_type,
                progress_since=now,
            )
            for position, (listing, units) in enumerate(wanted):
                self.add_to(order, listing, units, basket=1 + position % baskets)
            self.state.orders[order.id] = order
            self.progress.watch([order])
            for listing, units in needed.items():
                self.move(listing, -units, "order", order.id)
            self.progress.advance()
            return order.id

    def _sells(self, listing: Listing, units: int) -> bool:
        item, variant, row = self.item_of(listing[0]), self.variant_of(listing), self.state.rows.get(listing)
        if item is None or variant is None or item.hidden or variant.hidden:
            return False
        return item.unlimited or variant.back_order or (row is not None and row.quantity >= units)

    def add_to(self, order: RakutenOrder, listing: Listing, units: int, basket: int) -> RakutenLine:
        """Write another line into an order."""
        variant = self.variant_of(listing)
        sku = (variant.sku if variant else None) or ""
        line_id = str(len(order.lines) + 11)
        flag = self.switches.restore_inventory_flag
        line = RakutenLine(line_id, listing, sku, units, basket=basket, restore_inventory_flag=flag)
        order.lines.append(line)
        return line

    def ship(self, order_id: str, line_id: str | None = None, units: int | None = None) -> int:
        """Report the shipment of an order, or of the basket that holds a line; a part of a line can't be."""
        with self.lock:
            order = self._order(order_id)
            if order.progress >= SHIPPED:
                return 0
            baskets = order.baskets if line_id is None else [order.line(line_id).basket]
            assert units is None or units == sum(line.open for line in order.lines if line.basket in baskets)
            now = self.clock.now()
            shipped = 0
            for line in order.lines:
                if line.basket in baskets:
                    shipped += line.open
                    line.shipped += line.open
            for basket in baskets:
                order.shipped_baskets.setdefault(basket, f"{now.astimezone(JST):%Y-%m-%d}")
            if order.open == 0:
                order.confirmed_at = order.confirmed_at or now
                order.fixed_at = order.fixed_at or now
                order.shipping_reported_at = now
                self.progress.go(order, SHIPPED, now)
            self.touch()
            return shipped

    def cancel(
        self,
        order_id: str,
        line_id: str | None = None,
        units: int | None = None,
        restock: bool | None = True,
        by: int = BY_SHOP,
    ) -> int:
        """`restock` None follows the SKU's own setting. Without a line the order is cancelled, with a line it is
        deleted, with units it is made smaller."""
        with self.lock:
            order = self._order(order_id)
            restore: RestoreType = 0 if restock is None else 1 if restock else 2
            if line_id is None:
                return self.changes.cancel(order, restore, by)
            line = order.line(line_id)
            if units is not None and units < line.open:
                self.changes.edit(order, line, line.units - units, restore, by)
                return units
            return self.changes.delete(order, line, restore, by)

    def buyer_cancels(self, order_id: str) -> bool:
        """A member withdraws an order: within 30 minutes of it, and not for the special kinds (rakuten.md §5.1)."""
        with self.lock:
            order = self._order(order_id)
            late = self.clock.now() - order.placed_at > MEMBER_CANCEL
            if late or order.order_type != 1 or order.progress >= SHIPPED:
                return False
            return self.changes.cancel(order, 0, BY_CUSTOMER) > 0

    def withdraw_cancellation(self, order_id: str) -> None:
        """An order at 800 goes back to 300."""
        with self.lock:
            self.changes.withdraw(self._order(order_id))

    def edit_units(self, order_id: str, line_id: str, units: int, *, by: int = BY_SHOP) -> None:
        with self.lock:
            order = self._order(order_id)
            line = order.line(line_id)
            self.changes.edit(order, line, units, line.restore_inventory_flag, by)

    def add_line(self, order_id: str, listing: Listing, units: int, *, basket: int = 1) -> str:
        """The shop adds goods to an order, in a basket of their own perhaps. Returns the new itemDetailId."""
        with self.lock:
            return self.changes.add(self._order(order_id), listing, units, basket).line_id

    def _order(self, order_id: str) -> RakutenOrder:
        """The order as it stands by now."""
        self.progress.advance()
        return self.state.orders[order_id]

    # Licence keys.

    def issue_licence(self, key: str) -> Licence:
        """Somebody makes a new key in RMS."""
        with self.lock:
            self.touch()
            return licences.issue(self.state.licences, key, self.clock.now(), self.switches)

    def licence(self, key: str) -> Licence | None:
        """The licence of `key`, if it is accepted now."""
        return licences.accepted(self.state.licences, key, self.clock.now())

    # The truth.

    def stock(self) -> dict[Listing, int]:
        with self.lock:
            return {key: row.quantity for key, row in self.state.rows.items() if self.variant_of(key)}

    def orders(self) -> list[RakutenOrder]:
        with self.lock:
            self.progress.advance()
            return list(self.state.orders.values())

    def skus(self) -> dict[Listing, str]:
        with self.lock:
            items = [item for item in self.state.items.values() if item.deleted_at is None]
            return {(item.manage_number, key): one.sku or "" for item in items for key, one in item.variants.items()}

    def load_json(self, plain: Mapping[str, Any]) -> None:
        with self.lock:
            super().load_json(plain)
            self.progress = Progress(self)
            self.progress.watch(list(self.state.orders.values()))
