"""What a number contains is told by the token beside it. Where none is, and the number is another, people are asked
before it counts (DESIGN §3): no row gets a token over a number that was read and that nobody vouched for. What is no
number counts for nothing; the last one before it stays in force."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence

from bridge.domain.tokens import number_of
from tests.simulation.model import NONSENSE, Broken, SheetRow, units_of
from tests.simulation.watcher import CHANGED

Numbers = Mapping[str, frozenset[str]]
"""By location, what stands there: its cell by itself, and together with the entry beside it."""


class Explained:
    """`in_force`: what each cell of a product should show, by the ledger; empty where no number of it counts, and the
    first may be any · `shown`: the numbers that its row showed the bridge when its lock cell told last what they
    contain · `untold`: what it showed when it was read last, of those whose lock cell tells nothing since."""

    def __init__(self, in_force: Callable[[str], Mapping[str, int]]) -> None:
        self.in_force = in_force
        self.shown: dict[str, Numbers] = {}
        self.untold: dict[str, Numbers] = {}

    def look(
        self, rows: Sequence[SheetRow], drafts: Collection[str], asked: Callable[[], Collection[str]], *, ours: bool
    ) -> None:
        """After every call of the bridge to the sheet. `drafts`: names of rows in 編集中, whose numbers don't count ·
        `asked`: products that people are asked about · `ours`: it was a write. Raises Broken."""
        times = Counter(row.sku for row in rows)
        told = {row.sku: row for row in rows if times[row.sku] == 1 and number_of(row.lock) is not None}
        for sku in self.untold.keys() & told.keys():
            read, before = self.untold.pop(sku), self.shown[sku]
            others = [at for at in read if not read[at] & before.get(at, read[at])]
            wanted = self.in_force(sku) if ours and others else {}
            if wanted and any(str(wanted.get(at)) not in read[at] for at in others):
                raise Broken(f"{sku} got a token over {_words(read)}, and showed {_words(before)}: nobody was asked")
        counted = {sku: row for sku, row in told.items() if sku not in self.shown or row.name not in drafts}
        self.shown |= {sku: self._numbers(row) for sku, row in counted.items()}
        for row in rows:
            if row.sku in self.shown and number_of(row.lock) is None:
                kept = self.untold.get(row.sku, self.shown[row.sku])
                self.untold[row.sku] = kept if ours else self._numbers(row)
        if self.untold:
            for sku in self.untold.keys() & {*asked()}:
                del self.untold[sku], self.shown[sku]

    def _numbers(self, row: SheetRow) -> Numbers:
        """Those in force in its cells."""
        before = self.shown.get(row.sku, {})
        found = {at: frozenset({text}) for at, text in row.cells.items()}
        found |= {at: before.get(at, found[at]) for at, text in row.cells.items() if text in NONSENSE}
        if row.entry and row.cells[CHANGED] not in NONSENSE:
            found[CHANGED] |= {str(units_of(row.cells[CHANGED]) + units_of(row.entry))}
        return found


def _words(numbers: Numbers) -> dict[str, str]:
    return {at: " or ".join(sorted(texts)) for at, texts in numbers.items()}
