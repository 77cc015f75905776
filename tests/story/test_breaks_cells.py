"""Weird texts where the bridge reads: none of them may stop the others."""

from __future__ import annotations

import pytest

from bridge.sheet.layout import tab_spec
from tests.support.world import World


def goes_on(shop: World) -> None:
    shop.type("B", "本社倉庫", 4)
    shop.buy("shopify", "A", 3)
    shop.rounds(2)
    assert shop.shown("rakuten", "A") == 4
    assert shop.shown("rakuten", "B") == 4


@pytest.mark.parametrize("number", ["99999999999999999999999", "-1", "0", "1.5", "2026/1/1", "=1/0"])
def test_a_strange_number_in_the_questions(shop: World, number: str) -> None:
    shop.put("要対応", 8, {"番号": number, "回答": "はい"})
    shop.rounds(2)
    goes_on(shop)


@pytest.mark.parametrize("cells", [("1", "これは何?"), ("99999999999999999999", "[]"), ("-4", "[1]"), ("5", "{}")])
def test_a_spoilt_line_of_the_journal(shop: World, cells: tuple[str, str]) -> None:
    journal = shop.tab(tab_spec("journal").ja)
    for row in (1, 60):
        for column, text in enumerate(cells):
            shop.spreadsheet.type(journal, row, column, text)
    shop.start()  # reads the whole journal
    shop.rounds(2)
    goes_on(shop)
    order = shop.buy("rakuten", "A", 1)
    shop.rounds(2)
    shop.sandbox.rakuten.ship(order)
    shop.settle()
    assert shop.row("A")["本社倉庫"] == "4"
    assert len(shop.row("A")["ロック"]) < 10


@pytest.mark.parametrize("sku", ["x" * 500, "=1/0", "2026/11/23", "123", "ＡＢＣ", " C 1 ", "TRUE", "#REF!", "✓ 3"])
def test_a_strange_sku(shop: World, sku: str) -> None:
    shop.put("在庫表", 6, {"SKU": sku, "本社倉庫": 5})
    shop.rounds(2)
    goes_on(shop)


WIDE = "ＡＢＣ"


@pytest.mark.parametrize(("row", "listing"), [(WIDE, "ABC"), ("ABC", WIDE), (WIDE, WIDE), ("123", "123")])
def test_a_full_width_sku_is_the_same_product(shop: World, row: str, listing: str) -> None:
    shop.sandbox.rakuten.add_product(("new", "v-new"), "new", 0)
    shop.put("在庫表", 6, {"SKU": row, "本社倉庫": 5})
    shop.put("出品", 5, {"チャネル": "rakuten", "出品ID": "new/v-new", "SKU構成": listing})
    shop.rounds(3)
    shop.settle()
    assert shop.sandbox.rakuten.stock()["new", "v-new"] == 5
    shop.sandbox.rakuten.ship(shop.sandbox.rakuten.buy(("new", "v-new"), 1))
    shop.settle()
    assert [line["本社倉庫"] for line in shop.table("在庫表") if line["SKU"] == row] == ["4"]


def test_a_new_product_that_is_given_up_asks_nothing(shop: World) -> None:
    shop.copy_row("A")
    position = shop.rows("A")[1][0]
    shop.put("在庫表", position, {"SKU": "C"})
    shop.rounds(3)
    shop.delete_row(position)
    shop.rounds(4)
    assert shop.open_questions() == ""
