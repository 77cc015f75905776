"""A shop to play with: the same SKUs on sale in every mall, some of them with far too little stock."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from bridge.sandbox.malls.amazon import Amazon
from bridge.sandbox.malls.amazon.records import BY_AMAZON, MERCHANT
from bridge.sandbox.malls.mall import Listing
from bridge.sandbox.malls.rakuten import Rakuten
from bridge.sandbox.malls.shopify import Shopify
from bridge.sandbox.malls.shopify.records import gid
from bridge.sandbox.malls.shopify.shop import FIRST_LOCATION

_GOODS = ("緑茶", "ほうじ茶", "抹茶", "玄米茶", "和紅茶", "急須", "湯呑", "茶筅", "羊羹", "最中")
_SIZES = ("S", "M", "L")


@dataclass(frozen=True)
class Product:
    sku: str
    name: str
    stock: int
    hot: bool
    listings: dict[str, Listing] = field(default_factory=dict)  # mall → its listing


def seed_world(
    rakuten: Rakuten,
    shopify: Shopify,
    amazon: Amazon | None = None,
    *,
    skus: int = 200,
    hot: int = 25,
    stock: tuple[int, int] = (20, 60),
    hot_stock: tuple[int, int] = (2, 6),
    seed: int = 0,
) -> list[Product]:
    """Put `skus` products on sale in both malls; the first `hot` have stock enough for a few orders only. Codes have
    leading zeros, and three sizes share a page in Rakuten, as in a real shop. In `amazon` they are on sale too, and
    every tenth also from Amazon's own warehouse."""
    random = Random(seed)
    products = []
    for number in range(1, skus + 1):
        sku, is_hot = f"{number:05d}-{_SIZES[number % 3]}", number <= hot
        quantity = random.randint(*(hot_stock if is_hot else stock))
        name = f"{_GOODS[number % len(_GOODS)]} {_SIZES[number % 3]}"
        listings = {
            "rakuten": (f"item-{(number + 2) // 3:04d}", f"v-{number:05d}"),
            "shopify": (gid("InventoryItem", 40_000 + number), FIRST_LOCATION),
        }
        rakuten.add_product(listings["rakuten"], sku, quantity, title=name, restock_on_cancel=number % 2 == 0)
        shopify.add_product(listings["shopify"], sku, quantity, title=name)
        if amazon is not None:
            listings["amazon"] = amazon.add_product((sku, MERCHANT), sku, quantity, title=name)
            if number % 10 == 0:
                amazon.add_product((f"{sku}-FBA", BY_AMAZON), sku, quantity, title=name)
        products.append(Product(sku, name, quantity, is_hot, listings))
    return products
