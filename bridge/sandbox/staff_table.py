"""The stock table as a person sits before it: rows found by their code, cells by their header, one act at a time.

Whatever is protected against the person whose change it is refuses the act, as Google does (ApiError).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bridge.sandbox.sheets_api.a1 import Box
from bridge.sandbox.sheets_api.batch import Edit
from bridge.sandbox.sheets_api.book import boxed
from bridge.sandbox.sheets_api.shape import delete, insert
from bridge.sandbox.sheets_api.sorting import sort_area

CODE = "SKU"
HEADER_ROWS = 5  # the header stands in one of the first rows


@dataclass(frozen=True)
class Headers:
    """The words that people know the tabs by. `others`: stock columns in which staff count nothing."""

    table: str = "在庫表"
    name: str = "商品名"
    hold: str = "編集中"
    confirm: str = "確認"
    allocated: str = "引当"
    others: tuple[str, ...] = ("検品待ち", "外部倉庫")
    questions: str = "要対応"
    subject: str = "対象"
    result: str = "結果"


class Table:
    """One tab during one instantaneous change of its spreadsheet. Rows are 0-based positions in the grid."""

    def __init__(self, edit: Edit, title: str, key: str = CODE) -> None:
        found = edit.book.titled(title)
        assert found is not None, f"there is no tab {title}"
        self._edit, self._sheet, self._view = edit, found, edit.view()
        self._top, self._columns = self._header(key)

    def _header(self, key: str) -> tuple[int, dict[str, int]]:
        for row in range(min(HEADER_ROWS, len(self._sheet.rows))):
            texts = [self.text_at(row, column) for column in range(len(self._sheet.columns))]
            if key in texts:
                return row, {text: column for column, text in enumerate(texts) if text}
        raise ValueError(f"no header row with {key}")

    def text_at(self, row: int, column: int) -> str:
        return self._view.text(self._sheet, row, column)

    def text(self, row: int, header: str) -> str:
        return self.text_at(row, self._columns[header])

    def has(self, header: str) -> bool:
        return header in self._columns

    def ticked(self, row: int, header: str) -> bool:
        return self._view.value(self._sheet, row, self._columns[header]) is True

    def rows(self) -> range:
        """Every row below the header down to the last with a value."""
        return range(self._top + 1, max(self._sheet.last_value_row(), self._top + 1))

    def find(self, code: str) -> list[int]:
        """The rows that bear this code."""
        return [row for row in self.rows() if self.text(row, CODE) == code]

    def codes(self) -> Iterator[tuple[int, str]]:
        return ((row, code) for row in self.rows() if (code := self.text(row, CODE)))

    def blank_rows(self) -> list[int]:
        """Rows between others in which nothing stands (an unticked box is nothing)."""
        return [
            row
            for row in self.rows()
            if all(cell.entered is None or cell.entered is False for cell in self._sheet.rows[row].cells)
        ]

    def type(self, row: int, header: str, text: str) -> None:
        """At the keyboard: the cell keeps its format, the text is understood."""
        self._sheet.grow(row + 1)
        column = self._columns[header]
        self._edit.place(self._sheet, row, column, 1, 1)
        self._sheet.put(row, column, self._edit.typed(self._sheet.cell(row, column), text, self._edit.today()))

    def sort(self, header: str, *, descending: bool = False) -> None:
        """Data > Sort range, all rows and columns below the header."""
        area = boxed(self._sheet, Box(self._top + 1, 0, self._sheet.last_value_row(), len(self._sheet.columns)))
        order = "DESCENDING" if descending else "ASCENDING"
        sort_area(self._edit, self._edit.claim(area), [{"dimensionIndex": self._columns[header], "sortOrder": order}])

    def insert_below(self, row: int) -> None:
        self._edit.claim_gap(self._sheet, True, row + 1)
        insert(self._edit.book, self._sheet, True, row + 1, 1, row)

    def copy_below(self, row: int) -> None:
        """Insert a row and paste a whole row into it."""
        self.insert_below(row)
        self._edit.claim_lines(self._sheet, True, row + 1, row + 2)
        self._sheet.rows[row + 1] = self._sheet.rows[row]

    def delete(self, row: int) -> None:
        self._edit.claim_lines(self._sheet, True, row, row + 1)
        delete(self._edit.book, self._sheet, True, row, row + 1)
