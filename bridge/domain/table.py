"""The stock table as one read shows it, and the journal's lines. Data only."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from bridge.domain.reading import NOTHING, Entry, Reading


@dataclass(frozen=True)
class Row:
    """One row of 在庫表. `position`: 0-based index in the grid. `cells`: one reading per location of the view. `delta`:
    what stands in 増減."""

    position: int
    sku: str
    token: str
    cells: tuple[Reading, ...]
    hold: bool = False
    confirm: bool = False
    hidden: bool = False
    delta: Entry = NOTHING


@dataclass(frozen=True)
class Line:
    """One journal line: what stood at the written position (copied there by the sheet itself inside the write's own
    batch), and what we wrote there. `written` is None for a cell that was left alone. `delta`: what stood in 増減,
    part of the number at `delta_at`; "" where the line doesn't tell · `delta_left`: it was left standing, else it was
    cleared with this write."""

    number: int
    sku: str
    token: str
    locations: tuple[str, ...]
    before: tuple[Reading, ...]
    written: tuple[int | None, ...]
    delta: Entry = NOTHING
    delta_at: str = ""
    delta_left: bool = False

    @property
    def key(self) -> str:
        """The whole line as text: a line that changed is a new one."""
        beside = (self.delta, self.delta_at, *([self.delta_left] * self.delta_left)) if self.delta_at else ()
        return repr((self.number, self.sku, self.token, self.locations, self.before, self.written, *beside))

    @property
    def cleared(self) -> Entry:
        """The entry that went with this write."""
        return NOTHING if self.delta_left else self.delta


@dataclass(frozen=True)
class View:
    """What one reply carried: every row, the stock columns in their order, and the journal lines that came with it.
    `delta_at`: the stock column that 増減 changes; "" where the table has no such column."""

    locations: tuple[str, ...]
    rows: tuple[Row, ...]
    lines: tuple[Line, ...] = ()
    delta_at: str = ""

    def unique_rows(self) -> list[Row]:
        """Rows whose SKU stands in no other."""
        counts = Counter(row.sku for row in self.rows)
        return [row for row in self.rows if row.sku and counts[row.sku] == 1]
