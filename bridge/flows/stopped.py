"""販売停止 and 連携停止 as they stand: what is stopped by which word, whether it shows 0, and why 0 can't be sent."""

from __future__ import annotations

from dataclasses import dataclass

from bridge.domain.orders import ListingKey
from bridge.domain.rules import Halt
from bridge.flows.shop import bridge_live, missing_listings
from bridge.ledger.ledger import Tx
from bridge.ledger.listings import ListingRecord
from bridge.ledger.rules import ALL, Scope

WAITING = "resume waits"  # the scopes of which 再開 is written and can't be acted on yet, each as "kind name"


@dataclass(frozen=True)
class Halted:
    """A listing that is stopped. `by`: where the word stands that does it, the widest of several · `at_zero`: the
    channel shows 0, read back."""

    halt: Halt
    by: Scope
    at_zero: bool


def halted(tx: Tx) -> dict[ListingKey, Halted]:
    """Every listing that is stopped and that its channel knows: what it doesn't know isn't for sale."""
    if all(entry.stop is Halt.NONE for entry in tx.rules.all().values()):
        return {}
    found: dict[ListingKey, Halted] = {}
    missing: dict[str, set[str]] = {}
    for key, record in tx.listings.all().items():
        by = tx.rules.stopped_by(key, skus_of(record))
        if by is None:
            continue
        if key.channel not in missing:
            missing[key.channel] = missing_listings(tx, key.channel)
        if key.id not in missing[key.channel]:
            live = bridge_live(tx) and tx.channels.get(key.channel).live
            found[key] = Halted(tx.rules.get(by).stop, by, at_zero(record, live))
    return found


def halt_of(tx: Tx, record: ListingRecord) -> Halt:
    return tx.rules.stop(record.key, skus_of(record))


def off_sale(tx: Tx, sku: str) -> bool:
    """Whether 販売停止 or 廃番 holds for a product by its row's own word."""
    return tx.rules.get(Scope.sku(sku)).stop is Halt.SALES


def skus_of(record: ListingRecord) -> list[str]:
    return [part.sku for part in record.components]


def at_zero(record: ListingRecord, live: bool) -> bool:
    """Whether nothing is for sale: the channel shows 0, read there after whatever was sent, and hasn't refused it."""
    return record.state.shown == 0 and record.refused_quantity != 0 and (not live or record.state.confirmed == 0)


def spoken_of(tx: Tx, scope: Scope) -> list[ListingRecord]:
    """The listings that something said of `scope` is about."""
    if scope.kind == "sku":
        return list(tx.listings.touching([scope.name]).values())
    if scope.kind == "channel":
        return list(tx.listings.all(scope.name).values())
    return [record for key, record in tx.listings.all().items() if scope in (ALL, Scope.listing(key))]
