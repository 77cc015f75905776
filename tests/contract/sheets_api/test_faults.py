"""The fault dial, through requests and through httpx, in process and over a socket."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import gspread
import httpx
import pytest
import requests
from waitress import wasyncore
from waitress.server import create_server

from bridge.sandbox.faults import Delay, Dial, Faults, Late, Lost, Refuse, ReplyLost, path_contains
from tests.contract.sheets_api.conftest import World
from tests.support.virtual_clock import VirtualClock
from tests.support.wsgi_transport import WsgiTransport


def write(world: World, text: str) -> None:
    world.tab.update([[text]], "A1")


def test_a_lost_request_is_not_applied(world: World) -> None:
    world.faults.next(Lost())
    with pytest.raises(requests.exceptions.ConnectionError):
        write(world, "x")
    assert world.shown() == []
    write(world, "y")
    assert world.shown() == [["y"]]


def test_a_lost_reply_was_applied(world: World) -> None:
    world.faults.next(ReplyLost())
    with pytest.raises(requests.exceptions.ReadTimeout):
        write(world, "x")
    assert world.shown() == [["x"]]


def test_a_late_request_is_applied_when_it_arrives(world: World) -> None:
    world.faults.next(Late())
    with pytest.raises(requests.exceptions.ReadTimeout):
        write(world, "late")
    write(world, "early")
    assert (world.shown(), world.faults.held) == ([["early"]], 1)
    assert world.faults.deliver_late() == 1
    assert (world.shown(), world.faults.held) == ([["late"]], 0)


def test_refusals_are_googles(world: World) -> None:
    world.faults.next(Refuse(429, retry_after=7))
    answer = world.raw("GET", f"/v4/spreadsheets/{world.book.id}")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert answer.json()["error"]["status"] == "RESOURCE_EXHAUSTED"
    world.faults.next(Refuse(503))
    with pytest.raises(gspread.exceptions.APIError) as caught:
        write(world, "x")
    assert (caught.value.code, world.shown()) == (503, [])


def test_a_delay_passes_on_the_clock(world: World) -> None:
    world.faults.next(Delay(3.0))
    before = world.clock.elapsed
    write(world, "x")
    assert (world.clock.elapsed - before, world.shown()) == (3.0, [["x"]])


def test_a_fault_waits_for_the_request_it_is_meant_for(world: World) -> None:
    world.faults.next(Lost(), path_contains(":batchUpdate"))
    write(world, "x")
    assert world.faults.pending == 1
    with pytest.raises(requests.exceptions.ConnectionError):
        world.batch({"addSheet": {}})
    assert (world.faults.pending, world.faults.injected) == (0, 1)


def test_somebody_edits_between_two_calls(world: World) -> None:
    edits = iter(["before", "after"])
    world.faults.before = lambda _: world.book.type(0, 0, 1, next(edits))
    world.faults.after = lambda _: world.book.type(0, 0, 2, next(edits))
    write(world, "x")
    world.faults.before = world.faults.after = None
    assert world.shown() == [["x", "before", "after"]]


def test_the_dial_repeats_itself_with_the_same_seed() -> None:
    def app(_: object, start_response: object) -> list[bytes]:
        start_response("200 OK", [])  # type: ignore[operator]
        return [b""]

    def story(seed: int) -> list[int]:
        dial = Dial(too_many=0.3, server_error=0.2)
        faults = Faults(app, VirtualClock(), dial=dial, seed=seed)
        with httpx.Client(transport=WsgiTransport(app=faults), base_url="http://mall") as client:
            return [client.get("/").status_code for _ in range(40)]

    assert story(1) == story(1) != story(2)
    assert set(story(1)) == {200, 429, 503}


@pytest.mark.parametrize(("fault", "failure"), [(Lost(), httpx.ReadError), (ReplyLost(), httpx.ReadTimeout)])
def test_httpx_sees_its_own_failures(world: World, fault: Lost | ReplyLost, failure: type[Exception]) -> None:
    world.faults.next(fault)
    with (
        httpx.Client(transport=WsgiTransport(app=world.faults), base_url="https://sheets") as client,
        pytest.raises(failure),
    ):
        client.get("/v4/spreadsheets/x")


@pytest.fixture
def address(world: World) -> Iterator[str]:
    """The same application behind waitress, on a free port of this machine."""
    sockets: dict[int, Any] = {}
    server = create_server(world.faults, map=sockets, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    with suppress(OSError):  # it was awake already, and took the order before it was nudged
        server.trigger.pull_trigger(lambda: wasyncore.close_all(sockets))  # in its own thread, not under its eyes
    thread.join(timeout=10)


def test_over_a_socket_a_cut_closes_the_connection_without_an_answer(world: World, address: str) -> None:
    assert httpx.get(f"{address}/v4/spreadsheets/x").status_code == 403
    world.faults.next(Lost())
    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        httpx.get(f"{address}/v4/spreadsheets/x")
    assert httpx.get(f"{address}/v4/spreadsheets/x").status_code == 403
