"""Refresh tokens that a shop changed since the settings were written: each use brings a new one, and the old one dies.

Kept beside the ledger in a file of their own, for the bridge's user alone. An operator who writes another token into
the settings starts anew: what was kept is of the token before.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Protocol

from bridge.private import write_private


class KeepsTokens(Protocol):
    """Where the newest refresh token of a channel is kept."""

    def newest(self, channel: str, given: str) -> str:
        """The one that came of `given`, which the settings have; itself where none did."""

    def keep(self, channel: str, given: str, newest: str) -> None:
        """Raises OSError."""


class InMind:
    """Kept as long as the process lives."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], str] = {}

    def newest(self, channel: str, given: str) -> str:
        return self._known.get((channel, given), given)

    def keep(self, channel: str, given: str, newest: str) -> None:
        self._known[channel, given] = newest


class Refreshed:
    """In a file beside the ledger, whole at every moment: the new one takes the place of the old."""

    def __init__(self, ledger: Path) -> None:
        self._ledger = ledger
        self._lock = Lock()

    @property
    def _path(self) -> Path:
        return self._ledger.with_suffix(".tokens")

    def newest(self, channel: str, given: str) -> str:
        kept = self._read().get(channel, {})
        return str(kept["token"]) if kept.get("of") == _mark(given) else given

    def keep(self, channel: str, given: str, newest: str) -> None:
        with self._lock:
            content = self._read() | {channel: {"of": _mark(given), "token": newest}}
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_private(self._path, json.dumps(content))

    def _read(self) -> dict[str, dict[str, str]]:
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}


def _mark(token: str) -> str:
    """Tells which token it was, without being it."""
    return sha256(token.encode()).hexdigest()
