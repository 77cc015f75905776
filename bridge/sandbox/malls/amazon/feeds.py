"""What becomes of a feed: it waits, is worked off message by message, and leaves a report (amazon.md §6)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bridge.sandbox.malls.amazon import listing_api
from bridge.sandbox.malls.amazon.feed_api import KIND, new_document
from bridge.sandbox.malls.amazon.records import Feed

if TYPE_CHECKING:
    from bridge.sandbox.malls.amazon.shop import Amazon

WAITING = ("IN_QUEUE", "IN_PROGRESS")
BAD_HEADER = "4002005"


def run_feeds(shop: Amazon) -> None:
    """Bring every feed to where it stands by now."""
    now, dials = shop.clock.now(), shop.switches
    for feed in shop.state.feeds.values():
        if feed.status == "IN_QUEUE" and now >= feed.created + timedelta(seconds=dials.feed_starts_after):
            feed.status, feed.begun = "IN_PROGRESS", now
            shop.touch()
        if feed.status == "IN_PROGRESS" and now >= feed.created + timedelta(seconds=dials.feed_done_after):
            feed.status, feed.ended = dials.feed_end, now
            if feed.status == "DONE":
                feed.report = new_document(shop, "application/json", _worked_off(shop, feed)).id
            shop.touch()


def _worked_off(shop: Amazon, feed: Feed) -> str:
    """The report, as JSON."""
    content = shop.state.documents[feed.document].content
    try:
        body = json.loads(content or "")
        header, messages = body["header"], body["messages"]
        good = header["version"] == "2.0" and header["sellerId"] == shop.seller and feed.type == KIND
    except (ValueError, LookupError, TypeError):
        good, messages = False, []
    if not good or shop.switches.feed_issue:
        code = shop.switches.feed_issue or BAD_HEADER
        issue = {"code": code, "severity": "ERROR", "message": "The feed's header is invalid."}
        return _report(shop, feed, [issue], len(messages), 0)
    issues: list[dict[str, Any]] = []
    for message in messages:
        issues += _carried_out(shop, message)
    refused = {issue["messageId"] for issue in issues}
    return _report(shop, feed, issues, len(messages), len(messages) - len(refused))


def _carried_out(shop: Amazon, message: dict[str, Any]) -> list[dict[str, Any]]:
    place = {"messageId": message["messageId"], "sku": message["sku"], "severity": "ERROR"}
    item = shop.item(message["sku"])
    if message["operationType"] != "PATCH" or item is None:
        return [{**place, "code": "13013", "message": "This SKU does not exist in the catalogue of the seller."}]
    found = listing_api.problems(shop, item, message)
    if not found:
        listing_api.apply(shop, item, message["patches"])
    return [{**place, "code": each["code"], "message": each["message"]} for each in found]


def _report(shop: Amazon, feed: Feed, issues: list[dict[str, Any]], processed: int, accepted: int) -> str:
    summary = {
        "errors": len(issues),
        "warnings": 0,
        "messagesProcessed": processed,
        "messagesAccepted": accepted,
        "messagesInvalid": processed - accepted,
    }
    header = {"sellerId": shop.seller, "version": "2.0", "feedId": feed.id}
    return json.dumps({"header": header, "issues": issues, "summary": summary}, ensure_ascii=False)
