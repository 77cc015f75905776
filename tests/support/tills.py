"""The small shop with a till in its shop: what lies in 渋谷店 is what the till shows."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from bridge.config import Config
from bridge.sandbox.malls.square.shop import FIRST_PLACE
from tests.support.malls import smaregi_settings, square_settings
from tests.support.world import World


class WithTill(World):
    """`more`: the till's name."""

    more: ClassVar[str]

    def go_live(self) -> None:
        super().go_live()
        self.set(self.more, True)
        self.rounds(3)
        self.clock.sleep(60)
        self.rounds(2)

    def sell(self, sku: str, units: int) -> str:
        sold = getattr(self.sandbox, self.more).place([(self.wire(self.more, sku), units)])
        assert sold is not None
        return str(sold)

    def at_till(self, sku: str) -> int:
        """What the till shows."""
        return self.shown(self.more, sku)

    def in_malls(self, sku: str) -> set[int]:
        return {self.shown(mall, sku) for mall in ("rakuten", "shopify")}


class WithSmaregi(WithTill):
    """The till is a Smaregi."""

    more = "smaregi"

    def _config(self) -> Config:
        config = super()._config()
        smaregi = smaregi_settings(self.sandbox.smaregi, {"1": (self.locations[1],)})
        return replace(config, channels=replace(config.channels, smaregi=smaregi))

    def _fill(self) -> None:
        super()._fill()
        for sku, numbers in self.stock.items():
            product, store = self.sandbox.smaregi.add_product(self.wire("smaregi", sku), sku, numbers[1])
            self.list_for_sale("smaregi", f"{product}@{store}", sku)

    def wire(self, mall: str, sku: str) -> tuple[str, str]:
        number = list(self.stock).index(sku) + 1
        return (str(1200 + number), "1") if mall == "smaregi" else super().wire(mall, sku)


class WithSquare(WithTill):
    """The till is one of Square's."""

    more = "square"

    def _config(self) -> Config:
        config = super()._config()
        square = square_settings(self.sandbox.square, {FIRST_PLACE: (self.locations[1],)})
        return replace(config, channels=replace(config.channels, square=square))

    def _fill(self) -> None:
        super()._fill()
        for sku, numbers in self.stock.items():
            listing = self.sandbox.square.add_product(self.wire("square", sku), sku, numbers[1])
            self.list_for_sale("square", "@".join(listing), sku)

    def wire(self, mall: str, sku: str) -> tuple[str, str]:
        return (f"VAR-{sku}", FIRST_PLACE) if mall == "square" else super().wire(mall, sku)
