"""Stock-takes: counts are judged as of the moment the counting began, whatever is sold meanwhile."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest

from bridge.domain.stock import Cause
from bridge.errors import TryAgain
from bridge.sandbox.faults import Fault, Late, Lost, ReplyLost
from tests.support.deaths import dying
from tests.support.transfers import copy, lines, lying, open_anew, told
from tests.support.world import World

HOME = {"本社倉庫": 5, "渋谷店": 2}


def begin(shop: World, place: str = "本社倉庫", row: int = 1, kind: str = "棚卸") -> None:
    shop.put("入出庫", row, {"種類": kind, "から": place})
    shop.rounds(2)
    shop.put("入出庫", row, {"開始": True})
    shop.rounds(4)


def line_of(shop: World, sku: str) -> int:
    return next(n for n, line in enumerate(shop.table("入出庫"), 1) if line["SKU"] == sku)


def count(shop: World, sku: str, units: object) -> None:
    shop.put("入出庫", line_of(shop, sku), {"数量": units})
    shop.settle()


def taken(shop: World) -> int:
    with shop.service.ledger.read() as tx:
        return sum(m.on_hand for _, m in tx.stock.movements() if m.cause is Cause.STOCK_TAKEN)


def test_a_tick_lists_the_skus_of_a_place_and_counts_correct_the_books(shop: World) -> None:
    shop.put("入出庫", 1, {"種類": "棚卸", "から": "本社倉庫"})
    shop.rounds(3)
    assert "数え始めるときに「開始」にチェック" in told(shop)
    assert len(lines(shop)) == 1
    shop.put("入出庫", 1, {"開始": True})
    shop.rounds(4)
    listed = [(line["番号"], line["種類"], line["SKU"], line["から"], line["数量"]) for line in lines(shop)]
    assert listed == [
        ("1", "棚卸", "", "本社倉庫", ""),
        ("2", "棚卸", "A", "本社倉庫", ""),
        ("3", "棚卸", "B", "本社倉庫", ""),
    ]
    assert "本社倉庫の棚卸を始めました" in told(shop)
    assert "数えた数を「数量」に入れてください" in told(shop, 2)
    count(shop, "A", 4)
    count(shop, "B", 9)
    assert (lying(shop, "A"), lying(shop, "B")) == ({"本社倉庫": 4, "渋谷店": 2}, {"本社倉庫": 9})
    assert (shop.row("A")["本社倉庫"], shop.row("B")["本社倉庫"]) == ("4", "9")
    assert (shop.shown("rakuten", "A"), shop.shown("shopify", "B")) == (6, 9)
    assert "A 4個（本社倉庫）。帳簿では5個でした" in told(shop, 2)
    assert not shop.open_questions()
    assert shop.service.reconcile() == []


def test_what_moves_after_the_beginning_is_added_to_the_count(shop: World) -> None:
    begin(shop)
    order = shop.buy("rakuten", "B", 2)
    assert order is not None
    shop.rounds(2)
    shop.sandbox.rakuten.ship(order)
    shop.put("入出庫", 6, {"種類": "入荷", "SKU": "B", "数量": 4, "へ": "本社倉庫", "到着": True})
    shop.settle()
    assert lying(shop, "B") == {"本社倉庫": 9}  # 7 − 2 + 4
    count(shop, "B", 6)
    assert lying(shop, "B") == {"本社倉庫": 8}  # 6 − 2 + 4
    assert "帳簿では7個でした" in told(shop, line_of(shop, "B"))
    assert not shop.open_questions()  # nothing was promised when it began
    assert shop.service.reconcile() == []


def test_the_same_count_changes_nothing(shop: World) -> None:
    begin(shop)
    count(shop, "A", 5)
    assert (lying(shop, "A"), taken(shop)) == (HOME, 0)
    assert "帳簿では5個でした" in told(shop, 2)


def test_a_count_of_nothing_is_one(shop: World) -> None:
    begin(shop)
    count(shop, "A", 0)
    assert lying(shop, "A") == {"渋谷店": 2}


def test_a_count_may_be_mended_as_long_as_the_stock_take_goes_on(shop: World) -> None:
    begin(shop)
    count(shop, "A", 3)
    count(shop, "A", 4)
    assert lying(shop, "A") == {"本社倉庫": 4, "渋谷店": 2}
    count(shop, "A", "")
    assert lying(shop, "A") == {"本社倉庫": 4, "渋谷店": 2}
    shop.put("入出庫", 1, {"開始": False})
    shop.settle()
    assert "棚卸は終わりました" in told(shop)
    count(shop, "A", 1)
    count(shop, "B", 1)
    assert (lying(shop, "A"), lying(shop, "B")) == ({"本社倉庫": 4, "渋谷店": 2}, {"本社倉庫": 7})
    assert "この棚卸は終わっている" in told(shop, 2)
    assert "この棚卸は終わっている" in told(shop, 3)
    shop.put("入出庫", 1, {"開始": True})  # unticked by mistake
    shop.settle()
    assert (lying(shop, "A"), lying(shop, "B")) == ({"本社倉庫": 1, "渋谷店": 2}, {"本社倉庫": 1})


# --- packed units ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("units", "answer", "comes_to"), [(5, "含む", 5), (5, "含まない", 7), (6, "含まない", 7)])
def test_a_count_short_by_what_is_promised_asks_whether_the_packed_ones_are_in_it(
    shop: World, units: int, answer: str, comes_to: int
) -> None:
    assert shop.buy("rakuten", "B", 2) is not None
    shop.settle()
    begin(shop)
    count(shop, "B", units)
    assert lying(shop, "B") == {"本社倉庫": units}
    assert shop.shown("shopify", "B") == units - 2
    assert f"B 本社倉庫は{units}個でした。帳簿では7個で、そのうち2個は受注済み" in shop.open_questions()
    assert "「要対応」で答えてください" in told(shop, line_of(shop, "B"))
    shop.answer("梱包済みの品は", answer)
    shop.settle()
    assert lying(shop, "B") == {"本社倉庫": comes_to}
    assert shop.shown("shopify", "B") == comes_to - 2
    assert not shop.open_questions()
    assert ("梱包済みの" in told(shop, line_of(shop, "B"))) is (answer == "含まない")
    assert shop.service.reconcile() == []


@pytest.mark.parametrize("units", [4, 7, 8])
def test_no_other_count_asks(shop: World, units: int) -> None:
    assert shop.buy("rakuten", "B", 2) is not None
    shop.settle()
    begin(shop)
    count(shop, "B", units)
    assert lying(shop, "B") == {"本社倉庫": units}
    assert not shop.open_questions()


def test_what_was_promised_only_after_the_beginning_explains_nothing(shop: World) -> None:
    begin(shop)
    assert shop.buy("rakuten", "B", 2) is not None
    shop.settle()
    count(shop, "B", 5)
    assert not shop.open_questions()


@pytest.mark.parametrize(
    ("column", "typed", "asked", "comes_to"),
    [("本社倉庫", 7, False, 7), ("本社倉庫", 4, False, 4), ("増減", "+1", True, 8)],
    ids=["what was packed is added", "less is left", "goods come in: the count stands"],
)
def test_a_number_typed_over_a_count_replaces_its_question(
    shop: World, column: str, typed: object, asked: bool, comes_to: int
) -> None:
    assert shop.buy("rakuten", "B", 2) is not None
    shop.settle()
    begin(shop)
    count(shop, "B", 5)
    shop.type("B", column, typed)
    shop.settle()
    assert ("梱包済みの品は" in shop.open_questions()) is asked
    shop.answer("梱包済みの品は", "含まない")
    shop.settle()
    assert lying(shop, "B") == {"本社倉庫": comes_to}
    assert shop.open_questions() == ""


def test_a_mended_count_replaces_its_question(shop: World) -> None:
    assert shop.buy("rakuten", "B", 2) is not None
    shop.settle()
    begin(shop)
    count(shop, "B", 5)
    count(shop, "B", 7)
    assert not shop.open_questions()
    assert lying(shop, "B") == {"本社倉庫": 7}
    count(shop, "B", 6)
    shop.answer("梱包済みの品は", "含まない")
    shop.settle()
    assert lying(shop, "B") == {"本社倉庫": 7}
    count(shop, "B", 4)
    assert lying(shop, "B") == {"本社倉庫": 4}
    assert shop.service.reconcile() == []


# --- lines -----------------------------------------------------------------------------------------------------------

BAD = {
    "no number": ({"数量": "たくさん"}, "「数量」が読めません"),
    "below nothing": ({"数量": "-1"}, "「数量」が読めません"),
    "an unknown product": ({"SKU": "Z", "数量": 1}, "「Z」は在庫表にありません"),
    "nowhere": ({"から": "倉庫", "数量": 1}, "「倉庫」は在庫の列ではありません"),
    "two places": ({"へ": "渋谷店", "数量": 1}, "棚卸の場所は1つです"),
    "another place": ({"から": "渋谷店", "数量": 1}, "渋谷店の棚卸が始まっていません"),
}


@pytest.mark.parametrize(("wrong", "sentence"), BAD.values(), ids=BAD)
def test_a_bad_count_says_what_is_wrong_and_changes_nothing(
    shop: World, wrong: dict[str, object], sentence: str
) -> None:
    begin(shop)
    shop.put("入出庫", 2, wrong)
    shop.settle()
    assert sentence in told(shop, 2)
    assert lying(shop, "A") == HOME
    shop.put("入出庫", 2, {"SKU": "A", "から": "本社倉庫", "へ": "", "数量": "４"})
    shop.settle()
    assert lying(shop, "A") == {"本社倉庫": 4, "渋谷店": 2}


def test_a_line_that_was_counted_stays_that_of_its_product(shop: World) -> None:
    begin(shop)
    count(shop, "A", 4)
    shop.put("入出庫", 2, {"SKU": "B", "数量": 1})
    shop.settle()
    assert (lying(shop, "A"), lying(shop, "B")) == ({"本社倉庫": 4, "渋谷店": 2}, {"本社倉庫": 7})
    assert "A 4個（本社倉庫）。行をこのとおりに戻してください" in told(shop, 2)


def test_people_add_lines_of_their_own(shop: World) -> None:
    """Of what the books don't have at that place; the same product twice is said to be so."""
    begin(shop, "渋谷店")
    shop.put("入出庫", 7, {"種類": "stock-take", "SKU": "A", "から": "渋谷店", "数量": 3})
    shop.settle()
    assert lying(shop, "A") == {"本社倉庫": 5, "渋谷店": 3}
    count(shop, "A", 1)
    assert lying(shop, "A") == {"本社倉庫": 5, "渋谷店": 3}
    assert "もう数えています" in told(shop, line_of(shop, "A"))


