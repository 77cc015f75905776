"""`bridge practice`: the real table once, copied into a sandbox where a new colleague may try everything.

The real spreadsheet is read before anything else, with a key that can only read; from then on every address is this
machine's. The malls are simulators that sell the same listings, showing what 出品 said of them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx

from bridge.demo.owner import LISTINGS, SETTINGS, STOCK, Owner
from bridge.demo.page import open_page
from bridge.demo.panel import MALLS, Panel
from bridge.demo.processes import Died, Processes, free_port, leave_on_signals
from bridge.demo.real_table import Copied, Line, Real, read_real
from bridge.demo.run import FEED_DELAY, LAG, kept_in
from bridge.demo.seller import Sandboxed, Seller, as_text, letters, sections
from bridge.demo.stalls import FOUR

FIRST_DAY = 300.0  # seconds within which a large table must be live
RULES, SAFETY, STOP = ("配分%", "バッファ", "売り止め数", "上限"), "安全在庫", "停止"
LOCATION = "1"  # the simulated Shopify's one location

Say = Callable[[str], None]


@dataclass(frozen=True)
class Wish:
    """`channels`: the real ones, with the stock columns that each sells from · `folder` None: a temporary one."""

    real: Real
    channels: Mapping[str, Sequence[str]]
    folder: Path | None = None


_LISTINGS: Mapping[str, Callable[[str], tuple[str, str]]] = {
    "rakuten": lambda text: (text.partition("/")[0], text.partition("/")[2]),
    "shopify": lambda text: (
        f"gid://shopify/InventoryItem/{text.partition('@')[0]}",
        f"gid://shopify/Location/{LOCATION}",
    ),
    "amazon": lambda text: (text, "DEFAULT"),
    "yahoo": lambda text: (text.partition(":")[0], text.partition(":")[2]),
}
"""出品ID → the simulator's own key. A real Shopify location becomes the simulator's one."""


def run_practice(wish: Wish, say: Say) -> int:
    """Until Ctrl-C. Raises BridgeError where the real table can't be read."""
    leave_on_signals()
    say("本物の表を読みます（1回だけ、読むだけ） / reading the real table, once")
    copied = read_real(wish.real)
    with kept_in(wish.folder) as folder, Processes(folder) as processes:
        try:
            Practice(wish, folder, processes, say).run(copied)
        except KeyboardInterrupt:
            say("おつかれさまでした / well done")
        except (Died, TimeoutError, httpx.HTTPError) as error:
            say(f"✗ {error}")
            return 1
    return 0


class Practice:
    def __init__(self, wish: Wish, folder: Path, processes: Processes, say: Say) -> None:
        self._wish, self._folder, self._processes, self._say = wish, folder, processes, say
        self._malls = [mall for mall in MALLS if mall in wish.channels]

    def run(self, copied: Copied) -> None:
        """Raises Died, TimeoutError, KeyboardInterrupt."""
        state = self._folder / "sandbox"
        sandbox = self._processes.start("sandbox", "sandbox", "--port", "0", "--empty", "--state", str(state))
        address = sandbox.said("http://")
        panel = Panel(httpx.Client(base_url=address, timeout=30, trust_env=False))
        self._stock_the_malls(panel, copied)
        spreadsheet = str(panel.post("/sheets", {"title": "練習シート"})["id"])
        self._lay_out(address, state / "service_account.json", spreadsheet, panel, copied)
        self._processes.start("bridge", "run", "--config", str(self._config))
        self._say("初日: 影から本番へ / first day: from shadow to live")
        malls = [mall for mall in self._malls if any(line["チャネル"] == mall for line in copied.listings)]
        Owner(panel, spreadsheet, malls=malls).go_live(FIRST_DAY, self._processes.check, self._say)
        page = open_page(self._processes, state, spreadsheet)
        self._say(f"練習シートを開いてください / open the practice sheet: {page}")
        self._say("おわるには Ctrl-C。本物の表やモールには何も届きません")
        self._say("Ctrl-C ends it; nothing reaches the real table or a real mall")
        while True:
            self._processes.check()
            time.sleep(1.0)

    def _stock_the_malls(self, panel: Panel, copied: Copied) -> None:
        for mall in self._malls:
            products = [
                {
                    "listing": _LISTINGS[mall](line["出品ID"]),
                    "sku": line["SKU構成"],
                    "stock": copied.showing[mall, line["出品ID"]],
                }
                for line in copied.listings
                if line["チャネル"] == mall
            ]
            panel.post(f"/malls/{mall}/products", {"products": products})
            panel.put(f"/malls/{mall}/feed", {"visible_after": FEED_DELAY})
        panel.put("/malls/amazon/pace", {"update_delay": FEED_DELAY, "search_rate": 1.0})
        others = sorted({line["チャネル"] for line in copied.listings} - {*self._malls})
        if others:
            self._say(f"練習では使わないモール / left out of the practice: {', '.join(others)}")

    def _lay_out(self, address: str, key: Path, spreadsheet: str, panel: Panel, copied: Copied) -> None:
        """The seller's own columns, then `bridge init` around them, then the lines."""
        self._say(f"{len(copied.stock)}商品を写します / copying {len(copied.stock)} products")
        keys = {mall: panel.get(f"/malls/{mall}/keys") for mall in MALLS}
        keys["shopify"] = {**keys["shopify"], "location": LOCATION}
        plan = replace(FOUR, shelves=tuple(copied.shelves))
        given = Sandboxed(
            address, key, spreadsheet, self._folder / "ledger.sqlite", LAG, free_port(), plan, keys, self._folder
        )
        self._config = self._folder / "bridge.toml"
        self._config.write_text(_settings(given, self._wish.channels), encoding="utf-8")
        copyist = Copyist(address, key, spreadsheet)
        copyist.add_tab(STOCK, copied.headers)
        self._processes.run("init", "init", "--config", str(self._config))
        copyist.type(STOCK, copied.stock, [*copied.shelves, SAFETY])
        lines = [_listing(line) for line in copied.listings if line["チャネル"] in self._malls]
        copyist.type(LISTINGS, lines, RULES)
        first, made = _first_places(panel, spreadsheet)
        places = [{"種類": "場所", "名前": name, "オン": sells} for name, sells in copied.shelves.items()]
        places += [dict.fromkeys(("種類", "名前", "オン"), "")] * (made - len(places))
        copyist.type(SETTINGS, places, [], below=first)
        rules = [line for line in copied.settings if line["名前"] in self._malls]
        for name in (*RULES, STOP):
            entries = [{"value": line["名前"], "header": name, "text": line.get(name, "")} for line in rules]
            panel.type(spreadsheet, SETTINGS, "名前", [entry for entry in entries if entry["text"]])


