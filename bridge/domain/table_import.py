"""Which column of a table that a seller already has is which of ours (`bridge import`).

Headers are known by their words, columns also by what is in them. What both agree on is taken; anything else is a doubt
that a person settles, one column at a time: `propose` is asked again with each answer.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bridge.domain.import_cells import Damage, SourceCell, is_jan, read_code, read_units
from bridge.domain.import_header import (
    Header,
    Heading,
    Role,
    Rows,
    Vocabulary,
    is_quantity,
    key,
    location_of,
    says,
    unwanted,
)
from bridge.domain.reading import Quantity

NEARLY = 0.9  # so much of a column makes it what its header doesn't say
HALF = 0.5  # so much of it at least must be what its header says
SAMPLES = 3  # examples shown with a question
_CODE = re.compile(r"[!-~]+")


@dataclass(frozen=True)
class Target:
    """What a column is. `location`: of STOCK alone."""

    role: Role
    location: str = ""


@dataclass(frozen=True)
class Column:
    """A column and what is in it. `filled`: how many cells hold anything; which part of these, 0 to 1, are `jan`: JAN
    codes · `distinct`: unlike all others · `codes`: that, and made of signs as codes are · `whole`: whole numbers."""

    index: int
    heading: Heading
    filled: int = 0
    jan: float = 0.0
    distinct: float = 0.0
    codes: float = 0.0
    whole: float = 0.0
    cells: frozenset[str] = field(default=frozenset(), repr=False)
    samples: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What people know it by."""
        return str(self.heading) or f"#{self.index + 1}"


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
        """Where it stands, if anywhere."""
        return next((index for index, each in self.taken.items() if each == target), None)

    @property
    def has_sku(self) -> bool:
        return self.column(Target(Role.SKU)) is not None


# --- the columns ---------------------------------------------------------------------------------------------------


def columns_of(rows: Rows, header: Header) -> tuple[Column, ...]:
    """Every column that has a header or anything in it."""
    below = rows[header.row + 1 :]
    width = max((len(header.headings), *(len(row) for row in below)), default=0)
    found = (_column(i, header, [row[i] for row in below if i < len(row)]) for i in range(width))
    return tuple(each for each in found if each.heading.text or each.filled)


