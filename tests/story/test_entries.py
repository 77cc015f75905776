"""Lines of 入出庫 that one tick books: goods in, damaged, returned, sold over the counter, samples."""

from __future__ import annotations

import pytest

from bridge.domain.stock import Cause
from tests.support.deaths import dying
from tests.support.meddling import before_the_write, gives_number, row_down
from tests.support.transfers import copy, lines, lying, open_anew, told
from tests.support.world import World

HOME = {"本社倉庫": 5, "渋谷店": 2}


def enter(shop: World, row: int, kind: str, sku: str, units: object, **cells: object) -> None:
    shop.put("入出庫", row, {"種類": kind, "SKU": sku, "数量": units, **cells})


def booked(shop: World, cause: Cause) -> int:
    """Units that moved for a cause, over all places and lines."""
    with shop.service.ledger.read() as tx:
        return sum(m.on_hand for _, m in tx.stock.movements("A") if m.cause is cause)


def test_a_number_that_came_back_beside_another_line_books_nothing_back(shop: World) -> None:
    """It was cleared, and somebody sorts in the moment in which it is written again."""
    enter(shop, 1, "入荷", "A", 3, へ="渋谷店")
    shop.rounds(3)
    shop.put("入出庫", 1, {"到着": True})
    shop.rounds(3)
    enter(shop, 2, "破損", "B", 1)
    shop.put("入出庫", 1, {"番号": ""})
    met = before_the_write(shop, gives_number(shop.tab("入出庫"), "1"), lambda: row_down(shop, "入出庫", 1))
    shop.rounds(8)
    assert met
    assert [(line["SKU"], line["番号"]) for line in lines(shop)[:2]] == [("B", ""), ("A", "1")]
    assert lying(shop, "A") == {"本社倉庫": 5, "渋谷店": 5}
    assert told(shop, 2).startswith("✓")
    assert booked(shop, Cause.RECEIVED) == 3


KINDS = {
    "goods in": ("入荷", {"へ": "渋谷店"}, "到着", {"本社倉庫": 5, "渋谷店": 5}, Cause.RECEIVED, 10),
    "goods in from a supplier": (
        "goods in",
        {"から": "山田商店", "へ": "渋谷店"},
        "到着",
        {"本社倉庫": 5, "渋谷店": 5},
        Cause.RECEIVED,
        10,
    ),
    "a return": ("返品", {}, "到着", {**HOME, "検品待ち": 3}, Cause.BROUGHT_BACK, 7),
    "a return to a shelf": ("return", {"へ": "本社倉庫"}, "到着", {"本社倉庫": 8, "渋谷店": 2}, Cause.BROUGHT_BACK, 10),
    "damaged": ("破損", {"から": "本社倉庫"}, "発送", {"本社倉庫": 2, "渋谷店": 2}, Cause.DAMAGED, 4),
    "sold over the counter": (
        "店頭販売",
        {"から": "本社倉庫"},
        "発送",
        {"本社倉庫": 2, "渋谷店": 2},
        Cause.SOLD_HERE,
        4,
    ),
    "a sample": ("サンプル", {"から": "本社倉庫"}, "発送", {"本社倉庫": 2, "渋谷店": 2}, Cause.SAMPLE, 4),
}


@pytest.mark.parametrize(("kind", "cells", "tick", "comes_to", "cause", "sellable"), KINDS.values(), ids=KINDS)
def test_one_tick_books_a_line_and_taking_it_away_takes_it_back(
    shop: World, kind: str, cells: dict[str, object], tick: str, comes_to: dict[str, int], cause: Cause, sellable: int
) -> None:
    enter(shop, 1, kind, "A", 3, **cells)
    shop.rounds(3)
    assert (lines(shop)[0]["番号"], lying(shop, "A")) == ("1", HOME)
    assert f"済んだら「{tick}」にチェック" in told(shop)
    shop.put("入出庫", 1, {tick: True})
    shop.settle()
    assert lying(shop, "A") == comes_to
    assert told(shop).startswith("✓")
    assert "A 3個" in told(shop)
    assert abs(booked(shop, cause)) == 3
    assert shop.row("A")["販売可能"] == str(sellable)
    assert shop.shown("rakuten", "A") == shop.shown("shopify", "A") == sellable
    shop.put("入出庫", 1, {tick: False})
    shop.settle()
    assert lying(shop, "A") == HOME
    assert booked(shop, cause) == 0
    assert shop.shown("rakuten", "A") == shop.shown("shopify", "A") == 7
    shop.put("入出庫", 1, {"数量": 1, tick: True})
    shop.settle()
    assert abs(booked(shop, cause)) == 1
    assert not shop.open_questions()
    assert shop.service.reconcile() == []


def test_both_kinds_of_lines_share_their_numbers_and_their_stock(shop: World) -> None:
    enter(shop, 1, "破損", "A", 4, から="本社倉庫", 発送=True)
    enter(shop, 2, "移動", "A", 3, から="本社倉庫", へ="渋谷店", 発送=True, 到着=True)
    enter(shop, 3, "入荷", "A", 2, へ="本社倉庫", 到着=True)
    shop.settle()
    assert [line["番号"] for line in lines(shop)] == ["1", "2", "3"]
    assert lying(shop, "A") == {"渋谷店": 5}  # 5 − 4 + 2 − 3
    assert shop.service.reconcile() == []


# --- expected goods --------------------------------------------------------------------------------------------------


def test_expected_goods_move_nothing_until_they_are_there(shop: World) -> None:
    enter(shop, 1, "入荷", "A", 3, へ="本社倉庫", 入荷予定="2999/12/5")
    shop.settle()
    assert "✓ 入荷予定 2999/12/05" in told(shop)
    assert lying(shop, "A") == HOME
    shop.put("入出庫", 1, {"到着": True})
    shop.settle()
    assert lying(shop, "A") == {"本社倉庫": 8, "渋谷店": 2}
    assert "入荷: A 3個 → 本社倉庫" in told(shop)


@pytest.mark.parametrize(
    ("expected", "sentence"),
    [("2020-01-31", "を過ぎています"), ("そのうち", "日付が読めません"), ("2999年2月30日", "日付が読めません")],
)
def test_a_day_that_is_past_or_none_is_said_and_holds_nothing_up(shop: World, expected: str, sentence: str) -> None:
    enter(shop, 1, "入荷", "A", 3, へ="本社倉庫", 入荷予定=expected)
    shop.rounds(3)
    assert sentence in told(shop)
    shop.put("入出庫", 1, {"到着": True})
    shop.settle()
    assert lying(shop, "A") == {"本社倉庫": 8, "渋谷店": 2}


# --- bad lines -------------------------------------------------------------------------------------------------------

BAD = {
    "an unknown product": ({"SKU": "Z"}, "「Z」は在庫表にありません"),
    "no whole number": ({"数量": "1.5"}, "「数量」が読めません"),
    "nothing at all": ({"数量": "0"}, "「数量」が読めません"),
    "more than lie there": ({"数量": "6"}, "本社倉庫のAは5個しかありません"),
    "from nowhere": ({"から": "倉庫"}, "「倉庫」は在庫の列ではありません"),
    "from where": ({"から": ""}, "「から」が空欄です"),
    "a move": ({"へ": "渋谷店"}, "種類を「移動」に"),
    "the other tick": ({"発送": False, "到着": True}, "「破損」は「発送」にチェックすると動きます"),
    "another kind": ({"種類": "廃棄"}, "「種類」が読めません。移動、入荷、"),
    "goods in without a place": ({"種類": "入荷"}, "「へ」が空欄です"),
    "a return from a place": ({"種類": "返品"}, "種類を「移動」に"),
}


@pytest.mark.parametrize(("wrong", "sentence"), BAD.values(), ids=BAD)
def test_a_bad_line_says_what_is_wrong_and_moves_nothing(shop: World, wrong: dict[str, object], sentence: str) -> None:
    enter(shop, 1, "破損", "A", 3, から="本社倉庫", 発送=True)
    shop.put("入出庫", 1, wrong)
    shop.settle()
    assert sentence in told(shop)
    assert lying(shop, "A") == HOME
    shop.put("入出庫", 1, {"種類": "damaged", "SKU": "Ａ", "数量": "３個", "から": "本社倉庫", "へ": "", "到着": False})
    shop.put("入出庫", 1, {"発送": True})
    shop.settle()
    assert lying(shop, "A") == {"本社倉庫": 2, "渋谷店": 2}


@pytest.mark.parametrize("change", [{"数量": 2}, {"SKU": "B"}, {"種類": "サンプル"}, {"種類": "移動"}, {"数量": "?"}])
def test_what_was_booked_stays_in_force_when_the_line_is_changed(shop: World, change: dict[str, object]) -> None:
    enter(shop, 1, "破損", "A", 3, から="本社倉庫", 発送=True)
    shop.settle()
    shop.put("入出庫", 1, change)
    shop.settle()
    assert lying(shop, "A") == {"本社倉庫": 2, "渋谷店": 2}
    assert "計上済みです（破損: A 3個（本社倉庫））" in told(shop)
    shop.put("入出庫", 1, {"発送": False})
    shop.settle()
    assert (lying(shop, "A"), lying(shop, "B")) == (HOME, {"本社倉庫": 7})


def test_goods_are_taken_back_that_were_sold_meanwhile(shop: World) -> None:
    """They never came: what is less is booked at once, and shown."""
    enter(shop, 1, "入荷", "A", 3, へ="本社倉庫", 到着=True)
    shop.settle()
    assert shop.buy("rakuten", "A", 9) is not None
    shop.settle()
    shop.put("入出庫", 1, {"到着": False})
    shop.settle()
    assert lying(shop, "A") == HOME
    assert (shop.row("A")["引当"], shop.row("A")["販売可能"]) == ("9", "-2")
    assert shop.shown("shopify", "A") == 0
    assert shop.service.reconcile() == []


@pytest.mark.parametrize("language", ["en"])
def test_everything_is_said_in_english_too(desk: World) -> None:
    enter(desk, 1, "goods in", "A", 3, へ="Main warehouse", 到着=True)
    enter(desk, 2, "counter sale", "A", 99, から="Shibuya shop", 発送=True)
    enter(desk, 3, "sample", "A", 1, から="Shibuya shop")
    desk.settle()
    assert told(desk, 1).endswith("goods in: 3 of A → Main warehouse")
    assert "There are only 2 of A at Shibuya shop" in told(desk, 2)
    assert told(desk, 3) == "✓ Read (sample: 1 of A (Shibuya shop)). Tick Sent when it is done."


# --- what people, the network and a dying process do ------------------------------------------------------------------


def test_a_copied_line_is_a_new_one_and_its_tick_counts_when_it_is_set_anew(shop: World) -> None:
    enter(shop, 1, "入荷", "A", 3, へ="本社倉庫", 到着=True)
    shop.settle()
    copy(shop, 1, 2)
    shop.settle()
    assert [line["番号"] for line in lines(shop)] == ["1", "2"]
    assert lying(shop, "A") == {"本社倉庫": 8, "渋谷店": 2}
    assert "コピーした行" in told(shop, 2)
    shop.put("入出庫", 2, {"到着": False})
    shop.settle()
    assert lying(shop, "A") == {"本社倉庫": 8, "渋谷店": 2}
    shop.put("入出庫", 2, {"到着": True})
    shop.settle()
    assert lying(shop, "A") == {"本社倉庫": 11, "渋谷店": 2}


def test_a_booked_line_that_lost_its_number_gets_it_back(shop: World) -> None:
    enter(shop, 1, "入荷", "A", 3, へ="本社倉庫", 到着=True)
    shop.settle()
    shop.put("入出庫", 1, {"番号": ""})
    shop.settle()
    assert lines(shop)[0]["番号"] == "1"
    assert lying(shop, "A") == {"本社倉庫": 8, "渋谷店": 2}


def test_a_booked_line_that_is_deleted_stays_booked(shop: World) -> None:
    enter(shop, 1, "入荷", "A", 3, へ="本社倉庫", 到着=True)
    shop.settle()
    deleted = shop.spreadsheet.delete_rows(shop.tab("入出庫"), 1, 2)
    shop.settle()
    assert lying(shop, "A") == {"本社倉庫": 8, "渋谷店": 2}
    shop.spreadsheet.undo(deleted)
    shop.settle()
    assert lying(shop, "A") == {"本社倉庫": 8, "渋谷店": 2}
    assert not shop.open_questions()


def test_what_is_ticked_and_unticked_in_shadow_counts_when_it_is_done_anew(shop: World) -> None:
    enter(shop, 1, "入荷", "A", 3, へ="本社倉庫", 到着=True)
    shop.settle()
    shop.set("bridge", False)
    shop.rounds(3)
    shop.put("入出庫", 1, {"到着": False})
    enter(shop, 2, "入荷", "A", 1, へ="本社倉庫", 到着=True)
    shop.rounds(3)
    open_anew(shop)
    assert lying(shop, "A") == {"本社倉庫": 8, "渋谷店": 2}
    assert "bridgeが見ていない間に" in told(shop, 1)
    assert "本番になる前に付けたチェック" in told(shop, 2)
    for tick in (True, False):
        shop.put("入出庫", 1, {"到着": tick})
        shop.settle()
    assert lying(shop, "A") == HOME
    assert shop.service.reconcile() == []


def test_what_was_booked_is_taken_back_under_a_new_code(shop: World) -> None:
    enter(shop, 1, "入荷", "A", 3, へ="本社倉庫", 到着=True)
    shop.settle()
    shop.rename("A", "A-2")
    assert told(shop).startswith("✓")
    shop.put("入出庫", 1, {"到着": False})
    shop.settle()
    assert lying(shop, "A-2") == HOME
    assert shop.service.reconcile() == []


def test_an_older_spreadsheet_knows_these_kinds_without_the_new_columns(shop: World) -> None:
    shop.built_before("入出庫", "構成", "入荷予定", "開始")
    enter(shop, 1, "入荷", "A", 3, へ="本社倉庫", 到着=True)
    enter(shop, 2, "組立", "A", 1, から="本社倉庫", 到着=True)
    shop.settle()
    assert lying(shop, "A") == {"本社倉庫": 8, "渋谷店": 2}
    assert "「構成」の列がありません" in told(shop, 2)
    assert not shop.open_questions()


def test_a_bridge_that_dies_anywhere_books_a_line_once_and_takes_it_back_once(shop: World) -> None:
    enter(shop, 1, "入荷", "A", 3, へ="本社倉庫", 到着=True)
    assert dying(shop, 25) > 5
    assert lying(shop, "A") == {"本社倉庫": 8, "渋谷店": 2}
    shop.put("入出庫", 1, {"到着": False})
    assert dying(shop, 25) > 5
    assert (lying(shop, "A"), len(lines(shop))) == (HOME, 1)
    assert shop.row("A")["本社倉庫"] == "5"
    assert shop.service.reconcile() == []
