"""What a number contains is told by the token beside it. Where none is, and the number is another, people are asked
before it counts (DESIGN §3): no row gets a token over a number that was read and that nobody vouched for. What is no
number counts for nothing; the last one before it stays in force."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence

from bridge.domain.tokens import number_of
from tests.simulation.model import NONSENSE, Broken, SheetRow

Shown = Mapping[str, str]


class Explained:
    """`shown`: the numbers that each product's row showed the bridge when its lock cell told last what they contain ·
    `untold`: what it showed when it was read last, of those whose lock cell tells nothing since."""

    def __init__(self) -> None:
        self.shown: dict[str, Shown] = {}
        self.untold: dict[str, Shown] = {}

    def look(self, rows: Sequence[SheetRow], asked: Callable[[], Collection[str]], *, ours: bool) -> None:
        """After every call of the bridge to the sheet. `asked`: products that people are asked about · `ours`: it was a
        write. Raises Broken."""
        times = Counter(row.sku for row in rows)
        told = {row.sku: row.cells for row in rows if times[row.sku] == 1 and number_of(row.lock) is not None}
        for sku in self.untold.keys() & told.keys():
            read = self.untold.pop(sku)
            if ours and self._numbers(sku, read) != self.shown[sku]:
                raise Broken(f"{sku} got a token over {read}, and showed {self.shown[sku]} before: nobody was asked")
        self.shown |= {sku: self._numbers(sku, cells) for sku, cells in told.items()}
        for row in rows:
            if row.sku in self.shown and number_of(row.lock) is None:
                self.untold[row.sku] = self.untold.get(row.sku, self.shown[row.sku]) if ours else row.cells
        if self.untold:
            for sku in self.untold.keys() & {*asked()}:
                del self.untold[sku], self.shown[sku]

    def _numbers(self, sku: str, cells: Shown) -> Shown:
        """The numbers in force in these cells."""
        before = self.shown.get(sku, cells)
        return {at: before.get(at, text) if text in NONSENSE else text for at, text in cells.items()}
