"""getStock, setStock and the catalogue of the Yahoo simulator (yahoo.md §2, §4)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.malls.yahoo_client import YahooClient, codes, root, text, texts


def rows(answer: Any) -> list[dict[str, str]]:
    return [{child.tag: child.text or "" for child in row} for row in root(answer).iter("Result")]


def test_get_stock_tells_what_there_is_and_what_not(yahoo: YahooClient) -> None:
    yahoo.product("tea-01", 12)
    yahoo.product("shirt-9", None, "red-m", published=False)
    answer = yahoo.get("tea-01", "shirt-9:red-m", "typo-1")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/xml")
    assert (root(answer).attrib["ok"], root(answer).attrib["ng"]) == ("2", "1")
    tea, shirt, typo = rows(answer)
    assert (tea["Status"], tea["Quantity"], tea["AllowOverdraft"], tea["IsPublished"]) == ("1", "12", "0", "1")
    assert tea["UpdateTime"] == "2026-11-23T10:00:00+09:00"
    assert (shirt["SubCode"], shirt["Quantity"], shirt["IsPublished"]) == ("red-m", "", "0")
    assert typo == {"ItemCode": "typo-1", "SubCode": "", "Status": "0"}


def test_get_stock_refuses_what_is_malformed(yahoo: YahooClient) -> None:
    assert codes(yahoo.get("te_a")) == ["st-01101"]
    assert codes(yahoo.get(*(f"t{number}" for number in range(1001)))) == ["st-01102"]


def test_set_stock_is_absolute_and_echoes_what_is_there_now(yahoo: YahooClient) -> None:
    tea = yahoo.product("tea-01", 12)
    answer = yahoo.set("tea-01", "11", allow_overdraft="1")
    assert (answer.status_code, text(answer, "Quantity")) == (200, "11")
    assert yahoo.mall.stock() == {tea: 11}
    assert yahoo.mall.state.rows[tea].allow_overdraft
    assert [change.cause for change in yahoo.mall.history] == ["opening", "push"]
    assert yahoo.mall.write_count == 1


def test_a_sign_makes_a_change_of_it(yahoo: YahooClient) -> None:
    yahoo.product("tea-01", 12)
    assert text(yahoo.set("tea-01", "-5"), "Quantity") == "7"
    assert text(yahoo.set("tea-01", "+3"), "Quantity") == "10"  # httpx encodes it


@pytest.mark.parametrize("quantity", ["33.0", "１２", "", " 3", "INI", "1234567890"])
def test_what_is_no_number_is_refused(yahoo: YahooClient, quantity: str) -> None:
    yahoo.product("tea-01", 12)
    answer = yahoo.set("tea-01", quantity)
    assert (answer.status_code, codes(answer)) == (400, ["st-02104"])
    assert yahoo.mall.stock()[("tea-01", "")] == 12


def test_some_rows_bad_is_207_and_the_good_are_applied(yahoo: YahooClient) -> None:
    yahoo.product("tea-01", 12)
    yahoo.product("cup-01", 5)
    answer = yahoo.set("tea-01,cup-01", "11,x")
    assert (answer.status_code, codes(answer), texts(answer, "Quantity")) == (207, ["st-02104"], ["11"])
    assert sorted(yahoo.mall.stock().values()) == [5, 11]


@pytest.mark.parametrize(
    ("listed", "quantities", "more", "code"),
    [
        ("tea-01,tea-01", "1,2", {}, "st-02103"),
        ("tea-01,cup-01", "1", {}, "st-02105"),
        ("tea-01", "1", {"allow_overdraft": "2"}, "st-02106"),
        ("tea-01,cup-01", "1,2", {"allow_overdraft": "0"}, "st-02107"),
        ("te_a", "1", {}, "st-02101"),
        (",".join(f"t{number}" for number in range(1001)), "1", {}, "st-02102"),
    ],
)
def test_refusals(yahoo: YahooClient, listed: str, quantities: str, more: dict[str, str], code: str) -> None:
    assert codes(yahoo.set(listed, quantities, **more)) == [code]


def test_a_number_for_an_unknown_code_waits_for_its_item(yahoo: YahooClient) -> None:
    answer = yahoo.set("new-01", "7")
    assert (answer.status_code, text(answer, "Quantity")) == (200, "7")
    assert yahoo.mall.stock() == {}
    assert text(yahoo.get("new-01"), "Status") == "0"
    yahoo.product("new-01", 0)
    assert text(yahoo.get("new-01"), "Quantity") == "7"


@pytest.mark.parametrize(("switch", "left"), [("keeps", True), ("clears", False)])
def test_leaving_overdraft_out(yahoo: YahooClient, switch: Any, left: bool) -> None:
    yahoo.mall.switches.omitted_overdraft = switch
    tea = yahoo.product("tea-01", 12, allow_overdraft=True)
    yahoo.set("tea-01", "3")
    assert yahoo.mall.state.rows[tea].allow_overdraft == left


@pytest.mark.parametrize("releases", [True, False])
def test_a_closed_item_is_sold_out_until_it_is_released(yahoo: YahooClient, releases: bool) -> None:
    yahoo.mall.switches.stock_close_by_api = releases
    tea = yahoo.product("tea-01", 12)
    order = yahoo.mall.buy(tea, 1)
    assert order is not None
    yahoo.mall.cancel(order, reason=210)
    yahoo.set("tea-01", "100")
    assert yahoo.mall.buy(tea, 1) is None
    assert text(yahoo.get("tea-01"), "Quantity") == "100"  # nothing shows the flag
    yahoo.set("tea-01", "100", stock_close="0")
    assert (yahoo.mall.buy(tea, 1) is not None) == releases


def test_an_update_while_a_publication_runs(yahoo: YahooClient) -> None:
    yahoo.product("tea-01", 12)
    yahoo.mall.switches.publishing = True
    assert codes(yahoo.set("tea-01", "3")) == ["ed-00006"]
    assert text(yahoo.get("tea-01"), "Quantity") == "12"


def test_updated_but_not_read_back(yahoo: YahooClient) -> None:
    tea = yahoo.product("tea-01", 12)
    yahoo.mall.switches.unread_rows = 1.0
    answer = yahoo.set("tea-01", "3")
    assert (answer.status_code, codes(answer)) == (207, ["ed-10002"])
    assert yahoo.mall.stock() == {tea: 3}


def test_codes_may_be_folded(yahoo: YahooClient) -> None:
    tea = yahoo.product("tea-01", 12)
    assert text(yahoo.get("TEA-01"), "Status") == "0"
    yahoo.mall.switches.fold_codes = True
    assert text(yahoo.get("TEA-01"), "Quantity") == "12"
    yahoo.set("TEA-01", "3")
    assert yahoo.mall.stock() == {tea: 3}


def test_the_item_list_needs_a_query_and_tells_of_sub_codes(yahoo: YahooClient) -> None:
    yahoo.product("tea-01", 12)
    yahoo.product("tee-9", 3, "red")
    yahoo.product("tee-9", 4, "blue")
    refused = yahoo.call("GET", "myItemList", params={"seller_id": yahoo.seller})
    assert refused.status_code == 400
    query = {"seller_id": yahoo.seller, "query": "te", "stock": "true"}
    answer = yahoo.call("GET", "myItemList", params=query)
    assert texts(answer, "ItemCode") == ["tea-01", "tee-9"]
    assert texts(answer, "HasSubCode") == ["0", "1"]
    assert texts(answer, "Quantity") == ["12", "7"]
    item = yahoo.call("GET", "getItem", params={"seller_id": yahoo.seller, "item_code": "tee-9"})
    assert [each.attrib["code"] for each in root(item).iter("SubCode")] == ["red", "blue"]
    unknown = yahoo.call("GET", "getItem", params={"seller_id": yahoo.seller, "item_code": "x"})
    assert (unknown.status_code, codes(unknown)) == (400, ["it-05002"])
