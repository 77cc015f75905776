"""A bridge in a process of its own that dies where it is told to. Everything but its death is the command line's.

Processes are forked from a server that has the program's modules in memory already: starting one takes no time.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from bridge.cli import main
from bridge.fault_points import Point, arm

Doom = tuple[Point, int]
"""Where to die: the nth time that a point is reached, whichever thread reaches it."""

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.crash.child"])


class Killer:
    """kill -9 of this very process."""

    def __init__(self, point: Point, nth: int) -> None:
        self._point, self._nth = point, nth
        self._seen: Counter[Point] = Counter()
        self._lock = threading.Lock()

    def __call__(self, point: Point) -> None:
        with self._lock:
            self._seen[point] += 1
            if point is self._point and self._seen[point] == self._nth:
                os.kill(os.getpid(), signal.SIGKILL)
                signal.pause()


def start(
    command: Sequence[str], log: Path, doom: Doom | None = None, work: Callable[[], None] | None = None
) -> ForkServerProcess:
    """`bridge <command>` with its words in `log`. `work`, a function of a module, is done in that process first."""
    process = _CONTEXT.Process(target=_live, args=(list(command), log, doom, work))
    process.start()
    return process


def _live(command: list[str], log: Path, doom: Doom | None, work: Callable[[], None] | None) -> None:
    words = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(words, 1)
    os.dup2(words, 2)
    sys.stdout = os.fdopen(1, "w", buffering=1, closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, closefd=False)
    if doom is not None:
        arm(Killer(*doom))
    if work is not None:
        work()
    sys.exit(main(command))
