"""設定 as staff can spoil it: cleared ticks, missing lines, renamed places."""

from __future__ import annotations

import pytest

from tests.support.world import World


def spoil(shop: World, name: str, header: str, value: str) -> None:
    for number, line in enumerate(shop.table("設定"), 1):
        if line["名前"] == name:
            shop.spreadsheet.type(shop.tab("設定"), number, shop.column("設定", header), value)


@pytest.mark.parametrize("value", ["", "はい", "1"])
@pytest.mark.parametrize("name", ["bridge", "rakuten", "本社倉庫"])
def test_a_tick_that_is_none_changes_nothing(shop: World, name: str, value: str) -> None:
    spoil(shop, name, "オン", value)
    shop.rounds(3)
    shop.buy("shopify", "A", 3)
    shop.rounds(3)
    assert shop.shown("rakuten", "A") == 4
    assert shop.row("A")["引当"] == "3"


@pytest.mark.parametrize("header", ["名前", "種類"])
def test_a_place_whose_line_is_spoilt_goes_on(shop: World, header: str) -> None:
    for name in ("本社倉庫", "渋谷店"):
        spoil(shop, name, header, "")
    shop.rounds(2)
    shop.buy("shopify", "A", 3)
    shop.type("B", "本社倉庫", 4)
    shop.rounds(3)
    assert shop.shown("rakuten", "A") == 4
    assert shop.shown("rakuten", "B") == 4
    assert shop.row("A")["販売可能"] == "4"


def test_all_place_lines_gone_and_a_cleared_lock_cell(shop: World) -> None:
    for name in ("本社倉庫", "渋谷店", "検品待ち"):
        spoil(shop, name, "名前", "")
    order = shop.buy("rakuten", "A", 1)
    shop.rounds(2)
    shop.sandbox.rakuten.ship(order)
    shop.type("A", "ロック", "")
    shop.rounds(3)
    for number, name in enumerate(("本社倉庫", "渋谷店", "検品待ち")):
        rows = [i for i, line in enumerate(shop.table("設定"), 1) if line["種類"] == "場所"]
        shop.put("設定", rows[number], {"名前": name})
    shop.settle()
    assert shop.row("A")["本社倉庫"] == "4"
    assert shop.shown("shopify", "A") == 6


def test_unticking_every_place_sells_nothing_more(shop: World) -> None:
    for name in ("本社倉庫", "渋谷店"):
        shop.set(name, False)
    shop.rounds(4)
    assert shop.shown("rakuten", "A") == shop.shown("shopify", "A") == 0


def test_a_place_added_later(shop: World) -> None:
    shop.rounds(1)
    last = len(shop.table("設定"))
    column = len(shop.spreadsheet.table(shop.tab("在庫表"))[0])
    shop.put("設定", last + 1, {"種類": "場所", "名前": "新倉庫", "オン": True})
    shop.rounds(2)
    assert "見出し「新倉庫」がありません" in shop.open_questions()
    shop.spreadsheet.apply([{"appendDimension": {"sheetId": shop.tab("在庫表"), "dimension": "COLUMNS", "length": 1}}])
    shop.spreadsheet.type(shop.tab("在庫表"), 0, column, "新倉庫")
    shop.rounds(2)
    shop.type("A", "新倉庫", 4)
    order = shop.buy("rakuten", "A", 1)
    shop.rounds(2)
    shop.sandbox.rakuten.ship(order)
    shop.settle()
    row = shop.row("A")
    assert (row["本社倉庫"], row["新倉庫"], row["販売可能"]) == ("4", "4", "10")
    assert shop.open_questions() == ""


def test_a_place_renamed_while_its_stock_is_promised_oversells_nothing(shop: World) -> None:
    shop.buy("rakuten", "A", 2)  # promised at 本社倉庫
    shop.rounds(2)
    spoil(shop, "本社倉庫", "名前", "本社")
    shop.spreadsheet.type(shop.tab("在庫表"), 0, shop.column("在庫表", "本社倉庫"), "本社")
    shop.settle()
    assert shop.shown("shopify", "A") <= 5
    assert "見出し「本社倉庫」がありません" in shop.open_questions()


def send_back(shop: World, units: int) -> None:
    """An order of A is shipped, cancelled, and its goods come back."""
    shop.hears("rakuten", "A", order="back", version="1", open=0, shipped=units)
    shop.hears("rakuten", "A", order="back", version="2", open=0, shipped=0)
    shop.rounds(2)
    shop.answer("戻ってきましたか", "戻った")
    shop.settle()


@pytest.mark.parametrize("lost", ["検品待ち", "渋谷店と検品待ち"])
def test_returned_goods_never_go_to_a_place_that_sells_because_theirs_lost_its_line(shop: World, lost: str) -> None:
    shop.type("A", "検品待ち", 0)
    shop.rounds(2)
    for name in lost.split("と"):
        spoil(shop, name, "名前", "")
    shop.rounds(2)
    send_back(shop, 2)
    assert shop.balance("A") == {"本社倉庫": 3, "渋谷店": 2, "検品待ち": 2}
    assert shop.shown("shopify", "A") == 5
    assert shop.row("A")["検品待ち"] == "2"
    assert shop.service.reconcile() == []


def test_returned_goods_whose_place_has_lost_line_and_column_ask_for_it(shop: World) -> None:
    line = next(number for number, line in enumerate(shop.table("設定"), 1) if line["名前"] == "検品待ち")
    spoil(shop, "検品待ち", "名前", "")
    column = shop.column("在庫表", "検品待ち")
    area = {"sheetId": shop.tab("在庫表"), "dimension": "COLUMNS", "startIndex": column, "endIndex": column + 1}
    shop.spreadsheet.apply([{"deleteDimension": {"range": area}}])
    shop.rounds(2)
    assert shop.open_questions() == ""  # nothing lies there: nobody misses it
    send_back(shop, 2)
    assert "見出し「検品待ち」がありません" in shop.open_questions()
    assert shop.shown("shopify", "A") == 5
    shop.spreadsheet.apply([{"insertDimension": {"range": area}}])
    shop.spreadsheet.type(shop.tab("在庫表"), 0, column, "検品待ち")
    shop.put("設定", line, {"名前": "検品待ち"})
    shop.settle()
    assert shop.open_questions() == ""
