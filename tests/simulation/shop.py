"""The shop of the simulation, and the mail between it and its malls: late, doubled, shuffled, refused, out of date."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, cast
from unittest.mock import patch

import requests

from bridge.channel_settings import Files
from bridge.channels.amazon import facts
from bridge.channels.http import Seams
from bridge.channels.port import Channel, OrdersRead, Outcome, Pushed, PushItem
from bridge.config import Config
from bridge.domain.orders import ListingKey, OrderSnapshot
from bridge.errors import Hint
from bridge.refreshed import InMind
from bridge.sandbox.malls.amazon.records import MERCHANT
from bridge.sandbox.malls.square.shop import FIRST_PLACE
from bridge.service import Service
from tests.simulation.cast import (
    CHANNELS,
    FILE_MALL,
    LOCATIONS,
    MALLS,
    OWN_SHOPS,
    PARTNERS,
    SHELVES,
    TILLS,
    WAREHOUSE,
    sold_at,
)
from tests.simulation.malls import FBA, HELD_HOURS, SETS, number_of, set_up
from tests.simulation.model import LineId, Listing
from tests.simulation.partners import FileMall, code, emptied
from tests.support.malls import (
    amazon_settings,
    colorme_settings,
    eccube_settings,
    smaregi_settings,
    square_settings,
    woo_settings,
    yahoo_settings,
)
from tests.support.sheets_client import authorized_session, service_account
from tests.support.world import LAG, World

PLACE: Mapping[str, str] = {"smaregi": "1", "square": FIRST_PLACE}
SETTINGS: Mapping[str, Callable[[Any, Any], Any]] = {
    "woocommerce": woo_settings,
    "colorme": colorme_settings,
    "eccube": eccube_settings,
    "smaregi": smaregi_settings,
    "square": square_settings,
}


class Shop(World):
    """Three products in every mall and a set of two of them in some, at the tills those that their shops keep; the rows
    have names of their own."""

    def _config(self) -> Config:
        config = super()._config()
        set_up(self.sandbox)
        amazon = amazon_settings(self.sandbox.amazon, self.locations)
        yahoo = yahoo_settings(self.sandbox.yahoo, self.locations, HELD_HOURS)
        more = {name: self._settings(name) for name in (*OWN_SHOPS, *TILLS)}
        more |= {"files": {name: self._files(name) for name in PARTNERS}}
        return replace(config, channels=replace(config.channels, amazon=amazon, yahoo=yahoo, **more))

    @cached_property
    def root(self) -> Path:
        """Where the files of partners lie; gone with the process."""
        self._root = TemporaryDirectory()
        return Path(self._root.name)

    @cached_property
    def file_mall(self) -> FileMall:
        return FileMall(self.root / FILE_MALL)

    def _files(self, name: str) -> Files:
        profiles = ("3pl_stock", "3pl_shipments", "3pl_changes") if name == WAREHOUSE else ("aupay_stock",)
        return Files(
            name, profiles, (SHELVES[name],) if name == WAREHOUSE else self.locations,
            folder=emptied(self.root / name), place=SHELVES.get(name), quarantine=self.root / f"{name} quarantine",
            lag_seconds=LAG,
        )  # fmt: skip

    def _settings(self, name: str) -> Any:
        where: Any = {PLACE[name]: (SHELVES[name],)} if name in TILLS else self.locations
        return SETTINGS[name](getattr(self.sandbox, name), where)

    def _trim(self) -> None:
        super()._trim()
        self.add_places(self.locations)

    def _fill(self) -> None:
        super()._fill()
        lines = [("amazon", FBA, "A")]
        for sku, numbers in self.stock.items():
            for mall in MALLS[2:]:
                wire = self.wire(mall, sku)
                getattr(self.sandbox, mall).add_product(wire, sku, sum(n or 0 for n in numbers))
                lines.append((mall, wire, sku))
            lines += [(name, self.wire(name, sku), sku) for name in PARTNERS if name == FILE_MALL]
            lines += [(name, (code(sku), ""), sku) for name in PARTNERS if name == WAREHOUSE and sku in sold_at(name)]
        for till in TILLS:
            for sku in sold_at(till):
                wire, place = self.wire(till, sku), LOCATIONS.index(SHELVES[till])
                getattr(self.sandbox, till).add_product(wire, sku, self.stock[sku][place])
                lines.append((till, wire, sku))
        self.sandbox.amazon.add_product(FBA, "A", 40)
        for mall, wire in SETS.items():
            getattr(self.sandbox, mall).add_product(wire, "SET", 3)
            lines.append((mall, wire, "A×1+B×2"))
        self.spreadsheet.insert_rows(self.tab("出品"), 1 + 2 * len(self.stock), len(lines))
        for row, (mall, wire, parts) in enumerate(lines, 2 * len(self.stock) + 1):
            self.put("出品", row, {"チャネル": mall, "出品ID": number_of(mall, wire), "SKU構成": parts})
        for number, _ in enumerate(self.stock, 1):
            self.put("在庫表", number, {"商品名": f"product {number}"})

    def go_live(self) -> None:
        super().go_live()
        for mall in CHANNELS[2:]:
            self.set(mall, True)
        self.rounds(3)
        self.clock.sleep(60)
        self.rounds(2)
        self.answer("FBA", "確認済み")
        self.rounds(2)
        if PARTNERS:
            self.file_mall.take()
            self.rounds(3)

    def wire(self, mall: str, sku: str) -> tuple[str, str]:
        number = list(self.stock).index(sku) + 1
        found = {
            "amazon": (sku, MERCHANT),
            "yahoo": (f"item-{number:04d}", f"s{number}"),
            "woocommerce": (str(70 + number), ""),
            "colorme": ("70", str(70 + number)),
            "eccube": (f"C-{sku}", str(500 + number)),
            FILE_MALL: (f"item-{sku}", ""),
            "smaregi": (str(1200 + number), PLACE["smaregi"]),
            "square": (f"VAR-{sku}", PLACE["square"]),
        }
        return found.get(mall) or super().wire(mall, sku)

    def _session(self, _config: Config) -> requests.Session:
        """Calls like these are held against Google's discovery document by the stories; here are too many of them."""
        return authorized_session(self.sandbox, service_account())

    def start(self) -> Service:
        self.service = SteadyService(self.config, self.outside())
        return self.service


