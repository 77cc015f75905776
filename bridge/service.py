"""The composition root: the only place that knows every class. One process keeps one ledger and one spreadsheet.

What each job does stands here; threads.py says when, and in which thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from bridge.alerting import Alerting
from bridge.channel_facts import channel_names, shop_of
from bridge.channels.amazon import AmazonChannel
from bridge.channels.colorme import ColorMeChannel
from bridge.channels.eccube import EcCubeChannel
from bridge.channels.files import FilesChannel
from bridge.channels.http import Seams
from bridge.channels.port import Channel, CountsStock
from bridge.channels.rakuten import RakutenChannel
from bridge.channels.shopify import ShopifyChannel
from bridge.channels.smaregi import SmaregiChannel
from bridge.channels.square import SquareChannel
from bridge.channels.warehouses import CountsAsOf
from bridge.channels.woocommerce import WooCommerceChannel
from bridge.channels.yahoo import YahooChannel
from bridge.config import Config
from bridge.connect_plans import called
from bridge.domain import summary
from bridge.domain.bigchange import Limits
from bridge.domain.costs import Costing
from bridge.domain.maintenance import current
from bridge.errors import BridgeError, Hint, NeedsPerson, Stop, TryAgain
from bridge.flows import reconcile, sync_now
from bridge.flows.answers import Answering
from bridge.flows.apply import Apply
from bridge.flows.backups import Backups
from bridge.flows.claim import Claim
from bridge.flows.count import take_count
from bridge.flows.count_as_of import take_last_count
from bridge.flows.cycle import SheetCycle
from bridge.flows.desk import Desk
from bridge.flows.health import Health, health
from bridge.flows.intake import Intake
from bridge.flows.keys import watch_key
from bridge.flows.mapping import Mapped, Mapper
from bridge.flows.purchases import PurchasePrices
from bridge.flows.push import Pusher
from bridge.flows.reconcile import Drift
from bridge.flows.report import Report
from bridge.flows.reports import Accounts, Reports
from bridge.flows.shop import bridge_live
from bridge.flows.subscribe import Subscription
from bridge.flows.summary import Summariser
from bridge.flows.wake import MALL_LOOKS, SHEET_LOOKS, Doorbell, Wake
from bridge.flows.watch import Watch
from bridge.gate import Gate
from bridge.guard import Guard, Watchers
from bridge.key_links import KeyLinks
from bridge.ledger.ledger import Ledger
from bridge.ledger.remembered import Remembered
from bridge.notices import NotForUs, Notice
from bridge.outside import Outside, longest_look, sheet_http
from bridge.refreshed import Refreshed
from bridge.sheet import edit_hook
from bridge.sheet.gateway import Gateway
from bridge.sheet.layout import ACCOUNT_TABS, MANAGER_TABS

FULL_READ = timedelta(minutes=1)  # how often every listing of a channel is read back

KINDS: Mapping[str, Callable[[Any, Seams], Channel]] = {
    "rakuten": RakutenChannel,
    "shopify": ShopifyChannel,
    "amazon": AmazonChannel,
    "yahoo": YahooChannel,
    "woocommerce": WooCommerceChannel,
    "colorme": ColorMeChannel,
    "eccube": EcCubeChannel,
    "smaregi": SmaregiChannel,
    "square": SquareChannel,
    "files": FilesChannel,
}
"""By the names of their sections in the settings: each takes its own section, FilesChannel one of those in it."""


class Service:
    """Every part of a running bridge, wired."""

    def __init__(self, config: Config, outside: Outside | None = None) -> None:
        self.config = config
        self.outside = outside = outside or Outside()
        self.clock = outside.clock
        self.failure: Stop | None = None
        self.ledger = Ledger(config.bridge.ledger, self.clock)
        self.http = sheet_http(config, outside, self._why_not)
        self.gateway = Gateway(self.http, config.sheet.spreadsheet_id)
        self.tokens = Refreshed(config.bridge.ledger)
        self._renewing = threading.Lock()
        self._renewed = set[str]()  # channels that have a new key since their last round
        self._gates = {name: self._gate() for name in channel_names(config)}
        self.channels = self._connect()
        self.shop = shop_of(config, self.channels)
        with self.ledger.write() as tx:
            for channel in self.channels:
                tx.channels.greet(channel.name)
        self.cycle = self._sheet_cycle()
        self.intakes: dict[str, Intake] = {}
        self.pushers: dict[str, Pusher] = {}
        self.mappers: dict[str, Mapper] = {}
        for channel in self.channels:
            self._put_to_work(channel)
        self.ends = threading.Event()
        self.watchers = Watchers(self.clock, self.ledger, self._fail)
        self.guards = {c.name: Guard.pair(self.watchers, c.name) for c in self.channels}
        self._key_guards = {c.name: Guard(self.watchers, f"{c.name} key", None) for c in self.channels}
        self._count_guards = {c.name: Guard(self.watchers, f"{c.name} count", None) for c in self.channels}
        self.wakes = {c.name: Wake(self.clock, MALL_LOOKS) for c in self.channels}
        self.wakes[edit_hook.SENDER] = Wake(self.clock, SHEET_LOOKS)
        self.bell = sync_now.Bell(self.ledger, self._wake_channels)
        self.doorbell = Doorbell(self.ledger, self.clock, self.wakes)
        self.subscriptions: dict[str, Subscription] = {}
        for channel in self.channels:
            self._subscribe(channel)
        self.alerting = self._alerting()
        self.report_http = sheet_http(config, outside, self._why_not, beside=self.http)
        self.reports = self._reports()
        here = config.bridge
        self.backups = Backups(self.ledger, here.ledger, here.backups, here.backups_kept, self.clock)

    def _connect(self) -> list[Channel]:
        return [self._made(name) for name in channel_names(self.config)]

    def _made(self, name: str) -> Channel:
        kind, settings = self.config.channels.connected()[name]
        return KINDS[kind](settings, self._seams(name))

    def _put_to_work(self, channel: Channel) -> None:
        name = channel.name
        self.intakes[name] = Intake(self.shop, channel, self.ledger, self.clock)
        self.pushers[name] = Pusher(self.shop, channel, self.ledger, self.clock, self._gates[name], FULL_READ)
        self.mappers[name] = Mapper(self.shop, channel, self.ledger, self.clock)

    def _seams(self, name: str) -> Seams:
        return Seams(
            self.clock,
            may_write=lambda: self._live(name),
            random=self.outside.random,
            transport=self.outside.transport,
            record=self.outside.on_mall_call,
            before_write=self._gates[name].check,
            looked=self._gates[name].looked,
            tokens=self.tokens,
            name=name,
            memory=Remembered(self.ledger, name),
        )

    def _gate(self) -> Gate:
        return Gate(self.clock, self.config.bridge.stale_seconds, self._why_not)

    def _why_not(self) -> Stop | None:
        """Why nothing may be written outside any more."""
        return self.failure or self.ledger.failure

    def _live(self, name: str) -> bool:
        """Asked at every write: in shadow, channels/http makes it impossible."""
        with self.ledger.read() as tx:
            return bridge_live(tx) and tx.channels.get(name).live

    def _sheet_cycle(self) -> SheetCycle:
        sheet = self.config.sheet
        desk = Desk(self.gateway, self.ledger, self.clock, sheet.journal_lines)
        limits = Limits(sheet.big_change_rows, sheet.big_change_times, sheet.big_change_percent)
        watch = Watch(self.shop, timedelta(seconds=sheet.two_readings_seconds), limits)
        zone = ZoneInfo(self.config.bridge.timezone)
        apply = Apply(self.shop, desk, watch, self.ledger, self.clock, zone, sheet.rows_per_call)
        hold = timedelta(minutes=sheet.hold_minutes)
        claim = claim_of(self.config, self.outside, self.gateway, self.ledger)
        return SheetCycle(self.shop, desk, claim, watch, Answering(self.shop), apply, self.ledger, hold)

    def _reports(self) -> Reports:
        config = self.config.report
        summariser = Summariser(self.shop, summary.Limits(config.low_units, config.low_days, config.dead_days))

        def report(spreadsheet_id: str) -> Report:
            return Report(Gateway(self.report_http, spreadsheet_id), self.shop.language)

        staff = report(self.config.sheet.spreadsheet_id)
        managers = report(config.managers) if config.managers else None
        costing, zone = Costing(config.costing), self.shop.zone
        return Reports(self.shop, self.ledger, summariser, staff, managers, self._accounts(), costing, zone)

    def _accounts(self) -> Accounts | None:
        if self.config.report.accounts is None:
            return None
        gateway = Gateway(self.report_http, self.config.report.accounts)
        prices = PurchasePrices(gateway, self.ledger, self.shop.language)
        return Accounts(gateway, prices, self.shop, self.ledger)

    # --- the web edge ------------------------------------------------------------------------------------------------

    def hooks(self) -> dict[str, Callable[[Mapping[str, str], bytes], Notice]]:
        """Who may send webhooks, and how theirs are judged."""
        found: dict[str, Callable[[Mapping[str, str], bytes], Notice]] = {
            c.name: partial(self._understand, c.name) for c in self.channels if c.webhooks is not None
        }
        web = self.config.web
        if web is not None and web.edit_secret is not None:
            hook = edit_hook.EditHook(web.edit_secret.reveal(), self.config.sheet.spreadsheet_id, self.clock)
            found[edit_hook.SENDER] = hook.understand
        return found

    def _understand(self, name: str, headers: Mapping[str, str], body: bytes) -> Notice:
        """By the keys that are in force now."""
        webhooks = self.channel(name).webhooks
        if webhooks is None:
            raise NotForUs
        return webhooks.understand(headers, body)

    def health(self) -> Health:
        return health(self.ledger, self.shop)

    def _subscribe(self, channel: Channel) -> None:
        web, webhooks, name = self.config.web, channel.webhooks, channel.name
        if web is not None and web.public_url is not None and webhooks is not None:
            address, live = f"{web.public_url}/webhooks/{name}", partial(self._may_subscribe, channel)
            self.subscriptions[name] = Subscription(webhooks, address, self.clock, self._gates[name], live)

    # --- new keys ----------------------------------------------------------------------------------------------------

    def renew(self, name: str, settings: Any) -> None:
        """A channel has a new key that works. Its own thread takes it at its next round, which is at once; no link for
        a key of the channel opens anything any more. Any thread may call."""
        with self.ledger.write() as tx:
            tx.key_links.use(name, tx.at)
            tx.put(f"key looked at {name}", None)
        with self._renewing:
            self.config = replace(self.config, channels=self.config.channels.changed(name, settings))
        self._renewed.add(name)

    def has_new_key(self, name: str) -> bool:
        """Whether a channel's next round begins with another key."""
        return name in self._renewed

    def channel(self, name: str) -> Channel:
        """As it is now: the next look may find it with another key."""
        return next(channel for channel in self.channels if channel.name == name)

    def _newest(self, name: str) -> Channel:
        """A channel with the newest key. In the channel's own thread, between two jobs."""
        old = self.channel(name)
        if not self.has_new_key(name):
            return old
        self._renewed.discard(name)
        channel = self._made(name)
        self.channels[self.channels.index(old)] = channel
        self._put_to_work(channel)
        self._subscribe(channel)
        old.close()
        for guard in (*self.guards[name], self._key_guards[name], self._count_guards[name]):
            guard.wake()
        return channel

    def _alerting(self) -> Alerting | None:
        settings, language = self.config.alerts, self.config.bridge.language
        if settings is None:
            return None
        kinds = {name: kind for name, (kind, _) in self.config.channels.connected().items()}
        return Alerting(
            settings,
            self.ledger,
            self.shop,
            self.clock,
            self.outside.deliver,
            {name: called(kind, name, language) for name, kind in kinds.items()},
            f"https://docs.google.com/spreadsheets/d/{self.config.sheet.spreadsheet_id}",
            KeyLinks(self.config.web, kinds, language),
        )

    # --- jobs --------------------------------------------------------------------------------------------------------

    def channel_round(self, channel: Channel) -> None:
        """One round of a channel: its orders, then its quantities, which a silent feed doesn't hold up."""
        channel = self._newest(channel.name)
        try:
            self.intakes[channel.name].run()
        except (TryAgain, NeedsPerson):
            self.push(channel)
            raise
        self.push(channel)

    def guarded_round(self, channel: Channel) -> None:
        """The same with each half guarded: while one waits, the other goes on."""
        channel = self._newest(channel.name)
        orders, quantities = self.guards[channel.name]
        orders.run(self.intakes[channel.name].run)
        quantities.run(partial(self.push, channel))

    def push(self, channel: Channel) -> None:
        """A channel's quantities: all of them are read, where a person has asked for that."""
        name, pusher = channel.name, self.pushers[channel.name]
        with self.ledger.read() as tx:
            asked = sync_now.asked(tx, name)
        if asked is not None:
            pusher.read_everything()
        sent = pusher.run()
        if asked is not None:
            with self.ledger.write() as tx:
                sync_now.done(tx, self.shop, name, asked, sent)

    def look(self) -> None:
        """One cycle of the sheet, and what it asks the channels for at once."""
        self.cycle.run()
        self.bell.look()

    def _wake_channels(self) -> None:
        for channel in self.channels:
            self.wakes[channel.name].ring()

    def count(self, channel: Channel) -> None:
        """What lies in a channel's own warehouse, where it has one."""
        if isinstance(channel, CountsStock):
            self._count_guards[channel.name].run(partial(take_count, self.ledger, self.shop, channel))
        elif isinstance(channel, CountsAsOf) and channel.place:
            self._count_guards[channel.name].run(partial(take_last_count, self.ledger, self.shop, channel))

    def look_at_key(self, channel: Channel) -> None:
        """How long its key lives."""
        self._key_guards[channel.name].run(partial(watch_key, self.ledger, self.shop, channel))

    def reconcile(self) -> list[Drift]:
        """Compare everything; drift becomes rows in 要対応. Raises as a cycle and a channel's read do."""
        drifts = self.reconcile_sheet()
        for channel in self.channels:
            drifts += self.reconcile_channel(channel)
        return drifts

    def reconcile_sheet(self) -> list[Drift]:
        """The ledger against itself and the table. In the sheet's thread."""
        look = self.cycle.run()
        with self.ledger.write() as tx:
            drifts = [*reconcile.books(tx), *reconcile.table(tx, look)]
            reconcile.report(tx, drifts)
        return drifts

    def reconcile_channel(self, channel: Channel) -> list[Drift]:
        """What a live channel shows against the ledger. In the channel's own thread."""
        if not self._live(channel.name) or self._closed(channel):
            return []
        drifts = reconcile.channel(self.ledger, channel)
        with self.ledger.write() as tx:
            reconcile.report(tx, drifts)
        return drifts

    def map(self) -> dict[str, Mapped | Hint]:
        """Match every channel's listings with 在庫表 and propose lines; by channel what came of it, or why nothing did.
        Raises as a cycle does."""
        self.cycle.run()
        found: dict[str, Mapped | Hint] = {}
        for name, mapper in self.mappers.items():
            try:
                found[name] = mapper.whole()
            except Stop:
                raise
            except BridgeError as error:
                found[name] = error.hint
        self.cycle.run()
        return found

    def can_propose(self) -> bool:
        """Whether 出品 has the column that proposals need."""
        listings = self.cycle.desk.read().listings
        return listings is not None and "accept" in listings.columns.at

    def _may_subscribe(self, channel: Channel) -> bool:
        return self._live(channel.name) and not self._closed(channel)

    def _closed(self, channel: Channel) -> bool:
        """Maintenance: it must not be called."""
        return current(self.shop.channels[channel.name].windows, self.clock.now()) is not None

    def once(self) -> None:
        """Every job once, in turn."""
        self.cycle.run()
        for channel in [self._newest(name) for name in channel_names(self.config)]:
            self.count(channel)
            self.channel_round(channel)
            self.look_at_key(channel)
        self.cycle.run()

    def stop(self) -> None:
        """Finish the calls under way, then end."""
        self.ends.set()

    def _fail(self, error: Stop) -> None:
        self.failure = error
        self.stop()

    def close(self) -> None:
        self.ledger.close()
        self.http.session.close()
        self.report_http.session.close()


def claim_of(config: Config, outside: Outside, gateway: Gateway, ledger: Ledger) -> Claim:
    """How long another bridge may still write: what it decided a moment ago, and a call under way."""
    lease = timedelta(seconds=longest_look(config) + config.sheet.timeout_seconds)
    return Claim(gateway, ledger, outside.clock, outside.home(config.bridge.ledger), lease)


def apart(config: Config) -> Sequence[tuple[str, Sequence[str]]]:
    """The spreadsheets beside that of the staff, each with the tabs it ought to have."""
    given = ((config.report.managers, MANAGER_TABS), (config.report.accounts, ACCOUNT_TABS))
    return [(spreadsheet_id, tabs) for spreadsheet_id, tabs in given if spreadsheet_id]
