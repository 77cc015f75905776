"""The command line: set-up, running, and the sandbox. After set-up nobody needs it."""

from __future__ import annotations

import argparse
import getpass
import json
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import IO

from bridge.channel_facts import channel_names
from bridge.channel_settings import FILES
from bridge.channels.http import RequestRecord, Seams
from bridge.check import check, check_private, check_probe
from bridge.config import Config, load
from bridge.connect_plans import plans
from bridge.connecting import Connector, Terminal, ask_secretly
from bridge.errors import BridgeError, Hint
from bridge.flows.mapping import Mapped
from bridge.importing import Importer, Wish, ask_at_terminal
from bridge.installing import write_service
from bridge.instance import OneInstance
from bridge.ledger.backup import back_up, restore
from bridge.logs import log_to
from bridge.mall_stock import mall_stock
from bridge.outside import Outside, sheet_http
from bridge.private import keep_private, tighten
from bridge.refreshed import Refreshed
from bridge.sandbox.latency import Latency
from bridge.service import KINDS, Service, apart
from bridge.settings import ConfigError
from bridge.sheet.build import build, told
from bridge.sheet.gateway import Gateway
from bridge.sheet.http import Call
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
NO_PAGE = Hint(
    "ページの部品が入っていません。make install か、pip install '.[page]' を実行してください。",
    "The page's parts are not installed. Run make install, or pip install '.[page]'.",
)
ONLY_JAPANESE = Hint(
    "練習シートは、日本語の表だけに対応しています。",
    "Practice is for tables in Japanese only, so far.",
)
NO_SANDBOX = Hint(
    "そのフォルダーにサンドボックスがありません。先に bridge sandbox を起動してください。",
    "There is no sandbox in that folder. Start bridge sandbox first.",
)
NO_COLUMN = Hint(
    "「出品」タブに「採用」の列がないので、提案を書けません。bridge init をもう一度実行してください。",
    "The Listings tab has no column Accept, so nothing can be proposed. Run bridge init again.",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit code: 0 done, 1 something to do for a person, 2 wrong usage."""
    options = _parser().parse_args(arguments)
    keep_private()
    try:
        return int(options.run(options))
    except ConfigError as error:
        for problem in error.problems:
            print(f"✗ {problem.setting}: {problem.hint}", file=sys.stderr)
        return 1
    except BridgeError as error:
        print(f"✗ {error.hint}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bridge", description=__doc__)
    commands = parser.add_subparsers(required=True)

    def command(name: str, run: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(run=run)
        return sub

    for name, run, text in (
        ("run", _run, "keep every channel in step with the sheet, until stopped"),
        ("once", _once, "every job once, then end"),
        ("reconcile", _reconcile, "compare sheet, ledger and channels; a line for each difference"),
        ("map", _map, "match every channel's listings with the table and propose their lines"),
        ("check", _check, "try settings, keys, tabs and channels: one line each"),
        ("init", _init, "build the spreadsheet's tabs, or mend what is the bridge's own in them"),
    ):
        sub = command(name, run, text)
        sub.add_argument("--config", type=Path, default=Path("bridge.toml"), help="the settings file")
        if name in ("run", "once", "reconcile", "map"):
            sub.add_argument("--record", type=Path, help="write every request and answer here, as JSON lines")
        if name == "init":
            sub.add_argument("--take-over", action="store_true", help="this server keeps the spreadsheet from now on")
            sub.set_defaults(record=None)
        if name == "check":
            sub.add_argument("--probe", action="store_true", help="also try Google on scratch tabs (about a minute)")
            sub.add_argument("--second-key", type=Path, help="the key of a second account for the probe")
    backup = command("backup", _backup, "copy the ledger, also while the service runs")
    backup.add_argument("--config", type=Path, default=Path("bridge.toml"), help="the settings file")
    backup.add_argument("--to", type=Path, help="another folder than the settings'")
    back = command("restore", _restore, "put a copy in the ledger's place, while the service is stopped")
    back.add_argument("copy", type=Path, help="a file that bridge backup or the service made")
    back.add_argument("--config", type=Path, default=Path("bridge.toml"), help="the settings file")
    server = command("service", _write_service, "write the files by which systemd or a container keeps it running")
    server.add_argument("--config", type=Path, default=Path("bridge.toml"), help="the settings file")
    server.add_argument("--user", help="who runs it (else you)")
    server.add_argument("--to", type=Path, default=Path("var/service"), help="the folder to write them to")
    connect = command(
        "connect", _connect, "connect a channel: its keys one by one, each right tried, the settings written"
    )
    connect.add_argument("channel", type=_connectable, help=f"{', '.join(sorted(plans()))}; of files files.NAME")
    connect.add_argument("--config", type=Path, default=Path("bridge.toml"), help="the settings file")
    table = command("import", _import, "bring a table that you have already into the Stock tab")
    table.add_argument(
        "table",
        help="a CSV or Excel file, a channel (what it shows), a tab's title, or another spreadsheet's address",
    )
    table.add_argument("--config", type=Path, default=Path("bridge.toml"), help="the settings file")
    table.add_argument("--sheet", default="", help="which sheet of the file or the other spreadsheet (else the first)")
    table.add_argument("--map", action="append", default=[], metavar="HEADER=TARGET", help="which column is what")
    table.add_argument("--yes", action="store_true", help="ask nothing; write if nothing is doubtful")
    sandbox = command("sandbox", _sandbox, "stand where Google and the malls stand, on this machine")
    sandbox.add_argument("--port", type=int, default=8765, help="0 takes a free one")
    sandbox.add_argument("--state", type=Path, required=True, help="the folder that keeps its state, key and people")
    sandbox.add_argument("--empty", action="store_true", help="begin without products")
    sandbox.add_argument("--no-quota", action="store_true", help="never answer 429")
    sandbox.add_argument("--latency", default="google", help="google, none, or base,per_request,per_thousand_cells")
    page = command("page", _page, "the page of a running sandbox, in the browser: sheet, shops, what happened, faults")
    page.add_argument("--state", type=Path, required=True, help="the folder that the sandbox keeps its state in")
    page.add_argument("--port", type=int, default=8766)
    page.add_argument("--spreadsheet", default="", help="its id (else the newest)")
    practice = command("practice", _practice, "copy the real table, once, into a sandbox to practise in, with its page")
    practice.add_argument("--config", type=Path, default=Path("bridge.toml"), help="the real settings file")
    practice.add_argument("--state", type=Path, help="an empty folder that keeps everything (else a temporary one)")
    demo = command("demo", _demo, "a lively day in the sandbox, live on the screen, with a verdict at the end")
    demo.add_argument("--seconds", type=float, help="end after so many seconds of trade (else at Ctrl-C)")
    demo.add_argument("--rate", type=float, help="orders tried per second (else 3.8; 3.2 with --channels all)")
    demo.add_argument("--channels", choices=("four", "all"), default="four", help="the four malls, or all channels")
    demo.add_argument("--kill-at", type=float, help="kill -9 the bridge at that second, and restart it")
    demo.add_argument("--state", type=Path, help="an empty folder that keeps everything (else a temporary one)")
    demo.add_argument("--seed", type=int, default=1, help="another seed, another day")
    demo.add_argument("--record", type=Path, help="write every request and answer of the bridge here, as JSON lines")
    return parser


@contextmanager
def _service(options: argparse.Namespace) -> Iterator[Service]:
    """The one service of a settings file, closed at the end. Raises Stop where another process holds its ledger."""
    config = load(options.config)
    with OneInstance(config.bridge.ledger), _Recorder(options.record) as recorder:
        log_to(sys.stderr, config)
        tighten(config.bridge.ledger)
        service = Service(config, recorder.outside())
        try:
            yield service
        finally:
            service.close()


def _connectable(text: str) -> str:
    """A section of the settings: a channel's kind, of files with a name of its own behind it."""
    kind, _, name = text.partition(".")
    if kind not in plans() or bool(name) != (kind == FILES):
        raise argparse.ArgumentTypeError(f"{text} is none of {', '.join(sorted(plans()))} ({FILES} as {FILES}.NAME)")
    return text


def _connect(options: argparse.Namespace) -> int:
    terminal = Terminal(lambda text: print(text, flush=True), ask_at_terminal, ask_secretly)
    make = KINDS[options.channel.partition(".")[0]]
    return 0 if Connector(options.config, options.channel, make, Outside(), terminal).run() else 1


def _run(options: argparse.Namespace) -> int:
    with _service(options) as service:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: service.stop())
        with serving(service, options.config):
            Threads(service).run()
    return 0


