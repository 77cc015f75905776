"""Conformance: reading and setting quantities."""

from __future__ import annotations

import pytest

from bridge.channels.port import Outcome, PushItem
from bridge.domain.orders import ListingKey
from tests.contract.channels.conformance import KEY, Mall


def outcomes(pushed: object) -> list[Outcome]:
    return [each.outcome for each in pushed]  # type: ignore[attr-defined]


def test_what_is_pushed_is_read_back(mall: Mall) -> None:
    tea, cup = mall.add("tea", 10), mall.add("cup", 5)
    assert mall.channel.read([tea, cup]) == {tea: 10, cup: 5}
    assert outcomes(mall.push({tea: 7, cup: 0})) == [Outcome.DONE, Outcome.DONE]
    assert mall.channel.read([tea, cup]) == {tea: 7, cup: 0}
    assert (mall.stock(tea), mall.stock(cup)) == (7, 0)


def test_an_unknown_listing_is_left_out_and_never_zero(mall: Mall) -> None:
    tea = mall.add("tea", 10)
    unknown = ListingKey(mall.name, "999999/none" if mall.name == "rakuten" else "999999@1")
    assert mall.channel.read([unknown, tea]) == {tea: 10}
    assert mall.channel.read([unknown]) == {}
    assert mall.channel.read([]) == {}


@pytest.mark.parametrize(
    "text", ["", "tea", "tea/", "/tea", "茶/赤", "sku:TEA@1", "7@x", "@", "x" * 200 + "/1", 'a"b/1']
)
def test_a_malformed_listing_harms_no_other(mall: Mall, text: str) -> None:
    tea, malformed = mall.add("tea", 10), ListingKey(mall.name, text)
    assert mall.channel.read([malformed, tea]) == {tea: 10}
    pushed = mall.channel.push([PushItem(malformed, 1, 1), PushItem(tea, 3, 10)], KEY)
    assert outcomes(pushed) == [Outcome.REFUSED, Outcome.DONE]
    assert mall.stock(tea) == 3


def test_nothing_to_push(mall: Mall) -> None:
    assert mall.channel.push([], KEY) == []
    assert mall.world.write_count == 0


def test_a_push_of_the_same_number_is_done(mall: Mall) -> None:
    tea = mall.add("tea", 10)
    assert outcomes(mall.push({tea: 10})) == [Outcome.DONE]
    assert mall.stock(tea) == 10


def test_many_items_are_cut_into_batches(mall: Mall) -> None:
    listings = [mall.add(f"tea{number}", 10) for number in range(2 * mall.channel.capabilities.batch + 1)]
    pushed = mall.push({listing: number % 50 for number, listing in enumerate(listings)})
    assert [each.listing for each in pushed] == listings
    assert set(outcomes(pushed)) == {Outcome.DONE}
    assert [mall.stock(listing) for listing in listings] == [number % 50 for number in range(len(listings))]
    assert mall.world.write_count == 3


def test_a_refused_item_never_blocks_the_others(mall: Mall) -> None:
    good = [mall.add(f"tea{number}", 10) for number in range(9)]
    items = [PushItem(listing, 3, 10) for listing in good]
    items.insert(4, mall.refuse(good[0]))
    pushed = mall.channel.push(items, KEY)
    assert [each.listing for each in pushed] == [item.listing for item in items]
    assert [each.outcome for each in pushed if each.outcome is not Outcome.DONE] == [Outcome.REFUSED]
    assert pushed[4].outcome is Outcome.REFUSED
    assert pushed[4].hint is not None
    assert {mall.stock(listing) for listing in good} == {3}


def test_only_refused_items(mall: Mall) -> None:
    assert outcomes(mall.channel.push([mall.refuse(mall.add("tea", 10))], KEY)) == [Outcome.REFUSED]


def test_of_two_pushes_of_one_listing_the_later_wins(mall: Mall) -> None:
    tea = mall.add("tea", 10)
    pushed = mall.channel.push([PushItem(tea, 4, 10), PushItem(tea, 6, 10)], KEY)
    assert outcomes(pushed) == [Outcome.DONE, Outcome.DONE]
    assert mall.stock(tea) == 6


def test_a_number_above_the_limit_is_set_to_the_limit(mall: Mall) -> None:
    tea = mall.add("tea", 10)
    assert outcomes(mall.push({tea: mall.channel.capabilities.max_quantity + 5})) == [Outcome.DONE]
    assert mall.stock(tea) == mall.channel.capabilities.max_quantity


def test_a_repeat_with_the_same_key_changes_nothing(mall: Mall) -> None:
    tea = mall.add("tea", 10)
    item = PushItem(tea, 7, 10)
    first, second = mall.channel.push([item], KEY), mall.channel.push([item], KEY)
    assert outcomes(first) == outcomes(second) == [Outcome.DONE]
    assert mall.stock(tea) == 7


def test_a_sale_in_between_makes_a_comparing_push_stale(mall: Mall) -> None:
    tea, cup = mall.add("tea", 10), mall.add("cup", 5)
    mall.buy((tea, 1))
    pushed = mall.channel.push([PushItem(tea, 20, 10), PushItem(cup, 9, 5)], KEY)
    if mall.compares:
        assert outcomes(pushed) == [Outcome.STALE, Outcome.DONE]
        assert mall.stock(tea) == 9
    else:
        assert outcomes(pushed) == [Outcome.DONE, Outcome.DONE]
        assert mall.stock(tea) == 20
    assert mall.stock(cup) == 9


def test_after_a_stale_push_the_new_number_goes_through(mall: Mall) -> None:
    tea = mall.add("tea", 10)
    mall.buy((tea, 1))
    mall.channel.push([PushItem(tea, 20, 10)], KEY)
    assert outcomes(mall.push({tea: 20}, key=KEY)) == [Outcome.DONE]
    assert mall.stock(tea) == 20
