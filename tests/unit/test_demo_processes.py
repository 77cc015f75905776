"""What the demo starts ends with it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

DEMO = """
import sys, time
from pathlib import Path
from bridge.demo.processes import Process
folder = Path(sys.argv[1])
child = Process("sandbox", ["sandbox", "--port", "0", "--empty", "--state", str(folder)], folder / "log")
child.said("http://")
print(child.pid, flush=True)
time.sleep(600)
"""
PATIENCE = 60.0


def test_kill_9_of_the_demo_leaves_nobody_behind(tmp_path: Path) -> None:
    demo = subprocess.Popen([sys.executable, "-c", DEMO, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert demo.stdout is not None
    child = int(demo.stdout.readline())
    assert runs(child)
    demo.kill()
    demo.wait()
    until = time.monotonic() + PATIENCE
    while runs(child) and time.monotonic() < until:
        time.sleep(0.05)
    assert not runs(child)


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/status")
    return not (status.exists() and "State:\tZ" in status.read_text())  # dead, though nobody has heard of it
