"""Signing in, permissions, quotas: 401, 403, 429."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import google.auth.exceptions
import google.auth.jwt
import gspread
import pytest
import requests

from bridge.outside import SCOPES
from bridge.sandbox.sheets_api import Quota, ServiceAccountKey
from bridge.sandbox.sheets_api.oauth import GRANT, Accounts, InvalidGrant
from tests.contract.sheets_api.conftest import Json, World
from tests.support.sheets_client import TOKEN_URI, service_account, signed_in, signer
from tests.support.virtual_clock import VirtualClock
from tests.support.wsgi_transport import WsgiAdapter


def test_the_key_file_has_the_shape_that_google_hands_out() -> None:
    content = service_account().as_file_json()
    assert {"type", "project_id", "private_key_id", "private_key", "client_email", "client_id", "token_uri"} <= set(
        content
    )
    assert ServiceAccountKey.from_file_json(json.loads(json.dumps(content))) == service_account()


def test_a_stranger_gets_no_token(world: World) -> None:
    stranger = service_account("stranger@elsewhere.iam.gserviceaccount.com")
    with pytest.raises(google.auth.exceptions.RefreshError, match="account not found"):
        signed_in(world.judged, stranger).open_by_key(world.book.id)


def test_somebody_elses_signature_gets_no_token(world: World) -> None:
    stranger = service_account("stranger@elsewhere.iam.gserviceaccount.com")
    forged = replace(service_account(), private_key_pem=stranger.private_key_pem)
    with pytest.raises(google.auth.exceptions.RefreshError, match="Invalid JWT Signature"):
        signed_in(world.judged, forged).open_by_key(world.book.id)


def assertion(clock: VirtualClock, **claims: object) -> str:
    """What google-auth signs, with some claims made different."""
    now = int(clock.now().timestamp())
    usual = {"iss": service_account().client_email, "iat": now, "exp": now + 3600, "aud": TOKEN_URI, "scope": "x"}
    signed: bytes = google.auth.jwt.encode(signer(service_account()), {**usual, **claims})  # type: ignore[no-untyped-call]
    return signed.decode()


def token(world: World, signed: str, grant: str = GRANT) -> tuple[int, Json]:
    answer = requests.Request("POST", TOKEN_URI, data={"grant_type": grant, "assertion": signed}).prepare()
    response = WsgiAdapter(world.api).send(answer)
    return response.status_code, response.json()


def test_the_answer_of_the_token_endpoint(world: World) -> None:
    status, content = token(world, assertion(world.clock))
    assert (status, content["expires_in"], content["token_type"]) == (200, 3599, "Bearer")


@pytest.mark.parametrize(
    ("claims", "error"),
    [
        ({"aud": "https://elsewhere.example/token"}, "Failed audience check"),
        ({"exp": 4_000_000_000}, "short-lived token"),
        ({"iss": "nobody"}, "account not found"),
    ],
)
def test_assertions_that_are_refused(world: World, claims: Json, error: str) -> None:
    status, content = token(world, assertion(world.clock, **claims))
    assert (status, content["error"]) == (400, "invalid_grant")
    assert error in content["error_description"]


def test_a_token_is_for_what_it_was_asked_for(world: World) -> None:
    """With the bridge's own scope: its spreadsheets, and nothing in Drive."""

    def status(method: str, path: str, *scopes: str) -> int:
        _, content = token(world, assertion(world.clock, scope=" ".join(scopes)))
        headers = {"Authorization": f"Bearer {content['access_token']}"}
        request = requests.Request(method, f"https://google{path}", headers=headers, json={}).prepare()
        return WsgiAdapter(world.api).send(request).status_code

    sheet, file = f"/v4/spreadsheets/{world.book.id}", f"/drive/v3/files/{world.book.id}"
    readonly = "https://www.googleapis.com/auth/spreadsheets.readonly"
    assert SCOPES == ("https://www.googleapis.com/auth/spreadsheets",)
    assert [status("GET", path, *SCOPES) for path in (sheet, file, "/drive/v3/files")] == [200, 403, 403]
    assert status("DELETE", file, *SCOPES) == 403
    assert status("GET", sheet, readonly) == 200
    assert status("POST", f"{sheet}:batchUpdate", readonly) == 403
    assert status("GET", sheet, "openid") == 403


