"""Amazon's own traps: quantities, and the guard of what Amazon ships (amazon.md §5, §7, §11)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from bridge.channels.amazon import facts
from bridge.channels.port import Outcome, PushItem
from bridge.domain.orders import ListingKey
from bridge.errors import NeedsPerson, TryAgain
from bridge.sandbox.faults import Lost, Refuse, path_contains
from bridge.sandbox.malls.amazon.records import BY_AMAZON, Warehouse
from tests.contract.channels.conformance import KEY, AmazonMall

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def outcome(amazon: AmazonMall, listing: ListingKey, quantity: int, shown: int = 10) -> Outcome:
    [pushed] = amazon.channel.push([PushItem(listing, quantity, shown)], KEY)
    assert (pushed.hint is None) == (pushed.outcome is Outcome.DONE)
    return pushed.outcome


def patches(amazon: AmazonMall) -> list[Any]:
    sent = [record for record in amazon.records if record.writes]
    return [json.loads(record.sent) for record in sent if record.operation == "patchListingsItem"]


# Writing


def test_t9_a_quantity_is_merged_and_the_handling_time_stays(amazon: AmazonMall) -> None:
    tea = amazon.add("tea", 10, lead_time=3)
    amazon.push({tea: 4})
    assert patches(amazon) == [
        {
            "productType": "TEA",
            "patches": [
                {
                    "op": "merge",
                    "path": "/attributes/fulfillment_availability",
                    "value": [{"fulfillment_channel_code": "DEFAULT", "quantity": 4}],
                }
            ],
        }
    ]
    assert amazon.simulator.state.items[tea.id].lead_time == 3


def test_t10_invalid_inside_a_200_is_refused(amazon: AmazonMall) -> None:
    tea, cup = amazon.add("tea", 10), amazon.add("cup", 10)
    amazon.channel.read([tea, cup])
    amazon.simulator.switches.product_type_checked = True
    amazon.simulator.state.items[tea.id].product_type = "GREEN_TEA"  # since we looked
    pushed = amazon.channel.push([PushItem(tea, 4, 10), PushItem(cup, 4, 10)], KEY)
    assert [each.outcome for each in pushed] == [Outcome.REFUSED, Outcome.DONE]
    assert "99022" in str(pushed[0].hint)
    assert (amazon.stock(tea), amazon.stock(cup)) == (10, 4)
    assert outcome(amazon, tea, 4) is Outcome.DONE  # what was refused is looked at anew


@pytest.mark.parametrize("answer", ["invalid", "accepted"])
def test_t10_a_renamed_listing_is_refused_and_the_rest_goes_on(amazon: AmazonMall, answer: str) -> None:
    """Amazon may ACCEPT a number for a SKU that isn't there; so it is looked for first."""
    amazon.simulator.switches.unknown_sku = answer  # type: ignore[assignment]
    tea, cup = amazon.add("tea", 10), amazon.add("cup", 10)
    amazon.simulator.delete_item(tea.id)
    assert amazon.channel.read([tea, cup]) == {cup: 10}
    pushed = amazon.channel.push([PushItem(tea, 4, 10), PushItem(cup, 4, 10)], KEY)
    assert [each.outcome for each in pushed] == [Outcome.REFUSED, Outcome.DONE]
    assert "SKU-tea" in str(pushed[0].hint)
    assert len(patches(amazon)) == 1


@pytest.mark.parametrize("member", ["fulfillmentAvailability", "summaries"])
def test_an_item_that_tells_little_but_its_sku_holds_up_no_other(amazon: AmazonMall, member: str) -> None:
    """How many it shows is unknown then, and never zero."""
    tea, cup = amazon.add("tea", 10), amazon.add("cup", 10)
    inner = amazon.faults.app

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        told = json.loads(b"".join(inner(environ, start_response)))
        for item in told.get("items", ()):
            if item["sku"] == cup.id:
                del item[member]
        return [json.dumps(told).encode()]

    amazon.faults.app = app
    assert amazon.channel.read([tea, cup]) == {tea: 10}
    assert tea in {each.listing for page in amazon.channel.catalogue() for each in page}


def test_accepted_shows_later(amazon: AmazonMall) -> None:
    """Until then the old number must not look as if somebody had typed it."""
    amazon.simulator.switches.effect_after = 90.0
    tea = amazon.add("tea", 10)
    amazon.push({tea: 4})
    assert amazon.channel.read([tea]) == {tea: 4}
    assert amazon.stock(tea) == 10
    amazon.clock.sleep(90)
    assert amazon.channel.read([tea]) == {tea: 4}
    amazon.buy((tea, 1))
    assert amazon.channel.read([tea]) == {tea: 3}


def test_two_numbers_may_be_on_their_way(amazon: AmazonMall) -> None:
    amazon.simulator.switches.effect_after = 90.0
    tea = amazon.add("tea", 10)
    amazon.push({tea: 7})
    amazon.clock.sleep(10)
    amazon.push({tea: 5})
    for _ in range(12):
        assert amazon.channel.read([tea]) == {tea: 5}
        amazon.clock.sleep(10)
    assert amazon.stock(tea) == 5


