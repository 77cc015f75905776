"""The fault dial: a WSGI layer around any simulator that delays, refuses, cuts and holds back requests."""

from __future__ import annotations

import io
import json
import random
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from waitress.channel import ClientDisconnected

from bridge.clock import Clock

Environ = dict[str, Any]
WsgiApp = Callable[[Any, Any], Iterable[bytes]]
Match = Callable[[Environ], bool]
Hook = Callable[[Environ], None]


class ConnectionCut(ClientDisconnected):  # type: ignore[misc]  # waitress is untyped
    """The line went dead: no answer, or none in time.

    Waitress closes the socket without a word on its own ClientDisconnected; the transports of the tests turn it into
    the failure that their client library knows.
    """

    def __init__(self, timed_out: bool = False) -> None:
        super().__init__("timed out" if timed_out else "connection cut")
        self.timed_out = timed_out


@dataclass(frozen=True)
class Delay:
    """Answer properly, `seconds` later."""

    seconds: float


@dataclass(frozen=True)
class Refuse:
    """Answer with an error status; the request is not applied."""

    status: int = 429
    retry_after: int | None = None
    """seconds"""


@dataclass(frozen=True)
class Lost:
    """The request never arrives."""

    timed_out: bool = False


@dataclass(frozen=True)
class ReplyLost:
    """The request is applied, its answer never arrives."""

    timed_out: bool = True


@dataclass(frozen=True)
class Late:
    """The caller sees a cut now; the request is applied when `deliver_late` is called."""

    timed_out: bool = True


@dataclass(frozen=True)
class Instead:
    """Something else answers, with this: a page of maintenance, an error inside a 200. The request is not applied."""

    status: int
    body: str
    content_type: str = "application/json; charset=utf-8"


Fault = Delay | Refuse | Lost | ReplyLost | Late | Instead


@dataclass
class Dial:
    """The probability of each fault per request, 0 to 1. They are tried in this order."""

    delay: float = 0.0
    too_many: float = 0.0
    server_error: float = 0.0
    lost: float = 0.0
    reply_lost: float = 0.0
    delay_seconds: float = 2.0
    retry_after: int | None = 1

    def draw(self, rng: random.Random) -> Fault | None:
        choices: tuple[tuple[float, Fault], ...] = (
            (self.delay, Delay(self.delay_seconds)),
            (self.too_many, Refuse(429, self.retry_after)),
            (self.server_error, Refuse(503)),
            (self.lost, Lost()),
            (self.reply_lost, ReplyLost()),
        )
        point = rng.random()
        for probability, fault in choices:
            if point < probability:
                return fault
            point -= probability
        return None


def anything(environ: Environ) -> bool:  # noqa: ARG001
    return True


def path_contains(text: str) -> Match:
    return lambda environ: text in environ["PATH_INFO"]


@dataclass
class Faults:
    """Wraps an application. Scripted faults come first, then the dial."""

    app: WsgiApp
    clock: Clock
    dial: Dial = field(default_factory=Dial)
    seed: int = 0
    before: Hook | None = None
    """called with every request before anything happens to it: the place for somebody else's edit"""
    after: Hook | None = None
    """called after every request, also one that was cut"""
    injected: int = 0
    """how many faults happened so far"""

    def __post_init__(self) -> None:
        self._rng = random.Random(self.seed)
        self._lock = threading.Lock()
        self._script: deque[tuple[Match, Fault]] = deque()
        self._late: deque[Environ] = deque()

    def next(self, fault: Fault, match: Match = anything) -> None:
        """Let the next request that matches meet this fault; called twice, the next two."""
        with self._lock:
            self._script.append((match, fault))

    @property
    def pending(self) -> int:
        """Scripted faults that no request has met yet."""
        return len(self._script)

    def clear(self) -> None:
        """The scripted faults that are left never come."""
        self._script.clear()

    @property
    def held(self) -> int:
        """Late requests still on their way."""
        return len(self._late)

    def deliver_late(self) -> int:
        """Apply every held request, in the order they were sent; how many there were."""
        delivered = 0
        while self._late:
            _drain(self.app, self._late.popleft())
            delivered += 1
        return delivered

    def drop_late(self) -> None:
        """Held requests never arrive after all."""
        self._late.clear()

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        if self.before is not None:
            self.before(environ)
        try:
            return self._answer(self._chosen(environ), environ, start_response)
        finally:
            if self.after is not None:
                self.after(environ)

    def _chosen(self, environ: Environ) -> Fault | None:
        with self._lock:
            fault = self._scripted(environ) or self.dial.draw(self._rng)
            self.injected += fault is not None
            return fault

    def _scripted(self, environ: Environ) -> Fault | None:
        for index, (match, fault) in enumerate(self._script):
            if match(environ):
                del self._script[index]
                return fault
        return None

    def _answer(self, fault: Fault | None, environ: Environ, start_response: Any) -> Iterable[bytes]:
        match fault:
            case Delay(seconds):
                self.clock.sleep(seconds)
            case Refuse(status, retry_after):
                return _refusal(status, retry_after, start_response)
            case Instead(status, body, content_type):
                return _said(status, body.encode(), [("Content-Type", content_type)], start_response)
            case Lost(timed_out):
                raise ConnectionCut(timed_out)
            case ReplyLost(timed_out):
                _drain(self.app, environ)
                raise ConnectionCut(timed_out)
            case Late(timed_out):
                self._late.append(_kept(environ))
                raise ConnectionCut(timed_out)
        return self.app(environ, start_response)


def _kept(environ: Environ) -> Environ:
    """The request with its body read, so that it outlives the connection."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    return {**environ, "wsgi.input": io.BytesIO(environ["wsgi.input"].read(length))}


def _drain(app: WsgiApp, environ: Environ) -> None:
    """Let the application handle the request and throw its answer away."""
    answer = app(environ, lambda *_: None)
    try:
        for _ in answer:
            pass
    finally:
        close = getattr(answer, "close", None)
        if close is not None:
            close()


_REASONS = {429: "Too Many Requests", 500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable"}
_STATUSES = {429: "RESOURCE_EXHAUSTED", 503: "UNAVAILABLE"}


def _refusal(status: int, retry_after: int | None, start_response: Any) -> Iterable[bytes]:
    reason = _REASONS.get(status, "Error")
    error = {"code": status, "message": f"{reason} (fault dial)", "status": _STATUSES.get(status, "INTERNAL")}
    body = json.dumps({"error": error}).encode()
    headers = [("Content-Type", "application/json; charset=UTF-8")]
    if retry_after is not None:
        headers.append(("Retry-After", str(retry_after)))
    return _said(status, body, headers, start_response)


def _said(status: int, body: bytes, headers: list[tuple[str, str]], start_response: Any) -> Iterable[bytes]:
    reason = _REASONS.get(status, "Answer")
    start_response(f"{status} {reason}", [*headers, ("Content-Length", str(len(body)))])
    return [body]
