"""The Shopify simulator's front door: tokens, versions and HTTP errors, before any GraphQL (shopify.md §1, §2, §3)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from bridge.sandbox.malls.shopify.engine import Engine

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from bridge.sandbox.malls.shopify.shop import Shopify

_GRAPHQL = re.compile(r"/admin/api/(\d{4}-\d\d|unstable)/graphql\.json")
TOKEN_PATH = "/admin/oauth/access_token"
INVALID_TOKEN = "[API] Invalid API key or access token (unrecognized login or wrong password)"
RELEASE_HOUR = 17  # UTC, on the first day of a quarter
SUPPORTED_QUARTERS = 4


class ShopifyApi:
    def __init__(self, shop: Shopify) -> None:
        self._shop = shop
        self._engine = Engine(shop)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with self._shop.lock:
            response = self._answer(Request(environ))
            response.headers["X-Request-Id"] = f"{self._shop.random.getrandbits(64):016x}"
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        error = self._shop.switches.http_error
        if error is not None:
            return _json({"errors": "Unavailable Shop" if error == 402 else "The shop can't answer"}, error)
        if request.path == TOKEN_PATH and request.method == "POST":
            return self._token(request)
        version = self._version(request.path)
        if version is None or request.method != "POST":
            return _json({"errors": "Not Found"}, 404)
        if not self._knows(request.headers.get("X-Shopify-Access-Token", "")):
            return _json({"errors": INVALID_TOKEN}, 401)
        response = self._graphql(request, version)
        response.headers["X-Shopify-API-Version"] = version
        return response

    def _graphql(self, request: Request, version: str) -> Response:
        body = _body(request)
        if body is None:
            return _json({"errors": {"query": "Required parameter missing or invalid"}}, 400)
        variables = body.get("variables") or {}
        if not isinstance(body.get("query"), str) or not isinstance(variables, dict):
            return _json({"errors": {"query": "Required parameter missing or invalid"}}, 400)
        return _json(self._engine.run(body["query"], variables, body.get("operationName"), version))

    # Versions.

    def _version(self, path: str) -> str | None:
        """The version that serves a path: the asked one, or the oldest that is still supported."""
        found = _GRAPHQL.fullmatch(path)
        if found is None:
            return None
        supported = supported_versions(self._shop.clock.now())
        asked = found[1]
        if asked in supported:
            return asked
        is_quarter = asked[5:] in ("01", "04", "07", "10")
        return supported[0] if is_quarter and asked < supported[0] else None

    # Tokens.

    def _knows(self, token: str) -> bool:
        expires = self._shop.state.tokens.get(token)
        return token == self._shop.static_token or (expires is not None and self._shop.clock.now() < expires)

    def _token(self, request: Request) -> Response:
        """The client credentials grant: a token of a day, by a form or by JSON."""
        shop = self._shop
        given: Mapping[str, Any] = request.form if request.mimetype != "application/json" else _body(request) or {}
        if shop.switches.token_error is not None:
            return _oauth_error(400, shop.switches.token_error, "The token was refused.")
        if given.get("grant_type") != "client_credentials":
            return _oauth_error(400, "unsupported_grant_type", "The grant type is not supported.")
        if given.get("client_id") != shop.client_id:
            return _oauth_error(400, "application_cannot_be_found", "The application could not be found.")
        if given.get("client_secret") != shop.client_secret:
            return _oauth_error(401, "invalid_client", "The client credentials are invalid.")
        life = timedelta(hours=shop.switches.token_hours)
        token = f"shpat_{shop.random.getrandbits(128):032x}"
        shop.state.tokens[token] = shop.clock.now() + life
        shop.touch()
        scope = ",".join(sorted(shop.switches.scopes))
        return _json({"access_token": token, "scope": scope, "expires_in": int(life.total_seconds()) - 1})


def supported_versions(now: datetime) -> list[str]:
    """The four stable versions, the release candidate and `unstable`, the oldest first."""
    now = (now - timedelta(hours=RELEASE_HOUR)).astimezone(UTC)
    quarter = now.year * 4 + (now.month - 1) // 3
    span = range(quarter - SUPPORTED_QUARTERS + 1, quarter + 2)
    return [f"{one // 4}-{one % 4 * 3 + 1:02d}" for one in span] + ["unstable"]


def _body(request: Request) -> dict[str, Any] | None:
    try:
        body = json.loads(request.get_data())
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def _json(body: Any, status: int = 200) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), status, content_type="application/json; charset=utf-8")


def _oauth_error(status: int, code: str, text: str) -> Response:
    return _json({"error": code, "error_description": text}, status)
