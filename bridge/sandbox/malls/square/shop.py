"""The Square simulator: one merchant's locations and variations, and what staff do at the tills (pos.md, Part 2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import ClassVar

from bridge.clock import Clock
from bridge.sandbox.malls.mall import Cause, Line, Listing, Mall, Order, Wanted
from bridge.sandbox.malls.once import CODE_LIFE
from bridge.sandbox.malls.square.api import SquareApi
from bridge.sandbox.malls.square.courier import Courier
from bridge.sandbox.malls.square.numbers import RowsByVariation, last_count, number, touches
from bridge.sandbox.malls.square.records import (
    ADJUSTMENT,
    COUNT,
    IN_STOCK,
    Movement,
    Place,
    Sale,
    SquareState,
    Variation,
)
from bridge.sandbox.malls.square.switches import SquareSwitches

FIRST_PLACE = "LSANDBOX1"


class Square(Mall):
    """A listing is (variation, location)."""

    name: ClassVar[str] = "square"
    ships_in_part: ClassVar[bool] = False
    tells_returns: ClassVar[bool] = True
    over_the_counter: ClassVar[bool] = True

    def __init__(
        self,
        clock: Clock,
        *,
        seed: int = 0,
        visible_after: float = 0.0,
        switches: SquareSwitches | None = None,
        merchant: str = "MLSANDBOX1",
        token: str = "EAAA-sandbox-token",
        client_id: str = "sq0idp-sandbox",
        client_secret: str = "sq0csp-sandbox-secret",
    ) -> None:
        super().__init__(clock, seed)
        self.switches = switches or SquareSwitches()
        self.merchant, self.token = merchant, token
        self.client_id, self.client_secret = client_id, client_secret
        self.webhook: tuple[str, str] | None = None  # the address, as it is registered, and the key
        self.state: SquareState = SquareState(visible_after=visible_after, refresh=["square-refresh-0"])
        self.state.places[FIRST_PLACE] = Place(FIRST_PLACE, "渋谷店")
        self._rows = RowsByVariation()
        self.courier = Courier(self, seed)
        self._api = SquareApi(self)

    def now(self) -> datetime:
        """By Square's own clock."""
        return self.clock.now() - timedelta(seconds=self.switches.clock_behind)

    def seen_by(self) -> datetime:
        """What was received until then shows in the counts."""
        return self.now() - timedelta(seconds=self.switches.count_lag)

    def consent(self) -> str:
        """The operator authorises an application. Returns the code."""
        with self.lock:
            code = f"sq0cgp-{self.random.getrandbits(96):024x}"
            self.state.codes[code] = self.clock.now() + CODE_LIFE
            return code

    # The catalogue.

    def add_place(self, place: str, name: str, status: str = "ACTIVE") -> None:
        with self.lock:
            self.state.places[place] = Place(place, name, status)
            self.touch()

    def add_product(
        self, listing: Listing, sku: str, stock: int | str | None, *, title: str | None = None, tracked: bool = True
    ) -> Listing:
        """Put a variation on sale; a second place of it adds that place's number. `stock` None: never counted."""
        with self.lock:
            variation = listing[0]
            if variation not in self.state.variations:
                self.state.variations[variation] = Variation(variation, sku, title or sku, self.now(), tracked)
            if stock is not None:
                self.count(listing, str(stock), "opening", product="ITEM_LIBRARY_IMPORT")
            self.touch()
            return listing

    def variation(self, listing: Listing) -> Variation:
        return self.state.variations[listing[0]]

    def delete_variation(self, listing: Listing) -> None:
        with self.lock:
            self.variation(listing).deleted = True
            self.touch()

    def tracks(self, listing: Listing) -> bool:
        found = self.state.variations.get(listing[0])
        return found is not None and not found.deleted and found.tracked_at.get(listing[1], found.tracked)

    # Numbers.

    def rows_of(self, variation: str) -> list[Movement]:
        with self.lock:
            return self._rows.of(self.state.movements, variation)

    def units(self, listing: Listing) -> int:
        return int(number(self.rows_of(listing[0]), listing[1]))

    def move(
        self,
        listing: Listing,
        units: int | str,
        from_state: str,
        to_state: str,
        cause: Cause,
        *,
        target: str | None = None,
        at: datetime | None = None,
        order: str = "",
        **more: str,
    ) -> Movement:
        """An adjustment. `target`: the other place of a transfer · `at`: by the till's clock, if it isn't now · `more`:
        other members of the row."""
        with self.lock:
            now, (variation, place) = self.now(), listing
            places = {place, target or place}
            before = {each: self.units((variation, each)) for each in places}
            row = Movement(
                self._row_id("ADJ"), ADJUSTMENT, variation, str(units), from_state, to_state, place, target or place,
                at or now, now, now, self._visible(now), transaction=order, **more,
            )  # fmt: skip
            self.state.movements[row.id] = row
            self._moved(variation, before, cause, order or None)
            return row

    def count(
        self, listing: Listing, quantity: str, cause: Cause, *, at: datetime | None = None, **more: str
    ) -> Movement | None:  # fmt: skip
        """A physical count, and the adjustment that Square infers from it (§2.1)."""
        with self.lock:
            now, (variation, place) = self.now(), listing
            before, dated = self.units(listing), at or now
            earlier = [row for row in self.rows_of(variation) if row.occurred <= dated]
            difference = Decimal(quantity) - number(earlier, place)
            row = Movement(
                self._row_id("CNT"), COUNT, variation, quantity, "", IN_STOCK, place, place, dated, now, now,
                self._visible(now), **more,
            )  # fmt: skip
            self.state.movements[row.id] = row
            if difference and self.switches.infers:
                self._infer(row, difference)
            self._moved(variation, {place: before}, cause, None)
            return row

    def last_counted(self, listing: Listing) -> str | None:
        found = last_count(self.rows_of(listing[0]), listing[1])
        return found.quantity if found else None

    def _infer(self, count: Movement, difference: Decimal) -> None:
        """The difference is booked as waste or as new stock (§2.8)."""
        states = ("NONE", IN_STOCK) if difference > 0 else (IN_STOCK, "WASTE")
        row = Movement(
            self._row_id("ADJ"), ADJUSTMENT, count.variation, str(abs(difference)), *states, count.source, count.source,
            count.occurred, count.created, count.created, count.visible,
            product=count.product, application=count.application, reason="RECOUNT", count=count.id,
        )  # fmt: skip
        self.state.movements[row.id] = row
        count.inferred = row.id if self.switches.links else ""

    def _moved(self, variation: str, before: dict[str, int], cause: Cause, order: str | None) -> None:
        for place, old in before.items():
            listing = (variation, place)
            self.record(listing, old, self.units(listing), cause, order)
            self.courier.tell(listing)

    def _visible(self, now: datetime) -> datetime:
        return now + timedelta(seconds=self.state.visible_after)

    def _row_id(self, kind: str) -> str:
        return f"{kind}{self.next_number():06d}"

    # What staff do at the tills.

    def buy(self, listing: Listing, units: int) -> str | None:
        with self.lock:
            return self.place([(listing, units)]) if self.units(listing) >= units else None

    def place(self, wanted: Wanted, *, till_at: datetime | None = None) -> str:
        """A sale over the counter, also of more than the till shows. `till_at`: made offline, then, and received now
        (§2.5: up to 72 hours later)."""
        with self.lock:
            now, number_ = self.now(), f"ORDER{self.next_number():06d}"
            lines = [Line(str(n), each, self.variation(each).sku, units, shipped=units)
                     for n, (each, units) in enumerate(wanted, 1)]  # fmt: skip
            self.state.sales[number_] = Sale(number_, till_at or now, self._visible(now), lines, place=wanted[0][0][1])
            for listing, units in wanted:
                if self.tracks(listing):
                    self.move(listing, units, IN_STOCK, "SOLD", "order", at=till_at, order=number_)
            self.touch()
            return number_

    def return_units(self, order_id: str, line_id: str, units: int, restock: bool = True) -> None:
        """Money goes back, and the goods into stock or not (T36)."""
        self.refund(order_id, line_id, units, restock=restock)

    def refund(self, order_id: str, line_id: str, units: int, *, restock: bool) -> Movement | None:
        """The restocking row, if there is one."""
        with self.lock:
            line = self.state.sales[order_id].line(line_id)
            assert 0 < units <= line.shipped - line.returned
            line.returned += units if restock else 0
            self.touch()
            if not restock or not self.tracks(line.listing):
                return None
            refund = f"REFUND{self.next_number():06d}"
            return self.move(line.listing, units, "SOLD", IN_STOCK, "restock", order=order_id, refund=refund)

    def give_back(self, listing: Listing, units: int) -> Movement:
        """A return without a receipt."""
        return self.move(listing, units, "UNLINKED_RETURN", IN_STOCK, "restock")

    def edit_restock(self, row: Movement, units: int) -> None:
        """§2.1: a past restock row's quantity may be edited."""
        with self.lock:
            assert row.to_state == IN_STOCK
            before = {row.target: self.units((row.variation, row.target))}
            row.quantity = str(units)
            row.updated = self.now() if self.switches.edits_touch else row.updated
            self._moved(row.variation, before, "edit", row.transaction or None)

    def recount(self, listing: Listing, quantity: int, *, at: datetime | None = None) -> None:
        self.count(listing, str(quantity), "hand", at=at)

    def receive(self, listing: Listing, units: int) -> Movement:
        return self.move(listing, units, "NONE", IN_STOCK, "hand", product="DASHBOARD", reason="RECEIVED")

    def lose(self, listing: Listing, units: int) -> Movement:
        return self.move(listing, units, IN_STOCK, "WASTE", "hand", product="DASHBOARD", reason="DAMAGED")

    def transfer(self, listing: Listing, target: str, units: int) -> Movement:
        """From one location to another, in one row (§2.1)."""
        return self.move(
            listing, units, IN_STOCK, IN_STOCK, "hand", target=target, product="DASHBOARD", reason="TRANSFER"
        )

    def written_by_another_app(self, listing: Listing, units: int, application: str, reference: str = "") -> Movement:
        """T43: a second master takes units out."""
        return self.move(
            listing, units, IN_STOCK, "SOLD", "hand",
            product="EXTERNAL_API", application=application, reference=reference,
        )  # fmt: skip

    def set_stock_by_hand(self, listing: Listing, quantity: int) -> None:
        self.recount(listing, quantity)

    def cancel(
        self,
        order_id: str,
        line_id: str | None = None,
        units: int | None = None,
        restock: bool | None = True,
    ) -> int:
        """A void: what is left of a sale comes back, refunded."""
        back = 0
        with self.lock:
            for line in self.state.sales[order_id].lines:
                left = line.shipped - line.returned
                part = left if units is None else min(units, left)
                if part and line_id in (None, line.line_id):
                    self.refund(order_id, line.line_id, part, restock=restock is not False)
                    back += part
        return back

    # What no till does: a sale leaves with its buyer.

    def ship(self, order_id: str, line_id: str | None = None, units: int | None = None) -> int:  # noqa: ARG002
        return 0

    def edit_units(self, order_id: str, line_id: str, units: int) -> None:
        raise NotImplementedError("a till's sale isn't edited: it is refunded")

    # The truth.

    def stock(self) -> dict[Listing, int]:
        with self.lock:
            known = {
                (row.variation, place) for row in self.state.movements.values() for place in (row.source, row.target)
            }
            sound = [each for each in sorted(known) if self.tracks(each) and self._is_known(each)]
            return {each: self.units(each) for each in sound}

    def _is_known(self, listing: Listing) -> bool:
        return any(touches(row, listing[1]) for row in self.rows_of(listing[0]))

    def orders(self) -> Sequence[Sale]:
        with self.lock:
            return list(self.state.sales.values())

    def told(self) -> Sequence[Order]:
        with self.lock:
            rows = list(self.state.movements.values())
            return [self._told(row) for row in rows if row.transaction or row.from_state == "UNLINKED_RETURN"]

    def _told(self, row: Movement) -> Order:
        units, sold = int(row.quantity), row.from_state == IN_STOCK
        listing = (row.variation, row.source)
        line = Line("1", listing, self.variation(listing).sku, units if sold else 0, shipped=units if sold else 0,
                    returned=0 if sold else units)  # fmt: skip
        return Order(row.id, row.created, row.visible, [line])

    def skus(self) -> dict[Listing, str]:
        with self.lock:
            return {
                (each.id, place): each.sku
                for each in self.state.variations.values()
                for place in self.state.places
                if not each.deleted and place not in each.absent
            }
