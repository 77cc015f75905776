"""Where the demo's seller sells: what each mall, shop, till and partner is called, and what the settings say of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bridge.clock import JST
from bridge.demo.panel import MALLS

AMAZON_LOOK = 2.0  # seconds between two looks at its orders
OWN_LOOK = 2.0  # the same at a shop of one's own, which takes a few calls a second
TAKER, WAREHOUSE = "aupay", "warehouse"  # the partners who are reached by files: a mall, and a warehouse

Section = Mapping[str, Any]
"""Settings of one channel, by name."""


@dataclass(frozen=True)
class Place:
    """What a section needs to know beside its keys. `address`: of the simulator · `shelves`: the stock columns that a
    mall sells from · `folder`: of a partner who is reached by files · `quarantine`: of what doesn't fit."""

    address: str
    shelves: Sequence[str]
    folder: Path
    quarantine: Path


@dataclass(frozen=True)
class Stall:
    """One channel. `listing_id`: as 出品ID wants it, of the simulator's own key · `settings`: its section, of its keys
    · `slow`: seconds that a sale may wait longer, where it allows few calls or is asked seldom · `shelf`: the one stock
    column whose number it shows or counts, "" where it shows what is free."""

    title: str
    listing_id: Callable[[Sequence[str]], str]
    settings: Callable[[Place, Mapping[str, Any]], Section]
    slow: float = 0.0
    shelf: str = ""


def _slashed(listing: Sequence[str]) -> str:
    return "/".join(part for part in listing if part)


def _last_parts(listing: Sequence[str]) -> str:
    """Shopify's gids end in numbers."""
    return "@".join(part.rsplit("/", 1)[-1] for part in listing)


def _first(listing: Sequence[str]) -> str:
    return listing[0]


def _mall(place: Place, **section: Any) -> Section:
    return {"shop": "sandbox", "locations": place.shelves, "base_url": place.address, "orders_seconds": 1, **section}


def _rakuten(place: Place, _keys: Mapping[str, Any]) -> Section:
    return _mall(place, service_secret="SP123456_sandbox", license_key="SL123456_sandbox")


def _shopify(place: Place, keys: Mapping[str, Any]) -> Section:
    return _mall(
        place,
        shop="sandbox.myshopify.com",
        location=keys["location"],
        access_token="shpat_sandbox",
        webhook_secret="sandbox-secret",
    )


def _amazon(place: Place, keys: Mapping[str, Any]) -> Section:
    token_url = f"{place.address}/auth/o2/token"
    return _mall(place, **keys, token_url=token_url, orders_seconds=AMAZON_LOOK, fba_seconds=5)


def _yahoo(place: Place, keys: Mapping[str, Any]) -> Section:
    today = datetime.now(JST).date()
    return _mall(
        place,
        **keys,
        consented_on=f"{today}",
        public_key_expires=f"{today + timedelta(days=365)}",
        held_hours=0,  # the fraud review hides no order in this demo
        base_url=f"{place.address}/ShoppingWebService/V1",
        login_url=place.address,
    )


def _own_shop(place: Place, keys: Mapping[str, Any]) -> Section:
    mine = {"shop": "honten", "site": place.address, "locations": place.shelves, "orders_seconds": OWN_LOOK}
    return {**mine, **keys}


def _colorme(place: Place, keys: Mapping[str, Any]) -> Section:
    return _mall(place, **keys, shop="PA00000001", base_url=f"{place.address}/v1", orders_seconds=2 * OWN_LOOK)


def _smaregi(place: Place, keys: Mapping[str, Any]) -> Section:
    urls = {"base_url": place.address, "login_url": place.address}
    return {**keys, **urls, "places": {"1": (STALLS["smaregi"].shelf,)}, "orders_seconds": OWN_LOOK}


def _square(place: Place, keys: Mapping[str, Any]) -> Section:
    shelf = STALLS["square"].shelf
    return {**keys, "base_url": place.address, "places": {"LSANDBOX1": (shelf,)}, "orders_seconds": OWN_LOOK}


