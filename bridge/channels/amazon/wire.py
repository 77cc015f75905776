"""Requests to the Selling Partner API: addresses, tokens, limits, what is kept of an answer, what its errors mean
(amazon.md §2, §3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlsplit

from bridge.channel_settings import Amazon
from bridge.channels.amazon import facts
from bridge.channels.amazon.auth import LoginWithAmazon
from bridge.channels.answers import senseless
from bridge.channels.http import FORM, Answer, KeyRefused, MallHttp, Operation, Seams, raise_if_busy
from bridge.channels.redaction import Redactor, only
from bridge.channels.tokens import Token
from bridge.errors import Hint, NeedsPerson, Refused, TryAgain
from bridge.limits import TokenBucket

MALL = "Amazon"

KEPT = frozenset(
    {
        "errors", "code", "message", "details", "error", "error_description",
        "access_token", "expires_in",
        "orders", "order", "pagination", "nextToken", "orderId", "createdTime", "lastUpdatedTime",
        "salesChannel", "channelName", "fulfillment", "fulfillmentStatus", "fulfilledBy",
        "orderItems", "orderItemId", "quantityOrdered", "quantityFulfilled", "quantityUnfulfilled",
        "product", "asin", "sellerSku",
        "cancellation", "cancellationRequest", "cancellationExecution", "requester", "cancelledBy",
        "items", "sku", "summaries", "marketplaceId", "productType", "fnSku", "createdDate",
        "fulfillmentAvailability", "fulfillmentChannelCode", "quantity",
        "attributes", "fulfillment_availability", "fulfillment_channel_code",
        "status", "submissionId", "issues", "severity", "messageId",
        "payload", "inventorySummaries", "inventoryDetails", "fulfillableQuantity", "totalQuantity",
        "feedDocumentId", "url", "feedId", "feeds", "processingStatus", "resultFeedDocumentId",
        "summary", "messagesProcessed", "messagesAccepted", "messagesInvalid",
        "marketplace", "id", "participation", "isParticipating", "hasSuspendedListings",
    }
)  # fmt: skip
"""The only members of an answer that live on. What isn't named here is dropped before anything sees it; a buyer's data
is not even asked for (facts.INCLUDED), and the words of a cancellation's reason are theirs."""

EXPECTED: Mapping[str, str] = {
    "searchOrders": "orders",
    "getOrder": "order",
    "getListingsItem": "sku",
    "searchListingsItems": "items",
    "patchListingsItem": "status",
    "createFeedDocument": "url",
    "createFeed": "feedId",
    "getFeed": "processingStatus",
    "getFeeds": "feeds",
    "getFeedDocument": "url",
    "getInventorySummaries": "payload",
    "getMarketplaceParticipations": "payload",
    "token": "access_token",
}
"""What a success of each operation always has."""

LWA_FORM = replace(FORM, content_type="application/x-www-form-urlencoded;charset=UTF-8")
# Whoever needs it tries again as well.
TOKEN = Operation("token", "POST", "", "token", signed=False, attempts=2, media=LWA_FORM)


@dataclass(frozen=True)
class SpError:
    """One entry of an error answer."""

    code: str
    message: str
    details: str

    def __str__(self) -> str:
        return " ".join(part for part in (self.code, self.message, self.details) if part)


class AmazonRefused(Refused):
    """Amazon understood the request and will not carry it out."""


class NotFound(AmazonRefused):
    """There is no such order or listing."""


