"""Files that don't fit: a copy of each in a folder of ours, the reason beside it, until a person takes it away.

It lies on the bridge's own machine, for its user alone. A held file is let in by adding .ok to its name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from bridge.channels.files.folders import replace_whole
from bridge.errors import Hint, NeedsPerson
from bridge.private import write_private
from bridge.remembered import Remembers

REASON, APPROVED = ".reason.txt", ".ok"


class Quarantine:
    """Of one channel."""

    def __init__(self, folder: Path, memory: Remembers) -> None:
        self._folder, self._memory = folder, memory

    def put(self, name: str, data: bytes, reason: Hint) -> dict[str, dict[str, str]]:
        """Harmless to repeat. Returns what is to be remembered as `refused`. Raises NeedsPerson."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            replace_whole(self._folder / name, data)
            write_private(self._folder / f"{name}{REASON}", f"{reason.ja}\n{reason.en}\n")
        except OSError as error:
            raise NeedsPerson(
                Hint(
                    f"隔離フォルダー {self._folder} に書き込めません。権限と空きを確かめてください。",
                    f"The quarantine folder {self._folder} can't be written. See its rights and the space left.",
                )
            ) from error
        return {**self._refused(), name: {"ja": reason.ja, "en": reason.en}}

    def alarms(self) -> dict[str, Hint]:
        """Why each file that still lies there was not taken."""
        there = set(self._names())
        return {name: self._told(name, hint) for name, hint in sorted(self._refused().items()) if name in there}

    def approved(self) -> Iterator[tuple[str, bytes]]:
        """Files that a person let in: their names as they came, and what is in them."""
        for name in self._names():
            if name.endswith(APPROVED):
                with suppress(OSError):
                    yield name.removesuffix(APPROVED), (self._folder / name).read_bytes()

    def remove(self, name: str) -> None:
        """It was let in, and taken."""
        for each in (name, f"{name}{APPROVED}", f"{name}{REASON}"):
            with suppress(OSError):
                (self._folder / each).unlink(missing_ok=True)

    def _names(self) -> list[str]:
        try:
            return sorted(each.name for each in self._folder.iterdir() if not each.name.startswith("."))
        except OSError:
            return []

    def _refused(self) -> Mapping[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = self._memory.get("refused", {})
        return found

    def _told(self, name: str, hint: Mapping[str, str]) -> Hint:
        place = self._folder / name
        return Hint(
            f"ファイル {name} を取り込みませんでした。{hint['ja']}（{place} にあります。片付けたら消してください）",
            f"The file {name} was not taken. {hint['en']} (It lies in {place}; delete it when that is settled.)",
        )
