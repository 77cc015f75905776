"""What the conformance suite needs of a mall: its simulator, its adapter and the translation between their ids.

A new channel is held to the whole suite by one more subclass of Mall and one more name in MALLS.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import timedelta
from random import Random
from typing import Any, ClassVar

from bridge.channel_settings import Amazon, ColorMe, EcCube, Rakuten, Shopify, WooCommerce, Yahoo
from bridge.channels.amazon import AmazonChannel
from bridge.channels.amazon import facts as amazon_facts
from bridge.channels.colorme import ColorMeChannel
from bridge.channels.colorme import facts as colorme_facts
from bridge.channels.eccube import EcCubeChannel
from bridge.channels.eccube import facts as eccube_facts
from bridge.channels.http import RequestRecord, Seams
from bridge.channels.port import Channel, OrdersRead, Pushed, PushItem
from bridge.channels.rakuten import RakutenChannel
from bridge.channels.rakuten import facts as rakuten_facts
from bridge.channels.shopify import ShopifyChannel
from bridge.channels.shopify import facts as shopify_facts
from bridge.channels.woocommerce import WooCommerceChannel
from bridge.channels.woocommerce import facts as woo_facts
from bridge.channels.yahoo import YahooChannel
from bridge.channels.yahoo import facts as yahoo_facts
from bridge.domain.orders import LineSnapshot, ListingKey, OrderSnapshot
from bridge.sandbox.faults import Faults, Match, WsgiApp
from bridge.sandbox.malls.amazon import Amazon as AmazonSimulator
from bridge.sandbox.malls.amazon import AmazonSwitches
from bridge.sandbox.malls.colorme import ColorMe as ColorMeSimulator
from bridge.sandbox.malls.eccube import EcCube as EcCubeSimulator
from bridge.sandbox.malls.eccube import EcCubeSwitches
from bridge.sandbox.malls.mall import Listing
from bridge.sandbox.malls.mall import Mall as Simulator
from bridge.sandbox.malls.rakuten import Rakuten as RakutenSimulator
from bridge.sandbox.malls.shopify import Shopify as ShopifySimulator
from bridge.sandbox.malls.woocommerce import WooCommerce as WooSimulator
from bridge.sandbox.malls.yahoo import Yahoo as YahooSimulator
from bridge.sandbox.malls.yahoo import YahooSwitches
from bridge.settings import Secret
from tests.support.amazon_models import Judged
from tests.support.virtual_clock import VirtualClock
from tests.support.wsgi_transport import WsgiTransport

LAG = 30.0  # seconds, as the settings have it; the simulators' feeds are later by 5 unless a test says otherwise
KEY = "3f0c9c52-7d0b-4f4e-9f65-0d4f8e5a1a11"


class Mall(ABC):
    """One mall in its simulator, read and written by its adapter, on a virtual clock."""

    name: ClassVar[str]
    ships_in_part: ClassVar[bool]
    tells_restock: ClassVar[bool]  # whether the feed shows that a cancellation put units back on sale
    compares: ClassVar[bool]  # whether a push names the number it believes to find
    tells_cancelled: ClassVar[bool] = True  # whether a cancelled order still shows how many units it was
    may_keep: ClassVar[bool] = True  # whether a cancellation may leave the units off sale
    refusal_of_the_first: ClassVar[tuple[int, str]]  # status and body: a batch is refused for its first row
    orders_path: ClassVar[str]
    push_match: Match
    orders_page: ClassVar[tuple[Any, str]]  # where the adapter's facts say how many orders stand on a page

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.live = True
        self.records: list[RequestRecord] = []
        self.simulator = self.make_simulator()
        self.faults = Faults(self.judged(), self.clock)
        self.channel = self.connect()
        self.since = self.clock.now() - timedelta(days=1)
        self.newest: dict[str, OrderSnapshot] = {}

    def seams(self) -> Seams:
        transport = WsgiTransport(app=self.faults)
        return Seams(self.clock, lambda: self.live, Random(7), transport, self.records.append)

    def judged(self) -> WsgiApp:
        """The simulator, held against the mall's official models where there are any."""
        return self.simulator  # type: ignore[no-any-return]

    @abstractmethod
    def make_simulator(self) -> Any: ...

    @abstractmethod
    def connect(self, **settings: Any) -> Channel: ...

    @abstractmethod
    def add(self, name: str, stock: int, **kind: Any) -> ListingKey:
        """Put something on sale."""

    @abstractmethod
    def wire(self, listing: ListingKey) -> Listing:
        """The simulator's own key of a listing."""

    @abstractmethod
    def kill_credentials(self) -> None: ...

    @abstractmethod
    def refuse(self, listing: ListingKey) -> PushItem:
        """A push of this listing that the mall will never take."""

    @abstractmethod
    def call_off(self, order: str) -> None:
        """An order that was shipped is cancelled all the same, as far as the mall lets anybody do that."""

    def wire_order(self, order: str) -> str:
        """The simulator's own id of an order."""
        return order

    def order_id(self, wire_order: str) -> str:
        return wire_order

    # What buyers and the seller do.

    def buy(self, *wanted: tuple[ListingKey, int]) -> str:
        placed = self.world.place([(self.wire(listing), units) for listing, units in wanted])
        assert placed is not None
        return self.order_id(placed)

    def ship(self, order: str, units: int | None = None) -> None:
        assert self.world.ship(self.wire_order(order), units=units)

    def cancel(self, order: str, *, restock: bool = True) -> None:
        assert self.world.cancel(self.wire_order(order), restock=restock)

    def edit(self, order: str, units: int) -> None:
        """Change the units of the order's first line."""
        self.world.edit_units(self.wire_order(order), self._order(order).lines[0].line_id, units)

    @property
    def world(self) -> Simulator:
        return self.simulator  # type: ignore[no-any-return]

    def _order(self, order: str) -> Any:
        return next(each for each in self.world.orders() if each.id == self.wire_order(order))

    # What the bridge does.

    def read_orders(self, *, wait: float = 10.0, known: bool = True) -> OrdersRead:
        """One poll, as intake does it: from the last watermark on, older snapshots dropped."""
        self.clock.sleep(wait)
        still_open = [number for number, order in self.newest.items() if any(line.open for line in order.lines)]
        answer = self.channel.orders(self.since, still_open if known else ())
        for order in answer.orders:
            if order.order not in self.newest or order.version > self.newest[order.order].version:
                self.newest[order.order] = order
        self.since = answer.complete_until
        return answer

    def line(self, order: str) -> LineSnapshot:
        """The newest snapshot of an order with a single line."""
        [line] = self.newest[order].lines
        return line

    def counts(self, order: str) -> tuple[int, int, int, int]:
        """Its ordered, open, shipped, returned."""
        line = self.line(order)
        return line.ordered, line.open, line.shipped, line.returned

    def push(self, quantities: Mapping[ListingKey, int], key: str = KEY) -> Sequence[Pushed]:
        """Push, having read what is shown."""
        shown = self.channel.read(quantities)
        items = [PushItem(listing, quantity, shown.get(listing, 0)) for listing, quantity in quantities.items()]
        return self.channel.push(items, key)

    def stock(self, listing: ListingKey) -> int:
        return self.world.stock()[self.wire(listing)]

    @property
    def told_off(self) -> list[RequestRecord]:
        """Answers that say we asked too often."""
        return [each for each in self.records if each.status in (403, 429) or "THROTTLED" in each.received]


