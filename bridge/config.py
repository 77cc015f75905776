"""The settings file: one TOML file becomes frozen dataclasses, or one error that names every mistake at once.

Each setting is declared once, as a field with its range; `bridge.example.toml` explains them all, and a test holds the
two together. A secret may come from elsewhere instead (keys.py), as ``BRIDGE_<SECTION>_<SETTING>``
(``BRIDGE_RAKUTEN_LICENSE_KEY``), and then wins over the file.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import UTC, date
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_type_hints
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from bridge.domain.maintenance import read_window
from bridge.errors import Hint
from bridge.keys import Keys
from bridge.settings import ConfigError, Judge, Problem, Reader, Rule, Secret, parse

__all__ = [
    "Amazon",
    "Bridge",
    "Channels",
    "ColorMe",
    "Config",
    "ConfigError",
    "EcCube",
    "Problem",
    "Rakuten",
    "Secret",
    "Sheet",
    "Shopify",
    "Web",
    "WooCommerce",
    "Yahoo",
    "load",
]

SHORTEST_SHARED_SECRET = 24
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def _zone(name: str) -> Hint | None:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return Hint("「Asia/Tokyo」のような名前を書いてください。", 'Write a name such as "Asia/Tokyo".')
    return None


def _windows(texts: tuple[str, ...]) -> Hint | None:
    try:
        for text in texts:
            read_window(text, UTC)
    except ValueError:
        return _WINDOW
    return None


def _none_twice(places: Mapping[str, tuple[str, ...]]) -> Hint | None:
    """A column in two of a shop's locations would be counted twice in what the shop shows in all."""
    columns = Counter(column for each in places.values() for column in each)
    twice = [column for column, count in columns.items() if count > 1]
    if not twice:
        return None
    return Hint(
        f"「{twice[0]}」は 1 つのロケーションにだけ書いてください。2 つに書くと、同じ在庫を 2 度売ることになります。",
        f"Write {twice[0]} under one location only: under two the same stock would be sold twice.",
    )


def _date(text: str) -> Hint | None:
    try:
        date.fromisoformat(text)
    except ValueError:
        return Hint("「2026-12-31」のように書いてください。", 'Write it as in "2026-12-31".')
    return None


_WINDOW = Hint(
    '["2026-12-06 02:00 ~ 2026-12-06 08:00"] のように、始まりと終わりを書いてください。',
    'Write beginnings and ends, as in ["2026-12-06 02:00 ~ 2026-12-06 08:00"].',
)


def _service_account(path: Path) -> Hint | None:
    try:
        key = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        return Hint(
            f"サービスアカウントの鍵 {path.name} がありません。Google Cloud で作った JSON をここに置いてください。",
            f"The service account's key {path.name} is not there. Put the JSON made in Google Cloud in this place.",
        )
    except ValueError:
        key = None
    needed = ("client_email", "private_key", "token_uri")
    if (
        isinstance(key, dict)
        and key.get("type") == "service_account"
        and all(isinstance(key.get(part), str) and key[part] for part in needed)
    ):
        return None
    return Hint(
        f"{path.name} は鍵ではありません。service_account.example.json と見比べてください。",
        f"{path.name} is not a service account's key; compare it with service_account.example.json.",
    )


def _ip_address(text: str) -> Hint | None:
    try:
        ip_address(text)
    except ValueError:
        return Hint(
            "この機械の IP アドレスを書いてください (ふつうは 127.0.0.1)。",
            "Write an IP address of this machine (127.0.0.1 as a rule).",
        )
    return None


def _safe_way(url: str) -> Hint | None:
    """Keys go with every call: only this machine may be asked without TLS."""
    parts = urlsplit(url)
    if parts.scheme == "https" or parts.hostname in LOOPBACK:
        return None
    return Hint("鍵を送るので https:// にしてください。", "Make it https://: the keys go with every call.")


def _folder(path: Path) -> Hint | None:
    if path.is_dir():
        return None
    return Hint(f"フォルダー {path} がありません。", f"There is no folder {path}.")


