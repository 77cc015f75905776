"""The edit rule: edit = shown − typed − amount(token), whatever older token, copy, version or journal line comes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.domain.edit_book import Account, Ask, Book, Standing, Unseen
from bridge.domain.edits import account
from bridge.domain.reading import Blank, Finding, FindingCode, Quantity
from bridge.domain.stock import Cause
from bridge.domain.table import Line, Row, View
from bridge.domain.tokens import free, locked

HERE = "本社倉庫"
units = st.integers(0, 500)
deltas = st.integers(-50, 50)


def book(typed: int = 10, booked: int = 0, amount: int = 0, number: int = 1) -> Book:
    return Book(
        typed={("A", HERE): typed},
        booked={("A", HERE): booked},
        standing={"A": Standing.KNOWN},
        amounts={("A", number): {HERE: amount}},
        last={"A": {HERE: amount}},
    )


def view(*rows: Row, lines: tuple[Line, ...] = ()) -> View:
    return View((HERE,), rows, lines)


def row(shown: int | None, token: str = free(1), sku: str = "A", position: int = 1, **marks: bool) -> Row:
    return Row(position, sku, token, (Blank() if shown is None else Quantity(shown),), **marks)


def typed_after(before: Book, outcome: Account) -> int:
    return before.typed["A", HERE] + sum(m.on_hand for m in outcome.movements if m.cause.typed)


@given(typed=units, booked=deltas, amount=deltas, shown=units)
def test_what_people_typed_is_what_the_cell_shows_less_what_of_ours_it_contains(
    typed: int, booked: int, amount: int, shown: int
) -> None:
    before = book(typed, booked, amount)
    outcome = account(before, view(row(shown)))
    assert typed_after(before, outcome) == shown - amount
    assert outcome.tokens == {"A": free(1)}


@given(typed=units, booked=deltas, amount=deltas)
def test_a_cell_that_shows_what_it_should_is_no_edit(typed: int, booked: int, amount: int) -> None:
    """Also a number below zero, which only the bridge may write."""
    shown = typed + amount
    cell = Quantity(shown) if shown >= 0 else Finding(FindingCode.NEGATIVE, shown)
    outcome = account(book(typed, booked, amount), view(replace(row(0), cells=(cell,))))
    assert outcome.movements == ()
    assert outcome.edits == ()
    assert outcome.findings == ()
    assert outcome.tokens == {"A": free(1)}


@given(amounts=st.lists(deltas, min_size=2, max_size=6), shown=units, which=st.integers(0, 5))
def test_every_older_token_explains_its_own_content(amounts: list[int], shown: int, which: int) -> None:
    """Yesterday's block pasted back, a restored version, an old read: each carries the token it was written under."""
    which %= len(amounts)
    before = replace(book(), amounts={("A", n): {HERE: amount} for n, amount in enumerate(amounts)})
    outcome = account(before, view(row(shown, token=free(which))))
    assert typed_after(before, outcome) == shown - amounts[which]


@given(shown=units, had=deltas)
def test_a_lock_changes_nothing_about_the_content(shown: int, had: int) -> None:
    before = replace(book(amount=had), amounts={("A", 1): {HERE: had}, ("A", 2): {HERE: had}})
    free_one, locked_one = account(before, view(row(shown))), account(before, view(row(shown, token=locked(2))))
    assert [(m.on_hand, m.cause) for m in free_one.movements] == [(m.on_hand, m.cause) for m in locked_one.movements]


@given(had=deltas, before_cell=units, written=units, shown=units)
def test_a_journal_line_settles_by_one_rule(had: int, before_cell: int, written: int, shown: int) -> None:
    """Whoever was faster: what the person typed before our write comes back in the sum."""
    before = book(typed=10, booked=had, amount=had)
    line = Line(7, "A", free(1), (HERE,), (Quantity(before_cell),), (written,))
    outcome = account(before, view(row(shown, token=free(7)), lines=(line,)))
    assert outcome.amounts["A", 7] == {HERE: had + written - before_cell}
    assert typed_after(before, outcome) == 10 + (shown - written) + (before_cell - 10 - had)


@given(had=deltas, before_cell=units, written=units)
def test_a_line_seen_twice_counts_once(had: int, before_cell: int, written: int) -> None:
    line = Line(7, "A", free(1), (HERE,), (Quantity(before_cell),), (written,))
    first = account(book(amount=had), view(lines=(line,)))
    again = account(
        replace(book(amount=had), seen=frozenset({line.key}), amounts={("A", 1): {HERE: had}, **first.amounts}),
        view(lines=(line,)),
    )
    assert first.seen == (line,)
    assert again.seen == ()
    assert again.amounts == {}


