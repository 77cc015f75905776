"""YConnect's token endpoint, and whose token a request bears (yahoo.md §1.2, §1.4)."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as BadBase64
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from werkzeug.wrappers import Request, Response

from bridge.sandbox.malls.once import spend
from bridge.sandbox.malls.yahoo.answers import Refusal, bearer_refused, json_response
from bridge.sandbox.malls.yahoo.records import AccessToken, Consent

if TYPE_CHECKING:
    from bridge.sandbox.malls.yahoo.shop import Yahoo

REDIRECT = "https://bridge.invalid/callback"


def authorization(shop: Yahoo, request: Request, _args: dict[str, Any]) -> Response:
    """The page where a person agrees; this person agrees at once."""
    given = request.args
    if given.get("client_id") != shop.client_id or given.get("response_type") != "code":
        return json_response({"error": "invalid_request"}, 400)
    code = shop.agree()
    target = given.get("redirect_uri", REDIRECT)
    return Response(
        status=302, headers={"Location": f"{target}?{urlencode({'code': code, 'state': given.get('state')})}"}
    )


def token(shop: Yahoo, request: Request, _args: dict[str, Any]) -> Response:
    if request.mimetype != "application/x-www-form-urlencoded":
        return _refused("invalid_request", "the body is no form")
    form = request.form.to_dict()
    if _client(shop, request, form) != (shop.client_id, shop.client_secret):
        return _refused("invalid_client", "client authentication failed", 401)
    if form.get("grant_type") == "authorization_code":
        return _first(shop, form.get("code", ""))
    if form.get("grant_type") == "refresh_token":
        return _refresh(shop, form.get("refresh_token", ""))
    return _refused("unsupported_grant_type", "unknown grant type")


def bearer(shop: Yahoo, request: Request) -> Consent:
    """The consent that a request acts upon. Raises Refusal."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer" or not value:
        raise Refusal(Response("Service Requires Authentication", 401, content_type="text/plain"))
    found = shop.state.access.get(value)
    if found is None:
        raise Refusal(bearer_refused("invalid_token", "invalid token"))
    consent = consent_of(shop, found.refresh_token)
    if consent is None or found.expires_at <= shop.clock.now():
        raise Refusal(bearer_refused("invalid_token", "expired token"))
    if not shop.permitted:
        raise Refusal(bearer_refused("insufficient_scope", "no permission for the store", shop.switches.refusal_status))
    return consent


def consent_of(shop: Yahoo, refresh_token: str) -> Consent | None:
    """The consent that stands behind a refresh token, while it lives."""
    for consent in shop.state.consents:
        if consent.refresh_token == refresh_token and not consent.withdrawn:
            alive = shop.clock.now() - consent.given_at < timedelta(days=shop.switches.consent_days)
            return consent if alive else None
    return None


def _client(shop: Yahoo, request: Request, form: dict[str, str]) -> tuple[str, str] | None:
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme == "Basic" and shop.switches.token_auth != "body":
        try:
            name, _, secret = b64decode(value, validate=True).decode().partition(":")
        except (BadBase64, UnicodeDecodeError):
            return None
        return name, secret
    if shop.switches.token_auth != "basic" and "client_id" in form:
        return form["client_id"], form.get("client_secret", "")
    return None


def _first(shop: Yahoo, code: str) -> Response:
    if not spend(shop.state.codes, code, shop.clock.now()):
        return _refused("invalid_grant", "the code was used or is too old")
    consent = Consent(shop.secret("RT"), shop.clock.now())
    shop.state.consents.append(consent)
    return json_response(_access(shop, consent) | {"refresh_token": consent.refresh_token, "id_token": "e30.e30.sig"})


def _refresh(shop: Yahoo, refresh_token: str) -> Response:
    consent = consent_of(shop, refresh_token)
    if consent is None:
        return _refused("invalid_grant", "refresh token expired", error_code=1301)
    more: dict[str, Any] = {}
    if shop.switches.refresh_gives_refresh_token:
        consent.refresh_token = more["refresh_token"] = shop.secret("RT")
    return json_response(_access(shop, consent) | more)


def _access(shop: Yahoo, consent: Consent) -> dict[str, Any]:
    value, seconds = shop.secret("AT"), shop.switches.access_seconds
    now = shop.clock.now()
    living = {each: one for each, one in shop.state.access.items() if one.expires_at > now}
    shop.state.access = living | {value: AccessToken(now + timedelta(seconds=seconds), consent.refresh_token)}
    shop.touch()
    expires_in: int | str = str(seconds) if shop.switches.expires_in_text else seconds
    return {"access_token": value, "token_type": "Bearer", "expires_in": expires_in}


def _refused(error: str, description: str, status: int = 400, **more: Any) -> Response:
    return json_response({"error": error, "error_description": description} | more, status)
