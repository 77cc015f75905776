"""A small shop in one process: the real service over the sandbox, on a virtual clock. Every byte crosses real HTTP."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import gspread
import requests

from bridge.channel_facts import channel_names
from bridge.channel_settings import Channels, Rakuten, Shopify
from bridge.channels.http import RequestRecord
from bridge.channels.port import OrdersRead
from bridge.config import Bridge, Config, Sheet, Web
from bridge.domain.orders import LineKey, LineSnapshot, ListingKey, OrderSnapshot
from bridge.flows.headers import STOOD
from bridge.flows.intake import book_orders
from bridge.outside import Outside
from bridge.sandbox.latency import Latency
from bridge.sandbox.malls.shopify.records import gid
from bridge.sandbox.malls.shopify.shop import FIRST_LOCATION
from bridge.sandbox.server import Sandbox
from bridge.sandbox.sheets_api import Quota
from bridge.service import Service
from bridge.settings import Secret
from bridge.sheet.build import build
from bridge.sheet.http import Call
from bridge.sheet.months import month_at
from bridge.sheet.texts import question
from bridge.web.app import WebEdge
from tests.support import words
from tests.support.discovery import Strict
from tests.support.sheets_client import authorized_session, service_account, signed_in_as
from tests.support.virtual_clock import VirtualClock
from tests.support.wsgi_transport import WsgiTransport

LOCATIONS = ("本社倉庫", "渋谷店", "検品待ち")
LAG = 10.0


@dataclass(frozen=True)
class Moment:
    """A world as it was: what the sandbox and the ledger had on file, and what time it was."""

    parts: Mapping[str, str]
    ledger: bytes
    elapsed: float
    spreadsheet: str


@dataclass
class World:
    """Sandbox, spreadsheet and bridge of one small shop. `stock`: SKU -> numbers of the stock columns, None blank."""

    ledger: Path
    stock: Mapping[str, Sequence[int | None]] = field(default_factory=lambda: {"A": (5, 2, None), "B": (7, 0, None)})
    locations: tuple[str, ...] = LOCATIONS
    latency: Latency = field(default_factory=Latency.none)
    quota: Quota | None = None
    sheet_settings: dict[str, Any] = field(default_factory=dict)
    judge_once: bool = False  # of equal Sheets requests only the first is held against Google's discovery document
    language: str = "ja"  # of the spreadsheet; stories speak of it in Japanese all the same
    orders: bool = False  # whether there is a tab of 受注
    since: Moment | None = None  # go on from there, as after a restart of everything; else a new shop
    clock: VirtualClock = field(default_factory=VirtualClock)

    def __post_init__(self) -> None:
        self.locations = tuple(words.place(name, self.language) for name in self.locations)
        self.sandbox = Sandbox(self.clock, service_account(), quota=self.quota, latency=self.latency)
        self.sheet_calls: list[Call] = []
        self.mall_calls: list[RequestRecord] = []
        if self.since is not None:
            self._go_on(self.since)
            return
        self.spreadsheet = self.sandbox.new_spreadsheet("在庫")
        for mall in (self.sandbox.rakuten, self.sandbox.shopify):
            mall.visible_after = 0.0
        self.config = self._config()
        self.service = self.start()
        self.build()
        self._trim()
        self._fill()

    def moment(self) -> Moment:
        """Keep this moment; the bridge is stopped for it."""
        self.service.close()
        copy = self.ledger.with_suffix(".copy")
        with closing(sqlite3.connect(self.ledger)) as file:
            file.execute("VACUUM INTO ?", (str(copy),))
        parts = {name: json.dumps(part.to_json()) for name, part in self.sandbox.parts().items()}
        kept = Moment(parts, copy.read_bytes(), self.clock.elapsed, self.spreadsheet.id)
        copy.unlink()
        return kept

    def _go_on(self, since: Moment) -> None:
        self.clock.elapsed = since.elapsed
        for name, part in self.sandbox.parts().items():
            part.load_json(json.loads(since.parts[name]))
        self.spreadsheet = self.sandbox.sheets.store.spreadsheet(since.spreadsheet)
        self.ledger.write_bytes(since.ledger)
        self.config = self._config()
        self.service = self.start()
        self.rounds(1)

    def build(self) -> None:
        """`bridge init`."""
        now = self.clock.now() if self.orders else None
        build(self.service.gateway, self.language, channel_names(self.config), self.config.sheet.journal_lines, now)

    def built_before(self, title: str, *headers: str) -> None:
        """The tab as an earlier version built it, which had no such columns, nor did its ledger."""
        for header in headers:
            at = self.column(title, header)
            area = {"sheetId": self.tab(title), "dimension": "COLUMNS", "startIndex": at, "endIndex": at + 1}
            self.spreadsheet.apply([{"deleteDimension": {"range": area}}])
        with self.service.ledger.write() as tx:
            tx.put(STOOD, {})

    def _trim(self) -> None:
        """Staff of a small shop delete the rows they don't need; the tests run ten times faster."""
        lines = sum(bool(line["名前"]) for line in self.table("設定"))
        wanted = {"在庫表": 12, "出品": 16, "要対応": 30, "設定": max(12, lines + 4), "入出庫": 16, "履歴": 6}
        wanted |= {self.orders_tab(): 16} if self.orders else {}
        for title, rows in wanted.items():
            keep = max(rows, self.most_lines() + 8) if title in ("在庫表", "出品") else rows
            if title == "設定":
                keep = max(rows, 4 + sum(1 for line in self.table(title) if line["名前"]))
            area = {"sheetId": self.tab(title), "dimension": "ROWS", "startIndex": keep}
            if len(self.spreadsheet.sheet(self.tab(title)).rows) > keep:
                self.spreadsheet.apply([{"deleteDimension": {"range": area}}])

    def orders_tab(self) -> str:
        """The title of this month's tab of 受注."""
        return "受注 " + month_at(self.clock.now(), ZoneInfo("Asia/Tokyo"))

    def add_places(self, names: Sequence[str]) -> None:
        """The seller adds a stock column, before 検品待ち, for each place that the template doesn't know."""
        for name in names:
            if name in self.spreadsheet.table(self.tab("在庫表"))[0]:
                continue
            at = self.column("在庫表", "検品待ち")
            area = {"sheetId": self.tab("在庫表"), "dimension": "COLUMNS", "startIndex": at, "endIndex": at + 1}
            self.spreadsheet.apply([{"insertDimension": {"range": area, "inheritFromBefore": False}}])
            self.spreadsheet.type(self.tab("在庫表"), 0, at, name)
            row = 1 + max(n for n, line in enumerate(self.table("設定"), 1) if line["名前"])
            self.put("設定", row, {"種類": "場所", "名前": name, "オン": True})

    def most_lines(self) -> int:
        """Lines of the longest tab."""
        return 2 * len(self.stock)

    def _config(self) -> Config:
        sheet = Sheet(
            spreadsheet_id=self.spreadsheet.id,
            service_account=Path("unused.json"),
            **{"journal_lines": 200, "two_readings_seconds": 0.0, **self.sheet_settings},
        )
        rakuten = Rakuten(
            "sandbox",
            Secret("SP123456_sandbox"),
            Secret("SL123456_sandbox"),
            self.locations,
            base_url="https://sandbox/malls/rakuten",
            lag_seconds=LAG,
        )
        shopify = Shopify(
            "sandbox.myshopify.com",
            FIRST_LOCATION.rsplit("/", 1)[1],
            self.locations,
            access_token=Secret("shpat_sandbox"),
            webhook_secret=Secret("sandbox-secret"),
            base_url="https://sandbox/malls/shopify",
            lag_seconds=LAG,
        )
        web = Web(public_url="https://bridge.example", edit_secret=Secret("shared with the sheet's script"))
        bridge = Bridge(ledger=self.ledger, language=self.language)
        if self.ledger is not None:
            bridge = replace(bridge, backups=self.ledger.with_name("backups"))
        return Config(bridge, sheet, Channels(rakuten, shopify), web)

    def outside(self) -> Outside:
        return Outside(
            clock=self.clock,
            session=self._session,
            transport=WsgiTransport(app=self.sandbox),
            on_sheet_call=self.sheet_calls.append,
            on_mall_call=self.mall_calls.append,
            home=lambda _: "here",
        )

    def _session(self, _config: Config) -> requests.Session:
        return authorized_session(Strict(self.sandbox, once=self.judge_once), service_account())

    def start(self) -> Service:
        """A bridge on the ledger file as it is now: the first one, or the one after a kill."""
        self.service = Service(self.config, self.outside())
        return self.service

    def web(self) -> WebEdge:
        """What listens for webhooks, made once per bridge, with Shopify told of it."""
        edge = WebEdge(self.service.hooks(), self.service.doorbell, self.service.health, self.clock)
        self.sandbox.shopify.courier.transport = WsgiTransport(app=edge)
        self.service.subscriptions["shopify"].when_due(lambda job: job())
        return edge

    def _fill(self) -> None:
        """Products in the malls, their rows in 在庫表 and their lines in 出品."""
        for number, (sku, numbers) in enumerate(self.stock.items(), 1):
            rakuten = (f"item-{number:04d}", f"v-{number:04d}")
            item = gid("InventoryItem", 40_000 + number)
            shown = sum(n or 0 for n in numbers)
            self.sandbox.rakuten.add_product(rakuten, sku, shown)
            self.sandbox.shopify.add_product((item, FIRST_LOCATION), sku, shown)
            self.put("在庫表", number, {"SKU": sku, **dict(zip(self.locations, numbers, strict=False))})
            place = FIRST_LOCATION.rsplit("/", 1)[1]
            self.put("出品", 2 * number - 1, {"チャネル": "rakuten", "出品ID": "/".join(rakuten), "SKU構成": sku})
            listing = f"{40_000 + number}@{place}"
            self.put("出品", 2 * number, {"チャネル": "shopify", "出品ID": listing, "SKU構成": sku})

    def list_for_sale(self, mall: str, listing: str, components: str) -> None:
        """Type a line under the last one of 出品."""
        row = 1 + max(n for n, line in enumerate(self.table("出品"), 1) if line.get("出品ID"))
        self.put("出品", row, {"チャネル": mall, "出品ID": listing, "SKU構成": components})

    # --- what people do ----------------------------------------------------------------------------------------------

    def opened_by(self, who: Literal["owner", "staff"]) -> gspread.Spreadsheet:
        """The spreadsheet at a browser of theirs: their own token, their own rights, every byte over HTTP."""
        token = getattr(self.sandbox.people, who).token
        app = Strict(self.sandbox, once=self.judge_once)
        return signed_in_as(app, token).open_by_key(self.spreadsheet.id)

    def tab(self, title: str) -> int:
        return self.spreadsheet.sheet(words.title(title, self.language)).id

    def column(self, title: str, header: str) -> int:
        return self.spreadsheet.table(self.tab(title))[0].index(words.header(title, header, self.language))

    def put(self, title: str, row: int, cells: Mapping[str, object]) -> None:
        """Type into cells of one row (0-based, the header is row 0), by header."""
        for header, value in cells.items():
            if value is not None:
                text = {True: "TRUE", False: "FALSE"}.get(value, str(value)) if isinstance(value, bool) else str(value)
                self.spreadsheet.type(self.tab(title), row, self.column(title, header), text)

    def table(self, title: str) -> list[dict[str, str]]:
        shown, *rows = self.spreadsheet.table(self.tab(title))
        called = {there: here for here, there in words.headers(title, self.language).items()}
        header = [called.get(text, text) for text in shown]
        return [dict(zip(header, [*row, *[""] * (len(header) - len(row))], strict=False)) for row in rows]

    def rows(self, sku: str) -> list[tuple[int, dict[str, str]]]:
        return [(i, row) for i, row in enumerate(self.table("在庫表"), 1) if row.get("SKU") == sku]

    def row(self, sku: str) -> dict[str, str]:
        ((_, row),) = self.rows(sku)
        return row

    def type(self, sku: str, header: str, value: object) -> None:
        """Type into the one row of a SKU."""
        ((position, _),) = self.rows(sku)
        self.put("在庫表", position, {header: value})

    def answer(self, kind_words: str, text: str) -> None:
        """Answer every open line of 要対応 whose question contains these words."""
        for number, line in enumerate(self.table("要対応"), 1):
            if kind_words in line["内容"] and not line["回答"]:
                self.put("要対応", number, {"回答": text})

    def rename(self, sku: str, to: str) -> None:
        """A person writes a new code over the old one, and says in 要対応 what is meant by it."""
        self.type(sku, "SKU", to)
        self.rounds(3)
        self.answer("書き換えられました", "改名")
        self.settle()

    def asked(self, kind: str) -> list[dict[str, str]]:
        """The lines of 要対応 about questions of that kind, open and done."""
        with self.service.ledger.read() as tx:
            mine = [str(n) for n, each in tx.conn.exec_driver_sql("SELECT id, kind FROM exception") if each == kind]
        return [line for line in self.table("要対応") if line["番号"] in mine]

    def choose(self, kind: str, choice: str, beside: str = "") -> None:
        """Answer every open question of that kind with one of its choices, in the spreadsheet's language."""
        lines = self.asked(kind)
        for number, line in enumerate(self.table("要対応"), 1):
            if line in lines and not line["回答"]:
                answer = words.choice(kind, choice, self.language)
                self.put("要対応", number, {"回答": f"{answer} {beside}".rstrip()})

    def set(self, name: str, on: bool) -> None:
        """Tick or untick a line of 設定."""
        for number, line in enumerate(self.table("設定"), 1):
            if line["名前"] == name:
                self.put("設定", number, {"オン": on})

    # --- time --------------------------------------------------------------------------------------------------------

    def rounds(self, count: int = 1, seconds: float = 3.0) -> None:
        """Every job in turn, `count` times, `seconds` apart."""
        for _ in range(count):
            self.service.once()
            self.clock.sleep(seconds)

    def go_live(self) -> None:
        """What the owner does on the first day."""
        self.go_live_at_all()
        for name in ("rakuten", "shopify"):
            self.set(name, True)
        self.rounds(3)
        self.clock.sleep(60)
        self.rounds(2)

    def go_live_at_all(self) -> None:
        """What the numbers are is answered, and the whole bridge switched on; the channels are in shadow still."""
        self.rounds(2)
        self.choose("opening", "shelf")
        self.rounds(2)
        self.set("bridge", True)
        self.rounds(3)

    def settle(self) -> None:
        """Long enough for raises to be proved, and for everything to come to rest."""
        self.rounds(3)
        self.clock.sleep(2 * LAG)
        self.rounds(3)
        self.clock.sleep(60)
        self.rounds(3)

    # --- the malls ---------------------------------------------------------------------------------------------------

    def wire(self, mall: str, sku: str) -> tuple[str, str]:
        """The simulator's own key of a SKU's listing."""
        number = list(self.stock).index(sku) + 1
        if mall == "rakuten":
            return f"item-{number:04d}", f"v-{number:04d}"
        return gid("InventoryItem", 40_000 + number), FIRST_LOCATION

    def buy(self, mall: str, sku: str, units: int) -> str | None:
        return getattr(self.sandbox, mall).buy(self.wire(mall, sku), units)  # type: ignore[no-any-return]

    def hears(self, mall: str, sku: str, *, order: str, version: str, open: int, shipped: int) -> None:
        """The bridge is told of an order that the simulator doesn't have: messages that no API call can bring about."""
        facts = self.service.shop.channels[mall]
        manage, variant = self.wire(mall, sku)
        key = LineKey(mall, facts.shop, order, "1")
        line = LineSnapshot(
            key, ListingKey(mall, f"{manage}/{variant}"), open + shipped, open, shipped, 0, open + shipped
        )
        now = self.clock.now()
        read = OrdersRead((OrderSnapshot(mall, facts.shop, order, version, now, (line,)),), now, {})
        with self.service.ledger.write() as tx:
            book_orders(tx, self.service.shop, facts, read)

    def shown(self, mall: str, sku: str) -> int:
        """What the mall's own page shows."""
        return int(getattr(self.sandbox, mall).stock()[self.wire(mall, sku)])

    # --- the table ---------------------------------------------------------------------------------------------------

    def copy_row(self, sku: str) -> None:
        """Copy a row into the first blank row under the table, as staff do."""
        tab = self.tab("在庫表")
        position = self.rows(sku)[0][0]
        last = max(i for i, row in enumerate(self.table("在庫表"), 1) if row.get("SKU"))
        source = {"sheetId": tab, "startRowIndex": position, "endRowIndex": position + 1}
        destination = {"sheetId": tab, "startRowIndex": last + 1, "endRowIndex": last + 2}
        self.spreadsheet.apply([{"copyPaste": {"source": source, "destination": destination}}])

    def plain_number_format(self, sku: str, header: str) -> None:
        """What the sentence about a date asks for: the format goes back to a number."""
        row, column = self.rows(sku)[0][0], self.column("在庫表", header)
        area = {"sheetId": self.tab("在庫表"), "startRowIndex": row, "endRowIndex": row + 1}
        area |= {"startColumnIndex": column, "endColumnIndex": column + 1}
        number = {"userEnteredFormat": {"numberFormat": {"type": "NUMBER", "pattern": "0"}}}
        request = {"range": area, "cell": number, "fields": "userEnteredFormat.numberFormat"}
        self.spreadsheet.apply([{"repeatCell": request}])

    def delete_row(self, position: int) -> None:
        self.spreadsheet.delete_rows(self.tab("在庫表"), position, position + 1)

    # --- the ledger --------------------------------------------------------------------------------------------------

    def balance(self, sku: str) -> dict[str, int]:
        """On hand by location, as the ledger has it."""
        with self.service.ledger.read() as tx:
            return {place: b.on_hand for (_, place), b in tx.stock.balances([sku]).items() if b.stocked}

    def open_questions(self) -> str:
        """The text of every open line of 要対応, as the ledger has them."""
        with self.service.ledger.read() as tx:
            return "\n".join(question(q.kind, self.language, q.subject, q.data) for q in tx.questions.open())