@given(written=units)
def test_a_write_over_text_counts_as_if_nobody_had_typed(written: int) -> None:
    line = Line(7, "A", free(1), (HERE,), (Finding(FindingCode.TEXT),), (written,))
    outcome = account(book(typed=10, booked=written - 10), view(row(written, token=free(7)), lines=(line,)))
    assert outcome.edits == ()
    assert [finding.code for finding in outcome.overwritten] == [FindingCode.TEXT]


@given(shown=units, token=st.sampled_from(["", "✓", "abc", "✓ 999", "🔒 12x"]))
def test_a_number_that_no_token_explains_is_asked_about_unless_it_is_the_last_one(shown: int, token: str) -> None:
    outcome = account(book(typed=10, amount=-2, booked=-2), view(row(shown, token=token)))
    if shown == 8:
        assert [need.amount for need in outcome.needs] == [{HERE: -2}]
        assert outcome.questions == ()
    else:
        assert [question.ask for question in outcome.questions] == [Ask.UNKNOWN_NUMBER]
        assert outcome.needs == ()
    assert outcome.movements == ()


def test_a_sku_that_stands_twice_moves_nothing() -> None:
    outcome = account(book(), view(row(3), row(4, position=2)))
    assert (outcome.movements, outcome.tokens, outcome.doubled) == ((), {}, ("A",))


def test_a_held_row_is_a_draft() -> None:
    outcome = account(book(), view(row(99, hold=True)))
    assert (outcome.movements, outcome.tokens) == ((), {})


def test_a_blank_cell_is_a_finding_and_never_a_zero() -> None:
    outcome = account(book(), view(row(None)))
    assert outcome.movements == ()
    assert [finding.code for finding in outcome.findings] == [FindingCode.BLANK]
    assert outcome.tokens == {}


def test_a_cell_never_filled_may_stay_blank() -> None:
    two = View((HERE, "渋谷店"), (Row(1, "A", free(1), (Quantity(10), Blank())),))
    outcome = account(book(), two)
    assert outcome.findings == ()
    assert outcome.tokens == {"A": free(1)}


@given(shown=units)
def test_a_copied_row_with_a_new_sku_waits_for_a_tick_and_gets_its_own_token(shown: int) -> None:
    outcome = account(book(), view(row(10), row(shown, sku="C", position=2)))
    assert [(question.sku, question.ask) for question in outcome.questions] == [("C", Ask.NEW_PRODUCT)]
    assert {need.sku for need in outcome.needs} >= {"C"}
    assert not [movement for movement in outcome.movements if movement.sku == "C"]
    known = Book(
        typed={},
        booked={},
        standing={"C": Standing.NEW},
        amounts={("C", 5): {}},
        last={},
    )
    assert account(known, view(row(shown, sku="C", token=free(5)))).movements == ()
    ticked = account(known, view(row(shown, sku="C", token=free(5), confirm=True)))
    assert [(m.on_hand, m.cause) for m in ticked.movements] == [(shown, Cause.OPENING)]


@given(shown=st.integers(11, 500))
def test_an_edit_that_takes_back_the_one_before_counts_when_it_is_seen_twice(shown: int) -> None:
    delta = shown - 10
    before = replace(book(), previous={("A", HERE): -delta}.get)
    first = account(before, view(row(shown)))
    assert first.movements == ()
    assert first.tokens == {}
    second = account(replace(before, doubted=first.doubted), view(row(shown)))
    assert [movement.on_hand for movement in second.movements] == [delta]


@given(shown=units, written=deltas, waiting=deltas, booked=deltas)
def test_of_two_readings_the_lower_holds(shown: int, written: int, waiting: int, booked: int) -> None:
    before = replace(book(typed=-1000, booked=booked), unseen={("A", HERE): Unseen(written, waiting)})
    (edit,) = account(before, view(row(shown))).edits
    plain = shown + booked
    results = {plain, plain + written, plain - waiting}
    assert edit.balance == min(results)
    assert edit.other == (max(results) if len(results) > 1 else None)


