"""Questions that come from 受注, 入出庫 and 履歴, each from its line to 済."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.flows import history
from tests.support import words
from tests.support.orders import at, seconds_until, write
from tests.support.settling import answered, opened, settled
from tests.support.transfers import lying
from tests.support.world import Moment, World


@pytest.fixture(scope="module", params=["ja", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def begun(language: str, tmp_path_factory: pytest.TempPathFactory) -> Moment:
    world = World(tmp_path_factory.mktemp("packing") / "ledger.sqlite", language=language, orders=True)
    world.go_live()
    return world.moment()


@pytest.fixture
def desk(tmp_path: Path, language: str, begun: Moment) -> World:
    """The small shop with its tab of 受注, in each of the languages that its people may read."""
    return World(tmp_path / "ledger.sqlite", language=language, orders=True, since=begun)


@pytest.mark.parametrize(("choice", "there"), [("included", 5), ("not", 7)])
def test_packed_units(desk: World, choice: str, there: int) -> None:
    home = words.place("本社倉庫", desk.language)
    assert desk.buy("rakuten", "B", 2) is not None
    desk.settle()
    desk.put("入出庫", 1, {"種類": _kind("count", desk), "から": home})
    desk.rounds(2)
    desk.put("入出庫", 1, {"開始": True})
    desk.rounds(4)
    row = next(n for n, line in enumerate(desk.table("入出庫"), 1) if line["SKU"] == "B")
    desk.put("入出庫", row, {"数量": 5})
    desk.settle()
    answered(desk, "packed units", choice)
    assert lying(desk, "B")[home] == there


@pytest.mark.parametrize(("choice", "lines"), [("move", 1), ("apart", 0)])
def test_typed_transfer(desk: World, choice: str, lines: int) -> None:
    home, shop = (words.place(each, desk.language) for each in ("本社倉庫", "渋谷店"))
    desk.type("A", home, 3)
    desk.rounds(1)
    desk.type("A", shop, 4)
    desk.settle()
    answered(desk, "typed transfer", choice)
    desk.clock.sleep(130)
    desk.settle()
    assert lying(desk, "A") == {home: 3, shop: 4}
    found = [line for line in desk.table("入出庫") if line["SKU"] == "A"]
    said = [(line["種類"], line["数量"], line["から"], line["へ"], line["発送"], line["到着"]) for line in found]
    assert said == [(_kind("transfer", desk), "2", home, shop, "TRUE", "TRUE")] * lines
    assert all(line["状態"].startswith("✓") for line in found)
    assert desk.service.reconcile() == []


@pytest.mark.parametrize(("choice", "there"), [("back", 5), ("left", 4)])
def test_picked_and_cancelled(desk: World, choice: str, there: int) -> None:
    order = _picked(desk, "shopify")
    desk.sandbox.shopify.cancel(order, restock=True)
    desk.rounds(3)
    answered(desk, "picked and cancelled", choice)
    assert at(desk, "A")[words.place("本社倉庫", desk.language)] == (there, 0)


def test_picked_and_not_reported(desk: World) -> None:
    order = _picked(desk, "rakuten")
    desk.clock.sleep(seconds_until(desk, hour=18, minute=2))
    desk.rounds(3)
    assert order in opened(desk, "picked, not reported")
    desk.sandbox.rakuten.ship(order)
    desk.settle()
    settled(desk, "picked, not reported")


@pytest.mark.parametrize(("choice", "promised"), [("extend", 2), ("release", 0)])
def test_hold_over(desk: World, choice: str, promised: int) -> None:
    today = desk.clock.now().date().isoformat()
    write(desk, 1, _hand("hold", desk), "A", 2, 期限=today)
    desk.rounds(4)
    desk.clock.sleep(24 * 3600)
    desk.rounds(2)
    answered(desk, "hold over", choice)
    desk.settle()
    assert at(desk, "A")[words.place("本社倉庫", desk.language)] == (5, promised)


def test_history_full(desk: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST", 3)
    for value in (11, 12, 13, 14):
        desk.type("A", "本社倉庫", value)
        desk.rounds(12)
    opened(desk, "history full")
    desk.spreadsheet.delete_rows(desk.tab("履歴"), 1, 4)
    desk.rounds(12)
    settled(desk, "history full")


def _picked(desk: World, mall: str) -> str:
    """An order of one A, taken off the shelf."""
    order = desk.buy(mall, "A", 1)
    desk.rounds(3)
    desk.put(desk.orders_tab(), 1, {"棚出し済": True})
    desk.rounds(3)
    return order


def _kind(code: str, desk: World) -> str:
    return words.said("moves", code, desk.language)


def _hand(code: str, desk: World) -> str:
    return words.said("hand", code, desk.language)
