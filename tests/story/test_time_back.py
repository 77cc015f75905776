"""Time running backwards: an older version of the spreadsheet, an older copy of the ledger. Each asks its one question
with two answers; until then nothing rises, and what is sold goes on lowering every mall."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.ledger.backup import back_up
from bridge.ledger.backup import restore as put_back
from bridge.sandbox.sheets_api.book import Book
from tests.support.world import Moment, World


def version(shop: World) -> Book:
    """A version in File > Version history, with a heartbeat behind it: it is older than what comes next."""
    shop.rounds(2)
    kept = shop.spreadsheet.book
    shop.clock.sleep(61)
    shop.rounds(2)
    return kept


def ship(shop: World, mall: str, sku: str, units: int) -> None:
    order = shop.buy(mall, sku, units)
    shop.rounds(2)
    getattr(shop.sandbox, mall).ship(order)
    shop.rounds(2)


@pytest.fixture(scope="module")
def just_restored(tmp_path_factory: pytest.TempPathFactory, live_shop: Moment) -> Moment:
    shop = World(tmp_path_factory.mktemp("restored") / "ledger.sqlite", since=live_shop)
    old = version(shop)
    shop.type("A", "本社倉庫", 9)
    ship(shop, "rakuten", "A", 1)
    ship(shop, "shopify", "B", 1)
    shop.settle()
    assert shop.row("A")["本社倉庫"] == "8"
    shop.spreadsheet.book = old
    return shop.moment()


@pytest.fixture
def restored(tmp_path: Path, just_restored: Moment) -> World:
    """Since the version that was restored, A went from 5 to 9 by hand, and one of A and of B was shipped."""
    shop = World(tmp_path / "ledger.sqlite", since=just_restored)
    shop.rounds(2)
    return shop


def test_a_restored_version_is_one_question_with_its_totals(restored: World) -> None:
    assert restored.open_questions().count("以前の版に戻されました。1行の在庫数が変わります（合計9→5") == 1
    assert "以前の版" in restored.row("A")["状態"]
    assert restored.shown("rakuten", "A") == restored.shown("shopify", "A") == 10  # 8 + 2: the newest numbers
    assert restored.row("B")["本社倉庫"] == "6"  # nobody had typed there: it explains itself


def test_until_it_is_answered_nothing_rises_and_what_is_sold_lowers(restored: World) -> None:
    restored.type("B", "本社倉庫", 30)
    restored.buy("rakuten", "A", 2)
    restored.settle()
    assert restored.shown("shopify", "A") == 8
    assert restored.shown("rakuten", "B") == restored.shown("shopify", "B") == 6
    restored.answer("以前の版", "戻した数")
    restored.settle()
    assert restored.shown("rakuten", "B") == 30


def test_the_restored_numbers_are_taken_and_what_was_shipped_stays_shipped(restored: World) -> None:
    restored.answer("以前の版", "戻した数")
    restored.settle()
    assert restored.row("A")["本社倉庫"] == "4"
    assert restored.shown("shopify", "A") == 6
    assert restored.open_questions() == ""


@pytest.mark.long
def test_a_tick_takes_them_too(restored: World) -> None:
    restored.type("A", "確認", True)
    restored.settle()
    assert restored.row("A")["本社倉庫"] == "4"
    assert restored.open_questions() == ""


def test_the_newest_numbers_are_put_back(restored: World) -> None:
    restored.answer("以前の版", "最新の数")
    restored.settle()
    assert restored.row("A")["本社倉庫"] == "8"
    assert restored.shown("shopify", "A") == 10
    assert restored.open_questions() == ""


@pytest.mark.long
def test_a_version_that_undoes_nothing_asks_nothing(shop: World) -> None:
    old = version(shop)
    ship(shop, "rakuten", "A", 1)
    shop.spreadsheet.book = old
    shop.settle()
    assert shop.open_questions() == ""
    assert shop.row("A")["本社倉庫"] == "4"


def test_an_old_read_is_no_version(shop: World) -> None:
    """Google may answer a poll with what stood there a while ago: nothing of it counts."""
    old = version(shop)
    shop.type("A", "本社倉庫", 9)
    shop.rounds(3)
    now = shop.spreadsheet.book
    shop.spreadsheet.book = old
    calls = len(shop.sheet_calls)
    shop.service.cycle.run()
    assert len(shop.sheet_calls) == calls + 1  # looked, and wrote nothing
    shop.spreadsheet.book = now
    shop.settle()
    assert shop.open_questions() == ""
    assert shop.row("A")["本社倉庫"] == "9"
    assert shop.shown("rakuten", "A") == 11


# --- an older copy of the ledger -------------------------------------------------------------------------------------


def backup(shop: World, to: Path) -> None:
    back_up(shop.ledger, to.parent, shop.clock.now(), 1).replace(to)


def restore(shop: World, kept: Path) -> None:
    """Stop the bridge, put the backup in the ledger's place, start it again."""
    shop.service.close()
    put_back(kept, shop.ledger, shop.clock.now())
    shop.start()


