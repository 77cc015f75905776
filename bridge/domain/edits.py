"""Accounting for what the sheet shows: edits, journal lines, tokens (DESIGN §4).

One rule judges every number a person may have typed:

    edit = shown − typed − amount(token)

`amount(token)` is how much of *booked* the row's content contains, told by the token in its lock cell. One rule settles
every journal line not yet seen:

    amount(n) = amount(its token in the line) + written − before

`account` is pure and harmless to repeat, also with an older view. It follows `merge` of the protocol model step for
step.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping

from bridge.domain.deltas import DELTA, Sum, add, entry_at
from bridge.domain.edit_book import (
    Account,
    Amount,
    Ask,
    Book,
    CellFinding,
    Edit,
    Question,
    Standing,
    TokenNeed,
    Unseen,
)
from bridge.domain.reading import Blank, Delta, Entry, Finding, FindingCode, Quantity, Reading, shown_units
from bridge.domain.stock import BalanceKey, Cause, Movement
from bridge.domain.table import Line, Row, View
from bridge.domain.tokens import is_locked, number_of


def account(book: Book, view: View) -> Account:
    """Account for everything in `view`."""
    return _Accounting(book, view).run()


def rows_of(view: View, sku: str) -> list[Row]:
    return [row for row in view.rows if row.sku == sku]


class _Accounting:
    """One pass over one view. Collects; never writes."""

    def __init__(self, book: Book, view: View) -> None:
        self.book, self.view = book, view
        self.typed = dict(book.typed)
        self.booked = dict(book.booked)
        self.amounts = dict(book.amounts)
        self.standing = dict(book.standing)
        self.last = dict(book.last)
        self.new_amounts: dict[tuple[str, int], Amount] = {}
        self.new_last: dict[str, Amount] = {}
        self.movements: list[Movement] = []
        self.edits: list[Edit] = []
        self.findings: list[CellFinding] = []
        self.questions: list[Question] = []
        self.needs: list[TokenNeed] = []
        self.newcomers: list[str] = []
        self.tokens: dict[str, str] = {}
        self.seen: list[Line] = []
        self.read: set[str] = set()
        self.unsure: set[str] = set()
        self.guessed: set[str] = set()
        self.questioned: set[BalanceKey] = set()
        self.refused: set[BalanceKey] = set()
        self.doubted: set[tuple[str, str, int]] = set()
        self.doubtful: list[Edit] = []
        self.overwritten: list[CellFinding] = []
        self.cleared: dict[BalanceKey, int] = {}  # entries beside numbers that nobody had typed over
        self.written = {  # by SKU, number and location, as far as the view's lines tell
            (line.sku, line.number, location): written
            for line in view.lines
            for location, written in zip(line.locations, line.written, strict=True)
            if written is not None
        }
        self.per_sku = Counter(row.sku for row in view.rows if row.sku)
        self.per_token = Counter(row.token for row in view.rows if row.token)

    def run(self) -> Account:
        for line in _in_order(line for line in self.view.lines if line.key not in self.book.seen):
            self._settle(line)
        for row in self.view.rows:
            if row.sku and self.per_sku[row.sku] == 1:
                self._row(row)
        shown = set(self.per_sku)
        return Account(
            movements=tuple(self.movements),
            edits=tuple(self.edits),
            amounts=self.new_amounts,
            last=self.new_last,
            seen=tuple(self.seen),
            tokens=self.tokens,
            findings=tuple(self.findings),
            questions=tuple(self.questions),
            needs=tuple(self.needs),
            newcomers=tuple(self.newcomers),
            read=frozenset(self.read),
            unsure=frozenset(self.unsure),
            guessed=frozenset(self.guessed - self.read),
            questioned=frozenset(self.questioned),
            refused=frozenset(self.refused),
            doubted=frozenset(self.doubted),
            doubtful=tuple(self.doubtful),
            doubled=tuple(sorted(sku for sku, n in self.per_sku.items() if n > 1)),
            missing=tuple(
                sorted(sku for sku, how in self.standing.items() if sku not in shown and how is not Standing.RETIRED)
            ),
            overwritten=tuple(self.overwritten),
        )

    def _amount(self, sku: str, token: str) -> Amount | None:
        """How much of our bookings the content under `token` contains; None if that token tells nothing."""
        number = number_of(token)
        if number is None:
            return None
        found = self.amounts.get((sku, number))
        if found is None and self.book.restored is not None and number > self.book.restored:
            found = self.last.get(sku)  # given by the ledger that is no more: the same content, locked or unlocked
            if found is not None:
                self.guessed.add(sku)
                self._note(sku, number, found)
        return found

    def _as_copied(self, sku: str, token: str) -> Amount:
        """A new product's row: with the token of the row that it was copied from it contains nothing of ours, without
        any token what it contained before somebody cleared that."""
        return self.last.get(sku, {}) if number_of(token) is None else {}

    def _note(self, sku: str, number: int, amount: Amount) -> None:
        self.amounts[sku, number] = self.new_amounts[sku, number] = amount

    def _opened(self, sku: str) -> bool:
        """Whether a number of this SKU was ever taken in."""
        return any((sku, location) in self.typed for location in self.view.locations)

    # --- the journal -------------------------------------------------------------------------------------------------

    def _settle(self, line: Line) -> None:
        self.seen.append(line)
        if not line.sku:
            return  # landed in an empty row: found by its token and cleared
        had = self._amount(line.sku, line.token)
        if had is None and not self._opened(line.sku):
            had = self._as_copied(line.sku, line.token)
        if had is None:
            self._ask(line.sku, Ask.UNKNOWN_NUMBER)
            return
        has = dict(had)
        for location, before, written in zip(line.locations, line.before, line.written, strict=True):
            if written is None:
                continue
            stood = self._stood(line, location, before, had)
            if stood is None or self._was_refused(line.sku, location, stood, had):  # as if nobody had typed it
                has[location] = written - self.typed.get((line.sku, location), 0)
            else:
                has[location] = had.get(location, 0) + written - stood
        self._note(line.sku, line.number, has)
        self._remember(line.sku, has)

    def _stood(self, line: Line, location: str, before: Reading, had: Amount) -> int | None:
        """The number that we wrote over, with the entry beside it that was cleared; None where none stood there. What
        was overwritten and is part of no number is told."""
        entry = line.cleared if location == line.delta_at else Blank()
        both, ours = self._sum(line.sku, location, before, entry, had)
        if both.units is not None:
            if isinstance(entry, Delta) and (shown_units(before) or 0) == self._expected(line.sku, location, had):
                self.cleared[line.sku, location] = entry.units
            return both.units
        if both.wrong is not None or (isinstance(entry, Delta) and entry.units):
            self.overwritten.append(CellFinding(line.sku, -1, DELTA, both.wrong or FindingCode.NEGATIVE))
        if isinstance(before, Quantity) or ours:
            return shown_units(before)
        if isinstance(before, Blank) and location == line.delta_at and self._beside(line, location, had):
            return 0
        if isinstance(before, Finding):
            self.overwritten.append(CellFinding(line.sku, -1, location, before.code))
        return None

    def _beside(self, line: Line, location: str, had: Amount) -> bool:
        """Whether the entry that was left standing is all of the number, and the cell alone a blank where 0 was."""
        return isinstance(line.delta, Delta) and line.delta.units == self._expected(line.sku, location, had)

    def _was_refused(self, sku: str, location: str, stood: int, had: Amount) -> bool:
        """Whether we wrote over the very number that a person told us to put back."""
        return self.book.refused.get((sku, location)) == stood - had.get(location, 0)

    def _sum(self, sku: str, location: str, cell: Reading, entry: Entry, has: Amount) -> tuple[Sum, bool]:
        """What a cell and the entry beside it are together; and whether the cell alone is a number of ours."""
        ours = self._ours(sku, location, cell, has)
        return add(cell, entry, self._expected(sku, location, has), ours=ours), ours

    def _remember(self, sku: str, amount: Amount) -> None:
        if self.last.get(sku) != amount:
            self.last[sku] = self.new_last[sku] = amount

    # --- one row -----------------------------------------------------------------------------------------------------

    def _row(self, row: Row) -> None:
        if row.hold or self.standing.get(row.sku) is Standing.ASKED:
            return  # a draft, or waiting for an answer
        if row.sku not in self.standing and not self._greet(row):
            return
        has = self._amount(row.sku, row.token)
        if has is not None and self.book.restored is not None and self._opened(row.sku):
            has = self._as_if_typed(row, has)
        if has is None:
            self._tokenless(row)
        elif self.per_token[row.token] > 1:
            self._need(row, has)  # a copy became another product and shares the token
        else:
            self._read_cells(row, has)

    def _tokenless(self, row: Row) -> None:
        if not self._opened(row.sku):
            self._need(row, self._as_copied(row.sku, row.token))
        elif self._shows_what_it_last_showed(row):
            self._need(row, self.last.get(row.sku, {}))
        else:
            self._ask(row.sku, Ask.UNKNOWN_NUMBER)

    def _as_if_typed(self, row: Row, has: Amount) -> Amount:
        """A restored ledger: what was sold since and not written yet lowers the row as ever. Where the cell shows less
        than the books can explain, it counts as if a person had typed it, and a person is asked. What another of its
        cells shows beyond the books is asked about with it, up to as many units: an order that is booked anew may come
        from another shelf, and leaves the table once only."""
        number = number_of(row.token)
        assert number is not None
        cells = {location: self.booked.get((row.sku, location), 0) for location in self.view.locations}
        lacks = {location: units - has.get(location, 0) for location, units in cells.items()}
        stocked = [location for location in self.view.locations if (row.sku, location) in self.typed]
        told = any((line.sku, line.number) == (row.sku, number) for line in self.view.lines)
        if row.sku in self.guessed and not told and self._shows(row, cells, stocked):
            self._note(row.sku, number, cells)  # that ledger wrote all of it, where no journal line tells
            return cells
        moved = sum(max(0, lacks[location]) for location in stocked)
        lifted = dict(has) | {location: max(units, has.get(location, 0)) for location, units in cells.items()}
        for location in stocked:
            here = min(moved, max(0, -lacks[location]))
            lifted[location] -= here
            moved -= here
        self._note(row.sku, number, lifted)
        return lifted

    def _shows(self, row: Row, contained: Amount, locations: Container[str]) -> bool:
        """Whether the row is in step, if it contains so much."""
        return all(
            self._is(row, location, reading, contained)
            for location, reading in self._cells(row)
            if location in locations
        )

    def _is(self, row: Row, location: str, reading: Reading, contained: Amount) -> bool:
        """Whether the cell shows what it should if it contains so much: by itself, or with the entry beside it."""
        units, expected = shown_units(reading), self._expected(row.sku, location, contained)
        entry = entry_at(self.view, row, location)
        return units == expected or (isinstance(entry, Delta) and (units or 0) + entry.units == expected)

    def _greet(self, row: Row) -> bool:
        """A SKU we never saw. False where its row may be a known product's with another code: a person is asked."""
        former = self._former_sku(row)
        if former:
            self.questions.append(Question(former, Ask.RENAMED, row.sku))
            return False
        if row.token:
            self.questions.append(Question(row.sku, Ask.NEW_PRODUCT))
        self.standing[row.sku] = Standing.NEW if row.token else Standing.KNOWN
        self.newcomers.append(row.sku)
        return True

    def _former_sku(self, row: Row) -> str | None:
        """The known SKU whose token this row bears, if that SKU has no row any more: somebody retyped the code."""
        number = number_of(row.token)
        if number is None or self.per_token[row.token] > 1:
            return None
        owners = {sku for sku, n in self.amounts if n == number}
        known = {sku for sku, how in self.standing.items() if how is not Standing.RETIRED}
        gone = [sku for sku in owners if sku in known and sku not in self.per_sku]
        return min(gone) if gone else None

    def _shows_what_it_last_showed(self, row: Row) -> bool:
        last = self.last.get(row.sku)
        if last is None or self.book.restored is not None:
            return False  # a ledger that is no more may have written it since
        return all(
            self._is(row, location, reading, last) or self._still_zero(row.sku, location, reading, last)
            for location, reading in self._cells(row)
        )

    def _still_zero(self, sku: str, location: str, reading: Reading, amount: Amount) -> bool:
        """A blank where 0 was is still 0 (we take away a zero of our own where the row has moved)."""
        return isinstance(reading, Blank) and self._expected(sku, location, amount) == 0

    def _ours(self, sku: str, location: str, reading: Reading, amount: Amount) -> bool:
        """Whether this is a number below zero that we wrote ourselves: more was sold than there is. In a cell that
        never counted it is another row's, and no less than what we changed there."""
        units = shown_units(reading)
        if units is None or units >= 0:
            return False
        expected = self._expected(sku, location, amount)
        return units == expected if expected is not None else units >= amount.get(location, 0)

    def _just_written(self, row: Row, location: str, units: int, has: int) -> bool:
        """Whether a number below zero stands there that we wrote over what a person typed in that moment; one that was
        doubted at the last look, or that a person is asked about, has no line any more."""
        cell = (row.sku, location)
        if (*cell, units) in self.book.doubted:
            return True
        if units - has in (self.book.questioned.get(cell), self.book.refused.get(cell)):
            return True
        number = number_of(row.token) or 0
        if self.book.restored is not None and number > self.book.restored:  # by the ledger that is no more
            return True
        return self.written.get((row.sku, number, location)) == units

    def _expected(self, sku: str, location: str, amount: Amount) -> int | None:
        typed = self.typed.get((sku, location))
        return None if typed is None else typed + amount.get(location, 0)

    def _cells(self, row: Row) -> Iterable[tuple[str, Reading]]:
        return zip(self.view.locations, row.cells, strict=True)

    def _read_cells(self, row: Row, has: Amount) -> None:
        if self.standing.get(row.sku) is Standing.NEW and not row.confirm:
            return
        clean, unsure = True, False
        known = self.book.restored is None and self.last.get(row.sku) is not None
        self.read.add(row.sku)
        for location, reading in self._cells(row):
            units, contained = shown_units(reading), has.get(location, 0)
            both, ours = self._sum(row.sku, location, reading, entry_at(self.view, row, location), has)
            if both.wrong is not None:
                clean = self._find(row, DELTA, both.wrong)
            first = ours and (row.sku, location) not in self.typed
            if both.units is not None:
                clean &= self._read_number(row, location, both.units, contained, units or 0)
            elif units is not None and (
                first or isinstance(reading, Quantity) or self._just_written(row, location, units, contained)
            ):
                clean &= self._read_number(row, location, units, contained)
            elif isinstance(reading, Finding) and not ours:
                clean = self._find(row, location, reading.code)
            elif isinstance(reading, Blank) and (row.sku, location) in self.typed:
                zero = self._still_zero(row.sku, location, reading, has)
                if zero and known:
                    continue
                unsure |= zero  # a ledger that is no more may have known what number stood there
                clean = self._find(row, location, FindingCode.BLANK)
        if unsure:
            self.unsure.add(row.sku)
        else:
            self._remember(row.sku, has)
        if clean:
            self.tokens[row.sku] = row.token

    def _find(self, row: Row, location: str, code: FindingCode) -> bool:
        self.findings.append(CellFinding(row.sku, row.position, location, code))
        return False

    def _read_number(self, row: Row, location: str, shown: int, has: int, alone: int | None = None) -> bool:
        """Take the number in; False where it must be seen once more, or answered, before it counts. `alone`: what the
        cell shows without the entry that is part of `shown`."""
        cell = (row.sku, location)
        typed = self.typed.get(cell)
        delta = shown - has - (typed or 0)
        if typed is not None and delta == 0:
            return True
        if self.book.refused.get(cell) == shown - has:
            self.refused.add(cell)  # written over as soon as the row is locked
            return True
        if self.book.questioned.get(cell) == shown - has:
            self.questioned.add(cell)
            return False
        entered = delta == self.cleared.get(cell) or (alone is not None and alone == (typed or 0) + has)
        edit = self._two_readings(cell, typed, shown, has, entered=entered)
        mark = (row.sku, location, shown)
        if typed is not None and self.book.previous(cell) == -delta and mark not in self.book.doubted:
            self.doubted.add(mark)
            self.doubtful.append(edit)
            return False
        self.typed[cell] = edit.typed
        self.booked[cell] = edit.balance - edit.typed
        self.movements += booked_by(edit, typed, row.token)
        self.edits.append(edit)
        return True

    def _two_readings(self, cell: BalanceKey, typed: int | None, shown: int, has: int, *, entered: bool) -> Edit:
        """The edit, of two readings by the lower. A new number takes the place of the one whose lower reading holds:
        both are read anew. What was but `entered` in 増減 has one reading: it says itself that it is a change."""
        alone = entered and cell not in self.book.asked
        back = self.book.held_back.get(cell, 0)
        balance = shown - has + self.booked.get(cell, 0) + back
        unseen = Unseen() if typed is None or alone else self.book.unseen.get(cell, Unseen())
        results = {balance, balance + unseen.written, balance - unseen.waiting}
        low, high = min(results), max(results)
        return Edit(
            *cell,
            before=None if typed is None else typed + has,
            after=shown,
            typed=shown - has,
            balance=low,
            other=high if high != low else None,
            held=balance - low,
            back=back,
            entered=entered,
        )

    # --- what the table needs ----------------------------------------------------------------------------------------

    def _need(self, row: Row, amount: Amount) -> None:
        self.needs.append(TokenNeed(row.sku, row.position, row.token, amount))

    def _ask(self, sku: str, ask: Ask) -> None:
        if self.standing.get(sku) is not Standing.ASKED:
            self.standing[sku] = Standing.ASKED
            self.questions.append(Question(sku, ask))


