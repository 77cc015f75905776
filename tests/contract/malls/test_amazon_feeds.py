"""Feeds: documents, the queue, and a report about every message (amazon.md §6)."""

from __future__ import annotations

import gzip
import json
from typing import Any

import httpx
import pytest

from bridge.sandbox.malls.amazon.feed_api import KIND
from tests.contract.malls.clients import JAPAN, MERGE, AmazonClient
from tests.support import amazon_models

FEEDS, DOCUMENTS = "/feeds/2021-06-30/feeds", "/feeds/2021-06-30/documents"
CONTENT = "application/json; charset=UTF-8"


def message(number: int, sku: str, quantity: Any) -> dict[str, Any]:
    value = {"fulfillment_channel_code": "DEFAULT", "quantity": quantity}
    patch = {"op": "merge", "path": MERGE, "value": [value]}
    return {"messageId": number, "sku": sku, "operationType": "PATCH", "productType": "PRODUCT", "patches": [patch]}


def upload(amazon: AmazonClient, *messages: dict[str, Any], content: str = CONTENT) -> tuple[str, httpx.Response]:
    made = amazon.call("POST", DOCUMENTS, {"contentType": CONTENT})
    assert made.status_code == 201
    header = {"sellerId": amazon.mall.seller, "version": "2.0"}
    body = json.dumps({"header": header, "messages": list(messages)}).encode()
    answer = amazon.http.put(made.json()["url"], content=body, headers={"Content-Type": content})
    return made.json()["feedDocumentId"], answer


def submit(amazon: AmazonClient, *messages: dict[str, Any]) -> str:
    document, answer = upload(amazon, *messages)
    assert answer.status_code == 200
    made = amazon.call("POST", FEEDS, {"feedType": KIND, "marketplaceIds": [JAPAN], "inputFeedDocumentId": document})
    assert made.status_code == 202
    number: str = made.json()["feedId"]
    return number


def state(amazon: AmazonClient, feed: str) -> str:
    told: str = amazon.get(f"{FEEDS}/{feed}").json()["processingStatus"]
    return told


def report(amazon: AmazonClient, feed: str) -> dict[str, Any]:
    document = amazon.get(f"{FEEDS}/{feed}").json()["resultFeedDocumentId"]
    lies = amazon.get(f"{DOCUMENTS}/{document}").json()
    raw = amazon.http.get(lies["url"]).content
    if "compressionAlgorithm" in lies:
        raw = gzip.decompress(raw)
    body: dict[str, Any] = json.loads(raw)
    return body


@pytest.mark.parametrize("packed", [True, False])
def test_a_feed_from_its_document_to_its_report(amazon: AmazonClient, packed: bool) -> None:
    amazon.mall.switches.feed_report_gzip = packed
    amazon.product("TEA-1")
    amazon.product("TEA-2")
    feed = submit(amazon, message(1, "TEA-1", 4), message(2, "NO-SUCH", 4), message(3, "TEA-2", -1))
    states = [state(amazon, feed)]
    for pause in (5, 15):
        amazon.clock.sleep(pause)
        states.append(state(amazon, feed))
    assert states == ["IN_QUEUE", "IN_PROGRESS", "DONE"]
    told = report(amazon, feed)
    assert told["header"] == {"sellerId": amazon.mall.seller, "version": "2.0", "feedId": feed}
    assert [(issue["messageId"], issue["sku"], issue["severity"]) for issue in told["issues"]] == [
        (2, "NO-SUCH", "ERROR"),
        (3, "TEA-2", "ERROR"),
    ]
    counts = ("messagesProcessed", "messagesAccepted", "messagesInvalid")
    assert [told["summary"][name] for name in counts] == [3, 1, 2]
    assert amazon.mall.stock() == {("TEA-1", "DEFAULT"): 4, ("TEA-2", "DEFAULT"): 10}
    assert amazon.mall.write_count == 1


def test_the_content_type_must_be_the_same_letter_by_letter(amazon: AmazonClient) -> None:
    amazon.product("TEA-1")
    assert upload(amazon, message(1, "TEA-1", 4), content="application/json; charset=utf-8")[1].status_code == 403


def test_a_documents_address_lives_five_minutes(amazon: AmazonClient) -> None:
    amazon.product("TEA-1")
    url = amazon.call("POST", DOCUMENTS, {"contentType": CONTENT}).json()["url"]
    amazon.clock.sleep(301)
    body = {"header": {"sellerId": "x", "version": "2.0"}, "messages": [message(1, "TEA-1", 4)]}
    answer = amazon.http.put(url, content=json.dumps(body).encode(), headers={"Content-Type": CONTENT})
    assert answer.status_code == 403


@pytest.mark.parametrize("end", ["FATAL", "CANCELLED"])
def test_feeds_that_come_to_nothing(amazon: AmazonClient, end: str) -> None:
    amazon.mall.switches.feed_end = end  # type: ignore[assignment]
    amazon.product("TEA-1")
    feed = submit(amazon, message(1, "TEA-1", 4))
    amazon.clock.sleep(20)
    body = amazon.get(f"{FEEDS}/{feed}").json()
    assert body["processingStatus"] == end
    assert "resultFeedDocumentId" not in body
    assert amazon.mall.stock()[("TEA-1", "DEFAULT")] == 10


def test_an_error_of_the_whole_feed(amazon: AmazonClient) -> None:
    amazon.mall.switches.feed_issue = "4002005"
    amazon.product("TEA-1")
    feed = submit(amazon, message(1, "TEA-1", 4))
    amazon.clock.sleep(20)
    told = report(amazon, feed)
    assert [issue.get("messageId") for issue in told["issues"]] == [None]
    assert told["summary"]["messagesAccepted"] == 0
    assert amazon.mall.stock()[("TEA-1", "DEFAULT")] == 10


def test_only_what_waits_can_be_cancelled(amazon: AmazonClient) -> None:
    amazon.product("TEA-1")
    feed = submit(amazon, message(1, "TEA-1", 4))
    assert amazon.call("DELETE", f"{FEEDS}/{feed}").status_code == 200
    amazon.clock.sleep(60)
    assert state(amazon, feed) == "CANCELLED"
    other = submit(amazon, message(1, "TEA-1", 4))
    amazon.clock.sleep(5)
    assert amazon.call("DELETE", f"{FEEDS}/{other}").status_code == 400


def test_feeds_are_listed_the_newest_first(amazon: AmazonClient) -> None:
    amazon.product("TEA-1")
    first = submit(amazon, message(1, "TEA-1", 4))
    amazon.clock.sleep(60)
    second = submit(amazon, message(1, "TEA-1", 5))
    listed = amazon.get(FEEDS, feedTypes=KIND).json()["feeds"]
    assert [(feed["feedId"], feed["processingStatus"]) for feed in listed] == [(second, "IN_QUEUE"), (first, "DONE")]
    assert [
        feed["feedId"] for feed in amazon.get(FEEDS, feedTypes=KIND, processingStatuses="DONE").json()["feeds"]
    ] == [first]
    assert amazon.get(FEEDS, feedTypes=KIND, createdSince="2026-11-24T00:00:00Z").json()["feeds"] == []


@pytest.mark.skipif(not amazon_models.PRESENT, reason=amazon_models.WHY_NOT)
def test_amazons_own_examples_of_a_feed_and_its_report_are_judged_good() -> None:
    folder = amazon_models.FOLDER / "schemas" / "feeds"
    for name in (amazon_models.FEED, amazon_models.REPORT):
        example = json.loads((folder / name.replace(".json", ".example.json")).read_text(encoding="utf-8"))
        assert amazon_models.check_feed(name, example) == []
