"""A table that a seller already has: where its header stands, and which of its columns is which of ours (`bridge
import`).

Headers are known by their words, columns also by what is in them. What both agree on is taken; anything else is a doubt
that a person settles, one column at a time: `propose` is asked again with each answer.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from bridge.domain.import_cells import Damage, SourceCell, is_jan, read_code, read_units
from bridge.domain.reading import Quantity

Rows = Sequence[Sequence[SourceCell]]

NEARLY = 0.9  # so much of a column makes it what its header doesn't say
HALF = 0.5  # so much of it at least must be what its header says
LOOKED_AT = 20  # the header stands in one of so many first rows
SAMPLES = 3  # examples shown with a question
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
class Target:
    """What a column is. `location`: of STOCK alone."""

    role: Role
    location: str = ""


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
    """Where the header stands, one heading per column."""

    row: int
    headings: tuple[Heading, ...]


@dataclass(frozen=True)
class Column:
    """A column and what is in it. `jan`, `codes`, `whole`: which part of it, 0 to 1, are JAN codes; codes, each another
    one; whole numbers. `filled`: how many cells hold anything."""

    index: int
    heading: Heading
    filled: int = 0
    jan: float = 0.0
    codes: float = 0.0
    whole: float = 0.0
    cells: frozenset[str] = field(default=frozenset(), repr=False)
    samples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Doubt:
    """A column that a person has to name. `choices`: what it may be, the likeliest first; or it is left out."""

    column: Column
    choices: tuple[Target, ...]


@dataclass(frozen=True)
class Proposal:
    """Which column is what. `left`: columns with something in them that are not brought."""

    taken: Mapping[int, Target]
    doubts: tuple[Doubt, ...]
    left: tuple[Column, ...]

    def column(self, target: Target) -> int | None:
        return next((index for index, each in self.taken.items() if each == target), None)

    @property
    def has_sku(self) -> bool:
        return self.column(Target(Role.SKU)) is not None


@lru_cache(4096)
def key(text: str) -> str:
    """Headers are compared without regard to width, case, blanks and signs."""
    return _SIGNS.sub("", unicodedata.normalize("NFKC", text).casefold())


@lru_cache(4096)
def _keys(text: str) -> tuple[str, ...]:
    """The header as it stands, and without what is in brackets."""
    return tuple(dict.fromkeys((key(text), key(_BRACKETS.sub("", unicodedata.normalize("NFKC", text))))))


# --- the header ----------------------------------------------------------------------------------------------------


def find_header(rows: Rows, words: Vocabulary, locations: Sequence[str]) -> Header | None:
    """The row with the most headers that are known; titles above it are passed over. Where none is known, the first of
    the widest rows, if it holds words only. None where there is no header at all."""
    candidates = [_headings(rows, i, words) for i in range(min(LOOKED_AT, len(rows)))]
    if not candidates:
        return None

    def known(i: int) -> int:
        return sum(_is_known(each, words, locations) for each in candidates[i])

    best = max(range(len(candidates)), key=lambda i: (known(i), _width(candidates[i]), -i))
    if known(best) < min(2, _width(candidates[best])):
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
    groups = dict(_groups(above, own, words))
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


def _title(cell: SourceCell) -> str:
    """As it is shown, in one line."""
    return " ".join(cell.shown.split())


def _is_word(cell: SourceCell) -> bool:
    """No number, date or code: what a header is made of."""
    return bool(cell.text) and isinstance(read_code(cell), str) and not re.fullmatch(r"[\d.,%¥\\\-/:]+", cell.text)


def _is_known(heading: Heading, words: Vocabulary, locations: Sequence[str]) -> bool:
    if not heading.text:
        return False
    roles = any(_says(heading, names) for names in (*words.names.values(), *words.own.values()))
    number = _is_quantity(heading, words) or _location_of(heading, words, locations) is not None
    return roles or number or _says(heading, words.unwanted)


# --- the columns ---------------------------------------------------------------------------------------------------


def columns_of(rows: Rows, header: Header) -> tuple[Column, ...]:
    """Every column that has a header or anything in it."""
    below = rows[header.row + 1 :]
    width = max((len(header.headings), *(len(row) for row in below)), default=0)
    found = (_column(i, header, [row[i] for row in below if i < len(row)]) for i in range(width))
    return tuple(each for each in found if each.heading.text or each.filled)


def _column(index: int, header: Header, cells: Sequence[SourceCell]) -> Column:
    heading = header.headings[index] if index < len(header.headings) else Heading("")
    filled = [cell for cell in cells if not cell.blank]
    codes = [code for code in map(read_code, filled) if not isinstance(code, Damage)]
    texts = [cell.text for cell in filled]

    def part(count: int) -> float:
        return count / len(filled) if filled else 0.0

    return Column(
        index=index,
        heading=heading,
        filled=len(filled),
        jan=part(sum(map(is_jan, codes))),
        codes=part(len({code for code in codes if " " not in code})),
        whole=part(sum(isinstance(read_units(cell), Quantity) for cell in filled)),
        cells=frozenset(map(key, texts)),
        samples=tuple(dict.fromkeys(texts))[:SAMPLES],
    )


def _says(heading: Heading, names: frozenset[str]) -> bool:
    return not names.isdisjoint(_keys(heading.text))


def _is_quantity(heading: Heading, words: Vocabulary) -> bool:
    return bool(heading.group) or _says(heading, words.quantity | words.total)


def _location_of(heading: Heading, words: Vocabulary, locations: Sequence[str]) -> str | None:
    """The one location that a header names in full, with nothing beside it but a word for a number: 在庫（渋谷店）."""
    whole = key(heading.text)
    named = [
        name
        for name in locations
        if key(name) and (rest := whole.replace(key(name), "", 1)) != whole and (not rest or rest in words.quantity)
    ]
    return max(named, key=len, default=None)


def _unwanted(heading: Heading, words: Vocabulary) -> bool:
    return _says(heading, words.unwanted) or any(part in key(heading.text) for part in words.unwanted_parts)


# --- the proposal --------------------------------------------------------------------------------------------------


def propose(
    columns: Sequence[Column],
    words: Vocabulary,
    locations: Sequence[str],
    decided: Mapping[int, Target | None],
    *,
    with_jan: bool,
) -> Proposal:
    """`decided`: what people said, by column; None: not brought · `with_jan`: whether 在庫表 has a column for it. No
    target is given twice."""
    draft = _Draft(words, tuple(locations), [each for each in columns if each.index not in decided])
    draft.taken = {index: target for index, target in decided.items() if target is not None}
    draft.place()
    for role in (Role.SKU, *([Role.JAN] if with_jan else []), Role.PRODUCT):
        draft.by_role(role)
    if with_jan:
        draft.jan_by_content()
    draft.sku_by_content()
    draft.numbers()
    return draft.proposal()


class _Draft:
    """A proposal in the making; each column leaves `free` once it has found its place."""

    def __init__(self, words: Vocabulary, locations: tuple[str, ...], free: list[Column]) -> None:
        self.words, self.locations, self.free = words, locations, free
        self.taken: dict[int, Target] = {}
        self.doubts: list[Doubt] = []
        self.jan_claim: Column | None = None  # taken for the JAN by nobody but us

    def proposal(self) -> Proposal:
        # what a doubt leaves open may not be asked twice in one breath: the code of a product comes first
        doubts = sorted(self.doubts, key=lambda doubt: (Target(Role.SKU) not in doubt.choices, doubt.column.index))
        taken = dict(sorted(self.taken.items()))
        return Proposal(taken, tuple(doubts), tuple(each for each in self.free if each.filled))

    def open(self, *targets: Target) -> tuple[Target, ...]:
        """Those that no column has yet."""
        return tuple(target for target in targets if target not in self.taken.values())

    def take(self, column: Column, target: Target) -> None:
        self.free.remove(column)
        if target.role is Role.JAN:
            self.jan_claim = column
        self.taken[column.index] = target

    def doubt(self, column: Column, *choices: Target) -> None:
        self.free.remove(column)
        self.doubts.append(Doubt(column, choices))

    def by_role(self, role: Role) -> None:
        """Columns whose header says so. Sure where it is one, and what is in it doesn't speak against it."""
        target = Target(role)
        if not self.open(target):
            return
        claims = [each for each in self.free if _says(each.heading, self.words.names[role] | self.words.own[role])]
        exact = [each for each in claims if _says(each.heading, self.words.own[role])]
        claims = exact if len(exact) == 1 else claims
        if len(claims) == 1 and self._fits(claims[0], role):
            self.take(claims[0], target)
            return
        for each in claims:
            self.doubt(each, target, *([Target(Role.JAN)] if role is Role.SKU and each.jan >= NEARLY else []))

    def _fits(self, column: Column, role: Role) -> bool:
        """Whether what is in a column doesn't speak against its header."""
        if _says(column.heading, self.words.own[role]) or not column.filled:
            return True
        if role is Role.SKU:  # beside the name of a location a code stands more than once
            return column.codes >= HALF or Target(Role.PLACE) in self.taken.values()
        return role is not Role.JAN or column.jan >= HALF

    def jan_by_content(self) -> None:
        """A column full of valid JAN codes is that, whatever its header says."""
        target = Target(Role.JAN)
        full = [
            each
            for each in self.free
            if each.jan >= NEARLY and each.filled > 1 and not _unwanted(each.heading, self.words)
        ]
        if not self.open(target):
            return
        if len(full) == 1 and not any(target in doubt.choices for doubt in self.doubts):
            self.take(full[0], target)
            return
        for each in full:
            self.doubt(each, target)

    def sku_by_content(self) -> None:
        """No header says which is the code: every column of codes may be, a JAN too."""
        target = Target(Role.SKU)
        if not self.open(target) or any(target in doubt.choices for doubt in self.doubts):
            return
        claims = [each for each in self.free if each.codes >= NEARLY and not _unwanted(each.heading, self.words)]
        for each in claims:
            self.doubt(each, target, *self._stock_choices(each))
        if not claims and self.jan_claim is not None:
            del self.taken[self.jan_claim.index]
            self.doubts.append(Doubt(self.jan_claim, (target, Target(Role.JAN))))

    def place(self) -> None:
        """Its cells name locations."""
        target = Target(Role.PLACE)
        known = {key(name) for name in self.locations}
        claims = [
            each
            for each in self.free
            if _says(each.heading, self.words.names[Role.PLACE]) and not known.isdisjoint(each.cells)
        ]
        if len(claims) == 1 and self.open(target):
            self.take(claims[0], target)

    def numbers(self) -> None:
        """Columns of numbers: at the location that the header names, at the one of their row, or a doubt."""
        self._named_locations()
        said = self._unnamed(self.words.quantity) or self._unnamed(self.words.total)
        by_row = self.open(Target(Role.UNITS)) if Target(Role.PLACE) in self.taken.values() else ()
        sure = by_row or (self._stock_choices(said[0]) if said and len(self.locations) == 1 else ())
        if len(said) == 1 and sure:
            self.take(said[0], sure[0])
            return
        named = frozenset[str]().union(*self.words.names.values(), self.words.total)
        strange = [
            each
            for each in self.free
            if each.whole >= NEARLY and not _says(each.heading, named) and not _unwanted(each.heading, self.words)
        ]
        for each in dict.fromkeys([*said, *strange]):
            if choices := (*by_row, *self._stock_choices(each)):
                self.doubt(each, *choices)

    def _named_locations(self) -> None:
        named: defaultdict[str, list[Column]] = defaultdict(list)
        for each in self.free:
            name = _location_of(each.heading, self.words, self.locations)
            if name is not None and self.open(Target(Role.STOCK, name)):
                named[name].append(each)
        for name, claims in named.items():
            for each in claims:
                if len(claims) == 1:
                    self.take(each, Target(Role.STOCK, name))
                else:
                    self.doubt(each, Target(Role.STOCK, name))

    def _unnamed(self, words: frozenset[str]) -> list[Column]:
        """Columns that say that they are a number, but not of where. A total only where there is no other number."""
        if words is self.words.total and any(target.role is Role.STOCK for target in self.taken.values()):
            return []
        return [each for each in self.free if _says(each.heading, words) or (each.heading.group and each.whole >= HALF)]

    def _stock_choices(self, column: Column) -> tuple[Target, ...]:
        """Locations without a column yet, those first that its header names in part: 本社 is likely 本社倉庫."""
        if column.whole < NEARLY and not _is_quantity(column.heading, self.words):
            return ()
        text = key(column.heading.text)
        likely = sorted(self.locations, key=lambda name: not (text and (text in key(name) or key(name) in text)))
        return self.open(*(Target(Role.STOCK, name) for name in likely))


def is_total(cells: Iterable[str], words: Vocabulary) -> bool:
    """Whether a row sums up the others, by the words in its code or name."""
    return any(key(text) in words.totals for text in cells)
