"""`bridge practice`: the real table is read once, and from then on nothing reaches outside."""

from __future__ import annotations

import re
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bridge.demo.panel import Panel
from bridge.demo.real_table import copied
from tests.support.live_shop import SHELVES, LiveShop

PATIENCE = 300.0  # seconds, on a busy machine
SETTINGS = """
[bridge]
ledger = "{folder}/real-ledger.sqlite"
[sheet]
spreadsheet_id = "{spreadsheet}"
service_account = "{key}"
base_url = "{address}"
drive_url = "{address}"
[channels.rakuten]
shop = "real"
service_secret = "SP_real"
license_key = "SL_real"
locations = ["本社倉庫", "渋谷店"]
"""


def test_only_what_staff_own_is_copied() -> None:
    stock = [
        ["商品名", "SKU", "ロック", "本店", "検品", "引当", "状態", "メモ", "✓ bridgeは動いています"],
        ["緑茶", "0012", "✓ 7", "1,200", "", "3", "✓10:31", "=HYPERLINK", ""],
        ["", "", "", "", "", "", "", "", ""],
    ]
    listings = [
        ["チャネル", "出品ID", "SKU構成", "採用", "配分%", "出したい数", "送った数", "モールの表示", "状態"],
        ["rakuten", "a/b", "0012", "", "50", "9", "9", "8", ""],
        ["rakuten", "c/d", "0012", "FALSE", "", "", "", "", "提案"],
    ]
    settings = [
        ["種類", "名前", "オン", "停止", "状態"],
        ["全体", "bridge", "TRUE", "", "本番です"],
        ["場所", "本店", "TRUE", "", ""],
        ["場所", "検品", "FALSE", "", ""],
    ]
    found = copied(stock, listings, settings)
    assert found.headers == ["商品名", "SKU", "本店", "検品", "メモ"]
    assert found.shelves == {"本店": True, "検品": False}
    assert found.stock == [{"商品名": "緑茶", "SKU": "0012", "本店": "1,200", "検品": "", "メモ": "=HYPERLINK"}]
    assert [line["出品ID"] for line in found.listings] == ["a/b"]
    assert found.showing == {("rakuten", "a/b"): 8}


@pytest.fixture
def real(tmp_path: Path) -> Iterator[LiveShop]:
    """Stands for the real Google and the real table."""
    shop = LiveShop(tmp_path / "real")
    yield shop
    shop.close()


@pytest.mark.long
def test_a_colleague_practises_and_the_real_table_never_knows(real: LiveShop, tmp_path: Path) -> None:
    config = tmp_path / "bridge.toml"
    key = real.state / "service_account.json"
    values = {"folder": tmp_path, "spreadsheet": real.spreadsheet.id, "key": key, "address": real.server.address}
    config.write_text(SETTINGS.format(**values), encoding="utf-8")
    before = real.spreadsheet.book
    asked = len(real.sandbox.usage.calls)
    folder = tmp_path / "practice"
    command = ["practice", "--config", str(config), "--state", str(folder)]
    run = [sys.executable, "-c", "from bridge.cli import main; raise SystemExit(main())", *command]
    log = tmp_path / "practice.log"
    with log.open("w") as out, subprocess.Popen(run, stdout=out, stderr=out) as practice:
        try:
            _until_open(log, practice)
            address = (folder / "sandbox.log").read_text().splitlines()[0]
            panel = Panel(httpx.Client(base_url=address, timeout=30, trust_env=False))
            sheet = panel.get("/sheets")["sheets"][0]["id"]
            lines = panel.table(sheet, "在庫表", "SKU")
            rows = {line["SKU"]: [line[shelf] for shelf in SHELVES] for line in lines if line["SKU"]}
            assert rows == {sku: [str(first), str(second)] for sku, (_, first, second) in real.products.items()}
            shown = panel.get("/malls/rakuten/stock")["stock"]
            assert {row["sku"] for row in shown} == real.products.keys()
        finally:
            practice.terminate()
    calls = [call for call in real.sandbox.usage.calls[asked:] if call.kind != "other"]
    assert [call.kind for call in calls] == ["read"]
    assert real.spreadsheet.book is before
    settings = tomllib.loads((folder / "bridge.toml").read_text(encoding="utf-8"))
    assert settings["channels"].keys() == {"rakuten"}
    addresses = re.findall(r"https?://([^/\"]+)", (folder / "bridge.toml").read_text(encoding="utf-8"))
    assert addresses
    assert {host.partition(":")[0] for host in addresses} == {"127.0.0.1"}
    assert real.server.address not in (folder / "bridge.toml").read_text(encoding="utf-8")


def _until_open(log: Path, practice: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while "練習シートを開いて" not in log.read_text():
        assert practice.poll() is None, log.read_text()
        assert time.monotonic() < until, log.read_text()
        time.sleep(0.2)
