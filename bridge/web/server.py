"""The web edge on a socket, beside the service's own threads."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from waitress import wasyncore
from waitress.server import create_server

from bridge.config import Web
from bridge.renewing import Renewals
from bridge.service import Service
from bridge.web.app import MAX_BODY, WebEdge
from bridge.web.keys import KeyPages

log = logging.getLogger("bridge.web")

THREADS = 4
LIMITS = {
    # Of those X-Forwarded-Proto alone is looked at, for a cookie that it can only make stricter (web/keys.py).
    "clear_untrusted_proxy_headers": False,
    "max_request_body_size": MAX_BODY,
    "max_request_header_size": 16 << 10,
    "connection_limit": 200,
    "channel_timeout": 15,  # seconds without a byte: a slow client holds a socket so long, and never a thread
    "cleanup_interval": 5,
}


class Server:
    """Listens from the moment it is made. Raises OSError where it can't."""

    def __init__(self, web: Web, edge: WebEdge) -> None:
        listener = listen(web)
        host, self.port = listener.getsockname()[:2]
        self._map: dict[int, Any] = {}
        self._server = create_server(
            edge, map=self._map, sockets=[listener], threads=THREADS, ident=None, expose_tracebacks=False, **LIMITS
        )
        self._thread = threading.Thread(target=self._server.run, name="web", daemon=True)
        self._thread.start()
        log.info("http://%s:%d", host, self.port)

    def stop(self) -> None:
        """Close every socket, finish the answers under way."""
        with suppress(OSError):  # it was awake already, and took the order before it was nudged
            self._server.trigger.pull_trigger(lambda: wasyncore.close_all(self._map))
        self._thread.join(timeout=10)


def listen(web: Web) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in web.host else socket.AF_INET)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((web.host, web.port))
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener


def edge_of(service: Service, settings: Path) -> WebEdge:
    """What listens for a service. `settings`: the file that keeps them, where new keys go."""
    pages = KeyPages(service, Renewals(service, settings))
    return WebEdge(service.hooks(), service.doorbell, service.health, service.clock, pages)


@contextmanager
def serving(service: Service, settings: Path) -> Iterator[None]:
    """The web edge while the block runs, if the settings (in that file) have one. That it can't listen doesn't stop the
    stock."""
    web = service.config.web
    if web is None:
        yield
        return
    try:
        server = Server(web, edge_of(service, settings))
    except OSError as error:
        log.error("%s:%d: %s", web.host, web.port, error.strerror)
        yield
        return
    try:
        yield
    finally:
        server.stop()
