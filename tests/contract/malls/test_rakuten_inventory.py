"""The inventory API (rakuten.md §2)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.contract.malls.clients import RakutenClient, row

BULK_GET = "/es/2.0/inventories/bulk-get"
BULK_UPSERT = "/es/2.0/inventories/bulk-upsert"
ONE = "/es/2.0/inventories/manage-numbers/{}/variants/{}"
TEA = ("tea-001", "v1")


def errors(answer: httpx.Response) -> list[tuple[str, str | None]]:
    """(code, propertyPath) of each error."""
    return [(one["code"], one.get("metadata", {}).get("propertyPath")) for one in answer.json()["errors"]]


def code(answer: httpx.Response) -> str:
    """The one error's code."""
    (one,) = errors(answer)
    return one[0]


# Writing


def test_absolute_and_relative(rakuten: RakutenClient) -> None:
    rakuten.product("TEA-001", 10)
    rakuten.product("TEA-002", 10)
    answer = rakuten.upsert(row("tea-001", 7), row("tea-002", -3, "RELATIVE"))
    assert (answer.status_code, answer.content) == (204, b"")
    assert rakuten.mall.stock() == {TEA: 7, ("tea-002", "v1"): 7}


def test_manage_number_is_folded_and_variant_id_is_not(rakuten: RakutenClient) -> None:
    rakuten.product()
    rakuten.upsert(row("TEA-001", 4))
    (read,) = rakuten.read(("Tea-001", "v1"), ("tea-001", "V1"))
    assert (read["manageNumber"], read["variantId"], read["quantity"]) == ("tea-001", "v1", 4)


def test_folding_is_a_switch(rakuten: RakutenClient) -> None:
    rakuten.product()
    rakuten.mall.switches.fold_manage_number = False
    assert rakuten.read(("TEA-001", "v1")) == []


def test_an_unknown_sku_makes_an_orphan_that_lives_a_day(rakuten: RakutenClient) -> None:
    assert rakuten.upsert(row("nowhere", 5)).status_code == 204
    assert [one["quantity"] for one in rakuten.read(("nowhere", "v1"))] == [5]
    assert rakuten.mall.stock() == {}
    assert rakuten.mall.buy(("nowhere", "v1"), 1) is None
    rakuten.clock.sleep(24 * 3600)
    assert rakuten.read(("nowhere", "v1")) == []


def test_orphans_can_be_refused(rakuten: RakutenClient) -> None:
    rakuten.mall.switches.orphan_rows = False
    assert code(rakuten.upsert(row("nowhere", 5))) == "IE0002"


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"variantId": "v1", "mode": "ABSOLUTE", "quantity": 1}, ("IE0001", "manageNumber")),
        (row("", 1), ("IE0001", "manageNumber")),
        (row("a" * 33, 1), ("IE0004", "manageNumber")),
        (row("お茶", 1), ("IE0002", "manageNumber")),
        (row("tea", 1, variant="a b"), ("IE0002", "variantId")),
        (row("tea", 1, variant="v" * 33), ("IE0004", "variantId")),
        ({"manageNumber": "tea", "variantId": "v1", "quantity": 1}, ("IE0001", "mode")),
        (row("tea", 1, "absolute"), ("IE0002", "mode")),
        ({"manageNumber": "tea", "variantId": "v1", "mode": "ABSOLUTE"}, ("IE0001", "quantity")),
        (row("tea", "1"), ("IE0002", "quantity")),
        (row("tea", 1.5), ("IE0002", "quantity")),
        (row("tea", True), ("IE0002", "quantity")),
        (row("tea", -1), ("IE0003", "quantity")),
        (row("tea", 100_000), ("IE0003", "quantity")),
        (row("tea", -100_000, "RELATIVE"), ("IE0003", "quantity")),
        (row("tea", 1, "RELATIVE"), ("IE0500", "mode")),
        (row("tea", 1, shipFromIds=[1]), ("IE0002", "shipFromIds")),  # 2.0 knows the first four fields only
        (row("tea", 1, operationLeadTime={}), ("IE0002", "operationLeadTime")),
    ],
)
def test_each_wrong_row_is_named(rakuten: RakutenClient, entry: Any, expected: tuple[str, str]) -> None:
    rakuten.product()
    answer = rakuten.upsert(row("tea-001", 3), entry)
    assert answer.status_code == 400
    assert errors(answer) == [(expected[0], f"inventories[1].{expected[1]}")]
    assert rakuten.mall.stock() == {TEA: 10}


def test_the_official_wording(rakuten: RakutenClient) -> None:
    answer = rakuten.upsert(row("tea-001", -1))
    message, path = "quantity must be between 0 and 99999.", "inventories[0].quantity"
    assert answer.json() == {"errors": [{"code": "IE0003", "message": message, "metadata": {"propertyPath": path}}]}


