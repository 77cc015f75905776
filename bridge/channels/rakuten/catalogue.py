"""What the shop has on sale under which keys (rakuten.md §3). A number for a key that is on no page of the shop is
taken all the same and moves nothing (§2.1): such a key must be noticed.

All items are searched through now and then, a few pages at each poll. What the search doesn't know, perhaps because its
index is a day behind, is asked for by itself before anything is said of it. Where neither can be asked, keys are taken
to be right: nothing here may hold a number up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bridge.channels.answers import understood
from bridge.channels.http import MallHttp, Operation
from bridge.channels.rakuten import facts
from bridge.channels.rakuten.snapshots import listing_key
from bridge.channels.rakuten.wire import MALL, RmsRefused
from bridge.clock import Clock
from bridge.domain.orders import ListingKey
from bridge.errors import Hint, NeedsPerson, Refused, TryAgain

SEARCH = Operation("items.search", "GET", "/es/2.0/items/search", "itemSearch")
SETTINGS = "/es/2.0/items/inventory-related-settings/manage-numbers"
START = "*"


@dataclass(frozen=True)
class Variant:
    """unlimited: no stock is kept of it · back_order: sells beyond its stock · special: not sold in the normal way
    (pre-order, buying club)."""

    unlimited: bool
    back_order: bool
    special: bool


class Catalogue:
    """The keys of one shop."""

    def __init__(self, http: MallHttp, clock: Clock) -> None:
        self._http, self._clock = http, clock
        self._known: dict[ListingKey, Variant] | None = None  # as the last whole search found them
        self._found: dict[ListingKey, Variant] = {}  # by the search under way
        self._mark = START
        self._pages = 0
        self._next_at = 0.0  # when the search goes on, monotonic
        self._looked_at: dict[str, tuple[float, Mapping[ListingKey, Variant]]] = {}  # items asked for by themselves

    def refresh(self) -> None:
        """Go on with the search, if it is due. Never raises: it is tried again."""
        if self._clock.monotonic() < self._next_at:
            return
        try:
            with understood(MALL):
                whole = any(self._page() for _ in range(facts.ITEM_PAGES_AT_A_TIME))
        except (TryAgain, NeedsPerson, Refused):
            self._begin_anew(facts.ITEMS_TRIED_AGAIN.total_seconds())
            return
        if whole:
            self._known = self._found
            self._begin_anew(facts.ITEMS_SEARCHED_EVERY.total_seconds())

    def missing(self, listings: Iterable[ListingKey]) -> set[ListingKey]:
        """Those of which Rakuten says that no item has them."""
        if self._known is None:
            return set()
        strange = [each for each in listings if each not in self._known]
        for number in list(dict.fromkeys(_item(each) for each in strange))[: facts.ITEMS_LOOKED_AT]:
            self._look_at(number)
        return {each for each in strange if _item(each) in self._looked_at and not self._seen(each)}

    def warnings(self, listings: Iterable[ListingKey]) -> dict[str, Hint] | None:
        """What a person must know of some listings, by their ids; None before all items were searched through."""
        if self._known is None:
            return None
        return {
            listing.id: hint
            for listing in sorted(listings)
            if (variant := self._variant(listing)) is not None and (hint := warning(variant)) is not None
        }

    def try_search(self) -> None:
        """The smallest search there is, for `check`: is the right there?"""
        self._http.call(SEARCH, query={"hits": "1"})

    def try_settings(self) -> None:
        """Ask for an item that is not there, for `check`: is the right there?"""
        self._ask("bridge-check-nothing")

    def _page(self) -> bool:
        """Take one page. True where it was the last: the same mark comes back (§3)."""
        answer = self._http.call(SEARCH, query={"hits": str(facts.ITEMS_PAGE), "cursorMark": self._mark}).json
        for each in answer["results"]:
            self._found |= variants(each["manageNumber"], each)
        self._pages += 1
        if self._pages > facts.MOST_ITEM_PAGES:
            raise ValueError("a search without an end")
        mark, self._mark = self._mark, str(answer["nextCursorMark"])
        return mark == self._mark

    def _begin_anew(self, pause: float) -> None:
        self._found, self._mark, self._pages = {}, START, 0
        self._next_at = self._clock.monotonic() + pause

    def _look_at(self, number: str) -> None:
        """Ask for one item, unless that was done lately."""
        now = self._clock.monotonic()
        if number in self._looked_at and now - self._looked_at[number][0] < facts.ITEM_LOOK_LIFE.total_seconds():
            return
        self._looked_at.pop(number, None)
        try:
            with understood(MALL):
                self._looked_at[number] = (now, self._ask(number))
        except (TryAgain, NeedsPerson, Refused):
            return

    def _ask(self, number: str) -> Mapping[ListingKey, Variant]:
        """The variants of one item, none where it doesn't exist."""
        operation = Operation("items.inventory-related-settings.get", "GET", f"{SETTINGS}/{number}", "itemSettings")
        try:
            return variants(number, self._http.call(operation).json)
        except RmsRefused as refusal:
            if any(error.code == facts.NOT_FOUND for error in refusal.errors):
                return {}
            raise

    def _seen(self, listing: ListingKey) -> Variant | None:
        _, variants = self._looked_at.get(_item(listing), (0.0, {}))
        return variants.get(listing)

    def _variant(self, listing: ListingKey) -> Variant | None:
        assert self._known is not None
        return self._known.get(listing) or self._seen(listing)


def _item(listing: ListingKey) -> str:
    return listing.id.partition("/")[0]


def variants(number: str, item: Mapping[str, Any]) -> dict[ListingKey, Variant]:
    """`variants` is an object keyed by the id; an item that was deleted may lack it (§3)."""
    return {
        listing_key(number, key): Variant(
            unlimited=item.get("unlimitedInventoryFlag") is True,
            back_order=variant.get("backOrderFlag") is True,
            special=item.get("itemType", facts.NORMAL_ITEM) != facts.NORMAL_ITEM,
        )
        for key, variant in (item.get("variants") or {}).items()
    }


def warning(variant: Variant) -> Hint | None:
    if variant.unlimited:
        return _UNLIMITED
    if variant.back_order:
        return _BACK_ORDER
    return _SPECIAL if variant.special else None


_UNLIMITED = Hint(
    "楽天で在庫数を数えない設定の商品です。数を送っても何も変わりません。RMS で在庫数を設定してください。",
    "Rakuten keeps no stock of it, so a number changes nothing. Have its stock counted in RMS.",
)
_BACK_ORDER = Hint(
    "楽天で在庫がなくても注文を受ける設定 (backOrderFlag) です。売り越しになります。",
    "Rakuten takes orders for it beyond its stock (backOrderFlag): it will oversell.",
)
_SPECIAL = Hint(
    "楽天の予約・頒布会などの商品です。申し込みの間に在庫が減るかどうか分かりません。数は人が確かめてください。",
    "A pre-order or buying-club item at Rakuten: whether applications lower its number is not known. Look after it by"
    " hand.",
)
