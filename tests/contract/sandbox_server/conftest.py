from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bridge.sandbox.server import Server

Start = Callable[..., Server]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Serve in a thread, on a socket of its own, with the state in `tmp_path`; stopped at the end."""
    running: list[tuple[Server, threading.Thread]] = []

    def begin(**more: Any) -> Server:
        server = Server(0, tmp_path, **more)
        thread = threading.Thread(target=server.run)
        thread.start()
        running.append((server, thread))
        return server

    def finish() -> None:
        while running:
            server, thread = running.pop()
            server.stop()
            thread.join(timeout=10)
            assert not thread.is_alive()

    begin.finish = finish  # type: ignore[attr-defined]
    yield begin
    finish()
