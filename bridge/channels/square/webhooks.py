"""Square's webhooks: how we know that one is Square's (§2.6). They wake a look; what they say is never taken for a
fact, since they tell a number and not its cause."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from bridge.clock import Clock
from bridge.notices import Forged, NotForUs, Notice, digest_of, fitting, from_base64, members, signed_by

_EVENT = re.compile(r"[A-Za-z0-9-]{1,80}")
_TOPIC = re.compile(r"[a-z_.]{1,60}")


class SquareWebhooks:
    """The webhooks of one merchant."""

    def __init__(self, shop: str, address: str, key: str, clock: Clock) -> None:
        """`address`: just as it is registered at Square: it is signed together with the body (T38)."""
        self._shop, self._address, self._key, self._clock = shop, address.encode(), key, clock

    def understand(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Raises Forged, NotForUs."""
        given = from_base64(headers.get("x-square-hmacsha256-signature", ""))
        if not signed_by([self._key], self._address + body, given):
            raise Forged
        said = members(body)
        if said.get("merchant_id") != self._shop:
            raise NotForUs
        digest = digest_of(given)
        return Notice(
            event=fitting(_EVENT, said.get("event_id")) or digest,
            topic=fitting(_TOPIC, said.get("type")),
            order="",
            digest=digest,
            at=_time(said.get("created_at")) or self._clock.now(),
        )

    def subscribe(self, address: str) -> None:
        """Square gives the key of a subscription when it is made, and the settings need it: a person makes it in the
        developer console."""


def _time(value: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return at if at is not None and at.tzinfo is not None else None
