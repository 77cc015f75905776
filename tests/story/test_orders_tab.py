"""受注: every order line has a row; staff tick what they took off the shelf, and it leaves the books once."""

from __future__ import annotations

import pytest

from bridge.errors import TryAgain
from bridge.sandbox.faults import Fault, Late, Lost, ReplyLost, path_contains
from tests.support.deaths import dies
from tests.support.orders import at, cancelled_when_picked, copy, lines, only, seconds_until, told, write
from tests.support.world import World


def test_an_order_gets_a_row_of_its_own(packing: World) -> None:
    order = packing.buy("rakuten", "A", 2)
    packing.rounds(3)
    row = only(packing)
    said = {name: row[name] for name in ("番号", "処理", "モール・種類", "注文番号", "SKU", "数量", "引当場所", "経過")}
    assert said == {
        "番号": "1",
        "処理": "未",
        "モール・種類": "rakuten",
        "注文番号": order,
        "SKU": "A",
        "数量": "2",
        "引当場所": "本社倉庫 2",
        "経過": "本日",
    }
    assert "未出荷2個" in row["状態"]


def test_a_tick_ships_once_also_when_the_mall_says_so_later(packing: World) -> None:
    order = packing.buy("rakuten", "A", 2)
    packing.rounds(3)
    packing.put(packing.orders_tab(), 1, {"棚出し済": True})
    packing.rounds(3)
    assert (packing.row("A")["本社倉庫"], packing.row("A")["引当"], packing.row("A")["販売可能"]) == ("3", "0", "5")
    assert "発送通知はまだ" in told(packing)
    assert only(packing)["処理"] == "未"
    packing.sandbox.rakuten.ship(order)
    packing.settle()
    assert (packing.row("A")["本社倉庫"], packing.row("A")["引当"], packing.row("A")["販売可能"]) == ("3", "0", "5")
    assert (only(packing)["処理"], only(packing)["引当場所"]) == ("済", "")
    assert packing.service.reconcile() == []


def test_a_tick_that_is_taken_away_puts_the_goods_back(packing: World) -> None:
    packing.buy("rakuten", "A", 2)
    packing.rounds(3)
    packing.put(packing.orders_tab(), 1, {"棚出し済": True})
    packing.rounds(3)
    packing.put(packing.orders_tab(), 1, {"棚出し済": False})
    packing.settle()
    assert at(packing, "A") == {"本社倉庫": (5, 2), "渋谷店": (2, 0)}
    assert "未出荷2個" in told(packing)


def test_some_of_it_may_be_typed(packing: World) -> None:
    order = packing.buy("shopify", "B", 3)
    packing.rounds(3)
    packing.put(packing.orders_tab(), 1, {"棚出し数": 1})
    packing.rounds(3)
    assert at(packing, "B")["本社倉庫"] == (6, 2)
    assert "1/3個を棚出し済" in told(packing)
    packing.put(packing.orders_tab(), 1, {"棚出し済": True})
    packing.rounds(3)
    assert at(packing, "B")["本社倉庫"] == (4, 0)
    packing.sandbox.shopify.ship(order)
    packing.settle()
    assert at(packing, "B")["本社倉庫"] == (4, 0)
    assert only(packing)["処理"] == "済"


def test_a_row_goes_below_what_people_wrote_meanwhile(packing: World) -> None:
    packing.put(packing.orders_tab(), 1, {"メモ": "火曜は休み"})
    packing.buy("rakuten", "A", 1)
    packing.rounds(3)
    assert [line["注文番号"] != "" for line in lines(packing)] == [True]
    assert packing.table(packing.orders_tab())[0]["メモ"] == "火曜は休み"


def test_another_location_takes_the_allocation_over(packing: World) -> None:
    packing.buy("rakuten", "A", 2)
    packing.rounds(3)
    packing.put(packing.orders_tab(), 1, {"場所": "渋谷店"})
    packing.rounds(3)
    assert at(packing, "A") == {"本社倉庫": (5, 0), "渋谷店": (2, 2)}
    assert only(packing)["引当場所"] == "渋谷店 2"
    packing.put(packing.orders_tab(), 1, {"棚出し済": True})
    packing.rounds(3)
    assert packing.row("A")["渋谷店"] == "0"
    packing.put(packing.orders_tab(), 1, {"棚出し済": False, "場所": ""})
    packing.settle()
    assert packing.row("A")["渋谷店"] == "2"
    assert packing.service.reconcile() == []


def test_a_location_without_enough_is_answered_and_changes_nothing(packing: World) -> None:
    packing.buy("rakuten", "A", 3)
    packing.rounds(3)
    packing.put(packing.orders_tab(), 1, {"場所": "渋谷店"})
    packing.rounds(3)
    assert "渋谷店のAは、ほかの注文の分を除くと2個しかありません" in told(packing)
    assert at(packing, "A")["本社倉庫"] == (5, 3)
    packing.put(packing.orders_tab(), 1, {"場所": "本社倉庫"})
    packing.rounds(3)
    assert "未出荷3個" in told(packing)


