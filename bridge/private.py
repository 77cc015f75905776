"""What the bridge writes is for the bridge's user alone: the ledger, its lock, records, the sandbox's key and state."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
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
    write_whole(path, text.encode(), _beside(path))


@contextmanager
def written_together(texts: Mapping[Path, str]) -> Iterator[None]:
    """Texts that belong together, each for its owner alone: all are on the disk before the block, and in their places
    after it; where there is no room for one, or the block raises, all stay as they were. Raises OSError."""
    try:
        for path, text in texts.items():
            _write(_beside(path), text.encode(), 0o600)
        yield
        for path in texts:
            _beside(path).replace(path)
    finally:
        for path in texts:
            _beside(path).unlink(missing_ok=True)


def write_whole(path: Path, data: bytes, fresh: Path, mode: int = 0o600) -> None:
    """Whole at every moment, also where the power fails. `fresh`: where it is written before it is there · `mode`: who
    may read it then; before that its owner alone. Raises OSError."""
    _write(fresh, data, mode)
    fresh.replace(path)


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.new")


def _write(fresh: Path, data: bytes, mode: int) -> None:
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        os.fchmod(file.fileno(), mode)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
