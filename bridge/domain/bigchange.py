"""A change beyond plausibility: a paste one row off, a column set to zero, units meant as cases (DESIGN §4).

It says nothing about right or wrong; a person is asked, once per paste, and the last good numbers stay in force.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bridge.domain.edit_book import Account, Ask, Book, Edit
from bridge.domain.edits import rows_of
from bridge.domain.reading import Blank
from bridge.domain.table import View
from bridge.domain.tokens import number_of


@dataclass(frozen=True)
class Limits:
    """`rows` changed in one look, and these: all to zero, or each `times` as much or more, or more than `percent` of
    the table."""

    rows: int = 5
    times: float = 10.0
    percent: float = 30.0

    def many(self, rows: int, table: int) -> bool:
        """Whether so many rows of a table of so many are more than a person changes one by one."""
        return rows >= self.rows and rows * 100 > self.percent * table


@dataclass(frozen=True)
class Totals:
    """What a person is asked about: rows, units before and after, and how many of the rows went to zero."""

    rows: int
    before: int
    after: int
    zeros: int


def totals(edits: Sequence[Edit]) -> Totals:
    return Totals(
        rows=len({edit.sku for edit in edits}),
        before=sum(edit.before or 0 for edit in edits),
        after=sum(edit.after for edit in edits),
        zeros=len({edit.sku for edit in edits if _emptied(edit)}),
    )


def implausible(edits: Sequence[Edit], table: int, limits: Limits) -> bool:
    """Whether edits of one look go beyond plausibility. `table`: rows whose numbers are known."""
    emptied = {edit.sku for edit in edits if _emptied(edit)}
    grown = {edit.sku for edit in edits if edit.before and edit.before > 0 and edit.after >= limits.times * edit.before}
    if len(emptied) >= limits.rows or len(grown) >= limits.rows:
        return True
    return limits.many(len({edit.sku for edit in edits}), table)


def falls_too_far(changes: Sequence[tuple[int, int]], table: int, limits: Limits) -> bool:
    """Whether so many safety stocks go down that it is beyond plausibility. `changes`: before and after, one a row."""
    far = sum(after * limits.times <= before for before, after in changes)
    return far >= limits.rows or limits.many(len(changes), table)


def rows_apart(book: Book, view: View, outcome: Account) -> list[str]:
    """SKUs whose row bears another product's token and a number that nothing explains: columns were sorted apart."""
    asked = [question.sku for question in outcome.questions if question.ask is Ask.UNKNOWN_NUMBER]
    owners: dict[int, set[str]] = {}
    for sku, number in book.amounts if asked else ():
        owners.setdefault(number, set()).add(sku)
    tokens = {sku: number_of(row.token) for sku in asked for row in rows_of(view, sku)}
    return [sku for sku in asked if owners.get(tokens.get(sku) or 0, set()) - {sku}]


def blank_rows(view: View) -> frozenset[str]:
    """SKUs none of whose stock cells shows anything."""
    return frozenset(row.sku for row in view.rows if row.sku and all(isinstance(cell, Blank) for cell in row.cells))


def _emptied(edit: Edit) -> bool:
    return edit.after == 0 and (edit.before or 0) > 0
