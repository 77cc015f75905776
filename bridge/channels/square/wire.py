"""Requests to Square's API: token, pinned version, errors, pages (§2.1, §2.2)."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from bridge.channel_settings import Square
from bridge.channels.answers import senseless
from bridge.channels.http import Answer, Auth, KeyRefused, MallHttp, Operation, Seams, raise_if_busy
from bridge.channels.redaction import Redactor
from bridge.channels.square import facts
from bridge.channels.square.ids import CHANNEL
from bridge.channels.tokens import Fixed, InHeader, Renewing, Token
from bridge.errors import Hint, NeedsKey, NeedsPerson, Refused, TryAgain
from bridge.limits import TokenBucket

MALL = "Square"
CALLS, TOKENS = "calls", "tokens"  # the limiters
VERSION_HEADER = "Square-Version"

TOKEN = Operation("token", "POST", "/oauth2/token", TOKENS, signed=False, attempts=2)
TOKEN_STATUS = Operation("token_status", "POST", "/oauth2/token/status", CALLS)
LOCATIONS = Operation("locations", "GET", "/v2/locations", CALLS)
CATALOG = Operation("catalog", "GET", "/v2/catalog/list", CALLS)
OBJECTS = Operation("objects", "POST", "/v2/catalog/batch-retrieve", CALLS)
COUNTS = Operation("counts", "POST", "/v2/inventory/counts/batch-retrieve", CALLS)
CHANGES = Operation("changes", "POST", "/v2/inventory/changes/batch-retrieve", CALLS)
WRITE = Operation(
    "write", "POST", "/v2/inventory/changes/batch-create", CALLS,
    writes=True, attempts=4, seconds=30.0,  # its idempotency key makes a repeat harmless (§2.2)
)  # fmt: skip

REVOKED = frozenset({"ACCESS_TOKEN_REVOKED"})
_log = logging.getLogger("bridge.channels.square")


class SquareRefused(Refused):
    """Square understood the request and will not carry it out. `code`, `field`: of its first error."""

    def __init__(self, hint: Hint, code: str, field: str) -> None:
        super().__init__(hint)
        self.code, self.field = code, field


class _Versioned:
    """Every request names the version that we were written for."""

    def __init__(self, auth: Auth) -> None:
        self._auth = auth

    def headers(self) -> Mapping[str, str]:
        return {**self._auth.headers(), VERSION_HEADER: facts.VERSION}

    def renew(self, refused: Mapping[str, str]) -> bool:
        return self._auth.renew(refused)


class SquareApi:
    """Sends requests for one merchant."""

    def __init__(self, settings: Square, seams: Seams) -> None:
        self._settings, self._clock, self._kept = settings, seams.clock, seams.tokens
        secrets = (settings.access_token, settings.client_secret, settings.refresh_token, settings.webhook_key)
        self._redactor = Redactor([each.reveal() for each in secrets if each])
        self._said: tuple[datetime, float] | None = None  # Square's clock, and ours when it was told
        self.served_version = ""
        buckets = {
            CALLS: TokenBucket(seams.clock, facts.CALLS_PER_SECOND, facts.CALLS_HELD),
            TOKENS: TokenBucket(seams.clock, rate=0.2, burst=3.0),
        }
        auth = _Versioned(self._auth())
        self._http = MallHttp(MALL, settings.base_url, seams, buckets, self._judge, auth, self._redactor)

    def call(self, operation: Operation, body: Any = None, query: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The answer's body. Raises TryAgain, NeedsPerson, SquareRefused."""
        answer: dict[str, Any] = self._http.call(operation, body, query=query).json
        return answer

    def pages(self, operation: Operation, asked: Mapping[str, Any], member: str) -> Iterator[list[dict[str, Any]]]:
        """Page after page of a list: the same question with the cursor of the page before (§2.2). A page may be
        empty, and the list goes on."""
        cursor: dict[str, Any] = {}
        for _ in range(facts.MOST_PAGES):
            given = {**asked, **cursor}
            answer = self.call(operation, query=given) if operation.method == "GET" else self.call(operation, given)
            yield list(answer.get(member) or [])
            if not answer.get("cursor"):
                return
            cursor = {"cursor": str(answer["cursor"])}
        raise ValueError("a list without an end")

    def behind(self) -> timedelta:
        """How far Square's clock is behind ours, by its last answer: to the second, since it tells no more."""
        if self._said is None:
            return timedelta(0)
        theirs, at = self._said
        now = theirs + timedelta(seconds=self._clock.monotonic() - at)
        return max(timedelta(0), self._clock.now() - now)

    def now(self) -> datetime:
        """The time as both clocks have it: what is dated in Square's future is refused (T32)."""
        return self._clock.now() - self.behind()

    def close(self) -> None:
        self._http.close()

    def _auth(self) -> Auth:
        if self._settings.access_token is not None:
            return Fixed({"Authorization": f"Bearer {self._settings.access_token.reveal()}"})
        return InHeader("Authorization", Renewing(self._clock, facts.TOKEN_RENEWED_EARLY, self._ask), "Bearer ")

    def _ask(self) -> Token:
        """A fresh token. The refresh token stays the same as a rule (§2.1); one that is new is kept."""
        secret, given = self._settings.client_secret, self._settings.refresh_token
        assert secret is not None, "the settings give a token or all that is needed to get one"
        assert given is not None
        asked_at = self._clock.monotonic()
        newest = self._kept.newest(CHANNEL, given.reveal())
        body = {
            "client_id": self._settings.client_id,
            "client_secret": secret.reveal(),
            "grant_type": "refresh_token",
            "refresh_token": newest,
        }
        answer = self._http.call(TOKEN, body).json
        value, renewed = str(answer["access_token"]), str(answer.get("refresh_token") or newest)
        self._redactor.learn(value)
        if renewed != newest:
            self._redactor.learn(renewed)
            try:
                self._kept.keep(CHANNEL, given.reveal(), renewed)
            except OSError as error:
                _log.error("the new refresh token of Square can't be kept (%s): a restart needs a new one", error)
        life = datetime.fromisoformat(answer["expires_at"]) - self._clock.now()
        return Token(value, asked_at + min(life, facts.TOKEN_USED_FOR).total_seconds())

    def _judge(self, operation: Operation, answer: Answer) -> None:
        self._note_time(answer.headers.get("date", ""))
        self.served_version = answer.headers.get(VERSION_HEADER.lower(), self.served_version)
        judge(operation, answer)

    def _note_time(self, date: str) -> None:
        try:
            said = parsedate_to_datetime(date).astimezone(UTC)
        except (ValueError, TypeError):
            return
        self._said = (said, self._clock.monotonic())


