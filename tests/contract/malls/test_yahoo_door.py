"""The Yahoo simulator's front door: consent, tokens, signatures, limits, maintenance (yahoo.md §1, §5)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bridge.sandbox.malls.yahoo import Yahoo
from tests.contract.malls.yahoo_client import BASE, YahooClient, codes, text

DAY, HOUR = 86_400.0, 3600.0
STATUS = "X-SWS-Authorize-Status"


def test_a_person_agrees_and_the_code_is_good_once(yahoo: YahooClient) -> None:
    query = {"response_type": "code", "client_id": "sandbox-client", "redirect_uri": "https://ours/cb", "state": "s1"}
    page = yahoo.http.get("/yconnect/v2/authorization", params=query)
    back = urlsplit(page.headers["Location"])
    given = parse_qs(back.query)
    assert (page.status_code, back.hostname, given["state"]) == (302, "ours", ["s1"])
    first = yahoo.ask_token(grant_type="authorization_code", code=given["code"][0])
    assert first.json()["refresh_token"]
    assert first.json()["token_type"] == "Bearer"
    again = yahoo.ask_token(grant_type="authorization_code", code=given["code"][0])
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    late = yahoo.mall.agree()
    yahoo.clock.sleep(600)
    assert yahoo.ask_token(grant_type="authorization_code", code=late).json()["error"] == "invalid_grant"


def test_a_refresh_brings_no_refresh_token_unless_switched(yahoo: YahooClient) -> None:
    assert set(yahoo.ask_token().json()) == {"access_token", "token_type", "expires_in"}
    yahoo.mall.switches.refresh_gives_refresh_token = True
    yahoo.mall.switches.expires_in_text = True
    fresh = yahoo.ask_token().json()
    assert fresh["expires_in"] == "3600"
    assert yahoo.ask_token().json()["error"] == "invalid_grant"
    assert "access_token" in yahoo.ask_token(refresh_token=fresh["refresh_token"]).json()


def test_the_client_is_known_by_header_or_body(yahoo: YahooClient) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": "RT-sandbox"}
    known = form | {"client_id": "sandbox-client", "client_secret": "sandbox-secret"}
    assert yahoo.http.post("/yconnect/v2/token", data=known).status_code == 200
    assert yahoo.http.post("/yconnect/v2/token", data=form).json()["error"] == "invalid_client"
    yahoo.mall.switches.token_auth = "basic"
    assert yahoo.http.post("/yconnect/v2/token", data=known).json()["error"] == "invalid_client"
    assert yahoo.http.post("/yconnect/v2/token", json=known).json()["error"] == "invalid_request"
    assert yahoo.ask_token(grant_type="password").json()["error"] == "unsupported_grant_type"


def test_an_access_token_lives_an_hour_and_a_consent_four_weeks(yahoo: YahooClient) -> None:
    yahoo.product()
    assert yahoo.get("tea-01").status_code == 200
    yahoo.clock.sleep(HOUR)
    expired = yahoo.get("tea-01")
    assert expired.status_code == 401
    assert 'error="invalid_token", error_description="expired token"' in expired.headers["WWW-Authenticate"]
    assert "Please provide valid credentials" in text(expired, "Message")
    assert codes(expired) == []
    yahoo.clock.sleep(27 * DAY)
    yahoo.login()
    assert yahoo.get("tea-01").status_code == 200
    yahoo.clock.sleep(DAY)
    assert yahoo.ask_token().json()["error"] == "invalid_grant"


def test_a_withdrawn_consent_kills_its_tokens(yahoo: YahooClient) -> None:
    yahoo.login()
    yahoo.mall.withdraw_consent()
    assert yahoo.get("tea-01").status_code == 401
    assert yahoo.ask_token().json()["error"] == "invalid_grant"


def test_without_a_token(yahoo: YahooClient) -> None:
    answer = yahoo.http.post(BASE + "getStock", data={})
    assert (answer.status_code, answer.text) == (401, "Service Requires Authentication")


def test_a_good_signature_is_said_so_and_a_bad_one_too(yahoo: YahooClient) -> None:
    assert yahoo.list().headers[STATUS] == "authorized"
    yahoo.signs = False
    answer = yahoo.list()
    assert (answer.status_code, answer.headers[STATUS]) == (200, "unauthorized")
    yahoo.mall.switches.unsigned_status = None
    assert STATUS not in yahoo.list().headers


@pytest.mark.parametrize("wrong", ["seller", "version", "clock", "age", "noise"])
def test_what_spoils_a_signature(yahoo: YahooClient, wrong: str) -> None:
    yahoo.mall.switches.consent_days = 1000
    good = yahoo.signature
    if wrong == "seller":
        yahoo.mall.seller_id = "another"
        spoilt = good()
        yahoo.seller = "another"
        yahoo.signature = lambda: spoilt  # type: ignore[method-assign]
    elif wrong == "version":
        yahoo.version = 9
    elif wrong == "clock":
        spoilt = good()
        yahoo.signature = lambda: spoilt  # type: ignore[method-assign]
        yahoo.clock.sleep(301)
    elif wrong == "age":
        yahoo.mall.switches.unsigned_hours = 1e6
        yahoo.clock.sleep(366 * DAY)
    else:
        yahoo.signature = lambda: {"X-sws-signature": "bm9pc2U=", "X-sws-signature-version": "1"}  # type: ignore[method-assign]
    assert yahoo.list().headers[STATUS] == "unauthorized"


@pytest.mark.parametrize("kills", [True, False])
def test_after_twelve_hours_unsigned_order_calls_stop(yahoo: YahooClient, kills: bool) -> None:
    yahoo.mall.switches.unsigned_kills_consent = kills
    yahoo.clock.sleep(12 * HOUR)
    assert yahoo.list().status_code == 200  # signed
    yahoo.signs = False
    refused = yahoo.list()
    assert (refused.status_code, codes(refused)) == (401, ["px-04102"])
    assert (yahoo.ask_token().status_code == 200) == (not kills)


def test_two_keys_at_a_time(yahoo: YahooClient) -> None:
    new = yahoo.mall.issue_key()
    assert new.version == 2
    assert yahoo.list().headers[STATUS] == "authorized"  # by the old one
    yahoo.version, yahoo.pem = yahoo.mall.public_key()
    assert yahoo.version == 2
    assert yahoo.list().headers[STATUS] == "authorized"
    with pytest.raises(AssertionError):
        yahoo.mall.issue_key()


@pytest.mark.parametrize("status", [401, 403])
def test_order_calls_need_approval_and_a_known_address(yahoo: YahooClient, status: Any) -> None:
    yahoo.product()
    yahoo.mall.switches.refusal_status = status
    yahoo.mall.switches.allowed_ips = ("192.0.2.1",)
    refused = yahoo.list()
    assert (refused.status_code, codes(refused)) == (status, ["px-04306"])
    assert yahoo.get("tea-01").status_code == 200
    yahoo.mall.switches.allowed_ips = None
    yahoo.mall.switches.order_api_approved = False
    assert codes(yahoo.list()) == ["px-04303"]


def test_a_store_spelled_otherwise_is_not_specified(yahoo: YahooClient) -> None:
    wrong = yahoo.call("POST", "getStock", data={"sellerId": yahoo.seller, "item_code": "tea-01"})
    assert codes(wrong) == ["px-04001"]
    assert codes(yahoo.call("POST", "getStock", json={"seller_id": yahoo.seller})) == ["px-04001"]
    assert codes(yahoo.order_call("orderList", "<Search/>", seller="seller_id")) == ["px-04001"]
    assert codes(yahoo.call("GET", "orderCount", signed=True, params={"seller_id": yahoo.seller})) == ["px-04001"]


def test_one_call_a_second_and_api(yahoo: YahooClient) -> None:
    yahoo.product()
    yahoo.login()
    yahoo.clock.sleep(1)
    yahoo.hurry = True
    assert [yahoo.get("tea-01").status_code, yahoo.set("tea-01", "3").status_code] == [200, 200]
    refused = yahoo.get("tea-01")
    assert (refused.status_code, text(refused, "Message")) == (403, "Your Request was Forbidden")
    yahoo.mall.switches.over_limit, yahoo.mall.switches.retry_after = "429", 3
    refused = yahoo.get("tea-01")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "3")
    yahoo.clock.sleep(1)
    assert yahoo.get("tea-01").status_code == 200
    yahoo.mall.switches.over_limit = "off"
    assert yahoo.get("tea-01").status_code == 200


def test_so_many_calls_a_day_of_japan(yahoo: YahooClient) -> None:
    yahoo.product()
    yahoo.mall.switches.daily_limit = 3
    assert [yahoo.get("tea-01").status_code for _ in range(4)] == [200, 200, 200, 403]
    yahoo.clock.sleep(14 * HOUR)  # past midnight in Japan
    yahoo.login()
    assert yahoo.get("tea-01").status_code == 200


@pytest.mark.parametrize(("kind", "status"), [("html", 503), ("empty", 503), ("code", 400)])
def test_maintenance_of_one_api(yahoo: YahooClient, kind: Any, status: int) -> None:
    yahoo.mall.switches.maintenance = {"order": kind}
    answer = yahoo.list()
    assert answer.status_code == status
    assert ("ed-00002" in answer.text) == (kind == "code")
    assert yahoo.get("tea-01").status_code == 200


def test_what_there_is_not(yahoo: YahooClient) -> None:
    assert yahoo.call("GET", "getStock").status_code == 405
    assert yahoo.call("POST", "editItem").status_code == 404


def test_consents_tokens_and_keys_survive_a_restart(yahoo: YahooClient) -> None:
    yahoo.product()
    yahoo.mall.place([(("tea-01", ""), 1)], held=True)
    yahoo.login()
    again = Yahoo(yahoo.clock)
    again.load_json(json.loads(json.dumps(yahoo.mall.to_json())))
    other = YahooClient(again, yahoo.clock)
    other.token = yahoo.token
    yahoo.clock.sleep(HOUR - 10)
    assert (other.version, other.pem) == (yahoo.version, yahoo.pem)
    assert other.get("tea-01").status_code == 200
    yahoo.clock.sleep(10)
    other.login()
    assert len(other.listed()) == 1  # its review is over
