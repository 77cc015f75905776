"""The malls' side of the world: what each shows, is told and refuses, held against the model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, cast

from bridge.channels.port import PushItem
from bridge.domain.orders import ListingKey
from bridge.ledger.values import iso
from bridge.sandbox.malls.amazon import Amazon
from bridge.sandbox.malls.mall import Mall
from tests.simulation.cast import FILE_MALL
from tests.simulation.malls import FBA, FeedWatch, shown_by
from tests.simulation.model import Books, Broken, Listing, Model
from tests.simulation.partners import FileMall
from tests.simulation.shop import Shown, Trouble
from tests.simulation.watcher import LedgerEye, proved
from tests.support.world import LAG


class Market:
    """Of one seed. `names`: each listing by its channel and its number in the ledger.

    last_shown: what the bridge has read last · decided, risen: the most that was known when a channel's pushes were
    decided, and when what is wanted had risen last by then · wishes: changes of what is wanted since the last push ·
    settled: refusals that people have answered as seen"""

    def __init__(
        self,
        malls: Mapping[str, Mall],
        troubles: Mapping[str, Trouble],
        names: Mapping[tuple[str, str], Listing],
        model: Model,
        eye: LedgerEye,
        marks: Counter[str],
        clock: Any,
    ) -> None:
        self.malls, self.troubles, self.names = malls, troubles, names
        self.model, self.eye, self.marks, self.clock = model, eye, marks, clock
        self.feeds = FeedWatch(cast(Amazon, malls["amazon"]))
        self.last_shown: dict[Listing, int] = {}
        self.decided: dict[str, dict[Listing, int]] = {}
        self.risen: dict[str, dict[Listing, datetime]] = {}
        self.wishes: Counter[Listing] = Counter()
        self.settled: set[str] = set()
        self._looked_at: dict[str, int] = {}
        self._in_files: dict[tuple[Listing, int], tuple[int | None, bool]] = {}
        self.leave()

    def leave(self) -> None:
        """What was changed until now was no push."""
        self._looked_at = {name: len(mall.history) for name, mall in self.malls.items()}

    def take_in_readings(self, mall: str) -> None:
        """A commit was made in a round of this mall."""
        trouble = self.troubles[mall]
        if not trouble.read:
            return
        taken_in = self.eye.shown_at()
        for (channel, number), listing in self.names.items():
            at, lines = trouble.read.get(listing, ("", ()))
            if at and taken_in.get((channel, number), "") >= at:
                self.model.is_read(listing, lines)
                del trouble.read[listing]

    def _shown(self, mall: str) -> Shown:
        sold = {listing: frozenset(lines) for listing, lines in self.model.fresh.items() if listing[0] == mall}
        return Shown(shown_by(self.malls[mall]), sold)

    def note_shown(self, mall: str, path: str) -> None:
        """It is about to answer a request."""
        shown, trouble = self._shown(mall), self.troubles[mall]
        trouble.shown.append(shown)
        if mall == "colorme":
            shop: Any = self.malls[mall]
            old = any(each.until > self.clock.now() for each in shop.state.stale.values())
            self.marks["Color Me shows what stood there before"] += old and path.endswith("/products")
        if "/fba/" not in path:  # what lies in Amazon's warehouse is looked up after the numbers were read
            trouble.shown_last = shown

    def note_reading(self, shown: Mapping[ListingKey, int], old: Shown | None) -> Mapping[ListingKey, int]:
        """What is read, which may be `old`."""
        told = dict(shown)
        for key in shown:
            listing = self.names.get((key.channel, key.id))
            if listing is None:
                continue  # what Amazon ships
            if old is not None:
                told[key] = old.numbers[listing[1]]
                self.marks["stale read of a mall"] += told[key] != shown[key]
            seen = old or self.troubles[key.channel].shown_last
            lines = tuple(line for line in self.model.fresh[listing] if seen and line in seen.sold[listing])
            if seen and told[key] != seen.numbers[listing[1]]:
                lines = ()  # Amazon shows the number before last for a while: a sale that brought it back shows later
            self.last_shown[listing] = told[key]
            self.troubles[key.channel].read[listing] = (iso(self.clock.now()), lines)
        return told

    def refusals_told(self, mall: str) -> None:
        """What a mall refused is asked about in the next commit, but for what people have answered already."""
        if mall == "amazon" and (missed := self.feeds.refused & {key.id for key in self.troubles[mall].done}):
            raise Broken(f"Amazon's feed refused {missed}, and the bridge takes them as done")
        refused = {f"{key.channel}/{key.id}" for key in self.troubles[mall].refused}
        self.troubles[mall].refused.clear()
        if refused:
            asked = {about for _, kind, about, _ in self.eye.open_questions() if kind == "refused"}
            if refused - asked - self.settled:
                raise Broken(f"nobody was told that {refused} were refused")

    def most(self, books: Books) -> dict[Listing, int]:
        """The most that each listing may show."""
        unseen = self.model.unseen(books)
        return {listing: self.model.most(listing, books, unseen) for listing in self.model.listings}

    def look_at_pushes(self, mall: str) -> None:
        """What the bridge has changed there since the last look."""
        if mall == "amazon":
            for awaited, skus, partly in self.feeds.see_ended():
                self.marks["feed partial failure"] += partly
                self.model.muddy |= set() if awaited else {self.names[mall, sku] for sku in skus}
        history = self.malls[mall].history
        complete = self.troubles[mall].complete
        for change in history[self._looked_at[mall] :]:
            listing = (mall, change.listing)
            if change.listing[0] == FBA[0] and change.cause != "order":
                raise Broken("what Amazon ships was given a number of ours")
            if change.cause == "push":
                if self.wishes[listing] > 1:
                    self.marks["coalesced push"] += 1
                self.wishes[listing] = 0
                known = self.decided.get(mall, {}).get(listing)
                fine = proved(self.risen.get(mall, {}).get(listing), complete, LAG)
                # a sale between the last reading and an absolute write is one that no client can see
                shown = max(change.old, self.last_shown.get(listing, 0))
                self.model.pushed(listing, shown, change.new, known, fine)
        self._looked_at[mall] = len(history)

    def file_decided(self, items: Iterable[PushItem]) -> None:
        """Numbers are about to go into a file, which its mall takes when it likes: what was known then counts."""
        complete, risen = self.troubles[FILE_MALL].complete, self.risen.get(FILE_MALL, {})
        for item in items:
            listing = self.names[FILE_MALL, item.listing.id]
            known = self.decided.get(FILE_MALL, {}).get(listing)
            self._in_files[listing, item.quantity] = known, proved(risen.get(listing), complete, LAG)

    def file_taken(self, moved: Mapping[tuple[str, str], tuple[int, int]]) -> None:
        """The mall imported it: what each row made of what."""
        for wire, (old, new) in moved.items():
            known, fine = self._in_files.get(((FILE_MALL, wire), new), (None, False))
            self.model.pushed((FILE_MALL, wire), old, new, known, fine)

    def nothing_withheld(self, mall: str) -> None:
        """After a round of a channel in which nothing went wrong and nobody else did anything, none of its listings
        shows too much."""
        most, shown = self.most(self.eye.books()[0]), shown_by(self.malls[mall])
        if mall == FILE_MALL:
            shown |= cast(FileMall, self.malls[mall]).rows()
        on_its_way = {(each.channel, each.id) for each in self.troubles[mall].later}
        excused = {self.names[each] for each in self.eye.refused() | on_its_way if each in self.names}
        for listing in self.model.listings.keys() - self.model.muddy - excused:
            if listing[0] == mall and shown[listing[1]] > most[listing]:
                raise Broken(f"{listing} still shows {shown[listing[1]]}, the books leave {most[listing]}")
