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
    """Whole at every moment, also where the power fails, and for its owner alone. Raises OSError."""
    fresh = path.with_name(f"{path.name}.new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
