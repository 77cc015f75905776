"""The Amazon simulator's front door: routes, tokens, roles, limits and maintenance (amazon.md §2, §3)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter
from werkzeug.wrappers import Request, Response

from bridge.sandbox.malls.amazon import tokens
from bridge.sandbox.malls.amazon.answers import Refusal, error, json_response
from bridge.sandbox.malls.amazon.routes import ROUTES, Function
from bridge.sandbox.malls.routing import route_map

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from bridge.sandbox.malls.amazon.shop import Amazon

MAINTENANCE_PAGE = "<html><head><title>503 Service Unavailable</title></head><body>Sorry!</body></html>"
TOLD_THE_LIMIT = (200, 201, 202, 400, 404)
ROUNDING = 1e-6  # of a token


class SkuConverter(BaseConverter):
    """Anything, with slashes in it and at its ends."""

    regex = ".+"
    part_isolating = False


_MAP = route_map(ROUTES, {"sku": SkuConverter})


class AmazonApi:
    def __init__(self, shop: Amazon) -> None:
        self._shop = shop
        self._buckets: dict[str, tuple[float, float]] = {}  # function → its tokens, and when there were so many
        self._requests = 0

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with self._shop.lock:
            response = self._answer(Request(environ))
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        self._requests += 1
        function: Function | None = None
        try:
            function, args = self._match(request)
            response = self._served(function, request, args)
        except Refusal as refusal:
            response = refusal.response
        response.headers["x-amzn-RequestId"] = f"00000000-0000-4000-8000-{self._requests:012d}"
        if function is not None and function.rate and response.status_code in TOLD_THE_LIMIT:
            response.headers["x-amzn-RateLimit-Limit"] = str(self._limits(function)[0])
        return response

    def _served(self, function: Function, request: Request, args: dict[str, Any]) -> Response:
        shop = self._shop
        if function.api in shop.switches.maintenance:
            raise Refusal(Response(MAINTENANCE_PAGE, 503, content_type="text/html; charset=utf-8"))
        if function.signed:
            tokens.authorise(shop, request)
            if function.name in shop.switches.access_denied:
                raise Refusal(error(403, "AccessDenied", "Access to requested resource is denied."))
            self._limit(function)
        shop.advance()
        if function.name in shop.switches.error_in_success:
            return json_response({"errors": [{"code": "InternalFailure", "message": "We encountered an error."}]})
        if function.writes and request.args.get("mode") != "VALIDATION_PREVIEW":
            shop.count_write()
        return function.handler(shop, request, args)

    def _match(self, request: Request) -> tuple[Function, dict[str, Any]]:
        try:
            function, args = _MAP.bind_to_environ(request.environ).match()
        except HTTPException:  # a path that isn't there is a right that isn't there (§2.2)
            details = "Access to requested resource is denied."
            raise Refusal(error(403, "MissingAuthenticationToken", "Missing Authentication Token", details)) from None
        return function, dict(args)

    def _limits(self, function: Function) -> tuple[float, float]:
        """Its rate and burst."""
        if function.name == "searchOrders":
            return self._shop.switches.order_search_rate, function.burst
        if function.name == "getListingsItem":
            return function.rate, self._shop.switches.listing_burst
        return function.rate, function.burst

    def _limit(self, function: Function) -> None:
        """A token bucket for each operation (§3.3)."""
        rate, burst = self._limits(function)
        now = self._shop.clock.monotonic()
        tokens_left, at = self._buckets.get(function.name, (float(burst), now))
        tokens_left = min(burst, tokens_left + (now - at) * rate)
        if tokens_left < 1.0 - ROUNDING and self._shop.switches.throttle:
            self._buckets[function.name] = (tokens_left, now)
            raise Refusal(error(429, "QuotaExceeded", "You exceeded your quota for the requested resource."))
        self._buckets[function.name] = (tokens_left - 1.0, now)
