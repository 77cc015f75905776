"""What the bridge's process costs, read from /proc: on Linux alone."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

MB = 1024 * 1024


@dataclass(frozen=True)
class Load:
    """Of one process so far. `cpu`: seconds of one core, its own and the system's · `resident`, `most`: bytes in memory
    now, and at most."""

    cpu: float
    resident: int
    most: int


def load_of(pid: int, proc: Path = Path("/proc")) -> Load | None:
    """None where this system has no /proc, or no such process."""
    try:
        stat = (proc / str(pid) / "stat").read_text()
        status = (proc / str(pid) / "status").read_text()
    except OSError:
        return None
    sizes = {name: int(kb) * 1024 for name, kb in re.findall(r"^(VmRSS|VmHWM):\s+(\d+) kB", status, re.MULTILINE)}
    if len(sizes) < 2:
        return None  # it has ended, and nobody has asked for its exit code yet
    after_name = stat.rpartition(")")[2].split()  # the name may have blanks in it
    ticks = int(after_name[11]) + int(after_name[12])  # proc(5): utime and stime, the fields 14 and 15
    return Load(ticks / os.sysconf("SC_CLK_TCK"), sizes["VmRSS"], sizes["VmHWM"])


class Meter:
    """What the bridge costs while people trade: of one that was killed, its successor's start counts too."""

    def __init__(self) -> None:
        self._first: dict[int, float] = {}
        self._last: dict[int, Load] = {}

    def look(self, pid: int) -> None:
        load = load_of(pid)
        if load is not None:
            self._first.setdefault(pid, 0.0 if self._first else load.cpu)
            self._last[pid] = load

    def told(self, seconds: float) -> str:
        """In words, for so many seconds of trade."""
        if not self._last:
            return "Linux だけで測れます / measured on Linux only"
        cpu = sum(load.cpu - self._first[pid] for pid, load in self._last.items())
        resident, most = list(self._last.values())[-1].resident, max(load.most for load in self._last.values())
        share = 100 * cpu / max(seconds, 0.1)
        return (
            f"RSS {resident / MB:.0f} MB (most {most / MB:.0f}) · CPU {cpu:.1f} s in {seconds:.0f} s of trade, "
            f"{share:.0f} % of one core (Linux)"
        )
