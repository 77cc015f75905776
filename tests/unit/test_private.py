"""What the bridge writes is for its own user; files with keys that others can read are named."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from bridge.check import check_private
from bridge.config import load
from bridge.private import keep_private, tighten
from tests.unit.test_config import MINIMAL, write
from tests.unit.test_config import folder as folder  # the fixture

MAKE_A_LEDGER = """
import sys
from pathlib import Path
from bridge.clock import SystemClock
from bridge.ledger.ledger import Ledger
from bridge.private import keep_private
from bridge.instance import OneInstance
keep_private()
path = Path(sys.argv[1])
with OneInstance(path):
    ledger = Ledger(path, SystemClock())
    for each in sorted(path.parent.rglob("*")):
        print(f"{each.name} {each.stat().st_mode & 0o777:o}")
    print(f"{path.parent.name} {path.parent.stat().st_mode & 0o777:o}")
"""


def test_the_ledger_and_what_lies_beside_it(tmp_path: Path) -> None:
    """Even where the user's own default would let everybody read them."""
    path = tmp_path / "var" / "ledger.sqlite"
    program = [sys.executable, "-c", f"import os; os.umask(0)\n{MAKE_A_LEDGER}", str(path)]
    made = dict(
        line.split() for line in subprocess.run(program, capture_output=True, check=True, text=True).stdout.splitlines()
    )
    assert made == {
        "ledger.sqlite": "600",
        "ledger.sqlite-wal": "600",
        "ledger.sqlite-shm": "600",
        "ledger.lock": "600",
        "var": "700",
    }


def test_a_ledger_of_before_is_closed_to_others(tmp_path: Path) -> None:
    for name in ("ledger.sqlite", "ledger.sqlite-wal", "ledger.lock", "other.txt"):
        (tmp_path / name).touch()
        (tmp_path / name).chmod(0o644)
    tighten(tmp_path / "ledger.sqlite")
    modes = {path.name: f"{path.stat().st_mode & 0o777:o}" for path in tmp_path.iterdir()}
    assert modes == {"ledger.sqlite": "600", "ledger.sqlite-wal": "600", "ledger.lock": "600", "other.txt": "644"}


def lines(folder: Path, env: dict[str, str]) -> dict[str, bool]:
    path = folder / "bridge.toml"
    told = {line.name: line for line in check_private(load(path, env), path)}
    assert all("chmod 600" in line.hint.ja for line in told.values() if not line.ok)
    return {name: line.ok for name, line in told.items()}


def test_a_key_file_that_others_can_read_is_one_line(folder: Path) -> None:
    settings, key = write(folder, MINIMAL), folder / "service_account.json"
    settings.chmod(0o640)
    key.chmod(0o604)
    assert lines(folder, {}) == {"file bridge.toml": False, "file service_account.json": False}
    settings.chmod(0o600)
    key.chmod(0o400)
    assert lines(folder, {}) == {"file bridge.toml": True, "file service_account.json": True}


def test_a_settings_file_without_keys_may_be_read_by_anybody(folder: Path) -> None:
    names = ("service_secret", "license_key", "client_secret")
    write(folder, "\n".join(line for line in MINIMAL.splitlines() if not line.startswith(names))).chmod(0o644)
    env = {"BRIDGE_RAKUTEN_SERVICE_SECRET": "SP-x", "BRIDGE_RAKUTEN_LICENSE_KEY": "SL-x"}
    assert "file bridge.toml" not in lines(folder, {**env, "BRIDGE_SHOPIFY_CLIENT_SECRET": "shp-x"})


def test_children_are_private_too(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        keep_private()
        subprocess.run([sys.executable, "-c", f"open({str(tmp_path / 'x')!r}, 'w')"], check=True)
    finally:
        os.umask(before)
    assert (tmp_path / "x").stat().st_mode & 0o777 == 0o600