def test_a_sale_before_the_number_shows_is_seen(amazon: AmazonMall) -> None:
    amazon.simulator.switches.effect_after = 90.0
    tea = amazon.add("tea", 10)
    amazon.push({tea: 12})
    amazon.buy((tea, 1))
    assert amazon.channel.read([tea]) == {tea: 9}


def test_accepted_and_never_in_effect_is_seen_after_a_while(amazon: AmazonMall) -> None:
    amazon.simulator.switches.ineffective = True
    tea = amazon.add("tea", 10)
    amazon.push({tea: 4})
    assert amazon.channel.read([tea]) == {tea: 4}
    amazon.clock.sleep(facts.SETTLING.total_seconds() + 1)
    assert amazon.channel.read([tea]) == {tea: 10}


def test_t18_a_suppressed_listing_takes_its_quantity(amazon: AmazonMall) -> None:
    tea, out = amazon.add("tea", 10), amazon.add("out", 0)
    amazon.simulator.state.items[tea.id].buyable = False
    amazon.push({tea: 4, out: 2})  # out of stock it is not BUYABLE either, which is no error
    assert amazon.channel.read([tea, out]) == {tea: 4, out: 2}


@pytest.mark.parametrize("sku", ["A/B", "a b", "100%", "%2F", "C#1", "D+E&F", "お茶 (大)", "it's*!", "A,B", "~x", "/x"])
def test_t13_a_sku_is_encoded_once(amazon: AmazonMall, sku: str) -> None:
    amazon.simulator.add_product((sku, "DEFAULT"), sku, 10)
    listing = ListingKey("amazon", sku)
    assert amazon.channel.read([listing]) == {listing: 10}
    assert outcome(amazon, listing, 4) is Outcome.DONE
    assert amazon.channel.read([listing]) == {listing: 4}


