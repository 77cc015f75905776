"""The one door: what is sent, how often, when it is sent again, and what is written down about it."""

from __future__ import annotations

import gzip
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from itertools import pairwise
from random import Random
from threading import Thread

import httpx
import pytest

from bridge.channels import http
from bridge.channels.http import (
    FORM,
    Answer,
    MallHttp,
    Media,
    Operation,
    RequestRecord,
    Seams,
    ShadowWrite,
    raise_if_busy,
)
from bridge.channels.redaction import Redactor, only, without_keys
from bridge.errors import TryAgain
from bridge.limits import TokenBucket
from tests.support.virtual_clock import VirtualClock

READ = Operation("look", "POST", "/look", "all")
WRITE = Operation("set", "POST", "/set", "all", writes=True)
ONCE = Operation("add", "POST", "/add", "all", writes=True, repeatable=False)

Handler = Callable[[httpx.Request], httpx.Response]


class Door:
    def __init__(self, handler: Handler, *, live: bool = True, rate: float = 1000.0) -> None:
        self.clock = VirtualClock()
        self.requests: list[httpx.Request] = []
        self.records: list[RequestRecord] = []

        def handle(request: httpx.Request) -> httpx.Response:
            self.requests.append(request)
            return handler(request)

        seams = Seams(self.clock, lambda: live, Random(1), httpx.MockTransport(handle), self.records.append)
        self.http = MallHttp(
            "Mall",
            "https://mall.test",
            seams,
            {"all": TokenBucket(self.clock, rate, 1.0)},
            lambda _operation, answer: raise_if_busy("Mall", answer),
            None,
            Redactor(["top-secret/key"]),
            lambda body: only(body, {"ok", "name"}),
        )


def ok(_request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"ok": 1, "buyer": "Hanako"})


def failing(*failures: Exception | httpx.Response, then: Handler = ok) -> Handler:
    left = list(failures)

    def handle(request: httpx.Request) -> httpx.Response:
        if not left:
            return then(request)
        failure = left.pop(0)
        if isinstance(failure, Exception):
            raise failure
        return failure

    return handle


def test_an_answer_is_cleansed_before_anything_sees_it() -> None:
    door = Door(ok)
    assert door.http.call(READ).json == {"ok": 1}
    assert "Hanako" not in repr(door.records)


def test_a_body_is_json_with_its_charset_and_not_escaped() -> None:
    door = Door(ok)
    door.http.call(READ, {"name": "茶"})
    assert door.requests[0].headers["Content-Type"] == "application/json; charset=utf-8"
    assert "茶" in door.requests[0].content.decode()
    door.http.call(Operation("get", "GET", "/get", "all"))
    assert "Content-Type" not in door.requests[1].headers


def test_a_form_is_sent_as_one_and_its_secrets_are_not_written_down() -> None:
    door = Door(ok)
    door.http.call(replace(READ, media=FORM), {"key": "top-secret/key", "name": "茶 &"})
    [request] = door.requests
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert request.content == b"key=top-secret%2Fkey&name=%E8%8C%B6+%26"
    assert door.records[0].sent == '{"key": "•••", "name": "茶 &"}'


def test_a_document_goes_out_as_it_stands_and_to_a_whole_address() -> None:
    door = Door(ok)
    media = Media("application/json; charset=UTF-8", bytes)
    operation = Operation("put", "PUT", "https://store.test/a%2Fb?x=%20", "all", media=media)
    door.http.call(operation, b"{}")
    [request] = door.requests
    assert (str(request.url), request.content) == ("https://store.test/a%2Fb?x=%20", b"{}")
    assert request.headers["Content-Type"] == "application/json; charset=UTF-8"


def test_a_packed_document_is_unpacked() -> None:
    packed = gzip.compress(b'{"ok": 1, "buyer": "Hanako"}')
    door = Door(lambda _request: httpx.Response(200, content=packed))
    assert door.http.call(READ).json == {"ok": 1}
    assert "Hanako" not in repr(door.records)


@pytest.mark.parametrize("spoil", [lambda packed: packed[:20], lambda packed: packed[:2] + b"x" * 50])
def test_a_broken_package_is_no_answer(spoil: Callable[[bytes], bytes]) -> None:
    packed = spoil(gzip.compress(b'{"ok": 1, "name": "' + bytes(range(65, 91)) + b'"}'))
    assert Door(lambda _request: httpx.Response(200, content=packed)).http.call(READ).json is None


