"""`bridge check`: ten mistakes, one clear line each."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bridge.check import check
from bridge.cli import main
from bridge.settings import Secret
from tests.support.world import World

ROOT = Path(__file__).parents[2]


def settings(folder: Path, old: str = "", new: str = "") -> Path:
    """The example file, with one place spoilt."""
    shutil.copy(ROOT / "service_account.example.json", folder / "service_account.json")
    text = (ROOT / "bridge.example.toml").read_text(encoding="utf-8")
    assert old in text
    path = folder / "bridge.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


MISTAKES = {
    "a tab character for a value": ('spreadsheet_id = "', 'spreadsheet_id = 5 # "', "sheet.spreadsheet_id"),
    "an address instead of an id": (
        'spreadsheet_id = "',
        'spreadsheet_id = "https://docs.google.com/spreadsheets/d/1/edit',
        "sheet.spreadsheet_id",
    ),
    "an unknown name": ("poll_seconds", "pol_seconds", "sheet.pol_seconds"),
    "a number out of range": ("poll_seconds = 3.0", "poll_seconds = 0", "sheet.poll_seconds"),
    "no such language": ('language = "ja"', 'language = "jp"', "bridge.language"),
    "no such time zone": ('timezone = "Asia/Tokyo"', 'timezone = "Tokyo"', "bridge.timezone"),
    "a wrong shop domain": ("your-shop.myshopify.com", "your-shop.example.com", "channels.shopify.shop"),
    "a key file that is not there": (
        'service_account = "service_account.json"',
        'service_account = "key.json"',
        "sheet.service_account",
    ),
    "an unknown mall": ("[channels.rakuten]", "[channels.rakutn]", "channels.rakutn"),
    "not TOML": ("[sheet]", "[sheet", "bridge.toml"),
}


@pytest.mark.parametrize(("old", "new", "setting"), MISTAKES.values(), ids=MISTAKES)
def test_each_mistake_in_the_settings_gives_one_clear_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, setting: str
) -> None:
    assert main(["check", "--config", str(settings(tmp_path, old, new))]) == 1
    lines = [line for line in capsys.readouterr().err.splitlines() if line]
    assert len(lines) == 1
    assert lines[0].startswith("✗")
    assert setting in lines[0]


@pytest.fixture
def shop(tmp_path: Path) -> World:
    return World(tmp_path / "ledger.sqlite")


def wrong(shop: World) -> list[str]:
    return [line.name for line in check(shop.config, shop.outside()) if not line.ok]


def test_all_is_well(shop: World) -> None:
    assert wrong(shop) == []


def test_a_missing_tab_is_one_line(shop: World) -> None:
    shop.spreadsheet.apply([{"deleteSheet": {"sheetId": shop.tab("要対応")}}])
    assert wrong(shop) == ["tab To settle"]


def test_a_missing_header_is_one_line(shop: World) -> None:
    shop.spreadsheet.type(shop.tab("在庫表"), 0, shop.column("在庫表", "ロック"), "鍵")
    assert wrong(shop) == ["headers Stock"]


def test_a_dead_key_of_one_mall_is_said_of_that_mall_alone(shop: World) -> None:
    shop.sandbox.rakuten.service_secret = "another"
    names = wrong(shop)
    assert names
    assert all("rakuten" in name for name in names)


def test_a_spreadsheet_that_is_not_shared_is_one_line(shop: World) -> None:
    private = shop.sandbox.sheets.store.create("別", owner="owner@example.com")
    object.__setattr__(shop.config.sheet, "spreadsheet_id", private.id)
    assert [name for name in wrong(shop) if "rakuten" not in name and "shopify" not in name] == ["sheet"]


def test_no_line_tells_a_secret(shop: World) -> None:
    object.__setattr__(shop.config.channels.shopify, "access_token", Secret("shpat_very_secret"))
    lines = check(shop.config, shop.outside())
    assert not all(line.ok for line in lines)
    assert "very_secret" not in " ".join(str(line) for line in lines)


def test_another_shop_name_over_open_orders_is_one_line(shop: World) -> None:
    """An order is known by channel, shop and number: under another shop name all open ones would come in again."""
    shop.go_live()
    order = shop.buy("rakuten", "A", 1)
    shop.rounds(1)
    object.__setattr__(shop.config.channels.rakuten, "shop", "renamed-shop")
    assert wrong(shop) == ["rakuten shop"]
    object.__setattr__(shop.config.channels.rakuten, "shop", "sandbox")
    assert wrong(shop) == []
    shop.sandbox.rakuten.ship(order)
    shop.rounds(2)
    object.__setattr__(shop.config.channels.rakuten, "shop", "renamed-shop")
    assert wrong(shop) == []


def test_a_location_that_the_settings_tab_does_not_know_is_one_line(shop: World) -> None:
    assert wrong(shop) == []  # before the first start nobody knows the places
    shop.rounds(2)
    object.__setattr__(shop.config.channels.shopify, "locations", ("本社倉庫", "渋谷店舗"))
    lines = check(shop.config, shop.outside())
    (line,) = (line for line in lines if not line.ok)
    assert line.name == "shopify locations"
    assert "渋谷店舗" in line.hint.ja
    assert "渋谷店舗" in line.hint.en
