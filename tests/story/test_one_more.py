"""Whatever mall is connected besides: what is sold in one is gone in all."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.more_malls import OneMore, WithColorMe, WithEcCube, WithWoo, WithYahoo
from tests.support.world import LAG

WORLDS = {kind.more: kind for kind in (WithYahoo, WithWoo, WithColorMe, WithEcCube)}


@pytest.mark.parametrize("more", WORLDS)
def test_what_is_sold_in_one_mall_is_gone_in_all(more: str, tmp_path: Path) -> None:
    shop: OneMore = WORLDS[more](tmp_path / "ledger.sqlite")
    shop.go_live()
    assert shop.all_shown("A") == {7}
    shop.buy(more, "A", 2)
    shop.rounds(3)
    assert shop.all_shown("A") == {5}
    assert shop.row("A")["引当"] == "2"
    shop.buy("rakuten", "A", 1)
    shop.rounds(3)
    assert shop.all_shown("A") == {4}
    shop.type("A", "本社倉庫", 15)
    shop.settle()
    assert shop.all_shown("A") == {14}


@pytest.mark.parametrize("more", WORLDS)
def test_a_sale_between_two_looks_is_held_off_the_others(more: str, tmp_path: Path) -> None:
    """Its feed hides the order for a while, its number tells."""
    shop: OneMore = WORLDS[more](tmp_path / "ledger.sqlite")
    shop.go_live()
    getattr(shop.sandbox, more).visible_after = LAG - 1
    shop.buy(more, "A", 3)
    shop.service.pushers[more].read_everything()
    shop.rounds(2, seconds=1)
    assert shop.row("A")["引当"] in ("", "0")
    assert shop.all_shown("A") == {4}
    shop.settle()
    assert shop.all_shown("A") == {4}
    assert shop.row("A")["引当"] == "3"
