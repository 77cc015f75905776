"""The numbers of lines of 入出庫: staff append lines, the bridge gives each a number.

A number is only ever written into a cell that shows what the look showed there (nothing, or the number that was copied
along), so it can't take another line's place, whatever was sorted meanwhile; each attempt takes a new one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from bridge.domain.numbering import floor, number_in
from bridge.ledger.ledger import Tx
from bridge.sheet.gateway import Request
from bridge.sheet.requests import replace_one
from bridge.sheet.views import Lines, MoveLine

AT_A_TIME = 100  # numbers in one call
_TO_WRITE = "numbers to write"  # [position, what stands there, the number]: of the last look

Still = Callable[[str, object], bool]


@dataclass(frozen=True)
class Like:
    """A line of before that said just this. `stands`: what it moved can still be taken back."""

    number: int
    stands: bool


@dataclass(frozen=True)
class Memory:
    """What was said before. `given`: every number of this look that is ours · `own`: whether a line says what is known
    under its number · `like`: lines of before that one with a tick and no number may have been, or been copied from."""

    given: Mapping[int, object]
    own: Callable[[int, MoveLine], bool]
    like: Callable[[MoveLine], Sequence[Like]]


def numbers_of(lines: Sequence[MoveLine]) -> set[int]:
    return {number for line in lines if (number := number_of(line))}


def number_of(line: MoveLine) -> int:
    """0 where there is none of ours."""
    return number_in(line.number)


def give_numbers(tx: Tx, tab: Lines[MoveLine], memory: Memory, still: Still) -> None:
    """Which lines are to get a number: complete, unchanged for one poll, and without one, or with one that was copied
    along. A line that can still be taken back and has lost its number gets it back."""
    here = numbers_of(tab.lines)
    copies = _copies(tab.lines, memory)
    back: dict[int, MoveLine] = {}
    new: list[tuple[MoveLine, bool]] = []
    for line in tab.lines:
        if line.incomplete or (line.number and line.position not in copies):
            continue
        if not still(f"move at {line.position}", replace(line, state=None)) or len(new) + len(back) == AT_A_TIME:
            continue
        like = [] if line.number else memory.like(line)
        own = next((each.number for each in like if each.stands and each.number not in here), None)
        if own is not None and own not in back:
            back[own] = line
        else:
            new.append((line, bool(line.number or like)))
    offered = tx.transfers.offer([early for _, early in new], floor(here, memory.given))
    given = [*back.items(), *zip(offered, (line for line, _ in new), strict=True)]
    tx.put(_TO_WRITE, [[line.position, line.number, number] for number, line in given])


def _copies(lines: Sequence[MoveLine], memory: Memory) -> set[int]:
    """Positions of lines that bear the number of another: all but the one that says what was booked under it, or else
    the first."""
    by_number: dict[int, list[MoveLine]] = {}
    for line in lines:
        if number_of(line) in memory.given:
            by_number.setdefault(number_of(line), []).append(line)
    found: set[int] = set()
    for number, mine in by_number.items():
        own = next((line for line in mine if memory.own(number, line)), mine[0])
        found |= {line.position for line in mine if line is not own}
    return found


def number_requests(tx: Tx, tab: Lines[MoveLine]) -> list[Request]:
    """The numbers of this look's lines, each only where the cell still shows what it showed."""
    column = tab.columns.at["number"]
    return [
        replace_one(tab.tab.sheet_id, column, position, old, str(number))
        for position, old, number in tx.get(_TO_WRITE, [])
    ]
