"""The header of a table that a seller already has: what its words say, and where it stands (`bridge import`)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from bridge.domain.import_cells import SourceCell, read_code

Rows = Sequence[Sequence[SourceCell]]

LOOKED_AT = 20  # the header stands in one of so many first rows
_SIGNS = re.compile(r"[\s*※■□●○◆◇▼▽★☆【】\[\]「」『』<>()・:;,.、。_/\\|\-–—‐'\"]+")
_BRACKETS = re.compile(r"\(.*?\)|\[.*?\]|【.*?】")


class Role(StrEnum):
    """What a column of theirs may be to us."""

    SKU = "sku"
    JAN = "jan"
    PRODUCT = "product"
    PLACE = "place"  # its cells name the location of their row
    UNITS = "units"  # the number at the location that its row names
    STOCK = "stock"  # the number at one location


@dataclass(frozen=True)
class Vocabulary:
    """The headers that are known, as `key` has them. `own`: those of 在庫表 itself, which leave no doubt · `total`: the
    number over all locations · `totals`: rows that sum up the others."""

    names: Mapping[Role, frozenset[str]]
    own: Mapping[Role, frozenset[str]]
    quantity: frozenset[str]
    total: frozenset[str]
    unwanted: frozenset[str]
    unwanted_parts: tuple[str, ...]
    totals: frozenset[str]


@dataclass(frozen=True)
class Heading:
    """The header of one column. `group`: what stands above it over several columns (在庫 over 本社 and 渋谷)."""

    text: str
    group: str = ""

    def __str__(self) -> str:
        return f"{self.group} {self.text}".strip()


@dataclass(frozen=True)
class Header:
    """Where the header stands, one heading per column; columns beyond it have none."""

    row: int
    headings: tuple[Heading, ...]

    def heading(self, column: int) -> Heading:
        return self.headings[column] if column < len(self.headings) else Heading("")


@lru_cache(4096)
def key(text: str) -> str:
    """Headers are compared without regard to width, case, blanks and signs."""
    return _SIGNS.sub("", unicodedata.normalize("NFKC", text).casefold())


@lru_cache(4096)
def _keys(text: str) -> tuple[str, ...]:
    """The header as it stands, and without what is in brackets."""
    return tuple(dict.fromkeys((key(text), key(_BRACKETS.sub("", unicodedata.normalize("NFKC", text))))))


# --- what the words say -------------------------------------------------------------------------------------------


def says(heading: Heading, names: frozenset[str]) -> bool:
    return not names.isdisjoint(_keys(heading.text))


def is_quantity(heading: Heading, words: Vocabulary) -> bool:
    return bool(heading.group) or says(heading, words.quantity | words.total)


def location_of(heading: Heading, words: Vocabulary, locations: Sequence[str]) -> str | None:
    """The one location that a header names in full, with nothing beside it but a word for a number: 在庫（渋谷店）."""
    named = [
        name
        for name in locations
        for text in _keys(heading.text)
        if key(name) in text and text.replace(key(name), "", 1) in ("", *words.quantity)
    ]
    return max(named, key=len, default=None)


def unwanted(heading: Heading, words: Vocabulary) -> bool:
    return says(heading, words.unwanted) or any(part in key(heading.text) for part in words.unwanted_parts)


def is_total(cells: Iterable[str], words: Vocabulary) -> bool:
    """Whether a row sums up the others, by the words in its code or name."""
    return any(key(text) in words.totals for text in cells)


# --- where it stands ---------------------------------------------------------------------------------------------


def find_header(rows: Rows, words: Vocabulary, locations: Sequence[str]) -> Header | None:
    """The row with the most headers that are known; titles above it are passed over. Where none is known, the first of
    the widest rows, if it holds words only. None where there is no header at all."""
    candidates = [_headings(rows, i, words) for i in range(min(LOOKED_AT, len(rows)))]
    if not candidates:
        return None

    def known(i: int) -> int:
        return sum(_is_known(each, words, locations) for each in candidates[i])

    best = max(range(len(candidates)), key=lambda i: (known(i), _width(candidates[i]), -i))
    if known(best) < max(1, min(2, _width(candidates[best]))):
        best = max(range(len(candidates)), key=lambda i: (_width(candidates[i]), -i))
        if _width(candidates[best]) < 2 or not all(_is_word(cell) for cell in rows[best] if cell.text):
            return None
    return Header(best, tuple(candidates[best]))


def _width(headings: Iterable[Heading]) -> int:
    return sum(bool(each.text) for each in headings)


def _headings(rows: Rows, i: int, words: Vocabulary) -> list[Heading]:
    """A row taken for the header. Where the one above it groups several of its columns, both are the header: what is
    merged over two rows stands in the upper one only."""
    own = list(rows[i])
    plain = [Heading(_title(cell)) for cell in own]
    above = list(rows[i - 1]) if i else []
    groups = dict(_groups(above, own, words)) if _two_lines(above, own) else {}
    if not groups:
        return plain
    merged = [*plain, *[Heading("")] * (len(above) - len(plain))]
    return [
        Heading(each.text, groups.get(column, ""))
        if each.text
        else Heading(_title(above[column]) if column < len(above) else "")
        for column, each in enumerate(merged)
    ]


def _groups(above: Sequence[SourceCell], own: Sequence[SourceCell], words: Vocabulary) -> Iterator[tuple[int, str]]:
    """Columns under a heading for numbers that stretches over two or more of them: 在庫 over 本社 and 渋谷."""
    for first, cell in enumerate(above):
        if key(cell.text) not in words.quantity:
            continue
        end = next((n for n in range(first + 1, len(above)) if above[n].text), max(len(above), len(own)))
        under = list(own[first:end])
        while under and not under[-1].text:
            under.pop()
        if len(under) >= 2 and all(_is_word(each) for each in under):
            yield from ((first + n, _title(cell)) for n in range(len(under)))


def _two_lines(above: Sequence[SourceCell], own: Sequence[SourceCell]) -> bool:
    """Whether one row continues the header above it rather than standing under it as data does: where both say
    something, the upper one stretches over more than one column."""

    def said(cells: Sequence[SourceCell], column: int) -> bool:
        return column < len(cells) and bool(cells[column].text)

    return all(
        not said(own, column) or (not said(above, column + 1) and said(own, column + 1))
        for column, cell in enumerate(above)
        if cell.text
    )


def _title(cell: SourceCell) -> str:
    """As it is shown, in one line."""
    return " ".join(cell.shown.split())


def _is_word(cell: SourceCell) -> bool:
    """No number, date or code: what a header is made of."""
    return bool(cell.text) and isinstance(read_code(cell), str) and not re.fullmatch(r"[\d.,%¥\\\-/:]+", cell.text)


def _is_known(heading: Heading, words: Vocabulary, locations: Sequence[str]) -> bool:
    if not heading.text:
        return False
    roles = any(says(heading, names) for names in (*words.names.values(), *words.own.values()))
    number = is_quantity(heading, words) or location_of(heading, words, locations) is not None
    return roles or number or says(heading, words.unwanted)