class RakutenMall(Mall):
    name = "rakuten"
    ships_in_part = False
    tells_restock = False
    compares = False
    refusal_of_the_first = (
        400,
        '{"errors": [{"code": "IE0002", "message": "no", "metadata": {"propertyPath": "inventories[0].variantId"}}]}',
    )
    orders_path = "searchOrder"
    push_match = staticmethod(lambda environ: "bulk-upsert" in environ["PATH_INFO"])
    orders_page = (rakuten_facts, "SEARCH_PAGE")

    def make_simulator(self) -> RakutenSimulator:
        return RakutenSimulator(self.clock)

    def connect(self, **settings: Any) -> RakutenChannel:
        given: dict[str, Any] = {
            "shop": "tea",
            "service_secret": Secret(self.simulator.service_secret),
            "license_key": Secret("SL123456_sandbox"),
            "locations": ("本社倉庫",),
            "base_url": "https://rakuten.test",
            "lag_seconds": LAG,
        }
        return RakutenChannel(Rakuten(**(given | settings)), self.seams())

    def add(self, name: str, stock: int, **kind: Any) -> ListingKey:
        manage_number, variant_id = self.simulator.add_product((f"item-{name}", f"Sku-{name}"), name, stock, **kind)
        return ListingKey("rakuten", f"{manage_number}/{variant_id}")

    def wire(self, listing: ListingKey) -> Listing:
        manage_number, _, variant_id = listing.id.partition("/")
        return manage_number, variant_id

    def kill_credentials(self) -> None:
        self.simulator.service_secret = "SP123456_another"

    def call_off(self, order: str) -> None:
        self.simulator.state.orders[order].progress = 900

    def make_strange(self, order: str) -> None:
        """Its state is none that anybody knows."""
        self.simulator.state.orders[order].progress = 650
        self.simulator.state.orders[order].progress_since = None

    def refuse(self, listing: ListingKey) -> PushItem:
        return PushItem(ListingKey("rakuten", listing.id + "_" * 40), 5, 5)  # longer than a variantId may be


