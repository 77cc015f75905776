"""What the rows of a partner's file say (rules 5 and 8, §6.7). Pure.

One cell that can't be understood stops the whole file: half a snapshot is none.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bridge.channels.files import damage, facts
from bridge.channels.files.cells import Row, rows_of, same
from bridge.channels.files.names import Named
from bridge.clock import JST
from bridge.domain.till import RowKind
from bridge.file_profiles import Meaning, Profile, Tells

_MONTH = "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
EXCEL = re.compile(
    r"[+-]?\d+(\.\d+)?E[+-]\d+|\d{1,2}月\d{1,2}日"
    rf"|\d{{1,2}}-{_MONTH}(-\d{{2,4}})?|{_MONTH}-\d{{1,4}}"
    r"|\d{4}/\d{1,2}/\d{1,2}|#(N/A|REF!|VALUE!|NAME\?|NUM!|DIV/0!)|#+",
)
"""What Excel makes of codes: 1E+13, 1月2日, 2-Jan, Jan-02, 2001/2/3, #N/A, ####."""
MOST_QUOTED = 40  # characters
_NUMBER = re.compile(r"([+-]?)(\d{1,3}(?:,\d{3})+|\d{1,9})([+-]?)")
KINDS = {"received": RowKind.RECEIVED, "counted": RowKind.COUNTED, "lost": RowKind.LOST}


@dataclass(frozen=True)
class Count:
    """A snapshot: units by listing id, as of `at`."""

    at: datetime
    units: Mapping[str, int]


@dataclass(frozen=True)
class Change:
    """By how many units one listing's number changed."""

    listing: str
    units: int
    kind: RowKind


@dataclass(frozen=True)
class Changes:
    """The changes of one file. `at`: by its name or its rows."""

    at: datetime
    rows: tuple[Change, ...]


@dataclass(frozen=True)
class Line:
    """What a file says of one order line, in units of the listing."""

    order: str
    line: str
    listing: str
    units: int
    state: str  # open | shipped | cancelled
    at: datetime


@dataclass(frozen=True)
class Lines:
    """Order lines. `at`: as of when the file is."""

    at: datetime
    rows: tuple[Line, ...]


Content = Count | Changes | Lines


@dataclass
class Ids:
    """Ids of 出品 as the bridge knows them: cp932 writes two signs as one (～〜, －−), so a text that comes back may be
    another one than was sent (rule 2)."""

    known: dict[str, str] = field(default_factory=dict)

    def learn(self, listing: str) -> None:
        self.known[untwinned(listing)] = listing

    def called(self, listing: str) -> str:
        return self.known.get(untwinned(listing), listing)


_TWINS = str.maketrans("～－∥￠￡￢", "〜−‖¢£¬")


def untwinned(text: str) -> str:
    """The same for both of two signs that cp932 does not tell apart."""
    return text.translate(_TWINS)


def content_of(profile: Profile, named: Named, data: bytes, now: datetime, shape: str = "") -> Content:
    """What a file says. `now`: a file dated later is of a clock that is wrong · `shape`: a regular expression that
    every code fits, "" where nothing is known of them. Raises Damaged."""
    needed = [*profile.reads.values(), *profile.only]
    last = [same(profile.reads[role]) for role in ("units", "shipped") if role in profile.reads]
    rows = rows_of(data, profile.form, needed, last)
    rows = [row for row in rows if _counts(profile, row)]
    content = _READERS[_tells(profile)](_Sheet(profile, named, shape), rows)
    if content.at > now + facts.LATER_THAN_NOW:
        raise damage.future()
    return content


def _tells(profile: Profile) -> Tells:
    assert profile.tells is not None
    return profile.tells


def _counts(profile: Profile, row: Row) -> bool:
    """Whether a row is of those that count. Raises Damaged where nobody has said."""
    for header, values in profile.only.items():
        cell = row.cells[same(header)]
        if cell not in values:
            if cell in profile.ignored.get(header, ()):
                return False
            raise damage.strange(row.number, header, _quoted(profile, cell))
    return True


def _quoted(profile: Profile, text: str) -> str:
    """A cell as a sentence may show it. Of a file that names buyers none is shown: where columns are shifted, any cell
    may hold a name (rule 10)."""
    return "…" if profile.tells in (Tells.ORDERS, Tells.SHIPMENTS) else text[:MOST_QUOTED]


