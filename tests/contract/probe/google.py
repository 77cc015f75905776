"""A spreadsheet that the bridge's account and a second one may write, for the trials of `bridge check --probe`."""

from __future__ import annotations

from bridge.sandbox.latency import Latency
from bridge.sandbox.sheets_api import SheetsApi
from bridge.sandbox.sheets_api.switches import Switches
from bridge.sheet.gateway import Gateway
from bridge.sheet.http import SheetHttp
from bridge.sheet.probe import Found, all_words, attempt, probe, scratch
from tests.support.sheets_client import authorized_session, service_account
from tests.support.virtual_clock import VirtualClock

BRIDGE, STRANGER = "bridge@sandbox.iam.gserviceaccount.com", "second@sandbox.iam.gserviceaccount.com"


class Google:
    """One spreadsheet that the bridge's account made and shared with a second one."""

    def __init__(self, switches: Switches | None = None) -> None:
        self.clock = VirtualClock()
        self.api = SheetsApi(
            clock=self.clock,
            key=service_account(),
            quota=None,
            latency=Latency.none(),
            switches=switches or Switches(),
        )
        self.api.add_account(service_account(STRANGER))
        self.book = self.api.store.create("在庫", locale="ja_JP", owner="owner@example.com")
        self.share(BRIDGE)
        self.share(STRANGER)

    def share(self, email: str, role: str = "writer") -> None:
        self.api.store.share(self.book, email, role)

    def gateway(self, email: str = BRIDGE) -> Gateway:
        key = service_account() if email == BRIDGE else service_account(email)
        session = authorized_session(self.api, key)
        http = SheetHttp(session, self.clock, reads_per_minute=10**9, writes_per_minute=10**9)
        return Gateway(http, self.book.id)

    def probe(self, *, second: bool = True) -> list[Found]:
        return probe(self.gateway(), self.gateway(), self.gateway(STRANGER) if second else None)

    def attempt(self, name: str) -> Found:
        """One trial alone."""
        with scratch(self.gateway(), self.gateway(), self.gateway(STRANGER)) as bench:
            return attempt(bench, 1, all_words()[name])

    def tabs(self) -> list[str]:
        return [sheet.title for sheet in self.book.book.sheets]
