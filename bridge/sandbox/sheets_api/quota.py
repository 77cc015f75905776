"""Google's limits per user and minute: an over-quota call is refused with 429 and not applied."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Literal

from bridge.clock import Clock

from .errors import quota_exceeded

Kind = Literal["Read", "Write"]
MINUTE = 60.0  # seconds


@dataclass(frozen=True)
class Quota:
    reads: int = 60
    writes: int = 60


@dataclass
class QuotaMeter:
    """Counts each user's calls of the last 60 s. Google refills by the minute; the sliding minute is the stricter."""

    quota: Quota | None
    clock: Clock
    _calls: dict[tuple[str, Kind], deque[float]] = field(default_factory=dict)

    def spend(self, user: str, kind: Kind) -> None:
        recent = self._recent(user, kind)
        limit = self._limit(kind)
        if limit is not None and len(recent) >= limit:
            raise quota_exceeded(kind, limit)
        recent.append(self.clock.monotonic())

    def used(self, user: str, kind: Kind) -> int:
        """Calls that count against the limit now."""
        return len(self._recent(user, kind))

    def _limit(self, kind: Kind) -> int | None:
        if self.quota is None:
            return None
        return self.quota.reads if kind == "Read" else self.quota.writes

    def _recent(self, user: str, kind: Kind) -> deque[float]:
        recent = self._calls.setdefault((user, kind), deque())
        horizon = self.clock.monotonic() - MINUTE
        while recent and recent[0] <= horizon:
            recent.popleft()
        return recent
