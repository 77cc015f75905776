"""Feeds 2021-06-30 and the store of their documents (amazon.md §6)."""

from __future__ import annotations

import gzip
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from bridge.sandbox.malls.amazon.answers import Refusal, csv, error, json_response, read_json, read_time, stamp
from bridge.sandbox.malls.amazon.records import JAPAN, Document, Feed

if TYPE_CHECKING:
    from bridge.sandbox.malls.amazon.shop import Amazon

URL_LIFE = timedelta(minutes=5)
KIND = "JSON_LISTINGS_FEED"


def create_document(shop: Amazon, request: Request, _args: dict[str, Any]) -> Response:
    content_type = read_json(request).get("contentType")
    if not isinstance(content_type, str) or not content_type:
        raise _wrong("Invalid input")
    document = new_document(shop, content_type)
    return json_response({"feedDocumentId": document.id, "url": _url(request, document)}, 201)


def new_document(shop: Amazon, content_type: str, content: str | None = None) -> Document:
    number = shop.next_number()
    document = Document(f"amzn1.tortuga.4.fe.{number}", content_type, shop.clock.now(), content)
    shop.state.documents[document.id] = document
    shop.touch()
    return document


def get_document(shop: Amazon, request: Request, args: dict[str, Any]) -> Response:
    document = shop.state.documents.get(args["document"])
    if document is None:
        raise _wrong("Invalid input")
    document.made_at = shop.clock.now()  # a fresh address
    packed = {"compressionAlgorithm": "GZIP"} if shop.switches.feed_report_gzip else {}
    return json_response({"feedDocumentId": document.id, "url": _url(request, document), **packed})


def upload(shop: Amazon, request: Request, args: dict[str, Any]) -> Response:
    document = _lying(shop, request, args)
    if request.headers.get("Content-Type") != document.content_type:  # letter by letter
        raise Refusal(
            Response("<Error><Code>SignatureDoesNotMatch</Code></Error>", 403, content_type="application/xml")
        )
    document.content = request.get_data().decode()
    shop.touch()
    return Response(status=200)


def download(shop: Amazon, request: Request, args: dict[str, Any]) -> Response:
    content = (_lying(shop, request, args).content or "").encode()
    packed = gzip.compress(content, mtime=0) if shop.switches.feed_report_gzip else content
    return Response(packed, content_type="application/octet-stream")


def create_feed(shop: Amazon, request: Request, _args: dict[str, Any]) -> Response:
    body = read_json(request)
    kind, marketplaces, document = (body.get(name) for name in ("feedType", "marketplaceIds", "inputFeedDocumentId"))
    if not isinstance(kind, str) or marketplaces != [JAPAN] or document not in shop.state.documents:
        raise _wrong("Invalid input")
    feed = Feed(str(50_000 + shop.next_number()), kind, marketplaces, str(document), shop.clock.now())
    shop.state.feeds[feed.id] = feed
    shop.touch()
    return json_response({"feedId": feed.id}, 202)


def get_feeds(shop: Amazon, request: Request, _args: dict[str, Any]) -> Response:
    kinds, states = csv(request, "feedTypes"), csv(request, "processingStatuses")
    size = request.args.get("pageSize", "10")
    if not kinds or not size.isdecimal() or not 1 <= int(size) <= 100:
        raise _wrong("Invalid input")
    since = read_time(request.args["createdSince"], "createdSince") if "createdSince" in request.args else None
    found = [
        feed
        for feed in reversed(shop.state.feeds.values())
        if feed.type in kinds and (not states or feed.status in states) and (since is None or feed.created >= since)
    ]
    return json_response({"feeds": [_shown(feed) for feed in found[: int(size)]]})


def get_feed(shop: Amazon, _request: Request, args: dict[str, Any]) -> Response:
    return json_response(_shown(_feed(shop, args)))


def cancel_feed(shop: Amazon, _request: Request, args: dict[str, Any]) -> Response:
    feed = _feed(shop, args)
    if feed.status != "IN_QUEUE":
        raise _wrong("Only a feed in the queue can be cancelled.")
    feed.status, feed.ended = "CANCELLED", shop.clock.now()
    shop.touch()
    return json_response({})


def _feed(shop: Amazon, args: dict[str, Any]) -> Feed:
    feed = shop.state.feeds.get(args["feed"])
    if feed is None:
        raise Refusal(error(404, "404", "The feed does not exist."))
    return feed


def _shown(feed: Feed) -> dict[str, Any]:
    times = {"processingStartTime": feed.begun, "processingEndTime": feed.ended}
    return {
        "feedId": feed.id,
        "feedType": feed.type,
        "marketplaceIds": feed.marketplaces,
        "createdTime": stamp(feed.created),
        "processingStatus": feed.status,
        **{name: stamp(at) for name, at in times.items() if at is not None},
        **({"resultFeedDocumentId": feed.report} if feed.report else {}),
    }


def _url(request: Request, document: Document) -> str:
    return f"{request.url_root}documents/{document.id}?X-Amz-Signature={hash_of(document)}"


def hash_of(document: Document) -> str:
    """Stands for the signature: changes whenever a fresh address is given out."""
    return f"{int(document.made_at.timestamp() * 1000):x}{len(document.id):x}"


def _lying(shop: Amazon, request: Request, args: dict[str, Any]) -> Document:
    document = shop.state.documents.get(args["document"])
    good = document is not None and request.args.get("X-Amz-Signature") == hash_of(document)
    if document is None or not good or shop.clock.now() > document.made_at + URL_LIFE:
        raise Refusal(Response("<Error><Code>AccessDenied</Code></Error>", 403, content_type="application/xml"))
    return document


def _wrong(text: str) -> Refusal:
    return Refusal(error(400, "400", text))
