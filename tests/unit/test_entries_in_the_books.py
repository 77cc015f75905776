"""Lines that one tick books, and stock-takes, in any order of what people, malls, the network and a dying process do:
each number's movements are those of its line, booked or not, and a place holds what was counted and what moved since.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from bridge.domain.entries import RULES, Act, act_on
from bridge.domain.stock import Balance, Cause, Movement
from bridge.flows.edit_records import PACKED
from bridge.flows.stocktaking import settle_packed
from bridge.ledger.values import iso
from bridge.sheet.layout import move_kind, move_title
from bridge.sheet.texts import both
from tests.support.move_lines import SHELVES, SHOP, Lines, Row
from tests.support.polled_tab import polls, which

KINDS = [kind for kind in RULES if kind != "return"]  # there is no place for returns here
NUMBERS = range(1, 2000)
shelves = st.sampled_from(SHELVES)
skus = st.sampled_from(["A", "B"])


def tick_of(row: Row) -> str:
    kind = move_kind(row.said["kind"])
    return RULES[kind].tick if kind in RULES else "start"


class Entries(Lines):
    products = ("A", "B")

    def __init__(self) -> None:
        super().__init__()
        self.open = 0  # units promised of B in the shop

    # --- people ------------------------------------------------------------------------------------------------------

    @rule(kind=st.sampled_from(KINDS), units=st.integers(1, 4), at=shelves, ticked=st.booleans(), polls=polls)
    def write(self, kind: Any, units: int, at: str, ticked: bool, polls: int) -> None:
        needs = RULES[kind].needs
        said = {"kind": move_title(kind, "ja"), "sku": "B", "units": units}
        said |= {role: at for role in ("source", "target") if role in needs}
        said |= {"components": "A×2"} if "components" in needs else {}
        self.rows.append(Row(said=said | {RULES[kind].tick: ticked or None}))
        self.ticked += ticked
        self.let_pass(polls)

    @rule(at=shelves, polls=polls)
    def begin(self, at: str, polls: int) -> None:
        self.rows.append(Row(said={"kind": "棚卸", "source": at, "start": True}))
        self.let_pass(polls)

    @precondition(lambda self: any(row.said.get("kind") == "棚卸" for row in self.rows))
    @rule(n=which, units=st.integers(0, 15), polls=polls)
    def count(self, n: int, units: int, polls: int) -> None:
        mine = [row for row in self.rows if row.said.get("kind") == "棚卸" and row.said.get("sku")]
        if mine:
            mine[n % len(mine)].said["units"] = units
        self.let_pass(polls)

    @precondition(lambda self: self.rows)
    @rule(n=which, polls=polls)
    def tick(self, n: int, polls: int) -> None:
        row = self.rows[n % len(self.rows)]
        if row.said.get("kind"):
            role = tick_of(row)
            row.said[role] = not row.said.get(role)
            self.ticked += bool(row.said[role]) and role != "start"
        self.let_pass(polls)

    @precondition(lambda self: self.rows)
    @rule(n=which, sku=skus, units=st.integers(1, 4))
    def edit(self, n: int, sku: str, units: int) -> None:
        row = self.rows[n % len(self.rows)]
        if row.said.get("sku") and not any(each.cleared for each in self.rows):
            row.said |= {"sku": sku, "units": units}
            row.edited = True

    @precondition(lambda self: self.rows)
    @rule(n=which, polls=polls)
    def clear_number(self, n: int, polls: int) -> None:
        row = self.rows[n % len(self.rows)]
        if row.said.get("kind"):  # who changes a line and clears its number writes another
            self.ticked += bool(row.edited and row.said.get(tick_of(row)))
        row.number, row.cleared = "", row.cleared or bool(row.number)
        self.let_pass(polls)

    @rule(included=st.booleans())
    def answer(self, included: bool) -> None:
        with self.ledger.write() as tx:
            for question in tx.questions.open():
                if question.kind == PACKED:
                    settle_packed(tx, SHOP, question, included=included)
                    tx.questions.close(question.id, both("results", "answered", answer=""))

    # --- malls, time -------------------------------------------------------------------------------------------------

    @rule(at=shelves, units=st.integers(1, 3), shipped=st.booleans())
    def sell(self, at: str, units: int, shipped: bool) -> None:
        with self.ledger.write() as tx:
            tx.stock.book([Movement("B", at, 0, units, Cause.PLACED, "order")])
            if shipped:
                tx.stock.book([Movement("B", at, -units, -units, Cause.SHIPPED, "order")])

    @rule()
    def wait(self) -> None:
        self.clock.sleep(130.0)

    # --- what must hold ----------------------------------------------------------------------------------------------

    @invariant()
    def a_line_has_moved_what_it_says_or_nothing(self) -> None:
        moved: dict[str, Counter[tuple[str, str]]] = {}
        for m in self.moved():
            if m.cause is not Cause.STOCK_TAKEN:
                moved.setdefault(m.ref, Counter())[m.sku, m.location] += m.on_hand
        with self.ledger.read() as tx:
            bookings = tx.entries.of(NUMBERS)
        for booking in bookings.values():
            due: Counter[tuple[str, str]] = Counter()
            if booking.booked and booking.entry is not None:
                for m in act_on(booking, Act.BOOK, self.clock.now())[1]:
                    due[m.sku, m.location] += m.on_hand
            found = moved.pop(booking.ref, Counter())
            assert {cell: n for cell, n in found.items() if n} == {cell: n for cell, n in due.items() if n}
        assert not any(any(cells.values()) for cells in moved.values())

    @invariant()
    def no_tick_books_twice(self) -> None:
        booked = [m for m in self.moved() if m.on_hand > 0 and m.cause is Cause.RECEIVED]
        taken = (Cause.DAMAGED, Cause.SOLD_HERE, Cause.SAMPLE)
        booked += [m for m in self.moved() if m.on_hand < 0 and m.cause in taken]
        assert len(booked) <= self.ticked

    @invariant()
    def a_place_holds_what_was_counted_and_what_moved_since(self) -> None:
        with self.ledger.read() as tx:
            balances = tx.stock.balances()
            counts = [each for each in tx.stocktakes.counts(NUMBERS).values() if each.units is not None]
            begun = tx.stocktakes.of({each.stocktake for each in counts})
            assert len({(each.stocktake, each.sku) for each in counts}) == len(counts)
            for each in counts:
                mine = begun[each.stocktake]
                if mine.number != tx.stocktakes.newest(each.place):
                    continue
                moved = tx.stock.moved_since(mine.since, iso(mine.at), each.sku, each.place)
                since = sum(on_hand for cause, (on_hand, _) in moved.items() if cause is not Cause.STOCK_TAKEN)
                lying = balances.get((each.sku, each.place), Balance()).on_hand
                assert lying == (each.units or 0) + each.packed + since


TestEntries = Entries.TestCase
TestEntries.settings = settings(max_examples=30, stateful_step_count=40, deadline=None)
