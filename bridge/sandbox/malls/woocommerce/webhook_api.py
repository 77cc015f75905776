"""webhooks: whom to tell of what (§2, Webhooks)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from bridge.sandbox.malls.woocommerce.answers import json_response, page_of, read_json, refusal
from bridge.sandbox.malls.woocommerce.records import Hook
from bridge.sandbox.malls.woocommerce.views import hook_json

if TYPE_CHECKING:
    from bridge.sandbox.malls.woocommerce.shop import WooCommerce


def webhooks(shop: WooCommerce, request: Request, _args: dict[str, Any]) -> Response:
    status = request.args.get("status", "all")
    found = [hook for hook in shop.state.hooks.values() if status in ("all", hook.status)]
    return page_of(request, [hook_json(hook) for hook in found], shop.switches.total_headers)


def add(shop: WooCommerce, request: Request, _args: dict[str, Any]) -> Response:
    given = read_json(request)
    if not given.get("topic") or not given.get("delivery_url"):
        raise refusal(400, "woocommerce_rest_webhook_invalid", "Webhook topic or delivery URL is missing.")
    number = shop.next_number()
    hook = Hook(number, str(given["topic"]), str(given["delivery_url"]), str(given.get("secret", "")))
    shop.state.hooks[number] = hook
    shop.count_write()
    shop.courier.greet(hook)
    return json_response(hook_json(hook), 201)


def change(shop: WooCommerce, request: Request, args: dict[str, Any]) -> Response:
    hook, given = shop.state.hooks.get(args["w"]), read_json(request)
    if hook is None:
        raise refusal(404, "woocommerce_rest_shop_webhook_invalid_id", "Invalid ID.")
    hook.status, hook.secret = given.get("status", hook.status), given.get("secret", hook.secret)
    hook.failures = 0
    shop.count_write()
    return json_response(hook_json(hook))
