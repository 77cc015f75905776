"""Files that go out: one at a time, in order, and what became of each (rules 3, 6, 9 and 11).

    wanted → queue → the file that is out → taken → told as done → what the channel shows
                          └─► refused → in halves, until the bad row is alone (books.py)

What is to be written is remembered before it is, so a killed bridge writes the same again: the numbers are absolute.
The bridge learns that a number was taken by the answer to its next push of it, and not before; so what `read` shows
changes in that very moment, and is no sale that nobody tells of.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import datetime
from typing import Any

from bridge.channels.files import facts
from bridge.channels.files.books import Books, moving
from bridge.channels.files.cells import bytes_of
from bridge.channels.files.folders import Locked
from bridge.channels.files.names import name_of
from bridge.channels.files.told import Told
from bridge.channels.port import Outcome, Pushed, PushItem
from bridge.clock import Clock
from bridge.errors import Hint, NeedsPerson, TryAgain
from bridge.file_profiles import PLACE, Column, Profile
from bridge.remembered import Remembers


class Outbox:
    """The outgoing side of one channel."""

    def __init__(self, profile: Profile, folder: Locked, told: Told, memory: Remembers, clock: Clock) -> None:
        self._profile, self._folder, self._told = profile, folder, told
        self._memory, self._clock = memory, clock

    # --- what the channel shows --------------------------------------------------------------------------------------

    def settle(self) -> None:
        """See what became of the file that is out. Writes nothing. Raises TryAgain, NeedsPerson."""
        file = self._out()["file"]
        if file is None or not file["written"]:
            return
        entries = self._folder.list(self._profile.folder)
        if entries is None:
            return  # a folder that isn't there (a share that is not mounted) says nothing of its files
        names = {entry.name for entry in entries}
        failed = self._mark(self._profile.failed, file["name"]) in names
        if not failed and not self._is_done(file["name"], names):
            return
        books = self._books()
        (books.refused if failed else books.taken)(self._now())
        self._memory.put(out=books.out, shown=books.shown)

    def _is_done(self, name: str, names: Set[str]) -> bool:
        """By the partner's own word where it gives one; else it is gone from its folder."""
        done = self._mark(self._profile.done, name)
        return done in names if done else name not in names

    def show(self, listings: Iterable[str]) -> dict[str, int]:
        """What the channel shows, as far as anybody can know, without those that are none of its own."""
        books = self._books()
        mine = [listing for listing in listings if self._profile.listings.parts(listing) is not None]
        late = [
            listing
            for listing in mine
            if listing in books.out["untold"]
            and books.last(listing) is None
            and self._age(books.out["untold"][listing][1]) > facts.TOLD_WITHIN.total_seconds()
        ]
        for listing in late:
            books.shown[listing] = books.out["untold"].pop(listing)
        if late:
            self._memory.put(out=books.out, shown=books.shown)
        found = {listing: books.believed(listing) for listing in mine}
        return {listing: self._profile.most if units is None else units for listing, units in found.items()}

    def on_its_way(self) -> dict[str, list[int]]:
        """Every number of a listing that waits, or was taken and nobody was told so."""
        out, found = self._out(), dict[str, list[int]]()
        untold = {listing: units for listing, (units, _) in out["untold"].items()}
        for numbers in (*moving(out), untold):
            for listing, units in numbers.items():
                found.setdefault(listing, []).append(units)
        return found

    # --- sending -----------------------------------------------------------------------------------------------------

    def send(self, items: Sequence[PushItem]) -> list[Pushed]:
        """Raises TryAgain, NeedsPerson, Stop, ShadowWrite."""
        self.settle()
        books = self._books()
        answers = [self._answer(item, books) for item in items]
        self._memory.put(out=books.out, shown=books.shown)
        try:
            self._go_on(books)
        except (TryAgain, NeedsPerson):
            if all(each.outcome is not Outcome.DONE for each in answers):
                raise
            # what is done is told in any case; the write that failed is tried again, and raises then
        return answers

    def _answer(self, item: PushItem, books: Books) -> Pushed:
        """What became of a number, or that it is on its way from now on."""
        listing, units, out = item.listing.id, item.quantity, books.out
        wrong = self._unwritable(listing, units)
        if wrong is not None:
            return Pushed(item.listing, Outcome.REFUSED, wrong)
        failed = out["failed"].get(listing)
        if failed and failed[0] == units and self._age(failed[2]) < facts.RETRY_REFUSED.total_seconds():
            books.drop(listing)
            return Pushed(item.listing, Outcome.REFUSED, _failed(failed[1]))
        out["failed"].pop(listing, None)
        moving, untold = books.last(listing), out["untold"].get(listing)
        if untold and untold[0] == units and moving in (None, units):
            del out["untold"][listing]
            books.drop(listing)
            books.shown[listing] = [units, self._now()]
            return Pushed(item.listing, Outcome.DONE)
        if moving is None and not untold and books.believed(listing) == units:
            return Pushed(item.listing, Outcome.DONE)  # said again
        if moving != units:
            books.add(listing, units)
        return Pushed(item.listing, Outcome.LATER, _on_its_way(self._profile.title))

    def _unwritable(self, listing: str, units: int) -> Hint | None:
        """Why a row can't be written; names it (rule 2)."""
        parts = self._profile.listings.parts(listing)
        if parts is None:
            return _no_listing(self._profile.listings.separator.join(self._profile.listings.plain))
        try:
            bytes_of([self._line(listing, units)], self._profile.form)
        except (UnicodeEncodeError, csv.Error):
            return _unwritable(listing, self._profile.form.encoding)
        return None

    # --- the file that is out ----------------------------------------------------------------------------------------

    def _go_on(self, books: Books) -> None:
        """Write what is due: again what a kill may have kept from being written, or the next file. One that nobody has
        taken yet gives way to one that says more, except where its partner may be at work on it."""
        out = books.out
        if out["file"] is not None:
            if out["file"]["written"] and not self._gives_way(books):
                return
            books.join()
        elif out["queue"] or out["halves"]:
            out["number"] += 1
            books.begin(name_of(self._profile, self._clock.now(), out["number"]), self._now())
        else:
            return
        self._memory.put(out=out)
        name = out["file"]["name"]
        self._clear_marks(name)
        self._folder.write(self._path(name), self._bytes(books.rows))
        out["file"]["written"] = True
        self._memory.put(out=out)

    def _gives_way(self, books: Books) -> bool:
        if self._profile.done or not books.joining:
            return False
        entries = self._folder.list(self._profile.folder) or ()
        return any(entry.name == books.out["file"]["name"] for entry in entries)

    def _bytes(self, rows: Mapping[str, int]) -> bytes:
        head = [[column.header for column in self._profile.columns]] if self._profile.form.header else []
        lines = [self._line(listing, units) for listing, units in sorted(rows.items())]
        return bytes_of(head + lines, self._profile.form)

    def _line(self, listing: str, units: int) -> list[str]:
        parts = self._profile.listings.parts(listing) or {}
        choice = tuple(parts) == self._profile.listings.choice
        values = {**parts, "quantity": str(units)}
        return [_filled(column, values, choice=choice) for column in self._profile.columns]

    def _clear_marks(self, name: str) -> None:
        """Marks of an earlier file of the same name."""
        for mark in (self._mark(self._profile.done, name), self._mark(self._profile.failed, name)):
            if mark:
                self._folder.delete(self._path(mark))

    def _mark(self, pattern: str, name: str) -> str:
        return pattern.replace("{name}", name)

    def _path(self, name: str) -> str:
        return f"{self._profile.folder}/{name}" if self._profile.folder else name

    # --- what is remembered ------------------------------------------------------------------------------------------

    def waiting_since(self) -> tuple[str, datetime] | None:
        """The file that is out, and since when."""
        file = self._out()["file"]
        return (file["name"], datetime.fromisoformat(file["at"])) if file else None

    def _books(self) -> Books:
        profile = self._profile
        return Books(self._out(), self._told.shown(), self._told.sales(), profile.whole, profile.row_limit)

    def _out(self) -> dict[str, Any]:
        found: dict[str, Any] = self._memory.get("out", {})
        waits: dict[str, Any] = {"queue": {}, "halves": [], "untold": {}, "failed": {}, "alone": {}}
        return {"number": 0, "halved": 0, "file": None, **waits, **found}

    def _now(self) -> str:
        return self._clock.now().isoformat()

    def _age(self, at: str) -> float:
        return abs((self._clock.now() - datetime.fromisoformat(at)).total_seconds())


def _filled(column: Column, values: Mapping[str, str], *, choice: bool) -> str:
    return PLACE.sub(lambda found: values.get(found[1], ""), column.choice if choice else column.plain)


def _on_its_way(title: Hint) -> Hint:
    return Hint(
        f"{title.ja} に書いて、受け取りを待っています。", f"Written into a {title.en}; waiting for it to be taken."
    )


def _failed(name: str) -> Hint:
    return Hint(
        f"相手がファイル {name} を受け付けませんでした。相手のエラーの記録を見て、直してください。",
        f"The partner did not accept the file {name}. Look at its error record and mend what it names.",
    )


def _no_listing(form: str) -> Hint:
    return Hint(
        f"このプロファイルの出品 ID ではありません。「{form}」の形で書いてください。",
        f"This is no listing id of this profile: write it as {form}.",
    )


def _unwritable(listing: str, encoding: str) -> Hint:
    return Hint(
        f"出品 ID「{listing}」は、このファイルの文字コード（{encoding}）か区切り方では書けません。",
        f"The listing id {listing} can't be written in this file's encoding ({encoding}) or with its separators.",
    )
