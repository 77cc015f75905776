"""A shop of the seller's own at Color Me, beside the malls."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.more_malls import WithColorMe
from tests.support.world import Moment


@pytest.fixture(scope="module")
def live_with_colorme(tmp_path_factory: pytest.TempPathFactory) -> Moment:
    world = WithColorMe(tmp_path_factory.mktemp("colorme") / "ledger.sqlite")
    world.go_live()
    return world.moment()


@pytest.fixture
def shop(tmp_path: Path, live_with_colorme: Moment) -> WithColorMe:
    return WithColorMe(tmp_path / "ledger.sqlite", since=live_with_colorme)


def test_its_late_numbers_are_no_question_to_anybody(shop: WithColorMe) -> None:
    """For some seconds after a push the shop shows what stood there before."""
    shop.sandbox.colorme.switches.stale_seconds = 8.0
    for number in (9, 3, 6):
        shop.type("A", "本社倉庫", number)
        shop.rounds(4)
    shop.settle()
    assert shop.all_shown("A") == {8}
    assert not [line for line in shop.table("要対応") if "colorme" in line["対象"]]


def test_a_sale_that_is_cancelled_lets_go(shop: WithColorMe) -> None:
    order = shop.buy("colorme", "A", 3)
    assert order is not None
    shop.settle()
    assert shop.all_shown("A") == {4}
    shop.sandbox.colorme.cancel(order)
    shop.settle()
    assert shop.row("A")["引当"] in ("", "0")
    assert shop.all_shown("A") == {7}
