from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.world import World


@pytest.fixture
def shop(tmp_path: Path) -> World:
    """A small shop whose bridge and both malls are live: A has 5 + 2, B has 7 + 0 units."""
    world = World(tmp_path / "ledger.sqlite")
    world.go_live()
    return world
