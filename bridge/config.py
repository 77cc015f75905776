"""The settings file: one TOML file becomes frozen dataclasses, or one error that names every mistake at once.

Each setting is declared once, as a field with its range; `bridge.example.toml` explains them all, and a test holds the
two together. A secret may come from elsewhere instead (keys.py), as ``BRIDGE_<SECTION>_<SETTING>``
(``BRIDGE_RAKUTEN_LICENSE_KEY``), and then wins over the file.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, is_dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_type_hints

from bridge.errors import Hint
from bridge.file_profiles import Profile, Tells, WrongProfile, load_profile
from bridge.keys import Keys
from bridge.setting_kinds import (
    ApiVersion,
    CodeShape,
    Day,
    FileProfiles,
    Folder,
    HostKey,
    IpAddress,
    KeyFile,
    LagSeconds,
    LocationNumber,
    Locations,
    Maintenance,
    PerMinute,
    Places,
    PollSeconds,
    SellerId,
    SharedSecret,
    Site,
    SpreadsheetId,
    Statuses,
    TillPlaces,
    TimeOfDay,
    Url,
    Word,
    Zone,
)
from bridge.settings import ConfigError, Judge, Problem, Reader, Rule, Secret, parse

__all__ = [
    "Amazon",
    "Bridge",
    "Channels",
    "ColorMe",
    "Config",
    "ConfigError",
    "EcCube",
    "Files",
    "Problem",
    "Rakuten",
    "Secret",
    "Sheet",
    "Shopify",
    "Square",
    "Web",
    "WooCommerce",
    "Yahoo",
    "load",
]


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
    license_key_expires: Day | None = None
    old_license_key: Secret | None = None
    maintenance: Maintenance = ()


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
    client_secret_expires: Day | None = None
    maintenance: Maintenance = ()


@dataclass(frozen=True)
class Yahoo:
    """[channels.yahoo]: one store on Yahoo!ショッピング (yahoo.md §1)."""

    shop: SellerId
    client_id: Word
    client_secret: Secret
    refresh_token: Secret
    consented_on: Day
    public_key: Secret
    public_key_version: Annotated[int, Rule(1, 100_000)]
    public_key_expires: Day
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
    webhook_secret: SharedSecret | None = None
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
    webhook_secret: SharedSecret | None = None
    open_statuses: Statuses = ()
    shipped_statuses: Statuses = ()
    orders_seconds: PollSeconds = 60.0
    lag_seconds: LagSeconds = 60.0
    look_back_days: Annotated[int, Rule(1, 730)] = 60
    maintenance: Maintenance = ()


@dataclass(frozen=True)
class Smaregi:
    """[channels.smaregi]: the tills of one Smaregi contract (pos.md part 1). `shop`: the contract's id · `places`: of
    each store the stock column that is its shelf."""

    shop: Word
    client_id: Word
    client_secret: Secret
    places: TillPlaces
    webhook_secret: SharedSecret | None = None
    base_url: Url = "https://api.smaregi.jp"
    login_url: Url = "https://id.smaregi.jp"
    movement_source: Literal["stock_changes", "transactions"] = "stock_changes"
    orders_seconds: PollSeconds = 15.0
    lag_seconds: LagSeconds = 60.0
    look_back_days: Annotated[int, Rule(1, 730)] = 62
    maintenance: Maintenance = ()


@dataclass(frozen=True)
class Square:
    """[channels.square]: the tills of one merchant at Square, with a personal access token or the consent given to an
    application (pos.md §2.1). `shop`: the merchant's id · `places`: the stock column of each location · `webhook_url`:
    the address as it is registered there."""

    shop: Word
    places: TillPlaces
    access_token: Secret | None = None
    client_id: Word | None = None
    client_secret: Secret | None = None
    refresh_token: Secret | None = None
    webhook_key: Secret | None = None
    webhook_url: Url | None = None
    base_url: Url = "https://connect.squareup.com"
    orders_seconds: PollSeconds = 30.0
    lag_seconds: LagSeconds = 30.0
    look_back_days: Annotated[int, Rule(4, 365)] = 62
    maintenance: Maintenance = ()


@dataclass(frozen=True)
class Files:
    """[channels.files.<name>]: one partner who is reached by files (own_shops_and_files.md §6), as often as there are
    partners. `shop`: a name for it, which never changes · `place`: the stock column that it counts."""

    shop: Word
    profiles: FileProfiles
    locations: Locations
    folder: Path | None = None
    sftp_host: Word | None = None
    sftp_port: Annotated[int, Rule(1, 65535)] = 22
    sftp_host_key: HostKey | None = None
    sftp_user: Word | None = None
    sftp_password: Secret | None = None
    sftp_key: Secret | None = None
    sftp_folder: Annotated[str, Rule()] = "."
    place: Annotated[str, Rule()] | None = None
    quarantine: Path = Path("var/quarantine")
    code_shape: CodeShape | None = None
    waiting_hours: Annotated[float, Rule(0.1, 720)] = 6.0
    orders_seconds: PollSeconds = 60.0
    lag_seconds: LagSeconds = 60.0
    look_back_days: Annotated[int, Rule(1, 730)] = 60
    maintenance: Maintenance = ()


@dataclass(frozen=True)
class Web:
    """[web]: what others may tell or ask the bridge over HTTP. Nothing listens where the section is missing."""

    host: IpAddress = "127.0.0.1"
    port: Annotated[int, Rule(1, 65535)] = 8780
    public_url: Url | None = None
    edit_secret: SharedSecret | None = None


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
    smaregi: Smaregi | None = None
    square: Square | None = None
    files: Mapping[str, Files] = field(default_factory=dict)

    def connected(self) -> dict[str, tuple[str, Any]]:
        """Kind and settings of each channel, by its name: its kind's, or the one that the settings give it where there
        may be several of a kind."""
        one_of = {each.name: getattr(self, each.name) for each in fields(self) if each.name != FILES}
        found = {name: (name, settings) for name, settings in one_of.items() if settings is not None}
        return found | {name: (FILES, settings) for name, settings in self.files.items()}


@dataclass(frozen=True)
class Config:
    """A whole settings file, without a mistake."""

    bridge: Bridge
    sheet: Sheet
    channels: Channels
    web: Web | None = None


FILES = "files"
_NO_NAMES = ("sheet", "hand", "bridge")  # senders and books that are no channel


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


def one_channel(section: str, table: Mapping[str, Any], path: Path) -> Any:
    """One section [channels.<section>], judged as in the settings file at `path`. Raises ConfigError."""
    reader = Reader(path.resolve().parent, Keys({}))
    kind, _, name = section.partition(".")
    channels = _channels(reader, {kind: {name: dict(table)} if name else dict(table)})
    if reader.problems:
        raise ConfigError(reader.problems)
    return channels.connected()[name or kind][1]


def default_of(kind: str) -> dict[str, Any]:
    """The settings of a kind of channel that have a default."""
    return {each.name: each.default for each in fields(_kind(kind)) if each.default is not MISSING}


def is_secret(kind: str, setting: str) -> bool:
    return "Secret" in str(get_type_hints(_kind(kind)).get(setting, ""))


def _kind(name: str) -> type[Any]:
    """A section's settings: its type, or that of each of those in it."""
    types: tuple[Any, ...] = get_args(get_type_hints(Channels)[name])
    return next(each for each in types if isinstance(each, type) and is_dataclass(each))


