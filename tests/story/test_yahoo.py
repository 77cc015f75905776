"""Yahoo!ショッピング beside the other malls: what is sold in one is gone in all, and its troubles stay its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.more_malls import WithYahoo
from tests.support.world import Moment

DAY = 24 * 3600.0


@pytest.fixture(scope="module")
def live_with_yahoo(tmp_path_factory: pytest.TempPathFactory) -> Moment:
    world = WithYahoo(tmp_path_factory.mktemp("yahoo") / "ledger.sqlite")
    world.go_live()
    return world.moment()


@pytest.fixture
def shop(tmp_path: Path, live_with_yahoo: Moment) -> WithYahoo:
    return WithYahoo(tmp_path / "ledger.sqlite", since=live_with_yahoo)


def test_a_held_order_is_off_the_others_before_it_can_be_seen(shop: WithYahoo) -> None:
    """Yahoo lowers its number at once, orderList hides the order: the gap holds its units."""
    order = shop.sandbox.yahoo.place([(shop.wire("yahoo", "A"), 3)], held=True)
    assert order is not None
    shop.clock.sleep(60)
    shop.rounds(2)
    assert shop.all_shown("A") == {4}
    shop.clock.sleep(1800)  # its orders were read completely meanwhile, and it wasn't among them
    shop.rounds(3)
    assert shop.all_shown("A") == {4}
    assert shop.row("A")["引当"] in ("", "0")
    shop.sandbox.yahoo.review(order)
    shop.clock.sleep(310)
    shop.settle()
    assert shop.row("A")["引当"] == "3"
    assert shop.all_shown("A") == {4}


def test_what_stays_hidden_too_long_is_asked_about(shop: WithYahoo) -> None:
    """Somebody lowered the number at Yahoo by hand, perhaps."""
    shop.sandbox.yahoo.set_stock_by_hand(shop.wire("yahoo", "A"), 4)
    shop.clock.sleep(60)
    shop.rounds(2)
    assert shop.all_shown("A") == {4}
    shop.clock.sleep(2 * DAY)
    shop.settle()
    assert shop.all_shown("A") == {7}
    assert "対応する注文が届きませんでした" in shop.open_questions()


def test_while_its_orders_are_refused_its_numbers_go_on_and_so_do_the_others(shop: WithYahoo) -> None:
    shop.sandbox.yahoo.switches.allowed_ips = ("192.0.2.1",)
    shop.clock.sleep(60)
    shop.round_of_each()
    assert "IP アドレス" in shop.open_questions()
    shop.buy("rakuten", "B", 2)
    shop.round_of_each(2)
    assert shop.all_shown("B") == {5}
    shop.sandbox.yahoo.switches.allowed_ips = None
    shop.clock.sleep(600)
    shop.round_of_each(2)
    assert "IP アドレス" not in shop.open_questions()


def test_a_key_that_is_not_accepted_stands_in_the_list_until_it_is(shop: WithYahoo) -> None:
    shop.sandbox.yahoo.state.keys[0].enabled = False
    shop.buy("yahoo", "A", 1)
    shop.rounds(2)
    assert "公開鍵を受け付けていません" in shop.open_questions()
    assert shop.all_shown("A") == {6}
    shop.sandbox.yahoo.state.keys[0].enabled = True
    shop.rounds(2)
    assert "公開鍵" not in shop.open_questions()


def test_the_last_week_of_a_consent_is_counted_down(shop: WithYahoo) -> None:
    shop.clock.sleep(20 * DAY)
    shop.rounds(1)
    assert "refresh_token" not in shop.open_questions()
    shop.clock.sleep(2 * DAY)
    shop.rounds(1)
    assert "yahooのrefresh_token (同意 / consent)は2026-12-21までです（あと5日）" in shop.open_questions()


def test_an_item_that_yahoo_closed_is_told_of(shop: WithYahoo) -> None:
    order = shop.buy("yahoo", "A", 1)
    assert order is not None
    shop.rounds(1)
    shop.sandbox.yahoo.cancel(order, reason=210)
    shop.rounds(2)
    assert "在庫クローズ" in shop.open_questions()
    assert "item-0001:s1" in shop.open_questions()
