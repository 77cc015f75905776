"""Mapping: what the malls have on sale, matched with 在庫表 by the seller's own codes. It proposes and reports, and
changes nothing in a mall.

A catalogue may take many calls, of which a mall allows few: it is read a piece at a time, between two rounds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bridge.channels.port import Channel, Listed
from bridge.clock import Clock
from bridge.domain.edit_book import Standing
from bridge.domain.maintenance import current
from bridge.domain.mapping import doubled, few, match
from bridge.domain.orders import ListingKey
from bridge.errors import Hint, TryAgain
from bridge.flows.proposals import report, settle_unmatched
from bridge.flows.shop import Shop
from bridge.ledger.found import Found, FoundState
from bridge.ledger.ledger import Ledger, Tx
from bridge.ledger.values import iso

PIECE = 5.0  # seconds of reading at a time: lowerings wait no longer
AGAIN = 1800.0  # seconds until a reading that failed begins anew


@dataclass(frozen=True)
class Mapped:
    """What a catalogue came to: listings in all, those to be proposed, those without a product, SKUs that
    several seem to be, and listings with a trap."""

    listings: int
    proposed: int
    unmatched: int
    doubled: int
    traps: int


class Mapper:
    """One channel's. In the channel's own thread."""

    def __init__(self, shop: Shop, channel: Channel, ledger: Ledger, clock: Clock) -> None:
        self._shop, self._channel, self._ledger, self._clock = shop, channel, ledger, clock
        self._pages: Iterator[Sequence[Listed]] | None = None
        self._found: dict[ListingKey, Listed] = {}
        self._due = False
        self._next_at = 0.0

    def begin(self) -> None:
        """Read it all, from now on."""
        self._due = True

    def go_on(self) -> None:
        """A piece, if a reading is due. Raises as Channel.catalogue."""
        if not self._due or self._clock.monotonic() < self._next_at:
            return
        if current(self._shop.channels[self._channel.name].windows, self._clock.now()):
            return
        if self._read(self._clock.monotonic() + PIECE):
            self._record(again=False)
            self._due = False

    def whole(self) -> Mapped:
        """All of it at once, for a person who waits; what was declined is proposed again. Raises as
        Channel.catalogue."""
        self._forget()
        self._read(float("inf"))
        return self._record(again=True)

    def _read(self, until: float) -> bool:
        """Whether it is at its end."""
        try:
            if self._pages is None:
                self._pages = self._channel.catalogue()
            for page in self._pages:
                self._found |= {each.listing: each for each in page}
                if self._clock.monotonic() >= until:
                    return False
        except Exception:  # half a catalogue is none, whatever went wrong
            self._forget()
            self._next_at = self._clock.monotonic() + AGAIN
            raise
        return True

    def _record(self, *, again: bool) -> Mapped:
        found = self._found
        self._forget()
        with self._ledger.write() as tx:
            if not found and tx.listings.all(self._channel.name):
                self._next_at = self._clock.monotonic() + AGAIN
                raise TryAgain(_NOTHING)
            return record(tx, self._shop, self._channel.name, found, again=again)

    def _forget(self) -> None:
        self._pages, self._found = None, {}


def record(tx: Tx, shop: Shop, channel: str, listed: Mapping[ListingKey, Listed], *, again: bool) -> Mapped:
    """A whole catalogue: what is to be proposed, and what people must know. `again`: also what they declined."""
    known, before = tx.listings.all(channel), tx.found.of(channel)
    skus = {sku for sku, each in tx.sheet.skus().items() if each.standing not in (Standing.GONE, Standing.RETIRED)}
    matched = match({key: each.codes for key, each in listed.items()}, skus)
    new = {key: _found(each, matched.get(key, ""), before.get(key), again) for key, each in listed.items()}
    unknown = [each for key, each in new.items() if key not in known]
    tx.found.replace(channel, unknown)
    tx.put(f"mapped {channel}", iso(tx.at))
    settle_unmatched(tx, shop)
    twice = doubled(matched, shop.channels[channel].place_of)
    open_twice = {sku: keys for sku, keys in twice.items() if any(key not in known for key in keys)}
    names = [f"{sku} ({few(key.id for key in keys)})" for sku, keys in open_twice.items()]
    report(tx, "listings doubled", channel, names)
    traps = _report_traps(tx, channel, listed)
    return Mapped(
        listings=len(listed),
        proposed=sum(each.state is FoundState.DUE for each in unknown),
        unmatched=sum(each.state is FoundState.UNMATCHED for each in unknown),
        doubled=len(open_twice),
        traps=traps,
    )


def _found(each: Listed, sku: str, before: Found | None, again: bool) -> Found:
    """What was sent or declined for the same product stays so."""
    same = before if before is not None and before.sku == sku and sku else None
    state = FoundState.DUE if sku else FoundState.UNMATCHED
    if same is not None and not again:
        state = same.state
    trap = {"ja": each.trap.ja, "en": each.trap.en} if each.trap else None
    return Found(each.listing, next(iter(each.codes), ""), sku, state, same.sent_at if same else None, trap)


def _report_traps(tx: Tx, channel: str, listed: Mapping[ListingKey, Listed]) -> int:
    """All of a channel in one question, by what is wrong; what the channel itself tells all the time is left out."""
    alarms = {each.subject for each in tx.questions.open() if each.kind == "channel alarm"}
    by_trap: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for key, each in sorted(listed.items()):
        if each.trap is not None and f"{channel}/{key.id}" not in alarms:
            by_trap[each.trap.ja, each.trap.en].append(key.id)
    told = {
        language: " ".join(f"{hint[n]} ({few(ids)})" for hint, ids in sorted(by_trap.items()))
        for n, language in enumerate(("ja", "en"))
    }
    trapped = [each for ids in by_trap.values() for each in ids]
    report(tx, "listing traps", channel, trapped, **told)
    return len(trapped)


_NOTHING = Hint(
    "モールが出品を1件も返しませんでした。あとでもう一度読みます。",
    "The mall listed nothing at all. It is read again later.",
)