class Copyist(Seller):
    """Writes lines as they are: a number is a number, every other text is only a text, whatever it looks like."""

    def add_tab(self, title: str, headers: Sequence[str]) -> None:
        grid = {"rowCount": 500, "columnCount": len(headers) + 1, "frozenRowCount": 1}
        made = {"addSheet": {"properties": {"title": title, "gridProperties": grid}}}
        self._http.request("post", f"{self._url}:batchUpdate", json={"requests": [made]})
        self._write([{"range": f"{title}!A1", "values": [list(headers)]}])

    def type(self, tab: str, lines: Sequence[Mapping[str, Any]], numbers: Sequence[str], below: int = 1) -> None:
        """Under the first `below` rows, by header; what the tab has no column for is left out."""
        if not lines:
            return
        self._make_room(tab, below + len(lines))
        header = self._http.request("get", f"{self._url}/values/{tab}!1:1").json()["values"][0]
        self._write(
            [
                {
                    "range": f"{tab}!{letters(header.index(name))}{below + 1}",
                    "majorDimension": "COLUMNS",
                    "values": [[_value(line[name], name in numbers) for line in lines]],
                }
                for name in lines[0]
                if name in header
            ]
        )

    def _write(self, data: Sequence[Mapping[str, Any]]) -> None:
        body = {"valueInputOption": "RAW", "data": data}
        self._http.request("post", f"{self._url}/values:batchUpdate", json=body)


def _value(shown: Any, number: bool) -> Any:
    """What a formula or a mistake showed in a column of numbers is no number to begin with."""
    if not number:
        return shown
    plain = str(shown).replace(",", "")
    return int(plain) if plain.isdigit() else ""


def _first_places(panel: Panel, spreadsheet: str) -> tuple[int, int]:
    """Rows of 設定 above the places that `bridge init` put there, and how many of these there are."""
    rows = panel.get(f"/sheets/{spreadsheet}/table", tab=SETTINGS)["rows"]
    places = [number for number, row in enumerate(rows) if row[0] == "場所"]
    return places[0], len(places)


def _listing(line: Line) -> Line:
    if line["チャネル"] == "shopify":
        return {**line, "出品ID": f"{line['出品ID'].partition('@')[0]}@{LOCATION}"}
    return line


def _settings(given: Sandboxed, channels: Mapping[str, Sequence[str]]) -> str:
    """The sandbox's, with the real stock columns of each mall; a mall that the real shop has not is left out."""
    found = {}
    for title, section in sections(given).items():
        _, _, mall = title.partition("channels.")
        if not mall:
            found[title] = section
        elif mall in channels:
            found[title] = {**section, "locations": channels[mall]}
    return as_text(found)
