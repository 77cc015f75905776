"""The command line: set-up, running, and the sandbox. After set-up nobody needs it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from bridge import commands, sandbox_commands
from bridge.channel_settings import FILES
from bridge.connect_plans import plans
from bridge.errors import BridgeError
from bridge.private import keep_private
from bridge.settings import ConfigError


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


Adder = Callable[[str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bridge", description=__doc__)
    added = parser.add_subparsers(required=True)

    def add(name: str, run: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        command = added.add_parser(name, help=text, description=text)
        command.set_defaults(run=run)
        return command

    def with_settings(name: str, run: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        command = add(name, run, text)
        command.add_argument("--config", type=Path, default=Path("bridge.toml"), help="the settings file")
        return command

    _working(with_settings)
    _setting_up(with_settings)
    _keeping(with_settings)
    _sandboxes(add, with_settings)
    return parser


def _working(add: Adder) -> None:
    for command in (
        add("run", commands.run, "keep every channel in step with the sheet, until stopped"),
        add("once", commands.once, "every job once, then end"),
        add("reconcile", commands.reconcile, "compare sheet, ledger and channels; a line for each difference"),
        add("map", commands.map_, "match every channel's listings with the table and propose their lines"),
    ):
        command.add_argument("--record", type=Path, help="write every request and answer here, as JSON lines")


def _setting_up(add: Adder) -> None:
    init = add("init", commands.init, "build the spreadsheet's tabs, or mend what is the bridge's own in them")
    init.add_argument("--take-over", action="store_true", help="this server keeps the spreadsheet from now on")
    init.set_defaults(record=None)
    check = add("check", commands.check, "try settings, keys, tabs and channels: one line each")
    check.add_argument("--probe", action="store_true", help="also try Google on scratch tabs (about a minute)")
    check.add_argument("--second-key", type=Path, help="the key of a second account for the probe")
    text = "connect a channel: its keys one by one, each right tried, the settings written"
    connect = add("connect", commands.connect, text)
    connect.add_argument("channel", type=_connectable, help=f"{', '.join(sorted(plans()))}; of files files.NAME")
    table = add("import", commands.import_, "bring a table that you have already into the Stock tab")
    text = "a CSV or Excel file, a channel (what it shows), a tab's title, or another spreadsheet's address"
    table.add_argument("table", help=text)
    table.add_argument("--sheet", default="", help="which sheet of the file or the other spreadsheet (else the first)")
    table.add_argument("--map", action="append", default=[], metavar="HEADER=TARGET", help="which column is what")
    table.add_argument("--yes", action="store_true", help="ask nothing; write if nothing is doubtful")


def _keeping(add: Adder) -> None:
    service = add("service", commands.service, "write the files by which systemd or a container keeps it running")
    service.add_argument("--user", help="who runs it (else you)")
    service.add_argument("--to", type=Path, default=Path("var/service"), help="the folder to write them to")
    backup = add("backup", commands.backup, "copy the ledger, also while the service runs")
    backup.add_argument("--to", type=Path, help="another folder than the settings'")
    restore = add("restore", commands.restore, "put a copy in the ledger's place, while the service is stopped")
    restore.add_argument("copy", type=Path, help="a file that bridge backup or the service made")


def _sandboxes(add: Adder, with_settings: Adder) -> None:
    text = "stand where Google and the malls stand, on this machine"
    sandbox = add("sandbox", sandbox_commands.sandbox, text)
    sandbox.add_argument("--port", type=int, default=8765, help="0 takes a free one")
    sandbox.add_argument("--state", type=Path, required=True, help="the folder that keeps its state, key and people")
    sandbox.add_argument("--empty", action="store_true", help="begin without products")
    sandbox.add_argument("--no-quota", action="store_true", help="never answer 429")
    sandbox.add_argument("--latency", default="google", help="google, none, or base,per_request,per_thousand_cells")
    text = "the page of a running sandbox, in the browser: sheet, shops, what happened, faults"
    page = add("page", sandbox_commands.page, text)
    page.add_argument("--state", type=Path, required=True, help="the folder that the sandbox keeps its state in")
    page.add_argument("--port", type=int, default=8766)
    page.add_argument("--spreadsheet", default="", help="its id (else the newest)")
    text = "copy the real table, once, into a sandbox to practise in, with its page"
    practice = with_settings("practice", sandbox_commands.practice, text)
    practice.add_argument("--state", type=Path, help="an empty folder that keeps everything (else a temporary one)")
    text = "a lively day in the sandbox, live on the screen, with a verdict at the end"
    demo = add("demo", sandbox_commands.demo, text)
    demo.add_argument("--seconds", type=float, help="end after so many seconds of trade (else at Ctrl-C)")
    demo.add_argument("--rate", type=float, help="orders tried per second (else 3.8; 3.2 with --channels all)")
    demo.add_argument("--channels", choices=("four", "all"), default="four", help="the four malls, or all channels")
    demo.add_argument("--kill-at", type=float, help="kill -9 the bridge at that second, and restart it")
    demo.add_argument("--state", type=Path, help="an empty folder that keeps everything (else a temporary one)")
    demo.add_argument("--seed", type=int, default=1, help="another seed, another day")
    demo.add_argument("--record", type=Path, help="write every request and answer of the bridge here, as JSON lines")


def _connectable(text: str) -> str:
    """A section of the settings: a channel's kind, of files with a name of its own behind it."""
    kind, _, name = text.partition(".")
    if kind not in plans() or bool(name) != (kind == FILES):
        raise argparse.ArgumentTypeError(f"{text} is none of {', '.join(sorted(plans()))} ({FILES} as {FILES}.NAME)")
    return text
