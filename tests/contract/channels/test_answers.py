"""Conformance: what each channel makes of each bad answer, as one table. One item is set aside, or one channel waits or
pauses; the other items go on at once, and the channel does as soon as the trouble is over."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from enum import Enum

import pytest

from bridge.channels.port import Outcome, PushItem
from bridge.domain.orders import ListingKey
from bridge.errors import Hint, NeedsPerson, TryAgain
from bridge.sandbox.faults import Instead
from tests.contract.channels.conformance import (
    KEY,
    MALLS,
    AmazonMall,
    ColorMeMall,
    EcCubeMall,
    Mall,
    RakutenMall,
    ShopifyAppMall,
    ShopifyMall,
    WooMall,
    YahooMall,
)

DAY, HOUR = 86_400.0, 3600.0
PATIENCE = 300.0  # seconds in which a call ends, whatever is answered
PAGE = "<html><head><title>503</title></head><body><h1>ただいまメンテナンス中です</h1></body></html>"
ANSWERS = 200  # more than are asked for


class Answer(Enum):
    """What a channel does."""

    GOES_ON = "goes on"
    ITEM = "sets the one item aside and goes on"
    WAITS = "waits, and tries again by itself"
    PERSON = "pauses until a person has helped"


GOES_ON, ITEM, WAITS, PERSON = Answer


# The troubles. Each is given the mall and the listing concerned, and gives back what is then pushed of it.


def _refused_item(mall: Mall, tea: ListingKey) -> PushItem:
    return mall.refuse(tea)


def _expired_token(mall: Mall, tea: ListingKey) -> PushItem:
    """A token of an hour or a day; at Rakuten the licence key, after 90 days; Shopify's static token has no end."""
    match mall:
        case RakutenMall():
            mall.clock.sleep(100 * DAY)
        case ShopifyAppMall() | AmazonMall():
            mall.simulator.state.tokens.clear()
        case YahooMall() | EcCubeMall():
            mall.simulator.state.access.clear()
    return PushItem(tea, 3, 10)


def _revoked_key(mall: Mall, tea: ListingKey) -> PushItem:
    mall.kill_credentials()
    return PushItem(tea, 3, 10)


def _renamed_listing(mall: Mall, tea: ListingKey) -> PushItem:
    """Another code for the same goods: a new listing, but where the item stays what it is."""
    match mall:
        case WooMall():
            product = mall.simulator.product(mall.wire(tea))
            assert product is not None
            product.sku = "renamed"
        case ColorMeMall():
            named = mall.simulator.variant(mall.wire(tea)) or mall.simulator.product(mall.wire(tea))
            assert named is not None
            named.model_number = "renamed"
        case ShopifyMall():
            mall.simulator.state.items[mall.wire(tea)[0]].sku = "renamed"
        case YahooMall():
            mall.simulator.rename_item(mall.wire(tea)[0], "renamed")
        case EcCubeMall():
            mall.simulator.rename(int(mall.wire(tea)[1]), "renamed")
        case RakutenMall() | AmazonMall():
            mall.simulator.delete_item(mall.wire(tea)[0])
            mall.add("renamed", 10)
    _a_day_later(mall)
    return PushItem(tea, 3, 10)


def _deleted_listing(mall: Mall, tea: ListingKey) -> PushItem:
    match mall:
        case ShopifyMall():
            mall.simulator.delete_variant(mall.wire(tea)[0])
        case WooMall() | ColorMeMall():
            mall.simulator.delete_product(mall.wire(tea))
        case YahooMall():
            mall.simulator.rename_item(mall.wire(tea)[0], "thrown-away")
        case EcCubeMall():
            mall.simulator.delete_item(int(mall.wire(tea)[1]))
        case RakutenMall() | AmazonMall():
            mall.simulator.delete_item(mall.wire(tea)[0])
    _a_day_later(mall)
    return PushItem(tea, 3, 10)


