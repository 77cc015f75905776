"""The Shopify simulator: one shop's catalogue, levels and orders, and what people do to them (shopify.md §5.6, §6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
            number = self.next_number()
            lines = [self._line(listing, units) for listing, units in wanted]
            return self._opened(number, lines, source=source, test=test, financial_status=financial_status)

    def order(self, wanted: Sequence[tuple[str, int]]) -> str | None:
        """A shopper orders items (id and units) and Shopify assigns them: all to the first location that has it all,
        else each to the first that has it, else split."""
        with self.lock:
            free = {key: level.quantity("available") for key, level in self.state.levels.items()}
            online = [one.id for one in self.state.locations.values() if one.active and one.fulfills_online_orders]
            whole = [at for at in online if all(free.get((item, at), 0) >= units for item, units in wanted)]
            number, lines = self.next_number(), []
            for item, units in wanted:
                here = [at for at in online if self._sells((item, at), 1)]
                having = [at for at in whole or here if free.get((item, at), 0) >= units]
                share = dict(poured(units, {at: free[item, at] for at in having[:1] or here}))
                if sum(share.values()) < units:
                    return None
                first, *others = share
                lines.append(self._line((item, first), units))
                lines[-1].elsewhere = {at: share[at] for at in others}
                free |= {(item, at): free[item, at] - part for at, part in share.items()}
            return self._opened(number, lines)

    def _opened(
        self,
        number: int,
        lines: list[ShopifyLine],
        source: str = "web",
        test: bool = False,
        financial_status: str = "PAID",
    ) -> str:
        now = self.clock.now()
        order = ShopifyOrder(
            id=gid("Order", 5_000_000_000 + number),
            placed_at=now,
            visible_at=self.visible_from(now),
            lines=lines,
            name=f"#{1000 + number}",
            source=source,
            test=test,
            financial_status=financial_status,
            updates=[now],
        )
        self.state.orders[order.id] = order
        for line in order.lines:
            for location, units in line.open_at.items():
                self._commit(order, (line.listing[0], location), units, "order")
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

    def _commit(self, order: ShopifyOrder, listing: Listing, units: int, cause: Cause) -> None:
        """available → committed (a negative number of units: back)."""
        if self._tracked(listing):
            self.move(listing, "available", -units, cause, order.id)
            self.move(listing, "committed", units, cause, order.id)

    def ship(self, order_id: str, line_id: str | None = None, units: int | None = None) -> int:
        """Fulfil: committed and on_hand fall, a line's own location first. A shipment leaves from one location."""
        with self.lock:
            order = self.state.orders[order_id]
            sent: dict[str, dict[str, int]] = {}
            for line in self._chosen(order, line_id):
                for location, part in poured(line.open if units is None else units, line.open_at):
                    self._leave(order, line, location, part)
                    sent.setdefault(location, {})[line.line_id] = part
            now = self.clock.now()
            for location, lines in sent.items():
                number = gid("Fulfillment", self.next_number())
                order.fulfillments.append(Fulfillment(number, now, lines, location))
            if sent:
                order.closed_at = now if order.open == 0 else None
                self._updated(order)
            return sum(sum(lines.values()) for lines in sent.values())

    def _leave(self, order: ShopifyOrder, line: ShopifyLine, location: str, units: int) -> None:
        line.shipped += units
        if location != line.listing[1]:
            line.elsewhere[location] -= units
            line.shipped_elsewhere[location] = line.shipped_elsewhere.get(location, 0) + units
        if self._tracked(line.listing):
            self.move((line.listing[0], location), "committed", -units, "order", order.id)

    def assign(self, order_id: str, line_id: str, location_id: str, units: int | None = None) -> int:
        """Move open units of a line, all or some, to another location that stocks the item: there they are committed,
        and where they were they are on sale again. Returns the units moved."""
        with self.lock:
            order = self.state.orders[order_id]
            line = order.line(line_id)
            assert (line.listing[0], location_id) in self.state.levels
            here = {location: count for location, count in line.open_at.items() if location != location_id}
            moved = list(poured(line.open if units is None else units, here))
            for location, part in moved:
                self._commit(order, (line.listing[0], location), -part, "edit")
                self._commit(order, (line.listing[0], location_id), part, "edit")
                for at, delta in ((location, -part), (location_id, part)):
                    if at != line.listing[1]:
                        line.elsewhere[at] = line.elsewhere.get(at, 0) + delta
            if moved and self.switches.moves_touch_orders:
                self._updated(order)
            self.touch()
            return sum(part for _, part in moved)

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
            kind = "CANCEL" if restock else "NO_RESTOCK"
            parts = [
                RefundLine(line.line_id, part, kind, restock, location if restock else None)
                for line, units in lines
                for location, part in self._withdraw(order, line, units, restock)
            ]
            self._refund(order, parts)
            if line_id is None and order.cancelled_at is None:
                now = self.clock.now()
                order.cancelled_at = order.closed_at = now
                order.cancel_reason = "CUSTOMER"
                self.courier.tell("ORDERS_CANCELLED", lambda: order_body(order))
            return sum(part for _, part in lines)

    def _withdraw(self, order: ShopifyOrder, line: ShopifyLine, units: int, restock: bool) -> list[tuple[str, int]]:
        """Where how many were assigned."""
        parts = list(poured(units, line.open_at))
        line.cancelled += units
        line.refunded += units
        for location, part in parts:
            if location != line.listing[1]:
                line.elsewhere[location] -= part
            if self._tracked(line.listing):
                self.move((line.listing[0], location), "committed", -part, "restock", order.id)
                self.move((line.listing[0], location), "available", part if restock else 0, "restock", order.id)
        return parts

    def edit_units(self, order_id: str, line_id: str, units: int) -> None:
        """An order edit: more units are committed, fewer go back on sale."""
        with self.lock:
            order = self.state.orders[order_id]
            line = order.line(line_id)
            delta = units - line.units
            assert units >= line.shipped + line.cancelled
            fewer = list(poured(-delta, line.open_at))
            line.units = units
            line.removed += max(-delta, 0)
            line.ordered += max(delta, 0)
            self._commit(order, line.listing, max(delta, 0), "edit")
            for location, part in fewer:
                self._commit(order, (line.listing[0], location), -part, "edit")
                if location != line.listing[1]:
                    line.elsewhere[location] -= part
            self._edited(order)

    def add_line(self, order_id: str, listing: Listing, units: int) -> str:
        """An order edit adds a line. Returns its id."""
        with self.lock:
            order = self.state.orders[order_id]
            line = self._line(listing, units)
            order.lines.append(line)
            self._commit(order, line.listing, units, "edit")
            self._edited(order)
            return line.line_id

    def return_units(
        self, order_id: str, line_id: str, units: int, restock: bool = True, location_id: str | None = None
    ) -> None:
        """Refund shipped units, as RETURN (at `location_id`, else at the line's own location) or NO_RESTOCK."""
        with self.lock:
            order = self.state.orders[order_id]
            line = order.line(line_id)
            assert units <= line.shipped - line.returned
            line.returned += units
            line.refunded += units
            location = location_id or line.listing[1]
            if restock and self._tracked(line.listing):
                self.move((line.listing[0], location), "available", units, "restock", order.id)
            kind = "RETURN" if restock else "NO_RESTOCK"
            self._refund(order, [RefundLine(line_id, units, kind, restock, location if restock else None)])

    def touch_order(self, order_id: str) -> None:
        """A change that moves no stock (a tag, a note): only updatedAt rises."""
        with self.lock:
            self._updated(self.state.orders[order_id])

    def _refund(self, order: ShopifyOrder, lines: list[RefundLine]) -> None:
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


def poured(units: int, room: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    """`units` into the locations of `room` in turn: (location, units ≥ 1)."""
    for location, most in room.items():
        part = min(units, most)
        if part > 0:
            yield location, part
            units -= part
