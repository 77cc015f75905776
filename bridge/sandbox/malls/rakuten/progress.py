"""orderProgress, and what time alone does to it (rakuten.md §5.1)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bridge.sandbox.malls.rakuten.records import (
    CANCELLED,
    CANCELLING,
    CHANGING,
    PROCESSING,
    TO_SHIP,
    WAITING,
    RakutenOrder,
)

if TYPE_CHECKING:
    from bridge.sandbox.malls.rakuten.shop import Rakuten

UNCONFIRMED_LIFE = timedelta(days=14)
_MOVING = (WAITING, PROCESSING, CHANGING, CANCELLING)


class Progress:
    def __init__(self, shop: Rakuten) -> None:
        self._shop = shop
        self._moving: set[str] = set()  # orders that may yet go on without anybody's doing

    def watch(self, orders: list[RakutenOrder]) -> None:
        self._moving.update(order.id for order in orders if order.progress in _MOVING)

    def go(self, order: RakutenOrder, progress: int, at: datetime) -> None:
        order.progress, order.progress_since = progress, at
        (self._moving.add if progress in _MOVING else self._moving.discard)(order.id)
        if progress == PROCESSING:
            order.confirmed_at = at
        elif progress == TO_SHIP:
            order.fixed_at = order.fixed_at or at
        elif progress == CANCELLED:
            order.changes[-1].change_type, order.changes[-1].fixed_at = 2, at
        self._shop.touch()

    def advance(self) -> None:
        """Bring every order to where it stands by now."""
        now = self._shop.clock.now()
        for order_id in list(self._moving):
            order = self._shop.state.orders[order_id]
            while (step := self._next(order)) is not None and step[0] <= now:
                self._take(order, *step)

    def _next(self, order: RakutenOrder) -> tuple[datetime, int] | None:
        """When the order goes on by itself, and where to."""
        dials = self._shop.switches
        if order.progress == WAITING:
            if dials.confirm_after is None:
                return order.placed_at + UNCONFIRMED_LIFE, CANCELLED
            return _after(order, dials.confirm_after), PROCESSING
        if order.progress == PROCESSING:
            return _after(order, dials.authorise_after), TO_SHIP
        if order.progress == CHANGING:
            return _after(order, dials.edit_pending), TO_SHIP
        if order.progress == CANCELLING:
            return _after(order, dials.cancel_fixed_after), CANCELLED
        return None

    def _take(self, order: RakutenOrder, at: datetime, progress: int) -> None:
        if order.progress == WAITING and progress == CANCELLED:
            self._shop.changes.give_up(order)
        else:
            self.go(order, progress, at)


def _after(order: RakutenOrder, seconds: float) -> datetime:
    return (order.progress_since or order.placed_at) + timedelta(seconds=seconds)
