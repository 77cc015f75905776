"""One open page: its language, the tab and the product it looks at, and the watcher that all pages share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from nicegui import ui

from bridge.sandbox.page import words
from bridge.sandbox.page.watcher import Watcher

ZONE = ZoneInfo("Asia/Tokyo")


@dataclass
class Visit:
    watcher: Watcher
    language: words.Language
    tab: int = -1
    sku: str = ""
    views: list[Callable[[], None]] = field(default_factory=list)
    """what is to be shown anew after each look"""

    def say(self, code: str, **values: Any) -> str:
        return words.say(code, self.language, **values)

    def name(self, server: str) -> str:
        return words.name(server, self.language)

    def tell(self, text: str, *, bad: bool = False) -> None:
        ui.notify(text, color="negative" if bad else "grey-9", position="bottom", timeout=4000)

    async def wait(self) -> None:
        """Until something may have changed; then show it."""
        await self.watcher.next(self.tab)
        self.show()

    async def look(self) -> None:
        """At once, after something was done."""
        await self.watcher.look([self.tab])
        self.show()

    def show(self) -> None:
        for view in self.views:
            view()

    def choose(self, sku: str) -> None:
        """Look at this product from now on."""
        if sku != self.sku:
            self.sku = sku
            self.show()

    def products(self) -> dict[str, str]:
        """SKU → how it is called, of the sheet and of what the malls sell besides."""
        stock = self.watcher.stock()
        named = {} if stock is None else {stock.text(row, "sku"): stock.text(row, "product") for row in stock.rows}
        codes = {code for shop in self.watcher.shops.values() for code in shop.skus.values()} | named.keys()
        return {code: f"{code}　{named.get(code, '')}".rstrip() for code in sorted(codes - {""})}


def clock(at: datetime) -> str:
    return f"{at.astimezone(ZONE):%H:%M:%S}"
