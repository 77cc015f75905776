"""Whose order came last, and where a unit still lies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bridge.domain.oversold import Claim, came_last, still_free
from bridge.domain.stock import Balance

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)


def claim(order: str, minutes: int, *skus: str, channel: str = "rakuten") -> Claim:
    return Claim(channel, order, NINE + timedelta(minutes=minutes), frozenset(skus))


def test_the_order_placed_last_is_named_in_whatever_order_they_were_heard_of() -> None:
    late, early, other = claim("3", 5, "A", "B"), claim("4", 2, "A"), claim("5", 9, "B")
    assert came_last([late, early, other], "A") == late
    assert came_last([other, early, late], "A") == late
    assert came_last([late, early, other], "C") is None


@given(st.permutations([claim("1", 0, "A"), claim("2", 0, "A"), claim("1", 0, "A", channel="yahoo")]))
def test_of_those_placed_at_once_it_is_always_the_same(claims: list[Claim]) -> None:
    assert came_last(claims, "A") == claim("1", 0, "A", channel="yahoo")


def test_only_what_lies_there_and_was_promised_to_nobody_is_free() -> None:
    balances = {
        "main": Balance(typed=5, allocated=6),
        "shop": Balance(typed=2, booked=1, allocated=1),
        "to inspect": Balance(typed=4),
        "in transit": Balance(booked=3),  # no stock column
        "cellar": Balance(typed=1, booked=-1),
    }
    assert still_free(balances) == {"to inspect": 4, "shop": 2}
