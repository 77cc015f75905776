"""The Rakuten simulator's front door: routes, keys, limits and maintenance, before any API proper (rakuten.md §1)."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as BadBase64
from collections import defaultdict, deque
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.wrappers import Request, Response

from bridge.sandbox.malls.rakuten.answers import Refusal, json_response, list_error, result_error
from bridge.sandbox.malls.rakuten.routes import ROUTES, Function
from bridge.sandbox.malls.rakuten.switches import Api
from bridge.sandbox.malls.routing import route_map

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from bridge.sandbox.malls.rakuten.shop import Rakuten

MAINTENANCE_PAGE = "<html><head><title>503</title></head><body><h1>ただいまメンテナンス中です</h1></body></html>"
LIMIT_XML = (
    '<?xml version="1.0" encoding="UTF-8"?><result><status>'
    "<interfaceId>gateway</interfaceId><systemStatus>NG</systemStatus><message>QPSLimit</message>"
    "</status></result>"
)
_MAP = route_map(ROUTES)


class RakutenApi:
    def __init__(self, shop: Rakuten) -> None:
        self._shop = shop
        self._calls: dict[str, deque[float]] = defaultdict(deque)  # function → its requests of the last second

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with self._shop.lock:
            try:
                response = self._answer(Request(environ))
            except Refusal as refusal:
                response = refusal.response
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        function, args = self._match(request)
        shop = self._shop
        if function.api in shop.switches.maintenance:
            raise Refusal(Response(MAINTENANCE_PAGE, 503, content_type="text/html; charset=utf-8"))
        self._authorise(request, function)
        self._limit(function)
        if request.method in ("POST", "PUT"):
            _check_media_type(request, function.api, shop.switches.order_needs_charset)
        shop.progress.advance()
        shop.purge_orphans()
        if function.writes:
            shop.count_write()
        return function.handler(shop, request, args)

    def _match(self, request: Request) -> tuple[Function, dict[str, Any]]:
        adapter = _MAP.bind_to_environ(request.environ)
        try:
            function, args = adapter.match()
        except MethodNotAllowed:
            raise Refusal(json_response({}, 405)) from None
        except HTTPException:
            if "/order/" in request.path:
                raise Refusal(json_response({}, 404)) from None
            raise Refusal(list_error(400, "GE0007", "Requested path doesn't exist")) from None
        return function, dict(args)

    def _authorise(self, request: Request, function: Function) -> None:
        """`Authorization: ESA base64(serviceSecret:licenseKey)`."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        try:
            secret, _, key = b64decode(token, validate=True).decode().partition(":")
        except (BadBase64, UnicodeDecodeError):
            scheme, secret, key = "", "", ""
        if scheme != "ESA" or secret != self._shop.service_secret or self._shop.licence(key) is None:
            raise Refusal(self._unauthorised(function))
        if function.name in self._shop.switches.disabled_functions:
            raise Refusal(result_error(400, "ES04-01", "Bad Request"))

    def _unauthorised(self, function: Function) -> Response:
        shape = self._shop.switches.auth_body
        if shape == "by-api":
            shape = "ES01-01" if function.api in ("order", "license") else "GA0001"
        answer = list_error if shape == "GA0001" else result_error
        return answer(401, shape, "Un-Authorised")

    def _limit(self, function: Function) -> None:
        switches = self._shop.switches
        now, calls = self._shop.clock.monotonic(), self._calls[function.name]
        while calls and calls[0] <= now - 1.0:
            calls.popleft()
        if len(calls) >= function.per_second and switches.over_limit != "off":
            raise Refusal(_over_limit(switches.over_limit, switches.retry_after))
        calls.append(now)


def _over_limit(kind: str, retry_after: int | None) -> Response:
    if kind == "403-xml":
        return Response(LIMIT_XML, 403, content_type="application/xml; charset=utf-8")
    if kind == "403-json":
        return result_error(403, "ES04-02", "AccessLimit")
    response = list_error(429, "GE0020", "Too many requests")
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def _check_media_type(request: Request, api: Api, order_needs_charset: bool) -> None:
    is_json = request.mimetype == "application/json"
    if api != "order" and not is_json:
        raise Refusal(list_error(415, "GE0012", "Unsupported media type"))
    if api == "order" and (not is_json or (order_needs_charset and "charset" not in request.mimetype_params)):
        raise Refusal(result_error(415, "ES04-03", "Unsupported Media Type"))