@dataclass(frozen=True)
class _Sheet:
    """One file and its profile."""

    profile: Profile
    named: Named
    shape: str

    def text(self, row: Row, role: str) -> str:
        return row.cells.get(same(self.profile.reads[role]), "") if role in self.profile.reads else ""

    def code(self, row: Row, role: str) -> str:
        """A key: text, and never one that Excel has been at."""
        text = self.text(row, role)
        if EXCEL.fullmatch(text):
            raise damage.excel(row.number, _quoted(self.profile, text))
        return text

    def listing(self, row: Row) -> str:
        listings = self.profile.listings
        parts = {name: self.code(row, name) for name in (*listings.plain, *listings.choice)}
        for name in listings.plain:
            if not parts[name]:
                raise damage.blank(row.number, self.profile.reads[name])
        first = parts[listings.plain[0]]
        if self.shape and not re.fullmatch(self.shape, first):
            raise damage.excel(row.number, _quoted(self.profile, first))
        return listings.id(parts)

    def units(self, row: Row, role: str = "units") -> int | None:
        """None where the cell is blank and that leaves everything as it is."""
        text = same(self.text(row, role))
        if not text:
            if self.profile.blank == "leave":
                return None
            raise damage.blank(row.number, self.profile.reads[role])
        found = _NUMBER.fullmatch(text)
        if found is None or (found[1] and found[3]):
            raise damage.number(row.number, _quoted(self.profile, text))
        units = int(found[2].replace(",", "")) * (-1 if "-" in (found[1], found[3]) else 1)
        if units < 0 and self.profile.meaning is not Meaning.DELTA:
            raise damage.negative(row.number)
        return units

    def when(self, row: Row) -> datetime | None:
        """The time in a row; None where it tells none, or only the day."""
        text = same(self.text(row, "at"))
        if "at" not in self.profile.reads:
            return None
        for form in self.profile.dates:
            try:
                at = datetime.strptime(text, form).replace(tzinfo=JST).astimezone(UTC)
            except (ValueError, OverflowError):  # the year 1
                continue
            return at if "%H" in form else None
        raise damage.date(row.number, _quoted(self.profile, text))

    def at(self, rows: Sequence[Row]) -> datetime:
        """As of when a snapshot is: by its rows the earliest, else by its name."""
        times = [time for row in rows if (time := self.when(row)) is not None]
        if times:
            return min(times)
        if self.named.time is None:
            raise damage.undated()
        return self.named.time.astimezone(UTC)


def _count(sheet: _Sheet, rows: Sequence[Row]) -> Count:
    """Lots and shelves of a listing are summed (§6.7). A row of a mall's own stock stands for its listing alone."""
    if not rows:
        raise damage.empty()
    _once(rows)
    units: defaultdict[str, int] = defaultdict(int)
    for row in rows:
        listing, number = sheet.listing(row), sheet.units(row)
        if sheet.profile.tells is Tells.SHOWN and listing in units:
            raise damage.doubled(row.number)
        if number is not None:
            units[listing] += number
    return Count(sheet.at(rows), dict(units))


def _changes(sheet: _Sheet, rows: Sequence[Row]) -> Changes:
    _once(rows)
    return Changes(sheet.at(rows), tuple(_change(sheet, row) for row in rows))


def _change(sheet: _Sheet, row: Row) -> Change:
    units, reason = sheet.units(row), sheet.text(row, "reason")
    if "reason" not in sheet.profile.reads:
        kind = RowKind.COUNTED
    elif reason in sheet.profile.reasons:
        kind = KINDS[sheet.profile.reasons[reason]]
    else:
        raise damage.strange(row.number, sheet.profile.reads["reason"], _quoted(sheet.profile, reason))
    return Change(sheet.listing(row), units or 0, kind)


def _lines(sheet: _Sheet, rows: Sequence[Row]) -> Lines:
    found = tuple(_line(sheet, row) for row in rows)
    keys = set[tuple[str, str]]()
    for row, line in zip(rows, found, strict=True):
        if (line.order, line.line) in keys:
            raise damage.doubled(row.number)
        keys.add((line.order, line.line))
    times = [named] if (named := sheet.named.time) else [line.at for line in found]
    if not times:
        raise damage.undated()
    return Lines(max(times).astimezone(UTC), found)


def _line(sheet: _Sheet, row: Row) -> Line:
    order = sheet.code(row, "order")
    if not order:
        raise damage.blank(row.number, sheet.profile.reads["order"])
    listing, units, state = sheet.listing(row), sheet.units(row), "shipped"
    if sheet.profile.tells is Tells.ORDERS:
        text = sheet.text(row, "state")
        if text not in sheet.profile.states:
            raise damage.strange(row.number, sheet.profile.reads.get("state", "state"), _quoted(sheet.profile, text))
        state = sheet.profile.states[text]
    at = sheet.when(row) or sheet.named.time
    if at is None:
        raise damage.undated()
    return Line(order, sheet.code(row, "line") or listing, listing, units or 0, state, at.astimezone(UTC))


def _once(rows: Sequence[Row]) -> None:
    """No two rows alike: a file that was written twice into one says everything twice."""
    seen = set[tuple[str, ...]]()
    for row in rows:
        cells = tuple(row.cells.values())
        if cells in seen:
            raise damage.doubled(row.number)
        seen.add(cells)


def gone_or_zero(before: Mapping[str, int], now: Mapping[str, int]) -> Iterator[str]:
    """Listings that had something before and have nothing now, or are no longer told (rule 8)."""
    return (listing for listing, units in before.items() if units and not now.get(listing))


_READERS: Mapping[Tells, Callable[[_Sheet, Sequence[Row]], Content]] = {
    Tells.STOCK: _count,
    Tells.SHOWN: _count,
    Tells.CHANGES: _changes,
    Tells.SHIPMENTS: _lines,
    Tells.ORDERS: _lines,
}
