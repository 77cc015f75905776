"""An owner on a phone renews the keys of three malls in a real browser, from the link in the alert to the mall that
goes on. SHOTS=<folder> keeps what the browser showed."""

from __future__ import annotations

import os
import re
import shutil
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service as Driver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from bridge.config import Config, Web
from bridge.web.server import Server, edge_of
from tests.support.key_owner import OwnedShop, end_consent
from tests.support.settling import rounds_of_each
from tests.support.world import Moment

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
PATIENCE = 120.0  # seconds for a page, on a machine that has other things to do

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(CHROMIUM is None or DRIVER is None, reason="Chromium and its driver are not on this machine"),
]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class AtHome(OwnedShop):
    """No address for the outside: the page is opened on the server itself."""

    port = 0

    def _config(self) -> Config:
        self.port = self.port or free_port()
        return replace(super()._config(), web=Web(port=self.port))


class Browser:
    """One profile of its own, as wide as a phone or a desk's screen."""

    def __init__(self, language: str = "ja", width: int = 390) -> None:
        options = webdriver.ChromeOptions()
        options.binary_location = str(CHROMIUM)
        for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
            options.add_argument(argument)
        options.add_experimental_option("prefs", {"intl.accept_languages": language})
        self.driver = webdriver.Chrome(options=options, service=Driver(executable_path=str(DRIVER)))
        self.driver.set_page_load_timeout(PATIENCE)
        self.resize(width)

    def resize(self, width: int) -> None:
        size = {"width": width, "height": 1100, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    def open(self, link: str) -> str:
        self.driver.get(link)
        return self.text()

    def text(self) -> str:
        return str(self.driver.find_element(By.TAG_NAME, "main").text)

    def fill_in(self, name: str, text: str) -> None:
        self.driver.find_element(By.NAME, name).send_keys(text)

    def press(self, label: str) -> str:
        return self._click(By.XPATH, f"//button[normalize-space()='{label}']")

    def follow(self, label: str) -> str:
        return self._click(By.LINK_TEXT, label)

    def _click(self, by: str, what: str) -> str:
        before = self.driver.find_element(By.TAG_NAME, "html")
        self.driver.find_element(by, what).click()
        WebDriverWait(self.driver, PATIENCE).until(
            lambda driver: (
                driver.find_element(By.TAG_NAME, "html") != before
                and driver.execute_script("return document.readyState") == "complete"
            )
        )
        return self.text()

    def shoot(self, name: str) -> None:
        folder = os.environ.get("SHOTS")
        if folder is None:
            return
        for width in (390, 1400):
            self.resize(width)
            self.driver.save_screenshot(str(Path(folder) / f"keys-{name}-{width}.png"))
        self.resize(390)

    def overflows(self) -> bool:
        """Whether anything sticks out of a phone's screen."""
        return bool(self.driver.execute_script("return document.documentElement.scrollWidth > window.innerWidth"))


@pytest.fixture
def owner() -> Iterator[Browser]:
    browser = Browser()
    yield browser
    browser.driver.quit()


@pytest.fixture
def shop(tmp_path: Path, live_shop: Moment) -> Iterator[AtHome]:
    shop = AtHome(tmp_path / "ledger.sqlite", since=live_shop, at_yahoo=True)
    shop.at(10)
    shop.tell()
    shop.receiver.take("/owner")
    assert shop.config.web is not None
    server = Server(shop.config.web, edge_of(shop.service, shop.settings))
    yield shop
    server.stop()
    shop.receiver.close()


def link(shop: AtHome) -> str:
    shop.tell()
    (*_, alert) = shop.receiver.take("/owner")
    return re.findall(r"http://127\.0\.0\.1:\d+/keys/\S+", alert.text)[-1]  # type: ignore[no-any-return]


def test_rakuten(shop: AtHome, owner: Browser) -> None:
    shop.sandbox.rakuten.state.licences.clear()
    rounds_of_each(shop)
    assert shop.paused("rakuten")
    shop.sandbox.rakuten.issue_licence("SL999999_renewed")
    first = link(shop)
    assert "楽天市場の新しい鍵" in owner.open(first)
    owner.shoot("1-landing")
    assert "licenseKey" in owner.press("このブラウザーで開く")
    assert not owner.overflows()
    owner.shoot("2-form")
    owner.fill_in("license_key", "SL_wrong_key")
    assert "まだ入れ替えていません" in owner.press("試して、使えたら入れ替える")
    owner.shoot("3-wrong")
    assert not owner.overflows()
    second = Browser("en")
    try:
        assert "opened in another browser" in second.open(first)
        second.shoot("4-second-browser")
    finally:
        second.driver.quit()
    owner.fill_in("license_key", "SL999999_renewed")
    assert "新しい鍵に入れ替えました" in owner.press("試して、使えたら入れ替える")
    owner.shoot("5-kept")
    rounds_of_each(shop)
    assert not shop.paused("rakuten")
    assert "もう使われました" in owner.open(first)
    owner.shoot("6-used")


def test_an_owner_who_comes_back_by_the_link_in_webmail_is_known(shop: AtHome, owner: Browser) -> None:
    """They made the key at the mall meanwhile."""
    shop.sandbox.rakuten.state.licences.clear()
    rounds_of_each(shop)
    webmail = f'data:text/html,<main><a href="{link(shop)}">link</a></main>'
    owner.open(webmail)
    assert "このブラウザーで開く" in owner.follow("link")
    assert "licenseKey" in owner.press("このブラウザーで開く")
    owner.open(webmail)
    assert "licenseKey" in owner.follow("link")


def test_yahoo(shop: AtHome, owner: Browser) -> None:
    end_consent(shop)
    owner.open(link(shop))
    owner.press("このブラウザーで開く")
    owner.press("許可のページを用意する")
    owner.shoot("7-consent")
    address = str(owner.driver.find_element(By.CSS_SELECTOR, "a.button").get_attribute("href"))
    (state,) = re.findall(r"state=(\w+)", address)
    owner.fill_in("pasted", f"https://localhost/bridge?code={shop.sandbox.yahoo.agree()}&state={state}")
    assert "新しい鍵に入れ替えました" in owner.press("試して、使えたら入れ替える")
    rounds_of_each(shop)
    assert not shop.paused("yahoo")


def test_shopify(shop: AtHome, owner: Browser) -> None:
    shop.sandbox.shopify.static_token = "shpat_renewed"
    rounds_of_each(shop)
    assert shop.paused("shopify")
    owner.open(link(shop))
    owner.press("このブラウザーで開く")
    owner.fill_in("access_token", "shpat_renewed")
    owner.press("試して、使えたら入れ替える")
    rounds_of_each(shop)
    assert not shop.paused("shopify")
