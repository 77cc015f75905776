"""gspread's HTTP client as a long-running service needs it: other base addresses, timeouts, quota, bounded retries.

A read is repeated. A write whose outcome is unknown is never repeated here: `TryAgain(ambiguous=True)` tells the caller
to look before it acts (DESIGN §3, invariant 6).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import requests
from google.auth.exceptions import GoogleAuthError, RefreshError, TransportError
from gspread.exceptions import APIError
from gspread.http_client import HTTPClient
from gspread.urls import DRIVE_FILES_API_V3_URL, SPREADSHEETS_API_V4_BASE_URL

from bridge.clock import Clock
from bridge.errors import BridgeError, Hint, NeedsPerson, TryAgain
from bridge.gate import Gate
from bridge.limits import TokenBucket

SHEETS_HOST = SPREADSHEETS_API_V4_BASE_URL.removesuffix("/v4/spreadsheets")
DRIVE_HOST = DRIVE_FILES_API_V3_URL.removesuffix("/drive/v3/files")
ATTEMPTS = 5
LONGEST_WAIT = 64.0  # seconds; Google advises an exponential backoff up to a minute
READING_POSTS = (":getByDataFilter", ":batchGetByDataFilter", "/developerMetadata:search")


@dataclass(frozen=True)
class Call:
    """One request and what came of it, for `--record` and for counting. `writes`: judged by operation."""

    method: str
    url: str
    writes: bool
    body: Any
    status: int | None
    answer: Any
    seconds: float


class SheetHttp(HTTPClient):
    """One spreadsheet user. Not for several threads at once."""

    def __init__(
        self,
        session: requests.Session,
        clock: Clock,
        *,
        base_url: str = SHEETS_HOST,
        drive_url: str = DRIVE_HOST,
        timeout: float = 30.0,
        reads_per_minute: int = 60,
        writes_per_minute: int = 60,
        record: Callable[[Call], None] | None = None,
        gate: Gate | None = None,
        dice: random.Random | None = None,
        beside: SheetHttp | None = None,
    ) -> None:
        """`beside`: another client of the same account, in another thread: both live on one quota."""
        super().__init__(None, session)  # type: ignore[arg-type]  # the session bears the credentials
        self.timeout = timeout
        self._clock = clock
        self._hosts = {SHEETS_HOST: base_url.rstrip("/"), DRIVE_HOST: drive_url.rstrip("/")}
        self._reads: TokenBucket = beside._reads if beside else _bucket(clock, reads_per_minute)
        self._writes: TokenBucket = beside._writes if beside else _bucket(clock, writes_per_minute)
        self._record = record
        self._gate = gate or Gate(clock, float("inf"))
        self._dice = dice or random.Random()
        self.calls = {"reads": 0, "writes": 0}

    def request(
        self,
        method: str,
        endpoint: str,
        params: Any = None,
        data: bytes | None = None,
        json: Mapping[str, Any] | None = None,
        files: Any = None,
        headers: Any = None,
    ) -> requests.Response:
        """Raises APIError for a refusal (4xx), TryAgain, NeedsPerson, Stop."""
        writes = method.lower() not in ("get", "head") and not endpoint.endswith(READING_POSTS)
        url = self._address(endpoint)
        for attempt in range(1, ATTEMPTS + 1):
            (self._writes if writes else self._reads).take(1, patience=float("inf"))
            self.calls["writes" if writes else "reads"] += 1
            if writes:
                self._gate.check()
            started = self._clock.monotonic()
            response: requests.Response | None = None
            failure: BridgeError
            try:
                response = self.session.request(
                    method, url, params=params, data=data, json=json, files=files, headers=headers, timeout=self.timeout
                )
                if response.ok:
                    self._gate.looked(started)
                    return response
                failure = self._refusal(response, writes)
            except RefreshError as error:
                failure = _auth_failure(error)
            except (requests.RequestException, TransportError, GoogleAuthError) as error:
                failure = _unreachable(error, writes)
            finally:
                self._note(method, url, writes, json, response, started)
            if not isinstance(failure, TryAgain) or failure.ambiguous or attempt == ATTEMPTS:
                raise failure
            self._clock.sleep(max(failure.after, self._backoff(attempt)))
        raise AssertionError("unreachable")

    def check_look(self) -> None:
        """Whether the last answer is young enough to be acted on. Raises TryAgain, Stop."""
        self._gate.check()

    def _address(self, endpoint: str) -> str:
        for host, base in self._hosts.items():
            if endpoint.startswith(host):
                return base + endpoint.removeprefix(host)
        return endpoint

    def _backoff(self, attempt: int) -> float:
        return min(LONGEST_WAIT, 2.0 ** (attempt - 1)) * (0.5 + self._dice.random() / 2)

    def _refusal(self, response: requests.Response, writes: bool) -> BridgeError:
        """What an answer that isn't 2xx means. A plain refusal (400, 404) goes to the caller as gspread's APIError."""
        error = APIError(response)
        if response.status_code == 429:
            hint = Hint("Googleの利用上限に達しました。少し待ちます。", "Google's quota is used up; waiting a little.")
            return TryAgain(hint, _retry_after(response))
        if response.status_code >= 500 or response.status_code == 408:
            hint = Hint("Googleが一時的に応答できません。", "Google can't answer right now.")
            return TryAgain(hint, _retry_after(response), ambiguous=writes)
        if response.status_code in (401, 403):
            return NeedsPerson(
                Hint(
                    "スプレッドシートを開けません。サービスアカウントのメールアドレスを「編集者」として共有してください。",
                    "The spreadsheet can't be opened. Share it with the service account's address as an editor.",
                )
            )
        raise error

    def _note(
        self, method: str, url: str, writes: bool, body: Any, response: requests.Response | None, started: float
    ) -> None:
        if self._record is None:
            return
        answer: Any = None
        if response is not None:
            try:
                answer = response.json()
            except ValueError:
                answer = response.text[:500]
        status = None if response is None else response.status_code
        self._record(Call(method.upper(), url, writes, body, status, answer, self._clock.monotonic() - started))


def _bucket(clock: Clock, per_minute: int) -> TokenBucket:
    """No minute, wherever it begins, sees more than the quota: a quarter at once, three quarters spread over it."""
    return TokenBucket(clock, 0.75 * per_minute / 60, max(1.0, per_minute // 4))


def _retry_after(response: requests.Response) -> float:
    text = response.headers.get("Retry-After", "")
    return min(float(text), LONGEST_WAIT) if text.isdigit() else 0.0


def _unreachable(error: Exception, writes: bool) -> TryAgain:
    refused = "refused" in str(error).lower() or isinstance(error, requests.ConnectTimeout)
    hint = Hint(
        "Googleに接続できません。ネットワークを確かめてください。", "Google can't be reached; check the network."
    )
    return TryAgain(hint, ambiguous=writes and not refused)


def _auth_failure(error: RefreshError) -> BridgeError:
    if error.retryable:
        return TryAgain(Hint("Googleの認証が一時的に失敗しました。", "Google's sign-in failed for the moment."))
    return NeedsPerson(
        Hint(
            "サービスアカウントの鍵が使えません。新しい鍵ファイルを置いてください。",
            "The service account's key isn't accepted. Put a new key file in place.",
        )
    )
