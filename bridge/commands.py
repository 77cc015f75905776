"""What the commands do that work with the real spreadsheet and the real malls. Each returns its exit code."""

from __future__ import annotations

import argparse
import getpass
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from bridge.channel_facts import channel_names
from bridge.check import check as check_everything
from bridge.check import check_private, check_probe
from bridge.config import Config, load
from bridge.connecting import Connector, Terminal, ask_secretly
from bridge.errors import Hint
from bridge.flows.mapping import Mapped
from bridge.importing import Importer, Wish, ask_at_terminal
from bridge.installing import write_service
from bridge.instance import OneInstance
from bridge.ledger import backup as copies
from bridge.logs import log_to
from bridge.mall_stock import mall_stock
from bridge.outside import Outside, sheet_http
from bridge.private import tighten
from bridge.recorder import Recorder
from bridge.refreshed import Refreshed
from bridge.service import KINDS, Service, apart
from bridge.sheet.build import build, told
from bridge.sheet.gateway import Gateway
from bridge.sheet.other_tables import Table
from bridge.threads import Threads
from bridge.web.check import check_web
from bridge.web.server import serving

TAKEN_OVER = Hint(
    "このサーバーがスプレッドシートを引き継ぎました。前のbridgeは、次にシートを見たときに何も書かずに止まります。",
    "This server keeps the spreadsheet now. The bridge before will stop, without writing, when it looks next.",
)
RESTORED = Hint(
    "台帳を写しの時点に戻しました。bridge run を始めると、それからの注文をモールから読み直し、"
    "表の数と違えば「要対応」で聞きます。",
    "The ledger is as it was when the copy was made. Start bridge run: the orders since then are read from the malls"
    " again, and To settle asks where the table's numbers differ.",
)
NO_COLUMN = Hint(
    "「出品」タブに「採用」の列がないので、提案を書けません。bridge init をもう一度実行してください。",
    "The Listings tab has no column Accept, so nothing can be proposed. Run bridge init again.",
)


def run(options: argparse.Namespace) -> int:
    with _service(options) as service:
        for number in (signal.SIGTERM, signal.SIGINT):
            # In a thread of its own: a handler interrupts the main thread anywhere, also where that holds the lock
            # which this needs.
            signal.signal(number, lambda *_: threading.Thread(target=service.stop, daemon=True).start())
        with serving(service, options.config):
            Threads(service).run()
    return 0


def once(options: argparse.Namespace) -> int:
    with _service(options) as service:
        service.once()
        service.reports.run()
        service.backups.run()
        if service.alerting is not None:
            service.alerting.run()
    return 0


def reconcile(options: argparse.Namespace) -> int:
    with _service(options) as service:
        drifts = service.reconcile()
    for drift in drifts:
        print(f"✗ {drift.what}: {drift.expected} → {drift.found}")
    print(f"差異 / drift: {len(drifts)}")
    return 1 if drifts else 0


def map_(options: argparse.Namespace) -> int:
    with _service(options) as service:
        found = service.map()
        proposes = service.can_propose()
    for name, mapped in found.items():
        print(f"✗ {name}: {mapped}" if isinstance(mapped, Hint) else f"✓ {name}: {_counted(mapped)}")
    if not proposes:
        print(NO_COLUMN)
    return 1 if not proposes or any(isinstance(mapped, Hint) for mapped in found.values()) else 0


def _counted(mapped: Mapped) -> str:
    return " · ".join(
        f"{words} {number}"
        for words, number in (
            ("出品 / listings", mapped.listings),
            ("提案 / proposed", mapped.proposed),
            ("不明 / unmatched", mapped.unmatched),
            ("重複 / doubled", mapped.doubled),
            ("要注意 / traps", mapped.traps),
        )
    )


def check(options: argparse.Namespace) -> int:
    config = load(options.config)
    if options.probe:
        from bridge.probe_table import print_probe  # its library is wanted here only

        print_probe(check_probe(config, second_key=options.second_key), config.bridge.language)
    lines = [*check_everything(config), *check_private(config, options.config), *check_web(config)]
    for line in lines:
        print(f"{'✓' if line.ok else '✗'} {line.name}: {line.hint}")
    return 0 if all(line.ok for line in lines) else 1


def init(options: argparse.Namespace) -> int:
    config = load(options.config)
    gateway = Gateway(sheet_http(config, Outside()), config.sheet.spreadsheet_id)
    now = Outside().clock.now()
    built = build(gateway, config.bridge.language, channel_names(config), config.sheet.journal_lines, now)
    for line in told(built, config.bridge.language):
        print(line)
    for spreadsheet_id, roles in apart(config):
        own = Gateway(gateway.http, spreadsheet_id)
        more = build(own, config.bridge.language, (), 0, roles=roles, people=built.people)
        for line in told(more, config.bridge.language):
            print(line)
    if options.take_over:
        with _service(options) as service:
            service.cycle.take_over()
        print(TAKEN_OVER)
    return 0


def connect(options: argparse.Namespace) -> int:
    terminal = Terminal(lambda text: print(text, flush=True), ask_at_terminal, ask_secretly)
    make = KINDS[options.channel.partition(".")[0]]
    return 0 if Connector(options.config, options.channel, make, Outside(), terminal).run() else 1


def import_(options: argparse.Namespace) -> int:
    config = load(options.config)
    http = sheet_http(config, Outside())
    importer = Importer(
        Gateway(http, config.sheet.spreadsheet_id),
        lambda spreadsheet_id: Gateway(http, spreadsheet_id),
        config.bridge.language,
        show=print,
        ask=ask_at_terminal if sys.stdin.isatty() and not options.yes else None,
        malls={name: partial(_mall_stock, config, name) for name in channel_names(config)},
    )
    return 0 if importer.run(Wish(options.table, options.sheet, tuple(options.map), options.yes)) else 1


def _mall_stock(config: Config, name: str) -> Table:
    kind, section = config.channels.connected()[name]
    channel = KINDS[kind](section, Outside().in_shadow(name, Refreshed(config.bridge.ledger)))
    try:
        return mall_stock(channel)
    finally:
        channel.close()


def backup(options: argparse.Namespace) -> int:
    bridge = load(options.config).bridge
    keep = sys.maxsize if options.to else max(1, bridge.backups_kept)
    print(f"✓ {copies.back_up(bridge.ledger, options.to or bridge.backups, Outside().clock.now(), keep)}")
    return 0


def restore(options: argparse.Namespace) -> int:
    ledger = load(options.config).bridge.ledger
    with OneInstance(ledger):
        aside = copies.restore(options.copy, ledger, Outside().clock.now())
    print(f"✓ {ledger}")
    if aside is not None:
        print(_aside(aside))
    print(RESTORED)
    return 0


def _aside(path: Path) -> Hint:
    return Hint(f"それまでの台帳は {path} にあります。", f"The ledger before it is {path}.")


def service(options: argparse.Namespace) -> int:
    files = write_service(load(options.config), options.config, options.to, options.user or getpass.getuser())
    print(f"✓ systemd: sudo cp {files.unit} /etc/systemd/system/ && sudo systemctl enable --now bridge")
    print(f"✓ docker: docker compose -f {files.compose} up -d --build")
    return 0


@contextmanager
def _service(options: argparse.Namespace) -> Iterator[Service]:
    """The one service of a settings file, closed at the end. Raises Stop where another process holds its ledger."""
    config = load(options.config)
    with OneInstance(config.bridge.ledger), Recorder(options.record) as recorder:
        log_to(sys.stderr, config)
        tighten(config.bridge.ledger)
        service = Service(config, recorder.outside())
        try:
            yield service
        finally:
            service.close()
