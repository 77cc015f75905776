"""A seller's real table, read once for practice: what staff own in 在庫表, 出品 and 設定, and nothing else.

The key is used with a scope that can read only, so that nothing here could write even by mistake.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.auth.transport.requests import AuthorizedSession
from google.oauth2.service_account import Credentials

from bridge.clock import SystemClock
from bridge.demo.owner import LISTINGS, SETTINGS, STOCK
from bridge.sheet.http import SHEETS_HOST, SheetHttp

READ_ONLY = "https://www.googleapis.com/auth/spreadsheets.readonly"
TABS = (STOCK, LISTINGS, SETTINGS)
_BY_THE_BRIDGE = {
    STOCK: ("ロック", "FBA", "輸送中", "引当", "販売可能", "状態", "増減", "編集中", "確認"),
    LISTINGS: ("採用", "出したい数", "送った数", "モールの表示", "状態"),
    SETTINGS: ("オン", "状態"),
}
"""What a new table gets from its own bridge, or what is nobody's any more once it is copied"""
_BANNER = ("✓", "⚠")

Line = dict[str, str]


@dataclass(frozen=True)
class Real:
    """Where the real table is. `base_url`: where Google's Sheets API answers."""

    spreadsheet: str
    key: Path
    base_url: str


@dataclass(frozen=True)
class Copied:
    """`headers`: of 在庫表, in their order, those of the bridge left out · `shelves`: the stock columns, with whether
    they sell · `showing`: what each line of 出品 showed last, by channel and listing."""

    headers: Sequence[str]
    shelves: Mapping[str, bool]
    stock: Sequence[Line]
    listings: Sequence[Line]
    settings: Sequence[Line]
    showing: Mapping[tuple[str, str], int]


def read_real(real: Real) -> Copied:
    """One request. Raises BridgeError."""
    credentials = Credentials.from_service_account_file(str(real.key), scopes=[READ_ONLY])  # type: ignore[no-untyped-call]
    session = AuthorizedSession(credentials)  # type: ignore[no-untyped-call]
    http = SheetHttp(session, SystemClock(), base_url=real.base_url)
    address = f"{SHEETS_HOST}/v4/spreadsheets/{real.spreadsheet}/values:batchGet"
    answer: Any = http.request("get", address, params={"ranges": list(TABS)}).json()
    return copied(*(part.get("values", []) for part in answer["valueRanges"]))


def copied(stock: list[list[str]], listings: list[list[str]], settings: list[list[str]]) -> Copied:
    """What staff own of the three tabs, as people see them."""
    rows, offers, lines = (
        _lines(table, key) for table, key in ((stock, "SKU"), (listings, "出品ID"), (settings, "名前"))
    )
    shelves = {line["名前"]: line.get("オン") == "TRUE" for line in lines if line.get("種類") == "場所"}
    accepted = [line for line in offers if line.get("採用") != "FALSE"]  # an offer that nobody took is none
    showing = {(line["チャネル"], line["出品ID"]): _number(line) for line in accepted}
    header = next((row for row in stock[:5] if "SKU" in row), [])
    return Copied(
        [text for text in header if _is_staffs(text, STOCK)],
        shelves,
        _of_staff(rows, STOCK),
        _of_staff(accepted, LISTINGS),
        _of_staff(lines, SETTINGS),
        showing,
    )


def _lines(table: list[list[str]], key: str) -> list[Line]:
    """The lines by header that say something in the column `key`."""
    top = next((n for n, row in enumerate(table[:5]) if key in row), None)
    if top is None:
        return []
    header = table[top]
    found = [dict(zip(header, [*row, *[""] * len(header)], strict=False)) for row in table[top + 1 :]]
    return [line for line in found if line[key]]


def _of_staff(lines: Sequence[Line], tab: str) -> list[Line]:
    return [{header: text for header, text in line.items() if _is_staffs(header, tab)} for line in lines]


def _is_staffs(header: str, tab: str) -> bool:
    return bool(header) and header not in _BY_THE_BRIDGE[tab] and not header.startswith(_BANNER)


def _number(line: Line) -> int:
    texts = (line.get("モールの表示", ""), line.get("出したい数", ""))
    return next((int(text.replace(",", "")) for text in texts if text.replace(",", "").isdigit()), 0)
