from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from bridge.sheet.gateway import Gateway
from tests.support.sentences import written, wrong
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


@pytest.fixture(params=["ja", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def desk(tmp_path: Path, language: str, request: pytest.FixtureRequest) -> World:
    """The small shop, in each of the languages that its people may read."""
    since = request.getfixturevalue("live_shop" if language == "ja" else "live_shop_in_english")
    return World(tmp_path / "ledger.sqlite", language=language, since=since)


@pytest.fixture(autouse=True)
def _every_sentence_is_whole(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever a story brings about, no cell shows a gap in a sentence, or one of the other language."""
    texts: set[str] = set()
    write: Callable[..., Any] = Gateway.write

    def noted(gateway: Gateway, requests: Sequence[dict[str, Any]], *more: Any, **also: Any) -> Any:
        texts.update(written(requests))
        return write(gateway, requests, *more, **also)

    monkeypatch.setattr(Gateway, "write", noted)
    yield
    spoken = request.node.callspec.params.get("language", "ja") if hasattr(request.node, "callspec") else "ja"
    assert not wrong(texts, spoken)
