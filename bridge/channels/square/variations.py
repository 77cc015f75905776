"""What Square has on sale: its variations, and where it really keeps a number of them (§2.3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bridge.channels.batches import cut
from bridge.channels.square import facts
from bridge.channels.square.wire import CATALOG, OBJECTS, SquareApi
from bridge.clock import Clock
from bridge.errors import Hint


@dataclass(frozen=True)
class Variation:
    """tracked: whether a number is kept, by the location that says otherwise than the rest ("") · whole: it is sold by
    the piece, and is no part, or several, of something else · absent: locations that don't sell it; None: all but
    `present`."""

    id: str
    sku: str
    tracked: Mapping[str, bool]
    whole: bool
    made_of: bool
    present: frozenset[str]
    absent: frozenset[str] | None

    def trap(self, location: str) -> Hint | None:
        """Why it sells there whatever number is sent; None where all is well."""
        if self.made_of:
            return _MADE_OF
        if not self.whole:
            return _BY_MEASURE
        if not self.is_at(location):
            return _NOT_HERE
        return None if self.tracked.get(location, self.tracked[""]) else _UNTRACKED

    def is_at(self, location: str) -> bool:
        return location in self.present if self.absent is None else location not in self.absent


class Variations:
    """Those of one merchant. What is known of one is believed for some minutes."""

    def __init__(self, api: SquareApi, clock: Clock) -> None:
        self._api, self._clock = api, clock
        self._known: dict[str, tuple[float, Variation | None]] = {}

    def of(self, ids: Iterable[str]) -> dict[str, Variation]:
        """Those that there are; one that was deleted is none (T39). Raises TryAgain, NeedsPerson, SquareRefused."""
        wanted, now = set(ids), self._clock.monotonic()
        oldest = now - facts.VARIATIONS_KNOWN_FOR.total_seconds()
        unknown = sorted(each for each in wanted if each not in self._known or self._known[each][0] < oldest)
        for batch in cut(unknown, facts.OBJECTS_AT_ONCE):
            found = self._api.call(OBJECTS, {"object_ids": list(batch)})
            self._known |= dict.fromkeys(batch, (now, None))
            self._learn(found.get("objects") or [], now)
        known = {each: self._known[each][1] for each in wanted}
        return {each: variation for each, variation in known.items() if variation is not None}

    def pages(self) -> Iterator[list[Variation]]:
        """All there are. Raises as `of` does."""
        for page in self._api.pages(CATALOG, {"types": facts.GOODS}, "objects"):
            yield self._learn(page, self._clock.monotonic())

    def _learn(self, objects: Iterable[Mapping[str, Any]], now: float) -> list[Variation]:
        found = [variation_of(each) for each in objects if each["type"] == facts.GOODS and not each.get("is_deleted")]
        self._known |= {each.id: (now, each) for each in found}
        return found


def variation_of(told: Mapping[str, Any]) -> Variation:
    """Raises LookupError, TypeError."""
    data = told["item_variation_data"]
    elsewhere = {
        str(each["location_id"]): bool(each["track_inventory"])
        for each in data.get("location_overrides") or []
        if each.get("track_inventory") is not None
    }
    everywhere = told.get("present_at_all_locations", True)
    return Variation(
        id=str(told["id"]),
        sku=str(data.get("sku") or ""),
        tracked={"": bool(data.get("track_inventory")), **elsewhere},
        whole=not data.get("measurement_unit_id"),
        made_of=data.get("stockable") is False or bool(data.get("stockable_conversion")),
        present=frozenset(told.get("present_at_location_ids") or ()),
        absent=frozenset(told.get("absent_at_location_ids") or ()) if everywhere else None,
    )


_UNTRACKED = Hint(
    "Square で在庫数を追跡しない設定の商品です。レジで売れても数は減りません。「在庫数を追跡」を入れてください。",
    "Square doesn't track its quantity: the till sells it and no number falls. Switch tracking on at this location.",
)
_MADE_OF = Hint(
    "Square でほかの商品から作られる（または単位を換算する）商品です。数は Square が計算するので送れません。",
    "Square makes its number out of another product's (composed, or converted): none can be sent.",
)
_BY_MEASURE = Hint(
    "Square で量り売り（個数でない単位）の商品です。1個に満たない数があり得るので合わせません。",
    "Square sells it by measure, not by the piece: its number may have fractions, so it is not kept in step.",
)
_NOT_HERE = Hint(
    "Square のこの店舗では扱わない商品です。商品の「店舗」を確かめてください。",
    "Square doesn't sell it at this location. Look at the item's locations.",
)
PARTS = Hint(
    "Square の数に1個に満たない端数があります。Square で数え直すまで合わせません。",
    "Square's number has a fraction of a piece: it is not kept in step until somebody recounts it there.",
)
