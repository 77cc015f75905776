"""The numbers of one channel on their way out, as they are remembered. Pure.

    queue ─┬─► the file that is out ─┬─► taken: untold, then shown
    halves ┘                         └─► refused: halves, at last failed

A partner refuses a whole file for one bad row, and nobody tells the bridge which. So the file is sent again in halves,
and a half that is refused in halves of its own, until the row is found; all the others are taken meanwhile. A listing
whose row was refused alone goes alone from then on, until it is taken: it never drags others with it again. A file that
must say every number is never halved. And a partner who takes none of many such files refuses them for something else
than a row: what is left of them is set aside, and goes out in one again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bridge.channels.batches import cut
from bridge.channels.files import facts


@dataclass
class Books:
    """What is remembered, as one call reads and changes it. Times are ISO text.

    out: `number` of the last file · `file` (name, rows, at, written, half) that is out, or None · what waits: new
    numbers (`queue`) and `halves` of files that were refused, by listing, each of which stands in one of them ·
    `untold`: numbers taken that nobody was told of · `failed`: what its partner refused, until it is sent again ·
    `alone`: the number with which a listing was refused alone, until one of it is taken · `halved`: how many files were
    since one was taken
    shown: units as of when, by listing · sales: when each was ordered
    whole: whether a file must say every number · limit: most rows in one"""

    out: dict[str, Any]
    shown: dict[str, list[Any]]
    sales: Mapping[str, Sequence[tuple[datetime, int]]]
    whole: bool
    limit: int

    # --- what the channel shows --------------------------------------------------------------------------------------

    def believed(self, listing: str) -> int | None:
        """What was taken last, less what was ordered since; None before anything was."""
        return self._less_sold(listing, self.shown[listing]) if listing in self.shown else None

    def standing(self) -> dict[str, int]:
        """The same of every listing, by the numbers too that were taken and that nobody was told of yet."""
        newest = dict(self.shown)
        for listing, taken in self.out["untold"].items():
            if listing not in newest or _as_of(newest[listing]) <= _as_of(taken):
                newest[listing] = taken
        return {listing: self._less_sold(listing, known) for listing, known in newest.items()}

    def _less_sold(self, listing: str, known: Sequence[Any]) -> int:
        units, at = int(known[0]), _as_of(known)
        return max(0, units - sum(sold for placed, sold in self.sales.get(listing, ()) if placed > at))

    # --- what is on its way ------------------------------------------------------------------------------------------

    def last(self, listing: str) -> int | None:
        """The last number of a listing that is on its way."""
        return next((numbers[listing] for numbers in moving(self.out) if listing in numbers), None)

    def add(self, listing: str, units: int) -> None:
        """A number is to go out, in place of the one of its listing that waits."""
        half = next((each for each in self.out["halves"] if listing in each), None)
        if half is not None:
            half[listing] = units
        elif listing in self.out["alone"] and listing not in self.rows:
            self.out["halves"].append({listing: units})
        else:
            self.out["queue"][listing] = units

    def drop(self, listing: str) -> None:
        """Nothing of a listing waits any more."""
        for numbers in (self.out["queue"], *self.out["halves"]):
            numbers.pop(listing, None)
        self.out["halves"] = [half for half in self.out["halves"] if half]

    # --- the file that is out ----------------------------------------------------------------------------------------

    @property
    def rows(self) -> dict[str, int]:
        """Its rows; none where no file is out."""
        return _rows(self.out)

    @property
    def joining(self) -> dict[str, int]:
        """New numbers that may still come into it. Into a half come only those of its own listings: no other number
        shall be refused for the row that is looked for."""
        file, queue = self.out["file"], self.out["queue"]
        return {listing: units for listing, units in queue.items() if not file.get("half") or listing in file["rows"]}

    def begin(self, name: str, at: str) -> None:
        """The next file, of what waits."""
        half = self._next_half()
        self.out["file"] = {"name": name, "at": at, "half": half is not None}
        self._fill(half or {**(self.standing() if self.whole else {}), **self.out["queue"]})

    def join(self) -> None:
        """The same file once more, with all that may come into it."""
        self._fill({**self.rows, **self.joining})

    def _fill(self, rows: Mapping[str, int]) -> None:
        """With as many rows as a file may have (rule 9); the others wait."""
        part = dict(next(cut(_zeros_first(rows), self.limit)))
        left = {listing: n for listing, n in {**rows, **self.out["queue"]}.items() if listing not in part}
        self.out |= {"file": {**self.out["file"], "rows": part, "written": False}, "queue": left}

    def _next_half(self) -> dict[str, int] | None:
        """Where both wait, files of odd numbers are for new numbers and those of even numbers for halves: so neither
        starves behind the other."""
        halves: list[dict[str, int]] = self.out["halves"]
        if not halves or (self.out["queue"] and self.out["number"] % 2):
            return None
        half = min(halves, key=self._turn)
        halves.remove(half)
        return half

    def _turn(self, half: Mapping[str, int]) -> tuple[bool, bool]:
        """A sort key: first one with a number to zero, last what was refused alone just so before."""
        untried = [units for listing, units in half.items() if self.out["alone"].get(listing) != units]
        return (0 not in untried, not untried)

    # --- what became of it -------------------------------------------------------------------------------------------

    def taken(self, at: str) -> None:
        """The file that is out was carried out."""
        for listing, units in self.rows.items():
            self.out["alone"].pop(listing, None)
            if units == self.believed(listing) and listing not in self.out["untold"]:
                # a row of a whole file that says again what was shown before
                self.shown[listing] = [units, at]
            else:
                self.out["untold"][listing] = [units, at]
        self.out |= {"file": None, "halved": 0}

    def refused(self, at: str) -> None:
        """The file that is out was refused, as a whole."""
        name, rows = self.out["file"]["name"], self.rows
        self.out["file"] = None
        if self.whole:
            self._fail(rows, name, at)
            return
        newest = {listing: self.out["queue"].pop(listing, units) for listing, units in rows.items()}
        if len(rows) > 1:
            self._halve(newest, name, at)
            return
        self._fail(rows, name, at)
        self.out["alone"] |= rows
        for listing in rows:
            if newest[listing] != rows[listing]:
                self.add(listing, newest[listing])

    def _halve(self, rows: Mapping[str, int], name: str, at: str) -> None:
        """Behind the next half, which as a rule is the other half of what these come from, and good if they are bad."""
        self.out["halves"][1:1] = _halves(rows)
        self.out["halved"] += 1
        if self.out["halved"] >= facts.MOST_HALVED:
            for half in self.out["halves"]:
                self._fail(half, name, at)
            self.out |= {"halves": [], "halved": 0}

    def _fail(self, rows: Mapping[str, int], name: str, at: str) -> None:
        self.out["failed"] |= {listing: [units, name, at] for listing, units in rows.items()}


def moving(out: Mapping[str, Any]) -> list[dict[str, int]]:
    """Every number that is not taken yet, the last of each listing first."""
    return [out["queue"], *out["halves"], _rows(out)]


def _rows(out: Mapping[str, Any]) -> dict[str, int]:
    rows: dict[str, int] = out["file"]["rows"] if out["file"] else {}
    return rows


def _halves(rows: Mapping[str, int]) -> list[dict[str, int]]:
    ordered = _zeros_first(rows)
    middle = len(ordered) // 2
    return [dict(ordered[:middle]), dict(ordered[middle:])]


def _zeros_first(rows: Mapping[str, int]) -> list[tuple[str, int]]:
    """So that a long way stops no sale late."""
    return sorted(rows.items(), key=lambda row: (row[1] != 0, row[0]))


def _as_of(known: Sequence[Any]) -> datetime:
    return datetime.fromisoformat(known[1])
