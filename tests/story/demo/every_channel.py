"""The demo's shop with all its channels in one process, by the demo's own settings."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from functools import partial

from bridge.config import Config, load
from bridge.demo.books import left_by
from bridge.demo.owner import products_of
from bridge.demo.partners import Partners, Taker, Warehouse
from bridge.demo.seller import INSPECT, Sandboxed, settings
from bridge.demo.stalls import ALL, STALLS, TAKER, WAREHOUSE
from bridge.sandbox.malls.stalls import KEYS
from bridge.sandbox.malls.world import seed_world
from tests.support.sheets_client import service_account
from tests.support.world import LAG, World

PLAN = replace(ALL, skus=10, hot=3, sets=1, every={"colorme": 2})


class EveryChannel(World):
    """Filled as the demo fills it."""

    def _config(self) -> Config:
        folder, malls = self.ledger.parent, self.sandbox.malls
        key, path, self.files = folder / "key.json", folder / "bridge.toml", folder / "files"
        for file, text in ((key, json.dumps(service_account().as_file_json())), (path, "")):
            file.touch(mode=0o600)
            file.write_text(text)
        for name in PLAN.by_files:
            (self.files / name).mkdir(parents=True)
        keys = {name: KEYS[name](malls[name]) for name in PLAN.simulated if name in KEYS}
        given = Sandboxed("https://sandbox", key, self.spreadsheet.id, self.ledger, LAG, 8080, PLAN, keys, self.files)
        path.write_text(settings(given), encoding="utf-8")
        config = load(path)
        return replace(config, sheet=replace(config.sheet, **self.sheet_settings))

    def most_lines(self) -> int:
        return len(PLAN.stalls) * (PLAN.skus + PLAN.sets)

    def _trim(self) -> None:
        super()._trim()
        at, missing = self.column("在庫表", INSPECT), [s for s in PLAN.shelves if s not in self.locations]
        area = {"sheetId": self.tab("在庫表"), "dimension": "COLUMNS", "startIndex": at, "endIndex": at + len(missing)}
        self.spreadsheet.apply([{"insertDimension": {"range": area, "inheritFromBefore": False}}])
        row = 1 + max(n for n, line in enumerate(self.table("設定"), 1) if line["名前"])
        for number, shelf in enumerate(missing):
            self.spreadsheet.type(self.tab("在庫表"), 0, at + number, shelf)
            self.put("設定", row + number, {"種類": "場所", "名前": shelf, "オン": True})

    def _fill(self) -> None:
        malls = [self.sandbox.malls[name] for name in PLAN.simulated]
        for mall in malls:
            mall.visible_after = 0.0
        self.sandbox.amazon.switches.update_delay, self.sandbox.amazon.switches.order_search_rate = 0.0, 1.0
        seeded = seed_world(
            malls, skus=PLAN.skus, hot=PLAN.hot, sets=PLAN.sets, stock=(16, 30), hot_stock=(2, 3), every=PLAN.every
        )
        self.products = products_of({"products": [asdict(product) for product in seeded]}, PLAN)
        for row, product in enumerate((p for p in self.products if not p.made_of), 1):
            self.put("在庫表", row, {"SKU": product.sku, **product.split, INSPECT: 0})
        lines = [(mall, listing, each.components) for each in self.products for mall, listing in each.listings.items()]
        lines += [("amazon", each.by_amazon, each.sku) for each in self.products if each.by_amazon]
        for row, cells in enumerate(lines, 1):
            self.put("出品", row, dict(zip(("チャネル", "出品ID", "SKU構成"), cells, strict=True)))
        shelf = STALLS[WAREHOUSE].shelf
        held = {each.sku: each.split[shelf] for each in self.products if WAREHOUSE in each.listings}
        left = partial(left_by, self.ledger, shelf)
        warehouse = Warehouse(self.files / WAREHOUSE, held, left, self.clock, seed=1)
        self.partners = Partners(Taker(self.files / TAKER, self.clock), warehouse)

    def go_live(self) -> None:
        self.rounds(2)
        self.choose("opening", "shelf")
        self.rounds(2)
        self.set("bridge", True)
        self.rounds(3)
        for name in PLAN.stalls:
            self.set(name, True)
        for _ in range(4):
            self.rounds(1)
            self.partners.step()
        self.clock.sleep(60)
        self.rounds(2)
        self.partners.open()
