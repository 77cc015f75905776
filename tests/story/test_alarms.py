"""What a channel wants a person to see to, though its orders are read, stands in 要対応 as long as it lasts."""

from __future__ import annotations

from bridge.channels.port import OrdersRead
from bridge.errors import Hint
from bridge.flows.intake import book_orders
from tests.support.world import World

CLOSED = Hint("在庫クローズです。", "Its stock is closed.")


def hear(shop: World, **alarms: Hint) -> str:
    """An answer of Rakuten with these alarms; what 要対応 says then."""
    ledger, facts = shop.service.ledger, shop.service.shop.channels["rakuten"]
    with ledger.write() as tx:
        book_orders(tx, shop.service.shop, facts, OrdersRead((), shop.clock.now(), {}, alarms=alarms))
    return shop.open_questions()


def test_an_alarm_is_told_once_and_settles_itself(shop: World) -> None:
    assert hear(shop) == ""
    first = hear(shop, order1=CLOSED)
    assert "rakuten/order1: 在庫クローズです。" in first
    assert hear(shop, order1=CLOSED) == first
    both = hear(shop, order1=CLOSED, key=CLOSED)
    assert "rakuten/key" in both
    assert "rakuten/order1" in both
    left = hear(shop, key=CLOSED)
    assert "order1" not in left
    assert hear(shop) == ""


def test_another_channels_alarms_are_left_alone(shop: World) -> None:
    hear(shop, key=CLOSED)
    ledger, facts = shop.service.ledger, shop.service.shop.channels["shopify"]
    with ledger.write() as tx:
        book_orders(tx, shop.service.shop, facts, OrdersRead((), shop.clock.now(), {}))
    assert "rakuten/key" in shop.open_questions()