def test_a_number_typed_in_the_moment_we_write_one_below_zero_comes_back_in_the_sum() -> None:
    """Typed 3 over 1; two more had been sold than there were: our −2 landed on the 3, and 3 − 1 was meant."""
    before = book(typed=1, booked=-3)
    line = Line(2, "A", locked(1), (HERE,), (Quantity(3),), (-2,))
    outcome = account(
        before, view(replace(row(0, token=free(2)), cells=(Finding(FindingCode.NEGATIVE, -2),)), lines=(line,))
    )
    assert typed_after(before, outcome) == 3
    assert outcome.findings == ()


def test_such_a_number_counts_at_the_second_look_where_it_takes_back_the_edit_before() -> None:
    """Typed 1 over 0, after a 1 had been taken back to 0: doubted once, then it counts, though its line is seen."""
    before = replace(book(typed=0, booked=-1), previous={("A", HERE): -1}.get)
    line = Line(2, "A", locked(1), (HERE,), (Quantity(1),), (-1,))
    shown = view(replace(row(0, token=free(2)), cells=(Finding(FindingCode.NEGATIVE, -1),)), lines=(line,))
    first = account(replace(before, amounts={**before.amounts, ("A", 1): {HERE: 0}}), shown)
    assert first.doubted == {("A", HERE, -1)}
    assert first.findings == ()
    later = replace(before, amounts={**before.amounts, **first.amounts}, doubted=first.doubted, seen={line.key})
    second = account(later, replace(shown, lines=()))
    assert typed_after(later, second) == 1
    assert second.findings == ()


@pytest.mark.parametrize("answered", [False, True])
def test_such_a_number_stays_in_question_though_its_line_is_not_read_again(answered: bool) -> None:
    """−4, written by the ledger that is no more: asked about at the first look, and no finding at the next."""
    typed = {("A", HERE): 2}
    before = book(typed=6, booked=-6, amount=-6)
    before = replace(before, refused=typed) if answered else replace(before, questioned=typed)
    shown = replace(row(0), cells=(Finding(FindingCode.NEGATIVE, -4),))
    outcome = account(before, view(shown))
    assert outcome.findings == ()
    assert (outcome.refused if answered else outcome.questioned) == {("A", HERE)}


def test_a_product_newer_than_a_restored_ledger_keeps_the_number_that_a_write_hit() -> None:
    """A copied row had just been made product C when a write for A landed in it: 2 became 0. The journal says so, also
    to an older ledger that knows neither C nor the write."""
    landed = Line(9, "C", locked(8), (HERE,), (Quantity(2),), (0,))
    before = replace(book(), restored=5)
    shown = row(0, token=free(9), sku="C", position=2, confirm=True)
    outcome = account(before, view(row(10), shown, lines=(landed,)))
    assert [(m.on_hand, m.cause) for m in outcome.movements if m.sku == "C"] == [(2, Cause.OPENING)]


def test_a_product_newer_than_its_number_keeps_the_token_that_a_ledger_since_lost_gave_it() -> None:
    """Product C was known to the older ledger, none of its numbers; it is ticked as that ledger looks for the first
    time. The row may be written from now on, so what its token tells is remembered."""
    before = replace(book(), restored=5)
    before = replace(before, standing={**before.standing, "C": Standing.NEW}, last={**before.last, "C": {}})
    outcome = account(before, view(row(10), row(2, token=free(8), sku="C", position=2, confirm=True)))
    assert outcome.tokens["C"] == free(8)
    assert outcome.amounts["C", 8] == {}


def test_an_order_that_a_restored_ledger_books_from_another_shelf_leaves_the_table_once() -> None:
    """The lost ledger had taken the unit from here and written 9; read again, the order takes it from the shop."""
    shop = "渋谷店"
    before = Book(
        typed={("A", HERE): 10, ("A", shop): 2},
        booked={("A", HERE): 0, ("A", shop): -1},
        standing={"A": Standing.KNOWN},
        amounts={("A", 1): {HERE: 0, shop: 0}},
        last={"A": {HERE: 0, shop: 0}},
        restored=1,
    )
    line = Line(3, "A", locked(2), (HERE, shop), (Quantity(10), Quantity(2)), (9, 2))
    shown = Row(1, "A", free(3), (Quantity(9), Quantity(2)))
    outcome = account(before, View((HERE, shop), (shown,), (line,)))
    assert {edit.location: edit.balance for edit in outcome.edits} == {HERE: 9, shop: 2}
    assert outcome.amounts["A", 3] == {HERE: 0, shop: -1}