class SteadyService(Service):
    """Waits between tries always last as long as in the last run; a mall's messages pass through `Mail`."""

    mail: dict[str, Trouble] = {}  # noqa: RUF012
    refreshed = InMind()  # the file beside the ledger: it outlives a process

    def _seams(self, name: str) -> Seams:
        return replace(super()._seams(name), random=Random(1), tokens=self.refreshed)

    def _connect(self) -> list[Channel]:
        self.http_dice()
        return [cast(Channel, Mail(each, self.mail[each.name])) for each in super()._connect()]

    def http_dice(self) -> None:
        self.http._dice = Random(1)


@dataclass(frozen=True)
class Shown:
    """A mall as it was at one of the last requests. `sold`: sales of each listing that no reading has shown yet."""

    numbers: Mapping[tuple[str, str], int]
    sold: Mapping[Listing, frozenset[LineId]]


@dataclass
class Trouble:
    """What goes wrong with a mall's messages. `feed_from`: so many numbers at once go to Amazon as a feed · `older`:
    snapshots as they were once told."""

    clock: Any
    feed_from: int = facts.BULK_FROM
    older: deque[OrderSnapshot] = field(default_factory=lambda: deque(maxlen=40))
    again: int = 0  # so many of the older ones come once more
    shuffled: int | None = None
    refusing: set[ListingKey] = field(default_factory=set)
    read: dict[Listing, tuple[str, tuple[LineId, ...]]] = field(default_factory=dict)
    """readings that no commit has taken in yet: when they came, and the sales that show in each"""
    complete: datetime | None = None
    refused: set[ListingKey] = field(default_factory=set)
    later: set[ListingKey] = field(default_factory=set)  # what the round under way found to be on its way already
    done: set[ListingKey] = field(default_factory=set)  # what it takes as done
    stale: int = 0
    stranding: int = 0  # how often a number for what Amazon ships was refused
    shown: deque[Shown] = field(default_factory=lambda: deque(maxlen=6))
    shown_last: Shown | None = None  # as it was when its numbers may have been read last
    old: Shown | None = None  # what its numbers are read as for the rest of this job
    on_read: Callable[[Mapping[ListingKey, int], Shown | None], Mapping[ListingKey, int]] = lambda shown, _: shown
    on_push: Callable[[Sequence[PushItem]], None] = lambda _: None


class Mail:
    """A channel whose order messages come late, twice and shuffled, and which may refuse an item."""

    def __init__(self, channel: Channel, trouble: Trouble) -> None:
        self._channel, self._trouble = channel, trouble

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)

    def orders(self, since: datetime, known_open: Sequence[str] = ()) -> OrdersRead:
        trouble, began = self._trouble, self._trouble.clock.now()
        read = self._channel.orders(since, known_open)
        orders = list(read.orders)
        if trouble.again and trouble.older:
            dice = Random(trouble.again)
            orders += dice.sample(list(trouble.older), min(len(trouble.older), dice.randint(1, 4)))
            dice.shuffle(orders)
            trouble.again = 0
        trouble.older.extend(read.orders)
        trouble.complete = began
        return replace(read, orders=tuple(orders))

    def read(self, listings: Iterable[ListingKey]) -> Mapping[ListingKey, int]:
        if self._channel.name in PARTNERS:
            self._trouble.clock.elapsed += 0.05  # a look into a folder takes its time too
        return self._trouble.on_read(self._channel.read(listings), self._trouble.old)

    def push(self, items: Sequence[PushItem], key: str) -> Sequence[Pushed]:
        self._trouble.on_push(items)
        refusing = frozenset(self._trouble.refusing)  # as it is now: between two of the calls it may change
        taken = [item for item in items if item.listing not in refusing]
        with patch.object(facts, "BULK_FROM", self._trouble.feed_from):
            outcomes = {each.listing: each for each in (self._channel.push(taken, key) if taken else ())}
        hint = Hint("このモールは断りました。", "The mall said no.")
        outcomes |= {
            each.listing: Pushed(each.listing, Outcome.REFUSED, hint) for each in items if each.listing in refusing
        }
        for fate in outcomes.values():
            self._note(fate.listing, fate.outcome)
        return [outcomes[item.listing] for item in items]

    def _note(self, listing: ListingKey, outcome: Outcome) -> None:
        trouble = self._trouble
        trouble.stale += outcome is Outcome.STALE
        trouble.later |= {listing} if outcome is Outcome.LATER else set()
        trouble.done |= {listing} if outcome is Outcome.DONE else set()
        if listing.id == FBA[0]:
            trouble.stranding += outcome is Outcome.REFUSED
        elif outcome is Outcome.REFUSED:
            trouble.refused.add(listing)