class RakutenItemsMall(RakutenMall):
    """Its orders are read without anything personal, from the other API."""

    orders_path = "purchaseItem"

    def connect(self, **settings: Any) -> RakutenChannel:
        return super().connect(**({"order_source": "purchase_item"} | settings))


class ShopifyMall(Mall):
    name = "shopify"
    ships_in_part = True
    tells_restock = True
    compares = True
    refusal_of_the_first = (
        200,
        '{"data": {"inventorySetQuantities": {"inventoryAdjustmentGroup": null, "userErrors": [{"code": "INVALID",'
        ' "field": ["input", "quantities", "0"], "message": "no"}]}}}',
    )
    orders_path = "graphql"
    push_match = staticmethod(lambda environ: "graphql" in environ["PATH_INFO"])
    orders_page = (shopify_facts, "ORDERS_PAGE")
    item_number = 700

    def make_simulator(self) -> ShopifySimulator:
        return ShopifySimulator(self.clock)

    def connect(self, **settings: Any) -> ShopifyChannel:
        given: dict[str, Any] = {
            "shop": "sandbox.myshopify.com",
            "location": "1",
            "locations": ("本社倉庫",),
            "access_token": Secret("shpat_sandbox"),
            "base_url": "https://shopify.test",
            "lag_seconds": LAG,
        }
        return ShopifyChannel(Shopify(**(given | settings)), self.seams())

    def add(self, name: str, stock: int, **kind: Any) -> ListingKey:
        self.item_number += 1
        listing = (f"gid://shopify/InventoryItem/{self.item_number}", "gid://shopify/Location/1")
        self.simulator.add_product(listing, name, stock, **kind)
        return ListingKey("shopify", f"{self.item_number}@1")

    def wire(self, listing: ListingKey) -> Listing:
        item, _, location = listing.id.partition("@")
        return f"gid://shopify/InventoryItem/{item}", f"gid://shopify/Location/{location}"

    def wire_order(self, order: str) -> str:
        return f"gid://shopify/Order/{order}"

    def order_id(self, wire_order: str) -> str:
        return wire_order.rpartition("/")[2]

    def kill_credentials(self) -> None:
        self.simulator.static_token = "shpat_another"

    def call_off(self, order: str) -> None:
        self.simulator.cancel(self.wire_order(order))

    def refuse(self, listing: ListingKey) -> PushItem:  # noqa: ARG002
        return PushItem(ListingKey("shopify", "999999999@1"), 5, 5)  # no such item


class ShopifyAppMall(ShopifyMall):
    """With the client credentials of an app in place of a static token."""

    def connect(self, **settings: Any) -> ShopifyChannel:
        keys = {"access_token": None, "client_id": "sandbox-client", "client_secret": Secret("sandbox-secret")}
        return super().connect(**(keys | settings))

    def kill_credentials(self) -> None:
        self.simulator.client_secret = "another-secret"
        self.simulator.state.tokens.clear()


class ShopifyPlacesMall(ShopifyMall):
    """Each location has a number of its own; what is sold lies at the second."""

    orders_page = (shopify_facts, "ROUTED_ORDERS_PAGE")

    def make_simulator(self) -> ShopifySimulator:
        simulator = super().make_simulator()
        simulator.add_location("gid://shopify/Location/2", "渋谷店")
        return simulator

    def connect(self, **settings: Any) -> ShopifyChannel:
        places = {"1": ("本社倉庫",), "2": ("渋谷店",)}
        return super().connect(**({"location": None, "locations": None, "places": places} | settings))

    def add(self, name: str, stock: int, **kind: Any) -> ListingKey:
        self.item_number += 1
        listing = (f"gid://shopify/InventoryItem/{self.item_number}", "gid://shopify/Location/2")
        self.simulator.add_product(listing, name, stock, **kind)
        return ListingKey("shopify", f"{self.item_number}@2")

    def refuse(self, listing: ListingKey) -> PushItem:  # noqa: ARG002
        return PushItem(ListingKey("shopify", "999999999@2"), 5, 5)  # no such item


