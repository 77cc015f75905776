"""The settings of channels: a section of the settings file each, [channels.<name>].

Each setting is declared once, as a field with its range; `bridge.example.toml` explains them all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_type_hints

from bridge.errors import Hint
from bridge.setting_kinds import (
    ApiVersion,
    CodeShape,
    Day,
    FileProfiles,
    HostKey,
    LagSeconds,
    LocationNumber,
    Locations,
    Maintenance,
    Places,
    PollSeconds,
    SellerId,
    SharedSecret,
    Site,
    Statuses,
    TillPlaces,
    Url,
    Word,
)
from bridge.settings import Rule, Secret

FILES = "files"


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

    def changed(self, name: str, settings: Any) -> Channels:
        """With other settings of a connected channel."""
        if name in self.files:
            return replace(self, files={**self.files, name: settings})
        return replace(self, **{name: settings})

    def connected(self) -> dict[str, tuple[str, Any]]:
        """Kind and settings of each channel, by its name: its kind's, or the one that the settings give it where there
        may be several of a kind."""
        one_of = {each.name: getattr(self, each.name) for each in fields(self) if each.name != FILES}
        found = {name: (name, settings) for name, settings in one_of.items() if settings is not None}
        return found | {name: (FILES, settings) for name, settings in self.files.items()}


def default_of(kind: str) -> dict[str, Any]:
    """The settings of a kind of channel that have a default."""
    return {each.name: each.default for each in fields(kind_of(kind)) if each.default is not MISSING}


def is_secret(kind: str, setting: str) -> bool:
    return "Secret" in str(get_type_hints(kind_of(kind)).get(setting, ""))


def kind_of(name: str) -> type[Any]:
    """A section's settings: its type, or that of each of those in it."""
    types: tuple[Any, ...] = get_args(get_type_hints(Channels)[name])
    return next(each for each in types if isinstance(each, type) and is_dataclass(each))
