"""Every request to a mall goes through here; no other module imports httpx.

An adapter declares each kind of request once, as an Operation. From the declaration follow the shadow's lock (a writing
operation cannot leave while the channel may not write), the rate limit, and whether a request whose answer was lost is
sent again. What an answer means is the adapter's to judge; what happens next is decided here, within a bounded time.
"""

from __future__ import annotations

import json
import logging
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import count
from random import Random
from typing import Any, Protocol
from urllib.parse import urlencode

import httpx

from bridge.channels.redaction import Redactor, without_keys
from bridge.clock import Clock
from bridge.errors import BridgeError, Hint, NeedsKey, TryAgain
from bridge.limits import TokenBucket
from bridge.refreshed import InMind, KeepsTokens
from bridge.remembered import InMind as Notes
from bridge.remembered import Remembers
from bridge.setting_kinds import on_this_machine

CONNECT_SECONDS = 5.0
READ_SECONDS = 60.0
MAX_ANSWER_BYTES = 32 * 1024 * 1024
FIRST_PAUSE_SECONDS = 1.5
LONGEST_PAUSE_SECONDS = 60.0
LONGEST_RETRY_AFTER_SECONDS = 24 * 3600.0

# httpx logs every URL with its query, and Rakuten wants the licence key in one (rakuten.md §1.1).
for _chatty in ("httpx", "httpcore"):
    logging.getLogger(_chatty).setLevel(logging.WARNING)


class ShadowWrite(RuntimeError):
    """A writing operation was asked for while the channel may not write: a mistake of the program. Nothing was sent."""


class KeyRefused(NeedsKey):
    """The mall does not accept our key (any more)."""


@dataclass(frozen=True)
class Media:
    """How the body of a request is written."""

    content_type: str
    write: Callable[[Any], bytes]


JSON = Media("application/json; charset=utf-8", lambda body: json.dumps(body, ensure_ascii=False).encode())
FORM = Media("application/x-www-form-urlencoded", lambda body: urlencode(body).encode())
"""The two that every mall knows; a body that is to go out exactly as it stands has a medium of its own."""


@dataclass(frozen=True)
class Reading:
    """How the body of an answer is read into what JSON has. `parse` raises ValueError; a body that begins with one of
    `data` may hold what is cleansed from it, also where it can't be read: its text is kept nowhere."""

    name: str
    parse: Callable[[str], Any]
    data: tuple[str, ...]


READ_JSON = Reading("JSON", json.loads, ("{", "["))


@dataclass(frozen=True)
class Operation:
    """One kind of request.

    path: below the mall's address, or a whole address · bucket: the limiter it draws on · writes: it may change
    something in the mall · repeatable: sending it twice ends like sending it once, so a lost answer is no reason to
    stop · signed: carries the mall's credentials · attempts, seconds: the most it may take in all, pauses included ·
    media: how its body is written
    """

    name: str
    method: str
    path: str
    bucket: str
    writes: bool = False
    repeatable: bool = True
    signed: bool = True
    attempts: int = 5
    seconds: float = 120.0
    media: Media = JSON


@dataclass(frozen=True)
class Answer:
    """What came back. Header names are in lower case.

    text: the beginning of a body that can't be read (an error page) · json: what was read, None where it can't be ·
    retry_after: seconds the mall asks us to wait, 0 where it says nothing
    """

    status: int
    headers: Mapping[str, str]
    text: str
    json: Any
    retry_after: float


@dataclass(frozen=True)
class RequestRecord:
    """One request as it was made, without keys and without anything about a buyer."""

    at: datetime
    mall: str
    operation: str
    writes: bool
    attempt: int
    method: str
    url: str
    sent: str
    status: int | None
    received: str
    seconds: float
    error: str | None = None


class Auth(Protocol):
    """How requests are signed."""

    def headers(self) -> Mapping[str, str]:
        """May ask the mall for a key first. Raises TryAgain, NeedsPerson."""

    def renew(self, refused: Mapping[str, str]) -> bool:
        """The mall refused these headers. True where others are worth one more try."""


def raise_if_busy(mall: str, answer: Answer) -> None:
    """What 429 and 5xx mean in every mall. Raises TryAgain; after a 5xx nobody knows what was carried out."""
    if answer.status == 429:
        hint = Hint(
            f"{mall} が混み合っています (429)。待ってから自動で続けます。",
            f"{mall} asks us to slow down (429); going on by itself after a while.",
        )
        raise TryAgain(hint, answer.retry_after)
    if answer.status >= 500:
        hint = Hint(
            f"{mall} が今は応答できません ({answer.status})。自動でやり直します。",
            f"{mall} can't answer now ({answer.status}); trying again by itself.",
        )
        raise TryAgain(hint, answer.retry_after, ambiguous=True)


