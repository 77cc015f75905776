"""Goods of ours in somebody else's warehouse, which tells by files what lies there as of a moment: that place is
brought to the count, and what we booked there since is added to it (own_shops_and_files.md §6.1 rule 8).

The same count may be taken again and again: what it changed itself is left out of what is added. A cell that got its
first number after the count keeps it until the next one: whoever typed it knew more.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from bridge.channels.warehouses import CountsAsOf, CountTaken
from bridge.domain.maintenance import current
from bridge.domain.orders import ListingKey
from bridge.domain.stock import Balance, Cause, Movement
from bridge.flows.replan import replan
from bridge.flows.shop import Shop, keep_own, keep_told
from bridge.flows.transit import count_in
from bridge.ledger.ledger import Ledger, Tx
from bridge.ledger.listings import ListingRecord
from bridge.ledger.values import iso


def take_last_count(ledger: Ledger, shop: Shop, channel: CountsAsOf) -> None:
    """Bring the place to the last count. Raises TryAgain, NeedsPerson."""
    with ledger.read() as tx:
        if current(shop.channels[channel.name].windows, tx.at):
            return
    count = channel.last_count()
    with ledger.write() as tx:
        records = tx.listings.all(channel.name)
        keep_own(tx, channel.name, records)
        if count is not None:
            keep_told(tx, channel.name, count.units)
        if count is not None and iso(count.at) > str(
            tx.get("live_at", "")
        ):  # else the column opened with less, or more
            _book(tx, shop, channel, records, count)


def _book(
    tx: Tx, shop: Shop, channel: CountsAsOf, records: Mapping[ListingKey, ListingRecord], count: CountTaken
) -> None:
    counted = _in_skus(records.values(), count.units)
    balances = tx.stock.balances(counted)
    moved_since = tx.stock.moved_at(channel.place, iso(count.at))
    opened = {each.sku for each in moved_since if each.cause is Cause.OPENING and each.on_hand}
    since = _moved(moved_since, channel, count)
    changes = {}
    for sku, units in counted.items():
        if sku in opened:
            continue
        balance, (on_hand, allocated) = balances.get((sku, channel.place), Balance()), since[sku]
        promised = balance.allocated - allocated if count.net else 0
        changes[sku] = units + promised + on_hand - balance.on_hand
    tx.stock.begin(((sku, channel.place) for sku in counted), channel.name)
    tx.stock.book(
        Movement(sku, channel.place, units, 0, Cause.COUNTED, channel.name) for sku, units in sorted(changes.items())
    )
    count_in(tx, channel.place, Counter({sku: units for sku, units in changes.items() if units > 0}))
    moved = {sku for sku, units in changes.items() if units}
    for sku in sorted(moved):
        tx.sheet.change(sku, owned_due=True)
    replan(tx, shop, moved)


def _moved(movements: Iterable[Movement], channel: CountsAsOf, count: CountTaken) -> Mapping[str, tuple[int, int]]:
    """Δ on hand and Δ allocated of each SKU since the count, less what is in the count."""
    found: defaultdict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for each in movements:
        mine = each.cause is Cause.COUNTED and each.ref == channel.name
        if not mine and not count.has(each.ref):
            on_hand, allocated = found[each.sku]
            found[each.sku] = (on_hand + each.on_hand, allocated + each.allocated)
    return found


def _in_skus(records: Iterable[ListingRecord], units: Mapping[ListingKey, int]) -> Counter[str]:
    """What was counted, by SKU; a code that no line of 出品 explains is no SKU's."""
    found: Counter[str] = Counter()
    for record in records:
        if record.key in units:
            for part in record.components:
                found[part.sku] += units[record.key] * part.units
    return found