def test_a_package_is_unpacked_only_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MAX_ANSWER_BYTES", 1000)
    bomb = gzip.compress(b"[" + b" " * 10_000_000 + b"]")
    assert len(bomb) > 1000  # it is refused for its own length …
    with pytest.raises(TryAgain):
        Door(lambda _request: httpx.Response(200, content=bomb)).http.call(READ)
    monkeypatch.setattr(http, "MAX_ANSWER_BYTES", 100_000)
    answer = Door(lambda _request: httpx.Response(200, content=bomb)).http.call(READ)
    assert answer.json is None  # … or for what is in it: no more than that is ever unpacked


@pytest.mark.parametrize("operation", [READ, WRITE], ids=lambda operation: operation.name)
@pytest.mark.parametrize(
    "failure",
    [httpx.ReadTimeout(""), httpx.ConnectError(""), httpx.RemoteProtocolError(""), httpx.Response(502)],
    ids=lambda failure: type(failure).__name__,
)
def test_what_may_be_repeated_is_repeated(operation: Operation, failure: Exception | httpx.Response) -> None:
    door = Door(failing(failure, failure))
    assert door.http.call(operation).status == 200
    assert [record.attempt for record in door.records] == [1, 2, 3]
    assert door.clock.elapsed > 1.5


@pytest.mark.parametrize("failure", [httpx.ReadTimeout(""), httpx.ReadError(""), httpx.Response(500)])
def test_what_may_not_is_ambiguous_at_once(failure: Exception | httpx.Response) -> None:
    door = Door(failing(failure))
    with pytest.raises(TryAgain) as caught:
        door.http.call(ONCE)
    assert caught.value.ambiguous
    assert len(door.requests) == 1


@pytest.mark.parametrize("failure", [httpx.ConnectError(""), httpx.ConnectTimeout(""), httpx.Response(429)])
def test_what_never_arrived_is_repeated_though_it_may_not_be_twice(failure: Exception | httpx.Response) -> None:
    assert Door(failing(failure)).http.call(ONCE).status == 200


def test_once_ambiguous_stays_ambiguous() -> None:
    """The last refusal is plain, but the first try may have been carried out."""
    door = Door(failing(httpx.ReadTimeout(""), *[httpx.Response(429) for _ in range(9)]))
    with pytest.raises(TryAgain) as caught:
        door.http.call(WRITE)
    assert caught.value.ambiguous
    assert len(door.requests) == WRITE.attempts


def test_a_read_is_never_ambiguous() -> None:
    door = Door(failing(*[httpx.ReadTimeout("") for _ in range(9)]))
    with pytest.raises(TryAgain) as caught:
        door.http.call(READ)
    assert not caught.value.ambiguous


def test_the_whole_call_takes_a_bounded_time() -> None:
    def slow(_request: httpx.Request) -> httpx.Response:
        door.clock.sleep(50)
        raise httpx.ReadTimeout("")

    door = Door(slow)
    with pytest.raises(TryAgain):
        door.http.call(READ)
    assert door.clock.elapsed <= READ.seconds + 50


@pytest.mark.parametrize("form", ["number", "date"])
def test_retry_after_is_honoured(form: str) -> None:
    door = Door(ok)
    at = format_datetime(door.clock.now() + timedelta(seconds=20), usegmt=True)
    header = {"Retry-After": "20" if form == "number" else at}
    door = Door(failing(httpx.Response(429, headers=header)))
    door.http.call(READ)
    assert 20 <= door.clock.elapsed < 30


def test_a_long_retry_after_is_handed_on() -> None:
    door = Door(failing(httpx.Response(503, headers={"Retry-After": "900"})))
    with pytest.raises(TryAgain) as caught:
        door.http.call(READ)
    assert caught.value.after == 900
    assert door.clock.elapsed == 0


@pytest.mark.parametrize("value", ["99999999999", "Fri, 31 Dec 2099 23:59:59 GMT"])
def test_nobody_is_waited_for_longer_than_a_day(value: str) -> None:
    door = Door(failing(httpx.Response(503, headers={"Retry-After": value})))
    with pytest.raises(TryAgain) as caught:
        door.http.call(READ)
    assert caught.value.after == 86_400


@pytest.mark.parametrize("value", ["soon", "-5", "", "nan", "99999999999999999999"])
def test_a_strange_retry_after_does_no_harm(value: str) -> None:
    door = Door(failing(httpx.Response(429, headers={"Retry-After": value})))
    with suppress(TryAgain):
        door.http.call(READ)
    assert 0 < door.clock.elapsed < 3 or value.startswith("999")


def test_pauses_grow_and_jitter() -> None:
    door = Door(failing(*[httpx.Response(500) for _ in range(9)]))
    with pytest.raises(TryAgain):
        door.http.call(READ)
    times = [record.at for record in door.records]
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
    assert gaps == sorted(gaps)
    assert all(gap != round(gap, 1) for gap in gaps)


