"""Lines of 入出庫 that one tick books: what each kind needs, and what it moves.

What a line moved is taken back by the same movements the other way, under the same cause: accounts that add up a cause
see nothing of a line that was taken back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, StrEnum

from bridge.domain.stock import Cause, Component, Movement


class Kind(StrEnum):
    """The kinds of lines of 入出庫."""

    TRANSFER = "transfer"
    RECEIPT = "receipt"
    RETURN = "return"  # a customer brought it back
    DAMAGE = "damage"
    SALE = "sale"  # over the counter
    SAMPLE = "sample"
    ASSEMBLY = "assembly"  # sets are made of their components
    PARTS = "parts"  # sets are taken apart
    COUNT = "count"  # a stock-take: its beginning, or the count of one SKU


@dataclass(frozen=True)
class Rule:
    """What one kind of line needs beside its kind, SKU and units. `tick`: the one that books it · `source`, `target`:
    whether it takes from a place or brings to one."""

    cause: Cause
    tick: str
    needs: tuple[str, ...]
    source: bool = False
    target: bool = False


RULES: Mapping[Kind, Rule] = {
    Kind.RECEIPT: Rule(Cause.RECEIVED, "arrived", ("target",), target=True),
    Kind.RETURN: Rule(Cause.BROUGHT_BACK, "arrived", (), target=True),  # to where goods wait to be inspected
    Kind.DAMAGE: Rule(Cause.DAMAGED, "sent", ("source",), source=True),
    Kind.SALE: Rule(Cause.SOLD_HERE, "sent", ("source",), source=True),
    Kind.SAMPLE: Rule(Cause.SAMPLE, "sent", ("source",), source=True),
    Kind.ASSEMBLY: Rule(Cause.ASSEMBLED, "arrived", ("source", "components"), source=True, target=True),
    Kind.PARTS: Rule(Cause.TAKEN_APART, "sent", ("source", "components"), source=True, target=True),
}


@dataclass(frozen=True)
class Entry:
    """What a line says. `units` ≥ 1; a place it does not use is "" · `parts`: what goes into one set."""

    kind: Kind
    sku: str
    units: int
    source: str = ""
    target: str = ""
    parts: tuple[Component, ...] = ()

    @property
    def taken(self) -> Mapping[str, int]:
        """Units by SKU that leave `source`."""
        if self.kind is Kind.ASSEMBLY:
            return self._in_parts
        return {self.sku: self.units} if self.source else {}

    @property
    def brought(self) -> Mapping[str, int]:
        """Units by SKU that come to `target`."""
        if self.kind is Kind.PARTS:
            return self._in_parts
        return {self.sku: self.units} if self.target else {}

    @property
    def _in_parts(self) -> Mapping[str, int]:
        return {part.sku: part.units * self.units for part in self.parts}

    @property
    def skus(self) -> tuple[str, ...]:
        return (self.sku, *(part.sku for part in self.parts))


@dataclass(frozen=True)
class Booking:
    """One line under its number. `entry`: what was booked, else what was read last · `early`: its tick was changed
    before that could count (a copied line, or the bridge was not live): it must be changed anew · `at`: when."""

    number: int
    entry: Entry | None = None
    booked: bool = False
    early: bool = False
    at: datetime | None = None

    @property
    def ref(self) -> str:
        return f"move {self.number}"


class Act(Enum):
    BOOK = "book"
    TAKE_BACK = "take back"


@dataclass(frozen=True)
class Verdict:
    """`act`: to be done · `code`: what is said beside the line as long as it is not done."""

    code: str
    act: Act | None = None


def judge(booking: Booking, entry: Entry | None, tick: bool | None, *, problem: str = "") -> Verdict:
    """What a line that now says `entry` (None: it can't be read) comes to. `tick`: the one that books it; None: no tick
    box stands there · `problem`: why nothing may move, as the code of a sentence."""
    if booking.booked:
        if tick is False:
            code = "early back" if booking.early else problem
            return Verdict(code) if code else Verdict("booked", Act.TAKE_BACK)
        return Verdict("booked" if entry == booking.entry else "changed")
    if booking.early and tick:
        return Verdict("early")
    if problem:
        return Verdict(problem)
    return Verdict("ready", Act.BOOK if tick else None)


def still_early(booking: Booking, tick: bool | None, *, may_act: bool) -> bool:
    """Whether the tick that would move something next was set, or taken away, before that could count."""
    pending = tick is False if booking.booked else bool(tick)
    return pending and (booking.early or not may_act)


def act_on(booking: Booking, act: Act, at: datetime) -> tuple[Booking, tuple[Movement, ...]]:
    """The line afterwards, and what it moves."""
    assert booking.entry is not None
    if act is Act.BOOK:
        return replace(booking, booked=True, at=at), tuple(_movements(booking.entry, booking.ref, 1))
    return replace(booking, booked=False, at=None), tuple(_movements(booking.entry, booking.ref, -1))


def _movements(entry: Entry, ref: str, sign: int) -> Iterator[Movement]:
    cause = RULES[entry.kind].cause
    for sku, units in entry.taken.items():
        yield Movement(sku, entry.source, -sign * units, 0, cause, ref)
    for sku, units in entry.brought.items():
        yield Movement(sku, entry.target, sign * units, 0, cause, ref)
