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
from bridge.sandbox.malls.yahoo import Yahoo

_GOODS = ("緑茶", "ほうじ茶", "抹茶", "玄米茶", "和紅茶", "急須", "湯呑", "茶筅", "羊羹", "最中")
_SIZES = ("S", "M", "L")
_FIRST_SET = 90_000  # sets are numbered from here on, so that none shares a page with a product


@dataclass(frozen=True)
class Product:
    """`made_of`: SKU → units of a set; empty for one thing · `listings`: mall → its listing · `by_amazon`: the offer
    that Amazon ships from its own warehouse, and the units that lie there."""

    sku: str
    name: str
    stock: int
    hot: bool
    listings: dict[str, Listing] = field(default_factory=dict)
    made_of: dict[str, int] = field(default_factory=dict)
    by_amazon: Listing | None = None
    at_amazon: int = 0


def seed_world(
    rakuten: Rakuten,
    shopify: Shopify,
    amazon: Amazon | None = None,
    yahoo: Yahoo | None = None,
    *,
    skus: int = 200,
    hot: int = 25,
    sets: int = 0,
    stock: tuple[int, int] = (20, 60),
    hot_stock: tuple[int, int] = (2, 6),
    seed: int = 0,
) -> list[Product]:
    """Put `skus` products on sale in every mall; the first `hot` have stock enough for a few orders only. Codes have
    leading zeros, and three sizes share a page in Rakuten, as in a real shop. In `amazon` every tenth is sold from
    Amazon's own warehouse too. The first `sets` products are also sold in sets, with another thing, or by the three."""
    random = Random(seed)
    stalls = _Stalls(rakuten, shopify, amazon, yahoo)
    products = []
    for number in range(1, skus + 1):
        sku, is_hot = f"{number:05d}-{_SIZES[number % 3]}", number <= hot
        quantity = random.randint(*(hot_stock if is_hot else stock))
        name = f"{_GOODS[number % len(_GOODS)]} {_SIZES[number % 3]}"
        listings = stalls.offer(number, sku, quantity, name)
        by_amazon = None
        if amazon is not None and number % 10 == 0:
            by_amazon = amazon.add_product((f"{sku}-FBA", BY_AMAZON), f"{sku}-FBA", quantity, title=name)
        at_amazon = quantity if by_amazon else 0
        products.append(Product(sku, name, quantity, is_hot, listings, {}, by_amazon, at_amazon))
    return products + [_set(stalls, products, number) for number in range(1, sets + 1)]


def _set(stalls: _Stalls, products: list[Product], number: int) -> Product:
    """Two of one thing and one of another, or three of one: as many as can be made of what there is."""
    one, other = products[number - 1], products[-number]
    made_of = {one.sku: 3} if number % 3 == 0 else {one.sku: 2, other.sku: 1}
    stock = {one.sku: one.stock, other.sku: other.stock}
    quantity = min(stock[sku] // units for sku, units in made_of.items())
    sku, name = f"SET-{number:03d}", f"{one.name} セット"
    return Product(sku, name, quantity, one.hot, stalls.offer(_FIRST_SET + number, sku, quantity, name), made_of)


@dataclass(frozen=True)
class _Stalls:
    rakuten: Rakuten
    shopify: Shopify
    amazon: Amazon | None
    yahoo: Yahoo | None

    def offer(self, number: int, sku: str, quantity: int, name: str) -> dict[str, Listing]:
        """Put one thing on sale in every mall."""
        listings = {
            "rakuten": (f"item-{(number + 2) // 3:04d}", f"v-{number:05d}"),
            "shopify": (gid("InventoryItem", 40_000 + number), FIRST_LOCATION),
        }
        self.rakuten.add_product(listings["rakuten"], sku, quantity, title=name, restock_on_cancel=number % 2 == 0)
        self.shopify.add_product(listings["shopify"], sku, quantity, title=name)
        if self.amazon is not None:
            listings["amazon"] = self.amazon.add_product((sku, MERCHANT), sku, quantity, title=name)
        if self.yahoo is not None:
            page, sub_code = f"item-{(number + 2) // 3:04d}", f"s-{number:05d}"
            listings["yahoo"] = self.yahoo.add_product((page, sub_code), sku, quantity, title=name)
        return listings
