"""Where a new key goes: where the bridge finds it at its next start, and never where an older one would come first."""

from __future__ import annotations

import errno
import os
import sys
import types
from itertools import count
from pathlib import Path

import pytest

from bridge.config import load
from bridge.errors import BridgeError
from bridge.key_store import KeyStore
from tests.unit.test_config import MINIMAL, write
from tests.unit.test_config import folder as folder  # the fixture

NAME = "BRIDGE_RAKUTEN_LICENSE_KEY"


def license_key(folder: Path, env: dict[str, str]) -> str:
    rakuten = load(folder / "bridge.toml", env).channels.rakuten
    assert rakuten is not None
    return rakuten.license_key.reveal()


def kept(folder: Path, bridge: str = "", env: dict[str, str] | None = None) -> str:
    """What the next start finds after a new key was kept."""
    path = write(folder, f"# ours\n[bridge]\n{bridge}\n{MINIMAL}")
    KeyStore(path, "rakuten", env or {}).keep({"license_key": "SL-new"})
    assert "# ours" in path.read_text(encoding="utf-8")
    return license_key(folder, env or {})


def test_in_the_settings_file(folder: Path) -> None:
    assert kept(folder) == "SL-new"
    assert (folder / "bridge.toml").stat().st_mode & 0o777 == 0o600


def test_in_the_folder_of_secrets(folder: Path) -> None:
    (folder / "secrets").mkdir()
    assert kept(folder, 'secrets = "secrets"') == "SL-new"
    assert "SL-new" not in (folder / "bridge.toml").read_text(encoding="utf-8")
    assert (folder / "secrets" / NAME).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("full_at", [1, 2, 3])
def test_two_keys_that_belong_together_are_kept_both_or_neither(
    folder: Path, monkeypatch: pytest.MonkeyPatch, full_at: int
) -> None:
    """The disk fills between two of the three files: the keys, then the settings."""
    secrets = folder / "secrets"
    secrets.mkdir()
    for name in ("SERVICE_SECRET", "LICENSE_KEY"):
        (secrets / f"BRIDGE_RAKUTEN_{name}").write_text("old")
    path = write(folder, f'[bridge]\nsecrets = "secrets"\n{MINIMAL}')
    before, synced, really = path.read_text(encoding="utf-8"), count(1), os.fsync

    def fsync(file: int) -> None:
        if next(synced) == full_at:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        really(file)

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(BridgeError, match="can't be kept"):
        KeyStore(path, "rakuten", {}).keep({"service_secret": "new", "license_key": "new", "shop": "another"})
    assert [each.read_text() for each in secrets.iterdir()] == ["old", "old"]
    assert path.read_text(encoding="utf-8") == before


def test_in_the_keyring(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keyring = {("bridge", NAME): "SL-old"}
    module = types.ModuleType("keyring")
    module.get_password = lambda service, name: keyring.get((service, name))  # type: ignore[attr-defined]
    module.set_password = lambda service, name, value: keyring.update({(service, name): value})  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", module)
    assert kept(folder, 'keyring = "bridge"') == "SL-new"
    assert keyring == {("bridge", NAME): "SL-new"}


@pytest.mark.parametrize("place", ["environment", "systemd"])
def test_not_behind_one_that_comes_first(folder: Path, place: str) -> None:
    (folder / "credentials").mkdir()
    (folder / "credentials" / NAME).write_text("SL-of-systemd")
    env = {NAME: "SL-of-env"} if place == "environment" else {"CREDENTIALS_DIRECTORY": str(folder / "credentials")}
    with pytest.raises(BridgeError, match=NAME):
        kept(folder, env=env)
    assert "SL-new" not in (folder / "bridge.toml").read_text(encoding="utf-8")


def test_what_went_with_the_old_key_goes(folder: Path) -> None:
    path = write(folder, MINIMAL.replace('shop = "tea"', 'shop = "tea"\nlicense_key_expires = "2026-12-01"'))
    KeyStore(path, "rakuten", {}).keep({"license_key": "SL-new"}, ["license_key_expires"])
    rakuten = load(path, {}).channels.rakuten
    assert rakuten is not None
    assert (rakuten.license_key.reveal(), rakuten.license_key_expires) == ("SL-new", None)


def test_a_file_that_is_written_in_another_way_stays_as_it_is(folder: Path) -> None:
    path = write(folder, MINIMAL.replace("[channels.rakuten]", "[ channels.rakuten ]"))
    before = path.read_text(encoding="utf-8")
    with pytest.raises(BridgeError, match="can't be rewritten"):
        KeyStore(path, "rakuten", {}).keep({"license_key": "SL-new"})
    assert path.read_text(encoding="utf-8") == before
