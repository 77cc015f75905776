"""A limit on how often somebody is asked (Google per user, a mall per shop and function), on the injected clock."""

from __future__ import annotations

from threading import Lock

from bridge.clock import Clock


class TokenBucket:
    """Holds up to `burst` tokens and gains `rate` tokens a second (both > 0). Safe for several threads.

    Tokens are taken in advance: whoever comes too early is told how long to wait, and those after wait behind.
    """

    def __init__(self, clock: Clock, rate: float, burst: float) -> None:
        self._clock = clock
        self._rate = rate
        self._burst = burst
        self._level = burst  # below zero: tokens already promised to those who wait
        self._at = clock.monotonic()
        self._lock = Lock()

    def take(self, cost: float, patience: float) -> bool:
        """Wait until `cost` tokens are there and take them. False, at once and without taking any, where that would
        need more than `patience` seconds."""
        with self._lock:
            self._refill()
            wait = max(0.0, (min(cost, self._burst) - self._level) / self._rate)
            if wait > patience:
                return False
            self._level -= cost
        if wait:
            self._clock.sleep(wait)
        return True

    def correct(self, level: float, rate: float, burst: float) -> None:
        """The other side told what is really left, how fast it comes back and the most it holds."""
        with self._lock:
            self._refill()
            self._level, self._rate, self._burst = level, rate, burst

    def retune(self, rate: float) -> None:
        """The other side told how fast tokens come back; how many are left it didn't say."""
        with self._lock:
            self._refill()
            self._rate = rate

    def _refill(self) -> None:
        now = self._clock.monotonic()
        self._level = min(self._burst, self._level + (now - self._at) * self._rate)
        self._at = now
