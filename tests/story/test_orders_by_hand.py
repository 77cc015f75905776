"""Lines that people write into 受注 themselves: by telephone, wholesale, on hold. They allocate like any order."""

from __future__ import annotations

import pytest

from bridge.flows.order_page import TURNS
from tests.support.meddling import before_the_write, gives_number, row_down
from tests.support.orders import at, copy, lines, only, told, write
from tests.support.world import World


def test_a_telephone_order_lowers_every_mall_and_is_shipped_by_its_tick(packing: World) -> None:
    write(packing, 1, "電話", "A", 3)
    packing.settle()
    assert at(packing, "A")["本社倉庫"] == (5, 3)
    assert packing.row("A")["販売可能"] == "4"
    assert packing.shown("rakuten", "A") == packing.shown("shopify", "A") == 4
    assert (only(packing)["番号"], only(packing)["処理"], only(packing)["引当場所"]) == ("1", "未", "本社倉庫 3")
    assert "3個を引き当てました" in told(packing)
    packing.put(packing.orders_tab(), 1, {"棚出し済": True})
    packing.settle()
    assert at(packing, "A")["本社倉庫"] == (2, 0)
    assert only(packing)["処理"] == "済"
    packing.put(packing.orders_tab(), 1, {"棚出し済": False})
    packing.settle()
    assert at(packing, "A")["本社倉庫"] == (5, 3)
    assert packing.service.reconcile() == []


def test_a_line_is_changed_and_cancelled_by_its_units(packing: World) -> None:
    write(packing, 1, "卸", "B", 4)
    packing.rounds(5)
    packing.put(packing.orders_tab(), 1, {"数量": 2})
    packing.rounds(3)
    assert at(packing, "B")["本社倉庫"] == (7, 2)
    packing.put(packing.orders_tab(), 1, {"SKU": "A"})
    packing.rounds(3)
    assert (at(packing, "B")["本社倉庫"], at(packing, "A")["本社倉庫"]) == ((7, 0), (5, 2))
    packing.put(packing.orders_tab(), 1, {"数量": 0})
    packing.settle()
    assert at(packing, "A")["本社倉庫"] == (5, 0)
    assert (only(packing)["処理"], "取り消しました" in told(packing)) == ("済", True)
    packing.put(packing.orders_tab(), 1, {"数量": 2})
    packing.rounds(3)
    assert at(packing, "A")["本社倉庫"] == (5, 0)
    assert packing.service.reconcile() == []


def test_units_typed_over_in_a_line_that_is_done_are_answered(packing: World) -> None:
    write(packing, 1, "電話", "A", 3)
    packing.settle()
    packing.put(packing.orders_tab(), 1, {"棚出し済": True})
    packing.settle()
    assert "3個を出荷したまま" not in told(packing)
    packing.put(packing.orders_tab(), 1, {"数量": 4})
    packing.rounds(TURNS + 1)
    assert "3個を出荷したまま" in told(packing)
    packing.put(packing.orders_tab(), 1, {"棚出し済": False})
    packing.settle()
    assert (at(packing, "A")["本社倉庫"], "4個を引き当てました" in told(packing)) == ((5, 4), True)


@pytest.mark.parametrize("typed", [1, "三"])
def test_units_typed_over_in_a_row_of_a_mall_are_answered(packing: World, typed: object) -> None:
    packing.buy("rakuten", "A", 3)
    packing.rounds(4)
    assert "モールの注文は" not in told(packing)
    packing.put(packing.orders_tab(), 1, {"数量": typed})
    packing.settle()
    assert "未出荷3個" in told(packing)
    assert "モールの注文はいま3個です" in told(packing)
    assert at(packing, "A")["本社倉庫"] == (5, 3)


