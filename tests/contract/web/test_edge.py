"""What may be asked of the web edge, and that nothing sent to it brings it down."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.client import HTTPResponse
from pathlib import Path
from random import Random

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families
from werkzeug.test import EnvironBuilder, run_wsgi_app

from bridge.config import Web
from bridge.ledger.values import iso
from bridge.web.app import MAX_BODY
from bridge.web.server import Server
from tests.contract.web.conftest import Door
from tests.contract.web.sender import Sent, forged, genuine


@pytest.mark.parametrize(
    "path", ["/", "/webhooks/", "/webhooks/rakuten", "/webhooks/shopify/", "/metrics/x", "/%00", "/é"]
)
def test_other_paths_are_not_there(door: Door, path: str) -> None:
    assert door.http.get(path).status_code == door.http.post(path).status_code == 404


LOOK = {"GET", "HEAD"}


@pytest.mark.parametrize(("path", "allowed"), [("/webhooks/shopify", {"POST"}), ("/healthz", LOOK), ("/metrics", LOOK)])
def test_other_methods_are_refused(door: Door, path: str, allowed: set[str]) -> None:
    for method in {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "BREW"} - allowed:
        answer = door.http.open(path, method=method)
        assert (answer.status_code, set(answer.headers["Allow"].split(", "))) == (405, allowed), method


def test_a_monitor_may_ask_for_the_code_alone(door: Door) -> None:
    answer = door.http.head("/healthz")
    assert (answer.status_code, answer.data) == (503, b"")


def test_a_body_that_is_too_long_is_not_read(door: Door) -> None:
    sent = genuine(door.clock, 1, filler="x" * MAX_BODY)
    assert door.send(sent) == 413
    assert door.remembered() == 0


def test_a_webhook_is_put_off_while_the_ledger_can_not_be_written(tmp_path: Path) -> None:
    """503: the mall tries again later."""
    door = Door(tmp_path / "ledger.sqlite")
    with door.ledger.write() as tx:
        tx.conn.exec_driver_sql("DROP TABLE webhook")
    assert door.send(genuine(door.clock, 1)) == 503
    assert not door.wakes["shopify"].due()


ANYTHING = st.text(st.characters(codec="latin-1"), max_size=40)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from(["GET", "POST", "HEAD", "PUT", "", "PROPFIND"]) | ANYTHING,
    path=st.sampled_from(["/webhooks/shopify", "/webhooks/sheet", "/healthz", "/metrics"]) | ANYTHING,
    headers=st.dictionaries(
        st.sampled_from(["CONTENT_TYPE", "CONTENT_LENGTH", "HTTP_HOST", "HTTP_X_SHOPIFY_HMAC_SHA256", "QUERY_STRING"])
        | ANYTHING.map(lambda name: f"HTTP_{name}"),
        ANYTHING,
    ),
    body=st.binary(max_size=300),
)
def test_no_request_brings_it_down(door: Door, method: str, path: str, headers: dict[str, str], body: bytes) -> None:
    """As a server hands requests on, however wild they are."""
    environ = {**EnvironBuilder(data=body).get_environ(), "REQUEST_METHOD": method, "PATH_INFO": path, **headers}
    status, *_ = run_wsgi_app(door.edge, environ)[1:]
    code = int(status.split()[0])
    assert code < 500 or (path, code) == ("/healthz", 503)
    assert door.remembered() == 0


def test_health_is_told_by_the_answers_code(door: Door) -> None:
    answer = door.http.get("/healthz")
    assert (answer.status_code, answer.json["sheet_age_seconds"]) == (503, None)  # it has not read the sheet yet
    with door.ledger.write() as tx:
        tx.put("sheet read at", iso(tx.at))
    assert door.http.get("/healthz").status_code == 200
    door.clock.sleep(600)
    answer = door.http.get("/healthz")
    assert (answer.status_code, answer.json["sheet_age_seconds"]) == (503, 600.0)


def test_figures_are_what_prometheus_reads(door: Door) -> None:
    with door.ledger.write() as tx:
        tx.channels.greet("shopify")
        tx.channels.change("shopify", live=True, watermark=iso(tx.at))
    door.clock.sleep(90)
    door.send(genuine(door.clock, 1))
    families = {family.name: family for family in text_string_to_metric_families(door.http.get("/metrics").text)}
    (age,) = families["bridge_channel_orders_age_seconds"].samples
    assert (age.labels, age.value) == ({"channel": "shopify"}, 90.0)
    assert families["bridge_webhooks"].samples[0].value == 1.0
    assert families["bridge_ok"].samples[0].value == 0.0


# --- over a socket ----------------------------------------------------------------------------------------------------


@pytest.fixture
def server(door: Door) -> Iterator[Server]:
    server = Server(Web(port=0), door.edge)
    yield server
    server.stop()


def test_it_listens_on_this_machine_alone(door: Door) -> None:
    assert Web().host == "127.0.0.1"
    server = Server(Web(port=0), door.edge)
    server.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port), timeout=5)


def test_clients_that_never_finish_keep_nobody_waiting(door: Door, server: Server) -> None:
    """More half-sent requests than there are threads; a genuine one is answered all the same."""
    slow = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(20)]
    for each in slow:
        each.sendall(b"POST /webhooks/shopify HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n{")
    sent = genuine(door.clock, 1)
    url = f"http://127.0.0.1:{server.port}/webhooks/shopify"
    assert httpx.post(url, content=sent.body, headers=sent.headers, timeout=30, trust_env=False).status_code == 200
    for each in slow:
        each.close()


GARBAGE = [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # TLS
    b"GET\r\n\r\n",
    b"POST /webhooks/shopify HTTP/1.1\r\nContent-Length: many\r\n\r\n",
    b"POST /webhooks/shopify HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    b"POST /webhooks/shopify HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
    b"POST /webhooks/shopify HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"POST /webhooks/shopify HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\n" + b"X: " + b"a" * 70_000 + b"\r\n\r\n",
    b"GET /%ff%fe/../../etc/passwd HTTP/1.1\r\nHost: \xff\r\n\r\n",
    b"GET http://[::1 HTTP/1.1\r\nHost: [::1\r\n\r\n",
    b"\0" * 500 + b"\r\n\r\n",
]


@pytest.mark.parametrize("garbage", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_is_the_senders_fault(server: Server, garbage: bytes) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as line:
        answer = b""
        with suppress(OSError):  # it may have hung up already, which is answer enough
            line.sendall(garbage)
            line.shutdown(socket.SHUT_WR)
            answer = line.recv(4096)
    assert answer == b"" or answer.split()[1].startswith(b"4"), answer
    assert httpx.get(f"http://127.0.0.1:{server.port}/healthz", trust_env=False).status_code == 503  # it answers still


class Line:
    """One client. Unlike a library's it sends whatever bytes it is given."""

    def __init__(self, port: int) -> None:
        self._address = ("127.0.0.1", port)
        self._line = socket.create_connection(self._address, timeout=60)

    def post(self, sent: Sent) -> int:
        headers = {"Host": "bridge", **sent.headers, "Content-Length": str(len(sent.body))}
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self._line.sendall(f"POST /webhooks/shopify HTTP/1.1\r\n{lines}\r\n".encode() + sent.body)
        answer = HTTPResponse(self._line)
        answer.begin()
        answer.read()
        if answer.will_close:
            self.close()
            self._line = socket.create_connection(self._address, timeout=60)
        return answer.status

    def close(self) -> None:
        self._line.close()


@pytest.mark.long
def test_ten_thousand_forged_webhooks_over_a_socket(
    door: Door, server: Server, record_property: Callable[[str, object], None]
) -> None:
    """Must show 3: none accepted, no answer 5xx, and the genuine ones among them all taken."""
    count, lines = 10_000, 4
    answers: list[int] = []

    def send(part: int) -> None:
        random, line = Random(part), Line(server.port)
        for number in range(part, count, lines):
            answers.append(line.post(forged(genuine(door.clock, number), random)))
        answers.append(line.post(genuine(door.clock, count + part)))
        line.close()

    began = time.monotonic()
    threads = [threading.Thread(target=send, args=(part,)) for part in range(lines)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"{count} forged, {count / (time.monotonic() - began):.0f} a second: {answers.count(401)} × 401")
    assert sum(status >= 500 for status in answers) == 0
    assert answers.count(200) == lines
    assert door.remembered() == lines
    assert len(answers) == count + lines
    assert answers.count(401) == door.came("forged") == count
    record_property("counted forged webhooks", count)
    record_property("counted forged webhooks accepted", answers.count(200) - lines)
    record_property("counted answers 5xx", sum(status >= 500 for status in answers))
