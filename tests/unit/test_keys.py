"""Where secrets come from: environment, folder, keyring, settings file, in that order and by one name."""

from __future__ import annotations

import sys
import types
from pathlib import Path

import pytest

from bridge.config import load
from tests.unit.test_config import MINIMAL, problems, write
from tests.unit.test_config import folder as folder  # the fixture

NAME = "BRIDGE_RAKUTEN_LICENSE_KEY"


def license_key(folder: Path, bridge: str = "", env: dict[str, str] | None = None) -> str:
    rakuten = load(write(folder, f"[bridge]\n{bridge}\n{MINIMAL}"), env or {}).channels.rakuten
    assert rakuten is not None
    return rakuten.license_key.reveal()


@pytest.fixture
def secrets(folder: Path) -> Path:
    """As Docker lays them out: one file each."""
    made = folder / "secrets"
    made.mkdir()
    (made / NAME).write_text("SL-of-the-folder\n")
    return made


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], str]:
    """The package keyring with a keyring of our own behind it."""
    kept: dict[tuple[str, str], str] = {("bridge", NAME): "SL-of-the-keyring"}
    module = types.ModuleType("keyring")
    module.get_password = lambda service, name: kept.get((service, name))  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", module)
    return kept


def test_a_folder_wins_over_the_file(folder: Path, secrets: Path) -> None:
    assert license_key(folder, 'secrets = "secrets"') == "SL-of-the-folder"
    (secrets / NAME).unlink()
    assert license_key(folder, 'secrets = "secrets"') == "SL-very-secret"


def test_what_systemd_hands_over_is_found_by_itself(folder: Path, secrets: Path) -> None:
    assert license_key(folder, env={"CREDENTIALS_DIRECTORY": str(secrets)}) == "SL-of-the-folder"


def test_the_environment_wins_over_everything(folder: Path, secrets: Path, keyring: dict[tuple[str, str], str]) -> None:
    bridge = f'secrets = "{secrets}"\nkeyring = "bridge"'
    assert keyring
    assert license_key(folder, bridge, {NAME: "SL-of-the-environment"}) == "SL-of-the-environment"
    assert license_key(folder, bridge) == "SL-of-the-folder"
    assert license_key(folder, 'keyring = "bridge"') == "SL-of-the-keyring"
    assert license_key(folder, 'keyring = "another"') == "SL-very-secret"


def test_nobody_asks_a_keyring_that_is_not_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)  # importing it fails
    assert license_key(folder) == "SL-very-secret"


@pytest.mark.usefixtures("keyring")
@pytest.mark.parametrize("spoilt", ["missing", "locked"])
def test_a_keyring_that_does_not_open_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch, spoilt: str) -> None:
    def locked(_service: str, _name: str) -> str:
        raise RuntimeError("the keyring's own words, which may tell anything")

    if spoilt == "missing":
        monkeypatch.setitem(sys.modules, "keyring", None)
    else:
        monkeypatch.setattr(sys.modules["keyring"], "get_password", locked)
    found = problems(folder, f'[bridge]\nkeyring = "bridge"\n{MINIMAL}')
    assert "channels.rakuten.license_key" in found
    assert "own words" not in str(found)


def test_a_folder_that_is_not_there_is_said(folder: Path) -> None:
    assert "bridge.secrets" in problems(folder, f'[bridge]\nsecrets = "nowhere"\n{MINIMAL}')


def test_a_secret_that_is_no_text_is_said(folder: Path, secrets: Path) -> None:
    (secrets / NAME).write_bytes(b"\xff\xfe")
    found = problems(folder, f'[bridge]\nsecrets = "{secrets}"\n{MINIMAL}')
    assert list(found) == ["channels.rakuten.license_key"]
