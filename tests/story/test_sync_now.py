"""今すぐ同期: one touch in 設定 makes every channel read and send at once."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.channel_facts import channel_names
from bridge.errors import Hint, TryAgain
from bridge.sheet.build import build
from tests.support import words
from tests.support.world import World


def line(shop: World, name: str = "") -> tuple[int, dict[str, str]]:
    name = name or words.said("commands", "sync", shop.language)
    return next((at, each) for at, each in enumerate(shop.table("設定"), 1) if each["名前"] == name)


def told(shop: World) -> str:
    return line(shop)[1]["状態"]


def touch(shop: World) -> None:
    """Tap the tick, whatever it shows."""
    at, now = line(shop)
    shop.put("設定", at, {"オン": now["オン"] != "TRUE"})


def guarded(shop: World, count: int) -> None:
    """As the service does it, where a mall may fail."""
    for _ in range(count):
        shop.service.look()
        for each in shop.service.channels:
            shop.service.guarded_round(each)
        shop.clock.sleep(3)


def test_a_touch_reads_every_number_and_says_so(shop: World) -> None:
    assert told(shop).startswith("チェックを付けるか外すと")
    shop.settle()
    shop.sandbox.shopify.set_stock_by_hand(shop.wire("shopify", "B"), 30)
    shop.rounds(2)
    assert shop.shown("shopify", "B") == 30  # what is at rest is read once a minute
    touch(shop)
    shop.rounds(3)
    assert shop.shown("shopify", "B") == 7
    assert told(shop).startswith("✓")
    assert "rakuten" in told(shop)
    assert "1件送信" in told(shop).split("shopify")[1]


def test_every_change_of_the_tick_is_one_run_and_the_bridge_leaves_it_alone(shop: World) -> None:
    before = told(shop)
    for ticked in ("TRUE", "FALSE", "TRUE"):
        touch(shop)
        shop.rounds(3)
        after = told(shop)
        assert after.startswith("✓")
        assert after != before
        assert line(shop)[1]["オン"] == ticked
        shop.clock.sleep(120)
        shop.rounds(3)
        assert told(shop) == after  # one touch is one run
        before = after


def test_it_wakes_every_channel(shop: World) -> None:
    shop.service.look()
    touch(shop)
    for _ in range(3):
        assert not [name for name in ("rakuten", "shopify") if shop.service.wakes[name].due()]
        shop.clock.sleep(3)
        shop.service.look()
        if "残り: rakuten・shopify" in told(shop):
            break
    assert [name for name in ("rakuten", "shopify") if shop.service.wakes[name].due()] == ["rakuten", "shopify"]


def test_a_line_that_was_only_added_asks_for_nothing(shop: World) -> None:
    at, _ = line(shop)
    shop.put("設定", at, {"名前": "今すぐ"})
    shop.rounds(3)
    assert line(shop, "今すぐ")[1]["状態"] == "この操作はありません。今すぐ同期のどれかを書いてください。"
    shop.put("設定", at, {"名前": "sync now"})
    shop.rounds(3)
    assert line(shop, "sync now")[1]["状態"].startswith("チェックを付けるか外すと")


def test_a_run_that_was_asked_for_is_made_after_a_restart(shop: World) -> None:
    touch(shop)
    for _ in range(2):
        shop.service.cycle.run()
        shop.clock.sleep(3)
    shop.service.close()
    shop.start()
    shop.rounds(2)
    assert told(shop).startswith("✓")


@pytest.mark.parametrize(
    ("calls", "says"), [(("orders", "read"), "残り: rakuten shopify"), (("orders",), "注文はまだ読めません")]
)
def test_a_mall_that_does_not_answer_is_named(shop: World, calls: tuple[str, ...], says: str) -> None:
    mall: Any = next(each for each in shop.service.channels if each.name == "rakuten")

    def fails(*_: Any) -> Any:
        raise TryAgain(Hint("返事がありません。", "No answer."), 1.0)

    for call in calls:
        setattr(mall, call, fails)
    touch(shop)
    guarded(shop, 4)
    assert says in told(shop)
    for call in calls:
        delattr(mall, call)
    touch(shop)
    guarded(shop, 4)
    assert told(shop).startswith("✓")
    assert "読めません" not in told(shop)


def test_an_older_spreadsheet_gets_the_line_by_init(shop: World) -> None:
    at, _ = line(shop)
    shop.spreadsheet.delete_rows(shop.tab("設定"), at, at + 1)
    shop.rounds(3)
    assert shop.open_questions() == ""
    for _ in range(2):
        build(shop.service.gateway, "ja", channel_names(shop.config), shop.config.sheet.journal_lines)
    assert [each["種類"] for each in shop.table("設定") if each["名前"] == "今すぐ同期"] == ["操作"]
    touch(shop)
    shop.rounds(3)
    assert told(shop).startswith("✓")


@pytest.mark.parametrize("language", ["en"])
def test_in_english(desk: World) -> None:
    touch(desk)
    desk.rounds(4)
    assert "done: rakuten " in told(desk)
    assert told(desk).endswith("0 sent. For another run change the tick again.")
