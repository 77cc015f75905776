"""Shopify's webhooks: which ones we ask for, and how we know that one is Shopify's (shopify.md §8)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bridge.channel_settings import Shopify
from bridge.channels.shopify import documents, facts
from bridge.channels.shopify.wire import Graph
from bridge.clock import Clock
from bridge.errors import Hint, NeedsPerson
from bridge.notices import Forged, NotForUs, Notice, digest_of, fitting, from_base64, members, signed_by

TOPICS = ("ORDERS_CREATE", "ORDERS_UPDATED", "ORDERS_CANCELLED", "ORDERS_EDITED", "REFUNDS_CREATE")
FIELDS = ("id", "admin_graphql_api_id", "order_id", "order_edit", "created_at", "updated_at")
"""All that is asked for: nobody's name or address comes this way. The times keep two bodies from being equal, which
Shopify would send only once."""

_TOPIC = re.compile(r"[a-z_]{1,40}/[a-z_]{1,40}")
_EVENT = re.compile(r"[A-Za-z0-9-]{1,80}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")


class ShopifyWebhooks:
    """The webhooks of one shop. Shopify signs the body and nothing else: of the headers only the signature counts,
    the others are taken for what they are worth."""

    def __init__(self, settings: Shopify, graph: Graph, clock: Clock) -> None:
        self._shop = settings.shop
        self._keys = [each.reveal() for each in (settings.webhook_secret, settings.client_secret) if each]
        self._graph = graph
        self._clock = clock

    def understand(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Raises Forged, NotForUs."""
        given = from_base64(headers.get("x-shopify-hmac-sha256", ""))
        if not signed_by(self._keys, body, given):
            raise Forged
        if headers.get("x-shopify-shop-domain", "").lower() != self._shop:
            raise NotForUs
        said = members(body)
        digest = digest_of(given)
        return Notice(
            event=fitting(_EVENT, headers.get("x-shopify-webhook-id", "")) or digest,
            topic=fitting(_TOPIC, headers.get("x-shopify-topic", "")),
            order=_order(said, headers.get("x-shopify-topic", "")),
            digest=digest,
            at=_happened(said) or _time(headers.get("x-shopify-triggered-at")) or self._clock.now(),
        )

    def subscribe(self, address: str) -> None:
        """See to it that Shopify sends them to `address`. Shopify drops a subscription after eight failures in a row,
        so this is done again daily. Raises TryAgain, NeedsPerson, Refused."""
        there = self._topics(address)
        for topic in TOPICS:
            if topic not in there:
                self._ask_for(topic, address)

    def _topics(self, address: str) -> set[str]:
        """Those that Shopify sends to `address` already."""
        found = self._graph.pages(documents.SUBSCRIPTIONS, {}, "webhookSubscriptions")
        return {hook["topic"] for hook in found if hook["uri"] == address}

    def _ask_for(self, topic: str, address: str) -> None:
        wanted = {"uri": address, "format": "JSON", "includeFields": list(FIELDS)}
        answer = self._graph.ask(documents.SUBSCRIBE, {"topic": topic, "wanted": wanted})
        errors = answer["webhookSubscriptionCreate"]["userErrors"]
        # Asked for a second time, because the first answer was lost, it is refused as taken: then it is there.
        if errors and topic not in self._topics(address):
            detail = "; ".join(str(error.get("message")) for error in errors)
            raise NeedsPerson(
                Hint(
                    f"Shopify が通知の宛先 {address} を受け付けません: {detail}",
                    f"Shopify doesn't take {address} as the address of its notices: {detail}",
                )
            )


def _order(said: Mapping[str, Any], topic: str) -> str:
    """The order's number. In the body of a refund, `id` is the refund's."""
    edit = said.get("order_edit")
    inner = edit.get("order_id") if isinstance(edit, dict) else None
    number = said.get("order_id") or inner or (said.get("id") if topic.startswith("orders/") else None)
    return str(number) if isinstance(number, int) and 0 < number < facts.IDS_BELOW else ""


def _happened(said: Mapping[str, Any]) -> datetime | None:
    edit = said.get("order_edit")
    inner = edit.get("created_at") if isinstance(edit, dict) else None
    return _time(said.get("updated_at")) or _time(said.get("created_at")) or _time(inner)


def _time(text: object) -> datetime | None:
    if not isinstance(text, str) or not _TIME.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
