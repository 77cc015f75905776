"""The Yahoo simulator's front door: routes, tokens, signatures, limits and maintenance (yahoo.md §1, §5)."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from bridge.clock import JST
from bridge.sandbox.malls.yahoo import keys, oauth
from bridge.sandbox.malls.yahoo.answers import (
    MAINTENANCE_PAGE,
    Fault,
    Refusal,
    error_response,
    xml_response,
)
from bridge.sandbox.malls.yahoo.records import Consent
from bridge.sandbox.malls.yahoo.routes import ROUTES, Function

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from bridge.sandbox.malls.yahoo.shop import Yahoo

STATUS_HEADER = "X-SWS-Authorize-Status"
_MAP = Map([Rule(function.path, methods=[function.method], endpoint=function) for function in ROUTES])


class YahooApi:
    def __init__(self, shop: Yahoo) -> None:
        self._shop = shop
        self._calls: dict[str, deque[float]] = defaultdict(deque)  # function → its requests of the last second

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with self._shop.lock:
            try:
                response = self._answer(Request(environ))
            except Refusal as refusal:
                response = refusal.response
            except Fault as fault:
                response = error_response(fault, self._shop.switches.namespace)
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        function = self._match(request)
        self._maintenance(function)
        if function.api == "token":
            return function.handler(self._shop, request, {})
        self._limit(function)
        consent = oauth.bearer(self._shop, request)
        signed = function.api == "order" and self._order_door(request, consent)
        if function.writes:
            self._shop.count_write()
        response = function.handler(self._shop, request, {})
        if function.api == "order":
            status = "authorized" if signed else self._shop.switches.unsigned_status
            if status is not None:
                response.headers[STATUS_HEADER] = status
        return response

    def _match(self, request: Request) -> Function:
        try:
            function, _ = _MAP.bind_to_environ(request.environ).match()
        except MethodNotAllowed:
            raise Refusal(Response("", 405)) from None
        except HTTPException:
            raise Refusal(Response("Not Found", 404, content_type="text/plain")) from None
        assert isinstance(function, Function)
        return function

    def _maintenance(self, function: Function) -> None:
        kind = self._shop.switches.maintenance.get(function.api)
        if kind == "code":
            raise Fault("ed-00002", "メンテナンス中です。")
        if kind is not None:
            page = MAINTENANCE_PAGE if kind == "html" else ""
            raise Refusal(Response(page, 503, content_type="text/html; charset=utf-8"))

    def _order_door(self, request: Request, consent: Consent) -> bool:
        """What order calls need besides a token. Whether the signature is accepted."""
        shop, switches = self._shop, self._shop.switches
        if switches.allowed_ips is not None and request.remote_addr not in switches.allowed_ips:
            raise Fault("px-04306", "IP address is not registered.", switches.refusal_status)
        if not switches.order_api_approved:
            raise Fault("px-04303", "This application is not registered for using order API.", switches.refusal_status)
        if keys.signed(shop, request):
            return True
        if shop.clock.now() - consent.given_at >= timedelta(hours=switches.unsigned_hours):
            consent.withdrawn |= switches.unsigned_kills_consent
            short = "AccessToken has been expired. This API session is shorter than another API."
            raise Fault("px-04102", short, 401)
        return False

    def _limit(self, function: Function) -> None:
        switches, state = self._shop.switches, self._shop.state
        if switches.over_limit == "off":
            return
        today = f"{self._shop.clock.now().astimezone(JST):%Y-%m-%d}"
        if state.calls_day != today:
            state.calls_day, state.calls_today = today, 0
        state.calls_today += 1
        now, calls = self._shop.clock.monotonic(), self._calls[function.name]
        while calls and calls[0] <= now - 1.0:
            calls.popleft()
        if state.calls_today > switches.daily_limit:
            raise Refusal(_over_limit("403", None))
        if calls:
            raise Refusal(_over_limit(switches.over_limit, switches.retry_after))
        calls.append(now)


def _over_limit(kind: str, retry_after: int | None) -> Response:
    if kind == "403":
        return xml_response("<Error><Message>Your Request was Forbidden</Message></Error>", 403)
    response = Response("Too many requests", int(kind), content_type="text/plain")
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response
