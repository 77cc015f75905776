"""`bridge connect`: walks an operator through a channel's keys, tries each right, says how long each key lives, and
writes the settings. What is in doubt is asked again; nothing is written before the operator has seen the result."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from getpass import getpass
from pathlib import Path
from typing import Any

from bridge.channel_settings import is_secret
from bridge.channels.http import Seams
from bridge.channels.port import Channel
from bridge.config import one_channel, place_of_keys
from bridge.connect_plans import REDIRECT, plans, typed
from bridge.consent import Consent
from bridge.errors import BridgeError, Hint
from bridge.key_store import KeyStore
from bridge.outside import Outside
from bridge.refreshed import Refreshed
from bridge.settings import ConfigError, parse

ROUNDS = 5  # times that wrong answers are asked again

Text = tuple[str, str]


@dataclass(frozen=True)
class Terminal:
    """`ask`, `ask_secretly`: raise BridgeError where nothing more will be typed."""

    say: Callable[[str], None]
    ask: Callable[[str], str]
    ask_secretly: Callable[[str], str]


def ask_secretly(prompt: str) -> str:
    """Shows nothing of what is typed. Raises BridgeError where nothing more will be."""
    try:
        return getpass(prompt)
    except EOFError:
        raise BridgeError(Hint("何もしませんでした。", "Nothing was done.")) from None


@dataclass
class Connector:
    """One channel, at one terminal. `section`: of the settings, as in "rakuten" or "files.aupay" · `make`: how its
    settings become a channel."""

    path: Path
    section: str
    make: Callable[[Any, Seams], Channel]
    outside: Outside
    terminal: Terminal

    def __post_init__(self) -> None:
        self._kind, _, name = self.section.partition(".")
        self._name = name or self._kind
        self._plan = plans()[self._kind]
        self._table = parse(self.path)
        known = self._table.get("channels", {}).get(self._kind, {})
        self._old: Mapping[str, Any] = known.get(name, {}) if name else known
        self._keys = place_of_keys(self._table, self.path.parent)
        self._store = KeyStore(self.path, self.section)

    def run(self) -> bool:
        """Whether the settings were written. Raises BridgeError."""
        ja, en = self._plan["name"]
        self._say(Hint(f"{ja}をつなぎます。Enter だけで、前の値のままか空欄です。",
                       f"Connecting {en}. Enter alone keeps what was there, or leaves it out."))  # fmt: skip
        values = dict(self._old)
        for name, text in self._plan["ask"].items():
            if name != "optional":
                self._take(values, name, text)
        if "consent" in self._plan:
            self._consent(values)
        section = self._judged(values)
        good = self._tried(section)
        if not good and not self._yes(Hint("それでも保存しますか。", "Save all the same?")):
            return False
        self._write(values)
        return True

    # --- what is asked -----------------------------------------------------------------------------------------------

    def _take(self, values: dict[str, Any], name: str, text: Text) -> None:
        """One setting; what is needed is asked until it is there."""
        optional = name in self._plan["ask"].get("optional", ())
        while True:
            answer = self._answer(text, secret=is_secret(self._kind, name), kept=name in values)
            if answer:
                values[name] = typed(name, answer)
                return
            if optional or name in values:
                return

    def _answer(self, text: Text, *, secret: bool, kept: bool) -> str:
        ja, en = text
        self._say(Hint(f"{ja}{'［前の値があります］' if kept else ''}", f"{en}{' [there is one]' if kept else ''}"))
        ask = self.terminal.ask_secretly if secret else self.terminal.ask
        return ask("> ").strip()

    def _consent(self, values: dict[str, Any]) -> None:
        """The browser's part: the operator agrees there, and pastes the address that it shows then."""
        plan = self._plan["consent"]
        if plan.get("unless") in values:
            return
        if plan["gives"] in values and self._yes(
            Hint("前の許可のままにしますか。", "Keep the authorisation that is there?")
        ):
            return
        passing = {  # needed for the consent only
            name: self._answer(text, secret=name.endswith("secret"), kept=False)
            for name, text in plan.get("ask", {}).items()
        }
        redirect = self._answer(
            (f"アプリに登録したリダイレクト URI（Enter で {REDIRECT}）", f"The app's redirect URI (Enter: {REDIRECT})"),
            secret=False, kept=False,
        ) or REDIRECT  # fmt: skip
        consent = Consent(self._kind, {**values, **passing}, redirect, secrets.token_urlsafe(12))
        self._say(Hint("次の URL をブラウザーで開いて許可し、そのあと表示された URL を貼ってください。",
                       "Open this address in a browser, agree, and paste the address that is shown then."))  # fmt: skip
        self.terminal.say(consent.address)
        values |= consent.given(self.terminal.ask("> ").strip(), self._seams())

    def _judged(self, values: dict[str, Any]) -> Any:
        """The section of the settings; what is wrong in it is said and asked again."""
        for _ in range(ROUNDS):
            try:
                return one_channel(self.section, values, self.path)
            except ConfigError as error:
                for problem in error.problems:
                    self._say_wrong(problem.hint)
                    name = problem.setting.removeprefix(f"channels.{self.section}.").partition(".")[0]
                    values.pop(name, None)
                    if name in self._plan["ask"]:
                        self._take(values, name, self._plan["ask"][name])
        return one_channel(self.section, values, self.path)

    # --- what is tried -----------------------------------------------------------------------------------------------

    def _tried(self, section: Any) -> bool:
        """Each right by itself, in shadow: nothing is written in the mall."""
        channel = self.make(section, self._seams())
        checks = channel.check()
        for check in checks:
            self.terminal.say(f"{'✓' if check.ok else '✗'} {check.name}: {check.hint}")
        try:
            life = channel.key_life()
        except BridgeError as error:
            self._say_wrong(error.hint)
            return False
        if life is None:
            self._say(Hint("この鍵に、分かっている期限はありません。", "As far as is known this key has no end."))
        else:
            days = (life.expires - self.outside.clock.now()).days
            self._say(Hint(f"{life.name} は {life.expires:%Y-%m-%d} まで（あと {days} 日）。",
                           f"{life.name} lives until {life.expires:%Y-%m-%d} ({days} days)."))  # fmt: skip
        return all(check.ok for check in checks)

    def _seams(self) -> Seams:
        return self.outside.in_shadow(self._name, Refreshed(self._keys.ledger))

    # --- what is written ---------------------------------------------------------------------------------------------

    def _write(self, values: Mapping[str, Any]) -> None:
        self._store.keep(values)
        name = self.path.name
        self._say(Hint(f"{name} に保存しました。bridge を再起動すると使われます（初めはシャドー）。",
                       f"Saved in {name}. It counts from bridge's next start, in shadow at first."))  # fmt: skip

    def _yes(self, question: Hint) -> bool:
        self._say(Hint(f"{question.ja}（y / n）", f"{question.en} (y / n)"))
        return self.terminal.ask("> ").strip().lower() in ("y", "yes", "はい", "ｙ")

    def _say(self, hint: Hint) -> None:
        self.terminal.say(str(hint))

    def _say_wrong(self, hint: Hint) -> None:
        self.terminal.say(f"✗ {hint}")