def _long_enough(secret: Secret) -> Hint | None:
    if len(secret.reveal()) >= SHORTEST_SHARED_SECRET:
        return None
    return Hint(
        f"{SHORTEST_SHARED_SECRET} 文字以上のでたらめな文字列にしてください。",
        f"Make it {SHORTEST_SHARED_SECRET} random characters or more.",
    )


Url = Annotated[
    str,
    Rule(
        shape=r"https?://[^\s?#]+[^\s?#/]",
        say=Hint("「https://…」と、最後の「/」なしで書いてください。", 'Write "https://…", without a "/" at the end.'),
    ),
]
Site = Annotated[
    str,
    Rule(
        shape=r"https?://[^\s?#]+[^\s?#/]",
        say=Hint("「https://…」と、最後の「/」なしで書いてください。", 'Write "https://…", without a "/" at the end.'),
        judge=_safe_way,
    ),
]
Word = Annotated[str, Rule(shape=r"\S+", say=Hint("空白を入れずに書いてください。", "Write it without blanks."))]
SpreadsheetId = Annotated[
    str,
    Rule(
        shape=r"[A-Za-z0-9_-]+",
        say=Hint(
            "スプレッドシートの URL の「/d/」と「/edit」の間の文字だけを書いてください。",
            'Write only the part of the spreadsheet\'s address between "/d/" and "/edit".',
        ),
    ),
]
ShopDomain = Annotated[
    str,
    Rule(
        shape=r"[a-z0-9][a-z0-9-]*\.myshopify\.com",
        say=Hint(
            "「店の名前.myshopify.com」の形の、変わらないドメインを書いてください。",
            'Write the shop\'s permanent domain, "name.myshopify.com".',
        ),
    ),
]
LocationNumber = Annotated[
    str,
    Rule(
        shape=r"[0-9]+",
        say=Hint(
            "ロケーションの番号 (管理画面の URL の最後の数字) を引用符で囲んで書いてください。",
            "Write the location's number (the digits that end its address in the admin) in quotes.",
        ),
    ),
]
ApiVersion = Annotated[
    str,
    Rule(
        shape=r"20[0-9]{2}-(01|04|07|10)",
        say=Hint(
            "「2026-07」のように、年と 01・04・07・10 の月で書いてください。",
            'Write a year and one of the months 01, 04, 07, 10, as in "2026-07".',
        ),
    ),
]
SellerId = Annotated[
    str,
    Rule(
        shape=r"[a-z0-9_-]{1,128}",
        say=Hint(
            "ストアアカウント (小文字の英数字と「-」「_」) を書いてください。",
            'Write the store account: small letters, digits, "-" and "_".',
        ),
    ),
]
Locations = Annotated[
    tuple[str, ...],
    Rule(
        low=1,
        say=Hint(
            '["本社倉庫", "渋谷店"] のように、1 つ以上の名前を重ならないように書いてください。',
            'Write one or more names, none twice, as in ["本社倉庫", "渋谷店"].',
        ),
    ),
]
Places = Annotated[
    Mapping[str, tuple[str, ...]],
    Rule(
        low=1,
        shape=r"[0-9]+",
        say=Hint(
            '"10000000001" = ["本社倉庫"] のように、ロケーションの番号と、そこから売る在庫の場所を書いてください。',
            'Write a location\'s number and the stock columns that it sells from, as in "10000000001" = ["本社倉庫"].',
        ),
        judge=_none_twice,
    ),
]
Statuses = Annotated[
    tuple[str, ...],
    Rule(
        say=Hint(
            '["packing"] のように、重ならないように書いてください。', 'Write a list, none twice, as in ["packing"].'
        ),
    ),
]
Maintenance = Annotated[tuple[str, ...], Rule(say=_WINDOW, judge=_windows)]
TimeOfDay = Annotated[
    str,
    Rule(
        shape=r"([01][0-9]|2[0-3]):[0-5][0-9]",
        say=Hint("「18:00」のように書いてください。", 'Write it as in "18:00".'),
    ),
]
PerMinute = Annotated[int, Rule(1, 300)]
PollSeconds = Annotated[float, Rule(1, 3600)]
LagSeconds = Annotated[float, Rule(0, 3600)]


