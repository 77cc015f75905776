"""The shop of the simulation, and the mail between it and its malls: late, doubled, shuffled, refused, out of date."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from random import Random
from typing import Any, cast
from unittest.mock import patch

import requests

from bridge.channels.amazon import facts
from bridge.channels.http import Seams
from bridge.channels.port import Channel, OrdersRead, Outcome, Pushed, PushItem
from bridge.config import Config
from bridge.domain.orders import ListingKey, OrderSnapshot
from bridge.errors import Hint
from bridge.sandbox.malls.amazon.records import MERCHANT
from bridge.service import Service
from tests.simulation.malls import FBA, HELD_HOURS, SETS, number_of, set_up
from tests.simulation.model import LineId, Listing
from tests.support.malls import amazon_settings, yahoo_settings
from tests.support.sheets_client import authorized_session, service_account
from tests.support.world import World

STOCK: Mapping[str, Sequence[int | None]] = {"A": (6, 2, None), "B": (9, 0, None), "007": (12, None, None)}


class Shop(World):
    """Three products in every mall and a set of two of them in some; the rows have names of their own."""

    def _config(self) -> Config:
        config = super()._config()
        set_up(self.sandbox)
        amazon = amazon_settings(self.sandbox.amazon, self.locations)
        yahoo = yahoo_settings(self.sandbox.yahoo, self.locations, HELD_HOURS)
        return replace(config, channels=replace(config.channels, amazon=amazon, yahoo=yahoo))

    def _fill(self) -> None:
        super()._fill()
        lines = [("amazon", FBA, "A")]
        for sku, numbers in self.stock.items():
            for mall in ("amazon", "yahoo"):
                wire = self.wire(mall, sku)
                getattr(self.sandbox, mall).add_product(wire, sku, sum(n or 0 for n in numbers))
                lines.append((mall, wire, sku))
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
        for mall in ("amazon", "yahoo"):
            self.set(mall, True)
        self.rounds(3)
        self.clock.sleep(60)
        self.rounds(2)
        self.answer("FBA", "確認済み")
        self.rounds(2)

    def wire(self, mall: str, sku: str) -> tuple[str, str]:
        if mall == "amazon":
            return sku, MERCHANT
        number = list(self.stock).index(sku) + 1
        return (f"item-{number:04d}", f"s{number}") if mall == "yahoo" else super().wire(mall, sku)

    def _session(self, _config: Config) -> requests.Session:
        """Calls like these are held against Google's discovery document by the stories; here are too many of them."""
        return authorized_session(self.sandbox, service_account())

    def start(self) -> Service:
        self.service = SteadyService(self.config, self.outside())
        return self.service


class SteadyService(Service):
    """Waits between tries always last as long as in the last run; a mall's messages pass through `Mail`."""

    mail: dict[str, Trouble] = {}  # noqa: RUF012

    def _seams(self, name: str) -> Seams:
        return replace(super()._seams(name), random=Random(1))

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
        return self._trouble.on_read(self._channel.read(listings), self._trouble.old)

    def push(self, items: Sequence[PushItem], key: str) -> Sequence[Pushed]:
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
