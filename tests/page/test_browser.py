"""The page as a person has it: Chromium before a live shop. Nothing is asked of anybody but this machine."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("nicegui", reason="the page is an extra")
pytest.importorskip("selenium", reason="nothing here drives a browser")

from bridge.demo.processes import Process, free_port
from tests.page.browser import CHROMIUM, DRIVER, PATIENCE, Browser
from tests.support.live_shop import LiveShop

SHOTS = Path(os.environ.get("PAGE_SHOTS", "")) if os.environ.get("PAGE_SHOTS") else None
WIDE, NARROW = (1400, 1250), (390, 844)
SKU = "00001-S"
ROW = f"{SKU}#1"

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="needs chromium and chromedriver on the PATH"),
]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveShop]:
    shop = LiveShop(tmp_path_factory.mktemp("shop"))
    shop.go_live()
    yield shop
    shop.close()


@pytest.fixture(scope="module")
def page(shop: LiveShop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`bridge page`, a process of its own; its address."""
    log = tmp_path_factory.mktemp("page") / "page.log"
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTEST_CURRENT_TEST")  # by which NiceGUI knows its own tests; here it is to be itself
        process = Process("page", ["page", "--state", str(shop.state), "--port", str(free_port())], log)
    yield process.said("http://", PATIENCE)  # its libraries take seconds to load, on a busy machine many
    process.stop()


@pytest.fixture
def browser() -> Iterator[Browser]:
    browser = Browser(*WIDE)
    yield browser
    browser.close()


def keep(browser: Browser, name: str) -> None:
    """A picture to look at, where PAGE_SHOTS names a folder."""
    if SHOTS is not None:
        browser.shot(SHOTS / f"page-{name}.png")


def front(mall: str) -> str:
    return f'[data-mall="{mall}"] .shop-number'


def test_type_a_number_and_every_mall_changes_then_buy_and_see_the_row_lock(
    shop: LiveShop, page: str, browser: Browser
) -> None:
    browser.open(page)
    browser.wait(lambda: browser.cell(ROW, browser.column("ロック")).text.startswith("✓"), "the sheet")
    browser.cell(ROW, browser.column("商品名")).click()
    browser.wait(lambda: browser.text(front("rakuten")) == browser.text(front("shopify")) == "12", "the shops")
    keep(browser, "1-open")

    browser.type(ROW, browser.column("本社倉庫"), "20")
    browser.wait(lambda: browser.text(front("rakuten")) == browser.text(front("shopify")) == "22", "every mall")
    assert (shop.shown("rakuten", SKU), shop.shown("shopify", SKU)) == (22, 22)
    assert shop.cell(SKU, "本社倉庫") == "20"
    keep(browser, "2-typed")

    browser.watch_lock(ROW, browser.column("ロック"))
    browser.one('[data-mall="rakuten"] button').click()
    browser.wait(lambda: browser.text(front("rakuten")) == "21", "the sale")
    browser.wait(lambda: any(text.startswith("🔒") for text in browser.locks()), "the row locked")
    keep(browser, "3-locked")
    browser.wait(lambda: browser.cell(ROW, browser.column("ロック")).text.startswith("✓"), "the row unlocked")
    browser.wait(lambda: browser.text(front("shopify")) == "21", "the other mall lowered")
    locks = browser.locks()
    assert [text[0] for text in locks[-2:]] == ["🔒", "✓"]
    assert shop.cell(SKU, "引当") == "1"
    browser.wait(lambda: "楽天市場で 1個 売れた" in browser.text(".story"), "the story")
    browser.wait(lambda: "直前: 楽天市場で 1個 売れた" in browser.text(".story"), "and why")
    keep(browser, "4-sold")

    assert browser.complaints() == []
    assert browser.hosts_asked() == {"127.0.0.1"}


@pytest.mark.parametrize(("width", "height"), [WIDE, NARROW])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_nothing_is_wider_than_the_window(page: str, browser: Browser, width: int, height: int, language: str) -> None:
    browser.resize(width, height)
    browser.open(page if language == "ja" else f"{page}/?lang=en")
    browser.wait(lambda: browser.cell(ROW, "c2").text == SKU, "the sheet")
    browser.wait(lambda: browser.text(front("rakuten")), "the shops")
    keep(browser, f"{language}-{width}")
    assert browser.overflow() <= 0
    browser.driver.execute_script("window.scrollTo(0, document.body.scrollHeight)")
    keep(browser, f"{language}-{width}-below")
    assert browser.overflow() <= 0


def test_a_phone_taps_and_types(shop: LiveShop, page: str, browser: Browser) -> None:
    browser.resize(*NARROW)
    browser.open(page)
    row = "00002-M#1"
    browser.wait(lambda: browser.cell(row, browser.column("SKU")).text == "00002-M", "the sheet")
    browser.driver.execute_script("document.querySelector('.sheet-grid .ag-center-cols-viewport').scrollLeft = 160")
    column = browser.wait(lambda: browser.column("本社倉庫"), "the column")
    browser.type(row, column, "9")
    browser.wait(lambda: shop.cell("00002-M", "本社倉庫") == "9", "what was typed")
    assert browser.hosts_asked() == {"127.0.0.1"}


def test_a_page_that_is_told_no_sandbox_says_so(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from bridge.cli import main; raise SystemExit(main())",
            "page",
            "--state",
            str(tmp_path),
        ],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "bridge sandbox" in done.stderr
