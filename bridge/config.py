"""The settings file: one TOML file becomes frozen dataclasses, or one error that names every mistake at once.

Each setting is declared once, as a field with its range; `bridge.example.toml` explains them all, and a test holds the
two together. A secret may come from elsewhere instead (keys.py), as ``BRIDGE_<SECTION>_<SETTING>``
(``BRIDGE_RAKUTEN_LICENSE_KEY``), and then wins over the file.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any, Literal

from bridge.channel_sections import can_judge_webhooks, read_channels
from bridge.channel_settings import Channels
from bridge.errors import Hint
from bridge.keys import Keys
from bridge.setting_kinds import (
    Addresses,
    Folder,
    IpAddress,
    KeyFile,
    PerMinute,
    SharedSecret,
    SpreadsheetId,
    TimeOfDay,
    Url,
    Word,
    Zone,
)
from bridge.settings import ConfigError, Problem, Reader, Rule, parse


@dataclass(frozen=True)
class Bridge:
    """[bridge]: the program itself."""

    language: Literal["ja", "en"] = "ja"
    timezone: Zone = "Asia/Tokyo"
    ledger: Path = Path("var/ledger.sqlite")
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    secrets: Folder | None = None
    keyring: Word | None = None
    dark_minutes: Annotated[float, Rule(1, 60)] = 2.0
    blind_minutes: Annotated[float, Rule(2, 1440)] = 10.0
    blind_factor: Annotated[float, Rule(1, 10)] = 2.0
    stale_seconds: Annotated[float, Rule(1, 600)] = 60.0
    evening: TimeOfDay = "18:00"
    backups: Path = Path("var/backups")
    backups_kept: Annotated[int, Rule(0, 1000)] = 14


@dataclass(frozen=True)
class Sheet:
    """[sheet]: the spreadsheet, and how gently Google is asked."""

    spreadsheet_id: SpreadsheetId
    service_account: KeyFile
    base_url: Url = "https://sheets.googleapis.com"
    drive_url: Url = "https://www.googleapis.com"
    poll_seconds: Annotated[float, Rule(1, 60)] = 3.0
    reads_per_minute: PerMinute = 60
    writes_per_minute: PerMinute = 60
    rows_per_call: Annotated[int, Rule(1, 600)] = 250
    journal_lines: Annotated[int, Rule(100, 100_000)] = 20_000
    two_readings_seconds: Annotated[float, Rule(0, 600)] = 10.0
    hold_minutes: Annotated[float, Rule(1, 1440)] = 30.0
    big_change_rows: Annotated[int, Rule(2, 100_000)] = 5
    big_change_times: Annotated[float, Rule(1.1, 1_000_000)] = 10.0
    big_change_percent: Annotated[float, Rule(0, 100)] = 30.0
    timeout_seconds: Annotated[float, Rule(1, 300)] = 30.0


@dataclass(frozen=True)
class Report:
    """[report]: 集計 and the month's end. `managers`, `accounts`: spreadsheets of their own, which alone bear costs."""

    managers: SpreadsheetId | None = None
    accounts: SpreadsheetId | None = None
    costing: Literal["last", "average"] = "last"
    seconds: Annotated[float, Rule(10, 3600)] = 60.0
    low_units: Annotated[int, Rule(0, 100_000)] = 3
    low_days: Annotated[int, Rule(0, 365)] = 7
    dead_days: Annotated[int, Rule(7, 366)] = 90


@dataclass(frozen=True)
class Web:
    """[web]: what others may tell or ask the bridge over HTTP. Nothing listens where the section is missing."""

    host: IpAddress = "127.0.0.1"
    port: Annotated[int, Rule(1, 65535)] = 8780
    public_url: Url | None = None
    edit_secret: SharedSecret | None = None


