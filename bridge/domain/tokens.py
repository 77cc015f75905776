"""The text of a lock cell: `✓ 17` free, `🔒 18` while we work on the row (DESIGN §4)."""

from __future__ import annotations

import re

_TOKEN = re.compile(r"^(✓|🔒) (\d{1,12})$")


def free(number: int) -> str:
    return f"✓ {number}"


def locked(number: int) -> str:
    return f"🔒 {number}"


def number_of(token: str) -> int | None:
    """The token's number; None for a blank or foreign text."""
    found = _TOKEN.match(token)
    return int(found[2]) if found else None


def is_locked(token: str) -> bool:
    return token.startswith("🔒 ") and number_of(token) is not None