def _channels(reader: Reader, tables: Mapping[str, Any]) -> Channels:
    hints, names = get_type_hints(Channels), [channel.name for channel in fields(Channels)]
    reader.unknown("channels.", tables, names)
    kinds: dict[str, type[Any]] = {name: get_args(hints[name])[0] for name in names if name in tables}
    judges: dict[str, Judge] = {"shopify": _one_way_in, "square": _one_way_into_square}
    found = {
        name: reader.section(kind, f"channels.{name}", tables[name], judges.get(name))
        for name, kind in kinds.items()
        if name != FILES
    }
    if isinstance(tables.get("shopify"), dict):
        _one_way_to_show(reader, tables["shopify"])
    return Channels(**found, files=_files(reader, reader.table(f"channels.{FILES}", tables.get(FILES, {})), names))


def _files(reader: Reader, tables: Mapping[str, Any], taken: Sequence[str]) -> dict[str, Files]:
    """Every partner who is reached by files, under a name of its own."""
    found: dict[str, Files] = {}
    for name, table in tables.items():
        section = f"channels.{FILES}.{name}"
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or name in (*taken, *_NO_NAMES):
            reader.wrong(
                section,
                "小文字の英数字と「_」で、ほかのチャネルと違う名前にしてください。",
                "Give it a name of small letters, digits and _, unlike any other channel's.",
            )
            continue
        settings = reader.section(Files, section, table, partial(_one_way_to_files, section))
        if settings is not None:
            profiles = [each for each in (_profile(reader, section, one) for one in settings.profiles) if each]
            _fit_together(reader, section, settings, profiles)
            own = (str(reader.folder / each) if each.endswith(".toml") else each for each in settings.profiles)
            found[name] = replace(settings, profiles=tuple(own), quarantine=settings.quarantine / name)
    return found


