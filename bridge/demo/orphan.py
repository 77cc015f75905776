"""A process of the demo ends when the demo is gone, however that came about."""

from __future__ import annotations

import os
import signal
import threading
import time

PATIENCE = 10.0  # seconds to end by itself


def end_with_parent() -> None:
    """In the child: its standard input is a pipe that only the demo holds open, and that nobody writes to."""
    threading.Thread(target=_wait, name="parent", daemon=True).start()


def _wait() -> None:
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE)
    os.kill(os.getpid(), signal.SIGKILL)
