"""改名 at bad moments."""

from __future__ import annotations

from pathlib import Path

from bridge.flows import reconcile
from tests.story.test_stocktaking import begin, count
from tests.support.orders import cancelled_when_picked
from tests.support.world import World


def books(shop: World) -> list[reconcile.Drift]:
    with shop.service.ledger.read() as tx:
        return reconcile.books(tx)


def test_renamed_to_another_product_with_orders_is_refused(shop: World) -> None:
    shop.buy("rakuten", "B", 2)
    order = shop.buy("rakuten", "A", 1)
    shop.rounds(2)
    shop.delete_row(shop.rows("A")[0][0])
    shop.rounds(3)
    shop.answer("在庫表から行が消えました", "改名 B")
    shop.settle()
    shop.sandbox.rakuten.ship(order)
    shop.settle()
    assert books(shop) == []
    assert shop.row("B")["引当"] == "2"
    assert shop.shown("shopify", "B") == 5


def test_a_question_about_a_number_goes_on_under_the_new_code(tmp_path: Path) -> None:
    shop = World(tmp_path / "ledger.sqlite", sheet_settings={"two_readings_seconds": 10.0})
    shop.go_live()
    order = shop.buy("rakuten", "A", 1)
    shop.rounds(2)
    shop.clock.sleep(60)
    shop.sandbox.rakuten.ship(order)
    shop.rounds(2, seconds=1.0)
    shop.type("A", "本社倉庫", 15)
    shop.rounds(2, seconds=1.0)
    shop.type("A", "SKU", "A-2026")
    shop.rounds(3)
    shop.answer("書き換えられました", "改名")
    shop.rounds(3)
    shop.answer("14個ですか、15個ですか", "多い方")
    shop.settle()
    assert shop.row("A-2026")["本社倉庫"] == "15"
    assert shop.balance("A") == {}
    assert books(shop) == []


def test_a_question_about_a_count_goes_on_under_the_new_code(shop: World) -> None:
    assert shop.buy("rakuten", "B", 2) is not None
    shop.settle()
    begin(shop)
    count(shop, "B", 5)
    shop.rename("B", "B-2026")
    count(shop, "B", 7)  # its line still says B
    assert shop.open_questions() == ""
    assert shop.balance("B-2026")["本社倉庫"] == 7


def test_goods_that_come_back_are_booked_under_the_new_code(packing: World) -> None:
    cancelled_when_picked(packing, "A", 2)
    packing.answer("箱を止めて", "発送済み")
    packing.rounds(3)
    packing.rename("A", "A-2026")
    packing.type("A-2026", "検品待ち", 0)
    packing.rounds(2)
    packing.answer("出荷後にキャンセル", "戻った")
    packing.settle()
    assert packing.balance("A-2026")["検品待ち"] == 2
    assert packing.balance("A") == {}
    assert books(packing) == []


def test_the_new_code_may_be_answered_in_full_width(shop: World) -> None:
    shop.type("A", "ロック", "")
    shop.type("A", "SKU", "Z-9")
    shop.rounds(4)
    shop.answer("行が消えました", "改名　Ｚ－９")
    shop.settle()
    assert shop.balance("Z-9")["本社倉庫"] == 5
    assert shop.balance("A") == {}


def test_a_quarantine_ends_under_the_new_code(shop: World) -> None:
    with shop.service.ledger.write() as tx:
        tx.questions.ask("invariant", "A", {"what": "exactly once", "subject": "1"})
        tx.sheet.change("A", blocked="invariant")
    shop.rounds(2)
    shop.rename("A", "A-2026")
    shop.answer("計算が合いません", "確認済み")
    shop.settle()
    with shop.service.ledger.read() as tx:
        assert tx.sheet.skus()["A-2026"].blocked == ""


def test_a_cancelled_line_that_opens_again_is_booked_under_the_new_code(shop: World) -> None:
    shop.hears("rakuten", "A", order="1", version="1", open=2, shipped=0)
    shop.hears("rakuten", "A", order="1", version="2", open=0, shipped=0)
    shop.rounds(2)
    shop.type("A", "SKU", "A-2026")
    shop.rounds(3)
    shop.answer("書き換えられました", "改名")
    shop.rounds(3)
    shop.hears("rakuten", "A", order="1", version="3", open=2, shipped=0)
    shop.rounds(2)
    assert shop.row("A-2026")["引当"] == "2"


def test_an_old_code_given_to_a_new_product_is_its_own(shop: World) -> None:
    shop.rename("A", "A-2026")
    shop.put("在庫表", 6, {"SKU": "A", "本社倉庫": 3})
    shop.rounds(2)
    shop.sandbox.rakuten.add_product(("new", "v-new"), "A", 0)
    shop.put("出品", 5, {"チャネル": "rakuten", "出品ID": "new/v-new", "SKU構成": "A"})
    shop.settle()
    assert shop.sandbox.rakuten.stock()["new", "v-new"] == 3
    assert shop.shown("rakuten", "A") == 7  # the lines of before still say A and mean A-2026
    shop.sandbox.rakuten.buy(("new", "v-new"), 1)
    shop.rounds(2)
    assert (shop.row("A")["引当"], shop.row("A-2026")["引当"]) == ("1", "0")


def test_a_code_typed_over_one_that_is_discontinued_is_a_new_product(shop: World) -> None:
    """Asked about once: the row goes on bearing the old product's token until it is given one of its own."""
    shop.type("A", "SKU", "C")
    shop.rounds(3)
    shop.answer("書き換えられました", "廃番")
    shop.settle()
    assert [line["対象"] for line in shop.table("要対応") if "書き換えられました" in line["内容"]] == ["A"]
    assert "書き換えられました" not in shop.open_questions()
    assert shop.shown("rakuten", "A") == 0
    shop.type("C", "確認", "TRUE")
    shop.type("C", "本社倉庫", 8)
    shop.settle()
    assert shop.open_questions() == ""
    assert shop.balance("C")["本社倉庫"] == 8
    assert shop.row("C")["ロック"].startswith("✓")
