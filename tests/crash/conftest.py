from __future__ import annotations

import pytest

from tests.crash.shop import Begun, begin
from tests.support.world import Moment, World


@pytest.fixture(scope="session")
def live_shop(tmp_path_factory: pytest.TempPathFactory) -> Begun:
    """A small shop after its first day."""
    return begin(tmp_path_factory.mktemp("live"), live=True)


@pytest.fixture(scope="session")
def new_shop(tmp_path_factory: pytest.TempPathFactory) -> Begun:
    """The same before it."""
    return begin(tmp_path_factory.mktemp("new"), live=False)


@pytest.fixture(scope="session")
def live_world(tmp_path_factory: pytest.TempPathFactory) -> Moment:
    """A small shop after its first day, in one process and on a virtual clock."""
    world = World(tmp_path_factory.mktemp("world") / "ledger.sqlite")
    world.go_live()
    return world.moment()
