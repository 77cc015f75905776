"""Stories speak of tabs, headers and places in Japanese; the spreadsheet of a story may be in the other language."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import Any

from bridge.sheet.layout import TABS, TabSpec, first_locations, tab_spec, templates
from bridge.sheet.months import month_of, role_of


def title(text: str, language: str) -> str:
    """A tab's title."""
    return next((spec.title(language) for spec in _specs(text)), text)


def _specs(text: str) -> list[TabSpec]:
    """The templates of tabs with this Japanese title; 受注 has one for each month."""
    months = [role_of(month)] if (month := month_of(text)) else []
    return [tab_spec(role) for role in (*TABS, *months) if tab_spec(role).ja == text]


def header(tab: str, text: str, language: str) -> str:
    return headers(tab, language).get(text, text)


def place(text: str, language: str) -> str:
    """A stock column's name."""
    return next((each.title(language) for each in first_locations() if each.ja == text), text)


@cache
def headers(tab: str, language: str) -> dict[str, str]:
    """Japanese -> as it stands in the tab of that Japanese title."""
    found = {column.ja: column.title(language) for spec in _specs(tab) for column in spec.columns if column.ja}
    return found | ({each.ja: each.title(language) for each in first_locations()} if tab == "在庫表" else {})


@cache
def _sentences() -> dict[str, Any]:
    return tomllib.loads((templates() / "sentences.toml").read_text(encoding="utf-8"))


def sentences(section: str) -> dict[str, Any]:
    return dict(_sentences()[section])


def questions() -> dict[str, Any]:
    """Every kind of question, as the templates have it."""
    return sentences("questions")


def sentence(section: str, code: str, language: str) -> str:
    return str(_sentences()[section][code][language])


def choice(kind: str, key: str, language: str) -> str:
    """What is written to choose one of a question's choices."""
    return str(questions()[kind]["choices"][key][language])


def said(words: str, code: str, language: str) -> str:
    """One of the words that people write or choose."""
    return str(_tabs()["words"][words][code][language])


@cache
def _tabs() -> dict[str, Any]:
    return tomllib.loads((templates() / "tabs.toml").read_text(encoding="utf-8"))
