"""What Color Me hides in its answers (own_shops_and_files.md §3)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from bridge.channels.port import Outcome, PushItem
from bridge.domain.orders import ListingKey
from bridge.errors import NeedsPerson
from bridge.sandbox.faults import ReplyLost
from tests.contract.channels.conformance import KEY, ColorMeMall, ColorMeVariantsMall

DAY = 86_400.0
SCHEMAS = Path(__file__).resolve().parents[4] / "shared" / "models" / "colorme" / "tools.json"


def bought(shop: ColorMeMall, units: int = 3) -> tuple[ListingKey, str]:
    tea = shop.add("tea", 10)
    order = shop.buy((tea, units))
    shop.read_orders()
    return tea, order


# Sales.


def test_t1_a_change_of_an_old_sale_is_found(colorme: ColorMeMall) -> None:
    """Without a day to begin at, only the last seven are searched, whatever changed."""
    _, order = bought(colorme)
    colorme.clock.sleep(20 * DAY)
    colorme.read_orders()
    colorme.ship(order)
    colorme.read_orders()
    assert colorme.counts(order) == (3, 0, 3, 0)


def test_t1_a_pre_order_of_long_ago_is_seen_to_ship(colorme: ColorMeMall) -> None:
    order = colorme.buy((colorme.add("tea", 10), 3))
    colorme.read_orders()
    colorme.clock.sleep(59 * 86_400)
    colorme.read_orders()
    colorme.clock.sleep(2 * 86_400)
    colorme.ship(order)
    assert colorme.read_orders().problems == {}
    assert colorme.counts(order) == (3, 0, 3, 0)


def test_t2_a_cancelled_sale_shows_no_units_and_ours_are_remembered(colorme: ColorMeMall) -> None:
    tea, order = bought(colorme)
    colorme.cancel(order)
    colorme.read_orders()
    assert colorme.counts(order) == (3, 0, 0, 0)
    assert colorme.stock(tea) == 10


def test_t2_a_cancelled_sale_that_nobody_remembers_holds_nothing(colorme: ColorMeMall) -> None:
    """After a restart."""
    _, order = bought(colorme)
    colorme.cancel(order)
    colorme.channel = colorme.connect()
    colorme.read_orders()
    assert colorme.counts(order) == (0, 0, 0, 0)


def test_t2_cancelled_after_it_was_sent_and_remembered_by_nobody_is_for_a_person(colorme: ColorMeMall) -> None:
    _, order = bought(colorme)
    colorme.ship(order)
    colorme.read_orders()
    colorme.call_off(order)
    colorme.channel = colorme.connect()
    answer = colorme.read_orders()
    assert "correct the number" in answer.problems[order].en
    assert colorme.counts(order) == (3, 0, 3, 0)  # what has left stays so


def test_t3_a_cancellation_without_restock_keeps_the_units_taken(colorme: ColorMeMall) -> None:
    tea, order = bought(colorme)
    colorme.cancel(order, restock=False)
    colorme.read_orders()
    assert (colorme.line(order).taken, colorme.stock(tea)) == (3, 7)


def test_a_delivery_of_several_that_has_left(colorme: ColorMeMall) -> None:
    tea, cup = colorme.add("tea", 10), colorme.add("cup", 10)
    order = colorme.simulator.place([(colorme.wire(tea), 2), (colorme.wire(cup), 1)], deliveries=2)
    assert order is not None
    colorme.simulator.ship(order, colorme.simulator.state.sales[order].lines[0].line_id)
    colorme.read_orders()
    assert [(line.open, line.shipped) for line in colorme.newest[order].lines] == [(0, 2), (1, 0)]


def test_t9_the_lines_of_a_sale_that_was_split_are_held_once(colorme: ColorMeMall) -> None:
    tea, cup = colorme.add("tea", 10), colorme.add("cup", 10)
    order = colorme.buy((tea, 2), (cup, 1))
    colorme.read_orders()
    child = colorme.simulator.split(order, [colorme.simulator.state.sales[order].lines[1].line_id])
    colorme.read_orders()
    held = [(line.listing, line.open) for each in (order, child) for line in colorme.newest[each].lines]
    assert held == [(tea, 2), (cup, 1)]


def test_a_product_without_stock_management_takes_nothing_off_the_shop(colorme: ColorMeMall) -> None:
    gift = colorme.add("gift", 0, managed=False)
    order = colorme.buy((gift, 2))
    colorme.read_orders()
    assert (colorme.line(order).open, colorme.line(order).taken) == (2, 0)


# Variants, which lines name by text.


def test_t6_a_line_finds_its_variant_by_the_texts_of_its_options() -> None:
    shop = ColorMeVariantsMall()
    red, blue = shop.add("red", 10, options=("赤", "Ｓ")), shop.add("blue", 10, options=("青", "Ｓ"))
    order = shop.buy((blue, 1), (red, 2))
    shop.read_orders()
    assert [line.listing for line in shop.newest[order].lines] == [blue, red]


def test_t6_a_renamed_option_is_the_same_variant() -> None:
    """The texts of a sale are those of the product as it is called now."""
    shop = ColorMeVariantsMall()
    red = shop.add("red", 10, options=("赤", "S"))
    first = shop.buy((red, 1))
    shop.read_orders()
    shop.simulator.rename_option(shop.wire(red), "朱")
    second = shop.buy((red, 1))
    shop.simulator.edit_units(first, shop.simulator.state.sales[first].lines[0].line_id, 2)
    shop.read_orders()
    assert {shop.line(first).listing, shop.line(second).listing} == {red}


def test_t6_a_variant_that_is_gone_is_shown_by_its_product() -> None:
    shop = ColorMeVariantsMall()
    red, _ = shop.add("red", 10, options=("赤", "S")), shop.add("blue", 10, options=("青", "S"))
    order = shop.buy((red, 1))
    shop.simulator.state.sales[order].lines[0].variant = 0
    shop.simulator.delete_product(shop.wire(red))
    shop.read_orders()
    assert shop.line(order).listing == ListingKey("colorme", "700")


def test_options_without_numbers_of_their_own_are_sold_from_the_products() -> None:
    shop = ColorMeVariantsMall()
    shop.simulator.add_product(("800", ""), "shirt", 10)
    shop.simulator.add_product(("800", "801"), "shirt-red", None, options=("赤", None))
    shirt, red = ListingKey("colorme", "800"), ListingKey("colorme", "800/801")
    assert shop.channel.read([shirt, red]) == {shirt: 10}
    alarms = shop.channel.orders(shop.since).alarms or {}
    assert "product's id alone" in alarms[red.id].en
    assert [each.listing for page in shop.channel.catalogue() for each in page] == [shirt]
    order = shop.simulator.place([(("800", "801"), 2)])
    assert order is not None
    shop.read_orders()
    assert (shop.line(order).listing, shop.line(order).taken) == (shirt, 2)
    assert shop.stock(shirt) == 8


# Numbers.


def test_a_number_for_the_whole_of_a_product_that_counts_by_option_is_refused() -> None:
    """The shop ignores it and answers 200."""
    shop = ColorMeVariantsMall()
    red, whole = shop.add("red", 10), ListingKey("colorme", "700")
    [pushed] = shop.channel.push([PushItem(whole, 4, 10)], KEY)
    assert pushed.outcome is Outcome.REFUSED
    assert shop.stock(red) == 10


def test_what_keeps_no_number_is_told(colorme: ColorMeMall) -> None:
    gift = colorme.add("gift", 0, managed=False)
    assert colorme.channel.read([gift]) == {}
    alarms = colorme.channel.orders(colorme.since).alarms or {}
    assert "keeps no stock" in alarms[gift.id].en
    [page] = [list(page) for page in colorme.channel.catalogue()]
    assert page[0].trap is not None


def test_variants_of_a_product_without_stock_management_keep_no_number_either() -> None:
    shop = ColorMeVariantsMall()
    red = shop.add("red", 10, options=("赤", "S"))
    shop.simulator.state.products[int(red.id.split("/")[0])].managed = False
    assert shop.channel.read([red]) == {}
    alarms = shop.channel.orders(shop.since).alarms or {}
    assert "keeps no stock" in alarms[red.id].en


def test_t4_nothing_is_ever_sent_as_an_increment(colorme: ColorMeMall) -> None:
    colorme.push({colorme.add("tea", 10): 7})
    sent = [json.loads(record.sent) for record in colorme.records if record.writes]
    assert sent == [{"product": {"stocks": 7}}]


def test_t5_a_number_just_written_is_not_taken_for_a_sale_or_a_restock(colorme: ColorMeMall) -> None:
    tea = colorme.add("tea", 10)
    colorme.simulator.switches.stale_seconds = 8.0
    for quantity in (4, 6):
        colorme.push({tea: quantity})
        assert colorme.channel.read([tea]) == {tea: quantity}
    colorme.clock.sleep(20)
    assert colorme.channel.read([tea]) == {tea: 6}


def test_t5_a_sale_shows_as_soon_as_the_shop_shows_it(colorme: ColorMeMall) -> None:
    tea = colorme.add("tea", 10)
    colorme.push({tea: 4})
    colorme.buy((tea, 1))
    colorme.clock.sleep(6)
    assert colorme.channel.read([tea]) == {tea: 3}


def test_t5_after_a_lost_answer_nothing_is_believed_for_ten_seconds(colorme: ColorMeMall) -> None:
    """It was carried out, a buyer came, and what shows at once is older than both."""
    tea = colorme.add("tea", 10)
    colorme.channel.read([tea])

    def buyer(_environ: object) -> None:
        colorme.faults.after = None
        colorme.buy((tea, 1))

    colorme.faults.next(ReplyLost(), colorme.push_match)
    colorme.faults.after = buyer
    colorme.channel.push([PushItem(tea, 7, 10)], KEY)
    assert colorme.stock(tea) == 6


def test_t7_a_page_shorter_than_asked_for_leaves_nothing_out(colorme: ColorMeMall) -> None:
    colorme.simulator.switches.most_sales = colorme.simulator.switches.most_products = 3
    listings = [colorme.add(f"tea{number}", 10) for number in range(8)]
    placed = {colorme.buy((listing, 1)) for listing in listings}
    colorme.read_orders()
    assert colorme.newest.keys() == placed
    assert colorme.channel.read(listings) == dict.fromkeys(listings, 9)
    assert len([each for page in colorme.channel.catalogue() for each in page]) == 8


def test_t8_what_was_not_asked_for_is_left_out(colorme: ColorMeMall, monkeypatch: pytest.MonkeyPatch) -> None:
    """A filter that the shop doesn't understand finds everything."""
    tea, _ = colorme.add("tea", 10), colorme.add("cup", 5)
    monkeypatch.setattr("bridge.sandbox.malls.colorme.routes.ids", lambda _request: None)
    assert colorme.channel.read([tea]) == {tea: 10}


