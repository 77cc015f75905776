"""One broken channel, listing or order must not hold up the others, nor withhold a lowering."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bridge.channels.port import Outcome, Pushed
from bridge.errors import BridgeError, Hint, NeedsPerson, TryAgain
from tests.support.world import World

HINT = Hint("止まっています。", "It is stopped.")


def rounds(world: World, count: int = 2) -> None:
    """As the service does: each job guarded, in turn."""
    for _ in range(count):
        world.service.cycle.run()
        for each in world.service.channels:
            world.service.guarded_round(each)
        world.clock.sleep(3)


def fails(error: BridgeError) -> Any:
    def raises(*_arguments: Any) -> Any:
        raise error

    return raises


def channel(world: World, name: str) -> Any:
    return next(each for each in world.service.channels if each.name == name)


def test_a_silent_order_feed_does_not_withhold_a_lowering(shop: World) -> None:
    channel(shop, "rakuten").orders = fails(TryAgain(HINT, 60.0))
    shop.buy("shopify", "A", 3)
    rounds(shop)
    assert shop.shown("rakuten", "A") == 4
    shop.buy("shopify", "A", 1)  # while the orders wait for their next try
    rounds(shop, 3)
    assert shop.shown("rakuten", "A") == 3


def test_refused_writes_do_not_stop_the_reading_of_orders(shop: World) -> None:
    channel(shop, "rakuten").push = fails(NeedsPerson(HINT))
    shop.buy("shopify", "A", 1)
    rounds(shop)
    shop.buy("rakuten", "A", 2)  # Rakuten takes no numbers any more, its orders can be read
    rounds(shop)
    assert shop.row("A")["引当"] == "3"
    assert shop.shown("shopify", "A") == 4


def test_a_channel_that_never_opened_does_not_withhold_a_lowering_elsewhere(tmp_path: Path) -> None:
    world = World(tmp_path / "ledger.sqlite")
    world.go_live()
    with world.service.ledger.write() as tx:
        tx.channels.change("shopify", opened_at=None)  # as a channel connected later, whose key doesn't work
    channel(world, "shopify").orders = fails(NeedsPerson(HINT))
    world.type("A", "本社倉庫", 1)
    world.type("B", "本社倉庫", 20)
    rounds(world, 3)
    world.clock.sleep(60)
    rounds(world, 3)
    assert world.shown("rakuten", "A") == 3
    assert world.shown("rakuten", "B") == 7  # nothing rises before its orders are in the books


def test_a_lowering_that_was_refused_is_tried_again(shop: World) -> None:
    mall = channel(shop, "rakuten")
    push = mall.push
    mall.push = lambda items, _key: [Pushed(item.listing, Outcome.REFUSED, HINT) for item in items]
    shop.buy("shopify", "A", 3)
    shop.rounds(2)
    assert shop.shown("rakuten", "A") == 7
    mall.push = push
    shop.clock.sleep(120)
    shop.rounds(2)
    assert shop.shown("rakuten", "A") == 4


def test_a_listing_that_the_mall_does_not_know_blocks_no_other(tmp_path: Path) -> None:
    world = World(tmp_path / "ledger.sqlite")
    world.put("出品", 5, {"チャネル": "rakuten", "出品ID": "wrong/v-1", "SKU構成": "A"})
    world.go_live()
    world.settle()
    assert "見つかりません" in world.open_questions()
    world.buy("shopify", "A", 2)
    world.rounds(2)
    assert world.shown("rakuten", "A") == 5
    world.put("出品", 5, {"出品ID": ""})
    world.put("出品", 5, {"チャネル": ""})
    world.spreadsheet.type(world.tab("出品"), 5, world.column("出品", "出品ID"), "")
    world.spreadsheet.type(world.tab("出品"), 5, world.column("出品", "チャネル"), "")
    world.rounds(3)
    world.clock.sleep(61)
    world.rounds(2)
    assert "見つかりません" not in world.open_questions()


def test_a_sale_that_the_feed_still_hides_is_not_sold_back_when_a_channel_goes_live(shop: World) -> None:
    shop.set("rakuten", False)
    shop.rounds(3)
    shop.clock.sleep(60)
    shop.rounds(2)
    shop.sandbox.rakuten.visible_after = 8.0  # within the published lag
    shop.set("rakuten", True)
    shop.service.cycle.run()
    shop.buy("rakuten", "A", 2)
    shop.service.cycle.run()
    for _ in range(8):
        shop.rounds(1, seconds=1.0)
        assert shop.shown("rakuten", "A") == 5
    shop.settle()
    assert shop.shown("rakuten", "A") == shop.shown("shopify", "A") == 5


def test_a_sale_hidden_at_the_very_first_reading_is_not_sold_back(tmp_path: Path) -> None:
    world = World(tmp_path / "ledger.sqlite")
    world.rounds(2)
    world.answer("棚にある数", "棚の数")
    world.rounds(2)
    world.set("bridge", True)
    world.rounds(3)
    world.clock.sleep(60)
    world.rounds(2)
    world.set("rakuten", True)
    world.service.cycle.run()
    world.sandbox.rakuten.visible_after = 8.0
    world.buy("rakuten", "A", 2)
    for _ in range(8):
        world.rounds(1, seconds=1.0)
        assert world.shown("rakuten", "A") == 5


def test_numbers_changed_in_a_mall_while_it_was_in_shadow_are_no_sales(shop: World) -> None:
    shop.set("rakuten", False)
    shop.rounds(3)
    shop.sandbox.rakuten.set_stock_by_hand(shop.wire("rakuten", "A"), 2)
    shop.clock.sleep(60)
    shop.rounds(2)
    shop.set("rakuten", True)
    shop.rounds(3)
    assert shop.shown("shopify", "A") == 7
    shop.settle()
    assert shop.open_questions() == ""
    assert shop.shown("rakuten", "A") == 7


def test_a_kill_between_a_push_and_its_answer(shop: World) -> None:
    pusher = shop.service.pushers["rakuten"]
    pusher._settle = fails(TryAgain(HINT))  # type: ignore[method-assign]
    shop.buy("shopify", "A", 2)
    rounds(shop, 2)
    assert shop.shown("rakuten", "A") == 5
    shop.buy("rakuten", "A", 1)
    shop.start()
    shop.settle()
    assert shop.shown("rakuten", "A") == shop.shown("shopify", "A") == 4
    assert shop.row("A")["引当"] == "3"
