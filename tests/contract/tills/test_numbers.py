"""Conformance: reading a till's numbers, and bringing them to others by the difference."""

from __future__ import annotations

import pytest

from bridge.channels.port import Outcome, PushItem, WriteKind
from bridge.domain.orders import ListingKey
from tests.contract.tills.bench import KEY, Till


def outcomes(pushed: object) -> list[Outcome]:
    return [each.outcome for each in pushed]  # type: ignore[attr-defined]


def test_a_till_takes_differences_and_shows_what_lies_there(till: Till) -> None:
    assert till.channel.capabilities.write is WriteKind.RELATIVE
    assert till.channel.capabilities.on_hand


def test_what_is_pushed_is_read_back(till: Till) -> None:
    tea, cup = till.add("tea", 10), till.add("cup", 5)
    assert till.channel.read([tea, cup]) == {tea: 10, cup: 5}
    assert outcomes(till.push({tea: 7, cup: 9})) == [Outcome.DONE, Outcome.DONE]
    assert till.channel.read([tea, cup]) == {tea: 7, cup: 9}
    assert (till.stock(tea), till.stock(cup)) == (7, 9)


def test_what_was_never_counted_is_aligned(till: Till) -> None:
    tea = till.add("tea", None)
    assert till.channel.read([tea]) == {tea: 0}
    assert outcomes(till.push({tea: 4})) == [Outcome.DONE]
    assert till.channel.read([tea]) == {tea: 4}


def test_an_unknown_listing_is_left_out_and_never_zero(till: Till) -> None:
    tea = till.add("tea", 10)
    unknown = ListingKey(till.name, "999999@1")
    assert till.channel.read([unknown, tea]) == {tea: 10}
    assert till.channel.read([]) == {}


@pytest.mark.parametrize("text", ["", "tea", "@", "1@", "@1", "茶@赤", "7/1", "1@2@3", "x" * 200])
def test_a_malformed_listing_harms_no_other(till: Till, text: str) -> None:
    tea, malformed = till.add("tea", 10), ListingKey(till.name, text)
    assert till.channel.read([malformed, tea]) == {tea: 10}
    pushed = till.channel.push([PushItem(malformed, 1, 1), PushItem(tea, 3, 10)], KEY)
    assert outcomes(pushed) == [Outcome.REFUSED, Outcome.DONE]
    assert till.stock(tea) == 3


def test_a_push_of_the_same_number_writes_nothing(till: Till) -> None:
    tea = till.add("tea", 10)
    assert outcomes(till.push({tea: 10})) == [Outcome.DONE]
    assert (till.stock(tea), till.simulator.write_count) == (10, 0)


def test_many_items(till: Till) -> None:
    listings = [till.add(f"tea{number}", 10) for number in range(2 * till.channel.capabilities.batch + 1)]
    pushed = till.push({listing: number % 50 for number, listing in enumerate(listings)})
    assert [each.listing for each in pushed] == listings
    assert set(outcomes(pushed)) == {Outcome.DONE}
    assert [till.stock(listing) for listing in listings] == [number % 50 for number in range(len(listings))]


def test_a_refused_item_never_blocks_the_others(till: Till) -> None:
    good = [till.add(f"tea{number}", 10) for number in range(9)]
    items = [PushItem(listing, 3, 10) for listing in good]
    items.insert(4, till.refuse(good[0]))
    pushed = till.channel.push(items, KEY)
    assert [each.listing for each in pushed] == [item.listing for item in items]
    assert pushed[4].outcome is Outcome.REFUSED
    assert pushed[4].hint is not None
    assert {till.stock(listing) for listing in good} == {3}


def test_a_repeat_with_the_same_key_changes_nothing(till: Till) -> None:
    tea = till.add("tea", 10)
    item = PushItem(tea, 7, 10)
    assert outcomes(till.channel.push([item], KEY)) == [Outcome.DONE]
    till.sell((tea, 1))
    assert outcomes(till.channel.push([item], KEY)) == [Outcome.DONE]
    assert till.stock(tea) == 6


def test_a_repeat_by_another_process_changes_nothing(till: Till) -> None:
    tea = till.add("tea", 10)
    item = PushItem(tea, 7, 10)
    till.channel.push([item], KEY)
    till.channel = till.connect()
    till.channel.push([item], KEY)
    assert till.stock(tea) == 7


def test_a_sale_before_the_push_makes_it_stale(till: Till) -> None:
    tea, cup = till.add("tea", 10), till.add("cup", 5)
    till.sell((tea, 1))
    pushed = till.channel.push([PushItem(tea, 20, 10), PushItem(cup, 9, 5)], KEY)
    assert outcomes(pushed) == [Outcome.STALE, Outcome.DONE]
    assert (till.stock(tea), till.stock(cup)) == (9, 9)


def test_a_sale_in_the_very_moment_of_the_write_is_kept(till: Till) -> None:
    """Nothing compares: but what is written is a difference, and the sale stays in the number."""
    tea = till.add("tea", 10)
    till.channel.read([tea])
    sold: list[str] = []

    def buyer(environ: dict[str, object]) -> None:
        if till.push_match(environ) and not sold:
            sold.append(till.sell((tea, 1)))

    till.faults.before = buyer
    assert outcomes(till.channel.push([PushItem(tea, 7, 10)], KEY)) == [Outcome.DONE]
    assert sold
    assert till.stock(tea) == 6


def test_a_number_above_the_limit_is_set_to_the_limit(till: Till) -> None:
    tea = till.add("tea", 10)
    assert outcomes(till.push({tea: till.channel.capabilities.max_quantity + 5})) == [Outcome.DONE]
    assert till.stock(tea) == till.channel.capabilities.max_quantity


def test_everything_there_is_listed_at_its_place(till: Till) -> None:
    added = {till.add(name, 5): name for name in ("tea", "cup", "0012")}
    till.live = False  # a write would fail
    found = {each.listing: each for page in till.channel.catalogue() for each in page}
    assert found.keys() == added.keys()
    assert {listing: each.codes[0] for listing, each in found.items()} == added
    assert not any(each.trap for each in found.values())
    place_of = till.channel.place_of  # type: ignore[attr-defined]
    assert {place_of(listing) for listing in found} == set(till.channel.places)  # type: ignore[attr-defined]
