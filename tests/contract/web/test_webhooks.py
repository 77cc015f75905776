"""A webhook counts once, if it is signed, and if it isn't old. Nothing but its ids is kept."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from bridge.sandbox.malls.buyers import BUYERS
from tests.contract.web.conftest import SCRIPT_KEY, Door
from tests.contract.web.sender import KEY, OLD_KEY, Sent, forged, genuine, sign


def test_a_signed_webhook_wakes_the_poll_once(door: Door) -> None:
    assert door.send(genuine(door.clock, 1)) == 200
    assert door.wakes["shopify"].due()
    assert not door.wakes["shopify"].due()
    assert not door.wakes["sheet"].due()


def test_only_ids_and_topic_are_kept(door: Door) -> None:
    buyer = BUYERS[1]
    said = {"email": buyer.mail, "note": buyer.name, "shipping_address": {"address1": buyer.street}}
    door.send(genuine(door.clock, 7, **said))
    with door.ledger.read() as tx:
        (row,) = tx.conn.exec_driver_sql("SELECT * FROM webhook").mappings()
    assert (row["sender"], row["topic"]) == ("shopify", "orders/create")
    assert (row["event"], row["order"]) == ("b54557e4-bdd9-4b37-8a5f-000000000007", "5000000007")
    assert set(row) == {"sender", "event", "topic", "order", "digest", "at"}
    assert not any(mark in str(row) for mark in buyer.marks)


@pytest.mark.parametrize(
    ("topic", "said", "order"),
    [
        ("orders/updated", {"id": 5}, "5"),
        ("refunds/create", {"id": 99, "order_id": 5}, "5"),
        ("orders/edited", {"id": None, "order_edit": {"id": 9, "order_id": 5}}, "5"),
        ("inventory_levels/update", {"id": 9}, ""),
        ("orders/create", {"id": "=IMPORTXML(1)"}, ""),
        ("orders/create", {"id": [1], "order_id": {}, "order_edit": [2]}, ""),
        ("orders/create", {"id": 10**30}, ""),
    ],
)
def test_the_order_is_named_where_it_is_understood(door: Door, topic: str, said: dict[str, object], order: str) -> None:
    sent = genuine(door.clock, 1, **said)
    assert door.send(replace(sent, headers={**sent.headers, "X-Shopify-Topic": topic})) == 200
    with door.ledger.read() as tx:
        assert tx.conn.exec_driver_sql('SELECT "order" FROM webhook').scalar_one() == order


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"\xff", b"{", b"[" * 100_000, b'{"order_edit": {}}'])
def test_what_is_signed_but_not_understood_still_says_that_something_changed(door: Door, body: bytes) -> None:
    sent = genuine(door.clock, 1)
    headers = {**sent.headers, "X-Shopify-Hmac-Sha256": sign(body), "X-Shopify-Triggered-At": "soon"}
    assert door.send(Sent(headers, body)) == 200
    assert door.wakes["shopify"].due()


def test_forged_webhooks_are_refused(door: Door, record_property: pytest.RecordProperty) -> None:
    """Every way of forging, dozens of times: 401, nothing kept, nobody woken."""
    random, count = Random(4), 600
    answers = {door.send(forged(genuine(door.clock, number), random)) for number in range(count)}
    assert answers == {401}
    assert (door.remembered(), door.came("forged"), door.came("new")) == (0, count, 0)
    assert not door.wakes["shopify"].due()
    record_property("counted forged webhooks refused", count)


def test_a_wrong_key_is_said_once_an_hour(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    """Whoever mistyped the key must hear of it; whoever plays with us must not fill the disk."""
    random = Random(1)
    for hours in (1, 2):
        for number in range(50):
            door.send(forged(genuine(door.clock, number), random))
        assert len([line for line in caplog.records if line.levelname == "WARNING"]) == hours
        door.clock.sleep(3600)
    assert not [line for line in caplog.records if line.name == "bridge.web" and line.levelname == "ERROR"]


def test_the_key_of_before_is_good_while_it_is_set(door: Door) -> None:
    """Shopify goes on signing with it for up to an hour (shopify.md §8)."""
    for number, key in enumerate((KEY, OLD_KEY)):
        sent = genuine(door.clock, number)
        headers = {**sent.headers, "X-Shopify-Hmac-Sha256": sign(sent.body, key)}
        assert door.send(replace(sent, headers=headers)) == 200


def test_another_shop_of_the_same_app_is_not_ours(door: Door) -> None:
    sent = genuine(door.clock, 1)
    assert door.send(replace(sent, headers={**sent.headers, "X-Shopify-Shop-Domain": "x.myshopify.com"})) == 404
    assert door.remembered() == 0


def test_each_is_applied_once_however_often_it_comes(door: Door) -> None:
    each = [genuine(door.clock, number) for number in range(20)]
    many = each * 20
    Random(5).shuffle(many)
    assert {door.send(sent) for sent in many} == {200}
    assert (door.remembered(), door.came("new"), door.came("repeated")) == (20, 20, 20 * 19)


def test_a_copy_under_another_id_is_still_a_copy(door: Door) -> None:
    """Shopify signs only the body, so anybody who saw one could change the ids around it."""
    sent = genuine(door.clock, 1)
    door.send(sent)
    other = {"X-Shopify-Webhook-Id": "another", "X-Shopify-Topic": "orders/cancelled"}
    assert door.send(replace(sent, headers={**sent.headers, **other})) == 200
    assert door.came("repeated") == 1


def test_ids_that_make_no_sense_are_not_kept(door: Door) -> None:
    sent = genuine(door.clock, 1)
    wild = {"X-Shopify-Webhook-Id": "=1+1 架空" * 50, "X-Shopify-Topic": "'; DROP TABLE webhook; --"}
    assert door.send(replace(sent, headers={**sent.headers, **wild})) == 200
    with door.ledger.read() as tx:
        row = tx.conn.exec_driver_sql("SELECT event, topic FROM webhook").one()
    assert (len(row.event), row.topic) == (32, "")


@pytest.mark.parametrize(("hours", "outcome"), [(5, "new"), (26, "new"), (49, "untimely"), (-1, "untimely")])
def test_a_late_one_counts_and_an_old_one_does_not(door: Door, hours: float, outcome: str) -> None:
    assert door.send(genuine(door.clock, 1, age=timedelta(hours=hours))) == 200
    assert door.came(outcome) == 1
    assert door.wakes["shopify"].due() == (outcome == "new")


def test_none_is_forgotten_while_its_replay_would_count(door: Door) -> None:
    first = genuine(door.clock, 0, age=timedelta(minutes=-9))  # by a clock that is before ours
    door.send(first)
    for number in range(1, 60):
        door.clock.sleep(3600)
        door.send(genuine(door.clock, number))
        door.send(first)
    assert door.came("new") == 60
    assert door.remembered() < 60  # and the oldest are not kept for ever


def test_many_at_once_wake_few_polls(door: Door) -> None:
    polls = 0
    for number in range(150):
        door.send(genuine(door.clock, number))
        door.clock.sleep(0.1)
        polls += door.wakes["shopify"].due()
    assert 4 <= polls <= 7
    for _ in range(200):
        door.clock.sleep(0.1)
        polls += door.wakes["shopify"].due()
    assert polls <= 11  # the order search may be seconds behind: it is looked at again, and then no more
    door.clock.sleep(3600)
    assert not door.wakes["shopify"].due()


# --- the spreadsheet's script -----------------------------------------------------------------------------------------


def told(door: Door, key: str = SCRIPT_KEY, **more: object) -> Sent:
    """What edit_trigger.gs sends."""
    said = {"spreadsheet": "the-spreadsheet", "at": f"{door.clock.now():%Y-%m-%dT%H:%M:%S}.000Z", "once": "1"}
    body = json.dumps({**said, **more}).encode()
    return Sent({"X-Bridge-Signature": sign(body, key)}, body)


def test_an_edit_is_told_by_the_script_of_the_sheet(door: Door) -> None:
    assert door.send(told(door), "/webhooks/sheet") == 200
    assert door.wakes["sheet"].due()
    assert not door.wakes["shopify"].due()


def test_what_the_script_told_can_be_told_once(door: Door) -> None:
    sent = told(door)
    assert [door.send(sent, "/webhooks/sheet") for _ in range(3)] == [200] * 3
    assert door.came("repeated", "sheet") == 2
    door.clock.sleep(301)
    assert door.send(sent, "/webhooks/sheet") == 401


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"spreadsheet": "another"}, 404),
        ({"at": "2026-11-22T00:00:00Z"}, 401),
        ({"at": "2026-11-23T01:00:00"}, 401),
        ({"at": None}, 401),
    ],
)
def test_the_script_of_another_sheet_or_time_is_refused(door: Door, more: dict[str, object], status: int) -> None:
    assert door.send(told(door, **more), "/webhooks/sheet") == status
    assert not door.wakes["sheet"].due()


def test_one_senders_key_is_not_anothers(door: Door) -> None:
    assert door.send(told(door, KEY), "/webhooks/sheet") == 401
    assert door.send(genuine(door.clock, 1), "/webhooks/sheet") == 401
    assert door.send(told(door), "/webhooks/shopify") == 401
