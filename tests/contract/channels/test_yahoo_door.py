"""Yahoo's own traps: consent, key, limits (yahoo.md §1, §5, §8, §9)."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

import httpx
import pytest

from bridge.channels.port import OrdersRead, Outcome, PushItem
from bridge.channels.yahoo.auth import public_key
from bridge.errors import NeedsPerson, TryAgain
from bridge.refreshed import InMind
from bridge.sandbox.malls.yahoo import Yahoo as YahooSimulator
from bridge.settings import Secret
from tests.contract.channels.conformance import KEY, YahooMall
from tests.support.virtual_clock import VirtualClock

DAY, HOUR = 86_400.0, 3600.0


def calls(yahoo: YahooMall, operation: str) -> int:
    return sum(record.operation == operation for record in yahoo.records)


@pytest.fixture
def strict() -> YahooMall:
    """As Yahoo is: a consent lives for 28 days."""

    class Strict(YahooMall):
        def make_simulator(self) -> YahooSimulator:
            return YahooSimulator(self.clock)

    return Strict()


def test_one_token_serves_an_hour(yahoo: YahooMall) -> None:
    tea = yahoo.add("tea", 10)
    for _ in range(11):
        yahoo.clock.sleep(300)
        yahoo.channel.read([tea])
    assert calls(yahoo, "token") == 1
    yahoo.clock.sleep(300)
    yahoo.channel.read([tea])
    assert calls(yahoo, "token") == 2  # five minutes early
    assert not any(record.status == 401 for record in yahoo.records)


@pytest.mark.parametrize("auth", ["basic", "both"])
def test_an_expired_token_is_renewed_once_and_the_call_repeated(yahoo: YahooMall, auth: Any) -> None:
    yahoo.simulator.switches.token_auth = auth
    tea = yahoo.add("tea", 10)
    yahoo.channel.read([tea])
    yahoo.simulator.state.access.clear()
    assert yahoo.channel.read([tea]) == {tea: 10}
    yahoo.simulator.state.access.clear()
    [pushed] = yahoo.channel.push([PushItem(tea, 4, 10)], KEY)
    assert pushed.outcome is Outcome.DONE
    assert calls(yahoo, "token") == 3


def test_t13_the_refresh_token_stays_where_no_new_one_comes(yahoo: YahooMall) -> None:
    yahoo.simulator.switches.expires_in_text = True
    tea = yahoo.add("tea", 10)
    for _ in range(3):
        yahoo.clock.sleep(2 * HOUR)
        assert yahoo.channel.read([tea]) == {tea: 10}
    assert calls(yahoo, "token") == 3


def test_t13_a_new_refresh_token_takes_the_place_of_the_old(yahoo: YahooMall) -> None:
    yahoo.simulator.switches.refresh_gives_refresh_token = True
    tea = yahoo.add("tea", 10)
    for _ in range(3):
        yahoo.clock.sleep(2 * HOUR)
        assert yahoo.channel.read([tea]) == {tea: 10}
    kept = repr(yahoo.records)
    assert "RT-" not in kept
    assert "AT-" not in kept


class Keeper(InMind):
    """Counts what is kept."""

    kept = 0

    def keep(self, channel: str, given: str, newest: str) -> None:
        self.kept += 1
        super().keep(channel, given, newest)


@pytest.mark.parametrize(("always", "times"), [(None, 3), ("RT-1", 1)])
def test_t13_a_new_refresh_token_outlives_a_restart_and_is_kept_once(
    yahoo: YahooMall, monkeypatch: pytest.MonkeyPatch, always: str | None, times: int
) -> None:
    """`always`: the one that Yahoo gives each time, in place of another."""
    keeper, seams, secret = Keeper(), yahoo.seams(), yahoo.simulator.secret
    yahoo.seams = lambda: replace(seams, tokens=keeper)  # type: ignore[method-assign]
    yahoo.simulator.switches.refresh_gives_refresh_token = True
    monkeypatch.setattr(yahoo.simulator, "secret", lambda kind: (kind == "RT" and always) or secret(kind))
    tea = yahoo.add("tea", 10)
    for _ in range(3):
        yahoo.channel = yahoo.connect()  # with the settings as they were
        assert yahoo.channel.read([tea]) == {tea: 10}
    assert keeper.kept == times


def test_while_the_token_host_is_away_the_old_token_goes_on(yahoo: YahooMall) -> None:
    tea = yahoo.add("tea", 10)
    yahoo.channel.read([tea])
    yahoo.simulator.switches.maintenance = {"token": "html"}
    yahoo.clock.sleep(HOUR - 200)
    assert yahoo.channel.read([tea]) == {tea: 10}
    yahoo.clock.sleep(200)
    with pytest.raises(TryAgain):
        yahoo.channel.read([tea])


def test_t15_the_consent_ends_after_four_weeks(strict: YahooMall) -> None:
    tea = strict.add("tea", 10)
    strict.clock.sleep(27 * DAY)
    assert strict.channel.read([tea]) == {tea: 10}
    strict.clock.sleep(1 * DAY)
    with pytest.raises(NeedsPerson, match="consent"):
        strict.channel.read([tea])
    with pytest.raises(NeedsPerson, match="consents anew"):
        strict.read_orders()


def test_t15_the_end_that_needs_people_first_is_counted_down(yahoo: YahooMall) -> None:
    life = yahoo.channel.key_life()
    assert life is not None
    assert (life.name.split()[0], f"{life.expires:%Y-%m-%d}", life.warning.days) == ("refresh_token", "2026-12-21", 7)
    life = yahoo.connect(consented_on="2027-11-01").key_life()
    assert life is not None
    assert (life.name.split()[0], f"{life.expires:%Y-%m-%d}") == ("public_key", "2027-11-23")


def test_t15_check_says_how_many_days_are_left(yahoo: YahooMall) -> None:
    lines = {line.name: line for line in yahoo.channel.check()}
    assert "27 days" in lines["token"].hint.en
    assert "364 days" in lines["orderList + public key"].hint.en or "365" in lines["orderList + public key"].hint.en
    yahoo.clock.sleep(22 * DAY)
    lines = {line.name: line for line in yahoo.channel.check()}
    assert not lines["token"].ok
    assert "5 days" in lines["token"].hint.en
    assert lines["getStock / setStock"].ok


@pytest.mark.parametrize("status", ["unauthorized", None])
def test_t12_a_key_that_is_not_accepted_is_an_alarm_while_orders_go_on(yahoo: YahooMall, status: str | None) -> None:
    yahoo.simulator.switches.unsigned_status = status
    order = yahoo.buy((yahoo.add("tea", 10), 2))
    yahoo.simulator.state.keys[0].enabled = False
    answer = yahoo.read_orders()
    assert yahoo.counts(order) == (2, 2, 0, 0)
    assert set(answer.alarms) == {"X-SWS-Authorize-Status"}
    assert "2026-11-23 22:00" in answer.alarms["X-SWS-Authorize-Status"].en
    assert [line.name for line in yahoo.channel.check() if not line.ok] == ["orderList + public key"]
    yahoo.simulator.state.keys[0].enabled = True
    assert yahoo.read_orders().alarms == {}


@pytest.mark.parametrize("kills", [True, False])
def test_t14_twelve_hours_later_orders_stop_and_nobody_asks_in_a_loop(yahoo: YahooMall, kills: bool) -> None:
    yahoo.simulator.switches.unsigned_kills_consent = kills
    tea = yahoo.add("tea", 10)
    yahoo.simulator.state.keys[0].enabled = False
    yahoo.clock.sleep(12 * HOUR)
    with pytest.raises(NeedsPerson, match="px-04102"):
        yahoo.read_orders()
    assert (calls(yahoo, "token"), calls(yahoo, "orderList")) == (1, 1)
    if kills:
        with pytest.raises(NeedsPerson, match="consent"):
            yahoo.channel.read([tea])
    else:
        assert yahoo.channel.read([tea]) == {tea: 10}


@pytest.mark.parametrize("skew", [-280.0, 280.0])
def test_a_clock_that_is_minutes_off_is_still_believed(yahoo: YahooMall, skew: float) -> None:
    yahoo.buy((yahoo.add("tea", 10), 1))

    class Theirs(VirtualClock):
        def now(self) -> datetime:
            return yahoo.clock.now() + timedelta(seconds=skew)

        def monotonic(self) -> float:
            return yahoo.clock.monotonic()

    yahoo.simulator.clock = Theirs()
    assert yahoo.channel.orders(yahoo.since).alarms == {}


def test_each_request_is_signed_anew(yahoo: YahooMall) -> None:
    seen: list[tuple[str, str | None, str | None]] = []

    def note(environ: dict[str, Any]) -> None:
        path = environ["PATH_INFO"].rpartition("/")[2]
        seen.append((path, environ.get("HTTP_X_SWS_SIGNATURE"), environ.get("HTTP_X_SWS_SIGNATURE_VERSION")))

    yahoo.faults.before = note
    yahoo.push({yahoo.add("tea", 10): 3})
    yahoo.read_orders()
    assert {signature for path, signature, _ in seen if path in ("getStock", "setStock", "token")} == {None}
    signed = [(signature, version) for path, signature, version in seen if path == "orderList"]
    assert len({signature for signature, _ in signed}) == len(signed) > 1
    assert {version for _, version in signed} == {"1"}


@pytest.mark.parametrize("shape", [str, lambda pem: pem.replace("\n", ""), lambda pem: "".join(pem.split("\n")[1:-2])])
def test_a_key_is_read_however_it_was_pasted(yahoo: YahooMall, shape: Any) -> None:
    _, pem = yahoo.simulator.public_key()
    yahoo.channel = yahoo.connect(public_key=Secret(shape(pem).strip()))
    assert yahoo.read_orders().alarms == {}


@pytest.mark.parametrize("text", ["", "no key", "QUJD"])
def test_what_is_no_key_stops_orders_alone(yahoo: YahooMall, text: str) -> None:
    with pytest.raises(NeedsPerson):
        public_key(text)
    tea = yahoo.add("tea", 10)
    yahoo.channel = yahoo.connect(public_key=Secret(text))
    with pytest.raises(NeedsPerson, match="public_key"):
        yahoo.read_orders()
    assert yahoo.channel.read([tea]) == {tea: 10}


@pytest.mark.parametrize("status", [401, 403])
def test_t16_from_an_address_that_is_not_registered_stock_goes_on(yahoo: YahooMall, status: Any) -> None:
    yahoo.simulator.switches.allowed_ips = ("192.0.2.1",)
    yahoo.simulator.switches.refusal_status = status
    tea = yahoo.add("tea", 10)
    with pytest.raises(NeedsPerson, match="IP address"):
        yahoo.read_orders()
    assert yahoo.channel.read([tea]) == {tea: 10}
    assert {line.name for line in yahoo.channel.check() if not line.ok} == {
        "orderCount", "orderList + public key", "orderInfo",
    }  # fmt: skip


def test_an_order_api_that_was_not_applied_for_needs_a_person(yahoo: YahooMall) -> None:
    yahoo.simulator.switches.order_api_approved = False
    with pytest.raises(NeedsPerson, match="approved"):
        yahoo.read_orders()


def test_an_application_without_the_permission_needs_a_person(yahoo: YahooMall) -> None:
    yahoo.simulator.permitted = False
    with pytest.raises(NeedsPerson, match="permission"):
        yahoo.channel.read([yahoo.add("tea", 10)])
    assert calls(yahoo, "token") == 1


def test_a_wrong_client_secret_needs_a_person(yahoo: YahooMall) -> None:
    yahoo.simulator.client_secret = "another"
    with pytest.raises(NeedsPerson, match="client_secret"):
        yahoo.channel.read([yahoo.add("tea", 10)])


@pytest.mark.parametrize(("kind", "after"), [("403", None), ("429", 7), ("503", 7), ("429", None)])
def test_over_the_limit_in_any_shape_is_waited_out(yahoo: YahooMall, kind: Any, after: int | None) -> None:
    """Another program with the same application ID has used the second's only call."""
    yahoo.simulator.switches.over_limit = kind
    yahoo.simulator.switches.retry_after = after
    tea = yahoo.add("tea", 10)
    yahoo.channel.read([tea])
    yahoo.clock.sleep(10)
    yahoo.connect().read([tea])
    assert yahoo.channel.read([tea]) == {tea: 10}
    assert [record for record in yahoo.records if record.status == int(kind)]


