"""Headless Chromium before the page: what a person does, sees, and what the browser asked of whom."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
PATIENCE = 90.0  # seconds, on a busy machine

WATCH_LOCK = """
window.locks = [];
const row = document.querySelector(`[row-id="${arguments[0]}"] [col-id="${arguments[1]}"]`).closest('.ag-root');
new MutationObserver(() => {
  const cell = document.querySelector(`.ag-row[row-id="${arguments[0]}"] [col-id="${arguments[1]}"]`);
  const text = cell ? cell.innerText.trim() : '';
  if (text && text !== window.locks.at(-1)) window.locks.push(text);
}).observe(row, {subtree: true, childList: true, characterData: true});
"""


class Browser:
    def __init__(self, width: int, height: int) -> None:
        options = webdriver.ChromeOptions()
        options.binary_location = str(CHROMIUM)
        for word in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
            options.add_argument(word)
        for word in ("--disable-background-networking", "--disable-component-update", "--no-first-run"):
            options.add_argument(word)  # nothing that the browser itself would ask of its maker
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
        self.resize(width, height)

    def resize(self, width: int, height: int) -> None:
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    def open(self, address: str) -> None:
        self.driver.get(address)

    def wait(self, what: Callable[[], Any], named: str) -> Any:
        """Until it is true. Elements come and go while the page lives; then it is looked at again."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                if found := what():
                    return found
            except Exception as error:  # whatever Selenium calls an element that was just replaced
                if "stale" not in str(error).lower() and "no such element" not in str(error).lower():
                    raise
            time.sleep(0.05)
        raise AssertionError(f"{named}: waited for {PATIENCE:.0f} s")

    def one(self, css: str) -> WebElement:
        return self.driver.find_element(By.CSS_SELECTOR, css)

    def text(self, css: str) -> str:
        return str(self.one(css).text).strip()

    def column(self, header: str) -> str:
        """The grid's own name of a column."""
        script = """
        for (const cell of document.querySelectorAll('.ag-header-cell'))
          if (cell.innerText.trim() === arguments[0]) return cell.getAttribute('col-id');
        return '';"""
        return str(self.driver.execute_script(script, header))

    def cell(self, row: str, column: str) -> WebElement:
        return self.one(f'.ag-row[row-id="{row}"] [col-id="{column}"]')

    def watch_lock(self, row: str, column: str) -> None:
        """Keep what the cell shows from now on."""
        self.driver.execute_script(WATCH_LOCK, row, column)

    def locks(self) -> list[str]:
        return list(self.driver.execute_script("return window.locks"))

    def type(self, row: str, column: str, text: str) -> None:
        """Click the cell and type over it, as in any sheet."""
        self.cell(row, column).click()
        webdriver.ActionChains(self.driver).send_keys(text + Keys.ENTER).perform()

    def shot(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.driver.save_screenshot(str(path))

    def overflow(self) -> int:
        """Pixels by which the page is wider than the window."""
        return int(self.driver.execute_script("return document.documentElement.scrollWidth - window.innerWidth"))

    def complaints(self) -> list[str]:
        """What the browser's console calls an error."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]

    def hosts_asked(self) -> set[str]:
        """Whom the page sent requests to, by the browser's own network log."""
        asked = set()
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            address = {
                "Network.requestWillBeSent": lambda said: said["request"]["url"],
                "Network.webSocketCreated": lambda said: said["url"],
            }.get(message["method"], lambda _: "")(message["params"])
            if urlsplit(address).scheme in ("http", "https", "ws", "wss"):
                asked.add(str(urlsplit(address).hostname))
        return asked

    def close(self) -> None:
        self.driver.quit()