def test_an_assertion_without_a_scope_gets_no_token(world: World) -> None:
    assert token(world, assertion(world.clock, scope=""))[1]["error"] == "invalid_scope"


def test_only_the_grant_of_service_accounts_is_known(world: World) -> None:
    assert token(world, assertion(world.clock), grant="password")[1]["error"] == "unsupported_grant_type"


def test_the_assertion_must_fit_the_clock_if_that_is_asked() -> None:
    clock = VirtualClock()
    accounts = Accounts(clock, check_times=True)
    accounts.add(service_account())
    signed = assertion(clock)
    clock.sleep(7000)
    with pytest.raises(InvalidGrant, match="reasonable timeframe"):
        accounts.exchange(GRANT, signed)
    assert accounts.exchange(GRANT, assertion(clock))["token_type"] == "Bearer"


def test_an_expired_token_is_renewed_by_google_auth(world: World) -> None:
    world.clock.sleep(3600)
    assert world.tab.get("A1:B2") == [[]]


def test_a_token_nobody_gave(world: World) -> None:
    answer = world.raw("GET", f"/v4/spreadsheets/{world.book.id}")
    assert answer.status_code == 200
    world.api.accounts.revoke_all()
    made_up = {"Authorization": "Bearer ya29.made-up"}
    session = requests.Session()
    session.mount("https://", WsgiAdapter(world.judged))
    url = f"https://sheets.googleapis.com/v4/spreadsheets/{world.book.id}"
    answer = session.get(url, headers=made_up)
    assert (answer.status_code, answer.json()["error"]["status"]) == (401, "UNAUTHENTICATED")
    answer = session.get(url)
    assert (answer.status_code, answer.json()["error"]["status"]) == (403, "PERMISSION_DENIED")


def test_a_spreadsheet_that_is_not_shared(world: World) -> None:
    guest = service_account("guest@sandbox.iam.gserviceaccount.com")
    world.api.add_account(guest)
    client = signed_in(world.judged, guest)
    with pytest.raises(PermissionError) as caught:
        client.open_by_key(world.book.id)
    assert isinstance(caught.value.__cause__, gspread.exceptions.APIError)
    assert caught.value.__cause__.error == {
        "code": 403,
        "message": "The caller does not have permission",
        "status": "PERMISSION_DENIED",
    }
    world.sheet.share(guest.client_email, perm_type="user", role="reader", notify=False)
    sheet = client.open_by_key(world.book.id)
    with pytest.raises(gspread.exceptions.APIError, match="does not have permission"):
        sheet.sheet1.update([["x"]], "A1")


def test_sixty_reads_and_sixty_writes_a_minute_for_each_user(make_world: Callable[..., World]) -> None:
    world = make_world(quota=Quota(reads=5, writes=3))
    user = service_account().client_email
    while world.api.quota.used(user, "Read") < 5:
        world.tab.get("A1")
    with pytest.raises(gspread.exceptions.APIError) as caught:
        world.tab.get("A1")
    assert caught.value.code == 429
    assert caught.value.error["status"] == "RESOURCE_EXHAUSTED"
    assert caught.value.error["message"].startswith(
        "Quota exceeded for quota metric 'Read requests' and limit 'Read requests per minute per user' of service "
        "'sheets.googleapis.com' for consumer 'project_number:"
    )
    for number in range(3):
        world.tab.update([[number]], "A1")
    with pytest.raises(gspread.exceptions.APIError, match="Write requests"):
        world.tab.update([["too much"]], "A1")
    assert world.shown() == [["2"]]
    world.clock.sleep(60)
    world.tab.update([["again"]], "A1")
    assert world.shown() == [["again"]]


def test_a_read_by_post_is_a_read_and_drive_is_not_counted(make_world: Callable[..., World]) -> None:
    world = make_world(quota=Quota(reads=60, writes=60))
    user = service_account().client_email
    before = world.api.quota.used(user, "Read")
    world.raw("POST", f"/v4/spreadsheets/{world.book.id}:getByDataFilter", json={})
    world.client.list_spreadsheet_files()
    assert world.api.quota.used(user, "Read") == before + 1
    assert world.api.quota.used(user, "Write") == 0
