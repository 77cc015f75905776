"""Transfers: a line of 入出庫 takes units to another place; in transit they are sold nowhere, and never shown twice."""

from __future__ import annotations

import pytest

from bridge.domain.stock import Cause
from bridge.domain.transfers import IN_TRANSIT
from tests.support.transfers import lines, lying, send, told, write
from tests.support.world import World


def test_units_are_in_transit_from_the_departure_to_the_arrival(shop: World) -> None:
    write(shop, 1, "A", 3, "本社倉庫", "渋谷店")
    shop.rounds(3)
    assert lines(shop)[0]["番号"] == "1"
    assert "「発送」にチェック" in told(shop)
    assert shop.shown("rakuten", "A") == 7
    shop.put("入出庫", 1, {"発送": True})
    shop.settle()
    row = shop.row("A")
    assert (row["本社倉庫"], row["渋谷店"], row["輸送中"], row["販売可能"]) == ("2", "2", "3", "4")
    assert shop.shown("rakuten", "A") == shop.shown("shopify", "A") == 4
    assert "輸送中です" in told(shop)
    shop.put("入出庫", 1, {"到着": True})
    shop.settle()
    row = shop.row("A")
    assert (row["本社倉庫"], row["渋谷店"], row["輸送中"], row["販売可能"]) == ("2", "5", "", "7")
    assert shop.shown("rakuten", "A") == shop.shown("shopify", "A") == 7
    assert "到着: A 3個 本社倉庫→渋谷店" in told(shop)
    assert not shop.open_questions()
    assert shop.service.reconcile() == []


def test_both_ticks_at_once_move_it_through(shop: World) -> None:
    write(shop, 1, "A", 3, "本社倉庫", "渋谷店", 発送=True, 到着=True)
    shop.settle()
    assert lying(shop, "A") == {"本社倉庫": 2, "渋谷店": 5}
    assert shop.shown("rakuten", "A") == 7
    with shop.service.ledger.read() as tx:
        causes = [m.cause for _, m in tx.stock.movements("A") if m.ref == "move 1"]
    assert causes == [Cause.SENT, Cause.SENT, Cause.ARRIVED, Cause.ARRIVED]


def test_nothing_moves_by_a_tick_that_one_poll_has_seen(shop: World) -> None:
    write(shop, 1, "A", 3, "本社倉庫", "渋谷店")
    shop.rounds(2)
    shop.put("入出庫", 1, {"発送": True})
    shop.service.cycle.run()
    assert lying(shop, "A") == {"本社倉庫": 5, "渋谷店": 2}
    shop.put("入出庫", 1, {"発送": False})
    shop.settle()
    assert lying(shop, "A") == {"本社倉庫": 5, "渋谷店": 2}


def test_what_is_on_its_way_is_sold_nowhere_and_orders_go_on(shop: World) -> None:
    send(shop, 5)
    order = shop.buy("rakuten", "A", 2)
    assert order is not None
    shop.rounds(2)
    assert shop.shown("shopify", "A") == 0
    assert "多く注文" not in shop.open_questions()
    shop.put("入出庫", 1, {"到着": True})
    shop.settle()
    assert shop.shown("shopify", "A") == 5
    assert shop.service.reconcile() == []


def test_a_departure_is_undone_by_taking_its_tick_away(shop: World) -> None:
    send(shop)
    shop.put("入出庫", 1, {"発送": False})
    shop.settle()
    assert lying(shop, "A") == {"本社倉庫": 5, "渋谷店": 2}
    assert (shop.row("A")["本社倉庫"], shop.row("A")["輸送中"]) == ("5", "")
    assert "「発送」にチェック" in told(shop)
    shop.put("入出庫", 1, {"数量": 1, "発送": True})
    shop.settle()
    assert lying(shop, "A") == {"本社倉庫": 4, "渋谷店": 2, IN_TRANSIT: 1}


def test_an_arrival_is_undone_only_by_a_move_back(shop: World) -> None:
    write(shop, 1, "A", 3, "本社倉庫", "渋谷店", 発送=True, 到着=True)
    shop.settle()
    shop.put("入出庫", 1, {"発送": False, "到着": False})
    shop.settle()
    assert lying(shop, "A") == {"本社倉庫": 2, "渋谷店": 5}
    assert "逆向きの移動を新しい行に" in told(shop)
    write(shop, 2, "A", 3, "渋谷店", "本社倉庫", 発送=True, 到着=True)
    shop.settle()
    assert lying(shop, "A") == {"本社倉庫": 5, "渋谷店": 2}


@pytest.mark.parametrize(
    "change", [{"数量": 2}, {"SKU": "B"}, {"へ": "検品待ち"}, {"から": "渋谷店"}, {"数量": "たくさん"}]
)
def test_what_was_sent_stays_in_force_when_the_line_is_changed(shop: World, change: dict[str, object]) -> None:
    send(shop)
    shop.put("入出庫", 1, {**change, "到着": True})
    shop.settle()
    assert lying(shop, "A") == {"本社倉庫": 2, "渋谷店": 2, IN_TRANSIT: 3}
    assert "発送済みです: A 3個 本社倉庫→渋谷店" in told(shop)
    write(shop, 1, "A", 3, "本社倉庫", "渋谷店")
    shop.settle()
    assert lying(shop, "A") == {"本社倉庫": 2, "渋谷店": 5}