def test_shadow_sends_nothing_that_writes() -> None:
    door = Door(ok, live=False)
    with pytest.raises(ShadowWrite):
        door.http.call(WRITE)
    assert door.requests == []
    assert door.http.call(READ).status == 200


def test_an_endless_answer_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MAX_ANSWER_BYTES", 1000)
    door = Door(lambda _request: httpx.Response(200, content=b"x" * 2000))
    with pytest.raises(TryAgain):
        door.http.call(READ)


def test_an_answer_that_is_no_json_is_kept_short() -> None:
    door = Door(lambda _request: httpx.Response(200, text="<html>" + "x" * 5000))
    answer = door.http.call(READ)
    assert answer.json is None
    assert len(answer.text) == 500


def test_secrets_are_masked_wherever_they_stand() -> None:
    door = Door(lambda _request: httpx.Response(200, text="your key top-secret/key is odd"))
    door.http.call(READ, {"name": "top-secret/key", "client_secret": "other"}, query={"k": "top-secret/key"})
    [record] = door.records
    assert "top-secret" not in repr(record)
    assert "other" not in record.sent
    assert record.url == "https://mall.test/look?k=•••"


def test_httpx_says_nothing_of_its_own(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    Door(ok).http.call(READ, query={"k": "top-secret/key"})
    assert caplog.text == ""


def test_the_record_tells_what_was_done() -> None:
    door = Door(failing(httpx.ReadTimeout("")))
    door.http.call(WRITE, {"name": 1})
    first, second = door.records
    assert (first.status, first.attempt, first.writes) == (None, 1, True)
    assert first.error is not None
    assert (second.status, second.attempt, second.sent, second.received) == (200, 2, '{"name": 1}', '{"ok": 1}')


# Limits.


def test_a_bucket_lets_through_its_rate_and_no_more() -> None:
    clock = VirtualClock()
    bucket = TokenBucket(clock, rate=2.0, burst=3.0)
    times = []
    for _ in range(9):
        assert bucket.take(1.0, patience=100.0)
        times.append(clock.elapsed)
    assert times == [0, 0, 0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0]
    clock.sleep(60)
    assert [bucket.take(1.0, 0.0) for _ in range(4)] == [True, True, True, False]


def test_a_bucket_refuses_at_once_what_would_take_too_long() -> None:
    clock = VirtualClock()
    bucket = TokenBucket(clock, rate=1.0, burst=1.0)
    assert bucket.take(1.0, 0.0)
    assert not bucket.take(1.0, 0.9)
    assert clock.elapsed == 0
    assert bucket.take(1.0, 1.0)


def test_a_price_above_the_whole_bucket_is_paid_when_it_is_full() -> None:
    clock = VirtualClock()
    bucket = TokenBucket(clock, rate=1.0, burst=5.0)
    assert bucket.take(8.0, 0.0)
    assert not bucket.take(1.0, 3.9)
    assert bucket.take(1.0, 4.0)


def test_a_bucket_is_corrected_by_what_the_mall_says() -> None:
    clock = VirtualClock()
    bucket = TokenBucket(clock, rate=1.0, burst=10.0)
    bucket.correct(level=2.0, rate=4.0, burst=20.0)
    assert not bucket.take(10.0, 1.9)
    assert bucket.take(10.0, 2.0)
    assert clock.elapsed == 2.0


def test_many_threads_share_a_bucket() -> None:
    clock = VirtualClock()
    bucket = TokenBucket(clock, rate=1000.0, burst=50.0)
    taken: list[bool] = []
    threads = [Thread(target=lambda: taken.extend(bucket.take(1.0, 0.0) for _ in range(20))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(taken) == 50


def test_a_limit_that_would_take_too_long_is_try_again() -> None:
    door = Door(ok, rate=0.001)
    door.http.call(READ)
    with pytest.raises(TryAgain, match="rate limit") as caught:
        door.http.call(READ)
    assert not caught.value.ambiguous
    assert len(door.requests) == 1


# Keys.


def test_keys_in_json_are_masked_at_any_depth() -> None:
    assert without_keys({"a": [{"access_token": "x", "scope": "s"}]}) == {"a": [{"access_token": "•••", "scope": "s"}]}


def test_an_answer_has_lower_case_headers() -> None:
    answer: Answer = Door(lambda _request: httpx.Response(200, headers={"X-Thing": "1"})).http.call(READ)
    assert answer.headers["x-thing"] == "1"


def test_broken_json_is_not_kept_for_it_may_hold_what_is_cleansed_from_it() -> None:
    door = Door(lambda _request: httpx.Response(200, text='{"ok": 1, "buyer": "Hanako", "na'))
    answer = door.http.call(READ)
    assert answer.json is None
    assert "Hanako" not in answer.text + repr(door.records)
    assert "broken JSON" in door.records[0].received
