from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.world import Moment, World


@pytest.fixture(scope="session")
def live_shop(tmp_path_factory: pytest.TempPathFactory) -> Moment:
    """A small shop after its first day, kept once: going live takes a second."""
    return _first_day(tmp_path_factory.mktemp("live"), "ja")


@pytest.fixture(scope="session")
def live_shop_in_english(tmp_path_factory: pytest.TempPathFactory) -> Moment:
    return _first_day(tmp_path_factory.mktemp("live-en"), "en")


def _first_day(folder: Path, language: str) -> Moment:
    world = World(folder / "ledger.sqlite", language=language)
    world.go_live()
    return world.moment()


@pytest.fixture
def shop(tmp_path: Path, live_shop: Moment) -> World:
    """A small shop whose bridge and both malls are live: A has 5 + 2, B has 7 + 0 units."""
    return World(tmp_path / "ledger.sqlite", since=live_shop)


@pytest.fixture(params=["ja", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def desk(tmp_path: Path, language: str, request: pytest.FixtureRequest) -> World:
    """The small shop, in each of the languages that its people may read."""
    since = request.getfixturevalue("live_shop" if language == "ja" else "live_shop_in_english")
    return World(tmp_path / "ledger.sqlite", language=language, since=since)
