"""What the sandbox's page makes of what it is told, before any browser."""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bridge.sandbox.page import words
from bridge.sandbox.page.shops import Change, Shop, lowered, spread
from bridge.sandbox.page.story import Event, Story, of_changes, of_history, of_stock
from bridge.sandbox.page.tab import Tab, tab_of, update

NOON = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
WORDS = tomllib.loads((Path(words.__file__).parent / "words.toml").read_text(encoding="utf-8"))


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def change(mall: str, seconds: float, old: int, new: int, cause: str, sku: str = "A") -> Change:
    return Change(mall, at(seconds), sku, old, new, cause)


def screen(*rows: list[str], headers: tuple[str, ...] = ("商品名", "SKU", "ロック", "状態")) -> Tab:
    texts = [[*headers, "✓ bridgeは動いています"], *([*row, ""] for row in rows)]
    lines = [
        {"row": n, "texts": row, "colours": {}, "ticks": [], "lists": {}, "notes": {}} for n, row in enumerate(texts)
    ]
    return tab_of({"tab": 1, "frozen": 1, "widths": [100] * len(texts[0]), "warned": [2], "lists": [], "lines": lines})


@pytest.mark.parametrize("section", ["say", "names", "faults"])
def test_everything_is_said_in_both_languages_with_the_same_blanks(section: str) -> None:
    for code, said in WORDS[section].items():
        assert re.findall(r"\{\w+\}", said["ja"]) or not re.findall(r"\{\w+\}", said["en"]), code
        assert sorted(re.findall(r"\{\w+\}", said["ja"])) == sorted(re.findall(r"\{\w+\}", said["en"])), code


@pytest.mark.parametrize("kind", list(WORDS["faults"]))
def test_a_fault_is_known_by_its_dial(kind: str) -> None:
    whole = {"delay": 0.0, "too_many": 0.0, "server_error": 0.0, "lost": 0.0, "reply_lost": 0.0}
    assert words.fault_kind({**whole, **words.fault_dial(kind)}) == kind
    assert words.fault_kind({**whole, "lost": 0.123}) is None


def test_the_banner_is_no_column_and_the_key_tells_rows_apart() -> None:
    tab = screen(["緑茶", "A", "✓ 1", ""], ["緑茶", "A", "✓ 2", ""], ["羊羹", "B", "✓ 3", ""])
    assert tab.banner == "✓ bridgeは動いています"
    assert tab.shown == [0, 1, 2, 3]
    assert [row["id"] for row in tab.rows] == ["A#1", "A#2", "B#1"]
    assert tab.text(tab.rows[2], "product") == "羊羹"


def test_only_changed_rows_are_sent_and_all_of_them_where_one_moved() -> None:
    before = screen(["緑茶", "A", "✓ 1", ""], ["羊羹", "B", "✓ 2", ""])
    written = update(before.rows, screen(["緑茶", "A", "🔒 3", ""], ["羊羹", "B", "✓ 2", ""]).rows)
    assert (written.anew, [row["id"] for row in written.changed]) == (None, ["A#1"])
    moved = update(before.rows, screen(["羊羹", "B", "✓ 2", ""], ["緑茶", "A", "✓ 1", ""]).rows)
    assert moved.anew is not None
    assert [row["id"] for row in moved.anew] == ["B#1", "A#1"]


def test_locks_and_answers_are_told() -> None:
    before, after = screen(["緑茶", "A", "✓ 1", ""]), screen(["緑茶", "A", "🔒 2", "✓10:31 12個 → 2/2"])
    told = [event.text("ja") for event in of_stock(NOON, before, after)]
    assert told == ["行を更新中 🔒 2", "返事: ✓10:31 12個 → 2/2"]


def test_new_rows_of_the_history_are_told_once() -> None:
    headers = ("番号", "SKU", "場所", "増減", "在庫数", "内容")
    one, two = ["1", "A", "渋谷店", "-1", "4", "出荷"], ["2", "B", "本社倉庫", "3", "9", "在庫表で入力"]
    before, after = screen(one, headers=headers), screen(one, two, headers=headers)
    (event,) = of_history(NOON, before, after)
    assert (event.sku, event.text("en")) == ("B", "本社倉庫 3 (→ 9) 在庫表で入力")


def test_a_push_says_what_came_just_before_it() -> None:
    story = Story()
    story.tell(of_changes([change("rakuten", 0, 5, 4, "order"), change("shopify", 2.5, 5, 4, "push")]))
    story.tell(of_changes([change("shopify", 90, 4, 3, "push"), change("shopify", 3, 9, 8, "push", "B")]))
    late, other, push, sale = story.newest(10)
    assert push.why("ja") == "直前: 楽天市場で 1個 売れた（5 → 4）（2.5秒前）"
    assert (late.why("ja"), other.why("ja"), sale.why("ja")) == ("", "", "")
    assert [event.sku for event in story.newest(10, "B")] == ["B"]


def test_what_was_done_to_a_server_is_told_in_the_readers_language() -> None:
    event = Event(NOON, "you", "", "e_fault", {"fault": "down"}, "sheets")
    assert event.text("ja") == "Google スプレッドシートの調子を「停止（いつも故障）」にした"
    assert event.text("en") == "made Google Sheets: down (fails each time)"


def test_numbers_follow_the_malls_own_record() -> None:
    shop = Shop("rakuten")
    shop.take_stock([{"listing": ["a", "b"], "sku": "A", "quantity": 4}])
    entries = [
        {"listing": ["a", "b"], "at": at(0).isoformat(), "old": 0, "new": 5, "cause": "opening"},
        {"listing": ["a", "b"], "at": at(1).isoformat(), "old": 5, "new": 4, "cause": "order"},
    ]
    (news,) = shop.take_history(entries)
    assert (news.cause, shop.numbers, shop.read) == ("order", {("a", "b"): 4}, 2)
    assert shop.last_changed(3) == ["A"]


def test_from_a_sale_to_the_first_lower_number_elsewhere() -> None:
    rakuten, shopify, empty = Shop("rakuten", delay=3.0), Shop("shopify", delay=3.0), Shop("amazon", delay=3.0)
    rakuten.changes = [change("rakuten", 0, 5, 4, "order")]
    shopify.changes = [
        change("shopify", 1, 6, 5, "push"),  # before the feed showed the sale: it was for something else
        change("shopify", 4, 5, 6, "push"),
        change("shopify", 7, 6, 4, "push"),
    ]
    empty.changes = [change("amazon", -5, 1, 0, "order")]  # nothing left to lower
    found = {(each.sold, each.lowered): each.seconds for each in lowered([rakuten, shopify, empty])}
    assert found == {("rakuten", "shopify"): 7.0, ("amazon", "shopify"): 6.0}
    assert spread([3.0, 1.0, 2.0]) == (2.0, 3.0)