class AmazonMall(Mall):
    """Every request and every answer is held against the official models."""

    name = "amazon"
    ships_in_part = True
    tells_restock = False
    compares = False
    refusal_of_the_first = (400, '{"errors": [{"code": "InvalidInput", "message": "no"}]}')
    orders_path = "/orders/"
    push_match = staticmethod(lambda environ: environ["REQUEST_METHOD"] == "PATCH")
    orders_page = (amazon_facts, "ORDERS_PAGE")

    def make_simulator(self) -> AmazonSimulator:
        return AmazonSimulator(self.clock, switches=AmazonSwitches(update_delay=0.0))

    def judged(self) -> Judged:
        return Judged(self.simulator)

    def connect(self, **settings: Any) -> AmazonChannel:
        given: dict[str, Any] = {
            "shop": self.simulator.seller,
            "client_id": self.simulator.client_id,
            "client_secret": Secret("amzn1.oa2-cs.v1.sandbox"),
            "refresh_token": Secret("Atzr|sandbox"),
            "locations": ("本社倉庫",),
            "base_url": "https://amazon.test",
            "token_url": "https://amazon.test/auth/o2/token",
            "lag_seconds": LAG,
        }
        return AmazonChannel(Amazon(**(given | settings)), self.seams())

    def add(self, name: str, stock: int, *, channel: str = "DEFAULT", **kind: Any) -> ListingKey:
        sku, _ = self.simulator.add_product((f"SKU-{name}", channel), name, stock, **kind)
        return ListingKey("amazon", sku)

    def wire(self, listing: ListingKey) -> Listing:
        return listing.id, self.simulator.state.items[listing.id].channels[0]

    def kill_credentials(self) -> None:
        """The seller withdraws the app's authorisation."""
        self.simulator.refresh_token = "Atzr|another"
        self.simulator.state.tokens.clear()

    def call_off(self, order: str) -> None:
        self.simulator.ask_to_cancel(order)

    def refuse(self, listing: ListingKey) -> PushItem:  # noqa: ARG002
        return PushItem(ListingKey("amazon", "SKU-renamed"), 5, 5)


class YahooMall(Mall):
    name = "yahoo"
    ships_in_part = False
    tells_restock = False
    compares = False
    refusal_of_the_first = (400, "<Error><Code>st-02101</Code><Message>no</Message></Error>")
    orders_path = "orderList"
    push_match = staticmethod(lambda environ: "setStock" in environ["PATH_INFO"])
    orders_page = (yahoo_facts, "LIST_PAGE")

    def make_simulator(self) -> YahooSimulator:
        return YahooSimulator(self.clock, switches=YahooSwitches(consent_days=365.0))

    def connect(self, **settings: Any) -> YahooChannel:
        version, public_key = self.simulator.public_key()
        given: dict[str, Any] = {
            "shop": self.simulator.seller_id,
            "client_id": self.simulator.client_id,
            "client_secret": Secret("sandbox-secret"),
            "refresh_token": Secret("RT-sandbox"),
            "consented_on": "2026-11-23",
            "public_key": Secret(public_key),
            "public_key_version": version,
            "public_key_expires": "2027-11-23",
            "locations": ("本社倉庫",),
            "base_url": "https://yahoo.test/ShoppingWebService/V1",
            "login_url": "https://login.test",
            "lag_seconds": LAG,
        }
        return YahooChannel(Yahoo(**(given | settings)), self.seams())

    def add(self, name: str, stock: int, **kind: Any) -> ListingKey:
        self.simulator.add_product((f"item-{name}", "Sub-1"), name, stock, **kind)
        return ListingKey("yahoo", f"item-{name}:Sub-1")

    def wire(self, listing: ListingKey) -> Listing:
        item_code, _, sub_code = listing.id.partition(":")
        return item_code, sub_code

    def kill_credentials(self) -> None:
        self.simulator.withdraw_consent()

    def call_off(self, order: str) -> None:
        self.simulator.cancel(order, reason=140)

    def make_strange(self, order: str) -> None:
        """Its state is none that anybody knows."""
        self.simulator.state.orders[order].status = 8
        self.simulator.changes.note(self.simulator.state.orders[order])

    def refuse(self, listing: ListingKey) -> PushItem:
        return PushItem(ListingKey("yahoo", listing.id + "-typo"), 5, 5)  # no such item


