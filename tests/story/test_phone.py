"""On a phone a sheet shows neither notes nor menus: whatever is entered wrongly, the sentence that says so, and what to
type, stands in a cell of that very line."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.support.transfers import write
from tests.support.world import World


@dataclass(frozen=True)
class Slip:
    """A wrong entry: the tab, its line (the header is 0), the header and the text; what the answer must name."""

    tab: str
    line: int
    header: str
    text: str
    names: tuple[str, ...]
    answer: str = "状態"


SLIPS = (
    Slip("在庫表", 1, "本社倉庫", "たくさん", ("本社倉庫", "数だけを入れて")),
    Slip("在庫表", 1, "渋谷店", "-2", ("渋谷店", "0以上の数")),
    Slip("在庫表", 1, "安全在庫", "少し", ("安全在庫", "0以上の整数")),
    Slip("在庫表", 1, "停止", "やめる", ("販売停止", "連携停止", "販売中", "廃番")),
    Slip("在庫表", 1, "SKU", "A-2", ("「A」から変わりました", "「要対応」で答えて")),
    Slip("出品", 1, "チャネル", "メルカリ", ("rakuten", "shopify")),
    Slip("出品", 1, "出品ID", "", ("「出品ID」が空欄です",)),
    Slip("出品", 1, "SKU構成", "A××", ("A×3+B×1",)),
    Slip("出品", 1, "配分%", "半分", ("配分%", "0〜100の整数か「なし」")),
    Slip("出品", 1, "停止", "やめる", ("販売停止", "連携停止", "再開")),
    Slip("設定", 3, "種類", "倉庫", ("「種類」", "チャネル、場所")),
    Slip("設定", 3, "上限", "多め", ("上限", "0以上の整数か「なし」")),
    Slip("設定", 3, "停止", "やめる", ("販売停止", "連携停止", "再開")),
    Slip("入出庫", 1, "種類", "送る", ("移動",)),
    Slip("入出庫", 1, "SKU", "Z", ("「Z」は在庫表にありません",)),
    Slip("入出庫", 1, "数量", "二三個", ("数量", "1以上の整数")),
    Slip("入出庫", 1, "から", "倉庫", ("倉庫", "本社倉庫、渋谷店")),
    Slip("入出庫", 1, "へ", "店", ("店", "渋谷店")),
    Slip("要対応", 3, "回答", "うーん", ("答えが読めません",), "結果"),
)


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: f"{slip.tab} {slip.header}")
def test_a_wrong_entry_is_answered_in_its_own_line(shop: World, slip: Slip) -> None:
    if slip.tab == "入出庫":
        write(shop, 1, "A", 2, "本社倉庫", "渋谷店")
    if slip.tab == "要対応":
        shop.type("A", "SKU", "A-2")
    shop.rounds(3)
    before = shop.table(slip.tab)[slip.line - 1]
    shop.put(slip.tab, slip.line, {slip.header: slip.text})
    shop.rounds(3)
    answer = shop.table(slip.tab)[slip.line - 1][slip.answer]
    assert answer != before[slip.answer]
    for name in slip.names:
        assert name in answer


def test_what_may_be_answered_stands_beside_the_question(shop: World) -> None:
    shop.type("A", "SKU", "A-2")
    shop.rounds(3)
    (line,) = [line for line in shop.table("要対応") if line["内容"] and not line["結果"]]
    assert line["答え方"] == "改名 / 廃番 / 戻す"


def test_an_accepted_entry_is_answered_in_its_own_line_too(shop: World) -> None:
    """With the time, the number and how many of the malls show it."""
    shop.type("A", "本社倉庫", 12)
    shop.settle()
    state = shop.row("A")["状態"]
    assert state.startswith("✓")
    assert "本社倉庫12個" in state
    assert "2/2" in state


@pytest.mark.parametrize("mall", ["rakuten", "shopify"])
def test_a_new_listing_without_its_id_waits_for_it(shop: World, mall: str) -> None:
    free = len([row for row in shop.table("出品") if row["チャネル"]]) + 1
    shop.put("出品", free, {"チャネル": mall, "SKU構成": "A"})
    shop.rounds(6)
    assert "「出品ID」が空欄です" in shop.table("出品")[free - 1]["状態"]
    assert shop.open_questions() == ""
    with shop.service.ledger.read() as tx:
        assert all(key.id for key in tx.listings.all())


def test_a_line_of_an_unknown_kind_in_the_settings_is_answered_until_it_can_be_read(shop: World) -> None:
    free = len([row for row in shop.table("設定") if row["種類"]]) + 1
    shop.put("設定", free, {"種類": "倉庫", "名前": "渋谷店"})
    shop.rounds(3)
    assert "全体、チャネル、場所" in shop.table("設定")[free - 1]["状態"]
    shop.put("設定", free, {"種類": "", "名前": ""})
    shop.rounds(3)
    assert shop.open_questions() == ""


@pytest.mark.parametrize("language", ["en"])
def test_what_is_still_blank_is_named_in_english(desk: World) -> None:
    desk.put("Moves", 1, {"Kind": "goods in", "SKU": "A", "Arrived": True})
    desk.rounds(4)
    state = desk.table("Moves")[0]["State"]
    assert "Still blank" in state
    assert not {"「", "、"} & set(state)
