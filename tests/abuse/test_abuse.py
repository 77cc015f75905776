"""Random broken layouts: nothing is pushed that nobody meant, nothing escapes, and once mended all agrees again.

`make abuse LAYOUTS=5000` runs thousands on every core.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.abuse.broken import BREAKS
from tests.abuse.layouts import Layout, Step, Wrong, fails, layout, run, shrunk, story
from tests.abuse.shop import AbusedShop

LAYOUTS = 12
PER_TEST = 4


@pytest.fixture(scope="module")
def shop() -> AbusedShop:
    return AbusedShop()


@pytest.mark.parametrize("first", range(0, LAYOUTS, PER_TEST))
def test_a_broken_layout_pushes_nothing_that_nobody_meant(shop: AbusedShop, first: int) -> None:
    for seed in range(first, first + PER_TEST):
        case = layout(seed)
        if fails(shop, case) is not None:
            pytest.fail(story(*shrunk(shop, case)))


@pytest.mark.parametrize("rule", BREAKS, ids=lambda rule: rule.__name__)
def test_a_bridge_without_the_rule_is_caught(shop: AbusedShop, rule: Callable[[], Any]) -> None:
    name, where, seed = BREAKS[rule]
    orders = [Step("buy", listing, 1) for listing in ("shopify A", "rakuten 007", "shopify 青い箱")]
    case = Layout(0, (Step(name, where, seed), *orders, Step("poll"), Step("poll"), Step("round")), True)
    run(shop, case)
    with rule(), pytest.raises(Wrong):
        run(shop, case)