def test_a_bundle_is_picked_by_its_parts(packing: World) -> None:
    packing.list_for_sale("rakuten", "set-1/v-set", "A×2+B×1")
    packing.sandbox.rakuten.add_product(("set-1", "v-set"), "SET", 3)
    packing.rounds(3)
    order = packing.sandbox.rakuten.buy(("set-1", "v-set"), 1)
    packing.rounds(4)
    assert [(line["SKU"], line["数量"]) for line in lines(packing)] == [("A", "2"), ("B", "1")]
    packing.put(packing.orders_tab(), 2, {"棚出し済": True})
    packing.rounds(3)
    assert (at(packing, "A")["本社倉庫"], at(packing, "B")["本社倉庫"]) == ((5, 2), (6, 0))
    packing.sandbox.rakuten.ship(order)
    packing.settle()
    assert (at(packing, "A")["本社倉庫"], at(packing, "B")["本社倉庫"]) == ((3, 0), (6, 0))
    assert {line["処理"] for line in lines(packing)} == {"済"}


def test_a_copied_row_of_a_mall_ships_nothing(packing: World) -> None:
    packing.buy("rakuten", "A", 2)
    packing.rounds(3)
    copy(packing, 1, 2)
    packing.put(packing.orders_tab(), 2, {"棚出し済": True})
    packing.rounds(4)
    assert at(packing, "A")["本社倉庫"] == (5, 2)
    assert "同じ番号の行が2つ" in told(packing, 1)
    assert "同じ番号の行が2つ" in told(packing, 2)
    packing.spreadsheet.delete_rows(packing.tab(packing.orders_tab()), 2, 3)
    packing.rounds(3)
    assert "未出荷2個" in told(packing)


def test_a_deleted_row_and_a_cleared_number_come_back(packing: World) -> None:
    packing.buy("rakuten", "A", 2)
    packing.buy("shopify", "B", 1)
    packing.rounds(3)
    tab = packing.tab(packing.orders_tab())
    packing.put(packing.orders_tab(), 2, {"番号": ""})
    packing.spreadsheet.delete_rows(tab, 1, 2)
    packing.rounds(5)
    assert [line["番号"] for line in lines(packing)] == ["2"]
    packing.clock.sleep(130)
    packing.rounds(3)
    assert [line["番号"] for line in lines(packing)] == ["2", "1"]
    assert at(packing, "A")["本社倉庫"] == (5, 2)


@pytest.mark.parametrize("seconds", [0, 200])
def test_cleared_numbers_come_back_to_the_lines_that_lost_them(packing: World, seconds: int) -> None:
    """Also long after the rows were appended: nothing is appended anew while the line stands there."""
    write(packing, 1, "電話", "A", 2)
    packing.buy("rakuten", "A", 1)
    packing.settle()
    packing.clock.sleep(seconds)
    for row in (1, 2):
        packing.put(packing.orders_tab(), row, {"番号": ""})
    packing.rounds(1)
    packing.put(packing.orders_tab(), 1, {"メモ": "急ぎ"})
    packing.rounds(5)
    packing.clock.sleep(130)
    packing.rounds(3)
    assert [line["番号"] for line in lines(packing)] == ["1", "2"]
    assert at(packing, "A")["本社倉庫"] == (5, 3)


def test_a_cancellation_after_the_pick_stops_the_box(packing: World) -> None:
    orders = [packing.buy("shopify", "A", 1), packing.buy("shopify", "A", 2)]
    packing.rounds(3)
    for row in (1, 2):
        packing.put(packing.orders_tab(), row, {"棚出し済": True})
    packing.rounds(3)
    assert at(packing, "A")["本社倉庫"] == (2, 0)
    packing.sandbox.shopify.cancel(orders[0], restock=True)
    packing.rounds(3)
    assert "箱を止めて戻してください" in packing.open_questions()
    assert "箱を止めて戻してください" in told(packing)
    assert at(packing, "A")["本社倉庫"] == (2, 0)
    packing.answer("箱を止めて", "戻した")
    packing.settle()
    assert at(packing, "A")["本社倉庫"] == (3, 0)
    assert (lines(packing)[0]["処理"], lines(packing)[1]["処理"]) == ("済", "未")
    packing.sandbox.shopify.cancel(orders[1], restock=True)
    packing.rounds(3)
    packing.answer("箱を止めて", "発送済み")
    packing.rounds(3)
    assert "出荷後にキャンセルされました" in packing.open_questions()
    packing.type("A", "検品待ち", 0)
    packing.rounds(2)
    packing.answer("出荷後にキャンセル", "戻った")
    packing.settle()
    assert at(packing, "A") == {"本社倉庫": (3, 0), "渋谷店": (2, 0), "検品待ち": (2, 0)}
    assert lines(packing)[1]["処理"] == "済"
    assert packing.service.reconcile() == []


