"""The real cycle, gateway and sandbox, driven through the model's alphabet: every letter at every moment between any
two steps of the bridge, and every pair of letters at every two moments. Each run ends as the model says: sheet = ledger
= what people typed + what was booked, nothing locked, nothing waiting (see small_world.SmallWorld.check).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from tests.contract.protocol.alphabet import LETTERS
from tests.contract.protocol.enumeration import every_run
from tests.contract.protocol.small_world import LAYOUTS, SmallWorld

SECOND_ONLY = {"deletes the copy", "makes the copy a product", "undoes", "releases A", "late request arrives"}
FIRST = [letter for letter in LETTERS if letter not in SECOND_ONLY]


@cache
def world_of(layout: str) -> SmallWorld:
    return SmallWorld(LAYOUTS[layout])


def ends_well(layout: str, first: str, record_property: Callable[[str, Any], None], *, pairs: bool) -> None:
    tally = every_run(world_of(layout), first, pairs=pairs)
    what = "pairs and singles" if pairs else "singles"
    record_property(f"counted runs of the real bridge, {layout}, {what}", tally.runs)
    assert tally.runs
    assert not tally.wrong, "\n".join(tally.wrong)


EVERY = ("one column", "filtered", "three columns", "filtered, three columns")
"""What the later ones have beside the one column multiplies the moments. Pairs take minutes: `make pairs` plays those
of the one column, `make test-long` all."""


@pytest.mark.parametrize("layout", EVERY)
@pytest.mark.parametrize("first", FIRST)
def test_every_letter_ends_well(layout: str, first: str, record_property: Callable[[str, Any], None]) -> None:
    ends_well(layout, first, record_property, pairs=False)


@pytest.mark.long
@pytest.mark.parametrize("layout", EVERY)
@pytest.mark.parametrize("first", FIRST)
def test_every_pair_of_letters_ends_well(layout: str, first: str, record_property: Callable[[str, Any], None]) -> None:
    ends_well(layout, first, record_property, pairs=True)
