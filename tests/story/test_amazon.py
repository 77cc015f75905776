"""Amazon beside the other malls: what we ship is kept in step, what Amazon ships is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.channels.amazon import facts
from bridge.sandbox.malls.amazon.records import BY_AMAZON, MERCHANT
from tests.support.more_malls import WithAmazon


@pytest.fixture
def shop(tmp_path: Path) -> WithAmazon:
    world = WithAmazon(tmp_path / "ledger.sqlite")
    world.go_live()
    return world


def test_an_order_at_amazon_is_taken_off_the_others_and_theirs_off_amazon(shop: WithAmazon) -> None:
    order = shop.buy("amazon", "A", 2)
    shop.rounds(2)
    assert (shop.row("A")["引当"], shop.row("A")["販売可能"]) == ("2", "5")
    assert shop.shown("rakuten", "A") == shop.shown("shopify", "A") == 5
    shop.buy("rakuten", "A", 1)
    shop.rounds(2)
    assert shop.shown("amazon", "A") == 4
    shop.sandbox.amazon.ship(order)
    shop.rounds(2)
    assert (shop.row("A")["本社倉庫"], shop.row("A")["引当"]) == ("3", "1")


def test_what_is_not_paid_for_in_six_days_comes_back_everywhere(shop: WithAmazon) -> None:
    assert shop.sandbox.amazon.place([(("B", MERCHANT), 3)], payment="shop")
    shop.rounds(2)
    assert shop.shown("rakuten", "B") == 4
    shop.clock.sleep(6 * 86_400)
    shop.settle()
    assert shop.row("B")["引当"] == "0"
    assert {shop.shown(mall, "B") for mall in ("rakuten", "shopify", "amazon")} == {7}


def test_where_zero_can_not_be_sent_a_stop_says_where_to_stop_it(shop: WithAmazon) -> None:
    row = 3 * len(shop.stock) + 1
    shop.put("出品", row, {"チャネル": "amazon", "出品ID": "A-FBA", "SKU構成": "A"})
    shop.type("A", "停止", "販売停止")
    shop.settle()
    assert {shop.shown(mall, "A") for mall in ("rakuten", "shopify", "amazon")} == {0}
    assert shop.sandbox.amazon.stock()[("A-FBA", BY_AMAZON)] == 40
    state = shop.table("出品")[row - 1]["状態"]
    assert "bridgeから0を送れません。セラーセントラルの在庫管理" in state
    assert "FBA" in state
    assert "amazonの1件の出品にはbridgeから0を送れません（A-FBA）" in shop.open_questions()
    assert "4件中3件で0を確認" in shop.row("A")["状態"]
    shop.type("A", "停止", "再開")
    shop.settle()
    assert "0を送れません" not in shop.open_questions()
    assert {shop.shown(mall, "A") for mall in ("rakuten", "shopify", "amazon")} == {7}


def test_a_number_that_amazon_shows_late_is_no_question(shop: WithAmazon) -> None:
    shop.sandbox.amazon.switches.effect_after = 45.0
    questions = shop.open_questions()
    shop.buy("shopify", "B", 2)
    shop.rounds(3)
    assert shop.shown("amazon", "B") == 7
    assert shop.open_questions() == questions
    shop.settle()
    assert {shop.shown(mall, "B") for mall in ("rakuten", "shopify", "amazon")} == {5}
    assert shop.open_questions() == questions


def test_numbers_are_still_sent_once_feeds_have_to_wait_for_their_turn(
    shop: WithAmazon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five feeds may be sent at once, then one in two minutes: a turn that comes later than what was decided may be
    carried out must not be taken, or every turn is lost."""
    monkeypatch.setattr(facts, "BULK_FROM", 1)
    for left in range(11, -1, -1):
        shop.type("B", "本社倉庫", left)
        shop.rounds(2)
    shop.rounds(20, seconds=8.0)
    assert shop.shown("amazon", "B") == 0


def test_a_buyers_wish_to_cancel_is_told_once_and_releases_nothing(shop: WithAmazon) -> None:
    order = shop.buy("amazon", "A", 2)
    assert order is not None
    shop.sandbox.amazon.ask_to_cancel(order)
    shop.rounds(3)
    assert "取消を希望" in shop.open_questions()
    assert shop.row("A")["引当"] == "2"
    shop.answer("取消を希望", "確認済み")
    shop.rounds(3)
    assert "取消を希望" not in shop.open_questions()  # nor is it asked again, while the wish stands
    shop.sandbox.amazon.cancel(order)
    shop.settle()
    assert shop.row("A")["引当"] == "0"
    assert {shop.shown(mall, "A") for mall in ("rakuten", "shopify", "amazon")} == {7}


def test_a_wish_that_is_carried_out_settles_itself(shop: WithAmazon) -> None:
    order = shop.buy("amazon", "A", 2)
    assert order is not None
    shop.sandbox.amazon.ask_to_cancel(order)
    shop.rounds(3)
    assert "取消を希望" in shop.open_questions()
    shop.sandbox.amazon.cancel(order)
    shop.rounds(3)
    assert "取消を希望" not in shop.open_questions()
