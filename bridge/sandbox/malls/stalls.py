"""How each mall and till puts one thing on sale, and the keys that its pages show to whoever connects it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bridge.sandbox.malls.amazon import Amazon
from bridge.sandbox.malls.amazon.records import MERCHANT
from bridge.sandbox.malls.colorme import ColorMe
from bridge.sandbox.malls.eccube import EcCube
from bridge.sandbox.malls.mall import Listing
from bridge.sandbox.malls.rakuten import Rakuten
from bridge.sandbox.malls.shopify import Shopify
from bridge.sandbox.malls.shopify.records import gid
from bridge.sandbox.malls.shopify.shop import FIRST_LOCATION
from bridge.sandbox.malls.smaregi import Smaregi
from bridge.sandbox.malls.square import Square
from bridge.sandbox.malls.square.shop import FIRST_PLACE
from bridge.sandbox.malls.woocommerce import WooCommerce
from bridge.sandbox.malls.yahoo import Yahoo

FIRST_STORE = "1"  # of Smaregi


@dataclass(frozen=True)
class Goods:
    """One thing for sale. `number`: of its own, from 1 on · `stock`: units that the stall shows."""

    number: int
    sku: str
    name: str
    stock: int

    @property
    def page(self) -> str:
        """Three sizes share one."""
        return f"item-{(self.number + 2) // 3:04d}"


def _rakuten(mall: Rakuten, goods: Goods) -> Listing:
    listing = (goods.page, f"v-{goods.number:05d}")
    restock = goods.number % 2 == 0
    return mall.add_product(listing, goods.sku, goods.stock, title=goods.name, restock_on_cancel=restock)


def _shopify(mall: Shopify, goods: Goods) -> Listing:
    listing = (gid("InventoryItem", 40_000 + goods.number), FIRST_LOCATION)
    return mall.add_product(listing, goods.sku, goods.stock, title=goods.name)


def _amazon(mall: Amazon, goods: Goods) -> Listing:
    return mall.add_product((goods.sku, MERCHANT), goods.sku, goods.stock, title=goods.name)


def _yahoo(mall: Yahoo, goods: Goods) -> Listing:
    return mall.add_product((goods.page, f"s-{goods.number:05d}"), goods.sku, goods.stock, title=goods.name)


def _woocommerce(mall: WooCommerce, goods: Goods) -> Listing:
    return mall.add_product((str(50_000 + goods.number), ""), goods.sku, goods.stock, title=goods.name)


def _colorme(mall: ColorMe, goods: Goods) -> Listing:
    return mall.add_product((str(60_000 + goods.number), ""), goods.sku, goods.stock, title=goods.name)


def _eccube(mall: EcCube, goods: Goods) -> Listing:
    return mall.add_product((goods.sku, str(goods.number)), goods.name, goods.stock)


def _smaregi(till: Smaregi, goods: Goods) -> Listing:
    return till.add_product((str(70_000 + goods.number), FIRST_STORE), goods.sku, goods.stock, title=goods.name)


def _square(till: Square, goods: Goods) -> Listing:
    return till.add_product((f"VAR{goods.number:05d}", FIRST_PLACE), goods.sku, goods.stock, title=goods.name)


OFFERS: Mapping[str, Callable[[Any, Goods], Listing]] = {
    "rakuten": _rakuten,
    "shopify": _shopify,
    "amazon": _amazon,
    "yahoo": _yahoo,
    "woocommerce": _woocommerce,
    "colorme": _colorme,
    "eccube": _eccube,
    "smaregi": _smaregi,
    "square": _square,
}
"""By name: put it on sale there."""


def _keys_of_amazon(mall: Amazon) -> dict[str, Any]:
    """As Seller Central and the developer's console show them."""
    return {
        "shop": mall.seller,
        "client_id": mall.client_id,
        "client_secret": mall.client_secret,
        "refresh_token": mall.refresh_token,
    }


def _keys_of_yahoo(mall: Yahoo) -> dict[str, Any]:
    version, public_key = mall.public_key()
    return {
        "shop": mall.seller_id,
        "client_id": mall.client_id,
        "client_secret": mall.client_secret,
        "refresh_token": mall.state.consents[-1].refresh_token,
        "public_key": public_key,
        "public_key_version": version,
    }


def _keys_of_woocommerce(mall: WooCommerce) -> dict[str, Any]:
    return {"consumer_key": mall.consumer_key, "consumer_secret": mall.consumer_secret}


def _keys_of_colorme(mall: ColorMe) -> dict[str, Any]:
    return {"access_token": mall.token}


def _keys_of_eccube(mall: EcCube) -> dict[str, Any]:
    *_, refresh_token = mall.state.refresh
    return {"client_id": mall.client_id, "client_secret": mall.client_secret, "refresh_token": refresh_token}


def _keys_of_smaregi(till: Smaregi) -> dict[str, Any]:
    return {"shop": till.contract, "client_id": till.client_id, "client_secret": till.client_secret}


def _keys_of_square(till: Square) -> dict[str, Any]:
    return {"shop": till.merchant, "access_token": till.token}


def _keys_of_shopify(_mall: Shopify) -> dict[str, Any]:
    return {"location": FIRST_LOCATION.rsplit("/", 1)[-1]}


KEYS: Mapping[str, Callable[[Any], dict[str, Any]]] = {
    "shopify": _keys_of_shopify,
    "amazon": _keys_of_amazon,
    "yahoo": _keys_of_yahoo,
    "woocommerce": _keys_of_woocommerce,
    "colorme": _keys_of_colorme,
    "eccube": _keys_of_eccube,
    "smaregi": _keys_of_smaregi,
    "square": _keys_of_square,
}
"""By name: what a person would copy from its pages into the settings. The others' are the same in every sandbox."""
