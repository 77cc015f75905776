"""What the page knows of the sandbox: asked for while somebody looks, and shared by all who do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from bridge.sandbox.page import story, words
from bridge.sandbox.page.panel import Panel, Refused
from bridge.sandbox.page.shops import Change, Shop
from bridge.sandbox.page.story import Event, Story
from bridge.sandbox.page.tab import Row, Tab, tab_of

LONGEST = 0.8  # seconds that the sandbox may keep a question for a new revision
SHORTEST = 0.1  # seconds between two looks, however much happens
SLOWLY = 0.7  # seconds between two looks at the malls, and at the tabs that tell the story

_News = Callable[[datetime, Tab, Tab], Iterable[Event]]
_TOLD: dict[str, _News] = {"stock": story.of_stock, "history": story.of_history, "questions": story.of_questions}


@dataclass
class Watcher:
    """`titles`: the sheet's tabs, by their ids · `tabs`: those that somebody looks at, and those that tell the story ·
    `numbers`: what 在庫表 showed as sellable and when, by SKU."""

    panel: Panel
    spreadsheet: str = ""
    alive: bool = True
    titles: dict[int, str] = field(default_factory=dict)
    tabs: dict[int, Tab] = field(default_factory=dict)
    shops: dict[str, Shop] = field(default_factory=dict)
    dials: dict[str, dict[str, Any]] = field(default_factory=dict)
    story: Story = field(default_factory=Story)
    numbers: dict[str, list[tuple[datetime, int]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._lock = asyncio.Lock()
        self._watching: asyncio.Task[None] | None = None
        self._wanted: set[int] = set()
        self._revision = -1
        self._revisions: dict[int, int] = {}
        self._slowly = 0.0

    async def next(self, tab: int) -> None:
        """Until something has changed, or might have; however many wait, the sandbox is asked once."""
        self._wanted.add(tab)
        if self._watching is None or self._watching.done():
            self._watching = asyncio.create_task(self._watch())
        await asyncio.shield(self._watching)

    async def _watch(self) -> None:
        try:
            said = await self.panel.get("/sheets/revision", after=self._revision, seconds=LONGEST)
            self._revision = said["revision"]
        except httpx.TransportError:
            await asyncio.sleep(LONGEST)  # it is told of by the look
        wanted, self._wanted = self._wanted, set()
        await self.look(wanted)
        await asyncio.sleep(SHORTEST)

    async def look(self, tabs: Iterable[int]) -> None:
        """At these tabs and all that tells the story, now."""
        async with self._lock:
            try:
                await self._look(set(tabs))
                self.alive = True
            except httpx.TransportError:
                self.alive = False
            except Refused:  # the sandbox began anew: there is another spreadsheet, or none yet
                self.spreadsheet, self.titles, self._revisions = "", {}, {}

    def _telling(self) -> set[int]:
        """The tabs that tell the story."""
        return {tab for tab, title in self.titles.items() if any(words.is_tab(role, title) for role in _TOLD)}

    def stock(self) -> Tab | None:
        return next((tab for tab in self.tabs.values() if words.is_tab("stock", self.titles.get(tab.id, ""))), None)

    async def _look(self, tabs: set[int]) -> None:
        if not self.spreadsheet:
            found = (await self.panel.get("/sheets"))["sheets"]
            self.spreadsheet = found[0]["id"] if found else ""
        if self.spreadsheet and not self.titles:
            await self._look_at(0)
        stock = {tab for tab, title in self.titles.items() if words.is_tab("stock", title)}
        if time.monotonic() - self._slowly >= SLOWLY:
            self._slowly = time.monotonic()
            self.dials = await self.panel.get("/faults")
            await self._look_at_the_shops()
            tabs |= self._telling()
        for tab in (tabs | stock) & self.titles.keys():
            await self._look_at(tab)

    async def _look_at(self, tab: int) -> None:
        known = {"revision": self._revisions[tab]} if tab in self._revisions else {}
        said = await self.panel.get(f"/sheets/{self.spreadsheet}/screen", tab=tab, **known)
        if "lines" not in said:
            return
        self.titles = {each["id"]: each["title"] for each in said["tabs"]}
        new, now = tab_of(said), datetime.now(UTC)
        self._revisions[new.id] = said["revision"]
        old = self.tabs.get(new.id)
        self.tabs[new.id] = new
        title = self.titles.get(new.id, "")
        for role, news in _TOLD.items():
            if old is not None and words.is_tab(role, title):
                self.story.tell(list(news(now, old, new)))
        if words.is_tab("stock", title):
            self._note_numbers(now, new)

    def _note_numbers(self, now: datetime, tab: Tab) -> None:
        for row in tab.rows:
            sku, text = tab.text(row, "sku"), tab.text(row, "sellable")
            if sku and text.lstrip("-").isdigit():
                noted = self.numbers.setdefault(sku, [])
                if not noted or noted[-1][1] != int(text):
                    noted.append((now, int(text)))

    async def _look_at_the_shops(self) -> None:
        state = await self.panel.get("/state")
        news: list[Change] = []
        for mall, told in state["malls"].items():
            if not told["listings"]:
                continue
            shop = self.shops.get(mall)
            if shop is None or told["history"] < shop.read:  # the first look, or a sandbox that began anew
                shop = self.shops[mall] = Shop(mall)
            shop.delay = told["visible_after"]
            if told["listings"] != len(shop.skus):
                shop.take_stock((await self.panel.get(f"/malls/{mall}/stock"))["stock"])
            if told["history"] > shop.read:
                entries = await self.panel.get(f"/malls/{mall}/history", **{"from": shop.read})
                news += shop.take_history(entries["history"])
        self.story.tell(story.of_changes(news))

    # --- what a person does ------------------------------------------------------------------------------------------

    async def type(self, tab: Tab, row: Row, column: int, text: str) -> None:
        """Raises Refused, httpx.TransportError."""
        cell = {"tab": tab.id, "row": row["row"], "column": column, "key_column": tab.key, "key": row["key"]}
        await self.panel.post(f"/sheets/{self.spreadsheet}/cell", {**cell, "text": text})
        header = tab.headers[column]
        self._did(tab.text(row, "sku"), "e_typed", {"header": header, "text": text})

    async def buy(self, mall: str, sku: str) -> bool:
        """One unit; False where the mall has none. Raises Refused, httpx.TransportError."""
        self._slowly = 0.0  # the next look sees what came of it
        for listing in self.shops[mall].listings(sku):
            bought = await self.panel.post(f"/malls/{mall}/buy", {"listing": listing, "units": 1})
            if bought["order_id"] is not None:
                return True
        return False

    async def turn(self, server: str, kind: str) -> None:
        """Raises Refused, httpx.TransportError."""
        self.dials[server] = await self.panel.put(f"/faults/{server}", words.fault_dial(kind))
        self._did("", "e_fault", {"fault": kind}, server)

    def _did(self, sku: str, code: str, values: dict[str, object], mall: str = "") -> None:
        self.story.tell([Event(datetime.now(UTC), "you", sku, code, values, mall)])