def test_t13_what_goes_over_the_wire(amazon: AmazonMall) -> None:
    seen: list[bytes] = []
    plain = amazon.seams()

    class Watching(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            seen.append(request.url.raw_path)
            assert plain.transport is not None
            return plain.transport.handle_request(request)

    amazon.seams = lambda: type(plain)(plain.clock, plain.may_write, plain.random, Watching())  # type: ignore[method-assign]
    amazon.simulator.add_product(("茶/a b%", "DEFAULT"), "x", 10)
    amazon.connect().push([PushItem(ListingKey("amazon", "茶/a b%"), 4, 10)], KEY)
    item = b"/listings/2021-08-01/items/A2SANDBOX"
    search, patch = (path for path in seen if path.startswith(item))
    assert b"&identifiers=%E8%8C%B6%2Fa%20b%25&" in search
    assert b"includedData=summaries%2CfulfillmentAvailability%2Cattributes" in search
    assert patch.startswith(item + b"/%E8%8C%B6%2Fa%20b%25?marketplaceIds=")


def test_t13_skus_are_told_apart_by_case_and_none_is_too_long(amazon: AmazonMall) -> None:
    tea = amazon.add("tea", 10)
    other, long = ListingKey("amazon", "sku-TEA"), ListingKey("amazon", "x" * 41)
    assert amazon.channel.read([tea, other, long]) == {tea: 10}
    assert outcome(amazon, long, 1) is Outcome.REFUSED


def test_an_offer_that_tells_no_number_is_unknown(amazon: AmazonMall) -> None:
    tea = amazon.add("tea", 10)
    amazon.simulator.state.items[tea.id].without_number = True
    assert amazon.channel.read([tea]) == {}


def test_pages_of_a_search_are_followed(amazon: AmazonMall) -> None:
    amazon.simulator.switches.listing_page = 3
    teas = [amazon.add(f"tea{number}", number) for number in range(8)]
    assert amazon.channel.read(teas) == {tea: number for number, tea in enumerate(teas)}


def test_another_sellers_id_needs_a_person(amazon: AmazonMall) -> None:
    tea = amazon.add("tea", 10)
    channel = amazon.connect(shop="ASOMEBODY")
    with pytest.raises(NeedsPerson):
        channel.push([PushItem(tea, 4, 10)], KEY)


# The guard


def untouched(amazon: AmazonMall, listing: ListingKey) -> None:
    [pushed] = amazon.channel.push([PushItem(listing, 4, 0)], KEY)
    assert pushed.outcome is Outcome.REFUSED
    assert pushed.hint is not None
    assert "FBA" in pushed.hint.ja
    assert "Seller Central" in pushed.hint.en  # where to stop it, as zero can't be sent
    assert patches(amazon) == []
    assert amazon.simulator.write_count == 0


def test_t12_an_fba_offer_is_never_pushed_a_quantity(amazon: AmazonMall) -> None:
    fba = amazon.add("fba", 40, channel=BY_AMAZON)
    untouched(amazon, fba)
    assert amazon.channel.read([fba]) == {fba: 0}  # of what we ship, it shows none
    untouched(amazon, fba)
    assert amazon.simulator.stock()[(fba.id, BY_AMAZON)] == 40


def test_t12_an_offer_of_both_kinds_is_not_touched(amazon: AmazonMall) -> None:
    both = amazon.add("both", 5)
    amazon.simulator.add_product((both.id, BY_AMAZON), "both", 40)
    untouched(amazon, both)
    assert amazon.channel.read([both]) == {both: 5}


def test_t12_a_label_of_amazons_warehouses_is_sign_enough(amazon: AmazonMall) -> None:
    tea = amazon.add("tea", 10)
    amazon.simulator.switches.merchant_fnsku = True
    untouched(amazon, tea)


def test_t12_goods_that_lie_at_amazon_are_sign_enough(amazon: AmazonMall) -> None:
    tea, left = amazon.add("tea", 10), amazon.add("left", 10)
    amazon.simulator.state.items[tea.id].warehouse = Warehouse(inbound_shipped=20)
    amazon.simulator.state.items[left.id].warehouse = Warehouse()  # has been at FBA, long ago
    untouched(amazon, tea)
    assert outcome(amazon, left, 4) is Outcome.DONE


def test_t12_an_offer_that_becomes_fba_is_noticed(amazon: AmazonMall) -> None:
    tea = amazon.add("tea", 10)
    assert amazon.channel.read([tea]) == {tea: 10}
    amazon.simulator.state.items[tea.id].channels = [BY_AMAZON]  # the seller moves it to FBA
    amazon.channel.read([tea])  # every push is preceded by a reading
    untouched(amazon, tea)


def test_t12_the_inspection_is_repeated_daily(amazon: AmazonMall) -> None:
    tea = amazon.add("tea", 10)
    assert outcome(amazon, tea, 10) is Outcome.DONE
    amazon.simulator.state.items[tea.id].warehouse = Warehouse(inbound_shipped=20)
    amazon.clock.sleep(24 * 3600)
    [pushed] = amazon.channel.push([PushItem(tea, 4, 10)], KEY)
    assert pushed.outcome is Outcome.REFUSED
    assert len(patches(amazon)) == 1


def test_t12_a_sign_once_seen_stays_until_the_next_inspection(amazon: AmazonMall) -> None:
    tea = amazon.add("tea", 10)
    amazon.simulator.state.items[tea.id].warehouse = Warehouse(reserved=1)
    untouched(amazon, tea)
    amazon.channel.read([tea])  # a plain reading shows nothing of it
    untouched(amazon, tea)


@pytest.mark.parametrize("fault", [Lost(), Refuse(503)], ids=str)
def test_t12_without_an_inspection_nothing_is_pushed(amazon: AmazonMall, fault: Any) -> None:
    tea = amazon.add("tea", 10)
    for _ in range(50):
        amazon.faults.next(fault, path_contains("/fba/"))
    assert amazon.channel.read([tea]) == {tea: 10}  # a reading needs none
    assert outcome(amazon, tea, 4) in (Outcome.LATER, Outcome.UNKNOWN)
    assert patches(amazon) == []


def test_a_missing_role_for_fba_is_told_before_anything_is_pushed(amazon: AmazonMall) -> None:
    tea = amazon.add("tea", 10)
    amazon.simulator.switches.access_denied = {"getInventorySummaries"}
    assert amazon.channel.read([tea]) == {tea: 10}
    with pytest.raises(NeedsPerson, match="getInventorySummaries"):
        outcome(amazon, tea, 4)
    assert patches(amazon) == []


# FBA as a location that Amazon counts


def test_what_amazon_counts_is_read_whole(amazon: AmazonMall) -> None:
    amazon.simulator.switches.fba_page = 2
    amazon.add("own", 10)
    fba = [amazon.add(f"fba{number}", number, channel=BY_AMAZON) for number in range(5)]
    assert amazon.channel.counted() == {listing: number for number, listing in enumerate(fba)}
    order = amazon.simulator.buy((fba[4].id, BY_AMAZON), 3)
    assert order is not None
    assert amazon.channel.counted()[fba[4]] == 1
    urls = [record.url for record in amazon.records if record.operation == "getInventorySummaries"]
    assert all("startDateTime" not in url and "details=true" in url for url in urls)
    assert amazon.simulator.write_count == 0


def test_t15_a_page_that_ended_is_no_end_of_the_list(amazon: AmazonMall) -> None:
    amazon.simulator.switches.fba_page = 1
    for number in range(3):
        amazon.add(f"fba{number}", number, channel=BY_AMAZON)

    def linger(_environ: object) -> None:
        amazon.clock.sleep(31)

    amazon.faults.after = linger
    with pytest.raises(TryAgain):
        amazon.channel.counted()


def test_an_account_without_fba_has_none(amazon: AmazonMall) -> None:
    tea = amazon.add("tea", 10)
    amazon.simulator.switches.fba_enabled = False
    assert amazon.channel.counted() == {}
    assert outcome(amazon, tea, 4) is Outcome.DONE
