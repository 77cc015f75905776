"""Rules of a channel and of a listing: how much of what could be sold is shown there, and stops (DESIGN §5).

Of the number that the scarcest component makes, a rule takes in this order

    split      配分%     so many percent of it, rounded down; what rounding leaves over goes to the first channel
    buffer     バッファ   so many fewer
    zero at    売り止め数  none at all, where so many or fewer are left
    cap        上限      at most so many

so it never raises. The cap comes last: who shows at most 2 and stops at 2 sells until 2 are left.

A listing's own entry stands before its channel's, each by itself. Two stops stand above all rules:

    販売停止  0 is sent, and stays there
    連携停止  the number in the mall is left alone; orders go on being read and booked

each for one listing, one SKU (every listing that it is part of), one channel, or all. Where both are set, 販売停止
holds: it is a lowering.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import IntEnum, StrEnum

from bridge.domain.reading import MOST, Blank, CellKind, Finding, FindingCode, Quantity, RawCell, plain, read_quantity

WHOLE = 100  # percent


@dataclass(frozen=True)
class Rule:
    """What is said of one channel or one listing; None: nothing. split in percent, 0…100; the others in units of the
    listing, ≥ 0."""

    split: int | None = None
    buffer: int | None = None
    zero_at: int | None = None
    cap: int | None = None

    def over(self, general: Rule) -> Rule:
        """Its own entries, and where it has none those of `general`."""
        return Rule(
            split=general.split if self.split is None else self.split,
            buffer=general.buffer if self.buffer is None else self.buffer,
            zero_at=general.zero_at if self.zero_at is None else self.zero_at,
            cap=general.cap if self.cap is None else self.cap,
        )

    @property
    def percent(self) -> int:
        return WHOLE if self.split is None else self.split


PARTS = tuple(each.name for each in fields(Rule))


class Halt(IntEnum):
    """The greater stands above the lower."""

    NONE = 0
    SYNC = 1  # 連携停止
    SALES = 2  # 販売停止


class StopWord(StrEnum):
    """What stands in a cell that may hold a stop."""

    BLANK = ""
    SALES = "sales"
    SYNC = "sync"
    RESUME = "resume"  # 再開, 販売中
    RETIRED = "retired"  # 廃番: of a product, in its row
    STRANGE = "strange"  # none of these


STOPS = {StopWord.SALES: Halt.SALES, StopWord.RETIRED: Halt.SALES, StopWord.SYNC: Halt.SYNC}


def shown(units: int, rule: Rule, beside: Sequence[int] = (), *, first: bool = False) -> int:
    """What a listing of which `units` (≥ 0) could be sold shows under `rule`: 0…units.

    beside: the percents of the other channels that sell the same · first: it is in the first of those channels that get
    any, so what rounding leaves over is its"""
    left = max(0, _share(units, rule.percent, beside if first else None) - (rule.buffer or 0))
    if rule.zero_at is not None and left <= rule.zero_at:
        return 0
    return left if rule.cap is None else min(left, rule.cap)


def _share(units: int, percent: int, beside: Sequence[int] | None) -> int:
    own = units * percent // WHOLE
    if beside is None or percent == 0:
        return own
    together = min(units, units * (percent + sum(beside)) // WHOLE)
    return max(own, together - sum(units * each // WHOLE for each in beside))


# --- what people write ---------------------------------------------------------------------------------------------


class Given(StrEnum):
    """A word in the place of a number."""

    NONE = "none"  # なし: no rule here (any more)


RuleReading = Quantity | Blank | Finding | Given


@dataclass(frozen=True)
class Judged:
    """The rule that holds now, and what is wrong with the cells, by part: there the last good value stays."""

    rule: Rule
    wrong: Mapping[str, FindingCode]


def read_part(part: str, cell: RawCell, nothing: Iterable[str]) -> RuleReading:
    """What a rule's cell holds. `nothing`: the words for no rule, folded to plain lower case."""
    if cell.kind is CellKind.TEXT and plain(str(cell.value)).casefold() in nothing:
        return Given.NONE
    reading = read_quantity(_percent(cell)) if part == "split" else read_quantity(cell)
    if part == "split" and isinstance(reading, Quantity) and reading.units > WHOLE:
        return Finding(FindingCode.TOO_LARGE)
    return reading


def judged(readings: Mapping[str, RuleReading], before: Rule) -> Judged:
    """A number counts, なし ends it; never filled is no rule. A cell that was blanked or can't be read leaves in force
    what held before: a blank raises nothing."""
    rule, wrong = before, dict[str, FindingCode]()
    for part, reading in readings.items():
        if isinstance(reading, Quantity):
            rule = replace(rule, **{part: reading.units})
        elif reading is Given.NONE:
            rule = replace(rule, **{part: None})
        elif isinstance(reading, Finding):
            wrong[part] = reading.code
        elif getattr(before, part) is not None:
            wrong[part] = FindingCode.BLANK
    return Judged(rule, wrong)


def _percent(cell: RawCell) -> RawCell:
    """50, 50% and a cell in percent format (0.5) are the same."""
    if cell.kind is CellKind.TEXT:
        return replace(cell, value=plain(str(cell.value)).removesuffix("%").rstrip())
    if cell.kind is CellKind.NUMBER and cell.format_type == "PERCENT":
        value = min(float(cell.value or 0) * WHOLE, MOST + 1.0)
        return replace(cell, value=round(value, 6), format_type="NUMBER")  # 0.29 × 100 is 28.999999999999996
    return cell
