"""Shopify's own traps: orders (shopify.md §10)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from bridge.clock import JST
from bridge.domain.orders import ListingKey
from tests.contract.channels.conformance import ShopifyMall


def sent(shopify: ShopifyMall, operation: str) -> list[Any]:
    return [json.loads(record.sent)["variables"] for record in shopify.records if record.operation == operation]


def line_id(shopify: ShopifyMall, order: str, position: int = 0) -> str:
    return str(shopify._order(order).lines[position].line_id)


def order_of(shopify: ShopifyMall, units: int, stock: int = 50) -> str:
    return shopify.buy((shopify.add("tea", stock), units))


@pytest.mark.parametrize("counts_removed", [True, False])
def test_units_withdrawn_before_and_after_a_part_was_shipped(shopify: ShopifyMall, counts_removed: bool) -> None:
    shopify.simulator.switches.unfulfilled_counts_removed = counts_removed
    order = order_of(shopify, 6)
    shopify.simulator.cancel(shopify.wire_order(order), line_id(shopify, order), 1)
    shopify.read_orders()
    assert shopify.counts(order) == (6, 5, 0, 0)
    shopify.ship(order, units=2)
    shopify.read_orders()
    assert shopify.counts(order) == (6, 3, 2, 0)
    shopify.simulator.cancel(shopify.wire_order(order), line_id(shopify, order), 1)
    shopify.read_orders()
    assert shopify.counts(order) == (6, 2, 2, 0)
    assert shopify.line(order).taken == 4


def test_money_back_without_the_goods_leaves_them_shipped(shopify: ShopifyMall) -> None:
    order = order_of(shopify, 2)
    shopify.ship(order)
    shopify.simulator.return_units(shopify.wire_order(order), line_id(shopify, order), 2, restock=False)
    shopify.read_orders()
    assert shopify.counts(order) == (2, 0, 2, 0)
    assert shopify.line(order).taken == 2


def test_goods_that_come_back_are_returned_and_stay_shipped(shopify: ShopifyMall) -> None:
    order = order_of(shopify, 3)
    shopify.ship(order, units=2)
    shopify.simulator.return_units(shopify.wire_order(order), line_id(shopify, order), 1)
    shopify.read_orders()
    assert shopify.counts(order) == (3, 1, 2, 1)
    assert shopify.line(order).taken == 2


def test_a_cancellation_of_what_was_shipped_in_part(shopify: ShopifyMall) -> None:
    order = order_of(shopify, 3)
    shopify.ship(order, units=1)
    shopify.cancel(order)
    shopify.read_orders()
    assert shopify.counts(order) == (3, 0, 1, 0)
    assert shopify.line(order).taken == 1


def test_many_refunds_and_many_lines_are_all_read(shopify: ShopifyMall) -> None:
    teas = [shopify.add(f"tea{number}", 50) for number in range(120)]
    order = shopify.buy(*((tea, 6) for tea in teas))
    for _ in range(5):
        for position in range(2):
            shopify.simulator.cancel(shopify.wire_order(order), line_id(shopify, order, position), 1)
    shopify.read_orders()
    assert [line.open for line in shopify.newest[order].lines[:3]] == [1, 1, 6]
    shopify.cancel(order)
    shopify.read_orders()
    lines = shopify.newest[order].lines
    assert len(lines) == 120
    assert {(line.open, line.shipped, line.taken) for line in lines} == {(0, 0, 0)}


def test_an_edit_adds_and_removes(shopify: ShopifyMall) -> None:
    tea, cup = shopify.add("tea", 10), shopify.add("cup", 10)
    order = shopify.buy((tea, 3))
    shopify.simulator.add_line(shopify.wire_order(order), shopify.wire(cup), 2)
    shopify.edit(order, 0)
    shopify.read_orders()
    assert {line.listing: line.open for line in shopify.newest[order].lines} == {tea: 0, cup: 2}


def test_a_test_order_holds_nothing_but_explains_the_missing_units(shopify: ShopifyMall) -> None:
    tea = shopify.add("tea", 10)
    wire = shopify.simulator.place([(shopify.wire(tea), 2)], test=True)
    assert wire is not None
    shopify.read_orders()
    order = shopify.order_id(wire)
    assert shopify.counts(order) == (2, 0, 0, 0)
    assert shopify.line(order).taken == 2
    assert shopify.stock(tea) == 8


def test_a_sale_at_the_till_is_shipped_at_once(shopify: ShopifyMall) -> None:
    tea = shopify.add("tea", 10)
    wire = shopify.simulator.place([(shopify.wire(tea), 2)], source="pos")
    assert wire is not None
    shopify.read_orders()
    assert shopify.counts(shopify.order_id(wire)) == (2, 0, 2, 0)


def test_a_payment_that_is_waited_for_holds_the_goods(shopify: ShopifyMall) -> None:
    tea = shopify.add("tea", 10)
    wire = shopify.simulator.place([(shopify.wire(tea), 2)], financial_status="PENDING")
    assert wire is not None
    shopify.read_orders()
    assert shopify.counts(shopify.order_id(wire)) == (2, 2, 0, 0)


def test_what_lies_on_no_shelf_is_left_out(shopify: ShopifyMall) -> None:
    tea, card = shopify.add("tea", 10), shopify.add("card", 10, gift_card=True)
    service = shopify.add("wrapping", 10, requires_shipping=False, tracked=False)
    order = shopify.buy((tea, 1), (card, 1), (service, 1))
    shopify.read_orders()
    assert [line.listing for line in shopify.newest[order].lines] == [tea]


def test_a_deleted_variant_is_shown_by_its_sku(shopify: ShopifyMall) -> None:
    tea = shopify.add("TEA-1", 10)
    order = shopify.buy((tea, 1))
    shopify.simulator.delete_variant(shopify.wire(tea)[0])
    shopify.read_orders()
    assert shopify.line(order).listing == ListingKey("shopify", "sku:TEA-1@1")
    assert shopify.line(order).open == 1


def test_an_untracked_item_takes_nothing_off_shopify(shopify: ShopifyMall) -> None:
    tea = shopify.add("tea", 10, tracked=False)
    order = shopify.buy((tea, 2))
    shopify.read_orders()
    assert shopify.counts(order) == (2, 2, 0, 0)
    assert shopify.line(order).taken == 0
    assert shopify.channel.read([tea]) == {}


def test_an_old_order_that_may_not_be_read_is_no_cancellation(shopify: ShopifyMall) -> None:
    order = order_of(shopify, 2)
    shopify.read_orders()
    shopify.clock.sleep(70 * 86_400)
    answer = shopify.read_orders()
    assert answer.orders == ()
    assert "read_all_orders" in answer.problems[order].en
    assert shopify.counts(order) == (2, 2, 0, 0)


def test_the_moment_that_is_read_from_may_be_told_in_japans_time(shopify: ShopifyMall) -> None:
    shopify.read_orders()
    order = order_of(shopify, 2)
    shopify.since = shopify.since.astimezone(JST)
    shopify.read_orders()
    assert shopify.counts(order) == (2, 2, 0, 0)


def test_the_daily_sweep_finds_what_the_feed_did_not_tell(shopify: ShopifyMall) -> None:
    """Some changes leave updatedAt alone, and the index may lose an order."""
    tea = shopify.add("tea", 10)
    order = shopify.buy((tea, 2))
    shopify.read_orders()
    shopify.read_orders(wait=100.0)
    lost = shopify.buy((tea, 1))
    shopify._order(lost).visible_at += timedelta(hours=2)
    shopify._order(order).lines[0].shipped = 1
    shopify.read_orders(wait=600.0)
    assert lost not in shopify.newest
    assert shopify.counts(order) == (2, 2, 0, 0)
    for _ in range(25):
        shopify.read_orders(wait=3600.0)
    assert shopify.counts(order) == (2, 1, 1, 0)
    assert shopify.counts(lost) == (1, 1, 0, 0)


def test_a_change_while_paging_is_found(shopify: ShopifyMall) -> None:
    tea = shopify.add("tea", 200)
    placed = [shopify.buy((tea, 1)) for _ in range(50)]
    shopify.clock.sleep(20)
    pages = iter(placed)

    def busy(_environ: dict[str, Any]) -> None:
        shopify.simulator.touch_order(shopify.wire_order(next(pages)))

    shopify.faults.before = busy
    shopify.read_orders(wait=0.0)
    assert set(placed) == shopify.newest.keys()
