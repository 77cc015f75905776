"""Where new settings of a channel are kept: each secret where the bridge finds it at its next start, the rest in the
settings file."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bridge.channel_settings import is_secret
from bridge.config import place_of_keys
from bridge.errors import BridgeError, Hint
from bridge.keys import Keys, Place, Unreadable
from bridge.private import written_together
from bridge.settings import as_toml, parse


class KeyStore:
    """Of one channel. `path`: the settings file · `section`: as in "rakuten" or "files.aupay"."""

    def __init__(self, path: Path, section: str, env: Mapping[str, str] = os.environ) -> None:
        self._path, self._section = path, section
        self._kind, self._name = section.partition(".")[0], section.rpartition(".")[2]
        self._places = place_of_keys(parse(path), path.parent)
        folders = [self._places.folder] if self._places.folder else []
        self._keys = Keys(env, folders, self._places.keyring)

    def check(self, names: Collection[str]) -> None:
        """Raises BridgeError where a new secret of that name would not be found at the next start: another place that
        is not ours to write comes first."""
        for name in self._secrets(names):
            if self._place(name) is Place.FIXED:
                raise BridgeError(
                    Hint(
                        f"{self._variable(name)} は環境変数か systemd で渡されています。ここからは変えられないので、"
                        "サーバーで変えてください。",
                        f"{self._variable(name)} comes from the environment or systemd, so it can't be changed from"
                        " here. Change it on the server.",
                    )
                )

    def keep(self, values: Mapping[str, Any], dropped: Collection[str] = ()) -> None:
        """These settings, instead of what they were; `dropped` go. Raises BridgeError where they can't be kept; then
        all are what they were, but for a keyring that took one and refused another."""
        self.check([*values, *dropped])
        apart = {name: where for name in self._secrets(values) if (where := self._apart(name)) is not None}
        lines: dict[str, str | None] = {name: as_toml(each) for name, each in values.items() if name not in apart}
        lines |= dict.fromkeys(dropped)
        text = _with_section(self._path.read_text(encoding="utf-8"), f"channels.{self._section}", lines)
        self._judge(text, lines)
        in_files = [name for name, where in apart.items() if where is Place.FOLDER]
        files = {self._keys.file(self._variable(name)): str(values[name]) for name in in_files} | {self._path: text}
        try:
            with written_together(files):
                for name in apart.keys() - in_files:
                    self._keys.put(self._variable(name), str(values[name]))
            for name in self._secrets(dropped):
                self._keys.drop(self._variable(name))
        except OSError as error:
            raise BridgeError(not_kept(error)) from error

    def _secrets(self, names: Collection[str]) -> list[str]:
        return [name for name in names if is_secret(self._kind, name)]

    def _apart(self, name: str) -> Place | None:
        """Where a secret goes that doesn't go into the settings file: where it is, else into the first of our own."""
        found = self._place(name)
        if found is not None or (not self._places.folder and not self._places.keyring):
            return found
        return Place.FOLDER if self._places.folder else Place.KEYRING

    def _place(self, name: str) -> Place | None:
        try:
            return self._keys.place(self._variable(name))
        except Unreadable as error:
            raise BridgeError(error.hint) from error

    def _variable(self, name: str) -> str:
        return f"BRIDGE_{self._name}_{name}".upper()

    def _judge(self, text: str, lines: Mapping[str, str | None]) -> None:
        """Somebody's own way of writing a file may not be ours: then it stays as it is. Raises BridgeError."""
        try:
            table = tomllib.loads(text)["channels"]
            for part in self._section.split("."):
                table = table[part]
            good = all((as_toml(table[name]) if name in table else None) == line for name, line in lines.items())
        except (tomllib.TOMLDecodeError, KeyError):
            good = False
        if not good:
            raise BridgeError(
                Hint(
                    f"{self._path.name} の [channels.{self._section}] を書き換えられません。サーバーで直してください。",
                    f"[channels.{self._section}] of {self._path.name} can't be rewritten. Change it on the server.",
                )
            )


def not_kept(error: OSError) -> Hint:
    return Hint(
        f"新しい鍵を保存できません（{error.strerror}）。サーバーのフォルダーの権限と空きを確かめてください。",
        f"The new key can't be kept ({error.strerror}). Look at the rights and the space of its folder on the server.",
    )


def _with_section(text: str, name: str, lines: Mapping[str, str | None]) -> str:
    """The settings file with these lines in that section (None: without it); what else stands in it, comments too,
    stays."""
    head = f"[{name}]"
    rows = text.splitlines()
    if head not in rows:
        return "\n".join([*rows, "", head, *_changed([], lines), ""])
    start = rows.index(head) + 1
    end = next((n for n in range(start, len(rows)) if re.match(r"\[", rows[n])), len(rows))
    return "\n".join([*rows[:start], *_changed(rows[start:end], lines), *rows[end:], ""])


def _changed(rows: Sequence[str], lines: Mapping[str, str | None]) -> Iterator[str]:
    left = dict(lines)
    for row in rows:
        key = row.partition("=")[0].strip()
        if "=" not in row or key not in left:
            yield row
        elif (line := left.pop(key)) is not None:
            yield f"{key} = {line}"
    yield from (f"{key} = {line}" for key, line in left.items() if line is not None)
