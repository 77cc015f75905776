"""Square's count model (§2.4): the latest count by the time it is dated, and the adjustments dated after it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import islice

from bridge.sandbox.malls.square.records import COUNT, IN_STOCK, Movement


class RowsByVariation:
    """The history by variation. It only ever grows, so that what came since is all there is to sort."""

    def __init__(self) -> None:
        self._history: Mapping[str, Movement] = {}
        self._known = 0
        self._rows: defaultdict[str, list[Movement]] = defaultdict(list)

    def of(self, history: Mapping[str, Movement], variation: str) -> list[Movement]:
        if history is not self._history:  # the state was loaded
            self._history, self._known = history, 0
            self._rows.clear()
        for row in islice(history.values(), self._known, None):
            self._rows[row.variation].append(row)
        self._known = len(history)
        return list(self._rows[variation])


def number(rows: Iterable[Movement], place: str) -> Decimal:
    """What is in stock of one variation at a place, by these rows of its history."""
    known = list(rows)
    last = last_count(known, place)
    start = Decimal(last.quantity) if last else Decimal(0)
    return start + sum(row.effect(place) for row in known if not row.count and (not last or row.dated > last.dated))


def last_count(rows: Iterable[Movement], place: str) -> Movement | None:
    counts = [row for row in rows if row.kind == COUNT and row.source == place and row.to_state == IN_STOCK]
    return max(counts, key=lambda row: row.dated, default=None)


def touches(row: Movement, place: str) -> bool:
    """Whether a row makes a number of that place known."""
    return row.effect(place) != 0 or (row.kind == COUNT and row.source == place)
