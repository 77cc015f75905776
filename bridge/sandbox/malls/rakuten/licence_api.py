"""When a licence key dies (rakuten.md §1.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from bridge.clock import JST
from bridge.sandbox.malls.rakuten.answers import Refusal, json_response, result_error

if TYPE_CHECKING:
    from bridge.sandbox.malls.rakuten.shop import Rakuten


def expiry_date(shop: Rakuten, request: Request, _args: dict[str, Any]) -> Response:
    """The end of a key's last day, in JST and without an offset."""
    licence = shop.licence(request.args.get("licenseKey", "").strip())
    if licence is None:
        raise Refusal(result_error(401, "ES01-01", "Un-Authorised"))
    return json_response({"expiryDate": f"{licence.expires_at.astimezone(JST):%Y-%m-%dT%H:%M:%S}"})
