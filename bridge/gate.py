"""The last question before anything is written outside: does what we decided on still hold?

A process can sleep for an hour between any two of its lines (SIGSTOP, a suspended machine, a virtual machine that is
moved) and knows nothing of it when it goes on. Meanwhile people typed, malls sold, another bridge may have been
started. So nothing is written unless its reader looked a short while ago, and nothing once the ledger has failed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bridge.clock import Clock
from bridge.errors import Hint, Stop, TryAgain

SLOW_LOOK = 120.0  # seconds that a look may take beyond the limit where a mall is slow …
SLOW_CALL = 5.0  # … and for each further call that it needs

log = logging.getLogger(__name__)


class Gate:
    """One thread's way out. `limit`: seconds between a look and what is written upon it · `stopped`: why nothing may be
    written any more, None while all is well."""

    def __init__(self, clock: Clock, limit: float, stopped: Callable[[], Stop | None] = lambda: None) -> None:
        self._clock, self._limit, self._stopped = clock, limit, stopped
        self._looked_at: float | None = None

    def looked(self, at: float) -> None:
        """What is decided from now on rests on what was asked for at `at` (monotonic)."""
        self._looked_at = at

    @contextmanager
    def looking(self, calls: int = 1) -> Iterator[None]:
        """Around a look of several calls. Raises TryAgain where its first answers may be no longer true."""
        began = self._clock.monotonic()
        yield
        ended = self._clock.monotonic()
        if ended - began > self._limit + SLOW_LOOK + calls * SLOW_CALL:
            raise self._too_old(ended - began)
        self._looked_at = ended

    def check(self) -> None:
        """Right before a write. Raises Stop; TryAgain where the last look is too old: nothing was sent, look again."""
        stop = self._stopped()
        if stop is not None:
            raise stop
        age = 0.0 if self._looked_at is None else self._clock.monotonic() - self._looked_at
        if age > self._limit:
            raise self._too_old(age)

    def _too_old(self, age: float) -> TryAgain:
        hint = Hint(
            f"{age:.0f}秒前に見た内容で決めたことなので、書き込まずに見直します（止まっていた可能性があります）。",
            f"Decided on what was seen {age:.0f} s ago: not written, looking again (perhaps it was paused).",
        )
        log.warning("%s", hint)
        return TryAgain(hint)
