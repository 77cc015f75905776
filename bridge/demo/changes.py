"""What became of each change the staff script made, by holding its log against the ledger's account of entries.

Changes of one cell between two looks are one entry to whoever looks: the last counts, those before it are superseded.
So an entry in the ledger is the latest change at which everything since the last entry adds up to what it booked.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bridge.demo.evidence import BookedEdit, Cell, Evidence, TypedChange

FATES = ("applied", "refused", "superseded", "waiting")


@dataclass(frozen=True)
class Changes:
    """`fate`: change number → applied, refused, superseded, waiting, or lost. `invented`: entries nobody made."""

    fate: Mapping[int, str]
    invented: Sequence[BookedEdit]

    @property
    def counts(self) -> Counter[str]:
        return Counter(self.fate.values())

    @property
    def lost(self) -> list[int]:
        return sorted(number for number, fate in self.fate.items() if fate not in FATES)


def judge_changes(evidence: Evidence) -> Changes:
    made: defaultdict[Cell, list[TypedChange]] = defaultdict(list)
    for change in sorted(evidence.typed, key=lambda change: (change.at, change.number)):
        made[change.cell].append(change)
    booked: defaultdict[Cell, list[BookedEdit]] = defaultdict(list)
    for edit in evidence.books.edits:
        if edit.at >= evidence.times.began:
            booked[edit.cell].append(edit)
    fate: dict[int, str] = {}
    invented: list[BookedEdit] = []
    for cell in {*made, *booked}:
        some, strange = _judge_cell(made[cell], booked[cell], cell in evidence.books.overwritten)
        fate |= some
        invented += strange
    return Changes(fate, invented)


def _judge_cell(
    made: Sequence[TypedChange], booked: Sequence[BookedEdit], overwritten: bool
) -> tuple[dict[int, str], list[BookedEdit]]:
    fate: dict[int, str] = {}
    invented: list[BookedEdit] = []
    rest, carried = list(made), 0
    for edit in booked:
        matched = _match(rest, edit, carried)
        if matched is None:
            invented.append(edit)
            continue
        fate |= {change.number: "superseded" for change in rest[:matched]}
        fate[rest[matched].number] = edit.outcome
        # A refused entry leaves the last good number in force; what was typed before it counts with the next good one.
        carried = 0 if edit.delta is not None else carried + sum(c.meaning for c in rest[: matched + 1])
        rest = rest[matched + 1 :]
    return fate | _left_over(rest, carried, overwritten), invented


def _match(made: Sequence[TypedChange], edit: BookedEdit, carried: int) -> int | None:
    """The latest change that this entry can be. `carried`: meant before, and not booked yet."""
    found, total = None, carried
    for index, change in enumerate(made):
        if change.at > edit.at:
            break
        total += change.meaning
        fits = change.kind == "wrong" if edit.delta is None else change.kind != "wrong" and total == edit.delta
        if fits:
            found = index
    return found


def _left_over(made: Sequence[TypedChange], carried: int, overwritten: bool) -> dict[int, str]:
    """Changes after the last entry. Where together they take each other back, each was superseded by the next."""
    if overwritten and any(change.kind == "wrong" for change in made):
        told = {change.number: "refused" for change in made if change.kind == "wrong"}
        return told | _left_over([change for change in made if change.kind != "wrong"], carried, False)
    taken_back = carried + sum(c.meaning for c in made) == 0 and not (made and made[-1].kind == "wrong")
    return {change.number: "superseded" if taken_back else "lost" for change in made}