def test_a_day_that_is_used_up_is_told_after_a_while_and_ends_at_midnight(yahoo: YahooMall) -> None:
    tea = yahoo.add("tea", 10)
    yahoo.simulator.switches.daily_limit = 0
    with pytest.raises(TryAgain):
        yahoo.channel.read([tea])
    yahoo.clock.sleep(600)
    with pytest.raises(NeedsPerson, match="50,000"):
        yahoo.channel.read([tea])
    yahoo.simulator.switches.daily_limit = 50_000
    assert yahoo.channel.read([tea]) == {tea: 10}


class Garbling(httpx.BaseTransport):
    """Passes requests on and spoils one place of every answer while it is on."""

    junk = ("", "x", "0", "-1", "1.5", "9" * 50, "<A/>", "2026-13-45", "&amp;", "<Error><Code>x</Code></Error>")

    def __init__(self, inner: httpx.BaseTransport, seed: int) -> None:
        self.inner, self.random = inner, Random(seed)
        self.on = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self.inner.handle_request(request)
        body = b"".join(response.stream).decode()  # type: ignore[arg-type]
        return httpx.Response(response.status_code, headers=_headers(response), text=self.spoilt(body))

    def spoilt(self, body: str) -> str:
        places = list(re.finditer(r"<(\w+)>([^<]*)</\1>", body))
        if not self.on or not places:
            return body
        place = self.random.choice(places)
        given = "" if self.random.random() < 0.4 else f"<{place[1]}>{self.random.choice(self.junk)}</{place[1]}>"
        cut = body[: place.start()] + given + body[place.end() :]
        return cut[: self.random.randrange(len(cut))] if self.random.random() < 0.1 else cut


