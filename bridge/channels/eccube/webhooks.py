"""EC-CUBE's webhooks: how we know that one is the shop's (§1, Webhooks). Their address is entered in its admin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bridge.clock import Clock
from bridge.notices import Forged, Notice, about_now, content, digest_of, signed_by


class CubeWebhooks:
    """The webhooks of one shop. They bear neither a number nor a time."""

    def __init__(self, secret: str, clock: Clock) -> None:
        self._secret, self._clock = secret, clock

    def understand(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Raises Forged."""
        given = _decoded(headers.get("x-eccube-signature", ""))
        if not signed_by([self._secret], body, given):
            raise Forged
        now = self._clock.now()
        name = digest_of(given + about_now(now))
        changes = _changes(body)
        orders = {str(each["id"]) for each in changes if each.get("entity") == "order"}
        topic = next((f"{each.get('entity')} {each.get('action')}" for each in changes), "")
        return Notice(event=name, topic=topic[:40], order=min(orders, default=""), digest=name, at=now)

    def subscribe(self, address: str) -> None:
        """The plug-in lets nobody do that but a person in its admin."""


def _decoded(text: str) -> bytes:
    try:
        return bytes.fromhex(text) if text == text.lower() else b""
    except ValueError:
        return b""


def _changes(body: bytes) -> list[Mapping[str, Any]]:
    said = content(body)
    rows = said if isinstance(said, list) else []
    return [each for each in rows if isinstance(each, dict) and isinstance(each.get("id"), int)]
