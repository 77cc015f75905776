"""Requests to Shopify's Admin API: one endpoint, three layers of errors, a limit in points (shopify.md §2, §3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bridge.channel_settings import Shopify
from bridge.channels.answers import senseless
from bridge.channels.http import Answer, Auth, KeyRefused, MallHttp, Operation, Seams, raise_if_busy
from bridge.channels.redaction import Redactor
from bridge.channels.shopify import facts
from bridge.channels.shopify.documents import Document
from bridge.channels.tokens import Fixed, InHeader, Renewing, Token
from bridge.errors import Hint, NeedsKey, NeedsPerson, Refused, TryAgain
from bridge.limits import TokenBucket

MALL = "Shopify"
HEADER = "X-Shopify-Access-Token"
POINTS, TOKENS = "points", "tokens"  # the limiters

TOKEN = Operation("access_token", "POST", "/admin/oauth/access_token", TOKENS, signed=False)

BUSY_IN_FLIGHT = "IDEMPOTENCY_CONCURRENT_REQUEST"
IN_FLIGHT_PAUSE_SECONDS = 2.0
SECURITY_PAUSE_SECONDS = 60.0

FOR_A_PERSON = {
    402: Hint(
        "Shopify の店が凍結されています (料金の未払い)。", "The Shopify shop is frozen: its bill has not been paid."
    ),
    403: Hint(
        "Shopify がこのアプリのアクセスを拒みました。アプリの権限と店の状態を確かめてください。",
        "Shopify forbids this app's access. Look at the app's rights and the shop's state.",
    ),
    404: Hint(
        "Shopify に店か API の版が見つかりません。shop と api_version を確かめてください。",
        "Shopify knows no such shop or API version. Look at shop and api_version.",
    ),
    423: Hint("Shopify の店がロックされています。", "The Shopify shop is locked."),
}


class TooCostly(Refused):
    """A query that asks for more points than one may: ask for less at once."""


class Graph:
    """Sends documents to one shop."""

    def __init__(self, settings: Shopify, seams: Seams) -> None:
        self._settings = settings
        self._clock = seams.clock
        self._points = TokenBucket(seams.clock, facts.POINTS_PER_SECOND, facts.POINTS_HELD)
        self._costs: dict[str, float] = {}
        self._path = f"/admin/api/{settings.api_version}/graphql.json"
        self.served_version: str | None = None
        secrets = (settings.access_token, settings.client_secret, settings.webhook_secret)
        self._redactor = Redactor([each.reveal() for each in secrets if each])
        self._http = MallHttp(
            MALL,
            settings.url,
            seams,
            {POINTS: self._points, TOKENS: TokenBucket(seams.clock, rate=1.0, burst=2.0)},
            self._judge,
            self._auth(),
            self._redactor,
        )

    def ask(self, document: Document, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The `data` of the answer, without errors of the first two layers; user errors are the caller's.

        Raises TryAgain, NeedsPerson, TooCostly, Refused."""
        # A mutation of ours always carries an idempotency key, so it may be sent again with the same body (§5.3).
        operation = Operation(document.name, "POST", self._path, POINTS, writes=document.writes)
        body = {"query": document.text, "variables": dict(variables or {}), "operationName": document.name}
        answer = self._http.call(operation, body, cost=self._costs.get(document.name, document.cost))
        data: dict[str, Any] = answer.json["data"]
        return data

    def pages(self, document: Document, variables: Mapping[str, Any], *path: str) -> Iterator[dict[str, Any]]:
        """The nodes of the connection at `path`, page after page."""
        after = None
        while True:
            found: Any = self.ask(document, {**variables, "after": after})
            for name in path:
                found = found[name] or {}
            yield from found.get("nodes") or []
            page = found.get("pageInfo") or {}
            if not page.get("hasNextPage"):
                return
            after = next_page(after, page)

    def close(self) -> None:
        self._http.close()

    def _auth(self) -> Auth:
        if self._settings.access_token is not None:
            return Fixed({HEADER: self._settings.access_token.reveal()})  # of a custom app from before 2026
        # A token for a day (§2.1).
        return InHeader(HEADER, Renewing(self._clock, facts.TOKEN_RENEWED_EARLY, self._ask_for_token))

    def _ask_for_token(self) -> Token:
        """Raises TryAgain, NeedsPerson."""
        secret = self._settings.client_secret
        assert secret is not None, "the settings give a token or an app's id and secret"
        asked_at = self._clock.monotonic()
        body = {
            "grant_type": "client_credentials",
            "client_id": self._settings.client_id,
            "client_secret": secret.reveal(),
        }
        answer = self._http.call(TOKEN, body)
        value = str(answer.json["access_token"])
        self._redactor.learn(value)
        return Token(value, asked_at + float(answer.json.get("expires_in", 0)))

    def _judge(self, operation: Operation, answer: Answer) -> None:
        if operation is TOKEN:
            _judge_token(answer)
            return
        _judge_status(answer)
        self.served_version = answer.headers.get("x-shopify-api-version", self.served_version)
        body = answer.json if isinstance(answer.json, dict) else {}
        extensions = body.get("extensions") or {}
        wait = self._learn_cost(operation, extensions.get("cost") or {})
        for error in _errors(body):
            _raise_for(error, wait)
        if not isinstance(body.get("data"), dict):
            raise TryAgain(_UNREADABLE, ambiguous=True)
        _judge_search(extensions)
        if BUSY_IN_FLIGHT in user_error_codes(body["data"]):
            raise TryAgain(_UNREADABLE, IN_FLIGHT_PAUSE_SECONDS, ambiguous=True)

    def _learn_cost(self, operation: Operation, cost: Mapping[str, Any]) -> float:
        """Keep what Shopify says about points; the seconds until there are enough for this document (§3.1)."""
        requested = float(cost.get("requestedQueryCost") or 0)
        if requested:
            self._costs[operation.name] = requested
        status = cost.get("throttleStatus")
        if not status:
            return 0.0
        level, rate = float(status["currentlyAvailable"]), float(status["restoreRate"])
        self._points.correct(level, rate, float(status["maximumAvailable"]))
        return max(0.0, (requested - level) / rate)


