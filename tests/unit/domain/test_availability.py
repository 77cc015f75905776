"""How many a listing may sell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.domain.availability import sellable, sellable_at, wanted
from bridge.domain.stock import Balance, Component

MOST = 99_999
A, THREE_A, B = Component("A", 1), Component("A", 3), Component("B", 1)


def test_on_hand_less_allocated_safety_and_held_over_the_selling_locations() -> None:
    balances = {
        "main": Balance(typed=10, booked=-1, allocated=2),
        "shop": Balance(typed=5),
        "inspection": Balance(typed=50),
    }
    assert sellable(balances, ["main", "shop"], safety=3, held=1) == (10 - 1 - 2) + 5 - 3 - 1


def test_it_may_be_below_zero() -> None:
    assert sellable({"main": Balance(typed=1, allocated=4)}, ["main"], safety=0, held=0) == -3


@pytest.mark.parametrize("balances", [{}, {"main": Balance()}, {"inspection": Balance(typed=5)}])
def test_a_cell_never_filled_is_no_zero(balances: dict[str, Balance]) -> None:
    assert sellable(balances, ["main", "shop"], safety=0, held=0) is None


def test_a_location_named_twice_counts_once() -> None:
    assert sellable({"main": Balance(typed=5)}, ["main", "main"], safety=0, held=0) == 5


def test_the_scarcest_component_decides_and_units_are_rounded_down() -> None:
    assert wanted([THREE_A, B], {"A": 11, "B": 9}, MOST) == 3


def test_never_below_zero_nor_above_what_the_channel_takes() -> None:
    assert wanted([A], {"A": -4}, MOST) == 0
    assert wanted([A], {"A": 1_000_000}, MOST) == MOST


@pytest.mark.parametrize("known", [{"A": 5}, {"A": 5, "B": None}])
def test_a_component_without_a_number_pushes_nothing(known: dict[str, int | None]) -> None:
    assert wanted([A, B], known, MOST) is None


def test_a_listing_without_components_pushes_nothing() -> None:
    assert wanted([], {"A": 5}, MOST) is None


@given(st.integers(-100, 100), st.integers(-100, 100), st.integers(1, 9), st.integers(1, 9))
def test_what_is_wanted_can_be_made_and_one_more_cannot(a: int, b: int, of_a: int, of_b: int) -> None:
    made = wanted([Component("A", of_a), Component("B", of_b)], {"A": a, "B": b}, MOST)
    assert made is not None
    assert made == 0 or (made * of_a <= a and made * of_b <= b)
    assert (made + 1) * of_a > a or (made + 1) * of_b > b


# --- a channel that keeps a number for each of its places ------------------------------------------------------------

PLACES = {"one": ("main",), "two": ("shop", "depot"), "three": ("annex",)}
UNITS = st.integers(-20, 20)
BALANCES = st.dictionaries(
    st.sampled_from(["main", "shop", "depot", "annex", "inspection"]),
    st.builds(Balance, typed=st.none() | st.integers(0, 20), booked=UNITS, allocated=st.integers(0, 20)),
)
HELD = st.integers(0, 20)
HELD_AT = st.dictionaries(st.sampled_from(list(PLACES)), HELD)


def each_place(
    balances: dict[str, Balance], safety: int = 0, held: int = 0, held_at: dict[str, int] | None = None
) -> list[int | None]:
    return [sellable_at(place, PLACES, balances, safety=safety, held=held, held_at=held_at or {}) for place in PLACES]


def test_each_place_sells_what_lies_in_its_own_columns() -> None:
    balances = {"main": Balance(typed=5), "shop": Balance(typed=2, allocated=1), "depot": Balance(typed=4)}
    assert each_place(balances) == [5, 5, None]


def test_safety_stock_and_sales_elsewhere_come_off_the_first_places() -> None:
    balances = {"main": Balance(typed=5), "shop": Balance(typed=5), "annex": Balance(typed=5)}
    assert each_place(balances, safety=4, held=3) == [0, 3, 5]


def test_what_was_sold_at_a_place_comes_off_that_place() -> None:
    balances = {"main": Balance(typed=5), "shop": Balance(typed=5), "annex": Balance(typed=5)}
    assert each_place(balances, held_at={"two": 2}) == [5, 3, 5]


def test_what_a_place_lacks_the_others_do_not_sell() -> None:
    balances = {"main": Balance(typed=5), "shop": Balance(typed=1, allocated=3)}
    assert each_place(balances) == [3, 0, None]


@given(BALANCES, HELD, HELD, HELD_AT)
def test_all_places_together_show_what_is_sellable_and_no_more(
    balances: dict[str, Balance], safety: int, held: int, held_at: dict[str, int]
) -> None:
    columns = [column for each in PLACES.values() for column in each]
    together = sellable(balances, columns, safety, held + sum(held_at.values()))
    shown = each_place(balances, safety, held, held_at)
    if together is None:
        assert shown == [None] * len(PLACES)
        return
    assert sum(units or 0 for units in shown) <= max(0, together)
    if None not in shown:
        assert sum(units or 0 for units in shown) == max(0, together)
