"""Transfers in any order of what people, Amazon, the network and a dying process do to their lines: nothing is lost,
nothing is shown twice, and no tick sends more than once.

People write, tick, untick, edit, copy, delete and bring back lines, sort them between a look and a write, and clear
their numbers; a number's write is lost or carried out late; Amazon counts more and less; the process dies before a
commit or after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from bridge.domain.orders import ListingKey
from bridge.domain.push import ListingState
from bridge.domain.stock import Cause, Component
from bridge.domain.transfers import IN_TRANSIT
from bridge.flows.count import Count, book_count
from bridge.ledger.listings import ListingRecord
from tests.support.move_lines import OPENING, SHELVES, SHOP, Lines, Row
from tests.support.polled_tab import polls, which

OFFER = ListingKey("amazon", "A-FBA")
FIRST_COUNT = 40

ends = st.sampled_from([*SHELVES, "FBA"])
contents = st.fixed_dictionaries(
    {"sku": st.just("A"), "units": st.integers(1, 5), "source": st.sampled_from(SHELVES), "target": ends}
)


class Transfers(Lines):
    def __init__(self) -> None:
        super().__init__()
        self.counted = FIRST_COUNT
        with self.ledger.write() as tx:
            tx.listings.put([ListingRecord(ListingState(OFFER), (Component("A", 1),))])
        self.count()

    # --- people ------------------------------------------------------------------------------------------------------

    @rule(said=contents, sent=st.sampled_from([True, None]), arrived=st.sampled_from([None, None, True]), polls=polls)
    def write(self, said: Mapping[str, Any], sent: bool | None, arrived: bool | None, polls: int) -> None:
        self.rows.append(Row(said={"kind": "移動", **said, "sent": sent, "arrived": arrived}))
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
    @rule(n=which, polls=polls)
    def clear_number(self, n: int, polls: int) -> None:
        row = self.rows[n % len(self.rows)]
        self.ticked += bool(row.edited and row.said["sent"])  # who changes a line and clears its number writes another
        row.number, row.cleared = "", row.cleared or bool(row.number)
        self.let_pass(polls)

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

    # --- what must hold ----------------------------------------------------------------------------------------------

    def bound_for_fba(self) -> int:
        with self.ledger.read() as tx:
            return sum(each.on_way for each in tx.transfers.on_the_way() if each.move and each.move.target == "FBA")

    @invariant()
    def no_unit_is_lost(self) -> None:
        mine = self.moved()
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
