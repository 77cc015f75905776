"""Where alerts arrive in tests: an HTTP server on loopback that keeps what apprise sends to json://."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Alert:
    """As it came. `box`: the address's path."""

    box: str
    title: str
    text: str


@dataclass
class Receiver:
    """`status`: how it answers, by box; 200 where nothing is said · `hangs`: the box that answers nothing until another
    got something, and after half a minute 500."""

    status: dict[str, int] = field(default_factory=dict)
    hangs: str = ""
    got: list[Alert] = field(default_factory=list)

    def __post_init__(self) -> None:
        receiver, came = self, threading.Event()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status = receiver.status.get(self.path, 200)
                if self.path == receiver.hangs:
                    status = status if came.wait(30) else 500
                came.set()
                if status == 200:
                    receiver.got.append(Alert(self.path, said["title"], said["message"]))
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def address(self, box: str) -> str:
        """As the settings name it; it bears a password."""
        return f"json://bridge:a-secret-of-the-address@127.0.0.1:{self._server.server_port}{box}"

    def take(self, box: str = "/staff") -> list[Alert]:
        """What came into a box since the last look."""
        found = [each for each in self.got if each.box == box]
        self.got = [each for each in self.got if each.box != box]
        return found

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