def lowered_since_the_backup(shop: World, folder: Path) -> None:
    """1 was typed for A after the copy that the ledger is now."""
    backup(shop, folder / "backup.sqlite")
    shop.clock.sleep(61)
    shop.type("A", "本社倉庫", 1)
    shop.rounds(2)
    restore(shop, folder / "backup.sqlite")
    shop.rounds(2)


@pytest.fixture
def older(shop: World, tmp_path: Path) -> World:
    """Since the backup, A went from 5 to 9 by hand and one of it was shipped; two of B were ordered and one shipped."""
    shop.rounds(2)
    backup(shop, tmp_path / "backup.sqlite")
    shop.clock.sleep(61)
    shop.type("A", "本社倉庫", 9)
    ship(shop, "rakuten", "A", 1)
    ship(shop, "shopify", "B", 1)
    shop.buy("shopify", "B", 1)
    shop.settle()
    assert (shop.row("A")["本社倉庫"], shop.row("B")["本社倉庫"], shop.row("B")["引当"]) == ("8", "6", "1")
    restore(shop, tmp_path / "backup.sqlite")
    return shop


def test_an_older_ledger_reads_every_order_again_before_it_judges_the_table(older: World) -> None:
    older.service.cycle.run()
    assert "台帳が古いバックアップ" in older.open_questions()
    assert any("読み直しています" in line["内容"] for line in older.table("要対応"))
    before = older.spreadsheet.table(older.tab("在庫表"))
    older.service.cycle.run()
    assert older.spreadsheet.table(older.tab("在庫表"))[1:] == before[1:]  # not a cell of the table was written
    older.rounds(3)
    assert "読み直しています" not in older.open_questions()


def test_what_staff_typed_since_is_one_question_and_shipments_explain_themselves(older: World) -> None:
    older.rounds(4)
    assert older.open_questions().count("1行の在庫数が表と違います（台帳の合計4、表の合計8）") == 1
    assert (older.row("B")["本社倉庫"], older.row("B")["引当"]) == ("6", "1")
    assert older.balance("B")["本社倉庫"] == 6
    assert older.shown("rakuten", "A") == older.shown("shopify", "A") <= 10
    older.buy("rakuten", "B", 1)
    older.rounds(2)
    assert older.shown("shopify", "B") == 4


def test_the_tables_numbers_are_taken(older: World) -> None:
    older.rounds(4)
    older.answer("台帳が古いバックアップ", "表の数")
    older.settle()
    assert older.row("A")["本社倉庫"] == "8"
    assert older.shown("shopify", "A") == older.shown("rakuten", "A") == 10
    assert older.open_questions() == ""


@pytest.mark.long
def test_the_ledgers_numbers_are_written_again(older: World) -> None:
    older.rounds(4)
    older.answer("台帳が古いバックアップ", "台帳の数")
    older.settle()
    assert older.row("A")["本社倉庫"] == "4"
    assert older.shown("shopify", "A") == older.shown("rakuten", "A") == 6
    assert older.open_questions() == ""


def test_where_the_table_shows_less_than_the_older_ledger_the_lower_number_holds(shop: World, tmp_path: Path) -> None:
    lowered_since_the_backup(shop, tmp_path)
    assert "1行の在庫数が表と違います（台帳の合計5、表の合計1）" in shop.open_questions()
    shop.buy("rakuten", "A", 1)
    shop.rounds(2)
    assert shop.shown("shopify", "A") == 2
    shop.answer("台帳が古いバックアップ", "台帳の数")
    shop.settle()
    assert shop.row("A")["本社倉庫"] == "5"
    assert shop.shown("shopify", "A") == shop.shown("rakuten", "A") == 6


def test_the_number_of_the_table_is_taken_back_to_the_one_of_the_older_ledger(shop: World, tmp_path: Path) -> None:
    """What the lower number had booked off until the answer is no part of it."""
    lowered_since_the_backup(shop, tmp_path)
    shop.answer("台帳が古いバックアップ", "表の数")
    shop.settle()
    shop.rounds(12)
    assert shop.row("A")["本社倉庫"] == "1"
    at, typed = [(n, each) for n, each in enumerate(shop.table("履歴"), 1) if each["内容"] == "在庫表で入力"][-1]
    assert typed["増減"] == "-4"
    shop.put("履歴", at, {"元に戻す": True})
    shop.rounds(12)
    assert shop.row("A")["本社倉庫"] == "5"


