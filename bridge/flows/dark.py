"""When part of the world is dark: channels that can't be heard, numbers that can't be written, the sheet unread
(DESIGN §5). The arithmetic is in domain/unheard.py; here it meets the ledger.

What a channel may have sold unseen is kept with its listings (`reserve`) and comes off what the others may sell.
Before a maintenance window that is what the whole window may sell, and the channel's own numbers are lowered by what
the others may sell meanwhile (`shrunk`), since no lowering can reach it. Both are brought up to date whenever a channel
is about to be pushed to, and given up in the very transaction in which the channel is heard again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from bridge.domain.maintenance import Window, ahead, current
from bridge.domain.orders import ListingKey
from bridge.domain.push import gap
from bridge.domain.rules import Halt
from bridge.domain.unheard import STUCK, Contact, contact, may_have_sold, may_sell, pace
from bridge.errors import Stop
from bridge.flows.replan import replan
from bridge.flows.shop import Shop
from bridge.flows.stopped import halt_of
from bridge.ledger.channels import Half
from bridge.ledger.ledger import Ledger, Tx
from bridge.ledger.listings import ListingRecord
from bridge.ledger.values import iso, time_of
from bridge.sheet.texts import both

LOOKS = (timedelta(days=1), timedelta(days=28))  # how far back the pace is looked for: today's rush, and the usual
LEAD = timedelta(minutes=30)  # before a maintenance window
AGAIN = timedelta(seconds=15)  # between two guesses about one silence


@contextmanager
def listening(ledger: Ledger, channel: str, half: Half) -> Iterator[None]:
    """Around an attempt to read a channel's orders or numbers: where both fail, it is silent."""
    try:
        yield
    except Stop:
        raise
    except Exception:
        with ledger.write() as tx:
            tx.channels.unheard(channel, half, iso(tx.at))
        raise


def sheet_dark(tx: Tx, shop: Shop) -> bool:
    """The sheet has not been read for a while (or by a clock that was put back since): nothing rises."""
    at = tx.get("sheet read at")
    return at is None or abs(tx.at - time_of(at)) > shop.dark


def contact_with(tx: Tx, shop: Shop, name: str) -> Contact:
    """How well a channel is heard now."""
    record = tx.channels.get(name)
    heard_at = time_of(record.heard_at) if record.heard_at else None
    found = contact(
        heard_at=heard_at,
        silent_since=time_of(record.silent_since) if record.silent_since else None,
        now=tx.at,
        patience=shop.patience,
        closed=current(shop.channels[name].windows, tx.at) is not None,
    )
    held = tx.get(f"unheard {name}")
    if held and held["heard_at"] == record.heard_at and found is not Contact.CLOSED:
        return Contact.BLIND  # also after a window or a restart: what is held back is given up when it is heard again
    return found


def silent_skus(tx: Tx, shop: Shop, but: str) -> set[str]:
    """What other channels sell which have just stopped answering: raises of it wait, until they answer or are blind."""
    silent = [name for name in shop.channels if name != but and contact_with(tx, shop, name) is Contact.SILENT]
    return {part.sku for name in silent for record in tx.listings.all(name).values() for part in record.components}


def hold_back(tx: Tx, shop: Shop) -> None:
    """Bring up to date what the channels hold back for each other's sake. Cheap where all is well."""
    late = _stuck_above(tx, shop)
    for name, facts in shop.channels.items():
        state = contact_with(tx, shop, name)
        window = ahead(facts.windows, tx.at, LEAD)
        if window is not None or state is Contact.BLIND:
            changed = _guess(tx, shop, name, state, max(tx.at, window.end) if window else tx.at)
        else:
            changed = _known_again(tx, name, _stuck(tx, shop, name, late.get(name, ())))
        _say(tx, shop, name, state)
        changed += _shrink(tx, shop, name, window)
        if changed:
            replan(tx, shop, {part.sku for record in changed for part in record.components})


# --- unheard ---------------------------------------------------------------------------------------------------------


def _guess(tx: Tx, shop: Shop, name: str, state: Contact, until: datetime) -> list[ListingRecord]:
    """What a channel may sell unseen from when it was last heard `until`: now where it is blind, the end of the window
    where it is closed or soon will be."""
    heard_at = tx.channels.get(name).heard_at
    if heard_at is None:
        return []
    mark = heard_at if state in (Contact.BLIND, Contact.CLOSED) else ""  # "": still heard, this is but a plan
    before = tx.get(f"unheard {name}")
    if before and before["heard_at"] == mark and abs(tx.at - time_of(before["at"])) < AGAIN:
        return []
    tx.put(f"unheard {name}", {"heard_at": mark, "at": iso(tx.at)})
    since = time_of(heard_at)
    paces = _paces(tx, name, since)
    reserves = {
        key: may_have_sold(paces.get(key.id, 0.0), until - since, shop.factor, _most(record))
        for key, record in tx.listings.all(name).items()
    }
    return _reserve(tx, name, reserves)


