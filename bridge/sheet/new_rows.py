"""New rows of 在庫表, as staff type them."""

from __future__ import annotations

from collections.abc import Sequence

from bridge.domain.import_rows import NewRow
from bridge.domain.reading import CellKind
from bridge.sheet.grid import Tab
from bridge.sheet.layout import tab_spec
from bridge.sheet.requests import CellValue, Request, insert_rows, text_format, write_cells
from bridge.sheet.views import StockTab


def new_rows(stock: StockTab, rows: Sequence[NewRow]) -> list[Request]:
    """The batch that puts rows under the last one of 在庫表: inserted, so that not even what somebody types there at
    this moment is overwritten; codes as text."""
    tab, at, places = stock.tab, stock.columns.at, stock.columns.locations
    first = _first_blank(tab, stock.columns.header_row)
    cells: dict[tuple[int, int], CellValue] = {}
    for position, row in enumerate(rows, first):
        said: dict[int, CellValue] = {at["sku"]: row.sku, at["product"]: row.product or None}
        if "jan" in at:
            said[at["jan"]] = row.jan or None
        said |= {column: row.units.get(name) for name, column in places.items()}
        cells |= {(position, column): value for column, value in said.items()}
    end = first + len(rows)
    codes = [at[column.role] for column in tab_spec("stock").columns if column.kind == "code" and column.role in at]
    return [
        insert_rows(tab.sheet_id, first, len(rows), like_before=first == tab.row_count),
        *text_format(tab.sheet_id, codes, first, end),
        *write_cells(tab.sheet_id, cells),
    ]


def _first_blank(tab: Tab, header_row: int) -> int:
    """Under the last row that holds more than tick boxes."""
    nothing = (CellKind.BLANK, CellKind.BOOLEAN)
    filled = (i for i, row in enumerate(tab.rows) if any(cell.raw.kind not in nothing for cell in row))
    return 1 + max((header_row, *filled))
