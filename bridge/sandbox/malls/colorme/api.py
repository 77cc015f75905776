"""The Color Me simulator's front door: token, plan, limit and routes (§3, Auth, Form)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from bridge.sandbox.malls.colorme.answers import Refusal, json_response, not_found, refusal
from bridge.sandbox.malls.colorme.routes import ROUTES, Handler, Route
from bridge.sandbox.malls.once import spend
from bridge.sandbox.malls.routing import route_map

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from bridge.sandbox.malls.colorme.shop import ColorMe

ROOT = "/v1"
ALL_SCOPES = frozenset({"read_products", "write_products", "read_sales", "write_sales"})
_MAP = route_map(ROUTES)


class ColorMeApi:
    def __init__(self, shop: ColorMe) -> None:
        self._shop = shop
        self.scopes = ALL_SCOPES
        self._calls: deque[float] = deque()  # of the last minute

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with self._shop.lock:
            try:
                response = self._answer(Request(environ))
            except Refusal as refused:
                response = refused.response
        return response(environ, start_response)

    def _token(self, form: Mapping[str, str]) -> Response:
        """A code for the token, which has no end. Its errors have a shape of their own."""
        shop = self._shop
        if (form.get("client_id"), form.get("client_secret")) != (shop.client_id, shop.client_secret):
            return json_response({"error": "invalid_client", "error_description": "Client authentication failed"}, 401)
        good = spend(shop.state.codes, form.get("code", ""), shop.clock.now())
        if form.get("grant_type") != "authorization_code" or not good:
            return json_response({"error": "invalid_grant", "error_description": "The code is invalid"}, 401)
        scope = " ".join(sorted(self.scopes))
        return json_response({"access_token": shop.token, "token_type": "Bearer", "scope": scope, "created_at": 0})

    def _answer(self, request: Request) -> Response:
        if (request.method, request.path) == ("POST", "/oauth/token"):
            return self._token(request.form)
        self._authorise(request)
        self._limit()
        if any(name.endswith("[]") for name in request.args):
            raise refusal(500, 500000, "サーバーでエラーが発生しました。")
        path = request.path.removeprefix(ROOT).removesuffix(".json")
        try:
            route, args = _MAP.bind("").match(path, method=request.method)
        except HTTPException:
            raise not_found() from None
        found: Route = route
        if found.scope not in self.scopes:
            raise refusal(401, 401010, "アクセストークンのスコープが不正です。")
        handler: Handler = found.handler
        return handler(self._shop, request, dict(args))

    def _authorise(self, request: Request) -> None:
        if request.headers.get("Authorization") != f"Bearer {self._shop.token}":
            raise refusal(401, 401010, "アクセストークンが不正です。")
        if not self._shop.switches.plan_allows:
            raise refusal(401, 401200, "ご利用のプランではこの機能をお使いいただけません。")

    def _limit(self) -> None:
        switches, now = self._shop.switches, self._shop.clock.monotonic()
        while self._calls and self._calls[0] <= now - 60.0:
            self._calls.popleft()
        if switches.limited and len(self._calls) >= switches.calls_per_minute:
            raise refusal(429, 429000, "リクエスト数の上限に達しました。")
        self._calls.append(now)
