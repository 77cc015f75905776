"""The page's words in Japanese and English, read from words.toml: one place for both languages."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

Language = Literal["ja", "en"]
_PLAIN_COLOUR = "#5F6B76"


@cache
def _document() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))


def say(code: str, language: Language, **values: object) -> str:
    return str(_document()["say"][code][language]).format(**values)


def name(server: str, language: Language) -> str:
    """A mall's or Google's name; one that the words don't know is called as the control panel calls it."""
    return str(_document()["names"].get(server, {}).get(language, server))


def colour(server: str) -> str:
    return str(_document()["names"].get(server, {}).get("colour", _PLAIN_COLOUR))


def fault_names(language: Language) -> dict[str, str]:
    """Kind of fault → what it is called."""
    return {kind: str(fault[language]) for kind, fault in _document()["faults"].items()}


def fault_dial(kind: str) -> dict[str, float]:
    return dict(_document()["faults"][kind]["dial"])


def fault_kind(dial: Mapping[str, Any]) -> str | None:
    """Which of the named kinds a dial stands on; None for another."""
    rates = ("delay", "too_many", "server_error", "lost", "reply_lost")

    def turned(one: Mapping[str, Any]) -> list[float]:
        return [float(one.get(rate, 0.0)) for rate in rates]

    return next((str(kind) for kind, one in _document()["faults"].items() if turned(one["dial"]) == turned(dial)), None)


def is_tab(role: str, title: str) -> bool:
    """stock | history | questions, by the tab's title in either language."""
    return title in _document()["tabs"][role]


def column(role: str, headers: Sequence[str]) -> int | None:
    """Where a tab has the column of that role."""
    return next((headers.index(text) for text in _document()["headers"][role] if text in headers), None)


def key_column(headers: Sequence[str]) -> int:
    """The column that tells a tab's rows apart; its first one where none is known to."""
    return next((headers.index(text) for text in _document()["keys"]["order"] if text in headers), 0)
