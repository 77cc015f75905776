"""How the bridge of a test is connected to the simulators of the malls that not every test needs."""

from __future__ import annotations

from collections.abc import Mapping

from bridge import channel_settings as settings
from bridge.sandbox.malls.amazon import Amazon
from bridge.sandbox.malls.colorme import ColorMe
from bridge.sandbox.malls.eccube import EcCube
from bridge.sandbox.malls.smaregi import Smaregi
from bridge.sandbox.malls.square import Square
from bridge.sandbox.malls.woocommerce import WooCommerce
from bridge.sandbox.malls.yahoo import Yahoo
from bridge.settings import Secret
from tests.support.world import LAG


def amazon_settings(mall: Amazon, locations: tuple[str, ...]) -> settings.Amazon:
    """A feed that is `LAG` seconds late at most, and a shop that may ask for its orders every second."""
    mall.visible_after = mall.switches.update_delay = 0.0
    mall.switches.order_search_rate = 1.0
    root = "https://sandbox/malls/amazon"
    return settings.Amazon(
        mall.seller, mall.client_id, Secret(mall.client_secret), Secret(mall.refresh_token), locations,
        base_url=root, token_url=f"{root}/auth/o2/token", lag_seconds=LAG,
    )  # fmt: skip


def yahoo_settings(mall: Yahoo, locations: tuple[str, ...], held_hours: float = 48.0) -> settings.Yahoo:
    """`held_hours`: how long a fraud review may keep an order back."""
    mall.visible_after = 0.0
    version, public_key = mall.public_key()
    return settings.Yahoo(
        shop=mall.seller_id,
        client_id=mall.client_id,
        client_secret=Secret(mall.client_secret),
        refresh_token=Secret("RT-sandbox"),
        consented_on="2026-11-23",
        public_key=Secret(public_key),
        public_key_version=version,
        public_key_expires="2027-11-23",
        locations=locations,
        held_hours=held_hours,
        base_url="https://sandbox/malls/yahoo/ShoppingWebService/V1",
        login_url="https://sandbox/malls/yahoo",
        lag_seconds=LAG,
    )


def woo_settings(mall: WooCommerce, locations: tuple[str, ...]) -> settings.WooCommerce:
    mall.visible_after = 0.0
    return settings.WooCommerce(
        shop="tea",
        site="https://sandbox/malls/woocommerce",
        consumer_key=Secret(mall.consumer_key),
        consumer_secret=Secret(mall.consumer_secret),
        locations=locations,
        webhook_secret=Secret("a-secret-of-twenty-four-letters"),
        lag_seconds=LAG,
    )


def colorme_settings(mall: ColorMe, locations: tuple[str, ...]) -> settings.ColorMe:
    mall.visible_after = 0.0
    root = "https://sandbox/malls/colorme/v1"
    return settings.ColorMe("PA00000001", Secret(mall.token), locations, base_url=root, lag_seconds=LAG)


def eccube_settings(mall: EcCube, locations: tuple[str, ...]) -> settings.EcCube:
    mall.visible_after = 0.0
    return settings.EcCube(
        shop="honten",
        site="https://sandbox/malls/eccube",
        client_id=mall.client_id,
        client_secret=Secret(mall.client_secret),
        refresh_token=Secret("cube-refresh-0"),
        locations=locations,
        lag_seconds=LAG,
    )


def smaregi_settings(till: Smaregi, places: dict[str, tuple[str, ...]]) -> settings.Smaregi:
    root = "https://sandbox/malls/smaregi"
    return settings.Smaregi(
        till.contract, till.client_id, Secret(till.client_secret), places, base_url=root, login_url=root,
        lag_seconds=LAG,
    )  # fmt: skip


def square_settings(mall: Square, places: Mapping[str, tuple[str, ...]]) -> settings.Square:
    mall.visible_after = 0.0
    return settings.Square(
        shop=mall.merchant,
        places=places,
        access_token=Secret(mall.token),
        base_url="https://sandbox/malls/square",
        lag_seconds=LAG,
    )
