"""設定 tells of each channel what would be sent, raises and cuts, before it goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.flows.preview import Preview, preview
from tests.support.world import World


def told(shop: World, name: str = "shopify") -> str:
    return next(each["状態"] for each in shop.table("設定") if each["名前"] == name)


def minutes(shop: World, count: int = 1) -> None:
    for _ in range(count):
        shop.clock.sleep(61)
        shop.rounds(2)


def previewed(shop: World, name: str = "shopify") -> Preview:
    with shop.service.ledger.read() as tx:
        return preview(tx, name)


def test_before_going_live_the_line_tells_what_would_be_sent(tmp_path: Path) -> None:
    shop = World(tmp_path / "ledger.sqlite")
    shop.rounds(3)
    minutes(shop)
    assert (
        told(shop)
        == "影（見るだけ）です。「オン」にチェックすると本番になります。 本番にしても、いま送る数はありません。"
    )
    shop.sandbox.shopify.set_stock_by_hand(shop.wire("shopify", "A"), 4)
    shop.sandbox.shopify.set_stock_by_hand(shop.wire("shopify", "B"), 9)
    minutes(shop, 2)
    assert "本番にすると送る数: 増やす1件（+3個）、減らす1件（−2個）。" in told(shop)
    assert "いま送る数はありません" in told(shop, "rakuten")
    shop.type("B", "本社倉庫", 20)
    minutes(shop, 2)
    assert "増やす2件（+14個）、減らす0件（−0個）" in told(shop)
    assert shop.shown("shopify", "A") == 4  # it has told, and sent nothing


def test_a_live_channel_tells_what_waits_and_is_silent_in_step(shop: World) -> None:
    assert "送る数" not in told(shop)
    shop.type("A", "本社倉庫", 9)
    for _ in range(3):  # a raise waits for the orders
        shop.service.look()
        shop.clock.sleep(6)
    assert told(shop).startswith("本番です。")
    assert "これから送る数: 増やす1件（+4個）、減らす0件（−0個）。" in told(shop)
    shop.settle()
    assert shop.shown("shopify", "A") == 11
    assert "送る数" not in told(shop)


def test_what_goes_at_once_is_not_told(shop: World) -> None:
    shop.type("A", "本社倉庫", 1)
    for _ in range(6):
        shop.rounds(1)
        assert "送る数" not in told(shop)
    assert shop.shown("shopify", "A") == 3


def test_what_is_left_alone_is_not_to_be_sent_and_a_stop_is(shop: World) -> None:
    shop.set("shopify", False)
    shop.rounds(2)
    shop.type("A", "停止", "販売停止")
    shop.type("B", "停止", "連携停止")
    shop.type("B", "本社倉庫", 3)
    shop.rounds(3)
    assert previewed(shop) == Preview(down=1, fewer=7)


def test_the_cell_changes_at_most_once_a_minute(shop: World) -> None:
    shop.set("shopify", False)
    minutes(shop, 2)
    seen = set()
    for number in range(1, 9):
        shop.type("A", "本社倉庫", 5 + number)
        shop.rounds(2)
        seen.add(told(shop))
    assert len(seen) <= 2  # of 48 seconds
    minutes(shop)
    assert "増やす1件（+8個）" in told(shop)


@pytest.mark.parametrize("language", ["en"])
def test_in_english(desk: World) -> None:
    desk.set("shopify", False)
    desk.type("A", "本社倉庫", 9)
    desk.rounds(2)
    minutes(desk, 2)
    assert told(desk).endswith("Live it would send: 1 up (+4 units), 0 down (−0 units).")