@pytest.mark.parametrize("lines", [(Line(3, "A", locked(2), (HERE,), (Quantity(0),), (-1,)),), ()])
def test_a_number_below_zero_that_a_ledger_since_lost_wrote_is_asked_about_and_no_wrong_entry(
    lines: tuple[Line, ...],
) -> None:
    """10 was typed over by 0 and one sold: −1 stands there by our own hand. An older ledger knows of neither, and the
    journal does not tell of a row that was written again; a number that nobody can mend by typing is a question."""
    below = replace(row(0, token=free(4)), cells=(Finding(FindingCode.NEGATIVE, -1),))
    lost = account(replace(book(booked=-1), restored=1), view(below, lines=lines))
    assert lost.findings == ()
    assert [edit.after for edit in lost.edits] == [-1]
    typed = account(replace(book(booked=-1), restored=1), view(replace(below, token=free(1))))
    assert [finding.code for finding in typed.findings] == [FindingCode.NEGATIVE]


def test_a_line_of_a_late_request_is_settled_after_the_one_whose_content_it_wrote_over() -> None:
    """9 were sold and written as line 13; the 9 was pasted back, and a request held up since line 8 wrote 0 over it.
    Both lines are new to the reader: one whose replies were lost, or an older ledger."""
    sold = Line(13, "A", locked(12), (HERE,), (Quantity(9),), (0,))
    late = Line(8, "A", free(13), (HERE,), (Quantity(9),), (0,))
    before = book(9, -9, number=12)
    outcome = account(before, view(row(0, token=free(8)), lines=(sold, late)))
    assert (outcome.amounts["A", 13], outcome.amounts["A", 8]) == ({HERE: -9}, {HERE: -18})
    assert [edit.typed for edit in outcome.edits] == [18]
    older = replace(book(9, -9, number=7), restored=7)
    assert account(older, view(row(0, token=free(13)), lines=(sold, late))).amounts["A", 13] == {HERE: -9}


@pytest.mark.parametrize(("token", "contained"), [("メモ", -7), ("", -7), (free(1), 0)])
def test_a_new_row_without_its_token_contains_what_it_contained_with_it(token: str, contained: int) -> None:
    """A write of another row landed in the row of new product C, and made 7 to 0; then somebody typed into its lock
    cell, and a second write landed there. Only another product's token means that the row was just copied."""
    before = replace(book(), standing={"A": Standing.KNOWN, "C": Standing.NEW}, last={"C": {HERE: -7}})
    landed = Line(9, "C", token, (HERE,), (Quantity(0),), (0,))
    shown = row(0, token=free(9), sku="C", confirm=True)
    assert account(before, view(shown, lines=(landed,))).amounts["C", 9] == {HERE: contained}
    needs = account(before, view(replace(shown, token=token), row(10, position=2))).needs
    assert [need.amount.get(HERE, 0) for need in needs if need.sku == "C"] == [contained]


def test_a_row_without_its_token_is_asked_about_where_an_older_ledger_judges() -> None:
    """What it last showed may have been written since by the ledger that is no more; so it may where nothing is known
    of its content, since a person was asked about it, or it was not there when that ledger caught up."""
    shown = view(row(10, token=""))
    assert [need.sku for need in account(book(), shown).needs] == ["A"]
    for before in (replace(book(), restored=5), replace(book(), last={})):
        assert [question.ask for question in account(before, shown).questions] == [Ask.UNKNOWN_NUMBER]


@pytest.mark.parametrize(("shown", "typed"), [(-6, 9), (-15, 0), (-16, None)])
def test_a_number_below_zero_that_a_write_left_in_a_new_products_row_is_read_by_what_it_changed(
    shown: int, typed: int | None
) -> None:
    """Another row's −6 landed on the 9 of new product C. No person types less than nothing: what is below what we
    changed there is a wrong entry."""
    before = replace(book(), standing={"A": Standing.KNOWN, "C": Standing.NEW})
    before = replace(before, amounts={**before.amounts, ("C", 9): {HERE: -15}})
    below = replace(row(0, token=free(9), sku="C", confirm=True), cells=(Finding(FindingCode.NEGATIVE, shown),))
    outcome = account(before, view(below))
    assert [edit.typed for edit in outcome.edits] == ([] if typed is None else [typed])
    assert bool(outcome.findings) == (typed is None)
    healed = Line(10, "C", free(9), (HERE,), below.cells, (9,))
    if typed is not None:
        outcome = account(before, view(replace(below, token=free(10)), lines=(healed,)))
        assert outcome.amounts["C", 10] == {HERE: 9 - typed}