def _profile(reader: Reader, section: str, name: str) -> Profile | None:
    try:
        return load_profile(name, reader.folder)
    except WrongProfile as wrong:
        reader.problems.append(Problem(f"{section}.profiles", wrong.hint))
        return None


def _one_way_to_files(section: str, values: Mapping[str, Any]) -> Problem | None:
    """A folder of this machine, or an SFTP server with the key that it is known by and one way in."""
    sftp = {name for name in values if name.startswith("sftp_") and values[name] is not None}
    ways = sftp & {"sftp_password", "sftp_key"}
    if values.get("folder") is not None and not sftp & {"sftp_host", "sftp_host_key", "sftp_user", *ways}:
        return None
    needed = {"sftp_host", "sftp_host_key", "sftp_user"} <= sftp and len(ways) == 1
    if needed and values.get("folder") is None:
        return None
    hint = Hint(
        "folder だけ、または sftp_host・sftp_host_key・sftp_user と、sftp_password か sftp_key を書いてください。",
        "Give folder alone, or sftp_host, sftp_host_key, sftp_user and either sftp_password or sftp_key.",
    )
    return Problem(f"{section}.folder", hint)


def _fit_together(reader: Reader, section: str, settings: Files, profiles: Sequence[Profile]) -> None:
    if sum(each.out for each in profiles) > 1:
        reader.wrong(
            f"{section}.profiles",
            "送るプロファイルは 1 つのチャネルに 1 つだけにしてください。",
            "One channel sends by one profile only.",
        )
    if any(each.tells is Tells.STOCK for each in profiles) != (settings.place is not None):
        reader.wrong(
            f"{section}.place",
            "在庫ファイルを受け取るチャネルにだけ、そこで数える在庫の場所（在庫表の列の名前）を書いてください。",
            "Write the stock column that it counts where a stock file comes in, and only there.",
        )


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


def _one_way_into_square(values: Mapping[str, Any]) -> Problem | None:
    """A personal access token, or a consent with the application it was given to, never both (pos.md §2.1); and a
    webhook is judged by its key together with its address."""
    consent = {"client_id", "client_secret", "refresh_token"}
    given = {name for name in ("access_token", *consent) if values.get(name) is not None}
    if given not in ({"access_token"}, consent):
        hint = Hint(
            "access_token だけ、または client_id・client_secret・refresh_token の 3 つを書いてください。",
            "Give either access_token alone, or client_id, client_secret and refresh_token.",
        )
        return Problem("channels.square.access_token", hint)
    if (values.get("webhook_key") is None) != (values.get("webhook_url") is None):
        hint = Hint(
            "webhook_key と webhook_url は両方書くか、どちらも書かないでください。署名は URL も含みます。",
            "Give both webhook_key and webhook_url, or neither: the signature covers the address.",
        )
        return Problem("channels.square.webhook_url", hint)
    return None


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
