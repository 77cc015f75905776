"""What a channel must know again after a restart, where its other side keeps no such memory itself."""

from __future__ import annotations

import json
from collections.abc import Collection, Set
from typing import Any, Protocol


class Remembers(Protocol):
    """The notes of one channel. Values are what JSON has."""

    def get(self, key: str, default: Any = None) -> Any:
        """A value as it was put last; the caller's own to change."""

    def put(self, **values: Any) -> None:
        """All of them at once, or none. Raises Stop where they can't be kept."""

    def elsewhere(self, orders: Collection[str]) -> Set[str]:
        """Those of these order numbers that stand in the books of another channel, and are booked there."""


class InMind:
    """Kept as long as the process lives. `others`: the orders of other channels."""

    def __init__(self, others: Collection[str] = ()) -> None:
        self._values: dict[str, str] = {}
        self._others = frozenset(others)

    def get(self, key: str, default: Any = None) -> Any:
        return json.loads(self._values[key]) if key in self._values else default

    def put(self, **values: Any) -> None:
        self._values |= {key: json.dumps(value) for key, value in values.items()}

    def elsewhere(self, orders: Collection[str]) -> Set[str]:
        return self._others & set(orders)
