"""Rules and stops as people write them into 出品, 設定 and 在庫表: they count like any line, complete and unchanged for
one poll."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

from bridge.domain.orders import ListingKey
from bridge.domain.rules import judged
from bridge.flows.desk import Look
from bridge.flows.replan import replan
from bridge.flows.rule_cells import scope_of
from bridge.flows.shop import Shop
from bridge.ledger.ledger import Tx
from bridge.ledger.listings import ListingRecord
from bridge.ledger.rules import ALL, Scope
from bridge.sheet.views import ListingLine, Said


def take_rules(tx: Tx, shop: Shop, look: Look, still: Callable[[str, object], bool]) -> None:
    """One poll's rules. Harmless to repeat. `still`: whether the last poll said the same of that name."""
    known = tx.rules.all()
    touched: set[str] = set()
    for scope, said in _lines(shop, look):
        if (said.nothing and scope not in known) or not still(f"rule {scope.kind} {scope.name}", said):
            continue
        before = tx.rules.get(scope)
        after = replace(before, rule=judged(said.rules, before.rule).rule)
        if after != before:
            tx.rules.put(scope, after)
            touched |= {part.sku for record in spoken_of(tx, scope) for part in record.components}
    replan(tx, shop, touched)


def spoken_of(tx: Tx, scope: Scope) -> list[ListingRecord]:
    """The listings that something said of `scope` is about."""
    if scope.kind == "sku":
        return list(tx.listings.touching([scope.name]).values())
    if scope.kind == "channel":
        return list(tx.listings.all(scope.name).values())
    return [record for key, record in tx.listings.all().items() if scope in (ALL, Scope.listing(key))]


def _lines(shop: Shop, look: Look) -> Iterator[tuple[Scope, Said]]:
    """What is said of each scope. Of a listing that stands twice nothing counts: which of the lines is meant?"""
    if look.listings is not None and look.listings.columns.usable:
        count = Counter(map(_key, look.listings.lines))
        for line in look.listings.lines:
            if line.channel in shop.channels and count[_key(line)] == 1:
                yield Scope.listing(_key(line)), line.said
    if look.settings is not None and look.settings.columns.usable:
        for setting in look.settings.lines:
            scope = scope_of(shop, setting)
            if scope is not None:
                yield scope, setting.said


def _key(line: ListingLine) -> ListingKey:
    return ListingKey(line.channel, line.listing)
