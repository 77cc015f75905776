"""What a seller does before the first start: a spreadsheet, the settings file, products and listings typed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from google.auth.transport.requests import AuthorizedSession
from google.oauth2.service_account import Credentials

from bridge.clock import SystemClock
from bridge.demo.owner import LISTINGS, STOCK, Product
from bridge.sheet.http import SHEETS_HOST, SheetHttp

SCOPES = ("https://www.googleapis.com/auth/spreadsheets", "https://www.googleapis.com/auth/drive")
SHELVES = ("本社倉庫", "渋谷店")
INSPECT = "検品待ち"  # where what comes back waits
AMAZON_LOOK = 2.0  # seconds between two looks at its orders
JAPAN = ZoneInfo("Asia/Tokyo")


class Seller:
    """One spreadsheet over the Sheets API, signed in with the key that the sandbox made."""

    def __init__(self, address: str, key: Path, spreadsheet: str) -> None:
        credentials = Credentials.from_service_account_file(str(key), scopes=list(SCOPES))  # type: ignore[no-untyped-call]
        session = AuthorizedSession(credentials)  # type: ignore[no-untyped-call]
        session.trust_env = False  # the sandbox is on this machine; no proxy knows it
        self._http = SheetHttp(session, SystemClock(), base_url=address, drive_url=address)
        self._url = f"{SHEETS_HOST}/v4/spreadsheets/{spreadsheet}"

    def read(self, tab: str) -> list[list[str]]:
        """The texts of a tab, as the API answers them."""
        answer: Any = self._http.request("get", f"{self._url}/values/{tab}").json()
        rows: list[list[str]] = answer.get("values", [])
        return rows

    def fill(self, products: Sequence[Product]) -> None:
        """在庫表 and 出品, as one would paste them in."""
        stock = [{"商品名": p.name, "SKU": p.sku, **p.split, INSPECT: 0} for p in products if not p.made_of]
        listings = [
            {"チャネル": mall, "出品ID": listing, "SKU構成": p.components}
            for p in products
            for mall, listing in p.listings.items()
        ]
        listings += [{"チャネル": "amazon", "出品ID": p.by_amazon, "SKU構成": p.sku} for p in products if p.by_amazon]
        self._make_room(LISTINGS, len(listings))
        data = [*self._columns(STOCK, stock), *self._columns(LISTINGS, listings)]
        body = {"valueInputOption": "USER_ENTERED", "data": data}
        self._http.request("post", f"{self._url}/values:batchUpdate", json=body)

    def _make_room(self, tab: str, lines: int) -> None:
        """More rows, where a tab has too few below its header."""
        fields = "sheets.properties(sheetId,title,gridProperties.rowCount)"
        sheets = self._http.request("get", f"{self._url}?fields={fields}").json()["sheets"]
        [found] = [each["properties"] for each in sheets if each["properties"]["title"] == tab]
        missing = lines + 1 - found["gridProperties"]["rowCount"]
        if missing > 0:
            more = {"appendDimension": {"sheetId": found["sheetId"], "dimension": "ROWS", "length": missing}}
            self._http.request("post", f"{self._url}:batchUpdate", json={"requests": [more]})

    def _columns(self, tab: str, lines: Sequence[Mapping[str, object]]) -> list[dict[str, Any]]:
        """One range per column that is filled; the others stay as they are."""
        header = self._http.request("get", f"{self._url}/values/{tab}!1:1").json()["values"][0]
        return [
            {
                "range": f"{tab}!{_letters(header.index(name))}2",
                "majorDimension": "COLUMNS",
                "values": [[line[name] for line in lines]],
            }
            for name in lines[0]
        ]


def _letters(column: int) -> str:
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


@dataclass(frozen=True)
class Sandboxed:
    """What the settings need to know of the sandbox. `lag`: seconds that every mall's feed may be late · `port`: where
    the bridge listens for webhooks · `amazon`, `yahoo`: the keys that their pages show."""

    address: str
    key: Path
    spreadsheet: str
    ledger: Path
    lag: float
    port: int
    shopify_location: str
    amazon: Mapping[str, Any]
    yahoo: Mapping[str, Any]


def settings(given: Sandboxed) -> str:
    """bridge.toml for the sandbox."""
    shelves = ", ".join(f'"{name}"' for name in SHELVES)
    address, lag, today = given.address, given.lag, datetime.now(JAPAN).date()
    amazon, yahoo = given.amazon, given.yahoo
    return f"""\
[bridge]
ledger = "{given.ledger}"

[sheet]
spreadsheet_id = "{given.spreadsheet}"
service_account = "{given.key}"
base_url = "{address}"
drive_url = "{address}"
poll_seconds = 3

[web]
port = {given.port}
public_url = "http://127.0.0.1:{given.port}"

[channels.rakuten]
shop = "sandbox"
service_secret = "SP123456_sandbox"
license_key = "SL123456_sandbox"
locations = [{shelves}]
base_url = "{address}/malls/rakuten"
orders_seconds = 1
lag_seconds = {lag}

[channels.shopify]
shop = "sandbox.myshopify.com"
location = "{given.shopify_location}"
locations = [{shelves}]
access_token = "shpat_sandbox"
webhook_secret = "sandbox-secret"
base_url = "{address}/malls/shopify"
orders_seconds = 1
lag_seconds = {lag}

[channels.amazon]
shop = "{amazon["shop"]}"
client_id = "{amazon["client_id"]}"
client_secret = "{amazon["client_secret"]}"
refresh_token = "{amazon["refresh_token"]}"
locations = [{shelves}]
base_url = "{address}/malls/amazon"
token_url = "{address}/malls/amazon/auth/o2/token"
orders_seconds = {AMAZON_LOOK}
lag_seconds = {lag}
fba_seconds = 5

[channels.yahoo]
shop = "{yahoo["shop"]}"
client_id = "{yahoo["client_id"]}"
client_secret = "{yahoo["client_secret"]}"
refresh_token = "{yahoo["refresh_token"]}"
consented_on = "{today}"
public_key = '''{yahoo["public_key"]}'''
public_key_version = {yahoo["public_key_version"]}
public_key_expires = "{today + timedelta(days=365)}"
locations = [{shelves}]
held_hours = 0  # the fraud review hides no order in this demo
base_url = "{address}/malls/yahoo/ShoppingWebService/V1"
login_url = "{address}/malls/yahoo"
orders_seconds = 1
lag_seconds = {lag}
"""
