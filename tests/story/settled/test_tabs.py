"""Questions about tabs, lines of other tabs and time running backwards, from what brings them about to their answer, in
both languages."""

from __future__ import annotations

import pytest

from bridge.errors import NeedsPerson
from tests.support.settling import answered, opened, settled
from tests.support.transfers import lying, send
from tests.support.world import World


def test_tab_missing(desk: World) -> None:
    desk.spreadsheet.apply([{"deleteSheet": {"sheetId": desk.tab("出品")}}])
    desk.rounds(2)
    opened(desk, "tab missing")
    desk.build()
    desk.rounds(3)
    settled(desk, "tab missing")


def test_header(desk: World) -> None:
    column = desk.column("在庫表", "本社倉庫")
    desk.spreadsheet.type(desk.tab("在庫表"), 0, column, "x")
    desk.rounds(2)
    assert desk.locations[0] in opened(desk, "header")
    desk.spreadsheet.type(desk.tab("在庫表"), 0, column, desk.locations[0])
    desk.rounds(2)
    settled(desk, "header")


def test_header_of_the_bridges_own(desk: World) -> None:
    column = desk.column("在庫表", "状態")
    desk.spreadsheet.type(desk.tab("在庫表"), 0, column, "x")
    desk.rounds(2)
    assert ("状態" if desk.language == "ja" else "State") in opened(desk, "header")


@pytest.mark.parametrize(("tab", "header"), [("在庫表", "増減"), ("要対応", "処理"), ("設定", "停止")])
def test_column_gone(desk: World, tab: str, header: str) -> None:
    """A column that a table may lack: where it stood once, nobody types under a spoilt header without a word."""
    column = desk.column(tab, header)
    title = str(desk.spreadsheet.value(desk.tab(tab), 0, column))
    desk.rounds(2)
    desk.spreadsheet.type(desk.tab(tab), 0, column, "x")
    desk.rounds(3)
    assert title in desk.open_questions()
    desk.spreadsheet.type(desk.tab(tab), 0, column, title)
    desk.rounds(3)
    settled(desk, "column gone")


def test_column_that_is_no_longer_wanted(desk: World) -> None:
    column = desk.column("在庫表", "JANコード")
    title = str(desk.spreadsheet.value(desk.tab("在庫表"), 0, column))
    desk.spreadsheet.type(desk.tab("在庫表"), 0, column, "")
    desk.rounds(3)
    answered(desk, "column gone", "without")
    desk.rounds(3)
    settled(desk, "column gone")
    desk.spreadsheet.type(desk.tab("在庫表"), 0, column, title)  # there again, and missed again
    desk.rounds(3)
    desk.spreadsheet.type(desk.tab("在庫表"), 0, column, "")
    desk.rounds(3)
    assert title in opened(desk, "column gone")


def test_setting_gone(desk: World) -> None:
    (row,) = (n for n, line in enumerate(desk.table("設定"), 1) if line["名前"] == "rakuten")
    gone = desk.spreadsheet.delete_rows(desk.tab("設定"), row, row + 1)
    desk.rounds(2)
    opened(desk, "setting gone")
    desk.spreadsheet.undo(gone)
    desk.rounds(2)
    settled(desk, "setting gone")


def test_write_refused(desk: World) -> None:
    column = desk.column("在庫表", "ロック")
    area = {"sheetId": desk.tab("在庫表"), "startColumnIndex": column, "endColumnIndex": column + 1}
    (reply,) = desk.spreadsheet.apply(
        [{"addProtectedRange": {"protectedRange": {"range": area, "editors": {"users": []}}}}]
    )
    order = desk.buy("rakuten", "A", 2)
    desk.rounds(1)
    desk.sandbox.rakuten.ship(order)
    desk.rounds(4)
    opened(desk, "write refused")
    number = reply["addProtectedRange"]["protectedRange"]["protectedRangeId"]
    desk.spreadsheet.apply([{"deleteProtectedRange": {"protectedRangeId": number}}])
    desk.settle()
    settled(desk, "write refused")
    assert desk.row("A")["本社倉庫"] == "3"


@pytest.mark.parametrize(("choice", "there"), [("arrived", 5), ("never", 2)])
def test_move_gone(desk: World, choice: str, there: int) -> None:
    send(desk)
    desk.spreadsheet.delete_rows(desk.tab("入出庫"), 1, 2)
    desk.rounds(3)
    answered(desk, "move gone", choice)
    assert lying(desk, "A")[desk.locations[1]] == there


def test_restored_version(desk: World) -> None:
    desk.rounds(2)
    old = desk.spreadsheet.book
    desk.clock.sleep(61)
    desk.rounds(2)
    desk.type("A", "本社倉庫", 9)
    desk.settle()
    desk.spreadsheet.book = old
    desk.rounds(2)
    answered(desk, "restored version", "take")
    desk.settle()
    assert desk.row("A")["本社倉庫"] == "5"


@pytest.mark.parametrize(("choice", "number"), [("take", "9"), ("back", "5")])
def test_restored_ledger(desk: World, choice: str, number: str) -> None:
    """While the orders are read again people are told so; then they are asked once."""
    desk.rounds(2)
    backup = desk.moment().ledger
    desk.start()
    desk.clock.sleep(61)
    desk.type("A", "本社倉庫", 9)
    desk.settle()
    desk.service.close()
    for path in desk.ledger.parent.glob("ledger.sqlite*"):
        path.unlink()
    desk.ledger.write_bytes(backup)
    desk.start()
    desk.service.cycle.run()
    opened(desk, "ledger older")
    desk.rounds(4)
    settled(desk, "ledger older")
    answered(desk, "restored ledger", choice)
    desk.settle()
    assert desk.row("A")["本社倉庫"] == number


def test_no_backup(desk: World) -> None:
    folder = desk.config.bridge.backups
    folder.write_text("in the way", encoding="utf-8")
    with pytest.raises(NeedsPerson, match=folder.name):
        desk.service.backups.run()
    desk.rounds(1)
    assert folder.name in opened(desk, "no backup")
    folder.unlink()
    desk.service.backups.run()
    desk.rounds(1)
    settled(desk, "no backup")
