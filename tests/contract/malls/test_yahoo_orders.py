"""Orders of the Yahoo simulator: who moves stock, what the order APIs show (yahoo.md §2.5, §3)."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.sandbox.malls.mall import Listing
from bridge.sandbox.malls.yahoo.records import OUT_OF_STOCK
from tests.contract.malls.yahoo_client import YahooClient, codes, root, text, texts

TEA: Listing = ("tea-01", "")


def placed(yahoo: YahooClient, units: int = 2, **more: Any) -> str:
    """An order of tea, visible."""
    if TEA not in yahoo.mall.stock():
        yahoo.product("tea-01", 10)
    order = yahoo.mall.place([(TEA, units)], **more)
    assert order is not None
    yahoo.clock.sleep(5)
    return order


def tea(yahoo: YahooClient) -> int:
    return yahoo.mall.stock()[TEA]


def test_stock_falls_before_the_list_shows_the_order(yahoo: YahooClient) -> None:
    yahoo.product("tea-01", 10)
    order = yahoo.mall.buy(TEA, 3)
    assert text(yahoo.get("tea-01"), "Quantity") == "7"
    assert yahoo.listed() == []
    yahoo.clock.sleep(5)
    assert yahoo.listed() == [order]


def test_the_list_is_flat_and_has_its_own_envelope(yahoo: YahooClient) -> None:
    order = placed(yahoo)
    answer = yahoo.list()
    assert root(answer).tag == "Result"
    assert (text(answer, "TotalCount"), text(answer, "OrderId"), text(answer, "ShipStatus")) == ("1", order, "1")
    assert answer.headers["X-SWS-Authorize-Status"] == "authorized"
    assert texts(answer, "Quantity") == []


def test_an_order_is_nested_and_has_the_other_envelope(yahoo: YahooClient) -> None:
    order = placed(yahoo)
    answer = yahoo.info(order)
    assert root(answer).tag == "ResultSet"
    (shown,) = root(answer).iter("OrderInfo")
    assert [child.tag for child in shown if len(child)] == ["Pay", "Ship", "Item", "Detail", "Seller", "Buyer"]
    assert (text(answer, "ItemId"), text(answer, "Quantity"), text(answer, "Value")) == ("tea-01", "2", "あり & 名入れ")
    assert "NotExists" in text(yahoo.info("snbx-tea-1"), "Message").replace(" ", "")


@pytest.mark.parametrize(
    "condition",
    [
        "<OrderStatus>2</OrderStatus>",
        "<LastUpdateTimeFrom>20261101000000</LastUpdateTimeFrom>",
        "<OrderTimeFrom>2026-11-01</OrderTimeFrom>",
        "<Nonsense>1</Nonsense><OrderId>x</OrderId>",
    ],
)
def test_conditions_that_are_refused(yahoo: YahooClient, condition: str) -> None:
    assert codes(yahoo.list(condition)) == ["od90166"]


def test_unknown_fields_are_refused(yahoo: YahooClient) -> None:
    assert codes(yahoo.list(fields="OrderId,Color")) == ["od90166"]
    assert codes(yahoo.info(placed(yahoo), fields="Color")) == ["od90166"]


def test_paging_is_by_row_and_the_ends_of_a_window_are_included(yahoo: YahooClient) -> None:
    yahoo.product("tea-01", 10)
    orders = []
    for _ in range(5):
        orders.append(placed(yahoo, 1))
    assert texts(yahoo.list(start=1, size=2), "OrderId") == orders[:2]
    assert texts(yahoo.list(start=5, size=2), "OrderId") == orders[4:]
    exact = "<OrderTimeFrom>20261123100005</OrderTimeFrom><OrderTimeTo>20261123100005</OrderTimeTo>"
    assert texts(yahoo.list(exact), "OrderId") == [orders[1]]


def test_windows_and_history_may_have_limits(yahoo: YahooClient) -> None:
    placed(yahoo)
    yahoo.mall.switches.widest_window_days = 31
    assert codes(yahoo.list()) == ["od90166"]
    yahoo.mall.switches.widest_window_days = None
    yahoo.mall.switches.history_days = 30
    yahoo.clock.sleep(20 * 86_400)
    yahoo.login()
    assert len(yahoo.listed()) == 1
    yahoo.clock.sleep(11 * 86_400)
    yahoo.mall.switches.consent_days = 365
    yahoo.login()
    assert yahoo.listed() == []


def test_every_change_is_a_new_version_at_a_new_time(yahoo: YahooClient) -> None:
    order = placed(yahoo, 3)
    seen = [(text(yahoo.info(order), "Version"), text(yahoo.info(order), "LastUpdateTime"))]
    for change in (
        lambda: yahoo.mall.edit_units(order, "1", 2),
        lambda: yahoo.mall.ship(order),
        lambda: yahoo.mall.finish(order),
    ):
        change()
        seen.append((text(yahoo.info(order), "Version"), text(yahoo.info(order), "LastUpdateTime")))
    assert len({version for version, _ in seen}) == len({at for _, at in seen}) == 4


def test_a_held_order_is_hidden_and_published_later_with_its_old_time(yahoo: YahooClient) -> None:
    order = placed(yahoo, held=True)
    assert tea(yahoo) == 8
    assert yahoo.listed() == []
    assert text(yahoo.info(order), "OrderStatus") == "2"
    yahoo.mall.switches.held_shown_by_id = False
    assert codes(yahoo.info(order)) == ["od90137"]
    yahoo.clock.sleep(3600)
    yahoo.login()
    answer = yahoo.list()
    assert (text(answer, "OrderId"), text(answer, "FraudHoldStatus")) == (order, "2")
    assert text(answer, "OrderTime") == "2026-11-23T10:00:00+09:00"


def test_confirmed_fraud_stays_hidden(yahoo: YahooClient) -> None:
    order = placed(yahoo, held=True)
    yahoo.mall.review(order, fraud=True)
    yahoo.clock.sleep(7200)
    yahoo.login()
    assert yahoo.listed() == []


@pytest.mark.parametrize(("keep_stock", "left"), [(True, 10), (False, 8)])
def test_a_buyer_who_cancels_puts_back_by_the_items_setting(yahoo: YahooClient, keep_stock: bool, left: int) -> None:
    yahoo.product("tea-01", 10, keep_stock=keep_stock)
    order = placed(yahoo)
    assert yahoo.mall.buyer_cancels(order)
    assert tea(yahoo) == left
    assert (text(yahoo.info(order), "OrderStatus"), text(yahoo.info(order), "CancelReason")) == ("4", "100")
    assert text(yahoo.info(order), "Quantity") == "2"
    assert not yahoo.mall.buyer_cancels(order)


@pytest.mark.parametrize(("restores", "left"), [(True, 10), (False, 8)])
def test_the_shop_cancels_by_api_and_stock_comes_back_by_switch(yahoo: YahooClient, restores: bool, left: int) -> None:
    yahoo.mall.switches.merchant_cancel_restores = restores
    order = placed(yahoo)
    target = f"<Target><OrderId>{order}</OrderId><IsPointFix>true</IsPointFix></Target>"
    change = f"{target}<Order><OrderStatus>4</OrderStatus><CancelReason>{OUT_OF_STOCK}</CancelReason></Order>"
    assert text(yahoo.order_call("orderStatusChange", change), "Status") == "OK"
    assert tea(yahoo) == left
    assert codes(yahoo.order_call("orderStatusChange", change)) == ["od90302"]
    assert yahoo.mall.buy(TEA, 1) is None  # closed


def test_an_unpaid_order_is_not_shippable_until_it_is_paid(yahoo: YahooClient) -> None:
    order = placed(yahoo, paid=False)
    assert text(yahoo.info(order), "ShipStatus") == "0"
    target = f"<Target><OrderId>{order}</OrderId></Target>"
    yahoo.order_call("orderPayStatusChange", f"{target}<Order><Pay><PayStatus>1</PayStatus></Pay></Order>")
    assert (text(yahoo.info(order), "PayStatus"), text(yahoo.info(order), "ShipStatus")) == ("1", "1")


def test_shipping_is_the_orders_and_what_is_shipped_is_changed_no_more(yahoo: YahooClient) -> None:
    order = placed(yahoo)
    ship = "<Order><Ship><ShipStatus>3</ShipStatus></Ship></Order>"
    yahoo.order_call("orderShipStatusChange", f"<Target><OrderId>{order}</OrderId></Target>{ship}")
    assert text(yahoo.info(order), "ShipStatus") == "3"
    assert [(line.shipped, line.open) for line in yahoo.mall.orders()[0].lines] == [(2, 0)]
    assert yahoo.mall.ship(order) == 0
    with pytest.raises(AssertionError):
        yahoo.mall.edit_units(order, "1", 1)


def test_any_order_change_marks_it_as_seen_and_reading_does_not(yahoo: YahooClient) -> None:
    order = placed(yahoo, 3)
    assert text(yahoo.info(order), "IsSeen") == "false"
    item = "<Order><Item><LineId>1</LineId><Quantity>1</Quantity></Item></Order>"
    yahoo.order_call("orderChange", f"<Target><OrderId>{order}</OrderId></Target>{item}")
    assert (text(yahoo.info(order), "IsSeen"), text(yahoo.info(order), "Quantity")) == ("true", "1")
    assert tea(yahoo) == 9


def test_edits_may_leave_the_stock_alone(yahoo: YahooClient) -> None:
    yahoo.mall.switches.edits_move_stock = False
    order = placed(yahoo, 3)
    yahoo.mall.edit_units(order, "1", 1)
    assert tea(yahoo) == 7


def test_a_split_moves_units_and_no_stock(yahoo: YahooClient) -> None:
    order = placed(yahoo, 3)
    child = yahoo.mall.split(order, "1", 2)
    yahoo.clock.sleep(5)
    assert tea(yahoo) == 7
    assert (text(yahoo.info(order), "Quantity"), text(yahoo.info(order), "ChildOrderId")) == ("1", child)
    assert (text(yahoo.info(child), "Quantity"), text(yahoo.info(child), "ParentOrderId")) == ("2", order)
    assert yahoo.listed() == [order, child]


def test_lines_go_and_come(yahoo: YahooClient) -> None:
    order = placed(yahoo, 3)
    assert yahoo.mall.cancel(order, "1", 1) == 1
    assert (text(yahoo.info(order), "Quantity"), tea(yahoo)) == ("2", 8)
    added = yahoo.mall.add_line(order, TEA, 4)
    assert yahoo.mall.cancel(order, "1") == 2
    assert (text(yahoo.info(order), "LineId"), tea(yahoo)) == (added, 6)


def test_counts(yahoo: YahooClient) -> None:
    placed(yahoo)
    placed(yahoo, held=True)
    answer = yahoo.call("GET", "orderCount", signed=True, params={"sellerId": yahoo.seller})
    assert (text(answer, "NewOrder"), text(answer, "Shipping")) == ("1", "1")
