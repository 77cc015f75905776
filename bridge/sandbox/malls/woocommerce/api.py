"""The WooCommerce simulator's front door: routes, keys, and what the host does to requests and answers (§2)."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as BadBase64
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from bridge.sandbox.malls.routing import route_map
from bridge.sandbox.malls.woocommerce import order_api, product_api, webhook_api
from bridge.sandbox.malls.woocommerce.answers import Refusal, refusal

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from bridge.sandbox.malls.woocommerce.shop import WooCommerce

ROOT, PLAIN = "/wp-json/wc/v3", "/wc/v3"
NO_ROUTE = "No route was found matching the URL and request method."
HOME_PAGE = "<!DOCTYPE html><html><head><title>茶の店</title></head><body>…</body></html>"
Handler = Callable[["WooCommerce", Request, dict[str, Any]], Response]


@dataclass(frozen=True)
class Route:
    method: str
    path: str
    handler: Handler


ROUTES = (
    Route("GET", "/products", product_api.products),
    Route("POST", "/products/batch", product_api.batch_products),
    Route("GET", "/products/<int:p>", product_api.product),
    Route("GET", "/products/<int:p>/variations", product_api.variations),
    Route("POST", "/products/<int:p>/variations/batch", product_api.batch_variations),
    Route("GET", "/products/<int:p>/variations/<int:v>", product_api.variation),
    Route("GET", "/orders", order_api.orders),
    Route("GET", "/orders/<int:o>", order_api.order),
    Route("GET", "/orders/<int:o>/refunds", order_api.refunds),
    Route("GET", "/webhooks", webhook_api.webhooks),
    Route("POST", "/webhooks", webhook_api.add),
    Route("PUT", "/webhooks/<int:w>", webhook_api.change),
)
_MAP = route_map(ROUTES)


class WooApi:
    def __init__(self, shop: WooCommerce) -> None:
        self._shop = shop
        self._cache: dict[str, tuple[float, Response]] = {}  # address → until when, and what it answered

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with self._shop.lock:
            try:
                response = self._answered(Request(environ))
            except Refusal as refused:
                response = refused.response
            if self._shop.switches.noise and response.mimetype == "application/json":
                response.set_data(self._shop.switches.noise.encode() + response.get_data())
        return response(environ, start_response)

    def _answered(self, request: Request) -> Response:
        """By the API, or by the host's cache of what it answered before."""
        now, address = self._shop.clock.monotonic(), request.url
        until, kept = self._cache.get(address, (0.0, None))
        if kept is not None and request.method == "GET" and now < until:
            return kept
        response = self._answer(request)
        if request.method == "GET" and self._shop.switches.cached_seconds:
            self._cache[address] = now + self._shop.switches.cached_seconds, response
        return response

    def _answer(self, request: Request) -> Response:
        path = self._path(request)
        try:
            route, args = _MAP.bind("").match(path, method=request.method)
        except HTTPException:
            raise refusal(404, "rest_no_route", NO_ROUTE) from None
        self._authorise(request)
        handler: Handler = route.handler
        return handler(self._shop, request, dict(args))

    def _path(self, request: Request) -> str:
        """What stands below the API's root."""
        plain = request.args.get("rest_route", "")
        if plain.startswith(PLAIN):
            return plain.removeprefix(PLAIN)
        if not request.path.startswith("/wp-json/") or self._shop.switches.permalinks == "plain":
            status = 200 if request.path == "/" else 404
            raise Refusal(Response(HOME_PAGE, status, content_type="text/html; charset=UTF-8"))
        if not request.path.startswith(ROOT):
            raise refusal(404, "rest_no_route", NO_ROUTE)
        return request.path.removeprefix(ROOT)

    def _authorise(self, request: Request) -> None:
        key, secret = self._given(request)
        if not key:
            raise refusal(401, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")
        if (key, secret) != (self._shop.consumer_key, self._shop.consumer_secret):
            raise refusal(401, "woocommerce_rest_authentication_error", "Consumer secret is invalid.")
        if request.method != "GET" and "write" not in self._shop.permission:
            message = "The API key provided does not have write permissions."
            raise refusal(401, "woocommerce_rest_authentication_error", message)

    def _given(self, request: Request) -> tuple[str, str]:
        """Basic authentication, or keys in the query."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme == "Basic" and not self._shop.switches.strips_authorization:
            try:
                key, _, secret = b64decode(token, validate=True).decode().partition(":")
            except (BadBase64, UnicodeDecodeError):
                return "", ""
            return key, secret
        return request.args.get("consumer_key", ""), request.args.get("consumer_secret", "")