def _a_day_later(mall: Mall) -> None:
    """By then the daily looks have been taken."""
    mall.clock.sleep(DAY + HOUR)
    mall.channel.orders(mall.since)


def _instead(status: int, body: str, content_type: str) -> Callable[[Mall, ListingKey], PushItem]:
    """Something else answers every request but the one for a token."""

    def answers(mall: Mall, tea: ListingKey) -> PushItem:
        for _ in range(ANSWERS):
            mall.faults.next(Instead(status, body, content_type), lambda environ: "token" not in environ["PATH_INFO"])
        return PushItem(tea, 3, 10)

    return answers


def _error_inside(status: int) -> Callable[[Mall, ListingKey], PushItem]:
    """A status of success, and the mall's own error of a passing kind in the body."""

    def answers(mall: Mall, tea: ListingKey) -> PushItem:
        bodies = {
            "rakuten": json.dumps({"errors": [{"code": "X0000", "message": "An unexpected error has occurred"}]}),
            "shopify": json.dumps({"errors": [{"message": "no", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]}),
            "amazon": json.dumps({"errors": [{"code": "InternalFailure", "message": "no"}]}),
            "eccube": json.dumps(
                {"errors": [{"message": "Internal server error", "extensions": {"category": "internal"}}]}
            ),
            "colorme": json.dumps({"errors": [{"code": 500000, "message": "no", "status": 500}]}),
            "woocommerce": json.dumps({"code": "internal_server_error", "message": "no", "data": {"status": 500}}),
            "yahoo": "<Error><Message>no</Message><Code>ed-00001</Code></Error>",
        }
        kind = "text/xml" if mall.name == "yahoo" else "application/json"
        return _instead(status, bodies[mall.name], f"{kind}; charset=utf-8")(mall, tea)

    return answers


TROUBLES: Mapping[str, Callable[[Mall, ListingKey], PushItem]] = {
    "a refused item": _refused_item,
    "an expired token": _expired_token,
    "a revoked key": _revoked_key,
    "a renamed listing": _renamed_listing,
    "a deleted listing": _deleted_listing,
    "a page of maintenance, 503": _instead(503, PAGE, "text/html; charset=utf-8"),
    "a page of maintenance, 200": _instead(200, PAGE, "text/html; charset=utf-8"),
    "a 200 with an error": _error_inside(200),
    "a 207 with an error": _error_inside(207),
}

ORDERS_READ_PUSH = tuple[Answer, Answer, Answer]
ALL_WAIT, ALL_PAUSE, ALL_GO_ON = (WAITS,) * 3, (PERSON,) * 3, (GOES_ON,) * 3
ONE_ITEM = (GOES_ON, ITEM, ITEM)
SHOPIFY, WOO = ("shopify", "shopify-app", "shopify-places"), ("woocommerce", "woocommerce-variations")
SAME_ITEM = (*SHOPIFY, *WOO, "colorme", "colorme-variants")
"""Where an item stays what it is, whatever its code."""

TABLE: Mapping[str, Mapping[str, ORDERS_READ_PUSH]] = {
    "a refused item": dict.fromkeys(MALLS, (GOES_ON, GOES_ON, ITEM)),
    "an expired token": dict.fromkeys(MALLS, ALL_GO_ON) | dict.fromkeys(("rakuten", "rakuten-items"), ALL_PAUSE),
    "a revoked key": dict.fromkeys(MALLS, ALL_PAUSE),
    "a renamed listing": dict.fromkeys(MALLS, ONE_ITEM) | dict.fromkeys(SAME_ITEM, ALL_GO_ON),
    "a deleted listing": dict.fromkeys(MALLS, ONE_ITEM),
    "a page of maintenance, 503": dict.fromkeys(MALLS, ALL_WAIT),
    "a page of maintenance, 200": dict.fromkeys(MALLS, ALL_WAIT),
    "a 200 with an error": dict.fromkeys(MALLS, ALL_WAIT),
    "a 207 with an error": dict.fromkeys(MALLS, ALL_WAIT),
}
"""What each channel's orders, its numbers and its pushes do. Yahoo's own 207, of good rows and bad, is trap T5."""


def orders_of(mall: Mall, order: str) -> Answer:
    return _answer(mall, lambda: _orders(mall, order))


def _orders(mall: Mall, order: str) -> Answer:
    read = mall.channel.orders(mall.since, [order])
    assert [each.order for each in read.orders] == [order]
    assert not read.problems
    return GOES_ON


def read_of(mall: Mall, tea: ListingKey, cup: ListingKey) -> Answer:
    return _answer(mall, lambda: _read(mall, tea, cup))


def _read(mall: Mall, tea: ListingKey, cup: ListingKey) -> Answer:
    shown = mall.channel.read([tea, cup])
    assert shown in ({tea: 10, cup: 9}, {cup: 9})
    return GOES_ON if tea in shown else ITEM


def push_of(mall: Mall, item: PushItem, cup: ListingKey) -> Answer:
    return _answer(mall, lambda: _push(mall, item, cup))


def _push(mall: Mall, item: PushItem, cup: ListingKey) -> Answer:
    first, second = mall.channel.push([item, PushItem(cup, 4, 9)], KEY)
    for pushed in (first, second):
        assert pushed.outcome is Outcome.DONE or (pushed.hint and pushed.hint.ja and pushed.hint.en)
    if {first.outcome, second.outcome} <= {Outcome.LATER, Outcome.UNKNOWN}:
        assert mall.stock(cup) == 9
        return WAITS
    assert second.outcome is Outcome.DONE
    assert mall.stock(cup) == 4
    if first.outcome is Outcome.REFUSED:
        return ITEM
    assert first.outcome is Outcome.DONE
    assert mall.stock(item.listing) == item.quantity
    return GOES_ON


def _answer(mall: Mall, attempt: Callable[[], Answer]) -> Answer:
    began, hints = mall.clock.monotonic(), list[Hint]()
    try:
        answer = attempt()
    except TryAgain as error:
        answer, hints = WAITS, [error.hint]
    except NeedsPerson as error:
        answer, hints = PERSON, [error.hint]
    assert all(hint.ja and hint.en for hint in hints)
    assert mall.clock.monotonic() - began <= PATIENCE
    return answer


@pytest.mark.parametrize("name", MALLS)
@pytest.mark.parametrize("trouble", TABLE)
def test_each_bad_answer_stops_one_item_or_one_channel(trouble: str, name: str) -> None:
    mall = MALLS[name]()
    tea, cup = mall.add("tea", 10), mall.add("cup", 10)
    order = mall.buy((cup, 1))
    mall.read_orders()
    assert mall.channel.read([tea, cup]) == {tea: 10, cup: 9}
    item = TROUBLES[trouble](mall, tea)
    assert (orders_of(mall, order), read_of(mall, tea, cup), push_of(mall, item, cup)) == TABLE[trouble][name]


@pytest.mark.parametrize("name", MALLS)
@pytest.mark.parametrize("trouble", [each for each in TABLE if TABLE[each] == dict.fromkeys(MALLS, ALL_WAIT)])
def test_as_soon_as_it_is_over_the_channel_goes_on(trouble: str, name: str) -> None:
    mall = MALLS[name]()
    tea, cup = mall.add("tea", 10), mall.add("cup", 10)
    order = mall.buy((cup, 1))
    mall.read_orders()
    item = TROUBLES[trouble](mall, tea)
    assert push_of(mall, item, cup) is WAITS
    mall.faults.clear()
    mall.clock.sleep(60)
    assert (orders_of(mall, order), read_of(mall, tea, cup), push_of(mall, item, cup)) == ALL_GO_ON


def test_the_table_has_every_trouble_and_every_channel() -> None:
    assert TABLE.keys() == TROUBLES.keys()
    assert all(row.keys() == MALLS.keys() for row in TABLE.values())
