"""The word of the spreadsheet's own script that somebody typed (sheets_templates/edit_trigger.gs). Optional."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bridge.clock import Clock
from bridge.notices import Forged, NotForUs, Notice, digest_of, from_base64, signed_by

SENDER = "sheet"
HEADER = "x-bridge-signature"
FRESH = timedelta(minutes=5)  # how far its time may be from ours; the script never tries again


class EditHook:
    """Judges what says it comes from the script. The time and a number used once are part of what is signed."""

    def __init__(self, secret: str, spreadsheet_id: str, clock: Clock) -> None:
        self._secret, self._spreadsheet, self._clock = secret, spreadsheet_id, clock

    def understand(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Raises Forged, NotForUs."""
        given = from_base64(headers.get(HEADER, ""))
        if not signed_by([self._secret], body, given):
            raise Forged
        said, at = _read(body)
        if abs(self._clock.now() - at) > FRESH:
            raise Forged
        if said.get("spreadsheet") != self._spreadsheet:
            raise NotForUs
        digest = digest_of(given)
        return Notice(event=digest, topic="edit", order="", digest=digest, at=at)


def _read(body: bytes) -> tuple[dict[str, Any], datetime]:
    """The members and the time. Whoever has the secret but writes neither isn't our script."""
    try:
        said = json.loads(body)
        at = datetime.fromisoformat(said["at"])
    except (ValueError, TypeError, LookupError, RecursionError):
        raise Forged from None
    if at.tzinfo is None:
        raise Forged
    return said, at
