"""What the verdict is counted from: the malls' own records, the staff's log, the sheet, and the ledger file as it lies
on the disk. Nothing here is computed by the bridge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from bridge.demo.panel import MALLS

Cell = tuple[str, str]  # SKU, stock column


@dataclass(frozen=True)
class SoldLine:
    """One order line as its mall has it. `order` and `line` are written as the ledger names them · `code`: what it was
    sold under, a SKU or a set · `parts`: SKU → units of one of it · `returned`: of `shipped`, given back; at a till,
    where what comes back names no sale, a line of its own that has only these."""

    mall: str
    order: str
    line: str
    code: str
    units: int
    shipped: int
    cancelled: int
    returned: int
    placed_at: datetime
    visible_at: datetime
    parts: Mapping[str, int]

    @property
    def key(self) -> tuple[str, str, str]:
        return self.mall, self.order, self.line

    @property
    def open(self) -> int:
        return self.units - self.shipped - self.cancelled

    @property
    def kept(self) -> int:
        """Units that the buyer got or still waits for."""
        return self.units - self.cancelled


@dataclass(frozen=True)
class StockChange:
    """A mall's own number of one listing changed. `cause`: opening, order, restock, edit, push, hand."""

    mall: str
    code: str
    at: datetime
    old: int
    new: int
    cause: str


@dataclass(frozen=True)
class TypedChange:
    """What the staff script typed into a stock cell (sandbox/staff.py)."""

    number: int
    at: datetime
    sku: str
    column: str
    shown: str
    typed: str
    meaning: int
    kind: str
    counts_at: datetime  # drafts count when the row is released

    @property
    def cell(self) -> Cell:
        return self.sku, self.column


@dataclass(frozen=True)
class Received:
    """Goods that came in at a warehouse which counts for itself. `at`: when it told of them."""

    at: datetime
    sku: str
    column: str
    units: int

    @property
    def cell(self) -> Cell:
        return self.sku, self.column


@dataclass(frozen=True)
class BookedLine:
    """One order line as the ledger has booked it. `shipped_from`: units by stock cell."""

    mall: str
    order: str
    line: str
    ordered: int
    open: int
    shipped: int
    shipped_from: Mapping[Cell, int]

    @property
    def key(self) -> tuple[str, str, str]:
        return self.mall, self.order, self.line


@dataclass(frozen=True)
class BookedEdit:
    """One line of the ledger's account of people's entries. `delta` None: a refused one."""

    at: datetime
    cell: Cell
    delta: int | None
    outcome: str  # applied | refused | waiting


@dataclass(frozen=True)
class Balance:
    """Numbers of one stock cell in the ledger, and the sums of its movements."""

    typed: int
    booked: int
    allocated: int
    sum_typed: int
    sum_booked: int
    sum_allocated: int

    @property
    def on_hand(self) -> int:
        return self.typed + self.booked


@dataclass(frozen=True)
class Asked:
    """An open question of 要対応."""

    number: int
    kind: str
    subject: str
    data: Mapping[str, object]
    at: datetime


@dataclass(frozen=True)
class Books:
    """The ledger file, read with nothing but SQLite."""

    lines: Sequence[BookedLine] = ()
    edits: Sequence[BookedEdit] = ()
    balances: Mapping[Cell, Balance] = None  # type: ignore[assignment]
    open_questions: Sequence[Asked] = ()
    overwritten: frozenset[Cell] = frozenset()  # cells whose unreadable text was overwritten and asked about
    webhooks: int = 0  # how many the ledger remembers

    @cached_property
    def shipped(self) -> Mapping[Cell, int]:
        total: dict[Cell, int] = {}
        for line in self.lines:
            for cell, units in line.shipped_from.items():
                total[cell] = total.get(cell, 0) + units
        return total


@dataclass(frozen=True)
class Call:
    """One call that reached Google's stand-in (sandbox/usage.py)."""

    at: datetime
    kind: str
    status: int
    seconds: float
    locks: int
    journal: int
    owned: int


@dataclass(frozen=True)
class Row:
    """One row of 在庫表 as read over the API. `cells`: its selling stock cells' texts by column · `others`: those that
    don't sell · `fba`: "" without that column."""

    sku: str
    lock: str
    allocated: str
    sellable: str
    cells: Mapping[str, str]
    others: Mapping[str, str] = field(default_factory=dict)
    fba: str = ""


@dataclass(frozen=True)
class Times:
    """When trade began and ended, and when the bridge was down."""

    began: datetime
    ended: datetime
    outages: Sequence[tuple[datetime, datetime]] = ()


@dataclass(frozen=True)
class Evidence:
    """One look at everything. `selling`: the stock columns that sell · `inspect`: the one where returned goods wait, ""
    without one · `opening`: what they held before trade · `sets`: what each set is made of · `by_amazon`: order lines
    that Amazon ships from its own warehouse, kept apart from `sold` as its offers are from `stock` · `malls`: every
    channel · `shelves`: those that sell what lies on a shelf of their own (tills, and a warehouse), each with its stock
    column, whose number they show or count · `received`: what came in at that warehouse."""

    times: Times
    opening: Mapping[Cell, int]
    selling: Sequence[str]
    sold: Sequence[SoldLine]
    stock: Mapping[tuple[str, str], int]  # (mall, code) → the mall's own number
    stock_changes: Sequence[StockChange]
    typed: Sequence[TypedChange]
    acts: Mapping[str, int]
    demand: Mapping[str, int]
    books: Books
    rows: Sequence[Row]
    calls: Sequence[Call]
    webhooks: Mapping[str, int] = field(
        default_factory=dict
    )  # by the sandbox's courier: sent, failed, lost, tried, taken
    inspect: str = ""
    sets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    by_amazon: Sequence[SoldLine] = ()
    at_amazon: Mapping[str, int] = field(default_factory=dict)  # code → units that Amazon can ship
    fba: Mapping[str, str] = field(default_factory=dict)  # code of such an offer → its SKU, as 出品 has it
    malls: Sequence[str] = MALLS
    shelves: Mapping[str, str] = field(default_factory=dict)
    received: Sequence[Received] = ()

    @cached_property
    def meant(self) -> Mapping[Cell, int]:
        """What should lie on each shelf if nothing were shipped: opening + what the staff script meant + what came in
        at a warehouse."""
        total = dict(self.opening)
        for change in self.typed:
            total[change.cell] = total.get(change.cell, 0) + change.meaning
        for goods in self.received:
            total[goods.cell] = total.get(goods.cell, 0) + goods.units
        return total

    @cached_property
    def truth(self) -> Mapping[Cell, int]:
        """What should lie on each shelf now. Which shelf a shipment left is the bridge's choice; that each line left
        one is checked against the malls. What came back waits to be inspected."""
        shipped = self.books.shipped
        back = {(sku, self.inspect): units for sku, units in self.units("returned").items()} if self.inspect else {}
        return {cell: units - shipped.get(cell, 0) + back.get(cell, 0) for cell, units in self.meant.items()}

    def parts(self, code: str) -> Mapping[str, int]:
        """What one listing's unit takes from the shelves."""
        return self.sets.get(code) or {code: 1}

    def units(self, what: str) -> dict[str, int]:
        """Σ of `open`, `shipped`, `returned` or `kept` units by SKU, as the malls have it."""
        total: dict[str, int] = {}
        for line in self.sold:
            for sku, units in line.parts.items():
                total[sku] = total.get(sku, 0) + int(getattr(line, what)) * units
        return total
