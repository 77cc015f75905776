"""Shopify's own traps: points, quantities, keys, tokens, rights, versions (shopify.md §10)."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest

from bridge.channels.port import Outcome, PushItem
from bridge.channels.shopify import webhooks
from bridge.domain.orders import ListingKey
from bridge.errors import NeedsPerson, TryAgain
from bridge.sandbox.faults import Delay, Instead, Refuse, ReplyLost, path_contains
from bridge.settings import Secret
from tests.contract.channels.conformance import KEY, ShopifyAppMall, ShopifyMall


def sent(shopify: ShopifyMall, operation: str) -> list[Any]:
    return [json.loads(record.sent)["variables"] for record in shopify.records if record.operation == operation]


# Cost.


def test_dear_queries_are_made_smaller(shopify: ShopifyMall) -> None:
    shopify.simulator.switches.max_query_cost = 200
    tea = shopify.add("tea", 100)
    placed = {shopify.buy((tea, 1)) for _ in range(12)}
    shopify.read_orders()
    assert shopify.newest.keys() == placed
    assert {variables["first"] for variables in sent(shopify, "Orders")} == {20, 10, 5}


def test_a_small_bucket_is_never_overdrawn(shopify: ShopifyMall) -> None:
    shopify.simulator.switches.bucket = 1000.0
    shopify.simulator.switches.restore_rate = 50.0
    tea = shopify.add("tea", 1000)
    for number in range(60):
        shopify.buy((tea, 1))
        shopify.read_orders(wait=0.0)
        shopify.push({tea: 1000 - number}, f"key {number}")
    assert len(shopify.told_off) <= 1  # the first query can't know how small the bucket is


def test_points_used_by_another_worker_are_waited_for(shopify: ShopifyMall) -> None:
    tea = shopify.add("tea", 1000)
    shopify.buy((tea, 1))
    shopify.read_orders()
    shopify.simulator._api._engine.bucket.spend(1900)
    shopify.read_orders(wait=0.0)
    assert len(shopify.told_off) == 1


# Quantities.


def test_t1_t2_what_is_not_stocked_here_is_left_out(shopify: ShopifyMall) -> None:
    tea, inactive = shopify.add("tea", 10), shopify.add("cup", 10, active=False)
    elsewhere = shopify.simulator.add_location("gid://shopify/Location/2", "渋谷店")
    other = ListingKey("shopify", tea.id.replace("@1", "@2"))
    assert shopify.channel.read([tea, inactive, other]) == {tea: 10}
    shopify.simulator.add_product((shopify.wire(tea)[0], elsewhere), "tea", 4)
    assert shopify.channel.read([tea, other]) == {tea: 10, other: 4}


def test_a_bundle_is_refused_and_blocks_nothing(shopify: ShopifyMall) -> None:
    tea, bundle = shopify.add("tea", 10), shopify.add("set", 10, bundle=True)
    pushed = shopify.push({bundle: 3, tea: 4})
    assert [each.outcome for each in pushed] == [Outcome.REFUSED, Outcome.DONE]
    assert pushed[0].hint is not None
    assert "NON_MUTABLE_INVENTORY_ITEM" in pushed[0].hint.en


def test_a_number_below_zero_is_compared_with(shopify: ShopifyMall) -> None:
    tea = shopify.add("tea", 1, policy="CONTINUE")
    shopify.buy((tea, 3))
    assert shopify.channel.read([tea]) == {tea: -2}
    assert [each.outcome for each in shopify.push({tea: 0})] == [Outcome.DONE]
    assert shopify.stock(tea) == 0


def test_keys_follow_from_the_key_and_what_is_sent(shopify: ShopifyMall) -> None:
    tea, cup = shopify.add("tea", 10), shopify.add("cup", 5)
    items = [PushItem(tea, 7, 10), PushItem(cup, 4, 6)]  # the second is stale
    for _ in range(2):
        pushed = shopify.channel.push(items, KEY)
        assert [each.outcome for each in pushed] == [Outcome.DONE, Outcome.STALE]
    keys = [variables["key"] for variables in sent(shopify, "SetQuantities")]
    assert keys[:2] == keys[2:]
    assert len(set(keys)) == 2
    assert all(UUID(key) for key in keys)
    shopify.channel.push(items, KEY.replace("3f", "40"))
    assert sent(shopify, "SetQuantities")[4]["key"] not in keys


def test_the_compared_number_is_always_in_the_request(shopify: ShopifyMall) -> None:
    tea = shopify.add("tea", 10)
    shopify.push({tea: 7})
    [variables] = sent(shopify, "SetQuantities")
    [row] = variables["input"]["quantities"]
    assert row["changeFromQuantity"] == 10
    assert variables["input"]["name"] == "available"


def test_a_request_in_flight_is_waited_for_with_the_same_key(shopify: ShopifyMall) -> None:
    tea = shopify.add("tea", 10)
    item = PushItem(tea, 7, 10)
    shopify.channel.push([item], KEY)
    [(_key, attempt)] = shopify.simulator.state.attempts.items()
    answer, attempt.answer = attempt.answer, None

    def arrives(_environ: dict[str, Any]) -> None:
        if shopify.clock.elapsed > 3:
            attempt.answer = answer

    shopify.faults.before = arrives
    [pushed] = shopify.channel.push([item], KEY)
    assert pushed.outcome is Outcome.DONE
    assert len({variables["key"] for variables in sent(shopify, "SetQuantities")}) == 1


def test_a_push_that_is_answered_with_nothing_is_not_taken_for_done(shopify: ShopifyMall) -> None:
    tea = shopify.add("tea", 10)
    shopify.faults.next(Instead(200, '{"data": {"inventorySetQuantities": null}}'), path_contains("graphql"))
    [pushed] = shopify.channel.push([PushItem(tea, 4, 10)], KEY)
    assert pushed.outcome is Outcome.UNKNOWN


def test_a_subscription_whose_answer_was_lost_is_no_refusal(shopify: ShopifyMall) -> None:
    shopify.channel = shopify.connect(webhook_secret=Secret("whsec-sandbox"))
    assert shopify.channel.webhooks is not None
    shopify.faults.next(Delay(0.0), path_contains("graphql"))  # the list of those that are there
    shopify.faults.next(ReplyLost(), path_contains("graphql"))
    shopify.channel.webhooks.subscribe("https://bridge.example/webhooks/shopify")
    assert {each["topic"] for each in sent(shopify, "Subscribe")} == set(webhooks.TOPICS)


def test_a_batch_that_is_applied_in_part_ends_well(shopify: ShopifyMall) -> None:
    shopify.simulator.switches.batch = "partial"
    tea, cup = shopify.add("tea", 10), shopify.add("cup", 5)
    pushed = shopify.channel.push([PushItem(tea, 7, 10), PushItem(cup, 4, 6)], KEY)
    assert pushed[1].outcome is Outcome.STALE
    assert pushed[0].outcome in (Outcome.DONE, Outcome.STALE)
    assert shopify.stock(tea) == 7


def test_t6_listings_are_told_apart_by_the_item_and_never_by_a_sku(shopify: ShopifyMall) -> None:
    """One SKU twice, once in another case, once with a blank, once empty."""
    listings = [shopify.add(sku, 10) for sku in ("TEA", "TEA", "tea", "TEA ", "")]
    assert shopify.channel.read(listings) == dict.fromkeys(listings, 10)
    shopify.push({listing: 3 + number for number, listing in enumerate(listings)})
    assert [shopify.stock(listing) for listing in listings] == [3, 4, 5, 6, 7]
    order = shopify.buy((listings[1], 1))
    shopify.read_orders()
    assert shopify.line(order).listing == listings[1]


def test_t11_units_that_a_draft_reserves_are_not_put_back_on_sale(shopify: ShopifyMall) -> None:
    """No order tells of them: the number falls, and a push that was decided before is stale."""
    tea = shopify.add("tea", 10)
    shown = shopify.channel.read([tea])[tea]
    shopify.simulator.reserve(shopify.wire(tea), 3)
    assert shopify.read_orders().orders == ()
    [pushed] = shopify.channel.push([PushItem(tea, 9, shown)], KEY)
    assert pushed.outcome is Outcome.STALE
    assert shopify.stock(tea) == 7
    assert shopify.channel.read([tea]) == {tea: 7}


def test_t14_t23_no_notice_of_numbers_is_asked_for() -> None:
    """Our own pushes would echo, and what a product is called says nothing of its number: that is read."""
    assert all(topic.startswith(("ORDERS_", "REFUNDS_")) for topic in webhooks.TOPICS)


def test_t22_another_app_moved_the_stock_and_is_not_written_over_blindly(shopify: ShopifyMall) -> None:
    tea = shopify.add("tea", 10)
    shown = shopify.channel.read([tea])[tea]
    shopify.simulator.set_stock_by_hand(shopify.wire(tea), 4)
    [pushed] = shopify.channel.push([PushItem(tea, 8, shown)], KEY)
    assert (pushed.outcome, shopify.stock(tea)) == (Outcome.STALE, 4)
    assert not any(
        row["changeFromQuantity"] is None for row in sent(shopify, "SetQuantities")[0]["input"]["quantities"]
    )


# Tokens, rights, versions.


def test_a_token_is_renewed_an_hour_early() -> None:
    mall = ShopifyAppMall()
    tea = mall.add("tea", 10)
    mall.channel.read([tea])
    mall.clock.sleep(22 * 3600)
    mall.channel.read([tea])
    assert len(mall.simulator.state.tokens) == 1
    mall.clock.sleep(1.5 * 3600)
    mall.channel.read([tea])
    assert len(mall.simulator.state.tokens) == 2


def test_a_token_that_dies_early_is_renewed_once() -> None:
    mall = ShopifyAppMall()
    tea = mall.add("tea", 10)
    mall.channel.read([tea])
    mall.simulator.state.tokens.clear()
    assert mall.channel.read([tea]) == {tea: 10}
    assert len(mall.simulator.state.tokens) == 1


def test_a_token_endpoint_that_is_down_matters_only_when_the_token_is_over() -> None:
    mall = ShopifyAppMall()
    tea = mall.add("tea", 10)
    mall.channel.read([tea])
    mall.clock.sleep(23.2 * 3600)
    for _ in range(500):
        mall.faults.next(Refuse(503), path_contains("oauth"))
    assert mall.channel.read([tea]) == {tea: 10}
    mall.clock.sleep(3600)
    with pytest.raises(TryAgain):
        mall.channel.read([tea])


def test_t16_a_token_that_ends_in_the_middle_of_a_long_read_is_renewed_once() -> None:
    mall = ShopifyAppMall()
    tea = mall.add("tea", 500)
    placed = {mall.buy((tea, 1)) for _ in range(60)}
    pages: list[str] = []

    def ends(environ: dict[str, Any]) -> None:
        pages.extend([environ["PATH_INFO"]] * ("graphql" in environ["PATH_INFO"]))
        if len(pages) == 2:
            mall.simulator.state.tokens.clear()

    mall.faults.before = ends
    mall.read_orders()
    assert mall.newest.keys() == placed
    assert [record.status for record in mall.records].count(401) == 1


def test_a_shop_outside_the_organisation_needs_a_person() -> None:
    mall = ShopifyAppMall()
    mall.simulator.switches.token_error = "shop_not_permitted"
    with pytest.raises(NeedsPerson, match="shop_not_permitted"):
        mall.read_orders()


HALF = json.dumps(
    {
        "data": {"orders": {"nodes": [], "pageInfo": {"hasNextPage": False, "endCursor": None}}, "nodes": None},
        "errors": [{"message": "Internal error.", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}],
    }
)


def test_t18_what_came_with_an_error_is_not_taken_for_the_whole(shopify: ShopifyMall) -> None:
    """A 200 with some data and an error beside it; a 401 whose `errors` is a text."""
    order = shopify.buy((shopify.add("tea", 10), 2))
    shopify.faults.next(Instead(200, HALF))
    shopify.read_orders()
    assert shopify.faults.pending == 0
    assert shopify.counts(order) == (2, 2, 0, 0)
    for _ in range(50):
        shopify.faults.next(Instead(200, HALF))
    with pytest.raises(TryAgain):
        shopify.read_orders()
    shopify.faults.clear()
    shopify.kill_credentials()
    with pytest.raises(NeedsPerson, match="token"):
        shopify.read_orders()
    assert '{"errors": "[API] Invalid API key' in shopify.records[-1].received


@pytest.mark.parametrize("status", [402, 403, 423])
def test_a_closed_shop_needs_a_person(shopify: ShopifyMall, status: int) -> None:
    shopify.simulator.switches.http_error = status
    with pytest.raises(NeedsPerson):
        shopify.read_orders()


def test_a_missing_right_is_named_by_check(shopify: ShopifyMall) -> None:
    tea = shopify.add("tea", 10)
    shopify.simulator.switches.scopes = frozenset({"read_products", "read_locations", "read_inventory"})
    with pytest.raises(NeedsPerson, match="read_orders"):
        shopify.read_orders()
    with pytest.raises(NeedsPerson, match="write_inventory"):
        shopify.push({tea: 3})
    bad = {line.name: line.hint.en for line in shopify.channel.check() if not line.ok}
    assert bad.keys() == {"read_orders", "write_inventory"}
    assert "read_orders" in bad["read_orders"]


def test_the_rights_that_check_wants_are_enough_and_more_are_told(shopify: ShopifyMall) -> None:
    tea = shopify.add("tea", 10)
    enough = frozenset({"read_orders", "read_products", "write_inventory", "read_locations"})
    shopify.simulator.switches.scopes = enough
    shopify.buy((tea, 1))
    shopify.read_orders()
    assert [each.outcome for each in shopify.push({tea: 3})] == [Outcome.DONE]
    told_by_shopify = shopify.connect(webhook_secret=Secret("x")).webhooks
    assert told_by_shopify is not None
    told_by_shopify.subscribe("https://bridge.example/webhooks/shopify")

    def told() -> str:
        [line] = [line for line in shopify.channel.check() if line.name == "write_inventory"]
        assert line.ok
        return line.hint.en

    assert told() == "It works."
    shopify.simulator.switches.scopes = enough | {"read_customers", "write_orders", "read_all_orders"}
    assert told().endswith("read_all_orders, read_customers, write_orders")
    shopify.channel = shopify.connect(look_back_days=90)
    assert told().endswith("read_customers, write_orders")


def test_check_looks_at_the_location(shopify: ShopifyMall) -> None:
    shopify.channel = shopify.connect(location="77")
    [line] = [line for line in shopify.channel.check() if not line.ok]
    assert line.name == "location"
    assert "77" in line.hint.en


def test_check_notices_a_version_that_is_served_by_another(shopify: ShopifyMall) -> None:
    shopify.channel = shopify.connect(api_version="2025-01")
    [line] = [line for line in shopify.channel.check() if not line.ok]
    assert line.name == "api_version"
    assert "2025-01" in line.hint.en


def test_an_unknown_version_needs_a_person(shopify: ShopifyMall) -> None:
    shopify.channel = shopify.connect(api_version="2031-01")
    with pytest.raises(NeedsPerson, match="api_version"):
        shopify.read_orders()


@pytest.mark.parametrize("version", ["2026-07", "2026-10"])
def test_both_supported_versions_work(shopify: ShopifyMall, version: str) -> None:
    shopify.channel = shopify.connect(api_version=version)
    tea = shopify.add("tea", 10)
    order = shopify.buy((tea, 2))
    shopify.read_orders()
    assert shopify.counts(order) == (2, 2, 0, 0)
    assert [each.outcome for each in shopify.push({tea: 3})] == [Outcome.DONE]
    assert all(line.ok for line in shopify.channel.check())
