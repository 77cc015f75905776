"""Reading numbers, at the places of the settings (§2.3, §2.4). What Square keeps no honest number of is left out, with
its reason: it would sell whatever is sent."""

from __future__ import annotations

from collections.abc import Iterable

from bridge.channels.square.counts import Counts
from bridge.channels.square.history import History
from bridge.channels.square.ids import parts_of
from bridge.channels.square.rows import Fraction, whole_units
from bridge.channels.square.variations import PARTS, Variations
from bridge.channels.square.wire import SquareRefused
from bridge.domain.orders import ListingKey
from bridge.errors import Hint, NeedsPerson


class Numbers:
    """The numbers of one merchant."""

    def __init__(self, places: Iterable[str], variations: Variations, counts: Counts, history: History) -> None:
        self._places = frozenset(places)
        self._variations, self._counts, self._history = variations, counts, history
        self._traps: dict[ListingKey, Hint | None] = {}
        self._untouched: set[ListingKey] = set()  # those that Square has no number of
        self._counted: set[ListingKey] = set()  # those that are known to have a history

    def read(self, listings: Iterable[ListingKey]) -> dict[ListingKey, int]:
        """As Channel.read. T26: what was never counted shows 0: nothing is sold back by that, since no number is ever
        booked, only rows are."""
        try:
            return self._read({each for each in listings if parts_of(each)[1] in self._places})
        except SquareRefused as refusal:
            raise NeedsPerson(refusal.hint) from refusal

    def trap(self, listing: ListingKey) -> Hint | None:
        """Why it was left out when it was last read, if Square has it."""
        return self._traps.get(listing)

    def alarms(self) -> dict[str, Hint] | None:
        """As OrdersRead.alarms: of the listings that were read so far."""
        found = {listing.id: hint for listing, hint in self._traps.items() if hint is not None}
        return found if self._traps else None

    def never_counted(self, listings: Iterable[ListingKey]) -> set[ListingKey]:
        """T26: a 0 may be of something sold out, or of something that nobody ever counted: the history tells. Raises
        TryAgain, NeedsPerson, SquareRefused."""
        zeros = {each for each in listings if each not in self._counted}
        self._counted |= {each for each in zeros - self._untouched if self._history.has_any(*parts_of(each))}
        return zeros - self._counted

    def _read(self, listings: set[ListingKey]) -> dict[ListingKey, int]:
        known = self._variations.of({parts_of(each)[0] for each in listings})
        there = {each: known[parts_of(each)[0]] for each in listings if parts_of(each)[0] in known}
        self._traps |= dict.fromkeys(listings)
        self._traps |= {each: variation.trap(parts_of(each)[1]) for each, variation in there.items()}
        sound = {each for each in there if self._traps[each] is None}
        counts = self._counts.of(sound)
        self._untouched = self._untouched - sound | (sound - counts.keys())
        shown = dict.fromkeys(sound, 0)
        for listing, count in counts.items():
            try:
                shown[listing] = whole_units(count.quantity)
            except Fraction:
                self._traps[listing] = PARTS
                del shown[listing]
        return shown