def test_a_box_that_is_unticked_is_back_on_the_shelf(packing: World) -> None:
    cancelled_when_picked(packing, "A", 2)
    packing.put(packing.orders_tab(), 1, {"棚出し済": False})
    packing.settle()
    assert at(packing, "A") == {"本社倉庫": (5, 0), "渋谷店": (2, 0)}
    assert "箱を止めて" not in packing.open_questions()
    assert "キャンセル" in told(packing)


def test_what_the_mall_was_not_told_of_is_listed_from_the_evening_on(packing: World) -> None:
    order = packing.buy("rakuten", "A", 1)
    packing.rounds(3)
    packing.put(packing.orders_tab(), 1, {"棚出し済": True})
    packing.rounds(3)
    packing.clock.sleep(seconds_until(packing, hour=17, minute=58))
    packing.rounds(2)
    assert "発送通知をしていない" not in packing.open_questions()
    packing.clock.sleep(180)
    packing.rounds(2)
    assert f"発送通知をしていない注文が1件あります（{order}）" in packing.open_questions()
    packing.sandbox.rakuten.ship(order)
    packing.settle()
    assert "発送通知をしていない" not in packing.open_questions()


@pytest.mark.parametrize("wrong", [{"状態": "未出荷5個。"}, {"状態": ""}, {"引当場所": "渋谷店 2"}, {"経過": "3日"}])
def test_a_row_that_is_done_says_so_whatever_was_written_beside_it(packing: World, wrong: dict[str, str]) -> None:
    """A sentence meant for another row may meet it, when somebody sorts in that moment."""
    order = packing.buy("rakuten", "A", 2)
    packing.rounds(3)
    packing.sandbox.rakuten.ship(order)
    packing.settle()
    packing.clock.sleep(3600)
    packing.settle()
    right = told(packing)
    assert "発送済み" in right
    packing.put(packing.orders_tab(), 1, wrong)
    packing.rounds(3)
    assert (told(packing), only(packing)["引当場所"], only(packing)["経過"]) == (right, "", "")


def test_a_new_month_has_a_tab_of_its_own_and_the_old_one_is_read_while_it_is_needed(packing: World) -> None:
    old = packing.orders_tab()
    packing.buy("rakuten", "A", 1)
    packing.rounds(3)
    packing.clock.sleep(40 * 24 * 3600)
    packing.rounds(3)
    assert packing.orders_tab() != old
    packing.buy("rakuten", "B", 1)
    packing.settle()
    assert [line["SKU"] for line in lines(packing)] == ["B"]
    packing.put(old, 1, {"棚出し済": True})
    packing.settle()
    assert at(packing, "A")["本社倉庫"] == (4, 0)
    assert "棚出し済" in told(packing, tab=old)


@pytest.mark.parametrize("fault", [ReplyLost(), Late(), Lost()], ids=lambda fault: type(fault).__name__)
def test_a_row_whose_reply_was_lost_is_looked_for(packing: World, fault: Fault) -> None:
    packing.buy("rakuten", "A", 2)
    sheets = packing.sandbox.faults["sheets"]
    packing.service.cycle.run()
    packing.service.channel_round(packing.service.channels[0])
    sheets.next(fault, path_contains("batchUpdate"))
    with pytest.raises(TryAgain):
        packing.service.cycle.run()
    packing.clock.sleep(30)
    packing.rounds(2)
    sheets.deliver_late()
    packing.settle()
    packing.clock.sleep(130)
    packing.rounds(3)
    assert [line["番号"] for line in lines(packing)] == ["1"]


def test_a_bridge_that_dies_anywhere_ships_once(packing: World) -> None:
    """Before and after every point it passes, from the order to the pick."""

    def work() -> None:
        packing.service.channel_round(packing.service.channels[0])
        packing.service.cycle.run()

    packing.buy("rakuten", "A", 2)
    deadline, deaths = 1, 0
    for step in range(30):
        deaths += dies(packing, deadline, work)
        deadline = deadline + 1 if deadline < 12 else 1
        if step == 14 and lines(packing):
            packing.put(packing.orders_tab(), 1, {"棚出し済": True})
        packing.clock.sleep(10)
    packing.settle()
    packing.put(packing.orders_tab(), 1, {"棚出し済": True})
    packing.settle()
    assert deaths > 5
    assert at(packing, "A")["本社倉庫"] == (3, 0)
    assert len(lines(packing)) == 1
    assert packing.service.reconcile() == []
