"""Errors grouped by what happens next, not by where they came from (DESIGN §7)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Hint:
    """One plain sentence for people, in both languages. Never holds a secret."""

    ja: str
    en: str

    def __str__(self) -> str:
        return f"{self.ja} / {self.en}"


class BridgeError(Exception):
    """The parent of all of ours; `hint` is what a person is shown."""

    def __init__(self, hint: Hint) -> None:
        super().__init__(str(hint))
        self.hint = hint


class TryAgain(BridgeError):
    """It may work later. `after`: seconds to wait (≥ 0). `ambiguous`: the request may have been carried out."""

    def __init__(self, hint: Hint, after: float = 0.0, *, ambiguous: bool = False) -> None:
        super().__init__(hint)
        self.after = after
        self.ambiguous = ambiguous


class Refused(BridgeError):
    """This one item will never be taken as it is: set it aside and go on."""


class NeedsPerson(BridgeError):
    """The channel can't go on without a person (a dead key, a right that is missing): pause it alone."""


class NeedsKey(NeedsPerson):
    """The channel needs a new key, which is its owner's to give."""


class Stop(BridgeError):
    """The ledger can't be trusted or written: touch nothing outside any more."""
