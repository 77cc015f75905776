"""Stories the enumeration told: each ended wrong once. A cycle with one row update has these moments: 0 the poll, 3 the
lock, 6 the write, 9 the next call."""

from __future__ import annotations

import pytest

from tests.contract.protocol.enumeration import Place, script_of
from tests.contract.protocol.small_world import LAYOUTS, SmallWorld


@pytest.fixture(scope="module")
def world() -> SmallWorld:
    return SmallWorld(LAYOUTS["one column"])


def ends_well(world: SmallWorld, *story: Place) -> None:
    world.run(script_of(story), whole=True)


def test_our_write_lands_in_a_row_that_was_made_a_new_product_that_moment(world: SmallWorld) -> None:
    """The product was read by its journal line without ever being greeted: it had no standing, and kept our number."""
    ends_well(world, ("adds a product", 6), ("deletes A", 6))


def test_what_landed_in_an_inserted_row_is_not_taken_from_the_row_that_a_sort_put_there(world: SmallWorld) -> None:
    """It was cleared by position: another product lost its number and its token, and a person was asked."""
    ends_well(world, ("inserts a row", 6), ("sorts", 9))


def test_a_row_vanishes_while_a_person_is_asked_about_its_number(world: SmallWorld) -> None:
    """Written again it was right, but the question stayed open."""
    ends_well(world, ("clears A's lock", 6), ("deletes A", 9))


def test_a_row_is_held_while_the_answer_about_its_number_is_on_its_way(world: SmallWorld) -> None:
    """The answer was refused, and its words were forgotten: it counted as new at every other poll."""
    ends_well(world, ("clears A's lock", 6), ("holds A", 18))