@dataclass(frozen=True)
class Bridge:
    """[bridge]: the program itself."""

    language: Literal["ja", "en"] = "ja"
    timezone: Annotated[str, Rule(judge=_zone)] = "Asia/Tokyo"
    ledger: Path = Path("var/ledger.sqlite")
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    secrets: Annotated[Path, Rule(judge=_folder)] | None = None
    keyring: Word | None = None
    dark_minutes: Annotated[float, Rule(1, 60)] = 2.0
    blind_minutes: Annotated[float, Rule(2, 1440)] = 10.0
    blind_factor: Annotated[float, Rule(1, 10)] = 2.0
    stale_seconds: Annotated[float, Rule(1, 600)] = 60.0
    evening: TimeOfDay = "18:00"


@dataclass(frozen=True)
class Sheet:
    """[sheet]: the spreadsheet, and how gently Google is asked."""

    spreadsheet_id: SpreadsheetId
    service_account: Annotated[Path, Rule(judge=_service_account)]
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
class Rakuten:
    """[channels.rakuten]: one shop on Rakuten Ichiba (rakuten.md)."""

    shop: Word
    service_secret: Secret
    license_key: Secret
    locations: Locations
    base_url: Url = "https://api.rms.rakuten.co.jp"
    inventory_api_version: Literal["2.0", "2.1"] = "2.0"
    order_source: Literal["order", "purchase_item"] = "order"
    orders_seconds: PollSeconds = 60.0
    lag_seconds: LagSeconds = 120.0
    window_days: Annotated[float, Rule(0.01, 62)] = 3.0
    look_back_days: Annotated[int, Rule(1, 730)] = 63
    license_key_expires: Annotated[str, Rule(judge=_date)] | None = None
    old_license_key: Secret | None = None
    maintenance: Maintenance = ()


@dataclass(frozen=True)
class Shopify:
    """[channels.shopify]: one Shopify shop, with a static token or the client credentials of an app (shopify.md §2).

    One of its locations shows all that lies in `locations`; or each of `places` shows what lies in its own."""

    shop: ShopDomain
    location: LocationNumber | None = None
    locations: Locations | None = None
    access_token: Secret | None = None
    client_id: Word | None = None
    client_secret: Secret | None = None
    webhook_secret: Secret | None = None
    base_url: Url = "https://{shop}"
    api_version: ApiVersion = "2026-07"
    orders_seconds: PollSeconds = 60.0
    lag_seconds: LagSeconds = 120.0
    look_back_days: Annotated[int, Rule(1, 730)] = 60
    maintenance: Maintenance = ()
    places: Places | None = None

    @property
    def numbers(self) -> tuple[str, ...]:
        """The Shopify locations whose numbers are kept in step."""
        return (self.location,) if self.location else tuple(self.places or ())

    @property
    def url(self) -> str:
        """The address that requests go to, with the shop's domain put in."""
        return self.base_url.replace("{shop}", self.shop)


@dataclass(frozen=True)
class Amazon:
    """[channels.amazon]: one seller in one marketplace of Amazon (amazon.md). `shop`: the seller's merchant token."""

    shop: Word
    client_id: Word
    client_secret: Secret
    refresh_token: Secret
    locations: Locations
    base_url: Url = "https://sellingpartnerapi-fe.amazon.com"
    token_url: Url = "https://api.amazon.com/auth/o2/token"
    marketplace: Word = "A1VC38T7YXB528"
    orders_seconds: PollSeconds = 400.0
    lag_seconds: LagSeconds = 180.0
    fba_seconds: PollSeconds = 600.0
    look_back_days: Annotated[int, Rule(1, 730)] = 60
    client_secret_expires: Annotated[str, Rule(judge=_date)] | None = None
    maintenance: Maintenance = ()


@dataclass(frozen=True)
class Yahoo:
    """[channels.yahoo]: one store on Yahoo!ショッピング (yahoo.md §1)."""

    shop: SellerId
    client_id: Word
    client_secret: Secret
    refresh_token: Secret
    consented_on: Annotated[str, Rule(judge=_date)]
    public_key: Secret
    public_key_version: Annotated[int, Rule(1, 100_000)]
    public_key_expires: Annotated[str, Rule(judge=_date)]
    locations: Locations
    base_url: Url = "https://circus.shopping.yahooapis.jp/ShoppingWebService/V1"
    login_url: Url = "https://auth.login.yahoo.co.jp"
    held_hours: Annotated[float, Rule(0, 336)] = 48.0
    stock_close: Literal["report", "release"] = "report"
    orders_seconds: PollSeconds = 60.0
    lag_seconds: LagSeconds = 120.0
    look_back_days: Annotated[int, Rule(1, 90)] = 60
    maintenance: Maintenance = ()


