"""Lines of 入出庫 in any order of what people, the network and a dying process do to them: the real flow over an
in-memory ledger, on a tab made of rows. What is written into them, and what must hold, is each test's own.

People tick, copy, delete and bring back lines, sort them between a look and a write, and clear their numbers; a write
is lost or carried out late; the process dies before a commit or after it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from bridge.domain.edit_book import Standing
from bridge.domain.invariants import conservation, in_transit
from bridge.domain.stock import Cause, Movement
from bridge.flows.desk import Look
from bridge.flows.line_numbers import number_requests
from bridge.flows.moves import take_moves
from bridge.flows.shop import ChannelFacts, Shop
from bridge.flows.stocktaking import appended
from bridge.sheet.grid import GridCell, Tab
from bridge.sheet.layout import tab_spec
from bridge.sheet.views import read_moves
from tests.support.polled_tab import Died, PolledTab, cell, fates, polls, which

SHELVES = ("本社倉庫", "渋谷店")
FACTS = ChannelFacts(
    "amazon", "shop", SHELVES, 999, timedelta(0), timedelta(days=60), keeps_sales=False, counts_at="FBA"
)
SHOP = Shop({"amazon": FACTS})
OPENING = 12  # of each product on each shelf
HEADER = [column.ja for column in tab_spec("moves").columns]
ROLES = [column.role for column in tab_spec("moves").columns]
NUMBER = ROLES.index("number")


@dataclass
class Row:
    """One line as it stands in the tab. `said`: by the column's role."""

    number: str = ""
    said: dict[str, Any] = field(default_factory=dict)
    edited: bool = False
    cleared: bool = False  # its number was taken away, and not given back yet

    def cells(self) -> tuple[GridCell, ...]:
        return tuple(cell({"number": self.number, **self.said}.get(role)) for role in ROLES)


class Lines(PolledTab):
    """`products`: SKUs that lie on both shelves to begin with."""

    products: tuple[str, ...] = ("A",)

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Row]
        self.gone: list[Row]
        self.ticked = 0  # ticks that people set, each of which may move once
        with self.ledger.write() as tx:
            tx.put("live", True)
            tx.put("places", {"sells": dict.fromkeys(SHELVES, True), "inspect": ""})
            for sku in self.products:
                tx.sheet.greet(sku, Standing.KNOWN)
                tx.stock.book([Movement(sku, shelf, OPENING, 0, Cause.OPENING, "test") for shelf in SHELVES])

    # --- people ------------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.rows)
    @rule(n=which, at=which, polls=polls)
    def copy(self, n: int, at: int, polls: int) -> None:
        row = self.rows[n % len(self.rows)]
        if row.number:
            self.rows.insert(at % (len(self.rows) + 1), replace(row, said=dict(row.said)))
        self.let_pass(polls)

    @precondition(lambda self: self.rows)
    @rule(n=which)
    def delete(self, n: int) -> None:
        row = self.rows.pop(n % len(self.rows))
        if row.number:
            self.gone.append(row)

    @precondition(lambda self: self.gone)
    @rule(n=which)
    def undo(self, n: int) -> None:
        self.rows.append(self.gone.pop(n % len(self.gone)))

    # --- the bridge --------------------------------------------------------------------------------------------------

    @rule(fate=fates, order=st.randoms())
    def poll(self, fate: str, order: Any) -> None:
        self.clock.sleep(3.0)
        self.go(fate, order)

    def take_in(self, *, dies: bool = False) -> list[dict[str, Any]]:
        rows = (tuple(map(cell, HEADER)), *(row.cells() for row in self.rows))
        lines = read_moves(Tab(1, "入出庫", 100, len(HEADER), rows))
        with self.ledger.write() as tx:
            take_moves(tx, SHOP, Look(moves=lines), self.still)
            if dies:
                raise Died
            return [*number_requests(tx, lines), *appended(tx, SHOP, lines)]

    def carry_out(self, request: dict[str, Any]) -> None:
        if "appendCells" in request:
            for row in request["appendCells"]["rows"]:
                values = [each.get("userEnteredValue", {}).get("stringValue") for each in row["values"]]
                said = dict(zip(ROLES, values, strict=False))
                self.rows.append(Row(said.pop("number"), said))
            return
        body = request["findReplace"]
        position = body["range"]["startRowIndex"] - 1
        assert body["range"]["startColumnIndex"] == NUMBER
        old = "" if body["find"] == "^$" else body["find"]
        while len(self.rows) <= position:
            self.rows.append(Row(said={"sent": None, "arrived": None}))
        if self.rows[position].number == old:
            self.rows[position].number, self.rows[position].cleared = body["replacement"], False

    # --- what must hold ----------------------------------------------------------------------------------------------

    def lying(self, sku: str = "A") -> dict[str, int]:
        with self.ledger.read() as tx:
            return {place: balance.on_hand for (_, place), balance in tx.stock.balances([sku]).items()}

    def moved(self) -> list[Movement]:
        with self.ledger.read() as tx:
            return [movement for _, movement in tx.stock.movements() if movement.ref.startswith("move")]

    @invariant()
    def the_books_add_up(self) -> None:
        with self.ledger.read() as tx:
            balances = tx.stock.balances()
            movements = [movement for _, movement in tx.stock.movements()]
            assert conservation({}, movements, balances) == ()
            assert in_transit(balances, tx.transfers.on_the_way()) == ()
