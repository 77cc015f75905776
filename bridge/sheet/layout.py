"""Tabs and headers, read from sheets_templates/: columns are found by header, in either language, never by position."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from bridge.domain.entries import Kind
from bridge.domain.rules import StopWord

TABS = (
    "stock",
    "listings",
    "questions",
    "settings",
    "journal",
    "marks",
    "moves",
    "guide",
    "phone",
    "history",
    "summary",
)  # appended to, never reordered
ACCOUNT_TABS = ("purchases",)  # of the accounts' own spreadsheet
MANAGER_TABS = ("summary",)
_FIRST_ACCOUNT_TAB = 90


def tab_number(role: str) -> int:
    """What a tab's own sheetId is made of."""
    return TABS.index(role) + 1 if role in TABS else _FIRST_ACCOUNT_TAB + ACCOUNT_TABS.index(role)


HEADER_ROWS = 5  # the header stands in one of the first rows; above it there may be a banner


@dataclass(frozen=True)
class ColumnSpec:
    """One column of a template. `by`: who owns its cells · `width` in pixels · `optional`: a tab may lack it, `bridge
    init` adds it · `channel`: only for that one, where people want it."""

    role: str
    ja: str
    en: str
    kind: str
    by: str
    width: int
    note_ja: str = ""
    note_en: str = ""
    optional: bool = False
    channel: str = ""

    def title(self, language: str) -> str:
        return self.ja if language == "ja" else self.en

    def note(self, language: str) -> str:
        return self.note_ja if language == "ja" else self.note_en


@dataclass(frozen=True)
class TabSpec:
    role: str
    ja: str
    en: str
    columns: tuple[ColumnSpec, ...]
    rows: int
    hidden: bool = False
    optional: bool = False

    def title(self, language: str) -> str:
        return self.ja if language == "ja" else self.en


@dataclass(frozen=True)
class HeaderProblem:
    """What is wrong with a tab's headers, as data. `code`: no header row, missing, doubled."""

    code: str
    header: str = ""


@dataclass(frozen=True)
class Columns:
    """Where a tab's columns stand now. `at`: role -> 0-based column, an optional one only where it is there;
    `locations`: stock columns in sheet order."""

    header_row: int
    at: Mapping[str, int]
    locations: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[HeaderProblem, ...] = ()

    @property
    def usable(self) -> bool:
        return not self.problems


def templates() -> Path:
    """The folder sheets_templates/: beside the package in a checkout, inside it once installed."""
    beside = Path(__file__).parent.parent.parent / "sheets_templates"
    return beside if beside.is_dir() else Path(str(files("bridge") / "sheets_templates"))


@cache
def _document() -> dict[str, Any]:
    return tomllib.loads((templates() / "tabs.toml").read_text(encoding="utf-8"))


@cache
def tab_spec(role: str) -> TabSpec:
    """The template of a tab; of one month's, as "orders 2026-11", which bears the month in its title."""
    name, _, month = role.partition(" ")
    data = _document()[name]
    columns = tuple(ColumnSpec(**column) for column in data["columns"])
    ja, en = (f"{data[language]} {month}".rstrip() for language in ("ja", "en"))
    return TabSpec(role, ja, en, columns, data["rows"], data.get("hidden", False), data.get("optional", False))


@dataclass(frozen=True)
class FirstLocation:
    ja: str
    en: str
    sells: bool
    inspect: bool = False

    def title(self, language: str) -> str:
        return self.ja if language == "ja" else self.en


@cache
def first_locations() -> tuple[FirstLocation, ...]:
    return tuple(FirstLocation(**location) for location in _document()["first"]["locations"])


def may_name_place(name: str) -> bool:
    """Whether a stock column may be called so: not where a column of another kind bears that header."""
    others = {fold(text) for column in tab_spec("stock").columns for text in (column.ja, column.en)}
    return bool(name) and fold(name) not in others


def kind_title(kind: str, language: str) -> str:
    return str(_document()["first"]["kinds"][kind][language])


def setting_kinds(language: str) -> list[str]:
    """What 設定's 種類 column may say."""
    return [str(titles[language]) for titles in _document()["first"]["kinds"].values()]


def kind_of(text: str) -> str | None:
    """bridge | channel | location | command | staff | accounts | managers, by the text in 設定's 種類 column."""
    return next((str(kind) for kind, titles in _document()["first"]["kinds"].items() if _means(text, titles)), None)


def _means(text: str, titles: Mapping[str, str]) -> bool:
    """Whether a cell says this, in either language."""
    return fold(text) in (fold(titles["ja"]), fold(titles["en"]))


