"""Lines of 入出庫 in any order of what people, Amazon, the network and a dying process do to them: nothing is lost,
nothing is shown twice, and no tick sends more than once. The real flow over an in-memory ledger, on a tab made of rows.

People write, tick, untick, edit, copy, delete and bring back lines, sort them between a look and a write, and clear
their numbers; a number's write is lost or carried out late; Amazon counts more and less; the process dies before a
commit or after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bridge.domain.edit_book import Standing
from bridge.domain.invariants import conservation, in_transit
from bridge.domain.orders import ListingKey
from bridge.domain.push import ListingState
from bridge.domain.reading import CellKind, RawCell
from bridge.domain.stock import Cause, Component, Movement
from bridge.domain.transfers import IN_TRANSIT
from bridge.flows.count import Count, book_count
from bridge.flows.desk import Look
from bridge.flows.line_numbers import number_requests
from bridge.flows.moves import take_moves
from bridge.flows.shop import ChannelFacts, Shop
from bridge.ledger.ledger import Ledger
from bridge.ledger.listings import ListingRecord
from bridge.sheet.grid import GridCell, Tab
from bridge.sheet.layout import tab_spec
from bridge.sheet.views import read_moves
from tests.support.virtual_clock import VirtualClock

SHELVES = ("本社倉庫", "渋谷店")
FACTS = ChannelFacts(
    "amazon", "shop", SHELVES, 999, timedelta(0), timedelta(days=60), compare_and_set=False, counts_at="FBA"
)
SHOP = Shop({"amazon": FACTS})
OFFER = ListingKey("amazon", "A-FBA")
OPENING = 12  # on each shelf
FIRST_COUNT = 40
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
        return tuple(cell({"kind": "移動", "number": self.number, **self.said}.get(role)) for role in ROLES)


def cell(value: Any) -> GridCell:
    if value is None or value == "":
        return GridCell()
    if isinstance(value, bool):
        return GridCell(RawCell(CellKind.BOOLEAN, value), str(value).upper())
    kind = CellKind.NUMBER if isinstance(value, int) else CellKind.TEXT
    return GridCell(RawCell(kind, value), str(value))


class Died(Exception):
    pass


ends = st.sampled_from([*SHELVES, "FBA"])
contents = st.fixed_dictionaries(
    {"sku": st.just("A"), "units": st.integers(1, 5), "source": st.sampled_from(SHELVES), "target": ends}
)
which = st.integers(0, 99)
polls = st.sampled_from([0, 1, 3, 3])


class Transfers(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.clock = VirtualClock()
        self.ledger = Ledger(None, self.clock, migrate=False)
        self.rows: list[Row] = []
        self.gone: list[Row] = []
        self.late: list[dict[str, Any]] = []
        self.memory: dict[str, object] = {}
        self.ticked = 0  # ticks that people set under 発送, which may each send once
        self.counted = FIRST_COUNT
        with self.ledger.write() as tx:
            tx.put("live", True)
            tx.put("places", {"sells": dict.fromkeys(SHELVES, True), "inspect": ""})
            tx.sheet.greet("A", Standing.KNOWN)
            tx.stock.book([Movement("A", shelf, OPENING, 0, Cause.OPENING, "test") for shelf in SHELVES])
            tx.listings.put([ListingRecord(ListingState(OFFER), (Component("A", 1),))])
        self.count()

    # --- people ------------------------------------------------------------------------------------------------------

    @rule(said=contents, sent=st.sampled_from([True, None]), arrived=st.sampled_from([None, None, True]), polls=polls)
    def write(self, said: Mapping[str, Any], sent: bool | None, arrived: bool | None, polls: int) -> None:
        self.rows.append(Row(said={**said, "sent": sent, "arrived": arrived}))
        self.ticked += bool(sent)
        self.let_pass(polls)

    @precondition(lambda self: self.rows)
    @rule(n=which, role=st.sampled_from(["sent", "sent", "arrived"]), polls=polls)
    def tick(self, n: int, role: str, polls: int) -> None:
        said = self.rows[n % len(self.rows)].said
        said[role] = not said[role]
        self.ticked += role == "sent" and said[role]
        self.let_pass(polls)

    @precondition(lambda self: self.rows)
    @rule(n=which, said=contents, role=st.sampled_from(["units", "source", "target"]))
    def edit(self, n: int, said: Mapping[str, Any], role: str) -> None:
        row = self.rows[n % len(self.rows)]
        if not any(each.cleared for each in self.rows):
            row.said[role], row.edited = said[role], True

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

    @precondition(lambda self: self.rows)
    @rule(n=which, polls=polls)
    def clear_number(self, n: int, polls: int) -> None:
        row = self.rows[n % len(self.rows)]
        self.ticked += bool(row.edited and row.said["sent"])  # who changes a line and clears its number writes another
        row.number, row.cleared = "", row.cleared or bool(row.number)
        self.let_pass(polls)

    @rule(order=st.randoms())
    def sort(self, order: Any) -> None:
        order.shuffle(self.rows)

    # --- Amazon ------------------------------------------------------------------------------------------------------

    @rule(change=st.integers(-3, 4))
    def count_anew(self, change: int) -> None:
        self.counted = max(0, self.counted + change)
        before = self.lying().get(IN_TRANSIT, 0)
        bound = self.bound_for_fba()
        self.count()
        assert before - self.lying().get(IN_TRANSIT, 0) == min(max(0, change), bound)

    def count(self) -> None:
        with self.ledger.write() as tx:
            book_count(tx, SHOP, "amazon", Count({OFFER: self.counted}, {OFFER}))
        assert self.lying().get("FBA", 0) == self.counted

    # --- the bridge --------------------------------------------------------------------------------------------------

    @rule(fate=st.sampled_from(["fine", "fine", "fine", "lost", "late", "sorted"]), order=st.randoms())
    def poll(self, fate: str, order: Any) -> None:
        self.clock.sleep(3.0)
        self.go(fate, order)

    @rule(committed=st.booleans())
    def die(self, committed: bool) -> None:
        with suppress(Died):
            self.take_in(dies=not committed)
        self.memory.clear()

    @precondition(lambda self: self.late)
    @rule()
    def deliver(self) -> None:
        for request in self.late:
            self.carry_out(request)
        self.late.clear()

    def let_pass(self, polls: int) -> None:
        for _ in range(polls):
            self.clock.sleep(3.0)
            self.go("fine", None)

    def go(self, fate: str, order: Any) -> None:
        requests = self.take_in()
        if fate == "sorted":
            order.shuffle(self.rows)
        if fate == "late":
            self.late += requests
        elif fate != "lost":
            for request in requests:
                self.carry_out(request)

    def take_in(self, *, dies: bool = False) -> list[dict[str, Any]]:
        rows = (tuple(map(cell, HEADER)), *(row.cells() for row in self.rows))
        lines = read_moves(Tab(1, "入出庫", 100, len(HEADER), rows))
        with self.ledger.write() as tx:
            take_moves(tx, SHOP, Look(moves=lines), self.still)
            if dies:
                raise Died
            return number_requests(tx, lines)

    def still(self, name: str, value: object) -> bool:
        same = name in self.memory and self.memory[name] == value
        self.memory[name] = value
        return same

    def carry_out(self, request: dict[str, Any]) -> None:
        body = request["findReplace"]
        position = body["range"]["startRowIndex"] - 1
        assert body["range"]["startColumnIndex"] == NUMBER
        old = "" if body["find"] == "^$" else body["find"]
        while len(self.rows) <= position:
            self.rows.append(Row(said={"sent": None, "arrived": None}))
        if self.rows[position].number == old:
            self.rows[position].number, self.rows[position].cleared = body["replacement"], False

    # --- what must hold ----------------------------------------------------------------------------------------------

    def lying(self) -> dict[str, int]:
        with self.ledger.read() as tx:
            return {place: balance.on_hand for (_, place), balance in tx.stock.balances(["A"]).items()}

    def bound_for_fba(self) -> int:
        with self.ledger.read() as tx:
            return sum(each.on_way for each in tx.transfers.on_the_way() if each.move and each.move.target == "FBA")

    @invariant()
    def the_books_add_up(self) -> None:
        with self.ledger.read() as tx:
            balances = tx.stock.balances()
            movements = [movement for _, movement in tx.stock.movements()]
            assert conservation({}, movements, balances) == ()
            assert in_transit(balances, tx.transfers.on_the_way()) == ()
        mine = [m for m in movements if m.ref.startswith("move")]
        lost = -sum(m.on_hand for m in mine if m.cause is Cause.LOST)
        into_fba = -sum(m.on_hand for m in mine) - lost
        assert lost >= 0
        assert into_fba >= 0
        own = {place: units for place, units in self.lying().items() if place != "FBA"}
        assert min(own.values()) >= 0
        assert sum(own.values()) + lost + into_fba == len(SHELVES) * OPENING

    @invariant()
    def no_tick_sends_twice(self) -> None:
        with self.ledger.read() as tx:
            sent = [m for _, m in tx.stock.movements("A") if m.cause is Cause.SENT and m.location == IN_TRANSIT]
        assert len(sent) <= self.ticked

    @invariant()
    def a_line_is_at_one_place(self) -> None:
        """What a number has moved is at home, on its way, or there."""
        with self.ledger.read() as tx:
            movements = [m for _, m in tx.stock.movements("A") if m.ref.startswith("move")]
        for ref in {m.ref for m in movements}:
            moved: dict[str, int] = {}
            for m in movements:
                if m.ref == ref:
                    moved[m.location] = moved.get(m.location, 0) + m.on_hand
            away = {place: units for place, units in moved.items() if units}
            assert sum(units for units in away.values() if units > 0) <= 5
            assert sum(units < 0 for units in away.values()) <= 1
            assert sum(units > 0 for units in away.values()) <= 1


TestTransfers = Transfers.TestCase
TestTransfers.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
