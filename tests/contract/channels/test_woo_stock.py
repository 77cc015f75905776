"""Reading and setting quantities at WooCommerce (own_shops_and_files.md §2, Products and stock)."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.channels.port import Outcome, PushItem
from bridge.domain.orders import ListingKey
from bridge.errors import NeedsPerson
from bridge.sandbox.faults import Instead, Refuse, ReplyLost, path_contains
from tests.contract.channels.conformance import KEY, WooMall, WooVariationsMall


def alarms(woo: WooMall) -> dict[str, str]:
    found = woo.channel.orders(woo.since).alarms
    return {about: hint.en for about, hint in (found or {}).items()}


def test_what_is_found_written_is_done_though_the_shop_turns_the_rest_away(woo: WooMall) -> None:
    """LATER would say that nothing was carried out."""
    woo.simulator.add_product(("70", "701"), "red", 10)
    woo.simulator.add_product(("71", "711"), "blue", 10)
    red, blue = ListingKey("woocommerce", "70/701"), ListingKey("woocommerce", "71/711")
    woo.channel.read([red, blue])
    woo.faults.next(ReplyLost(), woo.push_match)
    for _ in range(3):
        woo.faults.next(Refuse(429, retry_after=900), woo.push_match)
    pushed = woo.channel.push([PushItem(red, 7, 10), PushItem(blue, 7, 10)], KEY)
    assert [each.outcome for each in pushed] == [Outcome.DONE, Outcome.LATER]
    assert (woo.stock(red), woo.stock(blue)) == (7, 10)


@pytest.mark.parametrize(
    ("kind", "told"),
    [({"manages": False}, "doesn't manage"), ({"manages": True, "backorders": "notify"}, "beyond its stock")],
)
def test_what_sells_without_end_is_told(woo: WooMall, kind: dict[str, Any], told: str) -> None:
    tea = woo.add("tea", 10, **kind)
    woo.channel.read([tea])
    assert told in alarms(woo)[tea.id]
    [page] = [list(page) for page in woo.channel.catalogue()]
    assert page[0].trap is not None
    assert told in page[0].trap.en


def test_t1_a_number_that_the_shop_drops_without_a_word_is_refused(woo: WooMall) -> None:
    """It answers 200, and would blank the number besides."""
    tea, cup = woo.add("tea", 10, manages=False), woo.add("cup", 10)
    assert woo.channel.read([tea, cup]) == {cup: 10}
    pushed = woo.channel.push([PushItem(tea, 3, 10), PushItem(cup, 4, 10)], KEY)
    assert [each.outcome for each in pushed] == [Outcome.REFUSED, Outcome.DONE]
    assert pushed[0].hint is not None
    assert "doesn't manage" in pushed[0].hint.en


def test_t1_stock_management_switched_off_for_the_whole_shop(woo: WooMall) -> None:
    tea = woo.add("tea", 10)
    woo.simulator.switches.manages_stock = False
    [pushed] = woo.channel.push([PushItem(tea, 3, 10)], KEY)
    assert pushed.outcome is Outcome.REFUSED
    assert pushed.hint is not None
    assert "Settings → Products" in pushed.hint.en


def test_t2_a_variation_whose_stock_lies_on_its_product_is_none_of_its_own() -> None:
    woo = WooVariationsMall()
    woo.simulator.add_product(("60", "61"), "tea-red", None, manages="parent")
    parent = woo.simulator.product(("60", ""))
    assert parent is not None
    parent.manages, parent.quantity, parent.sku = True, 10, "TEA"
    red, tea = ListingKey("woocommerce", "60/61"), ListingKey("woocommerce", "60")
    assert woo.channel.read([red, tea]) == {tea: 10}
    assert "product's id alone" in alarms(woo)["60/61"]
    assert [each.listing for page in woo.channel.catalogue() for each in page] == [tea]
    assert [each.outcome for each in woo.channel.push([PushItem(tea, 4, 10)], KEY)] == [Outcome.DONE]
    assert woo.stock(tea) == 4


def test_variations_of_several_products_and_products_in_one_push() -> None:
    woo = WooVariationsMall()
    listings = []
    for product in (70, 80):
        for variation in (1, 2):
            woo.simulator.add_product((str(product), str(product + variation)), f"{product}-{variation}", 10)
            listings.append(ListingKey("woocommerce", f"{product}/{product + variation}"))
    woo.simulator.add_product(("90", ""), "cup", 10)
    listings.append(ListingKey("woocommerce", "90"))
    pushed = woo.channel.push([PushItem(listing, 3, 10) for listing in listings], KEY)
    assert {each.outcome for each in pushed} == {Outcome.DONE}
    assert {woo.stock(listing) for listing in listings} == {3}
    assert woo.world.write_count == 3


def test_a_second_call_that_has_to_wait_leaves_the_first_done() -> None:
    woo = WooVariationsMall()
    woo.simulator.add_product(("70", "71"), "tea", 10)
    woo.simulator.add_product(("80", "81"), "cup", 10)
    tea, cup = ListingKey("woocommerce", "70/71"), ListingKey("woocommerce", "80/81")
    for _ in range(5):
        woo.faults.next(Refuse(429, retry_after=900), lambda environ: "80%2Fvariations" in environ["QUERY_STRING"])
    pushed = woo.channel.push([PushItem(tea, 3, 10), PushItem(cup, 3, 10)], KEY)
    assert [each.outcome for each in pushed] == [Outcome.DONE, Outcome.LATER]
    assert (woo.stock(tea), woo.stock(cup)) == (3, 10)


def test_a_product_that_is_gone_takes_its_variations_along() -> None:
    woo = WooVariationsMall()
    tea, gone = woo.add("tea", 10), ListingKey("woocommerce", "98/99")
    assert woo.channel.read([gone, tea]) == {tea: 10}
    pushed = woo.channel.push([PushItem(gone, 1, 1), PushItem(tea, 3, 10)], KEY)
    assert [each.outcome for each in pushed] == [Outcome.REFUSED, Outcome.DONE]


def test_below_zero_is_nothing_to_sell(woo: WooMall) -> None:
    tea = woo.add("tea", -2)
    assert woo.channel.read([tea]) == {tea: 0}


def test_a_row_missing_in_the_answer_is_not_taken_as_done(woo: WooMall) -> None:
    tea, cup = woo.add("tea", 10), woo.add("cup", 10)
    body = f'{{"update": [{{"id": {cup.id}, "stock_quantity": 4, "manage_stock": true}}]}}'
    woo.faults.next(Instead(200, body), woo.push_match)
    pushed = woo.channel.push([PushItem(tea, 3, 10), PushItem(cup, 4, 10)], KEY)
    assert [each.outcome for each in pushed] == [Outcome.UNKNOWN, Outcome.DONE]


def test_grouped_and_foreign_products_are_not_sold_here(woo: WooMall) -> None:
    tea = woo.add("tea", 10)
    for kind in ("grouped", "external"):
        woo.add(kind, 0, manages=False, type=kind)
    assert [each.listing for page in woo.channel.catalogue() for each in page] == [tea]


# The door.


def test_a_key_that_may_only_read_is_told_by_check(woo: WooMall) -> None:
    woo.simulator.permission = "read"
    bad = [line for line in woo.channel.check() if not line.ok]
    assert [line.name for line in bad] == ["products.batch"]
    assert "write permissions" in bad[0].hint.en


def test_a_host_that_takes_the_header_off_is_served_by_keys_in_the_query(woo: WooMall) -> None:
    woo.simulator.switches.strips_authorization = True
    with pytest.raises(NeedsPerson) as caught:
        woo.channel.read([woo.add("tea", 10)])
    assert "keys_in" in caught.value.hint.en
    woo.channel = woo.connect(keys_in="query")
    assert all(line.ok for line in woo.channel.check())
    assert not [record for record in woo.records if "cs_sandbox" in record.url or "ck_sandbox" in record.url]


def test_a_site_without_the_api(woo: WooMall) -> None:
    body = '{"code": "rest_no_route", "message": "No route was found", "data": {"status": 404}}'
    woo.faults.next(Instead(404, body), path_contains("/orders"))
    with pytest.raises(NeedsPerson) as caught:
        woo.channel.orders(woo.since)
    assert "permalinks" in caught.value.hint.en


def test_a_firewalls_403_is_waited_for(woo: WooMall) -> None:
    tea = woo.add("tea", 10)
    woo.faults.next(Instead(403, "<html>blocked</html>", "text/html"))
    assert woo.channel.read([tea]) == {tea: 10}
