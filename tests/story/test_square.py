"""A shop with a till of Square, through the whole service: its number is what lies in 渋谷店 (pos.md §0)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bridge.sandbox.faults import Environ, Lost, ReplyLost, path_contains
from bridge.settings import Secret
from tests.support.tills import WithSquare
from tests.support.world import LAG
from tests.support.wsgi_transport import WsgiTransport


@pytest.fixture
def shop(tmp_path: Path) -> WithSquare:
    world = WithSquare(tmp_path / "ledger.sqlite")
    world.go_live()
    return world


def asked(shop: WithSquare) -> str:
    return shop.open_questions()


def test_the_till_shows_its_own_place_and_the_malls_everything(shop: WithSquare) -> None:
    assert (shop.at_till("A"), shop.in_malls("A"), shop.at_till("B"), shop.in_malls("B")) == (2, {7}, 0, {7})
    assert asked(shop) == ""


def test_a_sale_at_the_till_lowers_its_column_and_the_malls(shop: WithSquare) -> None:
    shop.buy("square", "A", 1)
    shop.rounds(3)
    assert (shop.row("A")["渋谷店"], shop.row("A")["本社倉庫"]) == ("1", "5")
    assert (shop.at_till("A"), shop.in_malls("A")) == (1, {6})
    shop.settle()
    assert (shop.at_till("A"), shop.in_malls("A"), asked(shop)) == (1, {6}, "")


def test_an_order_in_a_mall_lowers_the_till_only_when_it_leaves_its_place(shop: WithSquare) -> None:
    """What is promised of a shelf still lies on it."""
    order = shop.buy("rakuten", "A", 6)
    assert order is not None
    shop.settle()
    assert (shop.at_till("A"), shop.in_malls("A")) == (2, {1})
    shop.sandbox.rakuten.ship(order)
    shop.settle()
    assert (shop.row("A")["渋谷店"], shop.at_till("A"), shop.in_malls("A")) == ("1", 1, {1})


def test_a_recount_at_the_till_comes_in(shop: WithSquare) -> None:
    shop.sandbox.square.recount(shop.wire("square", "A"), 6)
    shop.settle()
    assert (shop.row("A")["渋谷店"], shop.at_till("A"), shop.in_malls("A")) == ("6", 6, {11})
    shop.sandbox.square.recount(shop.wire("square", "A"), 1)
    shop.settle()
    assert (shop.row("A")["渋谷店"], shop.at_till("A"), shop.in_malls("A")) == ("1", 1, {6})


def test_a_typed_number_reaches_the_till_as_a_difference_while_a_sale_slips_in(shop: WithSquare) -> None:
    """Ten are typed over two; while they are on their way the till sells one more."""
    faults, slipped = shop.sandbox.faults["square"], []

    def slip(environ: Environ) -> None:
        if "batch-create" in environ["PATH_INFO"] and not slipped:
            slipped.append(shop.buy("square", "A", 1))

    faults.before = slip
    shop.type("A", "渋谷店", 10)
    shop.settle()
    assert slipped
    assert (shop.row("A")["渋谷店"], shop.at_till("A"), shop.in_malls("A"), asked(shop)) == ("9", 9, {14}, "")


def test_a_return_waits_to_be_inspected(shop: WithSquare) -> None:
    sale = shop.buy("square", "A", 2)
    assert sale is not None
    shop.settle()
    assert (shop.row("A")["渋谷店"], shop.at_till("A"), shop.in_malls("A")) == ("0", 0, {5})
    shop.sandbox.square.refund(sale, "1", 1, restock=True)
    shop.settle()
    row = shop.row("A")
    assert (row["渋谷店"], row["検品待ち"]) == ("0", "1")
    assert (shop.at_till("A"), shop.in_malls("A"), asked(shop)) == (0, {5}, "")


def test_what_comes_in_at_the_till_and_what_is_thrown_away(shop: WithSquare) -> None:
    square, tea = shop.sandbox.square, shop.wire("square", "A")
    square.receive(tea, 4)
    square.lose(tea, 1)
    shop.settle()
    assert (shop.row("A")["渋谷店"], shop.at_till("A"), shop.in_malls("A")) == ("5", 5, {10})


def test_a_sale_of_yesterday_that_arrives_now(shop: WithSquare) -> None:
    shop.clock.sleep(30 * 3600)
    shop.rounds(2)
    shop.sandbox.square.place([(shop.wire("square", "A"), 1)], till_at=shop.clock.now() - timedelta(hours=20))
    shop.settle()
    assert (shop.row("A")["渋谷店"], shop.at_till("A"), shop.in_malls("A"), asked(shop)) == ("1", 1, {6}, "")


def test_the_till_sells_what_the_books_dont_have(shop: WithSquare) -> None:
    """It lay there, whatever the books say: a person is asked to count."""
    shop.sandbox.square.place([(shop.wire("square", "A"), 3)])
    shop.settle()
    assert "店のレジで、帳簿にない1個が売れました" in asked(shop)
    assert shop.row("A")["渋谷店"] == "-1"
    shop.type("A", "渋谷店", 2)
    shop.settle()
    assert (shop.at_till("A"), shop.in_malls("A")) == (2, {7})


def test_a_thing_that_the_till_never_counted(tmp_path: Path) -> None:
    shop = WithSquare(tmp_path / "ledger.sqlite", {"A": (5, 2, None), "B": (7, None, None)})
    shop.go_live()
    assert "リストにない" not in asked(shop)
    shop.type("B", "渋谷店", 4)
    shop.settle()
    assert (shop.at_till("B"), shop.in_malls("B")) == (4, {11})
    shop.buy("square", "B", 1)
    shop.settle()
    assert (shop.row("B")["渋谷店"], shop.at_till("B"), shop.in_malls("B"), asked(shop)) == ("3", 3, {10}, "")


@pytest.mark.parametrize("done", [True, False])
def test_a_write_without_an_answer_counts_once(shop: WithSquare, done: bool) -> None:
    faults = shop.sandbox.faults["square"]
    for _ in range(4):
        faults.next(ReplyLost() if done else Lost(timed_out=True), path_contains("batch-create"))
    shop.type("A", "渋谷店", 10)
    shop.settle()
    assert faults.pending == 0
    shop.settle()
    assert (shop.row("A")["渋谷店"], shop.at_till("A"), shop.in_malls("A")) == ("10", 10, {15})


def test_a_bridge_that_starts_anew_knows_its_own_writes(shop: WithSquare) -> None:
    shop.type("A", "渋谷店", 10)
    shop.settle()
    shop.service.close()
    shop.start()
    shop.buy("square", "A", 1)
    shop.settle()
    assert (shop.row("A")["渋谷店"], shop.at_till("A"), shop.in_malls("A"), asked(shop)) == ("9", 9, {14}, "")


def test_a_feed_that_is_late_is_waited_for(shop: WithSquare) -> None:
    """The till's number falls at once, its history tells some seconds later: the malls hold it back meanwhile."""
    shop.sandbox.square.visible_after = LAG - 1
    shop.buy("square", "A", 1)
    shop.service.pushers["square"].read_everything()
    shop.rounds(2, seconds=1)
    assert shop.in_malls("A") == {6}
    shop.settle()
    assert (shop.row("A")["渋谷店"], shop.at_till("A"), shop.in_malls("A"), asked(shop)) == ("1", 1, {6}, "")