@dataclass(frozen=True)
class WooCommerce:
    """[channels.woocommerce]: one shop made with WooCommerce (own_shops_and_files.md §2). `shop`: a name for it, which
    never changes · `site`: the address of its front page."""

    shop: Word
    site: Site
    consumer_key: Secret
    consumer_secret: Secret
    locations: Locations
    webhook_secret: Annotated[Secret, Rule(judge=_long_enough)] | None = None
    permalinks: Literal["pretty", "plain"] = "pretty"
    keys_in: Literal["header", "query"] = "header"
    open_statuses: Statuses = ()
    shipped_statuses: Statuses = ()
    orders_seconds: PollSeconds = 60.0
    lag_seconds: LagSeconds = 60.0
    look_back_days: Annotated[int, Rule(1, 730)] = 60
    maintenance: Maintenance = ()


@dataclass(frozen=True)
class ColorMe:
    """[channels.colorme]: one shop at Color Me (own_shops_and_files.md §3). `shop`: its account, PA…"""

    shop: Word
    access_token: Secret
    locations: Locations
    base_url: Url = "https://api.shop-pro.jp/v1"
    orders_seconds: PollSeconds = 60.0
    lag_seconds: LagSeconds = 60.0
    look_back_days: Annotated[int, Rule(1, 730)] = 60
    maintenance: Maintenance = ()


@dataclass(frozen=True)
class EcCube:
    """[channels.eccube]: one shop made with EC-CUBE 4 and its Web API plug-in (own_shops_and_files.md §1). `shop`: a
    name for it, which never changes · `site`: the address of its front page · `open_statuses`, `shipped_statuses`: the
    ids of statuses that the shop has added itself."""

    shop: Word
    site: Site
    client_id: Word
    client_secret: Secret
    refresh_token: Secret
    locations: Locations
    webhook_secret: Annotated[Secret, Rule(judge=_long_enough)] | None = None
    open_statuses: Statuses = ()
    shipped_statuses: Statuses = ()
    orders_seconds: PollSeconds = 60.0
    lag_seconds: LagSeconds = 60.0
    look_back_days: Annotated[int, Rule(1, 730)] = 60
    maintenance: Maintenance = ()


@dataclass(frozen=True)
class Web:
    """[web]: what others may tell or ask the bridge over HTTP. Nothing listens where the section is missing."""

    host: Annotated[str, Rule(judge=_ip_address)] = "127.0.0.1"
    port: Annotated[int, Rule(1, 65535)] = 8780
    public_url: Url | None = None
    edit_secret: Annotated[Secret, Rule(judge=_long_enough)] | None = None


@dataclass(frozen=True)
class Channels:
    """[channels.*]: the malls that are connected."""

    rakuten: Rakuten | None = None
    shopify: Shopify | None = None
    amazon: Amazon | None = None
    yahoo: Yahoo | None = None
    woocommerce: WooCommerce | None = None
    colorme: ColorMe | None = None
    eccube: EcCube | None = None


@dataclass(frozen=True)
class Config:
    """A whole settings file, without a mistake."""

    bridge: Bridge
    sheet: Sheet
    channels: Channels
    web: Web | None = None


def load(path: Path, env: Mapping[str, str] = os.environ) -> Config:
    """Read and judge the settings file. Paths in it are taken from the folder it lies in. Raises ConfigError."""
    table = parse(path)
    reader = Reader(path.resolve().parent, Keys(env))
    reader.unknown("", table, [section.name for section in fields(Config)])
    bridge = reader.section(Bridge, "bridge", table.get("bridge", {}))
    if bridge is not None:
        reader.keys = Keys(env, [bridge.secrets] if bridge.secrets else [], bridge.keyring or "")
    sheet = reader.section(Sheet, "sheet", table.get("sheet", {}))
    channels = _channels(reader, reader.table("channels", table.get("channels", {})))
    web = reader.section(Web, "web", table["web"]) if "web" in table else None
    if web is not None and web.public_url is not None and channels.shopify is not None:
        _can_judge_webhooks(reader, channels.shopify)
    if reader.problems or not bridge or not sheet:
        raise ConfigError(reader.problems)
    return Config(bridge, sheet, channels, web)