def _once(options: argparse.Namespace) -> int:
    with _service(options) as service:
        service.once()
        service.reports.run()
        if service.alerting is not None:
            service.alerting.run()
    return 0


def _reconcile(options: argparse.Namespace) -> int:
    with _service(options) as service:
        drifts = service.reconcile()
    for drift in drifts:
        print(f"✗ {drift.what}: {drift.expected} → {drift.found}")
    print(f"差異 / drift: {len(drifts)}")
    return 1 if drifts else 0


def _map(options: argparse.Namespace) -> int:
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


def _check(options: argparse.Namespace) -> int:
    config = load(options.config)
    if options.probe:
        from bridge.probe_table import print_probe  # its library is wanted here only

        print_probe(check_probe(config, second_key=options.second_key), config.bridge.language)
    lines = [*check(config), *check_private(config, options.config), *check_web(config)]
    for line in lines:
        print(f"{'✓' if line.ok else '✗'} {line.name}: {line.hint}")
    return 0 if all(line.ok for line in lines) else 1


def _init(options: argparse.Namespace) -> int:
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


def _backup(options: argparse.Namespace) -> int:
    bridge = load(options.config).bridge
    keep = sys.maxsize if options.to else max(1, bridge.backups_kept)
    print(f"✓ {back_up(bridge.ledger, options.to or bridge.backups, Outside().clock.now(), keep)}")
    return 0


