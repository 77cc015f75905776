"""What the commands do that start a sandbox, or show one. Each returns its exit code.

Libraries that only a sandbox wants are imported where it is started: a service needs none of them.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace

from bridge.config import Config, load
from bridge.errors import Hint
from bridge.sandbox.latency import Latency

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


def sandbox(options: argparse.Namespace) -> int:
    from bridge.sandbox.server import serve  # the simulators' libraries are wanted here only

    serve(
        options.port,
        options.state,
        empty=options.empty,
        quota=not options.no_quota,
        latency=_latency(options.latency),
    )
    return 0


def page(options: argparse.Namespace) -> int:
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


def practice(options: argparse.Namespace) -> int:
    from bridge.demo.practice import Wish, run_practice
    from bridge.demo.real_table import Real

    config = load(options.config)
    if config.bridge.language != "ja":
        print(ONLY_JAPANESE, file=sys.stderr)
        return 1
    real = Real(config.sheet.spreadsheet_id, config.sheet.service_account, config.sheet.base_url)
    return run_practice(Wish(real, _shelves(config), options.state), lambda text: print(text, flush=True))


def demo(options: argparse.Namespace) -> int:
    from bridge.demo.run import options_of, run_demo

    return run_demo(options_of(options))


def _shelves(config: Config) -> dict[str, list[str]]:
    """The stock columns that each connected channel sells from."""
    found: dict[str, list[str]] = {}
    for name, (_, section) in config.channels.connected().items():
        columns = [column for several in (getattr(section, "places", None) or {}).values() for column in several]
        found[name] = list(getattr(section, "locations", None) or columns)
    return found


def _latency(text: str) -> Latency:
    if text == "none":
        return Latency.none()
    if text == "google":
        return Latency()
    base, per_request, per_thousand_cells = (float(part) for part in text.split(","))
    return replace(Latency(), base=base, per_request=per_request, per_thousand_cells=per_thousand_cells)
