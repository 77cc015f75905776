"""What one unit cost: exact decimals, by either method, against plain sums of the same purchases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.domain.costs import Costing, Purchase, unit_costs, value_of

BEGAN = datetime(2026, 11, 1, tzinfo=UTC)


def bought(*lines: tuple[int, str | None, int]) -> list[Purchase]:
    """(units, price, units that lay there before), one a day."""
    return [
        Purchase("A", BEGAN + timedelta(days=day), units, None if price is None else Decimal(price), lying)
        for day, (units, price, lying) in enumerate(lines)
    ]


def test_the_last_price_holds() -> None:
    assert unit_costs(bought((10, "100", 0), (1, "98.5", 10)), Costing.LAST) == {"A": Decimal("98.5")}


def test_the_moving_average_mixes_with_what_lies_there() -> None:
    assert unit_costs(bought((10, "100", 0), (5, "130", 5)), Costing.AVERAGE) == {"A": Decimal("115")}


@pytest.mark.parametrize("costing", list(Costing))
def test_without_a_price_there_is_no_cost(costing: Costing) -> None:
    assert unit_costs(bought((10, None, 0)), costing) == {}
    assert unit_costs(bought((10, None, 0), (3, "7", 10)), costing) == {"A": Decimal(7)}


def test_a_purchase_without_a_price_came_in_at_what_the_others_cost() -> None:
    assert unit_costs(bought((10, "100", 0), (10, None, 10), (20, "130", 20)), Costing.AVERAGE) == {"A": Decimal(115)}


def test_stock_below_zero_is_none() -> None:
    assert unit_costs(bought((10, "100", 0), (5, "130", -3)), Costing.AVERAGE) == {"A": Decimal(130)}


prices = st.decimals(0, 99999, places=4)


@given(st.lists(st.tuples(st.integers(1, 999), prices, st.integers(0, 999)), min_size=1, max_size=6))
def test_each_purchase_is_mixed_exactly_and_rounded_once(lines: list[tuple[int, Decimal, int]]) -> None:
    expected: Fraction | None = None
    for units, price, lying in lines:
        mixed = price if expected is None else None
        exact = Fraction(price) if expected is None else (expected * lying + Fraction(price) * units) / (lying + units)
        tenths = int(exact * 10**4 + Fraction(1, 2))  # half up, four decimals
        expected = Fraction(mixed) if mixed is not None else Fraction(tenths, 10**4)
    found = unit_costs(bought(*((units, str(price), lying) for units, price, lying in lines)), Costing.AVERAGE)
    assert Fraction(found["A"]) == expected


@given(st.integers(-9999, 9999), prices)
def test_a_value_is_whole_yen_half_up(units: int, price: Decimal) -> None:
    exact = Fraction(units) * Fraction(price)
    rounded = int(abs(exact) + Fraction(1, 2))
    assert value_of(units, price) == (rounded if exact >= 0 else -rounded)
    assert value_of(units, price) == int((units * price).quantize(Decimal(1), ROUND_HALF_UP))
