"""Four malls, one of which answers badly: it waits or pauses alone, or one item of it does; all the rest goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bridge.sandbox.faults import Instead
from tests.support.more_malls import AllMalls
from tests.support.world import Moment

DAY = 24 * 3600.0
PAGE = "<html><body><h1>ただいまメンテナンス中です</h1></body></html>"
HTML = "text/html; charset=utf-8"
INSIDE = '{"errors": [{"code": "X", "message": "no", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]}'


@pytest.fixture(scope="module")
def live_in_all(tmp_path_factory: pytest.TempPathFactory) -> Moment:
    world = AllMalls(tmp_path_factory.mktemp("all") / "ledger.sqlite")
    world.go_live()
    return world.moment()


@pytest.fixture
def shop(tmp_path: Path, live_in_all: Moment) -> AllMalls:
    return AllMalls(tmp_path / "ledger.sqlite", since=live_in_all)


def revoke(shop: AllMalls, mall: str) -> None:
    match mall:
        case "rakuten":
            shop.sandbox.rakuten.service_secret = "SP123456_another"
        case "shopify":
            shop.sandbox.shopify.static_token = "shpat_another"
        case "amazon":
            shop.sandbox.amazon.refresh_token = "Atzr|another"
            shop.sandbox.amazon.state.tokens.clear()
        case "yahoo":
            shop.sandbox.yahoo.withdraw_consent()


def instead(status: int, body: str, kind: str) -> Callable[[AllMalls, str], None]:
    def answers(shop: AllMalls, mall: str) -> None:
        for _ in range(2000):
            shop.sandbox.faults[mall].next(Instead(status, body, kind))

    return answers


ONE_CHANNEL = {
    "a revoked key": revoke,
    "a page of maintenance, 503": instead(503, PAGE, HTML),
    "a page of maintenance, 200": instead(200, PAGE, HTML),
    "an error inside a 200": instead(200, INSIDE, "application/json"),
}


@pytest.mark.parametrize("mall", AllMalls.malls)
@pytest.mark.parametrize("trouble", ONE_CHANNEL)
def test_a_channel_in_trouble_stops_alone_and_is_in_step_again_after_it(
    shop: AllMalls, trouble: str, mall: str
) -> None:
    others = [each for each in AllMalls.malls if each != mall]
    ONE_CHANNEL[trouble](shop, mall)
    shop.clock.sleep(60)
    shop.buy(others[0], "B", 2)
    shop.round_of_each(2)
    assert shop.shown_in("B") == dict.fromkeys(others, 5) | {mall: 7}
    assert ("チャネルが止まっています" in shop.open_questions()) == (trouble == "a revoked key")
    if trouble == "a revoked key":
        return  # a person puts a new one into the settings
    shop.sandbox.faults[mall].clear()
    shop.clock.sleep(600)
    shop.round_of_each(2)
    assert shop.shown_in("B") == dict.fromkeys(AllMalls.malls, 5)


def delete(shop: AllMalls, mall: str, sku: str) -> None:
    code, _ = shop.wire(mall, sku)
    match mall:
        case "rakuten":
            shop.sandbox.rakuten.delete_item(code)
        case "shopify":
            shop.sandbox.shopify.delete_variant(code)
        case "amazon":
            shop.sandbox.amazon.delete_item(code)
        case "yahoo":
            shop.sandbox.yahoo.rename_item(code, "renamed")


@pytest.mark.parametrize("mall", AllMalls.malls)
def test_a_listing_that_is_renamed_or_deleted_stops_alone_and_is_asked_about(shop: AllMalls, mall: str) -> None:
    delete(shop, mall, "A")
    others = [each for each in AllMalls.malls if each != mall]
    shop.clock.sleep(DAY)
    shop.round_of_each(3)
    shop.buy(others[0], "A", 2)
    shop.buy(others[1], "B", 2)
    shop.round_of_each(3)
    assert "この出品がモールに見つかりません" in shop.open_questions()
    assert shop.shown_in("B") == dict.fromkeys(AllMalls.malls, 5)
    assert {each: shop.shown(each, "A") for each in others} == dict.fromkeys(others, 5)
