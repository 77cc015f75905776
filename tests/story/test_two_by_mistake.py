"""Two bridges where there should be one: each is found before it writes, and says what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from bridge.errors import NeedsPerson, Stop, TryAgain
from bridge.fault_points import Point, arm
from bridge.flows.claim import Line, Verdict, judge, parse
from bridge.instance import OneInstance, home_of
from bridge.service import Service
from bridge.sheet.build import build
from tests.support.world import World

LEASE = 90.0  # a look may be 60 s old when it is acted upon, a call may take 30 s


@pytest.fixture(autouse=True)
def disarmed() -> Iterator[None]:
    yield
    arm(None)


def another(shop: World, ledger: Path, home: str = "there") -> Service:
    """A bridge on another server, set to the same spreadsheet and malls."""
    config = replace(shop.config, bridge=replace(shop.config.bridge, ledger=ledger))
    return Service(config, replace(shop.outside(), home=lambda _: home))


def copy_of_the_ledger(shop: World, path: Path) -> Path:
    with closing(sqlite3.connect(shop.ledger)) as file:
        file.execute("VACUUM INTO ?", (str(path),))
    return path


def line(shop: World) -> str:
    return shop.spreadsheet.shown(shop.tab("_bridge_marks"), 0, 1)


def type_line(shop: World, text: str) -> None:
    shop.spreadsheet.type(shop.tab("_bridge_marks"), 0, 1, text)


def writes(shop: World) -> int:
    return sum(call.writes for call in [*shop.sheet_calls, *shop.mall_calls])


def test_a_second_bridge_with_a_ledger_of_its_own_writes_nothing(shop: World, tmp_path: Path) -> None:
    other = another(shop, tmp_path / "other.sqlite")
    before = writes(shop)
    with pytest.raises(Stop, match=r"別のbridge（別の台帳）.*--take-over"):
        other.once()
    assert writes(shop) == before
    shop.buy("rakuten", "A", 1)
    shop.settle()
    assert shop.shown("shopify", "A") == 6


def test_of_two_that_saw_nobodys_mark_one_wins(tmp_path: Path) -> None:
    """Both have read the blank cell before either writes."""
    shop = World(tmp_path / "ledger.sqlite")
    other = another(shop, tmp_path / "other.sqlite")

    def while_the_first_is_about_to_write(point: Point) -> None:
        if point is Point.CLAIMING:
            arm(None)
            other.cycle.run()

    arm(while_the_first_is_about_to_write)
    with pytest.raises(Stop, match="別の台帳"):
        shop.service.cycle.run()
    other.cycle.run()


def test_the_old_server_stops_before_it_writes_once_its_ledger_was_moved(shop: World, tmp_path: Path) -> None:
    """The usual way to move: copy the folder, start the bridge there. The old one was forgotten."""
    new = another(shop, copy_of_the_ledger(shop, tmp_path / "moved.sqlite"))
    with pytest.raises(TryAgain, match="引き継ぎました"):  # not before the old one must have noticed
        new.cycle.run()
    shop.buy("rakuten", "A", 2)
    shop.type("B", "本社倉庫", 9)
    before = writes(shop)
    with pytest.raises(Stop, match=r"台帳を移した先の別のサーバー.*--take-over"):
        shop.service.cycle.run()
    shop.start()
    with pytest.raises(Stop, match="台帳を移した先"):  # also when somebody starts it again
        shop.service.once()
    assert writes(shop) == before
    shop.clock.sleep(LEASE)
    shop.service = new
    shop.settle()
    assert [shop.shown(mall, sku) for sku in "AB" for mall in ("rakuten", "shopify")] == [5, 5, 9, 9]
    assert shop.service.reconcile() == []


def test_an_old_copy_that_is_started_weeks_later_stops(shop: World, tmp_path: Path) -> None:
    shop.service.close()
    new = another(shop, copy_of_the_ledger(shop, tmp_path / "moved.sqlite"))
    with suppress(TryAgain):
        new.cycle.run()
    shop.clock.sleep(21 * 86400)
    new.once()
    with pytest.raises(Stop, match="古い写し"):
        shop.start().once()


def test_of_two_copies_that_are_started_at_once_one_wins(shop: World, tmp_path: Path) -> None:
    shop.service.close()
    first = another(shop, copy_of_the_ledger(shop, tmp_path / "1.sqlite"), "first")
    second = another(shop, copy_of_the_ledger(shop, tmp_path / "2.sqlite"), "second")

    def while_the_first_is_about_to_write(point: Point) -> None:
        if point is Point.CLAIMING:
            arm(None)
            with suppress(TryAgain):
                second.cycle.run()

    arm(while_the_first_is_about_to_write)
    with pytest.raises(Stop, match="台帳を移した先"):
        first.cycle.run()
    shop.clock.sleep(LEASE)
    second.once()


def test_taking_over_on_purpose_when_the_ledger_is_lost(shop: World, tmp_path: Path) -> None:
    """The old server still runs. The new one begins in shadow, as on the first day, from what the sheet shows."""
    old = shop.service
    shop.ledger = tmp_path / "new.sqlite"
    shop.config = shop._config()
    new = Service(shop.config, replace(shop.outside(), home=lambda _: "there"))
    with pytest.raises(Stop, match="--take-over"):
        new.cycle.run()
    new.cycle.take_over()
    with pytest.raises(Stop, match="別の台帳"):
        old.cycle.run()
    shop.clock.sleep(LEASE)
    shop.service = new
    for name in ("bridge", "rakuten", "shopify"):
        shop.set(name, False)
    shop.go_live()
    shop.buy("rakuten", "A", 2)
    shop.type("B", "本社倉庫", 9)
    shop.settle()
    assert [shop.shown(mall, sku) for sku in "AB" for mall in ("rakuten", "shopify")] == [5, 5, 9, 9]
    assert shop.service.reconcile() == []


def test_the_same_server_goes_on_after_a_restart_without_waiting(shop: World) -> None:
    before = line(shop)
    shop.service.close()
    shop.start().once()
    assert line(shop) == before


def test_a_mark_that_somebody_cleared_is_ours_again_at_the_next_look(shop: World) -> None:
    before = line(shop)
    type_line(shop, "")
    shop.service.cycle.run()
    assert line(shop) == before


def test_an_older_version_of_the_spreadsheet_is_still_ours(shop: World, tmp_path: Path) -> None:
    before = line(shop)
    shop.service.close()
    new = another(shop, copy_of_the_ledger(shop, tmp_path / "moved.sqlite"))
    with suppress(TryAgain):
        new.cycle.run()
    shop.clock.sleep(LEASE)
    new.cycle.run()
    after = line(shop)
    type_line(shop, before)
    new.cycle.run()
    assert line(shop) == after != before


def test_without_the_tab_nothing_is_written_until_it_is_back(shop: World) -> None:
    shop.spreadsheet.apply([{"deleteSheet": {"sheetId": shop.tab("_bridge_marks")}}])
    shop.buy("rakuten", "A", 1)
    before = sum(call.writes for call in shop.sheet_calls)
    for _ in range(2):
        with pytest.raises(NeedsPerson, match="bridge init"):
            shop.service.cycle.run()
    assert sum(call.writes for call in shop.sheet_calls) == before
    build(shop.service.gateway, "ja", ["rakuten", "shopify"], shop.config.sheet.journal_lines)
    shop.settle()
    assert shop.row("A")["引当"] == "1"


def test_dying_before_the_mark_is_written_makes_nobody_a_stranger(shop: World, tmp_path: Path) -> None:
    """The ledger knows the next generation, the spreadsheet doesn't."""

    class Dead(BaseException):
        pass

    def die(point: Point) -> None:
        if point is Point.CLAIMING:
            raise Dead

    shop.service.close()
    moved = copy_of_the_ledger(shop, tmp_path / "moved.sqlite")
    arm(die)
    with pytest.raises(Dead):
        another(shop, moved).cycle.run()
    arm(None)
    shop.clock.sleep(LEASE)
    another(shop, moved).once()


