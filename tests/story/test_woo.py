"""A shop of the seller's own, made with WooCommerce, beside the malls."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.web.app import WebEdge
from tests.support.more_malls import WithWoo
from tests.support.world import LAG, Moment
from tests.support.wsgi_transport import WsgiTransport

DAY = 24 * 3600.0


@pytest.fixture(scope="module")
def live_with_woo(tmp_path_factory: pytest.TempPathFactory) -> Moment:
    world = WithWoo(tmp_path_factory.mktemp("woo") / "ledger.sqlite")
    world.go_live()
    return world.moment()


@pytest.fixture
def shop(tmp_path: Path, live_with_woo: Moment) -> WithWoo:
    return WithWoo(tmp_path / "ledger.sqlite", since=live_with_woo)


def test_an_order_that_waits_for_its_payment_is_off_the_others_too(shop: WithWoo) -> None:
    """WooCommerce holds its units without showing it: its own number stays, and is lowered by us."""
    order = shop.sandbox.woocommerce.place([(shop.wire("woocommerce", "A"), 3)], status="pending")
    assert order is not None
    shop.settle()
    assert shop.all_shown("A") == {4}
    shop.sandbox.woocommerce.set_status(order, "cancelled")
    shop.settle()
    assert shop.row("A")["引当"] in ("", "0")
    assert shop.all_shown("A") == {7}


def test_an_order_paid_later_is_not_taken_off_twice(shop: WithWoo) -> None:
    """When it is paid, WooCommerce lowers a number from which we have taken the units already. The order says when it
    changed, and so explains that fall: nothing is held off the others for it, and nobody is asked."""
    order = shop.sandbox.woocommerce.place([(shop.wire("woocommerce", "A"), 3)], status="pending")
    assert order is not None
    shop.settle()
    shop.sandbox.woocommerce.set_status(order, "processing")
    assert shop.shown("woocommerce", "A") == 1
    for _ in range(12):
        shop.rounds(1)
        assert {shop.shown(mall, "A") for mall in ("rakuten", "shopify")} == {4}
    shop.settle()
    assert shop.all_shown("A") == {4}
    assert shop.row("A")["引当"] == "3"
    assert not shop.open_questions()


def test_a_sale_behind_the_payment_is_still_held_off_the_others(shop: WithWoo) -> None:
    """The payment explains its own units and not one more."""
    woo = shop.sandbox.woocommerce
    order = woo.place([(shop.wire("woocommerce", "A"), 3)], status="pending")
    assert order is not None
    shop.settle()
    woo.visible_after = LAG - 1
    shop.buy("woocommerce", "A", 1)
    woo.set_status(order, "processing")
    shop.service.pushers["woocommerce"].read_everything()
    shop.rounds(2, seconds=1)
    assert {shop.shown(mall, "A") for mall in ("rakuten", "shopify")} == {3}
    shop.settle()
    assert shop.all_shown("A") == {3}
    assert not shop.open_questions()


def test_goods_that_come_back_wait_to_be_inspected(shop: WithWoo) -> None:
    order = shop.buy("woocommerce", "A", 2)
    assert order is not None
    shop.settle()
    woo = shop.sandbox.woocommerce
    woo.ship(order)
    shop.settle()
    assert (shop.row("A")["引当"], shop.row("A")["本社倉庫"]) == ("0", "3")
    shop.clock.sleep(DAY)
    woo.return_units(order, woo.orders()[0].lines[0].line_id, 1)
    shop.settle()
    assert shop.row("A")["検品待ち"] == "1"
    assert shop.all_shown("A") == {5}


def test_a_webhook_wakes_the_poll(shop: WithWoo) -> None:
    edge = WebEdge(shop.service.hooks(), shop.service.doorbell, shop.service.health, shop.clock)
    shop.sandbox.woocommerce.courier.transport = WsgiTransport(app=edge)
    shop.service.subscriptions["woocommerce"].when_due(lambda job: job())
    assert not shop.service.wakes["woocommerce"].due()
    shop.buy("woocommerce", "A", 1)
    shop.sandbox.woocommerce.courier.step()
    assert shop.sandbox.woocommerce.courier.counts == {"sent": 2}
    assert shop.service.wakes["woocommerce"].due()
