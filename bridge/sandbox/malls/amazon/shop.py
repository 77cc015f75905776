"""The Amazon simulator: one seller's offers, stock and orders, and what people do to them (amazon.md §4, §5, §7)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

from bridge.clock import Clock
from bridge.sandbox.malls.amazon.api import AmazonApi
from bridge.sandbox.malls.amazon.feeds import run_feeds
from bridge.sandbox.malls.amazon.records import (
    BY_AMAZON,
    MERCHANT,
    AmazonLine,
    AmazonOrder,
    AmazonState,
    Item,
    Payment,
    Submission,
    Warehouse,
)
from bridge.sandbox.malls.amazon.switches import AmazonSwitches
from bridge.sandbox.malls.mall import Cause, Listing, Mall, Wanted, units_by_listing


class Amazon(Mall):
    """A listing is (SKU, channel code): DEFAULT for what the seller ships, AMAZON_JP for what Amazon ships (FBA)."""

    name: ClassVar[str] = "amazon"
    ships_in_part: ClassVar[bool] = True

    def __init__(
        self,
        clock: Clock,
        *,
        seed: int = 0,
        visible_after: float = 5.0,
        switches: AmazonSwitches | None = None,
        seller: str = "A2SANDBOX",
        client_id: str = "amzn1.application-oa2-client.sandbox",
        client_secret: str = "amzn1.oa2-cs.v1.sandbox",
        refresh_token: str = "Atzr|sandbox",
    ) -> None:
        super().__init__(clock, seed)
        self.switches = switches or AmazonSwitches()
        self.seller, self.client_id = seller, client_id
        self.client_secret, self.refresh_token = client_secret, refresh_token
        self.state: AmazonState = AmazonState(visible_after=visible_after)
        self._moving: set[str] = set()  # orders that time alone may pay for or cancel
        self._settling: set[str] = set()  # SKUs with a number that is not in effect yet
        self._api = AmazonApi(self)

    # The catalogue.

    def add_product(
        self,
        listing: Listing,
        code: str,
        stock: int,
        *,
        title: str | None = None,
        product_type: str = "TEA",
        lead_time: int | None = None,
    ) -> Listing:
        """Put an offer on sale. `listing` is (SKU, DEFAULT or AMAZON_JP); one SKU may have both, though it should not
        (amazon.md §5.6)."""
        sku, channel = listing
        assert channel in (MERCHANT, BY_AMAZON)
        with self.lock:
            item, now = self.state.items.get(sku), self.clock.now()
            if item is None:
                asin = f"B0{len(self.state.items) + 1:08d}"
                item = Item(sku, code, asin, title or sku, now, now, product_type, [], lead_time=lead_time)
                self.state.items[sku] = item
            item.channels.append(channel)
            if channel == BY_AMAZON:
                item.fnsku, item.warehouse = f"X0{item.asin[2:]}", Warehouse(updated=now)
            self.put(listing, stock, "opening")
            item.submitted = item.quantity
            return listing

    def delete_item(self, sku: str) -> None:
        """The seller deletes or renames an offer."""
        with self.lock:
            self.state.items[sku].deleted_at = self.clock.now()
            self.touch()

    def item(self, sku: str) -> Item | None:
        found = self.state.items.get(sku)
        return None if found is None or found.deleted_at else found

    def put(self, listing: Listing, quantity: int, cause: Cause, order_id: str | None = None) -> None:
        assert quantity >= 0
        sku, channel = listing
        item, now = self.state.items[sku], self.clock.now()
        if channel == BY_AMAZON:
            assert item.warehouse is not None
            old, item.warehouse.fulfillable, item.warehouse.updated = item.warehouse.fulfillable, quantity, now
        else:
            old, item.quantity, item.updated = item.quantity, quantity, now
        self.record(listing, old, quantity, cause, order_id)

    def set_stock_by_hand(self, listing: Listing, quantity: int) -> None:
        with self.lock:
            self.advance()
            self.state.items[listing[0]].submitted = quantity
            self.put(listing, quantity, "hand")

    def submit(self, item: Item, quantity: int) -> None:
        """A quantity was accepted by the API. For an offer that Amazon ships it is not refused: the offer becomes the
        seller's to ship, and what lies at Amazon is stranded (§5.6)."""
        if self.switches.ineffective:
            return
        item.submitted = quantity
        if MERCHANT not in item.channels:
            item.channels, item.quantity = [MERCHANT], 0
        at = self.clock.now() + timedelta(seconds=self.switches.effect_after)
        item.waiting.append(Submission(quantity, at))
        self._settling.add(item.sku)
        self.advance()

    # Orders.

    def place(
        self, wanted: Wanted, *, payment: Payment = "card", replaces: str | None = None, outside: bool = False
    ) -> str | None:
        """What Amazon ships and what the seller ships become two orders; the first one's id is returned."""
        with self.lock:
            self.advance()
            needed = units_by_listing(wanted)
            if not all(self._sells(listing, units) for listing, units in needed.items()):
                return None
            kinds = dict.fromkeys(listing[1] for listing, _ in wanted)
            placed = [
                self._place([each for each in wanted if each[0][1] == kind], kind, payment, replaces, outside)
                for kind in kinds
            ]
            self.advance()
            return placed[0]

    def _sells(self, listing: Listing, units: int) -> bool:
        item = self.item(listing[0])
        if item is None or not item.buyable or listing[1] not in item.channels:
            return False
        return self._held(item, listing[1]) >= units

    def _place(self, wanted: Wanted, kind: str, payment: Payment, replaces: str | None, outside: bool) -> str:
        now, number = self.clock.now(), self.next_number()
        order = AmazonOrder(
            id=f"{'S01' if outside else '503'}-{number:07d}-{7_654_321 - number:07d}",
            placed_at=now,
            visible_at=self.visible_from(now),
            number=number,
            updated_at=now,
            by_amazon=kind == BY_AMAZON,
            outside=outside,
            payment=payment,
            replaces=replaces,
        )
        for position, (listing, units) in enumerate(wanted, start=1):
            item = self.state.items[listing[0]]
            line_id = f"{number:010d}{position:04d}"
            order.lines.append(AmazonLine(line_id, listing, item.code, units, asin=item.asin))
            self._move(listing, -units, "order", order.id)
        self.state.orders[order.id] = order
        self._moving.add(order.id)
        return order.id

    def pay(self, order_id: str) -> None:
        """The buyer pays at the shop."""
        with self.lock:
            self.advance()
            order = self.state.orders[order_id]
            assert order.paid_at is None
            assert order.cancelled_at is None
            order.paid_at = self.clock.now()
            self._moving.discard(order_id)
            self._changed(order)

    def ship(self, order_id: str, line_id: str | None = None, units: int | None = None) -> int:
        """Nothing that isn't paid for is shipped."""
        with self.lock:
            self.advance()
            order = self.state.orders[order_id]
            if order.paid_at is None:
                return 0
            shipped = 0
            for line in order.lines:
                if line_id in (None, line.line_id):
                    left = line.open if units is None else min(line.open, units - shipped)
                    line.shipped += left
                    shipped += left
            if shipped:
                self._changed(order)
            return shipped

    def cancel(
        self,
        order_id: str,
        line_id: str | None = None,
        units: int | None = None,
        restock: bool | None = True,
        by: str = "MERCHANT",
    ) -> int:
        with self.lock:
            self.advance()
            order = self.state.orders[order_id]
            return self._cancel(order, line_id, units, restock, by)

    def _cancel(self, order: AmazonOrder, line_id: str | None, units: int | None, restock: bool | None, by: str) -> int:
        back = self.switches.restock_on_cancel if restock is None else restock
        withdrawn = 0
        for line in order.lines:
            if line_id not in (None, line.line_id):
                continue
            gone = line.open if units is None else min(units, line.open)
            if gone:
                line.cancelled += gone
                line.cancelled_by = by
                withdrawn += gone
                if back:
                    self._move(line.listing, gone, "restock", order.id)
        if withdrawn:
            if all(line.open == 0 and line.shipped == 0 for line in order.lines):
                order.cancelled_at = self.clock.now()
                self._moving.discard(order.id)
            self._changed(order)
        return withdrawn

    def ask_to_cancel(self, order_id: str) -> None:
        """The buyer asks; nothing else happens (trap 5)."""
        with self.lock:
            self.advance()
            order = self.state.orders[order_id]
            for line in order.lines:
                line.cancel_asked = "BUYER"
            self._changed(order)

    def edit_units(self, order_id: str, line_id: str, units: int) -> None:
        """Amazon itself only ever makes orders smaller."""
        with self.lock:
            self.advance()
            order = self.state.orders[order_id]
            line = order.line(line_id)
            assert units >= line.shipped + line.cancelled
            delta, line.units = units - line.units, units
            self._move(line.listing, -delta, "edit", order_id)
            self._changed(order)

    def unlist_line(self, order_id: str) -> None:
        """The listings of an order's lines were deleted: the items show no sellerSku any more (trap 8)."""
        with self.lock:
            for line in self.state.orders[order_id].lines:
                line.listed = False
            self._changed(self.state.orders[order_id])

    def _move(self, listing: Listing, delta: int, cause: Cause, order_id: str) -> None:
        item = self.state.items[listing[0]]
        self.put(listing, max(0, self._held(item, listing[1]) + delta), cause, order_id)

    def _changed(self, order: AmazonOrder) -> None:
        order.updated_at = self.clock.now()
        self.touch()

    # What time alone does.

    def advance(self) -> None:
        """Bring everything to where it stands by now."""
        now = self.clock.now()
        for order_id in sorted(self._moving):
            self._go_on(self.state.orders[order_id])
        for sku in sorted(self._settling):
            item = self.state.items[sku]
            while item.waiting and item.waiting[0].effective_at <= now:
                self.put((sku, MERCHANT), item.waiting.pop(0).quantity, "push")
            if not item.waiting:
                self._settling.discard(sku)
        run_feeds(self)

    def _go_on(self, order: AmazonOrder) -> None:
        now = self.clock.now()
        if order.payment == "card":
            if now >= order.placed_at + timedelta(seconds=self.switches.payment_after):
                order.paid_at = order.placed_at + timedelta(seconds=self.switches.payment_after)
                order.updated_at = max(order.updated_at or order.placed_at, order.paid_at)
                self._moving.discard(order.id)
                self.touch()
        elif now >= order.placed_at + timedelta(seconds=self.switches.unpaid_life):
            self._cancel(order, None, None, None, "AMAZON")

    # The truth.

    def stock(self) -> dict[Listing, int]:
        with self.lock:
            self.advance()
            shown: dict[Listing, int] = {}
            for item in self.state.items.values():
                if item.deleted_at is None:
                    shown |= {(item.sku, each): self._held(item, each) for each in item.channels}
            return shown

    @staticmethod
    def _held(item: Item, channel: str) -> int:
        return item.warehouse.fulfillable if channel == BY_AMAZON and item.warehouse else item.quantity

    def orders(self) -> list[AmazonOrder]:
        with self.lock:
            self.advance()
            return list(self.state.orders.values())

    def skus(self) -> dict[Listing, str]:
        with self.lock:
            items = [item for item in self.state.items.values() if item.deleted_at is None]
            return {(item.sku, channel): item.code for item in items for channel in item.channels}

    def load_json(self, plain: Mapping[str, Any]) -> None:
        with self.lock:
            super().load_json(plain)
            waiting = [each for each in self.state.orders.values() if each.paid_at is None and not each.cancelled_at]
            self._moving = {order.id for order in waiting}
            self._settling = {item.sku for item in self.state.items.values() if item.waiting}
