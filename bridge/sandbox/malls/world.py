"""A shop to play with: the same SKUs on sale in every mall, some of them with far too little stock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from random import Random

from bridge.sandbox.malls.amazon import Amazon
from bridge.sandbox.malls.amazon.records import BY_AMAZON
from bridge.sandbox.malls.mall import Listing, Mall
from bridge.sandbox.malls.stalls import OFFERS, Goods

_GOODS = ("緑茶", "ほうじ茶", "抹茶", "玄米茶", "和紅茶", "急須", "湯呑", "茶筅", "羊羹", "最中")
_SIZES = ("S", "M", "L")
_FIRST_SET = 90_000  # sets are numbered from here on, so that none shares a page with a product


@dataclass(frozen=True)
class Product:
    """`stock`: units in all · `made_of`: SKU → units of a set; empty for one thing · `listings`: mall or till → its
    listing · `at_tills`: till → units of `stock` that lie on its shelf · `by_amazon`: the offer that Amazon ships from
    its own warehouse, and the units that lie there."""

    sku: str
    name: str
    stock: int
    hot: bool
    listings: dict[str, Listing] = field(default_factory=dict)
    made_of: dict[str, int] = field(default_factory=dict)
    by_amazon: Listing | None = None
    at_amazon: int = 0
    at_tills: dict[str, int] = field(default_factory=dict)


def seed_world(
    malls: Iterable[Mall],
    *,
    skus: int = 200,
    hot: int = 25,
    sets: int = 0,
    stock: tuple[int, int] = (20, 60),
    hot_stock: tuple[int, int] = (2, 6),
    every: Mapping[str, int] | None = None,
    seed: int = 0,
) -> list[Product]:
    """Put `skus` products on sale in each of `malls`; the first `hot` have stock enough for a few orders only. Codes
    have leading zeros, and three sizes share a page in Rakuten, as in a real shop. At Amazon every tenth is sold from
    Amazon's own warehouse too. The first `sets` products are also sold in sets, with another thing, or by the three.
    A till has what lies on its shelf, and no sets. `every`: mall → n, of one that sells each n-th thing only."""
    random = Random(seed)
    stalls = _Stalls(tuple(malls), every or {})
    amazon = next((mall for mall in stalls.malls if isinstance(mall, Amazon)), None)
    products = []
    for number in range(1, skus + 1):
        sku, is_hot = f"{number:05d}-{_SIZES[number % 3]}", number <= hot
        quantity = random.randint(*(hot_stock if is_hot else stock))
        name = f"{_GOODS[number % len(_GOODS)]} {_SIZES[number % 3]}"
        goods = Goods(number, sku, name, quantity)
        shelves = stalls.shelves(goods)
        listings = stalls.offer(goods) | stalls.lay_out(goods, shelves)
        by_amazon = None
        if amazon is not None and number % 10 == 0:
            by_amazon = amazon.add_product((f"{sku}-FBA", BY_AMAZON), f"{sku}-FBA", quantity, title=name)
        at_amazon = quantity if by_amazon else 0
        products.append(Product(sku, name, quantity, is_hot, listings, {}, by_amazon, at_amazon, shelves))
    return products + [_set(stalls, products, number) for number in range(1, sets + 1)]


def _set(stalls: _Stalls, products: list[Product], number: int) -> Product:
    """Two of one thing and one of another, or three of one: as many as can be made of what there is."""
    one, other = products[number - 1], products[-number]
    made_of = {one.sku: 3} if number % 3 == 0 else {one.sku: 2, other.sku: 1}
    stock = {one.sku: one.stock, other.sku: other.stock}
    quantity = min(stock[sku] // units for sku, units in made_of.items())
    goods = Goods(_FIRST_SET + number, f"SET-{number:03d}", f"{one.name} セット", quantity)
    return Product(goods.sku, goods.name, quantity, one.hot, stalls.offer(goods), made_of)


@dataclass(frozen=True)
class _Stalls:
    malls: tuple[Mall, ...]
    every: Mapping[str, int]

    def offer(self, goods: Goods) -> dict[str, Listing]:
        """Put one thing on sale in every mall."""
        shops = [mall for mall in self.malls if not mall.over_the_counter]
        here = [mall for mall in shops if goods.number % self.every.get(mall.name, 1) == 0]
        return {mall.name: OFFERS[mall.name](mall, goods) for mall in here}

    def shelves(self, goods: Goods) -> dict[str, int]:
        """Units of it on the shelf of each till: a quarter, a half, three quarters of what is left, or none."""
        found, left = dict[str, int](), goods.stock
        for number, till in enumerate(mall for mall in self.malls if mall.over_the_counter):
            found[till.name] = left * ((goods.number + number) % 4) // 4
            left -= found[till.name]
        return found

    def lay_out(self, goods: Goods, shelves: Mapping[str, int]) -> dict[str, Listing]:
        """Put one thing on the shelves of the tills."""
        tills = [mall for mall in self.malls if mall.over_the_counter]
        return {till.name: OFFERS[till.name](till, replace(goods, stock=shelves[till.name])) for till in tills}
