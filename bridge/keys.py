"""Where keys and secrets come from, the first that has one wins:

    1. the environment                       BRIDGE_RAKUTEN_LICENSE_KEY=…
    2. a folder with one file per secret     systemd's credentials ($CREDENTIALS_DIRECTORY), Docker's /run/secrets
    3. the system's keyring                  `keyring set bridge BRIDGE_RAKUTEN_LICENSE_KEY`
    4. the settings file

They have the same name everywhere. The folder and the keyring are asked only where the settings or systemd name them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from pathlib import Path

from bridge.errors import Hint

SYSTEMD = "CREDENTIALS_DIRECTORY"


class Place(Enum):
    """Where a secret stands, other than in the settings file."""

    FIXED = "fixed"  # the environment or systemd's credentials, which are not ours to write
    FOLDER = "folder"
    KEYRING = "keyring"


class Unreadable(Exception):
    """A place that was named can't be asked. `hint` says why."""

    def __init__(self, hint: Hint) -> None:
        super().__init__(str(hint))
        self.hint = hint


class Keys:
    """Every place but the settings file itself. `folders`: in the order they are asked · `service`: the keyring's name
    for us, "" asks none."""

    def __init__(self, env: Mapping[str, str], folders: Iterable[Path] = (), service: str = "") -> None:
        systemd = [Path(env[SYSTEMD])] if env.get(SYSTEMD) else []
        self._env, self._service = env, service
        self._own = list(folders)
        self._folders = [*systemd, *self._own]

    def find(self, name: str) -> str | None:
        """None where no place has it. Raises Unreadable."""
        if name in self._env:
            return self._env[name]
        for folder in self._folders:
            try:
                return (folder / name).read_text(encoding="utf-8")
            except FileNotFoundError:
                continue
            except (OSError, ValueError):
                raise Unreadable(
                    Hint(
                        f"{folder / name} が読めません。権限と文字コード (UTF-8) を確かめてください。",
                        f"{folder / name} can't be read; look at its rights and that it is UTF-8.",
                    )
                ) from None
        return self._from_keyring(name) if self._service else None

    def place(self, name: str) -> Place | None:
        """Where `find` finds it; None where no place has it. Raises Unreadable."""
        fixed = (name in self._env, *((folder / name).exists() for folder in self._folders if folder not in self._own))
        if any(fixed):
            return Place.FIXED
        if any((folder / name).exists() for folder in self._own):
            return Place.FOLDER
        return Place.KEYRING if self._service and self._from_keyring(name) is not None else None

    def file(self, name: str) -> Path:
        """Where it stands in the folders of our own, or would."""
        return next((f for f in self._own if (f / name).exists()), self._own[0]) / name

    def put(self, name: str, value: str) -> None:
        """Into the keyring. Raises OSError."""
        from keyring import set_password  # an extra, and slow to import

        try:
            set_password(self._service, name, value)
        except Exception as error:  # each system's keyring fails in its own way
            raise OSError(None, f"keyring: {type(error).__name__}") from error

    def drop(self, name: str) -> None:
        """From the folders of our own. Raises OSError."""
        for folder in self._own:
            (folder / name).unlink(missing_ok=True)

    def _from_keyring(self, name: str) -> str | None:
        try:
            from keyring import get_password  # an extra, and slow to import
        except ImportError:
            raise Unreadable(
                Hint(
                    "キーリングを使うには keyring が要ります: pip install 'bridge[keyring]'",
                    "The keyring needs the package keyring: pip install 'bridge[keyring]'",
                )
            ) from None
        try:
            found: str | None = get_password(self._service, name)
        except Exception as error:  # each system's keyring fails in its own way
            raise Unreadable(
                Hint(
                    f"キーリングが開けません ({type(error).__name__})。ロックされていないか確かめてください。",
                    f"The keyring can't be opened ({type(error).__name__}); see whether it is locked.",
                )
            ) from error
        return found