def test_t10_a_401_may_mean_the_plan(colorme: ColorMeMall) -> None:
    colorme.simulator.switches.plan_allows = False
    with pytest.raises(NeedsPerson) as caught:
        colorme.channel.orders(colorme.since)
    assert "plan" in caught.value.hint.en


def test_t11_stock_alone_is_sent(colorme: ColorMeMall) -> None:
    colorme.push({colorme.add("tea", 10): 7})
    assert all("price" not in record.sent for record in colorme.records)


# The official parameters.


@pytest.mark.skipif(not SCHEMAS.is_file(), reason="Color Me's tool schemas lie beside the repository only")
def test_every_parameter_is_one_that_color_me_knows(colorme: ColorMeMall) -> None:
    """An unknown one would be ignored without a word."""
    tea, _ = bought(colorme)
    colorme.push({tea: 5})
    list(colorme.channel.catalogue())
    colorme.channel.check()
    colorme.clock.sleep(2 * DAY)
    colorme.channel.orders(colorme.since, ["123"])
    tools = {tool["name"]: tool["inputSchema"]["properties"] for tool in json.loads(SCHEMAS.read_text())["tools"]}
    known: dict[str, Any] = {"sales": tools["getSales"], "products": tools["getProducts"]}
    for record in colorme.records:
        query = dict(parse_qsl(urlsplit(record.url).query))
        if record.operation in known:
            properties = known[record.operation]
            assert query.keys() <= properties.keys(), record.url
            for name, value in query.items():
                assert properties[name]["type"] != "integer" or value.isdigit()
        elif record.writes:
            assert json.loads(record.sent)["product"].keys() <= tools["updateProduct"]["product"]["properties"].keys()
    assert {record.operation for record in colorme.records} >= {"sales", "products", "product"}