def _column(index: int, header: Header, cells: Sequence[SourceCell]) -> Column:
    filled = [cell for cell in cells if not cell.blank]
    codes = [code for code in map(read_code, filled) if not isinstance(code, Damage)]
    texts = [cell.text for cell in filled]

    def part(count: int) -> float:
        return count / len(filled) if filled else 0.0

    return Column(
        index=index,
        heading=header.heading(index),
        filled=len(filled),
        jan=part(sum(map(is_jan, codes))),
        distinct=part(len(set(codes))),
        codes=part(sum(bool(_CODE.fullmatch(code)) for code in set(codes))),
        whole=part(sum(isinstance(read_units(cell), Quantity) for cell in filled)),
        cells=frozenset(map(key, texts)),
        samples=tuple(dict.fromkeys(texts))[:SAMPLES],
    )


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
    draft.named_locations()
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
        claims = [each for each in self.free if says(each.heading, self.words.names[role] | self.words.own[role])]
        if role is Role.SKU:
            claims = [each for each in claims if each.filled]
        exact = [each for each in claims if says(each.heading, self.words.own[role])]
        claims = exact if len(exact) == 1 else claims
        if len(claims) == 1 and self._fits(claims[0], role):
            self.take(claims[0], target)
            return
        for each in claims:
            self.doubt(each, target, *([Target(Role.JAN)] if role is Role.SKU and each.jan >= NEARLY else []))

    def _fits(self, column: Column, role: Role) -> bool:
        """Whether what is in a column doesn't speak against its header."""
        if says(column.heading, self.words.own[role]) or not column.filled:
            return True
        if role is Role.SKU:  # beside the name of a location a code stands more than once
            return column.distinct >= HALF or Target(Role.PLACE) in self.taken.values()
        return role is not Role.JAN or column.jan >= HALF

    def jan_by_content(self) -> None:
        """A column full of valid JAN codes is that, whatever its header says."""
        target = Target(Role.JAN)
        full = [
            each
            for each in self.free
            if each.jan >= NEARLY and each.filled > 1 and not unwanted(each.heading, self.words)
        ]
        if not self.open(target):
            return
        if len(full) == 1 and not any(target in doubt.choices for doubt in self.doubts):
            self.take(full[0], target)
            return
        for each in full:
            self.doubt(each, target)

    def named_locations(self) -> None:
        """Columns whose header names their location."""
        named: defaultdict[str, list[Column]] = defaultdict(list)
        for each in self.free:
            name = location_of(each.heading, self.words, self.locations)
            if name is not None and self.open(Target(Role.STOCK, name)):
                named[name].append(each)
        for name, claims in named.items():
            for each in claims:
                if len(claims) == 1:
                    self.take(each, Target(Role.STOCK, name))
                else:
                    self.doubt(each, Target(Role.STOCK, name))

    def sku_by_content(self) -> None:
        """No header says which is the code: every column of codes may be, a JAN too."""
        target = Target(Role.SKU)
        if not self.open(target) or any(target in doubt.choices for doubt in self.doubts):
            return
        claims = [
            each
            for each in self.free
            if each.codes >= NEARLY
            and not unwanted(each.heading, self.words)
            and not is_quantity(each.heading, self.words)
        ]
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
            if says(each.heading, self.words.names[Role.PLACE]) and not known.isdisjoint(each.cells)
        ]
        if len(claims) == 1 and self.open(target):
            self.take(claims[0], target)

    def numbers(self) -> None:
        """Columns of numbers: at the location that the header names, at the one of their row, or a doubt."""
        said = self._unnamed(self.words.quantity) or self._unnamed(self.words.total)
        placed = Target(Role.PLACE) in self.taken.values()
        by_row = self.open(Target(Role.UNITS)) if placed else ()
        single = self._stock_choices(said[0]) if said and len(self.locations) == 1 else ()
        if len(said) == 1 and (sure := by_row or single):
            self.take(said[0], sure[0])
            return
        for each in said if said and placed else dict.fromkeys([*said, *self._strange_numbers()]):
            if choices := by_row if placed else self._stock_choices(each):
                self.doubt(each, *choices)

    def _strange_numbers(self) -> list[Column]:
        """Whole numbers under a header that says nothing to us."""
        named = frozenset[str]().union(*self.words.names.values(), self.words.total)
        return [
            each
            for each in self.free
            if each.whole >= NEARLY and not says(each.heading, named) and not unwanted(each.heading, self.words)
        ]

    def _unnamed(self, words: frozenset[str]) -> list[Column]:
        """Columns that say that they are a number, but not of where. A total only where there is no other number."""
        if words is self.words.total and any(target.role is Role.STOCK for target in self.taken.values()):
            return []
        return [each for each in self.free if says(each.heading, words) or self._grouped(each)]

    def _grouped(self, column: Column) -> bool:
        """One of the numbers under 在庫, but for a total or what isn't wanted there."""
        heading = column.heading
        known = says(heading, self.words.total) or unwanted(heading, self.words)
        return bool(heading.group) and column.whole >= HALF and not known

    def _stock_choices(self, column: Column) -> tuple[Target, ...]:
        """Locations without a column yet, those first that its header names in part: 本社 is likely 本社倉庫."""
        if column.whole < NEARLY and not is_quantity(column.heading, self.words):
            return ()
        text = key(column.heading.text)
        likely = sorted(self.locations, key=lambda name: not (text and (text in key(name) or key(name) in text)))
        return self.open(*(Target(Role.STOCK, name) for name in likely))
