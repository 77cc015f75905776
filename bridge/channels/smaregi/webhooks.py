"""Smaregi's webhooks: a word of the operator's own in a header is all that tells whom they come from (pos.md §1.7).

They are never sent again and may come twice, so they only wake the poll (T7).
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping

from bridge.clock import Clock
from bridge.notices import Forged, NotForUs, Notice, about_now, digest_of, fitting, members, signature

HEADER = "x-bridge-secret"  # as it is entered in the developers' console

_EVENT = re.compile(r"[0-9A-Za-z-]{8,64}")


class SmaregiWebhooks:
    """The webhooks of one contract."""

    def __init__(self, secret: str, contract: str, clock: Clock) -> None:
        self._secret, self._contract, self._clock = secret, contract, clock

    def understand(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Raises Forged, NotForUs."""
        if not hmac.compare_digest(headers.get(HEADER, "").encode(), self._secret.encode()):
            raise Forged
        said = members(body)
        if said.get("contractId") != self._contract:
            raise NotForUs
        now = self._clock.now()
        event = fitting(_EVENT, headers.get("smaregi-event-id", ""))
        name = digest_of(signature(self._secret, body + about_now(now)))
        topic = f"{said.get('event')} {said.get('action')}"
        return Notice(event=event or name, topic=topic[:40], order="", digest=name, at=now)

    def subscribe(self, address: str) -> None:
        """Only a person can, in the developers' console."""
