"""The small shop with other malls besides."""

from __future__ import annotations

from dataclasses import replace

from bridge.config import Amazon, Config, Secret, Yahoo
from bridge.sandbox.malls.amazon.records import BY_AMAZON, MERCHANT
from tests.support.world import LAG, World


class WithAmazon(World):
    """A shop that sells its goods at Amazon too; SKU A lies in Amazon's warehouse besides, as an offer of its own."""

    def _config(self) -> Config:
        config = super()._config()
        mall = self.sandbox.amazon
        mall.visible_after = mall.switches.update_delay = 0.0
        mall.switches.order_search_rate = 1.0  # the shop of the tests asks every three seconds
        root = "https://sandbox/malls/amazon"
        amazon = Amazon(
            mall.seller, mall.client_id, Secret(mall.client_secret), Secret(mall.refresh_token), self.locations,
            base_url=root, token_url=f"{root}/auth/o2/token", lag_seconds=LAG,
        )  # fmt: skip
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


class WithYahoo(World):
    """The small shop, with a store on Yahoo besides."""

    def _config(self) -> Config:
        config, mall = super()._config(), self.sandbox.yahoo
        mall.visible_after = 0.0
        version, public_key = mall.public_key()
        yahoo = Yahoo(
            shop=mall.seller_id,
            client_id=mall.client_id,
            client_secret=Secret(mall.client_secret),
            refresh_token=Secret("RT-sandbox"),
            consented_on="2026-11-23",
            public_key=Secret(public_key),
            public_key_version=version,
            public_key_expires="2027-11-23",
            locations=self.locations,
            base_url="https://sandbox/malls/yahoo/ShoppingWebService/V1",
            login_url="https://sandbox/malls/yahoo",
            lag_seconds=LAG,
        )
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

    def set(self, name: str, on: bool) -> None:
        super().set(name, on)
        if name == "shopify":
            super().set("yahoo", on)

    def round_of_each(self, count: int = 1) -> None:
        """As the service runs them: each half of a channel on its own."""
        for _ in range(count):
            self.service.cycle.run()
            for channel in self.service.channels:
                self.service.guarded_round(channel)
            self.clock.sleep(3.0)

    def all_shown(self, sku: str) -> set[int]:
        return {self.shown(mall, sku) for mall in ("rakuten", "shopify", "yahoo")}


class AllMalls(WithAmazon, WithYahoo):
    """In all four at once."""

    malls = ("rakuten", "shopify", "amazon", "yahoo")

    def shown_in(self, sku: str) -> dict[str, int]:
        return {mall: self.shown(mall, sku) for mall in self.malls}
