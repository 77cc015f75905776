"""Listings Items and the counts of FBA (amazon.md §5, §7)."""

from __future__ import annotations

import json

import pytest

from bridge.sandbox.malls.amazon import Amazon
from tests.contract.malls.clients import JAPAN, MERGE, AmazonClient

PLACE = {"granularityType": "Marketplace", "granularityId": JAPAN, "marketplaceIds": JAPAN}


def available(amazon: AmazonClient, sku: str = "TEA-001") -> list[dict[str, object]]:
    shown: list[dict[str, object]] = amazon.item(sku)["fulfillmentAvailability"]
    return shown


def test_a_patch_sets_the_quantity(amazon: AmazonClient) -> None:
    amazon.product(lead_time=3)
    answer = amazon.patch("TEA-001", 4)
    assert (answer["sku"], answer["status"], answer["issues"]) == ("TEA-001", "ACCEPTED", [])
    assert available(amazon) == [{"fulfillmentChannelCode": "DEFAULT", "quantity": 4}]
    [submitted] = amazon.item("TEA-001")["attributes"]["fulfillment_availability"]
    assert (submitted["quantity"], submitted["lead_time_to_ship_max_days"]) == (4, 3)
    assert amazon.mall.history[-1].cause == "push"
    assert amazon.mall.write_count == 1


def test_replace_wipes_the_handling_time_and_merge_does_not(amazon: AmazonClient) -> None:
    amazon.product(lead_time=3)
    amazon.patch("TEA-001", 4, "merge")
    assert amazon.mall.state.items["TEA-001"].lead_time == 3
    amazon.patch("TEA-001", 4, "replace")
    assert amazon.mall.state.items["TEA-001"].lead_time is None


@pytest.mark.parametrize(
    ("patch", "code"),
    [
        (
            {"op": "merge", "path": "/attributes/fulfillmentAvailability", "value": [{"quantity": 1}]},
            "90000900",
        ),
        ({"op": "merge", "path": MERGE, "value": [{"quantity": 1}]}, "90220"),
        ({"op": "merge", "path": MERGE, "value": [{"fulfillment_channel_code": "DEFAULT", "quantity": -1}]}, "90244"),
    ],
)
def test_invalid_is_told_inside_a_200(amazon: AmazonClient, patch: dict[str, object], code: str) -> None:
    amazon.product()
    answer = amazon.patch_raw("TEA-001", patch)
    assert (answer.status_code, answer.json()["status"]) == (200, "INVALID")
    assert [issue["code"] for issue in answer.json()["issues"]] == [code]
    assert available(amazon) == [{"fulfillmentChannelCode": "DEFAULT", "quantity": 10}]


def test_a_patch_without_a_value_is_refused(amazon: AmazonClient) -> None:
    amazon.product()
    answer = amazon.patch_raw("TEA-001", {"op": "merge", "path": MERGE})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["message"] == "Value is missing for patch at index of 0."


def test_a_preview_changes_nothing(amazon: AmazonClient) -> None:
    amazon.product()
    assert amazon.patch("TEA-001", 4, mode="VALIDATION_PREVIEW")["status"] == "VALID"
    assert available(amazon) == [{"fulfillmentChannelCode": "DEFAULT", "quantity": 10}]
    assert amazon.mall.write_count == 0


def test_a_sku_that_is_not_there(amazon: AmazonClient) -> None:
    assert amazon.patch("NO-SUCH", 4)["status"] == "INVALID"
    amazon.mall.switches.unknown_sku = "accepted"
    assert amazon.patch("NO-SUCH", 4)["status"] == "ACCEPTED"
    answer = amazon.get(amazon.item_path("NO-SUCH"), marketplaceIds=JAPAN)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (404, "NOT_FOUND")


def test_an_offer_that_lacks_something_of_its_own_takes_no_number(amazon: AmazonClient) -> None:
    amazon.product()
    amazon.mall.switches.refused_skus.add("TEA-001")
    assert amazon.patch("TEA-001", 4)["status"] == "INVALID"
    assert available(amazon) == [{"fulfillmentChannelCode": "DEFAULT", "quantity": 10}]
    amazon.mall.switches.refused_skus.clear()
    assert amazon.patch("TEA-001", 4)["status"] == "ACCEPTED"


def test_accepted_is_not_yet_in_effect(amazon: AmazonClient) -> None:
    amazon.product()
    amazon.mall.switches.effect_after = 60.0
    amazon.patch("TEA-001", 4)
    item = amazon.item("TEA-001")
    assert item["fulfillmentAvailability"][0]["quantity"] == 10
    assert item["attributes"]["fulfillment_availability"][0]["quantity"] == 4
    amazon.clock.sleep(60)
    assert available(amazon)[0]["quantity"] == 4
    amazon.mall.switches.ineffective = True
    amazon.patch("TEA-001", 9)
    amazon.clock.sleep(3600)
    assert amazon.mall.stock()[("TEA-001", "DEFAULT")] == 4


def test_a_quantity_turns_an_offer_of_fba_into_one_of_the_sellers(amazon: AmazonClient) -> None:
    amazon.product("TEA-FBA", 40, "AMAZON_JP")
    assert available(amazon, "TEA-FBA") == [{"fulfillmentChannelCode": "AMAZON_JP"}]
    assert amazon.item("TEA-FBA")["summaries"][0]["fnSku"].startswith("X0")
    assert amazon.patch("TEA-FBA", 4)["status"] == "ACCEPTED"  # nothing refuses it
    assert available(amazon, "TEA-FBA") == [{"fulfillmentChannelCode": "DEFAULT", "quantity": 4}]
    assert amazon.mall.buy(("TEA-FBA", "AMAZON_JP"), 1) is None  # the goods are stranded