def test_a_row_that_is_done_does_not_go_on_showing_the_sentence_of_another(packing: World) -> None:
    """The bridge writes beside a row by its position, and somebody sorted in that moment."""
    for position in (1, 2):
        write(packing, position, "電話", "A", position)
    packing.rounds(5)
    packing.put(packing.orders_tab(), 1, {"棚出し済": True})
    packing.put(packing.orders_tab(), 2, {"数量": 0})
    packing.settle()
    shipped, cancelled = (line["状態"] for line in lines(packing))
    assert ("出荷しました" in shipped, "取り消しました" in cancelled) == (True, True)
    packing.put(packing.orders_tab(), 1, {"状態": cancelled})
    packing.put(packing.orders_tab(), 2, {"状態": shipped})
    packing.rounds(TURNS + 1)
    assert [line["状態"] for line in lines(packing)] == [shipped, cancelled]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"モール・種類": "でんわ"}, "「モール・種類」が読めません"),
        ({"SKU": "X"}, "「X」は在庫表にありません"),
        ({"数量": "二つ"}, "「数量」が読めません"),
        ({"数量": ""}, "「数量」が空欄です"),
        ({"場所": "大阪"}, "「場所」の「大阪」は在庫の列ではありません"),
        ({"期限": "来週"}, "「期限」が読めません"),
        ({"棚出し数": "少し"}, "「棚出し数」が読めません"),
        ({"番号": "77"}, "この番号はbridgeが付けたものではない"),
    ],
    ids=lambda each: next(iter(each)) if isinstance(each, dict) else "",
)
def test_a_line_that_cannot_be_read_is_answered_beside_it(
    packing: World, wrong: dict[str, object], sentence: str
) -> None:
    write(packing, 1, "電話", "A", 3)
    packing.put(packing.orders_tab(), 1, wrong)
    packing.rounds(3)
    assert sentence in told(packing)
    assert at(packing, "A")["本社倉庫"] == (5, 0)


def test_more_picked_than_written_counts_for_nothing(packing: World) -> None:
    write(packing, 1, "電話", "A", 3)
    packing.rounds(4)
    packing.put(packing.orders_tab(), 1, {"棚出し数": 4})
    packing.rounds(3)
    assert "3個より多い" in told(packing)
    assert at(packing, "A")["本社倉庫"] == (5, 3)
    packing.put(packing.orders_tab(), 1, {"棚出し数": 2})
    packing.rounds(3)
    packing.put(packing.orders_tab(), 1, {"数量": 1})
    packing.rounds(3)
    assert "もう2個を棚出し済" in told(packing)
    assert at(packing, "A")["本社倉庫"] == (3, 1)


def test_more_picked_than_written_from_the_start_is_answered_too(packing: World) -> None:
    write(packing, 1, "電話", "A", 1)
    packing.put(packing.orders_tab(), 1, {"棚出し数": 2})
    packing.rounds(4)
    assert "1個より多い" in told(packing)
    assert at(packing, "A")["本社倉庫"] == (5, 0)
    packing.put(packing.orders_tab(), 1, {"棚出し数": 0})
    packing.rounds(4)
    assert at(packing, "A")["本社倉庫"] == (5, 1)


def test_a_pick_is_taken_back_also_where_another_sku_was_written(packing: World) -> None:
    write(packing, 1, "電話", "A", 2)
    packing.rounds(4)
    packing.put(packing.orders_tab(), 1, {"棚出し数": 1})
    packing.rounds(3)
    packing.put(packing.orders_tab(), 1, {"SKU": "B"})
    packing.rounds(3)
    assert "先に棚出しを取り消してください" in told(packing)
    packing.put(packing.orders_tab(), 1, {"棚出し数": 0})
    packing.settle()
    assert (at(packing, "A")["本社倉庫"], at(packing, "B")["本社倉庫"]) == ((5, 0), (7, 2))
    packing.put(packing.orders_tab(), 1, {"棚出し数": 1})
    packing.settle()
    assert at(packing, "B")["本社倉庫"] == (6, 1)


def test_a_line_below_all_that_was_made_with_the_tab_takes_a_code_of_digits_as_it_is_typed(packing: World) -> None:
    tab, rows = packing.tab(packing.orders_tab()), len(packing.table(packing.orders_tab()))
    packing.spreadsheet.delete_rows(tab, 1 + rows, len(packing.spreadsheet.sheet(tab).rows))
    packing.buy("rakuten", "A", 1)
    packing.rounds(4)
    below = len(packing.spreadsheet.sheet(tab).rows)
    packing.spreadsheet.insert_rows(tab, below)  # like the one above
    write(packing, below, "電話", "007", 1)
    packing.rounds(3)
    assert lines(packing)[-1]["SKU"] == "007"


