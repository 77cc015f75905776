"""One tab: rows of cells, columns, and what is drawn on them. Rows are immutable and shared between versions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from .a1 import Box
from .cells import EMPTY, Cell
from .errors import Json

ROW_PIXELS, COLUMN_PIXELS = 21, 100


@dataclass(frozen=True, slots=True)
class Row:
    cells: tuple[Cell, ...] = ()
    """without trailing empty ones"""
    hidden_by_user: bool = False
    hidden_by_filter: bool = False
    pixels: int = ROW_PIXELS
    depth: int = 0
    """how many groups it lies in"""

    def with_cells(self, column: int, cells: Sequence[Cell]) -> Row:
        old = self.cells
        before = old[:column] if len(old) >= column else (*old, *(EMPTY,) * (column - len(old)))
        return Row(
            trimmed((*before, *cells, *old[column + len(cells) :])),
            self.hidden_by_user,
            self.hidden_by_filter,
            self.pixels,
            self.depth,
        )

    def with_all(self, cells: Iterable[Cell]) -> Row:
        return Row(trimmed(tuple(cells)), self.hidden_by_user, self.hidden_by_filter, self.pixels, self.depth)

    def span(self, left: int, right: int) -> tuple[Cell, ...]:
        """Exactly the cells from `left` to `right`."""
        cells = self.cells[left:right]
        missing = right - left - len(cells)
        return cells + (EMPTY,) * missing if missing else cells


@dataclass(frozen=True, slots=True)
class Column:
    hidden_by_user: bool = False
    pixels: int = COLUMN_PIXELS
    depth: int = 0
    """how many groups it lies in"""


def trimmed(cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    end = len(cells)
    while end and (cells[end - 1] is EMPTY or cells[end - 1] == EMPTY):
        end -= 1
    return cells[:end] if end < len(cells) else cells


BLANK_ROW, PLAIN_COLUMN = Row(), Column()


@dataclass
class Sheet:
    """Every list may be replaced or appended to; what stands in the lists is never changed in place."""

    properties: Json
    """SheetProperties in Google's JSON, without index and grid size, which follow from the rest"""
    rows: list[Row]
    columns: list[Column]
    basic_filter: Json | None = None
    filter_views: list[Json] = field(default_factory=list)
    protected_ranges: list[Json] = field(default_factory=list)
    conditional_formats: list[Json] = field(default_factory=list)
    merges: list[Json] = field(default_factory=list)
    banded_ranges: list[Json] = field(default_factory=list)
    charts: list[Json] = field(default_factory=list)

    @property
    def id(self) -> int:
        return int(self.properties["sheetId"])

    @property
    def title(self) -> str:
        return str(self.properties["title"])

    def copy(self) -> Sheet:
        return replace(
            self,
            rows=list(self.rows),
            columns=list(self.columns),
            filter_views=list(self.filter_views),
            protected_ranges=list(self.protected_ranges),
            conditional_formats=list(self.conditional_formats),
            merges=list(self.merges),
            banded_ranges=list(self.banded_ranges),
            charts=list(self.charts),
        )

    def cell(self, row: int, column: int) -> Cell:
        if row >= len(self.rows):
            return EMPTY
        cells = self.rows[row].cells
        return cells[column] if column < len(cells) else EMPTY

    def put(self, row: int, column: int, cell: Cell) -> None:
        self.rows[row] = self.rows[row].with_cells(column, (cell,))

    def put_span(self, row: int, column: int, cells: Sequence[Cell]) -> None:
        self.rows[row] = self.rows[row].with_cells(column, cells)

    def grow(self, rows: int = 0, columns: int = 0) -> None:
        """Make the grid at least this large."""
        self.rows.extend([BLANK_ROW] * (rows - len(self.rows)))
        self.columns.extend([PLAIN_COLUMN] * (columns - len(self.columns)))

    def resize(self, rows: int, columns: int) -> None:
        del self.rows[rows:], self.columns[columns:]
        self.rows = [row if len(row.cells) <= columns else row.with_all(row.cells[:columns]) for row in self.rows]
        self.grow(rows, columns)

    def filled_rows(self) -> int:
        """How many rows up to the last one that holds anything, a format included."""
        count = len(self.rows)
        while count and not self.rows[count - 1].cells:
            count -= 1
        return count

    def last_value_row(self) -> int:
        """How many rows up to the last one with a value."""
        count = len(self.rows)
        while count and all(cell.entered is None for cell in self.rows[count - 1].cells):
            count -= 1
        return count


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of one sheet, all four edges known, half-open and zero-based."""

    sheet: Sheet
    top: int
    left: int
    bottom: int
    right: int

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def box(self) -> Box:
        return Box(self.top, self.left, self.bottom, self.right)

    def rows(self) -> Iterator[tuple[Cell, ...]]:
        for index in range(self.top, self.bottom):
            yield self.sheet.rows[index].span(self.left, self.right)

    def touches(self, other: Area) -> bool:
        """Whether the two have a cell in common; both lie on the same sheet."""
        rows = self.top < other.bottom and other.top < self.bottom
        return rows and self.left < other.right and other.left < self.right

    def holds(self, other: Area) -> bool:
        rows = self.top <= other.top and other.bottom <= self.bottom
        return rows and self.left <= other.left and other.right <= self.right

    def filtered(self) -> bool:
        return any(row.hidden_by_filter for row in self.sheet.rows[self.top : self.bottom])
