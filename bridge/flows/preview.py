"""From not sending to sending: a channel goes live, or a stop ends. What will be shown stands in 出品 before, and the
first push raises no further than that."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bridge.flows.shop import missing_listings
from bridge.ledger.ledger import Tx
from bridge.ledger.listings import ListingRecord


def preview_stands(tx: Tx, channel: str, records: Iterable[ListingRecord]) -> bool:
    """Whether a person could see what these listings of a channel will show, and what they show now: its open orders
    are in the books and its numbers were read. What it doesn't know is asked about by itself."""
    unknown = missing_listings(tx, channel)
    listings = [each for each in records if each.components and each.key.id not in unknown]
    unread = any(each.state.shown is None for each in listings if each.state.wanted is not None and not each.refused)
    return tx.channels.get(channel).opened_at is not None and not tx.get("net pending") and not unread


def begin_as_previewed(record: ListingRecord) -> ListingRecord:
    """Its first push raises no further than what is wanted now. What it showed while nothing was sent says nothing of
    sales: the next reading begins anew."""
    state = replace(record.state, live_previewed=record.state.wanted, level=None, based_at=None)
    return replace(record, state=state)
