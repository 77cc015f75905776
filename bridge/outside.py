"""How the outside is reached: Google with the service account's key, the malls, the machine's clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import httpx
import requests
from google.auth.transport.requests import AuthorizedSession
from google.oauth2.service_account import Credentials

from bridge.channels.http import RequestRecord, Seams
from bridge.clock import Clock, SystemClock
from bridge.config import Config
from bridge.delivery import Deliver, in_a_process
from bridge.errors import Hint, NeedsPerson, Stop
from bridge.gate import Gate
from bridge.instance import home_of
from bridge.refreshed import KeepsTokens
from bridge.sheet.http import Call, SheetHttp

SCOPES = ("https://www.googleapis.com/auth/spreadsheets",)


class SheetCredentials(Credentials):
    """After each token google-auth asks another Google host, in a thread, from which regions the key may be used. A
    spreadsheet needs no such answer, and the host is none that a small server's firewall should have to allow."""

    def _is_regional_access_boundary_lookup_required(self) -> bool:
        return False


def google_session(config: Config) -> requests.Session:
    """A session that signs its requests with the service account's key and renews its token."""
    try:
        credentials = SheetCredentials.from_service_account_file(  # type: ignore[no-untyped-call]
            str(config.sheet.service_account), scopes=list(SCOPES)
        )
    except ValueError as error:
        raise NeedsPerson(
            Hint(
                "サービスアカウントの鍵ファイルが壊れています。Google Cloudで作り直して置いてください。",
                "The service account's key file is damaged. Make a new key in Google Cloud and put it there.",
            )
        ) from error
    return AuthorizedSession(credentials)  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class Outside:
    """How the outside is reached; a test puts its own in place. `session`: signed in for Google · `home`: where a
    ledger lies · `deliver`: how alerts go out."""

    clock: Clock = field(default_factory=SystemClock)
    session: Callable[[Config], requests.Session] = google_session
    transport: httpx.BaseTransport | None = None
    random: Random = field(default_factory=Random)  # how long a refused request waits
    on_sheet_call: Callable[[Call], None] | None = None
    on_mall_call: Callable[[RequestRecord], None] | None = None
    home: Callable[[Path], str] = home_of
    deliver: Deliver = in_a_process

    def in_shadow(self, name: str, tokens: KeepsTokens) -> Seams:
        """For a channel that is only tried or read: nothing can be written in the mall. `name`: what the settings call
        it."""
        return Seams(self.clock, may_write=lambda: False, transport=self.transport, tokens=tokens, name=name)


def longest_look(config: Config) -> float:
    """Seconds between a look at the spreadsheet and what is written upon it; a small quota makes calls wait."""
    return max(config.bridge.stale_seconds, 2 * 60 / config.sheet.writes_per_minute)


def sheet_http(
    config: Config,
    outside: Outside,
    stopped: Callable[[], Stop | None] = lambda: None,
    beside: SheetHttp | None = None,
) -> SheetHttp:
    """`beside`: another thread's, with which it shares the account's quota."""
    sheet = config.sheet
    return SheetHttp(
        outside.session(config),
        outside.clock,
        base_url=sheet.base_url,
        drive_url=sheet.drive_url,
        timeout=sheet.timeout_seconds,
        reads_per_minute=sheet.reads_per_minute,
        writes_per_minute=sheet.writes_per_minute,
        record=outside.on_sheet_call,
        gate=Gate(outside.clock, longest_look(config), stopped),
        beside=beside,
    )
