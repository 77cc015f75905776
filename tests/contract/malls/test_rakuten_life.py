"""Who moves Rakuten's stock, and how orders live (rakuten.md §5, §9)."""

from __future__ import annotations

import pytest

from tests.contract.malls.clients import RakutenClient, row

TEA = ("tea-001", "v1")
POT = ("pot-001", "v1")


def placed(client: RakutenClient, units: int = 2, baskets: int = 1) -> str:
    """An order of tea and a pot, at 300 and visible."""
    number = client.mall.place([(TEA, units), (POT, 1)], baskets=baskets)
    assert number is not None
    client.clock.sleep(5)
    return number


def shop(client: RakutenClient, restock: bool = False) -> None:
    client.product("TEA-001", 10, restock_on_cancel=restock)
    client.product("POT-001", 10, restock_on_cancel=restock)


def tea(client: RakutenClient) -> int:
    return client.mall.stock()[TEA]


def lines(client: RakutenClient, number: str) -> list[tuple[int, int, int, int]]:
    """(basket, itemDetailId, units, deleteItemFlag)"""
    packages = client.order(number)["PackageModelList"]
    return [
        (package["basketId"], item["itemDetailId"], item["units"], item["deleteItemFlag"])
        for package in packages
        for item in package["ItemModelList"]
    ]


def test_stock_falls_before_the_feed_shows_the_order(rakuten: RakutenClient) -> None:
    shop(rakuten)
    rakuten.mall.buy(TEA, 3)
    assert rakuten.read(TEA)[0]["quantity"] == 7
    assert rakuten.search().json()["orderNumberList"] == []


def test_an_order_is_taken_whole_or_refused(rakuten: RakutenClient) -> None:
    shop(rakuten)
    assert rakuten.mall.place([(TEA, 6), (POT, 1), (TEA, 5)]) is None
    assert rakuten.mall.buy(TEA, 11) is None
    assert rakuten.mall.buy(("unknown", "v1"), 1) is None
    assert set(rakuten.mall.stock().values()) == {10}
    assert rakuten.mall.place([(TEA, 6), (POT, 1), (TEA, 4)]) is not None
    assert tea(rakuten) == 0


def test_hidden_skus_sell_nothing_and_back_orders_sell_at_zero(rakuten: RakutenClient) -> None:
    hidden = rakuten.product("A", 5, hidden=True)
    later = rakuten.product("B", 1, back_order=True)
    endless = rakuten.product("C", 0, unlimited=True)
    assert rakuten.mall.buy(hidden, 1) is None
    assert rakuten.upsert(row("a", 3)).status_code == 204
    assert rakuten.mall.buy(later, 3) is not None
    assert rakuten.mall.stock()[later] == 0
    number = rakuten.mall.buy(endless, 3)
    assert number is not None
    rakuten.clock.sleep(5)
    item = rakuten.order(number)["PackageModelList"][0]["ItemModelList"][0]
    assert item["inventoryType"] == 0


def test_an_absolute_push_overwrites_a_sale_of_a_moment_ago(rakuten: RakutenClient) -> None:
    shop(rakuten)
    read = rakuten.read(TEA)[0]["quantity"]
    rakuten.mall.buy(TEA, 3)
    rakuten.upsert(row("tea-001", read))
    assert tea(rakuten) == 10
    causes = [(change.cause, change.old, change.new) for change in rakuten.mall.history if change.listing == TEA]
    assert causes == [("opening", 0, 10), ("order", 10, 7), ("push", 7, 10)]


def test_progress_goes_on_by_itself(rakuten: RakutenClient) -> None:
    shop(rakuten)
    rakuten.mall.switches.confirm_after, rakuten.mall.switches.authorise_after = 60.0, 120.0
    number = placed(rakuten)
    assert rakuten.order(number)["orderProgress"] == 100
    rakuten.clock.sleep(60)
    assert rakuten.order(number)["orderProgress"] == 200
    rakuten.clock.sleep(120)
    order = rakuten.order(number)
    assert order["orderProgress"] == 300
    assert order["orderFixDatetime"] == "2026-11-23T10:03:00+0900"


def test_an_order_nobody_confirms_is_cancelled_after_14_days(rakuten: RakutenClient) -> None:
    shop(rakuten, restock=True)
    rakuten.mall.switches.confirm_after = None
    number = placed(rakuten)
    rakuten.clock.sleep(14 * 24 * 3600)
    assert rakuten.order(number)["orderProgress"] == 900
    assert tea(rakuten) == 10


# Cancelling


def test_restock_on_cancel_is_the_skus_own_setting(rakuten: RakutenClient) -> None:
    rakuten.product("TEA-001", 10, restock_on_cancel=True)
    rakuten.product("POT-001", 10)
    rakuten.mall.cancel(placed(rakuten), restock=None)
    assert rakuten.mall.stock() == {TEA: 10, POT: 9}


def test_a_cancellation_may_wait_at_800_first(rakuten: RakutenClient) -> None:
    shop(rakuten)
    rakuten.mall.switches.cancel_to = 800
    number = placed(rakuten)
    assert rakuten.mall.cancel(number) == 3
    assert tea(rakuten) == 10
    order = rakuten.order(number)
    assert (order["orderProgress"], order["ChangeReasonModelList"][0]["changeType"]) == (800, 0)
    rakuten.clock.sleep(60)
    order = rakuten.order(number)
    assert (order["orderProgress"], order["ChangeReasonModelList"][0]["changeType"]) == (900, 2)
    assert order["ChangeReasonModelList"][0]["changeFixDatetime"] is not None