class SpApi:
    """Calls of one seller's account, in one marketplace."""

    def __init__(self, settings: Amazon, seams: Seams) -> None:
        self._settings = settings
        self._clock = seams.clock
        buckets = {
            name: TokenBucket(seams.clock, rate * facts.SHARE, float(burst))
            for name, (rate, burst) in facts.RATES.items()
        }
        free = {name: TokenBucket(seams.clock, facts.UNLIMITED_RATE, 5.0) for name in facts.UNLIMITED}
        self._buckets = buckets
        self._rates = {name: rate for name, (rate, _) in facts.RATES.items()}
        self._redactor = Redactor([settings.client_secret.reveal(), settings.refresh_token.reveal()])
        auth = LoginWithAmazon(seams.clock, self._ask_for_token)
        self._http = MallHttp(
            MALL, settings.base_url, seams, buckets | free, self._judge, auth, self._redactor,
            lambda body: only(body, KEPT),
        )  # fmt: skip

    def call(
        self, operation: Operation, *parts: str, query: Mapping[str, str] | None = None, body: Any = None
    ) -> dict[str, Any]:
        """The body of an answer that is a success. `parts`: what stands at the places of its path, as text.

        Raises TryAgain, NeedsPerson, AmazonRefused."""
        address = operation.path.format(*(encoded(part) for part in parts))
        if query:  # encoded here, once: what is encoded twice, or not at all, is answered by 403 (§2.2)
            address += "?" + "&".join(f"{name}={encoded(value)}" for name, value in query.items())
        answer = self._http.call(replace(operation, path=address), body)
        found: dict[str, Any] = answer.json
        return found

    def must(
        self, operation: Operation, *parts: str, query: Mapping[str, str] | None = None, body: Any = None
    ) -> dict[str, Any]:
        """As `call`, where a refusal means that it is our request that is wrong: nothing goes on until somebody helps.

        Raises TryAgain, NeedsPerson."""
        try:
            return self.call(operation, *parts, query=query, body=body)
        except AmazonRefused as refusal:
            raise NeedsPerson(refusal.hint) from refusal

    def document(self, operation: Operation, url: str, body: bytes | None = None) -> Any:
        """Put or get a document where Amazon said it lies."""
        here, there = urlsplit(self._settings.base_url), urlsplit(url)
        if there.scheme != "https" and (there.scheme, there.netloc) != (here.scheme, here.netloc):
            raise senseless(MALL, "a document without TLS")
        self._redactor.learn(there.query)
        return self._http.call(replace(operation, path=url), body).json

    def close(self) -> None:
        self._http.close()

    def _ask_for_token(self) -> Token:
        """Raises TryAgain, KeyRefused."""
        asked_at = self._clock.monotonic()
        form = {
            "grant_type": "refresh_token",
            "refresh_token": self._settings.refresh_token.reveal(),
            "client_id": self._settings.client_id,
            "client_secret": self._settings.client_secret.reveal(),
        }
        answer = self._http.call(replace(TOKEN, path=self._settings.token_url), form)
        value, life = answer.json["access_token"], float(answer.json["expires_in"])
        if not isinstance(value, str) or not value or not value.isascii():
            raise senseless(MALL, "access_token")
        self._redactor.learn(value)
        return Token(value, asked_at + life)

    def _judge(self, operation: Operation, answer: Answer) -> None:
        """Return where `answer` is a success, else raise what has to happen next."""
        if operation.bucket == "token":
            _judge_token(answer)
            return
        self._learn_rate(operation, answer)
        errors = errors_in(answer.json)
        if 200 <= answer.status < 300:
            _judge_success(operation, answer, errors)
            return
        if operation.bucket == "document":
            raise TryAgain(_DOCUMENT, ambiguous=answer.status >= 500)
        if answer.status in (401, 403):
            _judge_refused_key(operation, answer, errors)
        if answer.status == 429:
            # Nothing was carried out; without a Retry-After a token is back after 1/rate seconds (§3.2).
            answer = replace(answer, retry_after=answer.retry_after or 1.0 / self._rates[operation.bucket])
        raise_if_busy(MALL, answer)
        if not errors or answer.status not in (400, 404, 409, 413, 415):
            raise senseless(MALL, f"HTTP {answer.status}", ambiguous=True)
        detail = "; ".join(map(str, errors))
        hint = Hint(
            f"Amazon が「{operation.name}」を断りました: {detail}", f"Amazon refused {operation.name}: {detail}"
        )
        raise (NotFound if answer.status == 404 else AmazonRefused)(hint)

    def _learn_rate(self, operation: Operation, answer: Answer) -> None:
        """Every answer tells how fast this seller may ask (§3.1)."""
        told = answer.headers.get("x-amzn-ratelimit-limit", "")
        try:
            rate = float(told)
        except ValueError:
            return
        known = self._rates.get(operation.bucket)
        if known is not None and rate != known and 0.0 < rate <= 1000.0:
            self._rates[operation.bucket] = rate
            self._buckets[operation.bucket].retune(rate * facts.SHARE)


