"""Wanted quantities follow from the facts, in the facts' own transaction."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bridge.domain.availability import sellable, sellable_at, wanted
from bridge.domain.edit_book import Standing
from bridge.domain.orders import ListingKey
from bridge.domain.push import gap
from bridge.domain.rules import WHOLE, Halt, shown
from bridge.domain.stock import Balance
from bridge.flows.shop import Places, Shop, decided_of_gone, listing_name, places, ships_itself
from bridge.flows.stopped import halt_of, off_sale
from bridge.ledger.ledger import Tx
from bridge.ledger.listings import ListingRecord
from bridge.ledger.sheet import SkuRecord

Held = Counter[tuple[str, str]]
"""Units of one SKU that are held back, by the channel and the place in it where they were or may have been sold."""


def replan(tx: Tx, shop: Shop, skus: Iterable[str]) -> None:
    """Bring what every listing made of `skus` should show up to date. A rise remembers when it was justified."""
    touched = set(skus)
    if not touched:
        return
    mine = tx.listings.touching(touched)
    parts = {component.sku for record in mine.values() for component in record.components}
    others = tx.listings.touching(parts - touched) if parts - touched else {}
    known = {**mine, **others}
    by_sku = tx.stock.by_sku(parts)
    held = _held(shop, known.values())
    records = tx.sheet.skus()
    gone = {sku for sku in parts if sku in records and _gone(tx, records[sku])}
    where, decided = places(tx), decided_of_gone(tx)
    percents = _percents(tx, (record for key, record in known.items() if _shares(shop, key)))
    not_ours = {key for name, facts in shop.channels.items() if facts.counts_at for key in ships_itself(tx, name)}
    changed = []
    for key, record in sorted(mine.items()):
        facts = shop.channels.get(key.channel)
        if facts is None:
            continue
        free = {
            part.sku: _sellable(
                shop,
                record.key,
                where,
                by_sku[part.sku],
                records.get(part.sku),
                held[part.sku] - Counter({_at(shop, key): record.reserve * part.units}),  # the others hold it back
            )
            if part.sku not in gone
            else 0
            for part in record.components
        }
        made = None if key in not_ours else wanted(record.components, free, facts.max_quantity)
        planned = made
        if made is not None and not facts.on_hand:
            planned = _shown(tx, shop, record, max(0, made - record.shrunk), percents)
        new = planned
        if decided.get(listing_name(key)) == "stop" or halt_of(tx, record) is Halt.SALES:
            new = 0  # also where nobody knows how many there are
        if (new, planned) != (record.state.wanted, record.planned):
            changed.append(replace(_want(tx, record, new), planned=planned))
    tx.listings.put(changed)


def _shares(shop: Shop, key: ListingKey) -> bool:
    """Whether a channel shares what there is with the others. A till shows all that lies in its place."""
    return key.channel in shop.channels and not shop.channels[key.channel].on_hand


def _gone(tx: Tx, record: SkuRecord) -> bool:
    """Whether a product was retired with its row. What 廃番 in a row keeps off sale is planned as if it were not, so
    that people see what would be sold again."""
    return record.standing is Standing.RETIRED and not off_sale(tx, record.sku)


def _shown(tx: Tx, shop: Shop, record: ListingRecord, units: int, percents: Mapping[str, Mapping[str, int]]) -> int:
    """What its rules leave of so many units."""
    rule = tx.rules.of(record.key)
    if rule.percent == WHOLE:
        return shown(units, rule)
    beside, first = _beside(shop, record, percents)
    return shown(units, rule, beside, first=first)


def _percents(tx: Tx, records: Iterable[ListingRecord]) -> Mapping[str, Mapping[str, int]]:
    """The greatest share of each SKU that a channel may show: SKU → channel → percent."""
    found: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for record in records:
        percent = tx.rules.of(record.key).percent
        for part in record.components:
            by_channel = found[part.sku]
            by_channel[record.key.channel] = max(by_channel[record.key.channel], percent)
    return found


def _beside(shop: Shop, record: ListingRecord, percents: Mapping[str, Mapping[str, int]]) -> tuple[Sequence[int], bool]:
    """The shares of the other channels that sell any of the same, and whether this one comes first of those that get
    any. A channel that keeps a number for each of its places rounds down at each, and never comes first."""
    by_channel: defaultdict[str, int] = defaultdict(int)
    for part in record.components:
        for channel, percent in percents[part.sku].items():
            by_channel[channel] = max(by_channel[channel], percent)
    gets = [channel for channel, facts in shop.channels.items() if by_channel[channel] and not facts.places]
    others = [percent for channel, percent in by_channel.items() if channel != record.key.channel]
    return others, gets[:1] == [record.key.channel]


def _want(tx: Tx, record: ListingRecord, new: int | None) -> ListingRecord:
    old = record.state.wanted
    rises = new is not None and (old is None or new > old)
    state = replace(record.state, wanted=new)
    return replace(record, state=state, justified_at=tx.at if rises else record.justified_at)


def _held(shop: Shop, records: Iterable[ListingRecord]) -> defaultdict[str, Held]:
    """Units of each SKU that were sold in some mall whose feed doesn't show it yet, or may have been sold where nobody
    could look."""
    found: defaultdict[str, Held] = defaultdict(Counter)
    for record in records:
        unheard = record.reserve if record.key.channel in shop.channels else 0
        units = gap(record.state) + unheard
        if units:
            for component in record.components:
                found[component.sku][_at(shop, record.key)] += units * component.units
    return found


def _at(shop: Shop, key: ListingKey) -> tuple[str, str]:
    """Channel and place of a listing."""
    facts = shop.channels.get(key.channel)
    return key.channel, facts.place_of(key) if facts is not None and facts.places else ""


def _sellable(
    shop: Shop,
    listing: ListingKey,
    where: Places,
    balances: dict[str, Balance],
    record: SkuRecord | None,
    held: Held,
) -> int | None:
    """Units of a SKU that a listing may sell."""
    facts, safety = shop.channels[listing.channel], record.safety if record else 0
    mine = facts.sells_from(listing)
    if facts.on_hand:
        return _lying(balances, mine, held[_at(shop, listing)])
    held = Counter({at: units for at, units in held.items() if _concerns(shop, at, mine)})
    if facts.places and mine:
        places = {name: where.selling(locations) for name, locations in facts.places.items()}
        here = {place: units for (channel, place), units in held.items() if channel == facts.name and place in places}
        elsewhere = held.total() - sum(here.values())
        place = facts.place_of(listing)
        free = sellable_at(place, places, balances, safety=safety, held=elsewhere, held_at=here)
    else:
        free = sellable(balances, where.selling(mine), safety, held.total())
    if free is None and any(balances[at].stocked for at in where.switched_off(mine) if at in balances):
        return 0  # stocked only where a person has switched the selling off
    return free


def _lying(balances: Mapping[str, Balance], columns: Iterable[str], held: int) -> int | None:
    """What lies in a till's own place: on hand, less what the till is seen to have sold and doesn't tell yet."""
    stocked = [balances[at] for at in columns if at in balances and balances[at].stocked]
    return sum(balance.on_hand for balance in stocked) - held if stocked else None


def _concerns(shop: Shop, at: tuple[str, str], mine: Iterable[str]) -> bool:
    """Whether what was sold unseen at a place of a channel may have lain where this one sells from. What a till sells
    lies in its own place."""
    channel, place = at
    facts = shop.channels.get(channel)
    if facts is None or not facts.on_hand:
        return True
    return not set(facts.places.get(place, ()) if facts.places else facts.locations).isdisjoint(mine)