def test_a_cancellation_can_be_withdrawn(rakuten: RakutenClient) -> None:
    shop(rakuten)
    rakuten.mall.switches.cancel_to = 800
    number = placed(rakuten)
    rakuten.mall.cancel(number)
    rakuten.mall.withdraw_cancellation(number)
    assert tea(rakuten) == 8
    assert rakuten.order(number)["orderProgress"] == 300
    assert [line.open for line in rakuten.mall.orders()[0].lines] == [2, 1]
    assert rakuten.mall.orders()[0].cancelled_at is None


def test_members_cancel_within_half_an_hour(rakuten: RakutenClient) -> None:
    shop(rakuten)
    early, late = placed(rakuten), placed(rakuten)
    pre_order = rakuten.mall.place([(TEA, 1)], order_type=6)
    assert pre_order is not None
    assert rakuten.mall.buyer_cancels(early)
    assert not rakuten.mall.buyer_cancels(pre_order)
    rakuten.clock.sleep(1800)
    assert not rakuten.mall.buyer_cancels(late)
    assert rakuten.order(early)["ChangeReasonModelList"][0]["changeReason"] == 1


def test_what_is_shipped_cannot_be_cancelled(rakuten: RakutenClient) -> None:
    shop(rakuten)
    number = placed(rakuten)
    assert rakuten.mall.ship(number) == 3
    assert rakuten.mall.ship(number) == 0
    assert rakuten.mall.cancel(number) == 0
    assert not rakuten.mall.buyer_cancels(number)
    assert tea(rakuten) == 8


# Changing


def test_units_are_edited_and_stock_follows_by_the_lines_flag(rakuten: RakutenClient) -> None:
    shop(rakuten)
    left = []
    for flag in (0, 1, 2):
        rakuten.mall.switches.restore_inventory_flag = flag  # type: ignore[assignment]
        number = placed(rakuten, units=3)
        before = tea(rakuten)
        rakuten.mall.edit_units(number, "11", 1)
        left.append(tea(rakuten) - before)
        assert lines(rakuten, number)[0] == (1, 11, 1, 0)
    assert left == [0, 2, 0]


def test_an_edit_of_the_buyer_shows_and_may_wait_at_400(rakuten: RakutenClient) -> None:
    shop(rakuten)
    rakuten.mall.switches.edit_pending = 60.0
    number = placed(rakuten)
    rakuten.mall.edit_units(number, "11", 1, by=1)
    order = rakuten.order(number)
    assert (order["orderProgress"], order["modifyFlag"]) == (400, 1)
    assert order["ChangeReasonModelList"][0]["changeTypeDetail"] == 0
    rakuten.clock.sleep(60)
    assert rakuten.order(number)["orderProgress"] == 300


def test_a_deleted_line_is_flagged_or_gone(rakuten: RakutenClient) -> None:
    shop(rakuten)
    number = placed(rakuten)
    assert rakuten.mall.cancel(number, "11", restock=True) == 2
    assert tea(rakuten) == 10
    assert lines(rakuten, number) == [(1, 11, 2, 1), (1, 12, 1, 0)]
    rakuten.mall.switches.deleted_lines = "gone"
    assert lines(rakuten, number) == [(1, 12, 1, 0)]


def test_some_units_of_a_line_are_withdrawn(rakuten: RakutenClient) -> None:
    shop(rakuten)
    number = placed(rakuten, units=3)
    assert rakuten.mall.cancel(number, "11", 1, restock=True) == 1
    assert lines(rakuten, number)[0] == (1, 11, 2, 0)
    assert tea(rakuten) == 8


def test_what_is_shipped_or_cancelled_is_edited_no_more(rakuten: RakutenClient) -> None:
    shop(rakuten)
    shipped, cancelled = placed(rakuten), placed(rakuten)
    rakuten.mall.ship(shipped)
    rakuten.mall.cancel(cancelled)
    before = rakuten.mall.to_json()
    for number in (shipped, cancelled):
        with pytest.raises(AssertionError):
            rakuten.mall.add_line(number, TEA, 1)
    assert rakuten.mall.to_json() == before


def test_a_line_is_added_in_a_basket_of_its_own(rakuten: RakutenClient) -> None:
    shop(rakuten)
    number = placed(rakuten)
    added = rakuten.mall.add_line(number, TEA, 2, basket=2)
    assert lines(rakuten, number) == [(1, 11, 2, 0), (1, 12, 1, 0), (2, int(added), 2, 0)]
    assert tea(rakuten) == 6


def test_two_baskets_are_shipped_one_after_the_other(rakuten: RakutenClient) -> None:
    shop(rakuten)
    number = placed(rakuten, baskets=2)
    assert rakuten.mall.ship(number, "11") == 2
    order = rakuten.order(number)
    assert order["orderProgress"] == 300
    assert [len(package["ShippingModelList"]) for package in order["PackageModelList"]] == [1, 0]
    assert rakuten.mall.ship(number) == 1
    assert rakuten.order(number)["orderProgress"] == 500


def test_a_package_is_deleted_with_its_last_line(rakuten: RakutenClient) -> None:
    shop(rakuten)
    number = placed(rakuten, baskets=2)
    rakuten.mall.cancel(number, "12")
    assert [one["packageDeleteFlag"] for one in rakuten.order(number)["PackageModelList"]] == [0, 1]
