"""Login with Amazon, and who may call (amazon.md §2)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from bridge.sandbox.malls.amazon.answers import Refusal, error, json_response

if TYPE_CHECKING:
    from bridge.sandbox.malls.amazon.shop import Amazon


def give_token(shop: Amazon, request: Request, _args: dict[str, Any]) -> Response:
    """An access token for the refresh token, which comes back unchanged."""
    form = request.form
    if form.get("grant_type") != "refresh_token":
        return _refused(400, "unsupported_grant_type", "The authorization grant type is not supported")
    if not form.get("refresh_token") or not form.get("client_id"):
        return _refused(400, "invalid_request", "The request is missing a required parameter")
    if (form["client_id"], form.get("client_secret")) != (shop.client_id, shop.client_secret):
        return _refused(401, "invalid_client", "Client authentication failed")
    if form["refresh_token"] != shop.refresh_token:
        return _refused(400, "invalid_grant", "The request has an invalid grant parameter : refresh_token")
    token = f"Atza|{shop.next_number()}-{shop.random.getrandbits(64):016x}"
    shop.state.tokens[token] = shop.clock.now() + timedelta(seconds=shop.switches.token_life)
    shop.touch()
    return json_response(
        {
            "access_token": token,
            "refresh_token": shop.refresh_token,
            "token_type": "bearer",
            "expires_in": int(shop.switches.token_life),
        }
    )


def authorise(shop: Amazon, request: Request) -> None:
    """Raises Refusal."""
    token = request.headers.get("x-amz-access-token")
    if not token:
        raise _unauthorised("Access token is missing in the request header.")
    end = shop.state.tokens.get(token)
    if end is None:
        raise _unauthorised("The access token you provided is revoked, malformed or invalid.")
    if end <= shop.clock.now():
        raise _unauthorised("The access token you provided has expired.", shop.switches.expired_status)


def _refused(status: int, reason: str, description: str) -> Response:
    return json_response({"error": reason, "error_description": description}, status)


def _unauthorised(details: str, status: int = 403) -> Refusal:
    return Refusal(error(status, "Unauthorized", "Access to requested resource is denied.", details))
