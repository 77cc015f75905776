"""The Smaregi simulator: one contract's stores, and what happens at their tills (pos.md part 1)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from bridge.clock import Clock
from bridge.sandbox.malls.mall import Cause, Line, Listing, Mall, Order, Wanted
from bridge.sandbox.malls.smaregi.api import SmaregiApi
from bridge.sandbox.malls.smaregi.courier import Courier
from bridge.sandbox.malls.smaregi.records import Level, Pair, Product, Receipt, ReceiptLine, Row, SmaregiState, Store
from bridge.sandbox.malls.smaregi.switches import SmaregiSwitches

SALE, RETURN, PURCHASE, SENT, ARRIVED, LAYAWAY, COUNT, LOSS, CORRECTION = (
    "02", "12", "03", "04", "05", "07", "08", "14", "01",
)  # fmt: skip


class Smaregi(Mall):
    """A listing is (product id, store id). What is sold leaves with the customer: an order has nothing open."""

    name: ClassVar[str] = "smaregi"
    ships_in_part: ClassVar[bool] = False
    tells_returns: ClassVar[bool] = True
    over_the_counter: ClassVar[bool] = True

    def __init__(
        self,
        clock: Clock,
        *,
        seed: int = 0,
        visible_after: float = 0.0,
        switches: SmaregiSwitches | None = None,
        contract: str = "sb_sandbox",
        client_id: str = "smaregi-client",
        client_secret: str = "smaregi-secret",
    ) -> None:
        """`visible_after`: how many seconds the history is late; the number itself moves at once."""
        super().__init__(clock, seed)
        self.switches = switches or SmaregiSwitches()
        self.contract, self.client_id, self.client_secret = contract, client_id, client_secret
        self.webhook: tuple[str, str] | None = None  # address, and the word of its own in the header
        self.state: SmaregiState = SmaregiState(visible_after=visible_after)
        self.courier = Courier(self)
        self._api = SmaregiApi(self)

    # The catalogue.

    def add_store(self, number: str, name: str, *, warehouse: bool = False, paused: bool = False) -> None:
        with self.lock:
            self.state.stores[number] = Store(number, name, warehouse, paused)
            self.touch()

    def add_product(
        self,
        listing: Listing,
        code: str,
        stock: int | None,
        *,
        title: str | None = None,
        supplier_no: str | None = None,
        kept: bool = True,
        division: str = "0",
        parts: dict[str, int] | None = None,
    ) -> Listing:
        """Put something on sale in a store, which is made where it is new. `stock` None: never counted there."""
        product, store = listing
        with self.lock:
            if store not in self.state.stores:
                self.add_store(store, f"店舗{store}")
            made = Product(product, code, title or code, self.clock.now(), supplier_no, kept, division, parts or {})
            self.state.products.setdefault(product, made)
            if stock is not None:
                self.move(listing, stock, PURCHASE, "opening")
            else:
                self.record(listing, 0, 0, "opening")
            return listing

    def delete_product(self, product: str) -> None:
        """It is gone, with its stock; old receipts still name it."""
        with self.lock:
            del self.state.products[product]
            for pair in [pair for pair in self.state.levels if pair[0] == product]:
                self.record(pair, self.state.levels.pop(pair).amount, 0, "hand")

    # Stock: every movement is a row.

    def move(
        self,
        pair: Pair,
        amount: int,
        division: str,
        cause: Cause,
        *,
        order_id: str | None = None,
        memo: str | None = None,
        target_at: datetime | None = None,
    ) -> Row:
        now = self.clock.now()
        level = self.state.levels.setdefault(pair, Level(0, now))
        old, level.amount, level.updated = level.amount, level.amount + amount, now
        visible_at = self.visible_from(now)
        number = 88_000 + self.next_number()
        row = Row(number, pair, now, visible_at, target_at or now, amount, level.amount, division, memo)
        self.state.rows.append(row)
        self.record(pair, old, level.amount, cause, order_id)
        self.courier.tell_stock(row)
        return row

    def set_stock_by_hand(self, listing: Listing, quantity: int) -> None:
        """棚卸 at the till."""
        self.recount(listing, quantity)

    def recount(self, listing: Listing, quantity: int, counted_at: datetime | None = None) -> None:
        """A number counted earlier is set as the number of now (T22)."""
        with self.lock:
            level = self.state.levels.get(listing)
            self.move(listing, quantity - (level.amount if level else 0), COUNT, "hand", target_at=counted_at)

    def receive(self, listing: Listing, units: int) -> None:
        with self.lock:
            self.move(listing, units, PURCHASE, "hand")

    def lose(self, listing: Listing, units: int) -> None:
        with self.lock:
            self.move(listing, -units, LOSS, "hand")

    def send(self, listing: Listing, units: int) -> None:
        """One half of a transfer to another store (T21)."""
        with self.lock:
            self.move(listing, -units, SENT, "hand")

    def arrive(self, listing: Listing, units: int) -> None:
        """… and the other."""
        with self.lock:
            self.move(listing, units, ARRIVED, "hand")

    def lay_away(self, listing: Listing, units: int) -> None:
        with self.lock:
            self.state.levels[listing].layaway += units
            if self.switches.layaway_outside:
                self.move(listing, -units, LAYAWAY, "hand")
            self.touch()

    def by_another_app(self, listing: Listing, units: int, memo: str | None = None) -> None:
        """Somebody else's program adds units through the API (T20)."""
        with self.lock:
            self.move(listing, units, self.switches.division_of_api, "hand", memo=memo)

    # Receipts.

    def place(self, wanted: Wanted, *, till_at: datetime | None = None) -> str | None:
        """A sale at the till of the first one's store: nobody looks at the number. `till_at`: it was offline then."""
        with self.lock:
            now = self.clock.now()
            receipt = Receipt(str(self.next_number()), now, self.visible_from(now), [], store=wanted[0][0][1],
                              till_at=till_at or now, updated=now)  # fmt: skip
            for listing, units in wanted:
                self._sell(receipt, listing, units)
            self.state.receipts[receipt.id] = receipt
            self.courier.tell_receipt(receipt, "created")
            return receipt.id

    def sell_department(self, store: str, units: int) -> str:
        """部門売り: a line without a product (T16)."""
        with self.lock:
            now = self.clock.now()
            receipt = Receipt(str(self.next_number()), now, self.visible_from(now), [], store=store, till_at=now,
                              updated=now)  # fmt: skip
            receipt.lines.append(ReceiptLine("1", ("", store), "", units, shipped=units, product_division="3"))
            self.state.receipts[receipt.id] = receipt
            return receipt.id

    def ship(self, order_id: str, line_id: str | None = None, units: int | None = None) -> int:  # noqa: ARG002
        """Nothing is left to ship."""
        return 0

    def cancel(
        self,
        order_id: str,
        line_id: str | None = None,  # noqa: ARG002
        units: int | None = None,  # noqa: ARG002
        restock: bool | None = True,  # noqa: ARG002
    ) -> int:
        """取消: the same receipt is void, and all of it is back (T4)."""
        with self.lock:
            receipt = self.state.receipts[order_id]
            if receipt.void or receipt.disposed != "0":
                return 0
            receipt.void, receipt.cancelled_at, receipt.updated = True, self.clock.now(), self.clock.now()
            self._undo(receipt)
            self.courier.tell_receipt(receipt, "canceled")
            return sum(line.units for line in receipt.lines)

    def dispose(self, order_id: str) -> str:
        """返品取消: a new record that undoes the old one; both are changed, and the goods are back (T5)."""
        with self.lock:
            old, now = self.state.receipts[order_id], self.clock.now()
            new = Receipt(str(self.next_number()), now, self.visible_from(now), [], store=old.store, till_at=now,
                          updated=now, disposed="2", undoes=old.id, comes_back=old.comes_back)  # fmt: skip
            for line in old.lines:
                new.lines.append(ReceiptLine(line.line_id, line.listing, line.sku, line.units, shipped=line.units,
                                             product=line.product, product_division=line.product_division,
                                             given_back=line.given_back))  # fmt: skip
            old.disposed, old.updated = "1", now
            self.state.receipts[new.id] = new
            self._undo(old)
            self.courier.tell_receipt(new, "disposed")
            return new.id

    def return_units(self, order_id: str, line_id: str, units: int, restock: bool = True) -> None:
        """返品: a new receipt that names no sale (T6). `restock`: whether the goods go back into stock."""
        with self.lock:
            old = self.state.receipts[order_id]
            line = next(line for line in old.lines if line.line_id == line_id)
            line.returned += units
            self.give_back(line.listing, units, restock=restock)

    def give_back(self, listing: Listing, units: int, *, restock: bool = True) -> str:
        with self.lock:
            now = self.clock.now()
            new = Receipt(str(self.next_number()), now, self.visible_from(now), [], store=listing[1], till_at=now,
                          updated=now, comes_back=not self.switches.returns_by_line)  # fmt: skip
            new.lines.append(ReceiptLine("1", listing, self._code(listing), units, shipped=units, returned=units,
                                         product=listing[0], given_back=not new.comes_back))  # fmt: skip
            self.state.receipts[new.id] = new
            if restock:
                self.move(listing, units, RETURN, "restock", order_id=new.id)
            self.courier.tell_receipt(new, "created")
            return new.id

    def edit_units(self, order_id: str, line_id: str, units: int) -> None:
        """An old receipt is edited in the admin screen: its stock is corrected."""
        with self.lock:
            receipt = self.state.receipts[order_id]
            line = next(line for line in receipt.lines if line.line_id == line_id)
            delta, line.units, line.shipped, receipt.updated = line.units - units, units, units, self.clock.now()
            if delta and self._kept(line.listing):
                self.move(line.listing, delta, CORRECTION, "edit", order_id=order_id)
            self.courier.tell_receipt(receipt, "edited")

    def _sell(self, receipt: Receipt, listing: Listing, units: int) -> None:
        """A set is a line of its own beside those of its parts, which alone have stock (T15)."""
        product = self.state.products[listing[0]]
        division = "5" if product.parts else "0"
        number = str(len(receipt.lines) + 1)
        receipt.lines.append(ReceiptLine(number, listing, product.code, units, shipped=units, product=product.id,
                                         product_division=division))  # fmt: skip
        for part, each in product.parts.items():
            number = str(len(receipt.lines) + 1)
            code = self.state.products[part].code
            receipt.lines.append(ReceiptLine(number, (part, listing[1]), code, units * each, shipped=units * each,
                                             product=part, product_division="8"))  # fmt: skip
        for line in receipt.lines[-1 - len(product.parts) :]:
            if self._kept(line.listing):
                self.move(line.listing, -line.units, SALE, "order", order_id=receipt.id, target_at=receipt.till_at)

    def _undo(self, receipt: Receipt) -> None:
        sign = -1 if receipt.brings else 1
        for line in receipt.lines:
            if self._kept(line.listing):
                self.move(line.listing, sign * line.units, self.switches.void_division, "restock", order_id=receipt.id)

    def _kept(self, listing: Listing) -> bool:
        product = self.state.products.get(listing[0])
        return product is not None and product.kept and not product.parts

    def _code(self, listing: Listing) -> str:
        product = self.state.products.get(listing[0])
        return product.code if product else ""

    # The truth.

    def stock(self) -> dict[Listing, int]:
        with self.lock:
            return {pair: level.amount for pair, level in self.state.levels.items()}

    def orders(self) -> list[Receipt]:
        return list(self.state.receipts.values())

    def told(self) -> list[Order]:
        with self.lock:
            return [self._told(row) for row in self.state.rows if row.division in (SALE, RETURN) and row.amount]

    def _told(self, row: Row) -> Order:
        sold, back = max(0, -row.amount), max(0, row.amount)
        line = Line(str(row.id), row.pair, self._code(row.pair), sold, shipped=sold, returned=back)
        return Order(str(row.id), row.at, row.visible_at, [line])

    def skus(self) -> dict[Listing, str]:
        with self.lock:
            return {
                (product.id, store): product.code
                for product in self.state.products.values()
                for store in self.state.stores
            }
