"""One live shop for every layout: the real bridge over the sandbox, put back to its beginning each time."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch

from bridge.errors import BridgeError
from bridge.ledger.ledger import Ledger
from bridge.sandbox.malls.shopify.records import gid
from bridge.sandbox.malls.shopify.shop import FIRST_LOCATION
from bridge.service import Service
from tests.abuse.mishaps import HEADERS, Hand
from tests.abuse.oracle import Oracle
from tests.support.world import LAG, World

STOCK = {"A": (5, 2, None), "B": (7, 0, None), "007": (40, 10, None), "青い箱": (3, 6, None), "C-1": (12, None, None)}
SET = ("item-0099", "v-0099")
PLACES = ("本社倉庫", "渋谷店")  # 検品待ち is not for sale


class AbusedShop:
    """`made_of`: listing -> SKU -> units."""

    def __init__(self) -> None:
        self.world = World(
            cast(Path, None),
            stock=STOCK,
            sheet_settings={"journal_lines": 60, "reads_per_minute": 10**9, "writes_per_minute": 10**9},
            judge_once=True,
        )
        self.sheet = self.world.spreadsheet
        self.tabs = {title: self.world.tab(title) for title in HEADERS}
        self._add_set()
        self.world.go_live()
        self.ledger: Ledger = self.world.service.ledger
        self.made_of = {f"{mall} {sku}": {sku: 1} for mall in ("rakuten", "shopify") for sku in STOCK}
        self.made_of["rakuten set"] = {"A": 2, "B": 1}
        self._beginning = (
            self.sheet.book,
            self._database().serialize(),
            {name: json.dumps(part.to_json()) for name, part in self.world.sandbox.parts().items() if name != "sheets"},
            self.world.clock.elapsed,
        )
        self._gone_back = 0.0
        clock = self.world.clock
        clock.monotonic = lambda: clock.elapsed + self._gone_back  # type: ignore[method-assign]
        self.begin()

    def _add_set(self) -> None:
        self.world.sandbox.rakuten.add_product(SET, "SET", 0)
        line = {"チャネル": "rakuten", "出品ID": "/".join(SET), "SKU構成": "A×2+B"}
        self.world.put("出品", 2 * len(STOCK) + 1, line)

    def _database(self) -> sqlite3.Connection:
        with self.world.service.ledger._engine.connect() as connection:
            return cast(sqlite3.Connection, connection.connection.driver_connection)

    def begin(self) -> None:
        """Everything is as it was when the shop was live and at rest; the bridge has just been started."""
        book, ledger, malls, elapsed = self._beginning
        world = self.world
        world.service.http.session.close()
        self._gone_back += world.clock.elapsed - elapsed + 3600  # what counts time by it never sees it run backwards
        self.sheet.book, world.clock.elapsed = book, elapsed
        self._database().deserialize(ledger)
        for name, state in malls.items():
            world.sandbox.parts()[name].load_json(json.loads(state))
            getattr(world.sandbox, name).random.seed(0)
        world.sheet_calls.clear()
        world.mall_calls.clear()
        with patch("bridge.service.Ledger", lambda *_: self.ledger):
            world.service = Service(world.config, world.outside())
        self.troubles: list[str] = []
        self.oracle = Oracle(
            self.sheet,
            self.tabs["在庫表"],
            PLACES,
            {
                sku: {place: (n or 0, n or 0) for place, n in zip(PLACES, row, strict=False)}
                for sku, row in STOCK.items()
            },
            dict.fromkeys(STOCK, (0, 0)),
        )

    def hand(self, seed: int) -> Hand:
        return Hand(self.sheet, self.tabs, random.Random(seed))

    # --- time --------------------------------------------------------------------------------------------------------

    def poll(self) -> None:
        self._guarded(self.world.service.cycle.run)
        self.world.clock.sleep(3)

    def round(self) -> None:
        """Orders of every mall, then quantities of every mall."""
        service = self.world.service
        for intake in service.intakes.values():
            self._guarded(intake.run)
        for pusher in service.pushers.values():
            self._guarded(pusher.run)
        self.world.clock.sleep(5)

    def _guarded(self, job: Callable[[], Any]) -> None:
        """What the service's guard bears; anything else escapes."""
        try:
            job()
        except BridgeError as error:
            self.troubles.append(str(error.hint))

    def wait_for_proof(self) -> None:
        """Long enough for a raise to be proved by every feed."""
        self.world.clock.sleep(2 * LAG + timedelta(minutes=1).total_seconds())

    # --- malls -------------------------------------------------------------------------------------------------------

    def wire(self, listing: str) -> tuple[str, tuple[str, str]]:
        mall, sku = listing.split(" ", 1)
        if sku == "set":
            return mall, SET
        number = list(STOCK).index(sku) + 1
        if mall == "rakuten":
            return mall, (f"item-{number:04d}", f"v-{number:04d}")
        return mall, (gid("InventoryItem", 40_000 + number), FIRST_LOCATION)

    def buy(self, listing: str, units: int) -> None:
        mall, key = self.wire(listing)
        if getattr(self.world.sandbox, mall).buy(key, units) is not None:
            for sku, each in self.made_of[listing].items():
                self.oracle.ordered[sku] += each * units

    def shown(self) -> dict[str, int]:
        stocks = {mall: getattr(self.world.sandbox, mall).stock() for mall in ("rakuten", "shopify")}
        found = {}
        for listing in self.made_of:
            mall, key = self.wire(listing)
            found[listing] = int(stocks[mall][key])
        return found
