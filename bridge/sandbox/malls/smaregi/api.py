"""The Smaregi simulator's front door: tokens for an hour, scopes, limits and routes (pos.md §1.1 to §1.3)."""

from __future__ import annotations

from base64 import b64decode
from collections import deque
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from bridge.sandbox.malls.routing import route_map
from bridge.sandbox.malls.smaregi.answers import Refusal, answer, not_found, problem
from bridge.sandbox.malls.smaregi.routes import ROUTES, Handler, Route

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from bridge.sandbox.malls.smaregi.shop import Smaregi

TOKEN_LIFE = timedelta(hours=1)
_MAP = route_map(ROUTES)


class SmaregiApi:
    """Both hosts at one address: `/app/{contract}/token`, and `/{contract}/pos/…`."""

    def __init__(self, shop: Smaregi) -> None:
        self._shop = shop
        self._calls: dict[bool, deque[float]] = {False: deque(), True: deque()}  # of the last second: reads, writes

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with self._shop.lock:
            try:
                response = self._answer(Request(environ))
            except Refusal as refused:
                response = refused.response
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        contract = self._shop.contract
        if (request.method, request.path) == ("POST", f"/app/{contract}/token"):
            self._limit(writes=False)
            return self._token(request)
        root = f"/{contract}/pos"
        if not request.path.startswith(root):
            raise not_found()
        scopes = self._authorise(request)
        try:
            route, args = _MAP.bind("").match(request.path.removeprefix(root), method=request.method)
        except HTTPException:
            raise not_found() from None
        found: Route = route
        if found.scope not in scopes:
            raise problem(403, "Forbidden", "insufficient_scope")
        self._limit(writes=found.writes)
        handler: Handler = found.handler
        return handler(self._shop, request, dict(args))

    def _token(self, request: Request) -> Response:
        shop, form = self._shop, request.form
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        known = f"{shop.client_id}:{shop.client_secret}"
        if scheme != "Basic" or b64decode(given).decode(errors="replace") != known:
            return answer({"error": "invalid_client", "error_description": "Client authentication failed"}, 401)
        if form.get("grant_type") != "client_credentials" or not set(form["scope"].split()) <= shop.switches.scopes:
            return answer({"error": "invalid_scope", "error_description": "The requested scope is invalid"}, 400)
        token = f"eyJ-smaregi-{shop.random.getrandbits(96):024x}"
        shop.state.tokens[token] = shop.clock.now() + TOKEN_LIFE
        shop.touch()
        seconds = int(TOKEN_LIFE.total_seconds())
        return answer({"scope": form["scope"], "token_type": "Bearer", "expires_in": seconds, "access_token": token})

    def _authorise(self, request: Request) -> frozenset[str]:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        until = self._shop.state.tokens.get(token)
        if scheme != "Bearer" or until is None or until <= self._shop.clock.now():
            raise problem(401, "Unauthorized", "The access token is invalid or has expired")
        return self._shop.switches.scopes

    def _limit(self, *, writes: bool) -> None:
        switches, now, calls = self._shop.switches, self._shop.clock.monotonic(), self._calls[writes]
        while calls and calls[0] <= now - 1.0:
            calls.popleft()
        if len(calls) >= (switches.writes_per_second if writes else switches.reads_per_second):
            raise problem(429, "Too Many Requests", "リクエスト数の上限に達しました", Retry_After="1")
        calls.append(now)
