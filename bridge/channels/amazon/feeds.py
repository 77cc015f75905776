"""Many quantities at once: a feed of messages, and the report about each of them (amazon.md §6).

A feed is worked off some minutes later, at times hours. What it will do is unknown until its report is there, so its
SKUs get no other number meanwhile: a PATCH and a feed may overtake each other (§5.2).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bridge.channel_settings import Amazon
from bridge.channels.amazon import facts
from bridge.channels.amazon.offers import Offers, stranding, unknown_listing
from bridge.channels.amazon.stock import PUSH_SECONDS, Stock, not_taken, patch_of, quantity_of
from bridge.channels.amazon.wire import AmazonRefused, SpApi, csv
from bridge.channels.http import Media, Operation, Seams
from bridge.channels.port import Outcome, Pushed, PushItem
from bridge.errors import Hint, NeedsPerson, TryAgain

FEEDS, DOCUMENTS = "/feeds/2021-06-30/feeds", "/feeds/2021-06-30/documents"
CREATE_DOCUMENT = Operation("createFeedDocument", "POST", DOCUMENTS, "createFeedDocument", writes=True)
AS_IT_STANDS = Media(facts.FEED_CONTENT, bytes)
UPLOAD = Operation("upload", "PUT", "", "document", writes=True, signed=False, media=AS_IT_STANDS)
CREATE = Operation(
    "createFeed", "POST", FEEDS, "createFeed", writes=True, repeatable=False, attempts=3, seconds=PUSH_SECONDS
)  # when its turn is further away, what was decided would be too old by then, and the turn lost (gate.py)
GET = Operation("getFeed", "GET", FEEDS + "/{}", "getFeed")
LIST = Operation("getFeeds", "GET", FEEDS, "getFeeds", attempts=2, seconds=30.0)
GET_DOCUMENT = Operation("getFeedDocument", "GET", DOCUMENTS + "/{}", "getFeedDocument")
DOWNLOAD = Operation("download", "GET", "", "document", signed=False)

SLACK = timedelta(minutes=1)  # how far Amazon's clock may be behind ours
WORKING, ENDED = ("IN_QUEUE", "IN_PROGRESS"), ("DONE", "CANCELLED", "FATAL")


@dataclass(frozen=True)
class Feed:
    """One that was sent. `items`: by messageId · `at`, `looked_at`: on the monotonic clock · `found`: it was running at
    the start, perhaps sent before a kill, and may set anything."""

    id: str
    items: Mapping[int, PushItem]
    at: float
    looked_at: float
    found: bool = False


class Feeds:
    """The feeds of one seller."""

    def __init__(self, settings: Amazon, api: SpApi, offers: Offers, stock: Stock, seams: Seams) -> None:
        self._settings = settings
        self._api = api
        self._offers = offers
        self._stock = stock
        self._clock = seams.clock
        self._running: dict[str, Feed] = {}
        self._looked_back = False

    def look_back(self) -> None:
        """Once in a process, and after a lost answer: a feed that nobody remembers may be running.

        Raises TryAgain, NeedsPerson."""
        if self._looked_back:
            return
        at = self._clock.monotonic()
        found = self._list(self._clock.now() - facts.FEED_ALONE, {"processingStatuses": csv(WORKING)})
        for number in {str(each["feedId"]) for each in found} - self._running.keys():
            self._running[number] = Feed(number, {}, at, at, found=True)
        self._looked_back = True

    def send(self, batch: Sequence[PushItem]) -> list[Pushed]:
        """As many items as a feed takes. Raises TryAgain, NeedsPerson."""
        self.look_back()
        fates, due = self._sorted_out(batch)
        if due:
            feed = self._submit(dict(enumerate(due, start=1)))
            fates += self._outcomes(self._wait(feed))
        by_listing = {fate.listing: fate for fate in fates}
        return [by_listing[item.listing] for item in batch]

    def holds(self, item: PushItem) -> bool:
        """Whether a feed on its way may yet set this SKU. One that is stuck holds it for a while only (trap 11)."""
        self.look_back()
        self._look_again()
        now = self._clock.monotonic()
        return any(
            now - feed.at < facts.FEED_ALONE.total_seconds()
            and (feed.found or any(each.listing == item.listing for each in feed.items.values()))
            for feed in self._running.values()
        )

    def list_one(self) -> None:
        """Ask for feeds, for `check`: is the right there?"""
        self._list(self._clock.now(), {"pageSize": "1"})

    def _sorted_out(self, batch: Sequence[PushItem]) -> tuple[list[Pushed], list[PushItem]]:
        """What may not go into a feed, and the rest: the guard, as before every PATCH."""
        offers = self._offers.inspected([item.listing.id for item in batch])
        fates: list[Pushed] = []
        due: list[PushItem] = []
        for item in batch:
            offer = offers.get(item.listing.id)
            if offer is None:
                fates.append(Pushed(item.listing, Outcome.REFUSED, unknown_listing(item.listing.id)))
            elif offer.by_amazon:
                fates.append(Pushed(item.listing, Outcome.REFUSED, stranding(offer)))
            elif self.holds(item):
                fates.append(Pushed(item.listing, Outcome.LATER, ON_ITS_WAY))
            else:
                due.append(item)
        return fates, due

    # Sending.

    def _submit(self, items: Mapping[int, PushItem]) -> Feed:
        document = self._api.must(CREATE_DOCUMENT, body={"contentType": facts.FEED_CONTENT})
        body = json.dumps(self._messages(items), ensure_ascii=False).encode()
        self._api.document(UPLOAD, str(document["url"]), body)
        specification = {
            "feedType": facts.FEED_TYPE,
            "marketplaceIds": [self._settings.marketplace],
            "inputFeedDocumentId": document["feedDocumentId"],
        }
        began, at = self._clock.now(), self._clock.monotonic()
        try:
            number = str(self._api.must(CREATE, body=specification)["feedId"])
        except TryAgain as lost:
            if not lost.ambiguous:
                raise
            self._looked_back = False  # where it can't be found now, it is looked for before the next write
            number = self._look_for_it(began, lost)
        feed = self._running[number] = Feed(number, items, at, at)
        return feed

    def _messages(self, items: Mapping[int, PushItem]) -> dict[str, Any]:
        offers = self._offers.inspected([item.listing.id for item in items.values()])
        return {
            "header": {"sellerId": self._settings.shop, "version": "2.0", "issueLocale": "ja_JP"},
            "messages": [
                {"messageId": number, "sku": item.listing.id, "operationType": "PATCH"}
                | patch_of(offers[item.listing.id].product_type, quantity_of(item))
                for number, item in items.items()
            ],
        }

    def _look_for_it(self, began: datetime, lost: TryAgain) -> str:
        """The answer to createFeed was lost, and a second feed would be a second write: was the first one made? One
        that has come to its end, or that we know, is another: its report would be taken for this one's."""
        try:
            listed = [str(each["feedId"]) for each in self._list(began - SLACK, {"processingStatuses": csv(WORKING)})]
        except TryAgain:
            raise lost from None
        fresh = [number for number in listed if number not in self._running]
        if len(fresh) != 1:
            raise lost
        return fresh[0]

    def _list(self, since: datetime, more: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
        query = {
            "feedTypes": facts.FEED_TYPE,
            "marketplaceIds": self._settings.marketplace,
            "createdSince": since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        return list(self._api.must(LIST, query=query | dict(more or {}))["feeds"])

    # Its end.

    def _wait(self, feed: Feed) -> tuple[Feed, Mapping[int, Hint] | None, str]:
        """The feed with its refused messages, None where it has no report yet, and its state."""
        for pause in facts.FEED_WAITS:
            self._clock.sleep(pause)
            try:
                state, refused = self._result(feed)
            except TryAgain:
                continue
            if state in ENDED:
                return feed, refused, state
        return feed, None, "IN_PROGRESS"

    def _outcomes(self, waited: tuple[Feed, Mapping[int, Hint] | None, str]) -> list[Pushed]:
        feed, refused, state = waited
        if state == "CANCELLED":
            return [Pushed(item.listing, Outcome.LATER, ON_ITS_WAY) for item in feed.items.values()]
        if refused is None:
            return [Pushed(item.listing, Outcome.UNKNOWN, ON_ITS_WAY) for item in feed.items.values()]
        return [
            Pushed(item.listing, Outcome.REFUSED, refused[number])
            if number in refused
            else Pushed(item.listing, Outcome.DONE)
            for number, item in feed.items.items()
        ]

    def _result(self, feed: Feed) -> tuple[str, Mapping[int, Hint] | None]:
        """How far a feed is, and which messages were not taken, if a report tells. Raises TryAgain, NeedsPerson."""
        try:
            told = self._api.call(GET, feed.id)
        except AmazonRefused:
            told = {"processingStatus": "FATAL"}  # it isn't there any more: what shows is read back
        state, report = str(told["processingStatus"]), None
        if state == "DONE" and told.get("resultFeedDocumentId") and feed.items:
            document = self._api.must(GET_DOCUMENT, str(told["resultFeedDocumentId"]))
            report = self._api.document(DOWNLOAD, str(document["url"]))
        if state in ENDED:
            self._running.pop(feed.id, None)
        if report is None:
            return state, None
        refused = refused_messages(report, feed.items)
        for number, item in feed.items.items():
            if number in refused:
                self._offers.forget(item.listing.id)
            else:
                self._stock.taken(item)
        return state, refused

    def _look_again(self) -> None:
        """Has a feed that we gave up waiting for come to its end?"""
        now = self._clock.monotonic()
        for feed in list(self._running.values()):
            if now - feed.looked_at >= facts.FEED_WAITS[0]:
                self._running[feed.id] = replace(feed, looked_at=now)
                self._result(feed)


def refused_messages(report: Any, items: Mapping[int, PushItem]) -> dict[int, Hint]:
    """The messages that an error names, by their number or their SKU. A warning refuses nothing.

    Raises NeedsPerson where the feed as a whole was wrong, LookupError, TypeError where it is no report."""
    by_sku = {item.listing.id: number for number, item in items.items()}
    refused: dict[int, Hint] = {}
    if report["summary"]["messagesProcessed"] is None:
        raise TypeError("no summary")
    for issue in report["issues"]:
        if issue["severity"] != "ERROR":
            continue
        told = f"{issue.get('code') or ''} {issue['message']}".strip()
        number = issue.get("messageId", by_sku.get(str(issue.get("sku"))))
        if number is None:
            raise NeedsPerson(_whole_feed(told))
        refused[int(number)] = not_taken(told)
    return refused


def _whole_feed(told: str) -> Hint:
    return Hint(
        f"Amazon が在庫の一括更新を受け付けません。bridge の更新が要るかもしれません: {told}",
        f"Amazon does not take the feed of quantities as a whole; bridge may need an update: {told}",
    )


ON_ITS_WAY = Hint(
    "Amazon が一括更新を処理しています。結果が分かってから続けます。",
    "Amazon is still working on a feed with this listing; going on when its result is known.",
)