def test_a_count_without_a_beginning_is_told_to_begin(shop: World) -> None:
    shop.put("入出庫", 1, {"種類": "棚卸", "SKU": "A", "から": "本社倉庫", "数量": 3})
    shop.settle()
    assert "本社倉庫の棚卸が始まっていません" in told(shop)
    assert lying(shop, "A") == HOME


def test_a_copied_beginning_begins_nothing_until_it_is_ticked_anew(shop: World) -> None:
    begin(shop)
    count(shop, "A", 4)
    copy(shop, 1, 5)
    shop.settle()
    assert len(lines(shop)) == 4
    assert "コピーした行" in told(shop, 5)
    shop.put("入出庫", 5, {"開始": False})
    shop.settle()
    shop.put("入出庫", 5, {"開始": True})
    shop.settle()
    assert len(lines(shop)) == 6
    assert "棚卸は終わりました" in told(shop, 1)
    count(shop, "A", 1)
    assert lying(shop, "A") == {"本社倉庫": 4, "渋谷店": 2}  # its line is one of the former


def test_a_copied_count_is_no_second_one(shop: World) -> None:
    begin(shop)
    count(shop, "A", 4)
    copy(shop, 2, 5)
    shop.settle()
    assert lying(shop, "A") == {"本社倉庫": 4, "渋谷店": 2}
    assert "もう数えています" in told(shop, 5)


