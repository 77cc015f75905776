"""The Yahoo simulator: one store's items, stock and orders, and what people do to them (yahoo.md §2.5, §3.5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from bridge.clock import JST, Clock
from bridge.sandbox.malls.mall import Cause, Listing, Mall, Wanted, units_by_listing
from bridge.sandbox.malls.once import CODE_LIFE
from bridge.sandbox.malls.yahoo import keys
from bridge.sandbox.malls.yahoo.api import YahooApi
from bridge.sandbox.malls.yahoo.changes import Changes
from bridge.sandbox.malls.yahoo.records import (
    BY_CUSTOMER,
    FINISHED,
    FRAUD,
    OTHER,
    PROCESSING,
    RELEASED,
    SHIPPABLE,
    UNDER_REVIEW,
    UNPAID,
    Consent,
    Item,
    KeyPair,
    StockRow,
    YahooLine,
    YahooOrder,
    YahooState,
)
from bridge.sandbox.malls.yahoo.switches import YahooSwitches

FIRST_ORDER = 10_000_000


class Yahoo(Mall):
    name: ClassVar[str] = "yahoo"
    ships_in_part: ClassVar[bool] = False  # ShipStatus is the order's

    def __init__(
        self,
        clock: Clock,
        *,
        seed: int = 0,
        visible_after: float = 5.0,
        switches: YahooSwitches | None = None,
        seller_id: str = "snbx-tea",
        client_id: str = "sandbox-client",
        client_secret: str = "sandbox-secret",
        refresh_token: str = "RT-sandbox",
    ) -> None:
        super().__init__(clock, seed)
        self.switches = switches or YahooSwitches()
        self.seller_id, self.client_id, self.client_secret = seller_id, client_id, client_secret
        self.permitted = True  # the application has the permission for stores
        self.state: YahooState = YahooState(visible_after=visible_after)
        self.state.consents.append(Consent(refresh_token, clock.now()))
        self._held: set[str] = set()  # orders whose review may end by itself
        self.changes = Changes(self)
        self._api = YahooApi(self)

    # The catalogue.

    def add_product(
        self,
        listing: Listing,
        sku: str,
        stock: int | None,
        *,
        title: str | None = None,
        published: bool = True,
        keep_stock: bool = True,
        allow_overdraft: bool = False,
    ) -> Listing:
        """Put something on sale. `listing` is (ItemCode, SubCode), the SubCode "" where the item has none; `stock` None
        is unlimited."""
        code, sub_code = listing
        with self.lock:
            item = self.state.items.setdefault(code, Item(code, title or code, {}, published, keep_stock))
            assert not item.skus or item.has_sub_codes == bool(sub_code)
            item.skus[sub_code] = sku
            waiting = self.state.rows.get(listing)
            row = self.put(listing, stock, "opening") if waiting is None else waiting
            row.allow_overdraft = allow_overdraft
            return listing

    def rename_item(self, code: str, new: str) -> None:
        """The store gives an item another code; the old one is gone."""
        with self.lock:
            item = self.state.items.pop(code)
            item.code = new
            self.state.items[new] = item
            for sub_code in item.skus:
                row = self.state.rows.pop((code, sub_code))
                self.record((code, sub_code), row.quantity or 0, 0, "hand")
                self.state.rows[(new, sub_code)] = row
                self.record((new, sub_code), 0, row.quantity or 0, "opening")

    # Stock.

    def row_of(self, listing: Listing) -> StockRow | None:
        return self.state.rows.get(self.exact(listing))

    def exact(self, listing: Listing) -> Listing:
        """The listing as it is written in the store, where codes are folded."""
        if not self.switches.fold_codes:
            return listing
        same = (each for each in self.state.rows if (each[0].lower(), each[1].lower()) == _folded(listing))
        return next(same, listing)

    def has_stock_row(self, listing: Listing) -> bool:
        """Whether getStock knows it: it is a thing for sale, or the bare code of one that shows a row."""
        code, sub_code = self.exact(listing)
        item = self.state.items.get(code)
        if item is None:
            return False
        return sub_code in item.skus or (self.switches.bare_code_row and sub_code == "")

    def put(self, listing: Listing, quantity: int | None, cause: Cause, order_id: str | None = None) -> StockRow:
        """Set a quantity, making the row where there is none."""
        listing = self.exact(listing)
        now = self.clock.now()
        row = self.state.rows.get(listing)
        old = (row.quantity or 0) if row else 0
        if row is None:
            row = self.state.rows[listing] = StockRow(quantity, now)
        row.quantity, row.updated = quantity, now
        self.record(listing, old, quantity or 0, cause, order_id)
        return row

    def set_stock_by_hand(self, listing: Listing, quantity: int) -> None:
        with self.lock:
            self.put(listing, quantity, "hand")

    def move(self, listing: Listing, delta: int, cause: Cause, order_id: str) -> None:
        row = self.state.rows.get(listing)
        if row is not None and row.quantity is not None:
            self.put(listing, row.quantity + delta, cause, order_id)

    def close(self, listing: Listing) -> None:
        """Stock close: sold out, whatever the quantity says."""
        if (row := self.state.rows.get(listing)) is not None:
            row.closed = True
            self.touch()

    # Orders.

    def place(
        self, wanted: Wanted, *, held: bool | None = None, paid: bool | None = None, status: int = PROCESSING
    ) -> str | None:
        """`held`: kept back for fraud review; None: as the switches say."""
        with self.lock:
            needed = units_by_listing(wanted)
            if not all(self._sells(listing, units) for listing, units in needed.items()):
                return None
            order = self.new_order(self.clock.now())
            order.status = status
            dials = self.switches
            if held or (held is None and self.random.random() < dials.held_share):
                order.fraud_hold = UNDER_REVIEW
                self._held.add(order.id)
            if paid is False or (paid is None and self.random.random() < dials.unpaid_share):
                order.pay_status, order.ship_status = 0, UNPAID
            for listing, units in wanted:
                self.add_to(order, listing, units)
            self.state.orders[order.id] = order
            for listing, units in needed.items():
                self.move(listing, -units, "order", order.id)
            return order.id

    def new_order(self, placed_at: datetime) -> YahooOrder:
        now = self.clock.now()
        return YahooOrder(
            id=f"{self.seller_id}-{FIRST_ORDER + self.next_number()}",
            placed_at=placed_at,
            visible_at=self.visible_from(now),
            updated=now,
        )

    def _sells(self, listing: Listing, units: int) -> bool:
        item, row = self.state.items.get(listing[0]), self.state.rows.get(listing)
        if item is None or row is None or listing[1] not in item.skus or not item.published or row.closed:
            return False
        return row.quantity is None or row.allow_overdraft or row.quantity >= units

    def add_to(self, order: YahooOrder, listing: Listing, units: int) -> YahooLine:
        """Write another line into an order."""
        item = self.state.items.get(listing[0])
        sku = item.skus.get(listing[1], "") if item else ""
        line = YahooLine(str(len(order.lines) + 1), listing, sku, units)
        order.lines.append(line)
        return line

    def review(self, order_id: str, *, fraud: bool = False) -> None:
        """The fraud review ends: the order is published, with its old OrderTime, or blocked for good."""
        with self.lock:
            self._review(self.state.orders[order_id], fraud)

    def _review(self, order: YahooOrder, fraud: bool) -> None:
        assert order.fraud_hold == UNDER_REVIEW
        self._held.discard(order.id)
        order.fraud_hold = FRAUD if fraud else RELEASED
        order.published_at = None if fraud else self.clock.now()
        self.changes.note(order)

    def _advance(self) -> None:
        """Reviews that are over by now."""
        limit = self.clock.now() - timedelta(seconds=self.switches.held_seconds)
        for order in [self.state.orders[each] for each in sorted(self._held)]:
            if order.placed_at <= limit:
                self._review(order, fraud=False)

    def pay(self, order_id: str, *, paid: bool = True) -> None:
        with self.lock:
            order = self._order(order_id)
            order.pay_status = int(paid)
            if order.ship_status == UNPAID and paid:
                order.ship_status = SHIPPABLE
            self.changes.note(order)

    def ship(self, order_id: str, line_id: str | None = None, units: int | None = None) -> int:
        """Report the shipment of an order; a part of it can't be."""
        with self.lock:
            order = self._order(order_id)
            assert line_id is None or len(order.lines) == 1
            assert units is None or units == order.open
            return self.changes.ship(order)

    def finish(self, order_id: str) -> None:
        with self.lock:
            order = self._order(order_id)
            self.changes.ship(order)
            order.status = FINISHED
            self.changes.note(order)

    def cancel(
        self,
        order_id: str,
        line_id: str | None = None,
        units: int | None = None,
        restock: bool | None = True,
        reason: int = OTHER,
    ) -> int:
        """By the shop. `restock` None is Yahoo's own way. Without a line the order is cancelled, with a line it goes,
        with units it is made smaller."""
        with self.lock:
            order = self._order(order_id)
            if line_id is None:
                return self.changes.cancel(order, restock, reason, by_buyer=False)
            line = order.line(line_id)
            return self.changes.withdraw(order, line, line.open if units is None else units, restock)

    def buyer_cancels(self, order_id: str) -> bool:
        """The buyer withdraws an order that isn't shipped yet."""
        with self.lock:
            order = self._order(order_id)
            if order.ship_status > SHIPPABLE:
                return False
            return self.changes.cancel(order, None, BY_CUSTOMER, by_buyer=True) > 0

    def edit_units(self, order_id: str, line_id: str, units: int) -> None:
        with self.lock:
            order = self._order(order_id)
            self.changes.edit(order, order.line(line_id), units)

    def add_line(self, order_id: str, listing: Listing, units: int) -> str:
        """Returns the new LineId."""
        with self.lock:
            return self.changes.add(self._order(order_id), listing, units).line_id

    def split(self, order_id: str, line_id: str, units: int) -> str:
        """Returns the new order's id."""
        with self.lock:
            order = self._order(order_id)
            return self.changes.split(order, order.line(line_id), units).id

    def find(self, order_id: str) -> YahooOrder | None:
        self._advance()
        return self.state.orders.get(order_id)

    def _order(self, order_id: str) -> YahooOrder:
        self._advance()
        return self.state.orders[order_id]

    # Consents and keys.

    def agree(self) -> str:
        """The store's person logs in and agrees: the authorization code."""
        with self.lock:
            code = self.secret("code")
            self.state.codes[code] = self.clock.now() + CODE_LIFE
            self.touch()
            return code

    def withdraw_consent(self) -> None:
        """Also what a change of the person's password does."""
        with self.lock:
            for consent in self.state.consents:
                consent.withdrawn = True
            self.touch()

    def public_key(self) -> tuple[int, str]:
        """The newest key that works: its version and its public half. The first is made when it is first asked for."""
        with self.lock:
            good = [key for key in self.state.keys if key.enabled and key.expires_at > self.clock.now()]
            key = good[-1] if good else self.issue_key()
            return key.version, keys.public_pem(key)

    def issue_key(self) -> KeyPair:
        with self.lock:
            self.touch()
            return keys.issue(self.state.keys, self.clock.now())

    def secret(self, kind: str) -> str:
        """A text that nobody had before."""
        self.state.tokens_given += 1
        return f"{kind}-{self.state.tokens_given}-{self.random.getrandbits(64):016x}"

    @staticmethod
    def stamp(at: datetime) -> str:
        return at.astimezone(JST).isoformat(timespec="seconds")

    # The truth.

    def stock(self) -> dict[Listing, int]:
        with self.lock:
            known = {(item.code, sub_code) for item in self.state.items.values() for sub_code in item.skus}
            return {key: row.quantity or 0 for key, row in self.state.rows.items() if key in known}

    def orders(self) -> list[YahooOrder]:
        with self.lock:
            self._advance()
            return list(self.state.orders.values())

    def skus(self) -> dict[Listing, str]:
        with self.lock:
            items = self.state.items.values()
            return {(item.code, sub_code): sku for item in items for sub_code, sku in item.skus.items()}

    def load_json(self, plain: Mapping[str, Any]) -> None:
        with self.lock:
            super().load_json(plain)
            self._held = {each.id for each in self.state.orders.values() if each.fraud_hold == UNDER_REVIEW}


def _folded(listing: Listing) -> Listing:
    return listing[0].lower(), listing[1].lower()
