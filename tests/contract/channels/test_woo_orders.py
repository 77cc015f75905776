"""What the adapter makes of WooCommerce's orders (own_shops_and_files.md §2, Orders, How the cart moves stock)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bridge.channels.woocommerce.snapshots import units
from bridge.domain.orders import ListingKey
from bridge.sandbox.faults import Instead, Refuse, path_contains
from tests.contract.channels.conformance import WooMall, WooVariationsMall

DAY = 86_400.0


def bought(woo: WooMall, units: int = 3, status: str = "processing") -> tuple[ListingKey, str]:
    tea = woo.add("tea", 10)
    order = woo.simulator.place([(woo.wire(tea), units)], status=status)
    assert order is not None
    woo.read_orders()
    return tea, order


def first_line(woo: WooMall, order: str) -> str:
    return str(woo._order(order).lines[0].line_id)


# What a status means.


@pytest.mark.parametrize(
    ("status", "counts", "taken"),
    [
        ("pending", (3, 3, 0, 0), 0),
        ("on-hold", (3, 3, 0, 0), 3),
        ("processing", (3, 3, 0, 0), 3),
        ("completed", (3, 0, 3, 0), 3),
        ("cancelled", (3, 0, 0, 0), 0),
        ("failed", (3, 0, 0, 0), 0),
    ],
)
def test_a_new_order_by_its_status(woo: WooMall, status: str, counts: tuple[int, ...], taken: int) -> None:
    tea, order = bought(woo, status=status)
    assert woo.counts(order) == counts
    assert woo.line(order).taken == taken
    assert woo.stock(tea) == 10 - taken


def test_t5_what_waits_for_its_payment_is_held_though_no_number_fell(woo: WooMall) -> None:
    tea, order = bought(woo, status="pending")
    assert woo.stock(tea) == 10
    assert (woo.line(order).open, woo.line(order).taken) == (3, 0)
    woo.simulator.set_status(order, "processing")
    woo.read_orders()
    assert (woo.line(order).open, woo.line(order).taken, woo.stock(tea)) == (3, 3, 7)


@pytest.mark.parametrize("status", ["failed", "refunded", "trash"])
def test_t4_what_puts_nothing_back_holds_nothing_and_keeps_its_units_taken(woo: WooMall, status: str) -> None:
    tea, order = bought(woo)
    woo.simulator.set_status(order, status)
    woo.read_orders(wait=400.0)
    assert woo.counts(order) == (3, 0, 0, 0)
    assert (woo.line(order).taken, woo.stock(tea)) == (3, 7)


def test_a_payment_that_failed_and_was_made_again_is_an_order_again(woo: WooMall) -> None:
    _, order = bought(woo, status="failed")
    woo.simulator.set_status(order, "processing")
    woo.read_orders()
    assert woo.counts(order) == (3, 3, 0, 0)


def test_somebody_at_the_checkout_has_ordered_nothing_yet(woo: WooMall) -> None:
    _, order = bought(woo, status="checkout-draft")
    assert order not in woo.newest
    woo.simulator.set_status(order, "processing")
    woo.read_orders()
    assert woo.counts(order) == (3, 3, 0, 0)


def test_t10_a_status_of_the_shops_own_is_a_problem_until_the_settings_name_it(woo: WooMall) -> None:
    _, order = bought(woo)
    woo.simulator.set_status(order, "packing")
    assert "packing" in woo.read_orders().problems[order].en
    woo.channel = woo.connect(open_statuses=("packing",), shipped_statuses=("sent",))
    assert woo.read_orders().problems == {}
    assert woo.counts(order) == (3, 3, 0, 0)
    woo.simulator.set_status(order, "sent")
    woo.read_orders()
    assert woo.counts(order) == (3, 0, 3, 0)


# Refunds and edits.


def test_t3_a_refund_before_shipping_withdraws_and_leaves_the_quantity(woo: WooMall) -> None:
    tea, order = bought(woo)
    woo.simulator.refund(order, {first_line(woo, order): 1}, restock=True)
    woo.read_orders()
    assert woo.counts(order) == (3, 2, 0, 0)
    assert (woo.line(order).taken, woo.stock(tea)) == (2, 8)
    woo.ship(order)
    woo.read_orders()
    assert woo.counts(order) == (3, 0, 2, 0)


def test_t3_a_refund_without_restock_withdraws_and_keeps_the_units_taken(woo: WooMall) -> None:
    tea, order = bought(woo)
    woo.simulator.refund(order, {first_line(woo, order): 1}, restock=False)
    woo.read_orders()
    assert woo.counts(order) == (3, 2, 0, 0)
    assert (woo.line(order).taken, woo.stock(tea)) == (3, 7)


@pytest.mark.parametrize(("restock", "returned"), [(True, 2), (False, 0)])
def test_t3_goods_come_back_where_a_refund_after_shipping_put_them_back(
    woo: WooMall, restock: bool, returned: int
) -> None:
    """Money alone is no return."""
    _, order = bought(woo)
    woo.ship(order)
    woo.read_orders()
    woo.clock.sleep(DAY)
    woo.simulator.return_units(order, first_line(woo, order), 2, restock=restock)
    woo.read_orders()
    assert woo.counts(order) == (3, 0, 3, returned)


def test_where_a_restock_leaves_no_mark_a_person_types_what_came_back(woo: WooMall) -> None:
    woo.simulator.switches.refunds_lower_mark = False
    _, order = bought(woo)
    woo.ship(order)
    woo.clock.sleep(DAY)
    woo.simulator.return_units(order, first_line(woo, order), 2)
    woo.read_orders()
    assert woo.counts(order) == (3, 0, 3, 0)


def test_a_refund_that_does_not_touch_its_order_is_found_by_the_daily_look(woo: WooMall) -> None:
    woo.simulator.switches.refunds_touch_orders = False
    _, order = bought(woo)
    woo.clock.sleep(3600)
    woo.read_orders()
    woo.simulator.refund(order, {first_line(woo, order): 1})
    woo.read_orders(wait=600.0)
    assert woo.line(order).open == 3
    woo.read_orders(wait=DAY)
    assert woo.line(order).open == 2


def test_t6_staff_add_and_remove_lines(woo: WooMall) -> None:
    tea, order = bought(woo)
    cup = woo.add("cup", 5)
    woo.simulator.add_line(order, woo.wire(cup), 2)
    woo.read_orders()
    assert [(line.listing, line.open, line.taken) for line in woo.newest[order].lines] == [(tea, 3, 3), (cup, 2, 2)]
    woo.simulator.remove_line(order, first_line(woo, order))
    woo.read_orders()
    assert [(line.listing, line.open) for line in woo.newest[order].lines] == [(cup, 2)]
    assert (woo.stock(tea), woo.stock(cup)) == (10, 3)


# What a feed hides.


def test_t4_an_order_in_the_trash_is_found_within_minutes(woo: WooMall) -> None:
    """Lists leave it out unless it is asked for."""
    _, order = bought(woo)
    woo.simulator.set_status(order, "trash")
    woo.read_orders(wait=400.0)
    assert woo.counts(order) == (3, 0, 0, 0)


def test_an_order_in_the_trash_whose_time_did_not_move_is_found_by_the_daily_look(woo: WooMall) -> None:
    woo.simulator.switches.trash_touches_orders = False
    _, order = bought(woo)
    woo.clock.sleep(3600)
    woo.read_orders()
    woo.simulator.set_status(order, "trash")
    woo.read_orders(wait=DAY)
    assert woo.counts(order) == (3, 0, 0, 0)


def test_an_order_deleted_for_good_is_a_problem_and_no_cancellation(woo: WooMall) -> None:
    _, order = bought(woo)
    woo.simulator.delete_order(order)
    answer = woo.read_orders(wait=DAY)
    assert "not taken as cancelled" in answer.problems[order].en
    assert woo.counts(order) == (3, 3, 0, 0)


def test_t7_times_without_an_offset_are_utc(woo: WooMall) -> None:
    """The site lives nine hours ahead: a naive time taken for its own would hide or repeat half a day."""
    placed_at = woo.clock.now()
    _, order = bought(woo)
    assert abs((woo.newest[order].placed_at - placed_at).total_seconds()) < 1
    woo.clock.sleep(2 * 3600)
    woo.read_orders()
    assert woo.read_orders().orders == ()


def test_t8_a_cache_in_between_serves_nothing_old(woo: WooMall) -> None:
    woo.simulator.switches.cached_seconds = 3600.0
    tea, order = bought(woo)
    woo.ship(order)
    woo.read_orders()
    assert woo.counts(order) == (3, 0, 3, 0)
    woo.simulator.set_stock_by_hand(woo.wire(tea), 4)
    assert woo.channel.read([tea]) == {tea: 4}


def test_t11_warnings_before_the_json(woo: WooMall) -> None:
    woo.simulator.switches.noise = "<br />\n<b>Warning</b>: Undefined array key [0] in <b>/wp/x.php</b> {3}<br />\n"
    tea, order = bought(woo)
    assert woo.counts(order) == (3, 3, 0, 0)
    woo.push({tea: 5})
    assert woo.stock(tea) == 5


def test_t12_orders_are_known_by_their_id_and_never_by_their_number(woo: WooMall) -> None:
    orders = [bought(woo)[1] for _ in range(2)]
    assert int(orders[1]) - int(orders[0]) > 1
    assert woo.newest.keys() == set(orders)


@pytest.mark.parametrize(("told", "meant"), [(3, 3), (2.0, 2), ("4", 4), ("5.0", 5)])
def test_t13_counts_in_whatever_form(told: Any, meant: int) -> None:
    assert units(told) == meant


@pytest.mark.parametrize("told", [1.5, "1.5", None, "", True, "x"])
def test_t13_a_part_of_a_unit_is_no_count(told: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        units(told)


def test_t13_an_order_of_half_a_unit_is_a_problem_of_its_own(woo: WooMall) -> None:
    _, good = bought(woo)
    _, odd = bought(woo)
    woo.simulator.state.orders[odd].lines[0].units = 1.5  # type: ignore[assignment]
    woo.simulator.set_status(odd, "on-hold")
    answer = woo.read_orders()
    assert set(answer.problems) == {odd}
    assert woo.counts(good) == (3, 3, 0, 0)


def test_a_line_whose_product_is_gone_is_shown_by_its_sku(woo: WooMall) -> None:
    _, order = bought(woo)
    woo.simulator.state.orders[order].lines[0].listing = ("0", "")
    woo.simulator.set_status(order, "on-hold")
    woo.read_orders()
    assert woo.line(order).listing == ListingKey("woocommerce", "sku:tea")


def test_hosts_that_hide_the_totals_are_paged_through_all_the_same(
    woo: WooMall, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts, name = woo.orders_page
    monkeypatch.setattr(facts, name, 2)
    woo.simulator.switches.total_headers = False
    tea = woo.add("tea", 100)
    placed = {woo.buy((tea, 1)) for _ in range(5)}
    woo.read_orders()
    assert woo.newest.keys() == placed


def test_an_order_whose_refunds_cannot_be_read_is_read_again(woo: WooMall) -> None:
    _, order = bought(woo)
    woo.simulator.refund(order, {first_line(woo, order): 1})
    woo.faults.next(Refuse(503), path_contains("/refunds"))
    woo.read_orders()
    assert woo.line(order).open == 2


def test_an_order_deleted_before_its_refunds_were_read_stops_no_other(woo: WooMall) -> None:
    tea, order = bought(woo)
    woo.simulator.refund(order, {first_line(woo, order): 1})
    other = woo.buy((tea, 1))
    gone = {"code": "woocommerce_rest_invalid_order_id", "message": "Invalid order ID.", "data": {"status": 404}}
    for _ in range(2):
        woo.faults.next(Instead(404, json.dumps(gone)), path_contains("/refunds"))
    read = woo.read_orders()
    assert woo.counts(other) == (1, 1, 0, 0)
    assert "deleted" in read.problems[order].en


def test_a_list_that_is_cut_off_is_never_taken_for_no_orders(woo: WooMall) -> None:
    _, order = bought(woo)
    cut_off = json.dumps([{"id": 1, "status": "processing", "refunds": []}]).removesuffix("}]")
    woo.faults.next(Instead(200, cut_off), path_contains(woo.orders_path))
    assert order in {each.order for each in woo.channel.orders(woo.since).orders}


# Variations whose stock lies on their product.


def test_t2_a_variation_sold_from_its_products_stock_is_a_line_of_the_product() -> None:
    woo = WooVariationsMall()
    woo.simulator.add_product(("60", "61"), "tea-red", None, manages="parent")
    parent = woo.simulator.product(("60", ""))
    assert parent is not None
    parent.manages, parent.quantity = True, 10
    order = woo.simulator.place([(("60", "61"), 2)])
    assert order is not None
    woo.read_orders()
    line = woo.line(order)
    assert (line.listing, line.open, line.taken) == (ListingKey("woocommerce", "60"), 2, 2)
    assert woo.stock(ListingKey("woocommerce", "60")) == 8


def test_a_variation_that_was_deleted_keeps_its_name() -> None:
    woo = WooVariationsMall()
    tea = woo.add("tea", 10)
    order = woo.buy((tea, 2))
    woo.simulator.delete_product(woo.wire(tea))
    woo.read_orders()
    assert woo.line(order).listing == tea
