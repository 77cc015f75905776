"""What the flows need to know of the shop that doesn't change while the service runs, and what 設定 says now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, tzinfo

from bridge.domain.maintenance import Window
from bridge.domain.orders import ListingKey
from bridge.domain.push import gap
from bridge.ledger.ledger import Tx
from bridge.ledger.listings import ListingRecord
from bridge.ledger.values import time_of


@dataclass(frozen=True)
class ChannelFacts:
    """One connected channel. `locations`: the order it sells from · `windows`: when it must not be called · `hides`: as
    in its Capabilities · `counts_at`: the location that it counts itself, "" where it has none · `on_hand`: a till: its
    number is what lies in its place.

    places: where it keeps a number for each of its places, what each sells from, no location in two; else empty ·
    place_of: which of them a listing stands for"""

    name: str
    shop: str
    locations: tuple[str, ...]
    max_quantity: int
    lag: timedelta
    look_back: timedelta
    keeps_sales: bool
    windows: tuple[Window, ...] = ()
    hides: timedelta = timedelta(0)
    counts_at: str = ""
    on_hand: bool = False
    places: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    place_of: Callable[[ListingKey], str] = lambda _: ""

    def sells_from(self, listing: ListingKey) -> tuple[str, ...]:
        """The locations that a listing sells from, in order. One of a place that the settings don't name: none."""
        return self.places.get(self.place_of(listing), ()) if self.places else self.locations


@dataclass(frozen=True)
class Shop:
    """All connected channels by name, the people's language (ja | en), and how patient the bridge is.

    dark: the sheet unread for longer, nothing rises · patience: a channel unheard for longer is blind · factor: then
    so many times its usual pace is reckoned with · evening: in the shop's `zone`, when what was picked should have been
    reported to the malls"""

    channels: Mapping[str, ChannelFacts]
    language: str = "ja"
    dark: timedelta = timedelta(minutes=2)
    patience: timedelta = timedelta(minutes=10)
    factor: float = 2.0
    zone: tzinfo = UTC
    evening: time = time(18)

    @property
    def tills(self) -> frozenset[str]:
        """Channels whose goods leave at the moment of the sale."""
        return frozenset(name for name, facts in self.channels.items() if facts.on_hand)


@dataclass(frozen=True)
class Places:
    """The stock columns that 設定 names: whether each sells, and where goods wait to be inspected."""

    sells: Mapping[str, bool]
    inspect: str

    def selling(self, locations: Iterable[str]) -> tuple[str, ...]:
        """Those of `locations` that sell, in that order."""
        return tuple(name for name in locations if self.sells.get(name))

    def switched_off(self, locations: Iterable[str]) -> tuple[str, ...]:
        """Those that would sell, were their tick set."""
        return tuple(at for at in locations if self.sells.get(at) is False and at != self.inspect)


def sold_from(where: Places, facts: ChannelFacts, listing: ListingKey) -> tuple[str, ...]:
    """The locations that a listing's orders take from: those that sell, but a till takes from its own whatever 設定
    says, since it was sold there."""
    mine = facts.sells_from(listing)
    return mine if facts.on_hand else where.selling(mine)


def places(tx: Tx) -> Places:
    known = tx.get("places", {"sells": {}, "inspect": ""})
    return Places(known["sells"], known["inspect"])


def sold_unseen(records: Iterable[ListingRecord]) -> Counter[str]:
    """Units by SKU that a channel's number shows as sold, of which its orders don't tell yet."""
    found: Counter[str] = Counter()
    for record in records:
        for part in record.components:
            found[part.sku] += gap(record.state) * part.units
    return found


def missing_listings(tx: Tx, channel: str) -> set[str]:
    """Ids of listings that their channel doesn't know."""
    return set(tx.get(f"missing {channel}", []))


def counted_units(tx: Tx, channel: str) -> dict[ListingKey, int]:
    """What a channel counted last in its own warehouse, by listing."""
    known: dict[str, int] = tx.get(f"counted {channel}", {})
    return {ListingKey(channel, number): units for number, units in known.items()}


def has_counted(tx: Tx, channel: str) -> bool:
    """Whether it has ever told what lies in its own warehouse."""
    return tx.get(f"counted {channel}") is not None


def ships_itself(tx: Tx, channel: str) -> set[ListingKey]:
    """Listings that their channel ships from its own warehouse: they are sent no number."""
    return {ListingKey(channel, number) for number in tx.get(f"ships itself {channel}", [])}


def keep_counted(tx: Tx, channel: str, units: Mapping[ListingKey, int], own: Iterable[ListingKey]) -> None:
    tx.put(f"counted {channel}", {key.id: count for key, count in sorted(units.items())})
    keep_own(tx, channel, own)


def told_units(tx: Tx, channel: str) -> dict[ListingKey, int]:
    """What a channel told last of what lies in a stock column of ours, by listing."""
    known: dict[str, int] = tx.get(f"told {channel}", {})
    return {ListingKey(channel, number): units for number, units in known.items()}


def keep_told(tx: Tx, channel: str, units: Mapping[ListingKey, int]) -> None:
    tx.put(f"told {channel}", {key.id: count for key, count in sorted(units.items())})


def keep_own(tx: Tx, channel: str, own: Iterable[ListingKey]) -> None:
    tx.put(f"ships itself {channel}", sorted(key.id for key in own))


DECIDED = "listings gone"


def listing_name(key: ListingKey) -> str:
    return f"{key.channel}/{key.id}"


def decided_of_gone(tx: Tx) -> dict[str, str]:
    """What people decided of listings whose line is gone, by name: `stop` (0 from now on) or `keep`."""
    found: dict[str, str] = tx.get(DECIDED, {})
    return found


def code_now(text: str, known: Container[str], aliases: Mapping[str, str]) -> str:
    """The SKU that a code means: that of a product as it stands, also where it was another's before; else the one that
    bears it under a new name since."""
    return text if text in known else aliases.get(text, text)


def in_the_opening(tx: Tx, channel: str, at: datetime) -> bool | None:
    """Whether what a channel did at that time is in the numbers that the columns opened with; None of one that was
    connected later: nobody knows."""
    opened = tx.get("opening", {})
    return at <= time_of(opened["at"]) if channel in opened.get("channels", ()) else None


def bridge_live(tx: Tx) -> bool:
    """Whether the whole bridge is live; in shadow it writes no staff cell."""
    return bool(tx.get("live", False))