class WooMall(Mall):
    """Products that keep their own stock."""

    name = "woocommerce"
    ships_in_part = False
    tells_restock = True
    compares = False
    refusal_of_the_first = (
        400,
        '{"code": "rest_invalid_param", "message": "no", "data": {"status": 400, "params": {"update": '
        '"update[0][stock_quantity] is not of type integer."}}}',
    )
    orders_path = "/orders"
    push_match = staticmethod(lambda environ: environ["PATH_INFO"].endswith("/batch"))
    orders_page = (woo_facts, "ORDERS_PAGE")
    product_number = 70

    def make_simulator(self) -> WooSimulator:
        return WooSimulator(self.clock)

    def connect(self, **settings: Any) -> WooCommerceChannel:
        given: dict[str, Any] = {
            "shop": "tea",
            "site": "https://shop.test",
            "consumer_key": Secret("ck_sandbox"),
            "consumer_secret": Secret("cs_sandbox"),
            "locations": ("本社倉庫",),
            "lag_seconds": LAG,
        }
        return WooCommerceChannel(WooCommerce(**(given | settings)), self.seams())

    def add(self, name: str, stock: int, **kind: Any) -> ListingKey:
        self.product_number += 1
        product, _ = self.simulator.add_product((str(self.product_number), ""), name, stock, **kind)
        return ListingKey("woocommerce", product)

    def wire(self, listing: ListingKey) -> Listing:
        product, _, variation = listing.id.partition("/")
        return product, variation

    def kill_credentials(self) -> None:
        self.simulator.consumer_secret = "cs_another"

    def call_off(self, order: str) -> None:
        self.simulator.set_status(order, "cancelled")

    def make_strange(self, order: str) -> None:
        """Its state is none that anybody knows."""
        self.simulator.set_status(order, "packing")

    def refuse(self, listing: ListingKey) -> PushItem:  # noqa: ARG002
        return PushItem(ListingKey("woocommerce", "999999999"), 5, 5)  # no such product


class WooVariationsMall(WooMall):
    """Variations of one product; keys in the query, for a host that strips headers and has no pretty addresses."""

    push_match = staticmethod(lambda environ: environ["REQUEST_METHOD"] == "POST")
    orders_path = "/"

    def make_simulator(self) -> WooSimulator:
        simulator = super().make_simulator()
        simulator.switches.permalinks, simulator.switches.strips_authorization = "plain", True
        return simulator

    def connect(self, **settings: Any) -> WooCommerceChannel:
        return super().connect(**({"permalinks": "plain", "keys_in": "query"} | settings))

    def add(self, name: str, stock: int, **kind: Any) -> ListingKey:
        self.product_number += 1
        product, variation = self.simulator.add_product(("70", str(self.product_number)), name, stock, **kind)
        return ListingKey("woocommerce", f"{product}/{variation}")

    def refuse(self, listing: ListingKey) -> PushItem:  # noqa: ARG002
        return PushItem(ListingKey("woocommerce", "70/999999999"), 5, 5)  # no such variation


