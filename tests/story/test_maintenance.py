"""A mall's maintenance is known beforehand: shrink before, no calls meanwhile, catch up after.

Rakuten sold 6 of A in its first hour, Shopify 3: twice that is reckoned with, 4 and 2 in a window of twenty minutes.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bridge.config import Config
from bridge.domain.unheard import Contact
from bridge.errors import Hint, TryAgain
from bridge.flows.health import health
from tests.story.test_dark import minutes, state
from tests.support.world import Moment, World

STOCK = {"A": (100, 0, None), "B": (7, 0, None)}
BEGINS = timedelta(minutes=34)  # after the moment that the stories begin at
LASTS = timedelta(minutes=20)


@pytest.fixture(scope="module")
def busy_day(tmp_path_factory: pytest.TempPathFactory) -> Moment:
    world = World(tmp_path_factory.mktemp("maintenance") / "ledger.sqlite", STOCK)
    world.go_live()
    for _ in range(3):
        world.buy("rakuten", "A", 2)
        world.buy("shopify", "A", 1)
        world.rounds(1)
    world.settle()
    return world.moment()


class Closing(World):
    """Its settings tell of Rakuten's maintenance, in Japan's time."""

    def _config(self) -> Config:
        config = super()._config()
        assert config.channels.rakuten is not None
        zone = ZoneInfo("Asia/Tokyo")
        begins = (self.clock.now() + BEGINS).astimezone(zone).replace(second=0, microsecond=0, tzinfo=None)
        window = f"{begins:%Y-%m-%d %H:%M} ~ {begins + LASTS:%Y-%m-%d %H:%M}"
        rakuten = replace(config.channels.rakuten, maintenance=(window,))
        return replace(config, channels=replace(config.channels, rakuten=rakuten))


@pytest.fixture
def shop(tmp_path: Path, busy_day: Moment) -> Closing:
    return Closing(tmp_path / "ledger.sqlite", STOCK, since=busy_day, judge_once=True)


def shown(world: World) -> tuple[int, int]:
    return world.shown("rakuten", "A"), world.shown("shopify", "A")


def test_each_gives_up_what_the_other_may_sell_meanwhile(shop: Closing) -> None:
    minutes(shop, 3)
    assert shown(shop) == (91, 91)
    minutes(shop, 3)
    rakuten, shopify = shown(shop)
    assert rakuten == 91 - 2  # what Shopify sells while no lowering can reach Rakuten
    assert 91 - 10 <= shopify <= 91 - 9  # what Rakuten sells until the end; less, the nearer it is
    assert "メンテナンスに備えて2個減らしています" in state(shop, "rakuten")
    minutes(shop, 29)
    calls = len(shop.mall_calls)
    minutes(shop, 15)
    assert not [call for call in shop.mall_calls[calls:] if call.mall == "Rakuten"]
    assert state(shop, "rakuten").startswith("メンテナンス中です")
    assert shop.open_questions() == ""  # nothing that anybody has to settle
    assert health(shop.service.ledger, shop.service.shop).channels[0].contact is Contact.CLOSED
    assert shop.buy("rakuten", "A", 4)
    rush = shop.shown("shopify", "A")
    assert 91 - 5 <= rush <= 91 - 4
    assert shop.buy("shopify", "A", rush)  # everything that it still shows
    minutes(shop, 7)
    shop.settle()
    assert shown(shop) == (91 - 4 - rush, 91 - 4 - rush)
    assert shop.open_questions() == ""
    assert shop.service.reconcile() == []


@pytest.mark.long
def test_raises_elsewhere_do_not_wait_for_it(shop: Closing) -> None:
    minutes(shop, 37)
    before = shop.shown("shopify", "A")
    shop.type("A", "本社倉庫", 200)
    minutes(shop, 3)
    assert shop.shown("shopify", "A") == before + 100


@pytest.mark.long
def test_what_is_held_back_stays_until_the_mall_is_heard_again(shop: Closing) -> None:
    """The maintenance takes longer than announced."""
    minutes(shop, 37)
    before = shop.shown("shopify", "A")
    (rakuten,) = (each for each in shop.service.channels if each.name == "rakuten")
    rakuten.orders = rakuten.read = _silent  # type: ignore[method-assign, assignment]
    minutes(shop, 24)
    assert shop.shown("shopify", "A") <= before
    assert "rakutenと10分以上連絡が取れません" in shop.open_questions()
    del rakuten.orders, rakuten.read
    shop.settle()
    assert shown(shop) == (91, 91)


def _silent(*_: object) -> object:
    raise TryAgain(Hint("返事がありません。", "No answer."))


def test_a_window_that_is_over_when_the_bridge_starts_changes_nothing(shop: Closing) -> None:
    shop.service.close()
    shop.clock.sleep(3 * 3600)
    shop.start()
    lowest = 91
    for _ in range(4):
        minutes(shop, 1)
        lowest = min(lowest, *shown(shop))
    assert lowest == 91