def _by_files(place: Place, shop: str, profiles: Sequence[str], locations: Sequence[str]) -> Section:
    folders = {"folder": f"{place.folder}", "quarantine": f"{place.quarantine}"}
    return {"shop": shop, "profiles": profiles, "locations": locations, **folders, "orders_seconds": 1}


def _taker(place: Place, _keys: Mapping[str, Any]) -> Section:
    return _by_files(place, "aupay-shop", ("aupay_stock",), place.shelves)


def _warehouse(place: Place, _keys: Mapping[str, Any]) -> Section:
    shelf, profiles = STALLS[WAREHOUSE].shelf, ("3pl_stock", "3pl_shipments", "3pl_changes")
    return {**_by_files(place, "soko", profiles, (shelf,)), "place": shelf}


# Amazon takes five listings a second and is asked for orders every 2 s, Yahoo takes a call in 1.1 s: so much longer may
# either keep a sale waiting, behind some twenty listings or ten calls. Color Me takes 1.6 calls a second, and a number
# each; files wait to be whole (2 s), and to be taken.
STALLS: Mapping[str, Stall] = {
    "rakuten": Stall("楽天", _slashed, _rakuten),
    "shopify": Stall("Shopify", _last_parts, _shopify),
    "amazon": Stall("Amazon", _first, _amazon, slow=6.0),
    "yahoo": Stall("Yahoo!", lambda listing: ":".join(listing), _yahoo, slow=12.0),
    "woocommerce": Stall("Woo", _slashed, _own_shop, slow=4.0),
    "colorme": Stall("カラーミー", _slashed, _colorme, slow=14.0),
    "eccube": Stall("EC-CUBE", _first, _own_shop, slow=4.0),
    "smaregi": Stall("スマレジ", "@".join, _smaregi, slow=4.0, shelf="渋谷店"),
    "square": Stall("Square", "@".join, _square, slow=4.0, shelf="新宿店"),
    TAKER: Stall("au PAY", _first, _taker, slow=8.0),
    WAREHOUSE: Stall("外部倉庫", _first, _warehouse, slow=6.0, shelf="外部倉庫"),
}
PARTNERS = (TAKER, WAREHOUSE)


@dataclass(frozen=True)
class Plan:
    """Where everything is sold, and how much of it. `stalls`: the channels · `shelves`: the stock columns that sell
    · `sets`: made of the `skus`, `hot` of which have far too little stock · `every`, `crowds`: as the sandbox's world
    and shoppers have them · `rate`: orders tried a second."""

    stalls: tuple[str, ...]
    shelves: tuple[str, ...]
    skus: int
    sets: int
    hot: int
    rate: float
    crowds: Mapping[str, float]
    every: Mapping[str, int] = field(default_factory=dict)

    @property
    def simulated(self) -> tuple[str, ...]:
        """Those that the sandbox stands for."""
        return tuple(name for name in self.stalls if name not in PARTNERS)

    @property
    def by_files(self) -> tuple[str, ...]:
        return tuple(name for name in self.stalls if name in PARTNERS)

    @property
    def counted_by_staff(self) -> tuple[str, ...]:
        """Whoever keeps the warehouse counts it."""
        return tuple(column for column in self.shelves if column != STALLS[WAREHOUSE].shelf)

    @property
    def slow(self) -> Mapping[str, float]:
        return {name: STALLS[name].slow for name in self.stalls if STALLS[name].slow}


YAHOO_CROWD = 0.15  # as many buyers as a store may have whose every order takes some of the one call a second
COLORME_EVERY = 8  # a shop that takes 1.6 calls a second, and a number each, keeps in step with so large a part
FOUR = Plan(MALLS, ("本社倉庫", "渋谷店"), skus=300, sets=20, hot=60, rate=3.8, crowds={"yahoo": YAHOO_CROWD})
ALL = Plan(
    tuple(STALLS),
    ("本社倉庫", "渋谷店", "新宿店", "外部倉庫"),
    skus=120,
    sets=10,
    hot=50,
    rate=3.2,
    crowds={"yahoo": YAHOO_CROWD, "smaregi": 0.6, "square": 0.6},
    every={"colorme": COLORME_EVERY},
)
PLANS: Mapping[str, Plan] = {"four": FOUR, "all": ALL}
