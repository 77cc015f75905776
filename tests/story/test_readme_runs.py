"""Both READMEs as a newcomer follows them: every command in them, as written, in a fresh clone, against the sandbox.

`make` itself is asked only what it would do: what it runs are suites of their own, and `make install` would fetch
everything anew for each run (`make test` runs this). What a person does between two commands stands in `Newcomer`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bridge.sandbox.server import KEY_FILE, Server
from tests.support.terminal import at_terminal

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^ *```sh\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
NOT_THEIRS = shutil.ignore_patterns(".venv", "var", "*cache*", ".git", "*.egg-info", ".hypothesis")
PRODUCTS = {"TEA-1": 12, "TEA-2": 3}
KEYS = ("tea", "SP123456_sandbox", "SL123456_sandbox", "本社倉庫")
ANSWERS = {"connect": KEYS, "import stock.csv": ("y",), "import rakuten": ("1", "y")}
ENOUGH = 4  # looks at the sheet until somebody presses Ctrl-C


def commands(name: str) -> list[str]:
    """Every line of every block for the shell, without what is said about it."""
    text = (ROOT / name).read_text(encoding="utf-8")
    lines = [line.strip() for block in BLOCK.findall(text) for line in block.splitlines()]
    return [re.sub(r" +# .*", "", line) for line in lines if line]


@dataclass
class Newcomer:
    """Sits in a clone, with a sandbox where Google and the malls would be."""

    clone: Path
    server: Server

    def does(self, command: str) -> None:
        self.before(command)
        looks = self.looks()
        line = command.replace("make ", "make --dry-run ", 1) if command.startswith("make ") else command
        answers = next((given for words, given in ANSWERS.items() if words in command), ())
        code, shown = at_terminal(
            ["bash", "-c", line],
            answers,
            folder=self.clone,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            patience=120,
            enough=lambda: command.endswith("bridge run") and self.looks() >= looks + ENOUGH,
        )
        assert code == 0, f"{command}\n{shown}"
        self.after(command)

    def looks(self) -> int:
        return sum(call.kind == "read" for call in self.server.sandbox.usage.calls)

    def before(self, command: str) -> None:
        if command == "chmod 600 service_account.json":  # downloaded from Google
            shutil.copy(self.clone.parent / "sandbox" / KEY_FILE, self.clone / "service_account.json")
        if command.endswith("stock.csv"):
            rows = "".join(f"{sku},{units}\n" for sku, units in PRODUCTS.items())
            (self.clone / "stock.csv").write_text(f"SKU,本社倉庫\n{rows}", encoding="utf-8")

    def after(self, command: str) -> None:
        if command == "cp bridge.example.toml bridge.toml":
            self.fills_in()

    def fills_in(self) -> None:
        """The spreadsheet, no sections of malls that they don't have, and other addresses: all else is as it came."""
        made = self.server.sandbox.new_spreadsheet("在庫", "ja_JP", "Asia/Tokyo")
        path, address = self.clone / "bridge.toml", self.server.address
        text, _, _ = path.read_text(encoding="utf-8").partition("[channels.shopify]")
        for before, now in (
            ("your-spreadsheet-id", made.id),
            ("https://sheets.googleapis.com", address),
            ("https://www.googleapis.com", address),
            ("https://api.rms.rakuten.co.jp", f"{address}/malls/rakuten"),
        ):
            assert before in text
            text = text.replace(before, now)
        path.write_text(text, encoding="utf-8")


@pytest.fixture
def newcomer(tmp_path: Path) -> Iterator[Newcomer]:
    origin, clone = tmp_path / "origin", tmp_path / "bridge"
    shutil.copytree(ROOT, origin, ignore=NOT_THEIRS)
    git = ["git", "-c", "user.name=us", "-c", "user.email=us@example.com"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "what stands here"]):
        subprocess.run([*git, "-C", str(origin), *words], check=True)
    subprocess.run([*git, "clone", "-q", str(origin), str(clone)], check=True)
    (clone / ".venv").symlink_to(sys.prefix)
    server = Server(0, tmp_path / "sandbox", empty=True, quota=None)
    for number, (sku, units) in enumerate(PRODUCTS.items(), 1):
        server.sandbox.rakuten.add_product((f"item-{number:04d}", f"v-{number:04d}"), sku, units)
    threading.Thread(target=server.run, daemon=True).start()
    yield Newcomer(clone, server)
    server.stop()


@pytest.mark.parametrize("name", ["README.md", pytest.param("README.ja.md", marks=pytest.mark.long)])
def test_every_command_runs_as_written(newcomer: Newcomer, name: str) -> None:
    """In both languages they are the same (test_readme.py)."""
    began = time.monotonic()
    for command in commands(name):
        newcomer.does(command)
        print(f"{time.monotonic() - began:6.1f} s  {command}")
    [book] = newcomer.server.sandbox.sheets.store.spreadsheets.values()
    head, *rows = book.table(book.sheet("在庫表").id)
    assert {row[head.index("SKU")] for row in rows} >= set(PRODUCTS)
    assert sorted(path.name for path in (newcomer.clone / "var" / "service").iterdir()) == [
        "Containerfile",
        "Containerfile.dockerignore",
        "bridge.service",
        "compose.yaml",
    ]
    assert list((newcomer.clone / "var" / "backups").iterdir())


def test_the_blocks_are_found() -> None:
    found = commands("README.md")
    assert len(found) > 20
    assert "make demo SECONDS=60" in found
    assert all(line.startswith(("make ", ".venv/bin/bridge ", "cp ", "chmod ", "mkdir ", "sed ", "rm ", "git "))
               for line in found)  # fmt: skip
