"""Goods in a channel's own warehouse (FBA): a location that the channel counts, and that is read and never written.

What it ships from there is its own affair: such an order takes nothing off our shelves, and its offers are sent no
number. 出品 names what they are made of; so Amazon's count becomes a column of 在庫表.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from bridge.channels.port import CountsStock
from bridge.domain.maintenance import current
from bridge.domain.orders import ListingKey
from bridge.domain.stock import Cause, Movement
from bridge.flows.replan import replan
from bridge.flows.shop import Shop, counted_units, has_counted, keep_counted, listing_name, ships_itself
from bridge.flows.transit import count_in
from bridge.ledger.ledger import Ledger, Tx
from bridge.ledger.listings import ListingRecord
from bridge.sheet.texts import both


@dataclass(frozen=True)
class Count:
    """What a channel counted. `units`: by listing, the last number of one that it doesn't tell any more · `own`: those
    that the channel ships itself."""

    units: Mapping[ListingKey, int]
    own: Set[ListingKey]


def take_count(ledger: Ledger, shop: Shop, channel: CountsStock) -> None:
    """Read what lies in the channel's warehouse, and book it. Raises TryAgain, NeedsPerson."""
    with ledger.read() as tx:
        if current(shop.channels[channel.name].windows, tx.at):
            return
        known = counted_units(tx, channel.name)
    units = {**known, **channel.counted()}
    own = channel.fulfils(sorted(units))
    with ledger.write() as tx:
        book_count(tx, shop, channel.name, Count(units, own))


def book_count(tx: Tx, shop: Shop, channel: str, count: Count) -> None:
    """Bring the location to what was counted. Harmless to repeat."""
    location = shop.channels[channel].counts_at
    before, records = ships_itself(tx, channel), tx.listings.all(channel)
    mine = [record for key, record in records.items() if key in count.own]
    risen = _risen(tx, channel, mine, count.units)
    keep_counted(tx, channel, count.units, count.own)
    lying = Counter({sku: b.on_hand for (sku, at), b in tx.stock.balances().items() if at == location})
    counted = _in_skus(mine, count.units)
    tx.stock.book(
        Movement(sku, location, counted[sku] - lying[sku], 0, Cause.COUNTED, channel)
        for sku in sorted({*counted, *lying})
    )
    count_in(tx, location, risen)
    turned = {key: records[key] for key in before ^ set(count.own) if key in records}  # ours to ship now, or not now
    tx.listings.put(replace(record, refused="", refused_quantity=None) for record in turned.values())
    for key in turned:
        tx.questions.settle("refused", listing_name(key), both("results", "settled itself"))
    replan(tx, shop, {part.sku for record in turned.values() for part in record.components})


def recount(tx: Tx, shop: Shop) -> None:
    """The same from what was counted last: everything was opened anew, or 出品 says what other things are made of."""
    for name, facts in shop.channels.items():
        if facts.counts_at and has_counted(tx, name):
            book_count(tx, shop, name, Count(counted_units(tx, name), ships_itself(tx, name)))


def _risen(tx: Tx, channel: str, records: Sequence[ListingRecord], units: Mapping[ListingKey, int]) -> Counter[str]:
    """Units that are counted more of than the last time, by SKU. Neither the first count nor another reading of 出品 is
    a rise."""
    if not has_counted(tx, channel):
        return Counter()
    return _in_skus(records, units) - _in_skus(records, Counter(counted_units(tx, channel)))


def _in_skus(records: Iterable[ListingRecord], units: Mapping[ListingKey, int]) -> Counter[str]:
    found: Counter[str] = Counter()
    for record in records:
        for part in record.components:
            found[part.sku] += units[record.key] * part.units
    return found
