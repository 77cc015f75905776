"""What becomes of an order after it was placed: cancelled, edited, split (yahoo.md §2.5, §3.5, §3.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.sandbox.malls.mall import Listing
from bridge.sandbox.malls.yahoo.records import (
    ARRIVED,
    CANCELLED,
    FINISHED,
    OUT_OF_STOCK,
    SHIPPED,
    YahooLine,
    YahooOrder,
)

if TYPE_CHECKING:
    from bridge.sandbox.malls.yahoo.shop import Yahoo


class Changes:
    def __init__(self, shop: Yahoo) -> None:
        self._shop = shop

    def note(self, order: YahooOrder) -> None:
        """Every change is a new Version at a new LastUpdateTime."""
        order.version += 1
        order.updated = self._shop.clock.now()
        self._shop.touch()

    def cancel(self, order: YahooOrder, restock: bool | None, reason: int, *, by_buyer: bool) -> int:
        """Cancel it whole; the units withdrawn, 0 where it is over already. What had been shipped stays shipped."""
        if order.status in (CANCELLED, FINISHED):
            return 0
        withdrawn = 0
        for line in order.lines:
            units = line.open
            if units > 0:
                withdrawn += units
                line.cancelled += units
                if self._restores(line.listing, restock, by_buyer):
                    self._shop.move(line.listing, units, "restock", order.id)
            if reason == OUT_OF_STOCK and self._shop.switches.close_on_210:
                self._shop.close(line.listing)
        order.status, order.cancel_reason = CANCELLED, reason
        order.cancelled_at = self._shop.clock.now()
        self.note(order)
        return withdrawn

    def _restores(self, listing: Listing, restock: bool | None, by_buyer: bool) -> bool:
        if restock is not None:
            return restock
        if by_buyer:
            item = self._shop.state.items.get(listing[0])
            return item is not None and item.keep_stock
        return self._shop.switches.merchant_cancel_restores

    def withdraw(self, order: YahooOrder, line: YahooLine, units: int, restock: bool | None) -> int:
        """Some units of a line, or the line, which then vanishes."""
        units = min(units, line.open)
        self._check_editable(order)
        if units == line.open and line.shipped == 0:
            line.deleted = True
        line.cancelled += units
        line.withdrawn += units
        if self._shop.switches.edits_move_stock if restock is None else restock:
            self._shop.move(line.listing, units, "restock", order.id)
        self.note(order)
        return units

    def edit(self, order: YahooOrder, line: YahooLine, units: int) -> None:
        """Another number of units."""
        self._check_editable(order)
        assert units >= line.shipped
        delta = units - (line.units - line.withdrawn)
        line.units += delta
        if self._shop.switches.edits_move_stock and delta:
            self._shop.move(line.listing, -delta, "edit", order.id)
        self.note(order)

    def add(self, order: YahooOrder, listing: Listing, units: int) -> YahooLine:
        """A line comes."""
        self._check_editable(order)
        line = self._shop.add_to(order, listing, units)
        if self._shop.switches.edits_move_stock:
            self._shop.move(listing, -units, "edit", order.id)
        self.note(order)
        return line

    def split(self, order: YahooOrder, line: YahooLine, units: int) -> YahooOrder:
        """Some units of a line go over to a new order, placed when the old one was."""
        self._check_editable(order)
        assert 0 < units <= line.open
        child = self._shop.new_order(order.placed_at)
        child.parent, order.child = order.id, child.id
        child.updated = self._shop.clock.now()
        self._shop.add_to(child, line.listing, units)
        line.units -= units
        line.deleted = line.units == 0
        self._shop.state.orders[child.id] = child
        self.note(order)
        return child

    def ship(self, order: YahooOrder) -> int:
        if order.status in (CANCELLED, FINISHED) or order.ship_status in (SHIPPED, ARRIVED):
            return 0
        units = order.open
        for line in order.lines:
            line.shipped += line.open
        order.ship_status, order.pay_status = SHIPPED, 1
        order.ship_date = self._shop.stamp(self._shop.clock.now())[:10]
        self.note(order)
        return units

    def _check_editable(self, order: YahooOrder) -> None:
        over = order.status in (CANCELLED, FINISHED) or order.ship_status >= SHIPPED
        assert not over, "only what is not shipped or cancelled can be edited"
