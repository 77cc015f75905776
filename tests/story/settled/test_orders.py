"""Questions about orders, from what brings them about to their answer, in both languages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bridge.channels.port import OrdersRead, Outcome, Pushed
from bridge.domain.booking import LineState
from bridge.domain.orders import OrderSnapshot
from bridge.errors import Hint
from bridge.flows.intake import book_orders
from tests.support.more_malls import WithAmazon
from tests.support.settling import answered, channel, opened, settled
from tests.support.tills import WithSmaregi
from tests.support.world import World


def hears_anew(world: World, mall: str, state: LineState, *, open: int, shipped: int) -> None:
    """The mall says something else of a line that is known."""
    facts, key, now = world.service.shop.channels[mall], state.snapshot.key, world.clock.now()
    line = replace(state.snapshot, open=open, shipped=shipped)
    order = OrderSnapshot(mall, key.shop, key.order, f"{state.version}9", now, (line,))
    with world.service.ledger.write() as tx:
        book_orders(tx, world.service.shop, facts, OrdersRead((order,), now, {}))


def test_oversold(desk: World) -> None:
    for mall in ("shopify", "rakuten"):
        desk.buy(mall, "A", 7)
    desk.rounds(2)
    answered(desk, "oversold", "seen")


def test_sold_unknown(tmp_path: Path, language: str) -> None:
    shop = WithSmaregi(tmp_path / "ledger.sqlite", language=language)
    shop.go_live()
    shop.sell("A", 3)  # of 2 in the books
    shop.rounds(2)
    answered(shop, "sold unknown", "seen")


def test_counted_meanwhile(tmp_path: Path, language: str) -> None:
    shop = WithSmaregi(tmp_path / "ledger.sqlite", language=language)
    shop.go_live()
    shop.type("A", shop.locations[1], 10)
    shop.sandbox.smaregi.recount(shop.wire("smaregi", "A"), 9)
    shop.rounds(2)
    answered(shop, "counted meanwhile", "seen")


def test_unmapped(desk: World) -> None:
    desk.sandbox.rakuten.add_product(("set-1", "v-set"), "SET", 3)
    desk.sandbox.rakuten.buy(("set-1", "v-set"), 2)
    desk.rounds(2)
    opened(desk, "unmapped")
    desk.list_for_sale("rakuten", "set-1/v-set", "A×2")
    desk.rounds(4)
    settled(desk, "unmapped")
    assert desk.row("A")["引当"] == "4"


@pytest.mark.parametrize(("choice", "back"), [("returned", "2"), ("lost", "0")])
def test_cancelled_after_shipment(desk: World, choice: str, back: str) -> None:
    desk.type("B", "検品待ち", 0)
    desk.rounds(2)
    desk.hears("rakuten", "B", order="1", version="1", open=0, shipped=2)
    desk.hears("rakuten", "B", order="1", version="2", open=0, shipped=0)
    desk.rounds(2)
    answered(desk, "cancelled after shipment", choice)
    assert desk.row("B")["検品待ち"] == back


def test_opening_shipment_withdrawn(tmp_path: Path, language: str) -> None:
    """Half of an order had left before the first day; then the mall takes that back."""
    world = World(tmp_path / "ledger.sqlite", language=language)
    order = world.buy("shopify", "B", 2)
    world.sandbox.shopify.ship(order, units=1)
    world.go_live()
    with world.service.ledger.read() as tx:
        (state,) = tx.orders.all().values()
    hears_anew(world, "shopify", state, open=2, shipped=0)
    world.rounds(1)
    answered(world, "opening shipment withdrawn", "seen")


def test_order_unreadable(desk: World) -> None:
    """A mall that tells half of an order, and all of it the next time."""
    facts, order = desk.service.shop.channels["rakuten"], desk.buy("rakuten", "A", 1)
    assert order is not None
    with desk.service.ledger.write() as tx:
        unreadable = {order: Hint("数量がありません。", "It has no quantity.")}
        book_orders(tx, desk.service.shop, facts, OrdersRead((), desk.clock.now(), unreadable))
    desk.service.cycle.run()
    opened(desk, "order unreadable")
    desk.rounds(2)
    settled(desk, "order unreadable")


def test_cancel_asked(tmp_path: Path, language: str) -> None:
    shop = WithAmazon(tmp_path / "ledger.sqlite", language=language)
    shop.go_live()
    order = shop.buy("amazon", "A", 2)
    assert order is not None
    shop.sandbox.amazon.ask_to_cancel(order)
    shop.rounds(3)
    answered(shop, "cancel asked", "seen")
    assert shop.row("A")["引当"] == "2"


def test_gap_expired(desk: World) -> None:
    """Somebody lowered the number in the mall by hand; no order explains it."""
    desk.sandbox.rakuten.set_stock_by_hand(desk.wire("rakuten", "A"), 4)
    desk.clock.sleep(60)
    desk.settle()
    answered(desk, "gap expired", "seen")
    desk.settle()
    assert desk.shown("rakuten", "A") == 7


def test_raised_there(desk: World) -> None:
    desk.sandbox.rakuten.set_stock_by_hand(desk.wire("rakuten", "A"), 50)
    mall = channel(desk, "rakuten")
    mall.push = lambda items, _key: [Pushed(item.listing, Outcome.LATER) for item in items]
    desk.clock.sleep(60)
    desk.rounds(2)
    opened(desk, "raised there")
    del mall.push
    desk.settle()
    settled(desk, "raised there")
    assert desk.shown("rakuten", "A") == 7
