"""Rules of channels and listings: they only ever take away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.domain.reading import Blank, CellKind, Finding, FindingCode, Quantity, RawCell
from bridge.domain.rules import PARTS, Given, Judged, Rule, RuleReading, judged, read_part, shown

NONE = ("なし", "none")

percents = st.integers(0, 100)
small = st.one_of(st.none(), st.integers(0, 30))
rules = st.builds(Rule, split=st.one_of(st.none(), percents), buffer=small, zero_at=small, cap=small)
units = st.integers(0, 500)
readings = st.one_of(
    st.builds(Quantity, st.integers(0, 100)),
    st.just(Blank()),
    st.just(Given.NONE),
    st.sampled_from([Finding(FindingCode.TEXT), Finding(FindingCode.NEGATIVE, -3)]),
)


def test_without_a_rule_all_that_can_be_sold_is_shown() -> None:
    assert shown(7, Rule(), [100, 100], first=True) == shown(7, Rule()) == 7


@pytest.mark.parametrize(
    ("rule", "left"),
    [
        (Rule(split=50), 5),
        (Rule(split=33), 3),
        (Rule(buffer=4), 7),
        (Rule(buffer=40), 0),
        (Rule(cap=3), 3),
        (Rule(cap=0), 0),
        (Rule(zero_at=10), 11),
        (Rule(zero_at=11), 0),
        (Rule(split=50, buffer=1, cap=3), 3),
        (Rule(split=50, buffer=1, zero_at=4), 0),  # judged by what is left after the buffer
        (Rule(cap=2, zero_at=2), 2),  # and before the cap
        (Rule(split=0), 0),
    ],
)
def test_each_part_of_a_rule_takes_away_in_its_turn(rule: Rule, left: int) -> None:
    assert shown(11, rule) == left


@given(units, rules, st.lists(percents, max_size=3), st.booleans())
def test_a_rule_never_raises(n: int, rule: Rule, beside: list[int], first: bool) -> None:
    left = shown(n, rule, beside, first=first)
    assert 0 <= left <= n
    assert rule.cap is None or left <= rule.cap
    assert left <= max(0, n - (rule.buffer or 0))
    assert rule.zero_at is None or left == 0 or n > rule.zero_at


@given(units, units, rules)
def test_the_fewer_there_are_the_fewer_are_shown(n: int, more: int, rule: Rule) -> None:
    assert shown(n, rule) <= shown(n + more, rule)


@given(units, st.lists(percents, min_size=1, max_size=4).filter(lambda each: sum(each) <= 100))
def test_shares_never_come_to_more_than_there_is_and_leave_nothing_over(n: int, split: list[int]) -> None:
    gets = [i for i, percent in enumerate(split) if percent]
    found = [
        shown(n, Rule(split=percent), [p for j, p in enumerate(split) if j != i], first=gets[:1] == [i])
        for i, percent in enumerate(split)
    ]
    assert sum(found) == n * sum(split) // 100
    assert all(units >= n * percent // 100 for units, percent in zip(found, split, strict=True))


def test_the_last_unit_goes_to_the_first_channel() -> None:
    assert shown(1, Rule(split=50), [50], first=True) == 1
    assert shown(1, Rule(split=50), [50], first=False) == 0


def test_who_gets_nothing_gets_no_rest() -> None:
    assert shown(1, Rule(split=0), [50, 50], first=True) == 0


@given(rules, rules)
def test_an_own_entry_stands_before_the_channels(own: Rule, general: Rule) -> None:
    together = own.over(general)
    for part in PARTS:
        mine, theirs = getattr(own, part), getattr(general, part)
        assert getattr(together, part) == (theirs if mine is None else mine)


@given(st.dictionaries(st.sampled_from(PARTS), readings), rules)
def test_what_can_not_be_read_leaves_the_last_good_value(said: dict[str, RuleReading], before: Rule) -> None:
    after = judged(said, before)
    for part in PARTS:
        reading, old, new = said.get(part), getattr(before, part), getattr(after.rule, part)
        if isinstance(reading, Quantity):
            assert new == reading.units
        elif reading is Given.NONE:
            assert new is None
        else:
            assert new == old
        told = isinstance(reading, Finding) or (isinstance(reading, Blank) and old is not None)
        assert (part in after.wrong) == told


def test_a_cell_never_filled_is_no_rule_and_one_that_was_blanked_is_told() -> None:
    assert judged({"cap": Blank()}, Rule()) == Judged(Rule(), {})
    assert judged({"cap": Blank()}, Rule(cap=3)) == Judged(Rule(cap=3), {"cap": FindingCode.BLANK})


@pytest.mark.parametrize(
    ("part", "cell", "reading"),
    [
        ("split", RawCell(CellKind.NUMBER, 50, "NUMBER"), Quantity(50)),
        ("split", RawCell(CellKind.NUMBER, 0.29, "PERCENT"), Quantity(29)),
        ("split", RawCell(CellKind.TEXT, "５０％"), Quantity(50)),
        ("split", RawCell(CellKind.TEXT, "50 %"), Quantity(50)),
        ("split", RawCell(CellKind.NUMBER, 0.335, "PERCENT"), Finding(FindingCode.FRACTION)),
        ("split", RawCell(CellKind.NUMBER, 1e300, "PERCENT"), Finding(FindingCode.TOO_LARGE)),
        ("split", RawCell(CellKind.NUMBER, 101), Finding(FindingCode.TOO_LARGE)),
        ("split", RawCell(CellKind.TEXT, "-5%"), Finding(FindingCode.NEGATIVE)),
        ("cap", RawCell(CellKind.NUMBER, 101), Quantity(101)),
        ("cap", RawCell(CellKind.NUMBER, 0.5, "PERCENT"), Finding(FindingCode.PERCENT)),
        ("cap", RawCell(CellKind.TEXT, " なし"), Given.NONE),
        ("cap", RawCell(CellKind.TEXT, "NONE"), Given.NONE),
        ("cap", RawCell(CellKind.TEXT, "無限"), Finding(FindingCode.TEXT)),
        ("cap", RawCell(CellKind.BLANK), Blank()),
    ],
)
def test_what_a_rules_cell_holds(part: str, cell: RawCell, reading: RuleReading) -> None:
    assert read_part(part, cell, NONE) == reading
