"""Shopify's search syntax: `field:>='value' sku:"A B" OR -status:open` (shopify.md §4, §6)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

Value = str | bool | datetime | None
Fields = Mapping[str, Callable[["Term"], bool]]

_TERM = re.compile(
    r"""\s*(?P<sign>-|NOT\s+)?(?:(?P<field>[A-Za-z_]+):)?(?P<compare>>=|<=|>|<)?"""
    r"""(?:"(?P<double>(?:\\.|[^"\\])*)"|'(?P<single>(?:\\.|[^'\\])*)'|(?P<bare>[^\s()]+))"""
)
_JOIN = re.compile(r"\s*(AND|OR)\b")


@dataclass(frozen=True)
class Term:
    field: str
    compare: str  # "", >, >=, <, <=
    text: str
    negated: bool = False

    def equals(self, value: Value) -> bool:
        """Case does not matter."""
        shown = str(value).lower() if isinstance(value, bool) else str(value or "")
        return shown.casefold() == self.text.casefold()

    def has_prefix(self, value: str | None) -> bool:
        """Shopify's text search is loose: `sku:TEA-1` finds `tea-1` and `TEA-1-RED`."""
        folded, wanted = (value or "").strip().casefold(), self.text.strip().casefold()
        return folded == wanted or folded.startswith(wanted.rstrip("*") + ("" if wanted.endswith("*") else "-"))

    def at(self, value: datetime) -> bool:
        """Compare a time; a value that is none matches nothing."""
        try:
            bound = datetime.fromisoformat(self.text)
        except ValueError:
            return False
        bound = bound if bound.tzinfo else bound.replace(tzinfo=UTC)
        value = value.replace(microsecond=0)
        return {
            "": value == bound,
            ">": value > bound,
            ">=": value >= bound,
            "<": value < bound,
            "<=": value <= bound,
        }[self.compare]


def parse(query: str | None) -> list[list[Term]]:
    """Alternatives (OR) of terms that must all hold (AND, or just a blank between them)."""
    alternatives: list[list[Term]] = [[]]
    position, text = 0, (query or "").strip()
    while position < len(text):
        joined = _JOIN.match(text, position)
        if joined:
            position = joined.end()
            if joined[1] == "OR":
                alternatives.append([])
            continue
        found = _TERM.match(text, position)
        if found is None:  # a bracket or a stray quote: Shopify ignores what it can't read
            position += 1
            continue
        quoted = found["double"] if found["double"] is not None else found["single"]
        value = found["bare"] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
        alternatives[-1].append(Term(found["field"] or "", found["compare"] or "", value, bool(found["sign"])))
        position = found.end()
    return alternatives


def matches(alternatives: list[list[Term]], fields: Fields) -> bool:
    """Terms of unknown fields are ignored, as Shopify does."""
    return any(
        all(fields[term.field](term) != term.negated for term in terms if term.field in fields)
        for terms in alternatives
    )


def unknown_fields(alternatives: list[list[Term]], known: set[str]) -> list[str]:
    return [term.field for terms in alternatives for term in terms if term.field and term.field not in known]
