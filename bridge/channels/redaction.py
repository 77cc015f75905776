"""What must never be written down: keys, and everything about a buyer."""

from __future__ import annotations

from collections.abc import Collection
from threading import Lock
from urllib.parse import quote

MASK = "•••"
SHORTEST_SECRET = 4  # a shorter one would mask half of every text

SECRET_FIELDS = frozenset({"access_token", "client_secret", "id_token", "refresh_token", "url"})
"""Members of an answer that hold a key which isn't known before. `url`: where a document lies that whoever knows the
address may read or replace (amazon.md §6)."""


class Redactor:
    """Masks known secrets wherever they stand in a text."""

    def __init__(self, secrets: Collection[str]) -> None:
        self._lock = Lock()
        self._secrets: set[str] = set()
        for secret in secrets:
            self.learn(secret)

    def learn(self, secret: str) -> None:
        """A secret that came to be while running (a fresh token)."""
        if len(secret) >= SHORTEST_SECRET:
            with self._lock:
                self._secrets |= {secret, quote(secret, safe="")}

    def clean(self, text: str) -> str:
        with self._lock:
            secrets = sorted(self._secrets, key=len, reverse=True)
        for secret in secrets:
            text = text.replace(secret, MASK)
        return text


def only(value: object, members: Collection[str]) -> object:
    """`value` (parsed JSON) with just these members, at every depth."""
    if isinstance(value, dict):
        return {name: only(part, members) for name, part in value.items() if name in members}
    if isinstance(value, list):
        return [only(part, members) for part in value]
    return value


def without_keys(value: object) -> object:
    """`value` (parsed JSON) with every secret member masked."""
    if isinstance(value, dict):
        return {name: MASK if name in SECRET_FIELDS else without_keys(part) for name, part in value.items()}
    if isinstance(value, list):
        return [without_keys(part) for part in value]
    return value
