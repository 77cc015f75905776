"""How the bridge is doing, from the ledger alone: for /healthz, /metrics and whoever else asks.

`ok` is the dead-man rule: a healthy cycle of the sheet within the set minutes. Where it is not ok nothing rises
anywhere, lowerings go on, and the banner in the sheet turns red by itself. A channel that fails is paused alone and
makes the bridge no less healthy: it is told apart in its own line.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bridge.domain.push import Push, decide
from bridge.domain.rules import Halt
from bridge.domain.unheard import Contact
from bridge.flows.dark import contact_with, sheet_dark
from bridge.flows.shop import Shop, bridge_live
from bridge.flows.stopped import halt_of
from bridge.ledger.ledger import Ledger, Tx
from bridge.ledger.listings import ListingRecord
from bridge.ledger.values import time_of

ALERTS_FAILING = "alerts failing"  # {the short name of an address that takes no alerts: since when}


@dataclass(frozen=True)
class ChannelHealth:
    """One channel. All times aware, by our clock; None: never.

    live: not in shadow · contact: heard, silent, blind (the others hold back for it) or closed (maintenance) ·
    orders_until: how far its orders are read, apart from the channel's own lag · heard_at: nothing was sold there
    without our knowing until then · lowering, raising: listings that don't show what is wanted yet ·
    lowering_since, raising_since: the oldest of them · held_back: units that it may have sold unseen, held back by the
    others · trouble: what a person has to settle, by language"""

    name: str
    live: bool
    contact: Contact
    orders_until: datetime | None
    heard_at: datetime | None
    lowering: int
    raising: int
    lowering_since: datetime | None
    raising_since: datetime | None
    held_back: int
    trouble: dict[str, str] | None


@dataclass(frozen=True)
class Health:
    """The whole bridge at one moment.

    ok: the sheet had a healthy cycle a moment ago · live: not in shadow · sheet_read_at: that cycle ·
    unconfirmed_since: the oldest change that some live channel doesn't show yet · questions: open rows of 要対応 ·
    alerts_failing: addresses that take no alerts"""

    at: datetime
    ok: bool
    live: bool
    sheet_read_at: datetime | None
    unconfirmed_since: datetime | None
    questions: int
    alerts_failing: int
    channels: tuple[ChannelHealth, ...]


def health(ledger: Ledger, shop: Shop) -> Health:
    """A snapshot in one transaction that writes nothing. Raises Stop where the ledger can't be read."""
    with ledger.read() as tx:
        return health_in(tx, shop)


def health_in(tx: Tx, shop: Shop) -> Health:
    """The same in a transaction that is open already."""
    channels = tuple(_channel(tx, shop, name) for name in sorted(shop.channels))
    waiting = [at for each in channels for at in (each.lowering_since, each.raising_since) if at is not None]
    return Health(
        at=tx.at,
        ok=not sheet_dark(tx, shop),
        live=bridge_live(tx),
        sheet_read_at=_time(tx.get("sheet read at")),
        unconfirmed_since=min(waiting, default=None),
        questions=len(tx.questions.open()),
        alerts_failing=len(tx.get(ALERTS_FAILING, {})),
        channels=channels,
    )


def _channel(tx: Tx, shop: Shop, name: str) -> ChannelHealth:
    record = tx.channels.get(name)
    live = record.live and bridge_live(tx)
    due = [each for each in tx.listings.due(name).values() if halt_of(tx, each) is not Halt.SYNC] if live else []
    falling = [each for each in due if (push := _ungated(each)) is not None and push.quantity < push.shown]
    others = [each for each in due if each not in falling]
    return ChannelHealth(
        name=name,
        live=live,
        contact=contact_with(tx, shop, name),
        orders_until=_time(record.watermark),
        heard_at=_time(record.heard_at),
        lowering=len(falling),
        raising=len(others),
        lowering_since=_oldest(falling),
        raising_since=_oldest(others),
        held_back=sum(each.reserve for each in tx.listings.held_back().values() if each.key.channel == name),
        trouble=dict(record.trouble) if record.trouble else None,
    )


def _ungated(record: ListingRecord) -> Push | None:
    """The push that is due whatever withholds a raise."""
    return decide(record.state, may_raise=True, sku_blocked=False, live=True)


def _oldest(records: list[ListingRecord]) -> datetime | None:
    return min((each.due_since for each in records if each.due_since is not None), default=None)


def _time(text: str | None) -> datetime | None:
    return None if text is None else time_of(text)
