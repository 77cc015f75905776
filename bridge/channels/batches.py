"""Pushing many items in batches: one that the mall refuses is found and set aside, the others go on."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import TypeVar

from bridge.channels.port import Outcome, Pushed, PushItem
from bridge.domain.orders import ListingKey
from bridge.errors import Hint, Refused, TryAgain
from bridge.fault_points import Point, reached

T = TypeVar("T")


class RowsRefused(Refused):
    """The mall refused a whole batch because of these rows: positions → what became of them. The rest was not carried
    out. Without any row, it didn't say which."""

    def __init__(self, hint: Hint, rows: Mapping[int, tuple[Outcome, Hint | None]]) -> None:
        super().__init__(hint)
        self.rows = rows


class BrokenOff(TryAgain):
    """A batch came to no end, but of `fates` it is known what became of them."""

    def __init__(self, lost: TryAgain, fates: Mapping[ListingKey, Pushed]) -> None:
        super().__init__(lost.hint, lost.after, ambiguous=lost.ambiguous)
        self.fates = fates


Send = Callable[[Sequence[PushItem]], Sequence[Pushed]]
"""Pushes one batch and says what became of each row. Raises RowsRefused, TryAgain, NeedsPerson."""


def cut(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """`items` in pieces of at most `size`."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def push_in_batches(items: Sequence[PushItem], size: int, send: Send) -> list[Pushed]:
    """One outcome per item, in their order. Of two items for one listing the later wins. Raises NeedsPerson.

    A batch that fails for want of an answer ends the round: the mall is unwell, so the rest is left for later.
    """
    newest = {item.listing: item for item in items}
    waiting = deque(cut(list(newest.values()), size))
    done: dict[ListingKey, Pushed] = {}
    outcomes: Sequence[Pushed]
    unwell: TryAgain | None = None
    while waiting:
        batch = waiting.popleft()
        if unwell is not None:
            outcomes = _all(batch, Outcome.LATER, unwell.hint)
        else:
            try:
                outcomes = send(batch)
                reached(Point.BATCH_TAKEN)
            except RowsRefused as refusal:
                outcomes, rest = _divide(batch, refusal)
                waiting.extendleft(reversed(rest))
            except TryAgain as error:
                unwell = error
                outcomes = _all(batch, Outcome.UNKNOWN if error.ambiguous else Outcome.LATER, error.hint)
                known = error.fates if isinstance(error, BrokenOff) else {}
                outcomes = [known.get(each.listing, each) for each in outcomes]
        done.update((outcome.listing, outcome) for outcome in outcomes)
    return [done[item.listing] for item in items]


Write = Callable[[Sequence[PushItem]], Mapping[ListingKey, Pushed]]
"""Writes absolute numbers in one call. Raises RowsRefused, TryAgain, NeedsPerson."""

LOOKS_AFTER_A_LOST_ANSWER = 2


def write_and_look(
    batch: Sequence[PushItem],
    settled: Mapping[ListingKey, Pushed],
    write: Write,
    read: Callable[[Iterable[ListingKey]], Mapping[ListingKey, int]],
    most: int,
) -> list[Pushed]:
    """A Send for malls that take absolute numbers, of at most `most`. Those in `settled` are not written.

    Such a number may be sent twice without harm to itself, but a buyer may have come between: the second would put the
    unit back on sale. So a lost answer is looked into before anything is sent again."""
    fates = dict(settled)
    for look in count():
        due = [item for item in batch if item.listing not in fates]
        if not due:
            break
        try:
            fates |= write(due)
        except RowsRefused as refusal:
            raise _among_all(refusal, batch, due, fates) from refusal
        except TryAgain as lost:
            if not lost.ambiguous or look == LOOKS_AFTER_A_LOST_ANSWER:
                raise BrokenOff(lost, fates) from lost
            try:
                fates |= _look_into(due, lost, read, most)
            except TryAgain:
                raise BrokenOff(lost, fates) from lost
            reached(Point.LOST_ANSWER_LOOKED_AT)
    return [fates[item.listing] for item in batch]


def _look_into(
    due: Sequence[PushItem],
    lost: TryAgain,
    read: Callable[[Iterable[ListingKey]], Mapping[ListingKey, int]],
    most: int,
) -> dict[ListingKey, Pushed]:
    """Nobody knows whether `due` was written: what shows now settles it. A row that shows the new number is done, one
    that shows the old is still due, any other has met a buyer and is for the caller to think over."""
    shown = read(item.listing for item in due)
    fates: dict[ListingKey, Pushed] = {}
    for item in due:
        now = shown.get(item.listing)
        if now == min(item.quantity, most):
            fates[item.listing] = Pushed(item.listing, Outcome.DONE)
        elif now != item.shown:
            fates[item.listing] = Pushed(item.listing, Outcome.UNKNOWN, lost.hint)
    return fates


def _among_all(
    refusal: RowsRefused, batch: Sequence[PushItem], due: Sequence[PushItem], fates: Mapping[ListingKey, Pushed]
) -> RowsRefused:
    """A refusal of `due` as one of `batch`, of which `fates` are settled: those are not sent again."""
    position = {item.listing: row for row, item in enumerate(batch)}
    rows: dict[int, tuple[Outcome, Hint | None]] = {
        position[listing]: (fate.outcome, fate.hint) for listing, fate in fates.items()
    }
    rows |= {position[due[row].listing]: fate for row, fate in refusal.rows.items() if row < len(due)}
    return RowsRefused(refusal.hint, rows)


def _all(batch: Sequence[PushItem], outcome: Outcome, hint: Hint) -> list[Pushed]:
    return [Pushed(item.listing, outcome, hint) for item in batch]


def _divide(batch: Sequence[PushItem], refusal: RowsRefused) -> tuple[list[Pushed], list[Sequence[PushItem]]]:
    """The outcomes of the refused rows, and what is to be sent again. The work shrinks with every call."""
    named = {row: fate for row, fate in refusal.rows.items() if row < len(batch)}
    if named:
        outcomes = [Pushed(batch[row].listing, outcome, hint) for row, (outcome, hint) in named.items()]
        rest = [item for row, item in enumerate(batch) if row not in named]
        return outcomes, [rest] if rest else []
    if len(batch) == 1:
        return _all(batch, Outcome.REFUSED, refusal.hint), []
    middle = len(batch) // 2
    return [], [batch[:middle], batch[middle:]]
