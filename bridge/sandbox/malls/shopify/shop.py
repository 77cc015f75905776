"""The Shopify simulator: one shop's catalogue, levels and orders, and what people do to them (shopify.md §5.6, §6)."""

from __future__ import annotations

from typing import ClassVar

from bridge.clock import Clock
from bridge.sandbox.malls.mall import Cause, Listing, Mall, Wanted, units_by_listing
from bridge.sandbox.malls.shopify.api import ShopifyApi
from bridge.sandbox.malls.shopify.courier import Courier
from bridge.sandbox.malls.shopify.records import (
    Attempt,
    Fulfillment,
    Item,
    Level,
    Location,
    Refund,
    RefundLine,
    ShopifyLine,
    ShopifyOrder,
    ShopifyState,
    gid,
    number_of,
)
from bridge.sandbox.malls.shopify.switches import ShopifySwitches
from bridge.sandbox.malls.shopify.webhook_bodies import edit_body, order_body, refund_body

FIRST_LOCATION = gid("Location", 1)


class Shopify(Mall):
    name: ClassVar[str] = "shopify"
    ships_in_part: ClassVar[bool] = True
    tells_returns: ClassVar[bool] = True

    def __init__(
        self,
        clock: Clock,
        *,
        seed: int = 0,
        visible_after: float = 5.0,
        switches: ShopifySwitches | None = None,
        static_token: str = "shpat_sandbox",
        client_id: str = "sandbox-client",
        client_secret: str = "sandbox-secret",
        domain: str = "sandbox.myshopify.com",
    ) -> None:
        super().__init__(clock, seed)
        self.switches = switches or ShopifySwitches()
        self.static_token = static_token
        self.client_id, self.client_secret = client_id, client_secret
        self.domain = domain
        self.state: ShopifyState = ShopifyState(visible_after=visible_after)
        self.add_location(FIRST_LOCATION, "本社倉庫")
        self.courier = Courier(self, seed)
        self._api = ShopifyApi(self)

    # The catalogue.

    def add_location(
        self,
        location_id: str,
        name: str,
        *,
        active: bool = True,
        fulfills_online_orders: bool = True,
        fulfillment_service: bool = False,
    ) -> str:
        with self.lock:
            now = self.clock.now()
            location = Location(location_id, name, now, active, fulfills_online_orders, fulfillment_service)
            self.state.locations[location_id] = location
            self.touch()
            return location_id

    def add_product(
        self,
        listing: Listing,
        sku: str | None,
        stock: int,
        *,
        title: str | None = None,
        barcode: str | None = None,
        tracked: bool = True,
        policy: str = "DENY",
        status: str = "ACTIVE",
        requires_shipping: bool = True,
        gift_card: bool = False,
        bundle: bool = False,
        active: bool = True,
        variant_id: str | None = None,
    ) -> Listing:
        """Stock an item at a location, making the item where it is new. `listing` is (InventoryItem, Location), both
        GIDs; the variant and product take the item's number unless `variant_id` is given."""
        item_id, location_id = listing
        assert location_id in self.state.locations
        with self.lock:
            now = self.clock.now()
            if item_id not in self.state.items:
                number = number_of(item_id)
                variant = variant_id or gid("ProductVariant", number)
                item = Item(item_id, variant, gid("Product", number), sku, title or sku or number, now, now, barcode)
                item.tracked, item.policy, item.status = tracked, policy, status
                item.requires_shipping, item.gift_card, item.bundle = requires_shipping, gift_card, bundle
                self.state.items[item_id] = item
            self.state.levels[listing] = Level(now, now, active)
            self.put(listing, "available", stock, "opening")
            return listing

    def delete_variant(self, item_id: str) -> None:
        """The shop deletes a variant: old orders then show a null variant."""
        with self.lock:
            self.state.items[item_id].deleted = True
            self.touch()

    def item(self, item_id: str) -> Item | None:
        item = self.state.items.get(item_id)
        return None if item is None or item.deleted else item

    # Stock.

    def put(self, listing: Listing, name: str, quantity: int, cause: Cause, order_id: str | None = None) -> None:
        """Set one of the named parts. Only `available` is history: it is what shoppers see."""
        level = self.state.levels[listing]
        old = level.quantity(name)
        level.parts[name] = quantity
        level.updated_at = self.clock.now()
        if name == "available":
            self.record(listing, old, quantity, cause, order_id)
        else:
            self.touch()

    def move(self, listing: Listing, name: str, delta: int, cause: Cause, order_id: str | None = None) -> None:
        if delta:
            self.put(listing, name, self.state.levels[listing].quantity(name) + delta, cause, order_id)

    def set_stock_by_hand(self, listing: Listing, quantity: int) -> None:
        """`available`, as in the admin's inventory list."""
        with self.lock:
            self.put(listing, "available", quantity, "hand")

    def reserve(self, listing: Listing, units: int) -> None:
        """A draft order or a checkout under way keeps units: the number falls, and no order tells why."""
        with self.lock:
            self.move(listing, "available", -units, "hand")
            self.move(listing, "reserved", units, "hand")

    def hold_key(self, key: str) -> None:
        """A request with this idempotency key is under way, until `release_key`."""
        with self.lock:
            self.state.attempts[key] = Attempt(self.clock.now(), "", None)
            self.touch()

    def release_key(self, key: str) -> None:
        with self.lock:
            del self.state.attempts[key]
            self.touch()

    # Orders.

    def place(
        self,
        wanted: Wanted,
        *,
        source: str = "web",
        test: bool = False,
        financial_status: str = "PAID",
    ) -> str | None:
        """An order. With source `pos` the goods leave over the counter at once."""
        with self.lock:
            needed = units_by_listing(wanted)
            if not all(self._sells(listing, units) for listing, units in needed.items()):
                return None
            now, number = self.clock.now(), self.next_number()
            order = ShopifyOrder(
                id=gid("Order", 5_000_000_000 + number),
                placed_at=now,
                visible_at=self.visible_from(now),
                lines=[self._line(listing, units) for listing, units in wanted],
                name=f"#{1000 + number}",
                source=source,
                test=test,
                financial_status=financial_status,
                updates=[now],
            )
            self.state.orders[order.id] = order
            for line in order.lines:
                self._commit(order, line, line.units, "order")
            self.courier.tell("ORDERS_CREATE", lambda: order_body(order))
            if source == "pos":
                order.retail_location = order.lines[0].listing[1]
                self.ship(order.id)
            return order.id

    def _sells(self, listing: Listing, units: int) -> bool:
        item, level = self.item(listing[0]), self.state.levels.get(listing)
        if item is None or item.status != "ACTIVE" or level is None or not level.active:
            return False
        return not item.tracked or item.policy == "CONTINUE" or level.quantity("available") >= units

    def _line(self, listing: Listing, units: int) -> ShopifyLine:
        item = self.state.items[listing[0]]
        line_id = gid("LineItem", 9_000_000_000 + self.next_number())
        return ShopifyLine(line_id, listing, item.sku or "", units, title=item.title, ordered=units)

    def _tracked(self, listing: Listing) -> bool:
        return self.state.items[listing[0]].tracked

    def _commit(self, order: ShopifyOrder, line: ShopifyLine, units: int, cause: Cause) -> None:
        """available → committed (a negative number of units: back)."""
        if self._tracked(line.listing):
            self.move(line.listing, "available", -units, cause, order.id)
            self.move(line.listing, "committed", units, cause, order.id)

    def ship(self, order_id: str, line_id: str | None = None, units: int | None = None) -> int:
        """Fulfil: committed and on_hand fall."""
        with self.lock:
            order = self.state.orders[order_id]
            sent: dict[str, int] = {}
            for line in self._chosen(order, line_id):
                part = min(line.open, line.open if units is None else units)
                if part == 0:
                    continue
                line.shipped += part
                sent[line.line_id] = part
                if self._tracked(line.listing):
                    self.move(line.listing, "committed", -part, "order", order.id)
            if sent:
                now = self.clock.now()
                order.fulfillments.append(Fulfillment(gid("Fulfillment", self.next_number()), now, sent))
                order.closed_at = now if order.open == 0 else None
                self._updated(order)
            return sum(sent.values())

    def cancel(
        self, order_id: str, line_id: str | None = None, units: int | None = None, restock: bool | None = True
    ) -> int:
        """The whole order is cancelled, with what is unshipped refunded; a line or some units are only refunded.
        The admin's tick box to restock is on unless somebody takes it off."""
        restock = restock is not False
        with self.lock:
            order = self.state.orders[order_id]
            lines = [
                (line, min(line.open, line.open if units is None else units)) for line in self._chosen(order, line_id)
            ]
            lines = [(line, part) for line, part in lines if part > 0]
            if not lines:
                return 0
            for line, part in lines:
                self._withdraw(order, line, part, restock)
            kind = "CANCEL" if restock else "NO_RESTOCK"
            self._refund(order, [(line, part, kind, restock) for line, part in lines])
            if line_id is None and order.cancelled_at is None:
                now = self.clock.now()
                order.cancelled_at = order.closed_at = now
                order.cancel_reason = "CUSTOMER"
                self.courier.tell("ORDERS_CANCELLED", lambda: order_body(order))
            return sum(part for _, part in lines)

    def _withdraw(self, order: ShopifyOrder, line: ShopifyLine, units: int, restock: bool) -> None:
        line.cancelled += units
        line.refunded += units
        if not self._tracked(line.listing):
            return
        self.move(line.listing, "committed", -units, "restock", order.id)
        if restock:
            self.move(line.listing, "available", units, "restock", order.id)

    def edit_units(self, order_id: str, line_id: str, units: int) -> None:
        """An order edit: more units are committed, fewer go back on sale."""
        with self.lock:
            order = self.state.orders[order_id]
            line = order.line(line_id)
            delta = units - line.units
            assert units >= line.shipped + line.cancelled
            line.units = units
            line.removed += max(-delta, 0)
            line.ordered += max(delta, 0)
            self._commit(order, line, delta, "edit")
            self._edited(order)

    def add_line(self, order_id: str, listing: Listing, units: int) -> str:
        """An order edit adds a line. Returns its id."""
        with self.lock:
            order = self.state.orders[order_id]
            line = self._line(listing, units)
            order.lines.append(line)
            self._commit(order, line, units, "edit")
            self._edited(order)
            return line.line_id

    def return_units(self, order_id: str, line_id: str, units: int, restock: bool = True) -> None:
        """Refund shipped units, as RETURN or NO_RESTOCK."""
        with self.lock:
            order = self.state.orders[order_id]
            line = order.line(line_id)
            assert units <= line.shipped - line.returned
            line.returned += units
            line.refunded += units
            if restock and self._tracked(line.listing):
                self.move(line.listing, "available", units, "restock", order.id)
            self._refund(order, [(line, units, "RETURN" if restock else "NO_RESTOCK", restock)])

    def touch_order(self, order_id: str) -> None:
        """A change that moves no stock (a tag, a note): only updatedAt rises."""
        with self.lock:
            self._updated(self.state.orders[order_id])

    def _refund(self, order: ShopifyOrder, parts: list[tuple[ShopifyLine, int, str, bool]]) -> None:
        lines = [
            RefundLine(line.line_id, n, kind, back, line.listing[1] if back else None) for line, n, kind, back in parts
        ]
        refund = Refund(gid("Refund", self.next_number()), self.clock.now(), lines)
        order.refunds.append(refund)
        self.courier.tell("REFUNDS_CREATE", lambda: refund_body(order, refund))
        left = sum(line.units - line.refunded for line in order.lines)
        order.financial_status = "PARTIALLY_REFUNDED" if left else "REFUNDED"
        self._updated(order)

    def _edited(self, order: ShopifyOrder) -> None:
        order.edited = True
        self._updated(order)
        self.courier.tell("ORDERS_EDITED", lambda: edit_body(order, self.next_number()))

    def _updated(self, order: ShopifyOrder) -> None:
        order.updates.append(self.clock.now())
        self.touch()
        self.courier.tell("ORDERS_UPDATED", lambda: order_body(order))

    @staticmethod
    def _chosen(order: ShopifyOrder, line_id: str | None) -> list[ShopifyLine]:
        return [line for line in order.lines if line_id in (None, line.line_id)]

    # The truth.

    def stock(self) -> dict[Listing, int]:
        with self.lock:
            levels = self.state.levels.items()
            return {key: one.quantity("available") for key, one in levels if one.active and self.item(key[0])}

    def orders(self) -> list[ShopifyOrder]:
        with self.lock:
            return list(self.state.orders.values())

    def skus(self) -> dict[Listing, str]:
        with self.lock:
            return {key: item.sku or "" for key in self.state.levels if (item := self.item(key[0]))}
