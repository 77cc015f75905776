"""The rows of a table from elsewhere as rows of 在庫表, and what could not be brought: each with its row and why."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bridge.domain.import_cells import (
    NOTHING,
    Damage,
    SourceCell,
    is_jan,
    lost_zeros,
    read_code,
    read_units,
    zeros_expected,
)
from bridge.domain.import_header import Header, Role, Rows, Vocabulary, is_total, key
from bridge.domain.reading import CellKind, Finding, Quantity
from bridge.domain.table_import import Proposal, Target


@dataclass(frozen=True)
class Problem:
    """What could not be brought. `row`: as the table counts, from 1 · `code`: of a sentence · `text`: what stands
    there."""

    row: int
    code: str
    header: str = ""
    text: str = ""
    sku: str = ""


@dataclass
class NewRow:
    """A row for 在庫表. `units`: by location; nothing where nothing is known."""

    sku: str
    product: str = ""
    jan: str = ""
    units: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Brought:
    """`rows` are brought, `skipped` stand in 在庫表 already (SKU), `refused` are left out whole, of `cells` only the
    cell."""

    rows: tuple[NewRow, ...]
    skipped: tuple[str, ...]
    refused: tuple[Problem, ...]
    cells: tuple[Problem, ...]


def bring(
    rows: Rows, header: Header, proposal: Proposal, words: Vocabulary, locations: Sequence[str], known: Collection[str]
) -> Brought:
    """`known`: the SKUs that 在庫表 has. One SKU, one row: where a table has several lines for it, they must name
    different locations."""
    reader = _Reader(header, proposal, words, {key(name): name for name in locations})
    reader.expected = zeros_expected([reader.cell(row, Role.SKU) for row in rows[header.row + 1 :]])
    lines = [line for n, row in enumerate(rows[header.row + 1 :], header.row + 2) if (line := reader.line(n, row))]
    doubled = _doubled(lines)
    found: dict[str, NewRow] = {}
    skipped: dict[str, None] = {}
    cells: list[Problem] = []
    for line in lines:
        if line.sku in known:
            skipped[line.sku] = None
        elif line.sku not in doubled:
            new = found.setdefault(line.sku, NewRow(line.sku))
            new.product, new.jan = new.product or line.product, new.jan or line.jan
            new.units |= line.units
            cells += line.problems
    refused = list(reader.refused)
    for sku, numbers in doubled.items():
        if sku not in known:
            refused.append(Problem(numbers[0], "doubled", text="、".join(map(str, numbers)), sku=sku))
    return Brought(tuple(found.values()), tuple(skipped), tuple(sorted(refused, key=lambda p: p.row)), tuple(cells))


@dataclass(frozen=True)
class _Line:
    row: int
    sku: str
    product: str
    jan: str
    where: str  # its place, or what is written there of one that 在庫表 lacks; "" where the table names none
    units: Mapping[str, int]
    problems: tuple[Problem, ...]


def _doubled(lines: Sequence[_Line]) -> dict[str, list[int]]:
    """SKUs that stand twice for the same location, and where."""
    counts = Counter((line.sku, line.where) for line in lines)
    doubled = {sku for (sku, _), count in counts.items() if count > 1}
    found: defaultdict[str, list[int]] = defaultdict(list)
    for line in lines:
        if line.sku in doubled:
            found[line.sku].append(line.row)
    return found


def _undivided(code: str) -> str:
    return code.replace(" ", "").replace("-", "")


class _Reader:
    """Reads line after line; `refused` gathers the lines that are left out."""

    def __init__(self, header: Header, proposal: Proposal, words: Vocabulary, places: Mapping[str, str]) -> None:
        self._header, self._proposal, self._words, self._places = header, proposal, words, places
        self.refused: list[Problem] = []
        self.expected = 0

    def cell(self, row: Sequence[SourceCell], role: Role) -> SourceCell:
        at = self._proposal.column(Target(role))
        return row[at] if at is not None and at < len(row) else NOTHING

    def line(self, number: int, row: Sequence[SourceCell]) -> _Line | None:
        """None for a row that is no product: blank, a total, the header once more; or refused."""
        sku_cell, product = self.cell(row, Role.SKU), self.cell(row, Role.PRODUCT)
        if all(cell.blank for cell in row) or self._is_no_product(row, sku_cell, product):
            return None
        sku = self._sku(number, sku_cell, alone=sum(not cell.blank for cell in row) == 1)
        if not sku:
            return None
        place, problems = self._place(number, row)
        units, wrong = self._units(number, row, place)
        jan, strange = self._jan(number, row)
        name, lost = self._name(number, product)
        cells = tuple(replace(each, sku=sku) for each in (*problems, *wrong, *strange, *lost))
        where = place or key(self.cell(row, Role.PLACE).text)
        return _Line(number, sku, name, jan, where, units, cells)

    def _is_no_product(self, row: Sequence[SourceCell], sku: SourceCell, product: SourceCell) -> bool:
        first = next((cell.text for cell in row if not cell.blank), "")
        if is_total((sku.text, *([] if sku.text else [product.text, first])), self._words):
            return True
        at = self._proposal.column(Target(Role.SKU))
        return at is not None and key(sku.text) == key(self._header.heading(at).text) != ""

    def _sku(self, number: int, cell: SourceCell, *, alone: bool) -> str:
        """`alone`: nothing else stands in the row. "" where there is none, or where it is refused."""
        code = read_code(cell)
        if isinstance(code, str) and code and lost_zeros(cell, code, self.expected):
            code = Damage.ZEROS
        if isinstance(code, Damage):
            self.refused.append(Problem(number, code.value, self._title(Target(Role.SKU)), cell.text))
            return ""
        if not code:
            self.refused.append(Problem(number, "no sku", self._title(Target(Role.SKU))))
        elif alone and len(self._proposal.taken) > 1 and not code.isascii():
            self.refused.append(Problem(number, "remark", self._title(Target(Role.SKU)), cell.text))
            return ""
        return code

    def _jan(self, number: int, row: Sequence[SourceCell]) -> tuple[str, list[Problem]]:
        cell = self.cell(row, Role.JAN)
        code = read_code(replace(cell, shown=_undivided(cell.text)))  # also where only a number's format divides it
        if isinstance(code, Damage):
            return "", [Problem(number, code.value, self._title(Target(Role.JAN)), cell.text)]
        code = _undivided(code)
        if code and not is_jan(code):
            return "", [Problem(number, "jan", self._title(Target(Role.JAN)), cell.text)]
        return code, []

    def _name(self, number: int, cell: SourceCell) -> tuple[str, list[Problem]]:
        """As it is shown: only blanks around it go."""
        if cell.raw.kind in (CellKind.ERROR, CellKind.FORMULA):
            return "", [Problem(number, cell.raw.kind.value, self._title(Target(Role.PRODUCT)), cell.text)]
        return cell.shown.strip(), []

    def _place(self, number: int, row: Sequence[SourceCell]) -> tuple[str, list[Problem]]:
        if self._proposal.column(Target(Role.PLACE)) is None:
            return "", []
        text = self.cell(row, Role.PLACE).text
        name = self._places.get(key(text), "")
        return name, [] if name else [Problem(number, "place", self._title(Target(Role.PLACE)), text)]

    def _units(self, number: int, row: Sequence[SourceCell], place: str) -> tuple[dict[str, int], list[Problem]]:
        found: dict[str, int] = {}
        problems: list[Problem] = []
        for index, location in self._numbers(place):
            cell = row[index] if index < len(row) else NOTHING
            reading = read_units(cell)
            if isinstance(reading, Quantity):
                found[location] = reading.units
            elif isinstance(reading, Finding):
                problems.append(Problem(number, reading.code.value, self._named(index), cell.text))
        return found, problems

    def _numbers(self, place: str) -> Iterator[tuple[int, str]]:
        """(column, location) of the numbers of a row."""
        for index, target in self._proposal.taken.items():
            if target.role is Role.STOCK:
                yield index, target.location
            elif target.role is Role.UNITS and place:
                yield index, place

    def _title(self, target: Target) -> str:
        at = self._proposal.column(target)
        return "" if at is None else self._named(at)

    def _named(self, column: int) -> str:
        return str(self._header.heading(column)) or f"#{column + 1}"