def next_page(after: str | None, page: Mapping[str, Any]) -> str:
    """The cursor to go on from. Raises ValueError where it leads nowhere."""
    if not isinstance(page["endCursor"], str) or page["endCursor"] == after:
        raise ValueError("a page without an end")
    return page["endCursor"]


def user_error_codes(data: Mapping[str, Any]) -> set[str]:
    """The codes of the third layer: errors inside the payloads of a mutation."""
    payloads = [payload for payload in data.values() if isinstance(payload, dict)]
    return {str(error.get("code")) for payload in payloads for error in payload.get("userErrors") or []}


_UNREADABLE = Hint(
    "Shopify の返事が完全ではありません。自動でやり直します。",
    "Shopify's answer is not complete; trying again by itself.",
)


def _judge_status(answer: Answer) -> None:
    if answer.status == 401:
        raise KeyRefused(
            Hint(
                "Shopify がトークンを受け付けません。アプリのインストールと設定の鍵を確かめてください。",
                "Shopify does not accept the token. Look at the app's installation and the key in the settings.",
            )
        )
    if answer.status in FOR_A_PERSON:
        raise NeedsPerson(FOR_A_PERSON[answer.status])
    if answer.status == 430:
        hint = Hint("Shopify が安全のため断りました。待って続けます。", "Shopify's security check said no; waiting.")
        raise TryAgain(hint, max(SECURITY_PAUSE_SECONDS, answer.retry_after))
    raise_if_busy(MALL, answer)
    if answer.status != 200:
        raise senseless(MALL, f"HTTP {answer.status}", ambiguous=True)


def _judge_token(answer: Answer) -> None:
    raise_if_busy(MALL, answer)
    if answer.status == 200 and isinstance(answer.json, dict) and answer.json.get("access_token"):
        return
    reason = answer.json.get("error", "") if isinstance(answer.json, dict) else ""
    raise NeedsKey(
        Hint(
            f"Shopify がトークンを渡しません ({reason or answer.status})。client_id・client_secret と、アプリがこの店に"
            "インストールされていることを確かめてください。",
            f"Shopify gives no token ({reason or answer.status}). Look at client_id and client_secret, and that the app"
            " is installed on this shop.",
        )
    )


def _judge_search(extensions: Mapping[str, Any]) -> None:
    """A search field that Shopify doesn't know is ignored, and everything is found (§6)."""
    if any(each.get("warnings") for each in extensions.get("search") or []):
        raise NeedsPerson(
            Hint(
                "Shopify が検索条件を理解しませんでした。bridge の更新が必要です。",
                "Shopify did not understand the search: bridge needs an update.",
            )
        )


def _errors(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    errors = body.get("errors") or []
    if isinstance(errors, str):
        return [{"message": errors}]
    return [error for error in errors if isinstance(error, dict)]


def _raise_for(error: Mapping[str, Any], wait: float) -> None:
    """What a top-level error means (§3, layer 2)."""
    code, message = (error.get("extensions") or {}).get("code", ""), str(error.get("message", ""))
    if code == "THROTTLED":
        raise TryAgain(
            Hint("Shopify の呼び出し枠を待っています。", "Waiting for points of Shopify's rate limit."), wait
        )
    if code in ("INTERNAL_SERVER_ERROR", "TIMEOUT"):
        raise TryAgain(_UNREADABLE, ambiguous=True)
    if code == "ACCESS_DENIED":
        raise NeedsPerson(
            Hint(
                f"Shopify のアプリに権限が足りません。権限を加えてください: {message}",
                f"The Shopify app lacks a right; grant it: {message}",
            )
        )
    if code == "SHOP_INACTIVE":
        raise NeedsPerson(Hint("Shopify の店が休止しています。", "The Shopify shop is inactive."))
    kind = TooCostly if code == "MAX_COST_EXCEEDED" else Refused
    raise kind(Hint(f"Shopify が断りました: {code} {message}", f"Shopify refused it: {code} {message}"))
