"""The Square simulator's front door: version, token, rights, limit and routes (§2.1, §2.2, §2.3)."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from bridge.sandbox.malls.once import spend
from bridge.sandbox.malls.square.answers import Refusal, json_response, page, read_json
from bridge.sandbox.malls.square.inventory_api import get_changes, get_counts, write
from bridge.sandbox.malls.square.views import place_json, time_text, variation_json

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from bridge.sandbox.malls.square.shop import Square

Handler = Callable[["Square", Mapping[str, Any], str], dict[str, Any]]
RIGHTS = frozenset({"MERCHANT_PROFILE_READ", "ITEMS_READ", "INVENTORY_READ", "INVENTORY_WRITE"})
OLDEST_VERSION, NEWEST_VERSION = "2025-08-20", "2026-08-19"
TOKEN_LIFE = timedelta(days=30)
CATALOG_PAGE = 100
_VERSION = re.compile(r"\d{4}-\d\d-\d\d")


def get_locations(shop: Square, _asked: Mapping[str, Any], _version: str) -> dict[str, Any]:
    return {"locations": [place_json(place, shop.merchant) for place in shop.state.places.values()]}


def list_catalog(shop: Square, asked: Mapping[str, Any], _version: str) -> dict[str, Any]:
    kinds = str(asked.get("types") or "ITEM").split(",")
    there = [each for each in shop.state.variations.values() if not each.deleted and "ITEM_VARIATION" in kinds]
    rows = [variation_json(each, shop.version) for each in there]
    return page(asked, "objects", rows, min(CATALOG_PAGE, shop.switches.page), empty=shop.switches.empty_pages)


def get_objects(shop: Square, asked: Mapping[str, Any], _version: str) -> dict[str, Any]:
    ids = asked.get("object_ids")
    if not ids:
        raise Refusal(400, "MISSING_REQUIRED_PARAMETER", "Missing required parameter.", "object_ids")
    found = [each for each in shop.state.variations.values() if each.id in ids and not each.deleted]
    return {"objects": [variation_json(each, shop.version) for each in found]} if found else {}


ROUTES: Mapping[tuple[str, str], tuple[Handler, str]] = {
    ("GET", "/v2/locations"): (get_locations, "MERCHANT_PROFILE_READ"),
    ("GET", "/v2/catalog/list"): (list_catalog, "ITEMS_READ"),
    ("POST", "/v2/catalog/batch-retrieve"): (get_objects, "ITEMS_READ"),
    ("POST", "/v2/inventory/counts/batch-retrieve"): (get_counts, "INVENTORY_READ"),
    ("POST", "/v2/inventory/changes/batch-retrieve"): (get_changes, "INVENTORY_READ"),
    ("POST", "/v2/inventory/changes/batch-create"): (write, "INVENTORY_WRITE"),
}
"""With the right that each needs. Orders, refunds and payments are not offered: nothing here reads them."""


class SquareApi:
    def __init__(self, shop: Square) -> None:
        self._shop = shop
        self.rights = RIGHTS
        self._calls: deque[float] = deque()  # of the last second

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        with self._shop.lock:
            version = request.headers.get("Square-Version", NEWEST_VERSION)
            try:
                response = self._answer(request, version)
            except Refusal as refused:
                response = refused.response
            response.headers["Square-Version"] = version
            response.headers["Date"] = format_datetime(self._shop.now(), usegmt=True)
        return response(environ, start_response)

    def _answer(self, request: Request, version: str) -> Response:
        if (request.method, request.path) == ("POST", "/oauth2/token"):
            return json_response(self._token(read_json(request)))
        token = self._authorised(request)
        if not _VERSION.fullmatch(version) or not OLDEST_VERSION <= version <= NEWEST_VERSION:
            raise Refusal(400, "BAD_REQUEST", "INVALID_SQUARE_VERSION_FORMAT", "Square-Version")
        self._limit()
        if (request.method, request.path) == ("POST", "/oauth2/token/status"):
            return json_response(self._status(token))
        found = ROUTES.get((request.method, request.path))
        if found is None:
            raise Refusal(404, "NOT_FOUND", "API endpoint for URL path and HTTP method is not found.")
        handler, right = found
        if right not in self.rights:
            raise Refusal(403, "INSUFFICIENT_SCOPES", f"The merchant has not given the right {right}.")
        asked = read_json(request) if request.method == "POST" else request.args.to_dict()
        return json_response(handler(self._shop, asked, version))

    def _authorised(self, request: Request) -> str:
        token, state = request.headers.get("Authorization", "").removeprefix("Bearer "), self._shop.state
        if token in state.revoked:
            raise Refusal(401, "ACCESS_TOKEN_REVOKED", "The access token was revoked.")
        until = state.access.get(token)
        if until is not None and until <= self._shop.now():
            raise Refusal(401, "ACCESS_TOKEN_EXPIRED", "The access token has expired.")
        if until is None and token != self._shop.token:
            raise Refusal(401, "UNAUTHORIZED", "This request could not be authorized.")
        return token

    def _limit(self) -> None:
        now = self._shop.clock.monotonic()
        while self._calls and self._calls[0] <= now - 1.0:
            self._calls.popleft()
        if len(self._calls) >= self._shop.switches.calls_per_second:
            raise Refusal(429, "RATE_LIMITED", "Too many requests.")
        self._calls.append(now)

    def _token(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """For a code, or anew; the refresh token of a code stays the same (§2.1)."""
        shop, state = self._shop, self._shop.state
        if (given.get("client_id"), given.get("client_secret")) != (shop.client_id, shop.client_secret):
            raise Refusal(401, "UNAUTHORIZED", "Not authorized: client_id or client_secret.")
        if given.get("grant_type") == "authorization_code":
            if not spend(state.codes, str(given.get("code", "")), shop.clock.now()):
                raise Refusal(401, "UNAUTHORIZED", "Authorization code is expired or was used.")
            refresh = f"square-refresh-{shop.next_number()}"
            state.refresh.append(refresh)
        else:
            refresh = str(given.get("refresh_token", ""))
            if given.get("grant_type") != "refresh_token" or refresh not in state.refresh:
                raise Refusal(401, "UNAUTHORIZED", "The refresh token is not valid.")
        token, until = f"EAAA-{shop.random.getrandbits(96):024x}", shop.now() + TOKEN_LIFE
        state.access[token] = until
        shop.touch()
        return {
            "access_token": token,
            "token_type": "bearer",
            "expires_at": time_text(until),
            "merchant_id": shop.merchant,
            "refresh_token": refresh,
            "short_lived": False,
        }

    def _status(self, token: str) -> dict[str, Any]:
        shop, until = self._shop, self._shop.state.access.get(token)
        told = {"scopes": sorted(self.rights), "client_id": shop.client_id, "merchant_id": shop.merchant}
        return told | ({"expires_at": time_text(until)} if until else {})