class ColorMeMall(Mall):
    """Products that keep their own number."""

    name = "colorme"
    ships_in_part = False
    tells_restock = False
    tells_cancelled = False
    compares = False
    refusal_of_the_first = (422, '{"errors": [{"code": 422014, "message": "no", "status": 422}]}')
    orders_path = "/sales"
    push_match = staticmethod(lambda environ: environ["REQUEST_METHOD"] == "PUT")
    orders_page = (colorme_facts, "SALES_PAGE")
    product_number = 700

    def make_simulator(self) -> ColorMeSimulator:
        return ColorMeSimulator(self.clock)

    def connect(self, **settings: Any) -> ColorMeChannel:
        given: dict[str, Any] = {
            "shop": "PA00000001",
            "access_token": Secret(self.simulator.token),
            "locations": ("本社倉庫",),
            "base_url": "https://colorme.test/v1",
            "lag_seconds": LAG,
        }
        return ColorMeChannel(ColorMe(**(given | settings)), self.seams())

    def add(self, name: str, stock: int, **kind: Any) -> ListingKey:
        self.product_number += 1
        product, _ = self.simulator.add_product((str(self.product_number), ""), name, stock, **kind)
        return ListingKey("colorme", product)

    def wire(self, listing: ListingKey) -> Listing:
        product, _, variant = listing.id.partition("/")
        return product, variant

    def kill_credentials(self) -> None:
        """The shop withdraws the token."""
        self.simulator.token = "cm-another-token"

    def call_off(self, order: str) -> None:
        self.simulator.call_off(order, restock=False)

    def refuse(self, listing: ListingKey) -> PushItem:  # noqa: ARG002
        return PushItem(ListingKey("colorme", "999999999"), 5, 5)  # no such product


class ColorMeVariantsMall(ColorMeMall):
    """Variants of one product."""

    def add(self, name: str, stock: int, **kind: Any) -> ListingKey:
        self.product_number += 1
        product, variant = self.simulator.add_product(("700", str(self.product_number)), name, stock, **kind)
        return ListingKey("colorme", f"{product}/{variant}")

    def refuse(self, listing: ListingKey) -> PushItem:  # noqa: ARG002
        return PushItem(ListingKey("colorme", "700/999999999"), 5, 5)  # no such variant


class EcCubeMall(Mall):
    name = "eccube"
    ships_in_part = False
    tells_restock = True
    compares = False
    may_keep = False
    refusal_of_the_first = (
        200,
        '{"errors": [{"message": "code: No ProductClass found;", "extensions": {"category": "Invalid argument"}, '
        '"path": ["p0"]}], "data": {"p0": null}}',
    )
    orders_path = "/api"
    push_match = staticmethod(lambda environ: b"mutation" in environ["wsgi.input"].getvalue())
    orders_page = (eccube_facts, "ORDERS_PAGE")
    item_number = 500

    def make_simulator(self) -> EcCubeSimulator:
        return EcCubeSimulator(self.clock, switches=EcCubeSwitches(refresh_days=365.0))

    def connect(self, **settings: Any) -> EcCubeChannel:
        given: dict[str, Any] = {
            "shop": "honten",
            "site": "https://cube.test",
            "client_id": "cube-client",
            "client_secret": Secret("cube-secret"),
            "refresh_token": Secret(next(iter(self.simulator.state.refresh), "cube-refresh-none")),
            "locations": ("本社倉庫",),
            "lag_seconds": LAG,
        }
        return EcCubeChannel(EcCube(**(given | settings)), self.seams())

    def add(self, name: str, stock: int, **kind: Any) -> ListingKey:
        self.item_number += 1
        code, _ = self.simulator.add_product((f"C-{name}", str(self.item_number)), name, stock, **kind)
        return ListingKey("eccube", code)

    def wire(self, listing: ListingKey) -> Listing:
        return next(each for each in self.simulator.skus() if each[0] == listing.id)

    def kill_credentials(self) -> None:
        """The operator takes the authorisation back."""
        self.simulator.withdraw_consent()

    def call_off(self, order: str) -> None:
        """A shipped order can't be cancelled, only be returned."""
        self.simulator._touched(self.simulator.state.orders[order])

    def make_strange(self, order: str) -> None:
        """Its state is none that anybody knows."""
        self.simulator.state.orders[order].status = 20
        self.simulator._touched(self.simulator.state.orders[order])

    def refuse(self, listing: ListingKey) -> PushItem:
        return PushItem(ListingKey("eccube", listing.id + "-typo"), 5, 5)  # no such code


MALLS: dict[str, type[Mall]] = {
    "rakuten": RakutenMall,
    "rakuten-items": RakutenItemsMall,
    "shopify": ShopifyMall,
    "shopify-app": ShopifyAppMall,
    "shopify-places": ShopifyPlacesMall,
    "amazon": AmazonMall,
    "yahoo": YahooMall,
    "woocommerce": WooMall,
    "woocommerce-variations": WooVariationsMall,
    "colorme": ColorMeMall,
    "colorme-variants": ColorMeVariantsMall,
    "eccube": EcCubeMall,
}
