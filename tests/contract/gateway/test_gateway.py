"""The gateway against Google's moods: quota, outages, cut lines, dead keys. Real gspread and google-auth underneath."""

from __future__ import annotations

import json

import pytest

from bridge.errors import NeedsPerson, TryAgain
from bridge.sandbox.faults import Delay, Faults, Lost, Refuse, ReplyLost, path_contains
from bridge.sandbox.latency import Latency
from bridge.sandbox.sheets_api import Quota, SheetsApi
from bridge.sheet.gateway import BatchRefused, Gateway, Piece
from bridge.sheet.http import ATTEMPTS, Call, SheetHttp
from bridge.sheet.requests import write_cells
from tests.support.sheets_client import authorized_session, service_account
from tests.support.virtual_clock import VirtualClock

SHEETS = path_contains("/v4/")


class Google:
    """One spreadsheet behind a fault dial, and a gateway to it."""

    def __init__(self, quota: Quota | None = None) -> None:
        self.clock = VirtualClock()
        self.api = SheetsApi(clock=self.clock, key=service_account(), quota=quota, latency=Latency.none())
        self.faults = Faults(self.api, self.clock)
        self.book = self.api.store.create("在庫")
        self.calls: list[Call] = []
        session = authorized_session(self.faults, service_account())
        self.http = SheetHttp(session, self.clock, timeout=7.0, record=self.calls.append)
        self.gateway = Gateway(self.http, self.book.id)

    def read(self) -> str:
        return self.gateway.read([Piece(0)]).tabs[0].text(0, 0)

    def write(self, text: str) -> None:
        self.gateway.write(write_cells(0, {(0, 0): text}))

    @property
    def shown(self) -> str:
        return self.book.shown(0, 0, 0)


@pytest.fixture
def google() -> Google:
    return Google()


def test_what_is_written_is_read(google: Google) -> None:
    google.write("緑茶")
    assert google.shown == google.read() == "緑茶"
    assert google.http.calls == {"reads": 1, "writes": 1}


@pytest.mark.parametrize("fault", [Lost(), ReplyLost(), Refuse(503), Refuse(500), Refuse(429, 3), Lost(timed_out=True)])
def test_a_read_is_repeated(google: Google, fault: object) -> None:
    google.faults.next(fault, SHEETS)  # type: ignore[arg-type]
    assert google.read() == ""
    assert google.faults.pending == 0


def test_a_read_is_repeated_a_bounded_number_of_times(google: Google) -> None:
    for _ in range(20):
        google.faults.next(Refuse(503), SHEETS)
    with pytest.raises(TryAgain) as failure:
        google.read()
    assert not failure.value.ambiguous
    assert google.faults.pending == 20 - ATTEMPTS


@pytest.mark.parametrize("fault", [ReplyLost(), Lost(), Refuse(503)])
def test_a_write_of_unknown_outcome_is_never_repeated_blindly(google: Google, fault: object) -> None:
    google.faults.next(fault, SHEETS)  # type: ignore[arg-type]
    with pytest.raises(TryAgain) as failure:
        google.write("x")
    assert failure.value.ambiguous
    assert google.http.calls["writes"] == 1


def test_a_write_over_quota_was_not_carried_out_and_is_repeated(google: Google) -> None:
    google.faults.next(Refuse(429, 5), SHEETS)
    google.write("x")
    assert google.shown == "x"
    assert google.clock.elapsed >= 5


def test_a_refused_batch_changes_nothing_and_says_why(google: Google) -> None:
    good, bad = write_cells(0, {(0, 0): "x"}), [{"deleteSheet": {"sheetId": 99}}]
    with pytest.raises(BatchRefused, match="99"):
        google.gateway.write([*good, *bad])
    assert google.shown == ""


def test_a_deleted_tab_is_refused_not_empty(google: Google) -> None:
    with pytest.raises(BatchRefused):
        google.gateway.read([Piece(12345)])


def test_a_spreadsheet_that_is_not_shared_or_not_there_needs_a_person(google: Google) -> None:
    stranger = google.api.store.create("別", owner="owner@example.com")
    for number in (stranger.id, "nowhere"):
        with pytest.raises(NeedsPerson):
            Gateway(google.http, number).tabs()


def test_an_expired_token_is_renewed(google: Google) -> None:
    google.read()
    google.api.accounts.revoke_all()
    assert google.read() == ""


def test_the_bucket_keeps_under_googles_quota() -> None:
    google = Google(quota=Quota(reads=60, writes=60))
    for _ in range(150):
        google.read()
        google.write("x")
    assert all(call.status == 200 for call in google.calls)
    assert google.clock.elapsed >= 60


def test_every_request_has_a_timeout_and_no_key_in_what_is_recorded(google: Google) -> None:
    seen = []
    send = google.http.session.send
    google.http.session.send = lambda request, **how: (seen.append(how["timeout"]), send(request, **how))[1]  # type: ignore[method-assign]
    google.faults.next(Delay(2.0), SHEETS)
    google.read()
    google.faults.next(ReplyLost(), SHEETS)
    with pytest.raises(TryAgain) as failure:
        google.write("x")
    assert set(seen) == {7.0}
    token = str(google.http.session.credentials.token)  # type: ignore[attr-defined]
    written = json.dumps([vars(call) for call in google.calls]) + str(failure.value) + repr(failure.value)
    assert len(token) > 8
    assert token not in written
