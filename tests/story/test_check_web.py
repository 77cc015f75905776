"""`bridge check` of the web edge: a line for each mistake in [web]."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bridge.config import Config, Web
from bridge.web.app import WebEdge
from bridge.web.check import check_web
from bridge.web.server import Server, serving
from tests.support.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("check") / "ledger.sqlite")


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that another program listens on. It hangs up on whoever calls."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        threading.Thread(target=lambda: other.accept()[0].close(), daemon=True).start()
        yield other.getsockname()[1]


def lines(world: World, **web: object) -> dict[str, bool]:
    config: Config = replace(world.config, web=replace(Web(port=_free()), **web))  # type: ignore[arg-type]
    return {line.name: line.ok for line in check_web(config)}


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_nothing_is_said_where_nothing_listens(world: World) -> None:
    assert list(check_web(replace(world.config, web=None))) == []


def test_all_is_well(world: World) -> None:
    assert lines(world, public_url="https://bridge.example") == {
        "web port": True,
        "web host": True,
        "web public_url": True,
    }


def test_a_port_of_another_program_is_one_line(world: World, taken: int) -> None:
    assert lines(world, port=taken)["web port"] is False


def test_the_port_of_the_running_bridge_is_well(world: World) -> None:
    edge = WebEdge(world.service.hooks(), world.service.doorbell, world.service.health, world.clock)
    server = Server(Web(port=0), edge)
    try:
        assert lines(world, port=server.port)["web port"] is True
    finally:
        server.stop()


def test_an_address_of_another_machine_is_one_line(world: World) -> None:
    assert lines(world, host="192.0.2.1")["web port"] is False


def test_an_open_address_is_explained(world: World) -> None:
    config = replace(world.config, web=Web("0.0.0.0", _free()))
    [line] = [line for line in check_web(config) if line.name == "web host"]
    assert "TLS" in line.hint.ja


def test_shopify_tells_no_address_without_tls(world: World) -> None:
    assert lines(world, public_url="http://bridge.example")["web public_url"] is False
    assert lines(world, public_url="http://127.0.0.1:8780")["web public_url"] is True


def test_a_port_that_is_taken_does_not_stop_the_stock(
    world: World, taken: int, caplog: pytest.LogCaptureFixture
) -> None:
    world.service.config = replace(world.config, web=Web(port=taken))
    with serving(world.service, world.ledger.with_name("bridge.toml")):
        world.rounds(1)
    assert str(taken) in caplog.text
    assert Path(world.ledger).exists()
