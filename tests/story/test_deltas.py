"""The 増減 column: a number typed there changes the stock of the first place for sale by so many, and is cleared."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.errors import TryAgain
from bridge.sandbox.faults import Environ, ReplyLost
from tests.support.world import World

TEXTS = ("十個", "1.5", "=1+1", "2026/1/5")


@pytest.fixture
def shop(tmp_path: Path) -> World:
    world = World(tmp_path / "ledger.db")
    world.go_live()
    return world


def row(shop: World, sku: str = "A") -> tuple[str, str, str]:
    found = shop.row(sku)
    return found["本社倉庫"], found["渋谷店"], found["増減"]


@pytest.mark.parametrize(("typed", "after"), [("50", 55), ("-3", 2), ("−３", 2), ("+5", 10), ("▲5", 0), ("5個", 10)])
def test_a_change_moves_the_first_place_for_sale_and_is_cleared(shop: World, typed: str, after: int) -> None:
    shop.type("A", "増減", typed)
    shop.rounds(1)
    assert row(shop) == (str(after), "2", "")
    assert shop.balance("A") == {"本社倉庫": after, "渋谷店": 2}
    assert f"本社倉庫{after}個" in shop.row("A")["状態"]
    shop.settle()
    assert shop.shown("rakuten", "A") == shop.shown("shopify", "A") == after + 2
    assert row(shop) == (str(after), "2", "")


def test_a_lowering_is_in_the_malls_after_the_same_round(shop: World) -> None:
    shop.type("A", "増減", "-3")
    shop.rounds(1)
    assert shop.shown("rakuten", "A") == shop.shown("shopify", "A") == 4


def test_changes_typed_one_after_the_other_all_count(shop: World) -> None:
    for typed in ("4", "4", "-1"):
        shop.type("A", "増減", typed)
        shop.rounds(2)
    assert row(shop) == ("12", "2", "")


def test_a_change_and_a_number_typed_together_are_both_meant(shop: World) -> None:
    shop.type("A", "本社倉庫", 10)
    shop.type("A", "増減", "-1")
    shop.rounds(1)
    assert row(shop) == ("9", "2", "")
    assert shop.balance("A") == {"本社倉庫": 9, "渋谷店": 2}


@pytest.mark.parametrize("which", [1, 2], ids=["of the lock", "of the write"])
def test_an_answer_that_is_lost_counts_the_change_once(shop: World, which: int) -> None:
    faults, writes = shop.sandbox.faults["sheets"], 0

    def before(environ: Environ) -> None:
        nonlocal writes
        writes += environ["PATH_INFO"].endswith(":batchUpdate")
        if environ["PATH_INFO"].endswith(":batchUpdate") and writes == which:
            faults.next(ReplyLost())

    shop.type("A", "増減", "5")
    faults.before = before
    with pytest.raises(TryAgain):
        shop.rounds(1)
    shop.settle()
    assert row(shop) == ("10", "2", "")
    assert shop.balance("A") == {"本社倉庫": 10, "渋谷店": 2}


def test_a_change_of_a_held_row_waits(shop: World) -> None:
    shop.type("A", "編集中", True)
    shop.type("A", "増減", "5")
    shop.rounds(2)
    assert row(shop) == ("5", "2", "5")
    assert shop.balance("A") == {"本社倉庫": 5, "渋谷店": 2}
    shop.type("A", "編集中", False)
    shop.rounds(2)
    assert row(shop) == ("10", "2", "")


@pytest.mark.parametrize("typed", TEXTS)
def test_what_is_no_whole_number_is_answered_and_stays(shop: World, typed: str) -> None:
    shop.type("A", "増減", typed)
    shop.rounds(2)
    assert row(shop)[2]
    assert "「増減」が読めません" in shop.row("A")["状態"]
    assert shop.balance("A") == {"本社倉庫": 5, "渋谷店": 2}
    shop.type("A", "増減", "")
    shop.rounds(2)
    assert "増減" not in shop.row("A")["状態"]


def test_what_would_take_more_than_there_is_is_answered_and_stays(shop: World) -> None:
    shop.type("A", "増減", "-50")
    shop.rounds(2)
    assert row(shop) == ("5", "2", "-50")
    assert "0より少なく" in shop.row("A")["状態"]
    assert shop.balance("A") == {"本社倉庫": 5, "渋谷店": 2}
    shop.type("A", "増減", "-5")
    shop.rounds(2)
    assert row(shop) == ("0", "2", "")


def test_goods_come_in_where_more_was_sold_than_there_is(shop: World) -> None:
    shop.type("A", "渋谷店", 0)
    shop.settle()
    shop.hears("rakuten", "A", order="big", version="1", open=0, shipped=9)
    shop.rounds(2)
    assert row(shop)[0] == "-4"
    shop.type("A", "増減", "3")
    shop.rounds(2)
    assert row(shop) == ("-1", "0", "")


def test_a_copied_row_moves_nothing_until_one_is_gone(shop: World) -> None:
    shop.type("A", "増減", "5")
    shop.copy_row("A")
    shop.rounds(2)
    assert shop.balance("A") == {"本社倉庫": 5, "渋谷店": 2}
    shop.delete_row(shop.rows("A")[1][0])
    shop.rounds(2)
    assert row(shop) == ("10", "2", "")


def test_a_paste_into_many_rows_is_one_question(tmp_path: Path) -> None:
    many = {f"S{n}": (10, None, None) for n in range(8)}
    shop = World(tmp_path / "ledger.db", stock=many)
    shop.go_live()
    for sku in many:
        shop.type(sku, "増減", "2")
    shop.rounds(2)
    assert [shop.balance(sku) for sku in many] == [{"本社倉庫": 10}] * 8
    assert "8行" in shop.open_questions()
    shop.answer("一度に", "確認")
    shop.rounds(3)
    assert [row(shop, sku) for sku in many] == [("12", "", "")] * 8
    for sku in many:
        shop.type(sku, "増減", "2")
    shop.rounds(2)
    shop.answer("一度に", "戻す")
    shop.rounds(3)
    assert [row(shop, sku) for sku in many] == [("12", "", "")] * 8
    assert [shop.balance(sku) for sku in many] == [{"本社倉庫": 12}] * 8


def test_a_restored_version_with_an_entry_that_was_cleared_since_means_what_it_meant_then(shop: World) -> None:
    shop.type("A", "増減", "5")
    version = shop.spreadsheet.book
    shop.settle()
    assert row(shop) == ("10", "2", "")
    shop.spreadsheet.restore(version)
    shop.settle()
    assert row(shop) == ("10", "2", "")
    assert shop.balance("A") == {"本社倉庫": 10, "渋谷店": 2}


def test_a_table_without_the_column_works_as_before(shop: World) -> None:
    shop.built_before("在庫表", "増減")
    shop.type("A", "本社倉庫", 9)
    shop.rounds(2)
    assert shop.balance("A") == {"本社倉庫": 9, "渋谷店": 2}
