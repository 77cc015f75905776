"""Reconcile finds what nothing else saw, says so in 要対応, and finds nothing where all is well."""

from __future__ import annotations

from tests.support.world import World


def test_a_quiet_shop_has_no_drift(shop: World) -> None:
    order = shop.buy("rakuten", "A", 2)
    shop.rounds(2)
    shop.sandbox.rakuten.ship(order)
    shop.type("B", "本社倉庫", 9)
    shop.settle()
    assert shop.service.reconcile() == []
    assert shop.open_questions() == ""


def test_a_number_changed_in_a_mall_is_found(shop: World) -> None:
    shop.settle()
    shop.sandbox.shopify.set_stock_by_hand(shop.wire("shopify", "B"), 3)
    (drift,) = shop.service.reconcile()
    assert (drift.expected, drift.found) == (7, 3)
    assert "照合で差" in shop.open_questions()


def test_a_balance_that_nothing_explains_is_found(shop: World) -> None:
    with shop.service.ledger.write() as tx:
        tx.conn.exec_driver_sql("UPDATE balance SET booked = booked - 1 WHERE sku = 'A' AND location = '本社倉庫'")
    assert any("conservation A" in drift.what for drift in shop.service.reconcile())


def test_an_allocation_without_its_line_is_found(shop: World) -> None:
    shop.buy("rakuten", "A", 2)
    shop.rounds(2)
    with shop.service.ledger.write() as tx:
        tx.conn.exec_driver_sql("DELETE FROM share")
    assert any("allocated A" in drift.what for drift in shop.service.reconcile())
