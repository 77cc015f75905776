"""Pushing many items in batches: one that the mall refuses is found and set aside, the others go on."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from bridge.channels.port import Outcome, Pushed, PushItem
from bridge.domain.orders import ListingKey
from bridge.errors import Hint, Refused, TryAgain
from bridge.fault_points import Point, reached

T = TypeVar("T")


class RowsRefused(Refused):
    """The mall refused a whole batch because of these rows: positions → what became of them. Nothing was carried out.
    Without any row, it didn't say which."""

    def __init__(self, hint: Hint, rows: Mapping[int, tuple[Outcome, Hint]]) -> None:
        super().__init__(hint)
        self.rows = rows


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
        done.update((outcome.listing, outcome) for outcome in outcomes)
    return [done[item.listing] for item in items]


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
