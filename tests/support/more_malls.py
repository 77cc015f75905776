"""The small shop with other malls besides."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from bridge.config import Config
from bridge.sandbox.malls.amazon.records import BY_AMAZON, MERCHANT
from tests.support.malls import amazon_settings, colorme_settings, eccube_settings, woo_settings, yahoo_settings
from tests.support.world import World


class WithAmazon(World):
    """A shop that sells its goods at Amazon too; SKU A lies in Amazon's warehouse besides, as an offer of its own."""

    def _config(self) -> Config:
        config = super()._config()
        amazon = amazon_settings(self.sandbox.amazon, self.locations)
        return replace(config, channels=replace(config.channels, amazon=amazon))

    def _fill(self) -> None:
        super()._fill()
        for sku, numbers in self.stock.items():
            self.sandbox.amazon.add_product((sku, MERCHANT), sku, sum(n or 0 for n in numbers))
            self.list_for_sale("amazon", sku, sku)
        self.sandbox.amazon.add_product(("A-FBA", BY_AMAZON), "A", 40)

    def go_live(self) -> None:
        super().go_live()
        self.set("amazon", True)
        self.rounds(3)
        self.clock.sleep(60)
        self.rounds(2)

    def wire(self, mall: str, sku: str) -> tuple[str, str]:
        return (sku, MERCHANT) if mall == "amazon" else super().wire(mall, sku)


class OneMore(World):
    """The small shop, selling in one mall more."""

    more: ClassVar[str]

    def set(self, name: str, on: bool) -> None:
        super().set(name, on)
        if name == "shopify":
            super().set(self.more, on)

    def all_shown(self, sku: str) -> set[int]:
        return {self.shown(mall, sku) for mall in ("rakuten", "shopify", self.more)}


class WithYahoo(OneMore):
    """With a store on Yahoo."""

    more = "yahoo"

    def _config(self) -> Config:
        config = super()._config()
        yahoo = yahoo_settings(self.sandbox.yahoo, self.locations)
        return replace(config, channels=replace(config.channels, yahoo=yahoo))

    def _fill(self) -> None:
        super()._fill()
        for sku, numbers in self.stock.items():
            code, sub_code = self.wire("yahoo", sku)
            self.sandbox.yahoo.add_product((code, sub_code), sku, sum(n or 0 for n in numbers))
            self.list_for_sale("yahoo", f"{code}:{sub_code}", sku)

    def wire(self, mall: str, sku: str) -> tuple[str, str]:
        number = list(self.stock).index(sku) + 1
        return (f"item-{number:04d}", f"s{number}") if mall == "yahoo" else super().wire(mall, sku)

    def round_of_each(self, count: int = 1) -> None:
        """As the service runs them: each half of a channel on its own."""
        for _ in range(count):
            self.service.cycle.run()
            for channel in self.service.channels:
                self.service.guarded_round(channel)
            self.clock.sleep(3.0)


class WithWoo(OneMore):
    """With a shop of its own made with WooCommerce."""

    more = "woocommerce"

    def _config(self) -> Config:
        config = super()._config()
        woo = woo_settings(self.sandbox.woocommerce, self.locations)
        return replace(config, channels=replace(config.channels, woocommerce=woo))

    def _fill(self) -> None:
        super()._fill()
        for sku, numbers in self.stock.items():
            product, _ = self.sandbox.woocommerce.add_product(
                self.wire("woocommerce", sku), sku, sum(filter(None, numbers))
            )
            self.list_for_sale("woocommerce", product, sku)

    def wire(self, mall: str, sku: str) -> tuple[str, str]:
        number = list(self.stock).index(sku) + 1
        return (str(70 + number), "") if mall == "woocommerce" else super().wire(mall, sku)


class WithColorMe(OneMore):
    """With a shop at Color Me: one product with a variant for each SKU."""

    more = "colorme"

    def _config(self) -> Config:
        config = super()._config()
        colorme = colorme_settings(self.sandbox.colorme, self.locations)
        return replace(config, channels=replace(config.channels, colorme=colorme))

    def _fill(self) -> None:
        super()._fill()
        for sku, numbers in self.stock.items():
            listing = self.wire("colorme", sku)
            self.sandbox.colorme.add_product(listing, sku, sum(n or 0 for n in numbers))
            self.list_for_sale("colorme", "/".join(listing), sku)

    def wire(self, mall: str, sku: str) -> tuple[str, str]:
        number = list(self.stock).index(sku) + 1
        return ("70", str(70 + number)) if mall == "colorme" else super().wire(mall, sku)


class WithEcCube(OneMore):
    """With a shop made with EC-CUBE."""

    more = "eccube"

    def _config(self) -> Config:
        config = super()._config()
        eccube = eccube_settings(self.sandbox.eccube, self.locations)
        return replace(config, channels=replace(config.channels, eccube=eccube))

    def _fill(self) -> None:
        super()._fill()
        for sku, numbers in self.stock.items():
            listing = self.wire("eccube", sku)
            self.sandbox.eccube.add_product(listing, sku, sum(n or 0 for n in numbers))
            self.list_for_sale("eccube", listing[0], sku)

    def wire(self, mall: str, sku: str) -> tuple[str, str]:
        number = list(self.stock).index(sku) + 1
        return (f"C-{sku}", str(500 + number)) if mall == "eccube" else super().wire(mall, sku)


class AllMalls(WithAmazon, WithYahoo):
    """In all four at once."""

    malls = ("rakuten", "shopify", "amazon", "yahoo")

    def shown_in(self, sku: str) -> dict[str, int]:
        return {mall: self.shown(mall, sku) for mall in self.malls}