def test_what_is_not_in_effect_yet_survives_a_restart(amazon: AmazonClient) -> None:
    amazon.product()
    amazon.mall.switches.effect_after = 60.0
    amazon.patch("TEA-001", 4)
    again = Amazon(amazon.clock)
    again.load_json(json.loads(json.dumps(amazon.mall.to_json())))
    assert again.stock()[("TEA-001", "DEFAULT")] == 10
    amazon.clock.sleep(60)
    assert again.stock()[("TEA-001", "DEFAULT")] == 4


def test_a_search_for_skus(amazon: AmazonClient) -> None:
    for number in range(5):
        amazon.product(f"TEA-{number}", number)
    path = f"/listings/2021-08-01/items/{amazon.mall.seller}"
    query = {"marketplaceIds": JAPAN, "identifiersType": "SKU", "includedData": "fulfillmentAvailability"}
    answer = amazon.get(path, identifiers="TEA-1,TEA-3,TEA-9", **query).json()
    assert [item["sku"] for item in answer["items"]] == ["TEA-1", "TEA-3"]
    assert answer["numberOfResults"] == 2
    first = amazon.get(path, pageSize="2", **query | {"identifiers": "TEA-0,TEA-1,TEA-2"}).json()
    token = first["pagination"]["nextToken"]
    second = amazon.get(path, pageSize="2", pageToken=token, **query | {"identifiers": "TEA-0,TEA-1,TEA-2"}).json()
    assert [item["sku"] for item in first["items"] + second["items"]] == ["TEA-0", "TEA-1", "TEA-2"]
    assert amazon.get(path, pageToken="other", **query | {"identifiers": "TEA-0"}).status_code == 400


@pytest.mark.parametrize("sku", ["A/B", "a b", "100%", "C#1", "D+E&F", "お茶 (大)", "it's*!", "A,B", "~x"])
def test_a_sku_may_hold_anything(amazon: AmazonClient, sku: str) -> None:
    amazon.product(sku, 5)
    assert amazon.item(sku)["sku"] == sku
    assert amazon.patch(sku, 2)["sku"] == sku
    assert amazon.mall.stock()[(sku, "DEFAULT")] == 2


def test_skus_are_told_apart_by_case(amazon: AmazonClient) -> None:
    amazon.product("tea-001", 1)
    assert amazon.get(amazon.item_path("TEA-001"), marketplaceIds=JAPAN).status_code == 404


# FBA


def test_the_counts_of_the_warehouse(amazon: AmazonClient) -> None:
    amazon.product("TEA-FBA", 40, "AMAZON_JP")
    amazon.product("TEA-001")
    warehouse = amazon.mall.state.items["TEA-FBA"].warehouse
    assert warehouse is not None
    warehouse.inbound_shipped, warehouse.reserved, warehouse.unfulfillable = 10, 3, 1
    body = amazon.get("/fba/inventory/v1/summaries", details="true", **PLACE).json()
    [summary] = body["payload"]["inventorySummaries"]
    assert (summary["sellerSku"], summary["totalQuantity"]) == ("TEA-FBA", 54)
    assert summary["inventoryDetails"]["fulfillableQuantity"] == 40
    assert summary["inventoryDetails"]["inboundShippedQuantity"] == 10
    plain = amazon.get("/fba/inventory/v1/summaries", **PLACE).json()["payload"]["inventorySummaries"]
    assert "inventoryDetails" not in plain[0]


def test_a_pages_token_lives_thirty_seconds(amazon: AmazonClient) -> None:
    amazon.mall.switches.fba_page = 2
    for number in range(3):
        amazon.product(f"FBA-{number}", number, "AMAZON_JP")
    first = amazon.get("/fba/inventory/v1/summaries", **PLACE).json()
    token = first["pagination"]["nextToken"]  # beside the payload, not in it
    amazon.clock.sleep(30)
    rest = amazon.get("/fba/inventory/v1/summaries", nextToken=token, **PLACE).json()
    assert [one["sellerSku"] for one in rest["payload"]["inventorySummaries"]] == ["FBA-2"]
    assert "pagination" not in rest
    other = amazon.get("/fba/inventory/v1/summaries", nextToken=token, sellerSkus="FBA-2", **PLACE)
    amazon.clock.sleep(1)
    late = amazon.get("/fba/inventory/v1/summaries", nextToken=token, **PLACE)
    assert (other.status_code, late.status_code) == (400, 400)


def test_an_account_without_fba(amazon: AmazonClient) -> None:
    amazon.mall.switches.fba_enabled = False
    answer = amazon.get("/fba/inventory/v1/summaries", **PLACE)
    assert (answer.status_code, answer.json()["errors"][0]["message"]) == (400, "Invalid input")


def test_where_the_seller_sells(amazon: AmazonClient) -> None:
    [one] = amazon.get("/sellers/v1/marketplaceParticipations").json()["payload"]
    assert (one["marketplace"]["id"], one["participation"]["isParticipating"]) == (JAPAN, True)
