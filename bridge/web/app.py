"""The web edge as one WSGI application. Whatever is sent, it answers; by 5xx only where the ledger fails.

A webhook: its signature is judged over the raw body, its id kept, the answer given. The work comes later, elsewhere.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from prometheus_client import CONTENT_TYPE_LATEST
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.wrappers import Request, Response

from bridge.clock import Clock
from bridge.errors import Hint, Stop
from bridge.flows.health import Health
from bridge.flows.wake import Doorbell
from bridge.key_links import PATH as KEYS
from bridge.notices import Forged, Greeting, NotForUs, Notice
from bridge.web.figures import Figures, Outcome, as_json

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

log = logging.getLogger("bridge.web")

MAX_BODY = 1 << 20  # bytes; what we ask for is a few hundred
WARN_EVERY = 3600.0  # seconds
_BAD_SIGNATURE = Hint(
    "署名の合わない通知を断りました。本物が届かないときは、設定の webhook_secret (edit_secret) を確かめてください。",
    "Refused a notice with a bad signature. If genuine ones don't arrive, look at webhook_secret (edit_secret).",
)
Understand = Callable[[Mapping[str, str], bytes], Notice]
View = Callable[[Request], Response]


class WebEdge:
    """`hooks`: by sender, how its webhooks are judged · `keys`: the pages for new keys."""

    def __init__(
        self,
        hooks: Mapping[str, Understand],
        doorbell: Doorbell,
        health: Callable[[], Health],
        clock: Clock,
        keys: View | None = None,
    ) -> None:
        self._keys = keys
        self._doorbell, self._health, self._clock = doorbell, health, clock
        self._warned: dict[str, float] = {}  # sender → when the log last told of a bad signature
        self._figures = Figures(health)
        self._routes: dict[str, tuple[tuple[str, ...], View]] = {
            "/healthz": (("GET", "HEAD"), self._healthz),
            "/metrics": (("GET", "HEAD"), self._metrics),
        }
        for sender, understand in hooks.items():
            self._routes[f"/webhooks/{sender}"] = (("POST",), self._webhook(sender, understand))

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        request.max_content_length = MAX_BODY
        try:
            response = self._view(request)(request)
        except HTTPException as error:
            response = error.get_response(environ)
        except Stop as error:
            log.error("%s", error.hint)
            response = _text("The ledger can't be used", 503)
        except Exception:
            log.exception("unexpected")
            response = _text("Internal error", 500)
        return response(environ, start_response)

    def _view(self, request: Request) -> View:
        found = self._routes.get(request.path)
        if self._keys is not None and request.path.startswith(KEYS):
            found = (("GET", "HEAD", "POST"), self._keys)
        if found is None:
            raise NotFound
        methods, view = found
        if request.method not in methods:
            raise MethodNotAllowed(methods)
        return view

    def _webhook(self, sender: str, understand: Understand) -> View:
        def view(request: Request) -> Response:
            body = request.get_data(cache=False)
            headers = {name.lower(): value for name, value in request.headers}
            try:
                notice = understand(headers, body)
            except Forged:
                self._figures.count(sender, Outcome.FORGED)
                self._warn(sender)
                return _text("Not signed by whom it should be", 401)
            except NotForUs:
                self._figures.count(sender, Outcome.NOT_FOR_US)
                return _text("Not for this shop", 404)
            except Greeting:
                self._figures.count(sender, Outcome.GREETING)
                return _text("", 200)
            self._figures.count(sender, Outcome(self._doorbell.take(sender, notice).value))
            return _text("", 200)

        return view

    def _warn(self, sender: str) -> None:
        """It may be somebody's game, or our own key that is wrong: say it, but don't let strangers fill the disk."""
        now = self._clock.monotonic()
        if now - self._warned.get(sender, -WARN_EVERY) >= WARN_EVERY:
            self._warned[sender] = now
            log.warning("%s: %s", sender, _BAD_SIGNATURE)

    def _healthz(self, _request: Request) -> Response:
        health = self._health()
        return Response(as_json(health), 200 if health.ok else 503, content_type="application/json; charset=utf-8")

    def _metrics(self, _request: Request) -> Response:
        return Response(self._figures.text(), content_type=CONTENT_TYPE_LATEST)


def _text(text: str, status: int) -> Response:
    return Response(text, status, content_type="text/plain; charset=utf-8")
