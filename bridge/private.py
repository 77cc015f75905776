"""What the bridge writes is for the bridge's user alone: the ledger, its lock, records, the sandbox's key and state."""

from __future__ import annotations

import os
from pathlib import Path

OTHERS = 0o077


def keep_private() -> None:
    """From now on every file that this process or its children make is 0600, every folder 0700. SQLite's own files
    beside a database take its rights."""
    os.umask(OTHERS)


def open_to_others(path: Path) -> bool:
    """Whether anybody but its owner may read or write an existing file."""
    return path.exists() and bool(path.stat().st_mode & OTHERS)


def tighten(ledger: Path) -> None:
    """Take the rights of others from a ledger of before, and from what lies beside it."""
    for path in ledger.parent.glob(f"{ledger.stem}.*"):
        if path.is_file() and open_to_others(path):
            path.chmod(path.stat().st_mode & ~OTHERS)


def write_private(path: Path, text: str) -> None:
    """A text for its owner alone, as `write_whole`. Raises OSError."""
    write_whole(path, text.encode(), path.with_name(f"{path.name}.new"))


def write_whole(path: Path, data: bytes, fresh: Path, mode: int = 0o600) -> None:
    """Whole at every moment, also where the power fails. `fresh`: where it is written before it is there · `mode`: who
    may read it then; before that its owner alone. Raises OSError."""
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        os.fchmod(file.fileno(), mode)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
