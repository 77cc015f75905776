"""The Color Me simulator: one shop's products and sales, and what people do to them (own_shops_and_files.md §3)."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from bridge.clock import Clock
from bridge.sandbox.malls.colorme.api import ColorMeApi
from bridge.sandbox.malls.colorme.records import ColorMeState, Product, Sale, SaleLine, Stale, Variant
from bridge.sandbox.malls.colorme.switches import ColorMeSwitches
from bridge.sandbox.malls.mall import Cause, Listing, Mall, Wanted, units_by_listing
from bridge.sandbox.malls.once import CODE_LIFE


class ColorMe(Mall):
    """A listing is (product, "") or (product, variant), the ids as text."""

    name: ClassVar[str] = "colorme"
    ships_in_part: ClassVar[bool] = False  # a delivery leaves whole; a sale may have several

    def __init__(
        self,
        clock: Clock,
        *,
        seed: int = 0,
        visible_after: float = 5.0,
        switches: ColorMeSwitches | None = None,
        token: str = "cm-sandbox-token",
        client_id: str = "cm-client",
        client_secret: str = "cm-secret",
    ) -> None:
        super().__init__(clock, seed)
        self.switches = switches or ColorMeSwitches()
        self.token = token
        self.client_id, self.client_secret = client_id, client_secret
        self.state: ColorMeState = ColorMeState(visible_after=visible_after)
        self._api = ColorMeApi(self)

    def consent(self) -> str:
        """The operator authorises an application. Returns the code."""
        with self.lock:
            code = f"cm-code-{self.random.getrandbits(96):024x}"
            self.state.codes[code] = self.clock.now() + CODE_LIFE
            return code

    # The catalogue.

    def add_product(
        self,
        listing: Listing,
        model_number: str,
        stock: int | None,
        *,
        title: str | None = None,
        options: tuple[str, str | None] | None = None,
        managed: bool = True,
        display_state: str = "showing",
    ) -> Listing:
        """Put something on sale; a variant makes its product where that is new. `options`: its texts."""
        number, variant = int(listing[0]), int(listing[1] or 0)
        with self.lock:
            now = self.clock.now()
            name = title or model_number
            if variant:
                product = self.state.products.setdefault(number, Product(number, "", name, now))
                first, second = options or (model_number, None)
                product.variants.append(Variant(variant, first, second, model_number, stock))
            else:
                made = Product(number, model_number, name, now, stock, managed, display_state)
                self.state.products[number] = made
            self.record(listing, 0, stock or 0, "opening")
            return listing

    def delete_product(self, listing: Listing) -> None:
        """It is gone, and old sales still name it."""
        with self.lock:
            product, old = self.state.products[int(listing[0])], self.stock().get(listing, 0)
            if listing[1]:
                product.variants = [each for each in product.variants if each.id != int(listing[1])]
            else:
                del self.state.products[product.id]
            self.record(listing, old, 0, "hand")

    def rename_option(self, listing: Listing, text: str) -> None:
        with self.lock:
            variant = self.variant(listing)
            assert variant is not None
            variant.option1 = text
            self.touch()

    def product(self, listing: Listing) -> Product | None:
        return self.state.products.get(int(listing[0]))

    def variant(self, listing: Listing) -> Variant | None:
        product = self.product(listing)
        wanted = int(listing[1] or 0)
        return next((each for each in product.variants if each.id == wanted), None) if product else None

    # Stock.

    def put(self, listing: Listing, quantity: int, cause: Cause, order_id: str | None = None) -> None:
        """Set a number where one is kept; it never falls below zero."""
        keeper = self.variant(listing) if listing[1] else self.product(listing)
        assert keeper is not None
        old, keeper.stocks = keeper.stocks, max(0, quantity)
        product = self.product(listing)
        assert product is not None
        product.updated = self.clock.now()
        self.record(listing, old or 0, keeper.stocks, cause, order_id)

    def put_by_api(self, listing: Listing, quantity: int) -> None:
        """T5: for some seconds others see what stood there before."""
        product = self.product(listing)
        assert product is not None
        now, before = self.clock.now(), self.state.stale.get(product.id)
        if before is None or before.until <= now:
            shown = {each.id: each.stocks for each in product.variants}
            before = Stale(now, product.stocks, shown)
        before.until = now + timedelta(seconds=self.switches.stale_seconds)
        self.state.stale[product.id] = before
        self.put(listing, quantity, "push")

    def set_stock_by_hand(self, listing: Listing, quantity: int) -> None:
        with self.lock:
            self.put(listing, quantity, "hand")

    def _keeper(self, listing: Listing) -> Listing | None:
        """Where the number of a listing is kept, if anywhere."""
        product, variant = self.product(listing), self.variant(listing)
        if product is None or not product.managed:
            return None
        if variant is not None and variant.stocks is not None:
            return listing
        return (listing[0], "") if product.stocks is not None else None

    def _move(self, listing: Listing, delta: int, cause: Cause, order_id: str) -> bool:
        """Whether there is a number to move."""
        keeper = self._keeper(listing)
        if keeper is None:
            return False
        if delta:
            self.put(keeper, self.stock()[keeper] + delta, cause, order_id)
        return True

    # Sales.

    def place(self, wanted: Wanted, *, paid: bool = True, deliveries: int = 1) -> str | None:
        """`deliveries`: to so many addresses, its lines shared out among them."""
        with self.lock:
            if not all(self._sells(listing, units) for listing, units in units_by_listing(wanted).items()):
                return None
            now, number = self.clock.now(), 100_000 + 7 * self.next_number()
            sale = Sale(str(number), now, self.visible_from(now), [], updated=now, paid=paid)
            for position, (listing, units) in enumerate(wanted):
                line = self._line(listing, units)
                line.delivery = number * 10 + position % deliveries
                line.taken = self._move(listing, -units, "order", sale.id)
                sale.lines.append(line)
            self.state.sales[sale.id] = sale
            return sale.id

    def _line(self, listing: Listing, units: int) -> SaleLine:
        product, variant = self.product(listing), self.variant(listing)
        assert product is not None
        code = variant.model_number if variant else product.model_number
        line = SaleLine(str(self.next_number()), listing, code, units)
        line.product, line.variant = product.id, variant.id if variant else 0
        return line

    def _sells(self, listing: Listing, units: int) -> bool:
        product = self.product(listing)
        if product is None or product.display_state == "hidden":
            return False
        keeper = self._keeper(listing)
        return keeper is None or self.stock()[keeper] >= units

    def ship(self, order_id: str, line_id: str | None = None, units: int | None = None) -> int:
        """Every delivery leaves, or the one that holds a line."""
        with self.lock:
            sale = self.state.sales[order_id]
            here = [line for line in sale.lines if line_id is None or line.delivery == self._delivery(sale, line_id)]
            assert units in (None, sum(line.open for line in here))
            left = 0
            for line in here:
                left += line.open
                line.shipped += line.open
                if line.delivery not in sale.delivered:
                    sale.delivered.append(line.delivery)
            self._touched(sale)
            return left

    @staticmethod
    def _delivery(sale: Sale, line_id: str) -> int:
        return next(line.delivery for line in sale.lines if line.line_id == line_id)

    def cancel(
        self, order_id: str, line_id: str | None = None, units: int | None = None, restock: bool | None = True
    ) -> int:
        """The whole sale: its lines become 0. Part of one is edited in the admin."""
        with self.lock:
            sale = self.state.sales[order_id]
            if line_id is not None:
                line = next(each for each in sale.lines if each.line_id == line_id)
                part = line.open if units is None else min(units, line.open)
                self.edit_units(order_id, line_id, line.units - part)
                return part
            withdrawn = sale.open
            if not withdrawn or sale.canceled:
                return 0
            self.call_off(order_id, restock=restock is not False)
            return withdrawn

    def call_off(self, order_id: str, *, restock: bool) -> None:
        """As PUT /sales/<id>/cancel does, shipped or not."""
        with self.lock:
            sale = self.state.sales[order_id]
            sale.canceled = True
            for line in sale.lines:
                if restock and line.taken:
                    self._move(line.listing, line.units, "restock", order_id)
                line.cancelled += line.open
            self._touched(sale)

    def edit_units(self, order_id: str, line_id: str, units: int) -> None:
        with self.lock:
            sale = self.state.sales[order_id]
            line = next(each for each in sale.lines if each.line_id == line_id)
            if line.taken:
                self._move(line.listing, line.units - units, "edit", order_id)
            line.units = units
            self._touched(sale)

    def split(self, order_id: str, line_ids: list[str]) -> str:
        """T9: lines of a sale become a sale of their own. Returns its id."""
        with self.lock:
            sale = self.state.sales[order_id]
            child = Sale(str(int(order_id) + 1), sale.placed_at, sale.visible_at, paid=sale.paid)
            child.lines = [line for line in sale.lines if line.line_id in line_ids]
            sale.lines = [line for line in sale.lines if line.line_id not in line_ids]
            self.state.sales[child.id] = child
            self._touched(sale)
            self._touched(child)
            return child.id

    def _touched(self, sale: Sale) -> None:
        sale.updated = self.clock.now()
        self.touch()

    # The truth.

    def stock(self) -> dict[Listing, int]:
        with self.lock:
            found: dict[Listing, int] = {}
            for product in self.state.products.values():
                if product.stocks is not None and not product.by_variant and product.managed:
                    found[str(product.id), ""] = product.stocks
                for variant in product.variants:
                    if variant.stocks is not None:
                        found[str(product.id), str(variant.id)] = variant.stocks
            return found

    def orders(self) -> list[Sale]:
        with self.lock:
            return list(self.state.sales.values())

    def skus(self) -> dict[Listing, str]:
        with self.lock:
            found: dict[Listing, str] = {}
            for product in self.state.products.values():
                if not product.by_variant:
                    found[str(product.id), ""] = product.model_number
                found |= {
                    (str(product.id), str(each.id)): each.model_number
                    for each in product.variants
                    if each.stocks is not None
                }
            return found
