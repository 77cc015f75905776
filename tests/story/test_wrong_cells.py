"""A wrong cell gets its sentence next to it, the last good value stays in force, and everything else goes on."""

from __future__ import annotations

import pytest

from tests.support.world import World

WRONG = {
    "abc": "数でない文字",
    "-3": "マイナス",
    "1.5": "小数",
    "": "空欄",
    "=A1": "数式",
    "2026/11/23": "日付",
    "=1/0": "エラー",
    "50%": "パーセント",
    "TRUE": "チェックボックス",
    "99999999999": "大きすぎ",
}


@pytest.mark.parametrize(("typed", "sentence"), WRONG.items())
def test_a_wrong_cell_is_answered_and_the_last_good_value_stays(shop: World, typed: str, sentence: str) -> None:
    shop.type("A", "本社倉庫", typed)
    shop.rounds(2)
    state = shop.row("A")["状態"]
    assert sentence in state
    assert "5のまま" in state
    assert shop.shown("rakuten", "A") == shop.shown("shopify", "A") == 7
    # orders for that very SKU still lower it everywhere, and other rows go on
    shop.buy("rakuten", "A", 2)
    shop.type("B", "本社倉庫", 3)
    shop.rounds(2)
    assert shop.shown("shopify", "A") == 5
    assert shop.shown("shopify", "B") == 3
    # mended: the sentence goes, the number counts
    shop.plain_number_format("A", "本社倉庫")
    shop.type("A", "本社倉庫", 9)
    shop.settle()
    assert sentence not in shop.row("A")["状態"]
    assert shop.shown("shopify", "A") == 9 + 2 - 2


@pytest.mark.parametrize(("typed", "number"), [("１２", 12), ("1,200", 1200), ("8 個", 8), (" 9 ", 9)])
def test_a_number_written_another_way_is_understood(shop: World, typed: str, number: int) -> None:
    shop.type("B", "本社倉庫", typed)
    shop.settle()
    assert f"本社倉庫{number}個" in shop.row("B")["状態"]
    assert shop.shown("rakuten", "B") == number


def test_a_doubled_sku_moves_nothing_until_one_row_is_gone(shop: World) -> None:
    shop.copy_row("A")
    shop.rounds(2)
    for _, row in shop.rows("A"):
        assert "同じSKUが2行" in row["状態"]
    shop.put("在庫表", shop.rows("A")[1][0], {"本社倉庫": 99})
    shop.buy("rakuten", "A", 1)
    shop.rounds(2)
    assert shop.shown("shopify", "A") == 6
    shop.delete_row(shop.rows("A")[1][0])
    shop.rounds(2)
    assert shop.row("A")["本社倉庫"] == "5"
    assert shop.row("A")["販売可能"] == "6"


def test_a_broken_reference_is_an_error_with_its_sentence(shop: World) -> None:
    shop.put("在庫表", 5, {"商品名": "1"})
    shop.type("A", "本社倉庫", "=A6")
    shop.delete_row(5)
    shop.rounds(2)
    assert "エラー" in shop.row("A")["状態"] or "数式" in shop.row("A")["状態"]
    assert shop.shown("rakuten", "A") == 7