@dataclass(frozen=True)
class KeyPlaces:
    """Where `bridge connect` keeps what it was told. `folder`: of secrets, None where the settings name none ·
    `ledger`: beside it lie the refresh tokens that a shop renews."""

    folder: Path | None
    ledger: Path


def place_of_keys(table: Mapping[str, Any], home: Path) -> KeyPlaces:
    """Out of a settings file that may not be finished yet. Raises ConfigError."""
    reader = Reader(home.resolve(), Keys({}))
    bridge = reader.section(Bridge, "bridge", table.get("bridge", {}))
    if bridge is None:
        raise ConfigError(reader.problems)
    return KeyPlaces(bridge.secrets, bridge.ledger)


def one_channel(name: str, table: Mapping[str, Any], path: Path) -> Any:
    """One section [channels.<name>], judged as in the settings file at `path`. Raises ConfigError."""
    reader = Reader(path.resolve().parent, Keys({}))
    channels = _channels(reader, {name: dict(table)})
    if reader.problems:
        raise ConfigError(reader.problems)
    return getattr(channels, name)


def default_of(name: str) -> dict[str, Any]:
    """The settings of a channel that have a default."""
    return {each.name: each.default for each in fields(_kind(name)) if each.default is not MISSING}


def is_secret(name: str, setting: str) -> bool:
    return "Secret" in str(get_type_hints(_kind(name)).get(setting, ""))


def _kind(name: str) -> type[Any]:
    kind: type[Any] = get_args(get_type_hints(Channels)[name])[0]
    return kind


def _channels(reader: Reader, tables: Mapping[str, Any]) -> Channels:
    hints, names = get_type_hints(Channels), [channel.name for channel in fields(Channels)]
    reader.unknown("channels.", tables, names)
    kinds: dict[str, type[Any]] = {name: get_args(hints[name])[0] for name in names if name in tables}
    judges: dict[str, Judge] = {"shopify": _one_way_in}
    found = {
        name: reader.section(kind, f"channels.{name}", tables[name], judges.get(name)) for name, kind in kinds.items()
    }
    if isinstance(tables.get("shopify"), dict):
        _one_way_to_show(reader, tables["shopify"])
    return Channels(**found)


def _one_way_in(values: Mapping[str, Any]) -> Problem | None:
    """Shopify wants a token, or an app's id and secret, never both (shopify.md §2.1)."""
    given = {name for name in ("access_token", "client_id", "client_secret") if values.get(name) is not None}
    if given in ({"access_token"}, {"client_id", "client_secret"}):
        return None
    hint = Hint(
        "access_token だけ、または client_id と client_secret の両方を書いてください。",
        "Give either access_token alone, or both client_id and client_secret.",
    )
    return Problem("channels.shopify.access_token", hint)


def _one_way_to_show(reader: Reader, table: Mapping[str, Any]) -> None:
    """Shopify shows all stock at one location, or at each its own."""
    given = {"location", "locations", "places"} & table.keys()
    if given not in ({"location", "locations"}, {"places"}):
        reader.wrong(
            f"channels.shopify.{'locations' if given == {'location'} else 'location'}",
            "location と locations の両方 (在庫を 1 つのロケーションにまとめて出す)、または places だけ"
            " (ロケーションごとに出す) を書いてください。",
            "Give both location and locations (one location shows all stock), or places alone (each location shows its"
            " own).",
        )


def _can_judge_webhooks(reader: Reader, shopify: Shopify) -> None:
    if shopify.webhook_secret is None and shopify.client_secret is None:
        reader.wrong(
            "channels.shopify.webhook_secret",
            "[web] public_url で知らせを頼むには、署名を確かめる鍵 (アプリの API シークレットキー) が必要です。",
            "To ask for webhooks by [web] public_url, the key that they are signed with is needed: the app's API secret"
            " key.",
        )
