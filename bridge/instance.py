"""Which bridge this is: one process keeps a ledger, and a ledger is at home in one place."""

from __future__ import annotations

import fcntl
import hashlib
import platform
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from types import TracebackType
from typing import IO

from bridge.errors import Hint, Stop

MACHINE = Path("/etc/machine-id")


class OneInstance(AbstractContextManager["OneInstance"]):
    """One process per ledger, by whatever name it is called. Raises Stop where another one holds it."""

    def __init__(self, ledger_path: Path) -> None:
        self._ledger = ledger_path
        self._file: IO[str] | None = None

    def __enter__(self) -> OneInstance:
        try:
            real = self._ledger.resolve()
            real.parent.mkdir(parents=True, exist_ok=True)
            if real.exists() and real.stat().st_nlink > 1:
                raise Stop(
                    Hint(
                        f"台帳 {real} に別の名前（ハードリンク）があり、壊れるおそれがあります。片方を消してください。",
                        f"The ledger {real} has another name (a hard link) and could be damaged. Remove one of them.",
                    )
                )
            self._file = real.with_suffix(".lock").open("w")
        except OSError as error:
            raise Stop(
                Hint(
                    f"台帳 {self._ledger} を開けません。フォルダーと権限を確かめてください。",
                    f"The ledger {self._ledger} can't be opened. Check the folder and its rights.",
                )
            ) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.close()
            raise Stop(
                Hint(
                    "bridgeはもう動いています。先にそちらを止めてください。",
                    "A bridge is running already; stop it first.",
                )
            ) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._file is not None
        self._file.close()


def home_of(ledger_path: Path) -> str:
    """Where a ledger lies: another machine, or a copy on this one, is another home. Tells nothing of either."""
    machine = platform.node()
    with suppress(OSError):
        machine += MACHINE.read_text(encoding="ascii").strip()
    place = f"{machine} {ledger_path.stat().st_ino}"
    return hashlib.sha256(place.encode()).hexdigest()[:12]
