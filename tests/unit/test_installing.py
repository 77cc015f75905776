"""What `bridge service` writes: accepted by systemd, whole for a container, and nowhere a key."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from bridge.cli import main
from bridge.config import load
from bridge.errors import Refused
from bridge.installing import SOURCE, Installed, writable, write_service
from tests.unit.test_config import MINIMAL, write

ME = getpass.getuser()
ODD = 'a "shop" of 50% $HOME'
PARTNER = """
[channels.files.depot]
shop = "depot"
profiles = ["3pl_stock"]
locations = ["本社倉庫"]
folder = "/srv/depot"
place = "本社倉庫"
"""


def home_in(folder: Path, key: str = "service_account.json") -> Path:
    """With the service account's key, there or elsewhere."""
    home = folder / "shop"
    home.mkdir()
    shutil.copy(SOURCE / "service_account.example.json", home / key)
    return home


@pytest.fixture(params=["plain", ODD])
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    above = tmp_path / request.param
    above.mkdir()
    return home_in(above)


def written(folder: Path, text: str = MINIMAL, user: str = ME) -> Installed:
    settings = write(folder, text)
    return write_service(load(settings, {}), settings, folder / "var" / "service", user)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_finds_nothing_to_say_of_the_unit(folder: Path) -> None:
    unit = written(folder).unit
    found = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    assert str(unit.name) not in found.stderr


def test_every_folder_that_is_written_to_is_named_and_no_other(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    ledger = f'[bridge]\nledger = "{tmp_path}/disk/ledger.sqlite"\nbackups = "{tmp_path}/disk/copies"\n'
    settings = write(home, ledger + MINIMAL + PARTNER)
    assert writable(load(settings, {}), settings) == [Path("/srv/depot"), tmp_path / "disk", home]


def test_the_container_is_made_of_files_that_are_there(folder: Path) -> None:
    files = written(folder)
    copied = [word for line in files.container.read_text().splitlines() if line.startswith("COPY") for word in
              line.split()[1:-1]]  # fmt: skip
    assert copied
    assert all((SOURCE / name).exists() for name in copied)
    let_in = files.container.with_name("Containerfile.dockerignore").read_text().splitlines()
    assert sorted(let_in) == sorted(["*", *(f"!{name}" for name in copied)])
    assert f"USER {os.getuid()}:{os.getgid()}" in files.container.read_text()


def test_the_container_finds_each_path_where_the_settings_have_it(folder: Path) -> None:
    files = written(folder)
    service = yaml.safe_load(files.compose.read_text().replace("$$", "$"))["services"]["bridge"]
    assert service["command"] == ["run", "--config", str(folder / "bridge.toml")]
    assert service["volumes"] == [f"{folder}:{folder}"]
    assert Path(service["build"]["dockerfile"]) == files.container
    assert Path(service["build"]["context"]) == SOURCE


def test_a_key_file_elsewhere_is_read_only(tmp_path: Path) -> None:
    key = tmp_path / "keys" / "google.json"
    key.parent.mkdir()
    home = home_in(tmp_path, "../keys/google.json")
    files = written(home, MINIMAL.replace('"service_account.json"', f'"{key}"'))
    service = yaml.safe_load(files.compose.read_text())["services"]["bridge"]
    assert service["volumes"] == [f"{home}:{home}", f"{key}:{key}:ro"]


def test_no_key_stands_in_any_of_them(folder: Path) -> None:
    files = written(folder)
    text = "".join(path.read_text() for path in files.unit.parent.iterdir())
    assert "very-secret" not in text


def test_made_again_they_are_the_same(folder: Path) -> None:
    before = {path: path.read_text() for path in written(folder).unit.parent.iterdir()}
    assert {path: path.read_text() for path in written(folder).unit.parent.iterdir()} == before


def test_a_user_who_isn_t_there(folder: Path) -> None:
    with pytest.raises(Refused, match=r"useradd --system nobody-here"):
        written(folder, user="nobody-here")


def test_the_command_says_what_to_do_next(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, MINIMAL)
    monkeypatch.chdir(folder)
    assert main(["service"]) == 0
    said = capsys.readouterr().out
    assert "systemctl enable --now bridge" in said
    assert "docker compose -f" in said
