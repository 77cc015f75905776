"""What the shop has on sale and what it calls it, for the mapping (rakuten.md §3): all items searched through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bridge.channels.http import MallHttp
from bridge.channels.port import Listed
from bridge.channels.rakuten import facts
from bridge.channels.rakuten.catalogue import SEARCH, START, variants, warning


def pages(http: MallHttp) -> Iterator[list[Listed]]:
    """A call a page; the last one brings the same mark back (§3)."""
    mark = START
    for _ in range(facts.MOST_ITEM_PAGES):
        answer = http.call(SEARCH, query={"hits": str(facts.ITEMS_PAGE), "cursorMark": mark}).json
        yield [each for item in answer["results"] for each in _listed(item)]
        mark, before = str(answer["nextCursorMark"]), mark
        if mark == before:
            return
    raise ValueError("a search without an end")


def _listed(item: Mapping[str, Any]) -> Iterator[Listed]:
    """The system SKU number of a variant; an item without variations often has only its item number (§3)."""
    told = item.get("variants") or {}
    for (listing, variant), raw in zip(variants(item["manageNumber"], item).items(), told.values(), strict=True):
        codes = [raw.get("merchantDefinedSkuId"), item.get("itemNumber") if len(told) == 1 else None]
        yield Listed(listing, tuple(str(code) for code in codes if code), warning(variant))
