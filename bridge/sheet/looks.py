"""How tabs ought to look, read from sheets_templates/looks.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from gspread.utils import rowcol_to_a1

from bridge.sheet.layout import ColumnSpec, tab_spec, templates

Colour = dict[str, float]


@dataclass(frozen=True)
class Rule:
    """A colour under a condition. `only`: the columns it colours; none: the whole row."""

    name: str
    colour: str
    when: str
    only: tuple[str, ...] = ()


@dataclass(frozen=True)
class FilterView:
    """Rows to be shown alone. `on`: the column at which Google keeps the condition."""

    name: str
    ja: str
    en: str
    on: str
    when: str

    def title(self, language: str) -> str:
        return self.ja if language == "ja" else self.en


@dataclass(frozen=True)
class Look:
    rules: tuple[Rule, ...] = ()
    views: tuple[FilterView, ...] = ()


@cache
def _document() -> dict[str, Any]:
    return tomllib.loads((templates() / "looks.toml").read_text(encoding="utf-8"))


@cache
def look(role: str) -> Look:
    """Nothing where the file doesn't speak of the tab. One of several of a kind, "orders 2026-11", looks like all."""
    data = _document().get(role.partition(" ")[0], {})
    rules = (Rule(**{**each, "only": tuple(each.get("only", ()))}) for each in data.get("rules", ()))
    return Look(tuple(rules), tuple(FilterView(**each) for each in data.get("views", ())))


def colour(name: str) -> Colour:
    text = _document()["colours"][name]
    return {part: int(text[at : at + 2], 16) / 255 for part, at in (("red", 1), ("green", 3), ("blue", 5))}


@dataclass(frozen=True)
class NumberFormat:
    """`always`: every cell of the column has it, else none has another."""

    format: Mapping[str, str]
    always: bool

    def fits(self, found: Mapping[str, Any]) -> bool:
        return found.get("type") == self.format["type"] or not (found or self.always)


def number_format(column: ColumnSpec) -> NumberFormat | None:
    """None: whatever it is."""
    data = _document()["formats"].get(column.kind, {}).get(column.by)
    return NumberFormat(**data) if data else None


def formats_of(tab: str, at: Mapping[str, int]) -> dict[int, Mapping[str, str]]:
    """The number formats of a new row, by column. `at`: the columns by their roles."""
    looks = {column.role: number_format(column) for column in tab_spec(tab).columns}
    return {at[role]: look.format for role, look in looks.items() if look is not None and look.always and role in at}


def said(protection: str, language: str) -> str:
    return str(_document()["protections"][protection][language])


def filled_in(when: str, at: Mapping[str, int], row: int) -> str | None:
    """A condition with the cells of a row (0-based) for its {role}s; None where the tab lacks one of the columns."""
    roles = re.findall(r"\{(\w+)\}", when)
    if any(at.get(role, -1) < 0 for role in roles):
        return None
    return re.sub(r"\{(\w+)\}", lambda role: f"${rowcol_to_a1(row + 1, at[role[1]] + 1)}", when)


def columns_named(roles: Sequence[str], at: Mapping[str, int]) -> list[int]:
    return [at[role] for role in roles if at.get(role, -1) >= 0]
