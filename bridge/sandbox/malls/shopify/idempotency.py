"""`@idempotent(key:)`: the same intended write is carried out once (shopify.md §5.3)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError, GraphQLResolveInfo
from graphql.execution.values import get_directive_values

from bridge.sandbox.malls.shopify.records import Attempt

if TYPE_CHECKING:
    from bridge.sandbox.malls.shopify.shop import Shopify

MANDATORY_FROM = "2026-04"
KEYED = {"inventorySetQuantities", "inventoryAdjustQuantities", "inventoryActivate"}
"""The mutations whose documentation names the directive; others refuse it."""

Plain = dict[str, Any]
"""An answer that can be kept as JSON: the payload's fields, before they are rendered."""


def once(
    shop: Shopify,
    info: GraphQLResolveInfo[Any],
    arguments: Any,
    work: Callable[[], Plain],
    refuse: Callable[[str], Plain],
) -> Plain:
    """Do `work` unless the key was used before: then its first answer, or `refuse(code)`."""
    key = key_of(info)
    if key is None:
        if info.context["version"] >= MANDATORY_FROM:
            message = f"The @idempotent directive is required for the {info.field_name} mutation but was not provided."
            raise GraphQLError(message, extensions={"code": "BAD_REQUEST"})
        return work()
    if not key.strip() or len(key) > shop.switches.idempotency_key_length:
        raise GraphQLError("The idempotency key is invalid.", extensions={"code": "BAD_REQUEST"})
    _forget_old(shop)
    fingerprint = json.dumps([info.field_name, arguments], sort_keys=True)
    earlier = shop.state.attempts.get(key)
    if earlier is not None:
        if earlier.answer is None:
            return refuse("IDEMPOTENCY_CONCURRENT_REQUEST")
        if earlier.arguments != fingerprint:
            return refuse("IDEMPOTENCY_KEY_PARAMETER_MISMATCH")
        if earlier.answer["userErrors"] and shop.switches.failed_key == "failed":
            return refuse("IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED")
        return dict(earlier.answer)
    answer = work()
    shop.state.attempts[key] = Attempt(shop.clock.now(), fingerprint, answer)
    return answer


def key_of(info: GraphQLResolveInfo[Any]) -> str | None:
    directive = info.schema.get_directive("idempotent")
    assert directive is not None
    values = get_directive_values(directive, info.field_nodes[0], info.variable_values)
    if values is not None and info.field_name not in KEYED:
        message = f"The @idempotent directive is not supported by the {info.field_name} mutation."
        raise GraphQLError(message, extensions={"code": "BAD_REQUEST"})
    return None if values is None else str(values["key"])


def _forget_old(shop: Shopify) -> None:
    limit = shop.clock.now() - timedelta(hours=shop.switches.idempotency_hours)
    for key in [key for key, attempt in shop.state.attempts.items() if attempt.at < limit]:
        del shop.state.attempts[key]
