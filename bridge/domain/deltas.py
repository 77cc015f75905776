"""The 増減 column: `50` or `-3` typed beside a row's number is a change of it (DESIGN §4).

Cell and entry are one number: 10 with +5 beside it means 15 under the row's token, however often it is looked at, also
in a copied row, an older version or an old read. A row update writes the sum and clears the entry; the journal line of
the write tells what it cleared, and what stood there before is the sum again. So an entry counts once, by what the
journal says was cleared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bridge.domain.reading import (
    MOST,
    Blank,
    CellKind,
    Delta,
    Entry,
    Finding,
    FindingCode,
    Quantity,
    RawCell,
    Reading,
    plain,
    read_quantity,
)
from bridge.domain.table import Row, View

DELTA = "増減"  # the findings' name of the cell, beside the locations
_SIGNED = re.compile(r"(?P<sign>[-+−‐–▲△])\s*(?P<digits>[0-9].*)")


@dataclass(frozen=True)
class Sum:
    """What a stock cell and the entry beside it are together. `units`: that number; None: the cell stands alone, and
    the entry waits. `wrong`: why the entry itself can't be taken."""

    units: int | None = None
    wrong: FindingCode | None = None


_ALONE = Sum()


def read_delta(cell: RawCell) -> Entry:
    """What a cell of the column holds."""
    if cell.kind is CellKind.TEXT and (signed := _SIGNED.fullmatch(plain(str(cell.value)))):
        found = read_quantity(replace(cell, value=signed["digits"]))
        sign = 1 if signed["sign"] == "+" else -1
    else:
        found, sign = read_quantity(cell), 1
    if isinstance(found, Blank):
        return found
    if found.units is not None:
        return Delta(sign * found.units)
    return Finding(FindingCode.FRACTION) if found.code is FindingCode.NEGATIVE else found


def add(cell: Reading, entry: Entry, expected: int | None, *, ours: bool) -> Sum:
    """The sum of a cell and an entry. `expected`: what they should be together if nobody had typed since, None where no
    number was ever taken in · `ours`: the cell shows a number below zero that we wrote ourselves.

    People can't take away what isn't there; that more was sold than there is doesn't keep goods from coming in."""
    if not isinstance(entry, Delta):
        return _ALONE if isinstance(entry, Blank) else Sum(wrong=entry.code)
    stands = 0 if isinstance(cell, Blank) else cell.units
    if stands is None:
        return _ALONE  # the cell is to be mended first
    units = stands + entry.units
    if units == expected:
        return Sum(units)
    if isinstance(cell, Blank):
        counts = expected == 0 or (expected is None and entry.units != 0)
    else:
        counts = ours or isinstance(cell, Quantity)
    if not counts:
        return _ALONE
    if units < 0 and entry.units < 0:
        return Sum(wrong=FindingCode.NEGATIVE)
    return Sum(units) if units <= MOST else Sum(wrong=FindingCode.TOO_LARGE)


def entry_at(view: View, row: Row, location: str) -> Entry:
    """The entry beside a stock cell."""
    return row.delta if location == view.delta_at else Blank()


def meant(view: View, row: Row) -> Iterator[tuple[str, Reading]]:
    """What the row's stock cells say, by location, with the entry beside the one that it changes."""
    for location, cell in zip(view.locations, row.cells, strict=True):
        both = add(cell, entry_at(view, row, location), None, ours=False)
        yield location, cell if both.units is None else Quantity(both.units)