def stop_titles(language: str, *, life: bool = False) -> list[str]:
    """What may be chosen in a cell that holds a stop. `life`: that of a product's row, which tells its whole life."""
    words = _document()["words"]["stops"]
    chosen = {**words, **_document()["words"]["life"]} if life else words
    return [str(titles[language]) for titles in chosen.values()]


def stop_word(text: str, *, life: bool = False) -> StopWord:
    """What a cell that may hold a stop says, in either language."""
    words = _document()["words"]
    for word, titles in (*words["stops"].items(), *(words["life"].items() if life else ())):
        if _means(text, titles):
            return StopWord(word)
    return StopWord.STRANGE if fold(text) else StopWord.BLANK


def move_titles(language: str) -> list[str]:
    """What may be chosen as the kind of a line of 入出庫."""
    return [str(titles[language]) for titles in _document()["words"]["moves"].values()]


@lru_cache(256)
def move_kind(text: str) -> Kind | None:
    """The kind of a line of 入出庫, in either language; None where it is none."""
    return next((Kind(word) for word, titles in _document()["words"]["moves"].items() if _means(text, titles)), None)


def move_title(kind: Kind, language: str) -> str:
    return str(_document()["words"]["moves"][kind][language])


def command_titles(language: str) -> list[str]:
    """The commands of 設定."""
    return [str(titles[language]) for titles in _document()["words"]["commands"].values()]


def opening_title(language: str) -> str:
    return str(_document()["words"]["opening"][language])


def is_opening(text: str) -> bool:
    """Whether a line of 仕入価格 is about the stock that a product began with, in either language."""
    return _means(text, _document()["words"]["opening"])


def is_sync(text: str) -> bool:
    """Whether a command of 設定 is 今すぐ同期, in either language."""
    return _means(text, _document()["words"]["commands"]["sync"])


def hand_titles(language: str) -> list[str]:
    """What may be chosen as the kind of a line that people write into 受注."""
    return [str(titles[language]) for titles in _document()["words"]["hand"].values()]


def hand_kind(text: str) -> str:
    """phone | wholesale | hold, in either language; "" where it is none of them."""
    return next((str(kind) for kind, titles in _document()["words"]["hand"].items() if _means(text, titles)), "")


def hand_title(kind: str, language: str) -> str:
    return str(_document()["words"]["hand"][kind][language])


def processed_title(language: str, *, done: bool) -> str:
    return str(_document()["words"]["processed"]["done" if done else "open"][language])


def is_processed(text: str) -> bool:
    """Whether a row of 受注 says that it is done, in either language."""
    return _means(text, _document()["words"]["processed"]["done"])


@cache
def none_words() -> frozenset[str]:
    """The words for no rule, as `fold` has them."""
    return frozenset(fold(title) for title in _document()["words"]["none"].values())


@lru_cache(4096)
def fold(text: str) -> str:
    """Headers are compared without regard to width, case and outer blanks."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def find_columns(tab: str, rows: Sequence[Sequence[str]], locations: Sequence[str] = ()) -> Columns:
    """Find a tab's headers among its first rows. `locations`: the names of the stock columns (在庫表 only)."""
    spec = tab_spec(tab)
    wanted = {column.role: {fold(column.ja), fold(column.en)} for column in spec.columns if column.role != "locations"}
    any_of_them = set[str]().union(*wanted.values())
    best = max(
        range(min(HEADER_ROWS, len(rows))),
        key=lambda i: sum(fold(text) in any_of_them for text in rows[i]),
        default=None,
    )
    if best is None or not any(fold(text) in any_of_them for text in rows[best]):
        return Columns(0, {}, problems=(HeaderProblem("no header row", spec.ja),))
    header = [fold(text) for text in rows[best]]
    problems: list[HeaderProblem] = []
    at = {
        column.role: _only(header, wanted[column.role], column.ja, problems)
        for column in spec.columns
        if column.role in wanted
        and not ((column.optional or column.channel) and wanted[column.role].isdisjoint(header))
    }
    found = {name: _only(header, {fold(name)}, name, problems) for name in locations}
    ordered = dict(sorted(found.items(), key=lambda item: item[1]))
    return Columns(best, at, ordered, tuple(problems))


def _only(header: Sequence[str], titles: set[str], name: str, problems: list[HeaderProblem]) -> int:
    places = [i for i, text in enumerate(header) if text and text in titles]
    if len(places) != 1:
        problems.append(HeaderProblem("doubled" if places else "missing", name))
    return places[0] if places else -1
