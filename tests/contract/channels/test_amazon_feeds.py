"""Many quantities at once (amazon.md §6): feeds, their reports, and what becomes of those that are slow or lost."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bridge.channels.amazon import facts
from bridge.channels.amazon.feeds import GET_DOCUMENT, refused_messages
from bridge.channels.port import Outcome, Pushed, PushItem
from bridge.domain.orders import ListingKey
from bridge.errors import NeedsPerson, TryAgain
from bridge.sandbox.faults import Environ, Fault, Lost, Refuse, ReplyLost
from bridge.sandbox.malls.amazon.records import BY_AMAZON
from tests.contract.channels.conformance import KEY, AmazonMall


@pytest.fixture(autouse=True)
def small_feeds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "BULK_FROM", 3)


@pytest.fixture
def teas(amazon: AmazonMall) -> list[ListingKey]:
    listings = [amazon.add(f"tea{number}", 10) for number in range(4)]
    amazon.channel.read(listings)
    return listings


def push(amazon: AmazonMall, listings: list[ListingKey], quantity: int = 4) -> list[Pushed]:
    return list(amazon.channel.push([PushItem(each, quantity, 10) for each in listings], KEY))


def outcomes(pushed: list[Pushed]) -> list[Outcome]:
    return [each.outcome for each in pushed]


def calls(amazon: AmazonMall, operation: str) -> list[Any]:
    return [record for record in amazon.records if record.operation == operation]


def creating(environ: Environ) -> bool:
    return bool(environ["REQUEST_METHOD"] == "POST" and environ["PATH_INFO"].endswith("/feeds"))


@pytest.mark.parametrize("packed", [True, False])
def test_many_quantities_go_in_one_feed(amazon: AmazonMall, teas: list[ListingKey], packed: bool) -> None:
    amazon.simulator.switches.feed_report_gzip = packed
    assert outcomes(push(amazon, teas)) == [Outcome.DONE] * 4
    assert {amazon.stock(tea) for tea in teas} == {4}
    assert amazon.simulator.write_count == 1
    assert calls(amazon, "patchListingsItem") == []
    [upload] = calls(amazon, "upload")
    assert [message["sku"] for message in json.loads(upload.sent)["messages"]] == [tea.id for tea in teas]
    assert amazon.told_off == []


def test_few_go_one_by_one(amazon: AmazonMall, teas: list[ListingKey]) -> None:
    assert outcomes(push(amazon, teas[:2])) == [Outcome.DONE] * 2
    assert calls(amazon, "createFeed") == []


def test_a_feed_refuses_some_of_its_messages(amazon: AmazonMall, teas: list[ListingKey]) -> None:
    amazon.simulator.switches.product_type_checked = True
    amazon.simulator.state.items[teas[1].id].product_type = "GREEN_TEA"
    pushed = push(amazon, teas)
    assert outcomes(pushed) == [Outcome.DONE, Outcome.REFUSED, Outcome.DONE, Outcome.DONE]
    assert "99022" in str(pushed[1].hint)
    assert [amazon.stock(tea) for tea in teas] == [4, 10, 4, 4]
    assert outcomes(push(amazon, teas)) == [Outcome.DONE] * 4  # looked at anew


def test_the_guard_stands_before_a_feed_too(amazon: AmazonMall, teas: list[ListingKey]) -> None:
    fba, gone = amazon.add("fba", 40, channel=BY_AMAZON), ListingKey("amazon", "SKU-renamed")
    pushed = push(amazon, [fba, *teas, gone])
    assert outcomes(pushed) == [Outcome.REFUSED, *[Outcome.DONE] * 4, Outcome.REFUSED]
    [upload] = calls(amazon, "upload")
    assert fba.id not in upload.sent
    assert amazon.simulator.stock()[(fba.id, BY_AMAZON)] == 40


def test_nothing_but_refused_makes_no_feed(amazon: AmazonMall) -> None:
    fba = [amazon.add(f"fba{number}", 40, channel=BY_AMAZON) for number in range(3)]
    assert outcomes(push(amazon, fba)) == [Outcome.REFUSED] * 3
    assert amazon.simulator.write_count == 0


def test_t11_a_slow_feed_keeps_other_numbers_waiting(amazon: AmazonMall, teas: list[ListingKey]) -> None:
    amazon.simulator.switches.feed_done_after = 900.0
    assert outcomes(push(amazon, teas)) == [Outcome.UNKNOWN] * 4
    assert outcomes(push(amazon, teas, 3)) == [Outcome.LATER] * 4  # neither a second feed
    assert outcomes(push(amazon, teas[:1], 2)) == [Outcome.LATER]  # nor a PATCH that it may overtake
    amazon.clock.sleep(900)
    assert outcomes(push(amazon, teas[:1], 2)) == [Outcome.DONE]
    assert [amazon.stock(tea) for tea in teas] == [2, 4, 4, 4]
    assert amazon.simulator.write_count == 2


def test_t11_other_listings_do_not_wait_for_a_slow_feed(amazon: AmazonMall, teas: list[ListingKey]) -> None:
    amazon.simulator.switches.feed_done_after = 900.0
    push(amazon, teas)
    assert outcomes(push(amazon, [amazon.add("cup", 10)])) == [Outcome.DONE]


def test_t11_a_feed_that_is_stuck_holds_nothing_for_ever(amazon: AmazonMall, teas: list[ListingKey]) -> None:
    amazon.simulator.switches.feed_done_after = 86_400.0
    push(amazon, teas)
    amazon.clock.sleep(facts.FEED_ALONE.total_seconds())
    assert outcomes(push(amazon, teas[:1], 2)) == [Outcome.DONE]
    assert amazon.stock(teas[0]) == 2


@pytest.mark.parametrize(("end", "outcome"), [("FATAL", Outcome.UNKNOWN), ("CANCELLED", Outcome.LATER)])
def test_feeds_that_come_to_nothing(amazon: AmazonMall, teas: list[ListingKey], end: str, outcome: Outcome) -> None:
    amazon.simulator.switches.feed_end = end  # type: ignore[assignment]
    assert outcomes(push(amazon, teas)) == [outcome] * 4
    assert amazon.channel.read(teas) == dict.fromkeys(teas, 10)
    assert outcomes(push(amazon, teas[:1], 2)) == [Outcome.DONE]  # it holds nothing any more


def test_a_feed_that_is_wrong_as_a_whole_needs_a_person(amazon: AmazonMall, teas: list[ListingKey]) -> None:
    amazon.simulator.switches.feed_issue = "4002005"
    with pytest.raises(NeedsPerson, match="4002005"):
        push(amazon, teas)
    assert {amazon.stock(tea) for tea in teas} == {10}


@pytest.mark.parametrize("fault", [Refuse(429), Refuse(500), Lost(), ReplyLost()], ids=str)
def test_a_lost_answer_never_makes_a_second_feed(amazon: AmazonMall, teas: list[ListingKey], fault: Fault) -> None:
    """createFeed is not idempotent: after a lost answer the feeds are looked at."""
    amazon.faults.next(fault, creating)
    pushed = outcomes(push(amazon, teas))
    made = amazon.simulator.write_count
    assert made == len(amazon.simulator.state.feeds) <= 1
    unmade = Outcome.LATER if fault == Refuse(429) else Outcome.UNKNOWN
    assert pushed == [Outcome.DONE if made else unmade] * 4
    if not made:
        assert outcomes(push(amazon, teas)) == [Outcome.DONE] * 4
    assert {amazon.stock(tea) for tea in teas} == {4}


def test_a_feed_that_is_over_is_not_taken_for_the_one_that_was_lost(amazon: AmazonMall, teas: list[ListingKey]) -> None:
    """Its report says that everything was taken: the numbers of the lost one were not among it."""
    assert outcomes(push(amazon, teas)) == [Outcome.DONE] * 4
    amazon.faults.next(Lost(), creating)
    assert outcomes(push(amazon, teas, 2)) == [Outcome.UNKNOWN] * 4
    assert amazon.channel.read(teas) == dict.fromkeys(teas, 4)
    assert outcomes(push(amazon, teas, 2)) == [Outcome.DONE] * 4


def test_several_feeds_that_could_be_ours_are_left_alone(amazon: AmazonMall, teas: list[ListingKey]) -> None:
    """Another program of the seller sends feeds too."""

    def another(environ: Environ) -> None:
        if creating(environ):
            feeds = amazon.simulator.state.feeds
            [ours] = feeds.values()
            feeds["99999"] = type(ours)("99999", ours.type, ours.marketplaces, ours.document, ours.created)
            amazon.faults.after = None

    amazon.faults.next(ReplyLost(), creating)
    amazon.faults.after = another
    assert outcomes(push(amazon, teas)) == [Outcome.UNKNOWN] * 4
    assert outcomes(push(amazon, teas[:1], 2)) == [Outcome.LATER]  # one of them may be ours, and set what it likes
    amazon.clock.sleep(60)
    assert outcomes(push(amazon, teas[:1], 2)) == [Outcome.DONE]


def test_a_feed_whose_answer_stays_lost_is_looked_for_before_the_next_write(
    amazon: AmazonMall, teas: list[ListingKey]
) -> None:
    amazon.simulator.switches.feed_done_after = 900.0
    amazon.faults.next(ReplyLost(), creating)
    for _ in range(2):
        amazon.faults.next(
            Lost(), lambda environ: environ["REQUEST_METHOD"] == "GET" and "/feeds" in environ["PATH_INFO"]
        )
    assert outcomes(push(amazon, teas)) == [Outcome.UNKNOWN] * 4
    assert outcomes(push(amazon, teas, 2)) == [Outcome.LATER] * 4
    assert amazon.simulator.write_count == 1


def test_where_a_document_lies_is_a_secret(amazon: AmazonMall, teas: list[ListingKey]) -> None:
    push(amazon, teas)
    assert calls(amazon, "upload")
    assert calls(amazon, "download")
    kept = repr(amazon.records)
    assert "X-Amz-Signature" not in kept
    assert "Atza" not in kept


def test_a_document_is_not_put_anywhere_without_tls(amazon: AmazonMall) -> None:
    api = amazon.channel._api  # type: ignore[attr-defined]
    with pytest.raises(TryAgain):
        api.document(GET_DOCUMENT, "http://elsewhere.example/documents/1")
    with pytest.raises(TryAgain):
        api.document(GET_DOCUMENT, "http://amazon.test/documents/1")
    assert amazon.records == []


def test_shadow_sends_no_feed(amazon: AmazonMall, teas: list[ListingKey]) -> None:
    amazon.live = False
    with pytest.raises(RuntimeError, match="shadow"):
        push(amazon, teas)
    assert amazon.simulator.state.documents == {}


def test_a_feed_sent_before_a_kill_is_waited_for(amazon: AmazonMall, teas: list[ListingKey]) -> None:
    """What it will do nobody knows any more: a number sent now could be overtaken by an older one."""
    amazon.simulator.switches.feed_done_after = 900.0
    assert outcomes(push(amazon, teas)) == [Outcome.UNKNOWN] * 4
    amazon.channel = amazon.connect()  # a new process
    amazon.channel.read(teas)
    assert outcomes(push(amazon, teas[:1], 2)) == [Outcome.LATER]
    assert outcomes(push(amazon, teas, 2)) == [Outcome.LATER] * 4
    amazon.clock.sleep(900)
    assert outcomes(push(amazon, teas[:1], 2)) == [Outcome.DONE]
    assert [amazon.stock(tea) for tea in teas] == [2, 4, 4, 4]


def test_a_feed_that_is_gone_holds_nothing(amazon: AmazonMall, teas: list[ListingKey]) -> None:
    amazon.simulator.switches.feed_done_after = 900.0
    push(amazon, teas)
    amazon.simulator.state.feeds.clear()
    amazon.faults.app = amazon.simulator  # the model knows no 404 here
    amazon.clock.sleep(60)
    assert outcomes(push(amazon, teas[:1], 2)) == [Outcome.DONE]


def test_where_feeds_cannot_be_looked_at_nothing_is_pushed(amazon: AmazonMall) -> None:
    tea = amazon.add("tea", 10)
    amazon.simulator.switches.access_denied = {"getFeeds"}
    assert amazon.channel.read([tea]) == {tea: 10}
    with pytest.raises(NeedsPerson, match="getFeeds"):
        push(amazon, [tea])
    assert amazon.stock(tea) == 10


def test_what_a_report_says_of_each_message() -> None:
    items = {n: PushItem(ListingKey("amazon", f"TEA-{n}"), 4, 10) for n in (1, 2, 3)}
    issues = [
        {"messageId": 1, "severity": "WARNING", "code": "1", "message": "a warning refuses nothing"},
        {"messageId": 2, "severity": "ERROR", "code": "2", "message": "by its number"},
        {"sku": "TEA-3", "severity": "ERROR", "message": "by its SKU, without a code"},
    ]
    report = {"issues": issues, "summary": {"messagesProcessed": 3}}
    refused = refused_messages(report, items)
    assert set(refused) == {2, 3}
    assert refused[2].en.endswith("2 by its number")
    assert refused[3].ja.endswith(": by its SKU, without a code")


@pytest.mark.parametrize(
    "report", [None, {}, [], {"issues": []}, {"issues": None, "summary": {"messagesProcessed": 1}}]
)
def test_what_is_no_report_accepts_nothing(report: object) -> None:
    with pytest.raises((LookupError, TypeError)):
        refused_messages(report, {})
