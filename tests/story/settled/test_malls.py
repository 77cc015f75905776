"""Questions about listings and channels, from what brings them about to their answer, in both languages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.channels.port import Outcome, Pushed
from bridge.errors import Hint, NeedsPerson, TryAgain
from bridge.flows.keys import watch_key
from bridge.sandbox.malls.shopify.records import gid
from bridge.sandbox.malls.shopify.shop import FIRST_LOCATION
from tests.support.settling import answered, channel, failing, opened, rounds_of_each, settled
from tests.support.world import World

DAY = 24 * 3600.0
NO_ANSWER = Hint("返事がありません。", "No answer.")
PLACE = FIRST_LOCATION.rsplit("/", 1)[1]


def line_of(desk: World, listing: str) -> int:
    (row,) = (n for n, line in enumerate(desk.table("出品"), 1) if line["出品ID"] == listing)
    return row


def delete_lines(desk: World, first: int, last: int) -> None:
    desk.spreadsheet.delete_rows(desk.tab("出品"), first, last + 1)


def test_listing_gone(desk: World) -> None:
    row = line_of(desk, f"40001@{PLACE}")
    delete_lines(desk, row, row)
    desk.rounds(3)
    answered(desk, "listing gone", "stop")
    desk.rounds(2)
    assert (desk.shown("shopify", "A"), desk.shown("rakuten", "A")) == (0, 7)


def test_listings_gone(desk: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.flows.gone.MANY_LINES", 1)
    delete_lines(desk, 1, 4)
    desk.rounds(3)
    answered(desk, "listings gone", "keep")
    assert desk.shown("shopify", "A") == 7


def test_refused(desk: World) -> None:
    mall = channel(desk, "rakuten")
    mall.push = lambda items, _key: [Pushed(item.listing, Outcome.REFUSED, NO_ANSWER) for item in items]
    desk.type("A", "本社倉庫", 1)
    desk.rounds(3)
    opened(desk, "refused")
    del mall.push
    desk.clock.sleep(120)
    desk.rounds(3)
    settled(desk, "refused")
    assert desk.shown("rakuten", "A") == 3


def test_cannot_stop(desk: World) -> None:
    desk.set("shopify", False)
    desk.rounds(2)
    desk.type("A", "停止", "販売停止")
    desk.rounds(4)
    opened(desk, "cannot stop")
    desk.set("shopify", True)
    desk.settle()
    settled(desk, "cannot stop")
    assert desk.shown("shopify", "A") == 0


def test_listing_missing(desk: World) -> None:
    desk.list_for_sale("rakuten", "wrong/v-1", "A")
    desk.rounds(3)
    desk.clock.sleep(60)
    desk.settle()
    opened(desk, "listing missing")
    desk.sandbox.rakuten.add_product(("wrong", "v-1"), "A", 0)
    desk.clock.sleep(60)
    desk.settle()
    settled(desk, "listing missing")


def test_listings_unmatched_doubled_and_trapped(desk: World) -> None:
    kinds = ("listings unmatched", "listings doubled", "listing traps")
    item = gid("InventoryItem", 50_001)
    desk.sandbox.shopify.add_product((item, FIRST_LOCATION), "B", 3, policy="CONTINUE")
    desk.sandbox.rakuten.add_product(("new-item", "v-9"), "unknown", 3)
    desk.service.map()
    desk.rounds(2)
    for kind in kinds:
        opened(desk, kind)
    desk.list_for_sale("rakuten", "new-item/v-9", "A")
    desk.put("出品", line_of(desk, f"50001@{PLACE}"), {"採用": True})
    desk.rounds(3)
    desk.sandbox.shopify.state.items[item].policy = "DENY"
    desk.service.map()
    desk.rounds(2)
    for kind in kinds:
        settled(desk, kind)


def test_drift(desk: World) -> None:
    desk.settle()
    desk.sandbox.shopify.set_stock_by_hand(desk.wire("shopify", "B"), 3)
    desk.service.reconcile()
    desk.rounds(1)
    answered(desk, "drift", "seen")


def test_key_refused(desk: World) -> None:
    desk.sandbox.rakuten.service_secret = "SP123456_another"
    rounds_of_each(desk)
    opened(desk, "key refused")
    desk.sandbox.rakuten.service_secret = "SP123456_sandbox"
    desk.clock.sleep(600)
    rounds_of_each(desk)
    settled(desk, "key refused")


def test_channel_trouble(desk: World) -> None:
    mall = channel(desk, "rakuten")
    mall.orders = failing(NeedsPerson(NO_ANSWER))
    rounds_of_each(desk)
    opened(desk, "channel trouble")
    del mall.orders
    desk.clock.sleep(600)
    rounds_of_each(desk)
    settled(desk, "channel trouble")


def test_channel_alarm(desk: World) -> None:
    manage_number, variant = desk.wire("rakuten", "A")
    item = desk.sandbox.rakuten.state.items[manage_number].variants[variant]
    item.back_order = True
    desk.clock.sleep(7 * 3600)
    desk.rounds(3)
    opened(desk, "channel alarm")
    item.back_order = False
    desk.clock.sleep(7 * 3600)
    desk.rounds(3)
    settled(desk, "channel alarm")


def test_channel_blind(desk: World) -> None:
    mall = channel(desk, "rakuten")
    mall.orders = mall.read = failing(TryAgain(NO_ANSWER, 1.0))
    rounds_of_each(desk, 13, 60)
    opened(desk, "channel blind")
    del mall.orders, mall.read
    rounds_of_each(desk, 3)
    settled(desk, "channel blind")


def test_numbers_stuck(desk: World) -> None:
    desk.buy("rakuten", "A", 1)
    desk.settle()
    mall = channel(desk, "rakuten")
    mall.push = lambda items, _key: [Pushed(item.listing, Outcome.LATER, NO_ANSWER) for item in items]
    desk.type("A", "本社倉庫", 1)
    rounds_of_each(desk, 13, 60)
    opened(desk, "numbers stuck")
    del mall.push
    rounds_of_each(desk, 3)
    settled(desk, "numbers stuck")


def test_key_expires(desk: World) -> None:
    ledger, rakuten = desk.service.ledger, channel(desk, "rakuten")
    desk.clock.sleep(80 * DAY)
    watch_key(ledger, desk.service.shop, rakuten)
    desk.rounds(1)
    opened(desk, "key expires")
    (licence,) = desk.sandbox.rakuten.state.licences
    desk.sandbox.rakuten.state.licences = [replace(licence, expires_at=licence.expires_at.replace(year=2028))]
    desk.clock.sleep(DAY)
    watch_key(ledger, desk.service.shop, rakuten)
    desk.rounds(1)
    settled(desk, "key expires")


def test_needs_person_is_told_in_its_own_language(desk: World) -> None:
    channel(desk, "rakuten").orders = failing(NeedsPerson(NO_ANSWER))
    rounds_of_each(desk)
    assert (NO_ANSWER.ja if desk.language == "ja" else NO_ANSWER.en) in opened(desk, "channel trouble")