def test_a_webhook_of_the_till_wakes_its_look_and_is_no_fact(tmp_path: Path) -> None:
    """It tells a number and not its cause: what is booked comes out of the history."""
    address, key = "https://bridge.example/webhooks/square", "sandbox-signature-key"
    shop = WithSquare(tmp_path / "ledger.sqlite")
    square = shop.config.channels.square
    assert square is not None
    told = replace(square, webhook_url=address, webhook_key=Secret(key))
    shop.config = replace(shop.config, channels=replace(shop.config.channels, square=told))
    shop.service.close()
    shop.start()
    shop.go_live()
    courier = shop.sandbox.square.courier
    shop.sandbox.square.webhook, courier.transport = (address, key), WsgiTransport(app=shop.web())
    assert not shop.service.wakes["square"].due()
    shop.buy("square", "A", 1)
    courier.step()
    assert (courier.counts["sent"], courier.counts["failed"]) == (1, 0)
    assert shop.service.wakes["square"].due()
    assert shop.row("A")["渋谷店"] == "2"
    shop.sandbox.square.webhook = (address + "/", key)  # a proxy that changes the address
    shop.buy("square", "A", 1)
    courier.step()
    assert courier.counts["failed"] == 1
    shop.settle()
    assert (shop.row("A")["渋谷店"], shop.at_till("A"), shop.in_malls("A")) == ("0", 0, {5})
