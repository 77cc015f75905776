"""Edits that wait for a person's answer about the whole paste they came with, one by cell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from bridge.domain.stock import BalanceKey
from bridge.ledger.schema import questioned


@dataclass(frozen=True)
class QuestionedEdit:
    """One edit in question: `edit` is its number in the edit account, `question` the one it belongs to. What it
    would come to as in domain.edits.Edit; `spread`: units between its two readings. `lowered`: booked off
    until the answer, where the edit's is the lower number of two that may be old. `refused`: answered 戻す, the cell
    is not yet written over."""

    sku: str
    location: str
    question: int
    edit: int
    before: int | None
    after: int
    typed: int
    held: int = 0
    spread: int = 0
    back: int = 0
    lowered: int = 0
    refused: bool = False

    @property
    def cell(self) -> BalanceKey:
        return self.sku, self.location


_ALL_QUESTIONED = select(questioned).order_by(questioned.c.sku, questioned.c.location)


class QuestionedBook:
    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._all: list[QuestionedEdit] | None = None  # read once a transaction, until something changes

    def all(self) -> list[QuestionedEdit]:
        if self._all is None:
            self._all = [QuestionedEdit(**row._mapping) for row in self._conn.execute(_ALL_QUESTIONED)]
        return list(self._all)

    def changed(self) -> None:
        """What was read is no longer true."""
        self._all = None

    def of(self, question: int) -> list[QuestionedEdit]:
        """Those that the question is still about."""
        return [each for each in self.all() if each.question == question and not each.refused]

    def add(self, edits: Iterable[QuestionedEdit]) -> None:
        """A cell's earlier one must have been dropped."""
        rows = [vars(edit) for edit in edits]
        if rows:
            self.changed()
            self._conn.execute(insert(questioned), rows)

    def refuse(self, question: int) -> None:
        self.changed()
        self._conn.execute(update(questioned).where(questioned.c.question == question).values(refused=True))

    def drop(self, cells: Iterable[BalanceKey]) -> None:
        for sku, location in cells:
            self.changed()
            mine = (questioned.c.sku == sku) & (questioned.c.location == location)
            self._conn.execute(delete(questioned).where(mine))