def booked_by(edit: Edit, typed: int | None, ref: str) -> list[Movement]:
    """What an edit moves where so much was typed before (None: nothing ever was). Its readings bear its `ref`, since
    they are taken back with it alone."""
    cause = Cause.OPENING if typed is None else Cause.EDIT
    readings = [units for units in (edit.back, -edit.held) if units]
    return [
        Movement(edit.sku, edit.location, edit.typed - (typed or 0), 0, cause, ref),
        *(Movement(edit.sku, edit.location, units, 0, Cause.LOWER_READING, ref) for units in readings),
    ]


def _in_order(lines: Iterable[Line]) -> list[Line]:
    """By number, but each after the one whose content it wrote over: a request that was held up arrives late."""
    left = {(line.sku, line.number): line for line in sorted(lines, key=lambda line: line.number)}
    found: list[Line] = []
    for first in list(left):
        chain, key = [], first
        while key in left:
            chain.append(left.pop(key))
            key = (key[0], number_of(chain[-1].token) or 0)
        found += reversed(chain)
    return found


def orphan_locks(view: View, ours: Container[int]) -> tuple[int, ...]:
    """Numbers of locked tokens in the table that belong to no row update of ours: they are unlocked by content."""
    numbers = {number_of(row.token) for row in view.rows if is_locked(row.token)}
    return tuple(sorted(n for n in numbers if n is not None and n not in ours))


def amounts_under(amounts: Mapping[tuple[str, int], Amount], number: int) -> dict[str, Amount]:
    """What each SKU's content would contain under token `number`: a fresh token that replaces it means the same."""
    found: defaultdict[str, Amount] = defaultdict(dict)
    for (sku, n), amount in amounts.items():
        if n == number:
            found[sku] = amount
    return dict(found)
