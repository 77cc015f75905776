"""A channel's new key while the bridge runs: tried at once, kept where the bridge finds it at its next start, in force
without one. Until the new key has worked, the old one stays as it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from bridge.channel_settings import is_secret
from bridge.channels.http import Seams
from bridge.config import one_channel
from bridge.connect_plans import plans, section_of, typed
from bridge.consent import Consent
from bridge.errors import BridgeError, Hint
from bridge.key_store import KeyStore, not_kept
from bridge.logs import hide
from bridge.refreshed import InMind, KeepsTokens
from bridge.service import KINDS, Service
from bridge.settings import ConfigError, Secret, parse


@dataclass(frozen=True)
class Field:
    """One thing that an owner is asked for. `passing`: needed for the consent alone, and not kept."""

    name: str
    label: Hint
    secret: bool
    passing: bool = False


@dataclass(frozen=True)
class Said:
    """One line of what came of a try."""

    good: bool
    text: Hint


@dataclass(frozen=True)
class Outcome:
    """`kept`: the new key is in force."""

    kept: bool
    said: tuple[Said, ...]


class Renewals:
    """Of every channel of a running service. `path`: the settings file."""

    def __init__(self, service: Service, path: Path) -> None:
        self._service, self._path = service, path

    def fields(self, channel: str) -> list[Field]:
        """What may be given anew; what is left blank stays."""
        kind = self._kind(channel)
        plan = plans()[kind]
        asked = [Field(name, Hint(*plan["ask"][name]), is_secret(kind, name)) for name in plan["renew"]]
        passing = plan.get("consent", {}).get("ask", {})
        return asked + [Field(n, Hint(*text), n.endswith("secret"), passing=True) for n, text in passing.items()]

    def consent(self, channel: str, given: Mapping[str, str], redirect: str, state: str) -> Consent | None:
        """Where a person may agree at the mall; None where that mall has no such way, or the shop doesn't use it."""
        kind = self._kind(channel)
        consent = plans()[kind].get("consent")
        values = self._values(channel, self._typed(channel, given))
        if consent is None or consent.get("unless") in values:
            return None
        asked = consent.get("ask", {})
        return Consent(kind, {**values, **{name: given.get(name, "") for name in asked}}, redirect, state)

    def renew(self, channel: str, given: Mapping[str, str], consent: Consent | None, pasted: str) -> Outcome:
        """Try what was given, and take it into use where it works; the caller sees to it that only one is under way.
        `pasted`: what the browser showed after the consent, "" where nobody agreed anew. Never raises for what is wrong
        with it; Stop where the ledger fails."""
        try:
            return self._renewed(channel, given, consent, pasted)
        except ConfigError as error:
            return Outcome(False, tuple(Said(False, each.hint) for each in error.problems))
        except BridgeError as error:
            return Outcome(False, (Said(False, error.hint),))

    def _renewed(self, channel: str, given: Mapping[str, str], consent: Consent | None, pasted: str) -> Outcome:
        """Raises BridgeError."""
        new = self._typed(channel, given)
        self._hide(channel, new)
        old = self._values(channel, {})
        if not pasted and all(old.get(name) == value for name, value in new.items()):
            raise BridgeError(_SAME if new else _NOTHING)
        store = KeyStore(self._path, section_of(self._kind(channel), channel))
        store.check(new)  # before the consent's code is used up
        if consent is not None and pasted:
            new |= consent.given(pasted, self._seams(channel, self._service.tokens))
            self._hide(channel, new)
        values = self._values(channel, new)
        dropped = [name for name in old if name not in values]
        fresh = one_channel(section_of(self._kind(channel), channel), values, self._path)
        tokens = Trial(self._service.tokens, [str(value) for value in old.values()])
        said = tuple(self._tried(channel, fresh, tokens))
        if not all(each.good for each in said):
            return Outcome(False, said)
        store.keep(new, dropped)
        tokens.adopt(channel)
        self._service.renew(channel, fresh)
        return Outcome(True, said)

    def _typed(self, channel: str, given: Mapping[str, str]) -> dict[str, Any]:
        """What is given anew, of all that came with the form."""
        keys = [field.name for field in self.fields(channel) if not field.passing]
        return {name: typed(name, given[name]) for name in keys if given.get(name)}

    def _hide(self, channel: str, new: Mapping[str, Any]) -> None:
        """From the log, good key or bad."""
        for name, value in new.items():
            if is_secret(self._kind(channel), name):
                hide(str(value))

    def _tried(self, channel: str, settings: Any, tokens: KeepsTokens) -> Iterator[Said]:
        """Each right by itself, in shadow: nothing is written in the mall. A key that ends soon works. What several
        rights have to say is said once."""
        trial = KINDS[self._kind(channel)](settings, self._seams(channel, tokens))
        try:
            alike: dict[tuple[bool, Hint], list[str]] = {}
            for check in trial.check():
                alike.setdefault((check.ok or check.works, check.hint), []).append(check.name)
        finally:
            trial.close()
        for (good, hint), names in alike.items():
            yield Said(good, Hint(f"{'、'.join(names)}: {hint.ja}", f"{', '.join(names)}: {hint.en}"))

    def _seams(self, channel: str, tokens: KeepsTokens) -> Seams:
        return self._service.outside.in_shadow(channel, tokens)

    def _kind(self, channel: str) -> str:
        return self._service.config.channels.connected()[channel][0]

    def _values(self, channel: str, new: Mapping[str, Any]) -> dict[str, Any]:
        """The channel's settings as the file has them, its secrets as they are in force, with `new` over them; without
        what goes with the key before, and without the ways in that `new` takes the place of."""
        kind, settings = self._service.config.channels.connected()[channel]
        table: Any = parse(self._path).get("channels", {})
        for part in section_of(kind, channel).split("."):
            table = table.get(part, {})
        secret = {each.name: getattr(settings, each.name) for each in fields(settings)}
        known = {**table, **{name: value.reveal() for name, value in secret.items() if isinstance(value, Secret)}}
        plan = plans()[kind]
        gone = set(plan.get("replaced", ())) if new else set()
        ways = [set(way) for way in plan.get("ways", ())]
        taken = next((way for way in ways if way & new.keys()), None)
        gone |= set().union(*(way for way in ways if taken and way != taken))
        return {name: value for name, value in known.items() if name not in gone} | dict(new)


class Trial:
    """Refresh tokens while a key is tried. What comes of a token that is in force is kept at once, since that one is
    dead by then; what comes of a new one is kept when the key is."""

    def __init__(self, kept: KeepsTokens, live: Sequence[str]) -> None:
        self._kept, self._live, self._mind = kept, set(live), InMind()
        self._new: dict[str, str] = {}

    def newest(self, channel: str, given: str) -> str:
        return (self._kept if given in self._live else self._mind).newest(channel, given)

    def keep(self, channel: str, given: str, newest: str) -> None:
        if given in self._live:
            self._kept.keep(channel, given, newest)
        else:
            self._mind.keep(channel, given, newest)
            self._new[given] = newest

    def adopt(self, channel: str) -> None:
        """The key is in force. Raises BridgeError where it can't be kept."""
        try:
            for given, newest in self._new.items():
                self._kept.keep(channel, given, newest)
        except OSError as error:
            raise BridgeError(not_kept(error)) from error


_SAME = Hint("今の鍵と同じです。モールで新しい鍵を作り、それを貼ってください。",
             "This is the key that is there already. Make a new one at the mall and paste it.")  # fmt: skip
_NOTHING = Hint("新しい鍵を貼ってください。", "Paste the new key.")