def test_what_the_line_means() -> None:
    """Every pair of what stands there and what the ledger remembers; `h`: where the ledger lies now."""
    table = {
        (None, Line("L", 0, "")): Verdict.MOVE,
        (None, Line("L", 3, "h")): Verdict.TAKE,
        (None, Line("L", 3, "x")): Verdict.MOVE,
        (Line("M", 1, "h"), Line("L", 3, "h")): Verdict.FOREIGN,
        (Line("L", 4, "h"), Line("L", 3, "h")): Verdict.MOVED_ON,
        (Line("L", 3, "h"), Line("L", 3, "h")): Verdict.OURS,
        (Line("L", 3, "y"), Line("L", 3, "h")): Verdict.MOVED_ON,
        (Line("L", 2, "y"), Line("L", 3, "h")): Verdict.TAKE,
        (Line("L", 3, "x"), Line("L", 3, "x")): Verdict.MOVE,
        (Line("L", 3, "y"), Line("L", 3, "x")): Verdict.MOVED_ON,
        (Line("L", 2, "x"), Line("L", 3, "x")): Verdict.MOVE,
        (Line("L", 3, "h"), Line("L", 3, "x")): Verdict.OURS,
    }
    assert {pair: judge(*pair, "h") for pair in table} == table
    assert [parse(str(each)) for each, _ in table if each] == [each for each, _ in table if each]
    assert parse(" ") is None
    assert parse("what is this") == Line("what", 0, "this")


# --- one ledger ------------------------------------------------------------------------------------------------------


def test_another_name_of_the_ledger_is_the_same_ledger(tmp_path: Path) -> None:
    ledger, link = tmp_path / "ledger.sqlite", tmp_path / "elsewhere" / "link.db"
    ledger.touch()
    link.parent.mkdir()
    link.symlink_to(ledger)
    round_about = tmp_path / "elsewhere" / ".." / "ledger.sqlite"
    with OneInstance(ledger):
        for name in (link, round_about):
            with pytest.raises(Stop, match="もう動いています"), OneInstance(name):
                pass


def test_a_ledger_with_two_names_is_not_opened(tmp_path: Path) -> None:
    ledger, second = tmp_path / "ledger.sqlite", tmp_path / "second.sqlite"
    ledger.touch()
    second.hardlink_to(ledger)
    for name in (ledger, second):
        with pytest.raises(Stop, match="ハードリンク"), OneInstance(name):
            pass


def test_a_copy_is_at_home_elsewhere(tmp_path: Path) -> None:
    ledger, copy = tmp_path / "ledger.sqlite", tmp_path / "copy.sqlite"
    ledger.touch()
    copy.touch()
    assert home_of(ledger) == home_of(ledger) != home_of(copy)
