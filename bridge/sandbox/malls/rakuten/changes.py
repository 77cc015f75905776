"""What becomes of an order after it was placed: cancelled, edited, lines deleted and added (rakuten.md §5.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.sandbox.malls.mall import Listing
from bridge.sandbox.malls.rakuten.records import (
    BY_CUSTOMER,
    BY_SHOP,
    CANCELLED,
    CANCELLING,
    CHANGING,
    SHIPPED,
    TO_SHIP,
    ChangeReason,
    RakutenLine,
    RakutenOrder,
    RestoreType,
)

if TYPE_CHECKING:
    from bridge.sandbox.malls.rakuten.shop import Rakuten

REASON_CANCEL, REASON_OTHER = 1, 10  # changeReasonDetail
LESS, MORE = 0, 1  # changeTypeDetail
CANCEL_ASKED, CANCEL_WITHDRAWN, CHANGE_DONE = 0, 3, 6  # changeType


class Changes:
    def __init__(self, shop: Rakuten) -> None:
        self._shop = shop

    def cancel(self, order: RakutenOrder, restore: RestoreType, by: int, reason: int = REASON_CANCEL) -> int:
        """The units withdrawn: everything that is not shipped, or nothing once the order is."""
        if order.progress >= SHIPPED:
            return 0
        now = self._shop.clock.now()
        for line in order.lines:
            if (units := line.open) > 0:
                line.cancelled += units
                order.cancel_waiting[line.line_id] = units
                if self._restores(line, restore):
                    order.restocked.append((line.line_id, units))
                    self._shop.move(line.listing, units, "restock", order.id)
        order.cancelled_at = now
        order.changes.append(ChangeReason(CANCEL_ASKED, None, by, reason, now))
        self._shop.progress.go(order, self._shop.switches.cancel_to, now)
        return sum(order.cancel_waiting.values())

    def give_up(self, order: RakutenOrder) -> None:
        """Rakuten cancels an order that nobody confirmed in 14 days."""
        self.cancel(order, 0, BY_SHOP, REASON_OTHER)
        self._shop.progress.go(order, CANCELLED, self._shop.clock.now())

    def withdraw(self, order: RakutenOrder) -> None:
        """The cancellation itself is taken back, while it waits at 800."""
        assert order.progress == CANCELLING
        now = self._shop.clock.now()
        for line_id, units in order.cancel_waiting.items():
            order.line(line_id).cancelled -= units
        for line_id, units in order.restocked:
            self._shop.move(order.line(line_id).listing, -units, "order", order.id)
        order.cancel_waiting.clear()
        order.restocked.clear()
        order.cancelled_at = None
        order.changes.append(ChangeReason(CANCEL_WITHDRAWN, None, BY_CUSTOMER, None, now))
        self._shop.progress.go(order, TO_SHIP, now)

    def edit(self, order: RakutenOrder, line: RakutenLine, units: int, restore: RestoreType, by: int) -> None:
        """Another number of units."""
        assert units >= line.shipped + line.cancelled
        delta = units - line.units
        self._note(order, LESS if delta < 0 else MORE, by)
        line.units = units
        if self._restores(line, restore):
            self._shop.move(line.listing, -delta, "edit", order.id)

    def delete(self, order: RakutenOrder, line: RakutenLine, restore: RestoreType, by: int) -> int:
        """A line goes. Returns its units."""
        self._note(order, LESS, by)
        units = line.open
        line.cancelled += units
        line.deleted = True
        if self._restores(line, restore):
            self._shop.move(line.listing, units, "restock", order.id)
        return units

    def add(self, order: RakutenOrder, listing: Listing, units: int, basket: int) -> RakutenLine:
        """A line comes."""
        self._note(order, MORE, BY_SHOP)
        self._shop.move(listing, -units, "edit", order.id)
        return self._shop.add_to(order, listing, units, basket)

    def _note(self, order: RakutenOrder, detail: int, by: int) -> None:
        assert order.progress < SHIPPED, "only what is not shipped or cancelled can be edited"
        now = self._shop.clock.now()
        order.changes.append(ChangeReason(CHANGE_DONE, detail, by, None, now, now))
        order.changed_by_buyer |= by == BY_CUSTOMER
        if self._shop.switches.edit_pending > 0:
            self._shop.progress.go(order, CHANGING, now)
        self._shop.touch()

    def _restores(self, line: RakutenLine, restore: RestoreType) -> bool:
        variant = self._shop.variant_of(line.listing)
        return restore == 1 or (restore == 0 and variant is not None and variant.restock_on_cancel)
