"""How requests are signed, as far as malls have it in common: the same headers for good, or a token that ends."""

from __future__ import annotations

import logging
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock
from typing import Any

from bridge.channels.redaction import Redactor
from bridge.clock import Clock
from bridge.errors import TryAgain
from bridge.refreshed import KeepsTokens


class Fixed:
    """Keys that nothing renews: where they are refused, a person is needed."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = dict(headers)

    def headers(self) -> Mapping[str, str]:
        return self._headers

    def renew(self, refused: Mapping[str, str]) -> bool:  # noqa: ARG002
        return False


def basic(name: str, secret: str) -> str:
    """What stands behind `Basic` in an Authorization header."""
    return b64encode(f"{name}:{secret}".encode()).decode("ascii")


@dataclass(frozen=True)
class Token:
    """`expires`: on the monotonic clock, seconds."""

    value: str
    expires: float


class Renewing:
    """Asks for a token when there is none, `early` before it ends, and once after it was refused: one asker at a time,
    the others wait and take what it got."""

    def __init__(self, clock: Clock, early: timedelta, ask: Callable[[], Token]) -> None:
        """`ask` raises TryAgain, NeedsPerson."""
        self._clock, self._early, self._ask = clock, early.total_seconds(), ask
        self._lock = Lock()
        self._token: Token | None = None

    def value(self) -> str:
        """Raises TryAgain, NeedsPerson."""
        with self._lock:
            token = self._token
            if token is None or self._clock.monotonic() >= token.expires - self._early:
                token = self._token = self._fresh(token)
            return token.value

    def refused(self, value: str) -> None:
        """The mall took this one no longer; another may have been got meanwhile."""
        with self._lock:
            if self._token is not None and value == self._token.value:
                self._token = None

    def _fresh(self, old: Token | None) -> Token:
        try:
            return self._ask()
        except TryAgain:
            if old is not None and self._clock.monotonic() < old.expires:
                return old  # good for a while yet; the next request asks again
            raise


class RefreshToken:
    """The refresh token of a consent: that of the settings, or what came of it since, which is kept over a restart."""

    def __init__(self, mall: str, channel: str, given: str, kept: KeepsTokens, redactor: Redactor) -> None:
        """`mall`: what people call the channel."""
        self._mall, self._channel, self._given = mall, channel, given
        self._kept, self._redactor = kept, redactor

    def newest(self) -> str:
        token = self._kept.newest(self._channel, self._given)
        self._redactor.learn(token)
        return token

    def changed_for(self, answer: Mapping[str, Any], asked_at: float) -> Token:
        """What a mall gave for the newest. A new refresh token that comes with it is kept before anything else is done:
        the old one may be good for nothing by now. Where none comes, the old one goes on."""
        value, before = str(answer["access_token"]), self.newest()
        renewed = str(answer.get("refresh_token") or before)
        self._redactor.learn(value)
        if renewed != before:
            self._redactor.learn(renewed)
            try:
                self._kept.keep(self._channel, self._given, renewed)
            except OSError as error:
                logging.getLogger(f"bridge.channels.{self._channel}").error(
                    "the new refresh token of %s can't be kept (%s): a restart needs a new one", self._mall, error
                )
        return Token(value, asked_at + float(answer.get("expires_in") or 0))  # a number or a text, as it comes


class InHeader:
    """A token that is renewed, in a header of that name after `prefix`."""

    def __init__(self, name: str, token: Renewing, prefix: str = "") -> None:
        self._name, self._token, self._prefix = name, token, prefix

    def headers(self) -> Mapping[str, str]:
        """Raises TryAgain, NeedsPerson."""
        return {self._name: f"{self._prefix}{self._token.value()}"}

    def renew(self, refused: Mapping[str, str]) -> bool:
        self._token.refused(refused.get(self._name, "").removeprefix(self._prefix))
        return True