def test_all_mistakes_of_a_batch_come_at_once(rakuten: RakutenClient) -> None:
    answer = rakuten.upsert(row("a", -1), row("b", 1, "x"), "text")
    assert errors(answer) == [
        ("IE0003", "inventories[0].quantity"),
        ("IE0002", "inventories[1].mode"),
        ("IE0002", "inventories[2]"),
    ]


def test_one_key_twice_kills_the_batch_also_by_folding(rakuten: RakutenClient) -> None:
    rakuten.product()
    answer = rakuten.upsert(row("tea-001", 1), row("TEA-001", 2))
    assert code(answer) == "IE1102"
    assert rakuten.mall.stock() == {TEA: 10}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", "GE0011"),
        (b"{}", "GE0011"),
        (b"[1]", "GE0011"),
        (b'{"inventories":[]}', "IE0001"),
        (b'{"x":1}', "IE0001"),
        (b'{"inventories":{"a":1}}', "IE0002"),
    ],
)
@pytest.mark.parametrize("path", [BULK_GET, BULK_UPSERT])
def test_bodies_that_are_none(rakuten: RakutenClient, path: str, body: bytes, expected: str) -> None:
    assert code(rakuten.call("POST", path, body)) == expected


def test_400_rows_at_most_to_write_and_1000_to_read(rakuten: RakutenClient) -> None:
    keys = [{"manageNumber": f"n{index}", "variantId": "v1"} for index in range(1001)]
    writes = [key | {"mode": "ABSOLUTE", "quantity": 1} for key in keys]
    assert rakuten.upsert(*writes[:400]).status_code == 204
    assert code(rakuten.upsert(*writes[:401])) == "IE1101"
    assert len(rakuten.call("POST", BULK_GET, {"inventories": keys[:1000]}).json()["inventories"]) == 400
    assert code(rakuten.call("POST", BULK_GET, {"inventories": keys})) == "IE1101"


def test_a_state_error_rejects_the_whole_batch(rakuten: RakutenClient) -> None:
    for sku in ("TEA-001", "TEA-002", "TEA-003"):
        rakuten.product(sku, 2)
    batch = [row("tea-001", 1), row("tea-002", -3, "RELATIVE"), row("tea-003", 1)]
    answer = rakuten.upsert(*batch)
    assert errors(answer) == [("IE0117", "inventories[1].quantity")]
    assert set(rakuten.mall.stock().values()) == {2}


def test_or_leaves_the_rows_before_it_applied_by_switch(rakuten: RakutenClient) -> None:
    rakuten.mall.switches.batch_errors = "partial"
    for sku in ("TEA-001", "TEA-002", "TEA-003"):
        rakuten.product(sku, 2)
    batch = [row("tea-001", 1), row("tea-002", -3, "RELATIVE"), row("tea-003", 1)]
    assert code(rakuten.upsert(*batch)) == "IE0117"
    assert list(rakuten.mall.stock().values()) == [1, 2, 2]


def test_400_variants_of_an_item_at_most(rakuten: RakutenClient) -> None:
    rakuten.upsert(*[row("tea", 1, variant=f"v{index}") for index in range(399)])
    assert code(rakuten.upsert(row("tea", 1, variant="x1"), row("tea", 1, variant="x2"))) == "IE0121"
    assert rakuten.upsert(row("tea", 1, variant="x1")).status_code == 204
    assert code(rakuten.upsert(row("tea", 1, variant="x2"))) == "IE0121"


def test_a_conflict_asks_to_try_again(rakuten: RakutenClient) -> None:
    rakuten.product()
    rakuten.mall.switches.conflict_rate = 1.0
    answer = rakuten.upsert(row("tea-001", 3))
    assert (answer.status_code, code(answer)) == (409, "CE0001")
    assert rakuten.mall.stock() == {TEA: 10}


# Lead times, version 2.1


def test_21_erases_the_lead_times_it_is_not_given(rakuten: RakutenClient) -> None:
    rakuten.product()
    lead_time = {"normalDeliveryTimeId": 4, "backOrderDeliveryTimeId": 5}
    rakuten.upsert(row("tea-001", 5, operationLeadTime=lead_time, shipFromIds=[3]), version="2.1")
    (read,) = rakuten.read(TEA, version="2.1")
    assert (read["operationLeadTime"], read["shipFromIds"]) == (lead_time, [3])
    assert "shipFromIds" not in rakuten.read(TEA, version="2.0")[0]
    rakuten.upsert(row("tea-001", 6), version="2.0")
    assert "shipFromIds" in rakuten.read(TEA, version="2.1")[0]
    rakuten.upsert(row("tea-001", 7), version="2.1")
    assert "shipFromIds" not in rakuten.read(TEA, version="2.1")[0]


