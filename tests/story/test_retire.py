"""廃番 and 販売中 in a product's row: its end, and its way back."""

from __future__ import annotations

import pytest

from bridge.domain.edit_book import Standing
from bridge.flows import reconcile
from tests.support.transfers import open_anew
from tests.support.world import World


def standing(shop: World, sku: str) -> Standing:
    with shop.service.ledger.read() as tx:
        return tx.sheet.skus()[sku].standing


def shown(shop: World, sku: str = "A") -> tuple[int, int]:
    return shop.shown("rakuten", sku), shop.shown("shopify", sku)


def books_add_up(shop: World) -> bool:
    with shop.service.ledger.read() as tx:
        return reconcile.books(tx) == []


def test_a_discontinued_product_is_at_zero_everywhere_and_its_row_says_so(shop: World) -> None:
    shop.type("A", "停止", "廃番")
    shop.rounds(3)
    assert shown(shop) == (0, 0)
    assert shown(shop, "B") == (7, 7)
    row = shop.row("A")
    assert row["状態"].startswith("廃番: 2件中2件で0を確認しました。")
    assert (row["本社倉庫"], row["渋谷店"]) == ("5", "2")  # it still lies there
    line = next(each for each in shop.table("出品") if each["SKU構成"] == "A")
    assert line["状態"] == "販売停止（在庫表のAは廃番）: 0を確認しました。再開すると7個にします"
    assert shop.open_questions() == ""


def test_on_sale_brings_it_back_with_what_the_row_shows(shop: World) -> None:
    shop.type("A", "停止", "廃番")
    shop.rounds(3)
    shop.type("A", "本社倉庫", 4)  # its numbers are read as ever
    shop.rounds(3)
    assert (shop.balance("A")["本社倉庫"], shown(shop)) == (4, (0, 0))
    shop.type("A", "停止", "")  # a blank raises nothing
    shop.settle()
    assert (shown(shop), standing(shop, "A")) == ((0, 0), Standing.RETIRED)
    shop.type("A", "停止", "販売中")
    shop.settle()
    assert (shown(shop), standing(shop, "A")) == ((6, 6), Standing.KNOWN)
    assert "廃番" not in shop.row("A")["状態"]
    assert books_add_up(shop)


def test_orders_of_a_discontinued_product_are_booked_and_shown(shop: World) -> None:
    assert shop.buy("rakuten", "A", 2)  # ordered before the mall hears of it
    shop.type("A", "停止", "廃番")
    shop.rounds(4)
    assert shown(shop) == (0, 0)
    assert (shop.row("A")["引当"], shop.row("A")["販売可能"]) == ("2", "5")
    shop.hears("rakuten", "A", order="X", version="1", open=0, shipped=1)
    shop.rounds(3)
    assert shop.row("A")["本社倉庫"] == "4"
    assert books_add_up(shop)


def test_its_row_may_be_deleted_and_comes_back_as_it_was(shop: World) -> None:
    shop.type("A", "停止", "廃番")
    shop.rounds(3)
    position = shop.rows("A")[0][0]
    gone = shop.spreadsheet.delete_rows(shop.tab("在庫表"), position, position + 1)
    shop.settle()
    assert (shop.open_questions(), shown(shop)) == ("", (0, 0))
    shop.spreadsheet.undo(gone)
    shop.settle()
    assert (shop.open_questions(), shown(shop)) == ("", (0, 0))
    assert shop.row("A")["状態"].startswith("廃番: ")
    shop.type("A", "停止", "再開")
    shop.settle()
    assert shown(shop) == (7, 7)


def test_a_stop_in_its_place_says_that_it_is_not_at_its_end(shop: World) -> None:
    shop.type("A", "停止", "廃番")
    shop.rounds(3)
    shop.type("A", "停止", "販売停止")
    shop.rounds(3)
    assert shop.row("A")["状態"].startswith("販売停止: 2件中2件で0を確認しました。")
    shop.delete_row(shop.rows("A")[0][0])
    shop.rounds(3)
    assert "在庫表から行が消えました" in shop.open_questions()
    assert shown(shop) == (0, 0)