def encoded(text: str) -> str:
    """Percent-encoded UTF-8, also / and blanks (§2.2)."""
    return quote(text, safe="")


def csv(values: Iterable[str]) -> str:
    """Lists go in one parameter (§2.2)."""
    return ",".join(values)


def errors_in(body: Any) -> list[SpError]:
    """The errors of an answer (§3.2)."""
    listed = body.get("errors") if isinstance(body, dict) else None
    return [
        SpError(*(str(each.get(name) or "") for name in ("code", "message", "details")))
        for each in (listed if isinstance(listed, list) else [])
        if isinstance(each, dict)
    ]


def _judge_success(operation: Operation, answer: Answer, errors: list[SpError]) -> None:
    """A 200 of another shape (the page of a proxy, an error inside) must not pass for "no orders" or "done"."""
    if errors:
        raise senseless(MALL, errors[0], ambiguous=True)
    member = EXPECTED.get(operation.name)
    if member is not None and not (isinstance(answer.json, dict) and answer.json.get(member) is not None):
        raise senseless(MALL, operation.name, ambiguous=True)


def _judge_refused_key(operation: Operation, answer: Answer, errors: list[SpError]) -> None:
    """401 and 403: a token that ended is renewed once, for everything else a person is needed (§3.2)."""
    if not errors:
        raise senseless(MALL, f"HTTP {answer.status}")  # some gateway; it speaks no JSON
    told = "; ".join(map(str, errors))
    request = answer.headers.get("x-amzn-requestid", "?")
    if any(error.code.lower() == "unauthorized" and "token" in f"{error.message} {error.details}" for error in errors):
        raise KeyRefused(
            Hint(
                f"Amazon がトークンを受け付けません。セラーセントラルでアプリを承認し直し、refresh_token を設定に書いて"
                f"ください: {told}",
                f"Amazon does not accept the token. Authorise the app again in Seller Central and put its refresh_token"
                f" into the settings: {told}",
            )
        )
    raise NeedsPerson(
        Hint(
            f"Amazon がこのアプリに「{operation.name}」を許していません。アプリのロール、地域 (base_url) と出品者 ID を"
            f"確かめてください (request id {request}): {told}",
            f"Amazon does not let this app use {operation.name}. Look at the app's roles, the region (base_url) and the"
            f" seller's id (request id {request}): {told}",
        )
    )


def _judge_token(answer: Answer) -> None:
    """The token server has errors of a shape of its own (§2.1)."""
    body = answer.json if isinstance(answer.json, dict) else {}
    if answer.status == 200 and body.get("access_token") and body.get("expires_in"):
        return
    raise_if_busy(MALL, answer)
    error = body.get("error")
    if not isinstance(error, str) or not error:
        raise senseless(MALL, f"token, HTTP {answer.status}")
    told = f"{error} {body.get('error_description') or ''}".strip()
    if error == "invalid_grant":
        raise KeyRefused(
            Hint(
                f"Amazon の承認が取り消されたか、refresh_token が違います。セラーセントラルでアプリを承認し直し、新しい"
                f" refresh_token を設定に書いてください ({told})。",
                f"Amazon's authorisation was withdrawn, or refresh_token is wrong. Authorise the app again in Seller"
                f" Central and put the new refresh_token into the settings ({told}).",
            )
        )
    raise KeyRefused(
        Hint(
            f"Amazon がアプリの鍵を受け付けません。client_secret は 180 日で切れます。新しい鍵を作り、設定に書いて"
            f"ください ({told})。",
            f"Amazon does not accept the app's key. A client_secret dies after 180 days: make a new one and put it into"
            f" the settings ({told}).",
        )
    )


_DOCUMENT = Hint(
    "Amazon の書類置き場が応答しません。自動でやり直します。",
    "Amazon's store of documents doesn't answer; trying again by itself.",
)
