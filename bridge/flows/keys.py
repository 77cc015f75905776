"""Keys that die: a row in 要対応 counts down their last days."""

from __future__ import annotations

from datetime import timedelta

from bridge.channels.port import Channel
from bridge.domain.maintenance import current
from bridge.flows.shop import Shop
from bridge.ledger.ledger import Ledger
from bridge.ledger.values import iso, time_of
from bridge.sheet.texts import both

AGAIN = timedelta(hours=6)  # between two questions to the mall


def watch_key(ledger: Ledger, shop: Shop, channel: Channel) -> None:
    """Ask now and then when a channel's key dies, and say so in time. Raises TryAgain, NeedsPerson."""
    name = channel.name
    with ledger.read() as tx:
        looked_at = tx.get(f"key looked at {name}")
        if looked_at is not None and abs(tx.at - time_of(looked_at)) < AGAIN:
            return
        if current(shop.channels[name].windows, tx.at):
            return
    life = channel.key_life()
    with ledger.write() as tx:
        tx.put(f"key looked at {name}", iso(tx.at))
        if life is None or life.expires - tx.at >= life.warning:
            tx.questions.settle("key expires", name, both("results", "settled itself"))
            return
        days = max(0, (life.expires - tx.at).days)
        tx.questions.ask("key expires", name, {"key": life.name, "date": f"{life.expires:%Y-%m-%d}", "days": days})
