"""Whatever mall is connected besides: what is sold in one is gone in all."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.more_malls import OneMore, WithColorMe, WithWoo, WithYahoo

WORLDS = {kind.more: kind for kind in (WithYahoo, WithWoo, WithColorMe)}


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