BAD = {
    "another kind": ({"種類": "廃棄"}, "「種類」が読めません"),
    "an unknown product": ({"SKU": "Z"}, "「Z」は在庫表にありません"),
    "no whole number": ({"数量": "1.5"}, "「数量」が読めません"),
    "nothing at all": ({"数量": "0"}, "「数量」が読めません"),
    "a word": ({"数量": "三つ"}, "「数量」が読めません"),
    "more than lie there": ({"数量": "6"}, "本社倉庫のAは5個しかありません"),
    "from nowhere": ({"から": "倉庫"}, "「倉庫」は在庫の列ではありません。本社倉庫、渋谷店、検品待ちのどれか"),
    "to nowhere": ({"へ": "FBA"}, "「FBA」は在庫の列ではありません"),
    "to where it is": ({"へ": "本社倉庫"}, "「から」と「へ」が同じです"),
    "into transit itself": ({"へ": "輸送中"}, "「輸送中」は在庫の列ではありません"),
}


@pytest.mark.parametrize(("wrong", "sentence"), BAD.values(), ids=BAD)
def test_a_bad_line_says_what_is_wrong_and_moves_nothing(shop: World, wrong: dict[str, object], sentence: str) -> None:
    write(shop, 1, "A", 3, "本社倉庫", "渋谷店", 発送=True)
    shop.put("入出庫", 1, wrong)
    shop.settle()
    assert sentence in told(shop)
    assert lying(shop, "A") == {"本社倉庫": 5, "渋谷店": 2}
    shop.put("入出庫", 1, {"種類": "move", "SKU": "A", "数量": "３個", "から": "本社倉庫", "へ": "渋谷店"})
    shop.settle()
    assert lying(shop, "A") == {"本社倉庫": 2, "渋谷店": 2, IN_TRANSIT: 3}


def test_a_half_written_line_is_left_in_peace_until_it_is_ticked(shop: World) -> None:
    shop.put("入出庫", 1, {"SKU": "A", "数量": 3})
    shop.rounds(3)
    assert (told(shop), lines(shop)[0]["番号"]) == ("", "")
    shop.put("入出庫", 1, {"発送": True})
    shop.rounds(2)
    assert told(shop) == "「種類」、「から」、「へ」が空欄です。書き込むまで動かしません。"
    shop.put("入出庫", 1, {"種類": "移動", "から": "本社倉庫", "へ": "渋谷店"})
    shop.settle()
    assert lying(shop, "A")[IN_TRANSIT] == 3


def test_more_than_there_is_moves_as_soon_as_the_number_is_mended(shop: World) -> None:
    write(shop, 1, "A", 8, "本社倉庫", "渋谷店", 発送=True)
    shop.settle()
    assert IN_TRANSIT not in lying(shop, "A")
    shop.type("A", "本社倉庫", 9)
    shop.settle()
    assert lying(shop, "A") == {"本社倉庫": 1, "渋谷店": 2, IN_TRANSIT: 8}


def test_two_lines_never_send_the_same_unit(shop: World) -> None:
    for row in (1, 2):
        write(shop, row, "A", 3, "本社倉庫", "渋谷店", 発送=True)
    shop.settle()
    assert lying(shop, "A") == {"本社倉庫": 2, "渋谷店": 2, IN_TRANSIT: 3}
    assert "輸送中です" in told(shop, 1)
    assert "2個しかありません" in told(shop, 2)


def test_a_cell_never_filled_holds_what_arrives(shop: World) -> None:
    assert shop.row("A")["検品待ち"] == ""
    write(shop, 1, "A", 2, "本社倉庫", "検品待ち", 発送=True, 到着=True)
    shop.settle()
    row = shop.row("A")
    assert (row["本社倉庫"], row["検品待ち"], row["販売可能"]) == ("3", "2", "5")
    assert not shop.open_questions()
    assert shop.service.reconcile() == []


def test_a_column_of_ones_own_that_is_not_ticked_does_not_sell(shop: World) -> None:
    """不良: named in 設定, its tick unset."""
    at = shop.column("在庫表", "検品待ち")
    area = {"sheetId": shop.tab("在庫表"), "dimension": "COLUMNS", "startIndex": at, "endIndex": at + 1}
    shop.spreadsheet.apply([{"insertDimension": {"range": area, "inheritFromBefore": False}}])
    shop.spreadsheet.type(shop.tab("在庫表"), 0, at, "不良")
    row = 1 + max(n for n, line in enumerate(shop.table("設定"), 1) if line["名前"])
    shop.put("設定", row, {"種類": "場所", "名前": "不良", "オン": False})
    shop.rounds(2)
    write(shop, 1, "A", 2, "本社倉庫", "不良", 発送=True, 到着=True)
    shop.settle()
    row_of_a = shop.row("A")
    assert (row_of_a["本社倉庫"], row_of_a["不良"], row_of_a["販売可能"]) == ("3", "2", "5")
    assert shop.shown("rakuten", "A") == shop.shown("shopify", "A") == 5