Judge = Callable[[Operation, Answer], None]
"""Says what an answer means: returns where the adapter can use it, else raises TryAgain, Refused, NeedsPerson or
KeyRefused."""


@dataclass(frozen=True)
class Seams:
    """What a channel is handed by the service, or by a test in its place. `may_write` is False in shadow ·
    `before_write` raises TryAgain where the decision is too old to be carried out, Stop where nothing may be ·
    `looked` tells that what is written from now on rests on a look of then (monotonic), not on the last of the pushes ·
    `tokens`: where refresh tokens are kept that the mall renews · `name`: what the
    settings call the channel · `memory`: what it must know again after a restart."""

    clock: Clock
    may_write: Callable[[], bool]
    random: Random = field(default_factory=Random)
    transport: httpx.BaseTransport | None = None
    record: Callable[[RequestRecord], None] | None = None
    before_write: Callable[[], None] = lambda: None
    looked: Callable[[float], None] = lambda _: None
    tokens: KeepsTokens = field(default_factory=InMind)
    name: str = ""
    memory: Remembers = field(default_factory=Notes)


class MallHttp:
    """The requests of one shop in one mall."""

    def __init__(
        self,
        mall: str,
        base_url: str,
        seams: Seams,
        buckets: Mapping[str, TokenBucket],
        judge: Judge,
        auth: Auth | None,
        redactor: Redactor,
        cleanse: Callable[[Any], Any] = lambda body: body,
        reading: Reading = READ_JSON,
    ) -> None:
        """`cleanse` takes what is personal out of an answer before anything else, this module included, sees it."""
        self._mall = mall
        self._base_url = base_url
        self._seams = seams
        self._clock = seams.clock
        self._buckets = buckets
        self._judge = judge
        self._auth = auth
        self._redactor = redactor
        self._cleanse = cleanse
        self._reading = reading
        # A proxy of the environment is for the world outside, never for the sandbox on this machine.
        trusts = not on_this_machine(base_url)
        self._client = httpx.Client(transport=seams.transport, trust_env=trusts, follow_redirects=False)

    def close(self) -> None:
        self._client.close()

    def call(
        self,
        operation: Operation,
        body: Any = None,
        *,
        query: Mapping[str, str] | None = None,
        cost: float = 1.0,
    ) -> Answer:
        """Carry out `operation` and return an answer that the adapter's judge let pass.

        Raises TryAgain (`ambiguous` where a write may have been carried out), NeedsPerson, Refused, Stop, ShadowWrite.
        """
        deadline = self._clock.monotonic() + operation.seconds
        ambiguous = renewed = False
        for attempt in count(1):
            self._may_leave(operation, ambiguous)
            self._wait_for_turn(operation, cost, deadline, ambiguous)
            headers: Mapping[str, str] = {}
            try:
                headers = self._auth.headers() if self._auth and operation.signed else {}
                answer = self._exchange(operation, headers, body, query, attempt, deadline)
                self._judge(operation, answer)
                return answer
            except KeyRefused:
                if renewed or self._auth is None or not operation.signed or not self._auth.renew(headers):
                    raise
                renewed = True
            except TryAgain as error:
                ambiguous = ambiguous or (error.ambiguous and operation.writes)
                pause = max(error.after, self._pause(attempt))
                out_of_time = self._clock.monotonic() + pause >= deadline
                if attempt >= operation.attempts or out_of_time or (ambiguous and not operation.repeatable):
                    raise TryAgain(error.hint, pause, ambiguous=ambiguous) from error
                self._clock.sleep(pause)
        raise AssertionError("the loop above never ends by itself")

    def _may_leave(self, operation: Operation, ambiguous: bool) -> None:
        """Asked at every write. `ambiguous`: an earlier attempt may have been carried out."""
        if not operation.writes:
            return
        if not self._seams.may_write():
            raise ShadowWrite(f"{self._mall} {operation.name} would write while the channel is in shadow")
        try:
            self._seams.before_write()
        except TryAgain as error:
            raise TryAgain(error.hint, error.after, ambiguous=ambiguous) from error

    def _wait_for_turn(self, operation: Operation, cost: float, deadline: float, ambiguous: bool) -> None:
        patience = deadline - self._clock.monotonic()
        if not self._buckets[operation.bucket].take(cost, patience):
            hint = Hint(
                f"{self._mall} の呼び出し回数の上限に達しています。しばらく待って続けます。",
                f"{self._mall}'s rate limit is used up; going on after a while.",
            )
            raise TryAgain(hint, patience, ambiguous=ambiguous)

    def _pause(self, attempt: int) -> float:
        longest = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0 ** (attempt - 1))
        return longest * self._seams.random.uniform(0.5, 1.0)

    def _exchange(
        self,
        operation: Operation,
        headers: Mapping[str, str],
        body: Any,
        query: Mapping[str, str] | None,
        attempt: int,
        deadline: float,
    ) -> Answer:
        """One request on the wire. Raises TryAgain where no answer came."""
        self._may_leave(operation, ambiguous=False)  # again: the wait for our turn may have been long
        began = self._clock.monotonic()
        request = self._client.build_request(
            operation.method,
            operation.path if "://" in operation.path else self._base_url + operation.path,
            params=query,
            content=None if body is None else operation.media.write(body),
            headers={**headers, **({} if body is None else {"Content-Type": operation.media.content_type})},
            timeout=httpx.Timeout(max(1.0, min(READ_SECONDS, deadline - began)), connect=CONNECT_SECONDS),
        )
        at = self._clock.now()
        answer: Answer | None = None
        failure: TryAgain | None = None
        try:
            answer = self._send(request, deadline)
        except httpx.RequestError as error:
            failure = self._no_answer(error)
            raise failure from error
        finally:
            if self._seams.record:
                seconds = self._clock.monotonic() - began
                self._seams.record(self._recorded(operation, request, body, attempt, at, seconds, answer, failure))
        return answer

    def _send(self, request: httpx.Request, deadline: float) -> Answer:
        response = self._client.send(request, stream=True)
        try:
            raw = bytearray()
            for part in response.iter_bytes():
                raw += part
                if len(raw) > MAX_ANSWER_BYTES or self._clock.monotonic() > deadline + READ_SECONDS:
                    raise httpx.ReadError("the answer is too long or too slow", request=request)
        finally:
            response.close()
        text = _unzipped(bytes(raw)).decode(errors="replace")
        try:
            parsed = self._cleanse(self._reading.parse(text))
        except ValueError:
            parsed = None
        # Data may hold what is cleansed from it, broken data too: only the text of other things (error pages) is kept.
        broken = parsed is None and text.lstrip().startswith(self._reading.data)
        unreadable = f"(broken {self._reading.name}, {len(raw)} bytes)"
        kept = "" if parsed is not None else unreadable if broken else text[:500]
        headers = {name.lower(): value for name, value in response.headers.items()}
        after = _retry_after(headers.get("retry-after", ""), self._clock.now())
        return Answer(response.status_code, headers, kept, parsed, after)

    def _no_answer(self, error: httpx.RequestError) -> TryAgain:
        # Only a connection that never stood up is sure not to have carried the request.
        unsent = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
        hint = Hint(
            f"{self._mall} から返事がありません ({type(error).__name__})。自動でやり直します。",
            f"No answer from {self._mall} ({type(error).__name__}); trying again by itself.",
        )
        return TryAgain(hint, ambiguous=not unsent)

    def _recorded(
        self,
        operation: Operation,
        request: httpx.Request,
        body: Any,
        attempt: int,
        at: datetime,
        seconds: float,
        answer: Answer | None,
        failure: BridgeError | None,
    ) -> RequestRecord:
        clean = self._redactor.clean
        received = "" if answer is None else answer.text
        if answer is not None and answer.json is not None:
            received = json.dumps(without_keys(answer.json), ensure_ascii=False)
        return RequestRecord(
            at=at,
            mall=self._mall,
            operation=operation.name,
            writes=operation.writes,
            attempt=attempt,
            method=request.method,
            url=clean(str(request.url)),
            sent=clean(_sent(body)),
            status=None if answer is None else answer.status,
            received=clean(received),
            seconds=seconds,
            error=None if failure is None else failure.hint.en,
        )


def _sent(body: Any) -> str:
    """A request's body as text, without keys that nobody knows yet."""
    if isinstance(body, bytes):
        return body.decode(errors="replace")
    return "" if body is None else json.dumps(without_keys(body), ensure_ascii=False)


def _unzipped(raw: bytes) -> bytes:
    """A document that was packed as a file, which no header tells; as much of it as an answer may have."""
    if not raw.startswith(b"\x1f\x8b"):
        return raw
    try:
        return zlib.decompressobj(wbits=31).decompress(raw, MAX_ANSWER_BYTES)
    except zlib.error:
        return b""


def _retry_after(value: str, now: datetime) -> float:
    """Seconds to wait, from a number or an HTTP date."""
    try:
        if value[:1].isdigit():
            return min(float(value), LONGEST_RETRY_AFTER_SECONDS)
        seconds = (parsedate_to_datetime(value) - now) / timedelta(seconds=1) if value else 0.0
        return min(max(0.0, seconds), LONGEST_RETRY_AFTER_SECONDS)
    except (ValueError, TypeError):
        return 0.0
