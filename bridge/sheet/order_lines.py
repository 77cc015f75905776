"""Rows of 受注 as they stand: those that the bridge appended, and those that people write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from bridge.domain.reading import Blank, RawCell, Reading, plain, read_quantity
from bridge.sheet.grid import Tab, rows_below, tick_of, value_of
from bridge.sheet.layout import find_columns, fold, hand_kind, is_processed
from bridge.sheet.months import ROLE
from bridge.sheet.texts import is_said
from bridge.sheet.views import Lines

CLOSED = ("done", "cancelled", "hand done", "hand cancelled")  # sentences beside a row that is done
OWNED = ("done", "from", "age", "state")  # the cells that the bridge alone writes


@dataclass(frozen=True)
class OrderLine:
    """One row. `number`: as it stands there · `kind`: phone | wholesale | hold, "" where `mall` is none of them ·
    `tick`: None where the cell holds none · `picked`: units typed instead · `shown`: the bridge's own cells."""

    month: str
    position: int
    number: str
    mall: str
    order: str
    sku: str
    units: Reading
    at: str
    tick: bool | None
    picked: Reading
    until: RawCell
    until_text: str
    shown: Mapping[str, int | str | None]

    @property
    def kind(self) -> str:
        return hand_kind(self.mall)

    @property
    def blank(self) -> tuple[str, ...]:
        """The roles of what a person's line still lacks."""
        empty = [role for role, text in (("mall", self.mall), ("sku", self.sku)) if not text]
        return (*empty, "units") if isinstance(self.units, Blank) else tuple(empty)

    @property
    def done(self) -> bool:
        """Whether it says that it is done."""
        return is_processed(str(self.shown["done"] or ""))

    @cached_property
    def settled(self) -> bool:
        """Whether its cells look as those of a row that is done. A write by position may have met another row."""
        state, others = str(self.shown["state"] or ""), (self.shown["from"], self.shown["age"])
        return self.done and others == (None, None) and is_said(ROLE, CLOSED, state)

    def is_of(self, channel: str, order: str) -> bool:
        return (fold(self.mall), self.order) == (fold(channel), order)


def read_orders(tab: Tab, month: str) -> Lines[OrderLine]:
    columns = find_columns(ROLE, tab.texts())
    if not columns.usable:
        return Lines(tab, columns, ())
    found = (_line(tab, month, position, columns.at) for position, _ in rows_below(tab, columns.header_row))
    return Lines(tab, columns, tuple(each for each in found if each is not None))


def _line(tab: Tab, month: str, position: int, at: Mapping[str, int]) -> OrderLine | None:
    if position < len(tab.rows) and all(cell.raw.value in (None, False) for cell in tab.rows[position]):
        return None
    number, mall, order, sku = (plain(tab.text(position, at[role])) for role in ("number", "mall", "order", "sku"))
    units, picked = (read_quantity(tab.cell(position, at[role]).raw) for role in ("units", "picked"))
    until = tab.cell(position, at["until"])
    line = OrderLine(
        month=month,
        position=position,
        number=number,
        mall=mall,
        order=order,
        sku=sku,
        units=units,
        at=plain(tab.text(position, at["at"])),
        tick=tick_of(tab.cell(position, at["tick"])),
        picked=picked,
        until=until.raw,
        until_text=until.text.strip(),
        shown={role: value_of(tab.cell(position, at[role])) for role in OWNED},
    )
    nothing = not any((number, mall, order, sku, line.tick)) and isinstance(units, Blank) and isinstance(picked, Blank)
    return None if nothing and all(value is None for value in line.shown.values()) else line
