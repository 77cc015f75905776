"""The sentences people read, in their language, from sheets_templates/sentences.toml: one place for both languages."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from bridge.sheet.layout import fold, templates

_NAME = re.compile(r"\{[a-z_]+\}")


@cache
def _document() -> dict[str, Any]:
    return tomllib.loads((templates() / "sentences.toml").read_text(encoding="utf-8"))


def template(section: str, code: str, language: str) -> str:
    """A sentence with its {names} still in it."""
    return str(_document()[section][code][language])


def codes(section: str) -> list[str]:
    """Every code of a section, in the file's order."""
    return list(_document()[section])


def known(section: str, code: str) -> bool:
    """Whether there is such a sentence."""
    return code in _document()[section]


def say(section: str, code: str, language: str, **values: Any) -> str:
    """A sentence of `findings`, `states` or `results`."""
    return _fill(template(section, code, language), values)


def is_said(section: str, of: Iterable[str], text: str) -> bool:
    """Whether a text is one of these sentences, in either language, whatever it names."""
    return any(pattern.fullmatch(text) for code in of for pattern in _patterns(section, code))


@cache
def _patterns(section: str, code: str) -> tuple[re.Pattern[str], ...]:
    sentences = (template(section, code, language) for language in ("ja", "en"))
    return tuple(re.compile(".*".join(map(re.escape, _NAME.split(each)))) for each in sentences if each)


def both(section: str, code: str, **values: Any) -> dict[str, str]:
    """The same in both languages, to be kept in the ledger."""
    return {language: say(section, code, language, **values) for language in ("ja", "en")}


def listed(names: Iterable[str], language: str) -> str:
    """One after another, as the language divides them."""
    return ("、" if language == "ja" else ", ").join(names)


def headers(titles: Iterable[str], language: str) -> str:
    """Headers of columns, as they are named in a sentence."""
    return listed((f"「{title}」" if language == "ja" else title for title in titles), language)


def question(kind: str, language: str, subject: str, data: Mapping[str, Any]) -> str:
    return _fill(_document()["questions"][kind][language], {"subject": subject, **data})


def severity(kind: str) -> str:
    """How soon a question wants its answer: urgent | soon | note."""
    return str(_document()["questions"][kind]["severity"])


def choices(kind: str, language: str, data: Mapping[str, Any]) -> list[str]:
    """What a question may be answered with."""
    return [_choice_text(key, choice[language], data) for key, choice in _choices(kind).items()]


def understand(kind: str, answer: str, data: Mapping[str, Any]) -> tuple[str, str] | None:
    """(choice, what stands behind it) of an answer in either language; None where it is none of the choices."""
    wanted = fold(answer)
    for key, choice in _choices(kind).items():
        for language in ("ja", "en"):
            text = fold(choice[language])
            if wanted in (text, fold(_choice_text(key, choice[language], data)), str(data.get(key, "\0"))):
                return key, ""
            if wanted.startswith(text + " "):
                return key, answer.strip()[len(text) :].strip()
    return None


def _choices(kind: str) -> dict[str, dict[str, str]]:
    return dict(_document()["questions"][kind]["choices"])


def _choice_text(key: str, text: str, data: Mapping[str, Any]) -> str:
    """Two readings show their numbers: `少ない方 (14)`."""
    return f"{text} ({data[key]})" if key in ("low", "high") and key in data else text


def _fill(text: str, values: Mapping[str, Any]) -> str:
    """A value that is not there shows as its name rather than breaking the sentence."""
    return text.format_map(_Values(values))


class _Values(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"
