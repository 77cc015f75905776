"""WooCommerce's webhooks: which ones we ask for, and how we know that one is the shop's (§2, Webhooks)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bridge.channels.woocommerce.snapshots import time_of
from bridge.channels.woocommerce.wire import Rest, WooRefused
from bridge.clock import Clock
from bridge.errors import NeedsPerson
from bridge.notices import Forged, Greeting, Notice, digest_of, fitting, from_base64, members, signed_by

TOPICS = ("order.created", "order.updated", "order.deleted", "order.restored")
ACTIVE = "active"

_GREETING = re.compile(rb"webhook_id=\d{1,18}")
_TOPIC = re.compile(r"[a-z_]{1,40}\.[a-z_]{1,40}")
_DELIVERY = re.compile(r"[A-Za-z0-9-]{1,80}")


class WooWebhooks:
    """The webhooks of one shop, signed with a secret that we gave it. Of the headers only the signature counts, the
    others are taken for what they are worth."""

    def __init__(self, secret: str, rest: Rest, clock: Clock) -> None:
        self._secret, self._rest, self._clock = secret, rest, clock

    def understand(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Raises Greeting, Forged."""
        signature = headers.get("x-wc-webhook-signature", "")
        if not signature and _GREETING.fullmatch(body):
            raise Greeting
        given = from_base64(signature)
        if not signed_by([self._secret], body, given):
            raise Forged
        said, digest = members(body), digest_of(given)
        topic = headers.get("x-wc-webhook-topic", "")
        delivery = headers.get("x-wc-webhook-delivery-id", "")
        return Notice(
            event=fitting(_DELIVERY, delivery) or digest,
            topic=fitting(_TOPIC, topic),
            order=_order(said) if topic.startswith("order.") else "",
            digest=digest,
            at=_happened(said) or self._clock.now(),
        )

    def subscribe(self, address: str) -> None:
        """See to it that the shop sends them to `address`. It switches one off after some failures in a row and tells
        nobody (T9), so this is done again daily. Raises TryAgain, NeedsPerson."""
        try:
            pages = self._rest.pages("webhooks", "/webhooks", 100, status="all")
            there = {hook["topic"]: hook for page, _ in pages for hook in page if hook["delivery_url"] == address}
            for topic in TOPICS:
                if topic not in there:
                    given = {"name": f"bridge {topic}", "topic": topic, "delivery_url": address}
                    self._rest.write("webhooks.create", "/webhooks", {**given, "secret": self._secret})
                elif there[topic]["status"] != ACTIVE:
                    path = f"/webhooks/{there[topic]['id']}"
                    given = {"status": ACTIVE, "secret": self._secret}
                    self._rest.write("webhooks.update", path, given, method="PUT")
        except WooRefused as refusal:
            raise NeedsPerson(refusal.hint) from refusal


def _order(said: Mapping[str, Any]) -> str:
    number = said.get("id")
    return str(number) if isinstance(number, int) and 0 < number < 10**18 else ""


def _happened(said: Mapping[str, Any]) -> datetime | None:
    try:
        return time_of(said.get("date_modified_gmt"))
    except ValueError:
        return None
