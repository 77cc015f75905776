"""The numbers of lines of 入出庫: staff append lines, the bridge gives each a number.

A number is only ever written into a cell that shows what the look showed there (nothing, or the number that was copied
along), so it can't take another line's place, whatever was sorted meanwhile; each attempt takes a new one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from bridge.domain.numbering import floor, misplaced, number_in
from bridge.ledger.ledger import Tx
from bridge.sheet.gateway import Request
from bridge.sheet.requests import replace_one
from bridge.sheet.views import Lines, MoveLine

AT_A_TIME = 100  # numbers in one call
_TO_WRITE = "numbers to write"  # [position, what stands there, the number]: of the last look

_GIVEN_BACK = "numbers given back"  # what the line said each was meant for, until it stands there

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


def without_misplaced(tx: Tx, tab: Lines[MoveLine]) -> tuple[Lines[MoveLine], list[MoveLine]]:
    """The lines, but for those beside which another's number stands, and these: they have said nothing under it."""
    given_back = {int(number): said for number, said in tx.get(_GIVEN_BACK, {}).items()}
    wrong = misplaced(given_back, tab.lines, lambda line: line.number, _said)
    return replace(tab, lines=tuple(line for line in tab.lines if line not in wrong)), wrong


def _said(line: MoveLine) -> list[str]:
    return [line.kind, line.sku, str(line.units), line.source, line.target, line.components or ""]


def give_numbers(tx: Tx, tab: Lines[MoveLine], memory: Memory, still: Still, wrong: Sequence[MoveLine] = ()) -> None:
    """Which lines are to get a number: complete, unchanged for one poll, and without one, or with one that was copied
    along. A line that can still be taken back and has lost its number gets it back. `wrong`: those that are to lose
    one."""
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
    lost = [[line.position, line.number, ""] for line in wrong]
    tx.put(_TO_WRITE, lost + [[line.position, line.number, number] for number, line in given])
    on_their_way = {n: said for n, said in tx.get(_GIVEN_BACK, {}).items() if int(n) not in here}
    tx.put(_GIVEN_BACK, on_their_way | {str(number): _said(line) for number, line in back.items()})


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
