"""Going live while orders come and go, and going live a second time."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bridge.channels.port import OrdersRead
from tests.support.world import World


@pytest.fixture
def new(tmp_path: Path) -> World:
    return World(tmp_path / "ledger.sqlite")


def tick_bridge(world: World, answers: str = "棚の数") -> None:
    """Answer the opening questions, tick the bridge: its next look takes it live."""
    world.rounds(2)
    world.answer("棚にある数", answers)
    world.rounds(2)
    world.set("bridge", True)
    world.service.cycle.run()


def goes_live(world: World) -> None:
    world.service.cycle.run()
    with world.service.ledger.read() as tx:
        assert tx.get("live")


@pytest.mark.parametrize("mall", ["rakuten", "shopify"])
def test_orders_read_before_going_live_do_not_open_the_channel(new: World, mall: str) -> None:
    new.buy(mall, "A", 2)
    tick_bridge(new)
    new.clock.sleep(3600)
    channel: Any = next(each for each in new.service.channels if each.name == mall)
    new.service.channel_round(channel)
    orders = channel.orders

    def slow(since: datetime, known_open: Any = ()) -> OrdersRead:
        read: OrdersRead = orders(since, known_open)
        goes_live(new)  # the sheet's thread, while the answer is under way
        return read

    channel.orders = slow
    new.service.intakes[mall].run()
    channel.orders = orders
    new.rounds(3)
    assert new.row("A")["引当"] == "2"
    assert new.row("A")["販売可能"] == "5"


def test_an_order_placed_after_going_live_is_not_added_back(new: World) -> None:
    new.buy("rakuten", "A", 2)
    new.type("A", "本社倉庫", 3)  # 5 on the shelf
    tick_bridge(new, "引いた後の数")
    goes_live(new)
    new.clock.sleep(1)
    new.buy("rakuten", "A", 1)
    new.rounds(3)
    assert new.row("A")["本社倉庫"] == "5"
    assert new.row("A")["引当"] == "3"


@pytest.mark.parametrize(("answer", "typed"), [("棚の数", 5), ("引いた後の数", 3)])
def test_a_shipment_between_going_live_and_the_first_orders_is_booked(new: World, answer: str, typed: int) -> None:
    order = new.buy("rakuten", "A", 2)
    new.type("A", "本社倉庫", typed)
    tick_bridge(new, answer)
    goes_live(new)
    new.clock.sleep(1)
    new.sandbox.rakuten.ship(order)
    new.rounds(3)
    assert (new.row("A")["本社倉庫"], new.row("A")["引当"]) == ("3", "0")


@pytest.mark.parametrize("mall", ["rakuten", "shopify"])
def test_an_order_placed_and_shipped_before_the_first_orders_is_booked(new: World, mall: str) -> None:
    tick_bridge(new)
    goes_live(new)
    new.clock.sleep(1)
    order = new.buy(mall, "A", 2)
    getattr(new.sandbox, mall).ship(order)
    new.rounds(3)
    assert (new.row("A")["本社倉庫"], new.row("A")["引当"]) == ("3", "0")


def test_going_live_again_asks_again_whether_orders_are_taken_off(new: World) -> None:
    new.buy("rakuten", "A", 2)
    new.type("A", "本社倉庫", 3)
    tick_bridge(new, "引いた後の数")
    goes_live(new)
    new.rounds(3)
    assert new.row("A")["本社倉庫"] == "5"  # now it is the number on the shelf
    new.set("bridge", False)
    new.rounds(3)
    new.set("bridge", True)
    new.rounds(3)
    new.answer("棚にある数", "棚の数")
    new.rounds(4)
    assert new.row("A")["本社倉庫"] == "5"
    assert (new.row("A")["引当"], new.row("A")["販売可能"]) == ("2", "5")


def test_a_question_of_before_is_not_answered_into_the_new_books(tmp_path: Path) -> None:
    world = World(tmp_path / "ledger.sqlite", sheet_settings={"two_readings_seconds": 10.0})
    world.go_live()
    order = world.buy("rakuten", "A", 1)
    world.rounds(2)
    world.clock.sleep(60)
    world.sandbox.rakuten.ship(order)
    world.rounds(2, seconds=1.0)
    world.type("A", "本社倉庫", 15)
    world.rounds(2, seconds=1.0)
    assert "14個ですか、15個ですか" in world.open_questions()
    world.set("bridge", False)
    world.rounds(3)
    world.type("A", "本社倉庫", 6)
    world.rounds(2)
    world.answer("棚にある数", "棚の数")
    world.rounds(3)
    world.set("bridge", True)
    world.rounds(3)
    world.answer("14個ですか、15個ですか", "多い方")
    world.rounds(4)
    assert world.row("A")["本社倉庫"] == "6"
