"""Rows that staff copy, retype, delete, hold and clear."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.world import World


def test_a_product_is_added_by_copying_a_row_and_retyping_its_sku(shop: World) -> None:
    shop.copy_row("A")
    position = shop.rows("A")[1][0]
    shop.put("在庫表", position, {"SKU": "C"})
    shop.rounds(2)
    assert "新しい商品" in shop.row("C")["状態"]
    assert shop.balance("C") == {}
    shop.put("在庫表", position, {"確認": True, "本社倉庫": 4})
    shop.rounds(3)
    assert shop.balance("C") == {"本社倉庫": 4, "渋谷店": 2}
    assert shop.row("C")["ロック"] != shop.row("A")["ロック"]
    assert shop.row("C")["確認"] == "FALSE"
    assert shop.row("A")["本社倉庫"] == "5"


def test_a_product_typed_into_a_new_row_counts_at_once(shop: World) -> None:
    shop.put("在庫表", 6, {"SKU": "D", "本社倉庫": 11})
    shop.rounds(3)
    assert shop.balance("D") == {"本社倉庫": 11}
    assert shop.row("D")["ロック"].startswith("✓")


def test_a_vanished_row_lowers_only_until_it_is_answered(shop: World) -> None:
    shop.delete_row(shop.rows("A")[0][0])
    shop.rounds(3)
    assert "在庫表から行が消えました" in shop.open_questions()
    assert shop.shown("rakuten", "A") == 7
    shop.buy("rakuten", "A", 1)
    shop.rounds(2)
    assert shop.shown("shopify", "A") == 6


def test_discontinued_sets_its_listings_to_zero(shop: World) -> None:
    shop.delete_row(shop.rows("A")[0][0])
    shop.rounds(3)
    shop.answer("在庫表から行が消えました", "廃番")
    shop.settle()
    assert shop.shown("rakuten", "A") == shop.shown("shopify", "A") == 0


def test_a_wrong_entry_of_a_row_that_was_deleted_ends_with_its_product(shop: World) -> None:
    shop.type("A", "本社倉庫", "十二個")
    shop.rounds(2)
    shop.delete_row(shop.rows("A")[0][0])
    shop.rounds(3)
    with shop.service.ledger.read() as tx:
        assert list(tx.sheet.findings()) == [("A", "本社倉庫")]
    shop.answer("在庫表から行が消えました", "廃番")
    shop.settle()
    with shop.service.ledger.read() as tx:
        assert tx.sheet.findings() == {}


def test_restore_writes_the_row_again(shop: World) -> None:
    order = shop.buy("rakuten", "A", 2)
    shop.rounds(2)
    shop.delete_row(shop.rows("A")[0][0])
    shop.sandbox.rakuten.ship(order)
    shop.rounds(3)
    shop.answer("在庫表から行が消えました", "戻す")
    shop.settle()
    row = shop.row("A")
    assert (row["本社倉庫"], row["渋谷店"], row["引当"]) == ("3", "2", "0")
    assert row["ロック"].startswith("✓")
    assert shop.shown("shopify", "A") == 5


def test_a_renamed_sku_goes_on_under_its_new_code(shop: World) -> None:
    order = shop.buy("rakuten", "A", 2)
    shop.rounds(2)
    shop.type("A", "SKU", "A-2026")
    shop.rounds(3)
    assert "A-2026" in shop.open_questions()
    shop.answer("書き換えられました", "改名")
    shop.settle()
    assert shop.row("A-2026")["引当"] == "2"
    shop.sandbox.rakuten.ship(order)
    shop.settle()
    assert shop.row("A-2026")["本社倉庫"] == "3"
    assert shop.shown("shopify", "A") == 5
    assert shop.balance("A") == {}
    assert shop.open_questions() == ""


def test_a_retyped_sku_that_is_typed_back_settles_itself(shop: World) -> None:
    shop.type("A", "SKU", "AA")
    shop.rounds(3)
    shop.type("AA", "SKU", "A")
    shop.rounds(3)
    assert shop.open_questions() == ""
    assert shop.row("A")["本社倉庫"] == "5"


def test_a_cleared_lock_cell_gets_a_fresh_token(shop: World) -> None:
    shop.type("A", "ロック", "")
    shop.buy("rakuten", "A", 1)
    shop.rounds(3)
    assert shop.row("A")["ロック"].startswith("✓")
    assert shop.row("A")["引当"] == "1"


def test_a_cleared_lock_cell_and_another_number_is_asked_about(shop: World) -> None:
    shop.type("A", "ロック", "")
    shop.type("A", "本社倉庫", 20)
    shop.rounds(3)
    assert "ロック欄が消えた" in shop.row("A")["状態"]
    assert shop.shown("rakuten", "A") == 7
    shop.answer("ロック欄が消えた", "はい")
    shop.settle()
    assert shop.shown("rakuten", "A") == 22
    assert shop.row("A")["本社倉庫"] == "20"


def test_a_number_in_question_is_still_one_after_its_row_was_gone(shop: World) -> None:
    """Whatever it shows then: what the content had been nobody knew any more."""
    shop.type("A", "ロック", "")
    shop.type("A", "本社倉庫", 20)
    shop.rounds(3)
    tab, position = shop.tab("在庫表"), shop.rows("A")[0][0]
    gone = shop.spreadsheet.delete_rows(tab, position, position + 1)
    shop.rounds(3)
    assert "在庫表から行が消えました" in shop.open_questions()
    shop.spreadsheet.undo(gone)
    shop.type("A", "本社倉庫", 5)
    shop.rounds(3)
    assert "ロック欄が消えた" in shop.row("A")["状態"]


def test_no_puts_the_last_good_numbers_back(shop: World) -> None:
    shop.type("A", "ロック", "よくわからない")
    shop.type("A", "本社倉庫", 20)
    shop.rounds(3)
    shop.answer("ロック欄が消えた", "いいえ")
    shop.settle()
    assert shop.row("A")["本社倉庫"] == "5"
    assert shop.shown("rakuten", "A") == 7


@pytest.mark.parametrize(("answer", "shelf"), [("はい", "3"), ("いいえ", "4")])
def test_the_answer_counts_also_where_the_rows_former_token_stands_there_again(
    shop: World, answer: str, shelf: str
) -> None:
    """One was shipped while the row waited for the answer: its former token says that its content lacks it."""
    token = shop.row("A")["ロック"]
    shop.type("A", "ロック", "")
    shop.type("A", "本社倉庫", 20)
    shop.rounds(3)
    order = shop.buy("rakuten", "A", 1)
    shop.rounds(2)
    shop.sandbox.rakuten.ship(order)
    shop.rounds(2)
    shop.type("A", "ロック", token)
    shop.type("A", "本社倉庫", 3)
    shop.answer("ロック欄が消えた", answer)
    shop.settle()
    assert shop.row("A")["本社倉庫"] == shelf
    assert shop.shown("shopify", "A") == int(shelf) + 2
    assert shop.open_questions() == ""


@pytest.mark.parametrize(("answer", "shelf"), [("はい", "9"), ("いいえ", "5")])
def test_a_cell_filled_for_the_first_time_as_the_lock_was_cleared_is_asked_about_once(
    shop: World, answer: str, shelf: str
) -> None:
    shop.type("A", "検品待ち", 0)
    shop.type("A", "本社倉庫", 9)
    shop.type("A", "ロック", "")
    shop.rounds(2)
    shop.answer("ロック欄が消えた", answer)
    shop.rounds(4)
    row = shop.row("A")
    assert "ロック欄が消えた" not in shop.open_questions()
    assert (row["本社倉庫"], row["検品待ち"]) == (shelf, "0")
    assert row["ロック"].startswith("✓")


def test_a_held_row_is_a_draft_and_its_orders_go_on(shop: World) -> None:
    shop.type("A", "編集中", True)
    shop.type("A", "本社倉庫", 50)
    order = shop.buy("rakuten", "A", 1)
    shop.rounds(2)
    shop.sandbox.rakuten.ship(order)
    shop.rounds(2)
    assert shop.row("A")["本社倉庫"] == "50"
    assert shop.shown("shopify", "A") == 6
    shop.type("A", "本社倉庫", 8)
    shop.type("A", "編集中", False)
    shop.settle()
    assert shop.row("A")["本社倉庫"] == "7"  # 5 → 8 is three more, one was shipped meanwhile
    assert shop.shown("shopify", "A") == 9


def test_a_row_held_for_long_is_reminded(shop: World) -> None:
    shop.type("A", "編集中", True)
    shop.rounds(2)
    shop.clock.sleep(31 * 60)
    shop.rounds(2)
    assert "編集中のチェック" in shop.open_questions()
    shop.type("A", "編集中", False)
    shop.rounds(2)
    assert shop.open_questions() == ""


def test_who_holds_a_row_is_not_reminded_of_it_once_it_is_deleted(shop: World) -> None:
    shop.type("A", "編集中", True)
    shop.rounds(1)
    shop.clock.sleep(31 * 60)
    shop.rounds(1)
    assert "編集中のチェック" in shop.open_questions()
    shop.delete_row(shop.rows("A")[0][0])
    shop.rounds(3)
    assert "編集中のチェック" not in shop.open_questions()
    assert "在庫表から行が消えました" in shop.open_questions()


def test_sorting_and_inserting_misdirect_nothing(shop: World) -> None:
    area = {"sheetId": shop.tab("在庫表"), "startRowIndex": 1, "endRowIndex": 3}
    by = {"dimensionIndex": shop.column("在庫表", "SKU"), "sortOrder": "DESCENDING"}
    shop.spreadsheet.apply([{"sortRange": {"range": area, "sortSpecs": [by]}}])
    shop.spreadsheet.insert_rows(shop.tab("在庫表"), 1)
    shop.buy("rakuten", "A", 1)
    shop.rounds(2)
    assert shop.row("A")["引当"] == "1"
    assert shop.row("B")["引当"] == "0"


def test_leading_zeros_live(shop: World) -> None:
    shop.put("在庫表", 6, {"SKU": "00123", "本社倉庫": 1})
    shop.rounds(3)
    assert shop.balance("00123") == {"本社倉庫": 1}


def test_rows_hidden_by_a_filter_wait(shop: World) -> None:
    column = shop.column("在庫表", "SKU")
    area = {"sheetId": shop.tab("在庫表"), "startRowIndex": 0}
    criteria = {"range": area, "criteria": {str(column): {"hiddenValues": ["A"]}}}
    shop.spreadsheet.apply([{"setBasicFilter": {"filter": criteria}}])
    order = shop.buy("rakuten", "A", 1)
    shop.buy("rakuten", "B", 1)
    shop.rounds(2)
    shop.sandbox.rakuten.ship(order)
    shop.rounds(2)
    assert shop.row("A")["本社倉庫"] == "5"
    assert shop.row("B")["引当"] == "1"
    assert shop.shown("shopify", "A") == 6
    shop.spreadsheet.apply([{"clearBasicFilter": {"sheetId": shop.tab("在庫表")}}])
    shop.rounds(2)
    assert shop.row("A")["本社倉庫"] == "4"


def test_an_old_journal_line_that_was_not_written_over_explains_nothing(tmp_path: Path) -> None:
    """The journal has wrapped round; where a lock's number would have written over a line, the old one still stands."""
    shop = World(tmp_path / "ledger.sqlite", sheet_settings={"journal_lines": 100})
    shop.go_live()
    for _ in range(2):
        _sells_one_of_each(shop)
        with shop.service.ledger.write() as tx:
            tx.sheet.raise_number(150)  # so many locks and tokens later
    lines = [int(row[0]) for row in shop.spreadsheet.table(shop.tab("_bridge_journal")) if row and row[0].isdigit()]
    assert min(lines) < max(lines) - 100
    shop.service.close()
    shop.start()  # reads the whole journal
    shop.settle()
    assert "ロック欄" not in shop.open_questions()
    assert (sum(shop.balance("A").values()), sum(shop.balance("B").values())) == (5, 5)
    assert shop.service.reconcile() == []


def _sells_one_of_each(shop: World) -> None:
    for sku in "AB":
        order = shop.buy("rakuten", sku, 1)
        assert order is not None
        shop.sandbox.rakuten.ship(order)
    shop.rounds(3)