def _stuck_above(tx: Tx, shop: Shop) -> dict[str, list[ListingRecord]]:
    """Listings of each live channel whose number could not be lowered for long."""
    found: defaultdict[str, list[ListingRecord]] = defaultdict(list)
    for key, record in tx.listings.due(before=tx.at - shop.patience).items():
        if _shows_too_many(record) and tx.channels.get(key.channel).live and halt_of(tx, record) is not Halt.SYNC:
            found[key.channel].append(record)
    return found


def _stuck(tx: Tx, shop: Shop, name: str, above: Sequence[ListingRecord]) -> dict[ListingKey, int]:
    """What listings whose number could not be lowered for long may sell, beyond what we have seen of it."""
    if not above:
        return {}
    before = tx.at - shop.patience
    paces = _paces(tx, name, before)
    found = {}
    for record in above:
        key = record.key
        since = record.due_since or before
        seen = tx.orders.sold_since(key, iso(since)) + gap(record.state)
        time = min(tx.at - since, STUCK)
        found[key] = may_have_sold(paces.get(key.id, 0.0), time, shop.factor, record.state.level or 0, seen)
    return found


def _shows_too_many(record: ListingRecord) -> bool:
    return record.state.wanted is not None and record.state.wanted < (record.state.level or 0)


def _known_again(tx: Tx, name: str, stuck: Mapping[ListingKey, int]) -> list[ListingRecord]:
    """Give up every guess, but for the numbers that can't be written."""
    if tx.get(f"unheard {name}") is None and not stuck and not tx.get(f"stuck {name}"):
        return []
    tx.put(f"unheard {name}", None)
    tx.put(f"stuck {name}", bool(stuck))
    return _reserve(tx, name, stuck)


def _reserve(tx: Tx, name: str, reserves: Mapping[ListingKey, int]) -> list[ListingRecord]:
    changed = [
        replace(record, reserve=reserves.get(key, 0))
        for key, record in tx.listings.all(name).items()
        if record.reserve != reserves.get(key, 0)
    ]
    tx.listings.put(changed)
    return changed


def _most(record: ListingRecord) -> int:
    """The number it may still be selling from."""
    return max(record.state.level or 0, record.state.shown or 0)


def _paces(tx: Tx, name: str, until: datetime) -> dict[str, float]:
    """Units a second of each listing (by id), before `until`."""
    opened = tx.channels.get(name).opened_at
    looks: defaultdict[str, list[tuple[int, timedelta]]] = defaultdict(list)
    for look in LOOKS:
        start = max(until - look, time_of(opened)) if opened else until - look
        for listing, units in tx.orders.sold(name, iso(start), iso(until)).items():
            looks[listing].append((units, until - start))
    return {listing: pace(sold) for listing, sold in looks.items()}


def _say(tx: Tx, shop: Shop, name: str, state: Contact) -> None:
    """Tell people, and that it is over. Maintenance is nothing to be told of, nor the end of what came before it."""
    if state is Contact.CLOSED:
        return
    minutes = int(shop.patience.total_seconds() // 60)
    for kind, now, over in (
        ("channel blind", state is Contact.BLIND, "heard again"),
        ("numbers stuck", bool(tx.get(f"stuck {name}")), "settled itself"),
    ):
        if now:
            tx.questions.ask(kind, name, {"minutes": minutes})
        else:
            tx.questions.settle(kind, name, both("results", over))


# --- maintenance -----------------------------------------------------------------------------------------------------


def _shrink(tx: Tx, shop: Shop, name: str, window: Window | None) -> list[ListingRecord]:
    """Lower a channel's own numbers before its doors shut; let them rise again once it was heard after that."""
    shrunk = tx.get(f"shrunk {name}")
    if window is not None and shrunk != iso(window.end):
        tx.put(f"shrunk {name}", iso(window.end))
        return _lower(tx, name, _elsewhere(tx, shop, name, window))
    heard_at = tx.channels.get(name).heard_at
    if window is None and shrunk and heard_at and heard_at >= shrunk:
        tx.put(f"shrunk {name}", None)
        return _lower(tx, name, {})
    return []


def _elsewhere(tx: Tx, shop: Shop, but: str, window: Window) -> dict[str, int]:
    """Units of each SKU that the other channels may sell during a window."""
    found: defaultdict[str, int] = defaultdict(int)
    for name in shop.channels:
        if name == but:
            continue
        paces = _paces(tx, name, tx.at)
        for key, record in tx.listings.all(name).items():
            units = may_sell(paces.get(key.id, 0.0), window.length, shop.factor)
            for part in record.components:
                found[part.sku] += units * part.units
    return found


def _lower(tx: Tx, name: str, elsewhere: Mapping[str, int]) -> list[ListingRecord]:
    changed = [
        replace(record, shrunk=units)
        for record in tx.listings.all(name).values()
        if record.shrunk != (units := _sets(record, elsewhere))
    ]
    tx.listings.put(changed)
    return changed


def _sets(record: ListingRecord, elsewhere: Mapping[str, int]) -> int:
    """How many fewer of this listing its scarcest component makes."""
    return max((-(-elsewhere.get(part.sku, 0) // part.units) for part in record.components), default=0)