def _headers(response: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name != "content-length"}


def test_spoilt_answers_end_as_the_contract_says(yahoo: YahooMall) -> None:
    tea, cup = yahoo.add("tea", 500), yahoo.add("cup", 500)
    orders = [yahoo.buy((tea, 2), (cup, 1)), yahoo.buy((tea, 1)), yahoo.buy((cup, 3))]
    yahoo.ship(orders[1])
    yahoo.cancel(orders[2])
    plain = yahoo.seams()
    for seed in range(40):
        garbling = Garbling(plain.transport, seed)  # type: ignore[arg-type]
        seams = type(plain)(plain.clock, plain.may_write, plain.random, garbling, plain.record)
        yahoo.seams = lambda seams=seams: seams  # type: ignore[method-assign,misc]
        channel = yahoo.connect()
        yahoo.clock.sleep(60)
        garbling.on = True
        with suppress(TryAgain, NeedsPerson):
            assert isinstance(channel.orders(yahoo.since, orders), OrdersRead)
        with suppress(TryAgain, NeedsPerson):
            assert all(type(number) is int for number in channel.read([tea, cup]).values())
        with suppress(NeedsPerson):
            pushed = channel.push([PushItem(tea, 1, 1), PushItem(cup, 2, 2)], f"{KEY}{seed}")
            assert all(isinstance(each.outcome, Outcome) for each in pushed)
        assert len(channel.check()) >= 5


def test_broken_xml_is_kept_nowhere(yahoo: YahooMall) -> None:
    """It may hold a buyer."""
    body = "<ResultSet><Buyer><BillMailAddress>hanako.kakuu@example.invalid</BillMailAddress>"
    token = {"access_token": "AT-1", "expires_in": 3600}
    broken = httpx.MockTransport(
        lambda request: (
            httpx.Response(200, json=token) if "token" in request.url.path else httpx.Response(200, text=body)
        )
    )
    plain = yahoo.seams()
    yahoo.seams = lambda: type(plain)(  # type: ignore[method-assign]
        plain.clock, plain.may_write, plain.random, broken, plain.record
    )
    with pytest.raises(TryAgain):
        yahoo.connect().orders(yahoo.since)
    assert "broken XML" in repr(yahoo.records)
    assert "example.invalid" not in repr(yahoo.records)
