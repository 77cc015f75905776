"""Conformance: what a shop has on sale, under the seller's own codes; and what each mall hides in it."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.channels.amazon import facts as amazon_facts
from bridge.channels.port import Listed
from bridge.domain.orders import ListingKey
from bridge.errors import NeedsPerson, TryAgain
from tests.contract.channels.conformance import (
    MALLS,
    AmazonMall,
    Mall,
    RakutenMall,
    ShopifyMall,
    YahooMall,
)
from tests.contract.channels.test_nonsense import spoil

SPOILT_RUNS = 15


def listed(mall: Mall) -> dict[ListingKey, Listed]:
    mall.live = False  # a write would fail
    return {each.listing: each for page in mall.channel.catalogue() for each in page}


def trap(mall: Mall, listing: ListingKey) -> str:
    found = listed(mall)[listing].trap
    return found.en if found else ""


def test_everything_on_sale_is_listed_under_the_sellers_code(mall: Mall) -> None:
    added = {mall.add(name, 5): name for name in ("tea", "cup", "0012")}
    found = listed(mall)
    assert found.keys() == added.keys()
    for listing, name in added.items():
        own = listing.id if mall.name in ("amazon", "yahoo", "eccube") else name
        assert found[listing].codes[0] == own
        assert found[listing].trap is None


def test_an_empty_shop_has_nothing_on_sale(mall: Mall) -> None:
    assert listed(mall) == {}


def test_every_page_is_read(mall: Mall) -> None:
    added = {mall.add(f"tea{number}", 5) for number in range(120)}
    assert listed(mall).keys() == added


def test_numbers_can_be_sent_between_two_pages(mall: Mall) -> None:
    tea = mall.add("tea", 5)
    added = {tea} | {mall.add(f"cup{number}", 5) for number in range(110)}
    pages = mall.channel.catalogue()
    found = {each.listing for each in next(pages)}
    mall.push({tea: 2})
    assert mall.stock(tea) == 2
    assert found | {each.listing for page in pages for each in page} == added


def test_a_dead_key_is_for_a_person(mall: Mall) -> None:
    mall.add("tea", 5)
    mall.kill_credentials()
    with pytest.raises(NeedsPerson):
        listed(mall)


@pytest.mark.parametrize("name", [name for name in MALLS if name != "yahoo"])
def test_nonsense_raises_what_the_contract_names_and_nothing_else(name: str) -> None:
    noticed = 0
    for seed in range(SPOILT_RUNS):
        mall = MALLS[name]()
        garbling = spoil(mall, seed)
        mall.add("tea", 5)
        garbling.on = True
        try:
            listed(mall)
        except (TryAgain, NeedsPerson):
            noticed += 1
    assert noticed


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ({"back_order": True}, "backOrderFlag"),
        ({"unlimited": True}, "keeps no stock"),
        ({"item_type": "PRE_ORDER"}, "pre-order"),
    ],
)
def test_rakutens_traps(rakuten: RakutenMall, kind: dict[str, Any], told: str) -> None:
    assert told in trap(rakuten, rakuten.add("tea", 5, **kind))


def test_rakutens_item_number_is_the_code_of_an_item_without_variations(rakuten: RakutenMall) -> None:
    rakuten.simulator.add_product(("one", "v"), None, 5, item_number="ONE-1")
    rakuten.simulator.add_product(("many", "v1"), None, 5, item_number="MANY-1")
    rakuten.simulator.add_product(("many", "v2"), "MANY-1-V2", 5)
    found = {listing.id: each.codes for listing, each in listed(rakuten).items()}
    assert found == {"one/v": ("ONE-1",), "many/v1": (), "many/v2": ("MANY-1-V2",)}


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ({"tracked": False}, "doesn't track"),
        ({"policy": "CONTINUE"}, "CONTINUE"),
        ({"active": False}, "at any location"),
    ],
)
def test_shopifys_traps(shopify: ShopifyMall, kind: dict[str, Any], told: str) -> None:
    assert told in trap(shopify, shopify.add("tea", 5, **kind))


def test_a_variant_without_a_code_at_shopify_has_none(shopify: ShopifyMall) -> None:
    item = ("gid://shopify/InventoryItem/9", "gid://shopify/Location/1")
    shopify.simulator.add_product(item, None, 5)
    assert listed(shopify)[ListingKey("shopify", "9@1")].codes == ()


def test_amazons_trap(amazon: AmazonMall) -> None:
    tea, far = amazon.add("tea", 5), amazon.add("far", 5, channel="AMAZON_JP")
    amazon.simulator.state.items[tea.id].without_number = True
    assert "without limit" in trap(amazon, tea)
    assert trap(amazon, far) == ""


def test_a_catalogue_longer_than_amazon_shows_at_once_is_read_whole(
    amazon: AmazonMall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(amazon_facts, "SEARCH_MOST", 30)
    amazon.simulator.switches.search_most = 30
    added = set()
    for number in range(75):
        added.add(amazon.add(f"tea{number}", 5))
        amazon.clock.sleep(1.0)
    assert listed(amazon).keys() == added


@pytest.mark.parametrize(
    ("stock", "kind", "told"), [(5, {"allow_overdraft": True}, "allow-overdraft"), (None, {}, "unlimited")]
)
def test_yahoos_traps(yahoo: YahooMall, stock: int | None, kind: dict[str, Any], told: str) -> None:
    assert told in trap(yahoo, yahoo.add("tea", stock, **kind))  # type: ignore[arg-type]


def test_yahoos_codes(yahoo: YahooMall) -> None:
    for listing in (("tea", ""), ("Tea-2", ""), ("shirt", "red"), ("shirt", "blue"), ("9-lives", "")):
        yahoo.simulator.add_product(listing, "unseen", 5)
    found = {listing.id: each.codes for listing, each in listed(yahoo).items()}
    assert found == {
        "tea": ("tea",),
        "Tea-2": ("Tea-2",),
        "shirt:red": ("shirt:red", "red"),
        "shirt:blue": ("shirt:blue", "blue"),
        "9-lives": ("9-lives",),
    }
