"""Part of the world is dark: a mall that does not answer, a number that can't be written, the sheet out of reach.

Rakuten sells 6 pieces of A in its first hour, so it is reckoned with 6 × 2 an hour: one every five minutes.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bridge.channels.port import Outcome, Pushed
from bridge.domain.unheard import Contact
from bridge.errors import Hint, TryAgain
from bridge.flows.health import health
from bridge.sandbox.faults import Dial
from tests.support.world import LAG, Moment, World

HINT = Hint("返事がありません。", "No answer.")


@pytest.fixture(scope="module")
def busy_day(tmp_path_factory: pytest.TempPathFactory) -> Moment:
    """A: 100 at opening, 6 of them sold by Rakuten since."""
    world = World(tmp_path_factory.mktemp("dark") / "ledger.sqlite", {"A": (100, 0, None), "B": (7, 0, None)})
    world.go_live()
    for _ in range(3):
        world.buy("rakuten", "A", 2)
        world.rounds(1)
    world.settle()
    return world.moment()


@pytest.fixture
def shop(tmp_path: Path, busy_day: Moment) -> World:
    return World(tmp_path / "ledger.sqlite", {"A": (100, 0, None), "B": (7, 0, None)}, since=busy_day, judge_once=True)


def channel(world: World, name: str) -> Any:
    return next(each for each in world.service.channels if each.name == name)


def silence(world: World, name: str, *calls: str) -> Callable[[], None]:
    """These calls of a channel fail from now on; gives back the way to mend them."""
    mall = channel(world, name)

    def fails(*_: Any) -> Any:
        raise TryAgain(HINT, 1.0)

    def mend() -> None:
        for call in calls:
            delattr(mall, call)

    for call in calls:
        setattr(mall, call, fails)
    return mend


def minutes(world: World, count: int) -> None:
    """As the service does it: every job once a minute, each guarded."""
    for _ in range(count):
        with suppress(TryAgain):
            world.service.cycle.run()
        for each in world.service.channels:
            world.service.guarded_round(each)
        world.clock.sleep(60)


def state(world: World, mall: str) -> str:
    """What 出品 says of A in a mall."""
    return next(line["状態"] for line in world.table("出品") if line["チャネル"] == mall and line["SKU構成"] == "A")


def test_after_some_minutes_the_others_hold_back_what_a_dark_mall_may_have_sold(shop: World) -> None:
    mend = silence(shop, "rakuten", "orders", "read")
    minutes(shop, 8)
    assert shop.shown("shopify", "A") == 94
    minutes(shop, 4)
    assert shop.shown("shopify", "A") == 91  # 11.5 minutes at one every five, rounded up
    minutes(shop, 10)
    assert shop.shown("shopify", "A") == 89
    assert "rakutenで売れたかもしれない5個を控えています" in state(shop, "shopify")
    assert "連絡が取れません" in state(shop, "rakuten")
    assert "rakutenと10分以上連絡が取れません" in shop.open_questions()
    assert shop.shown("shopify", "B") == 7  # never sold there: nothing to reckon with
    shop.buy("rakuten", "A", 4)  # as much as was held back by then, but for one
    mend()
    shop.settle()
    assert shop.shown("rakuten", "A") == shop.shown("shopify", "A") == 90
    assert shop.open_questions() == ""
    assert state(shop, "shopify") == state(shop, "rakuten") == "✓ 表示が揃っています"


def test_what_is_held_back_is_at_most_what_the_mall_showed(shop: World) -> None:
    shop.type("A", "本社倉庫", 6 + 2)
    shop.settle()
    silence(shop, "rakuten", "orders", "read")
    minutes(shop, 20)
    assert shop.shown("shopify", "A") == 0
    with shop.service.ledger.read() as tx:
        assert sum(record.reserve for record in tx.listings.all("rakuten").values()) == 2


def test_a_mall_whose_numbers_can_be_read_leaves_nothing_to_guess(shop: World) -> None:
    """Its orders can't be read: what it sells shows as a gap at once, and is held as exactly that."""
    mend = silence(shop, "rakuten", "orders")
    shop.buy("rakuten", "A", 3)
    minutes(shop, 15)
    assert shop.shown("shopify", "A") == 91
    assert "控えています" not in state(shop, "shopify")
    mend()
    shop.settle()
    assert shop.shown("rakuten", "A") == shop.shown("shopify", "A") == 91


def test_a_mall_whose_orders_can_be_read_leaves_nothing_to_guess(shop: World) -> None:
    silence(shop, "rakuten", "read")
    shop.buy("rakuten", "A", 3)
    minutes(shop, 15)
    assert shop.shown("shopify", "A") == 91


def test_raises_elsewhere_wait_for_a_silent_mall_no_longer_than_the_set_time(shop: World) -> None:
    silence(shop, "rakuten", "orders", "read")
    minutes(shop, 1)
    shop.type("A", "本社倉庫", 200)
    shop.type("B", "本社倉庫", 20)
    minutes(shop, 7)
    assert shop.shown("shopify", "A") == 94
    assert state(shop, "shopify") == "注文の確認が済みしだい増やします"
    minutes(shop, 4)
    assert shop.shown("shopify", "A") == 191  # 200 - 6 sold before - 3 that may have been sold since
    assert shop.shown("shopify", "B") == 20


