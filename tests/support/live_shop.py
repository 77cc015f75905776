"""A small shop on real sockets and the real clock: sandbox, spreadsheet and bridge, for what people do in a browser."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path

import httpx

from bridge.channel_facts import channel_names
from bridge.channel_settings import Channels, Rakuten, Shopify
from bridge.config import Bridge, Config, Sheet, Web
from bridge.demo.owner import Owner
from bridge.demo.panel import Panel
from bridge.outside import Outside
from bridge.sandbox.latency import Latency
from bridge.sandbox.malls.shopify.records import gid
from bridge.sandbox.malls.shopify.shop import FIRST_LOCATION
from bridge.sandbox.server import KEY_FILE, Server
from bridge.sandbox.sheets_api import Spreadsheet
from bridge.service import Service
from bridge.settings import Secret
from bridge.sheet.build import build
from bridge.threads import Threads

SHELVES = ("本社倉庫", "渋谷店")
MALLS = ("rakuten", "shopify")
PRODUCTS: Mapping[str, tuple[str, int, int]] = {
    "00001-S": ("緑茶 S", 10, 2),
    "00002-M": ("ほうじ茶 M", 6, 0),
    "00003-L": ("抹茶 L", 2, 1),
}
PATIENCE = 120.0  # seconds for the first day, on a busy machine


class LiveShop:
    """`products`: SKU → its name and what lies on the shelves."""

    def __init__(self, folder: Path, products: Mapping[str, tuple[str, int, int]] = PRODUCTS) -> None:
        self.state = folder / "sandbox"
        self.server = Server(0, self.state, empty=True, quota=None, latency=Latency(base=0.25))
        self._serving = threading.Thread(target=self.server.run, daemon=True)
        self._serving.start()
        self.sandbox = self.server.sandbox
        self.panel = Panel(httpx.Client(base_url=self.server.address, timeout=30, trust_env=False))
        self.spreadsheet: Spreadsheet = self.sandbox.new_spreadsheet("在庫")
        self.products = products
        self.service = Service(self._config(folder / "ledger.sqlite"), Outside())
        self._working = threading.Thread(target=Threads(self.service).run, daemon=True)
        for mall in (self.sandbox.rakuten, self.sandbox.shopify):
            mall.visible_after = 0.0
        build(self.service.gateway, "ja", channel_names(self.service.config), 200, None)
        self._fill()

    def _config(self, ledger: Path) -> Config:
        address = self.server.address
        sheet = Sheet(
            spreadsheet_id=self.spreadsheet.id,
            service_account=self.state / KEY_FILE,
            base_url=address,
            drive_url=address,
            poll_seconds=1.0,
            journal_lines=200,
            two_readings_seconds=0.0,
        )
        rakuten = Rakuten(
            "sandbox",
            Secret("SP123456_sandbox"),
            Secret("SL123456_sandbox"),
            SHELVES,
            base_url=f"{address}/malls/rakuten",
            orders_seconds=1.0,
            lag_seconds=0.0,
        )
        shopify = Shopify(
            "sandbox.myshopify.com",
            FIRST_LOCATION.rsplit("/", 1)[1],
            SHELVES,
            access_token=Secret("shpat_sandbox"),
            webhook_secret=Secret("sandbox-secret"),
            base_url=f"{address}/malls/shopify",
            orders_seconds=1.0,
            lag_seconds=0.0,
        )
        return Config(Bridge(ledger=ledger), sheet, Channels(rakuten, shopify), Web())

    def _fill(self) -> None:
        place = FIRST_LOCATION.rsplit("/", 1)[1]
        stock, listings = [], []
        for number, (sku, (name, first, second)) in enumerate(self.products.items(), 1):
            page, item = (f"item-{number:04d}", f"v-{number:04d}"), gid("InventoryItem", 40_000 + number)
            self.sandbox.rakuten.add_product(page, sku, first + second, title=name)
            self.sandbox.shopify.add_product((item, FIRST_LOCATION), sku, first + second, title=name)
            stock.append({"商品名": name, "SKU": sku, SHELVES[0]: first, SHELVES[1]: second})
            listings.append({"チャネル": "rakuten", "出品ID": "/".join(page), "SKU構成": sku})
            listings.append({"チャネル": "shopify", "出品ID": f"{40_000 + number}@{place}", "SKU構成": sku})
        self._put("在庫表", stock)
        self._put("出品", listings)

    def _put(self, title: str, lines: list[dict[str, object]]) -> None:
        tab = self.spreadsheet.sheet(title)
        header = self.spreadsheet.table(tab.id)[0]
        for row, line in enumerate(lines, 1):
            for name, value in line.items():
                self.spreadsheet.type(tab.id, row, header.index(name), str(value))

    def go_live(self) -> None:
        """The bridge starts, and the owner takes it through the first day."""
        self._working.start()
        Owner(self.panel, self.spreadsheet.id, malls=MALLS).go_live(PATIENCE, lambda: None, lambda _: None)

    def shown(self, mall: str, sku: str) -> int:
        """What the mall shows of it."""
        rows = self.panel.get(f"/malls/{mall}/stock")["stock"]
        return int(next(row["quantity"] for row in rows if row["sku"] == sku))

    def cell(self, sku: str, header: str) -> str:
        lines = self.panel.table(self.spreadsheet.id, "在庫表", "SKU")
        return next(line[header] for line in lines if line["SKU"] == sku)

    def close(self) -> None:
        if self._working.is_alive():
            self.service.stop()
            self._working.join(timeout=60)
        self.service.close()
        self.server.stop()
        self._serving.join(timeout=10)