def judge(operation: Operation, answer: Answer) -> None:
    """Return where `answer` is a success, else raise what has to happen next."""
    body = answer.json if isinstance(answer.json, dict) else {}
    errors = [each for each in body.get("errors") or [] if isinstance(each, dict)]
    first = errors[0] if errors else {}
    code, said = str(first.get("code", "")), str(first.get("detail") or first.get("code") or "")
    if operation is TOKEN and answer.status in (400, 401, 403):
        raise NeedsKey(_no_consent(said))
    if answer.status == 401:
        raise NeedsKey(_no_consent(said)) if code in REVOKED else KeyRefused(_no_consent(said))
    if answer.status == 403:
        raise NeedsPerson(_forbidden(operation.name, said))
    raise_if_busy(MALL, answer)
    if answer.status == 409:  # another request with the same key is under way
        raise TryAgain(_busy(said), ambiguous=True)
    if answer.status in (400, 404) and errors:
        raise SquareRefused(_refusal(operation.name, code, said), code, str(first.get("field", "")))
    if answer.status != 200 or not isinstance(answer.json, dict):
        raise senseless(MALL, f"HTTP {answer.status}", ambiguous=True)
    if errors and not operation.writes:  # §2.2 beside data that may not be all
        raise senseless(MALL, f"{code} {said}")
    if operation is TOKEN and not body.get("access_token"):
        raise senseless(MALL, "token")


def _refusal(name: str, code: str, said: str) -> Hint:
    return Hint(f"Square が「{name}」を断りました: {code} {said}", f"Square refused {name}: {code} {said}")


def _busy(said: str) -> Hint:
    return Hint(
        f"Square で同じ依頼が処理中です ({said})。自動でやり直します。",
        f"Square is still at work on the same request ({said}); trying again by itself.",
    )


def _forbidden(name: str, said: str) -> Hint:
    return Hint(
        f"Square のトークンに「{name}」の権限がありません ({said})。デベロッパー画面で権限を付けてください。",
        f"Square's token lacks the right for {name} ({said}). Grant it in the developer console.",
    )


def _no_consent(said: str) -> Hint:
    return Hint(
        f"Square がアクセストークンを受け付けません ({said})。新しいトークンか許可を設定に書いてください。",
        f"Square doesn't accept the access token ({said}). Put a new token, or a new consent, into the settings.",
    )
