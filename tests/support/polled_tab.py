"""A tab made of rows that the real flow polls over an in-memory ledger, while people sort it between a look and a
write, a write is lost or carried out late, and the process dies before a commit or after it. What else people do, what
is written, and what must hold, is each test's own."""

from __future__ import annotations

from abc import abstractmethod
from contextlib import suppress
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from bridge.domain.reading import CellKind, RawCell
from bridge.ledger.ledger import Ledger
from bridge.sheet.grid import GridCell
from tests.support.virtual_clock import VirtualClock

which = st.integers(0, 99)
polls = st.sampled_from([0, 1, 3, 3])
fates = st.sampled_from(["fine", "fine", "fine", "lost", "late", "sorted"])


class Died(Exception):
    pass


def cell(value: Any) -> GridCell:
    if value is None or value == "":
        return GridCell()
    if isinstance(value, bool):
        return GridCell(RawCell(CellKind.BOOLEAN, value), str(value).upper())
    kind = CellKind.NUMBER if isinstance(value, int) else CellKind.TEXT
    return GridCell(RawCell(kind, value), str(value))


class PolledTab(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.clock = VirtualClock()
        self.ledger = Ledger(None, self.clock, migrate=False)
        self.rows: list[Any] = []
        self.gone: list[Any] = []  # that people deleted
        self.late: list[Any] = []  # writes that are still on their way
        self.memory: dict[str, object] = {}

    @rule(order=st.randoms())
    def sort(self, order: Any) -> None:
        order.shuffle(self.rows)

    @rule(committed=st.booleans())
    def die(self, committed: bool) -> None:
        with suppress(Died):
            self.take_in(dies=not committed)
        self.memory.clear()

    @precondition(lambda self: self.late)
    @rule()
    def deliver(self) -> None:
        for write in self.late:
            self.carry_out(write)
        self.late.clear()

    def let_pass(self, polls: int) -> None:
        for _ in range(polls):
            self.clock.sleep(3.0)
            self.go("fine", None)

    def go(self, fate: str, order: Any) -> None:
        writes = self.take_in()
        if fate == "sorted":
            order.shuffle(self.rows)
        if fate == "late":
            self.late += writes
        elif fate != "lost":
            for write in writes:
                self.carry_out(write)

    def still(self, name: str, value: object) -> bool:
        same = name in self.memory and self.memory[name] == value
        self.memory[name] = value
        return same

    @abstractmethod
    def take_in(self, *, dies: bool = False) -> list[Any]:
        """One look, and what is to be written after it. Raises Died before the commit where it `dies`."""

    @abstractmethod
    def carry_out(self, write: Any) -> None: ...
