"""Where files lie: a folder of this machine or of an SFTP server, and the lock before every write to it.

SFTP is no HTTP, so channels/http.py can't stand before it. What it does for the malls is done here: no write leaves
while the channel is in shadow, and none on a decision that is too old. The adapter never holds a folder that isn't
locked.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bridge.channels.files import damage, facts
from bridge.channels.http import Seams, ShadowWrite
from bridge.errors import Hint, NeedsPerson, TryAgain
from bridge.private import write_whole

TEMPORARY = ".part"


@dataclass(frozen=True)
class Entry:
    """One file. `time`: when it was changed last, in seconds, by the clock of where it lies."""

    name: str
    size: int
    time: float


class Folder(Protocol):
    """Files by their paths below one root, written with / (rule 6). Every method raises TryAgain and NeedsPerson."""

    def list(self, folder: str) -> Sequence[Entry] | None:
        """The files in a folder, without those that are still being written by us. None where it isn't there."""

    def read(self, path: str) -> bytes:
        """The whole file. Raises Damaged where it is too big, FileNotFoundError where it is gone."""

    def write(self, path: str, data: bytes) -> None:
        """A file that is there whole or not at all, in place of one of that name."""

    def move(self, path: str, to: str) -> None:
        """Into a folder that is made if it isn't there. Raises FileNotFoundError where it is gone."""

    def delete(self, path: str) -> None:
        """Harmless where it is gone already."""

    def close(self) -> None:
        """No call comes after it."""


class Locked:
    """A folder whose every write asks first."""

    def __init__(self, folder: Folder, seams: Seams) -> None:
        self._folder, self._seams = folder, seams
        self.list, self.read, self.close = folder.list, folder.read, folder.close

    def looked(self) -> None:
        """What is put away from now on is what lies there now."""
        self._seams.looked(self._seams.clock.monotonic())

    @property
    def may_write(self) -> bool:
        return self._seams.may_write()

    def write(self, path: str, data: bytes) -> None:
        self._ask("write")
        self._folder.write(path, data)

    def move(self, path: str, to: str) -> None:
        self._ask("move")
        with suppress(FileNotFoundError):
            self._folder.move(path, to)

    def delete(self, path: str) -> None:
        self._ask("delete")
        self._folder.delete(path)

    def _ask(self, what: str) -> None:
        """Raises ShadowWrite, TryAgain, Stop."""
        if not self._seams.may_write():
            raise ShadowWrite(f"{self._seams.name} would {what} a file while the channel is in shadow")
        self._seams.before_write()


class LocalFolder:
    """A folder of this machine."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def list(self, folder: str) -> Sequence[Entry] | None:
        place, found = self._root / folder, []
        with _local():
            if not place.is_dir():
                return None
            for each in sorted(place.iterdir()):
                with suppress(FileNotFoundError):  # taken in this very moment
                    if each.is_file() and not each.name.startswith("."):
                        stat = each.stat()
                        found.append(Entry(each.name, stat.st_size, stat.st_mtime))
        return found

    def read(self, path: str) -> bytes:
        with _local(), (self._root / path).open("rb") as file:
            data = file.read(facts.MOST_BYTES + 1)
        if len(data) > facts.MOST_BYTES:
            raise damage.too_big()
        return data

    def write(self, path: str, data: bytes) -> None:
        with _local():
            target = self._root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            replace_whole(target, data)

    def move(self, path: str, to: str) -> None:
        with _local():
            target = self._root / to
            target.parent.mkdir(parents=True, exist_ok=True)
            (self._root / path).replace(target)

    def delete(self, path: str) -> None:
        with _local():
            (self._root / path).unlink(missing_ok=True)

    def close(self) -> None:
        """Nothing is held open."""


def temporary(path: str) -> str:
    """The name under which a file is written before it is there."""
    folder, slash, name = path.rpartition("/")
    return f"{folder}{slash}.{name}{TEMPORARY}"


def replace_whole(target: Path, data: bytes) -> None:
    """Temporary name, fsync, rename, and the folder too. Whoever may look into the folder may read the file. Raises
    OSError."""
    fresh, readers = target.with_name(temporary(target.name)), target.parent.stat().st_mode & 0o666
    write_whole(target, data, fresh, readers)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def _local() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except PermissionError as error:
        raise NeedsPerson(
            Hint(
                f"ファイルに触れません（{error.filename}）。フォルダーの権限を確かめてください。",
                f"A file may not be touched ({error.filename}). Look at the folder's rights.",
            )
        ) from error
    except OSError as error:
        raise TryAgain(
            Hint(
                f"ファイルの読み書きに失敗しました（{error.strerror}）。自動でやり直します。",
                f"Reading or writing a file failed ({error.strerror}); trying again by itself.",
            )
        ) from error
