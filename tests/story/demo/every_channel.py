"""The demo's shop with all its channels in one process, by the demo's own settings."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from functools import partial

from bridge.config import Config, load
from bridge.demo.books import left_by
from bridge.demo.owner import products_of
from bridge.demo.partners import Partners, Taker, Warehouse
from bridge.demo.seller import Sandboxed, settings
from bridge.demo.stalls import ALL, STALLS, TAKER, WAREHOUSE
from bridge.sandbox.malls.stalls import KEYS
from bridge.sandbox.malls.world import seed_world
from tests.story.demo.filled import FilledByTheSeller
from tests.support.sheets_client import service_account
from tests.support.world import LAG

PLAN = replace(ALL, skus=10, hot=3, sets=1, every={"colorme": 2})


class EveryChannel(FilledByTheSeller):
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
        self.add_places(PLAN.shelves)

    def _fill(self) -> None:
        malls = [self.sandbox.malls[name] for name in PLAN.simulated]
        for mall in malls:
            mall.visible_after = 0.0
        self.sandbox.amazon.switches.update_delay, self.sandbox.amazon.switches.order_search_rate = 0.0, 1.0
        seeded = seed_world(
            malls, skus=PLAN.skus, hot=PLAN.hot, sets=PLAN.sets, stock=(16, 30), hot_stock=(2, 3), every=PLAN.every
        )
        self.type_in(products_of({"products": [asdict(product) for product in seeded]}, PLAN))
        shelf = STALLS[WAREHOUSE].shelf
        held = {each.sku: each.split[shelf] for each in self.products if WAREHOUSE in each.listings}
        left = partial(left_by, self.ledger, shelf)
        warehouse = Warehouse(self.files / WAREHOUSE, held, left, self.clock, seed=1)
        self.partners = Partners(Taker(self.files / TAKER, self.clock), warehouse)

    def go_live(self) -> None:
        self.go_live_at_all()
        for name in PLAN.stalls:
            self.set(name, True)
        for _ in range(4):
            self.rounds(1)
            self.partners.step()
        self.clock.sleep(60)
        self.rounds(2)
        self.partners.open()
