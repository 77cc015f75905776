"""仕入価格 as people left it: a line for each arrival of goods, with the price that accounts typed beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from bridge.domain.costs import OPENING
from bridge.domain.reading import CellKind, RawCell, plain
from bridge.sheet.grid import Tab
from bridge.sheet.layout import Columns, find_columns, is_opening

FINEST = 4  # decimals that a price may have
_MOST = Decimal(10_000_000)
_AROUND = re.compile(r"^[¥￥\\]?\s*|\s*円$")


@dataclass(frozen=True)
class PurchaseLine:
    """`key`: what it is about, as the ledger calls it; "" where the line is none of ours · `sku`: the code that stands
    there · `price`: None where nothing stands there or it can't be read · `blank`: nothing stands there."""

    position: int
    key: str
    sku: str
    price: Decimal | None
    blank: bool
    state: str


@dataclass(frozen=True)
class PurchaseTab:
    tab: Tab
    columns: Columns
    lines: tuple[PurchaseLine, ...]


def read_purchases(tab: Tab, code_of: Callable[[str], str]) -> PurchaseTab:
    """`code_of`: the SKU that a code means."""
    columns = find_columns("purchases", tab.texts())
    if not columns.usable:
        return PurchaseTab(tab, columns, ())
    lines = [_line(tab, row, columns.at, code_of) for row in range(columns.header_row + 1, len(tab.rows))]
    return PurchaseTab(tab, columns, tuple(line for line in lines if line is not None))


def _line(tab: Tab, row: int, at: Mapping[str, int], code_of: Callable[[str], str]) -> PurchaseLine | None:
    number, sku = tab.text(row, at["number"]).strip(), tab.text(row, at["sku"]).strip()
    cell = tab.cell(row, at["price"]).raw
    if not number and not sku and cell.kind is CellKind.BLANK:
        return None
    state = tab.text(row, at["state"])
    return PurchaseLine(row, _key(number, code_of(sku)), sku, read_price(cell), _blank(cell), state)


def _key(number: str, sku: str) -> str:
    if is_opening(number):
        return OPENING + sku
    return f"move {int(number)}" if number.isdecimal() else ""


def _blank(cell: RawCell) -> bool:
    return cell.kind is CellKind.BLANK or (cell.kind is CellKind.TEXT and not plain(str(cell.value)))


def read_price(cell: RawCell) -> Decimal | None:
    """An amount of yen, ≥ 0, exactly as it was typed. None where there is none, or it can't be one."""
    if cell.kind is CellKind.NUMBER and cell.format_type not in ("DATE", "DATE_TIME", "TIME", "PERCENT"):
        text = repr(cell.value)
    elif cell.kind is CellKind.TEXT:
        text = _AROUND.sub("", plain(str(cell.value))).replace(",", "")
    else:
        return None
    try:
        price = Decimal(text)
    except InvalidOperation:
        return None
    if not price.is_finite() or not 0 <= price <= _MOST:
        return None
    return Decimal(f"{price.normalize():f}") if price == round(price, FINEST) else None
