"""What the store has on sale, for the mapping (yahoo.md §4): no call lists all of it, so items are asked for by the
first sign of their codes, and those with sub-codes one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bridge.channel_settings import Yahoo
from bridge.channels.answers import whole
from bridge.channels.batches import cut
from bridge.channels.port import Listed
from bridge.channels.yahoo import facts
from bridge.channels.yahoo.snapshots import listing_key
from bridge.channels.yahoo.stock import OVERDRAFT, STOCK_UNLIMITED, Row, Stock
from bridge.channels.yahoo.wire import GET_ITEM, MY_ITEM_LIST, Wire, YahooRefused
from bridge.channels.yahoo.xmltext import Node, nodes, text
from bridge.domain.orders import ListingKey
from bridge.errors import Hint


def pages(settings: Yahoo, wire: Wire, stock: Stock) -> Iterator[Sequence[Listed]]:
    """A call a page: most are empty."""
    for items in _items(settings, wire):
        keys: list[ListingKey] = []
        for item in items:
            code = text(item, "ItemCode")
            if text(item, "HasSubCode") == "1":
                keys += [listing_key(code, sub_code) for sub_code in _sub_codes(settings, wire, code)]
                yield []
            else:
                keys.append(listing_key(code, ""))
        for batch in cut(keys, facts.STOCK_BATCH):
            rows = stock.rows(batch)
            yield [Listed(key, _codes(key), _trap(rows.get(key))) for key in batch]


def _items(settings: Yahoo, wire: Wire) -> Iterator[Sequence[Node]]:
    for prefix in facts.ITEM_PREFIXES:
        start, available = 1, 1
        while start <= available:
            query = {"seller_id": settings.shop, "query": prefix, "start": str(start), "results": str(facts.ITEMS_PAGE)}
            [found] = nodes(wire.stock.call(MY_ITEM_LIST, query=query).json, "ResultSet")
            items = nodes(found, "Result")
            yield items
            available = whole(text(found, "@totalResultsAvailable"))
            start += len(items)
            if start > facts.MOST_ITEMS or (not items and start <= available):
                raise ValueError("a list without an end")


def _sub_codes(settings: Yahoo, wire: Wire, code: str) -> list[str]:
    """None where the item is gone by now."""
    try:
        answer = wire.stock.call(GET_ITEM, query={"seller_id": settings.shop, "item_code": code})
    except YahooRefused as refusal:
        if refusal.code == facts.NO_SUCH_ITEM:
            return []
        raise
    return [text(each, "@code") for each in nodes(answer.json, "ResultSet", "Result", "SubCodes", "SubCode")]


def _codes(listing: ListingKey) -> tuple[str, ...]:
    """The code that stock is kept under, or the sub-code alone, which other items may have too."""
    _, _, sub_code = listing.id.partition(":")
    return (listing.id, sub_code) if sub_code else (listing.id,)


def _trap(row: Row | None) -> Hint | None:
    if row is None:
        return None
    if row.overdraft == "1":
        return OVERDRAFT
    return STOCK_UNLIMITED if row.quantity == facts.UNLIMITED else None
