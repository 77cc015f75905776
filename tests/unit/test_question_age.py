"""How long ago a matter came up is told in steps: the words change now and then, not with every poll."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.flows.question_cells import age


@pytest.mark.parametrize(
    ("passed", "ja", "en"),
    [
        (timedelta(0), "10分未満", "under 10 min"),
        (timedelta(minutes=-3), "10分未満", "under 10 min"),  # the machine's clock was put back
        (timedelta(minutes=10), "10分", "10 min"),
        (timedelta(minutes=59), "30分", "30 min"),
        (timedelta(hours=1), "1時間", "1 h"),
        (timedelta(hours=23, minutes=59), "23時間", "23 h"),
        (timedelta(hours=50), "2日", "2 d"),
    ],
)
def test_an_age_in_words(passed: timedelta, ja: str, en: str) -> None:
    assert (age(passed, "ja"), age(passed, "en")) == (ja, en)


@given(st.integers(0, 100))
def test_a_line_costs_a_few_writes_in_its_first_hour_and_one_an_hour_from_then_on(hours: int) -> None:
    polls = [timedelta(hours=hours, seconds=3 * n) for n in range(1201)]
    words = [age(passed, "ja") for passed in polls]
    assert sum(one != two for one, two in itertools.pairwise(words)) <= (3 if hours == 0 else 1)
