"""What counts taken at the till changed, and which of them had seen what arrives only now (§2.4, §2.7, T31, T34)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable
from datetime import datetime
from decimal import Decimal

from bridge.channels.batches import cut
from bridge.channels.square import facts
from bridge.channels.square.history import COUNT, History
from bridge.channels.square.rows import Row, number_before


class Recounts:
    """Those of one merchant."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._known: OrderedDict[str, Decimal] = OrderedDict()  # what was reckoned of a count stays as it is

    def before(self, rows: Iterable[Row], start: datetime) -> list[Row]:
        """Counts that may have come before a row that is dated earlier: those among `rows`, which Square received since
        `start`, and older ones of what is dated before that."""
        known = {row.id: row for row in rows}
        counts = {row.id: row for row in known.values() if row.is_count}
        late = [row for row in known.values() if row.occurred < start]
        for batch in cut(sorted({row.variation for row in late}), facts.READ_BATCH):
            since = min(row.occurred for row in late)
            counts |= {row.id: row for row in self._history.rows(since, variations=batch, types=(COUNT,))}
        return list(counts.values())

    def changes(self, rows: Collection[Row], ours: Collection[str]) -> dict[str, Decimal]:
        """By how much each count changed the number, where no adjustment was inferred from it that would tell (§2.1: it
        may be missing without a paid plan [C]). Should one appear later, it is booked under the count's id too, so that
        it takes the place of what is reckoned here: number counted − number before, by the whole history of the
        thing."""
        told = {row.count for row in rows if row.count}
        untold = [row for row in rows if row.is_count and not row.inferred and row.id not in told | set(ours)]
        new = [row for row in untold if row.id not in self._known]
        for batch in cut(sorted({row.variation for row in new}), facts.READ_BATCH):
            whole = self._history.rows(None, variations=batch)
            self._known |= {row.id: row.quantity - number_before(whole, row) for row in new if row.variation in batch}
        found = {row.id: self._known[row.id] for row in untold}
        while len(self._known) > facts.REMEMBERED:
            self._known.popitem(last=False)
        return found
