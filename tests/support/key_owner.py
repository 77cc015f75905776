"""A shop whose owner renews keys by links: a settings file of its own, the web edge, browsers to open links with."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from werkzeug.test import Client, EnvironBuilder, TestResponse

from bridge.config import Config
from bridge.settings import Secret, as_toml
from bridge.web.server import edge_of
from tests.support.malls import yahoo_settings
from tests.support.settling import rounds_of_each
from tests.support.telling import HOUR, TellingWorld

SHOWN = re.compile(r"<(?:style|title)>.*?</(?:style|title)>|<[^>]+>", re.DOTALL)


def text_of(page: TestResponse) -> str:
    """What a person reads."""
    return re.sub(r"\s*\n\s*", "\n", SHOWN.sub("", page.text)).strip()


@dataclass
class OwnedShop(TellingWorld):
    """Its settings file is what the bridge would be started with. `at_yahoo`: sells there too."""

    at_yahoo: bool = False
    staff_heard: str = ""

    def _config(self) -> Config:
        config = super()._config()
        if self.at_yahoo:
            yahoo = yahoo_settings(self.sandbox.yahoo, self.locations)
            config = replace(config, channels=replace(config.channels, yahoo=yahoo))
        self.settings.write_text(_written(config), encoding="utf-8")
        return config

    @property
    def settings(self) -> Path:
        return self.ledger.with_name("bridge.toml")

    def browser(self, language: str = "ja") -> Client:
        """A fresh one."""
        return Browser(self, language)

    def link(self) -> str:
        """The newest one that the owner was sent, below the site's address."""
        self.staff_heard = "\n".join(each.text for each in self.tell())
        (*_, alert) = self.receiver.take("/owner")
        found = re.findall(r"https://bridge\.example(/keys/\S+)", alert.text)
        assert found, alert.text
        return str(found[-1])

    def paused(self, mall: str) -> bool:
        with self.service.ledger.read() as tx:
            return tx.channels.get(mall).trouble is not None


class Browser(Client):
    """Of a person of that language."""

    def __init__(self, shop: OwnedShop, language: str) -> None:
        super().__init__(edge_of(shop.service, shop.settings))
        self._language = language

    def open(self, *args: Any, **more: Any) -> TestResponse:
        if not isinstance(args[0], EnvironBuilder):  # which a redirect makes of the request before it
            more["headers"] = {"Accept-Language": self._language, **more.get("headers", {})}
        return super().open(*args, **more)


@dataclass
class Person:
    """Somebody with one link in one browser."""

    browser: Client
    link: str

    def look(self) -> TestResponse:
        return self.browser.get(self.link)

    def open(self) -> TestResponse:
        """Press the button of the first page."""
        return self.browser.post(self.link, data={"open": "1"}, follow_redirects=True)

    def fill_in(self, **given: str) -> TestResponse:
        """Into the form as it stands there now."""
        (form,) = re.findall(r'name="form" value="(\w+)"', self.look().text)
        return self.browser.post(self.link, data={"form": form, **given})


def _written(config: Config) -> str:
    """A settings file with the channels of a configuration."""
    rows = ["# written by a person", "[bridge]", f"ledger = {json.dumps(str(config.bridge.ledger))}"]
    for name, (_, settings) in config.channels.connected().items():
        rows += ["", f"[channels.{name}]", "# a note of theirs"]
        values = {each.name: getattr(settings, each.name) for each in fields(settings)}
        told = {key: value.reveal() if isinstance(value, Secret) else value for key, value in values.items()}
        rows += [f"{key} = {as_toml(value)}" for key, value in told.items() if value not in (None, (), [])]
    return "\n".join([*rows, ""])


def end_consent(shop: OwnedShop) -> None:
    """The store's consent at Yahoo is withdrawn, and the bridge has met with that."""
    for consent in shop.sandbox.yahoo.state.consents:
        consent.withdrawn = True
    shop.sandbox.yahoo.state.access.clear()
    shop.clock.sleep(2 * HOUR)
    rounds_of_each(shop)
    assert shop.paused("yahoo")