def test_20_may_erase_them_too(rakuten: RakutenClient) -> None:
    rakuten.product()
    rakuten.mall.switches.writes_20_keep_lead_times = False
    rakuten.upsert(row("tea-001", 5, shipFromIds=[3]), version="2.1")
    rakuten.upsert(row("tea-001", 6), version="2.0")
    assert "shipFromIds" not in rakuten.read(TEA, version="2.1")[0]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"operationLeadTime": {"normalDeliveryTimeId": 99}}, "IE0118"),
        ({"operationLeadTime": 3}, "IE0002"),
        ({"operationLeadTime": {"days": 3}}, "IE0002"),
        ({"shipFromIds": [77]}, "IE0118"),
        ({"shipFromIds": 3}, "IE0002"),
    ],
)
def test_lead_times_must_be_set_up_in_the_shop(rakuten: RakutenClient, more: dict[str, Any], expected: str) -> None:
    assert code(rakuten.upsert(row("tea-001", 5, **more), version="2.1")) == expected


# Reading


def test_a_read_has_offsets_with_a_colon_and_leaves_out_unknown_keys(rakuten: RakutenClient) -> None:
    rakuten.product()
    (read,) = rakuten.read(TEA, ("other", "v1"))
    at = "2026-11-23T10:00:00+09:00"
    assert read == {"manageNumber": "tea-001", "variantId": "v1", "quantity": 10, "created": at, "updated": at}


def test_a_key_twice_is_refused_in_reads_too(rakuten: RakutenClient) -> None:
    key = {"manageNumber": "tea-001", "variantId": "v1"}
    assert code(rakuten.call("POST", BULK_GET, {"inventories": [key, key]})) == "IE1102"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "IE0105"),
        ("?minQuantity=5&maxQuantity=4", "IE0113"),
        ("?minQuantity=x", "IE0002"),
        ("?minQuantity=-1", "IE0002"),
        ("?maxQuantity=100000", "IE0003"),
    ],
)
def test_a_range_that_is_none(rakuten: RakutenClient, query: str, expected: str) -> None:
    assert code(rakuten.call("GET", BULK_GET + "/range" + query)) == expected


def test_a_range_comes_newest_first(rakuten: RakutenClient) -> None:
    for sku, stock in (("A", 1), ("B", 2), ("C", 3)):
        rakuten.product(sku, stock)
    rakuten.upsert(row("b", 3))

    def found(query: str) -> list[str]:
        answer = rakuten.call("GET", BULK_GET + "/range?" + query)
        return [one["manageNumber"] for one in answer.json()["inventories"]]

    assert found("minQuantity=3") == ["b", "c"]
    assert found("maxQuantity=2") == ["a"]
    assert found("minQuantity=1&maxQuantity=1") == ["a"]


def test_more_than_1000_hits_are_an_error(rakuten: RakutenClient) -> None:
    for index in range(1001):
        rakuten.mall.add_product((f"n{index}", "v1"), None, 0)
    assert code(rakuten.call("GET", BULK_GET + "/range?maxQuantity=0")) == "IE0116"


def test_one_row_alone(rakuten: RakutenClient) -> None:
    path = ONE.format("TEA-001", "v1")
    missing = rakuten.call("GET", path)
    assert (missing.status_code, code(missing)) == (404, "GE0014")
    assert missing.json()["errors"][0]["message"] == "Not found for inputs; manageNumber=tea-001, variantId=v1"
    assert rakuten.call("PUT", path, {"mode": "ABSOLUTE", "quantity": 4}).status_code == 204
    assert rakuten.call("GET", path).json()["quantity"] == 4
    assert errors(rakuten.call("PUT", path, {"mode": "ABSOLUTE", "quantity": -4})) == [("IE0003", "quantity")]
    assert code(rakuten.call("PUT", path, b"")) == "GE0011"
    assert rakuten.call("DELETE", path).status_code == 204
    assert rakuten.call("DELETE", path).status_code == 404


def test_the_variants_of_an_item(rakuten: RakutenClient) -> None:
    for variant in ("v2", "v1"):
        rakuten.mall.add_product(("tea", variant), None, 1)
    path = "/es/2.1/inventories/variant-lists/manage-numbers/"
    answer = rakuten.call("GET", path + "TEA").json()
    assert (answer["manageNumber"], answer["variantList"]) == ("tea", ["v1", "v2"])
    assert rakuten.call("GET", path + "other").status_code == 404


def test_writes_are_counted_by_operation(rakuten: RakutenClient) -> None:
    rakuten.product()
    rakuten.read(TEA)
    rakuten.call("GET", BULK_GET + "/range?minQuantity=0")
    rakuten.search()
    rakuten.get("x")
    assert rakuten.mall.write_count == 0
    rakuten.upsert(row("tea-001", 10))
    rakuten.upsert(row("tea-001", -1))
    rakuten.call("DELETE", ONE.format("tea-001", "v1"))
    assert rakuten.mall.write_count == 3