@pytest.mark.parametrize("picked", [1, 2])
def test_lines_that_say_the_same_get_their_own_numbers_back(packing: World, picked: int) -> None:
    """Somebody sorts, and clears a whole column: what was picked in one line is not picked once more in the other."""
    for position in (1, 2):
        write(packing, position, "電話", "A", 2)
    packing.settle()
    row_down(packing, packing.orders_tab(), 1)
    packing.put(packing.orders_tab(), picked, {"棚出し数": 1})
    packing.settle()
    before = [line["番号"] for line in lines(packing)]
    assert at(packing, "A")["本社倉庫"] == (4, 3)
    for position in (1, 2):
        packing.put(packing.orders_tab(), position, {"番号": ""})
    packing.settle()
    assert [line["番号"] for line in lines(packing)] == before
    assert at(packing, "A")["本社倉庫"] == (4, 3)
    assert packing.service.reconcile() == []


def test_a_number_that_came_back_beside_another_line_is_taken_from_it_again(packing: World) -> None:
    """It was cleared, and somebody sorts in the moment in which it is written again."""
    tab = packing.orders_tab()
    write(packing, 1, "電話", "A", 2)
    packing.rounds(4)
    packing.put(tab, 1, {"棚出し数": 1})
    packing.rounds(3)
    write(packing, 2, "卸", "B", "")
    packing.put(tab, 1, {"番号": ""})
    met = before_the_write(packing, gives_number(packing.tab(tab), "1"), lambda: row_down(packing, tab, 1))
    packing.rounds(6)
    assert met
    assert [(line["SKU"], line["番号"]) for line in lines(packing)] == [("B", ""), ("A", "1")]
    packing.put(tab, 1, {"数量": 3})
    packing.settle()
    assert (at(packing, "A")["本社倉庫"], at(packing, "B")["本社倉庫"]) == ((4, 1), (7, 3))


def test_a_copied_line_is_a_new_one_and_its_tick_counts_when_it_is_set_anew(packing: World) -> None:
    write(packing, 1, "電話", "A", 1)
    packing.rounds(4)
    packing.put(packing.orders_tab(), 1, {"棚出し済": True})
    packing.rounds(3)
    copy(packing, 1, 2)
    packing.settle()
    assert at(packing, "A")["本社倉庫"] == (4, 1)
    assert [line["番号"] for line in lines(packing)] == ["1", "2"]
    assert "付け直して" in told(packing, 2)
    packing.put(packing.orders_tab(), 2, {"棚出し済": False})
    packing.rounds(3)
    packing.put(packing.orders_tab(), 2, {"棚出し済": True})
    packing.rounds(3)
    assert at(packing, "A")["本社倉庫"] == (3, 0)


def test_a_line_that_was_deleted_stands_there_again(packing: World) -> None:
    write(packing, 1, "取り置き", "A", 2, 期限="2027-12-24", 場所="渋谷店")
    packing.rounds(4)
    packing.spreadsheet.delete_rows(packing.tab(packing.orders_tab()), 1, 2)
    packing.clock.sleep(130)
    packing.rounds(4)
    row = only(packing)
    assert (row["番号"], row["モール・種類"], row["SKU"], row["数量"]) == ("1", "取り置き", "A", "2")
    assert (row["場所"], row["引当場所"]) == ("渋谷店", "渋谷店 2")
    assert at(packing, "A") == {"本社倉庫": (5, 0), "渋谷店": (2, 2)}


def test_an_old_code_given_to_a_new_product_is_what_a_line_means_by_it(packing: World) -> None:
    packing.rename("A", "A-2")
    packing.put("在庫表", 6, {"SKU": "A", "本社倉庫": 3})
    packing.rounds(3)
    write(packing, 1, "電話", "A", 2)
    packing.rounds(4)
    assert at(packing, "A") == {"本社倉庫": (3, 2)}
    assert at(packing, "A-2") == {"本社倉庫": (5, 0), "渋谷店": (2, 0)}


def test_a_hold_that_ran_out_is_asked_about(packing: World) -> None:
    today, tab = packing.clock.now().date().isoformat(), packing.orders_tab()
    write(packing, 1, "取り置き", "A", 2, 期限=today)
    packing.rounds(4)
    assert "期限" not in packing.open_questions()
    packing.clock.sleep(24 * 3600)
    packing.rounds(2)
    assert "取り置きの期限" in packing.open_questions()
    packing.answer("取り置きの期限", "延長")
    packing.rounds(3)
    assert "取り置きの期限" not in packing.open_questions()
    packing.clock.sleep(9 * 24 * 3600)
    packing.rounds(3)
    packing.answer("取り置きの期限", "解除")
    packing.settle()
    assert at(packing, "A")["本社倉庫"] == (5, 0)
    assert packing.row("A")["販売可能"] == "7"
    assert "取り消しました" in told(packing, tab=tab)
