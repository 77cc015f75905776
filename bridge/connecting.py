"""`bridge connect`: walks an operator through a channel's keys, tries each right, says how long each key lives, and
writes the settings. What is in doubt is asked again; nothing is written before the operator has seen the result."""

from __future__ import annotations

import json
import re
import secrets
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from getpass import getpass
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from bridge.channel_settings import default_of, is_secret
from bridge.channels.http import FORM, JSON, Seams
from bridge.channels.oauth import exchange
from bridge.channels.port import Channel
from bridge.clock import JST
from bridge.config import one_channel, place_of_keys
from bridge.errors import BridgeError, Hint
from bridge.outside import Outside
from bridge.private import write_private
from bridge.refreshed import Refreshed
from bridge.settings import ConfigError, parse

REDIRECT = "https://localhost/bridge"  # nothing listens there: the browser shows the code in its address
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


def plans() -> Mapping[str, Mapping[str, Any]]:
    """What is asked for each channel, by its name."""
    return tomllib.loads(files("bridge.channels").joinpath("connect.toml").read_text(encoding="utf-8"))


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
        self._passing: dict[str, str] = {}  # what is needed for the consent only

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
                values[name] = _value(name, answer)
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
        gives = plan["gives"]
        if plan.get("unless") in values:
            return
        if gives in values and self._yes(Hint("前の許可のままにしますか。", "Keep the authorisation that is there?")):
            return
        for name, text in plan.get("ask", {}).items():
            self._passing[name] = self._answer(text, secret=name.endswith("secret"), kept=False)
        redirect = self._answer(
            (f"アプリに登録したリダイレクト URI（Enter で {REDIRECT}）", f"The app's redirect URI (Enter: {REDIRECT})"),
            secret=False, kept=False,
        ) or REDIRECT  # fmt: skip
        state = secrets.token_urlsafe(12)
        known = self._known(values)
        address = plan["authorize"].format(**known, redirect=quote(redirect, safe=""), state=state)
        self._say(Hint("次の URL をブラウザーで開いて許可し、そのあと表示された URL を貼ってください。",
                       "Open this address in a browser, agree, and paste the address that is shown then."))  # fmt: skip
        self.terminal.say(address)
        code = _code(self.terminal.ask("> ").strip(), state)
        form = {
            "grant_type": "authorization_code",
            "client_id": known["client_id"],
            "client_secret": known["client_secret"],
            "redirect_uri": redirect,
            "code": code,
        }
        tokens = exchange(
            self._plan["name"][1],
            plan["token"].format(**known),
            form,
            self._seams(),
            in_header=plan.get("basic", False),
            media=JSON if plan.get("json") else FORM,
        )
        values[gives] = str(tokens[gives])
        if "dated" in plan:
            values[plan["dated"]] = f"{self.outside.clock.now().astimezone(JST):%Y-%m-%d}"

    def _known(self, values: Mapping[str, Any]) -> dict[str, str]:
        """What addresses are made of: settings as they are or by default, and the host of base_url."""
        given = {**default_of(self._kind), **values, **self._passing}
        parts = urlsplit(str(given.get("base_url", "")))
        host = f"{parts.scheme}://{parts.netloc}{parts.path.rpartition('/')[0]}"
        return {name: str(value) for name, value in given.items()} | {"host": host}

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
        return Seams(
            self.outside.clock,
            may_write=lambda: False,
            transport=self.outside.transport,
            tokens=Refreshed(self._keys.ledger),
            name=self._name,
        )

    # --- what is written ---------------------------------------------------------------------------------------------

    def _write(self, values: Mapping[str, Any]) -> None:
        """Secrets go to the folder of secrets where the settings name one, else into the settings, which are for
        nobody else to read."""
        folder = self._keys.folder
        apart = [name for name in values if is_secret(self._kind, name)] if folder else []
        for name in apart:
            write_private((folder or self.path) / f"BRIDGE_{self._name}_{name}".upper(), str(values[name]))
        lines = {name: _toml(value) for name, value in values.items() if name not in apart}
        text = self.path.read_text(encoding="utf-8")
        write_private(self.path, _with_section(text, f"channels.{self.section}", lines))
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


def _value(name: str, answer: str) -> Any:
    parts = [part.strip() for part in re.split(r"[、,，]", answer) if part.strip()]
    if name in ("locations", "profiles"):
        return parts
    if name == "places":
        pairs = (re.split(r"[=＝]", part, maxsplit=1) for part in parts)
        return {place.strip(): [column.strip() for column in columns] for place, *columns in pairs}
    return int(answer) if answer.isdecimal() and name.endswith(("version", "port")) else answer


def _code(pasted: str, state: str) -> str:
    """Out of the whole address, or the code alone. Raises BridgeError where it is the address of another attempt."""
    query = parse_qs(urlsplit(pasted).query)
    if "code" not in query:
        return pasted
    if query.get("state", [state])[0] != state:
        raise BridgeError(
            Hint(
                "これは別のときの URL です。もう一度やり直してください。",
                "This address is of another attempt. Begin again.",
            )
        )
    return query["code"][0]


def _toml(value: Any) -> str:
    """TOML's basic strings, lists and numbers are written as JSON's."""
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{_toml(name)} = {_toml(part)}' for name, part in value.items())} }}"
    return json.dumps(value, ensure_ascii=False)


def _with_section(text: str, name: str, lines: Mapping[str, str]) -> str:
    """The settings file with these lines in that section; what else stands in it, comments too, stays."""
    head = f"[{name}]"
    rows = text.splitlines()
    if head not in rows:
        return "\n".join([*rows, "", head, *(f"{key} = {value}" for key, value in lines.items()), ""])
    start = rows.index(head) + 1
    end = next((n for n in range(start, len(rows)) if re.match(r"\[", rows[n])), len(rows))
    return "\n".join([*rows[:start], *_changed(rows[start:end], lines), *rows[end:], ""])


def _changed(rows: Sequence[str], lines: Mapping[str, str]) -> Iterator[str]:
    left = dict(lines)
    for row in rows:
        key = row.partition("=")[0].strip()
        yield f"{key} = {left.pop(key)}" if "=" in row and key in left else row
    yield from (f"{key} = {value}" for key, value in left.items())
