"""Webhooks: each wakes a poll, once. What has changed, the poll finds out for itself."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import timedelta
from enum import Enum

from bridge.clock import Clock
from bridge.ledger.ledger import Ledger
from bridge.ledger.values import iso
from bridge.notices import Notice

WINDOW = timedelta(days=2)  # malls try again for hours and are up to a day late; what is older wakes nobody
AHEAD = timedelta(minutes=10)  # how far a sender's clock may be before ours
KEPT = WINDOW + 2 * AHEAD  # a delivery is forgotten only when its replay would be too old
APART = 3.0  # seconds between two polls that were woken, however many ring
MALL_LOOKS = (0.0, 3.0, 8.0, 20.0)  # seconds after a ring: a mall's order search is some seconds behind its webhooks
SHEET_LOOKS = (0.0,)


class Wake:
    """A thread's alarm: rung by others, looked at by the thread itself."""

    def __init__(self, clock: Clock, looks: tuple[float, ...]) -> None:
        self._clock, self._looks = clock, looks
        self._lock = threading.Lock()
        self._due: list[float] = []  # when to look, the earliest first; never more than one beyond `looks`
        self._looked = -APART

    def ring(self) -> None:
        with self._lock:
            now = self._clock.monotonic()
            self._due = sorted({min([*self._due, now]), *(now + later for later in self._looks)})

    def due(self) -> bool:
        """Whether to look now. Asking takes it back."""
        with self._lock:
            now = self._clock.monotonic()
            if not self._due or max(self._due[0], self._looked + APART) > now:
                return False
            self._due = [at for at in self._due if at > now]
            self._looked = now
            return True


class Taken(Enum):
    """What became of a webhook that was signed well."""

    NEW = "new"
    REPEATED = "repeated"
    UNTIMELY = "untimely"


class Doorbell:
    """Where webhooks are handed in. May be used by several threads."""

    def __init__(self, ledger: Ledger, clock: Clock, wakes: Mapping[str, Wake]) -> None:
        self._ledger, self._clock, self._wakes = ledger, clock, wakes

    def take(self, sender: str, notice: Notice) -> Taken:
        """Keep it and wake `sender`'s thread, unless it came before or is too old. Raises Stop."""
        now = self._clock.now()
        if not now - WINDOW <= notice.at <= now + AHEAD:
            return Taken.UNTIMELY
        with self._ledger.write() as tx:
            if not tx.webhooks.take(sender, notice):
                return Taken.REPEATED
            tx.webhooks.forget(iso(now - KEPT))
        self._wakes[sender].ring()
        return Taken.NEW
