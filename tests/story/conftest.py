from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.world import Moment, World


@pytest.fixture(scope="session")
def live_shop(tmp_path_factory: pytest.TempPathFactory) -> Moment:
    """A small shop after its first day, kept once: going live takes a second."""
    world = World(tmp_path_factory.mktemp("live") / "ledger.sqlite")
    world.go_live()
    return world.moment()


@pytest.fixture(scope="session")
def packing_shop(tmp_path_factory: pytest.TempPathFactory) -> Moment:
    """The same with a tab of 受注."""
    world = World(tmp_path_factory.mktemp("packing") / "ledger.sqlite", orders=True)
    world.go_live()
    return world.moment()


@pytest.fixture
def packing(tmp_path: Path, packing_shop: Moment) -> World:
    """A small shop like `shop`, with a tab of 受注."""
    return World(tmp_path / "ledger.sqlite", orders=True, since=packing_shop)


@pytest.fixture
def shop(tmp_path: Path, live_shop: Moment) -> World:
    """A small shop whose bridge and both malls are live: A has 5 + 2, B has 7 + 0 units."""
    return World(tmp_path / "ledger.sqlite", since=live_shop)
