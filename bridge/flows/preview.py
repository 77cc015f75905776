"""What is sent, before it goes. From not sending to sending a channel goes live, or a stop ends: what will be shown
stands in 出品 before, and the first push raises no further than that. And at any time 設定 tells of each channel how
many numbers are to be raised and cut."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from bridge.domain.rules import Halt
from bridge.flows.shop import bridge_live, missing_listings
from bridge.flows.stopped import halt_of
from bridge.ledger.ledger import Tx
from bridge.ledger.listings import ListingRecord
from bridge.ledger.values import iso, time_of
from bridge.sheet.texts import say

STANDS = timedelta(minutes=1)  # so long a preview is said as it was: a cell of the sheet is no ticker
AT_ONCE = timedelta(seconds=10)  # a live channel has most numbers before anybody could read of them


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


def is_live(tx: Tx, channel: str) -> bool:
    return bridge_live(tx) and tx.channels.get(channel).live


@dataclass(frozen=True)
class Preview:
    """What would be sent to a channel now: so many listings up and down, by so many units in all. `unread`: listings
    of which it is not known what they show, so nothing is sent yet."""

    up: int = 0
    more: int = 0
    down: int = 0
    fewer: int = 0
    unread: int = 0


def preview(tx: Tx, channel: str) -> Preview:
    """Of every listing whose number is ours to send: neither left alone, nor unknown there, nor refused as it is."""
    unknown, live = missing_listings(tx, channel), is_live(tx, channel)
    records = [each for each in tx.listings.all(channel).values() if each.key.id not in unknown]
    wanted = [
        (each.state.wanted, each.state.shown)
        for each in records
        if each.state.wanted is not None
        and each.refused_quantity != each.state.wanted
        and halt_of(tx, each) is not Halt.SYNC
        and not (live and each.due_since is not None and tx.at - each.due_since < AT_ONCE)
    ]
    changes = [want - shown for want, shown in wanted if shown is not None]
    ups, downs = [n for n in changes if n > 0], [-n for n in changes if n < 0]
    return Preview(len(ups), sum(ups), len(downs), sum(downs), sum(shown is None for _, shown in wanted))


def said(tx: Tx, channel: str, language: str) -> str:
    """The sentence for its line in 設定; "" where a live channel is in step."""
    known = tx.get(f"preview {channel}")
    now = preview(tx, channel)
    if known is not None and now != Preview() and timedelta(0) <= tx.at - time_of(known["at"]) < STANDS:
        now = Preview(**known["says"])
    elif known is None or known["says"] != vars(now):
        tx.put(f"preview {channel}", {"at": iso(tx.at), "says": vars(now)})
    live = is_live(tx, channel)
    unread = say("commands", "preview unread", language, unread=now.unread) if now.unread else ""
    if now.up or now.down:
        text = say("commands", "preview live" if live else "preview shadow", language, **vars(now))
    else:
        text = "" if live or now.unread else say("commands", "preview nothing", language)
    return f"{text} {unread}".strip()