@pytest.mark.parametrize("trouble", ["held", "wrong number", "doubled"])
def test_nothing_withholds_the_zeros(shop: World, trouble: str) -> None:
    if trouble == "held":
        shop.type("A", "編集中", True)
    elif trouble == "wrong number":
        shop.type("A", "本社倉庫", "abc")
    else:
        shop.copy_row("A")
    shop.rounds(2)
    shop.put("在庫表", shop.rows("A")[0][0], {"停止": "廃番"})
    shop.rounds(3)
    assert shown(shop) == (0, 0)


def test_of_two_rows_of_one_product_neither_ends_it(shop: World) -> None:
    shop.copy_row("A")
    shop.put("在庫表", shop.rows("A")[1][0], {"停止": "廃番"})
    shop.rounds(3)
    assert (shown(shop), standing(shop, "A")) == ((0, 0), Standing.KNOWN)
    shop.delete_row(shop.rows("A")[1][0])
    shop.rounds(3)
    assert (shown(shop), standing(shop, "A")) == ((0, 0), Standing.KNOWN)
    shop.delete_row(shop.rows("A")[0][0])
    shop.rounds(3)
    assert "在庫表から行が消えました" in shop.open_questions()


def test_a_copied_row_that_says_so_is_a_new_product_first(shop: World) -> None:
    shop.type("A", "停止", "廃番")
    shop.rounds(3)
    shop.copy_row("A")
    shop.put("在庫表", shop.rows("A")[1][0], {"SKU": "C"})
    shop.rounds(4)
    assert (standing(shop, "C"), standing(shop, "A")) == (Standing.NEW, Standing.RETIRED)
    shop.type("C", "停止", "販売中")
    shop.type("C", "確認", True)
    shop.settle()
    assert (standing(shop, "C"), shop.balance("C")["本社倉庫"]) == (Standing.KNOWN, 5)


def test_it_stays_ended_over_a_restart_and_when_all_is_opened_anew(shop: World) -> None:
    shop.type("A", "停止", "廃番")
    shop.rounds(3)
    shop.service.close()
    shop.start()
    shop.rounds(3)
    assert (shown(shop), standing(shop, "A")) == ((0, 0), Standing.RETIRED)
    open_anew(shop)
    assert (shown(shop), standing(shop, "A")) == ((0, 0), Standing.RETIRED)


def test_goods_of_a_discontinued_product_can_be_moved(shop: World) -> None:
    shop.type("A", "停止", "廃番")
    shop.rounds(3)
    line = {"種類": "移動", "SKU": "A", "数量": 2, "から": "本社倉庫", "へ": "渋谷店"}
    shop.put("入出庫", 1, line)
    shop.rounds(2)
    shop.put("入出庫", 1, {"発送": True, "到着": True})
    shop.rounds(3)
    assert (shop.row("A")["本社倉庫"], shop.row("A")["渋谷店"]) == ("3", "4")


@pytest.mark.parametrize("language", ["en"])
def test_in_english(desk: World) -> None:
    desk.type("A", "停止", "discontinued")
    desk.rounds(3)
    assert desk.row("A")["状態"].startswith("Discontinued: 2 of 2 listings show 0.")
    desk.type("A", "停止", "on sale")
    desk.settle()
    assert shown(desk) == (7, 7)


def test_elsewhere_the_word_is_answered(shop: World) -> None:
    shop.put("出品", 1, {"停止": "廃番"})
    shop.rounds(3)
    assert "販売停止・連携停止・再開のどれか" in shop.table("出品")[0]["状態"]
    shop.type("A", "停止", "はいばん")
    shop.rounds(3)
    assert "販売停止・連携停止・販売中・廃番のどれか" in shop.row("A")["状態"]
