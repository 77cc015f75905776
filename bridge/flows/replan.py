"""Wanted quantities follow from the facts, in the facts' own transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from bridge.domain.availability import sellable, wanted
from bridge.domain.edit_book import Standing
from bridge.domain.push import gap
from bridge.domain.stock import Balance
from bridge.flows.shop import Shop, decided_of_gone, listing_name, places
from bridge.ledger.ledger import Tx
from bridge.ledger.listings import ListingRecord
from bridge.ledger.sheet import SkuRecord


def replan(tx: Tx, shop: Shop, skus: Iterable[str]) -> None:
    """Bring what every listing made of `skus` should show up to date. A rise remembers when it was justified."""
    touched = set(skus)
    if not touched:
        return
    mine = tx.listings.touching(touched)
    parts = {component.sku for record in mine.values() for component in record.components}
    others = tx.listings.touching(parts - touched) if parts - touched else {}
    known = {**mine, **others}
    by_sku = _balances(tx, parts)
    held = _held(known.values())
    unheard = _unheard(record for key, record in known.items() if key.channel in shop.channels)
    records = tx.sheet.skus()
    where, decided = places(tx), decided_of_gone(tx)
    changed = []
    for key, record in sorted(mine.items()):
        facts = shop.channels.get(key.channel)
        if facts is None:
            continue
        selling = where.selling(facts)
        off = where.switched_off(facts)
        free = {
            part.sku: _sellable(
                by_sku[part.sku],
                selling,
                off,
                records.get(part.sku),
                held[part.sku] + unheard[part.sku] - record.reserve * part.units,  # the others hold it back
            )
            for part in record.components
        }
        new = wanted(record.components, free, facts.max_quantity)
        if new is not None:
            new = 0 if decided.get(listing_name(key)) == "stop" else max(0, new - record.shrunk)
        if new != record.state.wanted:
            changed.append(_want(tx, record, new))
    tx.listings.put(changed)


def _want(tx: Tx, record: ListingRecord, new: int | None) -> ListingRecord:
    old = record.state.wanted
    rises = new is not None and (old is None or new > old)
    state = replace(record.state, wanted=new)
    return replace(record, state=state, justified_at=tx.at if rises else record.justified_at)


def _balances(tx: Tx, skus: Iterable[str]) -> defaultdict[str, dict[str, Balance]]:
    found: defaultdict[str, dict[str, Balance]] = defaultdict(dict)
    for (sku, location), balance in tx.stock.balances(skus).items():
        found[sku][location] = balance
    return found


def _held(records: Iterable[ListingRecord]) -> defaultdict[str, int]:
    """Units of each SKU that were sold in some mall whose feed doesn't show it yet."""
    found: defaultdict[str, int] = defaultdict(int)
    for record in records:
        for component in record.components:
            found[component.sku] += gap(record.state) * component.units
    return found


def _unheard(records: Iterable[ListingRecord]) -> defaultdict[str, int]:
    """Units of each SKU that may have been sold where nobody could look."""
    found: defaultdict[str, int] = defaultdict(int)
    for record in records:
        for component in record.components:
            found[component.sku] += record.reserve * component.units
    return found


def _sellable(
    balances: dict[str, Balance], selling: Iterable[str], off: Iterable[str], record: SkuRecord | None, held: int
) -> int | None:
    if record is not None and record.standing is Standing.RETIRED:
        return 0
    free = sellable(balances, selling, record.safety if record else 0, held)
    if free is None and any(balances[at].stocked for at in off if at in balances):
        return 0  # stocked only where a person has switched the selling off
    return free
