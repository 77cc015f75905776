"""The invariants of DESIGN §3 as checks over given data. The ledger runs them at commit, the tests after every step.

Each answers what is violated, as data; nothing is repaired here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bridge.domain.booking import LineState, line_ref
from bridge.domain.stock import Balance, BalanceKey, Movement
from bridge.domain.transfers import IN_TRANSIT, Transfer, on_their_way


class Invariant(StrEnum):
    """Which promise is broken."""

    CONSERVATION = "conservation"  # a balance is not its opening + Σ movements
    EXACTLY_ONCE = "exactly once"  # a line has not booked what its newest snapshot implies
    ALLOCATED = "allocated"  # allocated units are not those of the lines
    IN_TRANSIT = "in transit"  # units on their way are not those of the open transfers
    SHOWN = "shown"  # a row at rest does not show typed + what its token stands for


@dataclass(frozen=True)
class Violation:
    """`what` went wrong for `sku` at `location` ("" where it spans all); `subject`: the number or line meant."""

    what: Invariant
    sku: str
    location: str
    subject: str
    expected: int
    found: int


@dataclass(frozen=True)
class CellAtRest:
    """A stock cell of a row that nobody is writing. `amount`: how much of *booked* the row's token stands for."""

    sku: str
    location: str
    shown: int
    typed: int
    amount: int


def conservation(
    before: Mapping[BalanceKey, Balance], movements: Iterable[Movement], after: Mapping[BalanceKey, Balance]
) -> tuple[Violation, ...]:
    """Nothing but movements moves stock: before + Σ movements = after. From nothing (`before` = {}) this checks whole
    balances, openings being movements. `after` may leave out what did not change."""
    typed: defaultdict[BalanceKey, int] = defaultdict(int)
    booked: defaultdict[BalanceKey, int] = defaultdict(int)
    allocated: defaultdict[BalanceKey, int] = defaultdict(int)
    for movement in movements:
        key = (movement.sku, movement.location)
        (typed if movement.cause.typed else booked)[key] += movement.on_hand
        allocated[key] += movement.allocated
    found: list[Violation] = []
    for key in sorted({*typed, *booked, *allocated, *after}):
        old = before.get(key, Balance())
        new = after.get(key, old)
        numbers = (
            ("typed", (old.typed or 0) + typed[key], new.typed or 0),
            ("booked", old.booked + booked[key], new.booked),
            ("allocated", old.allocated + allocated[key], new.allocated),
        )
        found += _differing(Invariant.CONSERVATION, *key, numbers)
    return tuple(found)


def exactly_once(line: LineState) -> tuple[Violation, ...]:
    """What a line has booked is what its newest snapshot implies, per component, over all locations."""
    found: list[Violation] = []
    known = {component.sku for component in line.components}
    for component in line.components:
        mine = [share for share in line.shares if share.sku == component.sku]
        due = line.owed(component)
        numbers = (
            ("allocated", due.open, sum(share.allocated for share in mine)),
            ("shipped", due.shipped, sum(share.shipped for share in mine)),
            ("returned", due.returned, sum(share.returned for share in mine)),
        )
        ref = line_ref(line.snapshot.key)
        found += _differing(
            Invariant.EXACTLY_ONCE, component.sku, "", [(f"{ref} {name}", want, have) for name, want, have in numbers]
        )
    for share in line.shares:
        if share.sku not in known:
            booked = share.allocated + share.shipped + share.returned
            found += _differing(
                Invariant.EXACTLY_ONCE, share.sku, share.location, [(line_ref(line.snapshot.key), 0, booked)]
            )
    return tuple(found)


def allocated_to_lines(
    balances: Mapping[BalanceKey, Balance], lines: Iterable[LineState], skus: Iterable[str] | None = None
) -> tuple[Violation, ...]:
    """Allocated = Σ of what the lines hold. `lines`: every line with a share of `skus` (None: of any)."""
    asked = None if skus is None else set(skus)
    held: defaultdict[BalanceKey, int] = defaultdict(int)
    for line in lines:
        for share in line.shares:
            held[share.sku, share.location] += share.allocated
    found: list[Violation] = []
    for key in sorted({*balances, *held}):
        if asked is None or key[0] in asked:
            number = ("allocated", held[key], balances.get(key, Balance()).allocated)
            found += _differing(Invariant.ALLOCATED, *key, [number])
    return tuple(found)


def in_transit(balances: Mapping[BalanceKey, Balance], transfers: Iterable[Transfer]) -> tuple[Violation, ...]:
    """What is on its way = Σ of what the transfers have on their way."""
    lines = on_their_way(transfers)
    lying = {sku: balance.on_hand for (sku, location), balance in balances.items() if location == IN_TRANSIT}
    return tuple(
        violation
        for sku in sorted({*lines, *lying})
        for violation in _differing(Invariant.IN_TRANSIT, sku, IN_TRANSIT, [("units", lines[sku], lying.get(sku, 0))])
    )


def shown_at_rest(cells: Iterable[CellAtRest]) -> tuple[Violation, ...]:
    """Shown = typed + amount(token), for every cell of a row that nobody is writing or has edited since."""
    return tuple(
        violation
        for cell in cells
        for violation in _differing(
            Invariant.SHOWN, cell.sku, cell.location, [("shown", cell.typed + cell.amount, cell.shown)]
        )
    )


def _differing(
    what: Invariant, sku: str, location: str, numbers: Iterable[tuple[str, int, int]]
) -> Iterable[Violation]:
    for subject, expected, found in numbers:
        if expected != found:
            yield Violation(what, sku, location, subject, expected, found)