@dataclass(frozen=True)
class Alerts:
    """[alerts]: whom the bridge tells what people should know. `to`, `owner`: addresses as apprise has them · `owner`:
    who renews the keys · times of day in the shop's time zone. Nobody is told anything where the section is missing."""

    to: Addresses
    owner: Addresses = ()
    quiet_from: TimeOfDay = "22:00"
    quiet_until: TimeOfDay = "07:00"
    closing: TimeOfDay = "19:00"
    low_stock: Annotated[int, Rule(0, 100_000)] = 3


@dataclass(frozen=True)
class Config:
    """A whole settings file, without a mistake."""

    bridge: Bridge
    sheet: Sheet
    channels: Channels
    web: Web | None = None
    report: Report = Report()
    alerts: Alerts | None = None


def load(path: Path, env: Mapping[str, str] = os.environ) -> Config:
    """Read and judge the settings file. Paths in it are taken from the folder it lies in. Raises ConfigError."""
    table = parse(path)
    reader = Reader(path.resolve().parent, Keys(env))
    reader.unknown("", table, [section.name for section in fields(Config)])
    bridge = reader.section(Bridge, "bridge", table.get("bridge", {}))
    if bridge is not None:
        reader.keys = Keys(env, [bridge.secrets] if bridge.secrets else [], bridge.keyring or "")
    sheet = reader.section(Sheet, "sheet", table.get("sheet", {}))
    channels = read_channels(reader, reader.table("channels", table.get("channels", {})))
    web = reader.section(Web, "web", table["web"]) if "web" in table else None
    report = reader.section(Report, "report", table.get("report", {}), _apart(sheet))
    alerts = reader.section(Alerts, "alerts", table["alerts"]) if "alerts" in table else None
    if web is not None and web.public_url is not None:
        can_judge_webhooks(reader, channels)
    if reader.problems or not bridge or not sheet or not report:
        raise ConfigError(reader.problems)
    return Config(bridge, sheet, channels, web, report, alerts)


def _apart(sheet: Sheet | None) -> Callable[[Mapping[str, Any]], Problem | None]:
    """Whoever may open a spreadsheet sees every tab of it: costs need spreadsheets of their own."""

    def judge(values: Mapping[str, Any]) -> Problem | None:
        given = [values[name] for name in ("managers", "accounts") if values.get(name)]
        given += [sheet.spreadsheet_id] if sheet else []
        if len(set(given)) == len(given):
            return None
        return Problem(
            "report",
            Hint(
                "managers・accounts は、スタッフの表とも互いとも別のスプレッドシートにしてください。"
                "同じ表では、原価をスタッフに隠せません。",
                "managers and accounts must be spreadsheets of their own, apart from the staff's and each other: within"
                " one spreadsheet costs can't be hidden from anybody.",
            ),
        )

    return judge


@dataclass(frozen=True)
class KeyPlaces:
    """Where `bridge connect` keeps what it was told. `folder`: of secrets, None where the settings name none ·
    `keyring`: its name for us, "" where they name none · `ledger`: beside it lie the refresh tokens that a shop
    renews."""

    folder: Path | None
    keyring: str
    ledger: Path


def place_of_keys(table: Mapping[str, Any], home: Path) -> KeyPlaces:
    """Out of a settings file that may not be finished yet. Raises ConfigError."""
    reader = Reader(home.resolve(), Keys({}))
    bridge = reader.section(Bridge, "bridge", table.get("bridge", {}))
    if bridge is None:
        raise ConfigError(reader.problems)
    return KeyPlaces(bridge.secrets, bridge.keyring or "", bridge.ledger)


def one_channel(section: str, table: Mapping[str, Any], path: Path) -> Any:
    """One section [channels.<section>], judged as in the settings file at `path`. Raises ConfigError."""
    reader = Reader(path.resolve().parent, Keys({}))
    kind, _, name = section.partition(".")
    channels = read_channels(reader, {kind: {name: dict(table)} if name else dict(table)})
    if reader.problems:
        raise ConfigError(reader.problems)
    return channels.connected()[name or kind][1]
