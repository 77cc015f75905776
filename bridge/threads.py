"""The threads of a running bridge: for the sheet, for each channel, for reports and backups, for alerts.

In each the `schedule` library runs jobs of the service, each job guarded; the ledger is the only thing they share.
"""

from __future__ import annotations

import threading
from datetime import time, timedelta
from functools import partial

import schedule

from bridge.alerting import Alerting
from bridge.channel_facts import channel_names, count_seconds, orders_seconds
from bridge.channels.port import CountsStock
from bridge.channels.warehouses import CountsAsOf
from bridge.guard import Guard
from bridge.service import FULL_READ, Service
from bridge.sheet import edit_hook
from bridge.timetable import Changes, Urgent, daily, every, turn

KEY_LOOK = timedelta(hours=1)
ALERTS_LOOK = timedelta(seconds=30)
SUBSCRIPTION_LOOK = timedelta(seconds=2)
SALES_LOOK = timedelta(seconds=5)  # between two looks at the numbers of what sells most
BACKUP_LOOK = timedelta(hours=1)
FIRST_LOOK = 30.0  # seconds that the malls wait at the start to learn whether the spreadsheet is ours
RECONCILE_AT = time(4, 30)  # in the shop's time zone
MAP_AT = time(5, 15)
MAP_PIECE = timedelta(seconds=10)  # between two pieces of a catalogue


class Threads:
    def __init__(self, service: Service) -> None:
        self._service = service
        self._looked = threading.Event()

    def run(self) -> None:
        """Until the service is told to stop. Raises Stop where the ledger can't be written any more."""
        service = self._service
        threads = [
            threading.Thread(target=self._channel, args=(name,), name=name, daemon=True)
            for name in channel_names(service.config)
        ]
        for thread in threads:
            thread.start()
        threads.append(threading.Thread(target=self._reports, name="reports", daemon=True))
        threads[-1].start()
        if service.alerting is not None:
            threading.Thread(target=self._alerts, args=(service.alerting,), name="alerts", daemon=True).start()
        self._sheet()
        for thread in threads:
            thread.join(timeout=60)
        if service.failure is not None:
            raise service.failure

    def _sheet(self) -> None:
        service, jobs = self._service, schedule.Scheduler()
        guard = Guard(service.watchers, "sheet", None)
        every(jobs, service.config.sheet.poll_seconds).do(guard.run, service.look)
        daily(jobs, RECONCILE_AT, service.config.bridge.timezone).do(guard.run, service.reconcile_sheet)
        guard.run(service.look)
        self._looked.set()
        turn(jobs, service.ends, [(service.wakes[edit_hook.SENDER].due, partial(guard.run, service.look))])

    def _reports(self) -> None:
        self._looked.wait(FIRST_LOOK)
        service, jobs = self._service, schedule.Scheduler()
        guard = Guard(service.watchers, "reports", None)
        copying = Guard(service.watchers, "backup", None)
        every(jobs, service.config.report.seconds).do(guard.run, service.reports.run)
        every(jobs, BACKUP_LOOK.total_seconds()).do(copying.run, service.backups.run)
        if not service.ends.is_set():  # else the spreadsheet is another bridge's
            guard.run(service.reports.run)
            copying.run(service.backups.run)
        turn(jobs, service.ends, [])

    def _alerts(self, alerting: Alerting) -> None:
        """A thread that nobody waits for: an address that hangs holds up no stock, nor the end."""
        self._looked.wait(FIRST_LOOK)
        service, jobs = self._service, schedule.Scheduler()
        every(jobs, ALERTS_LOOK.total_seconds()).do(Guard(service.watchers, "alerts", None).run, alerting.run)
        turn(jobs, service.ends, [])

    def _channel(self, name: str) -> None:
        """Whatever a job needs of the channel is looked up when it runs: the key may be another by then."""
        self._looked.wait(FIRST_LOOK)
        service, jobs = self._service, schedule.Scheduler()
        if service.ends.is_set():
            return  # the spreadsheet is another bridge's
        zone, (_, quantities) = service.config.bridge.timezone, service.guards[name]

        def round_() -> None:
            service.guarded_round(service.channel(name))

        def push() -> None:
            quantities.run(lambda: service.pushers[name].run())

        def begin_anew() -> None:
            round_()
            look_at_key()

        def look_at_key() -> None:
            service.look_at_key(service.channel(name))

        orders = orders_seconds(service.config, name)
        every(jobs, orders).do(round_)
        if orders > FULL_READ.total_seconds():
            every(jobs, FULL_READ.total_seconds()).do(push)
        every(jobs, SALES_LOOK.total_seconds()).do(quantities.run, lambda: service.pushers[name].watch_sales())
        daily(jobs, RECONCILE_AT, zone).do(quantities.run, lambda: service.reconcile_channel(service.channel(name)))
        if isinstance(service.channel(name), CountsStock | CountsAsOf):
            every(jobs, count_seconds(service.config, name)).do(lambda: service.count(service.channel(name)))
        daily(jobs, MAP_AT, zone).do(lambda: service.mappers[name].begin())
        mapping = Guard(service.watchers, f"{name} mapping", None)
        every(jobs, MAP_PIECE.total_seconds()).do(mapping.run, lambda: service.mappers[name].go_on())
        if name in service.subscriptions:
            guard = Guard(service.watchers, f"{name} webhooks", None)
            every(jobs, SUBSCRIPTION_LOOK.total_seconds()).do(lambda: service.subscriptions[name].when_due(guard.run))
        every(jobs, KEY_LOOK.total_seconds()).do(look_at_key)
        service.count(service.channel(name))
        begin_anew()
        changed = Changes(lambda: service.ledger.wanted_changes)
        new_key: Urgent = (lambda: service.has_new_key(name), begin_anew)
        turn(jobs, service.ends, [new_key, (changed.due, push), (service.wakes[name].due, round_)])
