"""What a seller does before the first start: a spreadsheet, the settings file, products and listings typed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.auth.transport.requests import AuthorizedSession
from google.oauth2.service_account import Credentials

from bridge.clock import SystemClock
from bridge.demo.owner import LISTINGS, SETTINGS, STOCK, Product
from bridge.demo.stalls import PARTNERS, STALLS, Place, Plan, Section
from bridge.settings import as_toml
from bridge.sheet.http import SHEETS_HOST, SheetHttp

SCOPES = ("https://www.googleapis.com/auth/spreadsheets", "https://www.googleapis.com/auth/drive")
INSPECT = "検品待ち"  # where what comes back waits


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
        self._write(data)

    def _write(self, data: Sequence[Mapping[str, Any]]) -> None:
        body = {"valueInputOption": "USER_ENTERED", "data": data}
        self._http.request("post", f"{self._url}/values:batchUpdate", json=body)

    def _change(self, request: Mapping[str, Any]) -> None:
        self._http.request("post", f"{self._url}:batchUpdate", json={"requests": [request]})

    def add_columns(self, shelves: Sequence[str]) -> bool:
        """A stock column for each that 在庫表 lacks, before 検品待ち, and its line in 設定, ticked: it sells.
        Whether any was missing."""
        header = self._header(STOCK)
        new = [shelf for shelf in shelves if shelf not in header]
        if not new:
            return False
        at, sheet = header.index(INSPECT), self._properties(STOCK)["sheetId"]
        area = {"sheetId": sheet, "dimension": "COLUMNS", "startIndex": at, "endIndex": at + len(new)}
        self._change({"insertDimension": {"range": area, "inheritFromBefore": True}})
        lines = self.read(SETTINGS)
        head, last = lines[0], len(lines)
        data: list[dict[str, Any]] = [{"range": f"{STOCK}!{letters(at)}1", "values": [new]}]
        for title, values in {"種類": ["場所"] * len(new), "名前": new, "オン": [True] * len(new)}.items():
            place = f"{SETTINGS}!{letters(head.index(title))}{last + 1}"
            data.append({"range": place, "majorDimension": "COLUMNS", "values": [values]})
        self._write(data)
        return True

    def _make_room(self, tab: str, lines: int) -> None:
        """More rows, where a tab has too few below its header."""
        found = self._properties(tab)
        missing = lines + 1 - found["gridProperties"]["rowCount"]
        if missing > 0:
            more = {"appendDimension": {"sheetId": found["sheetId"], "dimension": "ROWS", "length": missing}}
            self._change(more)

    def _properties(self, tab: str) -> Mapping[str, Any]:
        fields = "sheets.properties(sheetId,title,gridProperties.rowCount)"
        sheets = self._http.request("get", f"{self._url}?fields={fields}").json()["sheets"]
        [found] = [each["properties"] for each in sheets if each["properties"]["title"] == tab]
        return found  # type: ignore[no-any-return]

    def _header(self, tab: str) -> list[str]:
        header: list[str] = self._http.request("get", f"{self._url}/values/{tab}!1:1").json()["values"][0]
        return header

    def _columns(self, tab: str, lines: Sequence[Mapping[str, object]]) -> list[dict[str, Any]]:
        """One range per column that is filled; the others stay as they are."""
        header = self._header(tab)
        return [
            {
                "range": f"{tab}!{letters(header.index(name))}2",
                "majorDimension": "COLUMNS",
                "values": [[line[name] for line in lines]],
            }
            for name in lines[0]
        ]


def letters(column: int) -> str:
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


@dataclass(frozen=True)
class Sandboxed:
    """What the settings need to know of the sandbox. `lag`: seconds that every channel's feed may be late · `port`:
    where the bridge listens for webhooks · `keys`: by channel, those that its pages show · `folder`: where partners and
    the bridge exchange files."""

    address: str
    key: Path
    spreadsheet: str
    ledger: Path
    lag: float
    port: int
    plan: Plan
    keys: Mapping[str, Mapping[str, Any]]
    folder: Path


def settings(given: Sandboxed) -> str:
    """bridge.toml for the sandbox."""
    return as_text(sections(given))


def sections(given: Sandboxed) -> dict[str, Section]:
    """The same by section."""
    address = given.address
    found: dict[str, Section] = {
        "bridge": {"ledger": f"{given.ledger}"},
        "sheet": {
            "spreadsheet_id": given.spreadsheet,
            "service_account": f"{given.key}",
            "base_url": address,
            "drive_url": address,
            "poll_seconds": 3,
        },
        "web": {"port": given.port, "public_url": f"http://127.0.0.1:{given.port}"},
    }
    for name in given.plan.stalls:
        by_files = name in PARTNERS
        place = Place(f"{address}/malls/{name}", given.plan.shelves, given.folder / name, given.folder / "quarantine")
        section = STALLS[name].settings(place, given.keys.get(name, {}))
        found[f"channels.{'files.' if by_files else ''}{name}"] = {**section, "lag_seconds": given.lag}
    return found


def as_text(given: Mapping[str, Section]) -> str:
    return "\n".join(
        "".join([f"[{name}]\n", *(f"{key} = {as_toml(value)}\n" for key, value in section.items())])
        for name, section in given.items()
    )
