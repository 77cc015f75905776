"""Random broken layouts: nothing is pushed that nobody meant, nothing escapes, and once mended all agrees again.

`make abuse LAYOUTS=5000` runs thousands on every core.
"""

from __future__ import annotations

import pytest

from tests.abuse.layouts import fails, layout, shrunk, story
from tests.abuse.shop import AbusedShop

LAYOUTS = 24
PER_TEST = 6


@pytest.fixture(scope="module")
def shop() -> AbusedShop:
    return AbusedShop()


@pytest.mark.parametrize("first", range(0, LAYOUTS, PER_TEST))
def test_a_broken_layout_pushes_nothing_that_nobody_meant(shop: AbusedShop, first: int) -> None:
    for seed in range(first, first + PER_TEST):
        case = layout(seed)
        if fails(shop, case) is not None:
            pytest.fail(story(*shrunk(shop, case)))