def test_a_blank_of_which_the_older_ledger_knows_only_its_zero_is_asked_about(shop: World, tmp_path: Path) -> None:
    """The ledger that is no more had refused the blank and kept the number that stood there before."""
    shop.type("A", "渋谷店", 0)
    shop.rounds(3)
    backup(shop, tmp_path / "backup.sqlite")
    shop.clock.sleep(61)
    shop.type("A", "渋谷店", 4)
    ship(shop, "rakuten", "A", 1)
    shop.type("A", "渋谷店", "")
    shop.rounds(2)
    restore(shop, tmp_path / "backup.sqlite")
    shop.rounds(6)
    assert shop.row("A")["渋谷店"] == ""
    assert "渋谷店" in shop.row("A")["状態"]
    shop.type("A", "渋谷店", 4)
    shop.rounds(2)
    shop.settle()
    assert shop.balance("A")["渋谷店"] == 4
    assert shop.open_questions() == ""


def writes_again(shop: World, kept: Path) -> None:
    """Since the backup the bridge wrote the row of A again, which no journal line tells."""
    ship(shop, "rakuten", "A", 1)
    backup(shop, kept)
    shop.clock.sleep(61)
    shop.delete_row(shop.rows("A")[0][0])
    shop.rounds(3)
    ship(shop, "rakuten", "A", 2)
    shop.answer("在庫表から行が消えました", "戻す")
    shop.rounds(3)
    assert shop.row("A")["本社倉庫"] == "2"


def test_what_a_row_contains_that_the_lost_ledger_wrote_again_is_never_guessed(shop: World, tmp_path: Path) -> None:
    """While somebody holds it, it can't be judged."""
    writes_again(shop, tmp_path / "backup.sqlite")
    ship(shop, "rakuten", "A", 1)
    shop.type("A", "編集中", True)
    shop.rounds(1)
    restore(shop, tmp_path / "backup.sqlite")
    shop.rounds(6)
    shop.type("A", "編集中", False)
    shop.rounds(3)
    assert "ロック欄が消えたか書き換えられ" in shop.open_questions()
    shop.answer("ロック欄が消えたか書き換えられ", "はい")
    shop.settle()
    assert (shop.row("A")["本社倉庫"], shop.balance("A")["本社倉庫"]) == ("1", 1)
    assert shop.open_questions() == ""


def test_a_row_that_the_lost_ledger_wrote_again_and_that_is_in_step_is_no_question(shop: World, tmp_path: Path) -> None:
    writes_again(shop, tmp_path / "backup.sqlite")
    restore(shop, tmp_path / "backup.sqlite")
    shop.settle()
    assert (shop.row("A")["本社倉庫"], shop.balance("A")["本社倉庫"]) == ("2", 2)
    assert shop.open_questions() == ""
    assert shop.shown("shopify", "A") == 4


def test_a_row_that_happens_to_show_what_the_books_say_is_not_believed_where_the_journal_tells_more(
    shop: World, tmp_path: Path
) -> None:
    """The lost ledger took in that one is missing; another left the shelf since, and is in no number yet."""
    backup(shop, tmp_path / "backup.sqlite")
    ship(shop, "rakuten", "A", 1)
    shop.type("A", "本社倉庫", 3)
    shop.rounds(2)
    shop.type("A", "編集中", True)
    ship(shop, "rakuten", "A", 1)
    restore(shop, tmp_path / "backup.sqlite")
    shop.type("A", "編集中", False)
    shop.settle()
    assert shop.shown("shopify", "A") == 2 + 2
    shop.answer("古いバックアップ", "表の数")
    shop.settle()
    assert (shop.row("A")["本社倉庫"], shop.balance("A")["本社倉庫"]) == ("2", 2)


@pytest.mark.long
def test_no_number_is_given_out_twice(older: World) -> None:
    tokens = {row["ロック"] for row in older.table("在庫表") if row["ロック"]}
    asked = {line["番号"] for line in older.table("要対応") if line["番号"]}
    older.rounds(4)
    older.answer("台帳が古いバックアップ", "表の数")
    older.settle()
    ship(older, "rakuten", "B", 1)
    after = {row["ロック"] for row in older.table("在庫表") if row["ロック"]}
    newer = [int(token.split()[1]) for token in after - tokens]
    assert min(newer) > max(int(token.split()[1]) for token in tokens)
    numbers = [line["番号"] for line in older.table("要対応") if line["番号"]]
    assert len(numbers) == len(set(numbers))
    assert asked <= set(numbers)


@pytest.mark.long
def test_a_channel_that_is_silent_keeps_everything_from_rising(older: World) -> None:
    older.service.cycle.run()
    rakuten = older.service.channels[0]
    older.service.channel_round(rakuten)
    older.service.cycle.run()
    assert "読み直しています" in older.open_questions()
    older.buy("rakuten", "A", 1)
    older.service.channel_round(rakuten)
    assert older.shown("rakuten", "A") <= 9
