"""What the random broken layouts of tests/abuse/ uncovered, told one by one."""

from __future__ import annotations

import pytest

from tests.support.world import World


def name_place(shop: World, old: str, new: str) -> None:
    """Retype the name of a place in 設定."""
    for number, line in enumerate(shop.table("設定"), 1):
        if line["種類"] == "場所" and line["名前"] == old:
            shop.spreadsheet.type(shop.tab("設定"), number, shop.column("設定", "名前"), new)


@pytest.mark.parametrize("header", ["SKU", "引当", "ｓｋｕ", "安全在庫"])
def test_a_place_named_like_another_column_of_the_table_is_no_place(shop: World, header: str) -> None:
    name_place(shop, "検品待ち", header)
    shop.rounds(2)
    assert any("ほかの列と同じ名前" in line["状態"] for line in shop.table("設定"))
    assert header not in shop.balance("A")
    name_place(shop, header, "検品待ち")
    shop.settle()
    assert shop.open_questions() == ""
    assert shop.row("A")["SKU"] == "A"
    assert not any("ほかの列と同じ名前" in line["状態"] for line in shop.table("設定"))