@pytest.mark.parametrize("half", ["orders", "read"])
def test_a_mall_half_of_which_answers_delays_no_raise_elsewhere(shop: World, half: str) -> None:
    silence(shop, "rakuten", half)
    minutes(shop, 2)
    shop.type("A", "本社倉庫", 200)
    minutes(shop, 3)
    assert shop.shown("shopify", "A") == 194


def test_a_restart_does_not_release_what_is_held_back(shop: World) -> None:
    silence(shop, "rakuten", "orders", "read")
    minutes(shop, 22)
    assert shop.shown("shopify", "A") == 89
    shop.service.close()
    shop.start()
    silence(shop, "rakuten", "orders", "read")
    minutes(shop, 1)
    assert shop.shown("shopify", "A") == 89
    minutes(shop, 5)
    assert shop.shown("shopify", "A") == 88


def test_a_lowering_that_a_mall_does_not_take_is_reckoned_with_elsewhere(shop: World) -> None:
    """Its orders and numbers can be read, but its number can't be lowered: it goes on selling what isn't there."""
    mall = channel(shop, "rakuten")
    mall.push = lambda items, _key: [Pushed(item.listing, Outcome.LATER, HINT) for item in items]
    shop.type("A", "本社倉庫", 6 + 20)
    minutes(shop, 9)
    assert (shop.shown("rakuten", "A"), shop.shown("shopify", "A")) == (94, 20)
    minutes(shop, 9)
    assert shop.shown("shopify", "A") == 16
    assert "減らせていません" in shop.open_questions()
    shop.buy("rakuten", "A", 3)  # seen: it need not be guessed any more
    minutes(shop, 1)
    assert shop.shown("shopify", "A") == 16
    del mall.push
    shop.settle()
    assert shop.shown("rakuten", "A") == shop.shown("shopify", "A") == 17
    assert shop.open_questions() == ""


def test_nothing_rises_while_the_sheet_is_dark_and_lowerings_go_on(shop: World) -> None:
    shop.sandbox.faults["sheets"].dial = Dial(lost=1.0)
    minutes(shop, 4)
    seen = health(shop.service.ledger, shop.service.shop)
    assert not seen.ok
    order = shop.buy("shopify", "A", 10)
    minutes(shop, 2)
    assert shop.shown("rakuten", "A") == 84
    shop.sandbox.shopify.cancel(order)
    minutes(shop, 10)
    assert shop.shown("rakuten", "A") == 84  # the customer's ten came back: nobody raises
    shop.sandbox.faults["sheets"].dial = Dial()
    minutes(shop, 3)
    assert shop.shown("rakuten", "A") == 94
    assert health(shop.service.ledger, shop.service.shop).ok


def test_a_clock_that_was_put_back_does_not_pass_for_a_sheet_that_was_just_read(shop: World) -> None:
    shop.sandbox.faults["sheets"].dial = Dial(lost=1.0)
    shop.clock.start -= timedelta(hours=1)
    assert not health(shop.service.ledger, shop.service.shop).ok


def test_the_bridge_is_off_for_five_days_and_no_order_is_lost_or_doubled(shop: World) -> None:
    """What was ordered, changed, sent and withdrawn meanwhile is booked once; nothing is held back on a guess."""
    before = shop.buy("rakuten", "A", 1)
    minutes(shop, 2)
    shop.service.close()
    malls = {name: getattr(shop.sandbox, name) for name in ("rakuten", "shopify")}
    malls["rakuten"].ship(before)
    for _ in range(5):
        shop.clock.sleep(24 * 3600)
        for name, mall in malls.items():
            mall.ship(shop.buy(name, "A", 2))
            mall.cancel(shop.buy(name, "A", 3))
            shop.buy(name, "A", 1)
    shop.start()
    shown: list[int] = []
    for _ in range(4):
        minutes(shop, 1)
        shown += [shop.shown(name, "A") for name in malls]
    shop.settle()
    assert shop.row("A")["本社倉庫"] == str(100 - 1 - 5 * 2 * 2)  # shipped since
    assert shop.row("A")["引当"] == str(6 + 5 * 2 * 1)
    assert shop.shown("rakuten", "A") == shop.shown("shopify", "A") == 100 - 6 - 1 - 5 * 2 * 3
    assert min(shown) == 100 - 6 - 1 - 5 * 2 * 3
    assert shop.service.reconcile() == []


def test_health_tells_what_waits_and_since_when(shop: World) -> None:
    minutes(shop, 1)
    calm = health(shop.service.ledger, shop.service.shop)
    assert (calm.ok, calm.live, calm.unconfirmed_since, calm.questions) == (True, True, None, 0)
    assert [each.contact for each in calm.channels] == [Contact.HEARD, Contact.HEARD]
    assert all(
        calm.at - each.orders_until < timedelta(seconds=2 * LAG + 60) for each in calm.channels if each.orders_until
    )
    channel(shop, "rakuten").push = lambda items, _key: [Pushed(item.listing, Outcome.LATER, HINT) for item in items]
    began = shop.clock.now()
    shop.buy("shopify", "A", 1)
    minutes(shop, 5)
    rakuten, shopify = health(shop.service.ledger, shop.service.shop).channels
    assert (rakuten.lowering, rakuten.raising, shopify.lowering) == (1, 0, 0)
    assert rakuten.lowering_since is not None
    assert timedelta(0) <= rakuten.lowering_since - began < timedelta(minutes=1)
