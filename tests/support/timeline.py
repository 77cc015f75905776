"""Several threads on one virtual clock: while one sleeps the others go on, and time jumps to whoever wakes first.

Only one thread runs at a time, and it runs until it sleeps: a run is the same each time, however busy the machine is.
"""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable
from itertools import count

from tests.support.virtual_clock import VirtualClock


class Ended(BaseException):
    """The run is over: unwinds a thread that sleeps."""


class Timeline(VirtualClock):
    """A clock whose `sleep` lets the other threads live. Outside of `run` it is the plain virtual clock."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: list[tuple[float, int, threading.Semaphore]] = []
        self._order = count()
        self._turn = threading.Semaphore(0)  # handed back to `run` by the thread that had it
        self._mine = threading.local()
        self._ended = False
        self._threads: list[threading.Thread] = []
        self._failure: BaseException | None = None

    def start_thread(self, job: Callable[[], None]) -> None:
        """A thread that begins at the next `run`."""
        wake = threading.Semaphore(0)

        def body() -> None:
            self._mine.wake = wake
            wake.acquire()
            try:
                if not self._ended:
                    job()
            except Ended:
                pass
            except BaseException as error:  # told to whoever called `run`
                self._failure = error
            self._turn.release()

        thread = threading.Thread(target=body, daemon=True)
        thread.start()
        self._threads.append(thread)
        self._park(wake, 0.0)

    def sleep(self, seconds: float) -> None:
        wake = getattr(self._mine, "wake", None)
        if wake is None:
            super().sleep(seconds)
            return
        assert seconds >= 0
        self._park(wake, seconds)
        self._turn.release()
        wake.acquire()
        if self._ended:
            raise Ended

    def run(self, seconds: float) -> None:
        """Let the threads live for so long. Raises what one of them raised."""
        until = self.elapsed + seconds
        while self._waiting and self._waiting[0][0] <= until:
            at, _, wake = heapq.heappop(self._waiting)
            self.elapsed = max(self.elapsed, at)
            self._give(wake)
        self.elapsed = until

    def end(self) -> None:
        """Unwind every thread."""
        self._ended = True
        while self._waiting:
            self._give(heapq.heappop(self._waiting)[2])
        for thread in self._threads:
            thread.join(timeout=10)

    def _park(self, wake: threading.Semaphore, seconds: float) -> None:
        heapq.heappush(self._waiting, (self.elapsed + seconds, next(self._order), wake))

    def _give(self, wake: threading.Semaphore) -> None:
        wake.release()
        self._turn.acquire()
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure
