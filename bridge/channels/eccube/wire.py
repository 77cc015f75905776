"""Requests to a shop's API: tokens, one endpoint, and errors inside a 200 (§1, Auth, Calls)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bridge.channel_settings import EcCube
from bridge.channels.answers import senseless, whole
from bridge.channels.eccube import facts
from bridge.channels.eccube.ids import CHANNEL
from bridge.channels.http import FORM, Answer, KeyRefused, MallHttp, Operation, Seams, raise_if_busy
from bridge.channels.redaction import Redactor
from bridge.channels.tokens import InHeader, RefreshToken, Renewing, Token
from bridge.errors import Hint, NeedsKey, NeedsPerson, Refused, TryAgain
from bridge.limits import TokenBucket

MALL = "EC-CUBE"
CALLS, TOKENS = "calls", "tokens"  # the limiters
PUSH_ATTEMPTS, PUSH_SECONDS = 3, 30.0  # what was decided on is old soon: the whole push may take only a short while

TOKEN = Operation("token", "POST", "/token", TOKENS, signed=False, media=FORM, attempts=2)
NO_PERMISSION, ARGUMENT = "Insufficient permission", "Invalid argument"


class CubeRefused(Refused):
    """The shop understood the request and will not carry it out. `data`: what it did carry out all the same · `errors`:
    why, by the field of the answer that failed ("" for the whole)."""

    def __init__(self, hint: Hint, data: Mapping[str, Any], errors: Mapping[str, Hint]) -> None:
        super().__init__(hint)
        self.data, self.errors = data, errors


class Graph:
    """Sends documents to one shop."""

    def __init__(self, settings: EcCube, seams: Seams) -> None:
        self._settings, self._clock = settings, seams.clock
        secrets = (settings.client_secret, settings.refresh_token, settings.webhook_secret)
        self._redactor = Redactor([each.reveal() for each in secrets if each])
        given = settings.refresh_token.reveal()
        self._refresh_token = RefreshToken(MALL, CHANNEL, given, seams.tokens, self._redactor)
        renewing = Renewing(seams.clock, facts.TOKEN_RENEWED_EARLY, self._ask_for_token)
        self.tokens = InHeader("Authorization", renewing, "Bearer ")
        self._http = MallHttp(
            MALL,
            settings.site,
            seams,
            {
                CALLS: TokenBucket(seams.clock, facts.CALLS_PER_SECOND, facts.CALLS_HELD),
                TOKENS: TokenBucket(seams.clock, rate=0.2, burst=3.0),
            },
            judge,
            self.tokens,
            self._redactor,
        )

    def ask(self, name: str, document: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The `data` of the answer. Raises TryAgain, NeedsPerson, CubeRefused."""
        body = {"query": document, "variables": dict(variables or {})}
        operation = Operation(name, "POST", "/api", CALLS)
        if document.startswith("mutation"):
            operation = Operation(
                name, "POST", "/api", CALLS,
                writes=True, repeatable=False, attempts=PUSH_ATTEMPTS, seconds=PUSH_SECONDS,
            )  # fmt: skip
        data: dict[str, Any] = self._http.call(operation, body).json["data"]
        return data

    def pages(
        self, name: str, document: str, member: str, size: int, variables: Mapping[str, Any]
    ) -> Iterator[tuple[list[Any], int]]:
        """Page after page of a list, and how many rows the shop counts in all."""
        for page in range(1, facts.MOST_PAGES + 1):
            found = self.ask(name, document, {**variables, "page": page, "limit": size})[member]
            yield found["nodes"], whole(found["totalCount"])
            if not found["pageInfo"]["hasNextPage"]:
                return
        raise ValueError("a list without an end")

    def close(self) -> None:
        self._http.close()

    def _ask_for_token(self) -> Token:
        """A refresh token is good once."""
        asked_at = self._clock.monotonic()
        form = {
            "grant_type": "refresh_token",
            "client_id": self._settings.client_id,
            "client_secret": self._settings.client_secret.reveal(),
            "refresh_token": self._refresh_token.newest(),
        }
        return self._refresh_token.changed_for(self._http.call(TOKEN, form).json, asked_at)


def judge(operation: Operation, answer: Answer) -> None:
    """Return where `answer` is a success, else raise what has to happen next."""
    body = answer.json if isinstance(answer.json, dict) else {}
    if operation is TOKEN:
        _judge_token(answer, body)
        return
    if answer.status == 401:
        raise KeyRefused(_NO_CONSENT)
    raise_if_busy(MALL, answer)
    errors = [each for each in body.get("errors") or [] if isinstance(each, dict)]
    if answer.status != 200 or not (errors or isinstance(body.get("data"), dict)):
        raise senseless(MALL, f"HTTP {answer.status}", ambiguous=True)  # a page of a WAF, or of maintenance (T8)
    if errors:
        _judge_errors(operation, body.get("data"), errors)


def _judge_errors(operation: Operation, data: object, errors: Sequence[Mapping[str, Any]]) -> None:
    """T4: all of this comes with a 200."""
    said = "; ".join(str(each.get("message")) for each in errors)
    if NO_PERMISSION in said:
        raise NeedsPerson(_no_permission(said))
    wrong = [each for each in errors if (each.get("extensions") or {}).get("category") != ARGUMENT]
    if wrong and not all(_is_ours(each) for each in wrong):
        raise TryAgain(_upset(said), ambiguous=True)
    found: dict[str, Hint] = {}
    for each in errors:
        path = each.get("path") or [""]
        found[str(path[0])] = _refusal(operation.name, str(each.get("message")))
    raise CubeRefused(_refusal(operation.name, said), data if isinstance(data, dict) else {}, found)


def _is_ours(error: Mapping[str, Any]) -> bool:
    """A document or a variable that the shop's GraphQL doesn't take: it has no category, and no path."""
    category = (error.get("extensions") or {}).get("category", "graphql")
    return category in ("graphql", "request") and not error.get("path")


def _judge_token(answer: Answer, body: Mapping[str, Any]) -> None:
    if answer.status in (400, 401) and body.get("error"):
        raise NeedsKey(_NO_CONSENT)
    raise_if_busy(MALL, answer)
    if answer.status != 200 or not isinstance(body.get("access_token"), str) or not body["access_token"]:
        raise senseless(MALL, f"token, HTTP {answer.status}")


def _refusal(name: str, said: str) -> Hint:
    return Hint(f"EC-CUBE が「{name}」を断りました: {said}", f"EC-CUBE refused {name}: {said}")


def _upset(said: str) -> Hint:
    return Hint(
        f"EC-CUBE の中で誤りが起きました ({said})。自動でやり直します。",
        f"EC-CUBE met an error of its own ({said}); trying again by itself.",
    )


def _no_permission(said: str) -> Hint:
    return Hint(
        f"EC-CUBE がこの操作を許しません ({said})。管理画面の API管理 → OAuth で、read と write の権限を付けて"
        "ください。",
        f"EC-CUBE doesn't permit this ({said}). Grant read and write in its admin, API管理 → OAuth.",
    )


_NO_CONSENT = Hint(
    "EC-CUBE がリフレッシュトークンを受け付けません。管理画面で許可し直し、新しいトークンを設定に書いてください。",
    "EC-CUBE doesn't accept the refresh token. Authorise bridge anew in its admin and put the new token into the"
    " settings.",
)