def _restore(options: argparse.Namespace) -> int:
    ledger = load(options.config).bridge.ledger
    with OneInstance(ledger):
        aside = restore(options.copy, ledger, Outside().clock.now())
    print(f"✓ {ledger}")
    if aside is not None:
        print(_aside(aside))
    print(RESTORED)
    return 0


def _aside(path: Path) -> Hint:
    return Hint(f"それまでの台帳は {path} にあります。", f"The ledger before it is {path}.")


def _write_service(options: argparse.Namespace) -> int:
    files = write_service(load(options.config), options.config, options.to, options.user or getpass.getuser())
    print(f"✓ systemd: sudo cp {files.unit} /etc/systemd/system/ && sudo systemctl enable --now bridge")
    print(f"✓ docker: docker compose -f {files.compose} up -d --build")
    return 0


def _import(options: argparse.Namespace) -> int:
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
    """In shadow: nothing can be written there."""
    kind, section = config.channels.connected()[name]
    outside, tokens = Outside(), Refreshed(config.bridge.ledger)
    channel = KINDS[kind](section, Seams(outside.clock, may_write=lambda: False, tokens=tokens, name=name))
    try:
        return mall_stock(channel)
    finally:
        channel.close()


def _sandbox(options: argparse.Namespace) -> int:
    from bridge.sandbox.server import serve  # the simulators' libraries are wanted here only

    serve(
        options.port,
        options.state,
        empty=options.empty,
        quota=not options.no_quota,
        latency=_latency(options.latency),
    )
    return 0


def _page(options: argparse.Namespace) -> int:
    try:
        from bridge.sandbox.page.app import serve  # an extra: a service needs no page
    except ImportError:
        print(NO_PAGE, file=sys.stderr)
        return 1
    try:
        serve(options.state, options.port, options.spreadsheet)
    except FileNotFoundError:
        print(NO_SANDBOX, file=sys.stderr)
        return 1
    return 0


def _practice(options: argparse.Namespace) -> int:
    from bridge.demo.practice import Wish, run_practice
    from bridge.demo.real_table import Real

    config = load(options.config)
    if config.bridge.language != "ja":
        print(ONLY_JAPANESE, file=sys.stderr)
        return 1
    real = Real(config.sheet.spreadsheet_id, config.sheet.service_account, config.sheet.base_url)
    return run_practice(Wish(real, _shelves(config), options.state), lambda text: print(text, flush=True))


def _shelves(config: Config) -> dict[str, list[str]]:
    """The stock columns that each connected channel sells from."""
    found: dict[str, list[str]] = {}
    for name, (_, section) in config.channels.connected().items():
        columns = [column for several in (getattr(section, "places", None) or {}).values() for column in several]
        found[name] = list(getattr(section, "locations", None) or columns)
    return found


def _demo(options: argparse.Namespace) -> int:
    from bridge.demo.run import options_of, run_demo

    return run_demo(options_of(options))


def _latency(text: str) -> Latency:
    if text == "none":
        return Latency.none()
    if text == "google":
        return Latency()
    base, per_request, per_thousand_cells = (float(part) for part in text.split(","))
    return replace(Latency(), base=base, per_request=per_request, per_thousand_cells=per_thousand_cells)


class _Recorder:
    """`--record`: every request and answer, one JSON object a line. Keys and buyers never reach it."""

    def __init__(self, path: Path | None) -> None:
        self._file: IO[str] | None = path.open("a", encoding="utf-8") if path else None

    def __enter__(self) -> _Recorder:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def outside(self) -> Outside:
        if self._file is None:
            return Outside()
        return Outside(on_sheet_call=self._sheet, on_mall_call=self._mall)

    def _sheet(self, call: Call) -> None:
        self._write({"to": "google", **asdict(call)})

    def _mall(self, call: RequestRecord) -> None:
        self._write({"to": "mall", **asdict(call)})

    def _write(self, line: dict[str, object]) -> None:
        assert self._file is not None
        self._file.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")
        self._file.flush()