def appends(environ: dict[str, Any]) -> bool:
    body = environ["wsgi.input"].read()
    environ["wsgi.input"] = BytesIO(body)
    return b"appendCells" in body


@pytest.mark.parametrize("fault", [ReplyLost(), Late(), Lost()], ids=lambda fault: type(fault).__name__)
def test_lines_whose_reply_was_lost_are_looked_for(shop: World, fault: Fault) -> None:
    shop.put("入出庫", 1, {"種類": "棚卸", "から": "本社倉庫"})
    shop.rounds(3)
    shop.put("入出庫", 1, {"開始": True})
    sheets = shop.sandbox.faults["sheets"]
    sheets.next(fault, appends)
    with pytest.raises(TryAgain):
        shop.rounds(4)
    shop.clock.sleep(30)
    shop.rounds(2)
    sheets.deliver_late()
    shop.clock.sleep(120)
    shop.settle()
    assert [line["SKU"] for line in lines(shop)] == ["", "A", "B"]


def test_a_long_list_comes_in_pieces(shop: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.flows.stocktaking.AT_A_TIME", 1)
    begin(shop)
    shop.settle()
    assert [line["SKU"] for line in lines(shop)] == ["", "A", "B"]


# --- shadow, kills, languages -----------------------------------------------------------------------------------------


def test_a_stock_take_ends_when_everything_is_opened_anew(shop: World) -> None:
    begin(shop)
    open_anew(shop)
    assert "棚卸は終わりました" in told(shop)
    count(shop, "A", 1)
    assert lying(shop, "A") == HOME


def test_a_stock_take_is_over_after_a_week(shop: World) -> None:
    begin(shop)
    shop.clock.sleep(8 * 86_400)
    shop.settle()
    assert "棚卸は終わりました" in told(shop)
    count(shop, "A", 1)
    assert lying(shop, "A") == HOME


def test_a_bridge_that_dies_anywhere_lists_and_counts_once(shop: World) -> None:
    shop.put("入出庫", 1, {"種類": "棚卸", "から": "本社倉庫", "開始": True})
    assert dying(shop, 20) > 5
    shop.clock.sleep(130)
    shop.settle()
    assert [line["SKU"] for line in lines(shop)] == ["", "A", "B"]
    shop.put("入出庫", 2, {"数量": 4})
    assert dying(shop, 20) > 5
    assert (lying(shop, "A"), taken(shop)) == ({"本社倉庫": 4, "渋谷店": 2}, -1)
    assert shop.service.reconcile() == []


@pytest.mark.parametrize("language", ["en"])
def test_everything_is_said_in_english_too(desk: World) -> None:
    assert desk.buy("rakuten", "B", 2) is not None
    desk.settle()
    begin(desk, "Main warehouse", kind="stock-take")
    count(desk, "A", 4)
    count(desk, "B", 5)
    assert "stock-take of Main warehouse begun" in told(desk, 1)
    assert "counted: 4 of A (Main warehouse). The books had 5." in told(desk, 2)
    desk.answer("Are the packed ones", "not included")
    desk.settle()
    assert lying(desk, "B") == {"Main warehouse": 7}
